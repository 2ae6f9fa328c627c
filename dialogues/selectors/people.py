"""Whom one could ask, whom one could name, and who is busy then."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef, Q

from dialogues.clock import wall
from dialogues.models import Availability, Registration, Session, SessionRole
from dialogues.services.roles import stretch
from gesoc.common.models import as_key
from partners.models import Affiliation, Membership, Organisation, OrganisationQuerySet, Person, PersonQuerySet

if TYPE_CHECKING:
    from partners.models import User

SHOWN = 12


class Busy(NamedTuple):
    """Somebody who is not free then. `what` names the other dialogue only if the reader may see it."""

    person: Person
    start: datetime.datetime
    end: datetime.datetime
    session: Session | None
    hard: bool  # the database would refuse it; the rest is a warning


def busy_people(session: Session, people: Iterable[int], user: User | None = None) -> list[Busy]:
    """Of these people, who has something else at the hour of a session (which need not be saved)."""
    starts, ends = stretch(session)
    ids = set(people)
    roles = SessionRole.objects.busy(starts, ends).filter(person__in=ids).select_related("person", "session")
    seen = set(Session.objects.visible_to(user).values_list("pk", flat=True)) if user else set()
    found = [
        Busy(row.person, *_on_the_wall(session, row), row.session if row.session_id in seen else None, True)
        for row in roles.exclude(session=session.pk)
    ]
    away = Availability.objects.filter(person__in=ids, starts_at__lt=ends, ends_at__gt=starts).select_related("person")
    return found + [Busy(row.person, *_on_the_wall(session, row), None, False) for row in away]


def away(session: Session) -> list[str]:
    """Whoever of its team said that they cannot then. Why stays their own."""
    held = session.roles.filter(holds=True).values_list("person_id", flat=True)
    return sorted({str(one.person) for one in busy_people(session, held) if not one.hard})


def conflicts(away: Availability) -> list[Session]:
    """What somebody takes part in running at a time when they now say they cannot."""
    roles = SessionRole.objects.busy(away.starts_at, away.ends_at).filter(person=away.person_id)
    return [row.session for row in roles.select_related("session__municipality").order_by("starts_at")]


def _on_the_wall(session: Session, row: SessionRole | Availability) -> tuple[datetime.datetime, datetime.datetime]:
    return wall(row.starts_at, session.tz), wall(row.ends_at, session.tz)


def nameable(user: User, text: str = "") -> PersonQuerySet:
    """Whom one may name for a role: contacts one sees, and whoever facilitates for some organisation of the network."""
    facilitators = Membership.objects.in_force().filter(role=Membership.Role.FACILITATOR).values("user_id")
    visible = Person.objects.visible_to(user).values("pk")
    known = Person.objects.active().filter(Q(pk__in=visible) | Q(user__in=facilitators))
    return known.matching(text) if text else known


class Candidate(NamedTuple):
    """One line of the list of whom to ask. `ref` comes back from the form."""

    ref: str
    label: str
    detail: str
    sector: str
    has_address: bool


def candidates(session: Session, user: User, *, text: str = "", sectors: Iterable[str] = ()) -> list[Candidate]:
    """Organisations and people that were not asked yet: what fits the text, or those of the missing sectors nearby."""
    organisations = _organisations(session, user, text, list(sectors))[:SHOWN]
    people = _people(session, user, text, list(sectors))[:SHOWN]
    found = [candidate_of(one) for one in organisations]
    return found + [candidate_of(one) for one in people]


def candidate_of(one: Organisation | Person) -> Candidate:
    if isinstance(one, Organisation):
        return Candidate(f"o-{one.slug}", one.name, str(one.home_municipality or ""), one.kind, True)
    organisation = one.organisation
    return Candidate(
        f"p-{one.key}", one.full_name, organisation.name if organisation else "", one.sector(), bool(one.email)
    )


def _organisations(session: Session, user: User, text: str, sectors: list[str]) -> OrganisationQuerySet:
    """Those with somebody who can be written to; of the state of the dialogue unless they were searched for."""
    contact = Affiliation.objects.current().filter(organisation=OuterRef("pk"), person__state=Person.State.ACTIVE)
    member = Membership.objects.in_force().filter(
        organisation=OuterRef("pk"), role__in=(Membership.Role.COORDINATOR, Membership.Role.FACILITATOR)
    )
    asked = session.invitations.live().filter(organisation__isnull=False).values("organisation_id")
    found = (
        Organisation.objects.visible_to(user).listed().filter(Exists(contact) | Exists(member)).exclude(pk__in=asked)
    )
    found = found.select_related("home_municipality__state")
    if text:
        return found.matching(text)
    if sectors:
        found = found.filter(kind__in=sectors)
    near = Q(home_municipality__state=session.municipality.state_id) | Q(coverage=session.municipality_id)  # type: ignore[union-attr]
    return found.filter(near).distinct() if session.municipality_id else found


def _people(session: Session, user: User, text: str, sectors: list[str]) -> PersonQuerySet:
    asked = session.invitations.live().values("person_id")
    team = session.roles.live().values("person_id")
    found = Person.objects.visible_to(user).active().exclude(pk__in=asked).exclude(pk__in=team)
    found = found.with_organisation()
    if text:
        return found.matching(text)
    if "ciudadania" not in sectors:  # of the others the organisations stand in the list already
        return found.none()
    found = found.exclude(pk__in=Affiliation.objects.current().values("person_id"))
    found = found.exclude(user__in=Membership.objects.in_force().values("user_id"))
    if session.municipality is not None:
        found = found.filter(Q(municipality__isnull=True) | Q(municipality__state=session.municipality.state_id))
    return found


def resolve(user: User, session: Session, refs: Iterable[str]) -> list[Organisation | Person]:
    """What the references of a form mean; whatever this person may not see is left out."""
    slugs = [ref[2:] for ref in refs if ref.startswith("o-")]
    keys = [key for ref in refs if ref.startswith("p-") and (key := as_key(ref[2:]))]
    organisations = (
        Organisation.objects.visible_to(user).filter(slug__in=slugs).select_related("home_municipality__state")
    )
    people = Person.objects.visible_to(user).active().filter(key__in=keys)
    return [*organisations, *people.with_organisation()]


def may_lead(session: Session) -> list[str]:
    """Who is suggested for a part of the agenda: the team, then the organisations of those who have a place."""
    team = session.roles.filter(state__in=SessionRole.LIVE).values_list("person__full_name", flat=True)
    placed = session.registrations.live().filter(state__in=Registration.PLACED)
    organisations = placed.exclude(organisation_at_time=None).values_list("organisation_at_time__name", flat=True)
    return list(dict.fromkeys([*team.order_by("pk"), *organisations.order_by("organisation_at_time__name")]))
