"""script/bench xlsx [ROWS]: a workbook as our reader gives it, beside openpyxl in its reading mode. Medians of three.

    ours          `stream_sheets`: python-calamine in a child process with limits, every cell as the text that a person sees,
                  handed over in batches through a pipe
    calamine      python-calamine alone, in this process: what the child and its text cost
    openpyxl      `load_workbook(read_only=True)`, the values of every cell

Each in a process of its own; seconds are of reading alone, without imports. Ends with 1 where ours is not five times as
fast. 100,000 rows of 16 columns: codes, names, and amounts as numbers.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROUNDS = 3
LEAST = 5


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="mesa-bench-") as folder:
        path = Path(folder) / "book.xlsx"
        write_book(path, rows)
        found: dict[str, list[tuple[float, int]]] = {name: [] for name in READERS}
        for number in range(1, ROUNDS + 1):
            for name, measures in found.items():
                measures.append(child(name, path))
                sys.stderr.write(f"round {number}: {name:<10}{measures[-1][0]:>8.2f} s\n")
    seconds = {name: statistics.median(one for one, _cells in measures) for name, measures in found.items()}
    if len({cells for measures in found.values() for _seconds, cells in measures}) != 1:
        raise SystemExit(f"they do not read the same cells: {found}")
    show(rows, seconds)
    times = seconds["openpyxl"] / seconds["ours"]
    print(f"\nOVER: {times:.1f} times as fast as openpyxl, aim {LEAST}" if times < LEAST else "\nThe limit is kept.")
    sys.exit(1 if times < LEAST else 0)


def show(rows: int, seconds: dict[str, float]) -> None:
    print(
        f"\n{rows:,} rows of 16 columns, medians of {ROUNDS} rounds\n{'':<10}{'seconds':>9}{'rows/s':>11}{'ours is':>10}"
    )
    for name, spent in seconds.items():
        print(f"{name:<10}{spent:>9.2f}{rows / spent:>11,.0f}{spent / seconds['ours']:>9.1f}x")


def write_book(path: Path, rows: int) -> None:
    from openpyxl import Workbook

    from benchmarks.dirty import FUNCTIONS, FUNDS, ITEMS, MUNICIPALITIES, PURPOSES, UNITS

    chance = random.Random(20260103)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Egresos")
    sheet.append([f"Columna {number}" for number in range(1, 17)])
    for number in range(rows):
        names = [chance.choice(one) for one in (MUNICIPALITIES, UNITS, PURPOSES, FUNCTIONS, ITEMS, FUNDS)]
        amounts = [round(chance.lognormvariate(12, 2), 2) for _moment in range(8)]
        sheet.append([2024, number + 1, *names, *amounts])
    book.save(path)


# -- in the child -------------------------------------------------------------------------------------------------


def child(name: str, path: Path) -> tuple[float, int]:
    command = [sys.executable, "-m", "benchmarks.xlsx", "--child", name, str(path)]
    seconds, cells = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return seconds, cells


def ours(path: Path) -> Iterable[list[str]]:
    from datasets.ingest.readers.sheets import stream_sheets

    return (row for _sheet, _hidden, rows in stream_sheets(path) for row in rows)


def calamine(path: Path) -> Iterable[list[Any]]:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def openpyxl(path: Path) -> Iterable[tuple[Any, ...]]:
    from openpyxl import load_workbook

    return load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)


READERS: dict[str, Callable[[Path], Iterable[Any]]] = {"ours": ours, "calamine": calamine, "openpyxl": openpyxl}


def run_child(name: str, path: Path) -> None:
    import openpyxl  # noqa: F401
    import python_calamine  # noqa: F401

    import datasets.ingest.readers.sheets  # noqa: F401

    started = time.perf_counter()
    cells = sum(len(row) for row in READERS[name](path))
    print(json.dumps([time.perf_counter() - started, cells]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        run_child(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
