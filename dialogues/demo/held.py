"""The example that was held three weeks ago: priorities, a decision, minutes, and what became of what was promised."""

from __future__ import annotations

import datetime

from django.utils import timezone

from dialogues import clock, services
from dialogues.models import Session, VoteRound
from dialogues.presets import PRESETS
from dialogues.services import minutes, votes
from municipalities.models import Municipality
from partners.demo import EXAMPLE, LOGINS
from partners.models import Organisation, User
from partners.services import save_organisation
from projects.models import Project

from .promises import promise
from .room import Guest, Said, arrive, seat, shift, vote, write_down

TITLE = f"¿Qué obras de la costa tienen permiso? {EXAMPLE}"
PROJECT = "costas-a-la-vista"
# It is announced for tomorrow.
BACK = datetime.timedelta(weeks=3, days=1)
OFFICE = f"Dirección Municipal de Ecología {EXAMPLE}"
OFFICE_SLUG = "direccion-municipal-de-ecologia-ejemplo"
GUESTS: tuple[Guest, ...] = (
    ("Rosalía Chan", "ciudadania", ""),
    ("Wilberth Poot", "ciudadania", ""),
    ("Amalia Dzib", "ciudadania", ""),
    ("Genaro Koh", "ciudadania", ""),
    ("Leticia Balam", "ciudadania", ""),
    ("Jacinto May", "ciudadania", ""),
    ("Aurora Tun", "osc", "litoral-vivo"),
    ("Damián Cauich", "osc", "litoral-vivo"),
    ("Paulina Novelo", "osc", "laguna-abierta"),
    ("Ernesto Cámara", "osc", "litoral-vivo"),
    ("Silvia Ek", "osc", "litoral-vivo"),
    ("Mauricio Alcocer", "gobierno", OFFICE_SLUG),
    ("Teresa Canto", "gobierno", OFFICE_SLUG),
    ("Joaquín Sansores", "medios", "voz-de-la-costa"),
    ("Elena Baeza", "sector_privado", ""),
    ("Ricardo Lope", "sector_privado", ""),
)
ARRIVED = 14
NOTES: tuple[Said, ...] = (
    (2, 0, "dato", "osc", "La cuenta pública dice cuánto se gastó por capítulo; no dice en qué playas."),
    (3, 1, "problema", "ciudadania", "Nos enteramos de la obra cuando ya está la barda. El permiso nunca se vio."),
    (3, 1, "causa", "gobierno", "Los permisos se guardan en papel, por folio y no por lugar."),
    (3, 1, "duda", "medios", "¿Quién puede pedir ver un permiso, y en cuántos días se lo enseñan?"),
    (3, 2, "dato", "ciudadania", "En el recorrido marcamos nueve obras; de cuatro nadie encontró el permiso."),
    (3, 2, "propuesta", "osc", "Que se publiquen todos, también los de los hoteles, para que la regla sea pareja."),
    (3, 2, "propuesta", "osc", "Empezar por el listado con coordenadas y dejar los planos para después."),
)
QUESTION = "¿Por dónde empezamos?"
OPTIONS = (
    "Listado de permisos con coordenadas",
    "Registro mensual de multas ambientales",
    "Planos de las obras ya autorizadas",
    "Ruta para reportar una obra sin permiso",
)
BALLOTS = (
    *((3, 1, 0, 1), (2, 2, 0, 1), (3, 0, 1, 1), (3, 1, 1, 0), (1, 3, 0, 1), (2, 1, 0, 2), (3, 2, 0, 0)),
    *((2, 0, 2, 1), (3, 1, 0, 1), (1, 1, 3, 0), (2, 3, 0, 0), (0, 3, 1, 1), (3, 0, 0, 2)),
)
DECIDED = "Se pide primero el listado de permisos con coordenadas; los planos se piden después."
REASONS = "Fue lo más votado y la dirección puede empezar con lo que ya tiene. Un plano sin lugar no ayuda a nadie."
WROTE_DOWN = "La mesa agradece a quienes hicieron el recorrido. Los nombres de las personas no aparecen en esta minuta."


def tell(*, by: User) -> Session:
    office = _office(by)
    session = services.propose_session(
        session=_session(),
        team=[User.objects.get(email=LOGINS[2].email)],
        projects=Project.objects.filter(slug=PROJECT),
        agenda=[item._replace(led_by=item.led_by or "Litoral Vivo") for item in PRESETS["mesa"].items],
        targets={"ciudadania": (4, 6), "osc": (3, 5), "academia": (1, 2), "gobierno": (2, 3), "medios": (1, 2)},
        by=by,
    )
    services.set_tables(session=session, questions=("¿Qué no se puede ver?", "¿Qué sí sabemos ya?"), by=by)
    session = services.announce_session(session=session, by=by)
    rows = seat(session, GUESTS, by=by)
    session = shift(session, session.starts_at - BACK, by=by)
    session = services.start_session(session=session, by=by)
    arrive(rows[:ARRIVED], session.starts_at, by=by)
    write_down(session, NOTES, by=by)
    _decide(session, by)
    promise(session, office=office, by=by)
    session = services.hold_session(session=session, by=by)
    _publish(session, by)
    return session


def _office(by: User) -> Organisation:
    """Whoever promises for a municipality is no partner of the network."""
    found = Organisation.objects.filter(slug=OFFICE_SLUG).first()
    return found or save_organisation(
        organisation=Organisation(
            slug=OFFICE_SLUG,
            name=OFFICE,
            kind=Organisation.Kind.GOVERNMENT,
            status=Organisation.Status.CONTACT,
            is_network_partner=False,
            home_municipality=Municipality.objects.get(code="23005"),
            description="Oficina inventada, para que el ejemplo tenga quien se comprometa.",
        ),
        by=by,
    )


def _session() -> Session:
    municipality = Municipality.objects.get(code="23005")
    day = clock.today(municipality.time_zone, timezone.now()) + datetime.timedelta(days=1)
    starts = datetime.datetime.combine(day, datetime.time(17))
    return Session(
        title=TITLE,
        purpose="Vecinas, pescadores, hoteles y gobierno con el mismo mapa: qué se autoriza y cómo se puede ver.",
        municipality=municipality,
        tz=municipality.time_zone,
        local_start=starts,
        local_end=starts + datetime.timedelta(minutes=PRESETS["mesa"].minutes),
        host_organisation=Organisation.objects.get(slug="litoral-vivo"),
        modality=Session.Modality.IN_PERSON,
        venue="Domo de ejemplo, Puerto Juárez",
        accessibility="Hay rampa y sombra.",
        capacity_in_person=30,
        registration=Session.RegistrationRule.OPEN,
        visibility="publica",
        is_example=True,
    )


def _decide(session: Session, by: User) -> None:
    draft = votes.prepare_round(round=VoteRound(session=session, question=QUESTION, quorum=8), texts=OPTIONS, by=by)
    found = votes.open_round(round=draft, by=by)
    vote(found, BALLOTS)
    found = votes.close_round(round=found, by=by)
    votes.record_decision(
        session=session,
        round=found,
        text=DECIDED,
        reasons=REASONS,
        organisations=Organisation.objects.filter(slug__in=(OFFICE_SLUG, "litoral-vivo")),
        by=by,
    )


def _publish(session: Session, by: User) -> None:
    """The vote becomes public with the minutes."""
    body = f"{minutes.build_minutes(session)}\n\n{WROTE_DOWN}"
    first = minutes.save_minutes(session=session, body=body, base=0, by=by)
    minutes.publish_minutes(session=session, base=first.number, by=by)
