"""Rights of pages: what somebody may not see is not there (404); what they may see but not do is refused (403)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import AccessMixin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from partners.models import Organisation


class Demands(AccessMixin):
    """A page that asks for `right` on its `subject`; who has not signed in is sent to do so."""

    right = ""
    request: HttpRequest

    def subject(self) -> Model | None:
        return None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(self.right, self.subject()):
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class OfOrganisation(Demands):
    """A page of the organisation in its address, as far as the person may see it."""

    kwargs: dict[str, Any]

    @cached_property
    def organisation(self) -> Organisation:
        return get_object_or_404(Organisation.objects.visible_to(self.request.user), slug=self.kwargs["slug"])

    def subject(self) -> Model | None:
        return self.organisation
