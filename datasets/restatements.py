"""The versions of a slice as a log in words: what each changed against the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from datasets.differences import Change, Differences, differences_of
from datasets.models import Kind, Release
from datasets.narration import joined, listed
from gesoc.common import money

MOST = 3  # parts that are told; the page of the differences has them all
SMALL = 1_000  # pesos; under it cents are told


def told_versions(versions: Sequence[Release]) -> list[tuple[Release, str]]:
    """Each with its sentence; none for the first version, and none for a draft, which has changed nothing yet."""
    numbered = sorted((one for one in versions if one.version is not None), key=lambda one: -(one.version or 0))
    pairs = list(pairwise(numbered))
    found = differences_of(pairs) if pairs else []
    said = {release.pk: _sentence(release, one) for (release, _before), one in zip(pairs, found, strict=True)}
    return [(version, said.get(version.pk, "")) for version in versions]


def _sentence(release: Release, found: Differences) -> str:
    named = {
        "body": release.public_body.name,
        "year": str(release.year),
        "version": str(release.version),
        "changes": _changes(release, found),
    }
    if not found.any:
        return _("Version %(version)s changed no sum of %(year)s.") % named
    if release.ingest.file_id == found.previous.ingest.file_id:
        told = _("The same file was read again for version %(version)s of %(year)s: %(changes)s.")
    else:
        told = _("%(body)s changed %(year)s in version %(version)s: %(changes)s.")
    return told % named


def _changes(release: Release, found: Differences) -> str:
    """The largest parts, and the total of the moment that they are of; the totals alone where no part is told."""
    parts = sorted((one for one in found.parts if one.difference), key=_size, reverse=True)
    totals = [one for one in found.totals if one.difference]
    whole = next((one for one in totals if one.name == found.moment), None)
    said = [_in(release, one, found.telling) for one in parts[:MOST]]
    if said and whole is not None:
        amount = _signed(release, whole.difference, found.telling)
        total = _("in all %(amount)s (%(moment)s)") % {"amount": amount, "moment": whole.name.lower()}
        return f"{listed(said)}; {total}"
    if said:
        return joined(listed(said), f"({found.moment.lower()})")
    return listed([_in(release, one, found.telling) for one in totals[:MOST]]) or _("other figures are stated")


def _size(change: Change) -> Decimal:
    return abs(change.difference or Decimal(0))


def _in(release: Release, change: Change, currency: str) -> str:
    return _("%(amount)s in %(part)s") % {
        "amount": _signed(release, change.difference, currency),
        "part": change.name,
    }


def _signed(release: Release, value: Decimal | None, currency: str) -> str:
    size = abs(value or Decimal(0))
    if release.kind == Kind.CONTRACTS:
        shown = money.currency_amount(size, currency)
    else:
        shown = money.pesos(size, cents=True) if size < SMALL else money.amount(size)
    return f"{money.MINUS if (value or 0) < 0 else '+'}{shown}"
