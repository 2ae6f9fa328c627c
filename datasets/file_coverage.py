"""How far published files are understood without anybody's help: each through the whole pipeline, and everything undone.

Tells facts about the files (kinds, counts, sums, rows of printed totals), never what stands in a row.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Min

from datasets.ingest import pipeline
from datasets.models import Ingest, Kind, SourceFile

READY, ASKS, OTHER, FAILED = "ready", "asks", "for something else", "not readable"
TOLD_WHOSE = "ready once told whose"
SIGNED = "ready, whose by its signs"
WHOSE = pipeline.QUESTIONS["unknown_body"]
LEAVE_OUT = (".md", ".topojson")
MOST_TOLD = 6  # printed totals that are not met, of one file


@dataclass(slots=True)
class Told:
    """What became of one file."""

    name: str
    size: int
    end: str
    report: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    #: Why rows were rejected, or loaded without a cell: how many for each reason, and the first of them.
    refused: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.report.get("kind") or ""

    @property
    def slices(self) -> list[dict[str, Any]]:
        return self.report.get("slices") or []

    @property
    def missed(self) -> list[dict[str, Any]]:
        return [one for one in self.report.get("control") or [] if one["difference"] != "0.00"]


def files_in(folders: Sequence[Path]) -> list[tuple[Path, str]]:
    """Every file under the folders with the name by which it is told: from the folder on."""
    found = []
    for folder in folders:
        paths = sorted(path for path in folder.resolve().rglob("*") if path.is_file())
        found += [(path, str(path.relative_to(folder.resolve().parent))) for path in paths]
    return [(path, name) for path, name in found if path.suffix.lower() not in LEAVE_OUT]


def look_at(files: Sequence[tuple[Path, str]]) -> Iterator[Told]:
    for path, name in files:
        yield _look(path, name)


def _look(path: Path, name: str) -> Told:
    """Without any answer; where only whose money it is remains open, once more with an answer to that."""
    told = _load(path, name, {})
    if told.end == ASKS and told.report.get("questions") == [WHOSE]:
        answered = _load(path, name, {"public_body": "institucion-por-indicar"})
        if answered.end == READY:
            answered.end = TOLD_WHOSE
            return answered
    return told


def _load(path: Path, name: str, options: dict[str, Any]) -> Told:
    """The real load within a transaction that is undone; the file itself is read where it lies."""
    with transaction.atomic():
        file = SourceFile.objects.create(
            sha256=hashlib.sha256(str(path).encode()).hexdigest(),
            size=path.stat().st_size,
            original_name=path.name,
            storage_path=str(path.resolve()),
        )
        ingest = pipeline.run_ingest(Ingest.objects.create(file=file, options=options, options_key="coverage").pk)
        refused = list(_refused(ingest))
        transaction.set_rollback(True)
    return Told(name, file.size, _end(ingest), ingest.report, _reason(ingest), refused)


def _refused(ingest: Ingest) -> Iterator[tuple[str, int, int]]:
    """Of all rows: the report quotes only the first of them."""
    counts = ingest.row_issues.filter(raw__isnull=False).order_by().values("code")
    for one in counts.annotate(n=Count("pk"), first=Min("line_no")).order_by("-n", "code"):
        yield one["code"], one["n"], one["first"] or 0


def _end(ingest: Ingest) -> str:
    if ingest.status == Ingest.Status.FAILED:
        return FAILED
    if ingest.status == Ingest.Status.READY:
        return SIGNED if ingest.report.get("rests_on_signs") else READY
    return ASKS if ingest.kind else OTHER


def _reason(ingest: Ingest) -> str:
    if ingest.error:
        return ingest.error
    if ingest.status != Ingest.Status.NEEDS_MAPPING:
        return ingest.report.get("publisher_supposed") or ""
    return " ".join(ingest.report.get("questions") or [])


# -- the page ------------------------------------------------------------------------------------------------------

HEAD = """# How far published files are understood

Written by `manage.py ingest_coverage FOLDER… --output docs/ingest-coverage.md`; do not edit. Every file under the folders went
through the whole pipeline with no option and nobody's help, and was undone. The files themselves are not in the repository;
here stand facts about them and no content. Amounts are in the unit that the file prints.

- **ready**: loaded whole, waits to be published. **ready, whose by its signs**: it names no institution, but its rows show whose
  money it is (below); the load says so, the reviewer can change it, and it is not published by itself. **ready once told
  whose**: the file does not say whose money it is; with that one answer (`--publisher`, `--municipality`) it is ready, and its
  line shows that second load. **asks**: it stopped at other questions (below). **for something else**: it holds no budget,
  revenue, contracts, works, debt or sanctions, and the load says so. **not readable**: refused.
- *Layout*: the published format that the reader recognised, by the name its users know; a table of no known format is its
  publisher's own.
- *Printed totals*: totals that the file itself prints, compared with the sum of the lines. The largest of each sort stands
  below with the cell where it is printed, and so do all that are not met. A file that prints none says nothing about its sums.
"""


def page(told: Sequence[Told]) -> str:
    parts = [HEAD, _summary(told), "## Every file\n", *_table(told), *_open(told)]
    parts += [*_left_out(told), *_rejected(told), *_missed(told), *_printed(told), *_sums(told)]
    return "\n".join(parts).rstrip() + "\n"


def _summary(told: Sequence[Told]) -> str:
    ends = Counter(one.end for one in told)
    meant = [one for one in told if one.end != OTHER]
    alone = ends[READY] + ends[SIGNED]
    share = 100 * alone / max(len(meant), 1)
    plain = 100 * ends[READY] / max(len(meant), 1)
    answered = 100 * (alone + ends[TOLD_WHOSE]) / max(len(meant), 1)
    prints = [one for one in told if one.report.get("control")]
    met = sum(not one.missed for one in prints)
    kinds = Counter(one.kind for one in told if one.end in (READY, SIGNED, TOLD_WHOSE))
    rows = {name: sum(one.report.get(f"rows_{name}") or 0 for one in told) for name in ("read", "loaded", "rejected")}
    counted = ", ".join(f"{ends[end]} {end}" for end in (READY, SIGNED, TOLD_WHOSE, ASKS, OTHER, FAILED) if ends[end])
    by_kind = ", ".join(f"{count} {Kind(kind).value}" for kind, count in kinds.most_common() if kind)
    return (
        "## In short\n\n"
        f"- {len(told)} files: {counted}.\n"
        f"- Of the {len(meant)} that hold what is loaded here, {share:.0f} % end ready without a person's decision\n"
        f"  ({plain:.0f} % say all themselves, the others show by their signs whose money it is, and wait for a person\n"
        "  to look at that), and\n"
        f"  {answered:.0f} % once somebody says whose money it is where the file does not.\n"
        f"- Ready in the end, by kind: {by_kind}.\n"
        f"- {rows['read']:,} rows read, {rows['loaded']:,} lines, {rows['rejected']:,} rejected.\n"
        f"- {len(prints)} files print totals of their own; in {met} of them every total is met to the cent.\n"
    )


def _table(told: Sequence[Told]) -> Iterator[str]:
    yield "| file | layout | taken for | slices | rows read | lines | rejected | left out | printed totals met | end |"
    yield "|---|---|---|---|---:|---:|---:|---:|---|---|"
    for one in told:
        report = one.report
        counts = [f"{report.get(f'rows_{name}') or 0:,}" for name in ("read", "loaded", "rejected", "skipped")]
        layout = (report.get("layout") or "–").replace("|", "/")
        cells = [f"`{one.name}`", layout, one.kind or "–", _slices(one), *counts, _controls(one), one.end]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _slices(one: Told) -> str:
    """How many, and what they share."""
    if not one.slices:
        return "–"
    years = sorted({part["year"] for part in one.slices if part["year"]})
    when = f"{years[0]}–{years[-1]}" if len(years) > 1 else "".join(map(str, years))
    periods = sorted({part["period"] for part in one.slices if part["period"]})
    breakdowns = sorted({part["breakdown"] for part in one.slices})
    words = [when, periods[0] if len(periods) == 1 else f"{len(periods)} periods", ", ".join(breakdowns)]
    return f"{len(one.slices)}: " + "; ".join(word for word in words if word)


def _controls(one: Told) -> str:
    controls = one.report.get("control") or []
    return f"{len(controls) - len(one.missed)} of {len(controls)}" if controls else "–"


def _open(told: Sequence[Told]) -> Iterator[str]:
    yield "## What a person is asked, what was supposed, and what is left aside\n"
    for one in told:
        if one.reason:
            yield f"- `{one.name}` ({one.end}): {one.reason}"
    yield ""


def _missed(told: Sequence[Told]) -> Iterator[str]:
    yield "## Printed totals that the lines do not meet\n"
    if not any(one.missed for one in told):
        yield "None."
    for one in told:
        if one.missed:
            yield f"- `{one.name}`"
            for control in one.missed[:MOST_TOLD]:
                sums = f"printed {_money(control['published'])}, lines {_money(control['computed'])}"
                yield f"  - {_cell(control)}, {control['moment']}: {sums}"
            if len(one.missed) > MOST_TOLD:
                yield f"  - and {len(one.missed) - MOST_TOLD} more"
    yield ""


def _cell(control: dict[str, Any]) -> str:
    where = control.get("cell") or f"row {control['row']}"
    where = f"“{control['sheet']}” {where}" if control["sheet"] else where
    return f"{where} and the rows like it" if "renglones" in control["label"] else where


def _left_out(told: Sequence[Told]) -> Iterator[str]:
    yield "## Rows left out, and why\n"
    for one in told:
        skipped = Counter(one.report.get("skipped") or {})
        if skipped:
            yield f"- `{one.name}`: " + ", ".join(f"{count:,} {reason}" for reason, count in skipped.most_common())
    yield ""


def _rejected(told: Sequence[Told]) -> Iterator[str]:
    """Rows that were not loaded, and those loaded without a cell: how many for each reason, and the first."""
    yield "## Rows rejected, and cells that could not be read\n"
    found = False
    for one in told:
        for code, count, first in one.refused:
            yield f"- `{one.name}`: {count:,} {code}, the first in row {first:,}"
            found = True
    if not found:
        yield "None."
    yield ""


def _printed(told: Sequence[Told]) -> Iterator[str]:
    """The largest total that a file prints of each sort, and its cell."""
    yield "## Printed totals that the lines meet\n"
    for one in told:
        largest: dict[str, dict[str, Any]] = {}
        for control in one.report.get("control") or []:
            known = largest.get(control["moment"])
            if control["difference"] == "0.00" and (known is None or _size(control) > _size(known)):
                largest[control["moment"]] = control
        if largest:
            cells = (f"{name} {_money(one['published'])} in {_cell(one)}" for name, one in largest.items())
            yield f"- `{one.name}`: " + "; ".join(cells)
    yield ""


def _size(control: dict[str, Any]) -> Decimal:
    return abs(Decimal(control["published"]))


def _sums(told: Sequence[Told]) -> Iterator[str]:
    yield "## Sums\n"
    yield "What the lines add up to, of the most detailed breakdown where a file holds several.\n"
    for one in told:
        totals = one.report.get("totals") or {}
        if one.end in (READY, SIGNED, TOLD_WHOSE) and totals:
            yield f"- `{one.name}`: " + "; ".join(f"{name} {_money(amount)}" for name, amount in totals.items())


def _money(text: str) -> str:
    whole, _point, cents = text.partition(".")
    return f"{int(whole):,}.{cents}" if whole not in ("-0",) else f"-0.{cents}"
