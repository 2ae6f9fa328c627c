"""What a person should look at before a load is published: jumps, broken identities, totals that are missed, lost rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .ingest.slices import last_month
from .models import ExpenditureLine, Ingest, Kind, Release, RevenueLine
from .words import amount, moment_name, number

JUMP = 10  # times the earlier figure, or the tenth of it: another unit, perhaps
LARGE = 5  # times the earlier figure, or the fifth of it
SHRUNK = Decimal("0.8")  # of the lines of the version before, or of the quarter before
HALVED = Decimal("0.5")  # of the lines of the year before
CENT = Decimal("0.01")
MOST = 12  # of one sort

# approved + adjustments = modified, and the order in which money moves: each moment at most the one before it.
_ORDER = {
    Kind.EXPENDITURE: ("modified", "committed", "accrued", "exercised", "paid"),
    Kind.REVENUE: ("accrued", "collected"),
}
# What only grows from one part of the year to the next.
_CUMULATIVE = ("committed", "accrued", "exercised", "paid", "collected")
_FIRST = {Kind.EXPENDITURE: "approved", Kind.REVENUE: "estimated"}


@dataclass(frozen=True, slots=True)
class Caution:
    code: str
    text: str
    release: Release | None = None


def cautions_of(ingest: Ingest, releases: list[Release]) -> list[Caution]:
    """A fixed number of queries, whatever the number of slices."""
    before, previous = _before(releases)
    found = [*_supposed_body(ingest), *_mates(ingest), *_missed_totals(ingest)]
    for release in releases:
        if (earlier := before.get(release.pk)) is not None:
            found += _jumps(release, earlier)
            found += _turned(release, earlier)
            found += _shrunk(release, earlier)
        if (part := previous.get(release.pk)) is not None:
            found += _fallen(release, part)
    for kind in (Kind.EXPENDITURE, Kind.REVENUE):
        found += _broken_rows(kind, [release for release in releases if release.kind == kind])
    return found


# -- against what was there before ------------------------------------------------------------------------------------


def _before(releases: list[Release]) -> tuple[dict[int, Release], dict[int, Release]]:
    """What is published of the same slice, else of the newest earlier year of the same sort; and, of a budget, the part of the
    same year that closed before."""
    if not releases:
        return {}, {}
    wanted = Q()
    for release in releases:
        same = Q(
            kind=release.kind,
            public_body=release.public_body_id,
            document=release.document,
            breakdown=release.breakdown,
        )
        wanted |= same & Q(period=release.period, year__lte=release.year)
        if _is_quarter(release):
            wanted |= same & Q(year=release.year)
    mine = [release.pk for release in releases]
    earlier: dict[tuple[object, ...], list[Release]] = {}
    parts: dict[tuple[object, ...], list[Release]] = {}
    for one in Release.objects.published().filter(wanted).exclude(pk__in=mine).order_by("-year"):
        earlier.setdefault((*_series(one), one.period), []).append(one)
        parts.setdefault((*_series(one), one.year), []).append(one)
    found, previous = {}, {}
    for release in releases:
        older = [one for one in earlier.get((*_series(release), release.period), ()) if one.year <= release.year]
        if older:
            found[release.pk] = older[0]
        same_year = [one for one in parts.get((*_series(release), release.year), ()) if _is_quarter(one)]
        closed = [one for one in same_year if _closes(one) < _closes(release)]
        if closed and _is_quarter(release):
            previous[release.pk] = max(closed, key=_closes)
    return found, previous


def _series(release: Release) -> tuple[object, ...]:
    return (release.kind, release.public_body_id, release.document, release.breakdown)


def _is_quarter(release: Release) -> bool:
    """Of a budget, whose quarters are cumulative; a month may be that month alone."""
    return release.kind in _ORDER and release.period.startswith("Q")


def _closes(release: Release) -> int:
    return last_month(release.period)


def _jumps(release: Release, earlier: Release) -> Iterable[Caution]:
    for name, text in release.totals.items():
        now, then = Decimal(str(text)), _total(earlier, name)
        if not now or not then or not _is_apart(now, then, LARGE if release.kind in _ORDER else JUMP):
            continue
        if _is_apart(now, then, JUMP):
            said = _("%(moment)s of %(body)s is %(now)s; in %(year)s it was %(then)s. Are these thousands of pesos?")
        else:
            said = _("%(moment)s of %(body)s is %(now)s; in %(year)s it was %(then)s. Is that so?")
        yield Caution("jump", said % _named(release, earlier, name, now, then), release)


def _is_apart(now: Decimal, then: Decimal, times: int) -> bool:
    return abs(now) >= times * abs(then) or abs(then) >= times * abs(now)


def _total(release: Release, name: str) -> Decimal:
    return Decimal(str(release.totals.get(name) or 0))


def _turned(release: Release, earlier: Release) -> Iterable[Caution]:
    """Of a budget: amounts that changed their sign, and moments that had amounts and have none."""
    if release.kind not in _ORDER:
        return
    for name in earlier.totals:
        now, then = _total(release, name), _total(earlier, name)
        if name == "adjustments" or not then:
            continue
        if now * then < 0:
            said = _("%(moment)s of %(body)s is %(now)s; in %(year)s it was %(then)s: its sign is another.")
            yield Caution("sign", said % _named(release, earlier, name, now, then), release)
        elif not now:
            said = _("%(moment)s of %(body)s is blank or zero; in %(year)s it was %(then)s. Is the file complete?")
            yield Caution("gone", said % _named(release, earlier, name, now, then), release)


def _fallen(release: Release, part: Release) -> Iterable[Caution]:
    """Against the part of the same year that closed before: what only grows is less, or lines are missing."""
    for name in part.totals:
        now, then = _total(release, name), _total(part, name)
        if name == "adjustments" or not then:
            continue
        if (name in _CUMULATIVE and now < then) or (name not in _CUMULATIVE and _is_apart(now, then, LARGE)):
            said = _("%(moment)s of %(body)s is %(now)s; in the period before, of the same year, it was %(then)s.")
            yield Caution("fallen", said % _named(release, part, name, now, then), release)
    if release.line_count < SHRUNK * part.line_count:
        said = _("%(body)s has %(now)s lines; in the period before it had %(then)s. Is the file complete?")
        counts = {"now": number(release.line_count), "then": number(part.line_count)}
        yield Caution("shrunk", said % {"body": release.public_body.name, **counts}, release)


def _named(release: Release, earlier: Release, name: str, now: Decimal, then: Decimal) -> dict[str, str]:
    is_currency = release.kind == Kind.CONTRACTS  # whose totals are by currency, not by moment
    return {
        "moment": _("Contracted (%(currency)s)") % {"currency": name} if is_currency else moment_name(name),
        "body": release.public_body.name,
        "now": amount(now),
        "then": amount(then),
        "year": str(earlier.year),
    }


def _shrunk(release: Release, earlier: Release) -> Iterable[Caution]:
    counts = {"now": number(release.line_count), "then": number(earlier.line_count)}
    if earlier.year == release.year and release.line_count < SHRUNK * earlier.line_count:
        said = _("%(body)s has %(now)s lines; the version that is public has %(then)s. Is the file complete?")
        yield Caution("shrunk", said % {"body": release.public_body.name, **counts}, release)
    elif release.kind in _ORDER and release.line_count < HALVED * earlier.line_count:
        said = _("%(body)s has %(now)s lines; in %(year)s it had %(then)s. Is the file complete?")
        about = {"body": release.public_body.name, "year": str(earlier.year), **counts}
        yield Caution("shrunk", said % about, release)


def _mates(ingest: Ingest) -> Iterable[Caution]:
    """Contracts that another file of the same package lists too."""
    for told in ingest.report.get("mates") or []:
        yield Caution(told["code"], f"{told['message']} {told['hint']}")


def _supposed_body(ingest: Ingest) -> Iterable[Caution]:
    if ingest.report.get("rests_on_signs"):
        yield Caution("supposed_body", ingest.report["publisher_supposed"])


# -- inside the file --------------------------------------------------------------------------------------------------


def _missed_totals(ingest: Ingest) -> Iterable[Caution]:
    missed = [control for control in ingest.report.get("control") or [] if Decimal(control["difference"] or 0)]
    if missed and ingest.rows_rejected:
        yield Caution("missed_total", _("Rows were rejected, and the sums lack their amounts: correct them first."))
    for control in missed[:MOST]:
        said = _("The file prints %(published)s as %(moment)s (%(label)s), and its rows add up to %(computed)s.")
        told = {name: amount(control[name]) for name in ("published", "computed")}
        yield Caution(
            "missed_total", said % {**told, "moment": moment_name(control["moment"]), "label": control["label"]}
        )


def _broken_rows(kind: Kind, releases: list[Release]) -> Iterable[Caution]:
    """Lines whose moments contradict one another, counted by the database in one pass."""
    if not releases:
        return
    by_id = {release.pk: release for release in releases}
    shown = 0
    for release_id, identity, order in _count_broken(kind, releases):
        if shown >= MOST:
            return
        release = by_id[release_id]
        if identity:
            shown += 1
            yield Caution("identity", _identity(kind, identity), release)
        if order:
            shown += 1
            yield Caution("order", _disorder(order), release)


def _count_broken(kind: Kind, releases: list[Release]) -> list[tuple[int, int, int]]:
    model = ExpenditureLine if kind == Kind.EXPENDITURE else RevenueLine
    first = _FIRST[kind]
    pairs = list(zip(_ORDER[kind], _ORDER[kind][1:], strict=False))
    # A moment that was not published is skipped: its neighbours are compared with each other.
    pairs += [("modified", "accrued"), ("accrued", "paid"), ("modified", "paid")] if kind == Kind.EXPENDITURE else []
    disorder = " OR ".join(f"({later} > {earlier} + 1 AND {earlier} >= 0)" for earlier, later in pairs)
    sql = f"""
        SELECT release_id, count(*) FILTER (WHERE abs({first} + adjustments - modified) > 1),
               count(*) FILTER (WHERE {disorder})
        FROM {model._meta.db_table}
        WHERE public_body_id = ANY(%s) AND release_id = ANY(%s) GROUP BY release_id ORDER BY release_id
    """  # noqa: S608  # names of columns, from the model
    bodies = list({release.public_body_id for release in releases})
    with connection.cursor() as cursor:
        cursor.execute(sql, [bodies, [release.pk for release in releases]])
        return list(cursor.fetchall())


def _identity(kind: Kind, count: int) -> str:
    first = moment_name(_FIRST[kind])
    return ngettext(
        "In one row %(first)s plus changes is not what is printed as modified.",
        "In %(n)s rows %(first)s plus changes is not what is printed as modified.",
        count,
    ) % {"n": number(count), "first": first.lower()}


def _disorder(count: int) -> str:
    return ngettext(
        "In one row a later moment is larger than the one before it (more paid than accrued, for example).",
        "In %(n)s rows a later moment is larger than the one before it (more paid than accrued, for example).",
        count,
    ) % {"n": number(count)}
