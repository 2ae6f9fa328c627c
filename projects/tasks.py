"""Background work of projects. Tasks take ids and do nothing twice."""

from __future__ import annotations

from celery import shared_task
from django.db.models import Q

from datasets.models import Release

from .models import Evidence
from .services import queue_digests, reconsider_evidence


@shared_task
def reconsider(release_ids: list[int]) -> int:
    """Releases were published, restored or withdrawn: ask again for every figure of the same slices."""
    slices = Q(pk__in=[])
    for release in Release.objects.filter(pk__in=release_ids):
        slices |= Q(**release.slice_key)
    cards = Evidence.objects.filter(releases__in=Release.objects.filter(slices).values("pk")).distinct()
    return sum(reconsider_evidence(evidence=card) is not None for card in cards.order_by("pk"))


@shared_task
def send_digests() -> int:
    """Four times an hour: the week by mail, to whoever's hour came. How many there were."""
    return queue_digests()
