"""script/bench dashboards [MUNICIPALITIES | --lines LINES]: what a page costs when the database grows tenfold, in one run.

    seed     the example files of one municipality through our own ingest: six budgets, revenue, a list of contracts
    1×       the same lines and cells for a tenth of the municipalities (default: 200)
    10×      for all of them (default: 2,000: about 1.3 million budget lines, 280,000 contracts)

Each page is asked of municipalities drawn by lot, whole, in this process. Nothing is kept from one question to the next but
what the worker makes once after each publication (`datasets.tasks.prepare_standings`), and what that takes is said; and what a
web process itself goes on with for a minute (reference data, the standings of a year that it has unpacked). A page
is held to what it costs itself at 1× and to a primary-key lookup measured beside it, never to seconds of another machine. The
look-up is asked as pages ask: one by one, after each page. Asked in a row it finds everything in the processor's caches, which
what a page asks never does; that is told too.
Everything runs in a scratch database of the clone's own server, which is dropped at the end; with `--lines 25000000` in one of
a whole country that is built once and kept (benchmarks/national.py, benchmarks/country.py; `--drop` removes what is kept).
"""

from __future__ import annotations

import gc
import gzip
import logging
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRATCH = "mesa_bench_dashboards"
ROUNDS = 25
# A load writes the rows of a release one after the other, in this order: so do the copies, whatever their joins make of it.
PLACE_IN_FILE = ("line_no", "by", "currency", "key")
SEED = "05035"
FILES = (
    *[f"torreon_cuenta_publica_{year}.xlsx" for year in range(2019, 2025)],
    "torreon_ingresos_2024.csv",
    "torreon_contratos_2024.xlsx",
)
# What a page of one municipality may cost at 10× of what it costs at 1×; and how many bytes, as sent.
GROWTH, BYTES = 1.5, 60_000
PLACES = {
    "summary": "/municipios/{code}/",
    "budget": "/municipios/{code}/presupuesto/",
    "chapter 6000": "/municipios/{code}/presupuesto/?anio=2024&cap=6000",
    "real, over the years": "/municipios/{code}/presupuesto/?anio=2024&en=reales",
    "lines": "/municipios/{code}/presupuesto/renglones/",
    "revenue": "/municipios/{code}/ingresos/",
    "contracts": "/municipios/{code}/contratos/",
    "contracts, filtered": "/municipios/{code}/contratos/?metodo=directa&q=pavimentacion",
    "API: cube of one": "/api/v1/cubes/expenditure/aggregate/?cut=municipality:{code}&drilldown=year|chapter",
    "API: cube as of": "/api/v1/cubes/expenditure/aggregate/?cut=municipality:{code}&drilldown=year&as_of={today}",
}
# These tell of all municipalities: what they cost may grow with them, and no faster.
NATIONAL = {"panorama": "/panorama/", "compare": "/comparar/?m={code}&m=05035", "search": "/buscar/?q=san"}


@dataclass(frozen=True, slots=True)
class Cost:
    p50: float  # seconds
    p95: float
    sql: float  # seconds in the database, middle of all
    sql_p95: float
    server: (
        float  # seconds of CPU of the database's process, middle of all: the same on a machine that others keep busy
    )
    queries: int  # most
    size: int  # bytes as sent, most


def main() -> None:
    if sys.argv[1:2] == ["--lines"] or sys.argv[1:] == ["--drop"]:
        from benchmarks import country

        sys.exit(country.run(int(sys.argv[2])) if len(sys.argv) > 2 else country.drop())
    municipalities = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    start_django()
    admin(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)", f"CREATE DATABASE {SCRATCH}")
    try:
        with inside(SCRATCH):
            seed()
            codes = others(municipalities - 1)
            small = codes[: municipalities // 10 - 1]
            grow(small)
            made = [prepare()]
            one = pages([SEED, *small])
            grow(codes[len(small) :])
            made.append(prepare())
            ten = pages([SEED, *codes])
            sizes = counts()
            print("the worker makes the standings in {:.2f} s at 1×, {:.2f} s at 10×".format(*made))
    finally:
        admin(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
    sys.exit(show(one, ten, sizes))


# -- the database ---------------------------------------------------------------------------------------------------


def start_django() -> None:
    from gesoc import embedded

    os.environ["DJANGO_SETTINGS_MODULE"] = "gesoc.settings"
    embedded.prepare([sys.argv[0], "shell"])
    embedded.collect_static()
    from django.conf import settings

    settings.MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="mesa-bench-"))
    settings.CELERY_BROKER_URL = "memory://"  # nobody is told of what is published here
    # As large as Redis is for the site: by itself it holds 300 answers.
    room = {"MAX_ENTRIES": 1_000_000}
    settings.CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": room}
    settings.KEPT_PAGES = False  # each page is drawn
    from django.core.wsgi import get_wsgi_application

    get_wsgi_application()
    logging.disable(logging.WARNING)
    gc.collect()  # as the web server does it (gunicorn.conf.py)
    gc.freeze()


@contextmanager
def inside(name: str) -> Iterator[None]:
    from django.db import connection

    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def admin(*statements: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def seed() -> None:
    from django.core.management import call_command

    from datasets import services
    from datasets.demo.load import SAID
    from datasets.demo.write_files import FILES as FOLDER
    from datasets.ingest import pipeline

    say("tables, reference data, and the files of one municipality")
    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    for name in FILES:
        with (FOLDER / name).open("rb") as stream:
            file = services.register_file(stream=stream, name=name)
        options = services.ingest_options(**SAID.get(name, {}))
        done = pipeline.run_ingest(services.prepare_ingest(file=file, options=options, publish=True).ingest.pk)
        if done.status != "published":
            raise SystemExit(f"{name} ended as {done.status}: {done.error or done.report['questions']}")


def others(count: int) -> list[str]:
    """Other municipalities, drawn by lot but always the same ones."""
    from datasets.models import PublicBody

    governments = PublicBody.objects.filter(kind="municipality").exclude(municipality=SEED)
    found = sorted(governments.values_list("municipality", flat=True))
    random.Random(5035).shuffle(found)
    return found[:count]


def grow(codes: list[str]) -> None:
    """Every release of the seed again for each of them: its lines and its cells, under a number of its own."""
    from django.db import connection

    say(f"{len(codes):,} municipalities more")
    with connection.cursor() as cursor:
        copied_releases(cursor, codes)
        copy(cursor, "datasets_release", "id", {"id": "copied.fresh", "public_body_id": "copied.body"})
        for table in ("expenditureline", "revenueline", "contract", "expenditurecell", "revenuecell", "contractcell"):
            of = {"release_id": "copied.fresh", "public_body_id": "copied.body"}
            copy(cursor, f"datasets_{table}", "release_id", of)
        cursor.execute("DROP TABLE copied")
        cursor.execute("VACUUM ANALYZE")
    from datasets.versions import bump_data_version

    bump_data_version()


def copied_releases(cursor: Any, codes: Sequence[str]) -> None:
    """The table `copied`: for each release of the seed and each of the municipalities, the number of the copy."""
    cursor.execute(
        "CREATE TEMP TABLE copied AS SELECT nextval(pg_get_serial_sequence('datasets_release', 'id'))::int AS fresh,"
        " old.id AS release, old.public_body_id AS seed, body.id AS body FROM datasets_release old, datasets_publicbody body"
        " WHERE old.public_body_id = (SELECT id FROM datasets_publicbody WHERE kind = 'municipality'"
        " AND municipality_id = %s) AND body.kind = 'municipality' AND body.municipality_id = ANY(%s)",
        [SEED, list(codes)],
    )
    cursor.execute("ANALYZE copied")


def copy(cursor: Any, table: str, key: str, changed: dict[str, str], also: str = "") -> None:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
        " AND table_schema = 'public' ORDER BY ordinal_position",
        [table],
    )
    names = [name for (name,) in cursor.fetchall()]
    taken = ", ".join(changed.get(name, f"old.{name}") for name in names)
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {taken} FROM {table} old"
        f" JOIN copied ON copied.release = old.{key} AND copied.seed = old.public_body_id {also}"
        f" ORDER BY copied.fresh{''.join(f', old.{name}' for name in PLACE_IN_FILE if name in names)}"
    )


def counts() -> dict[str, int]:
    from django.db import connection

    from datasets.models import Contract, ExpenditureCell, ExpenditureLine

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / 1000000")
        found = {"MB": cursor.fetchone()[0]}
    models = {"budget lines": ExpenditureLine, "contracts": Contract, "budget cells": ExpenditureCell}
    return {name: model._default_manager.count() for name, model in models.items()} | found


# -- what is measured ---------------------------------------------------------------------------------------------


PREPARED: list[dict[str, Any]] = [{}, {}]  # what the worker made, and until when it is kept


def prepare() -> float:
    """What the worker does after a publication, in seconds."""
    from django.core.cache import cache

    from datasets.selectors.standings import unpacked
    from datasets.tasks import prepare_standings

    cache.clear()
    unpacked.cache_clear()  # of another database
    start = time.perf_counter()
    prepare_standings()
    spent = time.perf_counter() - start
    PREPARED[:] = [dict(cache._cache), dict(cache._expire_info)]  # type: ignore[attr-defined]
    return spent


def forget() -> None:
    """All that pages kept for themselves."""
    from django.core.cache import cache

    cache.clear()
    cache._cache.update(PREPARED[0])  # type: ignore[attr-defined]
    cache._expire_info.update(PREPARED[1])  # type: ignore[attr-defined]


def pages(codes: list[str], rounds: int = ROUNDS) -> dict[str, Cost]:
    """Each page, and the look-up: in a row ("key in a row", before and after them, since a machine is not the same from one
    minute to the next) and after each of the pages ("key")."""
    before, beside = lookup(), LookUps()
    costs = {name: cost(url, codes, beside, rounds) for name, url in (PLACES | NATIONAL).items()}
    in_a_row = min(before, lookup(), key=lambda one: one.sql_p95)
    return {**costs, "key": beside.cost(), "key in a row": in_a_row}


def cost(url: str, codes: list[str], beside: LookUps, rounds: int = ROUNDS) -> Cost:
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    client, chance = Client(HTTP_HOST="127.0.0.1"), random.Random(url)
    today = timezone.localdate().isoformat()
    client.get(url.format(code=SEED, today=today))  # what Python imports and compiles once
    spans, sql, server, queries, sizes = [], [], [], [], []
    for _round in range(rounds):
        asked: list[float] = []
        address = url.format(code=chance.choice(codes), today=today)
        forget()
        with connection.execute_wrapper(timed(asked)):
            before, start = server_cpu(), time.perf_counter()
            answer = client.get(address)
            spans.append(time.perf_counter() - start)
        server.append(server_cpu() - before)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        sql.append(sum(asked))
        queries.append(len(asked))
        sizes.append(len(gzip.compress(answer.content)))
        beside.ask()
    middle = [statistics.median(values) for values in (spans, sql, server)]
    return Cost(middle[0], p95(spans), middle[1], p95(sql), middle[2], max(queries), max(sizes))


def server_cpu() -> float:
    """What the process that serves this connection has used of the CPU, in seconds, to the nanosecond; 0 where nobody says."""
    from django.db import connection

    connection.ensure_connection()
    assert connection.connection is not None
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(told.read_text().split()[0]) / 1e9 if told.exists() else 0.0


def timed(asked: list[float]) -> Callable[..., Any]:
    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            asked.append(time.perf_counter() - start)

    return run


def lookup() -> Cost:
    """The cheapest question there is: one release by its primary key, 400 times in a row."""
    found = LookUps()
    for _round in range(400):
        found.ask()
    return found.cost()


class LookUps:
    """Of releases by their key, drawn by lot, by a prepared question like those of pages."""

    def __init__(self) -> None:
        from datasets.models import Release

        self.keys = list(Release.objects.values_list("pk", flat=True))
        self.spans: list[float] = []
        self.server: list[float] = []

    def ask(self) -> None:
        from django.db import connection

        from datasets.models import Release
        from gesoc import prepared

        asked: list[float] = []
        before = server_cpu()
        with connection.execute_wrapper(timed(asked)), connection.execute_wrapper(prepared.ask):
            Release.objects.get(pk=random.choice(self.keys))
        self.server.append(server_cpu() - before)
        self.spans.append(sum(asked))

    def cost(self) -> Cost:
        middle, slow = statistics.median(self.spans), p95(self.spans)
        return Cost(middle, slow, middle, slow, statistics.median(self.server), 1, 0)


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


# -- what is said ---------------------------------------------------------------------------------------------------


def say(text: str) -> None:
    sys.stderr.write(f"{text} …\n")


def said_of_keys(costs: dict[str, Cost]) -> str:
    key, row = costs["key"], costs["key in a row"]
    return (
        f"a release by its key, asked after each page: {key.sql * 1000:.2f} ms, p95 {key.sql_p95 * 1000:.2f};"
        f" in a row: {row.sql * 1000:.2f} ms, p95 {row.sql_p95 * 1000:.2f}"
    )


def show(one: dict[str, Cost], ten: dict[str, Cost], sizes: dict[str, int]) -> int:
    """0 where every page keeps its limits."""
    print("\n" + ", ".join(f"{count:,} {name}" for name, count in sizes.items()) + f"; {os.cpu_count()} cores")
    key = ten["key"].sql
    print(said_of_keys(ten) + "\n")
    print(
        f"{'':<22}{'p50 1×':>9}{'p50 10×':>9}{'p95 10×':>9}{'growth':>8}{'SQL ÷ key':>11}{'queries':>9}{'kB sent':>9}"
    )
    broken = []
    for name in (*PLACES, *NATIONAL):
        small, large = one[name], ten[name]
        growth = large.p50 / small.p50
        print(
            f"{name:<22}{small.p50 * 1000:>7.0f}ms{large.p50 * 1000:>7.0f}ms{large.p95 * 1000:>7.0f}ms{growth:>8.2f}"
            f"{large.sql / key:>11.1f}{small.queries:>5}/{large.queries:<3}{large.size / 1000:>9.1f}"
        )
        limit = GROWTH if name in PLACES else 10.0
        broken += [f"{name}: {growth:.2f} times as long at 10×, limit {limit}"] if growth > limit else []
        broken += [f"{name}: {large.queries} queries, {small.queries} at 1×"] if large.queries > small.queries else []
        broken += [f"{name}: {large.size:,} bytes, limit {BYTES:,}"] if large.size > BYTES else []
    print("\n" + ("\n".join(f"OVER: {one}" for one in broken) or "Every page keeps its limits."))
    return 1 if broken else 0


if __name__ == "__main__":
    main()
