"""Computing indicators of a body's year, and what people do with the questions that follow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from datasets import disclosure
from datasets.disclosure.evidence import evidence_of
from datasets.indicators import BARRED, FAMILIES, KINDS, Finding, Indicator, Outcome
from datasets.indicators.inputs import Awards, Ledger, inputs_of
from datasets.models import (
    Contract,
    DisclosureScore,
    Flag,
    FlagReply,
    FlagReview,
    FlagRow,
    IndicatorValue,
    Kind,
    PublicBody,
    Release,
    Sanction,
)
from datasets.releases import NotAllowedNow
from datasets.selectors.registers import same_suppliers
from datasets.versions import bump_data_version
from partners.audit import acting
from partners.models import User

LOCK = 7_301_002  # first key of the advisory lock; the second is the body


@transaction.atomic
def evaluate(*, public_body: PublicBody, year: int, family: str) -> int:
    """Compute a family of indicators of one body and year from what is public now; returns how many flags stand.

    Nothing but this body's, this year's and this family's values and flags is touched.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, public_body.pk])
    given = inputs_of(family, public_body, year)
    mine = {"public_body": public_body, "year": year}
    if given is None:
        IndicatorValue.objects.filter(**mine, family=family).delete()
        _sync_flags(mine, family, {})
        bump_data_version()
        return 0
    outcomes = {one: one.measure(given) for one in FAMILIES[family]}
    _write_values(mine, family, outcomes, given)
    flags = _sync_flags(mine, family, outcomes)
    bump_data_version()
    return flags


def _write_values(
    mine: dict[str, Any], family: str, outcomes: dict[Indicator, Outcome], given: Awards | Ledger
) -> None:
    IndicatorValue.objects.filter(**mine, family=family).delete()
    now = timezone.now()
    IndicatorValue.objects.bulk_create(
        IndicatorValue(
            **mine,
            indicator=one.code,
            version=one.version,
            family=family,
            value=outcome.value,
            numerator=outcome.numerator,
            denominator=outcome.denominator,
            count=outcome.count,
            reason=outcome.reason,
            releases=list(given.releases),
            computed_at=now,
        )
        for one, outcome in outcomes.items()
    )


def _sync_flags(mine: dict[str, Any], family: str, outcomes: dict[Indicator, Outcome]) -> int:
    """Raise what is new, renew what stands, take down what the figures no longer say; reviewed ones are kept."""
    kept = {
        (flag.indicator, flag.subject): flag
        for flag in Flag.objects.filter(**mine, indicator__in=[one.code for one in FAMILIES[family]])
    }
    standing = 0
    for one, outcome in outcomes.items():
        for finding in outcome.findings:
            _raise(mine, one, finding, kept.pop((one.code, finding.subject), None))
            standing += 1
    gone = Flag.objects.filter(pk__in=[flag.pk for flag in kept.values()])
    worked_on = FlagReview.objects.values("flag"), FlagReply.objects.values("flag")
    gone.exclude(pk__in=worked_on[0]).exclude(pk__in=worked_on[1]).delete()
    gone.filter(gone_at=None).update(gone_at=timezone.now())
    return standing


def _raise(mine: dict[str, Any], one: Indicator, finding: Finding, flag: Flag | None) -> None:
    flag = flag or Flag(**mine, indicator=one.code, subject=finding.subject)
    flag.version, flag.value, flag.params, flag.gone_at = one.version, finding.value, dict(finding.params), None
    flag.full_clean(validate_unique=False, validate_constraints=False, exclude=["value"])
    flag.save()
    flag.rows.all().delete()
    FlagRow.objects.bulk_create(
        FlagRow(
            flag=flag,
            public_body=flag.public_body,
            fingerprint=row.fingerprint,
            release_id=row.release_id,
            line_no=row.line_no,
        )
        for row in finding.rows
    )


def evaluate_releases(release_ids: Iterable[int]) -> int:
    """Everything that depends on these releases: their bodies' years in their families."""
    ids = list(release_ids)
    releases = Release.objects.filter(pk__in=ids, kind__in=KINDS)
    slices = releases.order_by().values_list("public_body_id", "year", "kind").distinct()
    bodies = PublicBody.objects.in_bulk({body for body, _year, _kind in slices})
    standing = sum(
        evaluate(public_body=bodies[body], year=year, family=KINDS[kind]) for body, year, kind in sorted(slices)
    )
    for body in bodies.values():
        evaluate_disclosure(public_body=body)
    if registers := list(Release.objects.filter(pk__in=ids, kind=Kind.SANCTIONS)):
        forget_barred(registers)
        evaluate_missing()
    return standing


def forget_barred(registers: Iterable[Release]) -> int:
    """Take away what these registers of sanctions may have changed, for whoever looks for missing values; returns how much.

    Of other bodies: of every year in which one of the suppliers sold, or in which somebody was counted as barred.
    """
    listed = Sanction.objects.filter(release__in=list(registers)).exclude(supplier=None)
    same = same_suppliers(listed.order_by().values_list("supplier", flat=True).distinct())
    sold = Contract.objects.filter(
        supplier__in={pk for pks in same.values() for pk in pks},
        public_body=OuterRef("public_body"),
        release__in=Release.objects.published().filter(year=OuterRef(OuterRef("year"))).values("pk"),
    )
    values = IndicatorValue.objects.filter(indicator=BARRED)
    any_left = Release.objects.published().filter(kind=Kind.SANCTIONS).exists()
    untold = Q(reason="no_sanctions") if any_left else ~Q(reason="no_sanctions")
    return values.filter(untold | Q(value__gt=0) | Exists(sold)).delete()[0]


@transaction.atomic
def evaluate_disclosure(*, public_body: PublicBody) -> int:
    """Judge again every year of a body: each counts the years before it. Returns how many years there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, public_body.pk])
    found = {evidence.year: disclosure.score(evidence) for evidence in evidence_of(public_body)}
    DisclosureScore.objects.filter(public_body=public_body).delete()
    DisclosureScore.objects.bulk_create(
        DisclosureScore(
            public_body=public_body,
            year=year,
            version=disclosure.VERSION,
            score=score.value,
            coverage=score.coverage,
            parts=[part.as_json() for part in score.parts],
        )
        for year, score in found.items()
    )
    bump_data_version()
    return len(found)


def evaluate_missing(limit: int = 500) -> int:
    """Years with public figures that were not evaluated, or by an older catalogue; returns how many were done."""
    done = 0
    for kind, family in KINDS.items():
        slices = list(_not_evaluated(kind, family)[: limit - done])
        bodies = PublicBody.objects.in_bulk({body for body, _year in slices})
        for body, year in slices:
            evaluate(public_body=bodies[body], year=year, family=family)
            done += 1
    return done + _missing_disclosure()


def _not_evaluated(kind: str, family: str) -> QuerySet[Release, tuple[int, int]]:
    """(body, year) whose values are not those of today's catalogue, each once and in its version. Found by the database."""
    wanted = Q(pk__in=[])
    for one in FAMILIES[family]:
        wanted |= Q(indicator=one.code, version=one.version)
    here = IndicatorValue.objects.filter(family=family, public_body=OuterRef("public_body"), year=OuterRef("year"))
    counted = here.order_by().values("public_body").annotate(all=Count("pk"), current=Count("pk", filter=wanted))
    count = len(FAMILIES[family])
    complete = counted.filter(all=count, current=count)
    published = Release.objects.published().filter(~Exists(complete), kind=kind)
    return published.order_by("public_body_id", "year").values_list("public_body_id", "year").distinct()


def _missing_disclosure() -> int:
    current = DisclosureScore.objects.filter(version=disclosure.VERSION)
    judged = current.filter(public_body=OuterRef("public_body"), year=OuterRef("year"))
    missing = Release.objects.published().filter(~Exists(judged)).values("public_body")
    bodies = list(PublicBody.objects.filter(pk__in=missing))
    for body in bodies:
        evaluate_disclosure(public_body=body)
    return len(bodies)


# -- what people do ---------------------------------------------------------------------------------------------------


def review_flag(*, flag: Flag, state: str, reason: str, by: User) -> FlagReview:
    """Explain, confirm, dismiss or reopen a question, saying why. What was said before stays."""
    with acting(by, "review_flag"):
        current = Flag.objects.select_for_update().get(pk=flag.pk)
        if current.gone_at is not None:
            raise NotAllowedNow(_("The figures no longer raise this question; there is nothing left to judge."))
        if state == current.state:
            raise NotAllowedNow(_("It is in this state already."))
        review = FlagReview(flag=current, state=state, reason=reason.strip(), value=current.value, by=by)
        review.full_clean(exclude=["value"])
        review.save()
        current.state = state
        current.save(update_fields=["state"])
        bump_data_version()
    flag.state = state
    return review


def record_reply(*, flag: Flag, text: str, signed_by: str, answered_on: date, url: str, by: User) -> FlagReply:
    """Put beside the question what the public body answered."""
    with acting(by, "record_reply"):
        reply = FlagReply(
            flag=flag, text=text.strip(), signed_by=signed_by.strip(), answered_on=answered_on, url=url, recorded_by=by
        )
        reply.full_clean()
        reply.save()
        bump_data_version()
    return reply
