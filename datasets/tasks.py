"""Background work on files. Tasks take ids, do nothing twice, and keep their state in our own tables."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from celery.signals import worker_ready
from django.db import connection
from django.utils import timezone

from datasets import flags, packages, panorama_order, peer_medians, pictures, receiving, reviews, watches
from datasets.caching import forget, keep
from datasets.ingest import pipeline
from datasets.models import Ingest, Package, PackageMember, SourceFile, Watch
from datasets.opendata.build import build
from datasets.scan import scan_personal_data
from partners.models import User

PROGRESS_SECONDS = 3600
AWAITED_SECONDS = 120
SCANS = 20  # files a turn
WATCHES = 50  # sources a turn
OPEN_DATA = 0  # among the numbers of ingests, which begin at 1
BUILDING_SECONDS = 120
# An ingest that has waited this long lost its message (a broker that was emptied): the sweep sends it again.
LOST_AFTER = 20


def progress_key(ingest_id: int) -> str:
    return f"ingest:{ingest_id}:progress"


def teller(ingest_id: int) -> Callable[[str, float, int, int], None]:
    """Writes an ingest's progress to Redis, where the page that shows it reads it."""
    started = time.monotonic()

    def tell(stage: str, done: float, rows: int, rejected: int) -> None:
        rate = int(rows / max(time.monotonic() - started, 0.001))
        told = {"stage": stage, "done": done, "rows": rows, "rejected": rejected, "rate": rate}
        keep(progress_key(ingest_id), told, PROGRESS_SECONDS)

    return tell


def awaited_key(watch_id: int) -> str:
    return f"watch:{watch_id}:awaited"


def fetch_key(watch_id: int) -> str:
    return f"watch:{watch_id}:progress"


def fetch_teller(watch_id: int) -> Callable[[int, int], None]:
    """Writes how far a download is, twice a second at most."""
    last = 0.0

    def tell(done: int, size: int) -> None:
        nonlocal last
        if time.monotonic() - last > 0.5:
            last = time.monotonic()
            keep(fetch_key(watch_id), {"done": done, "size": size}, PROGRESS_SECONDS)

    return tell


@shared_task(bind=True, max_retries=5)
def ingest_file(self: Task[Any, None], ingest_id: int) -> None:
    """Run one ingest to its end. Safe to deliver twice: the second finds it done or held by the first."""
    try:
        ingest = pipeline.run_ingest(ingest_id, teller(ingest_id))
        reviews.publish_if_trusted(ingest=ingest)
    except (Ingest.DoesNotExist, pipeline.BusyElsewhere):
        return
    except pipeline.RecoverableError as error:
        connection.close()
        raise self.retry(exc=error, countdown=2**self.request.retries) from error
    watches.tell_of_load(ingest)
    scan_files.delay()


@shared_task
def unpack_package(package_id: int) -> int:
    """Take what is in a package; each of its files is read by a task of its own. Returns how many were started."""
    package = Package.objects.select_related("file__source", "created_by").filter(pk=package_id).first()
    started = 0
    try:
        for ingest in packages.unpack(package) if package else ():
            if not ingest.is_finished:
                ingest_file.delay(ingest.pk)
                started += 1
    except pipeline.BusyElsewhere:
        return started
    if package:
        watches.tell_of_package(package)
    return started


@shared_task
def watch_sources() -> int:
    """Look at every source that is due; tell of those that are late. Returns how many were due."""
    due = list(Watch.objects.due().values_list("pk", flat=True)[:WATCHES])
    for watch_id in due:
        check_watch.delay(watch_id)
    watches.tell_of_late()
    return len(due)


@shared_task
def check_watch(watch_id: int, by_id: int | None = None) -> None:
    """Look at one source; what is new there is read by a task of its own. `by_id`: a person asked for it now."""
    by = User.objects.filter(pk=by_id).first() if by_id else None
    try:
        fetch = watches.check(watch_id=watch_id, by=by, forced=by_id is not None, tell=fetch_teller(watch_id))
    except pipeline.BusyElsewhere:
        return
    finally:
        forget(awaited_key(watch_id), fetch_key(watch_id))
    if fetch and fetch.ingest and not fetch.ingest.is_finished:
        ingest_file.delay(fetch.ingest.pk)
    elif fetch and fetch.package and not fetch.package.is_finished:
        unpack_package.delay(fetch.package.pk)


@shared_task
def scan_files() -> int:
    """Look for personal data in originals that nobody has looked through yet; until then they are not public."""
    looked = 0
    finished = [Ingest.Status.READY, Ingest.Status.PUBLISHED]
    waiting = SourceFile.objects.filter(has_personal_data=None, ingests__status__in=finished).distinct()
    for file in waiting.order_by("pk")[:SCANS]:
        try:
            with pipeline.held(-file.pk):
                looked += scan_personal_data(file) is not None
        except pipeline.BusyElsewhere:
            continue
    return looked


@shared_task
def resume_ingests() -> int:
    """Send again every unfinished ingest that nobody holds; returns how many.

    The advisory lock tells the living from the dead at once: no clock of heartbeats to wait for.
    """
    sent = 0
    waiting = timezone.now() - timedelta(seconds=LOST_AFTER)
    running = Ingest.objects.filter(status=Ingest.Status.RUNNING)
    queued = Ingest.objects.filter(status=Ingest.Status.QUEUED, created_at__lt=waiting)
    for ingest_id in [*running.values_list("pk", flat=True), *queued.values_list("pk", flat=True)]:
        if _is_abandoned(ingest_id):
            ingest_file.delay(ingest_id)
            sent += 1
    return sent + _resume_packages()


def _resume_packages() -> int:
    """Packages that nobody is unpacking although something in them waits."""
    waiting = PackageMember.objects.filter(state=PackageMember.State.WAITING).values("package")
    late = timezone.now() - timedelta(seconds=LOST_AFTER)
    sent = 0
    for package in Package.objects.filter(pk__in=waiting, created_at__lt=late):
        if _is_abandoned(-package.file_id):
            unpack_package.delay(package.pk)
            sent += 1
    return sent


def _is_abandoned(ingest_id: int) -> bool:
    try:
        with pipeline.held(ingest_id):
            return True
    except pipeline.BusyElsewhere:
        return False


@shared_task
def evaluate_releases(release_ids: list[int]) -> int:
    """Indicators and flags of the years whose published figures have just changed."""
    return flags.evaluate_releases(release_ids)


@shared_task
def evaluate_missing() -> int:
    """What no message told of: figures that were public before the catalogue grew, or whose message was lost."""
    return flags.evaluate_missing()


@shared_task
def prepare_standings() -> int:
    """Does nothing where nothing was published since."""
    made = peer_medians.prepare()
    panorama_order.prepare()
    return made


@shared_task(soft_time_limit=20, time_limit=30)
def draw_picture(name: str) -> bool:
    """Delivered twice it finds the picture made. What is to be drawn waits in the cache, as long as somebody does."""
    return pictures.draw(name)


@worker_ready.connect
def resume_at_start(**kwargs: Any) -> None:
    """A worker that starts may be the one that replaces a killed one: look at once, not at the next beat."""
    resume_ingests.delay()


@shared_task
def sweep_leftovers() -> int:
    return receiving.sweep_leftovers()


@shared_task(bind=True, max_retries=None)
def build_open_data(self: Task[Any, None]) -> None:
    """Nightly, and when something was withdrawn; does nothing where nothing was published or withdrawn since.

    One at a time: whoever comes meanwhile waits, for what is being written may know nothing of its withdrawal yet.
    """
    try:
        with pipeline.held(OPEN_DATA):
            build()
    except pipeline.BusyElsewhere as busy:
        raise self.retry(exc=busy, countdown=BUILDING_SECONDS) from busy
