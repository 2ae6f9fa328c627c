"""Headings that are cut short: ``Presup. Aprob.``, ``Av. Físico``, ``R.F.C.``, ``Ampl./(Red.)``, ``Monto c/IVA``."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: What offices write short with or without a full stop. A word that means two things is not here: its neighbours tell.
SHORT = {
    "ppto": "presupuesto",
    "pto": "presupuesto",
    "presup": "presupuesto",
    "num": "numero",
    "av": "avance",
    "exp": "expediente",
    "part": "partida",
    "dif": "diferencia",
    "fin": "financiero",
    "fis": "fisico",
    "cto": "contrato",
    "prov": "proveedor",
    "fte": "fuente",
    "financ": "financiamiento",
    "depto": "departamento",
    "fec": "fecha",
    "nom": "nombre",
    "desc": "descripcion",
    "prog": "programa",
    "imp": "importe",
    "proc": "procedimiento",
    "cap": "capitulo",
}
_INITIALS = re.compile(r"\b[a-z](?: [a-z])+\b")
_TAX = re.compile(r"\b([cs])/\s*i\.?\s?v\.?\s?a\b\.?")
_NUMBER_OF = re.compile(r"^n (?=de |del |contrato|expediente|partida|obra)")
_CUT = re.compile(r"([a-z]{2,})\.(?=[^a-z]|$)")
_WORDS = re.compile(r"[a-z0-9%]+\.?")


def spelled_out(folded: str, normalised: str) -> str:
    """The normalised heading with what is cut short written out; itself where nothing is."""
    text = _TAX.sub(lambda match: " con iva " if match[1] == "c" else " sin iva ", folded)
    words = " ".join(_words(text)).replace(".", "") if text != folded else normalised
    words = _INITIALS.sub(_joined, words)
    words = _NUMBER_OF.sub("numero ", words)
    cut = set(_CUT.findall(folded))
    return " ".join(SHORT.get(word, word) if word in cut or len(word) > 3 else word for word in words.split())


def _joined(match: re.Match[str]) -> str:
    """``r f c`` is a word; ``y o`` are two."""
    return match[0] if set(match[0]) <= set("yoae ") else match[0].replace(" ", "")


def same_beginnings(folded: str, headings: Iterable[str]) -> list[str]:
    """The known headings of which this one prints the words, some of them cut: ``ampl. red.``."""
    words = _words(folded)
    if not any(word.endswith(".") and len(word) > 3 for word in words):
        return []
    return [known for known in headings if _begins(words, known.split())]


def _words(folded: str) -> list[str]:
    return [word if len(word) > 1 else word.rstrip(".") for word in _WORDS.findall(folded)]


def _begins(cut: list[str], known: list[str]) -> bool:
    return len(cut) == len(known) and all(
        whole.startswith(word[:-1]) if word.endswith(".") and len(word) > 3 else whole == word.rstrip(".")
        for word, whole in zip(cut, known, strict=True)
    )
