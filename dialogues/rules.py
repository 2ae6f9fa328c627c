"""Who may do what with a session (reference: who facilitates *that* session, who hosts it, who leads its project).

What somebody may not even see is kept from them by `Session.objects.visible_to` (404). Whoever holds a signed link has
one right on one object, and is no user: links are looked up by `partners.services.find_link`, not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from partners.models import Organisation, OrganisationQuerySet
from partners.rules import COORDINATOR, FACILITATOR, is_coordinator, is_facilitator, is_in_network, is_member, staff
from projects.models import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

    from .models import Commitment, Series, Session

LEADING = ("facilita", "cofacilita")
LIVE = ("propuesta", "confirmada")


@rules.predicate
def facilitates(user: User | AnonymousUser, session: Session | None) -> bool:
    """Leads that very session, whatever they may do elsewhere."""
    if session is None or not user.is_authenticated:
        return False
    return bool(session.roles.filter(person__user=user.pk, role__in=LEADING, state__in=LIVE).exists())


@rules.predicate
def helps(user: User | AnonymousUser, session: Session | None) -> bool:
    """Has any role in it: notes, logistics, presenting."""
    if session is None or not user.is_authenticated:
        return False
    return bool(session.roles.filter(person__user=user.pk, state__in=LIVE).exists())


@rules.predicate
def hosts(user: User | AnonymousUser, session: Session | None) -> bool:
    return session is not None and is_member(user, session.host_organisation)


@rules.predicate
def coordinates_host(user: User | AnonymousUser, session: Session | None) -> bool:
    return session is not None and is_coordinator(user, session.host_organisation)


@rules.predicate
def leads_its_project(user: User | AnonymousUser, session: Session | None) -> bool:
    if session is None or not user.is_authenticated:
        return False
    return session.projects.led_by(user).exists()


@rules.predicate
def drafts_it(user: User | AnonymousUser, session: Session | None) -> bool:
    """Began it, and it has not been announced: a proposal is still its author's."""
    return session is not None and session.state == "borrador" and session.created_by_id == user.pk


@rules.predicate
def runs_series(user: User | AnonymousUser, series: Series | None) -> bool:
    """Coordinates or facilitates for its organisation, or leads its project."""
    if series is None or not user.is_authenticated:
        return False
    host = Organisation.objects.of(user, COORDINATOR, FACILITATOR).filter(pk=series.host_organisation_id)
    return host.exists() or Project.objects.led_by(user).filter(series=series).exists()


runs = facilitates | leads_its_project | staff

rules.add_perm("dialogues.add_session", is_in_network | staff)  # a draft for an organisation one acts for
rules.add_perm("dialogues.edit_session", runs | drafts_it)
rules.add_perm("dialogues.announce_session", runs)  # schedule, convene, move, cancel
rules.add_perm("dialogues.invite", runs)
rules.add_perm("dialogues.see_participants", runs | hosts)
rules.add_perm("dialogues.see_contacts", runs)
rules.add_perm("dialogues.check_in", runs | hosts | helps)
rules.add_perm("dialogues.write_notes", runs | hosts | helps)
rules.add_perm("dialogues.edit_minutes", runs)
rules.add_perm("dialogues.reopen_session", staff)
rules.add_perm("dialogues.edit_series", runs_series | staff)
rules.add_perm("dialogues.facilitate_anywhere", is_facilitator | staff)


# -- commitments ------------------------------------------------------------------------------------------------------


@rules.predicate
def runs_its_session(user: User | AnonymousUser, commitment: Commitment | None) -> bool:
    return commitment is not None and bool(runs(user, commitment.session))


@rules.predicate
def is_responsible(user: User | AnonymousUser, commitment: Commitment | None) -> bool:
    return commitment is not None and is_member(user, commitment.responsible)


@rules.predicate
def can_verify(user: User | AnonymousUser, commitment: Commitment | None) -> bool:
    """Acts for some other organisation, and there is something to look at."""
    if commitment is None or commitment.responsible_id is None or commitment.state in NOTHING_TO_VERIFY:
        return False
    return may_verify_for(user, commitment).exists()


NOTHING_TO_VERIFY = ("propuesto", "cancelado", "verificado")


def may_verify_for(user: User | AnonymousUser, commitment: Commitment) -> OrganisationQuerySet:
    """The organisations in whose name somebody may judge: their own, never the one that is judged."""
    own = Organisation.objects.of(user) if user.pk else Organisation.objects.none()
    return own.exclude(commitments=commitment)


rules.add_perm("dialogues.add_commitment", runs)
rules.add_perm("dialogues.manage_commitment", runs_its_session | staff)
rules.add_perm("dialogues.report_commitment", is_responsible | runs_its_session | staff)
rules.add_perm("dialogues.verify_commitment", can_verify)

# -- the room ---------------------------------------------------------------------------------------------------------

rules.add_perm("dialogues.run_votes", runs)
rules.add_perm("dialogues.put_under_chatham", runs)
