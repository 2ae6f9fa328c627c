"""A moment said in words that no list has: ``Asignación modificada``, ``Egresos comprometidos``, ``P. Dev. acum.``.

One word of a heading names the moment and the others only go with it. A heading that says anything else is none.
"""

from __future__ import annotations

import re

from datasets.ingest.wordings import mistyped

_SHARED = {
    "modificad": "modified",
    "vigente": "modified",
    "actualizad": "modified",
    "ajustad": "modified",
    "reformad": "modified",
    "definitiv": "modified",
    "reprogramad": "modified",
    "reasignad": "modified",
    "adecuad": "modified",
    "devengad": "accrued",
}
#: By kind the words that name a moment, without their endings.
BEGINNINGS = {
    "expenditure": _SHARED
    | {
        "aprobad": "approved",
        "autorizad": "approved",
        "asignad": "approved",
        "original": "approved",
        "programad": "approved",
        "comprometid": "committed",
        "compromis": "committed",
        "ejercid": "exercised",
        "erogad": "exercised",
        "gastad": "exercised",
        "pagad": "paid",
        "cubiert": "paid",
        "liquidad": "paid",
        "desembolsad": "paid",
    },
    "revenue": _SHARED
    | {
        "estimad": "estimated",
        "pronosticad": "estimated",
        "proyectad": "estimated",
        "original": "estimated",
        "aprobad": "estimated",
        "autorizad": "estimated",
        "recaudad": "collected",
        "captad": "collected",
        "cobrad": "collected",
        "percibid": "collected",
        "depositad": "collected",
        "ingresad": "collected",
        "obtenid": "collected",
    },
}
_OVERRULED = {"approved", "estimated"}  # ``autorizado modificado`` is the modified budget
_ALONGSIDE = re.compile(
    r"presupuest(?:o|ado|al)|presup|momento|p?pto|egr(?:esos?)?|gastos?|gto|ing(?:resos?)?|monto|mto|importe|imp|recursos?|total|anual"
    r"|asignacion|autorizacion|estimacion|pronostico|p|acum(?:ulad[oa]s?)?|ley|li|inicial(?:mente)?|efectivamente|realmente"
    r"|trimestre|periodo|cierre|fecha|cifras|pesos|al|a|la|el|los|lo|del|de|por|cabildo|congreso"
)
_MORE = ("ampliacion", "aumentos", "adiciones")
_LESS = ("reduccion", "reducciones", "disminucion")
_JOINS = frozenset({"y", "o", "liquidas"})
_ONLY_CHANGES = frozenset(
    {"ajustes", "adecuaciones", "modificaciones", "variaciones presupuestales", "traspasos netos"}
)
_SIGNED = re.compile(r"\+\s*/?\s*[-–]")
_SINCE_JANUARY = re.compile(r"\bene(?:ro)? (?:al? )?(?:[a-z]{3}|[a-z]{4,}(?:o|e|l|re))$")
_WORD = re.compile(r"[a-z]+\.?")
#: Cut so short without a full stop, a word is still read where nothing but a moment begins like that.
_USUAL_CUTS = frozenset({"mod", "dev", "pag"})
_LONG_CUT = 4
_DOTTED_CUT = 3


def said_moments(kind: str, folded: str) -> set[str]:
    """The moments that a text names, whatever else it says."""
    return {moment for start, moment in BEGINNINGS[kind].items() if re.search(rf"\b{start}", folded)}


def moment_of(kind: str, folded: str, words: str) -> str | None:
    """The moment that a heading names. `folded` as it is printed but without accents, `words` normalised and written out."""
    known = BEGINNINGS.get(kind)
    if known is None:
        return None
    if words in _ONLY_CHANGES or _changes(folded) or (_SIGNED.search(folded) and folded.startswith(("modif", "ampl"))):
        return "adjustments"
    dotted = {word.rstrip(".") for word in _WORD.findall(folded) if word.endswith(".") or "_" in folded}
    found: set[str] = set()
    for word in _SINCE_JANUARY.sub(" ", words).split():
        moment = _named(known, word, dotted)
        if moment is None and not (_ALONGSIDE.fullmatch(word) or mistyped(word, "presupuesto")):
            return None
        found |= {moment} if moment else set()
    if len(found) > 1:
        found -= _OVERRULED
    return found.pop() if len(found) == 1 else None


def _named(known: dict[str, str], word: str, dotted: set[str]) -> str | None:
    """The moment of a whole word or of its beginning, where it is the beginning of one moment only."""
    for start, moment in known.items():
        if word.startswith(start):
            return moment
    if _ALONGSIDE.fullmatch(word):
        return None
    least = _DOTTED_CUT if word in dotted or word in _USUAL_CUTS else _LONG_CUT
    cut = {moment for start, moment in known.items() if len(word) >= least and start.startswith(word)}
    if not cut and not word.endswith("r"):  # ``por recaudar`` was not collected
        cut = {moment for start, moment in known.items() if mistyped(word.rstrip("aos"), start)}
    return cut.pop() if len(cut) == 1 else None


def _changes(folded: str) -> bool:
    """``Ampl./Reducc.``, ``Ampliaciones y (reducciones)``: both directions in one column, and nothing else."""
    words = [word.rstrip(".") for word in _WORD.findall(folded)]
    words = [word for word in words if word not in _JOINS]
    return len(words) == 2 and _begins(words[0], _MORE) and _begins(words[1], _LESS)


def _begins(word: str, whole: tuple[str, ...]) -> bool:
    return len(word) >= _DOTTED_CUT and any(known.startswith(word) or word.startswith(known) for known in whole)
