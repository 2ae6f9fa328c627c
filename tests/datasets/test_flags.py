"""Questions follow the figures: raised, renewed and taken down with them, and with nothing else; people answer."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from datasets import flags
from datasets.models import Contract, Flag, FlagReview, IndicatorValue, PublicBody
from datasets.releases import NotAllowedNow, publish_releases, restore_release, withdraw_release
from datasets.selectors import indicators as selectors
from datasets.versions import data_version
from gesoc.celery import app
from tests.datasets.dashboards import queries_of, spending
from tests.factories import datasets as make
from tests.factories.partners import GesocFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def body():
    return make.PublicBodyFactory()


def listed(body, direct="600", year=2024, status="draft", **fields):
    """Five contracts of three suppliers, the first awarded directly."""
    release = make.ReleaseFactory(
        public_body=body,
        year=year,
        kind="contracts",
        document="",
        breakdown="full",
        status=status,
        version=None,
        **fields,
    )
    suppliers = make.SupplierFactory.create_batch(5)
    for number, supplier in enumerate(suppliers, start=1):
        make.ContractFactory(
            release=release,
            line_no=number,
            supplier=supplier,
            method="direct" if number == 1 else "open",
            amount=Decimal(direct if number == 1 else "100"),
        )
        make.contract_cell(release, "supplier", str(supplier.pk), amount="1")
    return release


def publish(release):
    publish_releases(ids=[release.pk], by=None)
    flags.evaluate_releases([release.pk])
    release.refresh_from_db()
    return release


def questions():
    return sorted(Flag.objects.standing().values_list("public_body_id", "year", "indicator", "subject"))


def everything():
    """All values and flags as they stand in the tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT public_body_id, year, indicator, value, reason, computed_at FROM datasets_indicatorvalue"
        )
        values = set(cursor.fetchall())
        cursor.execute("SELECT id, public_body_id, year, indicator, value, state FROM datasets_flag")
        return values | set(cursor.fetchall())


# -- following the figures --------------------------------------------------------------------------------------------


def test_publishing_asks_for_the_evaluation_of_what_it_changed(body, django_capture_on_commit_callbacks, monkeypatch):
    release, sent = listed(body), []
    monkeypatch.setattr(app, "send_task", lambda name, args: sent.append((name, args)))
    with django_capture_on_commit_callbacks(execute=True):
        publish_releases(ids=[release.pk], by=None)
    # Evaluation here; what projects built on these figures is looked at in its own app.
    assert sent == [("datasets.tasks.evaluate_releases", [[release.pk]]), ("projects.tasks.reconsider", [[release.pk]])]
    assert questions() == []


def test_values_and_questions_come_with_the_figures(body):
    publish(listed(body))
    value = IndicatorValue.objects.get(indicator="adjudicacion-directa-monto")
    assert (value.value, value.numerator, value.denominator, value.count) == (Decimal(60), 600, 1000, 5)
    assert (body.pk, 2024, "adjudicacion-directa-monto", "") in questions()
    flag = Flag.objects.get(indicator="adjudicacion-directa-monto")
    assert "60%" in flag.question
    assert [row.line_no for row in flag.rows.all()] == [1]


def test_a_correction_takes_the_question_down(body):
    publish(listed(body))
    publish(listed(body, direct="50"))
    assert "adjudicacion-directa-monto" not in [one[2] for one in questions()]
    assert IndicatorValue.objects.get(indicator="adjudicacion-directa-monto").value < 50


def test_what_was_withdrawn_is_not_told_until_it_is_evaluated(client, body):
    """The worker may be busy, or away: nobody reads the contracts of a withdrawn list by way of a question meanwhile."""
    other = publish(listed(body, year=2023))
    release = publish(listed(body))
    flag = Flag.objects.get(indicator="adjudicacion-directa-monto", year=2024)
    assert client.get(flag.get_absolute_url()).status_code == 200
    withdraw_release(release=release, by=None, reason="No era.")
    assert client.get(flag.get_absolute_url()).status_code == 404
    assert {year for _body, year, _indicator, _subject in questions()} == {2023}
    assert set(IndicatorValue.objects.values_list("year", flat=True)) == {2023}
    withdraw_release(release=other, by=None, reason="Tampoco.")
    assert (questions(), IndicatorValue.objects.count()) == ([], 0)


def test_question_that_other_figures_raise_too_comes_back_with_the_evaluation(body):
    first = publish(listed(body, period="Q1"))
    before = questions()
    second = publish(listed(body, period="Q2"))
    withdraw_release(release=second, by=None, reason="Repetida.")
    assert questions() == []
    assert flags.evaluate_missing() == 1
    assert (questions(), IndicatorValue.objects.filter(releases=[first.pk]).exists()) == (before, True)


def test_withdrawing_takes_all_away_and_restoring_brings_the_same_back(body):
    release = publish(listed(body))
    before = questions(), list(IndicatorValue.objects.values_list("indicator", "value", "reason"))
    withdraw_release(release=release, by=None, reason="error")
    flags.evaluate_releases([release.pk])
    assert (questions(), IndicatorValue.objects.count()) == ([], 0)
    restore_release(release=release, by=None, reason="estaba bien")
    flags.evaluate_releases([release.pk])
    assert (questions(), list(IndicatorValue.objects.values_list("indicator", "value", "reason"))) == before


def test_another_body_another_year_and_another_family_stay_as_they_are(body):
    publish(listed(make.PublicBodyFactory(kind="state_agency", municipality=None)))
    publish(listed(body, year=2023))
    flags.evaluate_releases([spending(body, 2024).pk])
    others = everything()
    first = publish(listed(body))
    publish(listed(body, direct="900"))
    withdraw_release(
        release=first.__class__.objects.published().get(public_body=body, year=2024, kind="contracts"),
        by=None,
        reason="x",
    )
    flags.evaluate_releases([first.pk])
    assert everything() == others


def test_what_somebody_worked_on_is_kept_but_no_longer_public(body, client):
    release = publish(listed(body))
    flag = Flag.objects.get(indicator="adjudicacion-directa-monto")
    flags.review_flag(flag=flag, state="explained", reason="Emergencia", by=GesocFactory())
    withdraw_release(release=release, by=None, reason="error")
    flags.evaluate_releases([release.pk])
    assert Flag.objects.get(pk=flag.pk).gone_at is not None
    assert client.get(flag.get_absolute_url()).status_code == 404
    restore_release(release=release, by=None, reason="estaba bien")
    flags.evaluate_releases([release.pk])
    again = Flag.objects.get(pk=flag.pk)
    assert (again.key, again.state, again.gone_at) == (flag.key, "explained", None)


def test_what_was_missed_is_caught_up_once(body):
    release = listed(body)
    publish_releases(ids=[release.pk], by=None)
    spending(body, 2023)
    assert flags.evaluate_missing() == 3  # a year of contracts, a year of budget, and what the body discloses
    assert flags.evaluate_missing() == 0
    IndicatorValue.objects.filter(indicator="concentracion").update(version=0)
    assert flags.evaluate_missing() == 1


def test_evaluating_twice_changes_nothing_but_the_version(body):
    publish(listed(body))
    before, version = questions(), data_version()
    flags.evaluate(public_body=body, year=2024, family="contracts")
    assert questions() == before
    assert data_version() == version + 1


# -- what people do ---------------------------------------------------------------------------------------------------


@pytest.fixture
def flag(body):
    publish(listed(body))
    return Flag.objects.get(indicator="adjudicacion-directa-monto")


def test_a_review_is_added_and_becomes_the_state(flag):
    person = GesocFactory()
    flags.review_flag(flag=flag, state="explained", reason="Emergencia", by=person)
    flags.review_flag(flag=flag, state="dismissed", reason="Acta 12", by=person)
    flag.refresh_from_db()
    assert flag.state == "dismissed"
    assert list(flag.reviews.values_list("state", "reason")) == [("dismissed", "Acta 12"), ("explained", "Emergencia")]


def test_a_review_needs_a_reason_and_another_state(flag):
    with pytest.raises(ValidationError):
        flags.review_flag(flag=flag, state="explained", reason="  ", by=GesocFactory())
    with pytest.raises(NotAllowedNow):
        flags.review_flag(flag=flag, state="open", reason="porque sí", by=GesocFactory())
    assert FlagReview.objects.count() == 0


def test_a_member_explains_and_a_coordinator_judges(client, flag):
    member, coordinator = MembershipFactory(role="integrante"), MembershipFactory(role="coordinacion")
    address = f"{flag.get_absolute_url()}revisar/"
    client.force_login(member.user)
    client.post(address, {"state": "dismissed", "reason": "No hay nada"})
    flag.refresh_from_db()
    assert flag.state == "open"
    client.post(address, {"state": "explained", "reason": "Emergencia"})
    client.force_login(coordinator.user)
    client.post(address, {"state": "confirmed", "reason": "No hubo emergencia"})
    flag.refresh_from_db()
    assert flag.state == "confirmed"
    client.force_login(member.user)
    assert client.post(address, {"state": "explained", "reason": "Insisto"}).status_code == 403


def test_the_answer_of_the_body_stands_beside_the_question(client, flag):
    flags.record_reply(
        flag=flag,
        text="Se declaró emergencia el 3 de marzo.",
        signed_by="Oficialía Mayor",
        answered_on=date(2025, 5, 1),
        url="",
        by=GesocFactory(),
    )
    page = client.get(flag.get_absolute_url()).text
    assert "Se declaró emergencia el 3 de marzo." in page
    assert "Oficialía Mayor, 1 may 2025" in page


# -- pages ------------------------------------------------------------------------------------------------------------


def test_page_of_a_place_tells_questions_values_and_what_cannot_be_known(client, flag):
    page = client.get("/municipios/05035/senales/").text
    assert "¿Por qué el 60% de lo contratado en 2024 se asignó sin concurso?" in page
    assert "Concentración de proveedores" in page
    assert "porque ninguna lista dice cuántos participaron" in page


def test_page_of_a_place_opens_at_the_newest_year_that_raises_a_question(client, body):
    publish(listed(body, year=2023))
    publish(listed(body, direct="100", year=2024))  # nothing to ask about
    page = client.get("/municipios/05035/senales/")
    assert (page.context["year"], [one[::3] for one in page.context["years"]]) == (2023, [(2024, 0), (2023, 2)])
    assert client.get("/municipios/05035/senales/?anio=2024").context["year"] == 2024


def test_page_of_a_question_shows_its_rows_and_its_rule(client, flag):
    page = client.get(flag.get_absolute_url()).text
    assert "OCP 2024, R013" in page
    assert "/filas/1/" in page
    assert "no prueba de nada" in page


def test_page_of_a_question_on_very_many_contracts_counts_and_adds_all(client, body):
    release = make.ReleaseFactory(public_body=body, year=2024, kind="contracts", document="", breakdown="full")
    supplier = make.SupplierFactory()
    for number in range(1, 211):
        make.ContractFactory(
            release=release, line_no=number, supplier=supplier, method="", amount=Decimal(10) if number > 1 else None
        )
    flags.evaluate(public_body=body, year=2024, family="contracts")
    flag = Flag.objects.get(indicator="procedimiento-no-declarado")
    assert selectors.flag_sums([flag])[flag.pk] == (210, Decimal(2090))
    page = client.get(flag.get_absolute_url())
    assert (page.context["count"], page.context["amount"], page.context["largest"]) == ("210", "$2,090", "200")
    assert "los 200 mayores de 210" in page.content.decode()


def test_contract_and_supplier_lead_to_their_questions(client, flag):
    contract = Contract.objects.get(line_no=1)
    assert flag.get_absolute_url() in client.get(contract.get_absolute_url()).text
    other = Contract.objects.get(line_no=2)
    assert flag.get_absolute_url() not in client.get(other.get_absolute_url()).text


def test_catalogue_tells_how_common_a_question_is(client, flag):
    page = client.get("/indicadores/").text
    assert "Adjudicaciones directas, por monto" in page
    one = client.get("/indicadores/adjudicacion-directa-monto/")
    rate = one.context["rate"]
    assert (rate.asked, rate.known, rate.flagged, rate.share) == (1, 1, 1, 100)
    assert client.get("/indicadores/no-hay/").status_code == 404


def test_pages_ask_as_often_for_three_years_as_for_one(client, body):
    publish(listed(body))
    pages = ["/municipios/05035/senales/", "/indicadores/", "/indicadores/adjudicacion-directa-monto/"]
    one = [queries_of(client, page) for page in pages]
    for name in ("a", "b"):
        publish(listed(make.PublicBodyFactory(kind="state_agency", municipality=None, name=name)))
    publish(listed(body, year=2023))
    assert [queries_of(client, page) for page in pages] == one


def test_a_body_without_figures_says_so(client):
    make.MunicipalityFactory(code="05035")
    PublicBody.objects.all().delete()
    assert "Todavía no hay qué preguntar" in client.get("/municipios/05035/senales/").text
