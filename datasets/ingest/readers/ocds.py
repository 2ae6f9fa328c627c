"""Open contracting data (OCDS 1.0 and 1.1, JSON or JSON lines) as a table with one row per contract.

Understood are a release, a release package, a record, a record package, a list of any of them, one of them a line, and the
wrappers of public interfaces (`results`, `data`, `hits`). Releases of one process are merged as the standard says; a record's
compiled release is taken as it is; where it has none, the latest of each value of its versioned release. Numbers stay text:
no amount passes through a binary fraction.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ocdsmerge
from ocdsmerge.exceptions import OCDSMergeError, OCDSMergeWarning

from datasets.ingest.readers.ocds_rules import Faults
from datasets.ingest.readers.values import (
    Json,
    day_of,
    dict_of,
    dicts_of,
    documents,
    first_of,
    money_of,
    name_of,
    refused,
    storable,
    text_of,
    texts_of,
)
from datasets.ingest.shapes import Finding, Grid

MAX_BYTES = 200 * 2**20
MAX_PACKAGES = 2_000  # whose own words are kept to be checked
SHEET = "OCDS"
#: Heading of the table -> field of the reading. The headings are ours, in the words of the files that people know.
COLUMNS = {
    "Identificador del proceso (OCID)": "ocid",
    "Número de procedimiento": "procedure_number",
    "Número de contrato": "contract_number",
    "Título": "title",
    "Descripción": "description",
    "Comprador": "buyer_name",
    "Método de contratación": "procedure_type_raw",
    "Categoría": "category_raw",
    "Estado": "status_raw",
    "Proveedor": "supplier_name",
    "RFC del proveedor": "supplier_rfc",
    "Licitantes": "number_of_tenderers",
    "Importe con impuestos": "amount_with_tax",
    "Importe": "amount_unspecified_tax",
    "Importe mínimo": "amount_min",
    "Importe máximo": "amount_max",
    "Moneda": "currency",
    "Fecha de adjudicación": "award_date",
    "Fecha de firma": "date_signed",
    "Inicio": "start_date",
    "Fin": "end_date",
    "Liga al contrato": "contract_url",
}
# What the standard omits from merged releases; everything else merges by id, or is replaced as a whole.
MERGE_RULES: dict[tuple[str, ...], str] = {("id",): "omitWhenMerged", ("date",): "omitWhenMerged"}
ONLY_LINKS = "Hay registros OCDS que solo dicen en qué dirección están sus publicaciones: no traen qué se contrató ni por cuánto."
TAKE_LINKS = "Descarga esas direcciones y sube lo que hay en ellas, o pide los registros con su «compiledRelease»."
WRAPPERS = ("results", "data", "items", "hits", "records", "releases", "response", "rows")


@dataclass(slots=True)
class Ocds:
    """What the file holds: the table of contracts, and what was counted on the way to it."""

    grid: Grid
    processes: int = 0
    without_contract: int = 0
    repeated: int = 0
    cancelled: int = 0
    linked: int = 0  # records that say where their releases are, and hold none
    problems: list[str] = field(default_factory=list)
    packages: list[Json] = field(default_factory=list)  # what they say of themselves, without what they hold
    faults: Faults = field(default_factory=Faults)
    layout: str = ""

    def findings(self) -> list[Finding]:
        said = []
        if self.without_contract:
            text = f"{self.without_contract} de {self.processes} procesos aún no tienen adjudicación ni contrato: no suman nada."
            said.append(Finding("ocds_without_contract", "info", text))
        if self.cancelled:
            text = f"Contratos cancelados antes de firmarse, según el archivo: {self.cancelled:,}. No suman nada."
            said.append(Finding("ocds_cancelled", "info", text))
        if self.linked:
            said.append(Finding("ocds_linked", "warning", f"{ONLY_LINKS} Registros así: {self.linked:,}.", TAKE_LINKS))
        if self.repeated:
            text = f"{self.repeated} publicaciones están repetidas en el archivo: cada una se leyó una vez."
            said.append(Finding("ocds_repeated", "info", text))
        if self.problems:
            text = f"{len(self.problems)} procesos no se pudieron unir según el estándar: se tomó su publicación más reciente."
            hint = "Revisa que cada publicación tenga fecha, y cada lista, identificadores."
            said.append(Finding("ocds_not_merged", "warning", text, hint, value=", ".join(self.problems[:5])))
        said += self.faults.findings()
        return [replace(one, message=storable(one.message), value=storable(one.value or "")) for one in said]


def read_ocds(path: Path) -> Ocds:
    """Every contract of the file as a row; raises `UnreadableFile` with a sentence where it is no JSON."""
    found = Ocds(Grid(SHEET, [list(COLUMNS)]))
    objects = list(_objects(path, found.packages))
    found.faults.check(objects, found.packages)
    found.layout = _layout(objects, found.packages)
    for process in _processes(objects, found):
        found.processes += 1
        rows = list(_rows(process))
        found.without_contract += not rows
        found.cancelled += sum(map(_is_cancelled, dicts_of(process.get("contracts"))))
        found.grid.rows += [[storable(cell) for cell in row] for row in rows]
    return found


# -- from bytes to processes ----------------------------------------------------------------------------------------


def _objects(path: Path, packages: list[Json]) -> Iterator[Json]:
    """Releases and records, whatever they are wrapped in."""
    if path.stat().st_size > MAX_BYTES:
        raise refused(
            "too_large", "Es un JSON de más de 200 MB. Divídelo, o sube el mismo contenido en JSON por líneas."
        )
    for value in documents(path):
        yield from _unwrap(value, packages)


def _unwrap(value: Any, packages: list[Json], depth: int = 0) -> Iterator[Json]:
    if depth > 8:
        return
    if isinstance(value, list):
        for one in value:
            yield from _unwrap(one, packages, depth + 1)
    elif isinstance(value, dict):
        if _is_record(value) or _is_release(value):
            yield value
            return
        if _is_package(value) and len(packages) < MAX_PACKAGES:
            packages.append({name: said for name, said in value.items() if name not in WRAPPERS})
        inner = [
            value[name]
            for name in (*WRAPPERS, "_source", "record", "release")
            if isinstance(value.get(name), list | dict)
        ]
        for one in inner[:1] if len(inner) == 1 else inner:
            yield from _unwrap(one, packages, depth + 1)


def _is_package(value: Json) -> bool:
    """Releases or records under what a package says of itself: an interface that wraps them says none of it."""
    return any(isinstance(value.get(name), list) for name in ("releases", "records")) and any(
        name in value for name in ("uri", "publisher", "publishedDate", "version")
    )


def _layout(objects: list[Json], packages: list[Json]) -> str:
    if not objects:
        return "JSON sin contrataciones"
    what = "registros" if _is_record(objects[0]) else "publicaciones"
    if not packages:
        return f"OCDS, {what} sin paquete"
    version = text_of(packages[0].get("version"))
    return f"OCDS {version if version[:3] in ('1.0', '1.1') else '1.0'}, paquete de {what}"


def _is_record(value: Json) -> bool:
    return any(isinstance(value.get(name), dict) for name in ("compiledRelease", "versionedRelease")) or (
        isinstance(value.get("releases"), list) and "ocid" in value and "publishedDate" not in value
    )


def _is_release(value: Json) -> bool:
    return "ocid" in value and not isinstance(value.get("releases"), list)


def _processes(objects: list[Json], found: Ocds) -> Iterator[Json]:
    """One merged release per contracting process, in the order in which the processes first appear."""
    compiled: dict[str, Json] = {}
    releases: dict[str, dict[str, Json]] = {}
    order: dict[str, None] = {}
    for one in objects:
        whole = _compiled(one)
        if whole:
            ocid = text_of(whole.get("ocid")) or text_of(one.get("ocid"))
            found.repeated += ocid in compiled
            compiled[ocid] = whole
            order[ocid] = None
            continue
        releases_of_it = dicts_of(one.get("releases")) if _is_record(one) else [one]
        held = [release for release in releases_of_it if not _is_link(release)]
        found.linked += bool(releases_of_it) and not held
        for release in held:
            ocid = text_of(release.get("ocid")) or text_of(one.get("ocid"))
            known = releases.setdefault(ocid, {})
            key = f"{text_of(release.get('date')) or text_of(release.get('id'))}\x1f{','.join(texts_of(release.get('tag')))}"
            found.repeated += key in known
            known[key] = release
            order[ocid] = None
    for ocid in order:
        yield compiled[ocid] if ocid in compiled else _merged(ocid, list(releases[ocid].values()), found)


def _compiled(record: Json) -> Json:
    """The whole process as its publisher compiled it, or as the record's own versions tell it where it holds no release."""
    whole, versioned = dict_of(record.get("compiledRelease")), dict_of(record.get("versionedRelease"))
    if whole or not versioned or any(not _is_link(release) for release in dicts_of(record.get("releases"))):
        return whole
    return {"ocid": record.get("ocid")} | dict_of(_latest(versioned))


def _latest(versioned: Any) -> Any:
    """Of each field that lists its values with the day of the release that stated them, the last (null: it was taken away)."""
    if isinstance(versioned, dict):
        return {name: _latest(value) for name, value in versioned.items()}
    if not isinstance(versioned, list):
        return versioned
    if versioned and all(isinstance(one, dict) and {"releaseDate", "value"} <= one.keys() for one in versioned):
        return max(reversed(versioned), key=lambda one: text_of(one["releaseDate"]))["value"]
    return [_latest(one) for one in versioned]


def _is_link(release: Json) -> bool:
    """A linked release: where it is, not what it says."""
    return "url" in release and "ocid" not in release


def _merged(ocid: str, releases: list[Json], found: Ocds) -> Json:
    """Later releases of one process complete and replace the earlier ones (ocdsmerge); where they cannot be merged the
    latest stands alone, and that is said."""
    if len(releases) == 1:
        return releases[0]
    dated = [release | {"date": text_of(release.get("date"))} for release in releases]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OCDSMergeWarning)
            merged: Json = ocdsmerge.Merger(merge_rules=MERGE_RULES).create_compiled_release(dated)
        return merged
    except (OCDSMergeError, TypeError, AttributeError, KeyError):
        found.problems.append(ocid)
        return max(dated, key=lambda release: str(release["date"]))


# -- from a process to rows -----------------------------------------------------------------------------------------


def _rows(process: Json) -> Iterator[list[str]]:
    """One row per contract, and one per award that no contract names. A tender alone bought nothing yet."""
    tender = dict_of(process.get("tender"))
    awards = {text_of(award.get("id")): award for award in dicts_of(process.get("awards"))}
    contracts = dicts_of(process.get("contracts"))
    named = {text_of(contract.get("awardID")) for contract in contracts}
    for contract in contracts:
        if _is_cancelled(contract):
            continue
        award = awards.get(text_of(contract.get("awardID")))
        if award is None and len(awards) == 1:
            award = next(iter(awards.values()))
        yield _row(process, tender, award or {}, contract)
    if len(contracts) == len(awards) == 1:
        return  # the one is of the other, whatever it calls it
    for key, award in awards.items():
        if key not in named and text_of(award.get("status")) not in ("unsuccessful", "cancelled"):
            yield _row(process, tender, award, {})


def _row(process: Json, tender: Json, award: Json, contract: Json) -> list[str]:
    details = dict_of(contract.get("contractDetails"))
    suppliers = dicts_of(contract.get("suppliers")) or dicts_of(award.get("suppliers"))
    value = money_of(contract.get("value")) or money_of(award.get("value"))
    taxed = money_of(contract.get("valueWithTax")) or money_of(award.get("valueWithTax"))
    period = dict_of(contract.get("period")) or dict_of(award.get("contractPeriod"))
    method = text_of(tender.get("procurementMethod"))
    parties = {text_of(party.get("id")): party for party in dicts_of(process.get("parties"))}
    cells = {
        "ocid": text_of(process.get("ocid")),
        "procedure_number": text_of(tender.get("id")),
        "contract_number": _number(contract),
        "title": first_of(contract.get("title"), award.get("title"), tender.get("title")),
        "description": first_of(contract.get("description"), award.get("description"), tender.get("description")),
        "buyer_name": _buyer(process, contract),
        "procedure_type_raw": text_of(tender.get("procurementMethodDetails")) or method,
        "category_raw": text_of(tender.get("mainProcurementCategory")),
        "status_raw": first_of(contract.get("status"), award.get("status")),
        "supplier_name": "; ".join(filter(None, (_supplier_name(one, parties) for one in suppliers))),
        "supplier_rfc": _rfc(suppliers[0], parties) if len(suppliers) == 1 else "",
        "number_of_tenderers": text_of(tender.get("numberOfTenderers")),
        "amount_with_tax": taxed.get("amount", ""),
        "amount_unspecified_tax": value.get("amount", ""),
        "amount_min": money_of(details.get("minValue")).get("amount", ""),
        "amount_max": money_of(details.get("maxValue")).get("amount", ""),
        "currency": taxed.get("currency", "") or value.get("currency", ""),
        "award_date": day_of(award.get("date")),
        "date_signed": day_of(contract.get("dateSigned")),
        "start_date": day_of(period.get("startDate")),
        "end_date": day_of(period.get("endDate")),
        "contract_url": next(
            (text_of(one.get("url")) for one in dicts_of(contract.get("documents")) if one.get("url")), ""
        ),
    }
    if not any(cells[name] for name in ("award_date", "date_signed", "start_date")):
        cells["award_date"] = day_of(process.get("date"))
    return [cells[name] for name in COLUMNS.values()]


def _is_cancelled(contract: Json) -> bool:
    """Before it was signed, says the standard: nothing was bought."""
    return text_of(contract.get("status")) == "cancelled"


def _number(contract: Json) -> str:
    """``1`` is the place in a list; then the title may be the number that people know it by."""
    number, title = text_of(contract.get("id")), text_of(contract.get("title"))
    return title if len(number) < 3 and any(char.isdigit() for char in title) and len(title) < 60 else number


def _buyer(process: Json, contract: Json) -> str:
    buyers = [dict_of(process.get("buyer")), *dicts_of(contract.get("buyers"))]
    buyers += [party for party in dicts_of(process.get("parties")) if "buyer" in texts_of(party.get("roles"))]
    buyers.append(dict_of(dict_of(process.get("tender")).get("procuringEntity")))
    return next((name for buyer in buyers if (name := name_of(buyer))), "")


def _supplier_name(supplier: Json, parties: dict[str, Json]) -> str:
    return name_of(supplier) or name_of(parties.get(text_of(supplier.get("id")), {}))


def _rfc(supplier: Json, parties: dict[str, Json]) -> str:
    """The identifier of the supplier, of its party, or its id: whichever has the shape of an RFC is told later."""
    party = parties.get(text_of(supplier.get("id")), {})
    found = (
        text_of(dict_of(supplier.get("identifier")).get("id")),
        text_of(dict_of(party.get("identifier")).get("id")),
        text_of(supplier.get("id")),
    )
    return next((text for text in found if 12 <= len(text.replace("-", "")) <= 13), "")
