"""Indicators: formulas on numbers worked out by hand, reasons instead of zeros, questions with their rows."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets import flags
from datasets.indicators import CATALOGUE, awards, budget, records
from datasets.indicators.inputs import Award, Awards, Ledger
from datasets.models import Flag, IndicatorValue, Release
from tests.datasets.dashboards import spending
from tests.factories import datasets as make

D = Decimal
DAY = date(2024, 3, 1)


def award(number=1, **fields):
    said = {
        "release_id": 1,
        "line_no": number,
        "fingerprint": f"{number:016x}",
        "method": "open",
        "supplier": number,
        "supplier_name": f"Proveedor {number}",
        "title": "Obra",
        "amount": D(100),
        "awarded": None,
        "signed": DAY,
        "starts": None,
        "ends": None,
        "url": "",
    }
    return Award(**(said | fields))


def year(*lines):
    return Awards(2024, [1], [one._replace(line_no=number) for number, one in enumerate(lines, start=1)])


def ledger(totals, parts=None, period="annual", third=None):
    release = Release(pk=7, period=period)
    quarter = Release(pk=8, period="Q3", totals={"accrued": third}) if third else None
    amounts = {key: {name: D(value) for name, value in one.items()} for key, one in (parts or {}).items()}
    return Ledger(2024, release, {name: D(value) for name, value in totals.items()}, amounts, quarter)


def rows_of(outcome):
    return [[row.line_no for row in finding.rows] for finding in outcome.findings]


# -- how contracts are awarded ----------------------------------------------------------------------------------------


def test_direct_awards_are_measured_by_amount_of_those_that_state_their_procedure():
    lines = [award(method="direct", amount=D(300)), *[award(n, amount=D(50)) for n in range(2, 6)]]
    found = awards.direct_by_amount(year(*lines, award(9, method="", amount=D(10_000))))
    assert (found.value, found.numerator, found.denominator, found.count) == (D(60), D(300), D(500), 5)
    assert rows_of(found) == [[1]]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "no_pesos"),
        ([award(amount=None)], "no_pesos"),
        ([award(method="")] * 6, "no_procedure"),
        ([award()] * 4, "few_contracts"),
    ],
)
def test_what_cannot_be_known_says_why(lines, reason):
    found = awards.direct_by_amount(year(*lines))
    assert (found.value, found.reason, found.findings) == (None, reason, ())


def four(said, silent=6, **fields):
    """Four contracts that say something, beside others that do not."""
    return year(*[award(n, **said) for n in range(1, 5)], *[award(n, **fields) for n in range(5, 5 + silent)])


@pytest.mark.parametrize(
    ("code", "given", "reason"),
    [
        ("fin-de-semana", four({}, 0), "few_contracts"),
        ("fin-de-semana", four({}, signed=None), "few_signed"),
        ("fin-de-ano", four({}, amount=None), "few_priced"),
        ("fin-de-ano", four({}, signed=date(2023, 12, 1)), "no_dates_of_year"),
        ("montos-repetidos", four({}, 3), "few_for_amounts"),
        ("compras-seguidas", year(*[award(n, method="direct", amount=None) for n in range(1, 8)]), "no_pesos"),
        ("compras-seguidas", four({"amount": None}, method=""), "none_known"),
        ("compras-seguidas", four({"amount": None}, supplier=None), "none_named"),
        (
            "compras-seguidas",
            year(*[award(n, method="direct", supplier=None if n > 2 else n) for n in range(1, 8)]),
            "few_direct_named",
        ),
        ("adjudicacion-directa-monto", four({}, method=""), "few_known"),
        ("adjudicacion-directa-monto", four({"amount": None}, method=""), "none_known"),
        ("adjudicacion-directa-numero", four({}, method=""), "few_procedures"),
        ("concentracion", four({}, supplier=None), "few_named"),
        ("mayor-proveedor", four({"amount": None}, supplier=None), "none_named"),
    ],
)
def test_the_reason_is_the_true_one(code, given, reason):
    found = CATALOGUE[code].measure(given)
    assert (found.value, found.reason) == (None, reason)


def test_nobody_is_named_where_few_contracts_name_anybody():
    lines = [award(n, amount=D(1_000_000), supplier=n if n < 3 else None) for n in range(1, 6)]
    found = awards.largest_supplier(year(*lines))
    assert (found.value, found.reason, found.count, found.findings) == (None, "few_named", 2, ())


def test_half_is_not_yet_a_question():
    lines = [award(method="direct", amount=D(400)), *[award(n, amount=D(100)) for n in range(2, 6)]]
    found = awards.direct_by_amount(year(*lines))
    assert (found.value, found.findings) == (D(50), ())


def test_concentration_of_equal_suppliers_is_their_number_the_other_way_round():
    found = awards.concentration(year(*[award(n) for n in range(1, 6)]))
    assert (found.value, found.count, found.findings) == (D(2000), 5, ())


def test_a_concentrated_year_is_asked_about():
    found = awards.concentration(year(award(1, amount=D(8000)), *[award(n, amount=D(500)) for n in range(2, 6)]))
    assert found.value == D("6500.00")
    assert found.findings[0].params == {"effective": "1.5"}


@given(st.lists(st.integers(min_value=1, max_value=10**12), min_size=1, max_size=30))
def test_concentration_lies_between_equal_and_single(sums):
    index = awards.herfindahl([D(one) for one in sums])
    assert D(10_000) / len(sums) - D("0.001") <= index <= D("10000.001")


def test_a_supplier_with_a_third_of_a_large_year_is_asked_about_and_of_a_small_one_not():
    def shares(unit):
        return year(award(1, amount=unit * 4), award(2, amount=unit * 3), *[award(n, amount=unit) for n in range(3, 6)])

    large, small = awards.largest_supplier(shares(D(1_000_000))), awards.largest_supplier(shares(D(1)))
    assert large.value == small.value == D(40)
    assert [(one.subject, one.params["share"]) for one in large.findings] == [
        ("proveedor-1", "40.0"),
        ("proveedor-2", "30.0"),
    ]
    assert small.findings == ()


def test_three_direct_awards_in_thirty_days_are_a_series():
    days = [0, 29, 29, 31, 200]
    lines = [award(1, method="direct", signed=DAY + timedelta(days=one)) for one in days]
    found = awards.split_purchases(year(*lines, award(2, method="direct"), award(3)))
    assert found.value == 1
    assert rows_of(found) == [[1, 2, 3]]
    assert found.findings[0].params == {
        "name": "Proveedor 1",
        "count": "3",
        "amount": "300",
        "since": "2024-03-01",
        "until": "2024-03-30",
    }
    question = CATALOGUE["compras-seguidas"].ask(2024, found.findings[0].params)
    assert "entre el 1 mar 2024 y el 30 mar 2024" in question


def test_thirty_days_apart_are_no_series():
    lines = [award(1, method="direct", signed=DAY + timedelta(days=one)) for one in (0, 15, 30)]
    found = awards.split_purchases(year(*lines))
    assert (found.value, found.findings) == (D(0), ())


def test_a_series_needs_dates():
    lines = [award(1, method="direct", signed=None) for _ in range(3)]
    assert awards.split_purchases(year(*lines)).reason == "no_dates"


@given(st.lists(st.integers(min_value=0, max_value=400), min_size=1, max_size=25))
def test_no_thirty_days_hold_more_than_the_densest(offsets):
    lines = [award(n, signed=DAY + timedelta(days=one)) for n, one in enumerate(sorted(offsets))]
    best = awards.densest(lines)
    most = max(sum(0 <= other - one < 30 for other in offsets) for one in offsets)
    assert len(best) == most
    assert (best[-1].signed - best[0].signed).days < 30


def test_equal_amounts_are_asked_about():
    lines = [award(n, amount=D(500)) for n in range(1, 4)] + [award(n, amount=D(n)) for n in range(4, 11)]
    found = awards.repeated_amounts(year(*lines))
    assert found.value == D(30)
    assert rows_of(found) == [[1, 2, 3]]


# -- their records ----------------------------------------------------------------------------------------------------


def test_year_end_counts_dates_of_the_year():
    late = [award(n, signed=date(2024, 12, 30)) for n in (1, 2)]
    found = records.year_end(year(*late, award(3), award(4), award(5, signed=date(2023, 12, 30))))
    assert (found.value, found.count) == (D(50), 4)
    assert rows_of(found) == [[1, 2]]


def test_weekends_are_asked_about_only_where_there_are_some():
    saturday = [award(n, signed=date(2024, 3, 2)) for n in (1, 2, 3)]
    assert rows_of(records.weekends(year(*saturday, award(4), award(5)))) == [[1, 2, 3]]
    assert records.weekends(year(*saturday[:2], *[award(n) for n in range(3, 6)])).findings == ()


def test_dates_that_contradict_each_other():
    wrong = award(1, awarded=DAY + timedelta(days=1))
    ended = award(2, starts=DAY, ends=DAY - timedelta(days=1))
    right = award(3, awarded=DAY, starts=DAY, ends=DAY)
    found = records.inconsistent_dates(year(wrong, ended, right, award(4)))
    assert (found.numerator, found.denominator) == (D(2), D(3))
    assert rows_of(found) == [[1, 2]]
    assert records.inconsistent_dates(year(award())).reason == "no_two_dates"


def test_a_column_that_is_never_filled_is_not_published():
    measure = CATALOGUE["sin-documento"].measure
    assert measure(year(*[award(n) for n in range(1, 6)])).reason == "no_links"
    linked = [award(n, url="https://example.org/") for n in range(2, 6)]
    found = measure(year(award(1), *linked))
    assert (found.value, rows_of(found)) == (D(20), [[1]])


@pytest.mark.parametrize("code", ["procedimiento-no-declarado", "sin-documento", "sin-monto", "sin-proveedor"])
def test_one_contract_is_asked_about_as_one(code):
    lacking = {"method": "", "url": "", "amount": None, "supplier": None}
    full = award(url="https://example.org/")
    found = CATALOGUE[code].measure(year(full._replace(**lacking), *[full] * 5))
    question = CATALOGUE[code].ask(2024, found.findings[0].params)
    assert found.findings[0].params["count"] == "1"
    assert "único contrato de 2024" in question


def test_one_contract_whose_dates_contradict_each_other_is_asked_about_as_one():
    found = records.inconsistent_dates(year(award(starts=DAY, ends=DAY - timedelta(days=1))))
    assert "único contrato de 2024" in CATALOGUE["fechas-incongruentes"].ask(2024, found.findings[0].params)


def test_of_very_many_contracts_the_largest_are_kept_with_the_number_and_sum_of_all():
    lines = [award(n, method="", amount=D(n)) for n in range(1, 211)]
    finding = awards.procedure_unstated(year(*lines)).findings[0]
    assert (len(finding.rows), finding.rows[0].line_no, finding.rows[-1].line_no) == (200, 210, 11)
    assert finding.params == {"count": "210", "rows": "210", "sum": str(210 * 211 // 2)}
    unpriced = records.weekends(year(*[award(n, amount=None, signed=date(2024, 3, 2)) for n in range(1, 211)]))
    assert unpriced.findings[0].params == {"count": "210", "rows": "210"}


# -- the budget -------------------------------------------------------------------------------------------------------


def test_execution_of_a_whole_year():
    measure = CATALOGUE["ejecucion"].measure
    assert measure(ledger({"modified": "200", "accrued": "190"})).findings == ()
    low = measure(ledger({"modified": "200", "accrued": "160"}))
    assert low.value == D(80)
    assert low.findings[0].params == {"release": "7", "share": "80.0"}
    assert measure(ledger({"modified": "200", "accrued": "50"}, period="Q1")).reason == "not_over"
    assert measure(ledger({"modified": "200"})).reason == "no_accrued"
    assert measure(ledger({"modified": "0", "accrued": "1"})).reason == "nothing_to_divide"


def test_chapters_that_stray_are_asked_about_one_by_one():
    parts = {
        "1000": {"modified": "100", "accrued": "98"},
        "3000": {"modified": "100", "accrued": "130"},
        "6000": {"modified": "100", "accrued": "20"},
        "9000": {"modified": "0", "accrued": "5"},
    }
    found = budget.chapters(ledger({}, parts))
    assert (found.value, found.count) == (D(80), 3)
    assert [(one.subject, one.params["gap"]) for one in found.findings] == [("3000", "30.0"), ("6000", "-80.0")]
    assert "capítulo 6000" in CATALOGUE["desvio-por-capitulo"].ask(2024, found.findings[1].params)


def test_last_quarter_takes_two_releases():
    measure = CATALOGUE["ultimo-trimestre"].measure
    assert measure(ledger({"accrued": "100"})).reason == "no_quarters"
    found = measure(ledger({"accrued": "100"}, third="55"))
    assert (found.value, len(found.findings)) == (D(45), 1)


def test_a_question_keeps_the_sign_of_what_it_asks_about():
    taken_back = CATALOGUE["ejecucion"].measure(ledger({"modified": "100", "accrued": "-20"}))
    cut = CATALOGUE["presupuesto-reescrito"].measure(ledger({"approved": "100", "modified": "60"}))
    for code, found, said in (("ejecucion", taken_back, "-20%"), ("presupuesto-reescrito", cut, "-40%")):
        assert said in CATALOGUE[code].ask(2024, found.findings[0].params).replace("−", "-")


def test_a_year_that_is_less_than_its_nine_months_is_unknown():
    measure = CATALOGUE["ultimo-trimestre"].measure
    assert measure(ledger({"accrued": "100"}, third="130")).reason == "more_by_september"
    assert measure(ledger({"accrued": "100"}, third="100")).value == 0
    assert measure(ledger({"accrued": "0"}, third="130")).reason == "nothing_to_divide"


def test_dependence_and_own_revenue():
    parts = {"1": {"collected": "25"}, "8": {"collected": "60"}, "9": {"collected": "15"}}
    year_ = ledger({"collected": "100"}, parts)
    assert CATALOGUE["dependencia"].measure(year_).value == D(75)
    assert CATALOGUE["ingresos-propios"].measure(year_).value == D(25)
    assert CATALOGUE["dependencia"].measure(ledger({"collected": "100"})).reason == "no_rubros"


def test_every_entry_says_what_a_reader_needs():
    for code, one in CATALOGUE.items():
        assert one.code == code
        assert all(str(text) for text in (one.name, one.formula, one.needs, one.reference, one.caveat)), code
        assert bool(one.question) == (one.threshold is not None), code
        assert not one.question or str(one.threshold_basis), code
        assert one.is_assessable == bool(one.numerator), code


# -- what is read for them --------------------------------------------------------------------------------------------


def known_of(body):
    """code -> (value, count) of what could be told of 2024, else the reason."""
    flags.evaluate(public_body=body, year=2024, family="spending")
    flags.evaluate(public_body=body, year=2024, family="income")
    values = IndicatorValue.objects.filter(public_body=body, year=2024)
    return {one.indicator: one.reason or (one.value, one.count) for one in values}


def revenue(body, cells, **totals_):
    release = make.ReleaseFactory(public_body=body, year=2024, kind="revenue", breakdown="full", totals=totals_)
    for rubro, amounts in cells.items():
        make.revenue_cell(release, "rubro", rubro, **amounts)
    return release


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["exercised", "reported"])
def test_parts_of_the_expenditure_are_told_in_whatever_moment_the_release_states(moment):
    body = make.PublicBodyFactory()
    spending(body, 2024, {"1000": {moment: "60.00"}, "6000": {moment: "40.00"}})
    found = known_of(body)
    assert (found["servicios-personales"], found["inversion"]) == ((D(60), 1), (D(40), 1))


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["accrued", "reported"])
def test_parts_of_the_revenue_are_told_in_whatever_moment_the_release_states(moment):
    body = make.PublicBodyFactory()
    revenue(body, {"1": {moment: "30.00"}, "8": {moment: "70.00"}}, **{moment: "100.00"})
    found = known_of(body)
    assert (found["ingresos-propios"], found["dependencia"]) == ((D(30), 1), (D(70), 1))


@pytest.mark.django_db
def test_a_part_that_nobody_states_is_unknown_not_nothing():
    body = make.PublicBodyFactory()
    spending(body, 2024, {"1000": {"approved": "100.00"}}, document="approved")
    release = revenue(body, {"8": {"collected": "20.00"}}, collected="100.00")
    make.revenue_cell(release, "rubro", "", collected="80.00")
    found = known_of(body)
    assert (found["inversion"], found["ingresos-propios"]) == ("no_part", "no_part")
    assert found["dependencia"] == "unclassified"  # four fifths may be transferred too
    assert found["servicios-personales"] == (D(100), 1)


@pytest.mark.django_db
def test_what_is_told_by_chapter_alone_is_no_chapter_of_its_own():
    body = make.PublicBodyFactory()
    release = spending(
        body,
        2024,
        {"1000": {"modified": "100.00", "accrued": "60.00"}, "6000": {"modified": "100.00", "accrued": "40.00"}},
    )
    make.expenditure_cell(release, "concept", "1100", modified="90.00", accrued="55.00")
    make.expenditure_cell(release, "concept", "1000", modified="10.00", accrued="5.00")
    found = known_of(body)
    assert found["servicios-personales"] == (D(60), 1)
    assert found["comunicacion-social"] == "no_part"
    flag = Flag.objects.get(indicator="desvio-por-capitulo", subject="1000")
    assert (flag.value, flag.params["amount"]) == (D(-40), "-40.0")


@pytest.mark.django_db
def test_a_file_that_tells_chapters_alone_says_that_its_concepts_are_missing():
    body = make.PublicBodyFactory()
    release = spending(body, 2024, {"3000": {"accrued": "100.00"}})
    make.expenditure_cell(release, "concept", "3000", accrued="100.00")
    assert known_of(body)["comunicacion-social"] == "no_concepts"


@pytest.mark.django_db
def test_an_approved_budget_by_object_does_not_hide_the_account_by_function():
    body = make.PublicBodyFactory()
    budget_ = spending(body, 2024, {"1000": {"approved": "100.00"}}, document="approved")
    stated = {"approved": "100.00", "modified": "100.00", "accrued": "60.00", "paid": "45.00"}
    account = make.ReleaseFactory(public_body=body, year=2024, breakdown="functional", totals=stated)
    make.expenditure_cell(account, "function", "2.4", **stated)
    found = known_of(body)
    assert (found["ejecucion"], found["por-pagar"], found["presupuesto-reescrito"]) == ((60, 1), (25, 1), (0, 1))
    assert (found["servicios-personales"], found["desvio-por-capitulo"]) == ((100, 1), "no_object_moments")
    releases = IndicatorValue.objects.order_by().values_list("releases", flat=True).distinct()
    assert list(releases) == [[account.pk, budget_.pk]]
    assert Flag.objects.get(indicator="ejecucion").params["release"] == str(account.pk)


@pytest.mark.django_db
def test_a_year_that_is_told_by_object_until_june_alone_says_so():
    body = make.PublicBodyFactory()
    spending(body, 2024, {"1000": {"modified": "100.00", "accrued": "40.00"}}, document="quarterly", period="Q2")
    stated = {"modified": "100.00", "accrued": "90.00"}
    make.ReleaseFactory(public_body=body, year=2024, breakdown="functional", totals=stated)
    found = known_of(body)
    assert (found["ejecucion"], found["desvio-por-capitulo"]) == ((90, 1), "no_year_of_objects")


@pytest.mark.django_db
def test_a_law_by_rubro_does_not_hide_what_was_collected():
    body = make.PublicBodyFactory()
    cells = {"1": {"estimated": "30.00"}, "8": {"estimated": "70.00"}}
    law = revenue(body, cells, estimated="100.00")
    law.document = "approved"
    law.save()
    revenue(body, {}, estimated="100.00", collected="90.00")
    found = known_of(body)
    assert (found["recaudacion"], found["dependencia"]) == ((90, 1), (70, 1))


@pytest.mark.django_db
def test_the_third_quarter_is_told_as_the_year_is_where_it_can_be():
    body = make.PublicBodyFactory()
    spending(body, 2024, {"1000": {"accrued": "100.00"}})
    quarter = {"public_body": body, "year": 2024, "period": "Q3", "document": "quarterly"}
    make.ReleaseFactory(**quarter, totals={"accrued": "70.00"})
    make.ReleaseFactory(**quarter, breakdown="programme", totals={"accrued": "20.00"})
    assert known_of(body)["ultimo-trimestre"] == (D(30), 1)
