"""Two organisations that become one, where both take part in the same project: one partnership goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from partners.models import Organisation
from partners.services.merge import change_row
from projects.models import ProjectPartner

if TYPE_CHECKING:
    from partners.services.merge import Moves, Record

State = ProjectPartner.State


def one_partnership(source: Record, target: Record, moves: Moves) -> None:
    """Whoever leads goes on leading, so that no project has two leads or none; the other partnership ends today."""
    if not isinstance(source, Organisation):
        return
    live = ProjectPartner.objects.exclude(state=State.WITHDRAWN)
    there = {row.project_id: row for row in live.filter(organisation=target.pk)}
    for row in live.filter(organisation=source.pk, project__in=there).order_by("pk"):
        other = there[row.project_id]
        ends = other if _weight(row) > _weight(other) else row
        change_row(ends, moves, state=State.WITHDRAWN, until=max(timezone.localdate(), ends.since))


def _weight(row: ProjectPartner) -> tuple[bool, bool]:
    return row.role == ProjectPartner.Role.LEAD, row.state == State.ACCEPTED
