"""Tasks 6 to 13, 17 and 18 of the dialogues on a phone, each within its clicks, in both languages.

Clicks are counted from the page on which that person stands when the task comes up: whoever runs the dialogue and
whoever keeps the door in the room, a guest at the link of a mail or the code on the screen, a visitor at the home page.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dialogues import clock, services
from dialogues.models import Attendance, VoteRound
from dialogues.services import minutes, room, set_tables, votes
from dialogues.services.hosts import open_table
from partners.models import OrganisationStatus, PrivacyNotice
from partners.services import mint_link, person_of
from tests.factories.commitments import CommitmentFactory
from tests.factories.datasets import MunicipalityFactory
from tests.factories.dialogues import AgendaItemFactory, RegistrationFactory, SessionFactory
from tests.factories.partners import MembershipFactory, OrganisationFactory, PersonFactory, UserFactory
from tests.factories.projects import EvidenceFactory, ProjectFactory

from .phone import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def itzel(context, live_server):
    """Facilitates; signed in on the phone."""
    found = MembershipFactory(role="facilitacion", user__full_name="Itzel Canul")
    sign_in(context, live_server.url, found.user)
    return found


@pytest.fixture
def session(itzel):
    """Began ten minutes ago; Itzel runs it."""
    begun = clock.wall(timezone.now() - timedelta(minutes=10), "America/Monterrey")
    made = SessionFactory(
        state="en_curso", local_start=begun, host_organisation=itzel.organisation, title="¿Qué obra va primero?"
    )
    services.assign_role(session=made, person=person_of(user=itzel.user), state="confirmada", by=None)
    AgendaItemFactory(session=made, title="Lo que dicen los datos")
    return made


def came(session, n=5, **fields):
    rows = [RegistrationFactory(session=session, **fields) for _ in range(n)]
    for row in rows:
        Attendance.objects.create(registration=row, mode="presencial", at=timezone.now(), method="lista")
    return rows


def link(purpose, subject, person):
    return mint_link(purpose=purpose, subject=str(subject), person=person, expires_at=timezone.now() + timedelta(1))


def test_tasks_6_and_7_check_in_with_two_clicks_and_welcome_a_walk_in_with_three(phone, session):
    PrivacyNotice.objects.create(version="1", language="es-mx", short_text="Aviso", full_text="Aviso entero")
    row = RegistrationFactory(session=session, person__full_name="Ángela Ruiz", person__search_text="angela ruiz")
    RegistrationFactory(session=session, person__full_name="Rosa Canto", person__search_text="rosa canto")
    phone.goto(f"/dialogos/{session.slug}/sala/llegada/")
    phone.write("Three letters of the name", "ang")
    phone.click("button", "Find")
    expect(phone.page.get_by_text("Rosa Canto")).to_have_count(0)
    phone.check()
    phone.click("button", "Has come")
    phone.sees("%(name)s is here.", name="Ángela Ruiz")
    assert (phone.clicks, Attendance.objects.get().registration) == (2, row)

    # The code on somebody's phone leads the camera of the host here: one click.
    phone.clicks = 0
    phone.goto(f"/dialogos/{session.slug}/sala/llegada/{session.registrations.last().key}/")
    phone.check()
    phone.click("button", "Has come")
    phone.sees("%(name)s is here.", name="Rosa Canto")
    assert phone.clicks == 1

    phone.clicks = 0
    phone.goto(f"/dialogos/{session.slug}/sala/")
    phone.click("link", "Arrivals: %(came)s of %(on_list)s", came=2, on_list=2)
    phone.write("Name", "Luz Pat", exact=True)
    phone.click("checkbox", "Heard the privacy notice and agrees")
    phone.click("button", "Welcome them")
    phone.sees("Welcome: %(name)s is here.", name="Luz Pat")
    assert (phone.clicks, session.registrations.filter(walk_in=True, attendance__isnull=False).count()) == (3, 1)


def test_task_8_a_host_keeps_a_note_with_one_click(phone, session):
    (table,) = set_tables(session=session, questions=("¿Qué falta?",), by=UserFactory())
    phone.goto(f"/mesa/{open_table(table=table, by=UserFactory())}/")
    phone.check()
    for n, (said, kind) in enumerate((("Nadie publica los planos", "Fact"), ("Cada mes", "Proposal")), start=1):
        phone.write("note", said)
        phone.click("button", kind)
        expect(phone.page.locator("ul.log")).to_contain_text(said)
        assert phone.clicks == n
    assert list(table.contributions.order_by("pk").values_list("kind", flat=True)) == ["dato", "propuesta"]


def test_tasks_9_and_11_a_note_becomes_a_challenge_in_three_clicks_and_a_commitment_is_kept_in_two(phone, session):
    session.projects.add(ProjectFactory())
    note = room.write_note(note=session.contributions.model(session=session, text="No hay planos"), by=UserFactory())
    card = EvidenceFactory(municipality=session.municipality, title="Obra por colonia")
    phone.goto(f"/dialogos/{session.slug}/sala/")
    phone.check()
    phone.click("link", "Make it a challenge")
    phone.choose("Evidence", "Obra por colonia")
    phone.check()
    phone.click("button", "Make it a challenge")
    phone.sees("It is a challenge now, and can be voted on.")
    note.refresh_from_db()
    assert (phone.clicks, note.challenge.evidence_uses.get().evidence) == (3, card)

    OrganisationFactory(name="Obras Públicas de Torreón", kind="gobierno")
    phone.clicks = 0
    phone.click("link", "Write down a commitment")
    phone.write("what will be done", "Publicar los planos")
    phone.write("Responsible organisation", "Obras Públicas de Torreón")
    phone.write("due on", f"{timezone.localdate() + timedelta(days=60):%Y-%m-%d}")
    phone.check()
    phone.click("button", "Save the commitment")
    phone.sees("The commitment is written down.")
    found = session.commitments.get()
    assert (phone.clicks, found.responsible.name, found.state) == (2, "Obras Públicas de Torreón", "propuesto")


def test_task_10_a_vote_is_opened_with_two_clicks_and_cast_with_three(phone, session, context):
    rows = came(session)
    phone.goto(f"/dialogos/{session.slug}/sala/")
    phone.click("link", "Prepare a vote")
    phone.write("question", "¿Qué va primero?")
    phone.write("Options", "Obra\nAgua", exact=False)
    phone.check()
    phone.click("button", "Open the vote")
    phone.sees("%(voted)s of %(on_roll)s have voted", voted=0, on_roll=5)
    expect(phone.page.locator("main svg").first).to_be_visible()
    phone.check()
    found = VoteRound.objects.get()
    assert (phone.clicks, found.state) == (2, "abierta")

    (person, code), *_rest = votes.new_codes(round=found, by=UserFactory())
    context.clear_cookies()  # now somebody without an account
    phone.clicks = 0
    phone.goto(f"/votar/{found.key}/")
    phone.check()
    phone.write("Your code", code)
    phone.click("button", "Go to the ballot")
    phone.check()
    phone.tap(phone.page.get_by_role("group", name="Agua").get_by_label("3"))
    phone.click("button", "Vote now")
    phone.sees("Your vote is counted")
    assert (phone.clicks, found.ballots.count(), person in [row.person for row in rows]) == (3, 1, True)


def test_task_12_an_official_reports_with_two_clicks_from_the_mail(phone):
    found = CommitmentFactory()
    phone.clicks = 1  # the link in the mail
    phone.goto(f"/compromisos/responder/{link('commitment', found.key, PersonFactory())}/")
    phone.check()
    phone.click("button", "It has been kept")
    phone.sees("Thank you: it is written down.")
    found.refresh_from_db()
    assert (phone.clicks, found.state) == (2, "reportado_cumplido")


def test_task_13_minutes_written_by_themselves_are_public_in_three_clicks(phone, session):
    session.state = "realizada"
    session.save(update_fields=["state"])
    came(session)
    room.write_note(note=session.contributions.model(session=session, text="No hay planos"), by=UserFactory())
    CommitmentFactory(session=session, text="Publicar los planos")
    phone.goto(session.get_absolute_url())
    phone.click("link", "Minutes", exact=True)
    # Notes and commitments are in it before anybody writes.
    expect(phone.page.locator("#id_body")).to_have_value(re.compile(r"No hay planos[^$]*Publicar los planos"))
    phone.check()
    phone.click("button", "Publish")
    phone.sees("The minutes are public.")
    phone.check()
    assert phone.clicks == 2
    assert minutes.published(session).edition == 1


def test_tasks_17_and_18_what_was_agreed_there_and_what_to_show_a_funder_in_two_clicks(phone):
    session = SessionFactory(state="realizada", municipality=MunicipalityFactory(name="Torreón"))
    came(session, 6, sector_at_time="osc")
    OrganisationStatus.objects.create(
        organisation=session.host_organisation, status="activa", since="2024-05-01", step=1
    )
    CommitmentFactory(
        session=session, text="Publicar los planos", state="verificado", municipality=session.municipality
    )
    CommitmentFactory(text="De otro lado", municipality=MunicipalityFactory(code="23005"))
    minutes.save_minutes(session=session, body="Se acordó.", base=0, by=UserFactory())
    minutes.publish_minutes(session=session, base=1, by=UserFactory())

    phone.goto("/")
    phone.click("link", "What was agreed, and was it kept?")
    phone.write("Words", "torreon", exact=True)
    phone.click("button", "Apply")
    expect(phone.page.locator("main ul.todo")).to_contain_text("Publicar los planos")
    expect(phone.page.locator("main ul.todo")).not_to_contain_text("De otro lado")
    phone.sees("Kept and verified")
    phone.check()
    assert phone.clicks == 2

    phone.clicks = 0
    phone.goto("/")
    phone.click("link", "What came of the dialogues")
    phone.sees("Who came")
    phone.sees("What became of the commitments")
    phone.sees("Growth of the network by year")
    phone.check()
    with phone.page.expect_download() as download:
        phone.click("link", "Download CSV")
    assert phone.clicks == 2
    assert session.title in download.value.path().read_text()
