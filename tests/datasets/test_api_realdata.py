"""The API over real published files, read by the real pipeline."""

import json
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command

EXPENDITURE = "/api/v1/expenditure/aggregate/"

pytestmark = [pytest.mark.realdata, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ingest(realdata_dir):
    """Publish a file and return what the command says of it."""
    cache.clear()
    call_command("load_reference", stdout=StringIO())

    def publish(name, *options):
        out = StringIO()
        call_command("ingest", str(realdata_dir / "budget" / name), *options, "--publish", "--json", stdout=out)
        return json.loads(out.getvalue())

    return publish


def amounts(answer, *moments):
    return {cell["code"]: tuple(cell[moment] for moment in moments) for cell in answer["cells"]}


def test_tanhuato_by_chapter_and_item(client, ingest):
    report = ingest("mich_tanhuato_2019q1_estado_ejercicio_cog.xlsx")
    query = {"municipality": "16086", "year": "2019"}
    chapters = client.get(EXPENDITURE, query | {"by": "chapter"}).json()
    assert {moment: total for moment, total in chapters["total"].items() if total is not None} == report["totals"]
    assert [chapters["total"][moment] for moment in ("approved", "modified", "accrued", "paid")] == [
        "67244778.00",
        "73090273.55",
        "14661006.67",
        "14534925.67",
    ]
    assert chapters["total"]["reported"] is None
    assert amounts(chapters, "approved", "accrued") == {
        "1000": ("21501627.00", "4219503.75"),
        "2000": ("8938735.00", "3842184.51"),
        "3000": ("15878816.00", "2321605.50"),
        "4000": ("9979594.00", "885376.88"),
        "5000": ("1492984.00", "990927.64"),
        "6000": ("9453022.00", "1864555.83"),
        "9000": ("0.00", "536852.56"),
    }
    assert (chapters["chosen"]["period"], chapters["chosen"]["breakdown"]) == ("Q1", "object")
    items = client.get(EXPENDITURE, query | {"by": "item"}).json()
    assert len(items["cells"]) == 78
    wages = next(cell for cell in items["cells"] if cell["code"] == "1130")
    assert (wages["published_code"], wages["approved"]) == ("11300", "14733581.00")
    concepts = client.get(EXPENDITURE, query | {"by": "concept"}).json()
    assert items["total"] == concepts["total"] == chapters["total"]


def test_workbook_of_several_classifications_is_never_added_up(client, ingest):
    report = ingest("gto_inaeba_2016q4_diciembre_definitivo.xlsx")
    slug = report["publisher"]
    expected = {"chapter": "object", "function": "functional", "unit": "administrative"}
    for by, breakdown in expected.items():
        answer = client.get(EXPENDITURE, {"publisher": slug, "year": "2016", "by": by}).json()
        assert answer["chosen"]["breakdown"] == breakdown
        assert answer["total"]["approved"] == "243878154.85"
        assert len(answer["releases"]) == 1
    by_year = client.get(EXPENDITURE, {"publisher": slug, "by": "year"}).json()
    assert amounts(by_year, "approved") == {"2016": ("243878154.85",)}


def test_sixteen_boroughs_each_answer_for_themselves(client, ingest):
    ingest("inegi_efipem_alcaldia_anual_tr_cifra_2020.csv")
    boroughs = [f"09{number:03d}" for number in range(2, 18)]
    answers = [
        client.get(EXPENDITURE, {"municipality": code, "year": "2020", "by": "chapter"}).json() for code in boroughs
    ]
    assert sum(int(answer["total"]["reported"].removesuffix(".00")) for answer in answers) == 39391602475
    assert {answer["total"]["approved"] for answer in answers} == {None}
