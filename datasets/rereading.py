"""Reading a file again as a person says: with confirmed columns and other answers, or with corrected rows."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from datasets.models import Ingest
from datasets.profiles import save_profile
from datasets.releases import NotAllowedNow
from datasets.services import start_ingest
from partners.models import User

#: Answers about how the file is read, beside those about what its figures are.
READING = ("sheet", "header_row", "encoding", "delimiter", "decimal", "unit", "beside", "left_out", "counted")


def options_as_said(ingest: Ingest, columns: dict[str, str], answers: dict[str, Any]) -> dict[str, Any]:
    """The options of a reading of the same file with these columns and answers; unsaid ones stay as they were."""
    answers = {key: value for key, value in answers.items() if value not in (None, "", {})}
    reading = {key: answers.pop(key) for key in READING if key in answers}
    earlier = {key: value for key, value in ingest.options.items() if key not in ("columns", "mapping", "reading")}
    said = earlier | answers | {"columns": columns, "reading": reading}
    if "municipality" in answers:
        said.pop("public_body", None)
    elif "public_body" in answers:
        said.pop("municipality", None)
    return said


@transaction.atomic
def confirm_mapping(
    *, ingest: Ingest, columns: dict[str, str], by: User, name: str = "", answers: dict[str, Any] | None = None
) -> Ingest:
    """Remember the columns that a person confirmed, and read the file again with them and the answers given.

    A published load stays published until the new reading is looked at and published over it.
    """
    if not ingest.is_finished:
        raise NotAllowedNow(_("The columns can be changed once the file has been read."))
    said = options_as_said(ingest, columns, answers or {})
    kind = said.get("kind") or ingest.kind
    if not kind:
        raise ValidationError(_("Say what kind of data the file holds."))
    profile = save_profile(ingest, columns, by=by, name=name, kind=kind, reading=said["reading"])
    said |= {"kind": kind, "mapping": profile.slug}
    publish = ingest.wants_publish and ingest.status != Ingest.Status.PUBLISHED
    return _instead(ingest, start_ingest(file=ingest.file, by=by, publish=publish, follows=ingest, **said))


def _instead(ingest: Ingest, again: Ingest) -> Ingest:
    """Where a load of a watched source or of a package never became public, that which reads it again is the one to look at."""
    if ingest.status != Ingest.Status.PUBLISHED:
        ingest.fetches.update(ingest=again)
        ingest.found_in.update(ingest=again)
    return again


@transaction.atomic
def try_again(*, ingest: Ingest, by: User) -> Ingest:
    """The same file with the same answers once more, after a failure that was not the file's, or a change of mind."""
    if not ingest.may_be_tried_again:
        raise NotAllowedNow(_("Only a load that failed on our side or was cancelled can be tried again as it is."))
    again = start_ingest(
        file=ingest.file, by=by, publish=ingest.wants_publish, follows=ingest, excuse=ingest.excuse, **ingest.options
    )
    return _instead(ingest, again)


def corrections_of(ingest: Ingest) -> QuerySet[Ingest]:
    """Loads that correct rows of this one, newest first; not those that came to nothing."""
    standing = ingest.followed_by.exclude(status__in=(Ingest.Status.FAILED, Ingest.Status.CANCELLED))
    if "fixes" in ingest.options:
        standing = standing.exclude(options__fixes=ingest.options["fixes"])
    return standing.filter(options__has_key="fixes").select_related("created_by").order_by("-pk")


@transaction.atomic
def correct_rows(
    *, ingest: Ingest, fixes: dict[str, dict[str, dict[str, str]]], by: User, seen: int | None = None
) -> Ingest:
    """Load these rows corrected: {sheet: {row: {heading: text}}}. Only those that could not be read can be.

    The original stays as it is; what was corrected, by whom and when stays with the new load. Two people may have the same rows
    before them: `seen` is the newest correction that whoever sends these knew of (0: of none), None where nobody was asked.
    """
    if not ingest.is_finished:
        raise NotAllowedNow(_("Rows can be corrected once the file has been read."))
    Ingest.objects.select_for_update(no_key=True).get(pk=ingest.pk)
    newest = corrections_of(ingest).first()
    if newest is not None and seen is not None and newest.pk > seen:
        raise NotAllowedNow(
            _(
                "%(who)s corrected rows of this load while you had it open. Go on from that load, or send yours once more to "
                "leave those corrections out."
            )
            % {"who": newest.created_by or _("Somebody")}
        )
    _only_unread(ingest, fixes)
    merged: dict[str, dict[str, dict[str, str]]] = {}
    for part in (ingest.options.get("fixes") or {}, fixes):
        for sheet, rows in part.items():
            for row, cells in rows.items():
                merged.setdefault(sheet, {}).setdefault(row, {}).update(cells)
    said = {key: value for key, value in ingest.options.items() if key != "fixes"}
    if ingest.profile and "columns" not in said:
        said["mapping"] = ingest.profile.slug
    return _instead(ingest, start_ingest(file=ingest.file, by=by, follows=ingest, **(said | {"fixes": merged})))


def _only_unread(ingest: Ingest, fixes: dict[str, dict[str, dict[str, str]]]) -> None:
    unread = ingest.row_issues.correctable().filter(line_no__isnull=False)
    known = {(sheet, str(line)) for sheet, line in unread.values_list("sheet", "line_no")}
    wanted = {(sheet, row) for sheet, rows in fixes.items() for row in rows}
    if not wanted:
        raise ValidationError(_("No cell is different from the file: there is nothing to correct."))
    if strangers := wanted - known:
        rows = ", ".join(row for _sheet, row in sorted(strangers)[:10])
        raise ValidationError(
            _("Only rows that were rejected or lost a cell can be corrected. These did not: %(rows)s") % {"rows": rows}
        )
