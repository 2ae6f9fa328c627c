"""Who may do what with people and organisations; the words the other apps' rules are made of.

No predicate remembers anything: every question asks the database again, so that an ended membership or a deactivated
account has lost its rights by the next request. Objects that a person may not even see are kept from them by
`.visible_to(user)` (404); a right that is missing on something visible is 403.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from .models import Membership, Organisation, Person, User

COORDINATOR = "coordinacion"
FACILITATOR = "facilitacion"


def sees_everything(user: User | AnonymousUser) -> bool:
    """GESOC staff and administrators: nothing in a list is hidden from them."""
    return bool(is_gesoc(user) or is_admin(user))


@rules.predicate
def is_admin(user: User | AnonymousUser) -> bool:
    return user.is_active and user.is_superuser


@rules.predicate
def is_gesoc(user: User | AnonymousUser) -> bool:
    return user.is_active and getattr(user, "is_gesoc", False)


@rules.predicate
def is_in_network(user: User | AnonymousUser) -> bool:
    """Acts for some organisation today, in whatever role."""
    return user.is_authenticated and user.memberships.in_force().exists()


@rules.predicate
def is_member(user: User | AnonymousUser, organisation: Organisation | None) -> bool:
    return _acts_for(user, organisation)


@rules.predicate
def is_coordinator(user: User | AnonymousUser, organisation: Organisation | None) -> bool:
    return _acts_for(user, organisation, COORDINATOR)


@rules.predicate
def is_facilitator(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and user.memberships.in_force().filter(role=FACILITATOR).exists()


@rules.predicate
def is_self(user: User | AnonymousUser, membership: Membership | None) -> bool:
    return membership is not None and user.is_active and membership.user_id == user.pk


@rules.predicate
def coordinates_membership(user: User | AnonymousUser, membership: Membership | None) -> bool:
    return membership is not None and _acts_for(user, membership.organisation, COORDINATOR)


@rules.predicate
def may_correct(user: User | AnonymousUser, person: Person | None) -> bool:
    """Their own data; or a contact without an account that the user added, or whose organisation they coordinate.

    The address of somebody with an account is where their personal links go: nobody else redirects it.
    """
    if person is None or not user.is_authenticated:
        return False
    if person.user_id is not None:
        return bool(person.user_id == user.pk)
    return person.added_by_id == user.pk or _acts_for(user, person.organisation, COORDINATOR)


@rules.predicate
def knows_addresses(user: User | AnonymousUser, person: Person | None) -> bool:
    """E-mail and phone: the person, whoever added them, and who coordinates their organisation; not every member."""
    if person is None or not user.is_authenticated:
        return False
    own = user.pk in (person.user_id, person.added_by_id)
    return own or _acts_for(user, person.organisation, COORDINATOR)


def _acts_for(user: User | AnonymousUser, organisation: Organisation | None, *roles: str) -> bool:
    if organisation is None or not user.is_authenticated:
        return False
    held = user.memberships.in_force().filter(organisation=organisation)
    return bool((held.filter(role__in=roles) if roles else held).exists())


staff = is_gesoc | is_admin

rules.add_perm("partners.see_network", is_in_network | staff)
rules.add_perm("partners.edit_organisation", is_coordinator | staff)
rules.add_perm("partners.add_organisation", staff)
rules.add_perm("partners.change_status", staff)
rules.add_perm("partners.edit_person", may_correct | staff)
rules.add_perm("partners.see_addresses", knows_addresses | staff)
rules.add_perm("partners.import_list", staff)
rules.add_perm("partners.export_people", staff)
rules.add_perm("partners.merge", staff)
rules.add_perm("partners.see_privacy_desk", staff)
rules.add_perm("partners.handle_privacy", is_admin)  # an erasure cannot be undone
rules.add_perm("partners.send_notice", staff)
rules.add_perm("partners.see_outbox", staff)
rules.add_perm("partners.invite_member", is_coordinator | staff)
rules.add_perm("partners.answer_invitation", is_self)
rules.add_perm("partners.end_membership", is_self | coordinates_membership | staff)
