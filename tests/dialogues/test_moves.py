"""Moving, cancelling, reminders, and the calendar entries that follow. Edge cases of §6.2 and §6.6 by number."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from dialogues import services
from dialogues.models import Attendance, ChangeNotice, Reminder
from dialogues.services.moves import tell_due_changes
from dialogues.services.reminders import plan_reminders, send_due_reminders
from dialogues.services.states import start_due_sessions
from partners.models import OutboxMail
from tests.factories.datasets import MunicipalityFactory
from tests.factories.dialogues import (
    InvitationFactory,
    RegistrationFactory,
    SessionFactory,
    SessionRoleFactory,
    in_days,
)
from tests.factories.partners import GesocFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def gesoc():
    return GesocFactory()


def shifted(session, **delta):
    later = timedelta(**delta)
    return {"local_start": session.local_start + later, "local_end": session.local_end + later}


def change(session, by, **changes):
    return services.change_session(session=session, changes=changes, by=by)


def kinds():
    return sorted(OutboxMail.objects.values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"days": 1}, "por_confirmar"),
        ({"hours": 3}, "por_confirmar"),
        ({"hours": 1}, "confirmada"),
    ],
)
def test_edge_1_another_day_or_a_far_hour_is_asked_again_a_near_hour_is_not(gesoc, changes, state):
    row = RegistrationFactory(session=SessionFactory(local_start=in_days(30, 12)))
    changed = change(row.session, gesoc, **shifted(row.session, **changes))
    row.refresh_from_db()
    assert (row.state, changed.ics_sequence) == (state, 1)
    assert services.tell_changes(session=changed, by=gesoc) == 1


def test_edge_1_another_modality_is_asked_again_and_its_place_is_kept(gesoc):
    row = RegistrationFactory()
    change(row.session, gesoc, modality="hibrida")
    row.refresh_from_db()
    assert row.state == "por_confirmar"
    services.confirm_registration(registration=row, by=None)
    row.refresh_from_db()
    assert row.state == "confirmada"


def test_edge_1_a_typo_is_no_news(gesoc):
    row = RegistrationFactory()
    services.update_session(session=row.session, by=gesoc, fields={"title": "¿Quién ganó?"})
    row.session.refresh_from_db()
    assert (row.session.title, row.session.ics_sequence, ChangeNotice.objects.count()) == ("¿Quién ganó?", 0, 0)


@pytest.mark.parametrize("changes", [{"online_url": "https://sala.example/x"}, {"venue": "Otro lugar"}])
def test_edge_1_link_to_connect_and_place_are_news(gesoc, changes):
    row = RegistrationFactory(session__modality="hibrida")
    change(row.session, gesoc, **changes)
    assert ChangeNotice.objects.filter(told_at__isnull=True).count() == 1


def test_edge_1_several_edits_are_one_mail_after_ten_minutes(gesoc):
    row = RegistrationFactory()
    for venue in ("Uno", "Dos", "Tres"):
        change(row.session, gesoc, venue=venue)
    assert (tell_due_changes(), OutboxMail.objects.count()) == (0, 0)
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert (tell_due_changes(), tell_due_changes()) == (1, 0)
    mail = OutboxMail.objects.get()
    assert "Tres" in mail.text
    assert "SEQUENCE:3" in mail.ics


def test_edge_1_changed_and_changed_back_is_told_to_nobody(gesoc):
    row = RegistrationFactory()
    for venue in ("Otro", row.session.venue):
        change(row.session, gesoc, venue=venue)
    assert services.tell_changes(session=row.session, by=gesoc) == 0
    assert OutboxMail.objects.count() == 0


def test_only_those_concerned_are_told(gesoc):
    session = SessionFactory()
    placed = RegistrationFactory(session=session)
    waiting = RegistrationFactory(session=session, state="lista_de_espera", waiting_since=timezone.now())
    asked = InvitationFactory(session=session)
    InvitationFactory(session=session, state="declinada", answered_at=timezone.now())
    InvitationFactory(session=session, state="borrador", sent_at=None)
    RegistrationFactory(session=session, state="cancelada")
    services.tell_changes(session=change(session, gesoc, **shifted(session, days=1)), by=gesoc)
    told = set(OutboxMail.objects.values_list("person", flat=True))
    assert told == {placed.person_id, waiting.person_id, asked.person_id}


def test_preview_changes_nothing(gesoc):
    row = RegistrationFactory()
    InvitationFactory(session=row.session)
    found = services.affected(row.session, shifted(row.session, days=1))
    assert ([len(part) for part in found], row.session.ics_sequence) == ([1, 1, 1, 0], 0)
    assert ChangeNotice.objects.count() == 0


def test_move_page_shows_who_is_affected_then_moves_and_tells(client, gesoc):
    row = RegistrationFactory(person__full_name="Ana Ruiz")
    session = row.session
    day = session.local_start.date() + timedelta(days=2)
    client.force_login(gesoc)
    url = f"{session.get_absolute_url()}mover/"
    data = {"day": f"{day}", "start": "17:00", "end": "19:00", "municipality": "Torreón"}
    data |= {"modality": "presencial", "venue": session.venue, "online_url": ""}
    page = client.post(url, {**data, "action": "look"}).content.decode()
    assert "Ana Ruiz" in page
    assert OutboxMail.objects.count() == 0
    assert client.post(url, {**data, "action": "now"}).status_code == 302
    session.refresh_from_db()
    assert (session.local_start.date(), kinds()) == (day, ["dialogue_change"])


def test_move_into_a_clash_moves_nothing_and_names_who_is_busy(gesoc):
    session = SessionFactory()
    role = SessionRoleFactory(session=session)
    services.assign_role(
        session=SessionFactory(local_start=session.local_start + timedelta(days=1)), person=role.person, by=gesoc
    )
    assert services.affected(session, shifted(session, days=1)).clashes == [str(role.person)]
    with pytest.raises(ValidationError):
        change(session, gesoc, **shifted(session, days=1))
    session.refresh_from_db()
    assert session.ics_sequence == 0


def test_move_to_another_zone_keeps_the_hour_on_the_wall(gesoc):
    session = SessionFactory()
    cancun = MunicipalityFactory(code="23005", time_zone="America/Cancun")
    moved = change(session, gesoc, municipality=cancun, tz="America/Cancun")
    assert moved.local_start == session.local_start
    assert session.starts_at - moved.starts_at == timedelta(hours=1)


def test_edge_2_cancelling_tells_everybody_frees_the_team_and_drops_reminders(client, gesoc):
    session = SessionFactory()
    role = SessionRoleFactory(session=session)
    placed = RegistrationFactory(session=session)
    RegistrationFactory(session=session, state="lista_de_espera", waiting_since=timezone.now())
    InvitationFactory(session=session)
    plan_reminders(session=session)
    services.cancel_session(session=session, reason="Llueve", by=gesoc)
    role.refresh_from_db()
    assert kinds() == ["dialogue_cancelled"] * 4
    assert (role.holds, Reminder.objects.filter(state="pendiente").count()) == (False, 0)
    ics = OutboxMail.objects.get(person=placed.person).ics
    assert "METHOD:CANCEL" in ics and "STATUS:CANCELLED" in ics
    page = client.get(session.get_absolute_url()).content.decode()
    assert "Este diálogo se canceló" in page
    assert "Llueve" in page


def test_edge_2_session_that_people_came_to_is_not_cancelled(gesoc):
    row = RegistrationFactory()
    Attendance.objects.create(registration=row, mode=row.mode, at=timezone.now(), method="lista")
    with pytest.raises(ValidationError):
        services.cancel_session(session=row.session, reason="Ya no", by=gesoc)


def test_cancelled_draft_is_told_to_nobody(gesoc):
    session = SessionFactory(state="borrador")
    RegistrationFactory(session=session)
    services.cancel_session(session=session, reason="Ya no", by=gesoc)
    assert OutboxMail.objects.count() == 0


# -- reminders -------------------------------------------------------------------------------------------------------


def test_edge_31_reminders_follow_a_moved_session(gesoc):
    row = RegistrationFactory()
    plan_reminders(session=row.session)
    moved = change(row.session, gesoc, **shifted(row.session, days=5))
    with time_machine.travel(row.session.starts_at - timedelta(hours=47), tick=False):
        assert send_due_reminders() == 0
    with time_machine.travel(moved.starts_at - timedelta(hours=47), tick=False):
        assert (send_due_reminders(), send_due_reminders()) == (1, 0)
    assert OutboxMail.objects.filter(kind="dialogue_reminder").count() == 1


def test_edge_31_reminder_made_for_another_hour_is_dropped():
    row = RegistrationFactory()
    stale = plan_reminders(session=row.session)[1]
    Reminder.objects.filter(pk=stale.pk).update(checksum="de otra hora")
    with time_machine.travel(row.session.starts_at - timedelta(hours=47), tick=False):
        assert send_due_reminders() == 0
    stale.refresh_from_db()
    assert stale.state == "descartado"


def test_edge_31_session_made_two_hours_before_gets_one_word():
    now = timezone.now()
    row = RegistrationFactory(session=SessionFactory(local_start=in_days(1)))
    with time_machine.travel(row.session.starts_at - timedelta(hours=2), tick=False):
        assert [reminder.audience for reminder in plan_reminders(session=row.session)] == ["registradas"]
    with time_machine.travel(row.session.starts_at - timedelta(hours=1, minutes=40), tick=False):
        assert send_due_reminders() == 1
    assert OutboxMail.objects.get().subject.startswith("Hoy: ")
    assert now < row.session.starts_at


def test_whoever_has_not_answered_is_reminded_once_and_whoever_did_is_not():
    session = SessionFactory()
    silent = InvitationFactory(session=session)
    InvitationFactory(session=session, state="aceptada", answered_at=timezone.now())
    plan_reminders(session=session)
    with time_machine.travel(session.starts_at - timedelta(days=6), tick=False):
        assert send_due_reminders() == 1
    assert OutboxMail.objects.get().person == silent.person


def test_no_reminders_for_drafts():
    assert plan_reminders(session=SessionFactory(state="borrador")) == []


def test_session_opens_by_the_clock_a_quarter_of_an_hour_before():
    session = SessionFactory(state="convocada")
    for minutes, opened in ((16, 0), (15, 1)):
        with time_machine.travel(session.starts_at - timedelta(minutes=minutes), tick=False):
            assert start_due_sessions() == opened
    session.refresh_from_db()
    assert session.state == "en_curso"
