"""A moment said in words that no list has: ``Asignación modificada``, ``Egresos comprometidos``, ``Ppto. Ejerc.``.

One word of a heading names the moment and the others only go with it. A heading that says anything else is none.
"""

from __future__ import annotations

import re

_BEGINNINGS = {
    "expenditure": {
        "aprobad": "approved",
        "autorizad": "approved",
        "asignad": "approved",
        "original": "approved",
        "modificad": "modified",
        "vigente": "modified",
        "actualizad": "modified",
        "comprometid": "committed",
        "devengad": "accrued",
        "ejercid": "exercised",
        "erogad": "exercised",
        "pagad": "paid",
    },
    "revenue": {
        "estimad": "estimated",
        "pronosticad": "estimated",
        "original": "estimated",
        "aprobad": "estimated",
        "autorizad": "estimated",
        "modificad": "modified",
        "vigente": "modified",
        "devengad": "accrued",
        "recaudad": "collected",
        "cobrad": "collected",
        "percibid": "collected",
        "ingresad": "collected",
        "actualizad": "modified",
        "obtenid": "collected",
    },
}
_OVERRULED = {"approved", "estimated"}  # ``autorizado modificado`` is the modified budget
_ALONGSIDE = re.compile(
    r"presupuest(?:o|ado)|egresos?|gastos?|ingresos?|monto|importe|recursos?|total|anual|asignacion|acumulad[oa]|ley|inicial"
    r"|trimestre|periodo|cierre|fecha|cifras|pesos|al|a|la|el|los|del|de|por"
)
_CHANGES = re.compile(
    r"(?:ampliacion(?:es)?|aumentos?|adiciones)(?: (?:y o|y|o|liquidas))* (?:reducc?ion(?:es)?|disminuciones)"
)
_ONLY_CHANGES = frozenset(
    {"ajustes", "adecuaciones", "modificaciones", "variaciones presupuestales", "traspasos netos"}
)
_SIGNED = re.compile(r"\+\s*/?\s*[-–]")
_CUT = re.compile(r"([a-z]{3,})\.")


def moment_of(kind: str, folded: str, words: str) -> str | None:
    """The moment that a heading names. `folded` as it is printed but without accents, `words` normalised and written out."""
    known = _BEGINNINGS.get(kind)
    if known is None:
        return None
    if (
        words in _ONLY_CHANGES
        or _CHANGES.fullmatch(words)
        or (_SIGNED.search(folded) and folded.startswith(("modif", "ampl")))
    ):
        return "adjustments"
    cut = set(_CUT.findall(folded))
    found: set[str] = set()
    for word in words.split():
        moment = next((name for start, name in known.items() if word.startswith(start)), None)
        if moment is None and word in cut:
            moment = next((name for start, name in known.items() if start.startswith(word)), None)
        if moment is None and not _ALONGSIDE.fullmatch(word):
            return None
        found |= {moment} if moment else set()
    if len(found) > 1:
        found -= _OVERRULED
    return found.pop() if len(found) == 1 else None
