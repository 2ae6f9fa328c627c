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

from datasets.models import (
    Contract,
    ExpenditureLine,
    Flag,
    Ingest,
    Package,
    PublicBody,
    Release,
    SourceFile,
    SupplierMerge,
    Watch,
)
from datasets.suppliers import refresh_supplier_totals
from partners.models import Membership, Organisation, User
from tests import dialogues_world, permission_network, permission_room, projects_world
from tests.factories.datasets import (
    PUBLISHED_AT,
    ContractFactory,
    IngestFactory,
    MunicipalityFactory,
    PublicBodyFactory,
    ReleaseFactory,
    SourceFactory,
    SourceFileFactory,
    SupplierFactory,
    contract_cell,
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


DASHBOARDS = (
    "",
    "_expenditure",
    "_revenue",
    "_contracts",
    "_works",
    "_debt",
    "_sanctions",
    "_disclosure",
    "_flags",
    "_expenditure_lines",
    "_revenue_lines",
)


def _contract(side: Side) -> Contract:
    """A contract in the state of the side's release, from its file."""
    release = ReleaseFactory(
        public_body=side.body,
        ingest=side.ingest,
        status=side.release.status,
        kind="contracts",
        document="",
        breakdown="full",
    )
    contract = ContractFactory(release=release, line_no=1)
    contract_cell(release, "supplier", str(contract.supplier_id))
    refresh_supplier_totals([release.pk])
    contract.supplier.refresh_from_db()
    contract.refresh_from_db()
    return contract


def _merge(side: Side) -> SupplierMerge:
    """The supplier of the side's contract, counted with another."""
    supplier = _contract(side).supplier
    supplier.merged_into = SupplierFactory()
    supplier.save()
    return SupplierMerge.objects.create(supplier=supplier, into=supplier.merged_into, reason="Es la misma empresa")


def _package(side: Side) -> Package:
    return Package.objects.create(file=side.file, options_key=f"{side.file.pk:064x}")


def _sibling(side: Side) -> Release:
    """An older version of the side's slice, in the same state."""
    older = "draft" if side.release.status == "draft" else "superseded"
    return ReleaseFactory(
        public_body=side.body, ingest=side.ingest, status=older, version=None if older == "draft" else 7
    )


WATCHES = ("watch", "change_watch", "check_watch", "pause_watch")


def _watch(side: Side) -> Watch:
    return Watch.objects.create(source=SourceFactory(), organisation=side.organisation)


def _flag(side: Side) -> Flag:
    """A question that stands, or one whose figures are not public (any more)."""
    gone = None if side.release.status == "published" else PUBLISHED_AT
    return Flag.objects.create(
        public_body=side.body,
        year=2024,
        indicator="concentracion",
        version=1,
        value=3000,
        params={"effective": "3.3"},
        gone_at=gone,
    )


def _running(side: Side) -> Ingest:
    """A load that nobody has ended: whoever may not cancel it may not even see it."""
    return Ingest.objects.create(file=side.file, options_key="waits", status="running")


LOADS = (
    "ingest",
    "columns",
    "publish",
    "rejects",
    "rejects_workbook",
    "correct_rejects",
    "send_back",
    "hand_in_again",
    "try_again",
)

CUBES = ("expenditure", "revenue", "contracts")
Arguments = Callable[[Side, Any], list[Any] | str]

# Name of the address -> its arguments, or the whole path where it has no name to reverse.
ARGUMENTS: dict[str, Arguments] = {
    "api/^v1/.*$": lambda side, user: "/api/v1/nothing-here/",
    "municipalities:state": lambda side, user: ["coahuila"],
    "datasets:open_data_file": lambda side, user: ["nada.zip"],
    **{name: lambda side, user: ["ninguna"] for name in ("pinned_figure", "fixed_figure")},
    **{f"datasets-api:cube-{cube}-members": lambda side, user: ["year"] for cube in CUBES},
    **{f"municipality{page}": lambda side, user: ["05035"] for page in DASHBOARDS},
    **{f"public_body{page}": lambda side, user: [side.body.slug] for page in DASHBOARDS},
    "answer_invitation": lambda side, user: [_invitation(side, user).pk],
    "account_reset_password_from_key": lambda side, user: ["1", "no-such-key"],
    **{f"datasets:{name}": lambda side, user: [side.file.pk] for name in ("file", "original")},
    **{f"datasets:{name}": lambda side, user: [side.ingest.pk] for name in LOADS},
    **{f"datasets:{name}": lambda side, user: [side.release.pk] for name in ("release", "restore", "withdraw")},
    "datasets:cancel": lambda side, user: [_running(side).pk],
    "datasets:package": lambda side, user: [_package(side).pk],
    **{f"datasets:{name}": lambda side, user: [_watch(side).pk] for name in WATCHES},
    "datasets:compare_releases": lambda side, user: [side.release.pk, _sibling(side).pk],
    "datasets:row": lambda side, user: [side.release.pk, 1],
    "datasets:indicator": lambda side, user: ["concentracion"],
    **{f"datasets:{name}": lambda side, user: [_flag(side).key] for name in ("flag", "review_flag", "reply_flag")},
    "datasets:contract": lambda side, user: [side.body.slug, _contract(side).fingerprint],
    "datasets:supplier": lambda side, user: [_contract(side).supplier.slug],
    "datasets:undo_merge": lambda side, user: [_merge(side).pk],
    "partners:team": lambda side, user: [side.organisation.slug],
    "partners:end_membership": lambda side, user: [side.organisation.slug, side.invitation.pk],
    **projects_world.ARGUMENTS,
    **permission_network.ARGUMENTS,
    **permission_room.ARGUMENTS,
    **dialogues_world.ARGUMENTS,
}

# (name, method) -> form data, or query for GET. Nothing given: an empty form.
DATA: dict[tuple[str, str], Callable[[Side], dict[str, Any]]] = {
    ("datasets-api:expenditure-aggregate", "GET"): lambda side: {"municipality": "05035", "by": "year"},
    **{
        (f"datasets-api:cube-{cube}-facts", "GET"): lambda side: {"cut": f"release:{side.release.pk}"} for cube in CUBES
    },
    ("datasets-api:revenue-aggregate", "GET"): lambda side: {"municipality": "05035", "by": "year"},
    ("account_reset_password", "POST"): lambda side: {"email": "nadie@ejemplo.example"},
    ("account", "POST"): lambda side: {"full_name": "Nombre nuevo", "preferred_language": "es-mx"},
    ("datasets:undo_merge", "POST"): lambda side: {"reason": "Son dos empresas"},
    ("datasets:restore", "POST"): lambda side: {"reason": "Era correcta"},
    ("datasets:send_back", "POST"): lambda side: {"note": "Falta el cuarto trimestre"},
    ("datasets:hand_in_again", "POST"): lambda side: {"note": "Es el archivo completo"},
    ("partners:team", "POST"): lambda side: {"email": "nueva@ejemplo.example", "full_name": "Nadia", "role": "miembro"},
    ("partners:end_membership", "POST"): lambda side: {"reason": "Ya no trabaja aquí"},
    ("datasets:withdraw", "POST"): lambda side: {"reason": "El municipio la corrigió"},
    ("datasets:review_flag", "POST"): lambda side: {"state": "explained", "reason": "Un solo proveedor la vende"},
    ("datasets:reply_flag", "POST"): lambda side: {
        "text": "Se licitó",
        "signed_by": "Oficialía Mayor",
        "answered_on": "2025-05-01",
    },
    ("answer_invitation", "POST"): lambda side: {"answer": "accept"},
    **projects_world.DATA,
    **permission_network.DATA,
    **permission_room.DATA,
}
