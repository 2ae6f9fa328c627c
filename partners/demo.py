"""Example people and organisations for local mode. Every invented name says that it is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.text import slugify

from gesoc.local import NO_DEMO, demo_passwords, read_demo_logins
from municipalities.models import Municipality

from . import services
from .models import Membership, Organisation, Person, Relationship, Theme, User

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
    themes: tuple[str, ...] = ()
    joined: str = "2023-03-01"
    left: tuple[str, str] = ("", "")  # the day it paused or left, and why


OPERATOR = Example(
    "Gestión Social y Cooperación, A.C.",
    "09015",
    Kind.CSO,
    "Opera esta plataforma y acompaña a las organizaciones de la red.",
    acronym="GESOC",
    is_network_partner=False,
    themes=(Theme.BUDGET, Theme.TRANSPARENCY),
)
EXAMPLES = (
    Example(
        "Laguna Abierta",
        "05035",
        Kind.CSO,
        "Vigila la obra pública de la Comarca Lagunera.",
        coverage=("05035", "05017"),
        themes=(Theme.WORKS, Theme.PROCUREMENT),
    ),
    Example(
        "Litoral Vivo",
        "23005",
        Kind.CSO,
        "Sigue el dinero de las costas y las playas.",
        coverage=("23005", "23008"),
        themes=(Theme.COASTS, Theme.ENVIRONMENT, Theme.WORKS),
        joined="2023-09-12",
    ),
    Example(
        "Observatorio Mixteco de Políticas",
        "20039",
        Kind.COLLECTIVE,
        "Revisa los programas sociales.",
        themes=(Theme.SOCIAL, Theme.INDIGENOUS),
        joined="2024-02-20",
    ),
    Example(
        "Cuentas Claras Tapatías",
        "14039",
        Kind.CSO,
        "Explica el presupuesto municipal.",
        acronym="CCT",
        themes=(Theme.BUDGET,),
        joined="2024-06-03",
    ),
    Example(
        "Nodo Sierra Norte",
        "21208",
        Kind.CSO,
        "Compara el gasto en salud.",
        status=Status.PAUSED,
        themes=(Theme.HEALTH,),
        joined="2024-04-15",
        left=("2026-02-01", "Cambia de equipo; vuelve cuando termine."),
    ),
    Example(
        "Seminario de Hacienda Local",
        "05030",
        Kind.ACADEMIA,
        "Estudia los ingresos de los municipios.",
        themes=(Theme.BUDGET,),
        joined="2025-01-27",
    ),
    Example(
        "Voz de la Costa",
        "23005",
        Kind.MEDIA,
        "Cuenta con datos lo que pasa en el municipio.",
        themes=(Theme.COASTS, Theme.TRANSPARENCY),
        joined="2025-08-11",
    ),
    Example(
        "Agua y Derecho",
        "26030",
        Kind.CSO,
        "Compara tarifas y tandeos.",
        status=Status.INVITED,
        themes=(Theme.WATER,),
        joined="2026-10-05",
    ),
    Example(
        "Mirador del Centro",
        "09015",
        Kind.CSO,
        "Formó parte de la red hasta 2024.",
        status=Status.LEFT,
        left=("2024-11-30", "Terminó su proyecto."),
    ),
)
Ties = Relationship.Type
RELATIONSHIPS = (
    ("Laguna Abierta", Ties.ALLIANCE, "Seminario de Hacienda Local", "2025-02-10", "Convenio de colaboración"),
    ("Seminario de Hacienda Local", Ties.ADVISES, "Cuentas Claras Tapatías", "2025-05-06", "Curso de ingresos propios"),
    ("Litoral Vivo", Ties.ALLIANCE, "Voz de la Costa", "2025-09-01", "Serie de reportajes sobre permisos"),
    (OPERATOR.name, Ties.ADVISES, "Observatorio Mixteco de Políticas", "2024-03-01", "Acompañamiento de GESOC"),
)

LIST = f"Lista de asistencia del foro de 2025 {EXAMPLE}"
CONTACTS = (
    f"Diana Solís {EXAMPLE};diana@ejemplo.example;Laguna Abierta {EXAMPLE};Voluntaria",
    f"Diana Solís {EXAMPLE};diana.solis@ejemplo.example;Laguna Abierta {EXAMPLE};",
    f"Óscar Peña {EXAMPLE};oscar@ejemplo.example;Voz de la Costa {EXAMPLE};Reportero",
    f"Ximena Luna {EXAMPLE};;Seminario de Hacienda Local {EXAMPLE};Investigadora",
)


class Login(NamedTuple):
    email: str
    full_name: str
    organisation: str | None = None
    role: str = Role.MEMBER
    is_gesoc: bool = False
    is_admin: bool = False
    also: str | None = None  # another organisation for which they act: the header asks for whom


STAFF = Login("equipo@gesoc.example", f"Karla Mena {EXAMPLE}", OPERATOR.name, Role.COORDINATOR, is_gesoc=True)
LOGINS = (
    STAFF,
    Login("aliada@laguna-abierta.example", f"Mariana Ríos {EXAMPLE}", "Laguna Abierta", Role.COORDINATOR),
    Login(
        "facilitadora@litoral-vivo.example",
        f"Itzel Canul {EXAMPLE}",
        "Litoral Vivo",
        Role.FACILITATOR,
        also="Voz de la Costa",
    ),
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
        if login.also:
            _membership(users[login.email], organisations[login.also], Role.MEMBER)
    _relationships(organisations, users[STAFF.email])
    _contacts(users[STAFF.email])
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
            status=Status.ACTIVE if example.left[0] else example.status,
            is_network_partner=example.is_network_partner,
            home_municipality=Municipality.objects.get(code=example.home),
            description=example.description,
            themes=list(example.themes),
        ),
        by=None,
        since=date.fromisoformat(example.joined),
    )
    covered = Municipality.objects.filter(code__in=example.coverage or (example.home,))
    services.set_coverage(organisation=organisation, municipalities=covered, states=(), by=None)
    day, reason = example.left
    if not day:
        return organisation
    return services.change_status(
        organisation=organisation, status=example.status, reason=reason, since=date.fromisoformat(day), by=None
    )


def _relationships(organisations: dict[str, Organisation], by: User) -> None:
    for one, kind, other, since, evidence in RELATIONSHIPS:
        ends = {"from_organisation": organisations[one], "to_organisation": organisations[other], "type": kind}
        if not Relationship.objects.filter(**ends).exists():
            new = Relationship(**ends, since=date.fromisoformat(since), evidence=f"{evidence} {EXAMPLE}")
            services.declare_relationship(relationship=new, by=by)


def _contacts(by: User) -> None:
    """A list that was taken over: some without notice, one person twice; and a request that waits for its answer."""
    if Person.objects.filter(source=LIST).exists():
        return
    content = "\n".join(["nombre;correo;organizacion;cargo", *CONTACTS]).encode()
    batch = services.read_list(kind="people", file_name="foro.csv", content=content, by=by, source=LIST)
    services.take_over(batch=batch, by=by)
    services.receive_arco(
        kind="acceso", name=f"Diana Solís {EXAMPLE}", email="diana@ejemplo.example", text="¿Qué saben de mí?", by=None
    )


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
