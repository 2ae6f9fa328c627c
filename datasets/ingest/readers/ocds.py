"""Open contracting data (OCDS 1.0 and 1.1, JSON or JSON lines) as a table with one row per contract.

Understood are a release, a release package, a record, a record package, a list of any of them, one of them a line, and the
wrappers of public interfaces (`results`, `data`, `hits`). Releases of one process are merged as the standard says; a record's
compiled release is taken as it is. Numbers stay text: no amount passes through a binary fraction.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ocdsmerge
from ocdsmerge.exceptions import OCDSMergeError, OCDSMergeWarning

from datasets.ingest.readers.ocds_rules import Faults, Number
from datasets.ingest.shapes import Finding, Grid, UnreadableFile

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
WRAPPERS = ("results", "data", "items", "hits", "records", "releases", "response", "rows")
Json = dict[str, Any]


@dataclass(slots=True)
class Ocds:
    """What the file holds: the table of contracts, and what was counted on the way to it."""

    grid: Grid
    processes: int = 0
    without_contract: int = 0
    repeated: int = 0
    problems: list[str] = field(default_factory=list)
    packages: list[Json] = field(default_factory=list)  # what they say of themselves, without what they hold
    faults: Faults = field(default_factory=Faults)
    layout: str = ""

    def findings(self) -> list[Finding]:
        said = []
        if self.without_contract:
            text = f"{self.without_contract} de {self.processes} procesos aún no tienen adjudicación ni contrato: no suman nada."
            said.append(Finding("ocds_without_contract", "info", text))
        if self.repeated:
            text = f"{self.repeated} publicaciones están repetidas en el archivo: cada una se leyó una vez."
            said.append(Finding("ocds_repeated", "info", text))
        if self.problems:
            text = f"{len(self.problems)} procesos no se pudieron unir según el estándar: se tomó su publicación más reciente."
            hint = "Revisa que cada publicación tenga fecha, y cada lista, identificadores."
            said.append(Finding("ocds_not_merged", "warning", text, hint, value=", ".join(self.problems[:5])))
        said += self.faults.findings()
        return [replace(one, message=_storable(one.message), value=_storable(one.value or "")) for one in said]


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
        found.grid.rows += [[_storable(cell) for cell in row] for row in rows]
    return found


def _storable(text: str) -> str:
    """JSON can escape what is no character: NUL, and halves of pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


# -- from bytes to processes ----------------------------------------------------------------------------------------


def _objects(path: Path, packages: list[Json]) -> Iterator[Json]:
    """Releases and records, whatever they are wrapped in."""
    if path.stat().st_size > MAX_BYTES:
        raise _refuse(
            "too_large", "Es un JSON de más de 200 MB. Divídelo, o sube el mismo contenido en JSON por líneas."
        )
    text = path.read_bytes().decode("utf-8-sig", errors="replace").replace("\0", "")
    try:
        yield from _unwrap(_parse(text), packages)
        return
    except json.JSONDecodeError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].lstrip().startswith("{"):
            raise _refuse(
                "damaged_json", f"El JSON está dañado en la línea {error.lineno}. Descárgalo otra vez."
            ) from error
    for number, line in enumerate(lines, 1):
        try:
            yield from _unwrap(_parse(line), packages)
        except json.JSONDecodeError as error:
            raise _refuse("damaged_json", f"El JSON está dañado en la línea {number}. Descárgalo otra vez.") from error


def _parse(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=lambda _name: None)
    except RecursionError as error:
        raise _refuse("deep_json", "El JSON tiene demasiados niveles, uno dentro de otro: no son contratos.") from error


def _refuse(code: str, sentence: str) -> UnreadableFile:
    return UnreadableFile(code, f"No se pudo leer el archivo. {sentence}")


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
    version = _text(packages[0].get("version"))
    return f"OCDS {version if version[:3] in ('1.0', '1.1') else '1.0'}, paquete de {what}"


def _is_record(value: Json) -> bool:
    return isinstance(value.get("compiledRelease"), dict) or (
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
        whole = one.get("compiledRelease")
        if isinstance(whole, dict):
            ocid = _text(whole.get("ocid")) or _text(one.get("ocid"))
            found.repeated += ocid in compiled
            compiled[ocid] = whole
            order[ocid] = None
            continue
        for release in _dicts(one.get("releases")) if _is_record(one) else [one]:
            ocid = _text(release.get("ocid")) or _text(one.get("ocid"))
            known = releases.setdefault(ocid, {})
            key = f"{_text(release.get('date')) or _text(release.get('id'))}\x1f{','.join(_texts(release.get('tag')))}"
            found.repeated += key in known
            known[key] = release
            order[ocid] = None
    for ocid in order:
        yield compiled[ocid] if ocid in compiled else _merged(ocid, list(releases[ocid].values()), found)


def _merged(ocid: str, releases: list[Json], found: Ocds) -> Json:
    """Later releases of one process complete and replace the earlier ones (ocdsmerge); where they cannot be merged the
    latest stands alone, and that is said."""
    if len(releases) == 1:
        return releases[0]
    dated = [release | {"date": _text(release.get("date"))} for release in releases]
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
    tender = _dict(process.get("tender"))
    awards = {_text(award.get("id")): award for award in _dicts(process.get("awards"))}
    contracts = _dicts(process.get("contracts"))
    named = {_text(contract.get("awardID")) for contract in contracts}
    for contract in contracts:
        award = awards.get(_text(contract.get("awardID")))
        if award is None and len(awards) == 1:
            award = next(iter(awards.values()))
        yield _row(process, tender, award or {}, contract)
    if len(contracts) == len(awards) == 1:
        return
    for key, award in awards.items():
        if key not in named and _text(award.get("status")) not in ("unsuccessful", "cancelled"):
            yield _row(process, tender, award, {})


def _row(process: Json, tender: Json, award: Json, contract: Json) -> list[str]:
    details = _dict(contract.get("contractDetails"))
    suppliers = _dicts(contract.get("suppliers")) or _dicts(award.get("suppliers"))
    value = _money(contract.get("value")) or _money(award.get("value"))
    taxed = _money(contract.get("valueWithTax")) or _money(award.get("valueWithTax"))
    period = _dict(contract.get("period")) or _dict(award.get("contractPeriod"))
    method = _text(tender.get("procurementMethod"))
    parties = {_text(party.get("id")): party for party in _dicts(process.get("parties"))}
    cells = {
        "ocid": _text(process.get("ocid")),
        "procedure_number": _text(tender.get("id")),
        "contract_number": _number(contract),
        "title": _first(contract.get("title"), award.get("title"), tender.get("title")),
        "description": _first(contract.get("description"), award.get("description"), tender.get("description")),
        "buyer_name": _buyer(process, contract),
        "procedure_type_raw": _text(tender.get("procurementMethodDetails")) or method,
        "category_raw": _text(tender.get("mainProcurementCategory")),
        "status_raw": _first(contract.get("status"), award.get("status")),
        "supplier_name": "; ".join(filter(None, (_supplier_name(one, parties) for one in suppliers))),
        "supplier_rfc": _rfc(suppliers[0], parties) if len(suppliers) == 1 else "",
        "number_of_tenderers": _text(tender.get("numberOfTenderers")),
        "amount_with_tax": taxed.get("amount", ""),
        "amount_unspecified_tax": value.get("amount", ""),
        "amount_min": _money(details.get("minValue")).get("amount", ""),
        "amount_max": _money(details.get("maxValue")).get("amount", ""),
        "currency": taxed.get("currency", "") or value.get("currency", ""),
        "award_date": _day(award.get("date")),
        "date_signed": _day(contract.get("dateSigned")),
        "start_date": _day(period.get("startDate")),
        "end_date": _day(period.get("endDate")),
        "contract_url": next(
            (_text(one.get("url")) for one in _dicts(contract.get("documents")) if one.get("url")), ""
        ),
    }
    if not any(cells[name] for name in ("award_date", "date_signed", "start_date")):
        cells["award_date"] = _day(process.get("date"))
    return [cells[name] for name in COLUMNS.values()]


def _number(contract: Json) -> str:
    """``1`` is the place in a list; then the title may be the number that people know it by."""
    number, title = _text(contract.get("id")), _text(contract.get("title"))
    return title if len(number) < 3 and any(char.isdigit() for char in title) and len(title) < 60 else number


def _buyer(process: Json, contract: Json) -> str:
    buyers = [_dict(process.get("buyer")), *_dicts(contract.get("buyers"))]
    buyers += [party for party in _dicts(process.get("parties")) if "buyer" in _texts(party.get("roles"))]
    buyers.append(_dict(_dict(process.get("tender")).get("procuringEntity")))
    return next((name for buyer in buyers if (name := _name(buyer))), "")


def _name(party: Json) -> str:
    return _text(party.get("name")) or _text(_dict(party.get("identifier")).get("legalName"))


def _supplier_name(supplier: Json, parties: dict[str, Json]) -> str:
    return _name(supplier) or _name(parties.get(_text(supplier.get("id")), {}))


def _rfc(supplier: Json, parties: dict[str, Json]) -> str:
    """The identifier of the supplier, of its party, or its id: whichever has the shape of an RFC is told later."""
    party = parties.get(_text(supplier.get("id")), {})
    found = (
        _text(_dict(supplier.get("identifier")).get("id")),
        _text(_dict(party.get("identifier")).get("id")),
        _text(supplier.get("id")),
    )
    return next((text for text in found if 12 <= len(text.replace("-", "")) <= 13), "")


def _money(value: Any) -> dict[str, str]:
    money = _dict(value)
    amount = _text(money.get("amount"))
    return {"amount": amount, "currency": _text(money.get("currency"))} if amount else {}


def _day(value: Any) -> str:
    return _text(value)[:10]


def _first(*values: Any) -> str:
    """The first text that says something; a lone point was typed to please a form."""
    return next((text for value in values if len(text := _text(value)) > 1), "")


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _texts(value: Any) -> list[str]:
    return [_text(one) for one in value] if isinstance(value, list) else [_text(value)]


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
