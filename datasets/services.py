"""Writes of the fiscal half: receiving files, starting and confirming readings, publishing what they gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as QueueAway

from datasets import tasks
from datasets.caching import forget, keep, recall
from datasets.cancelling import cancel_ingest
from datasets.models import Ingest, Package, SourceFile, Watch
from datasets.packages import prepare_package
from datasets.receiving import ingest_options, prepare_ingest, register_file
from datasets.releases import NotAllowedNow, restore_release, withdraw_release
from datasets.reviews import hand_in_again, publish_ingest, send_back, trust_profile
from datasets.watches import demand_check, pause_watch, resume_watch, save_watch
from gesoc.common.commits import after_commit
from partners.models import User

__all__ = [
    "NotAllowedNow",
    "cancel_ingest",
    "hand_in_again",
    "ingest_options",
    "live_progress",
    "pause_watch",
    "prepare_ingest",
    "publish_ingest",
    "register_file",
    "restore_release",
    "resume_watch",
    "save_watch",
    "send_back",
    "start_check",
    "start_ingest",
    "start_package",
    "trust_profile",
    "withdraw_release",
]


def start_ingest(
    *,
    file: SourceFile,
    by: User | None = None,
    publish: bool = False,
    follows: Ingest | None = None,
    excuse: str = "",
    **said: Any,
) -> Ingest:
    """Read a file in the background. `said` takes the arguments of `ingest_options`."""
    options = ingest_options(**said)
    started = prepare_ingest(file=file, options=options, by=by, publish=publish, follows=follows, excuse=excuse)
    if not started.ingest.is_finished:
        # A broker that is away loses nothing: what waits is sent again by the sweep.
        after_commit(tasks.ingest_file.delay, started.ingest.pk)
    return started.ingest


def start_package(*, file: SourceFile, by: User | None = None, publish: bool = False, **said: Any) -> Package:
    """Unpack a ZIP and read every published file in it, in the background. Raises `UnreadableFile` for a hostile one."""
    package = prepare_package(file=file, options=ingest_options(**said), by=by, publish=publish)
    if not package.is_finished:
        after_commit(tasks.unpack_package.delay, package.pk)
    return package


def start_check(*, watch: Watch, by: User) -> None:
    """Have a watched source looked at now, in the background. Nothing else remembers that it was asked for."""
    demand_check(watch=watch)
    awaited = tasks.awaited_key(watch.pk)
    keep(awaited, True, tasks.AWAITED_SECONDS)
    try:
        tasks.check_watch.delay_on_commit(watch.pk, by.pk)  # type: ignore[attr-defined]
    except QueueAway:
        forget(awaited)
        raise NotAllowedNow(_("The queue of work does not answer: ask again in a minute.")) from None


def check_awaited(watch: Watch) -> bool:
    """Whether somebody asked for a look that has not begun."""
    return bool(recall(tasks.awaited_key(watch.pk)))


def download_progress(watch: Watch) -> tuple[int, int]:
    """Bytes that have arrived, and how many the server said there are (0: it did not say)."""
    told = recall(tasks.fetch_key(watch.pk)) or {}
    return told.get("done", 0), told.get("size", 0)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is. `percent` is 0 to 100."""

    stage: str
    percent: int
    rows_read: int
    rows_rejected: int
    rows_per_second: int
    message: str
    is_known: bool = True  # nothing was told yet, or Redis is away: the load may well be further than these figures say


def live_progress(ingest: Ingest) -> Progress:
    """From Redis while it works, from the row when it has ended: no load on the database either way."""
    if ingest.is_finished:
        rate = int(ingest.report.get("rows_per_second") or 0)
        return Progress(ingest.stage, 100, ingest.rows_read, ingest.rows_rejected, rate, ingest.get_status_display())
    told = recall(tasks.progress_key(ingest.pk)) or {}
    stage = told.get("stage", ingest.stage)
    return Progress(
        stage,
        int(100 * told.get("done", 0)),
        told.get("rows", 0),
        told.get("rejected", 0),
        told.get("rate", 0),
        str(Ingest.Stage(stage).label if stage in Ingest.Stage.values else stage),
        is_known=bool(told),
    )
