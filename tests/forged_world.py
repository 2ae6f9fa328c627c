"""What the test of forged requests knows beside the permission matrix: data that a form takes, names of others' things.

A new object kind is one line: of SAVES, if its form needs data; of CHOICES or QUERIES, if a form or an address names
another object; of LINKS, if a personal link opens it.
"""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from dialogues.forms.figures import bodies
from dialogues.models import Attendance, Commitment, MinutesRevision, Series, Table, VoteRound
from dialogues.services import votes
from municipalities.models import Municipality
from partners.models import Person
from partners.services import save_person
from projects import models
from tests import permission_network, projects_world
from tests.factories.commitments import CommitmentFactory
from tests.factories.datasets import SourceFactory, SourceFileFactory
from tests.factories.dialogues import InvitationFactory, RegistrationFactory, SeriesFactory, SessionFactory
from tests.factories.partners import MembershipFactory, OrganisationFactory, PersonFactory, UserFactory
from tests.factories.projects import EvidenceFactory, PartnerFactory
from tests.permission_world import Side
from tests.pictures import picture

DAY = "2026-01-01"
LATER = (timezone.localdate() + datetime.timedelta(days=60)).isoformat()

CHALLENGE = {"title": "Reto", "statement": "No se publica", "visibility": "privada"}
PROJECT = {"title": "Proyecto", "problem_statement": "Falta", "scope": "nacional", "visibility": "privada"}
NOTE = {"title": "Nota", "lede": "Algo", "body": "Texto", "authors": "Ana", "language": "es-mx", "licence": "CC BY 4.0"}
OUTCOME = {
    "actor": "Ecología",
    "what_changed": "Publica",
    "significance": "Importa",
    "contribution": "La mesa",
    "on": DAY,
    "kind": "practica",
    "level": "1",
    "visibility": "privada",
}
DOCUMENT = {
    "document_title": "Plan",
    "document_url": "https://ejemplo.example/plan.pdf",
    "document_page": "12",
    "as_of": DAY,
    "reading": "Promete",
    "does_not_say": "Cuánto",
    "visibility": "privada",
}
SESSION = {
    "title": "¿Por qué no hay agua?",
    "purpose": "Hablar",
    "method": "mesa",
    "scope": "municipal",
    "registration": "por_invitacion",
    "visibility": "publica",
    "confidentiality": "abierta",
    "day": LATER,
    "start": "10:00",
    "end": "12:00",
    "modality": "presencial",
    "venue": "Plaza",
}
WHEN = ("day", "start", "end", "modality", "venue", "municipality")
WATCH = {
    "url": "https://ejemplo.example/gasto.csv",
    "name": "Gasto",
    "publisher": "Municipio",
    "cadence": "weekly",
}
AGENDA = {
    "form-TOTAL_FORMS": "1",
    "form-INITIAL_FORMS": "0",
    "form-0-title": "Bienvenida",
    "form-0-minutes": "10",
    "form-0-kind": "otra",
}
FIGURE = {"about": "expenditure::", "year": "2026", "moment": "approved", "direction": "al_menos", "target": "100"}
ROUND = {
    "question": "¿Qué va primero?",
    "options": "Obra\nAgua",
    "method": "aprobacion",
    "electorate": "asistentes",
    "points": "5",
    "most": "3",
}


def _partner(side: Side) -> int:
    """The number of the organisation, which takes part in its own project too."""
    project = _project(side)
    if not project.partners.filter(organisation=side.organisation).exists():
        PartnerFactory(project=project, organisation=side.organisation, state="aceptada")
    return side.organisation.pk


def _asked(data: dict[str, Any]) -> dict[str, Any]:
    models.GuidingQuestion.objects.create(order=1, text="¿Cuánto?")
    return data


def _dialogue(side: Side) -> dict[str, Any]:
    return SESSION | {
        "host_organisation": side.organisation.pk,
        "municipality": str(Municipality.objects.earliest("pk")),
    }


def _file(side: Side) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("gasto.csv", b"Partida,Aprobado\n1130,200.00\n", "text/csv")}


def _list() -> SimpleUploadedFile:
    return SimpleUploadedFile("personas.csv", b"nombre,correo\nLuz Pat,luz.pat@ejemplo.example\n", "text/csv")


def _picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("calle.png", picture("PNG"), "image/png")


def _member(side: Side) -> Any:
    return MembershipFactory(organisation=side.organisation).user


# Address -> data with which its form saves on the own side, where the matrix has none.
SAVES: dict[str, Any] = {
    "projects:create": lambda side: PROJECT | {"lead_organisation": side.organisation.pk},
    "projects:digest": lambda side: {"weekday": "3", "hour": "7"},
    "projects:members": lambda side: {"email": _colleague(side), "role": "colaboracion"},
    "projects:edit_entry": lambda side: {"text": "Otra cosa", "kind": "reunion", "on": DAY, "visibility": "privada"},
    "projects:activities": lambda side: {
        "title": "Ir",
        "kind": "hito",
        "due_on": DAY,
        "organisation": _partner(side),
    },
    "projects:hypothesis": lambda side: {"if_text": "x", "then_text": "y", "because_text": "z", "reason": "Vimos más"},
    "projects:indicators": lambda side: {"name": "n", "definition": "d", "unit": "u", "direction": "sube"},
    "projects:indicator": lambda side: {"value": "3", "as_of": DAY},
    "projects:start_trail": lambda side: _asked({"title": "t", "programme": "p"}),
    "projects:write_gap": lambda side: {"what_is_missing": "El padrón"},
    "projects:edit_outcome": lambda side: OUTCOME,
    "projects:ask_substantiation": lambda side: {"full_name": "Rosa", "email": "rosa@ejemplo.example"},
    "projects:write_challenge": lambda side: CHALLENGE,
    "projects:edit_challenge": lambda side: CHALLENGE,
    "projects:document": lambda side: DOCUMENT,
    "projects:write_research": lambda side: NOTE | {"organisation": side.organisation.pk},
    "projects:edit_research": lambda side: NOTE | {"organisation": side.organisation.pk},
    "dialogues:create": _dialogue,
    "dialogues:prepare": lambda side: SESSION | {"host_organisation": side.organisation.pk},
    "datasets:upload": _file,
    "datasets:new_watch": lambda side: WATCH,
    "datasets:change_watch": lambda side: WATCH | {"steward": _member(side).pk},
    "dialogues:add_contact": lambda side: {"full_name": "Luz Pat", "email": "luz.pat@ejemplo.example"},
    "dialogues:agenda": lambda side: AGENDA,
    "dialogues:availability": lambda side: {"day": LATER},
    "dialogues:calendars": lambda side: {"owner": "persona"},
    "dialogues:cancel": lambda side: {"reason": "Llueve"},
    "dialogues:move": lambda side: {name: _dialogue(side)[name] for name in WHEN} | {"action": "later"},
    "dialogues:commitment_figure": lambda side: FIGURE | {"public_body": bodies(Commitment.objects.latest("pk"))[0].pk},
    "dialogues:note_to_challenge": lambda side: {"title": "Nadie publica los planos"},
    "dialogues:prepare_round": lambda side: ROUND,
    "dialogues:room_commitment": lambda side: {
        "text": "Publicar los planos",
        "responsible": side.organisation.name,
        "due_on": LATER,
        "verification": "Están en la página",
    },
    "projects:edit": lambda side: PROJECT | {"lead_organisation": side.organisation.pk},
    "projects:partners": lambda side: {"organisation": OrganisationFactory().name, "role": "asesora"},
    "dialogues:sheet_photos": lambda side: {"upload": _picture()},
    "projects:research_images": lambda side: {"upload": _picture(), "alt": "Una calle"},
    "partners:new_relationship": lambda side: {
        "to_organisation": OrganisationFactory().name,
        "type": "alianza",
        "visibility": "publica",
        "since": DAY,
    },
    "partners:import_list": lambda side: {"kind": "people", "source": "Foro", "file": _list()},
    "partners:export_people": lambda side: {"reason": "Un informe"},
    "partners:export_organisations": lambda side: {"reason": "Un informe"},
    "partners:new_organisation": lambda side: {"name": "Nueva", "kind": "osc", "status": "activa", "since": DAY},
}


def _colleague(side: Side) -> str:
    return str(MembershipFactory(organisation=side.organisation).user.email)


class Choice(NamedTuple):
    """A form of the own side in which `field` names something of another's."""

    url: str
    field: str
    named: Any
    role: str = "coordinator"
    more: dict[str, str] = {}  # never changed


def _unpublished() -> Any:
    """The source of a file of which nothing is published."""
    source = SourceFactory()
    SourceFileFactory(source=source)
    return source


def _project(side: Side) -> models.Project:
    return projects_world.project_of(side)


def _used(side: Side) -> models.Evidence:
    """A private card of another organisation."""
    return EvidenceFactory(organisation=side.organisation, visibility="privada")


CHOICES = (
    Choice("projects:create", "lead_organisation", lambda side: side.organisation.pk, "member"),
    Choice("projects:write_challenge", "project", lambda side: _project(side).pk, "member"),
    Choice("projects:write_challenge", "cause_of", lambda side: projects_world.challenge(side).pk, "member"),
    Choice("projects:edit_challenge", "project", lambda side: _project(side).pk),
    Choice("projects:edit_challenge", "cause_of", lambda side: projects_world.challenge(side).pk),
    Choice("projects:edit", "lead_organisation", lambda side: side.organisation.pk),
    Choice("projects:members", "organisation", lambda side: side.organisation.pk),
    Choice("projects:edit_entry", "organisations", lambda side: side.organisation.pk),
    Choice("projects:edit_research", "translation_of", lambda side: projects_world.research_note(side).pk, "member"),
    Choice("projects:gap", "publish-source", lambda side: _unpublished().pk, more={"do": "publish"}),
    Choice("partners:affiliate", "organisation", lambda side: side.organisation.name),
    Choice("datasets:change_watch", "steward", lambda side: _member(side).pk, "member"),
    Choice("dialogues:create", "team", lambda side: permission_network._contact(side).full_name, "facilitator"),
    Choice(
        "dialogues:add_role",
        "team",
        lambda side: permission_network._contact(side).full_name,
        "facilitator",
        more={"role": "facilita"},
    ),
    Choice("dialogues:room_commitment", "responsible_person", lambda side: PersonFactory().pk, "gesoc"),
    Choice("dialogues:room_commitment", "challenge", lambda side: projects_world.challenge(side).pk, "gesoc"),
    Choice(
        "projects:move_challenge",
        "into",
        lambda side: projects_world.challenge(side).key,
        more={"state": "fusionado", "reason": "Es el mismo"},
    ),
    Choice("projects:start_trail", "challenge", lambda side: projects_world.challenge(side).pk),
    Choice("projects:trail_answer", "evidence", lambda side: _used(side).pk),
    Choice("projects:indicators", "fed_by", lambda side: _used(side).pk),
    Choice("projects:activities", "organisation", lambda side: side.organisation.pk),
    Choice("projects:activities", "user", lambda side: UserFactory().pk),
    Choice("projects:members", "email", lambda side: UserFactory().email),
    Choice("projects:write_entry", "organisations", lambda side: side.organisation.pk),
    Choice("projects:write_outcome", "evidence", lambda side: _used(side).pk),
    Choice("projects:edit_outcome", "evidence", lambda side: _used(side).pk),
    Choice("projects:document", "use_for", lambda side: f"p:{_project(side).slug}", "member"),
    Choice("projects:document", "use_for", lambda side: f"r:{projects_world.challenge(side).key}", "member"),
    Choice("projects:use_evidence", "use_for", lambda side: f"p:{_project(side).slug}", "member"),
    Choice("projects:use_evidence", "use_for", lambda side: f"r:{projects_world.challenge(side).key}", "member"),
    Choice("projects:write_research", "organisation", lambda side: side.organisation.pk, "member"),
    Choice("projects:write_research", "projects", lambda side: _project(side).pk, "member"),
    Choice("projects:write_research", "translation_of", lambda side: projects_world.research_note(side).pk, "member"),
    Choice("projects:edit_research", "organisation", lambda side: side.organisation.pk),
    Choice("projects:edit_research", "projects", lambda side: _project(side).pk),
    Choice("act_for", "organisation", lambda side: side.organisation.slug, "member"),
    Choice("dialogues:calendars", "organisation", lambda side: side.organisation.slug, "member"),
    Choice("dialogues:create", "host_organisation", lambda side: side.organisation.pk, "facilitator"),
    Choice("dialogues:create", "projects", lambda side: _project(side).pk, "facilitator"),
    Choice("dialogues:create", "series", lambda side: _told_series(side).pk, "facilitator"),
    Choice("dialogues:prepare", "series", lambda side: _told_series(side).pk, "facilitator"),
    Choice("dialogues:edit_series", "project", lambda side: _project(side).pk, "facilitator"),
    Choice("dialogues:prepare", "host_organisation", lambda side: side.organisation.pk, "facilitator"),
    Choice("dialogues:prepare", "projects", lambda side: _project(side).pk, "facilitator"),
)


# Fields that name what everybody may name: reference data, organisations that the directory lists.
PUBLIC = {"municipality", "municipalities", "states", "public_body"}
NAMES_ANYBODY = {
    ("projects:partners", "organisation"): "any that takes part in the network; it has to accept",
    ("partners:new_relationship", "to_organisation"): "any that takes part in the network",
    ("dialogues:room_commitment", "responsible"): "any that takes part in the network; it has to accept",
    ("dialogues:prepare", "team"): "sent to dialogues:add_role",
    ("dialogues:note_to_challenge", "evidence"): "the matrix has GESOC alone there, which sees every card",
}


class Query(NamedTuple):
    """An address that names another's object in its query, and what must not stand on the page."""

    url: str
    query: Any
    secret: Any


SECRET = "Secreto de otra organización"


def _told_project(side: Side) -> str:
    project = _project(side)
    models.Project.objects.filter(pk=project.pk).update(title=SECRET)
    return project.slug


def _told_series(side: Side) -> Series:
    """Of another organisation, with no dialogue that anybody else sees."""
    series: Series = SeriesFactory(host_organisation=side.organisation, title=SECRET)
    return series


QUERIES = (
    Query("dialogues:create", lambda side: {"serie": _told_series(side).key}, SECRET),
    Query("projects:write_challenge", lambda side: {"proyecto": _told_project(side)}, SECRET),
    Query("projects:document", lambda side: {"para": f"p:{_told_project(side)}"}, SECRET),
    Query("projects:freeze", lambda side: {"fila": f"{side.release.pk}.1"}, "1130"),
    Query("projects:directory", lambda side: {"q": _told_project(side) and "Secreto"}, SECRET),
    Query("search", lambda side: {"q": _told_project(side) and "Secreto"}, SECRET),
)


class Opened(NamedTuple):
    """What a personal link opens: the page, what the link is for, its subject made new, and what its form sends."""

    purpose: str
    url: str
    subject: Any
    data: dict[str, Any]


def _person() -> Person:
    return save_person(person=Person(full_name="Rosa", email="rosa@ejemplo.example"), by=None)


def _substantiation(side: Side) -> tuple[str, Person]:
    asked = models.Substantiation.objects.create(outcome=projects_world.outcome(side), person=_person())
    models.Outcome.objects.filter(pk=asked.outcome_id).update(state="en_verificacion")
    return str(asked.key), asked.person


def _contact(side: Side) -> tuple[str, Person]:
    from partners import services

    services.ensure_notices()
    person = permission_network._contact(side)
    return str(person.key), person


def _invited(side: Side) -> tuple[str, Person]:
    """Invited, and they have a place already."""
    row = InvitationFactory(session=_planned(side))
    RegistrationFactory(session=row.session, person=row.person)
    return str(row.key), row.person


def _registered(side: Side) -> tuple[str, Person]:
    row = RegistrationFactory(session=_planned(side))
    return str(row.key), row.person


def _planned(side: Side) -> Any:
    return SessionFactory(host_organisation=side.organisation, state="convocada", visibility="publica")


def _held(side: Side) -> Any:
    return SessionFactory(host_organisation=side.organisation, state="realizada", visibility="publica")


def _way_in(side: Side) -> tuple[str, Person]:
    user = UserFactory()
    user.set_unusable_password()
    user.save()
    return MembershipFactory(organisation=side.organisation, user=user, state="invitada").subject, _person()


def _vote(side: Side) -> tuple[str, Person]:
    row, by = RegistrationFactory(session=_planned(side)), UserFactory()
    Attendance.objects.create(registration=row, mode="presencial", at=timezone.now(), method="lista")
    draft = VoteRound(session=row.session, question="¿Qué va primero?")
    prepared = votes.prepare_round(round=draft, by=by, texts=("Obra", "Agua"), challenges=())
    return str(votes.open_round(round=prepared, by=by).key), row.person


def _table(side: Side) -> tuple[str, Person]:
    session = _planned(side)
    Table.objects.create(session=session, round=1, number=1, question="¿Qué falta?")
    return f"{session.key}/1/1", _person()


def _minutes(side: Side) -> tuple[str, Person]:
    session = _held(side)
    ends = timezone.now() + datetime.timedelta(days=1)
    MinutesRevision.objects.create(session=session, number=1, body="Texto", state="en_revision", review_until=ends)
    return str(session.key), _person()


def _commitment(side: Side) -> tuple[str, Person]:
    return str(CommitmentFactory(responsible=side.organisation, state="aceptado").key), _person()


LINKS = (
    Opened("consent", "partners:decisions", _contact, {"purposes": "novedades"}),
    Opened("unsubscribe", "partners:unsubscribe", _contact, {}),
    Opened("way_in", "partners:way_in", _way_in, {}),
    Opened("substantiation", "projects:substantiate", _substantiation, {"verdict": "de_acuerdo"}),
    Opened("invitation", "dialogues:answer", _invited, {"answer": "no"}),
    Opened("invitation", "dialogues:answer_entry", _invited, {}),
    Opened("registration", "dialogues:place", _registered, {"answer": "cancel"}),
    Opened("registration", "dialogues:place_entry", _registered, {}),
    Opened("vote", "dialogues:vote_by_link", _vote, {"cast": ""}),
    Opened("table", "dialogues:host_table", _table, {"text": "Falta el padrón", "kind": "dato"}),
    Opened("minutes", "dialogues:comment_minutes", _minutes, {"text": "Falta mi parte"}),
    Opened("commitment", "dialogues:answer_commitment", _commitment, {"postpone": "", "due_on": LATER, "reason": "x"}),
)
