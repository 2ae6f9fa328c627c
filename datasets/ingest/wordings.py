"""A heading by what its words mean: ``Cve. Part.``, ``fec_contrato``, ``Mto. contratado``, however short and in any order.

`data/wordings.csv` has one rule a line: words of which each must stand once in the heading, in any order; ``a/b`` is one of
these, ``?`` may be missing. All words of the heading have to be accounted for, and two rules that name different fields with
equal right name none: an unknown column is asked about, a wrong one is believed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RULES = Path(__file__).parent / "data" / "wordings.csv"
MOST_WORDS = 7
SURELY_MEANT = 6  # letters
_WHOLE = re.compile(r"[a-z]{3,}[ai]d[oa]s?")  # ``prestado`` is a word of its own and not cut from ``prestador``
CUT_WITHOUT_STOP = 4  # letters from which on a word may be cut without a full stop after it

#: Short forms that are no beginnings of their word, or so common that nobody puts a full stop.
SHORT: dict[str, tuple[str, ...]] = {
    "adj": ("adjudicacion", "adjudicado"),
    "adq": ("adquisicion",),
    "ap": ("apellido",),
    "aut": ("autorizado", "autoridad"),
    "av": ("avance",),
    "cap": ("capitulo",),
    "cod": ("codigo",),
    "conc": ("concepto",),
    "cta": ("cuenta",),
    "cto": ("contrato",),
    "cve": ("clave",),
    "dep": ("dependencia",),
    "depto": ("departamento",),
    "des": ("descripcion",),
    "desc": ("descripcion",),
    "dir": ("direccion",),
    "dpto": ("departamento",),
    "edo": ("estado",),
    "ejer": ("ejercicio",),
    "ent": ("entidad", "ente"),
    "esp": ("especifica",),
    "exp": ("expediente",),
    "f": ("fecha",),
    "fch": ("fecha",),
    "fec": ("fecha",),
    "ff": ("fuente",),
    "fin": ("fin", "final", "financiero", "financiamiento"),
    "fis": ("fisico",),
    "fte": ("fuente",),
    "gen": ("generica",),
    "gto": ("gasto",),
    "imp": ("importe", "impuesto"),
    "impto": ("impuesto",),
    "ing": ("ingreso",),
    "inhab": ("inhabilitacion",),
    "ini": ("inicio", "inicial"),
    "ins": ("insoluto",),
    "inst": ("institucion", "instrumento"),
    "int": ("interes",),
    "inv": ("inversion",),
    "lat": ("latitud",),
    "lic": ("licitacion",),
    "loc": ("localidad",),
    "lon": ("longitud",),
    "long": ("longitud",),
    "max": ("maximo",),
    "min": ("minimo",),
    "mpio": ("municipio",),
    "mpal": ("municipal",),
    "mto": ("monto",),
    "mun": ("municipio",),
    "n": ("numero",),
    "nbre": ("nombre",),
    "no": ("numero",),
    "nom": ("nombre",),
    "nro": ("numero",),
    "num": ("numero",),
    "obj": ("objeto",),
    "org": ("organo", "organismo"),
    "part": ("partida",),
    "pptario": ("presupuestario",),
    "proc": ("procedimiento",),
    "prog": ("programa",),
    "prov": ("proveedor",),
    "pto": ("presupuesto",),
    "pp": ("programa",),
    "ppto": ("presupuesto",),
    "req": ("requirente",),
    "res": ("resolucion",),
    "sanc": ("sancion", "sancionadora"),
    "sdo": ("saldo",),
    "sol": ("solicitante",),
    "tpo": ("tipo",),
    "u": ("unidad",),
    "vto": ("vencimiento",),
}
_FILLER = re.compile(
    r"del?|l[ao]s?|el|[yoea]|al|en|que|se|por|para|segun|tod[oa]|ya|sus?|una?|acum(?:ulad[oa])?|pesos|mxn?|mn"
)
_TAX = re.compile(r"\b([cs])/\s*(?=i\.?\s?v\.?\s?a\b|imp)")
_INITIALS = re.compile(r"\b(?:[a-z]\.\s?){1,3}[a-z]\b\.?")
_IN_BRACKETS = re.compile(r"\(\s*(?:[a-rt-z0-9]|[^)]*=[^)]*)\s*\)")
_TOKEN = re.compile(r"[a-z]+\.?")


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    cut: bool = False  # a full stop follows


@dataclass(frozen=True, slots=True)
class Slot:
    words: tuple[str, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Rule:
    field: str
    slots: tuple[Slot, ...]

    @property
    def needed(self) -> int:
        return sum(not slot.optional for slot in self.slots)


@dataclass(frozen=True, slots=True)
class Rules:
    rules: tuple[Rule, ...]
    words: frozenset[str]


def words_of(folded: str) -> list[Word]:
    """The words of a heading that carry its meaning. `folded` is lower case without accents, with its punctuation."""
    text = _TAX.sub(lambda match: " con " if match[1] == "c" else " sin ", _IN_BRACKETS.sub(" ", folded))
    text = _INITIALS.sub(lambda match: re.sub(r"[^a-z]", "", match[0]) + " ", text).replace("%", " porcentaje ")
    named = "_" in folded  # names of database columns are cut without full stops
    found = (Word(token.rstrip("."), named or token.endswith(".")) for token in _TOKEN.findall(text))
    return [word for word in found if not _FILLER.fullmatch(word.text)]


def field_of(kind: str, folded: str) -> str | None:
    """The field of which a rule speaks with these words; None where no rule does, or several do."""
    words = words_of(folded)
    known = rules_of(kind)
    if not 0 < len(words) <= MOST_WORDS or not all(_in(word, known.words) for word in words):
        return None
    ranks: dict[str, int] = {}
    for rule in known.rules:
        if rule.needed <= len(words) <= len(rule.slots) and (rank := _best(words, rule.slots)) is not None:
            ranks[rule.field] = max(rank, ranks.get(rule.field, 0))
    best = [name for name, rank in ranks.items() if rank == max(ranks.values())]
    return best[0] if len(best) == 1 else None


@cache
def rules_of(kind: str) -> Rules:
    with RULES.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == kind]
    rules = tuple(Rule(row["field"], tuple(_slots(row["wording"]))) for row in rows)
    return Rules(rules, frozenset(word for rule in rules for slot in rule.slots for word in slot.words))


def _slots(wording: str) -> Iterator[Slot]:
    for text in wording.split():
        yield Slot(tuple(text.rstrip("?").split("/")), text.endswith("?"))


def _in(word: Word, known: frozenset[str]) -> bool:
    return any(_means(word, other) for other in known)


def _best(words: Sequence[Word], slots: Sequence[Slot]) -> int | None:
    """How many of the words stand there whole, in the best way to give each a slot of its own; None where there is no way."""
    if not words:
        return 0 if all(slot.optional for slot in slots) else None
    found = []
    for place, slot in enumerate(slots):
        fits = max((_means(words[0], word) for word in slot.words), default=0)
        if fits and (rest := _best(words[1:], [*slots[:place], *slots[place + 1 :]])) is not None:
            found.append(fits - 1 + rest)
    return max(found, default=None)


@cache
def _means(word: Word, known: str) -> int:
    """2 where it is this word, 1 where it may be cut short from it, 0 where it is another."""
    if _stem(word.text) == _stem(known):
        return 1 if word.cut and len(word.text) < len(known) else 2
    if word.text in SHORT:
        return int(known in SHORT[word.text])  # ``No.`` is a number and no name
    if not word.cut and _WHOLE.fullmatch(word.text) and known.startswith(word.text):
        return 0
    least = 2 if word.cut else CUT_WITHOUT_STOP
    return int((least <= len(word.text) < len(known) and known.startswith(word.text)) or mistyped(word.text, known))


def mistyped(word: str, known: str) -> bool:
    """One letter more, less, changed or swapped with the next, in a word so long that no other is meant."""
    if min(len(word), len(known)) < SURELY_MEANT or word[0] != known[0] or abs(len(word) - len(known)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(word, known, strict=False)) if a != b), min(len(word), len(known)))
    own, other = word[start:], known[start:]
    swapped = own[:2] == other[1::-1] and own[2:] == other[2:]
    return swapped or own[1:] == other[1:] or own[1:] == other or own == other[1:]


def _stem(word: str) -> str:
    """Without number and gender: ``contratados`` and ``contratada`` are ``contratad``."""
    bare = word[:-2] if word.endswith("es") and len(word) > 5 else word.removesuffix("s") if len(word) > 3 else word
    return bare[:-1] if len(bare) > 3 and bare[-1] in "aeo" else bare
