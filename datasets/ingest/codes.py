"""Codes of the Mexican classifiers as files print them, and names matched back to codes.

Object of expenditure (CONAC, COG): one digit is a chapter, two a concept, three a generic item, more a specific
(local) item; files pad them with zeros (``10000``), letters (``11N``) or print them before the name (``1131
Sueldos``); LDF formats use letters (``A.``, ``a1)``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from datasets.ingest.dictionary import fold, read_rows, remembered

CHAPTER, CONCEPT, GENERIC, SPECIFIC = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class ObjectCode:
    digits: str  # significant digits: "1", "11", "113", "11301"
    level: int

    @property
    def canonical(self) -> str:
        """Four digits, comparable across governments: 1000, 1100, 1130; a specific item is its generic item here."""
        return self.digits[:3].ljust(4, "0")

    def contains(self, other: ObjectCode) -> bool:
        return self.level < other.level and other.digits.startswith(self.digits)


_CODE = re.compile(r"\s*(\d{1,6})(?:\.0+)?\s*([NE]?)\s*")
_CODE_THEN_NAME = re.compile(
    r"\s*[(\[]?(\d[\d.\-]{0,14}|[A-Z]?\d{2,6}[A-Z]?)[)\]]?[.:]?\s*(?:[-–—:.]\s*|\s+)(\S.*)", re.DOTALL
)
_LDF_CHAPTER = re.compile(r"\s*([A-I])\s*[.)]\s*(\S.*)", re.DOTALL)
_LDF_CONCEPT = re.compile(r"\s*([A-Ia-i])(\d)\s*[.)]\s*(\S.*)", re.DOTALL)
_LDF_BLOCK = re.compile(r"\s*(I{1,3}|1|2|3)\s*[.)]\s*(?:gasto|total)", re.IGNORECASE)
_FORMULA_TAIL = re.compile(r"\(\s*[A-Za-z0-9]+\s*=[^)]*\)?\s*$")
_FORMULA_LENGTH = (
    300  # looked for in the last letters only: every bracket of an endless cell would be followed to its end
)


@remembered(maxsize=65_536)
def object_code(text: str) -> ObjectCode | None:
    """The code in a cell that holds only a code; None for anything else, for 99999 (totals) and for numbers no
    chapter has.
    """
    match = _CODE.fullmatch(text.replace(" ", "").replace("'", ""))
    if not match:
        return None
    digits = match[1]
    if digits[0] == "0" or (set(digits) == {"9"} and len(digits) > 2):
        return None
    if match[2] and len(digits) == 2:
        return ObjectCode(digits, CONCEPT)
    return ObjectCode(*_significant(digits))


def _significant(digits: str) -> tuple[str, int]:
    """Padding zeros fall away from codes of four digits and more: 1000 is chapter 1; 10, 110 stay as they are."""
    if len(digits) >= 4:
        kept = digits.rstrip("0")
        if len(kept) <= 3:
            return kept, len(kept)
        return digits, SPECIFIC
    if len(digits) == 3 and digits.endswith("00"):
        return digits[:1], CHAPTER
    return digits, len(digits)


def split_code(text: str) -> tuple[str, str]:
    """``0101 Dirección General`` is ("0101", "Dirección General"); a name alone is ("", name)."""
    match = _CODE_THEN_NAME.fullmatch(text.strip())
    if match and any(char.isalpha() for char in match[2]):
        return match[1].rstrip(".-"), match[2].strip()
    return "", text.strip()


def ldf_code(text: str) -> tuple[ObjectCode | None, str]:
    """Letter of an LDF row (``A. Servicios Personales (A=a1+…)``, ``a1) Remuneraciones``) as a code, and the name
    without it.
    """
    if match := _LDF_CONCEPT.match(text):
        letters = f"{match[1].lower()}{match[2]}"
        code = _ldf_letters().get(letters)
        return (ObjectCode(code[:2], CONCEPT) if code else None), strip_formula(match[3])
    if match := _LDF_CHAPTER.match(text):
        code, name = str(ord(match[1]) - ord("A") + 1), strip_formula(match[2])
        known = object_names().find(name)  # "H. Ayuntamiento" and "C. Director" begin with such a letter too
        if _formula(match[2]) or (known and known.code == f"{code}000"):
            return ObjectCode(code, CHAPTER), name
    return None, strip_formula(text)


def ldf_block(text: str) -> str:
    """earmarked | free | total for the Roman blocks of an LDF statement, else ''."""
    if not _LDF_BLOCK.match(text):
        return ""
    words = fold(text)
    if "total" in words:
        return "total"
    return "free" if "no etiquetado" in words else "earmarked" if "etiquetado" in words else ""


def strip_formula(text: str) -> str:
    found = _formula(text)
    return " ".join((text[: found.start()] if found else text).split())


def _formula(text: str) -> re.Match[str] | None:
    return _FORMULA_TAIL.search(text, max(0, len(text) - _FORMULA_LENGTH))


@cache
def _ldf_letters() -> dict[str, str]:
    """a1 -> 1100. The index of the row is not the digit of the code (7900 is g7): count the published rows of each
    chapter.
    """
    found = {
        row["ldf_6a_row"].strip(): row["code"] for row in _cog() if re.fullmatch(r"[a-i]\d", row["ldf_6a_row"].strip())
    }
    for chapter, letter in zip("123456789", "abcdefghi", strict=True):
        codes = [row["code"] for row in _cog() if row["level"] == "concepto" and row["code"][0] == chapter]
        for index, code in enumerate(codes, start=1):
            found.setdefault(f"{letter}{index}", code)
    return found


@cache
def _cog() -> list[dict[str, str]]:
    return read_rows("cog.csv")


@remembered(maxsize=65_536)
def name_key(name: str) -> str:
    """A name reduced to what publishers agree on: no accents, punctuation, articles, plurals or final dots."""
    words = re.sub(r"[^a-z0-9 ]", " ", fold(name)).split()
    return " ".join(_stem(word) for word in words if word not in _STOP)


_STOP = frozenset(["de", "del", "la", "las", "los", "el", "y", "e", "o", "u", "a", "en", "por", "para", "al", "con"])


def _stem(word: str) -> str:
    for ending in ("es", "s"):
        if len(word) > 5 and word.endswith(ending):
            return word[: -len(ending)]
    return word


@dataclass(frozen=True, slots=True)
class Named:
    code: str
    level: int
    parent: str
    name: str


class Names:
    """Names of one classifier. A name may stand at two levels, so a parent narrows the search."""

    def __init__(self, entries: list[Named]) -> None:
        self.entries = entries
        self._by_key: dict[str, list[Named]] = {}
        self._found: dict[str, list[Named]] = {}
        for entry in entries:
            self._by_key.setdefault(name_key(entry.name), []).append(entry)

    def find(self, name: str, under: str = "") -> Named | None:
        """The entry with this name; under a parent first, then the shallowest; truncated names of 20 letters match if
        unique.
        """
        key = name_key(name)
        if not key:
            return None
        if key not in self._found:
            self._found[key] = self._by_key.get(key) or self._truncated(key)
        found = self._found[key]
        if not found:
            return None
        below = [entry for entry in found if under and entry.parent == under]
        return below[0] if below else found[0]

    def _truncated(self, key: str) -> list[Named]:
        if len(key) < 16:
            return []
        starts = [entry for entry in self.entries if _same_start(name_key(entry.name), key)]
        return starts if len({entry.code for entry in starts}) == 1 else []


def _same_start(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    return shorter >= 16 and one[:shorter] == other[:shorter]


_LEVELS = {
    "capitulo": 1,
    "concepto": 2,
    "partida_generica": 3,
    "finalidad": 1,
    "funcion": 2,
    "subfuncion": 3,
    "rubro": 1,
    "tipo": 2,
}


def _entries(file: str) -> list[Named]:
    return [Named(row["code"], _LEVELS.get(row["level"], 9), row["parent"], row["name_es"]) for row in read_rows(file)]


@cache
def object_names() -> Names:
    extra = [
        Named("9900", 2, "9000", "ADEFAS"),
        Named("1100", 2, "1000", "Remuneraciones al personal de carácter permanente"),
    ]
    return Names(_entries("cog.csv") + extra)


@cache
def function_names() -> Names:
    return Names(_entries("functional.csv"))


@cache
def revenue_names() -> Names:
    """The list of 2018 and the names that earlier statements print for the same rubros and tipos."""
    earlier = [
        Named("0", 1, "", "Ingresos Derivados de Financiamiento"),
        Named("7", 1, "", "Ingresos por Ventas de Bienes y Servicios"),
        Named("8", 1, "", "Participaciones y Aportaciones"),
        Named("9", 1, "", "Transferencias, Asignaciones, Subsidios y Otras Ayudas"),
        Named("9", 1, "", "Transferencias, Asignaciones y Subsidios"),
        Named("51", 2, "5", "Productos de Tipo Corriente"),
        Named("61", 2, "6", "Aprovechamientos de Tipo Corriente"),
    ]
    return Names(_entries("cri.csv") + earlier)


@cache
def type_names() -> Names:
    rows = [row for row in read_rows("other.csv") if row["classifier"] == "tipo_gasto"]
    entries = [Named(row["code"], 1, "", row["name_es"]) for row in rows]
    return Names(
        [*entries, Named("2", 1, "", "Gasto Capital"), Named("1", 1, "", "Corriente"), Named("2", 1, "", "Capital")]
    )


_PLAN_DE_CUENTAS = {f"41{digit}": str(digit) for digit in range(1, 8)} | {"421": "8", "422": "9"}
_CRI = re.compile(r"\d[\d.\-]*(?:[A-Za-z])?")


@remembered(maxsize=16_384)
def revenue_code(text: str) -> str | None:
    """A revenue code without dots: ``1.2.1`` is 121, ``1200`` is 12; ``4.1.1.2.1`` (chart of accounts) is 12."""
    value = re.sub(r"\.0+$", "", text.strip().lstrip("'").replace(" ", ""))
    if not value or not _CRI.fullmatch(value):
        return None
    digits = re.sub(r"\D", "", value)
    if len(digits) >= 3 and digits[:3] in _PLAN_DE_CUENTAS and ("." in value or len(digits) >= 5):
        return _PLAN_DE_CUENTAS[digits[:3]] + digits[3:].rstrip("0")
    if len(digits) == 4 and "." not in value:
        return digits.rstrip("0") or "0"
    return digits or None
