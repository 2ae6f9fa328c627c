"""Describes the tables as a Tabular Data Package whose columns say what they mean in a budget (Fiscal Data Package)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models

from datasets.models import PublicBody, Release

from .tables import TableOf

LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
# Fiscal Data Package, column types (https://specs.frictionlessdata.io/fiscal-data-package/).
FISCAL = {
    "year": "date:fiscal-year",
    "municipality": "geo-source:target:code",
    "publisher": "administrative-classification:generic:level1:code",
    "document": "phase:id",
    "object_code": "economic-classification:generic:level3:code:part",
    "object_name": "economic-classification:generic:level3:label",
    "function_code": "functional-classification:generic:level2:code:part",
    "function_name": "functional-classification:generic:level2:label",
    "unit_code": "administrative-classification:generic:level2:code:part",
    "unit_name": "administrative-classification:generic:level2:label",
    "programme_code": "activity:generic:program:code:part",
    "programme_name": "activity:generic:program:label",
    "economic_code": "expenditure-type:code:part",
    "economic_name": "expenditure-type:label",
    "funding_code": "fin-source:generic:code:part",
    "funding_name": "fin-source:generic:label",
    "revenue_code": "revenue-classification:generic:code:part",
    "revenue_name": "revenue-classification:generic:label",
}
INTEGERS = frozenset({"year", "release", "version", "source_row"})
TYPES: tuple[tuple[type[models.Field], str], ...] = (
    (models.DecimalField, "number"),
    (models.IntegerField, "integer"),
    (models.DateField, "date"),
    (models.BooleanField, "boolean"),
)


def describe(
    tables: Sequence[tuple[TableOf, Sequence[Release]]], *, body: PublicBody | None, version: int, created: datetime
) -> dict[str, Any]:
    name = body.slug if body else "mesa-de-datos"
    whose = str(body) if body else "Mesa de Datos"
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": f"Presupuesto, ingresos, contratos, obras, deuda y sanciones que se publicaron: {whose}",
        "description": "Un renglón por cada renglón publicado, con el archivo y la fila de donde viene. "
        "No se suman momentos, documentos ni desgloses distintos: es el mismo dinero contado de varias maneras.",
        "countryCode": "MX",
        "version": str(version),
        "created": created.isoformat(timespec="seconds"),
        "licenses": [LICENCE],
        "contributors": [{"title": "GESOC", "role": "publisher"}],
        "sources": sources([release for _table, releases in tables for release in releases]),
        "resources": [resource(table) for table, _releases in tables],
    }


def sources(releases: Sequence[Release]) -> list[dict[str, str]]:
    """Every file once, with its link where it has one."""
    found: dict[str, dict[str, str]] = {}
    for release in releases:
        file = release.ingest.file
        one = {"title": file.original_name, "sha256": file.sha256}
        found[file.sha256] = one | ({"path": file.retrieved_from} if file.retrieved_from else {})
    return list(found.values())


def resource(table: TableOf) -> dict[str, Any]:
    return {
        "name": table.name,
        "path": f"{table.name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n"},
        "schema": {
            "fields": [column(table, name) for name in table.headings],
            "missingValues": [""],
        },
    }


def column(table: TableOf, name: str) -> dict[str, str]:
    amounts: Sequence[str] = getattr(table.model, "MOMENTS", getattr(table.model, "AMOUNTS", ("amount",)))
    kind = "integer" if name in INTEGERS else kind_of(table, name)
    meaning = "value" if name in amounts else FISCAL.get(name, "")
    return {"name": name, "type": kind} | ({"columnType": meaning} if meaning else {})


def kind_of(table: TableOf, name: str) -> str:
    """The type of a column of its own, told by the field it is filled from; what is put together from several is text."""
    field = {one.name: one for one in table.model._meta.fields}.get(name) if name in table.columns else None
    return next((kind for of, kind in TYPES if isinstance(field, of)), "string")
