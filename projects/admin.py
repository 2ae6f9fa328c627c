"""Projects and evidence for staff, to look at and to correct; what people do stands on the pages of the project."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from gesoc.common.admin import FoldedSearch, Kept, ReadOnly
from partners.admin import HistoryAdmin
from partners.audit import person

from . import services
from .models import (
    Challenge,
    ChallengeEvent,
    Comment,
    CommentEvent,
    DataGap,
    DataGapEvent,
    Evidence,
    EvidenceEvent,
    EvidenceUse,
    GuidingQuestion,
    Project,
    ProjectEvent,
    ProjectMember,
    ProjectMemberEvent,
    ProjectPartner,
    ProjectPartnerEvent,
    StageChange,
)


class Shown(admin.TabularInline):
    """Rows to read; they change on the pages of the project."""

    extra = 0
    fields: ClassVar[Any] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PartnersInline(Shown):
    model = ProjectPartner
    fields: ClassVar[Any] = ("organisation", "role", "state", "since", "until")


class MembersInline(Shown):
    model = ProjectMember
    fields: ClassVar[Any] = ("user", "organisation", "role", "since", "until")


class StagesInline(Shown):
    model = StageChange
    fields: ClassVar[Any] = ("on", "from_stage", "to_stage", "reason", "by")


class UsesInline(Shown):
    model = EvidenceUse
    fields: ClassVar[Any] = ("challenge", "project", "claim", "strength")


@admin.register(Project)
class ProjectAdmin(Kept, FoldedSearch, admin.ModelAdmin):
    list_display = ("title", "lead_organisation", "stage", "visibility", "scope")
    list_filter = ("stage", "visibility", "scope", "municipalities__state")
    list_select_related = ("lead_organisation",)
    search_fields = ("search_text",)
    date_hierarchy = "created_at"
    autocomplete_fields = ("lead_organisation", "municipalities")
    exclude = ("created_by",)
    readonly_fields = ("stage",)
    inlines = (PartnersInline, MembersInline, StagesInline)

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:
        save = services.save_project if change else services.create_project
        save(project=obj, by=person(request))


@admin.register(Challenge)
class ChallengeAdmin(Kept, FoldedSearch, admin.ModelAdmin):
    list_display = ("title", "project", "organisation", "state", "visibility")
    list_filter = ("state", "visibility")
    list_select_related = ("project", "organisation")
    search_fields = ("search_text",)
    date_hierarchy = "created_at"
    autocomplete_fields = ("project", "organisation", "municipalities", "cause_of")
    exclude = ("created_by", "merged_into")
    readonly_fields = ("state", "state_reason")
    inlines = (UsesInline,)

    def save_model(self, request: HttpRequest, obj: Challenge, form: Any, change: bool) -> None:
        services.save_challenge(challenge=obj, by=person(request))


@admin.register(Evidence)
class EvidenceAdmin(ReadOnly, FoldedSearch, admin.ModelAdmin):
    list_display = ("title", "kind", "municipality", "as_of", "visibility", "created_by")
    list_filter = ("kind", "visibility")
    list_select_related = ("municipality__state", "created_by")
    search_fields = ("search_text",)
    date_hierarchy = "created_at"
    inlines = (UsesInline,)


@admin.register(DataGap)
class DataGapAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("__str__", "public_body", "state", "asked_on", "due_on", "folio")
    list_filter = ("state",)
    list_select_related = ("public_body",)
    search_fields = ("what_is_missing", "folio")
    date_hierarchy = "created_at"


@admin.register(Comment)
class CommentAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("__str__", "by", "created_at", "removed_at", "network_only")
    list_select_related = ("by",)
    list_filter = ("network_only",)
    date_hierarchy = "created_at"


@admin.register(GuidingQuestion)
class GuidingQuestionAdmin(Kept, admin.ModelAdmin):
    """The template of the follow-the-money exercise; exercises that began keep the words they began with."""

    list_display = ("order", "text", "is_active")
    list_display_links = ("text",)


history_models: tuple[type[Model], ...] = (
    ProjectEvent,
    ProjectPartnerEvent,
    ProjectMemberEvent,
    ChallengeEvent,
    CommentEvent,
    DataGapEvent,
    EvidenceEvent,
)
admin.site.register(history_models, HistoryAdmin)
