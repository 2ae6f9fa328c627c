"""The shapes of the answers: written once as serializers, for the description of the API and for what is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from datasets.models import Contract, Release
from datasets.privacy import cover
from datasets.selectors import Cell

SLICE = ("kind", "publisher", "municipality", "year", "period", "document", "breakdown")


def pesos(value: Decimal | None) -> str | None:
    """Two decimals as text: no reader loses cents to a binary fraction. Not published stays null."""
    return None if value is None else f"{value:.2f}"


def amounts_of(cell: Cell, moments: Sequence[str]) -> dict[str, str | None]:
    return {moment: pesos(cell.amounts.get(moment)) for moment in moments}


def cell_answer(cell: Cell, moments: Sequence[str]) -> dict[str, Any]:
    heading = {"code": cell.code, "published_code": cell.published_code or None, "name": cell.name}
    return heading | amounts_of(cell, moments)


def slice_of(release: Release) -> dict[str, Any]:
    return {
        "kind": release.kind,
        "publisher": release.public_body.slug,
        "municipality": release.public_body.municipality_id,
        "year": release.year,
        "period": release.period,
        "document": release.document or None,
        "breakdown": release.breakdown,
    }


def chosen_answer(releases: Sequence[Release]) -> dict[str, Any] | None:
    """The slice that answers; over several years, null where their slices differ."""
    if not releases:
        return None
    slices = [slice_of(release) | {"release": release.pk} for release in releases]
    first = slices[0]
    return {name: first[name] if all(row[name] == first[name] for row in slices) else None for name in first}


def release_answer(release: Release) -> dict[str, Any]:
    """A release with the file it was read from: hash, publisher and link are public even where the file is not."""
    file = release.ingest.file
    return {
        "id": release.pk,
        **slice_of(release),
        "publisher_name": release.public_body.name,
        "version": release.version,
        "published_at": release.published_at,
        "lines": release.line_count,
        "totals": release.totals,
        "file": {
            "name": file.original_name,
            "sha256": file.sha256,
            "size": file.size,
            "retrieved_from": file.retrieved_from or None,
            "retrieved_at": file.retrieved_at,
            "published_by": file.source.publisher_name if file.source else None,
            "licence": (file.source.licence or None) if file.source else None,
        },
    }


def contract_answer(contract: Contract) -> dict[str, Any]:
    """No RFC but a company's, no other personal data that was typed into a text, and no id of the supplier: it is made
    of the RFC and would tell it."""
    return {
        "id": f"{contract.release_id}-{contract.line_no}",
        "publisher": contract.public_body.slug,
        "municipality": contract.public_body.municipality_id,
        "year": contract.year,
        "procedure": contract.method or "unknown",
        **{name: getattr(contract, name) or None for name in CONTRACT_CODES},
        **{name: cover(getattr(contract, name)) or None for name in CONTRACT_WORDS},
        "supplier": supplier_answer(contract),
        **{name: pesos(getattr(contract, name)) for name in CONTRACT_AMOUNTS},
        "tax_basis": contract.tax_basis or None,
        "currency": contract.currency,
        **{name: getattr(contract, name) for name in CONTRACT_DATES},
        "release": contract.release_id,
        "source_row": contract.source_row,
    }


def supplier_answer(contract: Contract) -> dict[str, str | None] | None:
    supplier = contract.supplier.identity if contract.supplier else None
    if supplier is None:
        return {"name": cover(contract.supplier_name), "rfc": None} if contract.supplier_name else None
    return {"name": cover(contract.supplier_name or supplier.name), "rfc": supplier.public_rfc or None}


# Numbers and links are codes, in which a run of digits is no telephone; words may hold what somebody typed into them.
CONTRACT_CODES = ("procedure_number", "contract_number", "url")
CONTRACT_WORDS = ("method_raw", "category_raw", "title", "buyer_unit")
CONTRACT_AMOUNTS = ("amount", "amount_without_tax", "amount_with_tax", "amount_min", "amount_max")
CONTRACT_DATES = ("award_date", "signed_on", "starts_on", "ends_on")


# -- the same shapes for the description of the API ---------------------------------------------------------------


def shape(name: str, fields: Mapping[str, Any]) -> type[serializers.Serializer[Any]]:
    """A serializer made of fields: moments and names come from the models and are not typed twice."""
    return type(name, (serializers.Serializer,), dict(fields))


def text(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(**kwargs)


def maybe_text() -> serializers.CharField:
    return serializers.CharField(allow_null=True)


def maybe_pesos(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=None, decimal_places=2, allow_null=True, **kwargs)


def moments_shape(moments: Iterable[str]) -> dict[str, Any]:
    """A moment is left out only where one moment alone was asked for."""
    return {moment: maybe_pesos(required=False) for moment in moments}


def slice_shape(*, nullable: bool) -> dict[str, Any]:
    texts = {name: serializers.CharField(allow_null=nullable) for name in ("kind", "publisher", "period", "breakdown")}
    return texts | {
        "municipality": maybe_text(),
        "document": maybe_text(),
        "year": serializers.IntegerField(allow_null=nullable),
    }


FileShape = shape(
    "PublishedFile",
    {
        "name": text(),
        "sha256": text(),
        "size": serializers.IntegerField(),
        "retrieved_from": maybe_text(),
        "retrieved_at": serializers.DateTimeField(),
        "published_by": maybe_text(),
        "licence": maybe_text(),
    },
)
ReleaseShape = shape(
    "PublishedRelease",
    {
        "id": serializers.IntegerField(),
        **slice_shape(nullable=False),
        "publisher_name": text(),
        "version": serializers.IntegerField(),
        "published_at": serializers.DateTimeField(),
        "lines": serializers.IntegerField(),
        "totals": serializers.DictField(child=serializers.CharField()),
        "file": FileShape(),
    },
)
ChosenShape = shape("ChosenSlice", slice_shape(nullable=True) | {"release": serializers.IntegerField(allow_null=True)})


def aggregate_shape(name: str, moments: Iterable[str]) -> type[serializers.Serializer[Any]]:
    sums = moments_shape(moments)
    heading = {"code": text(), "published_code": maybe_text(), "name": text()}
    return shape(
        f"{name}Aggregate",
        {
            "total": shape(f"{name}Total", moments_shape(moments))(),
            "cells": shape(f"{name}CellAnswer", heading | sums)(many=True),
            "chosen": ChosenShape(allow_null=True),
            "releases": ReleaseShape(many=True),
            "data_version": serializers.IntegerField(),
        },
    )


SupplierShape = shape("ContractSupplier", {"name": text(), "rfc": maybe_text()})
ContractShape = shape(
    "PublishedContract",
    {
        "id": text(),
        "publisher": text(),
        "municipality": maybe_text(),
        "year": serializers.IntegerField(),
        "procedure": text(),
        **{name: maybe_text() for name in (*CONTRACT_CODES, *CONTRACT_WORDS)},
        "supplier": SupplierShape(allow_null=True),
        **{name: maybe_pesos() for name in CONTRACT_AMOUNTS},
        "tax_basis": maybe_text(),
        "currency": text(),
        **{name: serializers.DateField(allow_null=True) for name in CONTRACT_DATES},
        "release": serializers.IntegerField(),
        "source_row": serializers.IntegerField(),
    },
)


def page_shape(name: str, row: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    return shape(
        name,
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": row(many=True),
            "data_version": serializers.IntegerField(),
        },
    )


ErrorShape = shape(
    "Error",
    {
        "detail": text(),
        "errors": serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False),
    },
)
