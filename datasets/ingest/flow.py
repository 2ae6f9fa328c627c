"""A reading on its way to the database: a thread reads and cleans block by block while this one writes.

pyarrow, numpy and libpq release the interpreter while they work, so one process keeps two cores busy, and a queue of a few
blocks keeps memory the same whatever the size of the file.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from datasets.ingest.bodies import Territory
from datasets.ingest.chunks import Chunk
from datasets.ingest.clean import Cleaner
from datasets.ingest.labelbook import LabelBook
from datasets.ingest.readers.stream import Tally, stream_blocks
from datasets.ingest.shapes import RECORD_KINDS, Block, Reading, Table
from datasets.ingest.slices import Said, SliceFinder, SliceKey

AHEAD = 1  # block read and not yet written; another is being read meanwhile
RECORDS_AT_ONCE = (
    1 << 19
)  # bytes; a record is a dictionary of Python's, ten times as large as the line it was read from


@dataclass(slots=True)
class Flow:
    """Cleans the tables of one reading, in order, and hands the chunks on."""

    reading: Reading
    said: Said
    territory: Territory
    slices: dict[SliceKey, int] = field(default_factory=dict)
    finders: list[SliceFinder] = field(default_factory=list)
    tallies: dict[int, Tally] = field(default_factory=dict)
    sheets: list[str] = field(default_factory=list)
    book: LabelBook = field(default_factory=LabelBook)
    next_line: int = 1
    #: The slices in the order of their numbers, as a list that only ever grows.
    slice_list: list[SliceKey] = field(default_factory=list)

    @property
    def questions(self) -> set[str]:
        """What only a person can answer: as long as it is open, nothing is written."""
        return {code for finder in self.finders for code in finder.questions}

    def chunks(self, number: int) -> Iterator[Chunk]:
        """The cleaned chunks of one table, read ahead in a thread."""
        return read_ahead(self._clean_table(number, self.reading.tables[number]))

    def rows_read(self, number: int) -> int:
        tally = self.tallies.get(number)
        return tally.rows_read if tally else self.reading.tables[number].rows_read

    def skipped(self, number: int) -> dict[str, int]:
        tally = self.tallies.get(number)
        return dict(tally.skipped) if tally else self.reading.tables[number].skipped

    def _clean_table(self, number: int, table: Table) -> Iterator[Chunk]:
        finder = SliceFinder(table, self.said, self.territory, self.slices)
        self.finders.append(finder)
        cleaner = Cleaner(number, table, finder, self.book, self.sheets, self.next_line)
        for block in self._blocks(number, table):
            chunk = cleaner.clean(block)
            # Numbers are given in order of appearance: what the dictionary has more than the list is new.
            self.slice_list.extend(list(self.slices)[len(self.slice_list) :])
            yield chunk
        self.next_line = cleaner.next_line

    def _blocks(self, number: int, table: Table) -> Iterator[Block]:
        if table.stream is None:
            return table.blocks()
        tally = self.tallies[number] = Tally()
        return stream_blocks(table.stream, tally, RECORDS_AT_ONCE if table.kind in RECORD_KINDS else None)


def read_ahead(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """The same chunks, made in a thread that runs at most a few ahead; its error is raised here."""
    ready: queue.Queue[Chunk | BaseException | None] = queue.Queue(AHEAD)
    stop = threading.Event()

    def produce() -> None:
        try:
            for chunk in chunks:
                if not _put(ready, chunk, stop):
                    return
            _put(ready, None, stop)
        except BaseException as error:
            _put(ready, error, stop)

    thread = threading.Thread(target=produce, name="ingest-read", daemon=True)
    thread.start()
    try:
        while (item := ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()


def _put(
    ready: queue.Queue[Chunk | BaseException | None], item: Chunk | BaseException | None, stop: threading.Event
) -> bool:
    while not stop.is_set():
        try:
            ready.put(item, timeout=0.2)
            return True
        except queue.Full:
            continue
    return False


@dataclass(slots=True)
class Pace:
    """Tells how far a load is, at most twice a second."""

    tell: Callable[[str, float, int, int], None]
    stage: str = "loading"
    rows: int = 0
    rejected: int = 0
    _told: float = 0.0

    def add(self, rows: int, rejected: int, done: float) -> None:
        self.rows += rows
        self.rejected += rejected
        now = time.monotonic()
        if now - self._told >= 0.5:
            self._told = now
            self.tell(self.stage, done, self.rows, self.rejected)
