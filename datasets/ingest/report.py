"""What an ingest understood and did: the object that `manage.py ingest --json` prints and the page shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from datasets.ingest.bodies import BodyRef
from datasets.ingest.chunks import Reject
from datasets.ingest.mates import STOPS
from datasets.ingest.shapes import Finding, Reading
from datasets.ingest.slices import SliceKey, Supposed
from datasets.ingest.sniff import column_letters
from datasets.models import RowIssue

# Ties between breakdowns with as many lines go to the one that tells most.
DETAIL = ("full", "object", "programme", "functional", "administrative", "economic")
FIRST_ISSUES = 20


@dataclass(frozen=True, slots=True)
class SliceResult:
    key: SliceKey
    publisher: str | None
    rows_loaded: int
    sums: dict[str, int]
    release: int | None

    def as_json(self) -> dict[str, Any]:
        return {
            "publisher": self.publisher,
            "municipality": self.key.body.municipality if self.key.body.kind == "municipality" else None,
            "year": self.key.year or None,
            "period": self.key.period,
            "document": self.key.document or None,
            "breakdown": self.key.breakdown,
            "kind": self.key.kind,
            "rows_loaded": self.rows_loaded,
            "totals": decimals(self.sums),
            "release": self.release,
        }

    @classmethod
    def of_json(cls, told: dict[str, Any]) -> SliceResult:
        """As it was told, but for what only the load itself knew of the body."""
        home = BodyRef("municipality" if told["municipality"] else "unknown", "", told["municipality"])
        key = SliceKey(told["kind"], home, told["year"] or 0, told["period"], told["document"] or "", told["breakdown"])
        sums = {name: cents_of(text) for name, text in told["totals"].items()}
        return cls(key, told["publisher"], told["rows_loaded"], sums, told["release"])


@dataclass(slots=True)
class Outcome:
    """Everything counted while a file went through."""

    reading: Reading | None = None
    slices: list[SliceResult] = field(default_factory=list)
    table_sums: dict[int, dict[str, int]] = field(default_factory=dict)
    rows_read: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    rejects: list[Reject] = field(default_factory=list)
    remarks: list[Reject] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    supposed: Supposed | None = None
    seconds: float = 0.0
    #: Of a load that corrects rows of another: how it did, and which of that one's releases stay as they are.
    correction: dict[str, Any] | None = None
    #: Issues of rows of that one which were not corrected, as they were told.
    still: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rests_on_signs(self) -> bool:
        """Nobody ever said whose money it is: a person looks before it is published."""
        return self.supposed is not None and not self.supposed.told

    def as_json(self) -> dict[str, Any]:
        reading = self.reading
        main = self._main_slices()
        shown = [result.as_json() for result in self.slices]
        counted = [result.as_json() for result in main]
        return {
            "error": None,
            "kind": reading.kind if reading else None,
            "breakdown": _common(counted, "breakdown"),
            "publisher": _common(counted, "publisher"),
            "municipality": _common(counted, "municipality"),
            "publisher_supposed": self.supposed.why if self.supposed else None,
            "rests_on_signs": self.rests_on_signs,
            "year": _common(counted, "year"),
            "period": _common(counted, "period"),
            "document": _common(counted, "document"),
            "slices": shown,
            "encoding": reading.encoding if reading else None,
            "delimiter": reading.delimiter if reading else None,
            "sheet": reading.sheet if reading else None,
            "header_row": reading.header_row if reading else None,
            "layout": reading.layout if reading else "",
            "columns": reading.columns if reading else {},
            "headings": len(reading.tables[0].headings) if reading and reading.tables else 0,
            "numbers": _numbers(reading),
            "unit": reading.tables[0].unit if reading and reading.tables else 1,
            "rows_read": self.rows_read,
            "rows_loaded": self.rows_loaded,
            "rows_rejected": self.rows_rejected,
            "rows_skipped": sum(self.skipped.values()),
            "skipped": {reason: count for reason, count in sorted(self.skipped.items()) if count},
            "totals": decimals(_added(main)),
            "control": self._controls(),
            "issues": self._issues(),
            "questions": self.questions,
            "correction": self.correction,
            "mates": [finding_json(finding) for finding in self.findings if finding.code in STOPS],
            "seconds": round(self.seconds, 3),
            "rows_per_second": round(self.rows_read / self.seconds) if self.seconds else 0,
        }

    def _main_slices(self) -> list[SliceResult]:
        """The slices of the kind at hand under its most detailed breakdown: the only ones that may be added."""
        kind = self.reading.kind if self.reading else None
        of_kind = [result for result in self.slices if result.key.kind == kind] or self.slices
        lines: Counter[str] = Counter()
        for result in of_kind:
            lines[result.key.breakdown] += result.rows_loaded
        if not lines:
            return []
        best = max(lines, key=lambda breakdown: (lines[breakdown], -DETAIL.index(breakdown)))
        return [result for result in of_kind if result.key.breakdown == best]

    def _controls(self) -> list[dict[str, Any]]:
        controls = []
        for number, table in enumerate(self.reading.tables if self.reading else []):
            computed = self.table_sums.get(number, {})
            for control in table.controls:
                total = computed.get(control.moment, 0)
                controls.append(
                    {
                        "sheet": control.sheet or table.sheet,
                        "breakdown": table.breakdown,
                        "moment": control.moment,
                        "label": control.label,
                        "row": control.row,
                        "cell": f"{column_letters(control.column)}{control.row}"
                        if control.column is not None
                        else None,
                        "published": decimal(control.published_cents),
                        "computed": decimal(total),
                        "difference": decimal(total - control.published_cents),
                    }
                )
        return controls

    def _issues(self) -> list[dict[str, Any]]:
        found = [finding_json(finding) for finding in self.findings]
        found += self.still
        found += [reject_json(reject) for reject in self.rejects]
        return (found + [reject_json(remark, "warning") for remark in self.remarks])[:FIRST_ISSUES]


def _numbers(reading: Reading | None) -> dict[str, dict[str, str]]:
    """By heading of an amount: which mark parts its decimals, and a text of the file that shows it."""
    found: dict[str, dict[str, str]] = {}
    for table in reading.tables if reading else []:
        for heading, name in table.columns.items():
            if name in table.decimal:
                told = {"mark": table.decimal[name], "evidence": table.evidence.get(name, "")}
                found.setdefault(heading, told)
    return found


def finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity,
        "code": finding.code,
        "sheet": finding.sheet,
        "line": finding.line_no,
        "column": finding.column,
        "value": finding.value,
        "message": finding.message,
        "hint": finding.hint,
    }


def reject_json(reject: Reject, severity: str = "error") -> dict[str, Any]:
    return {
        "severity": severity,
        "code": reject.code,
        "sheet": reject.sheet or None,
        "line": reject.row,
        "column": reject.column or None,
        "value": reject.value,
        "message": reject.message,
        "hint": reject.hint,
    }


def issue_json(issue: RowIssue) -> dict[str, Any]:
    """As `reject_json` told it when it was written down."""
    told = {name: getattr(issue, name) for name in ("severity", "code", "value", "message", "hint")}
    return told | {"sheet": issue.sheet or None, "line": issue.line_no, "column": issue.column or None}


def decimal(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def cents_of(text: str) -> int:
    return int(text.replace(".", ""))


def decimals(sums: dict[str, int]) -> dict[str, str]:
    return {name: decimal(cents) for name, cents in sums.items()}


def _added(results: list[SliceResult]) -> dict[str, int]:
    total: dict[str, int] = {}
    for result in results:
        for name, cents in result.sums.items():
            total[name] = total.get(name, 0) + cents
    return total


def _common(rows: list[dict[str, Any]], name: str) -> Any:
    """The value that all slices share, None where they differ."""
    values = {row[name] for row in rows}
    return values.pop() if len(values) == 1 else None
