"""Example people and organisations for local mode. Every invented name says that it is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.text import slugify

from gesoc.local import NO_DEMO, demo_passwords, read_demo_logins
from municipalities.models import Municipality

from . import services
from .models import Membership, Organisation, User

Kind, Status, Role = Organisation.Kind, Organisation.Status, Membership.Role
EXAMPLE = "(ejemplo)"


class Example(NamedTuple):
    name: str
    home: str
    kind: str
    description: str
    status: str = Status.ACTIVE
    coverage: tuple[str, ...] = ()
    acronym: str = ""
    is_network_partner: bool = True


OPERATOR = Example(
    "Gestión Social y Cooperación, A.C.",
    "09015",
    Kind.CSO,
    "Opera esta plataforma y acompaña a las organizaciones de la red.",
    acronym="GESOC",
    is_network_partner=False,
)
EXAMPLES = (
    Example(
        "Laguna Abierta",
        "05035",
        Kind.CSO,
        "Vigila la obra pública de la Comarca Lagunera.",
        coverage=("05035", "05017"),
    ),
    Example(
        "Litoral Vivo", "23005", Kind.CSO, "Sigue el dinero de las costas y las playas.", coverage=("23005", "23008")
    ),
    Example("Observatorio Mixteco de Políticas", "20039", Kind.COLLECTIVE, "Revisa los programas sociales."),
    Example("Cuentas Claras Tapatías", "14039", Kind.CSO, "Explica el presupuesto municipal.", acronym="CCT"),
    Example("Nodo Sierra Norte", "21208", Kind.CSO, "Compara el gasto en salud.", status=Status.PAUSED),
    Example("Seminario de Hacienda Local", "05030", Kind.ACADEMIA, "Estudia los ingresos de los municipios."),
    Example("Voz de la Costa", "23005", Kind.MEDIA, "Cuenta con datos lo que pasa en el municipio."),
    Example("Agua y Derecho", "26030", Kind.CSO, "Compara tarifas y tandeos.", status=Status.INVITED),
    Example("Mirador del Centro", "09015", Kind.CSO, "Formó parte de la red hasta 2024.", status=Status.LEFT),
)


class Login(NamedTuple):
    email: str
    full_name: str
    organisation: str | None = None
    role: str = Role.MEMBER
    is_gesoc: bool = False
    is_admin: bool = False


STAFF = Login("equipo@gesoc.example", f"Karla Mena {EXAMPLE}", OPERATOR.name, Role.COORDINATOR, is_gesoc=True)
LOGINS = (
    STAFF,
    Login("aliada@laguna-abierta.example", f"Mariana Ríos {EXAMPLE}", "Laguna Abierta", Role.COORDINATOR),
    Login("facilitadora@litoral-vivo.example", f"Itzel Canul {EXAMPLE}", "Litoral Vivo", Role.FACILITATOR),
    Login("administra@gesoc.example", f"Ramón Ortiz {EXAMPLE}", is_admin=True),
)


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """What there is afterwards: who operates the platform, who acts for it, and how many in all."""

    operator: Organisation
    staff: User
    organisations: int
    users: int


def load_people() -> DemoPeople:
    """Create what is missing of the examples; what somebody changed since stays. Local mode only."""
    if not settings.LOCAL:
        raise ImproperlyConfigured(NO_DEMO)
    services.ensure_groups()
    organisations = {example.name: _organisation(example) for example in (OPERATOR, *EXAMPLES)}
    new = {login.email for login in LOGINS} - set(read_demo_logins())
    passwords = demo_passwords([login.email for login in LOGINS])
    users = {login.email: _user(login, passwords[login.email], reset=login.email in new) for login in LOGINS}
    for login in LOGINS:
        if login.organisation:
            _membership(users[login.email], organisations[login.organisation], login.role)
    return DemoPeople(organisations[OPERATOR.name], users[STAFF.email], len(EXAMPLES), len(LOGINS))


def _organisation(example: Example) -> Organisation:
    name = example.name if example is OPERATOR else f"{example.name} {EXAMPLE}"
    slug = slugify(example.acronym or example.name) if example is OPERATOR else slugify(example.name)
    found = Organisation.objects.filter(slug=slug).first()
    if found is not None:
        return found
    organisation = services.save_organisation(
        organisation=Organisation(
            slug=slug,
            name=name,
            acronym=example.acronym,
            kind=example.kind,
            status=example.status,
            is_network_partner=example.is_network_partner,
            home_municipality=Municipality.objects.get(code=example.home),
            description=example.description,
        ),
        by=None,
    )
    organisation.coverage.set(Municipality.objects.filter(code__in=example.coverage or (example.home,)))
    return organisation


def _user(login: Login, password: str, *, reset: bool) -> User:
    """`reset`: the file of logins was lost, so the password in the database is one that nobody knows."""
    user = User.objects.with_email(login.email).first()
    if user is None:
        return services.create_user(
            email=login.email,
            full_name=login.full_name,
            password=password,
            is_gesoc=login.is_gesoc,
            is_admin=login.is_admin,
            by=None,
        )
    if reset:
        services.set_password(user=user, password=password, by=None)
    return user


def _membership(user: User, organisation: Organisation, role: str) -> None:
    if not Membership.objects.filter(user=user, organisation=organisation, role=role).exists():
        services.add_membership(user=user, organisation=organisation, role=role, by=None)
