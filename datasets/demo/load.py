"""The demo's files through the real pipeline: handed to the running worker, published, waited for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from datasets.demo.write_files import FILES
from datasets.models import Ingest, PublicBody, Source
from datasets.public_bodies import confirm_public_body, propose_public_body, save_public_body
from datasets.services import live_progress, register_file, start_ingest
from partners.models import Organisation, User

TORREON = {"municipality": "05035"}
# In this order: the restatement of 2023 comes after the file it replaces. What a file does not say is said here.
SAID: dict[str, dict[str, Any]] = {
    "torreon_presupuesto_2025.csv": TORREON | {"document": "approved"},
    "torreon_contratos_2024.xlsx": TORREON,
    "torreon_obras_2024.csv": TORREON,
    "torreon_deuda_2024.csv": TORREON,
    "contraloria_ejemplo_sancionados_2024.csv": {"public_body": "contraloria-de-coahuila-ejemplo"},
}
LAST = ("torreon_cuenta_publica_2023_modificada.xlsx",)
PATIENCE = 180.0


class WorkerMissing(Exception):
    """Nobody takes the files."""


@dataclass(slots=True)
class Loading:
    """Files handed over and those that have ended."""

    waiting: dict[str, Ingest] = field(default_factory=dict)
    done: dict[str, Ingest] = field(default_factory=dict)

    @property
    def percent(self) -> float:
        total = len(self.waiting) + len(self.done)
        parts = sum(live_progress(ingest).percent for ingest in self.waiting.values())
        return (100 * len(self.done) + parts) / total if total else 100.0


def source() -> Source:
    return Source.objects.get_or_create(
        slug="archivos-de-ejemplo",
        defaults={
            "name": "Archivos de ejemplo",
            "publisher_name": "Mesa de Datos",
            "licence": "CC BY 4.0",
            "is_example": True,
        },
    )[0]


def load_files(*, by: User, organisation: Organisation | None) -> Iterator[Loading]:
    """Hand over every file, the restatement when the rest is through; yields the state about ten times a second."""
    _comptroller(by)
    names = sorted(path.name for path in FILES.iterdir())
    loading = Loading()
    for group in ([name for name in names if name not in LAST], list(LAST)):
        for name in group:
            loading.waiting[name] = _start(name, by, organisation)
        yield from _wait(loading)


def _comptroller(by: User) -> None:
    """The file names nobody: whose register it is was looked up and confirmed, as a person of the team would."""
    body = propose_public_body(name="Contraloría de Coahuila (ejemplo)", by=by)
    if not body.confirmed:
        body.kind, body.state_id = PublicBody.Kind.STATE_AGENCY, TORREON["municipality"][:2]
        confirm_public_body(body=save_public_body(body=body, by=by), by=by)


def _start(name: str, by: User, organisation: Organisation | None) -> Ingest:
    with (FILES / name).open("rb") as stream:
        file = register_file(stream=stream, name=name, by=by, source=source(), organisation=organisation)
    return start_ingest(file=file, by=by, publish=True, **SAID.get(name, {}))


def _wait(loading: Loading) -> Iterator[Loading]:
    moved = time.monotonic()
    while loading.waiting:
        for name, ingest in list(loading.waiting.items()):
            ingest.refresh_from_db()
            if ingest.is_finished:
                loading.done[name] = loading.waiting.pop(name)
                moved = time.monotonic()
        yield loading
        if loading.waiting and time.monotonic() - moved > PATIENCE:
            raise WorkerMissing
        if loading.waiting:
            time.sleep(0.1)
