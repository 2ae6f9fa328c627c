"""Examples of what is not finished: a load with rejected rows, a package, and a watched source with its history. All invented."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from datasets import services
from datasets.demo.load import source
from datasets.models import Fetch, Ingest, Source, SourceFile, Watch
from datasets.watches import Wanted
from partners.models import Membership, Organisation, User

WAITING = Path(__file__).with_name("waiting")
WATCHED = "Gasto trimestral de Saltillo (ejemplo)"
Outcome = Fetch.Outcome


def load_waiting(*, slug: str = "laguna-abierta") -> bool:
    """Handed in by an example organisation; once."""
    organisation = Organisation.objects.filter(slug=slug).first()
    coordinators = Membership.objects.in_force().filter(organisation=organisation, role=Membership.Role.COORDINATOR)
    membership = coordinators.select_related("user").order_by("pk").first()
    if organisation is None or membership is None or Source.objects.filter(name=WATCHED).exists():
        return False
    by = membership.user
    load = services.start_ingest(file=_register("saltillo_gasto_2025_por_revisar.csv", by, organisation), by=by)
    services.start_package(file=_register("saltillo_transparencia_2025.zip", by, organisation), by=by)
    _watch(by, organisation, load)
    return True


def _register(name: str, by: User, organisation: Organisation) -> SourceFile:
    with (WAITING / name).open("rb") as stream:
        return services.register_file(stream=stream, name=name, by=by, source=source(), organisation=organisation)


def _watch(by: User, organisation: Organisation, load: Ingest) -> None:
    """Paused, because its address is nobody's."""
    wanted = Wanted(
        url="https://transparencia.saltillo.example/gasto/trimestral.csv",
        name=WATCHED,
        publisher="Tesorería Municipal (ejemplo)",
        licence="CC BY 4.0",
        cadence=Watch.Cadence.WEEKLY,
        late_after=100,
        options={"municipality": "05030"},
    )
    watch = services.save_watch(wanted=wanted, by=by, organisation=organisation)
    services.pause_watch(watch=watch, by=by)
    news_at = timezone.now() - timedelta(weeks=1)
    Watch.objects.filter(pk=watch.pk).update(sha256=load.file.sha256, news_at=news_at)
    Source.objects.filter(pk=watch.source_id).update(is_example=True)
    now = timezone.now()
    for weeks, outcome, status, error in (
        (4, Outcome.UNCHANGED, 304, ""),
        (3, Outcome.FAILED, 503, "El sitio respondió con un error (503)."),
        (2, Outcome.UNCHANGED, 304, ""),
        (1, Outcome.NEW, 200, ""),
    ):
        new = outcome == Outcome.NEW
        Fetch.objects.create(
            watch=watch,
            outcome=outcome,
            status=status,
            error=error,
            url=wanted.url,
            began_at=now - timedelta(weeks=weeks),
            ended_at=now - timedelta(weeks=weeks) + timedelta(seconds=2),
            headers={"etag": f'"ejemplo-{4 - weeks}"'},
            size=load.file.size if new else None,
            sha256=load.file.sha256 if new else "",
            file=load.file if new else None,
            ingest=load if new else None,
        )
