"""Stopping a load that waits or works: whoever runs it sees the wish between two blocks and undoes what it did.

The wish is a step in the load's log, so that it is kept with who and when. The load takes the lock of its own row before it
writes down its end: either the wish was there before, and it ends as cancelled, or whoever asks is told that it is too late.
"""

from __future__ import annotations

from contextlib import suppress

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _
from psycopg2.errors import LockNotAvailable

from datasets import watches
from datasets.ingest import pipeline
from datasets.models import Ingest, ReviewStep
from datasets.releases import NotAllowedNow
from partners.models import User


def cancel_ingest(*, ingest: Ingest, by: User | None) -> None:
    """Ask for its end; where nobody is at it, it ends here and now."""
    _ask(ingest, by)
    with suppress(pipeline.BusyElsewhere):
        # Whoever else is at it tells of its end (`datasets.tasks.ingest_file`).
        watches.tell_of_load(pipeline.run_ingest(ingest.pk))
    ingest.refresh_from_db()


@transaction.atomic
def _ask(ingest: Ingest, by: User | None) -> None:
    try:
        locked = Ingest.objects.select_for_update(nowait=True, no_key=True).get(pk=ingest.pk)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise NotAllowedNow(_("It is ending at this very moment: look again in a few seconds.")) from error
    if locked.is_finished:
        raise NotAllowedNow(_("It has ended already: there is nothing left to cancel."))
    if not pipeline.is_asked_to_stop(locked):
        ReviewStep.objects.create(ingest=locked, step=ReviewStep.Step.CANCELLED, by=by)
