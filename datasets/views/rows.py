"""From a line of the figures to the very row of the file it was made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datasets import words
from datasets.catalogue import origins_of_file
from datasets.ingest.shapes import UnreadableFile
from datasets.lines import amounts_of, line_of, moments_of, name_of
from datasets.models import Contract, Debt, Ingest, Label, Release, Sanction, Work
from datasets.preview import headings_over
from datasets.privacy import PersonalData, cover, cover_row, find_in_row
from datasets.source_rows import extract

from .releases import visible_release

MOST_CORRECTIONS = 30  # loads, each correcting rows of the one before it, that are asked whose a correction was
MOST_ROWS = 12  # of the file, that one line was made of


@dataclass(frozen=True, slots=True)
class SourceRow:
    number: int
    cells: list[tuple[str, str]]  # heading, text


@require_safe
def row(request: HttpRequest, pk: int, line_no: int) -> HttpResponse:
    release = visible_release(request, pk)
    line = line_of(release, line_no)
    if line is None:
        raise Http404
    rows, problem = _source_rows(release, line)
    may_read = request.user.has_perm("datasets.read_original", release.ingest.file)
    personal = personal_data(rows)
    hidden = bool(personal) and not may_read
    return render(
        request,
        "datasets/files/row.html",
        {
            "release": release,
            "file": release.ingest.file,
            "origins": origins_of_file(release.ingest.file, request.user),
            "period": words.period_name(release.period),
            "line": line,
            "name": name_of(line),
            "facts": [(label, cover(text)) for label, text in _facts(line)],
            "amounts": _amounts(release, line),
            "sheet": _sheet(release, line),
            "numbers": f"{line.source_row}–{line.last_row}" if line.last_row > line.source_row else line.source_row,
            "several": line.last_row > line.source_row,
            "rows": [replace(row, cells=cover_row(row.cells)) for row in rows] if hidden else rows,
            "corrections": _corrections(release, line) if may_read else [],
            "hidden": hidden,
            "personal": bool(personal),
            "problem": problem,
        },
    )


def _corrections(release: Release, line: Any) -> list[tuple[str, str, Ingest]]:
    """The cells of the row that a person corrected, what they say since, and the load with which they came."""
    sheet = _sheet(release, line)
    numbers = [str(number) for number in numbers_of(line)]
    found = {
        (number, heading): (heading, text, release.ingest)
        for number in numbers
        for heading, text in fixes_of(release.ingest, sheet, number).items()
    }
    earlier, hops = release.ingest.follows if found else None, 0
    while earlier is not None and hops < MOST_CORRECTIONS:
        for (number, heading), (_heading, text, _load) in list(found.items()):
            if fixes_of(earlier, sheet, number).get(heading) == text:
                found[number, heading] = (heading, text, earlier)
        earlier, hops = earlier.follows, hops + 1
    return list(found.values())


def fixes_of(ingest: Ingest, sheet: str, number: str) -> dict[str, str]:
    rows: dict[str, dict[str, str]] = (ingest.options.get("fixes") or {}).get(sheet, {})
    return rows.get(number, {})


def _amounts(release: Release, line: Any) -> list[tuple[str, str]]:
    moments = moments_of(release)
    return list(zip((heading for _key, heading in moments), amounts_of(line, moments), strict=True))


def numbers_of(line: Any) -> list[int]:
    """Rows of the file, as a spreadsheet numbers them."""
    return list(range(line.source_row, line.last_row + 1))[:MOST_ROWS]


def _sheet(release: Release, line: Any) -> str:
    return release.sheets[line.sheet_no] if line.sheet_no < len(release.sheets) else ""


def _source_rows(release: Release, line: Any) -> tuple[list[SourceRow], str]:
    """The rows as they stand in the original, or the sentence that says why they cannot be shown."""
    report = release.ingest.report
    sheet = _sheet(release, line) or None
    way = {"encoding": report.get("encoding"), "delimiter": report.get("delimiter")}
    try:
        found = extract(release.ingest.file, sheet=sheet, rows=numbers_of(line), **way)
    except UnreadableFile as problem:
        return [], str(problem)
    except (LookupError, UnicodeError, OSError):  # their messages name places of the server
        return [], _("The original cannot be read again just now. Try later, or tell GESOC.")
    header_row = report.get("header_row") if sheet in (None, report.get("sheet")) else None
    headings = headings_over(found, line.source_row, header_row)
    rows = [
        SourceRow(number, [(headings.get(at, ""), text) for at, text in enumerate(cells)])
        for number, cells in sorted(found.rows.items())
    ]
    return rows, ""


def personal_data(rows: list[SourceRow]) -> set[PersonalData]:
    found: set[PersonalData] = set()
    for source in rows:
        for heading, text in source.cells:
            found |= find_in_row({heading: text})
    return found


def _facts(line: Any) -> list[tuple[str, str]]:
    """What the line is, in words; only what it states."""
    said = FACTS.get(type(line), _budget_facts)(line)
    return [(label, text) for label, text in said if text]


def _budget_facts(line: Any) -> list[tuple[str, str]]:
    kinds = dict(Label.Kind.choices)
    labels = ((kinds.get(name, name), getattr(line, name)) for name in line.LABELS)
    return [(str(kind), str(label)) for kind, label in labels if label is not None]


def _work_facts(work: Work) -> list[tuple[str, str]]:
    return [
        (_("Code"), work.code),
        (_("Type of work"), work.type_raw),
        (_("Who carries it out"), work.unit),
        (_("Place of the work"), ", ".join(filter(None, (work.location, work.municipality_raw)))),
        (_("Physical progress"), words.percentage(work.physical_progress)),
        (_("Financial progress"), words.percentage(work.financial_progress)),
        (_("Beginning"), _date(work.starts_on)),
        (_("End"), _date(work.ends_on)),
        (_("Status"), work.status_raw),
        (_("Contractor"), work.supplier_name),
    ]


def _sanction_facts(sanction: Sanction) -> list[tuple[str, str]]:
    return [
        (_("Authority"), sanction.authority),
        (_("File number"), sanction.file_number),
        (_("What was resolved"), sanction.outcome_raw),
        (_("Facts, as published"), sanction.facts),
        (_("Resolved"), _date(sanction.resolved_on)),
        (_("Notified"), _date(sanction.notified_on)),
        (_("Term"), sanction.term_raw),
    ]


def _debt_facts(debt: Debt) -> list[tuple[str, str]]:
    return [
        (_("Creditor"), debt.creditor),
        (_("Debtor"), debt.debtor),
        (_("Type of obligation"), debt.type_raw),
        (_("What it was taken for"), debt.purpose),
        (_("Guarantee or source of payment"), debt.guarantee),
        (_("Interest rate"), debt.rate_raw),
        (_("Term"), debt.term_raw),
        (_("Signed"), _date(debt.signed_on)),
        (_("Due"), _date(debt.matures_on)),
        (_("Note"), debt.notes),
    ]


def _date(day: date | None) -> str:
    return day.isoformat() if day else ""


def _contract_facts(contract: Contract) -> list[tuple[str, str]]:
    supplier = contract.supplier
    return [
        (_("Supplier"), contract.supplier_name),
        (_("RFC"), supplier.public_rfc if supplier else ""),
        (_("Procedure"), contract.get_method_display() if contract.method else contract.method_raw),
        (_("Contract number"), contract.contract_number),
        (_("Procedure number"), contract.procedure_number),
        (_("Buying unit"), contract.buyer_unit),
        (_("Signed"), contract.signed_on.isoformat() if contract.signed_on else ""),
    ]


FACTS: dict[type, Callable[[Any], list[tuple[str, str]]]] = {
    Contract: _contract_facts,
    Work: _work_facts,
    Sanction: _sanction_facts,
    Debt: _debt_facts,
}
