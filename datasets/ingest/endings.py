"""The ends of an ingest, each written down where a person finds it: published, ready, asking, failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from datasets.ingest.chunks import Reject
from datasets.ingest.heads import title_moments
from datasets.ingest.report import Outcome
from datasets.ingest.understand import fingerprint
from datasets.models import Ingest, Release, ReviewStep, RowIssue
from datasets.releases import publish_releases
from partners.models import User

BATCH = 2_000
BROKEN = (
    "Algo falló de nuestro lado al leer el archivo y ya quedó registrado. El original está a salvo; "
    "vuelve a intentarlo más tarde."
)

NO_ROOM = (
    "El servidor se quedó sin espacio en disco: no se cargó nada y el original está a salvo. Avisa a quien lo administra y "
    "vuelve a intentarlo cuando haya espacio."
)
KEEPS_STOPPING = (
    "La carga se interrumpió una y otra vez antes de terminar (el servidor, su base de datos o su disco): no quedó nada de "
    "ella y el original está a salvo. Avisa a quien administra el servidor y vuelve a intentarlo después."
)
CANCELLED = "Se canceló la carga: no quedó nada de ella y el original está a salvo. Para cargarlo, vuelve a pedirlo."


def mark(ingest: Ingest, status: str, stage: str, **more: Any) -> None:
    """Write a state, and nothing but what belongs to it."""
    fields = {"status": status, "stage": stage, **more}
    for name, value in fields.items():
        setattr(ingest, name, value)
    ingest.save(update_fields=list(fields))


def fail(ingest: Ingest, message: str, code: str) -> None:
    """The end of an ingest that could not be read."""
    report = Outcome().as_json() | {"error": message, "error_code": code, "stopped_in": ingest.stage}
    mark(ingest, Ingest.Status.FAILED, Ingest.Stage.DONE, ended_at=timezone.now(), error=message, report=report)


def cancel(ingest: Ingest) -> None:
    """The end of an ingest that a person stopped."""
    report = Outcome().as_json() | {"error": CANCELLED, "error_code": "cancelled", "stopped_in": ingest.stage}
    ended = {"ended_at": timezone.now(), "error": CANCELLED, "report": report}
    mark(ingest, Ingest.Status.CANCELLED, Ingest.Stage.DONE, **ended)


def finish(ingest: Ingest, outcome: Outcome, status: str) -> None:
    """The end of an ingest that was read: its counts, its report, and every issue of a row."""
    reading = outcome.reading
    RowIssue.objects.bulk_create(_issues(ingest, outcome), batch_size=BATCH)
    mark(
        ingest,
        status,
        Ingest.Stage.DONE,
        kind=(reading.kind if reading else None) or "",
        rows_read=outcome.rows_read,
        rows_loaded=outcome.rows_loaded,
        rows_rejected=outcome.rows_rejected,
        rows_skipped=sum(outcome.skipped.values()),
        report=outcome.as_json()
        | {
            "fingerprint": fingerprint(reading) if reading else "",
            "title_moments": sorted(title_moments(reading.head, reading.kind)) if reading and reading.kind else [],
            "voice": list(reading.clues.voice) if reading else [],
        },
        error="",
        ended_at=timezone.now(),
    )


def publish_ingest(*, ingest: Ingest, by: User | None, reason: str = "") -> list[Release]:
    """Publish every draft release of a reading that is ready, in one transaction."""
    with transaction.atomic():
        drafts = Release.objects.of_load(ingest).filter(status=Release.Status.DRAFT)
        ids = list(drafts.values_list("pk", flat=True))
        publish_releases(ids=ids, by=by, reason=reason)
        ReviewStep.objects.create(ingest=ingest, step=ReviewStep.Step.PUBLISHED, by=by, note=reason)
        mark(ingest, Ingest.Status.PUBLISHED, Ingest.Stage.DONE)
    return list(Release.objects.filter(pk__in=ids).select_related("public_body"))


def save_rejects(ingest: Ingest, rejects: Iterable[Reject]) -> None:
    RowIssue.objects.bulk_create(
        (_row_issue(ingest, reject, RowIssue.Severity.ERROR) for reject in rejects), batch_size=BATCH
    )


def _issues(ingest: Ingest, outcome: Outcome) -> Iterator[RowIssue]:
    for finding in outcome.findings:
        yield RowIssue(
            ingest=ingest,
            severity=finding.severity if finding.line_no or finding.severity != "error" else "warning",
            code=finding.code,
            sheet=(finding.sheet or "")[:120],
            line_no=finding.line_no,
            column=(finding.column or "")[:300],
            value=finding.value or "",
            message=finding.message,
            hint=finding.hint,
        )
    for reject in outcome.rejects:
        yield _row_issue(ingest, reject, RowIssue.Severity.ERROR)
    for remark in outcome.remarks:
        yield _row_issue(ingest, remark, RowIssue.Severity.WARNING)


def _row_issue(ingest: Ingest, reject: Reject, severity: str) -> RowIssue:
    return RowIssue(
        ingest=ingest,
        severity=severity,
        code=reject.code,
        sheet=reject.sheet[:120],
        line_no=reject.row,
        column=reject.column[:300],
        value=reject.value,
        message=reject.message,
        hint=reject.hint,
        raw=reject.raw,
    )
