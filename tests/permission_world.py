"""The world in which the permission matrix is walked: who there is, what there is, and how every address is filled.

To add an address: if its pattern takes arguments, say in ARGUMENTS how they follow from a side ("own", "other"…); if it
wants form data or a query, say so in DATA; then add its rows to permission_matrix.csv (the failing test prints them).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser

from datasets.models import ExpenditureLine, Ingest, PublicBody, Release, SourceFile
from partners.models import Membership, Organisation, User
from tests.factories.datasets import (
    IngestFactory,
    MunicipalityFactory,
    PublicBodyFactory,
    ReleaseFactory,
    SourceFileFactory,
)
from tests.factories.partners import AdminFactory, GesocFactory, MembershipFactory, OrganisationFactory

ROLES = ("visitor", "member", "coordinator", "facilitator", "gesoc", "admin")


@dataclass
class Side:
    """One organisation with a file it handed in, the body whose money it is, and somebody's invitation."""

    organisation: Organisation
    body: PublicBody
    invitation: Membership
    file: SourceFile
    ingest: Ingest
    release: Release


@dataclass
class World:
    """`own`: of the organisation for which the people of the matrix act, a draft that may hold personal data.
    `other`: the same of another organisation. `public`: another's, published and free of personal data.
    `closed`: another's, published, but its rows hold personal data. `hidden`: of a mere contact of GESOC, a draft.
    """

    people: dict[str, User | AnonymousUser]
    sides: dict[str, Side]


TARGETS = ("-", "own", "other", "public", "closed", "hidden")


def build() -> World:
    own, other = OrganisationFactory(slug="propia"), OrganisationFactory(slug="otra")
    contact = OrganisationFactory(slug="contacto", status=Organisation.Status.CONTACT)
    PublicBodyFactory(municipality=MunicipalityFactory(code="05035"))
    sides = {
        "own": _side(own, status="draft", personal=None),
        "other": _side(other, status="draft", personal=None),
        "public": _side(other, status="published", personal=False),
        "closed": _side(other, status="published", personal=True),
        "hidden": _side(contact, status="draft", personal=None),
    }
    return World(people=_people(own), sides=sides)


@cache
def _hashed_password() -> str:
    return make_password("una frase larga 27")


def _people(own: Organisation) -> dict[str, User | AnonymousUser]:
    def member(role: str) -> User:
        return MembershipFactory(organisation=own, role=role, user__password=_hashed_password()).user

    return {
        "visitor": AnonymousUser(),
        "member": member(Membership.Role.MEMBER),
        "coordinator": member(Membership.Role.COORDINATOR),
        "facilitator": member(Membership.Role.FACILITATOR),
        "gesoc": GesocFactory(password=_hashed_password()),
        "admin": AdminFactory(password=_hashed_password()),
    }


def _side(organisation: Organisation, *, status: str, personal: bool | None) -> Side:
    """A body that a draft brought is known to nobody yet, so it is not confirmed."""
    body = PublicBodyFactory(kind="state_agency", municipality=None, confirmed=status == "published")
    file = SourceFileFactory(has_personal_data=personal)
    file.organisations.add(organisation)
    original = Path(settings.MEDIA_ROOT) / file.storage_path
    original.parent.mkdir(parents=True, exist_ok=True)
    original.write_text("Partida,Aprobado\n1130,100.00\n")
    ready = Ingest.Status.READY if status == "draft" else Ingest.Status.PUBLISHED
    ingest = IngestFactory(file=file, status=ready, rows_loaded=1)
    release = ReleaseFactory(public_body=body, ingest=ingest, status=status)
    ExpenditureLine.objects.create(
        public_body=body, release=release, line_no=1, source_row=2, last_row=2, approved=Decimal("100.00")
    )
    invitation = MembershipFactory(organisation=organisation, state=Membership.State.INVITED)
    return Side(organisation, body, invitation, file, ingest, release)


def _invitation(side: Side, user: Any) -> Membership:
    """On the own side everybody has an invitation of their own."""
    if side.organisation.slug == "propia" and user.is_authenticated:
        return MembershipFactory(user=user, organisation=OrganisationFactory(), state=Membership.State.INVITED)
    return side.invitation


DASHBOARDS = ("", "_expenditure", "_revenue", "_contracts", "_expenditure_lines", "_revenue_lines")

Arguments = Callable[[Side, Any], list[Any] | str]

# Name of the address -> its arguments, or the whole path where it has no name to reverse.
ARGUMENTS: dict[str, Arguments] = {
    "api/^v1/.*$": lambda side, user: "/api/v1/nothing-here/",
    "municipalities:state": lambda side, user: ["coahuila"],
    **{f"municipality{page}": lambda side, user: ["05035"] for page in DASHBOARDS},
    **{f"public_body{page}": lambda side, user: [side.body.slug] for page in DASHBOARDS},
    "answer_invitation": lambda side, user: [_invitation(side, user).pk],
    "account_reset_password_from_key": lambda side, user: ["1", "no-such-key"],
    **{f"datasets:{name}": lambda side, user: [side.file.pk] for name in ("file", "original")},
    **{f"datasets:{name}": lambda side, user: [side.ingest.pk] for name in ("ingest", "columns", "publish", "rejects")},
    **{f"datasets:{name}": lambda side, user: [side.release.pk] for name in ("release", "restore", "withdraw")},
    "datasets:row": lambda side, user: [side.release.pk, 1],
    "partners:organisation": lambda side, user: [side.organisation.slug],
}

# (name, method) -> form data, or query for GET. Nothing given: an empty form.
DATA: dict[tuple[str, str], Callable[[Side], dict[str, Any]]] = {
    ("datasets-api:expenditure-aggregate", "GET"): lambda side: {"municipality": "05035", "by": "year"},
    ("datasets-api:revenue-aggregate", "GET"): lambda side: {"municipality": "05035", "by": "year"},
    ("account_reset_password", "POST"): lambda side: {"email": "nadie@ejemplo.example"},
    ("account", "POST"): lambda side: {"full_name": "Nombre nuevo", "preferred_language": "es-mx"},
    ("datasets:restore", "POST"): lambda side: {"reason": "Era correcta"},
    ("datasets:withdraw", "POST"): lambda side: {"reason": "El municipio la corrigió"},
    ("answer_invitation", "POST"): lambda side: {"answer": "accept"},
}
