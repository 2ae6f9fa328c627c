"""Published minutes as PDF: once for every edition, made by a worker, tried again where that failed."""

from __future__ import annotations

import datetime
import hashlib
import logging

import pgtrigger
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dialogues import minutes_pdf as paper
from dialogues import minutes_text as write
from dialogues.models import MinutesPdf, MinutesRevision, Session
from gesoc.common.dates import day
from partners.services import site_url

logger = logging.getLogger(__name__)
A_TURN = 20
TRIES_AGAIN = datetime.timedelta(hours=1)


def make_waiting() -> int:
    """Make what is missing, older editions included; what failed thrice is tried once an hour. How many were made."""
    missing = MinutesRevision.objects.filter(state=MinutesRevision.State.PUBLISHED, pdf__isnull=True)
    rows = [MinutesPdf(revision=revision) for revision in missing.order_by("-created_at")[:A_TURN]]
    MinutesPdf.objects.bulk_create(rows, ignore_conflicts=True)
    return sum(_make(key) for key in list(_waiting().values_list("pk", flat=True)[:A_TURN]))


def make_anew(row: models.Model) -> None:
    """A name was taken out of published minutes: the file that has it goes, and the worker makes another."""
    made = (
        MinutesPdf.objects.filter(revision=row.pk).exclude(sha256="").first()
        if isinstance(row, MinutesRevision)
        else None
    )
    if made is None:
        return
    path = made.storage_path
    with pgtrigger.ignore("dialogues.MinutesPdf:made_stays"):
        MinutesPdf.objects.filter(pk=made.pk).update(sha256="", size=0, made_at=None, tries=0)
    if not MinutesPdf.objects.filter(sha256=made.sha256).exists():
        transaction.on_commit(lambda: default_storage.delete(path))


def restore_lost(key: int) -> bool:
    """Its file is gone from the storage: the same text at the same moment makes the same bytes, and no others are kept.

    The fingerprint that was published stays. False where a later name of the session or of its host makes another document.
    """
    pdf = MinutesPdf.objects.select_related("revision__session__host_organisation").get(pk=key)
    if pdf.made_at is None or default_storage.exists(pdf.storage_path):
        return pdf.made_at is not None
    data = document(pdf.revision, made_at=pdf.made_at)
    if hashlib.sha256(data).hexdigest() != pdf.sha256:
        logger.error("The lost PDF of minutes %s cannot be made again as it was", pdf.revision_id)
        return False
    default_storage.save(pdf.storage_path, ContentFile(data))
    return True


def _waiting() -> QuerySet[MinutesPdf]:
    due = Q(tries__lt=MinutesPdf.FAILED_AFTER) | Q(tried_at__lt=timezone.now() - TRIES_AGAIN)
    return MinutesPdf.objects.filter(due, sha256="").order_by("tries", "-pk")


@transaction.atomic
def _make(key: int) -> bool:
    """Two workers at once share the work: each takes the rows that the other does not hold."""
    found = MinutesPdf.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=key, sha256="").first()
    if found is None:
        return False
    now = timezone.now()
    try:
        data = document(found.revision, made_at=now)
        found.sha256, found.size, found.made_at = hashlib.sha256(data).hexdigest(), len(data), now
        if not default_storage.exists(found.storage_path):
            default_storage.save(found.storage_path, ContentFile(data))
    except (RuntimeError, ValueError, OSError):  # the typesetter refuses, or the disk
        logger.exception("The PDF of minutes %s could not be made", found.revision_id)
        failed = MinutesPdf.objects.filter(pk=key)
        failed.update(tries=found.tries + 1, tried_at=now)
        return False
    found.save()
    return True


def document(revision: MinutesRevision, *, made_at: datetime.datetime) -> bytes:
    """In Spanish, like the minutes themselves."""
    session = revision.session
    with translation.override(settings.LANGUAGE_CODE):
        url = site_url(reverse("dialogues:after", args=[session.slug]))
        return paper.pdf(
            title=session.title,
            host=session.host_organisation.name,
            kicker=_kicker(session, revision),
            lead=_lead(session),
            body=write.join([[revision.body], _corrections(revision)]),
            footer=_("Minutes, edition %(number)s · Mesa de Datos") % {"number": revision.edition},
            colophon=_colophon(revision, made_at),
            missing_note=_("□ stands for a character that this document cannot draw; the page shows it."),
            url=url,
            url_text=url,
            made_at=made_at,
        )


def _kicker(session: Session, revision: MinutesRevision) -> str:
    edition = _("Minutes, edition %(number)s") % {"number": revision.edition}
    return " · ".join(
        [edition, day(session.local_start.date()), *([str(session.municipality)] if session.municipality else [])]
    )


def _lead(session: Session) -> list[str]:
    called = _("Called by: %(host)s") % {"host": session.host_organisation.name}
    return [" ".join(session.purpose.split()), called] if session.purpose.strip() else [called]


def _corrections(revision: MinutesRevision) -> list[str]:
    """Of this edition and those before it: what came later is not in this document."""
    earlier = MinutesRevision.objects.filter(session=revision.session, edition__lte=revision.edition)
    notes = [
        write.item(f"{day(one.created_at)}: {one.change_note}")
        for one in earlier.order_by("edition")
        if one.change_note
    ]
    return [write.heading(_("Corrections")), *notes] if notes else []


def _colophon(revision: MinutesRevision, made_at: datetime.datetime) -> list[str]:
    published = _("Published on %(day)s.") % {"day": day(revision.created_at)}
    made = _("Document made on %(day)s from the published text.") % {"day": day(made_at)}
    return [f"{published} {made}", _("Source, with votes, commitments and later corrections:")]
