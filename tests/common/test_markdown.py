"""Markdown of research notes: what it may become, and its footnotes."""

import pytest

from gesoc.common.markdown import markdown

TEXT = (
    "Se asignó sin concurso[^1], dice la ley[^ley], otra vez[^1].\n\n[^1]: Ver el **archivo**.\n[^ley]: Artículo 41.\n"
)


def test_a_footnote_is_told_at_the_end_with_a_way_there_and_back():
    html = str(markdown(TEXT))
    assert '<a href="#fn1" id="fnref1" aria-label="Nota al pie 1" rel="nofollow noopener">[1]</a>' in html
    assert '<section class="footnotes"><h2>Notas al pie</h2>' in html
    assert '<li id="fn1"><p>Ver el <strong>archivo</strong>.' in html and "Artículo 41." in html
    assert html.count('aria-label="Volver al texto"') == 3
    assert html.count('id="fnref1"') == 1 and 'id="fnref1:1"' in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<p id="x" class="footnotes" onclick="x()">',
        "[x](javascript:alert(1))",
        "a[^1]\n\n[^1]: <img src=x onerror=alert(1)>",
        "![x](https://elsewhere.example/x.png)",
    ],
)
def test_nothing_that_runs_or_loads_comes_out(text):
    html = str(markdown(text))
    for wrong in ("<script", "<img", "<p ", 'href="javascript'):
        assert wrong not in html


def test_a_text_without_notes_has_none():
    assert str(markdown("# Uno\n\nDos[^3]")).strip() == "<h2>Uno</h2>\n<p>Dos[^3]</p>"
