"""What a person is warned of before publishing, and which rows a new version adds, drops or changes."""

import pytest

from datasets.cautions import cautions_of
from datasets.models import Release
from datasets.row_differences import row_differences
from tests.datasets.files import HEADINGS, ROWS, member, published, upload

pytestmark = pytest.mark.django_db

ABOUT = {"municipality": "05035", "year": 2024, "period": "annual", "document": "public_account"}


def codes(ingest):
    releases = list(ingest.releases.select_related("public_body"))
    return [warning.code for warning in cautions_of(ingest, releases)]


def draft(text, **said):
    user, organisation = member("coordinacion")
    return upload(text, by=user, organisation=organisation, **(ABOUT | said))


def test_quiet_file_warns_of_nothing():
    published()
    assert codes(draft(HEADINGS + ROWS.replace("500.00", "510.00"))) == []


def test_jump_against_the_year_before_is_told():
    published()
    assert set(codes(draft(HEADINGS + ROWS, year=2025, reading={"unit": 1000}))) == {"jump"}
    assert codes(draft(HEADINGS + ROWS, year=2025)) == []


def test_jump_of_contracts_says_what_jumped():
    head = "No. contrato,Proveedor,Descripción,Monto con IVA,Fecha de firma\n"
    published(head + "C-1,Muestra SA de CV,Papel,11600.00,10/01/2023\n", year=2023)
    ingest = draft(head + "C-2,Muestra SA de CV,Papel,21600000.00,10/01/2024\n")
    releases = list(ingest.releases.select_related("public_body"))
    [told] = [caution.text for caution in cautions_of(ingest, releases) if caution.code == "jump"]
    assert told.startswith("Lo contratado (MXN) de Torreón es ")


def test_shrunken_file_missed_total_and_broken_rows_are_told():
    published(HEADINGS + ROWS * 4)
    text = (
        "Capítulo,Concepto,Aprobado,Ampliaciones/(Reducciones),Modificado,Devengado,Pagado\n"
        "1000,Servicios personales,1000.00,100.00,1500.00,900.00,950.00\n"
        "2000,Materiales,1000.00,0.00,1000.00,900.00,900.00\n"
        ",Total,2000.00,100.00,2500.00,1800.00,9990.00\n"
    )
    found = codes(draft(text))
    assert set(found) == {"missed_total", "shrunk", "identity", "order"}


@pytest.mark.parametrize("slices", [1, 3])
def test_warnings_take_the_same_queries_whatever_the_slices(slices, django_assert_num_queries):
    text = "Ejercicio,Capítulo,Concepto,Aprobado\n" + "".join(f"20{20 + n},1000,Sueldos,5.00\n" for n in range(slices))
    ingest = draft(text, year=None)
    releases = list(ingest.releases.select_related("public_body"))
    assert len(releases) == slices
    with django_assert_num_queries(2):
        cautions_of(ingest, releases)


def test_rows_added_gone_and_changed_are_counted_and_named():
    first = published(HEADINGS + ROWS)
    text = HEADINGS + ROWS.replace("300.00,300.00,100.50", "350.00,300.00,100.50").replace(
        "3000,Servicios generales", "4000,Transferencias"
    )
    second = draft(text)
    found = row_differences(second.releases.get(), first.releases.get(), "approved")
    assert (found.added, found.gone, found.changed) == (1, 1, 1)
    told = {(row.fate, row.name, row.before, row.after) for row in found.rows}
    assert {(fate, before, after) for fate, _name, before, after in told} == {
        ("added", None, 200),
        ("gone", 200, None),
        ("changed", 300, 350),
    }
    assert {row.release.pk for row in found.rows if row.fate == "gone"} == {first.releases.get().pk}


def test_page_of_a_draft_shows_what_it_would_change(client):
    published(HEADINGS + ROWS)
    ingest = draft(HEADINGS + ROWS.replace("250.00,99.50", "250.00,89.50"))
    client.force_login(ingest.created_by)
    context = client.get(f"/datos/cargas/{ingest.pk}/").context
    [compared] = context["compared"]
    assert compared["rows"].changed == 1
    assert [row["name"] for row in compared["changes"]["parts"] if row["is_change"]] == ["Servicios generales"]
    assert Release.objects.published().count() == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            ROWS.replace("500.00,400.00", "0.00,0.00").replace("100.50,100.50", "0.00,0.00").replace("99.50", "0.00"),
            "gone",
        ),
        (ROWS.replace("500.00,400.00", ",").replace("100.50,100.50", ",").replace("99.50,0.00", ","), "gone"),
        (ROWS.replace("500.00,400.00", "-500.00,-400.00").replace("100.50,100.50", "-100.50,-100.50"), "sign"),
        (ROWS.replace('"1,000.00","1,100.00"', '"9,000.00","9,100.00"'), "jump"),
        ("".join(ROWS.splitlines(keepends=True)[:1]), "shrunk"),
    ],
)
def test_what_is_unlike_the_year_before_is_told(text, expected):
    published()
    assert expected in codes(draft(HEADINGS + text, year=2025))


def test_quarter_is_held_against_the_one_before():
    about = {"document": "quarterly"}
    published(period="Q1", **about)
    assert codes(draft(HEADINGS + ROWS.replace("500.00", "510.00"), period="Q2", **about)) == []
    assert codes(draft(HEADINGS + ROWS.replace("500.00", "490.00"), period="Q3", **about)) == ["fallen"]
    assert "shrunk" in codes(draft(HEADINGS + ROWS.splitlines(keepends=True)[0], period="Q4", **about))
