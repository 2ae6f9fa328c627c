"""Background work on files. Tasks take ids, do nothing twice, and keep their state in our own tables."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from celery.signals import worker_ready
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from datasets.ingest import pipeline
from datasets.models import Ingest, SourceFile
from datasets.scan import scan_personal_data

PROGRESS_SECONDS = 3600
SCANS = 20  # files a turn
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
        cache.set(progress_key(ingest_id), told, PROGRESS_SECONDS)

    return tell


@shared_task(bind=True, max_retries=5)
def ingest_file(self: Task[Any, None], ingest_id: int) -> None:
    """Run one ingest to its end. Safe to deliver twice: the second finds it done or held by the first."""
    try:
        pipeline.run_ingest(ingest_id, teller(ingest_id))
    except (Ingest.DoesNotExist, pipeline.BusyElsewhere):
        return
    except pipeline.RecoverableError as error:
        connection.close()
        raise self.retry(exc=error, countdown=2**self.request.retries) from error
    scan_files.delay()


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
    return sent


def _is_abandoned(ingest_id: int) -> bool:
    try:
        with pipeline.held(ingest_id):
            return True
    except pipeline.BusyElsewhere:
        return False


@worker_ready.connect
def resume_at_start(**kwargs: Any) -> None:
    """A worker that starts may be the one that replaces a killed one: look at once, not at the next beat."""
    resume_ingests.delay()
