"""What stands at the addresses that are given as proof: looked at once, so that its hash and its day outlive the page."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, Q
from django.utils import timezone

from datasets import fetching
from dialogues.models import Commitment, CommitmentUpdate, CommitmentVerification, SeenProof
from partners.audit import acting

A_TURN = 10
MOST_BYTES, SECONDS = 50 * 2**20, 60
KEEPS_TRYING = datetime.timedelta(days=7)
TRIES_AGAIN = datetime.timedelta(hours=20)


def see_proofs() -> int:
    """Look at what nobody looked at yet, and for a week again at what could not be opened. How many were seen."""
    now = timezone.now()
    return sum(_see(commitment_id, url) for commitment_id, url in list(_waiting(now))[:A_TURN])


def _waiting(now: datetime.datetime) -> Iterator[tuple[int, str]]:
    """(commitment, address), each once."""
    done = SeenProof.objects.filter(commitment=OuterRef("commitment"), url=OuterRef("evidence_url"))
    done = done.filter(~Q(sha256="") | Q(at__gt=now - TRIES_AGAIN))
    found: dict[tuple[int, str], None] = {}
    sources: tuple[type[Model], ...] = (CommitmentUpdate, CommitmentVerification)
    for model in sources:
        rows = model._default_manager.exclude(evidence_url="").filter(
            ~Exists(done), at__gt=now - KEEPS_TRYING, commitment__is_example=False
        )
        found |= dict.fromkeys(rows.order_by("at", "pk").values_list("commitment_id", "evidence_url")[:A_TURN])
    yield from found


def _see(commitment_id: int, url: str) -> bool:
    """Outside any transaction: the other side may take its time."""
    sha256, size = "", 0
    with tempfile.TemporaryFile() as into:
        try:
            found = fetching.fetch(
                url,
                into,
                limits=fetching.Limits(MOST_BYTES, SECONDS, settings.FETCH_ALSO),
                agent=f"MesaDeDatos/1 (+{settings.SITE_URL})",
            )
            sha256, size = found.sha256, found.size
        except fetching.FetchProblem:
            pass  # that it could not be opened is what there is to say
    with acting(None, "see_proof"):
        if Commitment.objects.filter(pk=commitment_id).exists():
            SeenProof.objects.update_or_create(
                commitment_id=commitment_id, url=url, defaults={"sha256": sha256, "size": size, "at": timezone.now()}
            )
    return bool(sha256)
