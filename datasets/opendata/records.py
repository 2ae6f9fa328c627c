"""Published contracts as OCDS 1.1 records: each contracting process once, with its releases and what they tell together."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import ocdsmerge

from datasets.ingest.readers.ocds import MERGE_RULES

from .ocds import LICENCE, VERSION

Release = dict[str, Any]


def record_package(
    published: Iterable[Release], *, uri: str, releases_uri: str, on: datetime.datetime
) -> dict[str, Any]:
    return {
        "uri": uri,
        "version": VERSION,
        "publishedDate": on.isoformat(timespec="seconds"),
        "publisher": {"name": "Mesa de Datos, GESOC"},
        "license": LICENCE,
        "packages": [releases_uri],
        "records": list(records(published)),
    }


def records(published: Iterable[Release]) -> list[dict[str, Any]]:
    by_process: dict[str, list[Release]] = {}
    for release in published:
        by_process.setdefault(release["ocid"], []).append(release)
    merger = ocdsmerge.Merger(merge_rules=MERGE_RULES)
    return [
        {"ocid": ocid, "releases": mine, "compiledRelease": merger.create_compiled_release(mine)}
        for ocid, mine in by_process.items()
    ]
