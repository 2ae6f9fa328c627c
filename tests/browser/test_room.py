"""The room on a phone: lost connections, links, and pages that fit. Its tasks are in test_room_tasks.py."""

from datetime import timedelta

import pypdf
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from dialogues import clock
from dialogues.models import Attendance, Session, VoteRound
from dialogues.services import minutes, set_tables, votes
from dialogues.services.hosts import open_table
from dialogues.tasks import make_minutes
from partners.models import PrivacyNotice
from partners.services import mint_link
from tests.browser.clicks import fits
from tests.browser.phone import sign_in
from tests.factories.commitments import CommitmentFactory
from tests.factories.dialogues import AgendaItemFactory, RegistrationFactory, SessionFactory
from tests.factories.partners import GesocFactory, PersonFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    return page


def running():
    begun = clock.wall(timezone.now() - timedelta(minutes=10), "America/Monterrey")
    return SessionFactory(state="en_curso", local_start=begun)


def test_the_public_pages_fit_and_can_be_read(phone, live_server, axe):
    session = SessionFactory(state="realizada")
    AgendaItemFactory(session=session)
    for n in range(6):
        row = RegistrationFactory(session=session, sector_at_time="osc" if n else "medios")
        Attendance.objects.create(registration=row, mode="presencial", at=timezone.now(), method="lista")
    by = UserFactory()
    draft = votes.prepare_round(
        round=VoteRound(session=session, question="Por dónde empezar"), by=by, texts=["Obra", "Agua"]
    )
    found = votes.open_round(round=draft, by=by)
    for n, entry in enumerate(found.roll.all()):
        votes.cast_vote(entry=entry, choices={str(found.options.all()[n % 2].key): 3})
    votes.close_round(round=found, by=by)
    commitment = CommitmentFactory(session=session, slips=1)
    minutes.save_minutes(session=session, body=minutes.build_minutes(session), base=0, by=by)
    minutes.publish_minutes(session=session, base=1, by=by)
    for path in (
        f"/dialogos/{session.slug}/resultado/",
        "/compromisos/",
        f"/compromisos/{commitment.key}/",
    ):
        for width in (390, 1280):
            phone.set_viewport_size({"width": width, "height": 900})
            phone.goto(live_server.url + path)
            axe()
            assert fits(phone), path


def test_published_minutes_are_taken_along_as_a_pdf(phone, live_server):
    session = SessionFactory(state="realizada")
    by = UserFactory()
    minutes.save_minutes(session=session, body="Se acordó publicar los planos.", base=0, by=by)
    minutes.publish_minutes(session=session, base=1, by=by)
    phone.goto(f"{live_server.url}/dialogos/{session.slug}/resultado/")
    expect(phone.get_by_role("main")).to_contain_text("se está haciendo")
    assert make_minutes() == 1
    link = phone.get_by_role("link", name="Minuta (PDF)")
    expect(link).to_be_visible(timeout=30_000)  # the page loads itself anew; going there meanwhile would be cut off
    with phone.expect_download() as taken:
        link.click()
    assert taken.value.suggested_filename == f"minuta-{session.slug}-1.pdf"
    reader = pypdf.PdfReader(taken.value.path())
    assert "Se acordó publicar los planos." in " ".join(one.extract_text() for one in reader.pages)


def test_a_guest_votes_and_comments_the_minutes_behind_a_link(phone, live_server, axe):
    """Browsers check where a form comes from; a test client does not."""
    session = SessionFactory(state="realizada")
    rows = [RegistrationFactory(session=session) for _ in range(5)]
    for row in rows:
        Attendance.objects.create(registration=row, mode="presencial", at=timezone.now(), method="lista")
    by, expires = UserFactory(), timezone.now() + timedelta(days=1)
    draft = votes.prepare_round(round=VoteRound(session=session, question="¿Qué va primero?"), by=by, texts=["A", "B"])
    found = votes.open_round(round=draft, by=by)
    token = mint_link(purpose="vote", subject=str(found.key), person=rows[0].person, expires_at=expires)
    phone.goto(f"{live_server.url}/votar/liga/{token}/")
    phone.get_by_role("group", name="B").get_by_label("3").check()
    phone.get_by_role("button", name="Votar").click()
    expect(phone.get_by_text("Tu voto está contado")).to_be_visible()

    minutes.save_minutes(session=session, body="Se habló de la obra.", base=0, by=by)
    minutes.send_to_review(session=session, base=1, by=by)
    token = mint_link(purpose="minutes", subject=str(session.key), person=rows[0].person, expires_at=expires)
    phone.goto(f"{live_server.url}/minuta/{token}/")
    axe()
    phone.get_by_role("textbox").last.fill("Falta decir la fecha.")
    phone.locator("main form button[type=submit]").click()
    expect(phone.locator("main")).not_to_contain_text("Forbidden")
    assert session.minutes.first().comments.get().text == "Falta decir la fecha."


def test_edge_12_notes_and_an_arrival_survive_a_lost_connection_and_are_sent_once(phone, live_server, axe):
    session = running()
    (table,) = set_tables(session=session, questions=("¿Qué falta?",), by=UserFactory())
    phone.goto(f"{live_server.url}/mesa/{open_table(table=table, by=UserFactory())}/")
    axe()
    assert fits(phone)
    phone.context.set_offline(True)
    for said, kind in (("Nadie publica los planos", "Dato"), ("Publicarlos cada mes", "Propuesta")):
        phone.get_by_label("Nota", exact=True).fill(said)
        phone.get_by_role("button", name=kind).click()
        expect(phone.get_by_label("Nota", exact=True)).to_have_value("")
    expect(phone.get_by_text("Sin conexión: 2 guardadas")).to_be_visible()
    kept = phone.evaluate("JSON.stringify(localStorage)")
    assert "queue:" in kept
    assert "planos" not in kept
    assert session.contributions.count() == 0
    phone.context.set_offline(False)
    expect(phone.get_by_text("Publicarlos cada mes")).to_be_visible(timeout=15_000)
    assert list(session.contributions.order_by("pk").values_list("text", "kind")) == [
        ("Nadie publica los planos", "dato"),
        ("Publicarlos cada mes", "propuesta"),
    ]
    assert phone.evaluate("localStorage.length") == 0

    row = RegistrationFactory(session=session)
    token = mint_link(purpose="registration", subject=str(row.key), person=row.person, expires_at=session.ends_at)
    phone.goto(f"{live_server.url}/dialogos/lugar/{token}/")
    phone.context.set_offline(True)
    before = timezone.now()
    phone.get_by_role("button", name="Ya llegué").click()
    expect(phone.get_by_text("Sin conexión: tu llegada")).to_be_visible()
    after = timezone.now()
    phone.context.set_offline(False)
    expect(phone.get_by_text("Tu llegada quedó anotada")).to_be_visible(timeout=15_000)
    assert before - timedelta(seconds=1) <= Attendance.objects.get(registration=row).at <= after


def test_edge_12_whoever_is_signed_in_ticks_arrivals_and_writes_notes_without_a_connection(phone, live_server, axe):
    session, host = running(), GesocFactory()
    names = ("Ana Núñez", "Luis Díaz", "Rosa Uc")
    ana, luis, _rosa = (RegistrationFactory(session=session, person=PersonFactory(full_name=name)) for name in names)
    sign_in(phone.context, live_server.url, host)
    door, room = (f"{live_server.url}/dialogos/{session.slug}/sala/{page}" for page in ("llegada/", ""))
    phone.goto(door)
    axe()
    assert fits(phone)
    phone.context.set_offline(True)
    phone.get_by_label("Tres letras del nombre").fill("nun")
    phone.get_by_role("button", name="Buscar").last.click()
    expect(phone.get_by_text("Luis Díaz", exact=True)).to_be_hidden()
    before = timezone.now()
    phone.get_by_role("button", name="Ya llegó : Ana Núñez").click()
    expect(phone.get_by_role("button", name="Aquí, espera para enviarse")).to_be_disabled()
    after = timezone.now()
    expect(phone.get_by_text("Sin conexión: 1 guardadas")).to_be_visible()
    kept = phone.evaluate("JSON.stringify(localStorage)")
    assert "queue:" in kept and str(ana.key) not in kept
    assert not Attendance.objects.exists()
    phone.context.set_offline(False)
    expect(phone.get_by_text("Ya están aquí 1 de 3")).to_be_visible(timeout=15_000)
    assert before - timedelta(seconds=1) <= Attendance.objects.get(registration=ana).at <= after
    assert phone.evaluate("localStorage.length") == 0
    phone.get_by_role("button", name="Ya llegó : Luis Díaz").click()  # with a connection: at once
    expect(phone.get_by_text("Ya están aquí 2 de 3")).to_be_visible()
    expect(phone.get_by_text("Luis Díaz ya está aquí")).to_be_visible()
    assert Attendance.objects.get(registration=luis).method == "lista"

    phone.goto(room)
    axe()
    assert fits(phone)
    phone.context.set_offline(True)
    phone.get_by_label("Nota", exact=True).fill("Nadie publica los planos")
    phone.get_by_role("button", name="Dato").click()
    expect(phone.get_by_text("Sin conexión: 1 guardadas")).to_be_visible()
    assert "planos" not in phone.evaluate("JSON.stringify(localStorage)")
    phone.context.set_offline(False)
    expect(phone.get_by_text("Nadie publica los planos", exact=True)).to_be_visible(timeout=15_000)
    note = session.contributions.get()
    assert (note.text, note.kind, note.captured_by) == ("Nadie publica los planos", "dato", host)


def test_edge_12_a_walk_in_without_a_connection_is_written_once_with_the_hour_they_came(phone, live_server):
    session, host = running(), GesocFactory()
    PrivacyNotice.objects.create(version="1", language="es-mx", short_text="Aviso", full_text="Aviso entero")
    sign_in(phone.context, live_server.url, host)
    phone.goto(f"{live_server.url}/dialogos/{session.slug}/sala/llegada/")
    phone.context.set_offline(True)
    before = timezone.now()
    for name in ("Luz Pat", "Noé Canul"):
        phone.get_by_label("Nombre", exact=True).fill(name)
        phone.get_by_label("Escuchó el aviso").check()
        phone.get_by_role("button", name="Recibir").click()
        expect(phone.get_by_label("Nombre", exact=True)).to_have_value("")
    expect(phone.get_by_text("Sin conexión: 2 guardadas")).to_be_visible()
    after = timezone.now()
    kept = phone.evaluate("JSON.stringify(localStorage)")  # in cipher, where three plain letters may stand by chance
    assert not [name for name in ("Luz Pat", "Noé", "Canul") if name in kept]
    phone.context.set_offline(False)
    expect(phone.get_by_text("Ya están aquí 2 de 2")).to_be_visible(timeout=15_000)
    came = session.registrations.filter(walk_in=True).select_related("person", "attendance").order_by("pk")
    assert [row.person.full_name for row in came] == ["Luz Pat", "Noé Canul"]
    assert all(before - timedelta(seconds=1) <= row.attendance.at <= after for row in came)
    assert phone.evaluate("localStorage.length") == 0


def test_what_somebody_left_in_a_browser_waits_for_them_and_nobody_else_reads_or_sends_it(phone, live_server):
    session, host = running(), GesocFactory()
    room = f"{live_server.url}/dialogos/{session.slug}/sala/"
    sign_in(phone.context, live_server.url, host)
    phone.goto(room)
    phone.context.set_offline(True)
    phone.get_by_label("Nota", exact=True).fill("Nadie publica los planos")
    phone.get_by_role("button", name="Dato").click()
    expect(phone.get_by_text("Sin conexión: 1 guardadas")).to_be_visible()
    phone.context.set_offline(False)
    phone.context.clear_cookies()  # the login ended meanwhile: being led to it is not taken for written down
    expect(phone.get_by_text("Sin enviar todavía: 1.")).to_be_visible(timeout=15_000)  # and it says how they get sent
    assert phone.evaluate("localStorage.length") == 1 and not session.contributions.exists()
    sign_in(phone.context, live_server.url, GesocFactory())
    phone.goto(room)
    phone.wait_for_timeout(1_000)
    assert phone.evaluate("localStorage.length") == 1 and not session.contributions.exists()
    sign_in(phone.context, live_server.url, host)
    phone.goto(room)
    expect(phone.get_by_text("Nadie publica los planos", exact=True)).to_be_visible(timeout=15_000)
    assert session.contributions.get().captured_by == host
    Session.objects.filter(pk=session.pk).update(confidentiality="reservada")
    for page in ("", "llegada/"):
        phone.goto(room + page)
        assert phone.locator("form[data-queue], script[src*='queue']").count() == 0


def test_what_the_server_refuses_once_it_is_reached_is_shown_and_a_name_being_typed_is_not_erased(phone, live_server):
    session, host = running(), GesocFactory()
    row = RegistrationFactory(session=session)
    said = "Muy larga. " * 300
    sign_in(phone.context, live_server.url, host)
    door, room = (f"{live_server.url}/dialogos/{session.slug}/sala/{page}" for page in ("llegada/", ""))
    phone.goto(room)
    phone.context.set_offline(True)
    phone.get_by_label("Nota", exact=True).evaluate("(area, said) => area.value = said", said)  # past its maxlength
    phone.get_by_role("button", name="Dato").click()
    expect(phone.get_by_text("Sin conexión: 1 guardadas")).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.get_by_text("2000 caracteres").first).to_be_visible(timeout=15_000)
    assert phone.get_by_label("Nota", exact=True).input_value().strip() == said.strip()
    assert (session.contributions.count(), phone.evaluate("localStorage.length")) == (0, 0)
    phone.get_by_label("Nota", exact=True).fill("Corta")  # what follows is a page, not the refused note once more
    phone.get_by_role("button", name="Dato").click()
    expect(phone.locator("ul.log")).to_contain_text("Corta")
    expect(phone.get_by_text("2000 caracteres")).to_have_count(0)

    phone.goto(f"{door}{row.key}/")  # the code on somebody's phone
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Ya llegó").click()
    expect(phone.get_by_role("button", name="Aquí, espera para enviarse")).to_be_disabled()
    phone.context.set_offline(False)
    expect(phone.get_by_text("está aquí.")).to_be_visible(timeout=15_000)
    assert Attendance.objects.get(registration=row).method == "qr"

    other = RegistrationFactory(session=session, person__full_name="Rosa Uc")
    phone.goto(door)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Ya llegó : Rosa Uc").click()
    expect(phone.get_by_text("Sin conexión: 1 guardadas")).to_be_visible()
    phone.get_by_label("Nombre", exact=True).fill("Luz Pa")
    phone.context.set_offline(False)
    expect(phone.get_by_text("Sin conexión")).to_have_count(0, timeout=15_000)
    assert phone.get_by_label("Nombre", exact=True).input_value() == "Luz Pa"
    assert Attendance.objects.filter(registration=other).exists()


def test_what_waits_is_erased_after_a_day_and_of_a_reserved_dialogue_nothing_waits(phone, live_server):
    session = running()
    (table,) = set_tables(session=session, questions=("¿Qué falta?",), by=UserFactory())
    url = f"{live_server.url}/mesa/{open_table(table=table, by=UserFactory())}/"
    phone.goto(url)
    phone.context.set_offline(True)
    phone.get_by_label("Nota", exact=True).fill("Vieja")
    phone.get_by_role("button", name="Dato").click()
    expect(phone.get_by_text("Sin conexión: 1 guardadas")).to_be_visible()
    phone.evaluate(
        """() => { const name = Object.keys(localStorage)[0]; const kept = JSON.parse(localStorage[name]);
        kept[0].at -= 25 * 3600 * 1000; localStorage[name] = JSON.stringify(kept); }"""
    )
    phone.context.set_offline(False)
    phone.goto(url)
    phone.wait_for_function("localStorage.length === 0")
    assert session.contributions.count() == 0
    Session.objects.filter(pk=session.pk).update(confidentiality="reservada")
    phone.goto(url)
    assert phone.locator("form[data-queue]").count() == 0
    assert phone.locator("script[src*='queue']").count() == 0
