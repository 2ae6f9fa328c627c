"""Disclosure: each part from evidence worked out by hand; what cannot be judged leaves with its weight."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils import translation

from datasets import disclosure, flags
from datasets.disclosure import scoring
from datasets.disclosure.evidence import evidence_of, period_end
from datasets.models import DisclosureScore
from datasets.releases import withdraw_release
from datasets.views.disclosure import _evidence
from tests.datasets.dashboards import awards, income, queries_of, spending
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def body():
    return make.PublicBodyFactory()


def part(score, name):
    return next(one for one in score.parts if one.dimension == name)


def judged(body, year=2024):
    return disclosure.score(next(one for one in evidence_of(body) if one.year == year))


def arrived(release, day, **fields):
    file = release.ingest.file
    file.retrieved_at = datetime(*(day if len(day) > 3 else (*day, 18)), tzinfo=UTC)
    for name, value in fields.items():
        setattr(file, name, value)
    file.save()


def test_weights_are_data_and_add_up_to_a_hundred():
    assert set(disclosure.weights()) == set(disclosure.DIMENSIONS)
    assert sum(disclosure.weights().values()) == 90 + 10


def test_availability_counts_documents_on_record(body):
    spending(body, 2024)
    assert part(judged(body), "availability").score == D(2) / 8
    income(body, 2024)
    awards(body, 2024)
    found = part(judged(body), "availability")
    assert found.score == D(5) / 8
    assert sorted(name for name, ids in found.items["documents"].items() if not ids) == [
        "by_economic",
        "by_function",
        "by_unit",
    ]


def test_a_file_is_as_readable_as_its_heading_row_tells(body):
    release = spending(body, 2024)
    assert scoring.readability(release) == D("0.6")
    release.ingest.report = {"header_row": 1}
    assert scoring.readability(release) == D("0.8")
    release.ingest.file.original_name = "paquete.json"
    assert scoring.readability(release) == 1


@pytest.mark.parametrize(
    ("text", "worth"), [("", 0), ("Términos propios", "0.5"), ("CC BY 4.0", 1), ("Libre Uso MX", 1)]
)
def test_licences(body, text, worth):
    release = spending(body, 2024)
    source = release.ingest.file.source
    source.licence = text
    source.save()
    assert part(judged(body), "licence").score == D(worth)


@pytest.mark.parametrize(
    ("day", "worth"),
    # The last hours of a day of Mexico are of the next one in UTC.
    [
        ((2025, 1, 20), 1),
        ((2025, 1, 30), 1),
        ((2025, 1, 31, 5), 1),
        ((2025, 4, 15), "0.5"),
        ((2025, 6, 29), 0),
        ((2025, 6, 30), None),
    ],
)
def test_a_late_arrival_proves_nothing_and_an_early_one_does(body, day, worth):
    arrived(spending(body, 2024), day)
    found = part(judged(body), "timeliness").score
    assert found == (None if worth is None else D(worth))


def test_ends_of_periods():
    ends = {"annual": (2024, 12, 31), "Q1": (2024, 3, 31), "2024-02": (2024, 2, 29), "2024-12": (2024, 12, 31)}
    for period, end in ends.items():
        assert (
            period_end(make.ReleaseFactory.build(year=2024, period=period, public_body=None, ingest=None)).timetuple()[
                :3
            ]
            == end
        )
    approved = make.ReleaseFactory.build(year=2024, document="approved", public_body=None, ingest=None)
    assert str(period_end(approved)) == "2023-12-31"


def test_detail_goes_by_the_deepest_level(body):
    release = spending(body, 2024)
    assert part(judged(body), "detail").items["levels"]["object"] == "0.25"
    make.expenditure_cell(release, "concept", "1100", approved="1")
    assert part(judged(body), "detail").items["levels"]["object"] == "0.50"
    make.expenditure_cell(release, "item", "1130", approved="1")
    assert part(judged(body), "detail").items["levels"]["object"] == "0.75"
    make.expenditure_cell(release, "item", "1131", approved="1")
    make.expenditure_cell(release, "function", "2.4.1", approved="1")
    levels = part(judged(body), "detail").items["levels"]
    assert (levels["object"], levels["function"], levels["unit"]) == ("1.00", "1.00", "0.00")


def test_completeness_counts_years_quarters_moments_and_fields(body):
    for year in (2022, 2023, 2024):
        spending(body, year)
    spending(body, 2024, period="Q1", document="quarterly")
    awards(body, 2024)
    shares = part(judged(body), "completeness").items["shares"]
    # 2 of 6 moments of the expenditure, none of 4 of the revenue; contracts without a date.
    assert shares == {"years": "0.50", "quarters": "0.25", "moments": "0.17", "contract_fields": "0.75"}


def test_consistency_needs_printed_totals(body):
    release = spending(body, 2024)
    assert part(judged(body), "consistency").score is None
    right = {"published": "1000.00", "difference": "0.50"}
    wrong = {"published": "1000.00", "difference": "-20.00"}
    release.ingest.report = {"control": [right, right, right, wrong]}
    release.ingest.save()
    assert part(judged(body), "consistency").score == D("0.75")


def test_what_cannot_be_judged_leaves_with_its_weight(body):
    arrived(spending(body, 2024), (2030, 1, 1))
    found = judged(body)
    assert found.coverage == 80  # without timeliness (15) and consistency (5)
    points = sum(one.weight * one.score for one in found.parts if one.score is not None)
    assert found.value == points / 80 * 100


# -- kept and shown ---------------------------------------------------------------------------------------------------


def test_scores_follow_the_figures(body):
    first, second = spending(body, 2023), spending(body, 2024)
    flags.evaluate_releases([first.pk, second.pk])
    before = {one.year: one.score for one in DisclosureScore.objects.all()}
    assert set(before) == {2023, 2024}
    withdraw_release(release=first, by=None, reason="error")
    flags.evaluate_releases([first.pk])
    after = {one.year: one.score for one in DisclosureScore.objects.all()}
    assert set(after) == {2024}
    assert after[2024] < before[2024]


def test_missing_scores_are_caught_up(body):
    spending(body, 2024)
    flags.evaluate_missing()
    assert DisclosureScore.objects.count() == 1
    assert flags.evaluate_missing() == 0


def test_page_tells_documents_score_and_what_to_ask_for(client, body):
    release = spending(body, 2024)
    flags.evaluate_releases([release.pk])
    page = client.get("/municipios/05035/divulgacion/").text
    assert "De los 8 documentos de 2024 que buscamos, constan 2" in page
    assert "A la unidad de transparencia de Torreón:" in page
    assert "1. Ley de Ingresos: lo que se espera recibir." in page
    assert "mailto:?subject=" in page
    assert "Padrón de proveedores" in page


def test_one_document_on_record_is_told_in_the_singular(client, body):
    release = make.ReleaseFactory(public_body=body, year=2024, kind="contracts", document="", breakdown="full")
    flags.evaluate_releases([release.pk])
    assert "De los 8 documentos de 2024 que buscamos, consta 1" in client.get("/municipios/05035/divulgacion/").text
    english = client.get("/en/municipios/05035/divulgacion/").text
    assert "1 of the 8 documents of 2024 that we look for is on record" in english


def test_a_place_without_figures_has_no_score(client, body):
    assert client.get("/municipios/05035/divulgacion/").status_code == 200
    assert client.get("/divulgacion/").status_code == 200


def test_only_what_compares_is_ranked(client, body):
    other = make.PublicBodyFactory(municipality=make.MunicipalityFactory(code="05002"))
    for place, score, coverage in ((body, 50, 80), (other, 90, 60)):
        DisclosureScore.objects.create(public_body=place, year=2024, version=1, score=score, coverage=coverage)
    page = client.get("/divulgacion/")
    assert [one.public_body_id for one in page.context["page"]] == [body.pk]
    assert "Municipio 05002" in page.text


def test_pages_ask_as_often_for_three_years_as_for_one(client, body):
    flags.evaluate_releases([spending(body, 2024).pk])
    pages = ["/municipios/05035/divulgacion/?anio=2024", "/divulgacion/?anio=2024"]
    one = [queries_of(client, page) for page in pages]
    flags.evaluate_releases([spending(body, year).pk for year in (2022, 2023)])
    assert [queries_of(client, page) for page in pages] == one


def test_equal_scores_share_a_place_on_every_page_of_the_ranking(client, monkeypatch):
    monkeypatch.setattr("datasets.views.disclosure.PER_PAGE", 2)
    for number, score in enumerate((70, 50, 50, 40), start=1):
        place = make.PublicBodyFactory(municipality=make.MunicipalityFactory(code=f"0500{number}"))
        DisclosureScore.objects.create(public_body=place, year=2024, version=1, score=score, coverage=80)
    rows = [
        [str(cell.text) for cell in line[1:2]]
        for page in (1, 2)
        for line in client.get(f"/divulgacion/?pagina={page}").context["table"].rows
    ]
    assert rows == [["1"], ["2"], ["2"], ["4"]]


@pytest.mark.parametrize(("days", "said"), [(1, "el más pronto al día siguiente"), (2, "el más pronto a los 2 días")])
def test_days_are_told_in_their_number(days, said):
    with translation.override("es-mx"):
        assert _evidence({"dimension": "timeliness", "items": {"days": {"1": days}}}) == said
