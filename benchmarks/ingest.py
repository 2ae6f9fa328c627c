"""script/bench ingest [LINES]: our end-to-end ingest beside the limits, in one run, medians of three.

    raw COPY      the already clean, already mapped rows as text into the same table, one connection: what PostgreSQL can do
    our ingest    the dirty cp1252 file through `run_ingest`: decode, clean, validate, reject, label, COPY, rollups, publish
    bulk_create   Django's way done with care (labels known beforehand, batches of 2,000), on the first 100,000 clean rows

CPU is this process's and, from /proc, that of the database's backend; memory is the peak of a process of its own. Everything
runs in a scratch database of the clone's own embedded server, which is dropped at the end.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

ROUNDS = 3
BULK_ROWS = 100_000
SCRATCH = "mesa_bench"
LINES = "datasets_expenditureline"


@dataclass(frozen=True, slots=True)
class Measure:
    rows: int
    seconds: float
    client_cpu: float
    backend_cpu: float
    peak_mb: int


def main() -> None:
    """Runs each measurement in a process of its own, so that each has its own peak of memory."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    folder = Path(tempfile.mkdtemp(prefix="mesa-bench-"))
    child("prepare", lines, folder)
    rounds: dict[str, list[Measure]] = {"raw COPY": [], "our ingest": [], "bulk_create": []}
    try:
        for number in range(1, ROUNDS + 1):
            for name, found in rounds.items():
                found.append(Measure(**json.loads(child(name, lines, folder))))
                sys.stderr.write(f"round {number}: {name:<12} {found[-1].rows / found[-1].seconds:>10,.0f} rows/s\n")
    finally:
        child("drop", lines, folder)
    show(lines, {name: median(found) for name, found in rounds.items()})


def child(name: str, lines: int, folder: Path) -> str:
    command = [sys.executable, "-m", "benchmarks.ingest", "--child", name, str(lines), str(folder)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def median(found: list[Measure]) -> Measure:
    """Of each figure by itself: the runs are few and the machine is not quiet."""
    values = {name: statistics.median(getattr(one, name) for one in found) for name in asdict(found[0])}
    return Measure(
        int(values["rows"]), values["seconds"], values["client_cpu"], values["backend_cpu"], int(values["peak_mb"])
    )


def show(lines: int, medians: dict[str, Measure]) -> None:
    limit = medians["raw COPY"].rows / medians["raw COPY"].seconds
    print(f"\n{lines:,} lines, medians of {ROUNDS} rounds, {os.cpu_count()} cores")
    print(
        f"{'':<14}{'rows':>11}{'seconds':>9}{'rows/s':>11}{'of COPY':>9}{'client CPU':>12}{'backend CPU':>13}{'peak MB':>9}"
    )
    for name, one in medians.items():
        speed = one.rows / one.seconds
        print(
            f"{name:<14}{one.rows:>11,}{one.seconds:>9.2f}{speed:>11,.0f}{speed / limit:>9.2f}"
            f"{one.client_cpu:>12.2f}{one.backend_cpu:>13.2f}{one.peak_mb:>9,}"
        )
    ours, bulk = medians["our ingest"], medians["bulk_create"]
    print(f"\nours is {(ours.rows / ours.seconds) / (bulk.rows / bulk.seconds):.1f} x bulk_create")


# -- in the child -------------------------------------------------------------------------------------------------


def run_child(name: str, lines: int, folder: Path) -> None:
    start_django(scratch=name not in ("prepare", "drop"))
    steps: dict[str, Callable[[int, Path], Any]] = {
        "prepare": prepare,
        "raw COPY": raw_copy,
        "our ingest": our_ingest,
        "bulk_create": bulk_create,
        "drop": drop,
    }
    result = steps[name](lines, folder)
    if result:
        print(json.dumps(asdict(result)))


def start_django(scratch: bool) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "gesoc.settings"
    from gesoc import embedded

    embedded.prepare([sys.argv[0], "shell"])
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = SCRATCH if scratch else settings.DATABASES["default"]["NAME"]
    settings.MEDIA_ROOT = Path(sys.argv[-1]) / "media"
    import django

    django.setup()
    from django.db import connections

    connections.close_all()  # preparing may have brought the clone's own database up to date


def prepare(lines: int, folder: Path) -> None:
    """The dirty file, the scratch database, and the clean rows of one ordinary ingest as a file for COPY."""
    from benchmarks.dirty import write_dirty_csv

    drop(lines, folder, keep_files=True)
    _admin(f"CREATE DATABASE {SCRATCH}")
    write_dirty_csv(folder / "dirty.csv", lines)
    command = [sys.executable, "-m", "benchmarks.ingest", "--child", "clean", str(lines), str(folder)]
    subprocess.run(command, check=True, stdout=sys.stderr)


def clean(lines: int, folder: Path) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    our_ingest(lines, folder)
    with connection.cursor() as cursor, (folder / "clean.copy").open("wb") as file:
        cursor.copy_expert(f"COPY {LINES} TO STDOUT", file)


def measured(work: Callable[[], int]) -> Measure:
    """Everything that `work` costs, here and in the backend that serves this connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    cpu, theirs, start = time.process_time(), backend_cpu(backend), time.perf_counter()
    rows = work()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Measure(rows, seconds, time.process_time() - cpu, backend_cpu(backend) - theirs, peak)


def backend_cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def raw_copy(lines: int, folder: Path) -> Measure:
    from django.db import connection, transaction

    _empty()

    def work() -> int:
        with transaction.atomic(), connection.cursor() as cursor, (folder / "clean.copy").open("rb") as file:
            cursor.copy_expert(f"COPY {LINES} FROM STDIN", file, 1 << 18)
            return cursor.rowcount

    return measured(work)


def our_ingest(lines: int, folder: Path) -> Measure:
    """From the registered file to published releases with rollups and checks."""
    from datasets import services
    from datasets.ingest import pipeline

    _empty()
    with (folder / "dirty.csv").open("rb") as stream:
        file = services.register_file(stream=stream, name="dirty.csv")
    _warm_up(folder)
    ingest = services.prepare_ingest(file=file, options={"kind": "expenditure"}, publish=True).ingest

    def work() -> int:
        done = pipeline.run_ingest(ingest.pk)
        if done.status != "published":
            raise SystemExit(f"the ingest ended as {done.status}: {done.error or done.report['questions']}")
        return done.rows_read

    return measured(work)


def _warm_up(folder: Path) -> None:
    """A worker has read files before: what Python imports at the first one is not what the millionth line costs."""
    from benchmarks.dirty import write_dirty_csv
    from datasets.ingest.reading import read_file

    small = folder / "small.csv"
    write_dirty_csv(small, 2_000)
    for table in read_file(small, name=small.name).tables:
        for _block in table.blocks():
            pass
    from gesoc.celery import settle

    settle()


def bulk_create(lines: int, folder: Path) -> Measure:
    from datasets.models import ExpenditureLine

    _empty()
    rows = _clean_rows(folder, min(lines, BULK_ROWS))

    def work() -> int:
        ExpenditureLine.objects.bulk_create((ExpenditureLine(**row) for row in rows), batch_size=2_000)
        return len(rows)

    return measured(work)


def _clean_rows(folder: Path, count: int) -> list[dict[str, Any]]:
    """Parsed beforehand: what is measured is Django and the database only."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {LINES} LIMIT 0")
        names = [column.name for column in cursor.description]
    rows = []
    with (folder / "clean.copy").open(encoding="utf-8") as file:
        for line, _number in zip(file, range(count), strict=False):
            values = [None if text == r"\N" else text for text in line.rstrip("\n").split("\t")]
            rows.append({name: _typed(name, value) for name, value in zip(names, values, strict=True)})
    return rows


def _typed(name: str, value: str | None) -> Any:
    if value is None:
        return None
    return int(value) if name.endswith(("_id", "_no", "_row")) else Decimal(value)


def _empty() -> None:
    """Nothing of an earlier round left: no lines, no runs; labels stay, as they do between two files of one source."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            f"TRUNCATE {LINES}, datasets_expenditurecell, datasets_rowissue, datasets_release, datasets_ingest, "
            "datasets_sourcefile CASCADE"
        )


def drop(lines: int, folder: Path, keep_files: bool = False) -> None:
    _admin(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
    if not keep_files:
        import shutil

        shutil.rmtree(folder, ignore_errors=True)


def _admin(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        if sys.argv[2] == "clean":
            start_django(scratch=True)
            clean(int(sys.argv[3]), Path(sys.argv[4]))
        else:
            run_child(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main()
