"""Personal links: the right to do one thing with one object, without an account (dialogue without sign-up).

A GET of such a link changes nothing (mail scanners open every link); what it allows is done by a POST of its page.
"""

from __future__ import annotations

import datetime
import hashlib
import secrets

from django.utils import timezone

from partners.audit import acting
from partners.models import Person, SignedLink, User

TOKEN_BYTES = 32


def mint_link(
    *, purpose: str, subject: str, expires_at: datetime.datetime, person: Person | None = None, by: User | None = None
) -> str:
    """A new token, returned this once: only its hash is kept. `subject` is the public id of the object."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with acting(by, "mint_link"):
        SignedLink.objects.create(
            purpose=purpose, subject=subject, person=person, expires_at=expires_at, token_hash=_hashed(token)
        )
    return token


def find_link(*, token: str, purpose: str) -> SignedLink | None:
    """The link, if it lives and is for this purpose."""
    live = SignedLink.objects.live().select_related("person")
    return live.filter(purpose=purpose, token_hash=_hashed(token)).first()


def mark_link_used(*, link: SignedLink) -> None:
    """Something was done through it. It can be used again until it expires: answers may be changed."""
    SignedLink.objects.filter(pk=link.pk).update(used_at=timezone.now())


def revoke_links(*, purpose: str, subject: str, person: Person | None = None, by: User | None = None) -> int:
    """No link of this kind to this object opens anything any more (of one person, if named). How many there were."""
    links = SignedLink.objects.live().filter(purpose=purpose, subject=subject)
    if person is not None:
        links = links.filter(person=person)
    with acting(by, "revoke_links"):
        return links.update(revoked_at=timezone.now())


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
