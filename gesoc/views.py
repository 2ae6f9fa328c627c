"""Pages that belong to no app: home, search, the component gallery, the error that is ours."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe

from datasets import selectors
from datasets.figures.sources import document_name
from datasets.outages import is_cut_off
from datasets.selectors import Arrival
from datasets.versions import data_version
from dialogues.models import Commitment, CommitmentQuerySet, Session
from dialogues.selectors import commitments, sessions
from dialogues.standing import said
from gesoc import gallery
from gesoc.common import charts, money
from gesoc.common.charts.frame import Column, Table, link, row
from gesoc.common.charts.tilemap import Tile
from gesoc.common.compiled import compiled_once
from gesoc.common.dates import day
from gesoc.common.views import navigation
from gesoc.search import search_all
from municipalities.models import State
from municipalities.selectors import all_states
from projects import selectors as project_selectors
from projects.models import Project

if TYPE_CHECKING:
    from partners.models import User

LATEST = 6
AT_A_GLANCE = 3
FOUND = 15
AWAY_SECONDS = 30  # after which a database that restarts has most often come back
SHADES = ((1, 2), (2, 3), (5, 4), (10, 5))  # from so many public bodies on, this shade


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    version = data_version()
    published = selectors.coverage(version)
    states = {state.code: state for state in all_states() if state.code in published.by_state}
    latest = selectors.latest_arrivals(LATEST, version)
    context = {
        "published": {
            "files": _counted(
                ngettext("%(count)s published file", "%(count)s published files", published.files), published.files
            ),
            "bodies": _bodies(published.bodies),
            "states": _counted(ngettext("%(count)s state", "%(count)s states", len(states)), len(states)),
        },
        "is_empty": not published.bodies,
        "map": charts.tilemap(_tiles(published.by_state, states), gettext("Public bodies with data, by state")),
        "states": [(state, _bodies(published.by_state[code])) for code, state in sorted(states.items(), key=_by_name)],
        "map_key": _map_key(),
        "latest": _latest(latest) if latest else None,
        **_at_the_table(request.user),
    }
    return render(request, "home.html", context)


def _at_the_table(user: User | AnonymousUser) -> dict[str, Any]:
    """What is done with the figures: the next dialogues, the commitments whose day is near or past, the projects."""
    now, known = timezone.now(), user.is_authenticated
    agreed = {row["state"]: row["count"] for row in (_agreed(user) if known else _agreed_to_anybody())}
    due = _due(user, now) if known else _due_to_anybody(now)
    return {
        "sessions": list(_announced(user, now) if known else _announced_to_anybody(now)),
        "commitments": [(one, said(one, commitments.today_of(one))) for one in due],
        "agreed": sum(agreed.values()),
        "kept": agreed.get(Commitment.State.VERIFIED, 0),
        "projects": list(_under_way(user)) if known else _under_way_to_anybody(),
    }


def _promised(user: User | AnonymousUser) -> CommitmentQuerySet:
    return Commitment.objects.visible_to(user).exclude(state=Commitment.State.CANCELLED)


def _agreed(user: User | AnonymousUser) -> QuerySet[Commitment, Any]:
    return _promised(user).order_by().values("state").annotate(count=Count("pk", distinct=True))


def _announced(user: User | AnonymousUser, now: datetime) -> QuerySet[Session]:
    return sessions.listed(user, now).upcoming(now).exclude(state=Session.State.DRAFT)[:AT_A_GLANCE]


def _due(user: User | AnonymousUser, now: datetime) -> QuerySet[Commitment]:
    return commitments.listed(_promised(user).running(), now)[:AT_A_GLANCE]


def _under_way(user: User | AnonymousUser) -> QuerySet[Project]:
    found = Project.objects.visible_to(user).exclude(stage__in=Project.RESTING)
    return project_selectors.listed(found).order_by("-updated_at", "pk")[:AT_A_GLANCE]


@compiled_once
def _agreed_to_anybody() -> QuerySet[Commitment, Any]:
    return _agreed(AnonymousUser())


@compiled_once
def _announced_to_anybody(now: datetime) -> QuerySet[Session]:
    return _announced(AnonymousUser(), now)


@compiled_once
def _due_to_anybody(now: datetime) -> QuerySet[Commitment]:
    return _due(AnonymousUser(), now)


@compiled_once
def _under_way_to_anybody() -> QuerySet[Project]:
    return _under_way(AnonymousUser())


def _by_name(item: tuple[str, State]) -> str:
    return item[1].sort_key


def _shade(count: int) -> int:
    return max(shade for least, shade in SHADES if count >= least)


def _tiles(counts: dict[str, int], states: dict[str, State]) -> dict[str, Tile]:
    return {
        code: Tile(_shade(counts[code]), f"{state.short_name}: {_bodies(counts[code])}", state.get_absolute_url())
        for code, state in states.items()
    }


def _counted(words: str, count: int) -> str:
    return words % {"count": money.number(count)}


def _bodies(count: int) -> str:
    return _counted(ngettext("%(count)s public body", "%(count)s public bodies", count), count)


def _map_key() -> list[dict[str, Any]]:
    ranges = [str(least) if least < 2 else f"{least}+" for least, _shade_ in SHADES]
    shown = zip(ranges, SHADES, strict=True)
    return [{"swatch": charts.swatch(f"q{shade}"), "label": label} for label, (_least, shade) in shown]


def _latest(arrivals: list[Arrival]) -> Table:
    columns = [
        Column(gettext("What was published")),
        Column(gettext("Of whom")),
        Column(gettext("Lines"), "n"),
        Column(gettext("Day"), "n"),
    ]
    rows = [row(columns, _arrival(one)) for one in arrivals]
    return Table("t-latest", gettext("Latest data published"), columns, rows, hide_caption=True, stacked=True)


def _arrival(one: Arrival) -> list[Any]:
    release, body = one.release, one.release.public_body
    name = body.municipality if body.is_municipal_government else body
    whose = link(name, body.get_absolute_url())
    if one.bodies > 1:
        others = ngettext("and %(count)s other", "and %(count)s others", one.bodies - 1)
        whose = format_html("{} {}", whose, _counted(others, one.bodies - 1))
    return [
        link(f"{release.get_kind_display()}: {document_name(release)}", release.ingest.get_absolute_url()),
        whose,
        money.number(one.lines),
        day(release.published_at),
    ]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    groups = search_all(query, request.user, FOUND) if query else []
    context = {"query": query, "groups": groups, "more": any(group.more for group in groups)}
    return render(request, "search.html", context)


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    return render(request, "components.html", gallery.examples())


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    return HttpResponse(f"User-agent: *\nDisallow: /admin/\nSitemap: {sitemap}\n", content_type="text/plain")


def server_error(request: HttpRequest) -> HttpResponse:
    """Without context processors: they ask the database, which may be what failed."""
    error = sys.exception()
    away = error is not None and is_cut_off(error)
    page = loader.get_template("500.html").render({"navigation": navigation(), "database_is_away": away})
    if not away:
        return HttpResponseServerError(page)
    return HttpResponse(page, status=503, headers={"Retry-After": str(AWAY_SECONDS)})
