"""Ties between organisations that a project makes: who leads it, and who takes part in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from partners.selectors import Tie
from projects.models import Project, ProjectPartner

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import Organisation, User


def project_ties(user: User | AnonymousUser, organisation: Organisation | None, limit: int) -> Iterator[Tie]:
    """Newest first, of the projects that the user sees; of one organisation, or of all."""
    rows = ProjectPartner.objects.filter(
        state=ProjectPartner.State.ACCEPTED, project__in=Project.objects.visible_to(user).values("pk")
    ).exclude(organisation=F("project__lead_organisation"))
    if organisation is not None:
        rows = rows.filter(Q(organisation=organisation) | Q(project__lead_organisation=organisation))
    for row in rows.select_related("project__lead_organisation", "organisation").order_by("-since", "-pk")[:limit]:
        title = Truncator(row.project.title).chars(60)
        yield Tie(
            row.project.lead_organisation,
            row.organisation,
            "proyecto",
            _("Project: %(title)s") % {"title": title},
            row.since,
            row.until,
            url=row.project.get_absolute_url(),
        )
