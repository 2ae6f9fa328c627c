"""Brings populations, metropolitan zones and prices in from official files. All or nothing, and the same again."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from gesoc.common.text import search_text

from .changes import figures_changed
from .models import MetropolitanMembership, Municipality, Population, PriceIndex
from .tables import Row, UnreadableFile, read

CATALOGUE = {
    "code": ["CVEGEO", "CVE_COMPLETA"],
    "state": ["CVE_ENT"],
    "municipality": ["CVE_MUN"],
    "locality": ["CVE_LOC"],
    "people": ["POB_TOTAL", "Población total"],
}
PROJECTIONS = {
    "code": ["CLAVE", "CLAVE_MUN", "CVE_GEO"],
    "year": ["AÑO", "ANO", "ANIO"],
    "sex": ["SEXO"],
    "age": ["EDAD_QUIN", "EDAD", "GRUPO_EDAD"],
    "people": ["POB_TOTAL", "POB", "POBLACION"],
}
METROPOLITAN = {
    "zone": ["CVE_ZM", "CVE_MET", "CLAVE_METROPOLI"],
    "name": ["NOM_ZM", "NOM_MET", "NOMBRE_METROPOLI", "NOMBRE"],
    "type": ["TIPOMET", "TIPO_MET", "TIPO"],
    "state": ["CVE_ENT", "CLAVE_ENTIDAD"],
    "municipality": ["CVEGEO", "CVE_MUN", "CLAVE_MUNICIPIO"],
}
METROPOLITAN_KINDS = {  # the list of 2015 does not tell them apart
    "": MetropolitanMembership.Kind.ZONE,
    "zona metropolitana": MetropolitanMembership.Kind.ZONE,
    "metropoli municipal": MetropolitanMembership.Kind.CITY,
    "zona conurbada": MetropolitanMembership.Kind.CONURBATION,
}
PRICES = {
    "date": ["FECHA", "PERIODO", "AÑO", "YEAR"],
    "value": ["INPC", "IPC", "INDICE", "VALOR", "VALUE", "Índice general"],
}
YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})(?:[-/](?P<month>[0-9]{1,2})(?:[-/][0-9]{1,2})?)?")
YEAR_LAST = re.compile(r"(?:[0-9]{1,2}[-/])?(?P<month>[0-9]{1,2})[-/](?P<year>[0-9]{4})")
TOTALS = {"total", "ambos", "ambos sexos", "todos"}
CENSUS_OF_CATALOGUE = 2020
MONTHS = 12

AGEEML = "INEGI, Catálogo Único de Claves de Áreas Geoestadísticas (AGEEML), Censo de Población y Vivienda {year}"
CONAPO = "CONAPO, proyecciones de la población de los municipios"
CONAPO_URL = "https://www.gob.mx/conapo/acciones-y-programas/conciliacion-demografica"
METROPOLITAN_LIST = "SEDATU, CONAPO, INEGI, zonas metropolitanas de México {edition}"
METROPOLITAN_URL = "https://www.gob.mx/conapo"
INPC = "INEGI, Índice Nacional de Precios al Consumidor, promedio anual"


@dataclass
class Imported:
    loaded: int = 0
    unpublished: int = 0
    other_kind: int = 0
    incomplete: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def import_ageeml(*, path: Path, year: int = CENSUS_OF_CATALOGUE) -> Imported:
    """Load the census population of INEGI's catalogue of municipalities, or the sum of its catalogue of localities."""
    people: dict[tuple[str, int], int] = defaultdict(int)
    seen = set()
    for row in read(path, CATALOGUE, ["people"]):
        code = _catalogue_code(row)
        if (code, row["locality"]) in seen:
            raise UnreadableFile(_("Line %(line)d repeats %(code)s.") % {"line": row.line, "code": code})
        seen.add((code, row["locality"]))
        people[code, year] += row.number("people") or 0
    source = f"{AGEEML.format(year=year)} ({path.name})"
    return _save_populations(people, Population.Kind.CENSUS, source, "https://www.inegi.org.mx/app/ageeml/")


def _catalogue_code(row: Row) -> str:
    if row["state"] and row["municipality"]:
        return _code(row, row["state"].zfill(2) + row["municipality"].zfill(3))
    digits = 9 if row["locality"] or len(row["code"]) > 5 else 5
    return _code(row, row["code"].zfill(digits)[:5])


def _code(row: Row, code: str) -> str:
    if not re.fullmatch("[0-9]{5}", code):
        message = _("Line %(line)d: “%(code)s” is not the code of a municipality.")
        raise UnreadableFile(message % {"line": row.line, "code": code})
    return code


def import_conapo(*, path: Path) -> Imported:
    """Load CONAPO's municipal projections: summed over sex and age, or the totals where only those are given."""
    parts: dict[tuple[str, int], int] = defaultdict(int)
    totals: dict[tuple[str, int], int] = defaultdict(int)
    for row in read(path, PROJECTIONS, ["code", "year", "people"]):
        key = _code(row, row["code"].zfill(5)), _year(row, row["year"])
        dimensions = [_is_total(row[name]) for name in ("sex", "age") if row[name]]
        if not any(dimensions):
            parts[key] += row.number("people") or 0
        elif all(dimensions):
            totals[key] += row.number("people") or 0
    return _save_populations(parts or totals, Population.Kind.PROJECTION, f"{CONAPO} ({path.name})", CONAPO_URL)


@cache
def _is_total(label: str) -> bool:
    return search_text(label) in TOTALS


def _year(row: Row, text: str) -> int:
    if not re.fullmatch("(19|20)[0-9]{2}", text):
        raise UnreadableFile(_("Line %(line)d: “%(text)s” is not a year.") % {"line": row.line, "text": text})
    return int(text)


def _save_populations(people: Mapping[tuple[str, int], int], kind: str, source: str, url: str) -> Imported:
    known = set(Municipality.objects.values_list("code", flat=True))
    report = Imported(unknown=sorted({code for code, _year in people} - known))
    populations = []
    for (code, year), value in people.items():
        if not value:
            report.unpublished += 1
        elif code in known:
            populations.append(
                Population(municipality_id=code, year=year, kind=kind, value=value, source=source[:200], source_url=url)
            )
    if not populations:
        raise UnreadableFile(_("The file holds no population of a municipality we know; nothing was loaded."))
    with transaction.atomic():
        Population.objects.bulk_create(
            populations,
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["municipality", "state", "year", "kind"],
            update_fields=["value", "source", "source_url"],
        )
        figures_changed()
    report.loaded = len(populations)
    return report


def import_metropolitan(*, path: Path, edition: int) -> Imported:
    """Load one edition of the official list of metropolitan zones in place of what was loaded of it before."""
    if not 2000 <= edition <= 2100:
        raise UnreadableFile(_("An edition is a year, for example 2020; “%(text)s” is none.") % {"text": edition})
    report, zones = Imported(), dict[str, tuple[str, str, str]]()
    for row in read(path, METROPOLITAN, ["zone", "name", "municipality"]):
        kind = METROPOLITAN_KINDS.get(search_text(row["type"]))
        if kind is None:
            report.other_kind += 1
            continue
        code = _member_code(row)
        if code in zones:
            raise UnreadableFile(_("Line %(line)d repeats %(code)s.") % {"line": row.line, "code": code})
        if not row["zone"] or not row["name"]:
            raise UnreadableFile(_("Line %(line)d names no metropolitan zone.") % {"line": row.line})
        zones[code] = row["zone"], row["name"], kind
    return _save_metropolitan(zones, edition, f"{METROPOLITAN_LIST.format(edition=edition)} ({path.name})", report)


def _member_code(row: Row) -> str:
    """Five digits, or those of the state and of the municipality in it apart."""
    code = row["municipality"]
    return _code(row, row["state"].zfill(2) + code.zfill(3) if len(code) <= 3 else code.zfill(5))


def _save_metropolitan(
    zones: Mapping[str, tuple[str, str, str]], edition: int, source: str, report: Imported
) -> Imported:
    known = set(Municipality.objects.values_list("code", flat=True))
    report.unknown = sorted(set(zones) - known)
    memberships = [
        MetropolitanMembership(
            municipality_id=code,
            edition=edition,
            zone=zone[:10],
            name=name[:80],
            kind=kind,
            source=source[:200],
            source_url=METROPOLITAN_URL,
        )
        for code, (zone, name, kind) in zones.items()
        if code in known
    ]
    if not memberships:
        raise UnreadableFile(_("The file holds no municipality of a metropolitan zone; nothing was loaded."))
    with transaction.atomic():
        MetropolitanMembership.objects.filter(edition=edition).delete()
        MetropolitanMembership.objects.bulk_create(memberships)
        figures_changed()  # they say who is compared with whom
    report.loaded = len(memberships)
    return report


def import_inpc(*, path: Path) -> Imported:
    """Load the INPC as yearly averages. Months make a year only when all twelve are there."""
    months: dict[int, dict[int, Decimal]] = defaultdict(dict)
    yearly: dict[int, Decimal] = {}
    for row in read(path, PRICES, ["date", "value"]):
        year, month = _period(row)
        if month is None:
            yearly[year] = _price(row)
        else:
            months[year][month] = _price(row)
    report = Imported(incomplete=sorted(year for year, prices in months.items() if len(prices) < MONTHS))
    averages = {year: _average(prices.values()) for year, prices in months.items() if len(prices) == MONTHS}
    return _save_prices(yearly | averages, f"{INPC} ({path.name})", report)


def _average(prices: Iterable[Decimal]) -> Decimal:
    return sum(prices, Decimal(0)) / MONTHS


def _period(row: Row) -> tuple[int, int | None]:
    """Return year and month (None for a whole year) of 2024, 2024/07, 2024-07-01 or 01/07/2024."""
    text = row["date"]
    match = YEAR_FIRST.fullmatch(text) or YEAR_LAST.fullmatch(text)
    if match is None or (match["month"] and not 1 <= int(match["month"]) <= MONTHS):
        raise UnreadableFile(
            _("Line %(line)d: “%(text)s” is not a month or a year.") % {"line": row.line, "text": text}
        )
    return int(match["year"]), int(match["month"]) if match["month"] else None


def _price(row: Row) -> Decimal:
    try:
        value = Decimal(row["value"].replace(",", ""))
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or value <= 0:
        message = _("Line %(line)d: “%(text)s” is not a value of the index.")
        raise UnreadableFile(message % {"line": row.line, "text": row["value"]})
    return value


def _save_prices(prices: Mapping[int, Decimal], source: str, report: Imported) -> Imported:
    if not prices:
        raise UnreadableFile(_("The file holds no complete year of the index; nothing was loaded."))
    rows = [
        PriceIndex(series=PriceIndex.Series.INPC, year=year, value=round(value, 8), source=source[:200])
        for year, value in prices.items()
    ]
    with transaction.atomic():
        PriceIndex.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["series", "year"], update_fields=["value", "source"]
        )
        figures_changed()
    report.loaded = len(rows)
    return report
