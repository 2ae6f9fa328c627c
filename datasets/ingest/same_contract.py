"""Rows of a list that are one contract: its total beside each of its articles, in each report, and again with each amendment."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from decimal import Decimal

from datasets.ingest.columns import ColumnMapping
from datasets.ingest.contracts import ContractRow, ContractTable, is_placeholder
from datasets.ingest.dates import parse_date
from datasets.ingest.dictionary import fold
from datasets.ingest.layout import Area
from datasets.ingest.shapes import CONTRACT_AMOUNTS, LINE_FIELDS, Finding
from datasets.ingest.sums_of_lists import Numbers, numbers_of
from datasets.ingest.unread import listed

Group = list[ContractRow]
_SUPPLIER = ("supplier_name", "supplier_given_name", "supplier_surname_1", "supplier_surname_2", "supplier_rfc")
#: Whose contract it is and of when: numbers begin anew in each office and each year.
_WHOSE = (
    "fiscal_year",
    "currency",
    "entity_name",
    "buyer_name",
    "procuring_unit_name",
    "municipality_name",
    "municipality_code",
)
#: What a contract says of itself in each of its rows; of two that share number, supplier and amount one of these must be said.
_FACTS = ("procedure_number", "title", "description", "date_signed", "award_date", "start_date", "end_date")
#: What may differ between rows of one contract: its articles' headings, and what is said of the row and not of the contract.
_OF_THE_ROW = (
    "budget_item",
    "number_of_tenderers",
    "notice_url",
    "award_url",
    "contract_url",
    "funding_source",
    "funding_origin",
)
_AMENDMENT = re.compile(
    r"(?:\w+ )?(?:convenio|contrato) (?:modificatorio|de ampliacion)|adend(?:a|um)\b|addendum"
    r"|ampliacion (?:del? )?(?:contrato|convenio)"
)
#: The law caps what an amendment adds (LAASSP 20 %, LOPSRM 25 %, some states 50 %): what is more is a new total.
MOST_ADDED, LEAST_TOTAL = Decimal("0.5"), Decimal("0.6")


def join_rows(table: ContractTable) -> None:
    """One row for each contract, the others as rows that repeat it; a row that a person counts stays one of its own."""
    _join_repeated(table)
    _join_amended(table)
    table.rows.sort(key=lambda line: line.row)


def _join_repeated(table: ContractTable) -> None:
    groups = [group for group in _by_contract(table).values() if len(group) > 1]
    if groups and not _add_up(table, groups):
        alike = [group for one in groups for group in _told_alike(table, one)]
        groups = []
        doubtful: list[Group] = []
        columns: set[int] = set()
        for group in alike:
            differing = _differing(table, group)
            (doubtful if differing else groups).append(group)
            columns.update(differing)
        _ask(table, doubtful, columns)
    if again := _join(table, groups):
        text = (
            f"{again:,} renglones repiten un contrato de la lista (mismo número, proveedor y monto): se cuenta una vez."
        )
        hint = "Si son contratos distintos, cuenta esos renglones uno por uno al revisar el archivo."
        table.findings.append(Finding("repeated_contract", "warning", text, hint, sheet=table.area.grid.sheet))


def _ask(table: ContractTable, groups: Sequence[Group], columns: Collection[int]) -> None:
    if not groups:
        return
    count = sum(len(group) - 1 for group in groups)
    named = listed([table.area.headings[column] for column in sorted(columns)][:3])
    table.questions.append(
        f"{count:,} renglones repiten número, proveedor, monto y objeto de otro, y difieren en {named}. ¿Es el mismo "
        "contrato, informado otra vez? Deja fuera los renglones que no deban sumarse."
    )


def _by_contract(table: ContractTable) -> dict[tuple[object, ...], Group]:
    """Rows by the number of the contract, whose it is, its supplier and its amounts in figures."""
    amounts = _columns(table.mapping, CONTRACT_AMOUNTS)
    found: dict[tuple[object, ...], Group] = {}
    for key, lines in _by_number(table).items():
        if len(lines) > 1:
            stated = numbers_of(table.area, [line.row for line in lines], amounts)
            for place, line in enumerate(lines):
                found.setdefault((key, *(numbers[place] for numbers in stated)), []).append(line)
    return found


def _by_number(table: ContractTable) -> dict[tuple[str, ...], Group]:
    """Rows that name a contract, a supplier and an amount, by number, whose it is and supplier; none that a person counts."""
    area, mapping = table.area, table.mapping
    number = mapping.column("contract_number")
    columns = _columns(mapping, (*_WHOSE, *_SUPPLIER))
    needed = [_columns(mapping, some) for some in (_SUPPLIER, CONTRACT_AMOUNTS)]
    found: dict[tuple[str, ...], Group] = {}
    if number is None or not all(needed):
        return found
    for line in table.rows:
        own = area.grid.cell(line.row, number)
        if area.said.counts(line.row) or is_placeholder(own):
            continue
        if all(any(area.grid.cell(line.row, at).strip() for at in some) for some in needed):
            found.setdefault((fold(own), *_cells(area, line.row, columns)), []).append(line)
    return found


def _columns(mapping: ColumnMapping, names: Sequence[str]) -> list[int]:
    return [column for name in names if (column := mapping.column(name)) is not None]


def _cells(area: Area, row: int, columns: Sequence[int]) -> tuple[str, ...]:
    """As the file has them: who corrects one row of a contract has not made another contract of it."""
    return tuple(fold(area.originals.get((row, column), area.grid.cell(row, column))) for column in columns)


def _told_alike(table: ContractTable, group: Group) -> list[Group]:
    """Those of which everything else that is said of a contract is the same too, and something is."""
    columns = _columns(table.mapping, _FACTS)
    found: dict[tuple[str, ...], Group] = {}
    for line in group:
        facts = _cells(table.area, line.row, columns)
        if any(facts):
            found.setdefault(facts, []).append(line)
    return [lines for lines in found.values() if len(lines) > 1]


def _differing(table: ContractTable, group: Group) -> list[int]:
    """Columns that say something else in two of the rows, and that may be of another contract: a month, a place, the unknown."""
    area, fields = table.area, table.mapping.fields
    others = [
        column
        for column in area.paths
        if column not in table.mapping.repeated
        and (column not in fields or fields[column] in LINE_FIELDS["contracts"])
        and fields.get(column) not in (*_OF_THE_ROW, *CONTRACT_AMOUNTS, "contract_number")
    ]
    said = zip(*(_cells(area, line.row, others) for line in group), strict=True)
    return [column for column, texts in zip(others, said, strict=True) if len(set(filter(None, texts))) > 1]


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
    """Leaves the first row of each group; those right below it belong to it. Gives how many others there are."""
    gone: set[int] = set()
    for first, *others in groups:
        for line in others:
            if line.row == max(first.row, *first.extra, 0) + 1:
                first.extra += [line.row, *line.extra]
        gone |= {line.row for line in others}
    table.skip("duplicate", len(gone), sorted(gone))
    table.rows = [line for line in table.rows if line.row not in gone]
    return len(gone)


def _join_amended(table: ContractTable) -> None:
    """``AD/002 Contrato 809`` and ``AD/002 Convenio modificatorio 907``: the second is what the contract comes to since."""
    area = table.area
    several = [group for group in _by_number(table).values() if len(group) > 1]
    amended = [(group, later) for group in several if (later := [line for line in group if _amends(area, line.row)])]
    if not amended:
        return
    parted = [one for group, later in amended if (one := _part(table, group, later))]
    shares = [share for first, later in parted for share in _shares(table, first, later)]
    if len(parted) == len(amended) and shares and min(shares) >= LEAST_TOTAL:
        for first, later in parted:
            _take_total(table, first, later)
        count = sum(len(later) for _first, later in parted)
        text = f"{count:,} convenios modificatorios traen el nuevo total de su contrato: se tomó el último, una vez."
        table.findings.append(Finding("amended_contract", "warning", text, sheet=area.grid.sheet))
    elif len(parted) < len(amended) or not shares or max(shares) > MOST_ADDED:
        table.questions.append(
            f"{sum(len(later) for _group, later in amended):,} renglones son convenios modificatorios de contratos de la lista y "
            "no se sabe si su monto es el nuevo total o lo que se agrega. Deja fuera los renglones que no deban sumarse."
        )


def _part(table: ContractTable, group: Group, later: Group) -> tuple[ContractRow, Group] | None:
    """The contract and its amendments, in the order of their days or else of their rows; None where that is not plain."""
    first = [line for line in group if line not in later]
    column = table.mapping.column("date_signed")
    days = {
        line.row: day
        for line in group
        if column is not None and (day := parse_date(table.area.grid.cell(line.row, column)))
    }
    if len(first) != 1:
        return None
    if len(days) == len(group) == len(set(days.values())):
        later = sorted(later, key=lambda line: days[line.row])
        return (first[0], later) if days[first[0].row] < days[later[0].row] else None
    return (first[0], later) if first[0].row < later[0].row else None


def _shares(table: ContractTable, first: ContractRow, later: Group) -> list[Decimal]:
    """What each amendment states of what the contract states, in each amount; -1 where it cannot be read."""
    stated: list[Numbers] = numbers_of(
        table.area, [line.row for line in (first, *later)], _columns(table.mapping, CONTRACT_AMOUNTS)
    )
    texts = [
        [table.area.grid.cell(line.row, column).strip() for line in later]
        for column in _columns(table.mapping, CONTRACT_AMOUNTS)
    ]
    return [
        Decimal(-1) if value is None else value / numbers[0]
        for numbers, cells in zip(stated, texts, strict=True)
        if numbers[0]
        for value, cell in zip(numbers[1:], cells, strict=True)
        if cell
    ]


def _take_total(table: ContractTable, first: ContractRow, later: Group) -> None:
    """The row of the last amendment, which states the amount; all else is said by that of the contract."""
    _join(table, [[later[-1], first, *later[:-1]]])
    later[-1].signed = first.row


def _amends(area: Area, row: int) -> bool:
    return any(_AMENDMENT.match(fold(cell)) for cell in area.grid.rows[row] if cell)
