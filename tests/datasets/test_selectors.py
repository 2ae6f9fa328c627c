"""Which release answers, and what it answers. All amounts are added by hand."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from datasets import selectors
from datasets.models import Breakdown, Document, Kind, Release
from datasets.versions import bump_data_version, data_version
from tests.factories.datasets import (
    PublicBodyFactory,
    ReleaseFactory,
    class_node,
    expenditure_cell,
    label,
    revenue_cell,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def body():
    return PublicBodyFactory()


def release(body, **fields):
    return ReleaseFactory(public_body=body, **fields)


def choose(body, **fields):
    return selectors.choose_release(public_body=body, **{"kind": Kind.EXPENDITURE, **fields})


# -- which release -------------------------------------------------------------------------------------------------


def test_choose_release_prefers_public_account_then_latest_cumulative_then_approved(body):
    best_last = [
        release(body, document=Document.APPROVED, period="annual"),
        release(body, document=Document.QUARTERLY, period="2024-11"),
        release(body, document=Document.QUARTERLY, period="2024-12"),
        release(body, document=Document.QUARTERLY, period="Q1"),
        release(body, document=Document.QUARTERLY, period="Q3"),
        release(body, document=Document.QUARTERLY, period="Q4"),
        release(body, document=Document.QUARTERLY, period="annual"),
        release(body, document=Document.PUBLIC_ACCOUNT, period="annual"),
    ]
    while best_last:
        assert choose(body, year=2024) == best_last[-1]
        Release.objects.filter(pk=best_last.pop().pk).update(status=Release.Status.SUPERSEDED)
    assert choose(body, year=2024) is None


@pytest.mark.parametrize("status", ["draft", "superseded", "withdrawn"])
def test_choose_release_never_sees_what_is_not_published(body, status):
    release(body, status=status)
    assert choose(body, year=2024) is None
    assert selectors.years_with_data(public_body=body) == []
    assert list(selectors.published_releases(public_body=body)) == []


def test_choose_release_without_year_takes_the_latest_that_can_answer(body):
    old = release(body, year=2022)
    new = release(body, year=2023, breakdown=Breakdown.ADMINISTRATIVE)
    expenditure_cell(old, "chapter", "1000", approved="10.00")
    expenditure_cell(new, "unit", "01", approved="10.00")
    assert choose(body) == new
    assert choose(body, by="chapter") == old
    assert choose(body, by="unit") == new
    assert choose(body, by="function") is None


def test_choose_release_keeps_to_what_was_asked(body):
    account = release(body)
    approved = release(body, document=Document.APPROVED)
    third = release(body, document=Document.QUARTERLY, period="Q3")
    assert choose(body, year=2024) == account
    assert choose(body, year=2024, document="approved") == approved
    assert choose(body, year=2024, period="Q3") == third
    assert choose(body, year=2024, breakdown="functional") is None
    assert choose(body, year=2023) is None


def test_choose_release_by_printed_breakdown_not_by_stray_cells(body):
    functional = release(body, breakdown=Breakdown.FUNCTIONAL)
    expenditure_cell(functional, "chapter", "1000", approved="10.00")
    expenditure_cell(functional, "function", "1.3", approved="10.00")
    assert choose(body, year=2024, by="chapter") is None
    assert choose(body, year=2024, by="function") == functional


def test_choose_release_full_answers_what_its_lines_hold(body):
    full = release(body, breakdown=Breakdown.FULL)
    expenditure_cell(full, "unit", "01", approved="10.00")
    expenditure_cell(full, "function", "", approved="10.00")  # no line names its function
    assert choose(body, year=2024, by="unit") == full
    assert choose(body, year=2024, by="function") is None


def test_choose_release_takes_the_finer_of_two_breakdowns_of_a_document(body):
    chapters = release(body, breakdown=Breakdown.OBJECT)
    full = release(body, breakdown=Breakdown.FULL)
    expenditure_cell(chapters, "item", "1000", approved="30.00")
    expenditure_cell(full, "item", "1130", approved="10.00")
    expenditure_cell(full, "item", "1210", approved="20.00")
    assert choose(body, year=2024, by="item") == full


def test_choose_release_of_another_body_or_kind_is_not_taken(body):
    release(PublicBodyFactory(municipality__code="05030"))
    release(body, kind=Kind.REVENUE, breakdown=Breakdown.FULL)
    assert choose(body, year=2024) is None


def test_years_with_data_by_kind_newest_first(body):
    release(body, year=2021)
    release(body, year=2023)
    release(body, year=2023, breakdown=Breakdown.FUNCTIONAL)
    release(body, year=2022, kind=Kind.REVENUE, breakdown=Breakdown.FULL)
    assert selectors.years_with_data(public_body=body) == [2023, 2022, 2021]
    assert selectors.years_with_data(public_body=body, kind=Kind.EXPENDITURE) == [2023, 2021]


# -- cells ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def objects(body):
    """Two chapters printed down to items, one printed as a chapter alone, and a line without code."""
    printed = release(body, totals={"approved": "171.50", "paid": "44.25"}, line_count=5)
    for code, name in (("1000", "Servicios personales"), ("2000", "Materiales y suministros"), ("1100", "Permanente")):
        class_node("object", code, name, name_en=f"{name} (en)", short_es=f"{name[:5]}", short_en="short")
    sueldos = label("object", "SUELDO BASE", code="1130", published_code="11301")
    rows = [
        ("chapter", "1000", None, "100.00", "40.00"),
        ("chapter", "2000", None, "50.00", None),
        ("chapter", "6000", None, "20.00", "4.25"),
        ("chapter", "", None, "1.50", None),
        ("concept", "1100", None, "70.00", "30.00"),
        ("concept", "1200", None, "30.00", "10.00"),
        ("concept", "2100", None, "50.00", None),
        ("concept", "6000", None, "20.00", "4.25"),
        ("concept", "", None, "1.50", None),
        ("item", "1130", sueldos, "70.00", "30.00"),
        ("item", "1210", None, "30.00", "10.00"),
        ("item", "2110", None, "50.00", None),
        ("item", "6000", None, "20.00", "4.25"),
        ("item", "", None, "1.50", None),
    ]
    for by, key, printed_label, approved, paid in rows:
        expenditure_cell(printed, by, key, label=printed_label, approved=approved, paid=paid)
    return printed


def brief(cells, moment="approved"):
    return [(cell.code, cell.name, cell.amount(moment)) for cell in cells]


def test_expenditure_cells_are_named_and_ordered_by_amount(objects):
    cells = selectors.expenditure_cells(releases=[objects], by="chapter", moment="approved")
    with translation.override("en"):
        english = selectors.expenditure_cells(releases=[objects], by="chapter", moment="approved")
    assert [(c.code, c.name, c.amount("approved")) for c in cells[:2]] == [
        ("1000", "Servicios personales", Decimal("100.00")),
        ("2000", "Materiales y suministros", Decimal("50.00")),
    ]
    assert brief(english) == [
        ("1000", "Servicios personales (en)", Decimal("100.00")),
        ("2000", "Materiales y suministros (en)", Decimal("50.00")),
        ("6000", "Code 6000", Decimal("20.00")),
        ("", "Without classification", Decimal("1.50")),
    ]
    assert [c.short_name for c in english[:2]] == ["short", "short"]
    assert [c.amount("committed") for c in cells] == [None] * 4


def test_expenditure_cells_order_follows_the_moment_and_puts_unstated_last(objects):
    by_paid = selectors.expenditure_cells(releases=[objects], by="chapter", moment="paid")
    assert [(c.code, c.amount("paid")) for c in by_paid] == [
        ("1000", Decimal("40.00")),
        ("6000", Decimal("4.25")),
        ("", None),
        ("2000", None),
    ]


def test_expenditure_cells_under_a_parent(objects):
    concepts = selectors.expenditure_cells(releases=[objects], by="concept", parent="1000", moment="approved")
    items = selectors.expenditure_cells(releases=[objects], by="item", parent="1100", moment="approved")
    shallow = selectors.expenditure_cells(releases=[objects], by="item", parent="6000", moment="approved")
    assert [(c.code, c.amount("approved")) for c in concepts] == [("1100", 70), ("1200", 30)]
    assert [(c.code, c.published_code, c.name) for c in items] == [("1130", "11301", "SUELDO BASE")]
    assert [(c.code, c.amount("approved")) for c in shallow] == [("6000", 20)]


def test_totals_add_what_is_stated_and_nothing_else(objects):
    cells = selectors.expenditure_cells(releases=[objects], by="item")
    assert selectors.totals(cells, ["approved", "paid", "committed"]) == {
        "approved": Decimal("171.50"),
        "paid": Decimal("44.25"),
        "committed": None,
    }


def test_expenditure_cells_by_unit_use_the_publishers_own_names(body):
    printed = release(body, breakdown=Breakdown.ADMINISTRATIVE)
    works = label("unit", "Dirección de Obras", published_code="0101")
    police = label("unit", "Policía")
    expenditure_cell(printed, "unit", str(works.pk), label=works, accrued="5.00")
    expenditure_cell(printed, "unit", str(police.pk), label=police, accrued="7.00")
    cells = selectors.expenditure_cells(releases=[printed], by="unit")
    assert [(c.key, c.code, c.published_code, c.name) for c in cells] == [
        (str(police.pk), "", "", "Policía"),
        (str(works.pk), "0101", "0101", "Dirección de Obras"),
    ]


def test_expenditure_cells_by_function_drill_by_finality(body):
    printed = release(body, breakdown=Breakdown.FUNCTIONAL)
    class_node("function", "2.4", "Cultura")
    strange = label("function", "Fomento local", published_code="X9")
    expenditure_cell(printed, "function", "2.4", approved="5.00")
    expenditure_cell(printed, "function", "1.3", approved="4.00")
    expenditure_cell(printed, "function", str(strange.pk), label=strange, approved="3.00")
    everything = selectors.expenditure_cells(releases=[printed], by="function")
    assert [(c.code, c.published_code, c.amount("approved")) for c in everything] == [
        ("2.4", "", 5),
        ("1.3", "", 4),
        ("", "X9", 3),
    ]
    assert [c.name for c in everything[:1] + everything[2:]] == ["Cultura", "Fomento local"]
    social = selectors.expenditure_cells(releases=[printed], by="function", parent="2")
    assert [c.code for c in social] == ["2.4"]


def test_revenue_cells_drill_from_rubro_to_type(body):
    printed = release(body, kind=Kind.REVENUE, breakdown=Breakdown.FULL)
    class_node("revenue", "1", "Impuestos")
    revenue_cell(printed, "rubro", "1", estimated="8.00", collected="9.00")
    revenue_cell(printed, "rubro", "4", estimated="20.00", collected="1.00")
    revenue_cell(printed, "type", "12", estimated="8.00", collected="9.00")
    revenue_cell(printed, "type", "43", estimated="20.00", collected="1.00")
    rubros = selectors.revenue_cells(releases=[printed], by="rubro")
    assert [(c.code, c.amount("collected")) for c in rubros] == [("1", 9), ("4", 1)]
    assert rubros[0].name == "Impuestos"
    by_estimate = selectors.revenue_cells(releases=[printed], by="rubro", moment="estimated")
    assert [(c.code, c.amount("estimated")) for c in by_estimate] == [("4", 20), ("1", 8)]
    assert [c.code for c in selectors.revenue_cells(releases=[printed], by="type", parent="1")] == ["12"]
    assert choose(body, kind=Kind.REVENUE, by="rubro") == printed
    assert choose(body, kind=Kind.REVENUE, by="funding") is None


# -- several years -------------------------------------------------------------------------------------------------


@pytest.fixture
def three_years(body):
    made = {}
    for year, amount in ((2022, "10.00"), (2023, "20.00"), (2024, "30.00")):
        made[year] = release(body, year=year, totals={"approved": amount}, line_count=1)
        expenditure_cell(made[year], "chapter", "1000", approved=amount)
    # Printed once more by function, and as an approved budget: neither may be added.
    again = release(body, year=2024, breakdown=Breakdown.FUNCTIONAL, totals={"approved": "30.00"})
    expenditure_cell(again, "function", "1.3", approved="30.00")
    plan = release(body, year=2023, document=Document.APPROVED, totals={"approved": "19.00"})
    expenditure_cell(plan, "chapter", "1000", approved="19.00")
    return made


def test_trend_reads_one_release_a_year(body, three_years, django_assert_num_queries):
    with django_assert_num_queries(3):
        found = selectors.trend(public_body=body, by="chapter", moment="approved")
    assert [(row.year, row.release, brief(row.cells)) for row in found] == [
        (year, three_years[year], [("1000", found[0].cells[0].name, Decimal(amount))])
        for year, amount in ((2022, "10.00"), (2023, "20.00"), (2024, "30.00"))
    ]


def test_trend_of_fewer_years_costs_the_same_queries(body, three_years, django_assert_num_queries):
    with django_assert_num_queries(3):
        found = selectors.trend(public_body=body, by="chapter", years=[2023])
    assert [row.year for row in found] == [2023]


def test_year_cells_are_the_totals_of_the_chosen_releases(body, three_years):
    chosen = selectors.choose_releases(public_body=body, kind=Kind.EXPENDITURE)
    cells = selectors.year_cells(chosen.values())
    assert brief(cells) == [("2022", "2022", 10), ("2023", "2023", 20), ("2024", "2024", 30)]
    assert cells[0].amount("paid") is None


def test_choose_release_costs_one_query_with_one_or_many_candidates(body, three_years, django_assert_num_queries):
    with django_assert_num_queries(1):
        chosen = choose(body, by="chapter")
        assert chosen.ingest.file.source.publisher_name == "Tesorería Municipal"
    with django_assert_num_queries(1):
        choose(body, year=2022, by="chapter")


@pytest.mark.parametrize("by", ["chapter", "concept", "function", "unit"])
@pytest.mark.parametrize("wanted", [{}, {"year": 2023}, {"period": "annual"}, {"document": Document.APPROVED}])
def test_releases_that_were_read_already_are_chosen_among_as_by_the_database(
    body, three_years, by, wanted, django_assert_num_queries
):
    full = release(body, year=2024, breakdown=Breakdown.FULL, totals={"approved": "31.00"})
    expenditure_cell(full, "chapter", "1000", approved="30.00")
    expenditure_cell(full, "chapter", "", approved="1.00")
    expenditure_cell(full, "unit", "", approved="31.00")
    stray = release(body, year=2025, breakdown=Breakdown.FUNCTIONAL, totals={"approved": "5.00"})
    expenditure_cell(stray, "chapter", "1000", approved="5.00")
    asked = {
        "years" if name == "year" else name: [value] if name == "year" else value for name, value in wanted.items()
    }
    expected = selectors.choose_releases(public_body=body, kind=Kind.EXPENDITURE, by=by, **asked)
    read = list(selectors.published_releases(public_body=body, kind=Kind.EXPENDITURE))
    with django_assert_num_queries(0):
        assert selectors.choose_among(read, by=by, **wanted) == expected


def test_releases_of_a_body_that_is_here_are_read_without_it_and_without_their_report(
    body, three_years, django_assert_num_queries
):
    with django_assert_num_queries(1):
        read = list(selectors.published_releases(public_body=body))
        assert read
        assert all(one.public_body is body for one in read)
        assert all(one.ingest.file.original_name and one.ingest.get_absolute_url() for one in read)
    assert all("report" in one.ingest.get_deferred_fields() for one in read)


def test_among_nothing_nothing_is_chosen():
    assert selectors.choose_among([], by="chapter") == {}


def test_names_of_a_classifier_are_read_once_a_minute(settings, django_assert_num_queries, monkeypatch):
    from datasets.selectors import cells
    from gesoc.common import moments

    class_node("object", "1000", "Servicios personales")
    settings.TESTING = False
    monkeypatch.setattr(moments.time, "monotonic", lambda: 1_000_000_000.0)
    for questions in (1, 0):
        with django_assert_num_queries(questions):
            assert cells.official_names("object", ["1000", "9999"])["1000"].full == "Servicios personales"
    class_node("object", "9999", "Otros")
    monkeypatch.setattr(moments.time, "monotonic", lambda: 1_000_000_060.0)
    assert set(cells.official_names("object", ["1000", "9999"])) == {"1000", "9999"}
    cells._all_nodes.cache_clear()


# -- version -------------------------------------------------------------------------------------------------------


def test_data_version_grows_by_one_with_each_bump():
    assert data_version() == 0
    assert [bump_data_version(), bump_data_version()] == [1, 2]
    assert data_version() == selectors.data_version() == 2


def test_published_releases_come_with_their_files_in_one_query(body, django_assert_num_queries):
    for year in (2021, 2022, 2023):
        release(body, year=year, published_at=datetime(2025, 1, 1, tzinfo=UTC))
    with django_assert_num_queries(1):
        found = [
            (r.year, r.public_body.slug, r.ingest.file.source.publisher_name)
            for r in selectors.published_releases(public_body=body, kind=Kind.EXPENDITURE)
        ]
    assert found == [(year, body.slug, "Tesorería Municipal") for year in (2023, 2022, 2021)]


# -- what is not classified, and functions -------------------------------------------------------------------------


def test_cells_add_up_to_the_totals_of_the_release(body):
    printed = release(
        body, breakdown=Breakdown.FULL, totals={"approved": "10.00", "paid": "4.00", "modified": "7.00"}, line_count=6
    )
    expenditure_cell(printed, "function", "1.3", approved="7.00", paid="4.00", line_count=2)
    expenditure_cell(printed, "function", "", approved="1.00", line_count=1)
    expenditure_cell(printed, "unit", "01", approved="10.00", paid="4.00", modified="7.00", line_count=6)
    function = selectors.expenditure_cells(releases=[printed], by="function", moment="approved")
    assert [(c.code, c.amount("approved"), c.amount("paid"), c.amount("modified"), c.line_count) for c in function] == [
        ("1.3", Decimal("7.00"), Decimal("4.00"), None, 2),
        ("", Decimal("3.00"), None, Decimal("7.00"), 4),
    ]
    assert selectors.totals(function, ["approved", "paid", "modified"]) == {
        "approved": Decimal("10.00"),
        "paid": Decimal("4.00"),
        "modified": Decimal("7.00"),
    }
    units = selectors.expenditure_cells(releases=[printed], by="unit")
    assert [c.code for c in units] == ["01"]
    below = selectors.expenditure_cells(releases=[printed], by="function", parent="1")
    assert [c.code for c in below] == ["1.3"]  # a drill shows its own money only


def test_cells_by_function_put_subfunctions_together(body):
    printed = release(body, breakdown=Breakdown.FUNCTIONAL, totals={"approved": "16.00"}, line_count=4)
    for key, amount in (("2.4.1", "1.00"), ("2.4.2", "2.00"), ("2.4", "4.00"), ("1.3", "9.00")):
        expenditure_cell(printed, "function", key, approved=amount)
    functions = selectors.expenditure_cells(releases=[printed], by="function")
    assert [(c.code, c.amount("approved"), c.line_count) for c in functions] == [("1.3", 9, 1), ("2.4", 7, 3)]
    under = selectors.expenditure_cells(releases=[printed], by="function", parent="2.4")
    assert [(c.code, c.amount("approved")) for c in under] == [("2.4", 4), ("2.4.2", 2), ("2.4.1", 1)]
