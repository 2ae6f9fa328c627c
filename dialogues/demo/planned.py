"""The example that is being convened: a team, invitations out, answers of several sectors, a gap to fill."""

from __future__ import annotations

import datetime

from django.utils import timezone

from dialogues import clock, services
from dialogues.models import Registration, Session
from dialogues.presets import PRESETS
from dialogues.services.invitations import write_queued
from municipalities.models import Municipality
from partners.demo import EXAMPLE, LOGINS
from partners.models import Organisation, Person, Sector, User
from partners.services import affiliate, notice_in_force
from projects.models import Project

THURSDAY = 3
TITLE = f"¿Quién gana los contratos de pavimentación? {EXAMPLE}"
TARGETS = {
    Sector.CITIZENS.value: (3, 6),
    Sector.CSO.value: (3, 5),
    Sector.ACADEMIA.value: (2, 5),
    Sector.MEDIA.value: (2, 4),
    Sector.GOVERNMENT.value: (2, 5),
}
# Name, organisation for which they speak (slug), whether they said yes, no, or nothing yet.
INVITED = (
    ("Mariana Ríos", "laguna-abierta", "yes"),
    ("Tomás Ibarra", "laguna-abierta", "yes"),
    ("Elvira Soto", "seminario-de-hacienda-local", "yes"),
    ("Hugo Medrano", "seminario-de-hacienda-local", ""),
    ("Nadia Pech", "voz-de-la-costa", "yes"),
    ("Rubén Cab", "voz-de-la-costa", "no"),
    ("Celia Ortega", "", "yes"),
    ("Julio Navarro", "", "yes"),
    ("Petra Luna", "", ""),
)
LED_BY = ("Laguna Abierta", "GESOC", "", "", "Gobierno y organizaciones")
BY_THEMSELVES = (("Sofía Galindo", "ciudadania"), ("Iván Cortés", "gobierno"), ("Lucía Anaya", "osc"))
WITHOUT_MAIL = "José Carranza"


def plan(*, by: User) -> Session:
    session = services.propose_session(
        session=_session(),
        team=[User.objects.get(email=LOGINS[2].email)],
        projects=Project.objects.filter(municipalities="05035", visibility="publica")[:1],
        agenda=[
            item._replace(led_by=item.led_by or host) for item, host in zip(PRESETS["mesa"].items, LED_BY, strict=True)
        ],
        targets=TARGETS,
        by=by,
    )
    session = services.announce_session(session=session, by=by)
    _invite(session, by)
    _register(session)
    session.refresh_from_db()
    return session


def _session() -> Session:
    municipality = Municipality.objects.select_related("state").get(code="05035")
    day = clock.today(municipality.time_zone, timezone.now()) + datetime.timedelta(days=15)
    day += datetime.timedelta(days=(THURSDAY - day.weekday()) % 7)
    return Session(
        title=TITLE,
        purpose="Dos horas con los contratos enfrente para decidir qué revisar primero y qué pedirle al municipio.",
        municipality=municipality,
        tz=municipality.time_zone,
        local_start=datetime.datetime.combine(day, datetime.time(17)),
        local_end=datetime.datetime.combine(day, datetime.time(19)),
        host_organisation=Organisation.objects.get(slug="laguna-abierta"),
        modality=Session.Modality.HYBRID,
        venue="Biblioteca de ejemplo, Alameda Zaragoza",
        accessibility="Hay rampa y transporte público.",
        online_url="https://sala.example/pavimento",
        capacity_in_person=20,
        capacity_online=15,
        registration=Session.RegistrationRule.OPEN,
        visibility="publica",
        is_example=True,
    )


def _invite(session: Session, by: User) -> None:
    people = {name: _person(name, slug, by) for name, slug, _answer in INVITED}
    services.choose_invitees(session=session, people=people.values(), by=by)
    services.invite_contact(session=session, full_name=f"{WITHOUT_MAIL} {EXAMPLE}", phone="871 000 0000", by=by)
    services.send_invitations(session=session, by=by)
    write_queued(session=session, by=by)
    for place, (name, _slug, answer) in enumerate(INVITED):
        invitation = session.invitations.get(person=people[name])
        if answer:
            mode = Registration.Mode.ONLINE if place % 3 == 2 else Registration.Mode.IN_PERSON
            services.answer_invitation(invitation=invitation, accept=answer == "yes", mode=mode, by=None)


def _person(name: str, slug: str, by: User) -> Person:
    email = f"{name.split()[0].lower()}.{name.split()[1].lower()}@ejemplo.example"
    plain = email.translate(str.maketrans("áéíóúñ", "aeioun"))
    person = services.known_person(full_name=f"{name} {EXAMPLE}", email=plain, source="Ejemplo", by=by)
    if slug and person.organisation is None:
        affiliate(person=person, organisation=Organisation.objects.get(slug=slug), by=by)
    return Person.objects.get(pk=person.pk)


def _register(session: Session) -> None:
    notice = notice_in_force("es-mx")
    if notice is None:
        return
    for name, sector in BY_THEMSELVES:
        first, last = name.translate(str.maketrans("áéíóúñ", "aeioun")).lower().split()
        services.register_publicly(
            session=session,
            notice=notice,
            full_name=f"{name} {EXAMPLE}",
            email=f"{first}.{last}@ejemplo.example",
            sector=sector,
            mode=Registration.Mode.IN_PERSON,
        )
