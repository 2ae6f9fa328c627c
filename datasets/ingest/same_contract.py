"""Rows of a list that are one contract: its total beside each of its articles, in each report, and again with each amendment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from datasets.ingest.columns import ColumnMapping
from datasets.ingest.contracts import ContractRow, ContractTable, is_placeholder
from datasets.ingest.dictionary import fold
from datasets.ingest.layout import Area
from datasets.ingest.shapes import CONTRACT_AMOUNTS, Finding
from datasets.ingest.sums_of_lists import numbers_of

Group = list[ContractRow]
_SUPPLIER = ("supplier_name", "supplier_given_name", "supplier_surname_1", "supplier_surname_2", "supplier_rfc")
#: What a contract says of itself in each of its rows; of two that share number, supplier and amount one of these must be said.
_FACTS = ("procedure_number", "title", "description", "date_signed", "award_date", "start_date", "end_date")
_AMENDMENT = re.compile(
    r"(?:\w+ )?(?:convenio|contrato) (?:modificatorio|de ampliacion)|adend(?:a|um)\b|addendum"
    r"|ampliacion (?:del? )?(?:contrato|convenio)"
)
#: The law caps what an amendment adds (LAASSP 20 %, LOPSRM 25 %, some states 50 %): what is more is a new total.
MOST_ADDED, LEAST_TOTAL = Decimal("0.5"), Decimal("0.6")


def join_rows(table: ContractTable) -> None:
    """One row for each contract, the others as further rows of it; a row that a person counts stays one of its own."""
    free = [line for line in table.rows if not table.area.said.counts(line.row)]
    groups = [group for group in _by(table, free, (*_SUPPLIER, *CONTRACT_AMOUNTS)).values() if len(group) > 1]
    if groups and not _add_up(table, groups):
        groups = [group for one in groups for group in _told_alike(table, one)]
    if again := _join(table, groups):
        text = (
            f"{again:,} renglones repiten un contrato de la lista (mismo número, proveedor y monto): se cuenta una vez."
        )
        hint = "Si son contratos distintos, cuenta esos renglones uno por uno al revisar el archivo."
        table.findings.append(Finding("repeated_contract", "warning", text, hint, sheet=table.area.grid.sheet))
    _join_amended(table)


def _by(table: ContractTable, lines: Sequence[ContractRow], names: Sequence[str]) -> dict[tuple[str, ...], Group]:
    """Rows with a number of the contract, a supplier and an amount, by these and by `names`."""
    area, mapping = table.area, table.mapping
    number = mapping.column("contract_number")
    columns = _columns(mapping, names)
    needed = [_columns(mapping, some) for some in (_SUPPLIER, CONTRACT_AMOUNTS)]
    found: dict[tuple[str, ...], Group] = {}
    if number is None or not all(needed):
        return found
    for line in lines:
        own = area.grid.cell(line.row, number)
        if is_placeholder(own) or not all(any(area.grid.cell(line.row, at).strip() for at in some) for some in needed):
            continue
        found.setdefault((fold(own), *_cells(area, line.row, columns)), []).append(line)
    return found


def _columns(mapping: ColumnMapping, names: Sequence[str]) -> list[int]:
    return [column for name in names if (column := mapping.column(name)) is not None]


def _cells(area: Area, row: int, columns: Sequence[int]) -> tuple[str, ...]:
    return tuple(fold(area.grid.cell(row, column)) for column in columns)


def _told_alike(table: ContractTable, group: Group) -> list[Group]:
    """Those of which everything else that is said of a contract is the same too, and something is."""
    columns = _columns(table.mapping, _FACTS)
    found: dict[tuple[str, ...], Group] = {}
    for line in group:
        facts = _cells(table.area, line.row, columns)
        if any(facts):
            found.setdefault(facts, []).append(line)
    return [lines for lines in found.values() if len(lines) > 1]


def _add_up(table: ContractTable, groups: Sequence[Group]) -> bool:
    """Whether another column holds articles: in every group they come to the amount that each row repeats."""
    if len(groups) < 2:
        return False
    area, taken = table.area, table.mapping.fields
    rows = [[line.row for line in group] for group in groups]
    return any(
        all(_comes_to(area, group, articles, amount) for group in rows)
        for articles in area.paths
        if articles not in taken
        for amount in _columns(table.mapping, CONTRACT_AMOUNTS)
    )


def _comes_to(area: Area, rows: Sequence[int], articles: int, amount: int) -> bool:
    parts, stated = numbers_of(area, rows, [articles, amount])
    return bool(stated[0]) and sum(filter(None, parts), Decimal()) == stated[0]


def _join(table: ContractTable, groups: Sequence[Group]) -> int:
    """The rows after the first of each group become further rows of it; gives how many."""
    gone: set[int] = set()
    for first, *others in groups:
        again = {line.row for line in others}
        first.extra += sorted({*again, *(row for line in others for row in line.extra)})
        gone |= again
    table.skip("duplicate", len(gone), sorted(gone))
    table.rows = [line for line in table.rows if line.row not in gone]
    return len(gone)


def _join_amended(table: ContractTable) -> None:
    """``AD/002 Contrato 809`` and ``AD/002 Convenio modificatorio 907``: the second is what the contract comes to since."""
    area, columns = table.area, _columns(table.mapping, CONTRACT_AMOUNTS)
    free = [line for line in table.rows if not area.said.counts(line.row)]
    several = [group for group in _by(table, free, _SUPPLIER).values() if len(group) > 1]
    amended = [parted for group in several if (parted := _part(area, group))]
    if not amended:
        return
    amounts = [numbers_of(area, [line.row for line in (first, *later)], columns) for first, later in amended]
    shares = [
        value / stated[0] for one in amounts for stated in one if stated[0] for value in stated[1:] if value is not None
    ]
    count = sum(len(later) for _, later in amended)
    if shares and min(shares) >= LEAST_TOTAL:
        for first, later in amended:
            first.amended = later[-1].row
        _join(table, [[first, *later] for first, later in amended])
        text = f"{count:,} convenios modificatorios traen el nuevo total de su contrato: se tomó el último, una vez."
        table.findings.append(Finding("amended_contract", "warning", text, sheet=area.grid.sheet))
    elif not shares or max(shares) > MOST_ADDED:
        table.questions.append(
            f"{count:,} renglones son convenios modificatorios de contratos de la lista, y no se sabe si su monto es el nuevo "
            "total o lo que se agrega. Deja fuera los renglones que no deban sumarse."
        )


def _part(area: Area, group: Group) -> tuple[ContractRow, Group] | None:
    """The contract and its amendments, in their order; None where the rows do not say which is which."""
    later = [line for line in group if _amends(area, line.row)]
    first = [line for line in group if line not in later]
    return (first[0], later) if len(first) == 1 and later and first[0].row < later[0].row else None


def _amends(area: Area, row: int) -> bool:
    return any(_AMENDMENT.match(fold(cell)) for cell in area.grid.rows[row] if cell)
