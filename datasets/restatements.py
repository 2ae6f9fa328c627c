"""The versions of a slice as a log in words: what each changed against what was public before it, and each time it came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from datasets.differences import Change, Differences, differences_of
from datasets.models import Kind, Release, ReleaseEvent
from datasets.narration import joined, listed
from gesoc.common import money

MOST = 3  # parts that are told of each sort; the page of the differences has them all
SMALL = 1_000  # pesos; under it cents are told


@dataclass(frozen=True, slots=True)
class _Step:
    """A version became public; what was before it, where there was another one that may be shown; whether not the first time."""

    release: Release
    before: Release | None
    again: bool


def told_versions(versions: Sequence[Release]) -> list[tuple[Release, str]]:
    """Each with its sentences; none for the first version, and none for a draft, which has changed nothing yet."""
    steps = [one for one in _steps(versions) if one.before is not None or one.again]
    pairs = [(one.release, one.before) for one in steps if one.before is not None]
    found = iter(differences_of(pairs) if pairs else [])
    said: defaultdict[int, list[str]] = defaultdict(list)
    for one in steps:
        said[one.release.pk].append(_sentence(one, next(found)) if one.before is not None else _back(one.release))
    return [(version, joined(*said[version.pk])) for version in versions]


def _steps(versions: Sequence[Release]) -> list[_Step]:
    """In the order of time, by the journal: versions are restored, so that the one before is not the one numbered before."""
    numbered = {one.pk: one for one in versions if one.version is not None}
    journal = ReleaseEvent._default_manager.filter(pgh_obj__in=numbered).exclude(status=Release.Status.DRAFT)
    was: dict[int, str] = {}
    order: list[int] = []
    for pk, status in journal.order_by("pgh_id").values_list("pgh_obj_id", "status"):
        # What is first heard of once it was replaced or withdrawn had been public all the same.
        if pk not in was or (status == Release.Status.PUBLISHED and was[pk] != status):
            order.append(pk)
        was[pk] = status
    unheard = sorted(numbered.keys() - was.keys(), key=lambda pk: numbered[pk].version or 0)
    steps: list[_Step] = []
    for pk in [*unheard, *order]:
        last = steps[-1].release if steps else None
        again = any(one.release.pk == pk for one in steps)
        steps.append(_Step(numbered[pk], last if last is None or last.pk != pk else None, again))
    return steps


def _back(release: Release) -> str:
    return _("Version %(version)s is public again.") % {"version": str(release.version)}


def _sentence(step: _Step, found: Differences) -> str:
    release = step.release
    named = {
        "body": release.public_body.name,
        "year": str(release.year),
        "version": str(release.version),
        "before": str(found.previous.version),
        "changes": _changes(release, found),
    }
    if step.again and not found.any:
        told = _("Version %(version)s was restored in place of version %(before)s: no sum of %(year)s changed.")
    elif step.again:
        told = _("Version %(version)s was restored in place of version %(before)s: %(changes)s.")
    elif not found.any:
        told = _("Version %(version)s changed no sum of %(year)s.")
    elif release.ingest.file_id == found.previous.ingest.file_id:
        told = _("The same file was read again for version %(version)s of %(year)s: %(changes)s.")
    else:
        told = _("%(body)s changed %(year)s in version %(version)s: %(changes)s.")
    return told % named


def _changes(release: Release, found: Differences) -> str:
    """The largest parts, and the total of the moment that they are of; the totals alone where no part is told. What is no longer
    stated, and what is stated for the first time, is no difference: it is named."""
    others = [one for one in found.totals if one.field != found.telling]
    whole = next((one for one in found.totals if one.field == found.telling), None)
    said = _parts(release, found) if whole is not None and whole.difference is not None else []
    if said and whole is not None and whole.difference:
        said.append(_in_all(release, whole))
    elif said:
        said[-1] = joined(said[-1], f"({_moment(release, found.moment)})")
    elif whole is not None:
        others = [whole, *others]
    if release.kind == Kind.CONTRACTS:  # currencies are never added: each is told
        said += [_in_all(release, one) for one in others if one.difference]
    elif not said:
        said += _differing(release, others, "")
    return "; ".join([*said, *_gone_and_new(release, found.totals, "")])


def _parts(release: Release, found: Differences) -> list[str]:
    differing = _differing(release, found.parts, found.telling)
    return [*differing, *_gone_and_new(release, found.parts, found.telling)]


def _in_all(release: Release, whole: Change) -> str:
    amount = _signed(release, whole.difference, whole.field)
    return _("in all %(amount)s (%(moment)s)") % {"amount": amount, "moment": _moment(release, whole.name)}


def _differing(release: Release, changes: Sequence[Change], currency: str) -> list[str]:
    largest = sorted((one for one in changes if one.difference), key=_size, reverse=True)[:MOST]
    return [listed([_in(release, one, currency or one.field) for one in largest])] if largest else []


def _gone_and_new(release: Release, changes: Sequence[Change], currency: str) -> list[str]:
    gone = [(one, -one.before) for one in changes if one.before is not None and one.after is None]
    new = [(one, one.after) for one in changes if one.before is None and one.after is not None]
    told = []
    if gone:
        told.append(_("no longer stated: %(parts)s") % {"parts": _named(release, gone, currency)})
    if new:
        told.append(_("stated now: %(parts)s") % {"parts": _named(release, new, currency)})
    return told


def _named(release: Release, changes: Sequence[tuple[Change, Decimal]], currency: str) -> str:
    largest = sorted(changes, key=lambda one: -abs(one[1]))
    names = [f"{one.name} ({_signed(release, value, currency or one.field)})" for one, value in largest[:MOST]]
    more = len(largest) - MOST
    return listed([*names, _("%(n)s more") % {"n": money.number(more)}] if more > 0 else names)


def _moment(release: Release, name: str) -> str:
    """In the middle of a sentence; the code of a currency as it is."""
    return name if release.kind == Kind.CONTRACTS else name.lower()


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
    sign = money.MINUS if (value or 0) < 0 else "+" if value else ""
    return f"{sign}{shown}"
