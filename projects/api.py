"""/api/v1/projects/: public projects, for everybody, a page at a time."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from gesoc.common.api import Parameters, PublicManners

from . import selectors
from .exports import about
from .models import Project


class ProjectParameters(Parameters):
    q = serializers.CharField(required=False, max_length=100, help_text=_("Words of the title or the problem."))
    state = serializers.RegexField(r"^\d{2}$", required=False, help_text=_("INEGI code of a state."))
    stage = serializers.ChoiceField(choices=Project.Stage.choices, required=False, help_text=_("Stage."))
    page = serializers.IntegerField(required=False, min_value=1, max_value=100000, default=1, help_text=_("Page."))
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=200, default=50, help_text=_("Rows of a page.")
    )


class ProjectAnswer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    title = serializers.CharField()
    problem = serializers.CharField()
    summary = serializers.CharField()
    stage = serializers.CharField()
    scope = serializers.CharField()
    lead_organisation = serializers.CharField()
    municipalities = serializers.ListField(child=serializers.CharField())
    states = serializers.ListField(child=serializers.CharField())
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    url = serializers.URLField()


class ProjectPageAnswer(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    pages = serializers.IntegerField()
    page = serializers.IntegerField()
    results = ProjectAnswer(many=True)


class ProjectsView(PublicManners):
    """Public projects of the network: problem, stage, organisations and places. Nothing that was not published."""

    parameters = ProjectParameters

    @extend_schema(
        summary=_("Projects"),
        description=_("Public projects of the network: problem, stage, lead organisation and places."),
        parameters=[ProjectParameters],
        responses=ProjectPageAnswer,
    )
    def get(self, request: Request) -> Response:
        asked = self.validated(request)
        rows = Project.objects.public().matching(asked.get("q", ""))
        if "state" in asked:
            rows = rows.filter(selectors.in_state([asked["state"]]))
        if "stage" in asked:
            rows = rows.filter(stage=asked["stage"])
        pages = Paginator(selectors.listed(rows), asked["page_size"])
        page = pages.get_page(asked["page"])
        found = [{**about(one), "url": request.build_absolute_uri(one.get_absolute_url())} for one in page.object_list]
        return Response({"count": pages.count, "pages": pages.num_pages, "page": page.number, "results": found})
