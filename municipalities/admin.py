"""What the box holds is read here and changed in its files; populations and prices may be added by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Field, QuerySet, URLField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gesoc.common.text import search_text

from .changes import Told
from .models import LoadedData, MetropolitanMembership, Municipality, Population, PriceIndex, State


class ReadOnly:
    """Comes from files under version control: a change made here would be undone by the next load."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


# What a link without a scheme means: the default of Django 6.
HTTPS: Mapping[type[Field[Any, Any]], Mapping[str, Any]] = {URLField: {"assume_scheme": "https"}}


class FoldedSearch:
    """Searches stored search texts, so that accents and case do not matter."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, search_text(term))  # type: ignore[misc]


@admin.register(State)
class StateAdmin(FoldedSearch, ReadOnly, admin.ModelAdmin):
    list_display = ["short_name", "code", "name", "abbreviation"]
    search_fields = ["search_text", "code"]


class CreatedLately(admin.SimpleListFilter):
    title = _("borders")
    parameter_name = "polygon"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("without", _("without a polygon"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Municipality]) -> QuerySet[Municipality]:
        return queryset.filter(shapes__isnull=True) if self.value() else queryset


@admin.register(Municipality)
class MunicipalityAdmin(FoldedSearch, ReadOnly, admin.ModelAdmin):
    list_display = ["name", "code", "state", "kind", "time_zone", "created_on"]
    list_filter = ["kind", "is_coastal", CreatedLately, "time_zone", "state"]
    list_select_related = ["state"]
    search_fields = ["search_text", "code"]
    formfield_overrides = HTTPS


@admin.register(Population)
class PopulationAdmin(Told, FoldedSearch, admin.ModelAdmin):
    list_display = ["place", "year", "kind", "value", "source"]
    list_filter = ["kind", "year", "state"]
    list_select_related = ["municipality__state", "state"]
    search_fields = ["municipality__search_text", "municipality__code", "state__search_text"]
    autocomplete_fields = ["municipality", "state"]
    formfield_overrides = HTTPS

    @admin.display(description=_("place"))
    def place(self, population: Population) -> str:
        return str(population.municipality or population.state or _("Mexico"))


@admin.register(MetropolitanMembership)
class MetropolitanMembershipAdmin(FoldedSearch, ReadOnly, admin.ModelAdmin):
    list_display = ["municipality", "name", "kind", "edition", "source"]
    list_filter = ["edition", "kind", "municipality__state"]
    list_select_related = ["municipality__state"]
    search_fields = ["municipality__search_text", "municipality__code"]
    formfield_overrides = HTTPS


@admin.register(PriceIndex)
class PriceIndexAdmin(Told, admin.ModelAdmin):
    list_display = ["series", "year", "value", "source"]
    list_filter = ["series"]
    search_fields = ["year"]


@admin.register(LoadedData)
class LoadedDataAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["name", "fingerprint", "loaded_at"]
