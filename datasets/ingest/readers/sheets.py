"""Workbooks (XLSX, XLSB, XLS, ODS) as grids of text, parsed by a child process with limits."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO, Any

from datasets.ingest.shapes import Grid, UnreadableFile
from datasets.ingest.sniff import too_large

CHILD = Path(__file__).with_name("child.py")
MEMORY = 3 * 2**30
CPU_SECONDS = 120
WALL_SECONDS = 180
MAX_CELLS = 20_000_000
MAX_MERGED_ROWS = 200_000  # a cell merged down the whole sheet says nothing of its rows
_DAMAGED = (
    "No se pudo leer el archivo. La hoja de cálculo está dañada o tiene un formato que no se reconoce. "
    "Ábrela en Excel o LibreOffice, guárdala como .xlsx y vuelve a subirla."
)


Batch = tuple[str, bool, list[list[str]]]  # sheet, hidden, the next rows of it
Merged = dict[tuple[int, int], int]


def read_sheets(path: Path, *, memory: int = MEMORY, seconds: int = WALL_SECONDS) -> list[Grid]:
    """Every worksheet in order. A crash, an abort or a time-out of the child is an `UnreadableFile`."""
    grids: list[Grid] = []
    merged: list[Merged] = []
    for name, hidden, rows in stream_sheets(path, memory=memory, seconds=seconds, merged=merged):
        if not grids or grids[-1].sheet != name:
            grids.append(Grid(sheet=name, rows=[], hidden=hidden, merged=merged[-1]))
        grids[-1].rows.extend(rows)
    return grids


def stream_sheets(
    path: Path, *, memory: int = MEMORY, seconds: int = WALL_SECONDS, merged: list[Merged] | None = None
) -> Iterator[Batch]:
    """The same piece by piece, each sheet beginning with a batch of no rows: no more than a batch is held here.

    ``merged`` is given, sheet by sheet, the cells that are merged with one above them: place -> row of the first.
    """
    command = [sys.executable, "-I", str(CHILD), str(path), str(memory), str(CPU_SECONDS), str(os.getpid())]
    with subprocess.Popen(  # our own script and a path of ours, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        late = threading.Event()

        def stop() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            ended = yield from _batches(child, [] if merged is None else merged)
        finally:
            timer.cancel()
            child.kill()
    if late.is_set():
        raise too_large("Tardó demasiado en abrirse.")
    if not ended:
        raise _why(child.returncode)


def _why(returncode: int) -> UnreadableFile:
    """Code 2 is the reader's own refusal; a signal is an abort, mostly for memory."""
    if returncode == 2:
        return UnreadableFile("damaged", _DAMAGED)
    return too_large("Es demasiado grande o está dañado: el lector se detuvo al abrirlo.")


def _batches(child: subprocess.Popen[bytes], merged: list[Merged]) -> Generator[Batch, None, bool]:
    """What the child says, and in the end whether it came to its end."""
    name, hidden, cells = "", False, 0
    if child.stdout is None:
        return False
    for frame in _frames(child.stdout):
        if isinstance(frame, list):
            cells += sum(map(len, frame))
            if cells > MAX_CELLS:
                raise too_large(f"Tiene más de {MAX_CELLS // 1_000_000} millones de celdas.")
            yield name, hidden, frame
        elif frame.get("end"):
            return True
        else:
            name, hidden = frame["sheet"], frame["hidden"]
            merged.append(_below_first(frame["merged"]))
            yield name, hidden, []
    child.wait()
    return False


def _below_first(ranges: list[list[int]]) -> Merged:
    below: Merged = {}
    for top, column, bottom in ranges:
        if bottom - top < MAX_MERGED_ROWS and len(below) < MAX_MERGED_ROWS:
            below |= {(row, column): top for row in range(top + 1, bottom + 1)}
    return below


def _frames(pipe: IO[bytes]) -> Iterator[Any]:
    while len(head := pipe.read(4)) == 4:
        size = struct.unpack(">I", head)[0]
        data = pipe.read(size)
        if len(data) < size:
            return
        yield json.loads(data)
