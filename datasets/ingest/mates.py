"""Files of one package that list the same contracts: counted once, the later one left aside until a person says otherwise.

Nothing is decided by names of files. Two lists are compared contract by contract where they speak of the same public body and
year, and one covers the other's period: the same list as CSV and as workbook, or a month's beside that of its quarter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from datasets.ingest.shapes import Finding
from datasets.models import Ingest, Package, PackageMember, Release

REPEATED, DIFFERENT, HOLDS = "repeated_in_package", "different_in_package", "holds_others_of_package"
#: What a person must look at before it is published.
STOPS = frozenset({REPEATED, DIFFERENT})

# Contracts of one release that another does not have: as the public address of a contract tells them apart, and their amount.
_MISSING = """
    SELECT count(*) FROM (
        SELECT fingerprint, amount, currency FROM datasets_contract WHERE public_body_id = %(body)s AND release_id = %(one)s
        EXCEPT ALL
        SELECT fingerprint, amount, currency FROM datasets_contract WHERE public_body_id = %(body)s AND release_id = %(other)s
    ) AS missing
"""


@dataclass(frozen=True, slots=True)
class _Mate:
    """Another file of the package and one of its lists, which may hold the contracts of one of ours."""

    name: str
    release: Release


def beside(ingest: Ingest) -> list[Finding]:
    """What other files of the same package say of the contracts of this load, which is about to end. Within its transaction:
    loads of one package end one after the other, so that each sees those before it."""
    packages = Package.objects.filter(members__ingest=ingest).values("pk")
    if not packages or ingest.kind not in ("contracts", ""):
        return []
    list(Package.objects.select_for_update().filter(pk__in=packages).order_by("pk").values("pk"))
    mine = list(ingest.releases.filter(kind="contracts", line_count__gt=0))
    told: dict[tuple[str, str], int] = {}
    for release in mine:
        for code, mate in _found(release, _mates(ingest, release)):
            told[code, mate.name] = told.get((code, mate.name), 0) + (
                mate.release.line_count if code == HOLDS else release.line_count
            )
    return [_finding(code, name, count, sum(one.line_count for one in mine)) for (code, name), count in told.items()]


def _mates(ingest: Ingest, release: Release) -> list[_Mate]:
    """Lists of the same body and year; those that are public first."""
    others = PackageMember.objects.filter(package__members__ingest=ingest).exclude(ingest=ingest)
    lists = Release.objects.filter(
        ingest__in=others.values("ingest"),
        kind="contracts",
        public_body=release.public_body_id,
        year=release.year,
        status__in=(Release.Status.PUBLISHED, Release.Status.DRAFT),
        line_count__gt=0,
    )
    names = dict(others.values_list("ingest", "name"))
    ordered = sorted(lists, key=lambda one: (one.status != Release.Status.PUBLISHED, one.pk))
    return [_Mate(names[one.ingest_id], one) for one in ordered]


def _found(release: Release, mates: list[_Mate]) -> Iterator[tuple[str, _Mate]]:
    """One file that has all of it is enough; else those that it holds itself, and other lists in the same place."""
    if same := next((one for one in mates if _covers(one.release, release) and _has(one.release, release)), None):
        yield REPEATED, same
        return
    for mate in mates:
        if _covers(release, mate.release) and _has(release, mate.release):
            yield HOLDS, mate
        elif mate.release.period == release.period:
            yield DIFFERENT, mate


def _covers(wide: Release, narrow: Release) -> bool:
    """As the pages count lists of contracts: a year holds its quarters and months, a quarter its months."""
    if wide.period in (narrow.period, "annual"):
        return True
    month = narrow.period.partition("-")[2]
    return bool(month) and wide.period == f"Q{-(-int(month) // 3)}"


def _has(wide: Release, narrow: Release) -> bool:
    if narrow.line_count > wide.line_count:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_MISSING, {"body": wide.public_body_id, "one": narrow.pk, "other": wide.pk})
        return not cursor.fetchone()[0]


def _finding(code: str, name: str, count: int, all_: int) -> Finding:
    if code == HOLDS:
        text = f"Incluye {_contracts(count)} que también trae «{name}» del mismo paquete: se cuentan una sola vez, los de aquí."
        return Finding(code, "info", text)
    if code == DIFFERENT:
        text = (
            f"«{name}», del mismo paquete, trae otra lista de la misma institución y periodo, con contratos distintos: publicar "
            "este archivo quita de las páginas la del otro."
        )
        return Finding(code, "warning", text, "Si las dos listas se complementan, júntalas en un archivo y súbelo.")
    part = f"Sus {_contracts(count)} ya están" if count == all_ else f"{_contracts(count)} de sus {all_:,} ya están"
    text = f"{part} en «{name}» del mismo paquete: se cuentan una sola vez y este archivo se dejó aparte."
    return Finding(
        code, "warning", text, "Si prefieres este archivo, publícalo: toma el lugar del otro donde son lo mismo."
    )


def _contracts(count: int) -> str:
    return "1 contrato" if count == 1 else f"{count:,} contratos"
