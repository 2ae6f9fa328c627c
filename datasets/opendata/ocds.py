"""Published contracts as OCDS 1.1 releases: what the file says and nothing that was guessed.

https://standard.open-contracting.org/1.1/. The prefix is not registered until the publisher asks for one; it is a setting.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from datasets.models import Contract, PublicBody, Release
from datasets.privacy import cover
from datasets.selectors import contract_releases

VERSION = "1.1"
LAST_SECOND = datetime.time(23, 59, 59)
WITH_OFFSET = len(
    "2024-03-01T00:00:00-06:00"
)  # before 1922 clocks here were off by seconds too, which no reader expects
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def releases(body: PublicBody | None = None) -> Iterator[dict[str, Any]]:
    """One OCDS release per published contract, streamed."""
    for release in (
        contract_releases(public_body=body)
        .select_related("public_body__municipality")
        .order_by("public_body", "year", "pk")
    ):
        lines = Contract.objects.filter(public_body=release.public_body_id, release=release).select_related(
            "supplier__merged_into"
        )
        for line in lines.order_by("line_no").iterator(2_000):
            yield release_of(line, release)


def package(
    body: PublicBody, published: Iterable[dict[str, Any]], *, uri: str, on: datetime.datetime
) -> dict[str, Any]:
    return said_of_itself(uri, on) | {"releases": list(published)}


def said_of_itself(uri: str, on: datetime.datetime) -> dict[str, Any]:
    """What a package of releases and one of records both begin with."""
    return {
        "uri": uri,
        "version": VERSION,
        "publishedDate": on.isoformat(timespec="seconds"),
        "publisher": {"name": "Mesa de Datos, GESOC"},
        "license": LICENCE,
    }


def release_of(line: Contract, release: Release) -> dict[str, Any]:
    body = release.public_body
    key, zone = line.fingerprint, _zone(body)
    buyer = {"id": body.slug, "name": body.name}
    seller = _supplier(line)
    parties = [{**buyer, "roles": ["buyer"]}]
    parties += [{**seller, "roles": ["supplier"]}] if seller else []
    assert release.published_at is not None
    return _without_nothing(
        {
            "ocid": f"{settings.OCDS_PREFIX}-{body.slug}-{key}",
            "id": f"{release.pk}-{line.line_no}",
            "date": release.published_at.isoformat(timespec="seconds"),
            "tag": ["contract"],
            "initiationType": "tender",
            "language": "es",
            "parties": parties,
            "buyer": buyer,
            "tender": _tender(line, key),
            "awards": [_award(line, key, seller, zone)],
            "contracts": [_contract(line, key, zone)],
        }
    )


def _tender(line: Contract, key: str) -> dict[str, Any]:
    return {
        "id": line.procedure_number or key,
        "title": cover(line.title),
        "procurementMethod": line.method or None,
        "procurementMethodDetails": cover(line.method_raw),
    }


def _award(line: Contract, key: str, seller: dict[str, Any] | None, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": key,
        "title": cover(line.title),
        "date": _day(line.award_date, zone),
        "value": _value(line),
        "suppliers": [{"id": seller["id"], "name": seller["name"]}] if seller else None,
    }


def _contract(line: Contract, key: str, zone: ZoneInfo) -> dict[str, Any]:
    period = {"startDate": _day(line.starts_on, zone), "endDate": _day(line.ends_on, zone, LAST_SECOND)}
    return {
        "id": line.contract_number or key,
        "awardID": key,
        "title": cover(line.title),
        "dateSigned": _day(line.signed_on, zone),
        "value": _value(line),
        "period": period if any(period.values()) else None,
    }


def _supplier(line: Contract) -> dict[str, Any] | None:
    """Known by a company's RFC or by our own number; a natural person's RFC is never told."""
    supplier = line.supplier.identity if line.supplier else None
    name = cover(line.supplier_name or (supplier.name if supplier else ""))
    if supplier is None:
        return {"id": f"sin-registro-{line.release_id}-{line.line_no}", "name": name} if name else None
    if not supplier.public_rfc:
        return {"id": f"proveedor-{supplier.number}", "name": name}
    identifier = {"scheme": "MX-RFC", "id": supplier.public_rfc, "legalName": name}
    return {"id": f"MX-RFC-{supplier.public_rfc}", "name": name, "identifier": identifier}


def _value(line: Contract) -> dict[str, Any] | None:
    return None if line.amount is None else {"amount": _number(line.amount), "currency": line.currency}


def _number(value: Decimal) -> float:
    """JSON has one kind of number; two decimals under a hundred billion come back to the cent."""
    return float(value)


def _zone(body: PublicBody) -> ZoneInfo:
    return ZoneInfo(body.municipality.time_zone if body.municipality else settings.TIME_ZONE)


def _day(day: datetime.date | None, zone: ZoneInfo, at: datetime.time = datetime.time.min) -> str | None:
    """A moment is what the standard wants: the day begins, or ends, where the publisher is. As of UTC it was the day before."""
    if day is None:
        return None
    moment = datetime.datetime.combine(day, at, zone)
    return moment.isoformat(timespec="seconds")[:WITH_OFFSET]


def _without_nothing(value: Any) -> Any:
    """What was not published is absent, never null or empty."""
    if isinstance(value, dict):
        kept = {key: _without_nothing(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in (None, "", [], {})}
    return [_without_nothing(one) for one in value] if isinstance(value, list) else value
