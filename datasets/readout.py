"""What a reading understood, in the words of its page. Works on the object that `manage.py ingest --json` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from datasets.fields import NAMES, field_name
from datasets.privacy import find_personal_data
from datasets.words import amount, delimiter_name, moment_name, number, ordered_totals, period_name, skipped_name

from .models import Document, Ingest, Kind, Release

SHOWN_CHECKS = 60  # those that differ first
Status, Stage = Ingest.Status, Ingest.Stage


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    note: str
    state: str  # done | current | stopped | pending


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    field: str
    example: str
    badge: str
    badge_kind: str


@dataclass(frozen=True, slots=True)
class Check:
    label: str
    moment: str
    place: str
    published: str
    computed: str
    difference: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Slice:
    release: Release
    period: str
    lines: str
    totals: list[tuple[str, str]]


def steps(ingest: Ingest) -> list[Step]:
    """The four steps of a load and where it stands."""
    titles = [
        (_("File received"), _("The original was kept unchanged")),
        (_("Columns recognised"), _columns_note(ingest)),
        (_("Rows loaded"), _rows_note(ingest)),
        (_("Review and publication"), _("Published") if ingest.status == Status.PUBLISHED else ""),
    ]
    at = _position(ingest)
    here = "stopped" if ingest.status in (Status.FAILED, Status.CANCELLED) else "current"
    states = ["done" if index < at else here if index == at else "pending" for index in range(4)]
    return [Step(title, note, state) for (title, note), state in zip(titles, states, strict=True)]


def _position(ingest: Ingest) -> int:
    if ingest.status in (Status.PUBLISHED, Status.READY, Status.RETURNED):
        return 4 if ingest.status == Status.PUBLISHED else 3
    if ingest.status == Status.NEEDS_MAPPING:
        return 1
    stage = ingest.report.get("stopped_in", Stage.READING) if ingest.is_finished else ingest.stage
    if ingest.is_finished and stage == Stage.RECEIVED:
        return 0  # it was cancelled before anybody began
    return 2 if stage in (Stage.LOADING, Stage.CHECKING) else 1


def _columns_note(ingest: Ingest) -> str:
    columns = ingest.report.get("columns") or {}
    used = sum(bool(field) for field in columns.values())
    every = max(len(columns), ingest.report.get("headings") or 0)  # loads of before this was counted say only the first
    return _("%(used)s of %(all)s") % {"used": used, "all": every} if columns else ""


def _rows_note(ingest: Ingest) -> str:
    if not ingest.rows_read:
        return ""
    return _("%(loaded)s of %(read)s") % {"loaded": number(ingest.rows_loaded), "read": number(ingest.rows_read)}


def facts(report: Mapping[str, Any], body: str = "") -> list[tuple[str, str]]:
    """What the file is about and how it is written; only what is known."""
    kinds, documents = dict(Kind.choices), dict(Document.choices)
    said = [
        (_("Contents"), str(kinds.get(report.get("kind") or "", ""))),
        (_("Format"), str(report.get("layout") or "")),
        (_("Whose money"), body),
        (_("Year"), str(report.get("year") or "")),
        (_("Period"), period_name(report.get("period"))),
        (_("Document"), str(documents.get(report.get("document") or "", ""))),
        (_("Sheet"), str(report.get("sheet") or "")),
        (_("Row of the headings"), number(report.get("header_row"))),
        (_("Encoding"), str(report.get("encoding") or "")),
        (_("Delimiter"), delimiter_name(report.get("delimiter"))),
    ]
    return [(label, value) for label, value in said if value]


def detected(report: Mapping[str, Any]) -> dict[str, str]:
    """How the file was read, in words, by the field of the form that corrects it."""
    return {
        "sheet": str(report.get("sheet") or ""),
        "header_row": str(report.get("header_row") or ""),
        "encoding": str(report.get("encoding") or ""),
        "delimiter": delimiter_name(report.get("delimiter")),
        "unit": unit_name(report.get("unit")),
    }


def unit_name(unit: int | None) -> str:
    names = {1: _("Pesos"), 1_000: _("Thousands of pesos"), 1_000_000: _("Millions of pesos")}
    return names.get(unit or 0, "")


def said_by_file(report: Mapping[str, Any]) -> dict[str, str]:
    """What the file itself says, in words, by the field of the form that asks for it."""
    kinds, documents = dict(Kind.choices), dict(Document.choices)
    said = {
        "kind": str(kinds.get(report.get("kind") or "", "")),
        "year": str(report.get("year") or ""),
        "period": period_name(report.get("period")),
        "document": str(documents.get(report.get("document") or "", "")),
    }
    return {name: value for name, value in said.items() if value}


def skipped(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Why rows were left out, in words, most frequent first; reasons of one name together."""
    counted: dict[str, int] = {}
    for reason, count in (report.get("skipped") or {}).items():
        name = skipped_name(reason)
        counted[name] = counted.get(name, 0) + count
    return [(name, number(count)) for name, count in sorted(counted.items(), key=lambda item: -item[1])]


def checks(report: Mapping[str, Any]) -> list[Check]:
    """Totals that the file prints beside the sums of its rows, those that differ first."""
    found = []
    for control in report.get("control") or []:
        difference = str(control.get("difference") or "0")
        found.append(
            Check(
                control.get("label") or _("Total"),
                moment_name(control.get("moment", "")),
                _place(control),
                amount(control.get("published")),
                amount(control.get("computed")),
                amount(difference),
                agrees=not difference.strip("-0."),
            )
        )
    return sorted(found, key=lambda check: check.agrees)[:SHOWN_CHECKS]


def _place(control: Mapping[str, Any]) -> str:
    """Where the file prints the total: its sheet and row."""
    row = _("row %(row)s") % {"row": control["row"]} if control.get("row") else ""
    return ", ".join(filter(None, [control.get("sheet"), row]))


def columns(
    report: Mapping[str, Any], confidence: Mapping[str, str], examples: Mapping[str, str], confirmed: bool
) -> list[Column]:
    """Headings of the file beside our fields, in the file's order where `examples` knows it, else in that of the fields.

    `confidence` is exact, similar, values or person by heading.
    """
    fields: dict[str, str] = report.get("columns") or {}
    known = [heading for heading in examples if heading in fields]
    rank = {field: place for place, field in enumerate(NAMES)}
    others = sorted(fields.keys() - set(known), key=lambda one: (rank.get(fields[one], len(rank)), one))
    return [
        Column(
            heading,
            field_name(fields[heading], report.get("breakdown")) if fields[heading] else _("Not used"),
            examples.get(heading, ""),
            *badge_of(fields[heading], confidence.get(heading, ""), confirmed),
        )
        for heading in [*known, *others]
    ]


def badge_of(field: str | None, confidence: str, confirmed: bool = False) -> tuple[str, str]:
    if confirmed or confidence == "person":
        return _("Confirmed"), "ok"
    if not field:
        return _("Not recognised"), ""
    if confidence == "exact":
        return _("Exact"), "ok"
    if confidence == "similar":
        return _("Similar"), "info"
    return _("Confirm it"), "warn"


def issues(report: Mapping[str, Any], private: bool) -> list[dict[str, Any]]:
    """Remarks on the whole file. Without the right to the file's rows, none that quotes one or shows personal data."""
    found = report.get("issues") or []
    if private:
        return list(found)
    return [
        issue
        for issue in found
        if not issue.get("value")
        and not issue.get("line")
        and not find_personal_data([str(issue.get("message", "")), str(issue.get("hint", ""))])
    ]


def correction(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Of a load that corrects rows of another: whether they were read alone, and how many sets of figures are new."""
    told = report.get("correction")
    if not told:
        return None
    kept = set(told["kept"])
    new = {one["release"] for one in report.get("slices") or []} - kept - {None}
    return {"alone": told["alone"], "rows": told["rows"], "kept": len(kept), "new": len(new)}


def slices(releases: Iterable[Release]) -> list[Slice]:
    return [
        Slice(
            release,
            period_name(release.period),
            number(release.line_count),
            ordered_totals(release.totals),
        )
        for release in releases
    ]


def time_left(percent: float | None, seconds: float) -> str:
    """A rough word, never a countdown; nothing before there is something to judge by."""
    if not percent or percent < 5 or seconds < 2:
        return ""
    left = seconds * (100 - percent) / percent
    if left < 60:
        return _("Less than a minute left")
    minutes = round(left / 60)
    return ngettext("About %(n)s minute left", "About %(n)s minutes left", minutes) % {"n": minutes}
