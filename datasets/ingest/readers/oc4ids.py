"""Infrastructure projects in OC4IDS (Open Contracting for Infrastructure, https://standard.open-contracting.org/infrastructure/)
as a list of works: one row per project, with the sums of its contracting processes.

Understood are a package of projects, a list of them, one project, and one of these a line. An amount in another currency than
pesos is left out and said, for works are added up in pesos.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from datasets.ingest.readers.values import (
    Json,
    day_of,
    dict_of,
    dicts_of,
    documents,
    name_of,
    storable,
    text_of,
    texts_of,
)
from datasets.ingest.shapes import Finding, Grid

MAX_BYTES = 200 * 2**20
SHEET = "OC4IDS"
PESOS = ("", "MXN")
#: Heading of the table -> field of the reading.
COLUMNS = {
    "Identificador del proyecto": "work_code",
    "Nombre del proyecto": "work_name",
    "Descripción": "description",
    "Tipo": "work_type",
    "Estado del proyecto": "status_raw",
    "Institución": "entity_name",
    "Unidad ejecutora": "executing_unit",
    "Lugar": "work_location",
    "Municipio": "work_municipality",
    "Entidad federativa": "work_state",
    "Latitud": "latitude",
    "Longitud": "longitude",
    "Inicio": "start_date",
    "Fin": "end_date",
    "Presupuesto": "approved",
    "Contratado": "contracted",
    "Valor final": "spent",
    "Número de contrato": "contract_number",
    "Contratista": "supplier_name",
    "Ejercicio": "fiscal_year",
}
_OF_A_PROJECT = ("contractingProcesses", "budget", "sector", "completion", "locations", "parties", "period")
_OWNERS = ("publicAuthority", "buyer", "procuringEntity")


@dataclass(slots=True)
class Projects:
    """What the file holds: the table of works, and what was left out."""

    grid: Grid
    count: int = 0
    foreign: list[str] = field(default_factory=list)  # currencies that are no pesos
    layout: str = "OC4IDS, proyectos de infraestructura"

    def findings(self) -> list[Finding]:
        text = f"Son {self.count:,} proyectos en el estándar OC4IDS: «Contratado» suma los contratos de cada uno."
        said = [Finding("oc4ids", "info", text)]
        if self.foreign:
            names = ", ".join(sorted(set(self.foreign)))
            text = f"{len(self.foreign)} montos en otra moneda ({names}) se dejaron fuera: las obras se suman en pesos."
            said.append(
                Finding("oc4ids_currency", "warning", storable(text), hint="Los demás datos del proyecto sí están.")
            )
        return said


def read_oc4ids(path: Path) -> Projects:
    """Every project of the file as a row; none where it is something else."""
    found = Projects(Grid(SHEET, [list(COLUMNS)]))
    if path.stat().st_size > MAX_BYTES:
        return found
    for project, year in _projects(path):
        found.count += 1
        cells = _cells(project, found) | {"fiscal_year": year}
        found.grid.rows.append([storable(cells.get(name, "")) for name in COLUMNS.values()])
    return found


def _projects(path: Path) -> Iterator[tuple[Json, str]]:
    """Each project with the year in which its package was published."""
    for value in documents(path):
        package = dict_of(value)
        listed = dicts_of(package.get("projects")) or dicts_of(value) or [package]
        for project in filter(_is_project, listed):
            yield project, (text_of(package.get("publishedDate")) or text_of(project.get("updated")))[:4]


def _is_project(value: Json) -> bool:
    return "id" in value and "ocid" not in value and sum(name in value for name in _OF_A_PROJECT) >= 2


def _cells(project: Json, found: Projects) -> dict[str, str]:
    completion, period = dict_of(project.get("completion")), dict_of(project.get("period"))
    processes = [dict_of(process.get("summary")) for process in dicts_of(project.get("contractingProcesses"))]
    return {
        "work_code": text_of(project.get("id")),
        "work_name": text_of(project.get("title")),
        "description": text_of(project.get("description")),
        "work_type": text_of(project.get("type")) or ", ".join(filter(None, texts_of(project.get("sector")))),
        "status_raw": text_of(project.get("status")),
        "entity_name": _party(project, _OWNERS),
        "executing_unit": _party(project, ("administrativeEntity", "procuringEntity")),
        "start_date": day_of(period.get("startDate")),
        "end_date": day_of(completion.get("endDate")) or day_of(period.get("endDate")),
        "approved": _pesos(dict_of(project.get("budget")).get("amount"), found),
        "contracted": _contracted(processes, found),
        "spent": _pesos(completion.get("finalValue"), found),
        **_place(dicts_of(project.get("locations"))),
        **_contract(project, processes),
    }


def _party(project: Json, roles: tuple[str, ...]) -> str:
    """The first party in the first of these roles that anybody has, else the authority that the project names."""
    parties = dicts_of(project.get("parties"))
    for role in roles:
        if found := next((name_of(party) for party in parties if role in texts_of(party.get("roles"))), ""):
            return found
    return name_of(dict_of(project.get("publicAuthority"))) if "publicAuthority" in roles else ""


def _pesos(value: Any, found: Projects) -> str:
    money = dict_of(value)
    amount, currency = text_of(money.get("amount")), text_of(money.get("currency")).upper()
    if amount and currency not in PESOS:
        found.foreign.append(currency)
        return ""
    return amount


def _contracted(processes: list[Json], found: Projects) -> str:
    """What its contracts came to; each change of a contract's value is already in it."""
    total, stated = Decimal(), False
    for process in processes:
        try:
            total += Decimal(_pesos(process.get("contractValue"), found))
            stated = True
        except InvalidOperation:
            continue
    return f"{total:f}" if stated else ""


def _place(locations: list[Json]) -> dict[str, str]:
    """Of the first location; a point is longitude first."""
    location = locations[0] if locations else {}
    address, geometry = dict_of(location.get("address")), dict_of(location.get("geometry"))
    point = geometry.get("coordinates") if text_of(geometry.get("type")) == "Point" else None
    longitude, latitude = point[:2] if isinstance(point, list) and len(point) >= 2 else ("", "")
    return {
        "work_location": text_of(location.get("description")) or text_of(address.get("streetAddress")),
        "work_municipality": text_of(address.get("locality")),
        "work_state": text_of(address.get("region")),
        "latitude": text_of(latitude),
        "longitude": text_of(longitude),
    }


def _contract(project: Json, processes: list[Json]) -> dict[str, str]:
    """The contract and its supplier, where the project is built by one; several are told by their sum alone."""
    built = [one for one in processes if "construction" in texts_of(one.get("nature"))] or processes
    if len(built) != 1:
        return {}
    suppliers = filter(None, (name_of(one) for one in dicts_of(built[0].get("suppliers"))))
    number = text_of(built[0].get("externalReference")) or text_of(built[0].get("ocid"))
    return {"contract_number": number, "supplier_name": "; ".join(suppliers)}
