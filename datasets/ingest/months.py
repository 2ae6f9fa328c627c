"""One moment printed month by month (``ENE | FEB | … | DIC``): its year is the sum, or the total beside it, checked against it.

The sum stands in a column of its own at the right of the sheet as it is read, under the name of its moment, so that what follows
treats it as any other amount and a person sees it by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from datasets.ingest.dates import MONTHS
from datasets.ingest.dictionary import fold, normalise
from datasets.ingest.layout import Area
from datasets.ingest.moments import said_moments
from datasets.ingest.numbers import NotAnAmount, by_either_mark, decide_decimal_mark, to_decimal
from datasets.ingest.shapes import Finding, UnreadableFile

GROWING = 4  # different figures in the months of one row
FEWEST = 3  # months in a row, from January on
NAMES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
_MONTH = re.compile(rf"({'|'.join(MONTHS)})(?: (?:del? )?(?:20)?\d\d)?")
_TOTAL = re.compile(
    r"(?:gran |suma )?(?:total|anual|acumulado|suma|importe|monto)(?: (?:anual|acumulado|general|del ano))?"
)
_PLAN = re.compile(r"calendari")
_UNSAID = "Importe"
ONLY_HEAD = "El archivo es grande: esto se revisó en sus primeros renglones."
TOO_LARGE = (
    "Los montos vienen por mes, sin una columna con el total de cada renglón, y el archivo es demasiado grande para sumarlos. "
    "Agrega una columna «Total» con la suma de los meses, o divídelo en archivos de menos de 20 MB y súbelos uno por uno."
)
#: What a column of sums is called, by the moment that its months are of.
_CALLED = {
    "accrued": "Devengado",
    "paid": "Pagado",
    "exercised": "Ejercido",
    "committed": "Comprometido",
    "collected": "Recaudado",
    "modified": "Modificado",
    "approved": "Aprobado",
    "estimated": "Estimado",
}


@dataclass(slots=True)
class _Run:
    """The month columns under one heading, in their order, and the cells of each row."""

    group: str
    columns: list[int]


def with_months(area: Area) -> tuple[Area, list[Finding]]:
    """The area with the year of each moment that it prints by months, and what was done; itself where it prints none."""
    findings = []
    for run in _runs(area):
        moment = _moment(area, run.group)
        sums, bad = _sums(area, run.columns)
        total = _total(area, run)
        if total is not None:
            findings.append(_checked(area, run, total, moment, sums))
        elif (same := _printed(area, sums)) is not None:
            text = f"Los montos por mes suman la columna «{area.headings[same]}»: se tomó esa columna y no su detalle mensual."
            findings.append(Finding("months", "info", text, sheet=area.grid.sheet))
        elif _is_cumulative(area, run):
            findings.append(_last_taken(area, run, moment))
        else:
            area = _appended(area, run, moment, sums | bad)
            findings.append(_summed(area, run))
        area = _dated(area, run)
    return area, findings


def of_the_head(found: list[Finding]) -> list[Finding]:
    """The same of a file that is read in pieces: what its head shows of a printed total. Without one it is refused: rows are
    not added up as they pass, and whether months hold those before them is seen in all rows or not at all."""
    if any(finding.severity == "warning" and finding.code == "months" for finding in found):
        raise UnreadableFile("months_large", TOO_LARGE)
    return [replace(finding, message=f"{finding.message} {ONLY_HEAD}") for finding in found]


def _runs(area: Area) -> list[_Run]:
    """Months from January on without a gap, each once, under the same group."""
    groups: dict[str, list[tuple[int, int]]] = {}
    for column, parts in sorted(area.paths.items()):
        if parts and (match := _MONTH.fullmatch(normalise(parts[-1]))):
            groups.setdefault(" ".join(parts[:-1]), []).append((MONTHS[match[1]], column))
    runs = []
    for group, found in groups.items():
        if len(found) >= FEWEST and [month for month, _ in found] == list(range(1, len(found) + 1)):
            runs.append(_Run(group, [column for _, column in found]))
    return runs


def _moment(area: Area, group: str) -> str:
    """As the group over the months says, else the titles where they name one moment only."""
    for texts in ([group], [*area.titles, area.grid.sheet or ""]):
        words = fold(" ".join(texts))
        income = re.search(r"\bingresos?\b", words)
        said = said_moments("revenue", words) if income else said_moments("expenditure", words)
        said = said or said_moments("revenue", words)
        if len(said) == 1:
            return _CALLED[said.pop()]
        if not said and _PLAN.search(words):
            return "Estimado" if income else "Aprobado"
    return _UNSAID


def _sums(area: Area, columns: list[int]) -> tuple[dict[int, str], dict[int, str]]:
    """By row what its months add up to; apart, the cell that is no amount, which the row is then reported by."""
    span = range(area.first, area.end)
    mark = decide_decimal_mark(area.grid.cell(row, column) for row in span for column in columns).mark
    sums, bad = {}, {}
    for row in span:
        cells = [area.grid.cell(row, column).strip() for column in columns]
        try:
            values = [value for cell in cells if (value := to_decimal(cell, mark)) is not None]
        except NotAnAmount:
            if sum(any(char.isdigit() for char in cell) for cell in cells) * 2 > len([cell for cell in cells if cell]):
                bad[row] = next(cell for cell in cells if not _reads(cell, mark))
            continue
        if values:
            sums[row] = _written(sum(values, Decimal()))
    return sums, bad


def _reads(cell: str, mark: str) -> bool:
    try:
        to_decimal(cell, mark)
    except NotAnAmount:
        return False
    return True


def _written(value: Decimal) -> str:
    """With two decimals or more than three: ``1234.567`` might be a million."""
    digits = -int(value.normalize().as_tuple().exponent)
    return f"{value:.{2 if digits <= 2 else max(digits, 4)}f}"


def _total(area: Area, run: _Run) -> int | None:
    """The column of the whole: ``Total`` of the same group, or the only one of the table."""
    found = [column for column, parts in sorted(area.paths.items()) if parts and _TOTAL.fullmatch(normalise(parts[-1]))]
    own = [column for column in found if " ".join(area.paths[column][:-1]) == run.group]
    return own[0] if len(own) == 1 else None


def _printed(area: Area, sums: dict[int, str]) -> int | None:
    """A column of another moment of which the months are the calendar: in most rows they add up to it."""
    for column in area.paths:
        same = sum(_equal(area.grid.cell(row, column), text) for row, text in sums.items())
        if sums and same * 10 >= len(sums) * 9 and any(Decimal(text) for text in sums.values()):
            return column
    return None


def _equal(cell: str, text: str) -> bool:
    """To a peso and a half of rounding, whichever mark the cell uses."""
    return any(abs(value - Decimal(text)) <= Decimal("1.5") for value in by_either_mark(cell))


def _checked(area: Area, run: _Run, total: int, moment: str, sums: dict[int, str]) -> Finding:
    """The printed total is what counts. It is called by its moment where that is known."""
    heading = area.headings[total]
    if moment != _UNSAID:
        area.paths[total] = (*area.paths[total][:-1], moment) if run.group else (moment,)
    printed = {row: cell for row in sums if (cell := area.grid.cell(row, total).strip())}
    different = [row for row, cell in printed.items() if not _equal(cell, sums[row])]
    if different:
        text = (
            f"«{heading}» no es la suma de sus meses en {len(different)} de {len(printed)} renglones, el primero en la fila"
            f" {different[0] + 1}. Se tomó «{heading}»."
        )
        hint = "Compara ese renglón con el documento original y avisa a quien lo publicó."
        return Finding("months_differ", "warning", text, hint, sheet=area.grid.sheet, line_no=different[0] + 1)
    months, rows = len(run.columns), len(printed)
    text = f"«{heading}» es la suma de sus {months} meses en los {rows} renglones. El detalle por mes no se carga."
    return Finding("months", "info", text, sheet=area.grid.sheet)


def _is_cumulative(area: Area, run: _Run) -> bool:
    """No row ever falls from one month to the next and several grow: each month holds those before it."""
    span = range(area.first, area.end)
    mark = decide_decimal_mark(area.grid.cell(row, column) for row in span for column in run.columns).mark
    grown = 0
    for row in span:
        cells = [area.grid.cell(row, column).strip() for column in _filled(area, run)]
        if not all(_reads(cell, mark) for cell in cells):
            continue
        values = [value for cell in cells if (value := to_decimal(cell, mark)) is not None]
        if any(later < earlier for earlier, later in pairwise(values)):
            return False
        grown += len(set(values)) >= GROWING
    return grown >= FEWEST


def _last_taken(area: Area, run: _Run, moment: str) -> Finding:
    column = _filled(area, run)[-1]
    area.paths[column] = (moment,)
    heading = area.headings[column]
    text = f"Cada mes ya incluye a los anteriores (ningún renglón baja de un mes a otro): se tomó «{heading}» y no la suma."
    hint = "Si cada mes es sólo lo de ese mes, avisa a quien mantiene la plataforma: habría que sumarlos."
    return Finding("months", "warning", text, hint, sheet=area.grid.sheet)


def _appended(area: Area, run: _Run, moment: str, texts: dict[int, str]) -> Area:
    column = max(area.grid.width, max(area.headings, default=0) + 1)
    rows = [
        [*cells, *[""] * (column - len(cells)), texts[row]] if row in texts else cells
        for row, cells in enumerate(area.grid.rows)
    ]
    name = f"{moment} (suma de {NAMES[0]} a {NAMES[len(run.columns) - 1]})"
    return replace(
        area,
        grid=replace(area.grid, rows=rows),
        paths=area.paths | {column: (moment,)},
        headings=area.headings | {column: name},
    )


def _summed(area: Area, run: _Run) -> Finding:
    heading = area.headings[max(area.headings)]
    text = f"Los montos vienen por mes: «{heading}» es la suma de {len(run.columns)} columnas. El detalle por mes no se carga."
    hint = "Si los meses no se suman (por ejemplo, si cada uno ya es acumulado), deja fuera esa columna."
    return Finding("months", "warning", text, hint, sheet=area.grid.sheet)


def _dated(area: Area, run: _Run) -> Area:
    """Up to the last month with any figure, if no title says the period."""
    filled = _filled(area, run)
    if not filled:
        return area
    last = NAMES[run.columns.index(filled[-1])]
    return replace(area, titles=[*area.titles, f"De {NAMES[0]} a {last}"])


def _filled(area: Area, run: _Run) -> list[int]:
    """Down to the last month with a figure: those to come are empty."""
    figures = [place for place, column in enumerate(run.columns) if _any_figure(area, column)]
    return run.columns[: figures[-1] + 1] if figures else []


def _any_figure(area: Area, column: int) -> bool:
    cells = (area.grid.cell(row, column) for row in range(area.first, area.end))
    return any(any(digit in cell for digit in "123456789") for cell in cells)
