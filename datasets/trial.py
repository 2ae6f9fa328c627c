"""What a file would give if it were read with other decisions: counts, sums and the fate of each row; nothing is written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from datasets.caching import keep, recall
from datasets.ingest.pipeline import rehearse
from datasets.ingest.report import Outcome
from datasets.ingest.shapes import UnreadableFile

from .models import Ingest

REMEMBERED_SECONDS = 15 * 60
ENOUGH_ROWS = 50_000  # of a file that is read in pieces: a page must not wait for fifteen million
MOST_STATES = 20_000  # rows whose fate is remembered
LINE, HEADING, TOTAL, REJECTED = "line", "heading", "total", "rejected"


@dataclass(slots=True)
class Trial:
    report: dict[str, Any] = field(default_factory=dict)
    #: sheet -> row -> line, heading, total, rejected, or why it was left out
    states: dict[str, dict[int, str]] = field(default_factory=dict)
    #: sheet -> row -> the heading of the cell that was refused, and why
    refused: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    partial: bool = False
    error: str = ""


def try_reading(ingest: Ingest, options: dict[str, Any]) -> Trial:
    """Read the ingest's file under these options without a trace; remembered for a while."""
    asked = json.dumps([ingest.file.sha256, ingest.profile_id, options], sort_keys=True, ensure_ascii=False)
    key = f"trial:{hashlib.sha256(asked.encode()).hexdigest()}"
    if told := recall(key):
        return _restored(told)
    trial = _try(ingest, options)
    keep(key, asdict(trial), REMEMBERED_SECONDS)
    return trial


def _try(ingest: Ingest, options: dict[str, Any]) -> Trial:
    unsaved = Ingest(file=ingest.file, options=options, profile=ingest.profile, kind=options.get("kind", ""))
    try:
        outcome = rehearse(unsaved, ENOUGH_ROWS)
    except UnreadableFile as unreadable:
        return Trial(error=unreadable.message)
    trial = Trial(report=outcome.as_json())
    trial.partial = outcome.rows_loaded + outcome.rows_rejected >= ENOUGH_ROWS
    _tell_fates(trial, outcome)
    return trial


def _tell_fates(trial: Trial, outcome: Outcome) -> None:
    for table in outcome.reading.tables if outcome.reading else []:
        fates = trial.states.setdefault(table.sheet or "", {})
        fates |= dict(list(table.reasons.items())[:MOST_STATES])
        fates |= dict.fromkeys(table.header_rows, HEADING)
        fates |= dict.fromkeys((control.row for control in table.controls), TOTAL)
        for block in table.stored:
            fates |= dict.fromkeys(block.rows[:MOST_STATES].tolist(), LINE)
    for reject in outcome.rejects:
        trial.states.setdefault(reject.sheet, {})[reject.row] = REJECTED
        trial.refused.setdefault(reject.sheet, {})[reject.row] = [reject.column, reject.message]


def _restored(told: dict[str, Any]) -> Trial:
    for name in ("states", "refused"):
        told[name] = {sheet: {int(row): value for row, value in rows.items()} for sheet, rows in told[name].items()}
    return Trial(**told)
