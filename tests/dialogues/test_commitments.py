"""Commitments: their states, dates and slips, who judges them, and what the database refuses (dialogue.md §5.4, §6.5)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from dialogues.models import Commitment, CommitmentFigure, CommitmentUpdate, CommitmentVerification
from dialogues.selectors import commitments as read
from dialogues.services import commitment_figures
from dialogues.services import commitments as change
from partners.models import Organisation
from tests.factories.commitments import CommitmentFactory
from tests.factories.datasets import MunicipalityFactory, PublicBodyFactory, ReleaseFactory, expenditure_cell, label
from tests.factories.dialogues import SessionFactory
from tests.factories.partners import (
    GesocFactory,
    MembershipFactory,
    OrganisationFactory,
    PersonFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
State = Commitment.State


def new(**fields):
    return Commitment(
        **{
            "text": "Publicar los permisos",
            "verification": "Está en el sitio",
            "responsible": OrganisationFactory(),
            "due_on": date(2027, 3, 1),
            **fields,
        }
    )


def test_recorded_in_the_session_it_takes_its_place_and_first_date():
    session, by = SessionFactory(), UserFactory()
    found = change.record_commitment(commitment=new(session=session), by=by, accepted=True)
    assert (found.municipality, found.first_due_on, found.state) == (session.municipality, date(2027, 3, 1), "aceptado")
    assert [(u.from_state, u.to_state, u.by) for u in found.updates.all()] == [("propuesto", "aceptado", by)]


@pytest.mark.parametrize("lacking", ["responsible", "due_on", "verification"])
def test_nothing_is_accepted_without_who_when_and_proof(lacking):
    value = "" if lacking == "verification" else None
    found = change.record_commitment(commitment=new(**{lacking: value}), by=UserFactory())
    with pytest.raises(ValidationError, match="responsable"):
        change.accept_commitment(commitment=found, by=UserFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.filter(pk=found.pk).update(state="aceptado")


def test_the_whole_way_to_verified():
    by, other = UserFactory(), OrganisationFactory()
    found = CommitmentFactory(state=State.PROPOSED)
    change.accept_commitment(commitment=found, by=by)
    change.report_progress(commitment=found, by=by, kept=False, note="Falta el plano")
    change.report_progress(commitment=found, by=by, kept=True, evidence_url="https://torreon.example/")
    change.verify_commitment(commitment=found, organisation=other, scale="completo", note="Lo vi", by=by)
    found.refresh_from_db()
    assert (found.state, found.kept_on is not None) == ("verificado", True)
    assert [u.to_state for u in found.updates.all()] == ["aceptado", "en_proceso", "reportado_cumplido", "verificado"]


def test_a_verification_below_complete_sends_it_back_to_work():
    found = CommitmentFactory(state=State.REPORTED)
    change.verify_commitment(
        commitment=found,
        organisation=OrganisationFactory(),
        scale="limitado",
        note="Sólo la zona norte",
        by=UserFactory(),
    )
    found.refresh_from_db()
    assert found.state == "en_proceso"


def test_nobody_verifies_their_own_work():
    found = CommitmentFactory(state=State.REPORTED)
    with pytest.raises(ValidationError, match="otra organización"):
        change.verify_commitment(
            commitment=found, organisation=found.responsible, scale="completo", note="Sí", by=UserFactory()
        )
    own = CommitmentVerification(
        commitment=found, responsible=found.responsible, organisation=found.responsible, scale="completo", note="Sí"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        own.save()


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("propuesto", lambda c, by: change.report_progress(commitment=c, by=by, kept=True)),
        ("aceptado", lambda c, by: change.accept_commitment(commitment=c, by=by)),
        ("verificado", lambda c, by: change.cancel_commitment(commitment=c, by=by, reason="No")),
        ("incumplido", lambda c, by: change.report_progress(commitment=c, by=by, kept=True)),
        ("cancelado", lambda c, by: change.dispute_commitment(commitment=c, by=by, text="No")),
        ("propuesto", lambda c, by: change.break_commitment(commitment=c, by=by, reason="No")),
        (
            "verificado",
            lambda c, by: change.postpone_commitment(commitment=c, by=by, reason="x", due_on=date(2030, 1, 1)),
        ),
        (
            "propuesto",
            lambda c, by: change.verify_commitment(
                commitment=c, organisation=OrganisationFactory(), scale="completo", note="x", by=by
            ),
        ),
    ],
)
def test_steps_from_elsewhere_are_refused_and_leave_nothing(state, step):
    found = CommitmentFactory(state=state)
    with pytest.raises(ValidationError, match="no se puede"):
        step(found, UserFactory())
    found.refresh_from_db()
    assert (found.state, found.updates.count(), found.verifications.count()) == (state, 0, 0)


@pytest.mark.parametrize("step", [change.break_commitment, change.cancel_commitment])
def test_giving_up_needs_a_reason(step):
    found = CommitmentFactory()
    with pytest.raises(ValidationError, match="por qué"):
        step(commitment=found, reason="  ", by=UserFactory())
    step(commitment=found, reason="Cambió la ley", by=UserFactory())
    found.refresh_from_db()
    assert found.state_reason == "Cambió la ley"


def test_edge_25_the_first_date_and_every_slip_stay_visible():
    found, by = CommitmentFactory(due_on=date(2026, 12, 1)), UserFactory()
    change.postpone_commitment(commitment=found, due_on=date(2027, 1, 1), reason="Falta presupuesto", by=by)
    change.postpone_commitment(commitment=found, due_on=date(2027, 3, 1), reason="Otra vez", by=by)
    change.postpone_commitment(commitment=found, due_on=date(2027, 2, 1), reason="Antes", by=by)
    found.refresh_from_db()
    assert (found.first_due_on, found.due_on, found.slips) == (date(2026, 12, 1), date(2027, 2, 1), 2)
    assert [(u.due_before, u.due_on, u.note) for u in found.updates.all()] == [
        (date(2026, 12, 1), date(2027, 1, 1), "Falta presupuesto"),
        (date(2027, 1, 1), date(2027, 3, 1), "Otra vez"),
        (date(2027, 3, 1), date(2027, 2, 1), "Antes"),
    ]
    with pytest.raises(ValidationError, match="por qué"):
        change.postpone_commitment(commitment=found, due_on=date(2028, 1, 1), reason="", by=by)


def test_edge_25_a_dispute_stands_beside_the_text():
    found = CommitmentFactory()
    change.dispute_commitment(commitment=found, text="Dijimos la zona norte", by=UserFactory())
    found.refresh_from_db()
    assert (found.dispute, found.state, found.updates.get().note) == (
        "Dijimos la zona norte",
        "aceptado",
        "Dijimos la zona norte",
    )


def test_what_was_accepted_stays_word_for_word():
    found, by = CommitmentFactory(), UserFactory()
    with pytest.raises(ValidationError, match="tal como está"):
        change.edit_commitment(commitment=found, by=by, text="Otra cosa")
    other = PersonFactory()
    change.edit_commitment(commitment=found, by=by, responsible_person=other)
    found.refresh_from_db()
    assert found.responsible_person == other


def test_updates_and_verifications_are_only_ever_added():
    found, by = CommitmentFactory(), UserFactory()
    change.report_progress(commitment=found, by=by, kept=False, note="Va")
    change.verify_commitment(commitment=found, organisation=OrganisationFactory(), scale="limitado", note="x", by=by)
    for rows in (CommitmentUpdate.objects.all(), CommitmentVerification.objects.all()):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            rows.update(note="otra cosa")
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            rows.delete()


# -- by the clock of the municipality --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "moment", "late"),
    [
        # Saltillo and Monterrey are at UTC-6 all year, Piedras Negras at UTC-5 in summer, Cancún at UTC-5 always.
        ("America/Monterrey", datetime(2026, 7, 2, 5, 59, tzinfo=UTC), False),
        ("America/Monterrey", datetime(2026, 7, 2, 6, 0, tzinfo=UTC), True),
        ("America/Matamoros", datetime(2026, 7, 2, 4, 59, tzinfo=UTC), False),
        ("America/Matamoros", datetime(2026, 7, 2, 5, 0, tzinfo=UTC), True),
        ("America/Cancun", datetime(2026, 7, 2, 5, 0, tzinfo=UTC), True),
        ("America/Tijuana", datetime(2026, 7, 2, 6, 59, tzinfo=UTC), False),
        ("America/Tijuana", datetime(2026, 7, 2, 7, 0, tzinfo=UTC), True),
    ],
)
def test_late_from_midnight_in_the_zone_of_the_municipality(zone, moment, late):
    place = MunicipalityFactory(code="05025", time_zone=zone)
    CommitmentFactory(municipality=place, due_on=date(2026, 7, 1))
    assert Commitment.objects.overdue(moment).exists() is late


def test_every_commitment_is_in_exactly_one_situation():
    today = date(2026, 7, 15)
    with time_machine.travel(datetime(2026, 7, 15, 18, tzinfo=UTC), tick=False):
        for days in (-1, 0, 14, 15):
            CommitmentFactory(due_on=today + timedelta(days=days))
        for state in ("propuesto", "reportado_cumplido", "verificado", "incumplido", "cancelado"):
            CommitmentFactory(state=state, due_on=today - timedelta(days=1), slips=1)
        counts = read.counts(Commitment.objects.all())
    assert counts.of == {
        "atrasado": 1,
        "por_vencer": 2,
        "en_curso": 1,
        "propuesto": 1,
        "por_verificar": 1,
        "cumplido": 1,
        "incumplido": 1,
        "cancelado": 1,
    }
    assert (counts.total, counts.due, counts.slips) == (9, 4, 5)


def test_late_for_thirty_days_is_proposed_as_broken_and_stays_what_it_is():
    today = date(2026, 7, 15)
    with time_machine.travel(datetime(2026, 7, 15, 18, tzinfo=UTC), tick=False):
        old = CommitmentFactory(due_on=today - timedelta(days=31))
        CommitmentFactory(due_on=today - timedelta(days=30))
        assert list(read.to_call_broken(Commitment.objects.all())) == [old]
    old.refresh_from_db()
    assert old.state == "aceptado"


# -- who sees what ---------------------------------------------------------------------------------------------------------


def test_edge_24_it_belongs_to_the_institution_whoever_left():
    """The official's membership ended: colleagues still see and report it, the former official does not."""
    found = CommitmentFactory(visibility="privada")
    stays = MembershipFactory(organisation=found.responsible).user
    left = MembershipFactory(
        organisation=found.responsible, state="terminada", until=date(2026, 1, 1), since=date(2025, 1, 1)
    ).user
    assert stays.has_perm("dialogues.report_commitment", found)
    assert not left.has_perm("dialogues.report_commitment", found)
    assert list(Commitment.objects.visible_to(stays)) == [found]
    assert list(Commitment.objects.visible_to(left)) == []


def test_visibility_opens_to_whom_it_says():
    public, network, private = (CommitmentFactory(visibility=v) for v in ("publica", "red", "privada"))
    member = MembershipFactory().user
    supporter = MembershipFactory()
    private.supporters.add(supporter.organisation)

    def seen(user):
        return set(Commitment.objects.visible_to(user))

    assert seen(UserFactory()) == {public}
    assert seen(member) == {public, network}
    assert seen(supporter.user) == {public, network, private}
    assert seen(GesocFactory()) == {public, network, private}


def test_verifying_is_for_people_of_another_organisation():
    found = CommitmentFactory(state="reportado_cumplido")
    own, other = MembershipFactory(organisation=found.responsible).user, MembershipFactory()
    assert not own.has_perm("dialogues.verify_commitment", found)
    assert other.user.has_perm("dialogues.verify_commitment", found)
    assert not UserFactory().has_perm("dialogues.verify_commitment", found)
    assert not GesocFactory().has_perm("dialogues.verify_commitment", found)


def test_record_of_an_organisation_counts_without_what_was_cancelled():
    who = OrganisationFactory()
    for state in ("aceptado", "verificado", "incumplido", "cancelado"):
        CommitmentFactory(responsible=who, state=state, slips=1, due_on=date(2026, 1, 1))
    (found,) = read.records(Commitment.objects.all())
    assert (found.made, found.kept, found.late, found.broken, found.slips) == (3, 1, 1, 1, 3)


# -- a figure that tells ---------------------------------------------------------------------------------------------------


def figure(commitment, body, **fields):
    asked = CommitmentFigure(
        public_body=body, year=2024, moment="paid", by="chapter", heading="6000", target=Decimal("100.00"), **fields
    )
    return commitment_figures.set_figure(commitment=commitment, figure=asked, by=UserFactory())


def test_a_figure_is_not_published_then_off_then_on_track():
    body, found = PublicBodyFactory(), CommitmentFactory()
    asked = figure(found, body)
    assert (asked.state, asked.value, asked.release) == ("no_publicada", None, None)
    first = ReleaseFactory(public_body=body)
    expenditure_cell(first, "chapter", "6000", paid="99.99", label=label("object", "Obra", code="6000"))
    assert commitment_figures.check_figures() == 1
    asked.refresh_from_db()
    assert (asked.state, asked.value, asked.release) == ("fuera", Decimal("99.99"), first)
    assert commitment_figures.check_figures() == 0
    second = ReleaseFactory(public_body=body, year=2024, document="public_account", breakdown="full")
    expenditure_cell(second, "chapter", "6000", paid="100.00", label=label("object", "Obra", code="6000"))
    assert commitment_figures.check_figures() == 1
    asked.refresh_from_db()
    assert (asked.state, asked.release) == ("en_camino", second)
    set_up, *moves = [u.note for u in found.updates.all()]
    assert set_up.startswith("Desde hoy se mide con una cifra.")
    assert moves == ["Fuera de la meta", "En camino"]


def test_a_moment_that_was_not_published_is_not_zero():
    body = PublicBodyFactory()
    release = ReleaseFactory(public_body=body)
    expenditure_cell(release, "chapter", "6000", approved="5.00", label=label("object", "Obra", code="6000"))
    asked = figure(CommitmentFactory(), body, direction="a_lo_mas")
    assert (asked.state, asked.value) == ("no_publicada", None)


def test_organisation_statuses_do_not_hide_a_public_commitment():
    found = CommitmentFactory(responsible__status=Organisation.Status.LEFT)
    assert list(Commitment.objects.public()) == [found]
