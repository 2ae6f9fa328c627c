"""The cubes: sums of many bodies and years that never add the same money twice, and equal every other way of asking."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.utils import timezone

from datasets.demo.load import SAID
from datasets.demo.write_files import FILES
from datasets.models import Breakdown, Document, ExpenditureLine, Kind, Release, ReleaseEvent, RevenueLine
from datasets.releases import publish_releases, restore_release, withdraw_release
from datasets.versions import bump_data_version
from tests.datasets import dashboards as place
from tests.datasets.dashboards import csv_of
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db
D = Decimal
AGGREGATE = "/api/v1/cubes/expenditure/aggregate/"


@pytest.fixture(autouse=True)
def unthrottled():
    cache.clear()


@pytest.fixture
def body():
    place.classifiers()
    return make.PublicBodyFactory()


def asked(client, cube="expenditure", what="aggregate", **query):
    answer = client.get(f"/api/v1/cubes/{cube}/{what}/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_cells_are_told_apart_and_ordered_as_asked(client, body):
    for year in (2023, 2024):
        place.spending(body, year)
    told = asked(client, cut="municipality:05035|year:2024", drilldown="year|chapter", order="accrued:desc")
    assert [(cell["year"], cell["chapter"], cell["accrued"]) for cell in told["cells"]] == [
        (2024, "1000", "50000000.00"),
        (2024, "3000", "33000000.00"),
        (2024, "6000", "7000000.00"),
    ]
    assert told["cells"][0]["chapter_name"] == "Servicios personales"
    assert told["summary"]["accrued"] == "90000000.00"
    assert told["summary"]["paid"] is None


def test_money_printed_several_times_is_counted_once(client, body):
    place.spending(body, 2024)
    place.spending(body, 2024, breakdown=Breakdown.FUNCTIONAL)
    place.spending(body, 2024, period="Q2", document=Document.QUARTERLY)
    place.spending(body, 2024, {"1000": {"approved": "1.00"}}, document=Document.APPROVED)
    assert asked(client, drilldown="year")["summary"]["accrued"] == "90000000.00"
    quarter = asked(client, drilldown="year", cut="period:Q2|document:quarterly")
    assert quarter["summary"]["accrued"] == "90000000.00"
    assert len(quarter["releases"]) == 1


def test_documents_and_stretches_of_a_year_stand_side_by_side_and_are_never_added(client, body):
    for period, document, amount in (
        ("Q1", Document.QUARTERLY, "25.00"),
        ("Q2", Document.QUARTERLY, "50.00"),
        ("Q4", Document.QUARTERLY, "90.00"),
        ("annual", Document.PUBLIC_ACCOUNT, "100.00"),
    ):
        place.spending(body, 2024, {"1000": {"accrued": amount}}, period=period, document=document)
    apart = asked(client, cut="municipality:05035|year:2024", drilldown="period")
    assert [cell["accrued"] for cell in apart["cells"]] == ["25.00", "50.00", "90.00", "100.00"]
    assert apart["summary"]["accrued"] is None
    assert asked(client, drilldown="document|chapter")["summary"]["accrued"] is None
    assert asked(client, cut="period:Q1;Q2", drilldown="period|chapter")["summary"]["accrued"] is None
    assert asked(client, cut="document:quarterly", drilldown="period")["summary"]["accrued"] is None
    assert asked(client, cut="period:Q1", drilldown="period")["summary"]["accrued"] == "25.00"


@pytest.mark.parametrize("drilldown", ["", "state", "chapter"])
def test_a_whole_year_is_not_added_to_a_first_quarter_of_another_body(client, body, drilldown):
    place.spending(body, 2024, {"1000": {"accrued": "100.00"}})
    other = make.PublicBodyFactory(municipality=make.MunicipalityFactory(code="05036"))
    place.spending(other, 2024, {"1000": {"accrued": "7.00"}}, period="Q1", document=Document.QUARTERLY)
    told = asked(client, cut="year:2024", drilldown=drilldown)
    assert (told["summary"]["accrued"], [cell["accrued"] for cell in told["cells"]]) == (None, [None])
    alike = asked(client, cut="year:2024|document:public_account|period:annual", drilldown=drilldown)
    assert alike["summary"]["accrued"] == "100.00"


def test_what_only_some_releases_state_is_not_added_up(client, body):
    place.spending(body, 2024, {"1000": {"accrued": "100.00", "paid": "90.00"}})
    other = make.PublicBodyFactory(municipality=make.MunicipalityFactory(code="05036"))
    place.spending(other, 2024, {"1000": {"accrued": "7.00"}, "3000": {"accrued": "1.00"}})
    told = asked(client, drilldown="chapter")
    assert [(cell["accrued"], cell["paid"]) for cell in told["cells"]] == [("107.00", None), ("1.00", None)]
    assert (told["summary"]["accrued"], told["summary"]["paid"]) == ("108.00", None)


def test_two_releases_of_one_year_named_by_the_reader_are_not_added(client, body):
    named = [place.spending(body, 2024), place.spending(body, 2024, breakdown=Breakdown.FUNCTIONAL)]
    told = asked(client, cut=f"release:{named[0].pk};{named[1].pk}", drilldown="release")
    assert [cell["accrued"] for cell in told["cells"]] == ["90000000.00"] * 2
    assert told["summary"]["accrued"] is None


def test_what_the_file_does_not_classify_is_the_cell_without_code(client, body):
    release = place.spending(body, 2024)
    Release.objects.filter(pk=release.pk).update(totals={"accrued": "90000001.50", "approved": "100000000.00"})
    told = asked(client, drilldown="chapter")
    rest = next(cell for cell in told["cells"] if cell["chapter"] == "")
    assert (rest["accrued"], rest["approved"]) == ("1.50", None)
    assert told["summary"]["accrued"] == "90000001.50"


def test_bodies_add_up_and_agencies_are_not_their_municipality(client, body):
    place.spending(body, 2024)
    agency = make.PublicBodyFactory(kind="municipal_agency", name="Aguas", slug="aguas")
    place.spending(agency, 2024, {"1000": {"accrued": "5.00"}})
    assert asked(client, drilldown="year")["summary"]["accrued"] == "90000005.00"
    assert asked(client, cut="municipality:05035")["summary"]["accrued"] == "90000000.00"
    told = asked(client, drilldown="publisher", order="accrued")
    assert [cell["accrued"] for cell in told["cells"]] == ["5.00", "90000000.00"]


@pytest.mark.parametrize("status", [Release.Status.DRAFT, Release.Status.WITHDRAWN, Release.Status.SUPERSEDED])
def test_nothing_unpublished_is_counted(client, body, status):
    release = place.spending(body, 2024, status=status)
    assert asked(client, drilldown="year|chapter")["cells"] == []
    assert asked(client, cut=f"release:{release.pk}")["releases"] == []
    assert asked(client, what="facts", cut=f"release:{release.pk}")["results"] == []


def test_contracts_of_two_currencies_are_never_added(client, body):
    place.awards(body, 2024)
    told = asked(client, "contracts", drilldown="method")
    assert {(cell["method"], cell["currency"]): cell["amount"] for cell in told["cells"]} == {
        ("direct", "MXN"): "6200000.00",
        ("open", "MXN"): "3800000.00",
        ("direct", "USD"): "9000000.00",
    }
    assert told["summary"]["amount"] is None
    assert asked(client, "contracts", cut="currency:MXN")["summary"]["amount"] == "10000000.00"


def test_pages_and_counts_say_what_was_left_out(client, body):
    for year in range(2019, 2025):
        place.spending(body, year)
    told = asked(client, drilldown="year|chapter", page=2, pagesize=5)
    assert (told["total_cell_count"], len(told["cells"]), told["page"]) == (18, 5, 2)


def test_pages_lead_to_the_next_one_and_a_table_says_so_too(client, body):
    """Nobody who reads a CSV of a page takes it for all there is: the address of the next stands in its Link."""
    for year in range(2019, 2025):
        place.spending(body, year)
    asked_for = {"drilldown": "year|chapter", "pagesize": 7, "format": "csv"}
    rows, address, pages = [], f"{AGGREGATE}?{urlencode(asked_for)}", 0
    while address:
        page = client.get(address)
        rows += list(csv.DictReader(io.StringIO(page.content.decode("utf-8-sig"))))
        ways = {name: url for url, name in re.findall(r'<([^>]+)>; rel="(\w+)"', page.headers.get("Link", ""))}
        assert ("previous" in ways) is (pages > 0)
        address, pages = ways.get("next"), pages + 1
    assert (pages, len({(row["year"], row["chapter"]) for row in rows}), len(rows)) == (3, 18, 18)


def test_members_and_model(client, body):
    place.spending(body, 2024)
    members = asked(client, what="members/chapter")["members"]
    assert members[0] == {"chapter": "1000", "chapter_name": "Servicios personales", "count": 1}
    assert "programme" in asked(client, what="model")["dimensions"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"cut": "sin-forma"}, "cut"),
        ({"cut": "color:azul"}, "cut"),
        ({"cut": "year:dos"}, "cut"),
        ({"cut": "year:99999"}, "cut"),
        ({"drilldown": "color"}, "drilldown"),
        ({"drilldown": "chapter|function"}, "drilldown"),
        ({"drilldown": "chapter", "cut": "function:1.1"}, "drilldown"),
        ({"order": "color"}, "order"),
        ({"pagesize": "20000"}, "pagesize"),
        ({"nada": "1"}, "nada"),
    ],
)
def test_question_that_cannot_be_answered_names_what_is_wrong(client, query, named):
    answer = client.get(AGGREGATE, query)
    assert answer.status_code == 400
    assert named in answer.json()["errors"]


def test_facts_need_to_know_whose(client, body):
    assert client.get("/api/v1/cubes/expenditure/facts/").status_code == 400


def test_table_instead_of_json_and_its_own_etag(client, body):
    place.spending(body, 2024)
    answer = client.get(AGGREGATE, {"drilldown": "chapter", "format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0] == "chapter"
    assert len(rows) == 4
    assert answer["ETag"] != client.get(AGGREGATE, {"drilldown": "chapter"})["ETag"]


def test_unchanged_data_are_not_sent_again(client, body):
    place.spending(body, 2024)
    bump_data_version()
    first = client.get(AGGREGATE)
    again = client.get(AGGREGATE, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    since = client.get(AGGREGATE, headers={"If-Modified-Since": first["Last-Modified"]})
    assert since.status_code == 304
    bump_data_version()
    assert client.get(AGGREGATE, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_queries_are_as_many_for_one_body_as_for_three(client, body, django_assert_num_queries):
    from tests.datasets.dashboards import queries_of

    place.spending(body, 2024)
    one = queries_of(client, f"{AGGREGATE}?drilldown=municipality|chapter")
    for code in ("05030", "23005"):
        place.spending(make.PublicBodyFactory(municipality=make.MunicipalityFactory(code=code)), 2024)
    assert queries_of(client, f"{AGGREGATE}?drilldown=municipality|chapter") == one


def test_demo_sums_are_the_same_to_the_cent_wherever_they_are_asked(client, ingest):
    """Every release of the demo that has a cube: its control totals, the cube's sums, its lines, and the page's CSV.

    Works, debt and sanctions are registers: nothing of theirs is added up in a cube.
    """
    for path in sorted(FILES.iterdir(), key=lambda one: ("modificada" in one.name, one.name)):
        ingest(path, publish=True, **SAID.get(path.name, {}))
    cubes = (Kind.EXPENDITURE, Kind.REVENUE, Kind.CONTRACTS)
    releases = list(Release.objects.published().filter(kind__in=cubes).select_related("public_body"))
    assert len(releases) > 25
    for release in releases:
        cache.clear()
        cube = "contracts" if release.kind == Kind.CONTRACTS else release.kind
        whole = asked(client, cube, cut=f"release:{release.pk}", drilldown="release")
        apart = {"expenditure": "chapter", "revenue": "rubro", "contracts": "method"}[cube]
        parts = asked(client, cube, cut=f"release:{release.pk}", drilldown=apart)
        lines = asked(client, cube, "facts", cut=f"release:{release.pk}", page_size=10_000)["results"]
        assert len(lines) == release.line_count
        if cube == "contracts":
            for currency, total in release.totals.items():
                sums = [cell["amount"] for cell in parts["cells"] if cell["currency"] == currency]
                assert sum(map(D, filter(None, sums))) == D(total)
                assert sum(D(line["amount"]) for line in lines if line["amount"] and line["currency"] == currency) == D(
                    total
                )
            continue
        for moment, total in release.totals.items():
            assert D(whole["summary"][moment]) == D(total)
            assert sum(D(cell[moment]) for cell in parts["cells"] if cell[moment]) == D(total)
            assert sum(D(line[moment]) for line in lines if line[moment]) == D(total)
        _same_as_the_page(client, release)


def _same_as_the_page(client, release):
    section = "presupuesto" if release.kind == Kind.EXPENDITURE else "ingresos"
    address = f"{release.public_body.get_absolute_url()}{section}/"
    moment = {"accrued": "devengado", "approved": "aprobado", "collected": "recaudado"}
    for key, word in moment.items():
        if key in release.totals and release.breakdown in (Breakdown.OBJECT, Breakdown.FULL):
            query = {"anio": release.year, "documento": f"{release.document}.{release.period}", "momento": word}
            rows = csv_of(client.get(address, query | {"formato": "csv", "figura": "partes"}))
            assert sum(D(row[3]) for row in rows[1:]) == D(release.totals[key])


def at(moment, change):
    """As if it had been done then: the journal is written by the database, on its own clock."""
    before = set(ReleaseEvent.objects.values_list("pgh_id", flat=True))
    made = change()
    ReleaseEvent.objects.exclude(pgh_id__in=before).update(pgh_created_at=moment)
    return made


def publish(draw, *args, **fields):
    release = draw(*args, **fields, status="draft", version=None)
    publish_releases(ids=[release.pk], by=None)
    return release


def test_a_day_in_the_past_is_answered_by_what_was_public_then(client, body):
    """Published, replaced, restored, withdrawn: each day keeps its answer, but what was withdrawn is shown for none."""

    def on(day):
        return asked(client, drilldown="year|chapter", as_of=day)["summary"]["accrued"]

    def spent(amount):
        return publish(place.spending, body, 2024, {"1000": {"accrued": amount}})

    first = at("2026-03-02T18:00Z", lambda: spent("10.00"))
    second = at("2026-03-05T18:00Z", lambda: spent("25.00"))
    at("2026-03-09T18:00Z", lambda: restore_release(release=first, by=None, reason="La segunda venía incompleta."))
    told = {day: on(f"2026-03-{day}") for day in ("01", "02", "04", "05", "08", "09", "20")}
    assert told == {
        "01": None,
        "02": "10.00",
        "04": "10.00",
        "05": "25.00",
        "08": "25.00",
        "09": "10.00",
        "20": "10.00",
    }
    assert asked(client, as_of="2026-03-05")["releases"] == [second.pk]
    assert on("0001-01-01") is None
    withdraw_release(release=first, by=None, reason="No era de Torreón.")
    assert (on("2026-03-04"), on("2026-03-06"), on("2026-03-20")) == (None, "25.00", None)


def test_of_a_day_to_come_nothing_is_said(client, body):
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = client.get(AGGREGATE, {"as_of": tomorrow.isoformat()})
    assert (answer.status_code, answer.json()["errors"]) == (400, {"as_of": ["Ese día todavía no llega."]})
    assert client.get(AGGREGATE, {"as_of": "ayer"}).status_code == 400


def test_contracts_of_a_day_leave_out_lists_inside_a_list_of_that_day(client, body):
    quarter = at("2026-03-02T18:00Z", lambda: publish(place.awards, body, 2024, period="Q1"))
    year = at("2026-03-05T18:00Z", lambda: publish(place.awards, body, 2024, period="annual"))
    assert asked(client, "contracts", as_of="2026-03-04")["releases"] == [quarter.pk]
    assert asked(client, "contracts", as_of="2026-03-05")["releases"] == [year.pk]
    told = asked(client, "contracts", what="facts", cut="municipality:05035", as_of="2026-03-04")
    assert {contract["release"] for contract in told["results"]} == {quarter.pk}


def test_a_table_of_nothing_still_names_its_columns(client, body):
    place.spending(body, 2024)
    asked = {"cut": "municipality:05035", "drilldown": "year|chapter", "format": "csv", "as_of": "2001-01-01"}
    (headings,) = csv.reader(io.StringIO(client.get(AGGREGATE, asked).content.decode("utf-8-sig")))
    assert headings[:4] == ["year", "chapter", "approved", "adjustments"]
    assert headings[-1] == "count"


def lines_of(release, *told, by="function"):
    """Lines of one label each, with the cells that the loader would make of them."""
    model, cell, moment = (
        (RevenueLine, make.revenue_cell, "collected")
        if release.kind == Kind.REVENUE
        else (ExpenditureLine, make.expenditure_cell, "accrued")
    )
    label = {"type": "revenue", "concept": "object"}.get(by, by)
    for number, (code, key, amount) in enumerate(told, 1):
        found = make.label(label, f"Renglón {code}", code=code) if code is not None else None
        model.objects.create(
            release=release,
            public_body=release.public_body,
            line_no=number,
            source_row=number + 1,
            last_row=number + 1,
            **{label: found, moment: D(amount)},
        )
        cell(release, by, str(found.pk) if key == "id" else key, **{moment: amount})
    Release.objects.filter(pk=release.pk).update(
        line_count=len(told), totals={moment: str(sum(D(amount) for _code, _key, amount in told))}
    )


def same_lines(client, cube, heading, key, moment):
    """What the aggregate says under a key, and what its lines add up to."""
    cut = f"municipality:05035|{heading}:{key}"
    summary = asked(client, cube, cut=cut)["summary"]
    found = [D(line[moment]) for line in asked(client, cube, "facts", cut=cut)["results"]]
    assert (sum(found), len(found)) == (D(summary[moment] or 0), summary["count"])
    return found


def test_lines_behind_a_type_are_those_that_were_added(client, body):
    release = make.ReleaseFactory(public_body=body, kind=Kind.REVENUE, breakdown=Breakdown.FULL)
    lines_of(release, ("1", "1", "5.00"), ("11", "11", "10.00"), ("12", "12", "15.00"), by="type")
    assert same_lines(client, "revenue", "type", "1", "collected") == [5]
    assert same_lines(client, "revenue", "type", "11", "collected") == [10]


def test_lines_behind_a_function_are_its_subfunctions_and_no_other_of_its_finalidad(client, body):
    release = make.ReleaseFactory(public_body=body, breakdown=Breakdown.FUNCTIONAL)
    lines_of(
        release,
        ("2", "2", "10.00"),
        ("2.4.1", "2.4.1", "20.00"),
        ("2.4.2", "2.4.2", "30.00"),
        ("", "id", "40.00"),
        (None, "", "50.00"),
    )
    assert same_lines(client, "expenditure", "function", "2", "accrued") == [10]
    assert same_lines(client, "expenditure", "function", "2.4", "accrued") == [20, 30]
    assert same_lines(client, "expenditure", "function", "", "accrued") == [50]


def test_lines_behind_a_concept_that_was_told_no_finer_than_its_chapter(client, body):
    release = make.ReleaseFactory(public_body=body)
    lines_of(release, ("1", "1000", "10.00"), ("1130", "1100", "20.00"), by="concept")
    assert same_lines(client, "expenditure", "concept", "1000", "accrued") == [10]
    assert same_lines(client, "expenditure", "concept", "1100", "accrued") == [20]


def test_lines_behind_a_month_and_behind_none(client, body):
    release = place.awards(body, 2024, contracts=0)
    for number, day in enumerate((None, date(2024, 3, 1)), 1):
        make.ContractFactory(release=release, line_no=number, award_date=day)
    make.contract_cell(release, "month", "", amount="100000.00")
    (undated,) = asked(client, "contracts", "facts", cut="municipality:05035|month:")["results"]
    (dated,) = asked(client, "contracts", "facts", cut="municipality:05035|month:2024-03")["results"]
    assert (undated["award_date"], dated["award_date"]) == (None, "2024-03-01")
    for none in ("0000-01", "2024-3", "²024-01", "2024"):
        assert asked(client, "contracts", "facts", cut=f"municipality:05035|month:{none}")["results"] == []
