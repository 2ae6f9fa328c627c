"""The mapping page: which column is what, and what the file does not say. Nothing is saved until it is confirmed."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datasets import preview as previews
from datasets import readout, services
from datasets.forms import ColumnsForm, ReadingForm, SliceAnswers
from datasets.models import Ingest, Kind
from datasets.preview import Preview
from datasets.public_bodies import with_body
from datasets.releases import NotAllowedNow
from partners.models import User

from .access import demand, gate
from .ingests import visible_ingest

LOOK_AGAIN = "look"  # the button that reads the file again without saving anything


@require_http_methods(["GET", "HEAD", "POST"])
@gate
def columns(request: HttpRequest, pk: int) -> HttpResponseBase:
    ingest = visible_ingest(request, pk)
    demand(request, "datasets.confirm_mapping", ingest)
    if not ingest.is_finished or ingest.status == Ingest.Status.PUBLISHED:
        messages.info(request, _("The columns can be changed once the file has been read and before it is published."))
        return redirect(ingest)
    page = _Page(request, ingest)
    if request.method == "POST" and LOOK_AGAIN not in request.POST and page.is_valid():
        try:
            return redirect(page.save())
        except (ValidationError, NotAllowedNow) as refusal:
            page.refuse(refusal)
    return render(request, "datasets/files/columns.html", page.context(), status=422 if page.has_errors() else 200)


class _Page:
    """The three forms of the page over one preview of the file."""

    def __init__(self, request: HttpRequest, ingest: Ingest) -> None:
        self.request, self.ingest = request, ingest
        data = request.POST if request.method == "POST" else None
        first = previews.of_ingest(ingest)
        self.reading = ReadingForm(
            data,
            initial=ingest.options.get("reading", {}),
            sheets=first.sheets,
            detected=readout.detected(ingest.report),
        )
        said = readout.said_by_file(ingest.report)
        self.answers = SliceAnswers(data, initial=_initial(ingest), said_by_file=said)
        self.preview = self._preview(first)
        bound = data if data is not None and self._same_columns(data) else None
        self.columns = ColumnsForm(
            bound, kind=self.preview.kind, headings=self.preview.headings, fields=self.preview.fields
        )

    def _preview(self, first: Preview) -> Preview:
        """As corrected by what was typed, or as the run read it."""
        said = self.reading.corrections()
        if self.answers.is_bound and (kind := self.answers.data.get("kind")) in Kind.values:
            said["kind"] = kind
        if not self.reading.is_bound:
            said |= self.ingest.options.get("reading", {})
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
        return all([self.reading.is_valid(), self.answers.is_valid(), self.columns.is_valid()])

    def has_errors(self) -> bool:
        return any(form.errors for form in (self.reading, self.answers, self.columns))

    def refuse(self, refusal: Exception) -> None:
        self.answers.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))

    def save(self) -> Ingest:
        by = cast(User, self.request.user)
        answers = {"kind": self.preview.kind} | self.answers.answers() | self.reading.corrections()
        with transaction.atomic():
            answers = with_body(answers, by)
            return services.confirm_mapping(ingest=self.ingest, columns=self.columns.columns(), by=by, answers=answers)

    def context(self) -> dict[str, Any]:
        return {
            "ingest": self.ingest,
            "reading": self.reading,
            "answers": self.answers,
            "columns": self.columns,
            "preview": self.preview,
            "rows": [self._row(number, heading) for number, heading in enumerate(self.preview.headings)],
            "questions": self.ingest.report.get("questions") or [],
            "shown": self.shown,
            "looked_again": self.answers.is_bound and (LOOK_AGAIN in self.request.POST or not self.columns.is_bound),
        }

    def _row(self, number: int, heading: str) -> dict[str, Any]:
        seen = self.preview
        badge, kind = readout.badge_of(seen.fields[heading], seen.confidence[heading])
        return {
            "field": self.columns[ColumnsForm.key(number)],
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
