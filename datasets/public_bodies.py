"""Governments, known before any file names them; bodies that files bring, as people correct and confirm them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from gesoc.common.text import search_text, sort_key
from municipalities.models import Municipality, State
from partners.audit import acting
from partners.models import User

from .ingest.targets import free_slug
from .models import PublicBody
from .versions import bump_data_version

Kind = PublicBody.Kind
MEXICO_CITY = "09"
DERIVED = ("name_key", "sort_key", "search_text")


def name_key(name: str) -> str:
    """The name as it is compared with what files print. Two bodies may share it: whoever looks one up says where."""
    return search_text(name)[:300]


@transaction.atomic
def ensure_governments() -> int:
    """Create the governments that are missing; return how many rows were written.

    A body that exists keeps its name, which people may have edited, and its address, which they may have linked to;
    only what is computed from the name is brought up to date. Three queries where nothing changed.
    """
    kept = {_identity(body): body for body in PublicBody.objects.filter(kind__in=GOVERNMENTS)}
    missing, stale = [], []
    for body in _governments():
        existing = kept.get(_identity(body))
        if existing is None:
            missing.append(body)
        elif _refresh(existing, body):
            stale.append(existing)
    PublicBody.objects.bulk_create(missing, batch_size=1000)
    PublicBody.objects.bulk_update(stale, DERIVED, batch_size=500)
    return len(missing) + len(stale)


GOVERNMENTS = (Kind.MUNICIPALITY, Kind.STATE, Kind.FEDERATION)


def _identity(body: PublicBody) -> tuple[str, str]:
    """There is one government of a municipality, one of a state, one federation, whatever it is called."""
    places = {Kind.MUNICIPALITY: body.municipality_id, Kind.STATE: body.state_id}
    return body.kind, places.get(Kind(body.kind)) or ""


def _governments() -> Iterator[PublicBody]:
    yield _described(PublicBody(kind=Kind.FEDERATION, name="Gobierno Federal", slug="federacion"), "Federación México")
    for state in State.objects.all():
        yield _state_government(state)
    for municipality in Municipality.objects.select_related("state"):
        yield _municipal_government(municipality)


def _state_government(state: State) -> PublicBody:
    of = "de la Ciudad de México" if state.code == MEXICO_CITY else f"del Estado de {state.name}"
    body = PublicBody(kind=Kind.STATE, name=f"Gobierno {of}", slug=f"gobierno-de-{state.slug}", state=state)
    return _described(body, state.search_text)


def _municipal_government(municipality: Municipality) -> PublicBody:
    title = "Alcaldía" if municipality.kind == Municipality.Kind.BOROUGH else "Municipio de"
    body = PublicBody(
        kind=Kind.MUNICIPALITY,
        name=f"{title} {municipality.name}",
        slug=f"{slugify(municipality.name)[:110]}-{municipality.code}",
        municipality=municipality,
        state=municipality.state,
    )
    return _described(body, municipality.search_text)


def _described(body: PublicBody, other_words: str) -> PublicBody:
    """Set what lists and searches need; every word once."""
    words = search_text(f"{body.name} {other_words}").split()
    body.name_key = name_key(body.name)
    body.sort_key = sort_key(body.name)[:300]
    body.search_text = " ".join(dict.fromkeys(words))[:400]
    return body


def _refresh(existing: PublicBody, computed: PublicBody) -> bool:
    """Compute anew what follows from the existing name; say whether anything differed."""
    before = [getattr(existing, field) for field in DERIVED]
    _described(existing, computed.search_text)
    return before != [getattr(existing, field) for field in DERIVED]


def save_public_body(*, body: PublicBody, by: User | None) -> PublicBody:
    """Create or correct a body. The key by which files find it stays what it was when the body was made."""
    with acting(by, "save_public_body"):
        place = body.municipality or body.state
        known_as, is_new = body.name_key, body._state.adding
        _described(body, place.search_text if place else "")
        body.name_key = known_as or body.name_key
        body.full_clean()
        body.save()
        if not is_new:
            bump_data_version()  # names are part of what is answered
        return body


def confirm_public_body(*, body: PublicBody, by: User) -> PublicBody:
    """Somebody vouches that this body exists and is what it says; its kind has to be known by then."""
    with acting(by, "confirm_public_body"):
        current = PublicBody.objects.select_for_update().get(pk=body.pk)
        if current.confirmed:
            raise ValidationError(_("This body is confirmed already."))
        if current.kind == Kind.UNKNOWN:
            raise ValidationError(_("Say first what kind of body it is."))
        current.confirmed = True
        current.full_clean()
        current.save()
        bump_data_version()
        return current


def propose_public_body(*, name: str, by: User) -> PublicBody:
    """An institution that somebody names and we do not know: kept under that name until GESOC confirms it."""
    name = " ".join(name.split())[:300]
    known = PublicBody.objects.filter(name_key=name_key(name)).order_by("-confirmed", "pk").first()
    if known is not None:
        return known
    body = PublicBody(slug=free_slug(slugify(name)[:100]), name=name, kind=Kind.UNKNOWN, confirmed=False)
    return save_public_body(body=body, by=by)


def with_body(answers: dict[str, Any], by: User) -> dict[str, Any]:
    """Answers of a form, an institution that was named as new replaced by the address it got."""
    said = dict(answers)
    if name := said.pop("new_body", ""):
        said["public_body"] = propose_public_body(name=name, by=by).slug
    return said
