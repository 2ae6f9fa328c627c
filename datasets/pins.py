"""Keeps a figure as it is today, under a short address."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from django.db import transaction

from datasets.models import PinnedFigure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import AnonymousUser

    from gesoc.common.charts.frame import Provenance
    from partners.models import User

LETTERS = 10  # 50 bits: two figures of one site do not meet


def key_of(address: str, figure: str, version: int) -> str:
    """The same for the same figure of the same data; of letters and digits that are not mistaken for one another."""
    digest = hashlib.blake2b(f"{address}\n{figure}\n{version}".encode(), digest_size=8).digest()
    return base64.b32encode(digest).decode().lower()[:LETTERS]


def pinned(*, address: str, figure: str, version: int) -> PinnedFigure | None:
    return PinnedFigure.objects.filter(pk=key_of(address, figure, version)).first()


@transaction.atomic
def pin_figure(
    *,
    address: str,
    figure: str,
    title: str,
    place: str,
    html: str,
    version: int,
    sources: Iterable[Provenance],
    by: User | AnonymousUser,
) -> PinnedFigure:
    """Anybody may: what is public is kept, and asking twice keeps one copy. `by` leaves no trace: citing is private."""
    key, files = key_of(address, figure, version), list(sources)
    known = PinnedFigure.objects.select_for_update().filter(pk=key).first()
    if known is not None:
        return known
    made = PinnedFigure(
        key=key,
        address=address,
        figure=figure,
        title=title[:500],
        place=place[:300],
        html=html,
        data_version=version,
        releases=sorted({release for file in files for release in file.releases}),
        ingests=sorted({file.ingest for file in files if file.ingest}),
    )
    made.full_clean()
    made.save(force_insert=True)
    return made
