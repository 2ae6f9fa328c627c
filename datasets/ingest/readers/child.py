"""Reads a workbook in a process of its own and writes its cells to standard output. Run as a script; imports nothing
of ours.

A crafted or broken workbook can abort the reader or ask for all memory: then this process dies, not the worker. Each
frame is a 4-byte length and a JSON value: ``{"sheet": name, "hidden": bool, "merged": [[row, column, last row]]}`` opens
a sheet, a list holds rows of text, ``{"end": true}`` ends.
"""

import contextlib
import ctypes
import datetime
import json
import math
import os
import resource
import signal
import struct
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

ROWS_PER_FRAME = 2_000
MOST_MERGED = 50_000


def limit(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: never outlive the worker


def to_text(cell: object) -> str:
    """The cell as a person reads it: whole numbers without ``.0``, no binary noise (15 significant digits), ISO
    dates.
    """
    if isinstance(cell, str):
        return cell.replace("\0", "")
    if isinstance(cell, bool):
        return "VERDADERO" if cell else "FALSO"
    if isinstance(cell, float):
        return float_text(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ", timespec="seconds")
    return str(cell)


def float_text(number: float) -> str:
    if not math.isfinite(number):
        return ""
    if number.is_integer() and abs(number) < 1e22:
        return str(int(number))
    short = float(f"{number:.15g}")
    text = repr(short)
    return f"{short:.10f}".rstrip("0").rstrip(".") if "e" in text or "E" in text else text


def write(value: object) -> None:
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    sys.stdout.buffer.write(struct.pack(">I", len(data)) + data)


def merged_down(sheet: "CalamineSheet") -> list[list[int]]:
    """Cells merged over several rows of one column: row, column, last row. None of a sheet that has more than anybody reads."""
    try:
        ranges = sheet.merged_cell_ranges or []
    except Exception:  # what is merged helps to read a sheet; not knowing it is no reason to refuse one
        return []
    if len(ranges) > MOST_MERGED:
        return []
    return [[top, left, bottom] for (top, left), (bottom, right) in ranges if bottom > top and left == right]


def stream(path: str) -> None:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_path(path)
    for sheet in workbook.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        rows = workbook.get_sheet_by_name(sheet.name)
        hidden = sheet.visible != SheetVisibleEnum.Visible
        write({"sheet": sheet.name, "hidden": hidden, "merged": merged_down(rows)})
        start = rows.start[0] if rows.start else 0
        offset = rows.start[1] if rows.start else 0
        frame: list[list[str]] = [[] for _ in range(start)]
        for row in rows.to_python(skip_empty_area=True):
            cells = [""] * offset + [to_text(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            frame.append(cells)
            if len(frame) >= ROWS_PER_FRAME:
                write(frame)
                frame = []
        write(frame)
    write({"end": True})
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    limit(int(sys.argv[2]), int(sys.argv[3]))
    if os.getppid() != int(sys.argv[4]):  # the worker died before the death signal was asked for
        sys.exit(3)
    try:
        stream(sys.argv[1])
    except Exception as error:
        with contextlib.suppress(OSError):
            sys.stderr.write(f"{type(error).__name__}: {error}"[:500])
        sys.exit(2)
