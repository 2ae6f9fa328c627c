"""`GET /api/v1/municipalities/`: codes, names and the newest population with its year and source."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination

from gesoc.common.api import Parameters, PublicManners

from .models import Municipality, Population, State


class StateSerializer(serializers.ModelSerializer[State]):
    name = serializers.CharField(source="short_name")

    class Meta:
        model = State
        fields = ["code", "name"]


class PopulationSerializer(serializers.ModelSerializer[Population]):
    class Meta:
        model = Population
        fields = ["value", "year", "kind", "source"]


class MunicipalitySerializer(serializers.ModelSerializer[Municipality]):
    state = StateSerializer()
    population = serializers.SerializerMethodField()

    class Meta:
        model = Municipality
        fields = ["code", "name", "former_names", "kind", "state", "time_zone", "population"]

    @extend_schema_field(PopulationSerializer(allow_null=True))
    def get_population(self, municipality: Any) -> dict[str, Any] | None:
        if municipality.population is None:
            return None
        return {
            "value": municipality.population,
            "year": municipality.population_year,
            "kind": municipality.population_kind,
            "source": municipality.population_source,
        }


class Pages(PageNumberPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500


class MunicipalityParameters(Parameters):
    q = serializers.CharField(
        max_length=200,
        required=False,
        help_text=gettext_lazy("Words of the name, the state, a former name; or the INEGI code."),
    )
    state = serializers.CharField(
        max_length=20, required=False, help_text=gettext_lazy("INEGI code of the state, two digits.")
    )
    page = serializers.IntegerField(
        min_value=1, max_value=10_000, required=False, help_text=gettext_lazy("Which page, from 1.")
    )
    page_size = serializers.IntegerField(
        min_value=1, max_value=Pages.max_page_size, required=False, help_text=gettext_lazy("Rows of a page, up to 500.")
    )


@extend_schema(
    summary=gettext_lazy("Municipalities and boroughs"),
    description=gettext_lazy(
        "Search blind to accents and case, words in any order; without q, all of them by name. The population is the "
        "newest that is known, with its year and source."
    ),
    parameters=[MunicipalityParameters],
)
class MunicipalityList(PublicManners, generics.ListAPIView[Municipality]):
    serializer_class = MunicipalitySerializer
    pagination_class = Pages
    filter_backends = []
    parameters = MunicipalityParameters

    def get_queryset(self) -> QuerySet[Municipality]:
        asked = self.validated(self.request)
        found = Municipality.objects.select_related("state").with_population()
        if state := asked.get("state"):
            found = found.filter(state=self._known(state))
        if query := asked.get("q"):
            return found.matching(query).ranked(query)
        return found.order_by("sort_key", "code")

    def _known(self, code: str) -> str:
        if not State.objects.filter(code=code).exists():
            raise ValidationError({"state": [_("“%(code)s” is not the code of a state: 01 to 32.") % {"code": code}]})
        return code
