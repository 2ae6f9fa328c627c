"""Board, page, link of a reminder, exports and API of commitments; and the mails themselves."""

import csv
import hashlib
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from datasets.models import ClassNode
from dialogues.models import Commitment, SeenProof
from dialogues.services import commitments as change
from dialogues.services.commitment_mail import remind_commitments
from dialogues.services.proofs import see_proofs
from partners.models import OutboxMail
from partners.services import anonymise, deliver_mail, mint_link, person_of
from projects.models import Comment, EvidenceUse
from projects.services import write_comment
from tests.datasets.test_fetching import BODY, reply, serving
from tests.factories.commitments import CommitmentFactory
from tests.factories.datasets import MunicipalityFactory, PublicBodyFactory, ReleaseFactory, expenditure_cell, label
from tests.factories.dialogues import SessionFactory
from tests.factories.partners import GesocFactory, MembershipFactory, OrganisationFactory, PersonFactory, UserFactory
from tests.factories.projects import ChallengeFactory, EvidenceFactory, ProjectFactory

pytestmark = pytest.mark.django_db
BOARD = "/compromisos/"
NOON = datetime(2026, 7, 15, 18, tzinfo=UTC)  # 12:00 in Torreón


def texts(client, **query):
    return [commitment.text for commitment, _said in client.get(BOARD, query).context["rows"]]


@pytest.fixture
def today():
    with time_machine.travel(NOON, tick=False):
        yield date(2026, 7, 15)


def test_task_17_the_board_of_a_municipality_says_what_was_agreed_and_kept(client, today):
    other = MunicipalityFactory(code="23005")
    CommitmentFactory(text="Tarde", due_on=today - timedelta(days=24), slips=1, first_due_on=date(2026, 1, 31))
    CommitmentFactory(text="Pronto", due_on=today + timedelta(days=11))
    CommitmentFactory(text="Cumplido", state="verificado", due_on=today)
    CommitmentFactory(text="Privado", visibility="privada")
    CommitmentFactory(text="De otro lado", municipality=other)
    page = client.get(BOARD, {"municipio": "05035"})
    assert [c.text for c, _s in page.context["rows"]] == ["Tarde", "Pronto", "Cumplido"]
    html = page.content.decode()
    for said in ("Atrasado 24 días", "Vence en 11 días", "Aplazado una vez; la primera fecha fue 31 ene 2026"):
        assert said in html
    assert page.context["counts"].total == 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"situacion": "atrasado"}, ["Permisos de obra"]),
        ({"organizacion": "obras"}, ["Permisos de obra"]),
        ({"q": "inventário"}, ["Inventario de accesos"]),
        ({"q": "permisos", "situacion": "cumplido"}, []),
        ({"q": "torreon permisos"}, ["Permisos de obra"]),
        ({"q": "cozumel"}, []),
        ({"situacion": "nada"}, ["Permisos de obra", "Inventario de accesos"]),
    ],
)
def test_the_board_filters(client, today, query, expected):
    obras = OrganisationFactory(slug="obras", name="Obras Públicas")
    CommitmentFactory(text="Permisos de obra", responsible=obras, due_on=today - timedelta(days=1))
    CommitmentFactory(text="Inventario de accesos", due_on=today + timedelta(days=1))
    assert texts(client, **query) == expected


def test_the_board_asks_a_constant_number_of_times(client, django_assert_num_queries):
    CommitmentFactory()
    with CaptureQueriesContext(connection) as few:
        client.get(BOARD)
    for _ in range(3):
        CommitmentFactory(session=SessionFactory())
    with django_assert_num_queries(len(few)):
        client.get(BOARD)


def test_the_page_leads_back_to_challenge_and_rows_and_hides_what_is_private(client):
    challenge, hidden = ChallengeFactory(), EvidenceFactory(visibility="privada", reading="Cifra reservada")
    shown = EvidenceFactory(reading="120 millones en obra", rows=[{"release": 7, "line": 3, "row": 42}])
    for card in (hidden, shown):
        EvidenceUse.objects.create(evidence=card, challenge=challenge)
    official = PersonFactory(full_name="Rosa Elvira Canto")
    session = SessionFactory(visibility="privada", title="Mesa cerrada")
    found = CommitmentFactory(challenge=challenge, responsible_person=official, session=session)
    html = client.get(found.get_absolute_url()).content.decode()
    assert challenge.title in html
    assert "120 millones en obra" in html
    assert "/datos/versiones/7/filas/3/" in html
    for private in ("Cifra reservada", "Rosa Elvira", "Mesa cerrada"):
        assert private not in html
    client.force_login(MembershipFactory(organisation=found.responsible).user)
    assert "Rosa Elvira" in client.get(found.get_absolute_url()).content.decode()


def test_the_page_asks_a_constant_number_of_times(client, django_assert_num_queries):
    def commitment(cards):
        found = CommitmentFactory(challenge=ChallengeFactory())
        for _ in range(cards):
            EvidenceUse.objects.create(evidence=EvidenceFactory(), challenge=found.challenge)
            change.report_progress(commitment=found, by=UserFactory(), kept=False)
        return found.get_absolute_url()

    one, three = commitment(1), commitment(3)
    for address, times in ((one, 1), (three, 3)):
        for _ in range(times):
            found = Commitment.objects.get(key=address.strip("/").split("/")[-1])
            write_comment(target=found, text="¿Y el plano?", by=MembershipFactory().user)
    with CaptureQueriesContext(connection) as few:
        client.get(one)
    with django_assert_num_queries(len(few)):
        client.get(three)


def test_edge_25_of_a_proof_that_dies_the_hash_and_the_day_stay(client, settings):
    found, by = CommitmentFactory(), UserFactory()
    CommitmentFactory(is_example=True)
    with serving(reply) as (port, asked):
        settings.FETCH_ALSO = frozenset({("127.0.0.1", port)})
        url = f"http://127.0.0.1:{port}/acta.pdf"
        change.report_progress(commitment=found, by=by, kept=True, evidence_url=url)
        assert (see_proofs(), see_proofs(), len(asked)) == (1, 0, 1)
    change.verify_commitment(
        commitment=found, organisation=OrganisationFactory(), scale="completo", note="Lo vi", by=by, evidence_url=url
    )
    assert see_proofs() == 0  # it was seen, and the server is gone
    page = client.get(found.get_absolute_url()).content.decode()
    assert page.count(hashlib.sha256(BODY).hexdigest()) == 2 and "La vimos el" in page
    assert page.count("no guardamos copia, sólo su huella digital (SHA-256)") == 2
    for touch in (lambda rows: rows.update(sha256="0" * 64), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            touch(SeenProof.objects.all())


def test_edge_25_what_cannot_be_opened_is_said_and_tried_for_a_week(client, time_machine):
    time_machine.move_to(NOON, tick=False)
    found = CommitmentFactory(due_on=date(2026, 8, 1))
    change.report_progress(commitment=found, by=UserFactory(), kept=False, evidence_url="http://10.0.0.1/acta.pdf")
    assert (
        see_proofs() == 0 and "No se pudo abrir el 15 jul 2026" in client.get(found.get_absolute_url()).content.decode()
    )
    time_machine.move_to(NOON + timedelta(hours=21), tick=False)
    see_proofs()
    assert SeenProof.objects.get().at == NOON + timedelta(hours=21)
    time_machine.move_to(NOON + timedelta(days=8), tick=False)
    see_proofs()
    assert SeenProof.objects.get().at == NOON + timedelta(hours=21)


def test_the_network_comments_on_what_it_sees_and_whoever_runs_it_takes_away(client):
    maker = MembershipFactory(user__email="mesa@x.example").user
    found = CommitmentFactory(visibility="privada", created_by=maker)
    own, outsider, staff = MembershipFactory(organisation=found.responsible).user, MembershipFactory(), GesocFactory()
    person_of(user=maker)
    client.force_login(own)
    address = f"/comentarios/compromiso/{found.key}/"
    assert address in client.get(found.get_absolute_url()).content.decode()
    assert client.post(address, {"text": "Falta el plano", "network_only": "on"}).status_code == 302
    comment = Comment.objects.get()
    assert comment.target == found
    told = OutboxMail.objects.get(kind="comment")
    assert (told.to, "plano" in told.text, str(found.key) in told.text) == ("mesa@x.example", False, True)

    def reads(user):
        return list(Comment.objects.visible_to(user)) == [comment]

    assert [reads(user) for user in (own, maker, outsider.user, staff)] == [True, True, False, True]
    client.force_login(outsider.user)
    for path in (address, f"/comentarios/{comment.key}/"):
        assert client.get(path).status_code == 404
    Commitment.objects.update(visibility="publica")
    assert "Falta el plano" in client.get(found.get_absolute_url()).content.decode()
    removal = f"/comentarios/{comment.key}/quitar/"
    assert client.post(removal, {"reason": "No me gusta"}).status_code == 403
    client.logout()
    page = client.get(found.get_absolute_url()).content.decode()
    assert "Falta el plano" not in page and address not in page
    client.force_login(staff)
    assert client.post(removal, {"reason": "Nombra a una persona"}).headers["Location"].startswith(address)
    assert "Nombra a una persona" in client.get(found.get_absolute_url()).content.decode()


def test_reports_and_refusals_are_said(client):
    found = CommitmentFactory()
    client.force_login(MembershipFactory(organisation=found.responsible).user)
    page = client.post(f"/compromisos/{found.key}/avance/", {"kept": "", "evidence_url": "no es una liga"}, follow=True)
    assert "URL" in page.content.decode()
    client.post(f"/compromisos/{found.key}/avance/", {"kept": "", "note": "Listo"})
    found.refresh_from_db()
    assert found.state == "reportado_cumplido"
    page = client.post(f"/compromisos/{found.key}/aceptar/", follow=True)
    assert "así que esto no se puede hacer" in page.content.decode()


def test_edge_24_what_the_next_administration_inherits(client):
    CommitmentFactory(text="Abierto")
    CommitmentFactory(text="Roto", state="incumplido")
    CommitmentFactory(text="Cumplido", state="verificado")
    page = client.get("/compromisos/entrega/05035/")
    assert [c.text for c, _s in page.context["rows"]] == ["Abierto"]
    assert [c.text for c, _s in page.context["broken"]] == ["Roto"]


def test_edge_29_what_a_split_off_municipality_agreed_is_counted_with_the_old_one(client):
    old, young = MunicipalityFactory(code="02001"), MunicipalityFactory(code="02006")
    session = SessionFactory(municipality=old)
    before = CommitmentFactory(session=session, municipality=old, text="Antes")
    young.parents.add(old, MunicipalityFactory(code="02002"))
    CommitmentFactory(municipality=young, text="Después")
    session.refresh_from_db()
    before.refresh_from_db()
    assert (session.municipality_id, before.municipality_id) == ("02001", "02001")
    page = client.get("/compromisos/", {"municipio": "02001"})
    assert page.context["counts"].total == 2 and "se separó" in page.content.decode()
    assert {c.text for c, _s in client.get("/compromisos/entrega/02001/").context["rows"]} == {"Antes", "Después"}
    alone = client.get("/compromisos/", {"municipio": "02006"})
    assert alone.context["counts"].total == 1 and "se separó" not in alone.content.decode()


def test_edge_27_of_an_erased_official_the_office_stays(client):
    official = PersonFactory(full_name="Rosa Uc Poot")
    found = CommitmentFactory(office="Dirección de Obras", responsible_person=official)
    anonymise(person=official, by=None)
    for user in (None, GesocFactory()):
        if user:
            client.force_login(user)
        page = client.get(found.get_absolute_url()).content.decode()
        assert "Dirección de Obras" in page and "Rosa Uc" not in page
        assert ("Participante" in page) == bool(user)


# -- the link of a reminder ------------------------------------------------------------------------------------------------


def link_to(commitment, **fields):
    expires = datetime.now(UTC) + timedelta(days=30)
    fields = {"purpose": "commitment", "expires_at": expires, **fields}
    return "/compromisos/responder/" + mint_link(subject=str(commitment.key), **fields) + "/"


def test_task_12_one_button_of_the_page_behind_the_link_reports(client):
    found = CommitmentFactory(visibility="privada")
    url = link_to(found, person=PersonFactory())
    for _ in range(2):
        page = client.get(url)  # a scanner opens it too
        assert page.headers["Referrer-Policy"] == "strict-origin"
        assert not found.updates.exists()
    assert client.post(url, {"kept": "", "note": "Ya está en el sitio"}).status_code == 200
    found.refresh_from_db()
    update = found.updates.get()
    assert (found.state, update.through_link, update.by, update.organisation) == (
        "reportado_cumplido",
        True,
        None,
        found.responsible,
    )


def test_through_the_link_dates_move_and_disputes_are_left(client):
    found = CommitmentFactory()
    url = link_to(found)
    assert client.post(url, {"postpone": "", "due_on": "2030-01-01", "reason": ""}).status_code == 422
    client.post(url, {"postpone": "", "due_on": "2030-01-01", "reason": "Falta el plano"})
    client.post(url, {"dispute": "", "text": "Sólo la zona norte"})
    found.refresh_from_db()
    assert (found.due_on, found.slips, found.dispute) == (date(2030, 1, 1), 1, "Sólo la zona norte")


@pytest.mark.parametrize("fields", [{"purpose": "vote"}, {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}])
def test_a_link_for_something_else_or_out_of_time_opens_nothing(client, fields):
    found = CommitmentFactory()
    assert client.get(link_to(found, **fields)).status_code == 404
    assert client.post(link_to(found, **fields), {"kept": ""}).status_code == 404
    assert not found.updates.exists()


# -- reminders -------------------------------------------------------------------------------------------------------------


def reminded(commitment, *days):
    """Subjects queued when the beat runs every day of `days` before (negative: after) its date."""
    sent = []
    for day in days:
        moment = datetime(commitment.due_on.year, commitment.due_on.month, commitment.due_on.day, 18, tzinfo=UTC)
        moment -= timedelta(days=day)
        known = set(OutboxMail.objects.values_list("pk", flat=True))
        with time_machine.travel(moment, tick=False):
            remind_commitments()
            remind_commitments()
        sent += [(day, mail.subject) for mail in OutboxMail.objects.exclude(pk__in=known)]
    return sent


def test_reminders_come_seven_days_and_one_day_before_on_the_day_and_weekly_after():
    found = CommitmentFactory(text="Plano", responsible_person=PersonFactory(), due_on=date(2026, 9, 1))
    found.created_at = datetime(2026, 6, 1, tzinfo=UTC)
    found.save()
    assert reminded(found, *range(9, -16, -1)) == [
        (7, "Vence en 7 días: Plano"),
        (1, "Vence mañana: Plano"),
        (0, "Vence hoy: Plano"),
        (-7, "7 días de atraso: Plano"),
        (-14, "14 días de atraso: Plano"),
    ]


def test_edge_30_a_day_without_beat_is_caught_up_once():
    found = CommitmentFactory(text="Plano", responsible_person=PersonFactory(), due_on=date(2026, 9, 1))
    found.created_at = datetime(2026, 6, 1, tzinfo=UTC)
    found.save()
    assert reminded(found, 5, 4, -9) == [(5, "Vence en 5 días: Plano"), (-9, "9 días de atraso: Plano")]


def test_edge_31_what_was_promised_for_tomorrow_is_not_due_in_a_week():
    found = CommitmentFactory(responsible_person=PersonFactory(), due_on=date(2026, 9, 1), text="Plano")
    found.created_at = datetime(2026, 8, 30, 18, tzinfo=UTC)
    found.save()
    assert reminded(found, 2, 1) == [(1, "Vence mañana: Plano")]


def test_a_new_date_is_reminded_anew():
    found = CommitmentFactory(responsible_person=PersonFactory(), due_on=date(2026, 9, 1), text="Plano")
    found.created_at = datetime(2026, 6, 1, tzinfo=UTC)
    found.save()
    reminded(found, 7)
    found = change.postpone_commitment(commitment=found, due_on=date(2026, 10, 1), reason="x", by=UserFactory())
    assert reminded(found, 7) == [(7, "Vence en 7 días: Plano")]


@pytest.mark.parametrize("state", ["propuesto", "reportado_cumplido", "verificado", "incumplido", "cancelado"])
def test_nobody_is_reminded_of_what_is_not_running(state):
    found = CommitmentFactory(responsible_person=PersonFactory(), due_on=date(2026, 9, 1), state=state)
    assert reminded(found, 0) == []


def test_before_eight_in_the_morning_there_nobody_is_woken():
    found = CommitmentFactory(responsible_person=PersonFactory(), due_on=date(2026, 9, 1))
    found.created_at = datetime(2026, 6, 1, tzinfo=UTC)
    found.save()
    with time_machine.travel(datetime(2026, 9, 1, 13, 59, tzinfo=UTC), tick=False):  # 07:59 in Torreón
        assert remind_commitments() == 0
    with time_machine.travel(datetime(2026, 9, 1, 14, 0, tzinfo=UTC), tick=False):
        assert remind_commitments() == 1


def test_without_a_person_the_institution_is_written_to():
    found = CommitmentFactory(responsible__public_email="obras@torreon.example", due_on=date(2026, 9, 1))
    found.created_at = datetime(2026, 6, 1, tzinfo=UTC)
    found.save()
    CommitmentFactory(due_on=date(2026, 9, 1))  # nobody to write to
    reminded(found, 0)
    assert [mail.to for mail in OutboxMail.objects.all()] == ["obras@torreon.example"]


def test_the_mail_leads_to_its_page_and_its_stored_body_holds_no_token(client, mailoutbox):
    found = CommitmentFactory(responsible_person=PersonFactory(), due_on=date(2026, 9, 1))
    found.created_at = datetime(2026, 6, 1, tzinfo=UTC)
    found.save()
    with time_machine.travel(datetime(2026, 9, 1, 18, tzinfo=UTC), tick=False):
        remind_commitments()
        mail = OutboxMail.objects.get()
        assert "responder/" not in mail.text
        deliver_mail(mail_id=mail.pk)
        (sent,) = mailoutbox
        url = next(line for line in sent.body.splitlines() if "/compromisos/responder/" in line)
        assert client.post("/" + url.split("/", 3)[3], {"progress": ""}).status_code == 200
    found.refresh_from_db()
    assert found.state == "en_proceso"


# -- open data -------------------------------------------------------------------------------------------------------------


def test_exports_hold_public_ones_only_whoever_asks(client):
    official = PersonFactory(full_name="Rosa Elvira Canto")
    session = SessionFactory(visibility="privada", title="Mesa cerrada")
    public = CommitmentFactory(text="=Público", responsible_person=official, session=session)
    for visibility in ("red", "privada"):
        CommitmentFactory(visibility=visibility, responsible=public.responsible)
    client.force_login(MembershipFactory(organisation=public.responsible).user)
    cache.clear()
    text = b"".join(client.get("/compromisos.csv").streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    answers = [
        client.get("/compromisos.json").json()["commitments"],
        client.get("/api/v1/commitments/").json()["results"],
    ]
    assert [row["text"] for row in rows] == ["'=Público"]
    for found in answers:
        assert [row["text"] for row in found] == ["=Público"]
        assert "Rosa Elvira" not in str(found) and "Mesa cerrada" not in str(found)
    assert "Rosa Elvira" not in text and "Mesa cerrada" not in text


def test_days_are_those_of_the_place_and_not_of_utc(client):
    late = datetime(2026, 3, 1, 5, 30, tzinfo=UTC)  # half past eleven at night in Torreón
    project = ProjectFactory(visibility="publica")
    CommitmentFactory(created_at=late, project=project)
    cache.clear()
    (found,) = client.get("/api/v1/commitments/").json()["results"]
    assert found["agreed_on"] == "2026-02-28"
    assert "28 feb 2026" in client.get(f"{project.get_absolute_url()}novedades/").content.decode()


def test_the_api_pages_filters_and_says_what_it_does_not_know(client):
    cache.clear()
    for _ in range(3):
        CommitmentFactory()
    found = client.get("/api/v1/commitments/?municipality=05035&page_size=2&page=2").json()
    assert (found["count"], found["page"], len(found["results"])) == (3, 2, 1)
    assert client.get("/api/v1/commitments/?situation=nada").status_code == 400
    assert client.get("/api/v1/commitments/?municipality=23005").json()["count"] == 0


def test_the_api_answers_anew_after_a_change(client):
    cache.clear()
    found = CommitmentFactory()
    tag = client.get("/api/v1/commitments/").headers["ETag"]
    assert client.get("/api/v1/commitments/", HTTP_IF_NONE_MATCH=tag).status_code == 304
    Commitment.objects.filter(pk=found.pk).update(visibility="privada")
    answer = client.get("/api/v1/commitments/", HTTP_IF_NONE_MATCH=tag)
    assert (answer.status_code, answer.json()["count"]) == (200, 0)


def test_exports_ask_a_constant_number_of_times(client, django_assert_num_queries):
    def filled():
        found = CommitmentFactory(session=SessionFactory(), state="reportado_cumplido")
        change.verify_commitment(
            commitment=found, organisation=OrganisationFactory(), scale="limitado", note="x", by=UserFactory()
        )

    filled()
    with CaptureQueriesContext(connection) as few:
        client.get("/compromisos.json")
    for _ in range(2):
        filled()
    with django_assert_num_queries(len(few)):
        client.get("/compromisos.json")


# -- the figure that tells ---------------------------------------------------------------------------------------------


@pytest.fixture
def measured():
    """A commitment of Torreón, whose government published its budget; a card of it."""
    place = MunicipalityFactory(code="05035", name="Torreón")
    body = PublicBodyFactory(municipality=place, name="Municipio de Torreón")
    release = ReleaseFactory(public_body=body, year=2024)
    ClassNode.objects.get_or_create(
        classifier="object", code="6000", defaults={"level": "chapter", "name_es": "Inversión pública"}
    )
    expenditure_cell(release, "chapter", "6000", accrued="637143393.52", label=label("object", "Obra", code="6000"))
    card = EvidenceFactory(
        municipality=place,
        public_body=body,
        reading="Casi nada va a obra",
        query={"anio": "2024", "momento": "devengado"},
        values={"row": "6000 Inversión pública", "rows": [["6000", "", "Inversión pública", "637143393.52"]]},
    )
    card.releases.add(release)
    return CommitmentFactory(municipality=place), card


def test_a_commitment_is_measured_by_the_figure_of_a_card(client, measured):
    found, card = measured
    client.force_login(GesocFactory())
    page = client.get(f"{found.get_absolute_url()}cifra/", {"tarjeta": card.key})
    initial = page.context["form"].initial
    assert (initial["public_body"], initial["about"], initial["year"], initial["moment"]) == (
        card.public_body_id,
        "expenditure:chapter:6000",
        2024,
        "accrued",
    )
    sent = {name: initial[name] for name in ("public_body", "about", "year", "moment")}
    sent |= {"direction": "al_menos", "target": "700000000"}
    assert client.post(f"{found.get_absolute_url()}cifra/?tarjeta={card.key}", sent).status_code == 302
    client.logout()
    html = client.get(found.get_absolute_url()).content.decode()
    said = "Gasto: 6000 Inversión pública de Municipio de Torreón en 2024, devengado: $637,143,394."
    assert said in html
    assert "Debe ser al menos $700,000,000" in html
    assert "Fuera de la meta" in html
    assert found.evidence_uses.get().evidence == card
    assert found.updates.get().note.endswith("$700,000,000.")


def test_a_moment_of_revenue_does_not_measure_expenditure_and_what_is_over_is_not_measured(client, measured):
    found, card = measured
    client.force_login(GesocFactory())
    sent = {
        "public_body": card.public_body_id,
        "about": "expenditure::",
        "year": 2024,
        "moment": "collected",
        "direction": "al_menos",
        "target": "1",
    }
    page = client.post(f"{found.get_absolute_url()}cifra/", sent)
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["moment"])
    Commitment.objects.filter(pk=found.pk).update(state="verificado", kept_on=date(2026, 7, 1))
    page = client.post(f"{found.get_absolute_url()}cifra/", sent | {"moment": "accrued"})
    assert (page.status_code, page.context["form"].non_field_errors()) == (
        422,
        ["Este compromiso ya terminó: no se mide más."],
    )


def test_the_way_from_any_page_and_from_a_dialogue_to_what_was_agreed(client, today):
    session = SessionFactory(state="realizada")
    CommitmentFactory(text="Público", session=session)
    CommitmentFactory(text="Privado", session=session, visibility="privada")
    assert f'href="{BOARD}"' in client.get("/").content.decode()
    assert f'href="{BOARD}"' in client.get("/dialogos/").content.decode()
    page = client.get(session.get_absolute_url()).content.decode()
    assert "Público" in page
    assert "Privado" not in page
    assert f'href="{BOARD}?municipio={session.municipality_id}"' in page
