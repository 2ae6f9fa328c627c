"""Publishing, restoring and withdrawing: lines never move, only the status of their release does."""

from __future__ import annotations

from collections.abc import Sequence

from celery import current_app
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from datasets.models import Flag, IndicatorValue, PublicBody, Release
from datasets.suppliers import refresh_supplier_totals
from datasets.versions import bump_data_version
from gesoc.common.commits import after_commit
from partners.models import User

# Tasks of the apps above that hear of published, restored and withdrawn releases.
LISTENING = ("projects.tasks.reconsider",)


class NotAllowedNow(Exception):
    """The release is not in a state from which this step may start; the message says so to a person."""


# Same slice, other release, published until now.
_SUPERSEDE = """
    UPDATE datasets_release old SET status = 'superseded'
    FROM datasets_release fresh
    WHERE fresh.id = ANY(%(ids)s) AND old.status = 'published' AND old.id <> fresh.id
      AND (old.public_body_id, old.kind, old.year, old.period, old.document, old.breakdown)
        = (fresh.public_body_id, fresh.kind, fresh.year, fresh.period, fresh.document, fresh.breakdown)
"""
_PUBLISH = """
    UPDATE datasets_release fresh
    SET status = 'published', published_at = %(now)s, published_by_id = %(by)s, reason = %(reason)s,
        version = coalesce(fresh.version, 1 + coalesce((
            SELECT max(other.version) FROM datasets_release other
            WHERE (other.public_body_id, other.kind, other.year, other.period, other.document, other.breakdown)
                = (fresh.public_body_id, fresh.kind, fresh.year, fresh.period, fresh.document, fresh.breakdown)), 0))
    WHERE fresh.id = ANY(%(ids)s)
"""


@transaction.atomic
def publish_releases(*, ids: Sequence[int], by: User | None, reason: str = "") -> None:
    """Make these the public ones of their slices, all in one step; those they replace are kept as superseded."""
    _lock_bodies(ids)
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_SUPERSEDE, {"ids": list(ids)})
        cursor.execute(_PUBLISH, {"ids": list(ids), "now": now, "by": by.pk if by else None, "reason": reason})
    refresh_supplier_totals(ids)
    tell(ids)
    bump_data_version()
    announce(ids)


@transaction.atomic
def restore_release(*, release: Release, by: User | None, reason: str) -> Release:
    """Go back to an earlier version of a slice."""
    _lock_bodies([release.pk])
    release.refresh_from_db()
    if release.status not in (Release.Status.SUPERSEDED, Release.Status.WITHDRAWN):
        raise NotAllowedNow(_("Only a superseded or withdrawn version can be restored."))
    publish_releases(ids=[release.pk], by=by, reason=reason)
    release.refresh_from_db()
    return release


@transaction.atomic
def withdraw_release(*, release: Release, by: User | None, reason: str) -> Release:
    """Take a version away from the public; the file and its history stay."""
    _lock_bodies([release.pk])
    release.refresh_from_db()
    if release.status != Release.Status.PUBLISHED:
        raise NotAllowedNow(_("Only a published version can be withdrawn."))
    release.status = Release.Status.WITHDRAWN
    release.published_by = by
    release.reason = reason
    release.full_clean(validate_constraints=False)
    release.save(update_fields=["status", "published_by", "reason"])
    refresh_supplier_totals([release.pk])
    _take_down(release)
    tell([release.pk])
    bump_data_version()
    announce([release.pk])
    # Its files are not given away until they are written without it; by night they are written in any case.
    after_commit(current_app.send_task, "datasets.tasks.build_open_data", [])
    return release


def _take_down(release: Release) -> None:
    """What was computed of it is not public for a moment longer; what still holds without it comes back with the evaluation."""
    told = IndicatorValue.objects.filter(public_body=release.public_body_id, releases__contains=release.pk)
    same = told.filter(year=OuterRef("year"), indicator=OuterRef("indicator"))
    standing = Flag.objects.standing().filter(public_body=release.public_body_id)
    standing.filter(Exists(same)).update(gone_at=timezone.now())
    told.delete()


def tell(release_ids: Sequence[int]) -> None:
    """By name and after the commit: what follows from the figures is computed by whoever knows how."""
    ids = list(release_ids)
    # A broker that is away undoes no publication: the sweep finds what was not evaluated.
    after_commit(current_app.send_task, "datasets.tasks.evaluate_releases", [ids])


def _lock_bodies(release_ids: Sequence[int]) -> None:
    """Two people publishing for one body take turns; always in the same order, so that they never wait for each other."""
    bodies = Release.objects.filter(pk__in=list(release_ids)).values("public_body")
    list(PublicBody.objects.select_for_update(no_key=True).filter(pk__in=bodies).order_by("pk").values("pk"))


def announce(ids: Sequence[int]) -> None:
    """Tell who lives above, by the names of their tasks, once the figures of these releases' slices are others.

    Best effort: a broker that is down stops no publication; what is told later is told by the next one.
    """
    for task in LISTENING:
        after_commit(current_app.send_task, task, [list(ids)])
