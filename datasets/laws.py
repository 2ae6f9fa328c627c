"""Legal references and procurement caps: what comes with the code, and what people add, correct and confirm."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gesoc.common.commits import after_commit
from partners.audit import acting, given
from partners.models import User

from .indicators import UNDER_THE_CAP
from .models import IndicatorValue, LegalReference, ProcurementCap, PublicBody
from .versions import bump_data_version

FILE = Path(__file__).parent / "data" / "legal_references.csv"
CONFIRMATION = {"confirmed_at", "confirmed_by"}


@transaction.atomic
def load_legal_references() -> int:
    """Add the references of the file that are not known yet; return how many. One that exists keeps what people made of it."""
    with FILE.open(encoding="utf-8", newline="") as file:
        shipped = {row["code"]: row for row in csv.DictReader(file)}
    known = set(LegalReference.objects.filter(code__in=shipped).values_list("code", flat=True))
    missing = [LegalReference(**_read(row)) for code, row in shipped.items() if code not in known]
    LegalReference.objects.bulk_create(missing)
    return len(missing)


def _read(row: dict[str, str]) -> dict[str, Any]:
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("valid_from", "valid_to")}
    return {**row, **days}


def save_legal(*, legal: LegalReference | ProcurementCap, by: User) -> None:
    """Write what a person added or corrected. What was confirmed and is now another text waits to be confirmed anew."""
    before = type(legal).objects.filter(pk=legal.pk).first()
    with acting(by, "save_legal"):
        if before is None or _substance(before) != _substance(legal):
            legal.confirmed_at = legal.confirmed_by = None
        legal.full_clean()
        legal.save()
        _counts_otherwise(before, legal)


def confirm_legal(*, legal: LegalReference | ProcurementCap, by: User) -> None:
    """Say that one has read it in its source, which from now on counts."""
    if legal.is_confirmed:
        return
    if not legal.url and not getattr(legal, "is_example", False):
        raise ValidationError(_("Give the link to the text first: whoever confirms it says where it can be read."))
    with acting(by, "confirm_legal"):
        legal.confirmed_at, legal.confirmed_by = timezone.now(), by
        legal.save(update_fields=sorted(CONFIRMATION))
        _counts_otherwise(legal)


def take_confirmation_back(*, legal: LegalReference | ProcurementCap, by: User, reason: str) -> None:
    with acting(by, "take_confirmation_back", reason=given(reason)):
        legal.confirmed_at = legal.confirmed_by = None
        legal.save(update_fields=sorted(CONFIRMATION))
        _counts_otherwise(legal)


def _substance(legal: LegalReference | ProcurementCap) -> dict[str, Any]:
    names = [field.attname for field in legal._meta.concrete_fields if field.name not in CONFIRMATION]
    return {name: getattr(legal, name) for name in names}


def _counts_otherwise(*versions: LegalReference | ProcurementCap | None) -> None:
    """What was computed under a cap is computed again, for the bodies that it is or was a cap of."""
    caps = [one for one in versions if isinstance(one, ProcurementCap)]
    for cap in caps:
        IndicatorValue.objects.filter(indicator=UNDER_THE_CAP, public_body__in=_under(cap)).delete()
    if caps:
        # A broker that is away loses nothing: the sweep finds what has no value.
        after_commit(current_app.send_task, "datasets.tasks.evaluate_missing")
    bump_data_version()


def _under(cap: ProcurementCap) -> Any:
    bodies = PublicBody.objects.all()
    if cap.municipality_id:
        bodies = bodies.filter(municipality=cap.municipality_id)
    elif cap.state_id:
        bodies = bodies.filter(Q(state=cap.state_id) | Q(municipality__state=cap.state_id))
    else:
        bodies = bodies.filter(state=None, kind__in=PublicBody.FEDERAL)
    return bodies.values("pk")
