"""The lines of a release, a page at a time: by number, so that the last of a million costs as much as the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .models import LINES, Contract, Debt, Kind, Release, Sanction, Work
from .privacy import cover
from .words import amount, moment_name

RECORDS = (Contract, Work, Debt, Sanction)
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    columns: list[str]
    rows: list[tuple[int, str, list[str]]]  # line number, what it is, its amounts
    first: int
    next: int | None
    total: int


def line_of(release: Release, line_no: int) -> Any | None:
    """One line with its labels, or None."""
    return _lines(release).filter(line_no=line_no).first()


def lines_of(release: Release, after: str = "") -> Page:
    """A page of lines that begins at the number given, with the moments that the release states."""
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 1
    found = list(_lines(release).filter(line_no__gte=start).order_by("line_no")[: PER_PAGE + 1])
    moments = moments_of(release)
    rows = [(line.line_no, name_of(line), amounts_of(line, moments)) for line in found[:PER_PAGE]]
    following = found[PER_PAGE].line_no if len(found) > PER_PAGE else None
    return Page(
        [heading for _key, heading in moments], rows, rows[0][0] if rows else start, following, release.line_count
    )


def _lines(release: Release) -> Any:
    model = LINES[release.kind]
    lines = model.objects.filter(public_body=release.public_body_id, release=release.pk)
    labels = () if model is Debt else ("supplier",) if model in RECORDS else model.LABELS
    return lines.select_related(*labels) if labels else lines


def moments_of(release: Release) -> list[tuple[str, str]]:
    """The moments stated, in the order of the cycle; a contract has one amount and its currency."""
    if release.kind == Kind.CONTRACTS:
        return [("amount", _("Amount"))]
    model = LINES[release.kind]
    order = model.AMOUNTS if model in RECORDS else model.MOMENTS
    stated = [moment for moment in order if moment in release.totals]
    return [(moment, moment_name(moment)) for moment in stated]


def amounts_of(line: Any, moments: list[tuple[str, str]]) -> list[str]:
    if isinstance(line, Contract):
        return [f"{amount(line.amount)} {line.currency}" if line.amount is not None else ""]
    return [amount(getattr(line, moment)) for moment, _heading in moments]


def name_of(line: Any) -> str:
    """What the line is about, by the first label that it has; personal data typed into it covered."""
    if isinstance(line, Contract):
        return cover(line.title or line.contract_number) or _("Contract without a title")
    if isinstance(line, RECORDS):
        return cover(str(line)) or _("Row without a name")
    labels = (getattr(line, name) for name in line.LABELS)
    return next((cover(str(label)) for label in labels if label is not None and str(label)), _("Line without a name"))
