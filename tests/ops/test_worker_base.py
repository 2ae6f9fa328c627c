import time

import pytest
from django.core.cache import cache

from gesoc.celery import app
from tests.worker import CeleryWorker


def workers(seconds: float) -> int:
    """How many answer a ping; a worker hears its first a moment after it is ready."""
    end = time.monotonic() + seconds
    while not (found := app.control.ping(timeout=1, limit=1)) and time.monotonic() < end:
        pass
    return len(found)


@pytest.mark.worker
def test_worker_takes_tasks_and_comes_back_after_a_kill(worker: CeleryWorker) -> None:
    assert workers(20) == 1
    worker.kill()
    assert workers(1) == 0
    worker.start()
    assert workers(20) == 1


@pytest.mark.worker
def test_worker_gives_its_sign_of_life_again_and_again(worker: CeleryWorker) -> None:
    first = cache.get("alive:worker")
    time.sleep(6)
    assert cache.get("alive:worker") > first
