"""The Celery application, and the two signs of life that /salud/ reads."""

from __future__ import annotations

import gc
import logging
import os
import time
from typing import Any

from celery import Celery, signals
from celery.beat import PersistentScheduler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gesoc.settings")

app = Celery("gesoc")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = logging.getLogger(__name__)
EVERY = 5  # seconds between two signs of life
GONE_AFTER = 30  # seconds without one


def sign_of_life(who: str) -> None:
    """Written straight to Redis and not by a task: a worker that is busy with a long file is not dead."""
    from django.core.cache import cache

    try:
        cache.set(f"alive:{who}", time.time(), GONE_AFTER)
    except Exception as error:  # the loop that calls this must go on whatever Redis does
        logger.warning("No sign of life from %s: %s", who, error)


@signals.worker_process_init.connect
def settle(**kwargs: Any) -> None:
    """What a process is made of when it begins need not be looked through again while blocks of a file come and go."""
    gc.collect()
    gc.freeze()


@signals.worker_ready.connect
def watch_worker(sender: Any, **kwargs: Any) -> None:
    sign_of_life("worker")
    sender.timer.call_repeatedly(EVERY, sign_of_life, ("worker",))


class Scheduler(PersistentScheduler):
    """Celery's own, with a sign of life at every tick."""

    max_interval = EVERY

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() - getattr(self, "signed", 0) >= EVERY:
            self.signed = time.monotonic()
            sign_of_life("beat")
        return min(EVERY, super().tick(*args, **kwargs))
