"""Figures of registers: how far works are and where, what sanctions were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext

from datasets.models import Release, Sanction
from datasets.selectors import RegisterTotal
from datasets.sentences import listed
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Figure, Table, row

from .sources import provenances

SHADES = {"done": "f1", "half": "f0", "begun": "f0", "none": "f2", "unknown": "q0"}
MOST_PLACES = 15
MOST_LEVEL = 3  # that a title names


def progress_name(key: str) -> str:
    return {
        "done": gettext("Finished (100%)"),
        "half": gettext("Half done or more"),
        "begun": gettext("Begun, less than half"),
        "none": gettext("Not begun (0%)"),
    }.get(key, gettext("Progress not published"))


def _bars(
    key: str,
    release: Release,
    totals: Sequence[RegisterTotal],
    names: Mapping[str, str],
    words: Mapping[str, Any],
    csv_url: str,
) -> Figure:
    """A table of counts with a bar, and what the rows cost where that is stated. `words`: title, subtitle, heading, rows,
    amount, shades."""
    scale = money.scale_for([one.amount for one in totals])
    stated = any(one.amount for one in totals)
    columns = [Column(words["heading"]), Column(words["rows"], "n")]
    if stated:
        columns.append(Column(f"{words['amount']}, {scale.heading}", "n opt"))
    columns.append(Column("", is_bar=True))
    largest = max((Decimal(one.line_count) for one in totals), default=Decimal(0))
    rows = []
    for one in totals:
        amount = [scale.cell(one.amount)] if stated else []
        bar = charts.inline_bar(Decimal(one.line_count), largest, words.get("shades", {}).get(one.key, "f0"))
        rows.append(row(columns, [names[one.key], money.number(one.line_count), *amount, bar]))
    return Figure(
        key=key,
        title=words["title"],
        subtitle=words["subtitle"],
        table=Table(f"t-{key}", words["subtitle"], columns, rows, hide_caption=True),
        sources=provenances([release]),
        csv_url=csv_url,
        csv_headings=[str(words["heading"]).lower(), str(words["rows"]).lower(), str(words["amount"]).lower()],
        csv_rows=[[names[one.key], one.line_count, one.amount] for one in totals],
    )


def progress(release: Release, totals: Sequence[RegisterTotal], csv_url: str) -> Figure | None:
    """How far the works are; nothing where the list tells it of none."""
    told = [one for one in totals if one.key != "unknown"]
    if not told:
        return None
    count, done = sum(one.line_count for one in told), sum(one.line_count for one in told if one.key == "done")
    title = ngettext(
        "%(done)s of the %(count)s work that states its progress is finished",
        "%(done)s of the %(count)s works that state their progress are finished",
        count,
    ) % {"done": money.number(done), "count": money.number(count)}
    words = {
        "title": title,
        "subtitle": gettext("Works by physical progress, %(year)s") % {"year": release.year},
        "heading": gettext("Progress"),
        "rows": gettext("Works"),
        "amount": gettext("Total investment"),
        "shades": SHADES,
    }
    return _bars("avance", release, totals, {key: progress_name(key) for key in SHADES}, words, csv_url)


def places(release: Release, totals: Sequence[RegisterTotal], known: Mapping[str, str], csv_url: str) -> Figure | None:
    """Where the works are; nothing where the list names one place or none."""
    named = [one for one in totals if one.key]
    if len(named) < 2:
        return None
    names = {one.key: known.get(one.key, one.key) for one in totals} | {"": gettext("Several places, or not stated")}
    words = {
        "title": _places_title(totals, names),
        "subtitle": gettext("Works by place, %(year)s") % {"year": release.year},
        "heading": gettext("Place"),
        "rows": gettext("Works"),
        "amount": gettext("Total investment"),
    }
    shown = [*named[:MOST_PLACES], *[one for one in totals if not one.key]]
    return _bars("lugares", release, shown, names, words, csv_url)


def _places_title(totals: Sequence[RegisterTotal], names: Mapping[str, str]) -> str:
    """Most are more than half of all works, also of those that no place is told of; these may be anywhere."""
    counts = sorted(((one.line_count, names[one.key]) for one in totals if one.key), key=lambda one: (-one[0], one[1]))
    most, is_whole = counts[0][0], all(one.key for one in totals)
    first = [name for count, name in counts if count == most]
    if most * 2 > sum(one.line_count for one in totals):
        return gettext("Most works are in %(place)s") % {"place": first[0]}
    few = len(first) <= MOST_LEVEL
    said = {"places": listed(first) if few else gettext("%(count)s places") % {"count": money.number(len(first))}}
    if len(first) == 1 and is_whole:
        return gettext("More works are in %(places)s than elsewhere") % said
    if len(first) == 1:
        return gettext("Of the works that state one place, more are in %(places)s than elsewhere") % said
    if is_whole:
        return gettext("%(places)s have the most works, as many each") % said
    return gettext("Of the works that state one place, %(places)s have the most, as many each") % said


def outcomes(release: Release, totals: Sequence[RegisterTotal], csv_url: str) -> Figure:
    names = {key: str(label) for key, label in Sanction.Outcome.choices}
    barred = sum(one.line_count for one in totals if one.key in ("both", "disqualified"))
    count = sum(one.line_count for one in totals)
    words = {
        "title": ngettext(
            "%(barred)s of %(count)s resolution disqualifies the supplier for a time",
            "%(barred)s of %(count)s resolutions disqualify the supplier for a time",
            count,
        )
        % {"barred": money.number(barred), "count": money.number(count)},
        "subtitle": gettext("What was resolved, as the list of %(year)s prints it") % {"year": release.year},
        "heading": gettext("What was resolved"),
        "rows": gettext("Resolutions"),
        "amount": gettext("Fines"),
    }
    return _bars("resoluciones", release, totals, names, words, csv_url)
