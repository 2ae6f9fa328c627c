"""Dialogues and commitments for staff, to look at; they change on their own pages.

Rolls, ballots and counts of votes are not here, nor what was said in the room: nobody sees more of them than the pages
of the dialogue show.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from gesoc.common.admin import FoldedSearch, ReadOnly
from partners.admin import HistoryAdmin

from .models import (
    AgendaItem,
    Commitment,
    CommitmentEvent,
    CommitmentUpdate,
    CommitmentVerification,
    Decision,
    Invitation,
    Registration,
    RegistrationEvent,
    SectorTarget,
    Series,
    Session,
    SessionEvent,
    SessionRole,
    SessionRoleEvent,
    VoteOption,
    VoteRound,
)


class Shown(ReadOnly, admin.TabularInline):
    """Rows to read."""

    extra = 0
    fields: ClassVar[Any] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields


class AgendaInline(Shown):
    model = AgendaItem
    fields: ClassVar[Any] = ("order", "title", "kind", "minutes", "led_by", "chatham")


class TargetsInline(Shown):
    model = SectorTarget
    fields: ClassVar[Any] = ("sector", "minimum", "desired")


class RolesInline(Shown):
    model = SessionRole
    fields: ClassVar[Any] = ("person", "role", "state", "starts_at", "ends_at")


class OptionsInline(Shown):
    model = VoteOption
    fields: ClassVar[Any] = ("position", "text", "challenge")


class UpdatesInline(Shown):
    model = CommitmentUpdate
    fields: ClassVar[Any] = ("at", "from_state", "to_state", "note", "due_on", "organisation", "through_link")


class VerificationsInline(Shown):
    model = CommitmentVerification
    fields: ClassVar[Any] = ("at", "organisation", "scale", "note")


@admin.register(Series)
class SeriesAdmin(ReadOnly, admin.ModelAdmin):
    search_fields = ("title",)


@admin.register(Session)
class SessionAdmin(ReadOnly, FoldedSearch, admin.ModelAdmin):
    list_display = ("title", "code", "start", "municipality", "state", "visibility", "confidentiality")
    list_filter = ("state", "visibility", "confidentiality", "method", "modality")
    list_select_related = ("municipality__state",)
    search_fields = ("search_text",)
    date_hierarchy = "starts_at"
    inlines = (AgendaInline, TargetsInline, RolesInline)


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("person", "session", "state", "channel", "sent_at", "answered_at")
    list_filter = ("state", "channel")
    list_select_related = ("person", "session")
    search_fields = ("person__search_text", "session__search_text")


@admin.register(Registration)
class RegistrationAdmin(ReadOnly, admin.ModelAdmin):
    """Without what people need in order to take part: whoever runs the dialogue sees that, for as long as it is needed."""

    list_display = ("person", "session", "state", "mode", "sector_at_time", "walk_in")
    list_filter = ("state", "mode", "sector_at_time")
    list_select_related = ("person", "session")
    search_fields = ("person__search_text", "session__search_text")
    exclude = ("needs", "guardian")


@admin.register(VoteRound)
class VoteRoundAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("question", "session", "method", "secret", "state", "opened_at", "closed_at")
    list_filter = ("state", "method", "secret")
    list_select_related = ("session",)
    search_fields = ("question", "session__search_text")
    inlines = (OptionsInline,)


@admin.register(Decision)
class DecisionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("text", "session", "decided_on")
    list_select_related = ("session",)
    search_fields = ("text",)
    date_hierarchy = "decided_on"


@admin.register(Commitment)
class CommitmentAdmin(ReadOnly, FoldedSearch, admin.ModelAdmin):
    list_display = ("text", "responsible", "municipality", "due_on", "slips", "state", "visibility")
    list_filter = ("state", "visibility", "municipality__state")
    list_select_related = ("responsible", "municipality__state")
    search_fields = ("search_text",)
    date_hierarchy = "due_on"
    inlines = (UpdatesInline, VerificationsInline)


history_models: tuple[type[Model], ...] = (SessionEvent, SessionRoleEvent, RegistrationEvent, CommitmentEvent)
admin.site.register(history_models, HistoryAdmin)
