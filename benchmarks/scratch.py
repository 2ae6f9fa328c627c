"""The scratch database of `script/bench ingest`, and the methods that go into the product's own tables."""

from __future__ import annotations

import io
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.dirty import write_dirty_csv
from benchmarks.dirty_contracts import write_dirty_contracts

BULK_ROWS = 100_000
SCRATCH = "mesa_bench"
LINES = "datasets_expenditureline"


@dataclass(frozen=True, slots=True)
class Kind:
    table: str
    model: str
    write: Callable[[Path, int], None]


KINDS = {
    "expenditure": Kind(LINES, "ExpenditureLine", write_dirty_csv),
    "contracts": Kind("datasets_contract", "Contract", write_dirty_contracts),
}


@dataclass(frozen=True, slots=True)
class Measure:
    rows: int
    seconds: float
    client_cpu: float
    backend_cpu: float
    peak_mb: int

    @property
    def speed(self) -> float:
        return self.rows / self.seconds


def start_django(folder: Path, scratch: bool) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "gesoc.settings"
    from gesoc import embedded

    embedded.prepare([sys.argv[0], "shell"])
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = SCRATCH if scratch else settings.DATABASES["default"]["NAME"]
    settings.MEDIA_ROOT = folder / "media"
    import django

    django.setup()
    from django.db import connections

    connections.close_all()  # preparing may have brought the clone's own database up to date


def admin(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


# -- before and after -----------------------------------------------------------------------------------------------


def prepare(kind: str, lines: int, folder: Path) -> None:
    """The dirty file, the scratch database, and the clean rows of one ordinary ingest as a file for COPY."""
    drop_database()
    admin(f"CREATE DATABASE {SCRATCH}")
    KINDS[kind].write(folder / "dirty.csv", lines)
    command = [sys.executable, "-m", "benchmarks.ingest", "--child", "clean", kind, str(lines), str(folder)]
    subprocess.run(command, check=True, stdout=sys.stderr)


def clean(kind: str, lines: int, folder: Path) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    our_ingest(kind, lines, folder)
    with connection.cursor() as cursor, (folder / "clean.copy").open("wb") as file:
        cursor.copy_expert(f"COPY {with_columns(kind)} TO STDOUT", file)


def drop(kind: str, lines: int, folder: Path) -> None:
    drop_database()
    shutil.rmtree(folder, ignore_errors=True)


def drop_database() -> None:
    admin(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")


def empty() -> None:
    """Nothing of an earlier round left: no lines, no runs; labels and suppliers stay, as between two files of a source."""
    tables = ", ".join(one.table for one in KINDS.values())
    admin(
        f"TRUNCATE {tables}, datasets_expenditurecell, datasets_contractcell, datasets_rowissue, datasets_release, "
        "datasets_ingest, datasets_sourcefile CASCADE"
    )


def columns(kind: str) -> list[str]:
    """Those that are sent; what the database derives from them is not."""
    from datasets import models

    fields = getattr(models, KINDS[kind].model)._meta.concrete_fields
    return [field.column for field in fields if not field.generated]


def with_columns(kind: str, table: str = "") -> str:
    return f"{table or KINDS[kind].table} ({', '.join(columns(kind))})"


# -- methods --------------------------------------------------------------------------------------------------------


def measured(work: Callable[[], int]) -> Measure:
    """Everything that `work` costs, here and in the backend that serves this connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    cpu, theirs, start = own_cpu(), backend_cpu(backend), time.perf_counter()
    rows = work()
    seconds = time.perf_counter() - start
    peak = max(resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Measure(rows, seconds, own_cpu() - cpu, backend_cpu(backend) - theirs, peak // 1024)


def own_cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def backend_cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def raw_copy(kind: str, lines: int, folder: Path) -> Measure:
    empty()
    return measured(lambda: copied(with_columns(kind), folder))


def copied(target: str, folder: Path) -> int:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor, (folder / "clean.copy").open("rb") as file:
        cursor.copy_expert(f"COPY {target} FROM STDIN", file, 1 << 18)
        return int(cursor.rowcount)


def our_ingest(kind: str, lines: int, folder: Path) -> Measure:
    """From the registered file to published releases with rollups and checks."""
    from datasets import services
    from datasets.ingest import pipeline

    empty()
    with (folder / "dirty.csv").open("rb") as stream:
        file = services.register_file(stream=stream, name="dirty.csv")
    _warm_up(folder)
    ingest = services.prepare_ingest(file=file, options={"kind": kind}, publish=True).ingest

    def work() -> int:
        done = pipeline.run_ingest(ingest.pk)
        if done.status != "published":
            raise SystemExit(f"the ingest ended as {done.status}: {done.error or done.report['questions']}")
        return int(done.rows_read)

    return measured(work)


def _warm_up(folder: Path) -> None:
    """A worker has read files before: what Python imports at the first one is not what the millionth line costs."""
    from datasets.ingest.reading import read_file

    small = folder / "small.csv"
    write_dirty_csv(small, 2_000)
    for table in read_file(small, name=small.name).tables:
        for _block in table.blocks():
            pass
    from gesoc.celery import settle

    settle()


def bulk_create(kind: str, lines: int, folder: Path) -> Measure:
    """Objects made of values that have their types already: what is measured is Django and the database only."""
    from django.db import connection

    from datasets import models

    empty()
    model = getattr(models, KINDS[kind].model)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {with_columns(kind)} FROM STDIN", io.BytesIO(b"".join(_first_rows(folder))))
    rows = list(model.objects.values(*columns(kind)))
    empty()

    def work() -> int:
        model.objects.bulk_create((model(**row) for row in rows), batch_size=2_000)
        return len(rows)

    return measured(work)


def _first_rows(folder: Path) -> Iterator[bytes]:
    """COPY writes each row as one line, whatever is in it."""
    with (folder / "clean.copy").open("rb") as file:
        for line, _number in zip(file, range(BULK_ROWS), strict=False):
            yield line
