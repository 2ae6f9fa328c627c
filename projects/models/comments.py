"""Comments: short words of people of the network beside what is written; seen by whoever sees that."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from partners.rules import is_in_network, sees_everything

from .challenges import Challenge
from .evidence import Evidence
from .log import LogEntry
from .research import ResearchNote

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

TARGETS = ("entry", "challenge", "evidence", "note")


@dataclass(frozen=True)
class Place:
    """Something of an app above beside which people comment; the app keeps the table that links the two."""

    model: type[models.Model]
    name: str  # the field that is its public name
    link: type[models.Model]  # with a one-to-one `comment`
    field: str  # the foreign key of the link to the thing
    right: str  # of whoever may take a comment away there
    seen: Callable[[User | AnonymousUser], models.QuerySet[Any]]
    concerns: Callable[[User], models.QuerySet[Any]]  # what this user's organisations work on or answer for

    @property
    def path(self) -> str:
        """From a comment to the thing."""
        there = self.link._meta.get_field("comment").remote_field
        return f"{there.get_accessor_name()}__{self.field}"  # type: ignore[union-attr]


# Word of the address -> place.
_places: dict[str, Place] = {}


def add_place(word: str, place: Place) -> None:
    """Register where else people comment; once, from `AppConfig.ready`."""
    _places[word] = place


def places() -> dict[str, Place]:
    return _places


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: User | AnonymousUser) -> CommentQuerySet:
        """As what they stand beside; those of a review are for whoever writes and reviews the note, not its readers."""
        notes = ResearchNote.objects.all()
        if not sees_everything(user):
            notes = notes.filter(organisation__in=Organisation.objects.of(user).values("pk"))
        above = Q()
        for word, place in _places.items():
            above |= Q(elsewhere=word, **{f"{place.path}__in": place.seen(user).values("pk")})
        found = self.filter(
            above
            | Q(entry__in=LogEntry.objects.visible_to(user).values("pk"))
            | Q(challenge__in=Challenge.objects.visible_to(user).values("pk"))
            | Q(evidence__in=Evidence.objects.visible_to(user).values("pk"))
            | Q(note__in=notes.values("pk"))
        )
        return found.read_by(user)

    def read_by(self, user: User | AnonymousUser) -> CommentQuerySet:
        """Of a place that they see: without those that only the network reads, if they are not of it."""
        inside = is_in_network(user) or sees_everything(user)
        return self if inside else self.filter(network_only=False)


def _one_target() -> Q:
    """Exactly one of the foreign keys, or a place of an app above."""
    found = Q(**{f"{other}__isnull": True for other in TARGETS}) & ~Q(elsewhere="")
    for name in TARGETS:
        found |= Q(elsewhere="", **{f"{other}__isnull": other != name for other in TARGETS})
    return found


class Comment(models.Model):
    """One comment. It can be corrected for a quarter of an hour; taken away it leaves a mark, and no words."""

    EDITABLE_FOR = datetime.timedelta(minutes=15)

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(
        LogEntry, models.CASCADE, null=True, blank=True, related_name="comments", verbose_name=_("log entry")
    )
    challenge = models.ForeignKey(
        Challenge, models.CASCADE, null=True, blank=True, related_name="comments", verbose_name=_("challenge")
    )
    evidence = models.ForeignKey(
        Evidence, models.CASCADE, null=True, blank=True, related_name="comments", verbose_name=_("evidence")
    )
    note = models.ForeignKey(
        ResearchNote, models.CASCADE, null=True, blank=True, related_name="comments", verbose_name=_("research note")
    )
    elsewhere = models.CharField(_("beside something else"), max_length=20, blank=True, editable=False)
    text = models.TextField(_("comment"), max_length=2000, blank=True)
    network_only = models.BooleanField(_("only the network reads it"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="comments", verbose_name=_("by"))
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    edited_at = models.DateTimeField(_("corrected"), null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(_("taken away"), null=True, blank=True, editable=False)
    removal_reason = models.CharField(_("why it was taken away"), max_length=300, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=_one_target(), name="comment_stands_beside_one_thing"),
            models.CheckConstraint(
                condition=(Q(removed_at__isnull=True) & ~Q(text="")) | (Q(removed_at__isnull=False) & Q(text="")),
                name="comment_says_something_or_was_removed",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def target(self) -> Any:
        if self.elsewhere:
            link, field = _places[self.elsewhere].path.split("__")
            return getattr(getattr(self, link), field)
        found = self.entry or self.challenge or self.evidence or self.note
        assert found is not None  # the database sees to it
        return found

    @property
    def is_fresh(self) -> bool:
        return self.removed_at is None and timezone.now() < self.created_at + self.EDITABLE_FOR
