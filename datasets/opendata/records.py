"""Published contracts as OCDS 1.1 records: each contracting process once, with its releases and what they tell together."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import ocdsmerge

from datasets.ingest.readers.ocds import MERGE_RULES

from .ocds import said_of_itself

Release = dict[str, Any]


def record_package(
    published: Iterable[Release], *, uri: str, releases_uri: str, on: datetime.datetime
) -> dict[str, Any]:
    return said_of_itself(uri, on) | {"packages": [releases_uri], "records": records(published)}


def records(published: Iterable[Release]) -> list[dict[str, Any]]:
    by_process: dict[str, list[Release]] = {}
    for release in published:
        by_process.setdefault(release["ocid"], []).append(release)
    merger = ocdsmerge.Merger(merge_rules=MERGE_RULES)
    return [
        {"ocid": ocid, "releases": mine, "compiledRelease": merger.create_compiled_release(mine)}
        for ocid, mine in by_process.items()
    ]
