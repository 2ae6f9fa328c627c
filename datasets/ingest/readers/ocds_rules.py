"""What OCDS 1.1 (https://standard.open-contracting.org/1.1/) demands of the parts that this reader uses, and what of a file
does not follow it. Nothing is refused for it: the data are read all the same, and a person is told.

The rules are stated here, because no library carries the schemas of the standard (docs/adr/open-contracting-data.md has the
table): required fields, kinds of values, closed code lists, dates, addresses and repeated entries of packages, records,
releases and every object in them. Extensions are not looked at, nor are currencies beyond their shape.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from datasets.ingest.shapes import Finding

Json = dict[str, Any]
MOST_CHECKED = 2_000  # objects, spread over the file: the check must cost little beside reading it
MOST_IN_LIST = 200  # of one list
MOST_SHOWN = 8  # sorts of faults
TEXT, AMOUNT, WHOLE, ID, DATE, OBJECT, LIST = "texto", "número", "entero", "id", "fecha", "objeto", "lista"
FLAG, LINK, TEXTS, LINKS = "sí o no", "dirección", "textos", "direcciones"
_DATE = re.compile(
    r"[0-9]{4}-[01][0-9]-[0-3][0-9][Tt][0-2][0-9]:[0-5][0-9]:[0-6][0-9](\.[0-9]+)?([Zz]|[+-][0-2][0-9]:[0-5][0-9])"
)
_LINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_VERSION = re.compile(r"\d+\.\d+")
_CURRENCY = re.compile(r"[A-Z]{3}")
_WANTED = {
    TEXT: "debe ser texto",
    AMOUNT: "debe ser un número, sin comillas",
    WHOLE: "debe ser un número entero, sin comillas",
    ID: "debe ser texto o un número entero",
    DATE: "debe ser fecha con hora y zona, como 2024-03-31T00:00:00-06:00",
    OBJECT: "debe ser un objeto",
    LIST: "debe ser una lista",
    FLAG: "debe ser true o false, sin comillas",
    LINK: "debe ser una dirección completa, como https://…",
    TEXTS: "debe ser una lista de textos",
    LINKS: "debe ser una lista de direcciones completas",
}
_TAGS = (
    "planning planningUpdate tender tenderAmendment tenderUpdate tenderCancellation award awardUpdate awardCancellation "
    "contract contractUpdate contractAmendment implementation implementationUpdate contractTermination compiled"
)


class Number(str):
    """A number of the JSON: its digits as they stand, told from a text in quotes."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: its required fields, the sort of its fields, those with a closed list of codes, and the objects within."""

    required: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    codes: dict[str, frozenset[str]] = field(default_factory=dict)
    within: dict[str, Shape] = field(default_factory=dict)


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MONEY = Shape(fields={"amount": AMOUNT, "currency": TEXT})
_PERIOD = Shape(fields={"startDate": DATE, "endDate": DATE, "maxExtentDate": DATE, "durationInDays": WHOLE})
_IDENTIFIER = Shape(fields={"scheme": TEXT, "id": ID, "legalName": TEXT, "uri": LINK})
_ADDRESS = Shape(fields=dict.fromkeys(("streetAddress", "locality", "region", "postalCode", "countryName"), TEXT))
_CONTACT = Shape(fields={"name": TEXT, "email": TEXT, "telephone": TEXT, "faxNumber": TEXT, "url": LINK})
_REFERENCE = Shape(fields={"id": ID, "name": TEXT})
_PARTY = Shape(
    fields={"id": TEXT, "name": TEXT, "roles": TEXTS, "additionalIdentifiers": LIST, "details": OBJECT},
    within={
        "identifier": _IDENTIFIER,
        "additionalIdentifiers": _IDENTIFIER,
        "address": _ADDRESS,
        "contactPoint": _CONTACT,
    },
)
_CLASSIFICATION = Shape(fields={"scheme": TEXT, "id": ID, "description": TEXT, "uri": LINK})
_UNIT = Shape(fields={"scheme": TEXT, "id": TEXT, "name": TEXT, "uri": LINK}, within={"value": _MONEY})
_ITEM = Shape(
    required=("id",),
    fields={"id": ID, "description": TEXT, "quantity": AMOUNT, "additionalClassifications": LIST, "unit": OBJECT},
    within={"classification": _CLASSIFICATION, "additionalClassifications": _CLASSIFICATION, "unit": _UNIT},
)
_DOCUMENT = Shape(
    fields={
        "id": ID,
        "documentType": TEXT,
        "title": TEXT,
        "description": TEXT,
        "url": LINK,
        "datePublished": DATE,
        "dateModified": DATE,
        "format": TEXT,
        "language": TEXT,
    },
)
_MILESTONE = Shape(
    fields={
        "id": ID,
        "title": TEXT,
        "type": TEXT,
        "description": TEXT,
        "code": TEXT,
        "dueDate": DATE,
        "dateMet": DATE,
        "dateModified": DATE,
        "documents": LIST,
    },
    codes={"status": _codes("scheduled met notMet partiallyMet")},
    within={"documents": _DOCUMENT},
)
_AMENDMENT = Shape(
    fields={
        "id": TEXT,
        "date": DATE,
        "rationale": TEXT,
        "description": TEXT,
        "amendsReleaseID": TEXT,
        "releaseID": TEXT,
        "changes": LIST,
    }
)
_RELATED = Shape(
    fields={"id": TEXT, "relationship": TEXTS, "title": TEXT, "scheme": TEXT, "identifier": TEXT, "uri": LINK}
)
#: What tenders, awards and contracts have in common.
_LISTS = {"items": LIST, "documents": LIST, "amendments": LIST, "milestones": LIST}
_INSIDE = {"items": _ITEM, "documents": _DOCUMENT, "amendments": _AMENDMENT, "milestones": _MILESTONE}
_PLANNING = Shape(
    fields={"rationale": TEXT, "budget": OBJECT, "documents": LIST, "milestones": LIST},
    within={
        "budget": Shape(
            fields={"id": ID, "description": TEXT, "project": TEXT, "projectID": ID, "uri": LINK},
            within={"amount": _MONEY},
        ),
        "documents": _DOCUMENT,
        "milestones": _MILESTONE,
    },
)
_TENDER = Shape(
    required=("id",),
    fields={
        "id": ID,
        "title": TEXT,
        "description": TEXT,
        "procurementMethodDetails": TEXT,
        "procurementMethodRationale": TEXT,
        "awardCriteria": TEXT,
        "awardCriteriaDetails": TEXT,
        "submissionMethodDetails": TEXT,
        "eligibilityCriteria": TEXT,
        "hasEnquiries": FLAG,
        "numberOfTenderers": WHOLE,
        "tenderers": LIST,
        "submissionMethod": TEXTS,
        "additionalProcurementCategories": TEXTS,
        **_LISTS,
    },
    codes={
        "status": _codes("planning planned active cancelled unsuccessful complete withdrawn"),
        "procurementMethod": _codes("open selective limited direct"),
        "mainProcurementCategory": _codes("goods works services"),
    },
    within={
        "value": _MONEY,
        "minValue": _MONEY,
        **dict.fromkeys(("tenderPeriod", "enquiryPeriod", "awardPeriod", "contractPeriod"), _PERIOD),
        "procuringEntity": _REFERENCE,
        "tenderers": _REFERENCE,
        **_INSIDE,
    },
)
_AWARD = Shape(
    required=("id",),
    fields={"id": ID, "title": TEXT, "description": TEXT, "date": DATE, "suppliers": LIST, **_LISTS},
    codes={"status": _codes("pending active cancelled unsuccessful")},
    within={"value": _MONEY, "suppliers": _REFERENCE, "contractPeriod": _PERIOD, **_INSIDE},
)
_TRANSACTION = Shape(
    required=("id",),
    fields={"id": ID, "date": DATE, "source": LINK, "uri": LINK},
    within={"value": _MONEY, "payer": _REFERENCE, "payee": _REFERENCE},
)
_CONTRACT = Shape(
    required=("id", "awardID"),
    fields={
        "id": ID,
        "awardID": ID,
        "title": TEXT,
        "description": TEXT,
        "dateSigned": DATE,
        "relatedProcesses": LIST,
        "implementation": OBJECT,
        **_LISTS,
    },
    codes={"status": _codes("pending active cancelled terminated")},
    within={
        "value": _MONEY,
        "period": _PERIOD,
        "implementation": Shape(
            fields={"transactions": LIST, "milestones": LIST, "documents": LIST},
            within={"transactions": _TRANSACTION, "milestones": _MILESTONE, "documents": _DOCUMENT},
        ),
        "relatedProcesses": _RELATED,
        **_INSIDE,
    },
)
RELEASE = Shape(
    required=("ocid", "id", "date", "tag", "initiationType"),
    fields={
        "ocid": TEXT,
        "id": TEXT,
        "date": DATE,
        "tag": LIST,
        "language": TEXT,
        "parties": LIST,
        "awards": LIST,
        "contracts": LIST,
        "relatedProcesses": LIST,
        "buyer": OBJECT,
        "planning": OBJECT,
        "tender": OBJECT,
    },
    codes={"tag": _codes(_TAGS), "initiationType": _codes("tender")},
    within={
        "parties": _PARTY,
        "buyer": _REFERENCE,
        "planning": _PLANNING,
        "tender": _TENDER,
        "awards": _AWARD,
        "contracts": _CONTRACT,
        "relatedProcesses": _RELATED,
    },
)
RECORD = Shape(required=("ocid", "releases"), fields={"ocid": TEXT, "releases": LIST})
_PUBLISHER = Shape(required=("name",), fields={"name": TEXT, "scheme": TEXT, "uid": TEXT, "uri": LINK})
PACKAGE = Shape(
    required=("uri", "version", "publishedDate", "publisher"),
    fields={
        "uri": LINK,
        "version": TEXT,
        "publishedDate": DATE,
        "publisher": OBJECT,
        "extensions": LINKS,
        "packages": LINKS,
        "license": LINK,
        "publicationPolicy": LINK,
    },
    within={"publisher": _PUBLISHER},
)
#: Lists in which no entry may stand twice.
_UNIQUE = frozenset(
    {"parties", "awards", "contracts", "items", "tenderers", "suppliers", "relatedProcesses", "additionalIdentifiers"}
    | {"additionalClassifications", "amendments"}
)


@dataclass(slots=True)
class Faults:
    """How often each fault was met, and where first. Of a long file, objects spread over it are looked at."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # (path without places, what is wrong)
    first: dict[tuple[str, str], str] = field(default_factory=dict)
    checked: int = 0
    faulty: int = 0
    of: int = 0

    def check(self, objects: Sequence[Json], packages: Sequence[Json]) -> None:
        self.of = len(objects)
        for package in islice(packages, MOST_CHECKED):
            self._look(package, PACKAGE, "paquete")
        step = -(-len(objects) // MOST_CHECKED) or 1
        for one in objects[::step]:
            before = self.counts.total()
            self._look_at_object(one)
            self.checked += 1
            self.faulty += self.counts.total() > before

    def _look_at_object(self, one: Json) -> None:
        ocid = one.get("ocid")
        where = f" de {ocid[:60]}" if isinstance(ocid, str) and ocid else ""
        if isinstance(one.get("compiledRelease"), dict):
            self._look(one["compiledRelease"], RELEASE, "compiledRelease", where)
            self._look(one, RECORD, "registro", where)
        elif isinstance(one.get("releases"), list):
            self._look(one, RECORD, "registro", where)
            for place, release in enumerate(one["releases"][:MOST_IN_LIST]):
                if isinstance(release, dict):
                    self._look(release, RELEASE, f"releases[{place}]", where)
        else:
            self._look(one, RELEASE, "", where)

    def _look(self, one: Json, shape: Shape, path: str, where: str = "") -> None:
        for name, fault in _faults(one, shape):
            self._add(f"{path}.{name}" if path else name, fault, where)
        for name, inner in shape.within.items():
            value = one.get(name)
            inside = f"{path}.{name}" if path else name
            if isinstance(value, dict):
                self._look(value, inner, inside, where)
            elif isinstance(value, list):
                for place, item in enumerate(value[:MOST_IN_LIST]):
                    if isinstance(item, dict):
                        self._look(item, inner, f"{inside}[{place}]", where)

    def _add(self, path: str, fault: str, where: str) -> None:
        key = re.sub(r"\[[0-9]+\]", "[]", path), fault
        self.counts[key] += 1
        self.first.setdefault(key, path + where)

    def findings(self) -> Iterator[Finding]:
        """What was checked, then each sort of fault with the path of the first."""
        if not self.checked:
            return
        sample = "" if self.checked == self.of else f", tomadas a lo largo de un archivo de {self.of:,}"
        looked = f"Con las reglas de OCDS 1.1 se revisaron {self.checked:,} publicaciones{sample}."
        if not self.counts:
            yield Finding("ocds_rules", "info", f"{looked} No se encontraron faltas.")
            return
        yield Finding(
            "ocds_rules", "info", f"{looked} Con faltas: {self.faulty:,}. Se leyeron igual; las faltas van aquí."
        )
        for (path, fault), count in self.counts.most_common(MOST_SHOWN):
            times = "una vez" if count == 1 else f"{count:,} veces, la primera"
            text = f"«{path}» {fault}: {times} en {self.first[path, fault]}."
            yield Finding("ocds_rule", "warning", text, hint="Lo corrige quien publica; aquí no cambia ninguna cifra.")
        if (more := len(self.counts) - MOST_SHOWN) > 0:
            yield Finding("ocds_rules_more", "info", f"Otras clases de faltas a las reglas de OCDS 1.1: {more}.")


def _faults(one: Json, shape: Shape) -> Iterator[tuple[str, str]]:
    for name in shape.required:
        if one.get(name) in (None, "", []):
            yield name, "falta y es obligatorio"
    for name, sort in shape.fields.items():
        value = one.get(name)
        if value not in (None, "") and not _IS[sort](value):
            yield name, _WANTED[sort]
    for name, codes in shape.codes.items():
        for code in _codes_of(one.get(name)):
            if code not in codes:
                yield name, "tiene una clave que no está en la lista del estándar"
    for name in _UNIQUE.intersection(shape.fields):
        if _repeats(one.get(name)):
            yield name, "tiene la misma entrada dos veces"
    if shape is PACKAGE and isinstance(said := one.get("version"), str) and said and not _VERSION.fullmatch(said):
        yield "version", "debe ser dos números con un punto, como 1.1"
    if shape is _MONEY and isinstance(code := one.get("currency"), str) and code and not _CURRENCY.fullmatch(code):
        yield "currency", "debe ser una clave de tres letras, como MXN"


def _repeats(value: Any) -> bool:
    if not isinstance(value, list) or len(value) < 2:
        return False
    seen = [json.dumps(item, sort_keys=True, ensure_ascii=False) for item in value[:MOST_IN_LIST]]
    return len(set(seen)) < len(seen)


def _codes_of(value: Any) -> list[Any]:
    items = value[:MOST_IN_LIST] if isinstance(value, list) else [value]
    return [item if isinstance(item, str) else "" for item in items if item is not None]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _is_link(value: Any) -> bool:
    return _is_text(value) and _LINK.fullmatch(value) is not None


def _is_whole(value: Any) -> bool:
    return isinstance(value, Number) and value.lstrip("-").isdigit()


_IS: dict[str, Callable[[Any], bool]] = {
    TEXT: _is_text,
    AMOUNT: lambda value: isinstance(value, Number),
    WHOLE: _is_whole,
    ID: lambda value: _is_text(value) or _is_whole(value),
    DATE: lambda value: _is_text(value) and _DATE.fullmatch(value) is not None,
    OBJECT: lambda value: isinstance(value, dict),
    LIST: lambda value: isinstance(value, list),
    FLAG: lambda value: isinstance(value, bool),
    LINK: _is_link,
    TEXTS: lambda value: isinstance(value, list) and all(map(_is_text, value[:MOST_IN_LIST])),
    LINKS: lambda value: isinstance(value, list) and all(map(_is_link, value[:MOST_IN_LIST])),
}
