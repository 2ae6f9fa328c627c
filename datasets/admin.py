"""What was read from files, to look at; what people decide about it, through services.

Facts and rollups have composite keys and are not shown here: the pages of the site do that better.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.postgres.search import SearchQuery
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datasets import laws, public_bodies, services
from datasets.models import (
    ClassNode,
    Crosswalk,
    Ingest,
    Label,
    LegalReference,
    LegalReferenceEvent,
    MappingProfile,
    MappingProfileEvent,
    ProcurementCap,
    ProcurementCapEvent,
    PublicBody,
    PublicBodyEvent,
    Release,
    ReleaseEvent,
    RowIssue,
    Source,
    SourceFile,
    Supplier,
)
from datasets.versions import bump_data_version
from gesoc.common.admin import AtMost, FoldedSearch, Kept, NumberSearch, ReadOnly, act_on_each, ask_reason
from gesoc.common.text import search_text
from partners.admin import HistoryAdmin
from partners.audit import acting, person

Act = Callable[[Any, str], object]


def recorded(request: HttpRequest, action: str, act: Act) -> Act:
    """The act with its author and reason in the audit trail; a step that is not possible now is told, not raised."""

    def run(obj: Any, reason: str) -> object:
        try:
            with acting(person(request), action, reason=reason):
                return act(obj, reason)
        except services.NotAllowedNow as refusal:
            raise ValidationError(str(refusal)) from refusal

    return run


@admin.register(PublicBody)
class PublicBodyAdmin(FoldedSearch, Kept, admin.ModelAdmin):
    list_display = ("name", "kind", "municipality", "state", "confirmed")
    list_filter = ("confirmed", "kind", "state")
    list_select_related = ("municipality__state", "state")
    search_fields = ("search_text",)
    fields = ("name", "slug", "kind", "municipality", "state", "confirmed")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("municipality", "state")
    actions = ("confirm",)

    def save_model(self, request: HttpRequest, obj: PublicBody, form: Any, change: bool) -> None:
        public_bodies.save_public_body(body=obj, by=person(request))

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("datasets.confirm_public_body")

    @admin.action(description=gettext_lazy("Confirm the chosen bodies"), permissions=["confirm"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[PublicBody]) -> None:
        act_on_each(request, queryset, lambda body: public_bodies.confirm_public_body(body=body, by=person(request)))


@admin.register(Source)
class SourceAdmin(Kept, admin.ModelAdmin):
    list_display = ("name", "publisher_name", "licence", "is_example")
    list_filter = ("is_example", "licence")
    search_fields = ("name", "publisher_name", "url")
    prepopulated_fields = {"slug": ("name",)}

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        bump_data_version()  # publisher and licence are part of what is answered


@admin.register(SourceFile)
class SourceFileAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("original_name", "source", "size", "has_personal_data", "uploaded_by", "retrieved_at", "sha256")
    list_filter = ("has_personal_data", "source__is_example")
    list_select_related = ("source", "uploaded_by")
    search_fields = ("original_name", "sha256", "source__name")
    date_hierarchy = "retrieved_at"
    fields = (
        "original_name",
        "source",
        "retrieved_from",
        "retrieved_at",
        "uploaded_by",
        "organisations",
        "has_personal_data",
        "size",
        "sha256",
    )


@admin.register(Ingest)
class IngestAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("id", "file", "kind", "status", "stage", "rows_loaded", "rows_rejected", "created_by", "created_at")
    list_display_links = ("id", "file")
    list_filter = ("status", "kind", "stage")
    list_select_related = ("file", "created_by")
    search_fields = ("file__original_name", "file__sha256")
    date_hierarchy = "created_at"
    actions = ("publish",)
    fields = (
        "file",
        "kind",
        "status",
        "stage",
        ("rows_read", "rows_loaded", "rows_rejected", "rows_skipped"),
        "error",
        "profile",
        "created_by",
        ("created_at", "started_at", "ended_at"),
        "report_text",
    )
    readonly_fields = ("report_text",)

    @admin.display(description=gettext_lazy("what was understood"))
    def report_text(self, ingest: Ingest) -> str:
        return format_html("<pre>{}</pre>", json.dumps(ingest.report, indent=1, ensure_ascii=False, default=str))

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("datasets.publish_ingest")

    @admin.action(description=gettext_lazy("Publish what the chosen readings gave"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Ingest]) -> HttpResponse | None:
        act = recorded(
            request, "publish", lambda ingest, _why: services.publish_ingest(ingest=ingest, by=person(request))
        )
        return ask_reason(self, request, queryset, title=_("Publish"), act=act)


@admin.register(RowIssue)
class RowIssueAdmin(NumberSearch, ReadOnly, admin.ModelAdmin):
    list_display = ("ingest_number", "severity", "sheet", "line_no", "column", "short_value", "message")
    list_display_links = ("message",)
    list_filter = ("severity",)
    search_fields = ("ingest",)
    search_help_text = gettext_lazy("Number of the reading")
    paginator = AtMost
    raw_id_fields = ("ingest",)

    @admin.display(description=gettext_lazy("ingest"), ordering="ingest")
    def ingest_number(self, issue: RowIssue) -> int:
        return issue.ingest_id

    @admin.display(description=gettext_lazy("value"))
    def short_value(self, issue: RowIssue) -> str:
        return Truncator(issue.value).chars(60)


@admin.register(Release)
class ReleaseAdmin(FoldedSearch, ReadOnly, admin.ModelAdmin):
    list_display = (
        "public_body",
        "kind",
        "year",
        "period",
        "document",
        "breakdown",
        "version",
        "status",
        "line_count",
        "published_at",
    )
    list_filter = ("status", "kind", "document", "breakdown", "public_body__kind", "year")
    list_select_related = ("public_body",)
    search_fields = ("public_body__search_text",)
    date_hierarchy = "published_at"
    actions = ("publish", "restore", "withdraw")
    fields = (
        "public_body",
        ("kind", "year", "period"),
        ("document", "breakdown", "version"),
        "status",
        "ingest",
        "line_count",
        "totals",
        "published_at",
        "published_by",
        "reason",
    )

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("datasets.publish_ingest")

    def has_restore_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("datasets.restore_release")

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("datasets.withdraw_release")

    def _act(
        self, request: HttpRequest, queryset: QuerySet[Release], action: str, title: str, act: Act
    ) -> HttpResponse | None:
        chosen = queryset.select_related("public_body", "ingest")
        return ask_reason(self, request, chosen, title=title, act=recorded(request, action, act))

    @admin.action(
        description=gettext_lazy("Publish the readings of the chosen drafts"),
        permissions=["publish"],
    )
    def publish(self, request: HttpRequest, queryset: QuerySet[Release]) -> HttpResponse | None:
        """All slices of a reading are published together; the second draft of one reading has nothing left to do."""

        def act(release: Release, _why: str) -> object:
            if Release.objects.filter(pk=release.pk, status=Release.Status.PUBLISHED).exists():
                return release
            return services.publish_ingest(ingest=release.ingest, by=person(request))

        return self._act(request, queryset, "publish", _("Publish"), act)

    @admin.action(description=gettext_lazy("Restore the chosen releases"), permissions=["restore"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Release]) -> HttpResponse | None:
        def act(release: Release, reason: str) -> object:
            return services.restore_release(release=release, by=person(request), reason=reason)

        return self._act(request, queryset, "restore", _("Restore"), act)

    @admin.action(description=gettext_lazy("Withdraw the chosen releases"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Release]) -> HttpResponse | None:
        def act(release: Release, reason: str) -> object:
            return services.withdraw_release(release=release, by=person(request), reason=reason)

        return self._act(request, queryset, "withdraw", _("Withdraw"), act)


@admin.register(MappingProfile)
class MappingProfileAdmin(ReadOnly, admin.ModelAdmin):
    """A version that was used stays as it was; a new one is made where columns are confirmed."""

    list_display = ("name", "version", "kind", "source", "approved_by", "approved_at")
    list_filter = ("kind",)
    list_select_related = ("source", "approved_by")
    search_fields = ("name", "slug")
    date_hierarchy = "approved_at"


@admin.register(ClassNode)
class ClassNodeAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("code", "name_es", "classifier", "level", "since", "until")
    list_filter = ("classifier", "level")
    search_fields = ("code", "name_es", "name_en")


@admin.register(Crosswalk)
class CrosswalkAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("origin", "target", "is_whole", "source")
    list_select_related = ("origin", "target")


@admin.register(Label)
class LabelAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("published_code", "name", "kind", "code")
    list_filter = ("kind",)
    search_fields = ("published_code__startswith", "code__startswith", "name")
    ordering = ("id",)
    paginator = AtMost


@admin.register(Supplier)
class SupplierAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("name", "public_rfc", "is_natural_person")
    list_filter = ("is_natural_person",)
    search_fields = ("name_key",)
    ordering = ("id",)
    paginator = AtMost
    fields = ("name", "public_rfc", "is_natural_person")
    readonly_fields = ("public_rfc",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Supplier], term: str
    ) -> tuple[QuerySet[Supplier], bool]:
        """Whole words, by the index of the table."""
        words = search_text(term)
        return (queryset.filter(search=SearchQuery(words, config="simple")) if words else queryset), False


class LegalAdmin(Kept, admin.ModelAdmin):
    """What is written here counts once somebody confirms it; whoever changes it afterwards takes that back."""

    list_select_related: ClassVar[Any] = ("state", "confirmed_by")
    autocomplete_fields: ClassVar[Any] = ("state",)
    readonly_fields = ("confirmed_at", "confirmed_by")
    actions = ("confirm", "take_back")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        laws.save_legal(legal=obj, by=person(request))

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("datasets.confirm_legal")

    @admin.display(description=gettext_lazy("confirmed"), boolean=True)
    def confirmed(self, obj: Any) -> bool:
        return bool(obj.is_confirmed)

    @admin.action(description=gettext_lazy("I read it in its source: confirm the chosen"), permissions=["confirm"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        act_on_each(request, queryset, lambda legal: laws.confirm_legal(legal=legal, by=person(request)))

    @admin.action(description=gettext_lazy("Take the confirmation back"), permissions=["confirm"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        def act(legal: Any, reason: str) -> None:
            laws.take_confirmation_back(legal=legal, by=person(request), reason=reason)

        return ask_reason(self, request, queryset, title=_("Take the confirmation back"), act=act)


@admin.register(LegalReference)
class LegalReferenceAdmin(LegalAdmin):
    list_display = ("__str__", "topic", "state", "valid_from", "valid_to", "confirmed")
    list_filter = ("topic", ("confirmed_at", admin.EmptyFieldListFilter), "state")
    search_fields = ("law", "article", "says_es", "code")
    prepopulated_fields = {"code": ("law", "article")}


@admin.register(ProcurementCap)
class ProcurementCapAdmin(LegalAdmin):
    list_display = (
        "__str__",
        "purchase",
        "state",
        "municipality",
        "valid_from",
        "valid_to",
        "with_tax",
        "confirmed",
        "is_example",
    )
    list_filter = ("method", "purchase", ("confirmed_at", admin.EmptyFieldListFilter), "is_example", "state")
    list_select_related = ("state", "municipality__state", "confirmed_by")
    search_fields = ("citation", "state__name", "municipality__name")
    autocomplete_fields = ("state", "municipality")


admin.site.register(
    (ReleaseEvent, PublicBodyEvent, MappingProfileEvent, LegalReferenceEvent, ProcurementCapEvent), HistoryAdmin
)
