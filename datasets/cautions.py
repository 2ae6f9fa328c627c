"""What a person should look at before a load is published: jumps, broken identities, totals that are missed, lost rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import ExpenditureLine, Ingest, Kind, Release, RevenueLine
from .words import amount, moment_name, number

JUMP = 10  # times the earlier figure, or the tenth of it
SHRUNK = Decimal("0.8")  # of the lines of the version before
CENT = Decimal("0.01")
MOST = 12  # of one sort

# approved + adjustments = modified, and the order in which money moves: each moment at most the one before it.
_ORDER = {
    Kind.EXPENDITURE: ("modified", "committed", "accrued", "exercised", "paid"),
    Kind.REVENUE: ("accrued", "collected"),
}
_FIRST = {Kind.EXPENDITURE: "approved", Kind.REVENUE: "estimated"}


@dataclass(frozen=True, slots=True)
class Caution:
    code: str
    text: str
    release: Release | None = None


def cautions_of(ingest: Ingest, releases: list[Release]) -> list[Caution]:
    """A fixed number of queries, whatever the number of slices."""
    before = _before(releases)
    found = [*_supposed_body(ingest), *_mates(ingest), *_missed_totals(ingest)]
    for release in releases:
        if (earlier := before.get(release.pk)) is not None:
            found += _jumps(release, earlier)
            found += _shrunk(release, earlier)
    for kind in (Kind.EXPENDITURE, Kind.REVENUE):
        found += _broken_rows(kind, [release for release in releases if release.kind == kind])
    return found


# -- against what was there before ------------------------------------------------------------------------------------


def _before(releases: list[Release]) -> dict[int, Release]:
    """What is published of the same slice, else of the newest earlier year of the same sort."""
    if not releases:
        return {}
    wanted = Q()
    for release in releases:
        wanted |= Q(
            kind=release.kind,
            public_body=release.public_body_id,
            period=release.period,
            document=release.document,
            breakdown=release.breakdown,
            year__lte=release.year,
        )
    mine = [release.pk for release in releases]
    earlier: dict[tuple[object, ...], list[Release]] = {}
    for one in Release.objects.published().filter(wanted).exclude(pk__in=mine).order_by("-year"):
        earlier.setdefault(_series(one), []).append(one)
    found = {}
    for release in releases:
        older = [one for one in earlier.get(_series(release), ()) if one.year <= release.year]
        if older:
            found[release.pk] = older[0]
    return found


def _series(release: Release) -> tuple[object, ...]:
    return (release.kind, release.public_body_id, release.period, release.document, release.breakdown)


def _jumps(release: Release, earlier: Release) -> Iterable[Caution]:
    for name, text in release.totals.items():
        now, then = Decimal(str(text)), Decimal(str(earlier.totals.get(name) or 0))
        if now and then and (abs(now) >= JUMP * abs(then) or abs(then) >= JUMP * abs(now)):
            said = _("%(moment)s of %(body)s is %(now)s; in %(year)s it was %(then)s. Are these thousands of pesos?")
            yield Caution("jump", said % _named(release, earlier, name, now, then), release)


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
    if earlier.year == release.year and release.line_count < SHRUNK * earlier.line_count:
        said = _("%(body)s has %(now)s lines; the version that is public has %(then)s. Is the file complete?")
        counts = {"now": number(release.line_count), "then": number(earlier.line_count)}
        yield Caution("shrunk", said % {"body": release.public_body.name, **counts}, release)


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
