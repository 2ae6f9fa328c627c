"""script/bench ingest [LINES] [--kind contracts]: our end-to-end ingest beside the limits and beside other methods, in one run.

    raw COPY      the already clean, already mapped rows as text into the same table, one connection: what PostgreSQL can do
    our ingest    the dirty cp1252 file through `run_ingest`: decode, clean, validate, reject, label, COPY, rollups, publish
    bulk_create   Django's way done with care (labels known beforehand, batches of 2,000), on the first 100,000 clean rows

and, for expenditure (see benchmarks/rivals.py for what each leaves out):

    conventional  COPY of the same clean rows into a table with a bigint key and two more indexes
    staging       ckanext-xloader's method: COPY as text into a staging table, then INSERT … SELECT with casts and joins
    pgloader      the raw file into a table of texts, where pgloader is installed
    csvsql        the same with csvsql --no-inference, where csvkit is installed

Medians of three rounds. CPU is this process's (with its children) and, from /proc, that of the database's backend; memory is the
peak of a process of its own. Everything runs in a scratch database of the clone's own embedded server, which is dropped at the
end. Ends with 1 where a limit is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks.scratch import KINDS, Measure, start_django

ROUNDS = 3
MOST_MEMORY = 256
# kind -> other method -> how many times as fast ours must be
LIMITS = {
    "expenditure": {"raw COPY": 0.65, "conventional": 0.95, "bulk_create": 15, "staging": 2},
    "contracts": {"raw COPY": 0.3},
}


def main() -> None:
    """Runs each measurement in a process of its own, so that each has its own peak of memory."""
    parser = argparse.ArgumentParser(prog="script/bench ingest")
    parser.add_argument("lines", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--kind", choices=KINDS, default="expenditure")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mesa-bench-"))
    run = Run(asked.kind, asked.lines, folder)
    try:
        run.child("prepare")
        medians = run.rounds(names(asked.kind))
    finally:
        run.child("drop")
    show(asked.lines, medians)
    sys.exit(judge(asked.kind, medians))


class Run:
    def __init__(self, kind: str, lines: int, folder: Path) -> None:
        self.asked = [kind, str(lines), str(folder)]

    def child(self, name: str) -> str:
        command = [sys.executable, "-m", "benchmarks.ingest", "--child", name, *self.asked]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def rounds(self, methods: list[str]) -> dict[str, Measure]:
        """In each round all the methods, one after the other, so that what the machine does meanwhile meets them all."""
        rounds: dict[str, list[Measure]] = {name: [] for name in methods}
        for number in range(1, ROUNDS + 1):
            for name, found in rounds.items():
                found.append(Measure(**json.loads(self.child(name))))
                sys.stderr.write(f"round {number}: {name:<12} {found[-1].speed:>10,.0f} rows/s\n")
        return {name: median(found) for name, found in rounds.items()}


def median(found: list[Measure]) -> Measure:
    """Of each figure by itself: the runs are few and the machine is not quiet."""
    values = {name: statistics.median(getattr(one, name) for one in found) for name in asdict(found[0])}
    return Measure(
        int(values["rows"]), values["seconds"], values["client_cpu"], values["backend_cpu"], int(values["peak_mb"])
    )


def show(lines: int, medians: dict[str, Measure]) -> None:
    limit, ours = medians["raw COPY"].speed, medians["our ingest"].speed
    print(f"\n{lines:,} lines, medians of {ROUNDS} rounds, {os.cpu_count()} cores")
    print(
        f"{'':<14}{'rows':>11}{'seconds':>9}{'rows/s':>11}{'of COPY':>9}{'ours is':>10}"
        f"{'client CPU':>12}{'backend CPU':>13}{'peak MB':>9}"
    )
    for name, one in medians.items():
        print(
            f"{name:<14}{one.rows:>11,}{one.seconds:>9.2f}{one.speed:>11,.0f}{one.speed / limit:>9.2f}"
            f"{ours / one.speed:>9.2f}x{one.client_cpu:>12.2f}{one.backend_cpu:>13.2f}{one.peak_mb:>9,}"
        )


def judge(kind: str, medians: dict[str, Measure]) -> int:
    """0 where every limit is kept."""
    ours = medians["our ingest"]
    broken = [
        f"{ours.speed / medians[name].speed:.2f} times as fast as {name}, aim {least}"
        for name, least in LIMITS[kind].items()
        if ours.speed < least * medians[name].speed
    ]
    broken += [f"{ours.peak_mb} MB, limit {MOST_MEMORY}"] if ours.peak_mb > MOST_MEMORY else []
    print("\n" + ("\n".join(f"OVER: {one}" for one in broken) or "Every limit is kept."))
    return 1 if broken else 0


# -- in the child -------------------------------------------------------------------------------------------------


def names(kind: str) -> list[str]:
    from benchmarks import rivals

    return ["raw COPY", "our ingest", "bulk_create", *(rivals.here() if kind == "expenditure" else [])]


def run_child(name: str, kind: str, lines: int, folder: Path) -> None:
    start_django(folder, scratch=name not in ("prepare", "drop"))
    from benchmarks import rivals, scratch

    steps: dict[str, Callable[[str, int, Path], Measure | None]] = {
        "prepare": scratch.prepare,
        "clean": scratch.clean,
        "raw COPY": scratch.raw_copy,
        "our ingest": scratch.our_ingest,
        "bulk_create": scratch.bulk_create,
        "drop": scratch.drop,
        **rivals.METHODS,
    }
    if result := steps[name](kind, lines, folder):
        print(json.dumps(asdict(result)))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        run_child(sys.argv[2], sys.argv[3], int(sys.argv[4]), Path(sys.argv[5]))
    else:
        main()
