"""`script/bench dashboards --lines LINES`: pages over a whole country, beside a look-up by key and beside the lines themselves.

The country is kept from one run to the next (benchmarks/national.py). One run measures, at a tenth of the lines and at all of
them, each page and call of the API: time, questions, bytes, and what of it the database took, against a look-up by key. At all of
them also what the same answers cost as sums over the lines, compared to the cent; what summing adds to a load of a municipality's
year, and what it would take to sum everything anew; suppliers by any fragment against a scan, name by name; and the disk.
"""

from __future__ import annotations

import io
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks import dashboards, national
from benchmarks.country_report import Answer, Country, Fragment, show
from benchmarks.dashboards import (
    Cost,
    LookUps,
    inside,
    others,
    prepare,
    say,
    start_django,
    timed,
)

ROUNDS = 60
ANSWERS = 40  # each for a municipality drawn by lot
LOADS = 30  # of one municipality's year
PIECES = 40  # of the words by which people look for a supplier
COMMON = (
    "constructora",
    "electricos",
    "aldama",
    "asfaltos villarreal",
)  # words of every tenth name, or of every hundredth
# Everything that the cells of budgets hold, summed from the lines: chapter, concept, item, and by the other labels.
CELLS_OF = {
    "item": "l.code",
    "concept": "rpad(left(l.code, 2), 4, '0')",
    "chapter": "rpad(left(l.code, 1), 4, '0')",
    "function": "l.code",
    "unit": "l.id::text",
    "funding": "l.id::text",
}
MOMENTS = ("approved", "adjustments", "modified", "committed", "accrued", "exercised", "paid", "reported")


def run(lines: int) -> int:
    start_django()
    small, large = national.ensure(lines)
    found = Country()
    with inside(small):
        found.small = pages()
    with inside(large):
        found.large = pages()
        found.answers = answers()
        found.fragments = fragments()
        found.summing, found.loads = loads()
        found.rebuild = rebuild()
        found.sizes = sizes()
    return show(found)


def drop() -> int:
    start_django()
    national.drop()
    return 0


# -- pages ----------------------------------------------------------------------------------------------------------


def pages() -> dict[str, Cost]:
    from datasets.models import Release

    say("pages")
    found = Release.objects.published().values_list("public_body__municipality", flat=True)
    codes = sorted(set(found.distinct()))
    prepare()
    return dashboards.pages(codes, ROUNDS)


# -- the same answers from the lines ------------------------------------------------------------------------------


def answers() -> dict[str, Answer]:
    say("the same answers from the lines")
    return {
        "chapters of a year": compared(_chapters, CHAPTERS),
        "items of a chapter": compared(_items, ITEMS),
        "ten years by chapter": compared(_trend, TREND),
        "largest suppliers of a year": compared(_suppliers, SUPPLIERS),
        "all municipalities in a year": compared(_ranking, RANKING, rounds=3),
    }


def compared(ours: Callable[[Any], Any], sql: str, rounds: int = ANSWERS) -> Answer:
    from django.db import connection

    from datasets.models import Release
    from gesoc.prepared import ask

    chance, bodies = random.Random(sql), _bodies()
    mine, theirs, same, beside = [], [], True, LookUps()
    for _round in range(rounds):
        body, year = chance.choice(bodies), chance.choice(list(national.YEARS))
        kind = "contracts" if sql is SUPPLIERS else "expenditure"
        release = Release.objects.published().get(public_body=body, kind=kind, year=year)
        asked: list[float] = []
        with connection.execute_wrapper(timed(asked)), connection.execute_wrapper(ask):
            told = ours(release)
        mine.append(sum(asked))
        values = {"body": body, "release": release.pk, "year": year}
        start = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            rows = cursor.fetchall()
        theirs.append(time.perf_counter() - start)
        same = same and told == _plain(rows)
        beside.ask()
    return Answer(mine, theirs, beside.spans, same)


def _bodies() -> list[int]:
    from datasets.models import Release

    return sorted(set(Release.objects.published().values_list("public_body", flat=True).distinct()))


def _plain(rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in rows)


OF_OBJECT = "FROM datasets_expenditureline e JOIN datasets_label l ON l.id = e.object_id"
CHAPTERS = f"""
    SELECT rpad(left(l.code, 1), 4, '0'), sum(e.accrued) {OF_OBJECT}
    WHERE e.public_body_id = %(body)s AND e.release_id = %(release)s GROUP BY 1
"""
ITEMS = f"""
    SELECT l.code, sum(e.accrued) {OF_OBJECT}
    WHERE e.public_body_id = %(body)s AND e.release_id = %(release)s AND l.code LIKE '1%%' GROUP BY 1
"""
TREND = f"""
    SELECT r.year, rpad(left(l.code, 1), 4, '0'), sum(e.accrued) {OF_OBJECT}
    JOIN datasets_release r ON r.id = e.release_id AND r.status = 'published' AND r.kind = 'expenditure'
    WHERE e.public_body_id = %(body)s GROUP BY 1, 2
"""
SUPPLIERS = """
    SELECT supplier_id::text, sum(amount) FROM datasets_contract
    WHERE public_body_id = %(body)s AND release_id = %(release)s AND supplier_id IS NOT NULL
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10
"""
RANKING = """
    SELECT b.municipality_id, sum(e.accrued) FROM datasets_expenditureline e
    JOIN datasets_release r ON r.id = e.release_id AND r.status = 'published' AND r.kind = 'expenditure' AND r.year = %(year)s
    JOIN datasets_publicbody b ON b.id = e.public_body_id GROUP BY 1
"""


def _chapters(release: Any) -> list[tuple[Any, ...]]:
    from datasets import selectors

    cells = selectors.expenditure_cells(releases=[release], by="chapter")
    return _plain([(one.key, one.amount("accrued")) for one in cells])


def _items(release: Any) -> list[tuple[Any, ...]]:
    from datasets import selectors

    cells = selectors.expenditure_cells(releases=[release], by="item", parent="1000")
    return _plain([(one.key, one.amount("accrued")) for one in cells])


def _trend(release: Any) -> list[tuple[Any, ...]]:
    from datasets import selectors

    years = selectors.trend(public_body=release.public_body, by="chapter")
    return _plain([(one.year, cell.key, cell.amount("accrued")) for one in years for cell in one.cells])


def _suppliers(release: Any) -> list[tuple[Any, ...]]:
    from datasets import selectors

    top = selectors.top_suppliers(releases=[release], limit=10)
    return _plain([(one.key, one.amount) for one in top])


def _ranking(release: Any) -> list[tuple[Any, ...]]:
    """As the worker makes it after a publication; pages read it from where it is kept."""
    from django.core.cache import cache

    from datasets import selectors
    from datasets.selectors.standings import unpacked

    cache.clear()
    unpacked.cache_clear()
    return _plain([(one.code, one.spent) for one in selectors.standings(release.year)])


# -- suppliers by any fragment ------------------------------------------------------------------------------------


def fragments() -> dict[str, list[Fragment]]:
    """Whose name holds every word: all of them for pieces of their own words, the first twenty for words that many share."""
    say("suppliers by any fragment")
    chance, total = random.Random(7), _suppliers_there()
    pieces = [national.distinctive(chance.randrange(total)) for _piece in range(PIECES)]
    starts = [chance.randrange(3) for _piece in pieces]
    cut = [word[start : start + chance.randrange(4, 7)].lower() for word, start in zip(pieces, starts, strict=True)]
    return {"all, by a piece": [_found(text, None) for text in cut], "twenty": [_found(text, 20) for text in COMMON]}


def _suppliers_there() -> int:
    from datasets.models import Supplier

    return Supplier.objects.count()


def _found(text: str, limit: int | None) -> Fragment:
    """By our index and by a scan, the middle of five times each."""
    from django.db import connection

    from datasets import selectors
    from datasets.selectors.suppliers import words_of

    words = words_of(text)
    where = " AND ".join(["name_key ILIKE %s"] * len(words))
    sql = f"SELECT id FROM datasets_supplier WHERE {where} ORDER BY name_key, id" + (f" LIMIT {limit}" if limit else "")
    spans: tuple[list[float], list[float]] = ([], [])
    for _round in range(5):
        start = time.perf_counter()
        mine = list(selectors.suppliers_matching(text).values_list("pk", flat=True)[:limit])
        spans[0].append(time.perf_counter() - start)
        start = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(sql, [f"%{word}%" for word in words])
            theirs = [pk for (pk,) in cursor.fetchall()]
        spans[1].append(time.perf_counter() - start)
    return Fragment(text, statistics.median(spans[0]), statistics.median(spans[1]), mine == theirs, len(mine))


# -- what the sums cost -------------------------------------------------------------------------------------------


def loads() -> tuple[list[float], list[float]]:
    """Of loads of municipalities that the country lacks: the part that makes and writes their cells, and the whole."""
    from datasets import services
    from datasets.ingest import clean, pipeline
    from datasets.ingest.load import Loader
    from datasets.ingest.rollups import CellBook

    say("what the sums add to a load")
    chance, codes = random.Random(), _unused(LOADS)
    summing, whole, made = [], [], []
    try:
        for code in codes:
            rows = national.budget(chance, 2024, code)
            file = services.register_file(stream=io.BytesIO(national.as_csv(rows)), name=f"{code}.csv")
            ingest = services.prepare_ingest(file=file, options={}, publish=True).ingest
            made.append(ingest.pk)
            spent: list[float] = []
            start = time.perf_counter()
            with (
                watched(clean, "label_sums", spent),
                watched(CellBook, "add", spent),
                watched(Loader, "_write_cells", spent),
                watched(Loader, "headings", spent),
            ):
                done = pipeline.run_ingest(ingest.pk)
            whole.append(time.perf_counter() - start)
            summing.append(sum(spent))
            if done.status != "published":
                raise SystemExit(f"{code} ended as {done.status}: {done.error}")
    finally:
        _take_away(made)
    return summing[2:], whole[2:]  # without the first ones, for which Python imports and compiles


def _unused(count: int) -> list[str]:
    from datasets.models import Release

    used = set(Release.objects.values_list("public_body__municipality", flat=True).distinct())
    return [code for code in others(5_000) if code not in used][:count]


@contextmanager
def watched(owner: Any, name: str, spent: list[float]) -> Iterator[None]:
    work = getattr(owner, name)

    def run(*args: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return work(*args, **named)
        finally:
            spent.append(time.perf_counter() - start)

    setattr(owner, name, run)
    try:
        yield
    finally:
        setattr(owner, name, work)


def _take_away(ingests: Sequence[int]) -> None:
    """The country stays as it was built."""
    from django.db import connection

    from datasets.models import Ingest

    releases = "(SELECT id FROM datasets_release WHERE ingest_id = ANY(%s))"
    with connection.cursor() as cursor:
        for table in ("datasets_expenditureline", "datasets_expenditurecell"):
            cursor.execute(f"DELETE FROM {table} WHERE release_id IN {releases}", [list(ingests)])
        cursor.execute("DELETE FROM datasets_release WHERE ingest_id = ANY(%s)", [list(ingests)])
    Ingest.objects.filter(pk__in=list(ingests)).delete()


def rebuild() -> float:
    """All cells of all budgets, summed anew from the lines."""
    from django.db import connection

    say("all cells from all lines, anew")
    sums = ", ".join(f"sum(e.{moment}) AS {moment}" for moment in MOMENTS)
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '512MB'")
        for by, key in CELLS_OF.items():
            label = "object" if by in ("item", "concept", "chapter") else by
            cursor.execute(
                f"CREATE TEMP TABLE anew_{by} AS SELECT e.public_body_id, e.release_id, '{by}' AS \"by\", {key} AS key,"
                f" min(l.id) AS label_id, count(*) AS line_count, {sums} FROM datasets_expenditureline e"
                f" JOIN datasets_label l ON l.id = e.{label}_id GROUP BY 1, 2, 4"
            )
        spent = time.perf_counter() - start
    connection.close()  # and with it the tables
    return spent


def sizes() -> list[tuple[str, int, int, int]]:
    """Tables from one hundredth of the whole on: rows, MB of the table, MB of its indexes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint, pg_table_size(oid) / 1000000, pg_indexes_size(oid) / 1000000 FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND pg_total_relation_size(oid) > pg_database_size(current_database()) / 100"
            " ORDER BY pg_total_relation_size(oid) DESC"
        )
        rows = cursor.fetchall()
        cursor.execute("SELECT pg_database_size(current_database()) / 1000000")
        return [*rows, ("the whole database", 0, cursor.fetchone()[0], 0)]


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1])))
