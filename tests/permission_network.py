"""How the addresses of the network are filled in the permission matrix (see permission_world)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from partners import services
from partners.models import Affiliation, ArcoRequest, Merge, OutboxMail, Person, Relationship
from tests.factories.partners import OrganisationFactory, PersonFactory, UserFactory


def _relationship(side: Any) -> Relationship:
    return Relationship.objects.create(
        from_organisation=side.organisation, to_organisation=OrganisationFactory(), type=Relationship.Type.ALLIANCE
    )


def _contact(side: Any) -> Person:
    """A contact without an account that somebody of GESOC added, and who belongs to the side's organisation."""
    person = PersonFactory()
    services.affiliate(person=person, organisation=side.organisation, by=None)
    return person


def _affiliation(side: Any) -> Affiliation:
    return _contact(side).affiliations.select_related("person").get()


def _link(side: Any, purpose: str) -> str:
    """Of the side's contact; a link is its own key, whoever holds it."""
    services.ensure_notices()
    person = _contact(side)
    expires = timezone.now() + timedelta(days=1)
    return services.mint_link(purpose=purpose, subject=str(person.key), person=person, expires_at=expires)


def _list(side: Any) -> Any:
    return services.read_list(
        kind="people", file_name="l.csv", content=b"nombre;correo\nAna;\n", by=UserFactory(), source="Foro"
    )


def _request(side: Any) -> ArcoRequest:
    return services.receive_arco(kind="acceso", name="Ana", email="ana@x.example", text="", by=None)


def _granted(side: Any) -> ArcoRequest:
    """Of somebody whom a text names."""
    row = _relationship(side)
    Relationship.objects.filter(pk=row.pk).update(evidence="Lo dijo Ana Uc Pat")
    request = services.receive_arco(kind="cancelacion", name="Ana Uc Pat", email="ana@x.example", text="", by=None)
    ArcoRequest.objects.filter(pk=request.pk).update(state="procedente")
    return request


def _merge(side: Any) -> Merge:
    return services.merge_people(source=PersonFactory(), target=_contact(side), by=UserFactory())


def _mail(side: Any) -> OutboxMail:
    return OutboxMail.objects.create(key="x", kind="x", to="ana@x.example", subject="x", text="x", state="fallido")


ARGUMENTS: dict[str, Any] = {
    **{
        f"partners:{name}": lambda side, user: [side.organisation.slug]
        for name in ("organisation", "edit_organisation", "change_status", "new_relationship")
    },
    "partners:end_relationship": lambda side, user: [side.organisation.slug, _relationship(side).pk],
    **{f"partners:{name}": lambda side, user: [_contact(side).key] for name in ("person", "edit_person", "affiliate")},
    "partners:end_affiliation": lambda side, user: [(row := _affiliation(side)).person.key, row.pk],
    "partners:import_preview": lambda side, user: [_list(side).key],
    "partners:compare": lambda side, user: ["personas", PersonFactory().pk, _contact(side).pk],
    "partners:undo_merge": lambda side, user: [_merge(side).pk],
    "partners:decisions": lambda side, user: [_link(side, "consent")],
    "partners:way_in": lambda side, user: ["no-such-token"],
    "partners:unsubscribe": lambda side, user: [_link(side, "unsubscribe")],
    "partners:handle_arco": lambda side, user: [_request(side).key],
    "partners:arco_report": lambda side, user: [_request(side).key],
    "partners:decide_text": lambda side, user: [_granted(side).key],
    "partners:retry_mail": lambda side, user: [_mail(side).pk],
}

DATA: dict[tuple[str, str], Any] = {
    ("act_for", "POST"): lambda side: {"organisation": side.organisation.slug},
    ("partners:edit_organisation", "POST"): lambda side: {"name": "Nombre nuevo"},
    ("partners:change_status", "POST"): lambda side: {
        "status": "en_pausa",
        "since": timezone.localdate().isoformat(),
        "reason": "Descansa",
    },
    ("partners:new_person", "POST"): lambda side: {"full_name": "Ana", "preferred_language": "es-mx"},
    ("partners:edit_person", "POST"): lambda side: {"full_name": "Ana", "preferred_language": "es-mx"},
    ("partners:affiliate", "POST"): lambda side: {"organisation": side.organisation.name},
    ("partners:ask_arco", "POST"): lambda side: {"kind": "acceso", "name": "Ana", "email": "ana@x.example"},
    ("partners:handle_arco", "POST"): lambda side: {"identity_note": "INE", "answer": "No", "decision": "refuse"},
    ("partners:decide_text", "POST"): lambda side: {
        "table": "partners.relationship",
        "row": str(Relationship.objects.order_by("pk").values_list("pk", flat=True).last() or 1),
        "field": "evidence",
        "redact": "1",
    },
    ("partners:export_organisations", "POST"): lambda side: {"reason": "Convocar al foro"},
    ("partners:export_people", "POST"): lambda side: {"reason": "Convocar al foro"},
}
