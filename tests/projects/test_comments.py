"""Comments: seen as what they stand beside, corrected for a while, taken away with a mark, told, forgotten."""

import datetime

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners.models import OutboxMail
from partners.services import anonymise, deliver_mail, person_of
from projects import services
from projects.models import Comment, CommentEvent, LogEntry, ResearchNote
from tests.factories.partners import GesocFactory, MembershipFactory, OrganisationFactory, UserFactory
from tests.factories.projects import ChallengeFactory, EvidenceFactory, ProjectFactory, ProjectMemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return ProjectMemberFactory(project__visibility="privada", project__slug="costas", role="liderazgo")


def entry(project, **fields):
    return LogEntry.objects.create(project=project, text="Fuimos al mar", **fields)


def review(organisation, state="en_revision", **fields):
    return ResearchNote.objects.create(
        slug="n", title="Nota", lede="a", body="b", authors="c", organisation=organisation, state=state, **fields
    )


def write(target, by, text="Falta el padrón", **fields):
    return services.write_comment(target=target, text=text, by=by, **fields)


def test_it_stands_beside_one_thing_and_says_something():
    user, card = UserFactory(), EvidenceFactory()
    for fields in (
        {"text": "x"},
        {"text": "x", "evidence": card, "challenge": ChallengeFactory()},
        {"text": "", "evidence": card},
        {"text": "x", "evidence": card, "removed_at": timezone.now()},
        {"text": "x", "evidence": card, "elsewhere": "compromiso"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.create(by=user, **fields)


def test_who_sees_the_thing_sees_its_comments(member, client):
    outsider, staff = MembershipFactory().user, GesocFactory()
    private = entry(member.project, visibility="privada")
    hidden = ChallengeFactory(project=member.project, visibility="privada")
    public = EvidenceFactory(visibility="publica")
    for target in (private, hidden, public):
        write(target, member.user)
    write(public, member.user, network_only=True)

    def seen(user):
        return {(row.target, row.network_only) for row in Comment.objects.visible_to(user)}

    everything = {(private, False), (hidden, False), (public, False), (public, True)}
    assert seen(member.user) == everything
    assert seen(outsider) == {(public, False), (public, True)}
    assert seen(staff) == everything - {(private, False)}  # staff reads no private log
    page = client.get(public.get_absolute_url()).content.decode()
    assert page.count("Falta el padrón") == 1 and "csrfmiddlewaretoken" not in page
    assert client.get(f"/comentarios/bitacora/{private.key}/").status_code == 404


def test_comments_of_a_review_are_not_for_readers(client):
    own = MembershipFactory()
    note = review(own.organisation, "publicada", created_by=own.user)
    Comment.objects.create(note=note, by=own.user, text="¿De dónde sale este número?")
    note.versions.create(number=1, title="Nota", lede="a", body="b")
    for user, shown in ((None, False), (MembershipFactory().user, False), (own.user, True), (GesocFactory(), True)):
        client.logout()
        if user:
            client.force_login(user)
        assert ("este número" in client.get("/investigacion/n/").content.decode()) is shown
        assert client.get("/comentarios/nota/n/").status_code == (200 if shown else 404)
    with pytest.raises(ValidationError):
        write(note, own.user)  # it is published: the review is over


def test_only_people_of_the_network_write(client):
    card = EvidenceFactory(visibility="publica")
    url = f"/comentarios/evidencia/{card.key}/"
    assert client.post(url, {"text": "Hola"}).status_code == 302  # to sign in
    client.force_login(UserFactory())
    assert client.post(url, {"text": "Hola"}).status_code == 403
    client.force_login(MembershipFactory().user)
    assert client.post(url, {"text": "  "}).status_code == 200
    response = client.post(url, {"text": "<b>Hola</b>", "network_only": "on"}, follow=True)
    assert "&lt;b&gt;Hola&lt;/b&gt;" in response.content.decode()
    assert Comment.objects.get().network_only


def test_thirty_an_hour_are_enough(client):
    card = EvidenceFactory(visibility="publica")
    client.force_login(MembershipFactory().user)
    got = [client.post(f"/comentarios/evidencia/{card.key}/", {"text": ""}).status_code for _ in range(31)]
    assert got == [200] * 30 + [429]


def test_corrected_for_fifteen_minutes_by_whoever_wrote_it(client):
    user, card = MembershipFactory().user, EvidenceFactory(visibility="publica")
    comment = write(card, user)
    client.force_login(user)
    url = f"/comentarios/{comment.key}/"
    assert client.post(url, {"text": "Falta el catastro"}).status_code == 302
    comment.refresh_from_db()
    assert (comment.text, comment.edited_at is not None) == ("Falta el catastro", True)
    with pytest.raises(ValidationError):
        services.edit_comment(comment=comment, text="x", by=MembershipFactory().user)
    Comment.objects.update(created_at=timezone.now() - datetime.timedelta(minutes=16))
    assert client.post(url, {"text": "Tarde"}).status_code == 403
    assert list(CommentEvent.objects.values_list("text", flat=True).order_by("pgh_id"))[:2] == [
        "Falta el padrón",
        "Falta el catastro",
    ]


def test_taken_away_it_leaves_a_mark_and_its_words_stay_in_the_audit_trail(client, member):
    challenge = ChallengeFactory(project=member.project, visibility="publica")
    member.project.visibility = "publica"
    member.project.save()
    writer = MembershipFactory().user
    first, second = write(challenge, writer), write(challenge, writer, "Teléfono de Ana: 871")
    with pytest.raises(ValidationError):
        services.remove_comment(comment=second, by=member.user)  # a moderator says why
    client.force_login(MembershipFactory().user)
    assert client.post(f"/comentarios/{second.key}/quitar/", {"reason": "No"}).status_code == 403
    services.remove_comment(comment=first, by=writer)
    services.remove_comment(comment=second, by=member.user, reason="Datos personales")
    client.logout()
    page = client.get(challenge.get_absolute_url()).content.decode()
    assert "871" not in page and "Datos personales" in page and page.count("Se quitó un comentario") == 2
    assert CommentEvent.objects.filter(text__contains="871").exists()


def test_those_who_wrote_there_are_told_once_a_day_and_without_its_words(member):
    private = entry(member.project, visibility="privada", by=member.user)
    second, third = (ProjectMemberFactory(project=member.project).user for _ in range(2))
    write(private, second, "Uno")
    write(private, third, "Dos")
    write(private, third, "Tres")
    told = sorted((row.person.user_id, row.key.split(":")[0]) for row in OutboxMail.objects.all())
    assert told == [(member.user_id, "comment"), (second.pk, "comment")]
    mail = OutboxMail.objects.first()
    assert "Dos" not in mail.text and "Fuimos al mar" not in mail.subject + mail.text
    deliver_mail(mail_id=mail.pk)
    assert "List-Unsubscribe" in django_mail.outbox[0].extra_headers


def test_whoever_may_no_longer_see_it_is_not_told(member):
    private = entry(member.project, visibility="privada", by=member.user)
    gone = ProjectMemberFactory(project=member.project)
    write(private, gone.user, "Uno")
    OutboxMail.objects.all().delete()
    gone.user.memberships.all().delete()
    gone.delete()
    write(private, ProjectMemberFactory(project=member.project).user, "Dos")
    assert [row.person.user_id for row in OutboxMail.objects.all()] == [member.user_id]


def test_the_page_of_an_entrys_comments_quotes_whole_words(member, client):
    long = " ".join(f"palabra{n}" for n in range(60))
    told = LogEntry.objects.create(project=member.project, text=long, visibility="privada")
    client.force_login(member.user)
    page = client.get(f"/comentarios/bitacora/{told.key}/").content.decode()
    assert "palabra39…" in page and "palabra40" not in page


def test_forgetting_somebody_takes_their_words_and_blots_their_name():
    card, rosa = EvidenceFactory(visibility="publica"), MembershipFactory(user__full_name="Rosa Uc Pat").user
    theirs = write(card, rosa, "Yo lo vi")
    others = write(card, MembershipFactory().user, "Pregúntenle a rosa uc pat, de Ecología")
    anonymise(person=person_of(user=rosa), by=None)
    theirs.refresh_from_db()
    others.refresh_from_db()
    assert (theirs.text, theirs.removed_at is not None) == ("", True)
    assert others.text == "Pregúntenle a …, de Ecología"
    written = " ".join(CommentEvent.objects.values_list("text", flat=True))
    assert "Yo lo vi" not in written and "rosa" not in written


def test_a_page_costs_the_same_with_one_and_with_three(client):
    project = ProjectFactory(visibility="publica", lead_organisation=OrganisationFactory())
    card, told = EvidenceFactory(visibility="publica"), entry(project, visibility="publica")
    client.force_login(GesocFactory())
    pages = (card.get_absolute_url(), f"/proyectos/{project.slug}/bitacora/", f"/comentarios/bitacora/{told.key}/")

    def cost():
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(page).status_code == 200
            found.append(len(seen))
        return found

    for target in (card, told):
        Comment.objects.create(text="x", by=UserFactory(), **{"evidence" if target is card else "entry": target})
    one = cost()
    for _ in range(2):
        Comment.objects.create(text="x", by=UserFactory(), evidence=card)
        Comment.objects.create(text="x", by=UserFactory(), entry=told)
    assert cost() == one
