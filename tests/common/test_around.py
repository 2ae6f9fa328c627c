"""What stands around a figure and above every page, written in one pass or kept: escaped, and in the language of the page."""

import pytest
from django.http import QueryDict
from django.template import engines
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe

from datasets.views.choices import query_with
from gesoc.common.addresses import address
from gesoc.common.charts.frame import Action, Column, Figure, Provenance, Table, row
from gesoc.common.tags import drawn_top

HOSTILE = "<i>\"'&"
ESCAPED = "&lt;i&gt;&quot;&#x27;&amp;"
COLUMNS = [Column(HOSTILE), Column("n", "n")]
TABLE = Table("t-x", HOSTILE, COLUMNS, [row(COLUMNS, [HOSTILE, 1])], note=HOSTILE)


def drawn(markup: str, **context: object) -> str:
    return str(engines["django"].from_string(markup).render(context))


def figure(**changes: object) -> Figure:
    said = {"title": HOSTILE, "subtitle": HOSTILE, "text": HOSTILE, "notes": [HOSTILE], "csv_url": "?a=1&formato=csv"}
    told = {
        "sources": [Provenance(HOSTILE, HOSTILE, "/a/", HOSTILE), Provenance("", "b", "/b/")],
        "links": [Action(HOSTILE, "/c/?x=1&y=2")],
    }
    return Figure(key="x", table=TABLE, **(said | told | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("folded", [True, False])
def test_every_word_around_a_figure_is_escaped_and_a_drawing_is_not(folded):
    chart = mark_safe("<svg></svg>")
    markup = "{% cotton figure :figure='figure' %}{{ above }}{% endcotton %}"
    page = drawn(markup, figure=figure(folded=folded, chart=chart), above=HOSTILE)
    assert "<i>" not in page
    assert page.count("<svg></svg>") == 1
    # Above it, title, subtitle, text, note, three words of a source, a link; the table's caption, note, heading and row;
    # and the title once more for each of two acts.
    assert page.count(ESCAPED) == 9 + 4 + 2
    assert ("<details>" in page) is folded
    assert 'href="?a=1&amp;formato=llevar" rel="nofollow"' in page


def test_a_bare_figure_leads_nowhere():
    page = drawn("{% cotton figure :figure='figure' bare='1' level='1' /%}", figure=figure())
    assert ('class="acts"' in page, "<h1" in page) == (False, True)


def test_a_table_without_a_region_does_not_scroll_by_itself():
    page = drawn("{% cotton table :table='table' region='' class='wide' /%}", table=TABLE)
    assert page.strip().startswith('<table class="data wide"><caption id="t-x">')


def test_the_head_marks_the_room_in_the_language_of_the_page():
    found = {}
    for language in ("es-mx", "en"):
        with translation.override(language):
            found[language] = drawn_top(language, "gesoc.urls", (False, True), False)
    assert [page.count('aria-current="true"') for page in found.values()] == [1, 1]
    assert found["es-mx"] != found["en"]
    assert "aria-current" not in drawn_top("es-mx", "gesoc.urls", (), False)


def test_an_address_is_that_of_its_language():
    for language in ("es-mx", "en", "es-mx"):
        with translation.override(language):
            assert address("municipality", "05035") == reverse("municipality", args=["05035"])


@pytest.mark.parametrize("given", ["", "a=1&b=2&a=3", "formato=csv&anio=2024", "q=%C3%B1+%26&vacio="])
def test_the_same_page_with_other_parameters(given):
    def by_hand(params: QueryDict, **changes: str | None) -> str:
        query = params.copy()
        for name in ("formato", "figura", "pagina", *[name for name, value in changes.items() if value is None]):
            query.pop(name, None)
        for name, value in changes.items():
            if value is not None:
                query[name] = value
        return f"?{query.urlencode()}" if query else "."

    for changes in ({}, {"a": None}, {"a": "é &", "z": "1"}, {"anio": "2023", "formato": "csv"}):
        assert query_with(QueryDict(given), **changes) == by_hand(QueryDict(given), **changes)
