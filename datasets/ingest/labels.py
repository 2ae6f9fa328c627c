"""What the label cells of a budget row say: total or not, code, name, block, depth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from datasets.ingest.codes import CHAPTER, ObjectCode, ldf_block, ldf_code, object_code, split_code, strip_formula
from datasets.ingest.dictionary import LONGEST, fold, join_spaced_letters, remembered

_TOTAL = re.compile(
    r"((iv|v|i{1,3})\s*[.)]\s*)?(gran\s+|sub\s*-?\s*)?tota(l|les)\b(?!\s*\w*\s*ejercido)"
    r"|^sumas?\b"
)
_MAY_BE_TOTAL = re.compile(r"t\s*o\s*t\s*a|suma", re.IGNORECASE)
_SUBTOTAL = re.compile(r"sub\s*-?\s*total")
_GRAND = re.compile(
    r"(gran total|suma total|sumas iguales"
    r"|total(es)?( general(es)?)?( (de|del|de los)? ?(gasto|egresos|ingresos|presupuesto)\w*.*)?)$"
)
_NOTE = re.compile(
    r"bajo protesta|notas?\b|fuente:|elabor[oó]|autoriz[oó]|revis[oó]|vo\.? ?bo|\*+\s|\d/ |¹|las? cifras"
    r"|las sumas parciales|ingresos excedentes|fecha de (actualizacion|validacion)|area (responsable|o unidad)"
    r"|unidad administrativa responsable|n\.s\.|para efectos de"
)
_CARRIES = re.compile(r"hoja|p[aá]gina|vuelta|sigue", re.IGNORECASE)
_CARRIED = re.compile(
    r"(?:sumas? (?:que )?)?(?:pasan?|vienen?) (?:a|de) (?:la |esta )?(?:hoja|pagina|vuelta)\b|sumas? y sigue"
    r"|(?:a|de) la (?:vuelta|(?:hoja|pagina) (?:anterior|siguiente))$"
    r"|(?:sumas?|(?:sub ?)?total(?:es)?)(?: de)?(?: la| esta)? (?:hoja|pagina)\b"
)
NOTE_LENGTH = 260


_ENUMERATED = re.compile(r"\s*(?:(?P<roman>[IVX]{1,4})|(?P<letter>[A-Z])|(?P<part>[A-Za-z]\d{1,2}))\s*[.)]\s*(?=\S)")


@dataclass(slots=True)
class Label:
    text: str  # everything printed in the label cells
    name: str  # without code, letters and formula
    printed: str = ""  # the name with its letters and formula
    code_text: str = ""  # the code as printed
    code: ObjectCode | None = None
    ldf: int | None = None  # depth in an LDF statement
    block: str = ""  # LDF block: free | earmarked | total
    column: int = 0  # first filled label column
    indent: int = 0
    is_total: bool = False

    @property
    def is_grand_total(self) -> bool:
        words = fold(join_spaced_letters(self.name or self.text)).strip(" .:*")
        return self.block == "total" or (bool(_GRAND.match(words)) and not _SUBTOTAL.match(words))


def _says_total(label: Label) -> bool:
    if label.block == "total":
        return True
    if not _MAY_BE_TOTAL.search(label.text):
        return False
    said = (fold(join_spaced_letters(text)).strip(" .:*") for text in (label.text, label.name))
    return any(_TOTAL.match(words) for words in said)


def is_carried(cells: Sequence[str]) -> bool:
    """``Pasa a la hoja siguiente``, ``Viene de la página anterior``: sums that a printed page hands on to the next."""
    return any(_CARRIES.search(cell) and _CARRIED.match(fold(cell).strip(" .:*")) for cell in cells if cell)


@remembered(maxsize=65_536)
def is_note(text: str) -> bool:
    return len(text) > NOTE_LENGTH or bool(_NOTE.match(fold(text).lstrip("“\"'- ")))


def read_label(cells: Sequence[tuple[int, str]], starts: frozenset[int] = frozenset()) -> Label:
    """From the label cells of a row, left to right: ``1131 | Sueldos``, ``0101 Dirección``, ``A. Servicios…``.

    ``starts`` are the columns that have a heading of their own: where several hold a name (chapter, concept, item) the last
    is the row's.
    """
    known = _read_label if sum(len(text) for _column, text in cells) <= LONGEST else _read_label.__wrapped__
    return known(tuple(cells), starts)


@lru_cache(maxsize=65_536)
def _read_label(cells: tuple[tuple[int, str], ...], starts: frozenset[int]) -> Label:
    texts = [(column, text) for column, text in cells if text.strip()]
    whole = " ".join(" ".join(text.split()) for _, text in texts)
    label = Label(text=whole, name=whole)
    if not texts:
        return label
    label.column = texts[0][0]
    label.indent = len(texts[0][1]) - len(texts[0][1].lstrip())
    names: list[str] = []
    for column, text in texts:
        code_text, name = _code_and_name(text)
        if code_text:
            _keep_deepest(label, code_text)
        if name:
            names = [name] if column in starts else [*names, name]
    label.printed = " ".join(names)
    label.name = _read_ldf(label, label.printed)
    label.is_total = _says_total(label)
    return label


def _keep_deepest(label: Label, text: str) -> None:
    code = object_code(text)
    if not label.code_text or (code and (label.code is None or code.level > label.code.level)):
        label.code_text, label.code = text, code


def _code_and_name(text: str) -> tuple[str, str]:
    bare = text.strip()
    if re.fullmatch(r"'?\d[\d.\-]*\s?[A-Z]{0,2}|[A-Z]{1,2}\d{2,5}[A-Z]?", bare):
        return bare.lstrip("'"), ""
    return split_code(text)


def _read_ldf(label: Label, name: str) -> str:
    label.block = ldf_block(label.text)
    if label.block:
        label.ldf = 0
        return strip_formula(name)
    code, bare = ldf_code(name)
    if code is None:
        return bare
    label.code, label.ldf = code, 1 if code.level == CHAPTER else 2
    return bare


def enumeration(text: str, previous_letter: str) -> tuple[int, str] | None:
    """Depth of a row by its numbering (``I.`` 0, ``A.`` 1, ``a1)`` 2) and its letter. After ``H.`` an ``I.`` is a letter."""
    match = _ENUMERATED.match(text)
    if not match:
        return None
    if match["part"]:
        return 2, previous_letter
    mark = match["roman"] or match["letter"]
    if len(mark) == 1 and (
        mark not in "IVX" or (ord(mark) - ord(previous_letter or "@") == 1 and mark != "A" and previous_letter)
    ):
        return 1, mark
    return 0, ""


def without_enumeration(name: str) -> str:
    match = _ENUMERATED.match(name)
    return strip_formula(name[match.end() :]) if match else name
