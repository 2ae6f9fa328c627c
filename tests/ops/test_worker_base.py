import time

import pytest
from django.core.cache import cache

from gesoc.celery import app
from tests.worker import CeleryWorker


@pytest.mark.worker
def test_worker_takes_tasks_and_comes_back_after_a_kill(worker: CeleryWorker) -> None:
    first = app.control.ping(timeout=10, limit=1)
    worker.kill()
    assert app.control.ping(timeout=1) == []
    worker.start()
    assert len(first) == len(app.control.ping(timeout=10, limit=1)) == 1


@pytest.mark.worker
def test_worker_gives_its_sign_of_life_again_and_again(worker: CeleryWorker) -> None:
    first = cache.get("alive:worker")
    time.sleep(6)
    assert cache.get("alive:worker") > first
