"""Large delimited files in blocks of about 2 MB, memory bounded whatever their size.

Executes a `StreamPlan`: regular blocks go through pyarrow; a block with a ragged or blank record goes through the standard
library's tolerant parser, so that no record is lost and every line keeps the number a person sees.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from datasets.ingest.decisions import BY_PERSON
from datasets.ingest.shapes import CONTRACT_AMOUNTS, MOMENTS, Block, SkipRule, StreamPlan, UnreadableFile

BLOCK = 2 << 20
LONGEST_RECORD = 16 << 20  # a quote that is never closed would otherwise swallow the file
# Encodings in which a newline is one byte, so that raw bytes can be cut at records.
ONE_BYTE_NEWLINES = {"utf-8", "cp1252", "iso8859-1", "cp850", "mac-roman", "ascii"}


@dataclass(slots=True)
class Tally:
    """What the stream met, complete once it is exhausted."""

    rows_read: int = 0
    bytes_read: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


def stream_blocks(plan: StreamPlan, tally: Tally, size: int | None = None) -> Iterator[Block]:
    """Lines of the file, in order, some `size` bytes at a time; what a rule leaves out is counted in `tally`."""
    record = plan.header_record + 1
    for raw in _record_blocks(plan, tally, size or BLOCK):
        table, blank = _parse(raw, plan)
        count = table.num_rows
        tally.rows_read += count
        rows = np.arange(record, record + count, dtype=np.int32)
        record += count
        table = _corrected(table, rows, plan)
        keep = _keep(table, blank, plan.rules, tally)
        keep = _left_out(keep, rows, plan, tally)
        if not keep.all():
            table, rows = table.filter(pa.array(keep)), rows[keep]
        if len(rows):
            yield Block(None, rows, None, _fields(table, plan))


def block_of(plan: StreamPlan, records: Mapping[int, list[str]], tally: Tally) -> Block | None:
    """Single records by their numbers, as they would come out of the stream; None where a rule leaves all of them out."""
    rows = np.array(sorted(records), np.int32)
    table, blank = _as_table([records[row] for row in rows.tolist()], plan, _wanted(plan))
    tally.rows_read += len(rows)
    table = _corrected(table, rows, plan)
    keep = _left_out(_keep(table, blank, plan.rules, tally), rows, plan, tally)
    if not keep.any():
        return None
    return Block(None, rows[keep], None, _fields(table.filter(pa.array(keep)).combine_chunks(), plan))


def _record_blocks(plan: StreamPlan, tally: Tally, size: int) -> Iterator[bytes]:
    """UTF-8 bytes of whole records, headings left out."""
    skip = plan.header_record
    rest = b""
    for chunk in _utf8_chunks(plan.path, plan.encoding, tally, size):
        chunk = chunk.replace(b"\0", b"")
        rest += chunk
        cut = _cut(rest)
        block, rest = rest[:cut], rest[cut:]
        if not block and len(rest) > LONGEST_RECORD:
            raise UnreadableFile(
                "unclosed_quote",
                "El archivo tiene unas comillas que se abren y nunca se cierran. Ábrelo, busca la comilla suelta "
                "y vuelve a guardarlo.",
            )
        if skip and block:
            block, skip = _without_records(block, skip)
        if block:
            yield block
    if rest and not skip:
        yield rest


def _utf8_chunks(path: Path, encoding: str, tally: Tally, size: int) -> Iterator[bytes]:
    name = codecs.lookup(encoding.removesuffix("-sig").removesuffix("_sig")).name
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with path.open("rb", buffering=0) as file:
        first = True
        while data := file.read(size):
            tally.bytes_read += len(data)
            if name == "utf-8":
                yield data.removeprefix(codecs.BOM_UTF8) if first else data
            elif name in ONE_BYTE_NEWLINES:
                yield _as_utf8(data, name)
            else:
                yield decoder.decode(data).encode()
            first = False


def _as_utf8(data: bytes, name: str) -> bytes:
    if data.isascii():
        return data
    # Python reads latin-1 many times faster than cp1252, which differs from it in these bytes only: “, ”, –, …
    if name == "cp1252" and not (np.frombuffer(data, np.uint8) - np.uint8(0x80) < 0x20).any():
        name = "latin-1"
    return data.decode(name, "replace").encode()


def _cut(data: bytes) -> int:
    """Just behind the last newline that is outside quotes; 0 if there is none."""
    end = data.rfind(b"\n") + 1
    quotes = np.count_nonzero(np.frombuffer(data, np.uint8, end) == ord('"'))
    while end and quotes % 2:
        previous = data.rfind(b"\n", 0, end - 1) + 1
        quotes -= data.count(b'"', previous, end)
        end = previous
    return end


def _without_records(block: bytes, count: int) -> tuple[bytes, int]:
    """Drop up to `count` records from the front; returns what is left and how many are still to drop."""
    start = 0
    while count and start < len(block):
        end = block.index(b"\n", start) + 1 if b"\n" in block[start:] else len(block)
        while block.count(b'"', start, end) % 2 and end < len(block):
            end = block.index(b"\n", end) + 1 if b"\n" in block[end:] else len(block)
        start, count = end, count - 1
    return block[start:], count


def _parse(raw: bytes, plan: StreamPlan) -> tuple[pa.Table, npt.NDArray[np.bool_]]:
    """The block's records as text columns c0…, and which of them are blank lines."""
    odd: list[Any] = []

    def note(row: Any) -> str:
        odd.append(row)
        return "skip"

    wanted = _wanted(plan)
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(raw),
            pa_csv.ReadOptions(column_names=_names(plan.width), block_size=len(raw) + 1, use_threads=False),
            pa_csv.ParseOptions(
                delimiter=plan.delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
            ),
            pa_csv.ConvertOptions(
                column_types=_types(plan), include_columns=wanted, strings_can_be_null=False, check_utf8=False
            ),
        )
    except pa.ArrowInvalid:
        odd.append(None)
    if odd or _has_empty_record(table):
        return _parse_tolerantly(raw, plan, wanted)
    return table.combine_chunks(), np.zeros(table.num_rows, bool)


def _has_empty_record(table: pa.Table) -> bool:
    """Whether some record has nothing in the columns at hand; the first column that is always filled ends the search."""
    empty = np.ones(table.num_rows, bool)
    for column in table.columns:
        empty &= _each_text(column, lambda texts: pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(texts)), 0))
        if not empty.any():
            return False
    return bool(empty.any())


def _each_text(column: pa.ChunkedArray, judge: Callable[[pa.Array], pa.Array]) -> npt.NDArray[np.bool_]:
    """A yes or no per row, asked once per distinct text where these are told apart already."""
    data = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    is_told_apart = pa.types.is_dictionary(data.type)
    answers: npt.NDArray[np.bool_] = judge(data.dictionary if is_told_apart else data).to_numpy(zero_copy_only=False)
    if not is_told_apart:
        return answers
    return answers[data.indices.to_numpy()] if len(answers) else np.zeros(len(data), bool)


def _parse_tolerantly(raw: bytes, plan: StreamPlan, wanted: list[str]) -> tuple[pa.Table, npt.NDArray[np.bool_]]:
    text = io.StringIO(raw.decode("utf-8", "replace").replace("\0", ""), newline="")
    csv.field_size_limit(LONGEST_RECORD)
    return _as_table(list(csv.reader(text, delimiter=plan.delimiter)), plan, wanted)


def _as_table(records: list[list[str]], plan: StreamPlan, wanted: list[str]) -> tuple[pa.Table, npt.NDArray[np.bool_]]:
    """Records that were parsed one by one, as the columns of a block, and which of them are blank."""
    blank = np.array([not any(cell.strip() for cell in record) for record in records], bool)
    columns = [int(name[1:]) for name in wanted]
    types = _types(plan)
    arrays = [
        pa.array([record[column] if column < len(record) else "" for record in records], pa.string())
        for column in columns
    ]
    cast = [
        array.dictionary_encode() if pa.types.is_dictionary(types[name]) else array
        for name, array in zip(wanted, arrays, strict=True)
    ]
    return pa.table(dict(zip(wanted, cast, strict=True))), blank


def _names(width: int) -> list[str]:
    return [f"c{column}" for column in range(width)]


def _wanted(plan: StreamPlan) -> list[str]:
    columns = set(plan.fields.values()) | set(plan.object_codes)
    for rule in plan.rules:
        columns |= {*rule.empty, *rule.filled} | ({rule.column} if rule.column is not None else set())
    return [f"c{column}" for column in sorted(columns)]


def _types(plan: StreamPlan) -> dict[str, Any]:
    """Amounts are mostly distinct: plain text. Everything else repeats: a dictionary, so each text is judged once."""
    plain = {*CONTRACT_AMOUNTS, *(moment for moments in MOMENTS.values() for moment in moments)}
    amounts = {f"c{column}" for field_, column in plan.fields.items() if field_ in plain}
    encoded = pa.dictionary(pa.int32(), pa.string())
    return {name: pa.string() if name in amounts else encoded for name in _wanted(plan)}


def _keep(
    table: pa.Table, blank: npt.NDArray[np.bool_], rules: tuple[SkipRule, ...], tally: Tally
) -> npt.NDArray[np.bool_]:
    keep = ~blank
    tally.skipped["blank"] += int(blank.sum())
    judged: dict[int, npt.NDArray[np.bool_]] = {}
    for rule in rules:
        hit = keep & _holds(table, rule, judged)
        count = int(hit.sum())
        if count:
            tally.skipped[rule.reason] += count
            keep &= ~hit
    return keep


def _left_out(
    keep: npt.NDArray[np.bool_], rows: npt.NDArray[np.int32], plan: StreamPlan, tally: Tally
) -> npt.NDArray[np.bool_]:
    """Without the rows that a person left out."""
    if not plan.left_out:
        return keep
    hit = keep & np.isin(rows, np.fromiter(plan.left_out, np.int32))
    tally.skipped[BY_PERSON] += int(hit.sum())
    return keep & ~hit


def _corrected(table: pa.Table, rows: npt.NDArray[np.int32], plan: StreamPlan) -> pa.Table:
    """With the corrected texts in place of those of the file."""
    changed: dict[int, dict[int, str]] = {}
    for at, row in _places(rows, plan.fixes):
        for column, text in plan.fixes[row].items():
            changed.setdefault(column, {})[at] = text
    for column, texts in changed.items():
        name = f"c{column}"
        if name in table.column_names:
            data = table.column(name)
            values = [texts.get(at, value) for at, value in enumerate(data.to_pylist())]
            array = pa.array(values, pa.string())
            fresh = array.dictionary_encode() if pa.types.is_dictionary(data.type) else array
            table = table.set_column(table.column_names.index(name), name, fresh)
    return table


def _places(rows: npt.NDArray[np.int32], wanted: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where in `rows`, which are in order, those of the wanted ones stand that are among them."""
    for row in wanted if len(rows) else ():
        at = int(np.searchsorted(rows, row))
        if at < len(rows) and rows[at] == row:
            yield at, row


def _holds(table: pa.Table, rule: SkipRule, filled: dict[int, npt.NDArray[np.bool_]]) -> npt.NDArray[np.bool_]:
    """`filled`: which rows of the block have anything in a column, found once for all rules."""
    holds = np.ones(table.num_rows, bool)
    for column in {*rule.empty, *rule.filled} - filled.keys():
        filled[column] = _judge(table, column, bool)
    for column in rule.empty:
        holds &= ~filled[column]
    for column in rule.filled:
        holds &= filled[column]
    if not holds.any():
        return holds
    if rule.column is not None and rule.values is not None:
        values = rule.values
        holds &= _judge(table, rule.column, lambda text: text in values)
    if rule.column is not None and rule.pattern is not None:
        import re

        pattern = re.compile(rule.pattern, re.IGNORECASE)
        holds &= _judge(table, rule.column, lambda text: pattern.match(text) is not None)
    return holds


def _judge(table: pa.Table, column: int, judge: Any) -> npt.NDArray[np.bool_]:
    """A yes or no per row, asked once per distinct text."""
    data = table.column(f"c{column}").combine_chunks()
    if isinstance(data, pa.ChunkedArray):
        data = data.chunk(0) if data.num_chunks else pa.array([], data.type)
    encoded = data if pa.types.is_dictionary(data.type) else data.dictionary_encode()
    answers = np.fromiter(
        (bool(judge((text or "").strip())) for text in encoded.dictionary.to_pylist()), bool, len(encoded.dictionary)
    )
    return answers[encoded.indices.to_numpy(zero_copy_only=False)] if len(answers) else np.zeros(len(encoded), bool)


def _fields(table: pa.Table, plan: StreamPlan) -> dict[str, Any]:
    def column(position: int) -> Any:
        data = table.column(f"c{position}")
        return data.chunk(0) if data.num_chunks == 1 else data.combine_chunks()

    columns = {name: column(position) for name, position in plan.fields.items()}
    if plan.object_codes:
        columns["object_code"] = _first_filled([column(position) for position in plan.object_codes])
    for name, text in plan.constants.items():
        columns.setdefault(name, pa.DictionaryArray.from_arrays(np.zeros(table.num_rows, np.int32), pa.array([text])))
    return columns


def _first_filled(columns: list[Any]) -> Any:
    """The deepest code that a row has."""
    if len(columns) == 1:
        return columns[0]
    found = pc.utf8_trim_whitespace(columns[0].cast(pa.string()))
    for other in columns[1:]:
        empty = pc.equal(found, "")
        if not pc.any(empty, min_count=0).as_py():
            break
        found = pc.if_else(empty, pc.utf8_trim_whitespace(other.cast(pa.string())), found)
    return found
