"""Commitments as open data: CSV, JSON, and the API. Public ones only, whoever asks; never the name of a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from dialogues.clock import wall
from dialogues.models import Commitment
from dialogues.selectors import commitments as read
from gesoc.common.api import Parameters, PublicView
from gesoc.common.exports import csv_response
from partners.services import site_url

from .commitments import filters_of

COLUMNS = (
    "key",
    "text",
    "verification",
    "state",
    "situation",
    "responsible",
    "office",
    "municipality_code",
    "municipality",
    "session",
    "agreed_on",
    "first_due_on",
    "due_on",
    "slips",
    "kept_on",
    "verified_by",
    "verified_scale",
    "verified_on",
    "dispute",
    "page",
)


def flat(commitment: Commitment) -> dict[str, Any]:
    """One row. The newest verification stands for all; JSON holds the others."""
    newest = next(iter(commitment.verifications.all()), None)
    place = commitment.municipality
    return {
        "key": str(commitment.key),
        "text": commitment.text,
        "verification": commitment.verification,
        "state": commitment.state,
        "situation": situation(commitment),
        "responsible": commitment.responsible.name if commitment.responsible else None,
        "office": commitment.office or None,
        "municipality_code": place.pk if place else None,
        "municipality": str(place) if place else None,
        "session": session_title(commitment),
        "agreed_on": wall(commitment.created_at, commitment.time_zone).date().isoformat(),
        "first_due_on": _iso(commitment.first_due_on),
        "due_on": _iso(commitment.due_on),
        "slips": commitment.slips,
        "kept_on": _iso(commitment.kept_on),
        "verified_by": newest.organisation.name if newest else None,
        "verified_scale": newest.scale if newest else None,
        "verified_on": wall(newest.at, commitment.time_zone).date().isoformat() if newest else None,
        "dispute": commitment.dispute or None,
        "page": site_url(commitment.get_absolute_url()),
    }


def situation(commitment: Commitment) -> str:
    """The name of the one situation it is in (see `read.SITUATIONS`)."""
    today = read.today_of(commitment)
    if commitment.is_running and commitment.due_on is not None:
        if commitment.due_on < today:
            return "atrasado"
        return "por_vencer" if commitment.due_on <= today + read.SOON else "en_curso"
    by_state = {
        Commitment.State.PROPOSED: "propuesto",
        Commitment.State.REPORTED: "por_verificar",
        Commitment.State.VERIFIED: "cumplido",
        Commitment.State.BROKEN: "incumplido",
        Commitment.State.CANCELLED: "cancelado",
    }
    return by_state[Commitment.State(commitment.state)]


def session_title(commitment: Commitment) -> str | None:
    """A commitment may be public while the dialogue it was made in is not: then its title is not told."""
    session = commitment.session
    public = session is not None and session.visibility == "publica" and session.confidentiality != "reservada"
    return session.title if session is not None and public else None


def nested(commitment: Commitment) -> dict[str, Any]:
    return {
        **flat(commitment),
        "supporters": [organisation.name for organisation in commitment.supporters.all()],
        "updates": [
            {
                "at": update.at.isoformat(),
                "from": update.from_state,
                "to": update.to_state,
                "note": update.note or None,
                "evidence_url": update.evidence_url or None,
                "due_before": _iso(update.due_before),
                "due_on": _iso(update.due_on),
            }
            for update in commitment.updates.all()
        ],
        "verifications": [
            {
                "organisation": seen.organisation.name,
                "scale": seen.scale,
                "note": seen.note,
                "evidence_url": seen.evidence_url or None,
                "at": seen.at.isoformat(),
            }
            for seen in commitment.verifications.all()
        ],
    }


def _iso(date: Any) -> str | None:
    return date.isoformat() if date else None


def _public(asked: Mapping[str, str]) -> Any:
    return read.with_history(read.board(AnonymousUser(), **asked))


@require_safe
def as_csv(request: HttpRequest) -> HttpResponseBase:
    rows: Iterator[list[Any]] = (list(flat(found).values()) for found in _public(filters_of(request)))
    return csv_response("compromisos.csv", COLUMNS, rows)


@require_safe
def as_json(request: HttpRequest) -> HttpResponseBase:
    return JsonResponse({"commitments": [nested(found) for found in _public(filters_of(request))]})


class CommitmentParameters(Parameters):
    municipality = serializers.RegexField(r"^\d{5}$", required=False, help_text=_("INEGI code"))
    state = serializers.RegexField(r"^\d{2}$", required=False, help_text=_("INEGI code"))
    organisation = serializers.SlugField(required=False, help_text=_("address of the responsible organisation"))
    situation = serializers.ChoiceField(choices=read.SITUATIONS, required=False)
    page = serializers.IntegerField(min_value=1, max_value=10_000, required=False, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=200, required=False, default=50)


@extend_schema(
    summary=_("Commitments agreed in dialogues"),
    description=_("Who promised what by when, how often the date was moved, and what another organisation verified."),
    parameters=[CommitmentParameters],
    responses={200: {"type": "object"}},
)
class CommitmentsView(PublicView):
    parameters = CommitmentParameters

    def version(self) -> int:
        return read.version()

    def answer(self, request: Request, asked: Any, version: int) -> Mapping[str, Any]:
        page, size = asked.pop("page"), asked.pop("page_size")
        found = _public(asked)
        return {
            "count": found.count(),
            "page": page,
            "results": [nested(one) for one in found[(page - 1) * size : page * size]],
        }
