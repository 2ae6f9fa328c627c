"""The week by mail: to whoever agreed, at their hour, once, never empty, ended with one click."""

import datetime
import re
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail as django_mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import Membership, OutboxMail
from partners.services import consents_of, deliver_mail, ensure_notices, person_of, withdraw_news
from projects import services
from projects.models import Activity, Comment, Evidence, EvidenceUse, LogEntry, ProjectMember
from projects.services.digest import told_to
from projects.week import week_of
from tests.factories.commitments import CommitmentFactory
from tests.factories.datasets import MunicipalityFactory
from tests.factories.partners import GesocFactory, UserFactory
from tests.factories.projects import EvidenceFactory, ProjectMemberFactory

pytestmark = pytest.mark.django_db

MEXICO = ZoneInfo("America/Mexico_City")
MONDAY = datetime.datetime(2027, 2, 1, 8, 5, tzinfo=MEXICO)


def busy(language="es-mx", agrees=True, **fields):
    """Somebody in a private project of which something is due in a few days."""
    ensure_notices()
    member = ProjectMemberFactory(project__visibility="privada", project__title="Costas", role="liderazgo")
    member.user.preferred_language = language
    member.user.save()
    owe(member)
    person_of(user=member.user)
    if agrees:
        services.choose_digest(user=member.user, wanted=True, **{"weekday": 0, "hour": 8, **fields})
    return member


def owe(member, title="Pedir planos"):
    return Activity.objects.create(
        project=member.project,
        title=title,
        organisation=member.project.lead_organisation,
        user=member.user,
        due_on=datetime.date(2027, 2, 3),
    )


def sent():
    for row in OutboxMail.objects.filter(state="en_cola"):
        deliver_mail(mail_id=row.pk)
    return django_mail.outbox


@pytest.mark.parametrize(
    ("now", "queued"),
    [
        (MONDAY, 1),
        (MONDAY - datetime.timedelta(minutes=10), 0),
        (MONDAY + datetime.timedelta(hours=5), 1),
        (MONDAY + datetime.timedelta(hours=7), 0),
        (MONDAY + datetime.timedelta(days=1), 0),
    ],
)
def test_it_comes_on_monday_at_eight(now, queued):
    busy()
    with time_machine.travel(now, tick=False):
        assert services.queue_digests() == queued


def test_it_comes_at_the_hour_of_ones_own_place_and_choice():
    member = busy(weekday=3, hour=6)
    person = person_of(user=member.user)
    person.municipality = MunicipalityFactory(code="02004", time_zone="America/Tijuana")
    person.save()
    thursday = datetime.datetime(2027, 2, 4, 6, 0, tzinfo=ZoneInfo("America/Tijuana"))
    with time_machine.travel(thursday, tick=False):
        assert services.standing_of(member.user).next_at == thursday + datetime.timedelta(days=7)
        assert services.queue_digests() == 1
    with time_machine.travel(thursday - datetime.timedelta(minutes=1), tick=False):
        assert services.queue_digests(now=timezone.now()) == 0


def test_one_mail_a_person_and_week_whatever_changes():
    member = busy()
    with time_machine.travel(MONDAY, tick=False):
        assert [services.queue_digests(), services.queue_digests()] == [1, 0]
    services.choose_digest(user=member.user, wanted=True, weekday=2, hour=8)
    with time_machine.travel(MONDAY + datetime.timedelta(days=2), tick=False):
        assert services.queue_digests() == 0
    with time_machine.travel(MONDAY + datetime.timedelta(days=9), tick=False):
        assert services.queue_digests() == 1
    assert [row.key for row in OutboxMail.objects.order_by("pk")] == [
        f"digest:{member.user_id}:2027-05",
        f"digest:{member.user_id}:2027-06",
    ]


@pytest.mark.parametrize(("language", "words"), [("es-mx", "Costas"), ("en", "/en/proyectos/")])
def test_it_says_what_my_week_says(language, words):
    member = busy(language)
    LogEntry.objects.create(
        project=member.project, text="Palabras de la reunión", by=UserFactory(), on=datetime.date(2027, 1, 30)
    )
    with time_machine.travel(MONDAY, tick=False):
        services.queue_digests()
        [message] = sent()
    assert message.to == [member.user.email]
    assert "Pedir planos" in message.body and words in message.body
    assert "Palabras de la reunión" not in message.body  # they stay in the project
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"digest:{member.user_id}:2027-05" == message.extra_headers["X-Mesa-Key"]


def test_nothing_is_sent_where_there_is_nothing_to_say():
    member = busy()
    Activity.objects.all().delete()
    member.project.notes.create(did="Algo", on=datetime.date(2027, 1, 31))
    with time_machine.travel(MONDAY, tick=False):
        assert services.queue_digests() == 0
    assert not OutboxMail.objects.exists()


def test_without_consent_or_account_nobody_is_written_to():
    busy(agrees=False)
    member, gone, ended = busy(), busy(), busy()
    withdraw_news(person=person_of(user=member.user), by=None)
    gone.user.is_active = False
    gone.user.save()
    services.choose_digest(user=ended.user, wanted=False, weekday=0, hour=8)
    with time_machine.travel(MONDAY, tick=False):
        assert services.queue_digests() == 0
    assert consents_of(person_of(user=ended.user))["novedades"] == "otorgado"


def test_what_may_no_longer_be_seen_when_it_is_sent_is_not_in_it():
    member = busy()
    card = EvidenceFactory(visibility="publica", reading="Gastó 5", created_by=member.user)
    EvidenceUse.objects.create(evidence=card, project=member.project)
    card.changes.create(from_text="5", to_text="6", seen_on=datetime.date(2027, 1, 31))
    with time_machine.travel(MONDAY, tick=False):
        services.queue_digests()
        assert "Gastó 5" in OutboxMail.objects.get().text
        member.until = datetime.date(2027, 1, 1)  # they left the project while the mail waited
        member.user.memberships.all().delete()
        member.save()
        Evidence.objects.update(visibility="privada")
        assert sent() == []
    assert (OutboxMail.objects.get().state, OutboxMail.objects.get().sent_at) == ("suprimido", None)


def test_one_click_of_the_mail_program_ends_it_and_a_look_does_not():
    member = busy()
    with time_machine.travel(MONDAY, tick=False):
        services.queue_digests()
        [message] = sent()
        address = re.search(r"<https?://[^/]+(/.+)>", message.extra_headers["List-Unsubscribe"])[1]
        client = Client(enforce_csrf_checks=True)
        assert client.get(address).status_code == 200
        assert services.standing_of(member.user).comes
        assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert not services.standing_of(member.user).comes
    with time_machine.travel(MONDAY + datetime.timedelta(days=7), tick=False):
        assert services.queue_digests() == 0


def test_choosing_it_on_the_page(client):
    member = busy(agrees=False)
    client.force_login(member.user)
    assert "/mi-semana/correo/" in client.get("/mi-semana/").content.decode()
    response = client.post("/mi-semana/correo/", {"wanted": "on", "weekday": "4", "hour": "18"}, follow=True)
    assert "viernes" in response.content.decode()
    choice = member.user.digest_choice
    assert (choice.wanted, choice.weekday, choice.hour) == (True, 4, 18)
    assert client.post("/mi-semana/correo/", {"weekday": "9", "hour": "8"}).status_code == 200  # said again, not saved


def test_the_week_tells_what_others_commented_beside_ones_own_things(client):
    member = ProjectMemberFactory(project__visibility="privada", project__title="Costas", role="liderazgo")
    user, other = member.user, ProjectMemberFactory(project=member.project).user
    entry = LogEntry.objects.create(project=member.project, text="Fuimos al mar", by=user)
    card = EvidenceFactory(reading="De cada 100 pesos, 36", created_by=user, visibility="publica")
    promise = CommitmentFactory(text="Publicar el padrón", created_by=user)
    foreign = EvidenceFactory(reading="Cifra ajena", visibility="publica")
    for target in (entry, entry, card, promise, foreign):
        services.write_comment(target=target, text="Secreto", by=other)
    services.write_comment(target=card, text="Mío", by=user)
    gone = services.write_comment(target=card, text="Quitado", by=other)
    services.remove_comment(comment=gone, by=other)
    old = services.write_comment(target=EvidenceFactory(reading="Vieja", created_by=user), text="x", by=GesocFactory())
    Comment.objects.filter(pk=old.pk).update(created_at=timezone.now() - datetime.timedelta(days=15))
    talks = {str(talk.about): talk.count for talk in week_of(user).talks}
    assert talks == {"Costas": 2, str(card): 1, "Publicar el padrón": 1}
    client.force_login(user)
    page = client.get("/mi-semana/").content.decode()
    assert "2 comentarios nuevos sobre “Costas”" in page and "1 comentario nuevo sobre" in page
    assert "Secreto" not in page
    template, told = told_to(person_of(user=user))
    lines = [line for line, _url in told["changed"]]
    assert template == "digest" and "1 comentario nuevo sobre “Publicar el padrón”" in lines
    assert not [line for line in lines if "Secreto" in line]


def test_comments_beside_what_one_sees_no_longer_are_not_told():
    member = ProjectMemberFactory(project__visibility="privada", role="colaboracion")
    entry = LogEntry.objects.create(project=member.project, text="Fuimos al mar", by=member.user)
    services.write_comment(target=entry, text="¿Y?", by=ProjectMemberFactory(project=member.project).user)
    assert len(week_of(member.user).talks) == 1
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    ProjectMember.objects.filter(pk=member.pk).update(since=yesterday, until=yesterday)
    Membership.objects.filter(user=member.user).update(since=yesterday, until=yesterday)
    assert week_of(member.user).talks == []


def test_the_week_costs_the_same_with_one_talk_and_with_four(client):
    user = ProjectMemberFactory(role="liderazgo").user
    client.force_login(user)

    def cost():
        with CaptureQueriesContext(connection) as seen:
            client.get("/mi-semana/")
        return len(seen)

    def talk(**fields):
        services.write_comment(target=EvidenceFactory(created_by=user, **fields), text="¿Y?", by=GesocFactory())

    talk()
    cost()
    one = cost()
    for _ in range(3):
        talk()
    assert cost() == one


def test_asking_who_is_due_costs_the_same_for_one_and_for_three():
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert services.queue_digests(now=MONDAY + datetime.timedelta(days=1)) == 0
        return len(seen)

    busy()
    one = cost()
    busy(), busy()
    assert cost() == one
