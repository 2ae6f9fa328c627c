"""What happened in a project, newest first: entries of its log, stages, evidence, answers, outcomes and what else moves it.

Each kind shows what this reader may see of it. Apps above add theirs when they start.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from heapq import nlargest
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Min
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from . import selectors
from .models import Comment, Project, ProjectPartner, Reading

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

SHOWN = 60


class News(NamedTuple):
    """One thing that happened: when, what it is, in words, and where it is read."""

    at: datetime.date
    what: str
    text: str
    url: str = ""


# (project, who looks, how many at most) -> what happened, the newest of it.
NewsProvider = Callable[[Project, "User | AnonymousUser", int], Iterable[News]]
_providers: list[NewsProvider] = []


def add_news(provider: NewsProvider) -> None:
    """Register what an app above tells of a project; once, from `AppConfig.ready`."""
    if provider not in _providers:
        _providers.append(provider)


def news_of(project: Project, user: User | AnonymousUser, limit: int = SHOWN) -> list[News]:
    """The newest of everything; each kind is asked once, for no more than are shown."""
    found: list[News] = []
    for provider in (_told, _done, _known, _said, *_providers):
        found += provider(project, user, limit)
    return nlargest(limit, found, key=lambda one: one.at)


def _short(text: str) -> str:
    return str(Truncator(text).chars(240))


def _told(project: Project, user: User | AnonymousUser, limit: int) -> Iterator[News]:
    """What its people wrote down: log, reflections they share, outcomes."""
    for entry in project.log.visible_to(user).select_related("project").order_by("-on", "-id")[:limit]:
        yield News(entry.on, str(entry.get_kind_display()), _short(entry.text), entry.get_absolute_url())
    for note in project.notes.visible_to(user).select_related("project").order_by("-on", "-id")[:limit]:
        yield News(
            note.on, _("Check-in"), _short(note.learned or note.did), f"{project.get_absolute_url()}reflexiones/"
        )
    for outcome in project.outcomes.visible_to(user).exclude(state="retirado").order_by("-created_at")[:limit]:
        yield News(_day(outcome.created_at), _("Outcome"), _short(str(outcome)), outcome.get_absolute_url())


def _done(project: Project, user: User | AnonymousUser, limit: int) -> Iterator[News]:
    """How it moved: stages, activities, organisations that joined."""
    for change in project.stage_changes.order_by("-on", "-pk")[:limit]:
        moved = _("From %(old)s to %(new)s") % {
            "old": change.get_from_stage_display(),
            "new": change.get_to_stage_display(),
        }
        yield News(change.on, _("Stage"), _short(f"{moved}. {change.reason}"))
    finished = project.activities.filter(state="hecha").select_related("organisation").order_by("-done_on")
    for activity in finished.exclude(done_on=None)[:limit]:
        yield News(
            activity.done_on or activity.due_on,
            str(activity.get_kind_display()),
            f"{activity.title} · {activity.organisation}",
        )
    joined = project.partners.filter(state=ProjectPartner.State.ACCEPTED).select_related("organisation")
    for partner in joined.exclude(organisation=project.lead_organisation_id).order_by("-since")[:limit]:
        url = partner.organisation.get_absolute_url()
        yield News(partner.since, _("New partner"), f"{partner.organisation} · {partner.get_role_display()}", url)


def _known(project: Project, user: User | AnonymousUser, limit: int) -> Iterator[News]:
    """What is known: cards, changed figures, readings, what was missing and what came of it."""
    for use in selectors.uses_in(project, user)[:limit]:
        card = use.evidence
        yield News(_day(use.created_at), _("Evidence"), str(card.told.reading), card.get_absolute_url())
        for change in card.changes.all():
            told = _("The figure changed from %(old)s to %(new)s") % {"old": change.told_from, "new": change.told_to}
            yield News(change.seen_on, _("Evidence"), f"{told}: {card.told.reading}", card.get_absolute_url())
    approved = Reading.objects.approved().filter(indicator__project=project).select_related("indicator")
    for reading in approved.order_by("-as_of", "-pk")[:limit]:
        text = f"{reading.indicator.name}: {reading.value:g} {reading.indicator.unit}".strip()
        yield News(reading.as_of, _("Indicator"), text, f"{project.get_absolute_url()}indicadores/")
    for gap in project.gaps.order_by("-created_at")[:limit]:
        yield News(_day(gap.created_at), _("Data that are missing"), gap.what_is_missing, gap.get_absolute_url())
        if gap.asked_on:
            asked = _("Asked for under the number %(folio)s: %(what)s") % {
                "folio": gap.folio,
                "what": gap.what_is_missing,
            }
            yield News(gap.asked_on, _("Data that are missing"), asked, gap.get_absolute_url())
        if gap.answered_on:
            yield News(gap.answered_on, str(gap.get_state_display()), gap.what_is_missing, gap.get_absolute_url())
    notes: Any = project.research_notes.published().as_told().annotate(at=Min("versions__published_at"))
    for note in notes.exclude(at=None).order_by("-at")[:limit]:
        yield News(_day(note.at), _("Research note"), note.told_title, note.get_absolute_url())


def _said(project: Project, user: User | AnonymousUser, limit: int) -> Iterator[News]:
    """Comments beside its entries and challenges."""
    words = Comment.objects.visible_to(user).filter(removed_at=None)
    beside = words.filter(entry__project=project) | words.filter(challenge__project=project)
    rows = beside.select_related("by", "entry__project", "challenge").order_by("-created_at")
    for comment in rows[:limit]:
        url = comment.target.get_absolute_url()
        yield News(_day(comment.created_at), _("Comment"), _short(f"{comment.by}: {comment.text}"), url)


def _day(moment: datetime.datetime) -> datetime.date:
    return timezone.localtime(moment).date()
