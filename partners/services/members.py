"""Everything that changes accounts and memberships. `by` is the person who acts (None: set-up)."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.audit import acting, given
from partners.models import Membership, Organisation, SignedLink, User

from .mail import MailLink, queue_mail, suppress_mail

GESOC_GROUP = "GESOC"
WAY_IN = "way_in"
WAY_IN_FOR = datetime.timedelta(days=3)

# What GESOC staff may do in the administration; "view" is part of every other right there.
GESOC_PERMISSIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "partners": {
        "user": ("view",),
        "organisation": ("add", "change"),
        "membership": ("add", "change"),
        "organisationevent": ("view",),
        "membershipevent": ("view",),
        "organisationstatus": ("view",),
        "relationship": ("view",),
        "relationshipevent": ("view",),
    },
    "projects": {
        "project": ("view",),
        "challenge": ("view",),
        "evidence": ("view",),
        "datagap": ("view",),
        "guidingquestion": ("add", "change"),
        "projectevent": ("view",),
        "challengeevent": ("view",),
        "evidenceevent": ("view",),
    },
    "datasets": {
        "publicbody": ("add", "change"),
        "source": ("add", "change"),
        "sourcefile": ("view",),
        "ingest": ("view",),
        "rowissue": ("view",),
        "release": ("view",),
        "mappingprofile": ("view",),
        "classnode": ("view",),
        "legalreference": ("add", "change"),
        "procurementcap": ("add", "change"),
        "label": ("view",),
        "supplier": ("view",),
        "releaseevent": ("view",),
        "publicbodyevent": ("view",),
        "mappingprofileevent": ("view",),
        "legalreferenceevent": ("view",),
        "procurementcapevent": ("view",),
    },
    "municipalities": {
        "state": ("view",),
        "municipality": ("view",),
        "population": ("view",),
        "priceindex": ("view",),
    },
}


# -- accounts ---------------------------------------------------------------------------------------------------------


def create_user(
    *,
    email: str,
    full_name: str,
    by: User | None,
    password: str | None = None,
    preferred_language: str = "es-mx",
    is_gesoc: bool = False,
    is_admin: bool = False,
) -> User:
    """An account. Without a password nobody can sign in until the person has chosen one by the link in a mail."""
    with acting(by, "create_user"):
        user = _new_user(email, full_name, preferred_language)
        _grant(user, is_gesoc=is_gesoc, is_admin=is_admin)
        if password is not None:
            validate_password(password, user)
        user.set_password(password)
        return _save_user(user)


def _new_user(email: str, full_name: str, preferred_language: str = "es-mx") -> User:
    user = User(email=email.strip().lower(), full_name=full_name.strip(), preferred_language=preferred_language)
    user.set_unusable_password()
    return user


def update_user(*, user: User, by: User | None, **fields: Any) -> User:
    """Change name, e-mail, language or whether the account is active; rights have services of their own."""
    unknown = set(fields) - {"full_name", "email", "preferred_language", "is_active"}
    if unknown:
        raise TypeError(f"update_user does not change {', '.join(sorted(unknown))}")
    if fields.get("is_active") is False and by == user:
        raise ValidationError(_("Nobody can close their own account; ask another administrator."))
    with acting(by, "update_user"):
        current = _locked(user)
        for name, value in fields.items():
            setattr(current, name, value)
        current.email = current.email.strip().lower()
        return _save_user(current)


def set_password(*, user: User, password: str, by: User | None) -> User:
    """A new password chosen for somebody; it ends the sessions they have open."""
    with acting(by, "set_password"):
        current = _locked(user)
        validate_password(password, current)
        current.set_password(password)
        current.save(update_fields=["password"])
        return current


def set_platform_rights(*, user: User, by: User | None, is_gesoc: bool, is_admin: bool) -> User:
    """Make somebody GESOC staff or administrator, or end that. Nobody takes the last step for themselves."""
    if by == user and user.is_superuser and not is_admin:
        raise ValidationError(_("Nobody can give up being an administrator alone; ask another administrator."))
    with acting(by, "set_platform_rights"):
        current = _locked(user)
        _grant(current, is_gesoc=is_gesoc, is_admin=is_admin)
        return _save_user(current)


def _locked(user: User) -> User:
    """The account as it is now: what was read before must not undo what somebody changed since."""
    return User.objects.select_for_update().get(pk=user.pk)


def _grant(user: User, *, is_gesoc: bool, is_admin: bool) -> None:
    user.is_gesoc = is_gesoc
    user.is_superuser = is_admin
    user.is_staff = is_gesoc or is_admin


def _save_user(user: User) -> User:
    """Save with what hangs on the account: its one verified address, and the group of GESOC staff."""
    user.full_clean(exclude=["password"])
    user.save()
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    group, _created = Group.objects.get_or_create(name=GESOC_GROUP)
    if user.is_gesoc:
        user.groups.add(group)
    else:
        user.groups.remove(group)
    return user


def ensure_groups() -> Group:
    """The group of GESOC staff with exactly the rights listed above; run by `load_reference`, safe to repeat."""
    group, _created = Group.objects.get_or_create(name=GESOC_GROUP)
    group.permissions.set(_permissions())
    return group


def _permissions() -> list[Permission]:
    wanted = Q(pk__in=[])
    for app, models in GESOC_PERMISSIONS.items():
        for model, actions in models.items():
            codenames = [f"{action}_{model}" for action in {"view", *actions}]
            wanted |= Q(content_type__app_label=app, codename__in=codenames)
    return list(Permission.objects.filter(wanted))


# -- memberships ------------------------------------------------------------------------------------------------------


def add_membership(
    *, user: User, organisation: Organisation, by: User | None, role: str = Membership.Role.MEMBER
) -> Membership:
    """Make somebody who is known act for an organisation from today on."""
    with acting(by, "add_membership"):
        return _save_membership(Membership(user=user, organisation=organisation, role=role))


def invite_member(
    *, organisation: Organisation, email: str, full_name: str, by: User, role: str = Membership.Role.MEMBER
) -> Membership:
    """Offer a role in an organisation by mail; an account is opened for an address that has none.

    The role gives no right until the person accepts it.
    """
    with acting(by, "invite_member"):
        user = User.objects.with_email(email).first() or _save_user(_new_user(email, full_name))
        membership = _save_membership(
            Membership(user=user, organisation=organisation, role=role, state=Membership.State.INVITED)
        )
        queue_mail(
            kind="membership_invitation",
            template="invitation",
            context={"membership": membership},
            key=f"{membership.mailed_about}:invitation",
            about=membership.mailed_about,
            to=user.email,
            links={"way_in": MailLink("partners:way_in", WAY_IN, membership.subject, timezone.now() + WAY_IN_FOR)},
            language=user.preferred_language,
            by=by,
        )
        return membership


def invited_by(link: SignedLink) -> Membership | None:
    """The membership that a way in leads to; None once it was withdrawn, or the account closed."""
    number = uuid.UUID(link.subject).int
    found = Membership.objects.exclude(state=Membership.State.ENDED).filter(user__is_active=True, pk=number)
    return found.select_related("user", "organisation").first() if number < 2**63 else None


def accept_invitation(*, membership: Membership, by: User) -> Membership:
    """The invited person says yes; rights begin today."""
    if membership.user_id != by.pk:
        raise ValidationError(_("Only the person who was invited can accept."))
    return _move(
        membership,
        by=by,
        action="accept_invitation",
        start=(Membership.State.INVITED,),
        state=Membership.State.ACTIVE,
        since=timezone.localdate(),
    )


def suspend_membership(*, membership: Membership, by: User, reason: str) -> Membership:
    return _move(
        membership,
        by=by,
        action="suspend_membership",
        reason=given(reason),
        start=(Membership.State.ACTIVE,),
        state=Membership.State.SUSPENDED,
    )


def resume_membership(*, membership: Membership, by: User) -> Membership:
    return _move(
        membership,
        by=by,
        action="resume_membership",
        start=(Membership.State.SUSPENDED,),
        state=Membership.State.ACTIVE,
    )


def end_membership(*, membership: Membership, by: User, reason: str = "") -> Membership:
    """Ends today, and with it every right it gave. The row stays: what was done under it has its author."""
    return _move(
        membership,
        by=by,
        action="end_membership",
        reason=reason,
        start=(Membership.State.INVITED, Membership.State.ACTIVE, Membership.State.SUSPENDED),
        state=Membership.State.ENDED,
        until=max(timezone.localdate(), membership.since),
    )


def change_role(*, membership: Membership, role: str, by: User) -> Membership:
    return _move(
        membership,
        by=by,
        action="change_role",
        start=(Membership.State.INVITED, Membership.State.ACTIVE),
        role=role,
    )


def _move(
    membership: Membership, *, by: User, action: str, start: tuple[str, ...], reason: str = "", **fields: object
) -> Membership:
    """Change a membership if it still is in one of the states from which this may start (row locked meanwhile)."""
    with acting(by, action, **({"reason": reason} if reason else {})):
        current = Membership.objects.select_for_update().get(pk=membership.pk)
        if current.state not in start:
            raise ValidationError(
                _("This membership is “%(state)s”, so this cannot be done."),
                params={"state": current.get_state_display()},
            )
        for name, value in fields.items():
            setattr(current, name, value)
        _save_membership(current)
        if current.state != Membership.State.INVITED:  # answered or withdrawn: what still waits is not sent
            suppress_mail(about=current.mailed_about, by=by)
        return current


def _save_membership(membership: Membership) -> Membership:
    membership.full_clean()
    membership.save()
    return membership
