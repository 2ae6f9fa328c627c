"""Reads a published file: what it is, where its tables are, which rows are lines, and what a person must still answer.

Row numbers are those a person sees in a spreadsheet (`readers.text` says how that is for delimited text). For every
table ``rows_read`` equals the lines yielded plus everything in ``skipped``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from datasets.ingest import sipot
from datasets.ingest.build import Part
from datasets.ingest.clues import clues_of
from datasets.ingest.contracts import ContractRow, ContractTable
from datasets.ingest.decisions import correct_cells, decisions_for
from datasets.ingest.headings import title_lines
from datasets.ingest.heads import head_of
from datasets.ingest.layout import Area, find_areas
from datasets.ingest.layout_names import layout_of
from datasets.ingest.lists import contract_part
from datasets.ingest.mapping import map_columns
from datasets.ingest.parts import Work, read_grid
from datasets.ingest.readers import oc4ids
from datasets.ingest.readers.oc4ids import read_oc4ids
from datasets.ingest.readers.ocds import COLUMNS, ONLY_LINKS, TAKE_LINKS, read_ocds
from datasets.ingest.readers.sheets import read_sheets
from datasets.ingest.readers.text import MAX_GRID_BYTES, read_text
from datasets.ingest.recognise import INFORMATIVE, Foreign, foreign_of
from datasets.ingest.registers.build import read_register, register_part
from datasets.ingest.repeats import join_parts
from datasets.ingest.shapes import (
    BODY_FIELDS,
    LINE_FIELDS,
    MOMENTS,
    RECORD_KINDS,
    Block,
    Clues,
    Context,
    Control,
    Finding,
    Grid,
    Head,
    Hints,
    Reading,
    SkipRule,
    StreamPlan,
    Table,
    UnreadableFile,
)
from datasets.ingest.sniff import prescan_xlsx, sniff, too_large
from datasets.ingest.streaming import plan_stream
from datasets.ingest.supposed import supposed_kind
from datasets.ingest.unread import listed

__all__ = [
    "LINE_FIELDS",
    "MOMENTS",
    "Block",
    "Context",
    "Control",
    "Finding",
    "Hints",
    "Reading",
    "SkipRule",
    "StreamPlan",
    "Table",
    "UnreadableFile",
    "read_file",
]

Progress = Callable[[str, float], None]
MOST_COLUMNS = 1_000  # the widest published table that we know has 255
_NOTHING = (
    "No se encontró una tabla de presupuesto, ingresos, contratos, obras, deuda o sanciones. Revisa que los "
    "encabezados (por ejemplo «Concepto», «Aprobado», «Devengado») estén en el archivo, o indica en qué fila están."
)


def read_file(path: Path, *, name: str, hints: Hints | None = None, progress: Progress | None = None) -> Reading:
    """Understand a file. Raises `UnreadableFile` when there is nothing to understand."""
    work = Work(name, hints or Hints())
    tell = progress or (lambda stage, share: None)
    tell("sniff", 0.0)
    container = sniff(path, name)
    if container.kind == "json":
        return _read_json(path, work)
    if container.kind == "text":
        grids, large = _text_grids(path, work)
    else:
        if container.kind == "xlsx":
            prescan_xlsx(path)
        tell("open", 0.1)
        grids, large = read_sheets(path), False
    tell("read", 0.5)
    _refuse_wide(grids)
    read_grids(grids, work, whole=not large)
    if not work.parts and not work.foreign:
        _look_again(grids, work, whole=not large)
    if large and work.parts:
        plan_stream(
            path,
            work.parts,
            work.candidates[0],
            work.hints.columns,
            str(work.encoding),
            str(work.delimiter),
            work.findings,
            work.questions,
        )
    tell("read", 1.0)
    return _finish(work)


def _refuse_wide(grids: list[Grid]) -> None:
    """Every heading is compared with the whole dictionary: a table of a hundred thousand columns would take minutes."""
    for grid in grids:
        for row in grid.rows:
            if len(row) > MOST_COLUMNS and (filled := sum(map(bool, row))) > MOST_COLUMNS:
                raise too_large(f"Tiene {filled:,} columnas con datos y el máximo es {MOST_COLUMNS:,}.")


def _read_json(path: Path, work: Work) -> Reading:
    """Open contracting data become contracts, dated by themselves; another JSON says what it is for."""
    work.encoding = "utf-8"
    found = read_ocds(path)
    work.layout = found.layout
    if not found.processes and found.linked:
        return _foreign_reading(work, Foreign("ocds_linked", f"{ONLY_LINKS} {TAKE_LINKS}"))
    if not found.processes:
        return _read_projects(path, work)
    area = find_areas(found.grid, 1)[0]
    area.said = decisions_for(work.hints, found.grid.sheet)
    correct_cells(area)
    work.candidates.append(area)
    mapping = map_columns(area, "contracts", COLUMNS | dict(work.hints.columns or {}))
    table = ContractTable(area, mapping, [ContractRow(row) for row in range(area.first, area.end)])
    work.parts.append(contract_part(table, "", None, work.hints.year))
    work.findings += found.findings()
    return _finish(work)


def _read_projects(path: Path, work: Work) -> Reading:
    """Infrastructure projects become works; a JSON of anything else says what it is for."""
    found = read_oc4ids(path)
    if not found.count:
        return _foreign_reading(work, _json_sentence(path))
    work.layout = found.layout
    area = find_areas(found.grid, 1)[0]
    area.said = decisions_for(work.hints, found.grid.sheet)
    correct_cells(area)
    work.candidates.append(area)
    mapping = map_columns(area, "works", oc4ids.COLUMNS | dict(work.hints.columns or {}))
    work.parts.append(register_part(read_register(area, mapping), "", work.hints.year))
    work.findings += found.findings()
    return _finish(work)


def _json_sentence(path: Path) -> Foreign:
    with path.open("rb") as file:
        head = file.read(200_000).decode("utf-8", errors="replace").lower()
    if '"rfc"' in head and ('"proveedor' in head or '"nombre' in head or '"razon' in head):
        return Foreign(
            "suppliers",
            "Es un padrón de proveedores en JSON: dice quiénes pueden vender y cómo localizarlos, no qué se contrató ni por "
            "cuánto. Sirve para reconocer a un proveedor por su RFC; aquí no se publica, porque trae datos de personas.",
        )
    return Foreign(
        "json", "Es un archivo JSON que no sigue el estándar de contrataciones abiertas (OCDS). Súbelo en hoja o CSV."
    )


def _text_grids(path: Path, work: Work) -> tuple[list[Grid], bool]:
    grid, decoded, work.delimiter = read_text(path, encoding=work.hints.encoding, delimiter=work.hints.delimiter)
    work.encoding = decoded.encoding
    if decoded.claimed_utf8:
        message = f"El archivo se anuncia como UTF-8 pero está escrito en {decoded.encoding}: se leyó así."
        work.findings.append(Finding("encoding", "warning", message, hint="Revisa que los acentos se vean bien."))
    if decoded.repaired:
        message = "Los acentos estaban dañados por una doble conversión (AdministraciÃ³n) y se repararon."
        work.findings.append(
            Finding("double_encoding", "warning", message, hint="Revisa que los nombres se vean bien.")
        )
    return [grid], path.stat().st_size > MAX_GRID_BYTES


def read_grids(grids: list[Grid], work: Work, *, whole: bool) -> None:
    wanted = work.hints.sheet
    if wanted is not None and not any(grid.sheet == wanted for grid in grids):
        work.questions.append(f"La hoja «{wanted}» no está en el archivo. ¿Cuál se usa?")
        wanted = None
    children = [grid for grid in grids if sipot.is_child(grid)]
    ordered = [grid for grid in grids if not sipot.is_catalogue(grid) and not sipot.is_child(grid)]
    if wanted is not None:
        ordered = [grid for grid in grids if grid.sheet == wanted]
    ordered.sort(key=lambda grid: grid.hidden)
    for grid in ordered:
        if grid.hidden and work.parts:
            continue  # a hidden sheet counts only where nothing visible holds the money
        read_grid(grid, children, work, whole)


def _look_again(grids: list[Grid], work: Work, *, whole: bool) -> None:
    """No table by its headings: something else by its words, or what a person is asked to say, its columns laid out."""
    grids = [grid for grid in grids if grid.sheet == work.hints.sheet] or grids
    work.foreign += _foreign_cells(grids)
    if work.foreign:
        return
    areas = [
        area
        for grid in sorted(grids, key=lambda grid: grid.hidden)
        for area in find_areas(grid, work.hints.header_row, said=True)[:1]
    ]
    if work.hints.kind is None and (supposed := supposed_kind(areas, work.name)):
        _read_as(*supposed, grids, work, whole=whole)
    if areas and not work.parts and not work.foreign:
        work.candidates = areas[:1]
        work.foreign.append((areas[0].grid.sheet, Foreign("no_table", _unknown_headings(areas[0]))))


def _read_as(kind: str, question: str, grids: list[Grid], work: Work, *, whole: bool) -> None:
    """Once more as what it seems to be. A person is asked in any case."""
    said, work.hints = work.hints, replace(work.hints, kind=kind)
    work.candidates.clear()
    work.unknown.clear()
    read_grids(grids, work, whole=whole)
    work.hints = said
    if work.parts:
        work.questions.insert(0, question)
        work.is_supposed = True


def _unknown_headings(area: Area) -> str:
    return (
        f"Los encabezados de la fila {area.first} ({listed(list(area.headings.values()))}) no bastan para saber qué contiene "
        "el archivo. Si es presupuesto, ingresos, contratos, obras, deuda o sanciones, dilo, y también qué dice cada columna."
    )


def _foreign_cells(grids: list[Grid]) -> list[tuple[str | None, Foreign]]:
    """No table at all: what the first rows of the sheets speak of (an OCDS template has one sheet per object)."""
    found = []
    for grid in grids:
        filled = [cell for row in grid.rows[:2] for cell in row if cell.strip()]
        cells: dict[int, tuple[str, ...]] = {number: (cell,) for number, cell in enumerate(filled)}
        foreign = foreign_of(Area(grid, (0,), len(grid.rows), cells)) if cells else None
        if not (foreign and foreign.strong):
            foreign = foreign_of(Area(grid, (0,), len(grid.rows), {}, title_lines(grid, 0, min(8, len(grid.rows)))))
        if foreign:
            found.append((grid.sheet, foreign))
    return found


# --- the answer
# -------------------------------------------------------------------------------------------------------------


def _foreign_reading(work: Work, foreign: Foreign) -> Reading:
    question = f"{foreign.sentence} ¿Qué tipo de archivo querías cargar?"
    finding = Finding(
        foreign.code,
        "error",
        foreign.sentence,
        hint="Sube presupuesto, ingresos, contratos, obras, deuda o sanciones, en hoja o CSV.",
    )
    first = work.candidates[0] if work.candidates else None
    return Reading(
        kind=None,
        encoding=work.encoding,
        delimiter=work.delimiter,
        sheet=first.grid.sheet if first else None,
        header_row=first.header_rows[-1] + 1 if first else None,
        columns={},
        tables=[],
        findings=[*work.findings, finding],
        complete=False,
        questions=[*work.questions, question],
        layout=work.layout or layout_of(work.candidates[:1], foreign.code),
    )


def _finish(work: Work) -> Reading:
    if not work.parts:
        return _foreign_reading(work, work.foreign[0][1] if work.foreign else Foreign("no_table", _NOTHING))
    parts, findings, questions = join_parts(work.parts)
    work.findings += findings
    work.questions += questions
    for part in parts:
        work.findings += part.findings
        work.questions += part.questions
        _apply_hints(part, work)
    _mention_ignored(work)
    kind = _main_kind(parts, work.hints.kind)
    parts.sort(key=lambda part: part.table.kind != kind)
    first = parts[0].table
    areas = _areas_read(work, parts)
    return Reading(
        kind=kind,
        encoding=work.encoding,
        delimiter=work.delimiter,
        sheet=first.sheet,
        header_row=first.header_rows[-1],
        columns=first.columns,
        tables=[part.table for part in parts],
        findings=work.findings,
        complete=not work.questions and not any(found.severity == "error" for found in work.findings),
        questions=list(dict.fromkeys(work.questions)),
        clues=clues_of(work.candidates) if any(_names_nobody(part.table) for part in parts) else Clues(),
        layout=work.layout or layout_of(areas),
        head=head_of(areas[0]) if areas else Head(),
        is_supposed=work.is_supposed,
    )


def _areas_read(work: Work, parts: list[Part]) -> list[Area]:
    """Those of the candidates that the tables were made of, the main one first."""
    places = [(part.table.sheet, part.table.header_rows) for part in parts]
    by_place = {(area.grid.sheet, tuple(row + 1 for row in area.header_rows)): area for area in work.candidates}
    return [by_place[place] for place in places if place in by_place] or work.candidates[:1]


def _names_nobody(table: Table) -> bool:
    """A file that is read in pieces is not searched for signs: its head is not the whole of it."""
    context = table.context
    said = context.body_name or context.municipality_name or context.municipality_code or context.state_code
    return table.stream is None and not said and not set(table.columns.values()).intersection(BODY_FIELDS)


def _main_kind(parts: list[Part], said: str | None) -> str:
    kinds = [part.table.kind for part in parts]
    return said if said in kinds else max(dict.fromkeys(kinds), key=kinds.count)


def _mention_ignored(work: Work) -> None:
    for sheet, foreign in dict.fromkeys(work.foreign):
        where = f"La hoja «{sheet}» no se carga. " if sheet and foreign.code != INFORMATIVE else ""
        work.findings.append(Finding(foreign.code, "info", where + foreign.sentence, sheet=sheet))
    for area in work.unknown:
        message = (
            f"No se sabe qué es la tabla de la fila {area.first} ({listed(list(area.headings.values()))}): no se carga."
        )
        hint = "Si es presupuesto, contratos u otro de los datos de aquí, súbela en un archivo aparte y di qué es."
        work.findings.append(Finding("unknown_table", "warning", message, hint, sheet=area.grid.sheet))


def _apply_hints(part: Part, work: Work) -> None:
    """What a person said fills what the file leaves open; where they contradict, somebody must decide."""
    hints, table = work.hints, part.table
    context = table.context
    said_year = context.year if part.named_year else None
    if hints.year is not None and said_year not in (None, hints.year):
        _contradiction(work, f"el año {hints.year}", f"{context.year}")
    if (
        hints.period is not None
        and part.named_year
        and context.period not in (None, hints.period)
        and not _loose(context, hints.period)
    ):
        _contradiction(work, f"el periodo {hints.period}", f"{context.period}")
    context.year = hints.year or context.year
    context.period = hints.period or context.period
    context.document = hints.document or context.document
    if not part.named_year and hints.year is None and context.year is not None:
        message = f"El archivo no dice de qué año es por dentro; se tomó {context.year} de su nombre."
        work.findings.append(Finding("year_from_name", "warning", message, hint="Confirma el año antes de publicar."))
    _ask_when(table, work)


def _loose(context: Context, period: str) -> bool:
    """The fourth quarter and the year end on the same day, and periods that were only supposed contradict nobody."""
    return (
        {context.period, period} == {"annual", "Q4"}
        or context.document in ("approved", None)
        or context.period == "annual"
    )


def _contradiction(work: Work, said: str, printed: str) -> None:
    message = f"Se indicó {said}, pero el archivo dice {printed}."
    work.findings.append(
        Finding("contradiction", "error", message, hint="Corrige la opción o sube el archivo que corresponde.")
    )
    work.questions.append(f"{message} ¿Cuál es el correcto?")


def _ask_when(table: Table, work: Work) -> None:
    dated = any("fiscal_year" in block.columns for block in table.stored) or (
        table.stream is not None and "fiscal_year" in table.stream.fields
    )
    if not table.lines and table.stream is None:
        return
    if table.context.year is None and not dated:
        work.questions.append("¿De qué año son estos datos? El archivo no lo dice.")
    fields = {name for block in table.stored for name in block.columns} | set(
        table.stream.fields if table.stream else ()
    )
    each_line_says = bool(fields & {"period_end", "period_label"})
    if table.kind in RECORD_KINDS or table.context.period is not None or each_line_says:
        return
    if work.hints.year is not None:
        table.context.period = "annual"
        table.context.document = work.hints.document or "public_account"
        message = f"El archivo no dice de qué periodo es: se toma como el año {work.hints.year} completo."
        work.findings.append(
            Finding("period_supposed", "warning", message, hint="Si es un trimestre o un mes, indícalo.")
        )
    else:
        work.questions.append("¿De qué periodo son estos datos: un trimestre, un mes o el año completo?")
