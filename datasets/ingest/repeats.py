"""The same money twice: tables of one file that repeat each other are counted once, tables of other money stay apart."""

from __future__ import annotations

from datasets.ingest.build import Part
from datasets.ingest.hierarchy import close
from datasets.ingest.registers import REGISTERS
from datasets.ingest.shapes import CONTRACT_AMOUNTS, MOMENTS, RECORD_KINDS, Context, Finding

#: Fields that name one thing and no other of the same public body.
NUMBERS = frozenset({"contract_number", "procedure_number", "file_number", "ocid", "work_code"})


def join_parts(parts: list[Part]) -> tuple[list[Part], list[Finding], list[str]]:
    """One table per kind, breakdown and context. The same sums again are a repetition; other sums are further lines."""
    _share_context([part.table.context for part in parts if part.table.kind not in RECORD_KINDS])
    groups: dict[tuple[object, ...], list[Part]] = {}
    for part in parts:
        context = part.table.context
        key = (part.table.kind, part.table.breakdown, context.year, context.period, context.document, context.body_name)
        groups.setdefault(key, []).append(part)
    findings: list[Finding] = []
    questions: list[str] = []
    kept = []
    for group in groups.values():
        kept.append(_join_group(group, findings, questions))
    findings += _compare_breakdowns(kept)
    return kept, findings, questions


def _share_context(contexts: list[Context]) -> None:
    """Sheets of one workbook speak of the same body and time: what one leaves out, the only answer of the others fills."""
    for name in (
        "body_name",
        "municipality_name",
        "municipality_code",
        "state_code",
        "state_name",
        "level",
        "year",
        "period",
    ):
        answers = {getattr(context, name) for context in contexts} - {None}
        if len(answers) != 1:
            continue
        for context in contexts:
            if getattr(context, name) is None:
                setattr(context, name, next(iter(answers)))
    for context in contexts:
        if context.document == "quarterly" and context.period == "annual":
            context.document = "public_account"


def _join_group(group: list[Part], findings: list[Finding], questions: list[str]) -> Part:
    if len(group) == 1:
        return group[0]
    ranked = sorted(group, key=lambda part: (not any(part.sums), -part.table.lines))
    first = ranked[0]
    different = []
    for part in ranked[1:]:
        if part.table.kind in RECORD_KINDS:
            repeats = _same_records(first, part)
        else:
            repeats = not any(part.sums) or _same_money(first, part)
        summary = _is_summary(first, part)
        if not (summary or repeats):
            different.append(part)
            continue
        _absorb(first, part, "repeated")
        if summary:
            findings.append(_summary(first, part))
        elif any(part.sums) or part.table.kind in RECORD_KINDS:
            findings.append(_repetition(first, part))
    for part in different:
        _append(first, part)
    if different and first.table.kind not in RECORD_KINDS:
        tables = "; ".join(_where(part) for part in [first, *different])
        questions.append(
            f"Hay varias tablas de la misma clasificación con montos distintos ({tables}). ¿Se suman o es solo una?"
        )
    return first


def _same_records(one: Part, other: Part) -> bool:
    """A sheet copied whole. Two lists of a single row may well say the same of two things, unless the row has a number."""
    blocks = list(zip(one.table.stored, other.table.stored, strict=False))
    return (
        one.table.lines == other.table.lines
        and (one.table.lines > 1 or _is_numbered(one))
        and len(one.table.stored) == len(other.table.stored)
        and all(mine.columns == theirs.columns for mine, theirs in blocks)
    )


def _is_summary(one: Part, other: Part) -> bool:
    """``Zona | Precio | Gastado`` beside lists of works: it names none of them."""
    if one.table.kind not in REGISTERS:
        return False
    names = REGISTERS[one.table.kind].NAMES
    return names.isdisjoint(other.table.columns.values()) and not names.isdisjoint(one.table.columns.values())


def _is_numbered(part: Part) -> bool:
    """Its only row states the number of a contract, a work or a case, and an amount: there are no two of those."""
    stated = {name for block in part.table.stored for name, column in block.columns.items() if any(column.to_pylist())}
    amounts = CONTRACT_AMOUNTS if part.table.kind == "contracts" else MOMENTS[part.table.kind]
    return not stated.isdisjoint(NUMBERS) and not stated.isdisjoint(amounts)


def _where(part: Part) -> str:
    sheet = f" de la hoja «{part.table.sheet}»" if part.table.sheet else ""
    return f"la que empieza en la fila {part.table.header_rows[0]}{sheet}"


def _same_money(one: Part, other: Part) -> bool:
    """By what the lines add up to; or, where an amount of one cannot be read, by the totals that both print."""
    if _repeats(one, other):
        return True
    mine, theirs = _printed(one), _printed(other)
    return bool(any(mine.values()) and mine == theirs and (_meets(one, mine) or _meets(other, theirs)))


def _printed(part: Part) -> dict[str, int]:
    """The largest total that the table prints, by moment."""
    totals: dict[str, int] = {}
    for control in part.table.controls:
        if abs(control.published_cents) >= abs(totals.get(control.moment, 0)):
            totals[control.moment] = control.published_cents
    return totals


def _meets(part: Part, printed: dict[str, int]) -> bool:
    """The lines reach the printed totals: the same total under each page of one table is reached by none of them."""
    sums = dict(zip(part.moments, part.sums, strict=True))
    return all(close(sums.get(moment), cents) for moment, cents in printed.items())


def _repeats(one: Part, other: Part) -> bool:
    mine, theirs = dict(zip(one.moments, one.sums, strict=True)), dict(zip(other.moments, other.sums, strict=True))
    shared = [name for name in mine if mine[name] is not None and theirs.get(name) is not None]
    return (
        bool(shared) and any(mine[name] for name in shared) and all(close(mine[name], theirs[name]) for name in shared)
    )


def _absorb(into: Part, part: Part, reason: str) -> None:
    target, source = into.table, part.table
    target.rows_read += source.rows_read
    for name, count in source.skipped.items():
        target.skipped[name] = target.skipped.get(name, 0) + count
    if source.lines:
        target.skipped[reason] = target.skipped.get(reason, 0) + source.lines
    into.findings += [found for found in part.findings if found.code != "parts_differ"]
    into.questions += part.questions if reason != "repeated" else []


def _append(into: Part, part: Part) -> None:
    into.table.rows_read += part.table.rows_read
    for name, count in part.table.skipped.items():
        into.table.skipped[name] = into.table.skipped.get(name, 0) + count
    into.table.stored += part.table.stored
    into.table.controls += part.table.controls
    into.findings += part.findings
    into.questions += part.questions


def _repetition(kept: Part, part: Part) -> Finding:
    return _left_out(kept, part, "repeated", "info", "repite el mismo dinero: se cuenta una sola vez.")


def _summary(kept: Part, part: Part) -> Finding:
    said = "no nombra nada de lo que está en la otra: se tomó por un resumen y no se carga."
    return _left_out(kept, part, "summary", "warning", said)


def _left_out(kept: Part, part: Part, code: str, severity: str, why: str) -> Finding:
    where = f"la hoja «{part.table.sheet}»" if part.table.sheet != kept.table.sheet else "la misma hoja"
    row = part.table.header_rows[0]
    message = f"La tabla que empieza en la fila {row} de {where} {why}"
    return Finding(code, severity, message, sheet=part.table.sheet, line_no=row)


def _compare_breakdowns(parts: list[Part]) -> list[Finding]:
    """The same money under several classifications should add up to the same; where it does not, say so."""
    spending = [part for part in parts if part.table.kind == "expenditure" and any(part.sums)]
    if len(spending) < 3:
        return []
    votes = {id(part): sum(_repeats(part, other) for other in spending) for part in spending}
    most = max(votes.values())
    return [
        Finding(
            "totals_differ",
            "warning",
            f"La hoja «{part.table.sheet}» suma distinto de las demás clasificaciones del mismo archivo.",
            hint="Revisa sus columnas en el original.",
            sheet=part.table.sheet,
        )
        for part in spending
        if most >= 2 and votes[id(part)] == 1
    ]
