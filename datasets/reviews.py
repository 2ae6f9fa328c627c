"""What people decide about a load that is ready: publish it, or send it back with a note. Each leaves who, when and why."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from datasets.cautions import cautions_of
from datasets.ingest import endings
from datasets.ingest.corrected import overtaken_by
from datasets.models import Ingest, MappingProfile, Release, ReviewStep, RowIssue
from datasets.profiles import save_profile
from datasets.releases import NotAllowedNow
from partners.audit import acting
from partners.models import User
from partners.rules import COORDINATOR, sees_everything

MOST_WARNINGS = 12
TELLING = frozenset({"other_body"})  # warnings whose value matters: another one is new
MOST_SLICES = 50  # of a file that may be published by itself
Status, Step = Ingest.Status, ReviewStep.Step


@transaction.atomic
def publish_ingest(*, ingest: Ingest, by: User | None, reason: str = "") -> list[Release]:
    """Publish what a reading gave; where more than 5 % of its rows were rejected only with the reason why it may."""
    locked = _locked(ingest)
    if locked.status != Status.READY:
        raise NotAllowedNow(_("Only a reading that is ready can be published."))
    if not locked.rows_loaded:
        raise NotAllowedNow(_("There is nothing to publish: the file has no rows."))
    if not locked.changes_figures:
        raise NotAllowedNow(_("There is nothing to publish: the corrections changed no figure."))
    if (later := overtaken_by(locked)) is not None:
        raise NotAllowedNow(
            _(
                "Load %(later)s of this file is public with corrected rows that this one does not have, and they would go. "
                "Correct rows on from that load; to go back without them, withdraw its version on its page first, saying why."
            )
            % {"later": later.pk}
        )
    reason = reason.strip() or locked.excuse
    if locked.rejects_too_many:
        if not reason:
            raise NotAllowedNow(_("More than 5 % of its rows were rejected: say why it may be published without them."))
        _excuse(locked, by, reason)
    releases = endings.publish_ingest(ingest=locked, by=by, reason=reason)
    ingest.refresh_from_db()
    return releases


def _excuse(ingest: Ingest, by: User | None, reason: str) -> None:
    ingest.excuse = reason
    ingest.save(update_fields=["excuse"])
    ReviewStep.objects.create(ingest=ingest, step=Step.EXCUSED, by=by, note=reason)


@transaction.atomic
def send_back(*, ingest: Ingest, by: User, note: str) -> ReviewStep:
    """Give a load back to whoever handed it in, saying what is wrong with it. Nobody sees its figures until it returns."""
    return _move(ingest, Status.READY, Status.RETURNED, Step.RETURNED, by, _given(note))


@transaction.atomic
def hand_in_again(*, ingest: Ingest, by: User, note: str) -> ReviewStep:
    """Answer the note and ask for another look, without changing how the file was read."""
    return _move(ingest, Status.RETURNED, Status.READY, Step.HANDED_IN, by, _given(note))


def _move(ingest: Ingest, start: str, end: str, step: str, by: User, note: str) -> ReviewStep:
    locked = _locked(ingest)
    if locked.status != start:
        raise NotAllowedNow(
            _("The load is “%(status)s” now, so this cannot be done.") % {"status": locked.get_status_display()}
        )
    locked.status = end
    locked.save(update_fields=["status"])
    done = ReviewStep(ingest=locked, step=step, by=by, note=note)
    done.full_clean()
    done.save()
    ingest.refresh_from_db()
    return done


def _locked(ingest: Ingest) -> Ingest:
    return Ingest.objects.select_for_update().get(pk=ingest.pk)


def _given(note: str) -> str:
    if not note.strip():
        raise NotAllowedNow(_("Write the note in a sentence."))
    return note.strip()


def trust_profile(*, ingest: Ingest, by: User) -> MappingProfile | None:
    """From now on files of this organisation with these headings are published by themselves if nothing deviates."""
    organisations = ingest.file.organisations
    organisation = organisations.of(by, COORDINATOR).first() or (organisations.first() if sees_everything(by) else None)
    columns = ingest.report.get("columns")
    if organisation is None or not columns:
        return None
    with acting(by, "trust_profile"):
        reading = ingest.options.get("reading", {})
        profile = ingest.profile or save_profile(ingest, columns, by=by, kind=ingest.kind, reading=reading)
        profile.trusted_for, profile.trusted_by = organisation, by
        profile.full_clean()
        profile.save()
    if ingest.profile is None:
        Ingest.objects.filter(pk=ingest.pk).update(profile=profile)
    return profile


@transaction.atomic
def publish_if_trusted(*, ingest: Ingest) -> bool:
    """Publish what a trusted profile read, unless something that matters deviates: then say what, and wait for a person."""
    locked = _locked(ingest)
    profile = locked.profile
    if locked.status != Status.READY or profile is None or not _is_trusted(locked, profile):
        return False
    with translation.override(settings.LANGUAGE_CODE):
        found = deviations(locked)
        if found:
            ReviewStep.objects.create(ingest=locked, step=Step.HELD, note="\n".join(found))
            return False
        reason = _("Published by itself: read as “%(profile)s”, and nothing deviated.") % {"profile": profile}
    endings.publish_ingest(ingest=locked, by=profile.trusted_by, reason=reason)
    return True


def _is_trusted(ingest: Ingest, profile: MappingProfile) -> bool:
    """Of the same organisation; whoever trusted it may still publish; not asked about before."""
    if profile.trusted_for_id is None:
        return False
    mine = ingest.file.organisations.filter(pk=profile.trusted_for_id).exists()
    may = profile.trusted_by is not None and profile.trusted_by.has_perm("datasets.publish_ingest", ingest)
    return mine and may and not ingest.review_steps.exists() and bool(ingest.rows_loaded)


def deviations(ingest: Ingest) -> list[str]:
    """What matters enough to stop a file of a known source: all that a person would be warned of, and a restatement."""
    releases = list(Release.objects.of_load(ingest).select_related("public_body"))
    cautions = cautions_of(ingest, releases)
    found = [caution.text for caution in cautions]
    found += _new_warnings(ingest, told={caution.code for caution in cautions})
    if ingest.rejects_too_many:
        found.append(_("More than 5 % of its rows were rejected."))
    if any(not release.public_body.confirmed for release in releases):
        found.append(_("It names an institution that nobody has confirmed."))
    if any(Release.objects.of_slice(release).published().exists() for release in releases[:MOST_SLICES]):
        found.append(_("Figures of the same period are public already: compare before you replace them."))
    if len(releases) > MOST_SLICES:
        found.append(_("It holds more slices than can go by themselves."))
    return found


def _new_warnings(ingest: Ingest, told: set[str]) -> list[str]:
    """What the reading warns of and did not when a person looked at the first file of this profile."""
    first = _first_published(ingest)
    known = (
        set(first.row_issues.filter(severity=RowIssue.Severity.WARNING).values_list("code", "value"))
        if first
        else set()
    )
    codes = {code for code, _value in known}
    found: dict[str, str] = {}
    warnings = ingest.row_issues.filter(severity=RowIssue.Severity.WARNING).exclude(code__in=told | {"many_rejected"})
    for code, value, message in warnings.order_by("pk").values_list("code", "value", "message"):
        is_known = (code, value) in known if code in TELLING else code in codes
        if not is_known and len(found) < MOST_WARNINGS:
            found.setdefault(code, message)
    return list(found.values())


def _first_published(ingest: Ingest) -> Ingest | None:
    """The load that a person published when the profile was confirmed."""
    return Ingest.objects.filter(profile=ingest.profile_id, status=Status.PUBLISHED).order_by("pk").first()
