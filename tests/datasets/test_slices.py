import numpy as np
import pyarrow as pa
import pytest

from datasets.ingest.bodies import BodyRef
from datasets.ingest.shapes import Context, Table
from datasets.ingest.slices import Refusal, Said, SliceFinder, SliceKey, assumed_document, last_month
from tests.datasets.test_bodies import TERRITORY, TORREON

TANHUATO = BodyRef("municipality", "Tanhuato", "16086", "16")


def finder(
    columns: dict[str, str] | None = None, said: Said | None = None, kind: str = "expenditure", **context
) -> SliceFinder:
    columns = columns or {"Aprobado": "approved", "Devengado": "accrued"}
    table = Table(None, (1,), list(columns), columns, [], {}, kind, "object", Context(**context), 0, {}, [])
    return SliceFinder(table, said or Said(), TERRITORY, {})


def key(
    body: BodyRef = TORREON, year: int = 2024, period: str = "annual", document: str = "public_account"
) -> SliceKey:
    return SliceKey("expenditure", body, year, period, document, "object")


def find(finder_: SliceFinder, count: int, **columns: list[str]) -> tuple[list[SliceKey | None], dict[int, Refusal]]:
    numbers, refused = finder_.find({name: pa.array(texts) for name, texts in columns.items()}, count)
    known = list(finder_.slices)
    return [known[number] if number >= 0 else None for number in numbers.tolist()], refused


def test_each_row_goes_to_its_own_slice() -> None:
    found, refused = find(
        finder(), 3, municipality_code=["05035", "16086", "05035"], fiscal_year=["2024", "2024", "2023"]
    )
    assert found == [key(), key(TANHUATO), key(year=2023)]
    assert refused == {}


def test_title_answers_what_rows_do_not_say() -> None:
    found, _ = find(
        finder(body_name="Municipio de Tanhuato, Michoacán", year=2019, period="Q1", document="quarterly"), 2
    )
    assert found == [key(TANHUATO, 2019, "Q1", "quarterly")] * 2


def test_period_of_the_dates_of_a_row() -> None:
    made = finder(municipality_code="05035", year=2019)
    found, _ = find(made, 2, period_start=["01/01/2019", "2019-01-01"], period_end=["31/03/2019", "2019-12-31"])
    assert found == [key(year=2019, period="Q1", document="quarterly"), key(year=2019)]
    assert made.assumed == {"document": "public_account"}


def test_row_with_an_unknown_municipality_or_year_is_refused_alone() -> None:
    found, refused = find(
        finder(), 3, municipality_code=["05035", "99999", "05035"], fiscal_year=["2024", "2024", "2525"]
    )
    assert found == [key(), None, None]
    assert refused == {
        1: Refusal("unknown_municipality", "municipality_code", "99999"),
        2: Refusal("bad_year", "fiscal_year", "2525"),
    }


def test_what_nobody_says_is_asked_once_for_the_file() -> None:
    made = finder()
    find(made, 2)
    assert made.questions == {"unknown_body", "unknown_year"}


def test_blank_cell_in_a_column_that_others_fill_is_the_rows_fault() -> None:
    made = finder(year=2024)
    found, refused = find(made, 2, municipality_code=["05035", ""])
    assert found == [key(), None]
    assert refused == {1: Refusal("unknown_body", "entity_name", "")}
    assert made.questions == set()


@pytest.mark.parametrize(
    ("said", "context", "contradictions"),
    [
        (Said(year=2023), {"year": 2024}, {"year": "2024"}),
        (Said(period="Q2"), {"period": "Q1"}, {"period": "Q1"}),
        (Said(period="annual"), {"period": "Q4"}, {}),
        (Said(document="approved"), {"document": "quarterly"}, {"document": "quarterly"}),
        (Said(body=TANHUATO), {}, {"municipality": "Torreón"}),
        (Said(body=TORREON, year=2024), {"year": 2024}, {}),
    ],
)
def test_what_was_said_against_what_the_file_says(said: Said, context: dict, contradictions: dict) -> None:
    made = finder(said=said, municipality_code="05035", **({"year": 2024} | context))
    find(made, 1)
    assert made.contradictions == contradictions


def test_contract_signed_in_another_year_contradicts_nothing() -> None:
    made = finder({"Monto": "amount_with_tax"}, Said(year=2013, body=TORREON), kind="contracts")
    found, _ = find(made, 1, fiscal_year=["2014"])
    assert (found[0].year, found[0].document, made.contradictions) == (2013, "", {})


@pytest.mark.parametrize(
    ("fields", "period", "document"),
    [
        ({"approved"}, "annual", "approved"),
        ({"estimated"}, "annual", "approved"),
        ({"approved", "accrued"}, "annual", "public_account"),
        ({"approved", "paid"}, "Q2", "quarterly"),
        ({"reported"}, "annual", "public_account"),
    ],
)
def test_document_assumed_from_moments_and_period(fields: set[str], period: str, document: str) -> None:
    assert assumed_document(fields, period) == document


@pytest.mark.parametrize(("period", "month"), [("annual", 12), ("Q1", 3), ("Q4", 12), ("2024-09", 9)])
def test_last_month(period: str, month: int) -> None:
    assert last_month(period) == month


def test_many_distinct_combinations_are_numbered_without_overflow() -> None:
    years = [str(1990 + number % 50) for number in range(5000)]
    names = [f"Organismo {number}" for number in range(5000)]
    made = finder()
    numbers, refused = made.find({"fiscal_year": pa.array(years), "entity_name": pa.array(names)}, 5000)
    assert refused == {}
    assert np.unique(numbers).size == 5000 == len(made.slices)


def test_a_month_needs_no_year_of_its_own() -> None:
    columns = {"Mes": "period_label", "Año": "fiscal_year", "Devengado": "accrued"}
    made = finder(columns, municipality_code="05035")
    found, _ = find(
        made, 4, fiscal_year=["2023", "2023", "2023", "2024"], period_label=["Enero", "2", "12", "Trimestre 1"]
    )
    assert [one and (one.year, one.period) for one in found] == [
        (2023, "2023-01"),
        (2023, "2023-02"),
        (2023, "2023-12"),
        (2024, "Q1"),
    ]


def test_a_number_is_a_month_only_under_a_heading_that_says_so() -> None:
    columns = {"Periodo": "period_label", "Devengado": "accrued"}
    found, _ = find(finder(columns, municipality_code="05035", year=2023), 1, period_label=["2"])
    assert found[0] and found[0].period != "2023-02"
