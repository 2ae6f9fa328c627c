"""The example that takes place now: people arriving, notes of two tables, a vote that is open."""

from __future__ import annotations

import datetime

from django.utils import timezone

from dialogues import clock, services
from dialogues.models import Session, VoteRound
from dialogues.presets import PRESETS
from dialogues.services import room as in_room
from dialogues.services import seating, votes
from municipalities.models import Municipality
from partners.demo import EXAMPLE, LOGINS, STAFF
from partners.models import Organisation, User
from projects.models import Challenge, Evidence, Project

from .room import Guest, Said, arrive, seat, shift, vote, write_down

TITLE = f"¿Qué calles seguimos hasta la entrega? {EXAMPLE}"
PROJECT = "pavimento-con-lupa"
# The vote is the fourth part of the agenda: welcome, data and tables are over.
BEFORE_THE_VOTE = datetime.timedelta(minutes=75)
GUESTS: tuple[Guest, ...] = (
    ("Graciela Montes", "ciudadania", ""),
    ("Aurelio Cisneros", "ciudadania", ""),
    ("Dalia Sifuentes", "ciudadania", ""),
    ("Efraín Robles", "ciudadania", ""),
    ("Norma Zúñiga", "ciudadania", ""),
    ("Pablo Villarreal", "osc", "laguna-abierta"),
    ("Irma Castañeda", "osc", "laguna-abierta"),
    ("Octavio Reyna", "academia", "seminario-de-hacienda-local"),
    ("Beatriz Luján", "gobierno", ""),
    ("Ramiro Esquivel", "gobierno", ""),
    ("Yolanda Prado", "sector_privado", ""),
    ("Fermín Aldape", "medios", ""),
)
ARRIVED = 10
NOTES: tuple[Said, ...] = (
    (3, 1, "problema", "ciudadania", "Abrieron la misma calle tres veces en un año y nadie avisó por qué."),
    (3, 1, "causa", "gobierno", "Agua y pavimento se contratan por separado y no comparten calendario."),
    (3, 1, "dato", "osc", "El archivo de contratos dice monto y procedimiento, pero no los metros de cada calle."),
    (3, 2, "duda", "academia", "¿Quién firma de recibido cuando la obra termina, y dónde se publica esa acta?"),
    (3, 2, "propuesta", "ciudadania", "Visitar cada calle el día de la entrega, con el contrato impreso en la mano."),
    (3, 2, "problema", "sector_privado", "Las empresas chicas se enteran de la invitación cuando ya cerró."),
    (3, 0, "propuesta", "medios", "Publicar una foto con fecha de cada tramo, antes y después."),
)
QUESTION = "¿Qué revisamos primero?"
OPTIONS = ("Actas de entrega de cinco calles", "Calles que se abren más de una vez", "Cómo se avisa a las empresas")
BALLOTS = ((1, 3, 1, 0), (2, 2, 0, 1), (0, 3, 0, 2), (3, 1, 1, 0), (1, 1, 0, 3), (2, 3, 0, 0))


def open_room(*, by: User) -> Session:
    session = services.propose_session(
        session=_session(),
        team=[User.objects.get(email=LOGINS[1].email)],
        projects=Project.objects.filter(slug=PROJECT),
        agenda=[item._replace(led_by=item.led_by or "Laguna Abierta") for item in PRESETS["mesa"].items],
        targets={"ciudadania": (3, 6), "osc": (2, 4), "academia": (1, 3), "gobierno": (2, 4), "medios": (1, 3)},
        by=by,
    )
    services.set_tables(session=session, questions=("¿Qué vemos en la calle?", "¿Qué falta en los documentos?"), by=by)
    session = services.announce_session(session=session, by=by)
    rows = seat(session, GUESTS, by=by)
    session = shift(session, timezone.now() - BEFORE_THE_VOTE, by=by)
    session = services.start_session(session=session, by=by)
    arrive(rows[:ARRIVED], session.starts_at, by=by)
    seating.mix_people(session=session, by=by, only_arrived=True)
    write_down(session, NOTES, by=by)
    card = Evidence.objects.filter(uses__challenge__project__slug=PROJECT, visibility="publica").first()
    if card is not None:
        in_room.show_evidence(session=session, evidence=card, by=by)
    _vote(session, by)
    return session


def keep_open() -> None:
    """On another day it is today's again: a room that closed yesterday shows nothing of what a room does."""
    session = Session.objects.filter(title=TITLE, state=Session.State.RUNNING).first()
    if session is not None and session.ends_at <= timezone.now():
        shift(session, timezone.now() - BEFORE_THE_VOTE, by=User.objects.get(email=STAFF.email))


def _session() -> Session:
    municipality = Municipality.objects.get(code="05035")
    tomorrow = clock.wall(timezone.now(), municipality.time_zone) + datetime.timedelta(days=1)
    starts = tomorrow.replace(second=0, microsecond=0)
    return Session(
        title=TITLE,
        purpose="Escoger, con los contratos enfrente, las cinco calles que seguiremos hasta que se entreguen.",
        municipality=municipality,
        tz=municipality.time_zone,
        local_start=starts,
        local_end=starts + datetime.timedelta(minutes=PRESETS["mesa"].minutes),
        host_organisation=Organisation.objects.get(slug="laguna-abierta"),
        modality=Session.Modality.IN_PERSON,
        venue="Salón de ejemplo, Casa de la Cultura",
        accessibility="Entrada sin escalones; hay intérprete de señas.",
        capacity_in_person=25,
        registration=Session.RegistrationRule.OPEN,
        visibility="publica",
        is_example=True,
    )


def _vote(session: Session, by: User) -> None:
    challenge = Challenge.objects.filter(project__slug=PROJECT, visibility="publica").order_by("pk")[:1]
    draft = votes.prepare_round(
        round=VoteRound(session=session, question=QUESTION), texts=OPTIONS, challenges=challenge, by=by
    )
    found = votes.open_round(round=draft, by=by)
    options = found.options.count()
    vote(found, [dots[:options] for dots in BALLOTS])
