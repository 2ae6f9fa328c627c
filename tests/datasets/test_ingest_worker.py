"""The real worker: a file handed over is read; a worker killed in the middle changes nothing in what is loaded."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command

from benchmarks.dirty import write_dirty_csv
from datasets.models import ExpenditureCell, ExpenditureLine, Ingest, Release
from datasets.services import live_progress, register_file, start_ingest
from datasets.tasks import progress_key
from tests.datasets.test_pipeline import BUDGET

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
LINES = 250_000  # more than a second of work: there is a middle to be killed in, and progress is told twice a second


def hand_over(path: Path, **said: Any) -> Ingest:
    with path.open("rb") as stream:
        return start_ingest(file=register_file(stream=stream, name=path.name), publish=True, **said)


def wait(ingest: Ingest, seconds: float) -> Ingest:
    end = time.monotonic() + seconds
    while not ingest.is_finished and time.monotonic() < end:
        time.sleep(0.1)
        ingest.refresh_from_db()
    return ingest


def loaded() -> dict[str, Any]:
    """Everything that a load leaves, without the ids that differ from run to run."""
    columns = ["public_body_id", "line_no", "source_row", "object_id", "unit_id", "approved", "modified", "paid"]
    return {
        "lines": list(ExpenditureLine.objects.order_by("line_no").values_list(*columns)),
        "cells": sorted(ExpenditureCell.objects.values_list("public_body_id", "by", "key", "line_count", "approved")),
        "releases": sorted(Release.objects.values_list("public_body_id", "year", "status", "version", "line_count")),
    }


def test_worker_reads_a_file_that_was_handed_over(worker, write) -> None:
    call_command("load_reference", verbosity=0)
    done = wait(hand_over(write("gasto.csv", BUDGET)), 30)
    assert (done.status, done.rows_loaded, live_progress(done).percent) == ("published", 4, 100)


def test_killed_worker_is_taken_up_and_ends_in_the_very_same_rows(worker, tmp_path, django_db_blocker) -> None:
    call_command("load_reference", verbosity=0)
    path = tmp_path / "grande.csv"
    write_dirty_csv(path, LINES)
    # No limit of the product: a machine whose cores others use takes its time. The limit is on the way back, below.
    undisturbed = wait(hand_over(path, kind="expenditure"), 300)
    assert undisturbed.status == "published", undisturbed.error
    expected = loaded()
    report = {key: undisturbed.report[key] for key in ("rows_read", "rows_loaded", "rows_rejected", "totals")}
    ExpenditureLine.objects.all()._raw_delete("default")
    ExpenditureCell.objects.all()._raw_delete("default")
    Release.objects.all().delete()
    Ingest.objects.all().delete()

    disturbed = hand_over(path, kind="expenditure")
    end = time.monotonic() + 60
    while (cache.get(progress_key(disturbed.pk)) or {}).get("rows", 0) < LINES // 10:
        assert time.monotonic() < end, "the load never got to its middle"
        time.sleep(0.02)
    worker.kill()
    disturbed.refresh_from_db()
    assert (disturbed.status, ExpenditureLine.objects.count(), Release.objects.count()) == ("running", 0, 0)

    started = time.monotonic()
    worker.start(with_beat=True)
    done = wait(disturbed, 60)
    assert time.monotonic() - started < 60
    assert (done.status, done.attempts) == ("published", 2)
    assert {key: done.report[key] for key in report} == report
    assert loaded() == expected
