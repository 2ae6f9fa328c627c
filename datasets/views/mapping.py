"""The review page: the file with what was understood laid over it. Decisions are tried out before any is saved."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datasets import preview as previews
from datasets import readout, rereading
from datasets.effect import effect
from datasets.forms import SliceAnswers
from datasets.ingest.pipeline import QUESTIONS
from datasets.ingest.whose import last_answer
from datasets.models import Ingest, Kind
from datasets.overlay import overlay
from datasets.preview import Preview
from datasets.public_bodies import with_body
from datasets.reading_forms import ColumnsForm, ReadingForm, RowsForm
from datasets.releases import NotAllowedNow
from datasets.trial import Trial, try_reading
from partners.models import User

from .access import demand, gate
from .ingests import visible_ingest

WHOSE = QUESTIONS["unknown_body"]
LOOK_AGAIN = "look"  # the button that reads the file again without saving anything
MOST_BYTES = 20_000_000  # of a file that is read again just because its page is opened


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def columns(request: HttpRequest, pk: int) -> HttpResponseBase:
    ingest = visible_ingest(request, pk)
    demand(request, "datasets.confirm_mapping", ingest)
    if not ingest.is_finished:
        messages.info(request, _("The columns can be changed once the file has been read."))
        return redirect(ingest)
    page = _Page(request, ingest)
    if request.method == "POST" and LOOK_AGAIN not in request.POST and page.is_valid():
        try:
            return redirect(page.save())
        except (ValidationError, NotAllowedNow) as refusal:
            page.refuse(refusal)
    return render(request, "datasets/files/columns.html", page.context(), status=422 if page.has_errors() else 200)


class _Page:
    """The forms of the page over one preview of the file."""

    def __init__(self, request: HttpRequest, ingest: Ingest) -> None:
        self.request, self.ingest = request, ingest
        data = request.POST if request.method == "POST" else None
        self.before: dict[str, Any] = ingest.options.get("reading", {})
        first = previews.of_ingest(ingest)
        self.reading = ReadingForm(
            data,
            initial=self.before,
            sheets=first.sheets,
            detected=readout.detected(ingest.report),
            beside=bool(first.beside),
        )
        said = readout.said_by_file(ingest.report)
        self.answers = SliceAnswers(data, initial=_initial(ingest), said_by_file=said)
        self.preview = self._preview(first)
        bound = data if data is not None and self._same_columns(data) else None
        self.columns = ColumnsForm(
            bound,
            kind=self.preview.kind,
            headings=self.preview.headings,
            fields=self.preview.fields,
            numbers=ingest.report.get("numbers"),
            marks=self.before.get("decimal"),
            beside=self.preview.beside,
        )
        self.rows = RowsForm.of(bound, self.before, self.sheet)

    @property
    def sheet(self) -> str:
        return self.preview.sheet or ""

    def _preview(self, first: Preview) -> Preview:
        """As corrected by what was typed, or as the run read it."""
        said = self.reading.corrections()
        if self.answers.is_bound and (kind := self.answers.data.get("kind")) in Kind.values:
            said["kind"] = kind
        if not self.reading.is_bound:
            said |= self.before
        return previews.of_ingest(self.ingest, said) if said else first

    def _same_columns(self, data: QueryDict) -> bool:
        """Whether the selects that were sent are about the headings and the kind that are on the page now."""
        return data.get("shown") == self.shown

    @property
    def shown(self) -> str:
        return f"{self.preview.kind}|{self.preview.sheet or ''}|{self.preview.header_row}|{len(self.preview.headings)}"

    def is_valid(self) -> bool:
        if not self.columns.is_bound:
            return False  # the file is read differently now: the columns have to be looked at first
        return all(form.is_valid() for form in (self.reading, self.answers, self.columns, self.rows))

    def has_errors(self) -> bool:
        return any(form.errors for form in (self.reading, self.answers, self.columns, self.rows) if form.is_bound)

    def refuse(self, refusal: Exception) -> None:
        self.answers.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))

    def _answers(self) -> dict[str, Any]:
        """Everything that was decided, under the names that the services know."""
        rows = self.rows.decisions(self.sheet, self.before)
        about = {"kind": self.preview.kind} | self.answers.answers() | self.reading.corrections()
        return about | {"decimal": self.columns.marks()} | rows

    def save(self) -> Ingest:
        by = cast(User, self.request.user)
        with transaction.atomic():
            answers = with_body(self._answers(), by)
            return rereading.confirm_mapping(ingest=self.ingest, columns=self.columns.columns(), by=by, answers=answers)

    @cached_property
    def trial(self) -> Trial | None:
        """The file read under the decisions on the page, without a trace."""
        if self.ingest.file.size > MOST_BYTES and not self.answers.is_bound:
            return None
        if self.preview.error:
            return None
        if self.answers.is_bound and self.is_valid():
            answers = self._answers()
            if name := answers.pop("new_body", ""):
                answers["public_body"] = slugify(name)
            return try_reading(self.ingest, rereading.options_as_said(self.ingest, self.columns.columns(), answers))
        return None if self.answers.is_bound else try_reading(self.ingest, self.ingest.options)

    def context(self) -> dict[str, Any]:
        tried = self.trial
        return {
            "ingest": self.ingest,
            "reading": self.reading,
            "answers": self.answers,
            "columns": self.columns,
            "choices": self.rows,
            "preview": self.preview,
            "rows": [self._row(number, heading) for number, heading in enumerate(self.preview.headings)],
            "questions": self._questions(tried),
            **self._whose(tried),
            "shown": self.shown,
            "effect": effect(self.ingest, tried) if tried and self.answers.is_bound and not tried.error else None,
            "trial": tried,
            "overlay": overlay(self.preview, tried, self.rows),
            "looked_again": self.answers.is_bound and (LOOK_AGAIN in self.request.POST or not self.columns.is_bound),
        }

    def _questions(self, tried: Trial | None) -> list[str]:
        if tried and self.answers.is_bound:
            return tried.report.get("questions") or []
        return self.ingest.report.get("questions") or []

    def _whose(self, tried: Trial | None) -> dict[str, str]:
        """What was taken for granted about whose money it is; where it is open, whose the last file like it was."""
        report = tried.report if tried and self.answers.is_bound else self.ingest.report
        said = {"supposed": report.get("publisher_supposed") or ""}
        open_now = WHOSE in self._questions(tried)
        return said | {"last_answer": last_answer(self.ingest) if open_now else ""}

    def _row(self, number: int, heading: str) -> dict[str, Any]:
        seen = self.preview
        badge, kind = readout.badge_of(seen.fields[heading], seen.confidence[heading])
        mark = ColumnsForm.mark_key(number)
        numbers = self.ingest.report.get("numbers") or {}
        return {
            "field": self.columns[ColumnsForm.key(number)],
            "mark": self.columns[mark] if mark in self.columns.fields else None,
            "evidence": numbers.get(heading, {}).get("evidence", ""),
            "example": seen.examples[heading],
            "badge": badge,
            "badge_kind": kind,
        }


def _initial(ingest: Ingest) -> dict[str, Any]:
    """What was said when the file was handed in; what the file says itself need not be repeated."""
    said = ingest.options
    period = said.get("period", "")
    if "-" in period:
        period = f"month-{period[-2:]}"
    return {
        "kind": said.get("kind", ""),
        "body": said.get("municipality") or said.get("public_body") or "",
        "year": said.get("year"),
        "period": period,
        "document": said.get("document", ""),
    }
