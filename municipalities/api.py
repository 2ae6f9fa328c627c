"""`GET /api/v1/municipalities/`: codes, names and the newest population with its year and source."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination

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


@extend_schema(
    summary="Municipalities and boroughs",
    description="Search blind to accents and case, words in any order; without `q`, all of them by name.",
    parameters=[
        OpenApiParameter("q", str, description="words of the name, the state, a former name; or the INEGI code"),
        OpenApiParameter("state", str, description="INEGI code of the state, two digits"),
    ],
)
class MunicipalityList(generics.ListAPIView[Municipality]):
    serializer_class = MunicipalitySerializer
    pagination_class = Pages
    filter_backends = []

    def get_queryset(self) -> QuerySet[Municipality]:
        found = Municipality.objects.select_related("state").with_population()
        if state := self.request.query_params.get("state"):
            found = found.filter(state=self._known(state))
        if query := self.request.query_params.get("q", "").strip():
            return found.matching(query).ranked(query)
        return found.order_by("sort_key", "code")

    def _known(self, code: str) -> str:
        if not State.objects.filter(code=code).exists():
            raise ValidationError({"state": _("“%(code)s” is not the code of a state: 01 to 32.") % {"code": code}})
        return code
