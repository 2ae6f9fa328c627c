"""The questions of docs/use.md, asked as they are written there: the address opens, and the answer stands on it."""

import html
import re
from pathlib import Path

import pytest

from datasets.demo.load import SAID
from datasets.demo.write_files import FILES
from datasets.models import PublicBody, Release
from datasets.tasks import evaluate_releases
from municipalities.models import State
from municipalities.services import load_territory
from tests.factories import datasets as make

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "use.md").read_text(encoding="utf-8")
EXAMPLES, REAL = (
    part.split("\n## ")[0]
    for part in DOCS.split("## Diez preguntas de periodista")[1].split("### Las mismas con archivos")
)
ANSWER = re.compile(r"^ +- `([^`]+)`((?: › «[^»]+»)*) → ((?:«[^»]+»[,\s]*)+)", re.MULTILINE)
# The files that the ten questions rest on, the restatement last.
FILES_ASKED = [
    *[f"torreon_cuenta_publica_{year}.xlsx" for year in (2019, 2023, 2024)],
    *[f"{town}_cuenta_publica_2024.xlsx" for town in ("saltillo", "benito_juarez", "queretaro")],
    "torreon_ingresos_2023.csv",
    "torreon_ingresos_2024.csv",
    "torreon_contratos_2023.csv",
    "torreon_contratos_2024.xlsx",
    "torreon_cuenta_publica_2023_modificada.xlsx",
]


def quoted(text):
    return [" ".join(one.split()) for one in re.findall(r"«([^»]+)»", text)]


def answers(section):
    """(address, links to follow from there, what is read)"""
    return [(address, quoted(links), quoted(told)) for address, links, told in ANSWER.findall(section)]


def words(page):
    text = re.sub(r"<[^>]+>", " ", page.text)
    return " ".join(html.unescape(text).replace("\u00a0", " ").split())


def ask(client, address, links):
    page = client.get(address)
    for link in links:
        anchor = next(one for one in re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', page.text) if one[1] == link)
        page = client.get(html.unescape(anchor[0]))
    assert page.status_code == 200, address
    return page


def row_of(client, page):
    """The page of a row of the file, at most two clicks away: by the contract, the lines, or the load they came from."""
    between = first_links(page, r"[^\"]*/renglones/[^\"]*|/contratos/[^\"]+|/datos/(?:cargas|versiones)/[^\"]+")
    for opened in [page, *(client.get(address) for address in between)]:
        for address in first_links(opened, r"/datos/versiones/\d+/filas/\d+/"):
            found = client.get(address)
            assert found.status_code == 200, address
            return found
    return None


def first_links(page, pattern):
    kinds = {}
    for link in re.findall(rf'href="({pattern})"', page.text):
        kinds.setdefault(re.sub(r"[\d?].*", "", link), html.unescape(link))
    return list(kinds.values())


def check(client, section):
    for address, links, told in answers(section):
        page = ask(client, address, links)
        for one in told:
            assert one in words(page), f"{address}: {one}"
        if "/divulgacion/" in address:  # a count of documents: it leads to the files, of which no single row tells it
            loads = first_links(page, r"/datos/(?:cargas|versiones|archivos)/\d+/")
            assert [client.get(load).status_code for load in loads] == [200] * len(loads) != [], address
            continue
        row = row_of(client, page)
        assert row is not None, f"{address}: no row of the file within two clicks"
        assert 'id="row-' in row.text, f"{address}: the row as the file prints it is not shown"


@pytest.mark.django_db
def test_ten_questions_of_a_journalist_are_answered_by_the_example_files(client, ingest):
    load_territory()
    assert len(re.findall(r"^\d+\. \*\*¿", EXAMPLES, re.MULTILINE)) == len(answers(EXAMPLES)) == 10
    for name in FILES_ASKED:
        ingest(FILES / name, publish=True, **SAID.get(name, {}))
    evaluate_releases(list(Release.objects.published().values_list("pk", flat=True)))
    check(client, EXAMPLES)


@pytest.mark.django_db
@pytest.mark.realdata
def test_the_same_questions_are_answered_by_published_files(client, ingest, realdata_dir):
    load_territory()
    body = make.PublicBodyFactory(
        kind=PublicBody.Kind.STATE_AGENCY, municipality=None, state=State.objects.get(code="13"), slug="ceaa-hidalgo"
    )
    ingest(realdata_dir / "procurement" / "hgo_ceaa_4to2021_a69_f28_b.xlsx", publish=True, public_body=body.slug)
    for name in (
        "mich_tanhuato_2019q1_estado_ejercicio_cog.xlsx",
        "inegi_efipem_alcaldia_anual_tr_cifra_1999.csv",
        "inegi_efipem_alcaldia_anual_tr_cifra_2020.csv",
    ):
        ingest(realdata_dir / "budget" / name, publish=True)
    assert len(answers(REAL)) == 3
    check(client, REAL)
