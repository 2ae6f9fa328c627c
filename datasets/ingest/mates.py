"""Files of one package that say the same rows of one slice: counted once, the later one left aside until a person says otherwise.

Nothing is decided by names of files. Two lists are compared row by row where they speak of the same public body and year, and
one covers the other's period: the same list as CSV and as workbook, or contracts of a month beside those of its quarter. Two that
differ may be parts of one list or two tellings of it: the later one would take the place of the earlier, so a person is asked.
So is one where the wider list lacks rows of the narrower: pages count the wider alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from datasets.ingest.shapes import Finding
from datasets.models import LINES, Ingest, Package, PackageMember, Release

REPEATED, DIFFERENT, HOLDS = "repeated_in_package", "different_in_package", "holds_others_of_package"
#: Of two periods one inside the other: this list has rows that the wider one lacks, or lacks rows of the narrower one.
NOT_IN_WIDER, LACKS = "not_in_wider_of_package", "lacks_others_of_package"
TOLD = (REPEATED, DIFFERENT, HOLDS, NOT_IN_WIDER, LACKS)
#: What a person must look at before it is published.
STOPS = frozenset({REPEATED, DIFFERENT, NOT_IN_WIDER, LACKS})
#: Where a row stands in its file, and what is derived from the rest.
_PLACE = frozenset({"public_body", "release", "line_no", "sheet_no", "source_row", "last_row", "search_text"})
#: A contract is told by what its public address tells it by, and its amount.
_CONTRACT = ("fingerprint", "amount", "currency")

# Rows of one release that another does not have.
_MISSING = """
    SELECT count(*) FROM (
        SELECT {columns} FROM {table} WHERE public_body_id = %(body)s AND release_id = %(one)s
        EXCEPT ALL
        SELECT {columns} FROM {table} WHERE public_body_id = %(body)s AND release_id = %(other)s
    ) AS missing
"""


@dataclass(frozen=True, slots=True)
class _Mate:
    """Another file of the package and one of its lists, which may hold the rows of one of ours."""

    name: str
    release: Release


def beside(ingest: Ingest) -> list[Finding]:
    """What other files of the same package say of the rows of this load, which is about to end. Within its transaction:
    loads of one package end one after the other, so that each sees those before it."""
    packages = Package.objects.filter(members__ingest=ingest).values("pk")
    if not packages:
        return []
    list(Package.objects.select_for_update().filter(pk__in=packages).order_by("pk").values("pk"))
    mine = list(ingest.releases.filter(line_count__gt=0).order_by("pk"))
    mates = _mates(ingest)
    told: dict[tuple[str, str, str], int] = {}
    for release in mine:
        for code, mate, count in _found(release, mates[_place(release)]):
            key = code, mate.name, release.kind
            told[key] = told.get(key, 0) + count
    sums = {kind: sum(one.line_count for one in mine if one.kind == kind) for kind in LINES}
    return [_finding(code, name, kind, count, sums[kind]) for (code, name, kind), count in told.items()]


def _place(release: Release) -> tuple[object, ...]:
    """What two lists have in common that may hold the same rows. Quarters of a budget do not hold one another."""
    place = release.kind, release.public_body_id, release.year
    return place if release.kind == "contracts" else (*place, release.period, release.document, release.breakdown)


def _mates(ingest: Ingest) -> defaultdict[tuple[object, ...], list[_Mate]]:
    """Lists of the other files by their place; those that are public first."""
    others = PackageMember.objects.filter(package__members__ingest=ingest).exclude(ingest=ingest)
    lists = Release.objects.filter(
        ingest__in=others.values("ingest"),
        status__in=(Release.Status.PUBLISHED, Release.Status.DRAFT),
        line_count__gt=0,
    )
    names = dict(others.values_list("ingest", "name"))
    found: defaultdict[tuple[object, ...], list[_Mate]] = defaultdict(list)
    for one in sorted(lists, key=lambda one: (one.status != Release.Status.PUBLISHED, one.pk)):
        found[_place(one)].append(_Mate(names[one.ingest_id], one))
    return found


def _found(release: Release, mates: list[_Mate]) -> Iterator[tuple[str, _Mate, int]]:
    """One file that has all of it is enough; else those that it holds itself, and other lists in the same place. Each with the
    number of rows that are meant."""
    if same := next((one for one in mates if _covers(one.release, release) and _has(one.release, release)), None):
        yield REPEATED, same, release.line_count
        return
    for mate in mates:
        if _covers(release, mate.release) and _has(release, mate.release):
            yield HOLDS, mate, mate.release.line_count
        elif mate.release.period == release.period:
            yield DIFFERENT, mate, release.line_count
        elif _covers(release, mate.release):
            yield LACKS, mate, _missing(release, mate.release)
        elif _covers(mate.release, release):
            yield NOT_IN_WIDER, mate, _missing(mate.release, release)


def _covers(wide: Release, narrow: Release) -> bool:
    """As the pages count lists of contracts: a year holds its quarters and months, a quarter its months."""
    if wide.period in (narrow.period, "annual"):
        return True
    month = narrow.period.partition("-")[2]
    return bool(month) and wide.period == f"Q{-(-int(month) // 3)}"


def _has(wide: Release, narrow: Release) -> bool:
    return narrow.line_count <= wide.line_count and not _missing(wide, narrow)


def _missing(wide: Release, narrow: Release) -> int:
    """How many rows of the narrower list the wider one does not have."""
    model = LINES[narrow.kind]
    query = _MISSING.format(table=model._meta.db_table, columns=", ".join(_told_by(narrow.kind)))
    with connection.cursor() as cursor:
        cursor.execute(query, {"body": wide.public_body_id, "one": narrow.pk, "other": wide.pk})
        return int(cursor.fetchone()[0])


def _told_by(kind: str) -> tuple[str, ...]:
    """The columns that make two rows the same."""
    if kind == "contracts":
        return _CONTRACT
    fields = LINES[kind]._meta.local_concrete_fields
    return tuple(str(field.column) for field in fields if field.column and field.name not in _PLACE)


def _finding(code: str, name: str, kind: str, count: int, all_: int) -> Finding:
    rows = _rows(kind, count)
    if code == HOLDS:
        text = f"Incluye {rows} que también trae «{name}» del mismo paquete: se cuentan una sola vez, los de aquí."
        return Finding(code, "info", text)
    if code == DIFFERENT:
        text = (
            f"«{name}», del mismo paquete, trae otra lista de la misma institución y periodo, con {_ROWS[kind][1]} distintos: "
            "publicar este archivo quita de las páginas la del otro."
        )
        return Finding(code, "warning", text, "Si las dos listas se complementan, júntalas en un archivo y súbelo.")
    if code in (LACKS, NOT_IN_WIDER):
        return Finding(code, "warning", _lacking(code, name, kind, count), _LACKING)
    part = f"Sus {rows} ya están" if count == all_ else f"{rows} de sus {all_:,} ya están"
    text = f"{part} en «{name}» del mismo paquete: se cuentan una sola vez y este archivo se dejó aparte."
    return Finding(
        code, "warning", text, "Si prefieres este archivo, publícalo: toma el lugar del otro donde son lo mismo."
    )


_LACKING = (
    "Las páginas cuentan solo la lista del periodo más amplio: junta en un archivo lo que falte en ella y súbelo; si no falta "
    "nada, publica."
)


def _lacking(code: str, name: str, kind: str, count: int) -> str:
    rows, one = _rows(kind, count), count == 1
    if code == LACKS:
        return (
            f"«{name}», del mismo paquete, trae {rows} de este periodo que aquí no {'está o dice' if one else 'están o dicen'} "
            f"otro monto: publicar este archivo {'lo' if one else 'los'} quita de las páginas."
        )
    return (
        f"«{name}», del mismo paquete, abarca este periodo y no trae {rows} de aquí, o con otro monto: las páginas no "
        f"{'lo' if one else 'los'} cuentan mientras esa lista esté publicada."
    )


_ROWS = dict.fromkeys(LINES, ("renglón", "renglones")) | {"contracts": ("contrato", "contratos")}


def _rows(kind: str, count: int) -> str:
    one, more = _ROWS[kind]
    return f"1 {one}" if count == 1 else f"{count:,} {more}"
