"""Who may do what with files and what was read from them.

A file belongs to the organisations that handed it in. Its readings become public when one of their releases is
published; the original, its rejects and its rows stay closed as long as they may hold personal data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rules

from partners.rules import COORDINATOR, is_in_network, is_member, staff

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

    from .models import Flag, Ingest, Release, SourceFile, Watch

# Statuses of a release that anybody may look at: today's figures and the ones they replaced.
OPEN_RELEASES = ("published", "superseded")


def file_of(obj: Any) -> SourceFile | None:
    """The file behind whatever was read from it: a file itself, an ingest, a release."""
    if obj is None or hasattr(obj, "sha256"):
        return obj
    return obj.file if hasattr(obj, "file") else obj.ingest.file


@rules.predicate
def is_own_file(user: User | AnonymousUser, obj: SourceFile | Ingest | Release | None) -> bool:
    file = file_of(obj)
    return file is not None and file.organisations.of(user).exists()


@rules.predicate
def coordinates_file(user: User | AnonymousUser, obj: SourceFile | Ingest | Release | None) -> bool:
    file = file_of(obj)
    return file is not None and file.organisations.of(user, COORDINATOR).exists()


@rules.predicate
def is_open_file(user: User | AnonymousUser, obj: SourceFile | Ingest | Release | None) -> bool:
    """Looked through, free of personal data, and behind figures that are or were public."""
    file = file_of(obj)
    return file is not None and file.is_public and file.ingests.published().exists()


@rules.predicate
def has_open_release(user: User | AnonymousUser, ingest: Ingest | None) -> bool:
    return ingest is not None and ingest.releases.filter(status__in=OPEN_RELEASES).exists()


@rules.predicate
def coordinates_somewhere(user: User | AnonymousUser) -> bool:
    return user.is_authenticated and user.memberships.in_force().filter(role=COORDINATOR).exists()


@rules.predicate
def is_unsettled(user: User | AnonymousUser, flag: Flag | None) -> bool:
    """Nobody who may judge has judged it: what was confirmed or dismissed is not overruled by an explanation."""
    return flag is not None and flag.state in ("open", "explained")


@rules.predicate
def watches_for_own(user: User | AnonymousUser, watch: Watch | None) -> bool:
    return watch is not None and watch.organisation is not None and is_member(user, watch.organisation)


rules.add_perm("datasets.upload_file", is_in_network | staff)
rules.add_perm("datasets.watch_sources", is_in_network | staff)
rules.add_perm("datasets.manage_watch", watches_for_own | staff)
rules.add_perm("datasets.see_ingest", has_open_release | is_own_file | staff)
# The original, the file of rejects, and single rows.
rules.add_perm("datasets.read_original", is_open_file | is_own_file | staff)
rules.add_perm("datasets.confirm_mapping", is_own_file | staff)
rules.add_perm("datasets.cancel_ingest", is_own_file | staff)
rules.add_perm("datasets.publish_ingest", coordinates_file | staff)
rules.add_perm("datasets.restore_release", coordinates_file | staff)
rules.add_perm("datasets.withdraw_release", coordinates_file | staff)
rules.add_perm("datasets.confirm_public_body", staff)
rules.add_perm("datasets.merge_suppliers", staff)
rules.add_perm("datasets.confirm_legal", staff)
# A question may be explained, and its answer recorded, by the network; judged by those who answer for an organisation.
rules.add_perm("datasets.judge_flag", coordinates_somewhere | staff)
rules.add_perm("datasets.explain_flag", (is_in_network & is_unsettled) | coordinates_somewhere | staff)
rules.add_perm("datasets.record_reply", is_in_network | staff)
