"""What of open contracting data does not follow the schemas of OCDS 1.1 (`ocds_schema`). Nothing is refused for it: the data are
read all the same, and a person is told, with the path of the first case and in words that the publisher can act on.

Extensions are not looked at, nor what a record's `versionedRelease` holds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from datasets.ingest.readers.ocds_schema import CODES, SHAPES, Field, Shape
from datasets.ingest.shapes import Finding

Json = dict[str, Any]
MOST_CHECKED = 2_000  # objects, spread over the file: the check must cost little beside reading it
MOST_IN_LIST = 200  # of one list
MOST_SHOWN = 8  # sorts of faults
MISSING = "falta y es obligatorio"
NO_CODE = "tiene una clave que no está en la lista del estándar"
TWICE = "tiene la misma entrada dos veces"
NULL = "no puede ser null: si no hay dato, se omite"
EMPTY = "está vacío: si no hay dato, se omite"
NO_OBJECT, NO_LIST, NO_TEXT = "debe ser un objeto", "debe ser una lista", "debe ser texto"
_WANTED = {
    "text": NO_TEXT,
    "number": "debe ser un número, sin comillas",
    "whole": "debe ser un número entero, sin comillas",
    "id": "debe ser texto o un número entero",
    "date": "debe ser fecha con hora y zona, como 2024-03-31T00:00:00-06:00",
    "link": "debe ser una dirección completa, como https://…",
    "flag": "debe ser true o false, sin comillas",
    "version": "debe ser dos números con un punto, como 1.1",
    "currency": "debe ser la clave de una moneda, como MXN",
    "object": NO_OBJECT,
    "list": NO_LIST,
    "value": "no puede ser true ni false",
}
_WANTED_IN_LIST = {"text": "debe ser una lista de textos", "link": "debe ser una lista de direcciones completas"}
_DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_LINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[^\s<>\"{}|\\^`%\x00-\x1f\x7f-\U0010ffff]|%[0-9A-Fa-f]{2})*")
_VERSION = re.compile(r"\d+\.\d+")
#: A name and the tag of a language after it (RFC 5646), as `title_en` or `title_es-MX`.
_TRANSLATED = re.compile(
    r"(?P<name>\w+?)_(?:(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}(?:-[A-Za-z]{3}){0,2})?|[A-Za-z]{4,8})(?:-[A-Za-z]{4})?"
    r"(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
    r"(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*(?:-x(?:-[A-Za-z0-9]{1,8})+)?|x(?:-[A-Za-z0-9]{1,8})+)"
)


class Number(str):
    """A number of the JSON: its digits as they stand, told from a text in quotes."""

    __slots__ = ()


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
            self._look(package, SHAPES["Package"], "paquete")
        step = -(-len(objects) // MOST_CHECKED) or 1
        for one in objects[::step]:
            before = self.counts.total()
            self._look_at_object(one)
            self.checked += 1
            self.faulty += self.counts.total() > before

    def _look_at_object(self, one: Json) -> None:
        ocid = one.get("ocid")
        where = f" de {ocid[:60]}" if isinstance(ocid, str) and ocid else ""
        releases = one.get("releases")
        if not one.keys() & {"compiledRelease", "versionedRelease"} and not isinstance(releases, list):
            self._look(one, SHAPES["Release"], "", where)
            return
        self._look(one, SHAPES["Record"], "registro", where)
        if "compiledRelease" in one:
            self._look_at_entry(one["compiledRelease"], SHAPES["Release"], "compiledRelease", where)
        entries: list[Any] = releases[:MOST_IN_LIST] if isinstance(releases, list) else []
        for place, release in enumerate(entries):
            self._look_at_entry(release, _release_shape(entries), f"releases[{place}]", where)

    def _look(self, one: Json, shape: Shape, path: str, where: str = "") -> None:
        for name, said in shape.fields.items():
            inside = f"{path}.{name}" if path else name
            if fault := _fault(one, name, said):
                self._add(inside, fault, where)
            elif (inner := SHAPES.get(said.sort)) and (value := one.get(name)) is not None:
                for place, entry in enumerate(value[:MOST_IN_LIST] if said.is_list else [value]):
                    self._look_at_entry(entry, inner, f"{inside}[{place}]" if said.is_list else inside, where)
        for name in one.keys() - shape.fields.keys():
            if _is_translation(name, shape) and not (one[name] is None or _is_text(one[name])):
                self._add(f"{path}.{name}" if path else name, NO_TEXT, where)

    def _look_at_entry(self, entry: Any, shape: Shape, path: str, where: str) -> None:
        if isinstance(entry, dict):
            self._look(entry, shape, path, where)
        else:
            self._add(path, NO_OBJECT, where)

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


def _fault(one: Json, name: str, said: Field) -> str:
    """What is wrong with a field by itself; nothing of what is inside it."""
    value = one.get(name)
    if value is None:
        if name in one:
            return "" if said.may_be_null else MISSING if said.required else NULL
        return MISSING if said.required else ""
    fault = _fault_of_list(value, said) if said.is_list else _fault_of_value(value, said)
    return MISSING if fault and said.required and value in ("", []) else fault


def _fault_of_value(value: Any, said: Field) -> str:
    if said.sort in SHAPES:
        return "" if isinstance(value, dict) else NO_OBJECT
    if said.sort in CODES:
        return "" if _is_text(value) and value in CODES[said.sort] else _WANTED.get(said.sort, NO_CODE)
    if not _IS[said.sort](value):
        return _WANTED[said.sort]
    return EMPTY if said.filled and value in ("", []) else ""


def _fault_of_list(value: Any, said: Field) -> str:
    if not isinstance(value, list):
        return _WANTED_IN_LIST.get(said.sort, NO_LIST)
    entries = value[:MOST_IN_LIST]
    if said.filled and not entries:
        return EMPTY
    if said.sort in CODES and not all(_is_text(one) and one in CODES[said.sort] for one in entries):
        return NO_CODE
    if said.sort in _IS and not all(map(_IS[said.sort], entries)):
        return _WANTED_IN_LIST[said.sort]
    return TWICE if said.unique and _repeats(entries) else ""


def _release_shape(releases: Sequence[Any]) -> Shape:
    """A record holds its releases, or names where each of them is."""
    first = releases[0] if isinstance(releases[0], dict) else {}
    return SHAPES["LinkedRelease" if "url" in first and "ocid" not in first else "Release"]


def _is_translation(name: str, shape: Shape) -> bool:
    found = _TRANSLATED.fullmatch(name)
    return found is not None and found["name"] in shape.translated


def _repeats(entries: Sequence[Any]) -> bool:
    return len(set(map(_frozen, entries))) < len(entries)


def _frozen(value: Any) -> Any:
    """By what JSON calls the same: 1 and 1.0 are, 1 and "1" are not, the order of an object's fields is nothing."""
    if isinstance(value, dict):
        return frozenset((name, _frozen(inner)) for name, inner in value.items())
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return ("number", Decimal(value)) if isinstance(value, Number) else (type(value), value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Number)


def _is_link(value: Any) -> bool:
    return _is_text(value) and _LINK.fullmatch(value) is not None


def _is_whole(value: Any) -> bool:
    return isinstance(value, Number) and value.lstrip("-").isdigit()


def _is_moment(value: Any) -> bool:
    found = _DATE.fullmatch(value) if _is_text(value) else None
    try:
        return found is not None and bool(date.fromisoformat(found[1]))
    except ValueError:
        return False


_IS: dict[str, Callable[[Any], bool]] = {
    "text": _is_text,
    "number": lambda value: isinstance(value, Number),
    "whole": _is_whole,
    "id": lambda value: _is_text(value) or _is_whole(value),
    "date": _is_moment,
    "link": _is_link,
    "flag": lambda value: isinstance(value, bool),
    "version": lambda value: _is_text(value) and _VERSION.fullmatch(value) is not None,
    "object": lambda value: isinstance(value, dict),
    "list": lambda value: isinstance(value, list),
    "value": lambda value: not isinstance(value, bool),
}
