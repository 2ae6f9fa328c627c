"""Whose money a row is: from codes and names as printed to a public body, known or yet to be created."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gesoc.common.text import search_text

_GOVERNMENT = re.compile(
    r"^(?:el |h |honorable )*(?:municipio|ayuntamiento|gobierno municipal|presidencia municipal|alcaldia|"
    r"demarcacion territorial|administracion municipal)(?: constitucional)?(?: del? municipio)?(?: del?| la)?\s+(?P<name>.+)$"
)
_FEDERATION = frozenset({"gobierno federal", "federacion", "gobierno de mexico", "poder ejecutivo federal"})
_OF_A_STATE = re.compile(
    r"^(?:(?:gobierno|poder ejecutivo|administracion publica)(?: constitucional)?(?: del?)? )?"
    r"(?:estado(?: libre y soberano)?(?: del?)? )?"
)


@dataclass(frozen=True, slots=True)
class BodyRef:
    """A public body as a row names it. `slug` is set when somebody chose a body that exists."""

    kind: str
    name: str
    municipality: str | None = None
    state: str | None = None
    slug: str | None = None

    @property
    def key(self) -> str:
        return search_text(self.name)


@dataclass(frozen=True, slots=True)
class Place:
    """What a row (or the title of its table) says about where the money belongs; '' where it says nothing."""

    municipality_code: str = ""
    state_code: str = ""
    municipality_name: str = ""
    state_name: str = ""
    entity_name: str = ""
    level: str = ""  # municipal | state | federal, or as printed (GM, GE, GF)


@dataclass(slots=True)
class Territory:
    """Codes and names of the country, read once per ingest."""

    municipalities: dict[str, str]  # code -> name
    states: dict[str, str]  # code -> name
    state_names: dict[str, str]  # folded name, short name, abbreviation -> code
    former_names: dict[str, list[str]] = field(default_factory=dict)  # code -> names it had or has in people's mouths
    by_name: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code, name in self.municipalities.items():
            for known in {search_text(name), *map(search_text, self.former_names.get(code, []))}:
                self.by_name.setdefault(known, []).append(code)

    def state_code(self, code: str, name: str) -> str | None:
        digits = code.strip().removesuffix(".0")
        if digits.isdigit() and (found := digits.zfill(2)) in self.states:
            return found
        return self.state_names.get(search_text(name)) if name else None

    def municipality_code(self, place: Place, state: str | None) -> str | None:
        """Five digits; None if the place names no municipality or none that exists."""
        digits = place.municipality_code.strip().removesuffix(".0")
        if digits.isdigit() and int(digits):
            whole = digits.zfill(5) if len(digits) > 3 else f"{state}{digits.zfill(3)}" if state else ""
            return whole if whole in self.municipalities else None
        return self.named(place.municipality_name, state)

    def named(self, name: str, state: str | None) -> str | None:
        found = self.by_name.get(search_text(name), []) if name else []
        inside = [code for code in found if code[:2] == state] if state else found
        return inside[0] if len(inside) == 1 else None


class UnknownPlace(ValueError):
    """The row names a municipality that does not exist, or nothing says whose money it is."""

    def __init__(self, code: str, value: str) -> None:
        super().__init__(value)
        self.code = code
        self.value = value


def resolve_body(place: Place, territory: Territory) -> BodyRef | None:
    """The body a place names; None if it names none; raises `UnknownPlace` for a code that does not exist."""
    state = territory.state_code(place.state_code, place.state_name)
    municipality = territory.municipality_code(place, state)
    if municipality is None and place.municipality_code.strip(" 0."):
        raise UnknownPlace("unknown_municipality", place.municipality_code.strip())
    state = municipality[:2] if municipality else state
    if place.entity_name.strip():
        return _named_body(place, municipality, state, territory)
    if municipality:
        return government(municipality, territory)
    return state_government(state, territory) if state else None


def government(code: str, territory: Territory) -> BodyRef:
    return BodyRef("municipality", territory.municipalities[code], code, code[:2])


def state_government(code: str, territory: Territory) -> BodyRef:
    return BodyRef("state", territory.states[code], None, code)


def _named_body(place: Place, municipality: str | None, state: str | None, territory: Territory) -> BodyRef:
    name = " ".join(place.entity_name.split())
    words = search_text(name)
    if words in _FEDERATION:
        return BodyRef("federation", name)
    if found := _municipal_government(words, municipality, state, territory):
        return found
    match = _OF_A_STATE.match(words)
    if match and match[0] and (code := territory.state_names.get(words[match.end() :])):
        return state_government(code, territory)
    if not municipality and words in territory.state_names and (place.level or "").lower() not in ("federal", "gf"):
        return state_government(territory.state_names[words], territory)
    return BodyRef(_agency_kind(place.level, municipality, state), name, municipality, state)


def _municipal_government(
    words: str, municipality: str | None, state: str | None, territory: Territory
) -> BodyRef | None:
    if municipality and words == search_text(territory.municipalities[municipality]):
        return government(municipality, territory)
    match = _GOVERNMENT.match(words)
    if not match:
        return None
    if municipality:
        return government(municipality, territory)
    return _by_title(match["name"], state, territory)


def _by_title(title: str, state: str | None, territory: Territory) -> BodyRef | None:
    """`tanhuato michoacan`, `torreon coahuila de zaragoza`, `benito juarez`: the municipality that a title means."""
    words = title.split()
    for length in range(len(words), 0, -1):
        name, rest = " ".join(words[:length]), " ".join(words[length:])
        within = territory.state_names.get(rest) if rest else state
        if rest and not within:
            continue
        if code := territory.named(name, within):
            return government(code, territory)
    return None


def _agency_kind(level: str, municipality: str | None, state: str | None) -> str:
    said = level.strip().lower()
    if said in ("federal", "gf", "gobierno federal", "apf"):
        return "federal_agency"
    if said in ("state", "ge", "gobierno estatal", "estatal"):
        return "state_agency"
    if municipality or said in ("municipal", "gm", "gobierno municipal"):
        return "municipal_agency"
    return "state_agency" if state else "unknown"
