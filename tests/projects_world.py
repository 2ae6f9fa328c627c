"""Projects for the permission matrix: made when an address needs one, within the request's rolled-back transaction."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from partners.models import Person
from partners.services import mint_link, save_person
from projects import models, services
from tests.factories.partners import UserFactory
from tests.factories.projects import (
    ChallengeFactory,
    DataGapFactory,
    EvidenceFactory,
    PartnerFactory,
    ProjectFactory,
    ProjectMemberFactory,
)
from tests.pictures import picture


def project_of(side: Any) -> models.Project:
    """Private on the own, the other and the hidden side; public where the side is, for the network where it is closed."""
    visibility = "privada"
    if side.release.status == "published":
        visibility = "red" if side.file.has_personal_data else "publica"
    slug = f"p-{side.organisation.slug}-{visibility}"
    found = models.Project.objects.filter(slug=slug).first()
    return found or ProjectFactory(slug=slug, lead_organisation=side.organisation, visibility=visibility)


def partner(side: Any) -> models.ProjectPartner:
    """Invited by the project: the organisation of the side itself, so that its coordination may answer."""
    other = ProjectFactory(lead_organisation__status="activa", slug="de-otra", visibility=project_of(side).visibility)
    return PartnerFactory(project=other, organisation=side.organisation, state="invitada")


def entry(side: Any) -> models.LogEntry:
    project = project_of(side)
    return models.LogEntry.objects.create(project=project, text="Algo", visibility=project.visibility)


def attachment(side: Any) -> models.Attachment:
    found = models.Attachment.objects.create(
        entry=entry(side), original_name="a.txt", content_type="text/plain", size=1, sha256="ab" * 32
    )
    if not default_storage.exists(found.storage_path):
        default_storage.save(found.storage_path, ContentFile(b"x"))
    return found


def note(side: Any) -> models.LearningNote:
    return models.LearningNote.objects.create(project=project_of(side), did="Algo")


def activity(side: Any) -> models.Activity:
    return models.Activity.objects.create(
        project=project_of(side), title="Ir", organisation=side.organisation, due_on=datetime.date(2026, 1, 1)
    )


def hypothesis(side: Any) -> models.ChangeHypothesis:
    return models.ChangeHypothesis.objects.create(
        project=project_of(side), if_text="a", then_text="b", because_text="c"
    )


def indicator(side: Any) -> models.Indicator:
    return models.Indicator.objects.create(project=project_of(side), name="n", definition="d", unit="u")


def reading(side: Any) -> models.Reading:
    return models.Reading.objects.create(indicator=indicator(side), value=1)


def member(side: Any) -> models.ProjectMember:
    return ProjectMemberFactory(project=project_of(side))


def in_project(make: Any, name: str = "pk") -> Any:
    """The address of something below its project: [slug, number or key]."""

    def arguments(side: Any, user: Any) -> list[Any]:
        found = make(side)
        project = getattr(found, "project", None) or getattr(found, "entry", None) or found.indicator
        return [getattr(project, "slug", None) or project.project.slug, getattr(found, name)]

    return arguments


OF_PROJECT = ["project", "report", "edit", "stage", "partners", "members", "log", "write_entry", "notes", "write_note"]
OF_PROJECT += ["news", "news_feed", "activities", "hypotheses", "indicators"]
MORE_OF_PROJECT = ["export", "write_outcome", "start_trail", "write_gap"]
ARGUMENTS: dict[str, Any] = {
    **{f"projects:{name}": lambda side, user: [project_of(side).slug] for name in OF_PROJECT},
    "projects:partner": in_project(partner),
    "projects:member": in_project(member),
    "projects:edit_entry": in_project(entry, "key"),
    "projects:attachment": in_project(attachment, "key"),
    "projects:share_note": in_project(note, "key"),
    "projects:activity": in_project(activity),
    "projects:hypothesis": in_project(hypothesis),
    "projects:indicator": in_project(indicator),
    "projects:reading": in_project(reading),
}
DATA: dict[tuple[str, str], Any] = {
    ("projects:stage", "POST"): lambda side: {"to_stage": "seguimiento", "reason": "Hay acuerdos"},
    ("projects:partner", "POST"): lambda side: {"answer": "accept"},
    ("projects:write_entry", "POST"): lambda side: {
        "text": "Algo",
        "kind": "reunion",
        "on": "2026-01-01",
        "visibility": "privada",
    },
    ("projects:write_note", "POST"): lambda side: {"did": "Algo", "visibility": "privada"},
    ("projects:share_note", "POST"): lambda side: {"visibility": "red"},
    ("projects:activity", "POST"): lambda side: {"state": "hecha"},
    ("projects:hypotheses", "POST"): lambda side: {"if_text": "a", "then_text": "b", "because_text": "c"},
}


# -- evidence, challenges, gaps, exercises, outcomes, notes ------------------------------------------------------------


def challenge(side: Any) -> models.Challenge:
    project = project_of(side)
    return ChallengeFactory(project=project, organisation=side.organisation, visibility=project.visibility)


def evidence(side: Any) -> models.Evidence:
    project = project_of(side)
    return EvidenceFactory(organisation=side.organisation, visibility=project.visibility)


def gap(side: Any) -> models.DataGap:
    return DataGapFactory(project=project_of(side))


def trail(side: Any) -> models.MoneyTrail:
    return models.MoneyTrail.objects.create(project=project_of(side), title="t", programme="p")


def trail_answer(side: Any) -> models.TrailAnswer:
    return models.TrailAnswer.objects.create(trail=trail(side), order=1, question="¿Cuánto?")


def outcome(side: Any) -> models.Outcome:
    project = project_of(side)
    return models.Outcome.objects.create(
        project=project,
        actor="Ecología",
        what_changed="Publica",
        significance="Importa",
        contribution="La mesa",
        visibility=project.visibility,
    )


def research_note(side: Any) -> models.ResearchNote:
    shown = project_of(side).visibility == "publica"
    note = models.ResearchNote.objects.create(
        slug=f"nota-{side.organisation.slug}",
        title="Nota",
        lede="Algo",
        body="Texto",
        authors="Ana",
        organisation=side.organisation,
        state="publicada" if shown else "en_revision",
    )
    if shown:
        models.NoteVersion.objects.create(note=note, number=1, title="Nota", lede="Algo", body="Texto")
    return note


def image(side: Any) -> models.NoteImage:
    """A picture of one dot, shown in the note's published version if there is one."""
    note = research_note(side)
    upload = SimpleUploadedFile("foto.png", picture("PNG"))
    made = services.add_image(note=note, upload=upload, alt="Un punto", by=None)
    note.versions.update(body=f"Texto {made.mark}")
    return made


def comment(side: Any, user: Any) -> models.Comment:
    """On the own side everybody's own; else somebody else's."""
    own = side.organisation.slug == "propia" and user.is_authenticated
    return models.Comment.objects.create(challenge=challenge(side), text="Algo", by=user if own else UserFactory())


def asked(side: Any) -> str:
    """The token of a personal link to one question."""
    found = models.Substantiation.objects.create(
        outcome=outcome(side),
        person=save_person(person=Person(full_name="Rosa", email="rosa@ejemplo.example"), by=None),
    )
    models.Outcome.objects.filter(pk=found.outcome_id).update(state="en_verificacion")
    expires = timezone.now() + datetime.timedelta(days=1)
    return mint_link(purpose="substantiation", subject=str(found.key), person=found.person, expires_at=expires)


def key_of(make: Any) -> Any:
    return lambda side, user: [make(side).key]


ARGUMENTS |= {
    **{f"projects:{name}": lambda side, user: [project_of(side).slug] for name in MORE_OF_PROJECT},
    **{f"projects:{name}": key_of(challenge) for name in ("challenge", "edit_challenge", "move_challenge")},
    **{f"projects:{name}": key_of(evidence) for name in ("evidence", "evidence_qr", "use_evidence")},
    **{f"projects:{name}": key_of(outcome) for name in ("outcome", "edit_outcome", "ask_substantiation")},
    **{f"projects:{name}": key_of(trail) for name in ("trail", "trail_step")},
    "projects:gap": key_of(gap),
    "projects:comments": lambda side, user: ["reto", challenge(side).key],
    **{f"projects:{name}": lambda side, user: [comment(side, user).key] for name in ("comment", "remove_comment")},
    "projects:trail_answer": lambda side, user: [(found := trail_answer(side)).trail.key, found.pk],
    **{
        f"projects:{name}": lambda side, user: [research_note(side).slug]
        for name in ("research_note", "edit_research", "move_research", "research_images")
    },
    **{
        f"projects:{name}": lambda side, user: [(found := image(side)).note.slug, found.key]
        for name in ("research_image", "remove_research_image")
    },
    "projects:substantiate": lambda side, user: [asked(side)],
}
DATA |= {
    ("projects:freeze", "GET"): lambda side: {"fila": f"{side.release.pk}.1"},
    ("projects:write_outcome", "POST"): lambda side: {
        "actor": "Ecología",
        "what_changed": "Publica",
        "significance": "Importa",
        "contribution": "La mesa",
        "on": "2026-01-01",
        "kind": "practica",
        "level": "1",
        "visibility": "privada",
    },
    ("projects:comments", "POST"): lambda side: {"text": "Algo"},
    ("projects:comment", "POST"): lambda side: {"text": "Otra cosa"},
    ("projects:move_challenge", "POST"): lambda side: {"state": "aceptado"},
    ("projects:use_evidence", "POST"): lambda side: {"visibility": "red"},
    ("projects:gap", "POST"): lambda side: {
        "do": "request",
        "request-letter": "Pido",
        "request-folio": "1",
        "request-asked_on": "2026-01-05",
    },
    ("projects:trail_answer", "POST"): lambda side: {"state": "encontrado", "text": "Mucho"},
    ("projects:trail_step", "POST"): lambda side: {"source": "Cuenta pública"},
    ("projects:move_research", "POST"): lambda side: {"do": "publish", "reason": "Corrige"},
    ("projects:substantiate", "POST"): lambda side: {"verdict": "de_acuerdo"},
}
