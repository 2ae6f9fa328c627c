"""What is kept about somebody, for the answer to whoever asks to see their data. Apps above add what they keep."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from partners.models import ArcoRequest, Person, User

from .transfer import note_export


class Kept(NamedTuple):
    """One thing that is kept: under what, since when, and what it says."""

    section: str
    on: datetime.date | datetime.datetime | None
    text: str


Reporter = Callable[[Person], Iterable[Kept]]
_reporters: list[Reporter] = []


def add_reporter(reporter: Reporter) -> None:
    """Register what an app keeps of a person; once, from `AppConfig.ready`."""
    if reporter not in _reporters:
        _reporters.append(reporter)


class Writing(NamedTuple):
    """A table in which an account is named beside what it wrote."""

    model: type[models.Model]
    who: str
    on: str
    texts: tuple[str, ...]  # lookups


def written_by(user_id: int | None, tables: Iterable[Writing]) -> Iterator[Kept]:
    """What somebody wrote with their account, one query a table."""
    if user_id is None:
        return
    for model, who, on, texts in tables:
        section = capfirst(str(model._meta.verbose_name))
        for day, *words in model._default_manager.filter(**{who: user_id}).order_by(on, "pk").values_list(on, *texts):
            yield Kept(section, day, " · ".join(str(word) for word in words if word))


def report_access(*, request: ArcoRequest, person: Person, by: User) -> list[Kept]:
    """Everything, for the answer to one request; that it was taken out is written down first."""
    found = [*_of_partners(person), *(row for reporter in _reporters for row in reporter(person))]
    note_export(what="acceso", rows=len(found), reason=f"{request.get_kind_display()} · {request.key}", by=by)
    return found


def _of_partners(person: Person) -> Iterator[Kept]:
    contact, told = _("Contact"), _("Organisation")
    for label, value in (
        (_("Name"), person.full_name),
        (_("E-mail"), person.email),
        (_("Phone"), person.phone),
        (_("Municipality"), str(person.municipality or "")),
        (_("Language"), person.get_preferred_language_display()),
        (_("Where it came from"), person.source),
    ):
        if value:
            yield Kept(contact, None, f"{label}: {value}")
    for held in person.affiliations.select_related("organisation").order_by("since", "pk"):
        yield Kept(told, held.since, " · ".join(filter(None, [str(held.organisation), held.title])))
    if person.user is not None:
        yield Kept(_("Account"), person.user.date_joined, person.user.email)
        for role in person.user.memberships.select_related("organisation").order_by("since", "pk"):
            yield Kept(_("Role"), role.since, f"{role.organisation} · {role.get_role_display()}")
    for consent in person.consents.order_by("at", "pk"):
        yield Kept(_("Consent"), consent.at, f"{consent.purpose}: {consent.get_decision_display()}")
    for mail in person.mail.order_by("created_at", "pk"):
        yield Kept(_("Mail"), mail.sent_at or mail.created_at, mail.subject)
    for asked in person.arco_requests.order_by("received_on", "pk"):
        yield Kept(_("Request about personal data"), asked.received_on, asked.get_kind_display())
