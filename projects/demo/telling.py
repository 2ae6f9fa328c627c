"""What the example projects are told with."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from municipalities.models import Municipality, State
from partners.models import Organisation, User
from projects import services
from projects.freeze import figure_at
from projects.models import Evidence, LogEntry, Project


def ago(days: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=days)


def user(email: str) -> User:
    return User.objects.get(email=email)


def organisation(slug: str) -> Organisation:
    return Organisation.objects.get(slug=slug)


def begin(slug: str, by: User, codes: tuple[str, ...], states: tuple[str, ...] = (), **fields: Any) -> Project:
    return services.create_project(
        project=Project(slug=slug, is_example=True, visibility="publica", **fields),
        municipalities=Municipality.objects.filter(code__in=codes),
        states=State.objects.filter(code__in=states),
        by=by,
        leader=by,
    )


def log(project: Project, by: User, *entries: tuple[int, str, str, str]) -> None:
    for days, kind, text, visibility in entries:
        entry = LogEntry(project=project, on=ago(days), kind=kind, text=text, visibility=visibility)
        services.write_entry(entry=entry, by=by)


def card_of(path: str, key: str, row: str, reading: str, not_said: str, by: User) -> Evidence | None:
    """None where the example files are not loaded: the project is told without it."""
    frozen = figure_at(path, key)
    if frozen is None:
        return None
    label = next((number.label for number in frozen.numbers if row in number.label), "")
    return services.freeze_evidence(
        frozen=frozen,
        row=label,
        reading=reading or f"{frozen.title}.",
        does_not_say=not_said,
        visibility="publica",
        by=by,
        organisation=Organisation.objects.of(by).first(),
        is_example=True,
    )
