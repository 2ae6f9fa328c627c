"""What a run over a whole country found, the limits it is held to, and how both are said."""

from __future__ import annotations

import os
import statistics
from dataclasses import dataclass, field

from benchmarks import national
from benchmarks.dashboards import NATIONAL, PLACES, Cost, p95, said_of_keys

# p95 of a page's SQL against that of a look-up by key; of what tells ten years; and against itself at a tenth of the lines.
TIMES_KEY, TIMES_KEY_TREND, FLAT = 10, 12, 1.5
TRENDS = ("real, over the years", "API: cube of one", "ten years by chapter")
SLICE_MS, REBUILD_PART, SCAN_PART = 10.0, 1_000, 5


@dataclass(frozen=True, slots=True)
class Answer:
    """One question asked of the cells and of the lines: seconds of each, in order of asking."""

    ours: list[float]
    lines: list[float]
    keys: list[float]  # a look-up after each of them
    same: bool


@dataclass(frozen=True, slots=True)
class Fragment:
    text: str
    ours: float
    scan: float
    same: bool
    count: int


@dataclass(slots=True)
class Country:
    small: dict[str, Cost] = field(default_factory=dict)
    large: dict[str, Cost] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    summing: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)
    rebuild: float = 0.0
    fragments: dict[str, list[Fragment]] = field(default_factory=dict)
    sizes: list[tuple[str, int, int, int]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def show(found: Country) -> int:
    """0 where all limits are kept."""
    _say_pages(found)
    _say_answers(found)
    _say_sums(found)
    _say_fragments(found)
    print()
    _row("on disk", "rows", "MB", "indexes MB")
    for name, rows, table, indexes in found.sizes:
        _row(name, f"{rows:,}" if rows else "", f"{table:,}", f"{indexes:,}" if rows else "")
    print("\n" + ("\n".join(f"OVER: {one}" for one in found.broken) or "Every limit is kept."))
    return 1 if found.broken else 0


def _row(first: str, *cells: str) -> None:
    print(f"{first:<30}" + "".join(f"{cell:>11}" for cell in cells))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f}ms"


def _say_pages(found: Country) -> None:
    key, row, load = found.large["key"], found.large["key in a row"], os.getloadavg()[1]
    print(f"\n{os.cpu_count()} cores, load of the last five minutes {load:.1f}")
    print(said_of_keys(found.large) + "\n")
    heads = (
        "p50",
        "p95",
        "SQL p50",
        "SQL p95",
        "p50 ÷ key",
        "p95 ÷ key",
        "÷ in a row",
        "CPU ÷ key",
        "÷ a tenth",
        "queries",
        "kB sent",
    )
    _row("", *heads)
    for name in (*PLACES, *NATIONAL):
        small, large = found.small[name], found.large[name]
        times, flat = large.sql_p95 / key.sql_p95, large.sql_p95 / small.sql_p95
        spans = (_ms(large.p50), _ms(large.p95), _ms(large.sql), _ms(large.sql_p95))
        counts = (f"{small.queries}/{large.queries}", f"{large.size / 1000:.1f}")
        cpu = large.server / key.server if key.server else 0.0
        ratios = (large.sql / key.sql, times, large.sql_p95 / row.sql_p95, cpu)
        _row(name, *spans, *[f"{one:.1f}" for one in ratios], f"{flat:.2f}", *counts)
        limit = TIMES_KEY_TREND if name in TRENDS else TIMES_KEY
        found.broken += [f"{name}: SQL {times:.1f} times the key's p95, limit {limit}"] if times > limit else []
        found.broken += [f"{name}: SQL {flat:.2f} times its p95 at a tenth, limit {FLAT}"] if flat > FLAT else []


def _say_answers(found: Country) -> None:
    keys = [span for one in found.answers.values() for span in one.keys]
    key = p95(keys)
    print(f"\na look-up after each answer: {_ms(statistics.median(keys))}, p95 {_ms(key)}")
    _row("the same answers", "cells p50", "p95", "p95 ÷ key", "lines p50", "p95", "lines ÷", "same")
    for name, one in found.answers.items():
        ours, theirs, slow = statistics.median(one.ours), statistics.median(one.lines), p95(one.ours)
        times = slow / key
        spans = (_ms(theirs), _ms(p95(one.lines)), f"{theirs / ours:.1f}", "yes" if one.same else "NO")
        _row(name, _ms(ours), _ms(slow), f"{times:.1f}", *spans)
        limit = TIMES_KEY_TREND if name in TRENDS else TIMES_KEY
        by_worker = name.startswith("all municipalities")  # once after a publication
        found.broken += (
            [f"{name}: {times:.1f} times the key's p95, limit {limit}"] if times > limit and not by_worker else []
        )
        found.broken += [] if one.same else [f"{name}: the cells and the lines differ"]


def _say_sums(found: Country) -> None:
    middle, slow, whole = statistics.median(found.summing), p95(found.summing), statistics.median(found.loads)
    part = found.rebuild / slow
    print(
        f"\nsums of a municipality's year ({national.LINES_EACH:,} lines) in its load: {_ms(middle)}, p95 {_ms(slow)}"
    )
    print(
        f"the whole load: {_ms(whole)}; all sums anew from the lines: {found.rebuild:.1f} s, {part:,.0f} times the p95 of one"
    )
    found.broken += [f"sums of a slice: p95 {_ms(slow)}, limit {SLICE_MS} ms"] if slow * 1000 > SLICE_MS else []
    found.broken += [f"sums of a slice: 1/{part:,.0f} of all, limit 1/{REBUILD_PART:,}"] if part < REBUILD_PART else []


def _say_fragments(found: Country) -> None:
    print()
    _row("suppliers by a fragment", "asked", "found", "index p50", "p95", "ILIKE p50", "p95", "p95 ÷", "same")
    for name, all_ in found.fragments.items():
        ours, scans = [one.ours for one in all_], [one.scan for one in all_]
        same = all(one.same for one in all_)
        counts = (f"{len(all_)}", f"{statistics.median(one.count for one in all_):,.0f}")
        spans = (_ms(statistics.median(ours)), _ms(p95(ours)), _ms(statistics.median(scans)), _ms(p95(scans)))
        _row(name, *counts, *spans, f"{p95(scans) / p95(ours):.1f}", "yes" if same else "NO")
        found.broken += [] if same else [f"suppliers, {name}: not those of the scan"]
    pieces = next(iter(found.fragments.values()))
    part = p95([one.scan for one in pieces]) / p95([one.ours for one in pieces])
    found.broken += [f"suppliers: 1/{part:.1f} of a scan, limit 1/{SCAN_PART}"] if part < SCAN_PART else []
