"""A project as data: CSV, XLSX and JSON of what one may see, all from one list of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import JsonResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from gesoc.common import workbook
from gesoc.common.exports import csv_response

from . import selectors
from .models import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User


def headings() -> list[str]:
    return [_("Kind of row"), _("Day"), _("Title"), _("Text"), _("State"), _("Who sees it"), _("Address")]


def rows_of(project: Project, user: User | AnonymousUser) -> list[list[str]]:
    """What the page of the project tells this reader, one thing a row. No names of people."""
    story = selectors.story(project, user)
    found: list[list[Any]] = [
        [_("Stage"), one.on, one.get_to_stage_display(), one.reason, "", "", ""] for one in project.stage_changes.all()
    ]
    for entry in selectors.log_of(project, user):
        found.append([_("Log"), entry.on, entry.get_kind_display(), entry.text, "", entry.get_visibility_display(), ""])
    for one in story.activities:
        found.append([_("Activity"), one.due_on, one.title, str(one.organisation), one.get_state_display(), "", ""])
    for use in story.uses:
        card = use.evidence
        found.append(
            [_("Evidence"), card.as_of, card.told.reading, card.told.does_not_say, "", "", card.get_absolute_url()]
        )
    for gap in story.gaps:
        found.append(
            [
                _("Gap"),
                gap.asked_on,
                gap.what_is_missing,
                gap.folio,
                gap.get_state_display(),
                "",
                gap.get_absolute_url(),
            ]
        )
    for indicator in story.indicators:
        for reading in indicator.approved:  # type: ignore[attr-defined]
            value = f"{reading.value:f}"
            found.append([_("Indicator"), reading.as_of, indicator.name, value, indicator.unit, "", ""])
    for outcome in story.outcomes:
        found.append(
            [
                _("Outcome"),
                outcome.on,
                outcome.actor,
                outcome.what_changed,
                outcome.get_state_display(),
                outcome.get_visibility_display(),
                outcome.get_absolute_url(),
            ]
        )
    for note in project.notes.visible_to(user):
        text = " · ".join(part for part in (note.did, note.learned, note.next, note.blocked_by) if part)
        found.append([_("Check-in"), note.on, "", text, "", note.get_visibility_display(), ""])
    return [["" if cell is None else str(cell) for cell in row] for row in found]


def response(project: Project, user: User | AnonymousUser, kind: str) -> HttpResponseBase:
    rows = rows_of(project, user)
    if kind == "xlsx":
        return workbook.response(f"{project.slug}.xlsx", [workbook.Sheet(_("Project"), [headings(), *rows])])
    if kind != "json":
        return csv_response(f"{project.slug}.csv", headings(), rows)
    data = {"project": about(project), "rows": [dict(zip(headings(), row, strict=True)) for row in rows]}
    answer = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = content_disposition_header(True, f"{project.slug}.json")
    return answer


def about(project: Project) -> dict[str, Any]:
    return {
        "slug": project.slug,
        "title": project.title,
        "problem": project.problem_statement,
        "summary": project.public_summary,
        "stage": project.stage,
        "scope": project.scope,
        "lead_organisation": project.lead_organisation.name,
        "municipalities": [place.code for place in project.municipalities.all()],
        "states": [state.code for state in project.states.all()],
        "starts_on": project.starts_on,
        "ends_on": project.ends_on,
        "url": project.get_absolute_url(),
    }
