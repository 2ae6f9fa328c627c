"""Budget tables (expenditure and revenue): rows to leaves, parents to controls, each row accounted for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from datasets.ingest import classify
from datasets.ingest.columns import OBJECT_CODES, ColumnMapping
from datasets.ingest.decisions import BY_PERSON
from datasets.ingest.foot import foot_of
from datasets.ingest.headings import is_legend, is_template
from datasets.ingest.hierarchy import Amounts, Outline, add, choose, close, same
from datasets.ingest.labels import Label, is_carried, is_note, read_label, without_enumeration
from datasets.ingest.layout import Area, printed_above, without_page
from datasets.ingest.marks import settle_marks
from datasets.ingest.numbers import DecimalMark, agreed, decide_decimal_mark, to_cents_array
from datasets.ingest.outline import BudgetRow, nodes_of, readings
from datasets.ingest.shapes import Finding, remember_reason
from datasets.ingest.transpose import Merged, merge_moments

LABEL_FIELDS = {
    "expenditure": (*OBJECT_CODES, "object_name"),
    "revenue": ("cri_code", "revenue_name", "revenue_group", "revenue_type", "revenue_class"),
}
MAX_FINDINGS = 10
LONGEST_BY_HAND = 5_000  # lines of a table whose groups somebody summed in words of their own
FEWEST_SUMMED = 3  # lines with figures: of two the third is the sum by chance too often
_INFORMATIVE = re.compile(r"\s*(datos|partidas?) informativ[ao]s?", re.IGNORECASE)
_KEPT = {
    False: "Se suman los renglones de detalle.",
    True: "Se toma el renglón, porque con él se llega al total impreso.",
}


@dataclass(slots=True)
class BudgetTable:
    """The rows of one area sorted out, before they become blocks."""

    area: Area
    mapping: ColumnMapping
    moments: list[str]
    decimal: dict[str, str]
    rows: list[BudgetRow] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    totals: list[BudgetRow] = field(default_factory=list)
    outline: Outline | None = None
    leaves: list[BudgetRow] = field(default_factory=list)
    parents: dict[int, BudgetRow] = field(default_factory=dict)  # row of a leaf or parent -> its parent
    findings: list[Finding] = field(default_factory=list)
    evidence: dict[str, str] = field(default_factory=dict)  # moment -> a cell that shows its mark
    reasons: dict[int, str] = field(default_factory=dict)  # row -> why it holds no line
    unsure: dict[str, str] = field(default_factory=dict)  # moment -> a cell whose mark may part decimals or thousands
    units: dict[int, str] = field(default_factory=dict)  # row -> the unit whose heading it stands under
    ignored: int = 0  # rows that belong to another table printed in the same columns

    def skip(self, reason: str, count: int = 1, rows: Sequence[int] = ()) -> None:
        if count:
            self.skipped[reason] = self.skipped.get(reason, 0) + count
        remember_reason(self.reasons, rows, reason)

    def skip_line(self, reason: str, row: BudgetRow) -> None:
        self.skip(reason, 1 + len(row.extra), [row.row, *row.extra])

    @property
    def rows_read(self) -> int:
        return self.area.stacked + self.area.end - self.area.first - self.ignored

    @property
    def sums(self) -> Amounts:
        return add([row.amounts for row in self.leaves], len(self.moments))


def label_columns(area: Area, mapping: ColumnMapping) -> list[int]:
    """Columns of the main label, with the unheaded columns a merged heading covers to the right."""
    wanted = LABEL_FIELDS[mapping.kind]
    named = [column for column, name in mapping.fields.items() if name in wanted]
    named += [column for column, name in mapping.repeated.items() if name in wanted and column not in named]
    if not named:
        named = [column for column, name in mapping.fields.items() if name.endswith(("_name", "_code"))]
    headed = sorted(area.paths)
    found = set(named)
    for column in named:
        following = min((other for other in headed if other > column), default=column + 1)
        found.update(range(column, following))
    return sorted(found)


def read_budget(area: Area, mapping: ColumnMapping, keep: Callable[[int], bool] | None = None) -> BudgetTable:
    """``keep`` names the rows of this table where another kind shares the columns (INEGI prints income and spending
    together).
    """
    merged = merge_moments(area, mapping)
    moments = merged.moments if merged else list(mapping.moments)
    table = BudgetTable(area, mapping, moments, {})
    table.skip("header", area.stacked)
    columns = label_columns(area, mapping)
    if merged:
        _take_merged(table, merged)
    else:
        _take_rows(table, columns, keep)
    _drop_enumeration(table)
    _mark_units(table)
    _decide(table)
    return table


def _take_merged(table: BudgetTable, merged: Merged) -> None:
    table.decimal = dict.fromkeys(table.moments, ".")
    for reason, count in merged.skipped.items():
        table.skip(reason, count)
    for record in merged.records:
        if table.area.said.leaves_out(record.row):
            table.skip(BY_PERSON, 1 + len(record.extra), [record.row, *record.extra])
            continue
        label = read_label(record.label)
        amounts = _amounts_of(record.texts, table)
        table.rows.append(BudgetRow(record.row, label, amounts, record.texts, record.extra, not record.texts))


def _amounts_of(texts: dict[str, str], table: BudgetTable) -> Amounts:
    found = to_cents_array(pa.array([texts.get(moment, "") for moment in table.moments], pa.string()))
    values = zip(found.cents.tolist(), found.null.tolist(), found.bad.tolist(), strict=True)
    return tuple(None if null or bad else cents for cents, null, bad in values)


def _take_rows(table: BudgetTable, labels: list[int], keep: Callable[[int], bool] | None) -> None:
    """Every row of the area becomes a budget row or a reason to skip it."""
    area, mapping = table.area, table.mapping
    columns = mapping.moments
    written = _skip_empty(table, keep)
    marks = _marks(table, columns, written)
    cents = {moment: _column_cents(table, moment, columns[moment], written, mark) for moment, mark in marks.items()}
    headings = {parts[-1].lower() for parts in area.paths.values()}
    above = printed_above(area)
    starts = frozenset(area.paths)
    last = max(
        (row for place, row in enumerate(written) if any(cents[m][place][0] is not None for m in cents)), default=-1
    )
    foot = foot_of(area, columns.values())
    informative = False
    for place, row in enumerate(written):
        if keep and not keep(row):
            table.ignored += 1
            continue
        cells = area.grid.rows[row]
        reason = BY_PERSON if area.said.leaves_out(row) else _plain_reason(cells, headings)
        if not reason and without_page(cells) in above:
            reason = "header"
        if reason:
            table.skip(reason, rows=[row])
            continue
        values = [cents[moment][place] for moment in table.moments]
        label = read_label([(column, area.grid.cell(row, column)) for column in labels], starts)
        if not label.text and (total := _total_elsewhere(area, row, columns.values())):
            label = total
        informative = informative or bool(_INFORMATIVE.match(label.text))
        if informative:
            table.skip("note", rows=[row])  # LDF statements repeat some of their rows below, for information
            continue
        if all(value is None and not bad for value, bad in values):
            _without_amounts(table, row, label, last)
            continue
        words = any(bad for _, bad in values) and not _filled_beside(cells, columns.values())
        if row >= foot or is_note(label.text) or words or (not label.text and not any(value for value, _ in values)):
            # Without a label and without a figure: words of a footnote, or the zeros of an unused template row. Words where
            # only amounts stand: ``Ingresos excedentes`` under a statement of income, beside the amount they speak of.
            table.skip("note" if label.text or any(bad for _, bad in values) else "template", rows=[row])
            continue
        texts = {moment: area.grid.cell(row, column).strip() for moment, column in columns.items()}
        table.rows.append(BudgetRow(row, label, tuple(value for value, _ in values), texts))


def _filled_beside(cells: list[str], amounts: Collection[int]) -> bool:
    return any(cell.strip() for column, cell in enumerate(cells) if column not in amounts)


def _total_elsewhere(area: Area, row: int, amounts: Collection[int]) -> Label | None:
    """``Total`` may stand in a column that nobody understood."""
    label = read_label([(column, cell) for column, cell in enumerate(area.grid.rows[row]) if column not in amounts])
    return label if label.is_total else None


def _skip_empty(table: BudgetTable, keep: Callable[[int], bool] | None) -> list[int]:
    """The rows with anything in them. A file may end in a million line breaks, and nobody should wait for those."""
    area, rows = table.area, table.area.grid.rows
    written = [row for row in range(area.first, area.end) if any(rows[row]) or area.said.leaves_out(row)]
    if len(written) == area.end - area.first:
        return written
    some = set(written)
    empty = [row for row in range(area.first, area.end) if row not in some]
    blank = [row for row in empty if keep(row)] if keep else empty
    table.ignored += len(empty) - len(blank)
    table.skip("blank", len(blank), blank)
    return written


def _drop_enumeration(table: BudgetTable) -> None:
    """``A. Presidencia`` is Presidencia where most rows are numbered so."""
    numbered = [row for row in table.rows if without_enumeration(row.label.printed) != row.label.printed]
    if len(numbered) * 2 > len(table.rows):
        for row in numbered:
            row.label = replace(row.label, name=without_enumeration(row.label.printed))


def _mark_units(table: BudgetTable) -> None:
    """Headings between rows of coded objects name the unit that spends: each opens its own list of objects."""
    coded = [row for row in table.rows if row.label.code]
    headings = [row for row in table.rows if row.heading]
    if table.mapping.kind != "expenditure" or len(headings) < 2 or len(coded) * 2 < len(table.rows) - len(headings):
        return
    names = [row.label.name for row in headings]
    if any(row.label.code for row in headings) or classify.best_names("expenditure", names):
        return
    unit = ""
    for row in table.rows:
        if row.heading:
            unit = row.label.text
        elif unit:
            table.units[row.row] = unit


def _without_amounts(table: BudgetTable, row: int, label: Label, last: int) -> None:
    """A row of words only: a note, a line that states no figure at all, or the heading of the rows below it."""
    cells = table.area.grid.rows[row]
    if row > last or is_note(" ".join(cells).strip()):
        table.skip("note", rows=[row])
    elif sum(bool(cell.strip()) for cell in cells) > 2:
        table.skip("empty", rows=[row])
    else:
        table.skip("section", rows=[row])
        if label.text and not label.is_total:
            table.rows.append(BudgetRow(row, label, (None,) * len(table.moments), {}, heading=True))


def _plain_reason(cells: list[str], headings: set[str]) -> str:
    filled = [text for cell in cells if (text := cell.strip())]
    if not filled:
        return "blank"
    if is_template(cells):
        return "template"
    if is_legend(cells):
        return "header"
    if is_carried(cells):
        return "subtotal"
    repeated = sum(text.lower() in headings for text in filled)
    return "header" if repeated >= 2 and repeated * 2 > len(filled) else ""


def _marks(table: BudgetTable, columns: dict[str, int], rows: Sequence[int]) -> dict[str, DecimalMark]:
    """The decimal mark of each moment. One that its own cells leave open is that of all the others."""
    area, marks = table.area, {}
    for moment, column in columns.items():
        said = area.said.decimal.get(area.headings.get(column, ""))
        texts = [area.grid.cell(row, column) for row in rows]
        marks[moment] = DecimalMark(said, True, "") if said else _mark(pa.array(texts, pa.string()), texts)
        if not marks[moment].certain and (told := settle_marks(area, column, rows, marks[moment])):
            marks[moment] = DecimalMark(".", True, marks[moment].evidence)
            table.findings.append(told)
    return agreed(marks)


def _column_cents(
    table: BudgetTable, moment: str, column: int, rows: Sequence[int], decided: DecimalMark
) -> list[tuple[int | None, bool]]:
    table.decimal[moment] = decided.mark
    table.evidence[moment] = decided.evidence
    if not decided.certain and decided.evidence:
        table.unsure[moment] = decided.evidence
    texts = pa.array([table.area.grid.cell(row, column) for row in rows], pa.string())
    found = to_cents_array(texts, decided.mark)
    return [
        (None if null or bad else cents, bad)
        for cents, null, bad in zip(found.cents.tolist(), found.null.tolist(), found.bad.tolist(), strict=True)
    ]


def _mark(array: pa.Array, texts: list[str]) -> DecimalMark:
    """The decimal mark of a column. Plain numbers with a point, as spreadsheets store them, need no closer look."""
    plain = pc.all(pc.match_substring_regex(array, r"^\s*(-?[0-9]+(\.[0-9]+)?)?\s*$"), min_count=0).as_py()
    shown = (
        pc.index(pc.match_substring_regex(array, r"\.([0-9]{1,2}|[0-9]{4,})\s*$"), value=True).as_py() if plain else -1
    )
    if shown >= 0:
        return DecimalMark(".", True, texts[shown])
    return decide_decimal_mark(text for text in texts if text.strip())


# --- which rows are leaves
# --------------------------------------------------------------------------------------------------


def _decide(table: BudgetTable) -> None:
    totals = [row for row in table.rows if _is_total(row) and not table.area.said.counts(row.row)]
    body = [row for row in table.rows if row not in totals]
    unnamed = [row for row in body if not row.label.text]
    named = [row for row in body if row.label.text]
    nodes = nodes_of(table.area, table.mapping, named, table.units)
    printed = [row.amounts for row in [*totals, *unnamed]]
    outline = choose(nodes, readings(table.area, table.mapping, named, nodes), printed)
    table.outline = outline
    table.leaves = [named[place] for place in outline.leaves]
    table.leaves += [row for row in named if table.area.said.counts(row.row) and row not in table.leaves]
    leaf_rows = {row.row for row in table.leaves}
    for place, parent in enumerate(outline.parents):
        if parent is not None:
            table.parents[named[place].row] = named[parent]
    for row in named:
        if row.row not in leaf_rows and not row.heading:
            table.skip_line("subtotal", row)
    _place_unnamed(table, unnamed)
    for row in totals:
        table.skip_line("subtotal", row)
    table.totals += totals
    table.leaves.sort(key=lambda row: row.row)
    for row in _sums_in_own_words(table):
        table.leaves.remove(row)
        table.totals.append(row)
        table.skip_line("subtotal", row)
    for row in table.leaves:
        table.skip("merged", len(row.extra), row.extra)
    _report_broken(table, named)


def _sums_in_own_words(table: BudgetTable) -> list[BudgetRow]:
    """Lines that only arithmetic tells to be totals: ``Todos los programas``, ``Juntando lo de arriba``.

    The last line or the first that is all others, to the cent in each moment; with sums of groups before it only those by
    which all that is left comes to that line, or to a total that says so.
    """
    leaves = table.leaves
    if any(table.area.said.counts(row.row) for row in leaves):
        return []
    printed = [row.amounts for row in table.totals if row.label.is_grand_total]
    for own, rest in (([], leaves), (leaves[-1:], leaves[:-1]), (leaves[:1], leaves[1:])):
        wholes = [row.amounts for row in own] or printed
        if not any(any(whole) for whole in wholes):
            continue
        for groups in chain([[]], _sums_of_groups(rest, len(table.moments))):
            summed = {row.row for row in groups}
            kept = [row.amounts for row in rest if row.row not in summed]
            filled = sum(any(amounts) for amounts in kept)
            if filled >= FEWEST_SUMMED and add(kept, len(table.moments)) in wholes:
                return [*own, *groups]
    return []


def _sums_of_groups(rows: Sequence[BudgetRow], width: int) -> Iterator[list[BudgetRow]]:
    """The lines that sum those since the last such line, of so many lines at least; printed below them, then above."""
    for ordered in (rows, rows[::-1]) if len(rows) <= LONGEST_BY_HAND else ():
        for fewest in (1, 2, 3):
            found: list[BudgetRow] = []
            since, count = add([], width), 0
            for row in ordered:
                if count >= fewest and any(row.amounts) and since == row.amounts:
                    found.append(row)
                    since, count = add([], width), 0
                else:
                    since, count = add([since, row.amounts], width), count + 1
            if found:
                yield found


def _is_total(row: BudgetRow) -> bool:
    return row.label.is_total and not (row.label.code and not row.label.is_grand_total)


def _place_unnamed(table: BudgetTable, unnamed: list[BudgetRow]) -> None:
    """Figures without any label are a total when the arithmetic says so; otherwise a line nobody named."""
    sums = table.sums
    for row in unnamed:
        if _is_sum(row.amounts, sums):
            table.totals.append(row)
            table.skip_line("subtotal", row)
        elif _sums_followers(table, row):
            table.skip_line("subtotal", row)
        else:
            table.leaves.append(row)


def _sums_followers(table: BudgetTable, row: BudgetRow) -> bool:
    """Whether the leaves right below add up to this row: a parent whose label the file lost."""
    below: Amounts = (None,) * len(table.moments)
    for leaf in sorted((leaf for leaf in table.leaves if leaf.row > row.row), key=lambda leaf: leaf.row)[:400]:
        below = add([below, leaf.amounts], len(table.moments))
        if same(below, row.amounts):
            return True
    return False


def _is_sum(own: Amounts, sums: Amounts) -> bool:
    stated = [(a, b) for a, b in zip(own, sums, strict=True) if a is not None]
    return bool(stated) and sum(close(a, b) for a, b in stated) * 2 > len(stated) and any(a for a, _ in stated)


def _report_broken(table: BudgetTable, rows: list[BudgetRow]) -> None:
    if table.outline is None:
        return
    for place in table.outline.broken[:MAX_FINDINGS]:
        row = rows[place]
        table.findings.append(
            Finding(
                "parts_differ",
                "warning",
                f"«{row.label.name[:80]}» no coincide con la suma de sus renglones. {_KEPT[row in table.leaves]}",
                hint="Compara el renglón con el documento original y avisa a quien lo publicó.",
                sheet=table.area.grid.sheet,
                line_no=row.row + 1,
            )
        )
