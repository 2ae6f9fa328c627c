"""Headings that are sentences, as offices write them for people: ``Lo que ya se pagó``, ``Con cuánto se quedó``.

A finite verb that the words before it announce is written as the participle that the other lists know: ``pagado``. What is
said of changes to a budget is told here, since only a sentence says it so: ``Se le agregó`` is an increase.
"""

from __future__ import annotations

import re

#: What announces a verb; without it ``gasto`` and ``pago`` are nouns.
_ANNOUNCED = re.compile(
    r"^(?:(?:todo )?(?:lo|(?:el )?(?:dinero|monto|total)|la cantidad) que|(?:con |por |en )?cuanto|ya|se|nos|les?|va|llevan?)\b"
)
_BEFORE_VERB = re.compile(
    r"(?:todo|lo|el|la|dinero|monto|total|cantidad|que|cuanto|con|por|ya|si|se|nos|le|les|me|ha|han|va|lleva|llevan|fue|fueron)"
)
_REGULAR = ((re.compile(r"(\w{3,})(?:o|aron|aba|aban|amos)"), "ado"), (re.compile(r"(\w{3,})(?:io|ieron|imos)"), "ido"))
_PARTICIPLE = re.compile(r"\w{3,}[ai]d[oa]s?")
_OTHERS = {"entro": "ingresado", "entraron": "ingresado", "llego": "percibido"} | dict.fromkeys(
    ("debe", "debemos", "deben"), "adeudado"
)
_TIME = re.compile(
    r"\b(?:(?:en|durante|al|hasta|a|de) )?(?:el |la |todo )*(?:ano|anio|cierre|fecha|hoy|momento|periodo|trimestre|mes)\b"
    r"|\b(?:hasta|a|en) (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)\b"
)
_HOPED = re.compile(
    r"(?:pensa|espera|estima|calcula|planea|proyecta|tenia previsto|previo|iban? a|queria|debia)\w*"
    r" (?:cobrar|recaudar|recibir|ingresar|obtener|juntar)"
)
_AT_FIRST = re.compile(r"con cuanto (?:se )?(?:empezo|inicio|arranco|comenzo|contaba)|(?:se )?tenia(?:n)? para gastar")
_AT_LAST = re.compile(
    r"con cuanto (?:se )?(?:quedo|termino|cerro)|(?:le|les|nos|se)? ?quedo(?: disponible)? para (?:gastar|ejercer)"
)
_LEFT_TO_PAY = re.compile(
    r"(?:falta|faltan|faltaba|resta|restan|queda|quedan)(?: por| de)? (?:pagar|liquidar|cubrir|amortizar)"
)
_TO_WHOM = re.compile(r"^a quien(?:es)?\b|^con quien|\b(?:debe|deben|debemos|adeuda|adeudan)(?: dinero)? a$")
_TRADES = re.compile(r"\b(?:debe|deben|debemos|adeud|compr|contrat|pag|adjudic|prest|firm)")
_MORE = re.compile(r"\b(?:aument|agreg|amplia|adicion|increment|sum)(?:o|aron|ado|ados)\b|\bsubi(?:o|do)\b")
_LESS = re.compile(r"\b(?:recort|quit|rest|disminu|redu)(?:o|io|jo|aron|yo|ado|cido|ido)\b|\bbaj(?:o|ado)\b")
_BUDGETS = ("expenditure", "revenue")


def change_said(kind: str, folded: str) -> str | None:
    """``adjustments``, ``increases`` or ``decreases``, where a sentence speaks of changes to a budget."""
    if kind not in _BUDGETS or not _ANNOUNCED.match(folded):
        return None
    more, less = bool(_MORE.search(folded)), bool(_LESS.search(folded))
    return {(True, True): "adjustments", (True, False): "increases", (False, True): "decreases"}.get((more, less))


def in_participles(kind: str, folded: str) -> str | None:
    """The heading with its verb as a participle; None where it is no sentence. `folded`: lower case, no accents."""
    said = " ".join(re.sub(r"[^a-z0-9% ]", " ", folded).split())
    if kind in _BUDGETS:
        for pattern, noun in ((_HOPED, "estimado"), (_AT_FIRST, "original"), (_AT_LAST, "modificado")):
            if pattern.search(said) and not (kind == "expenditure" and noun == "estimado"):
                return noun
    if kind == "debt" and _LEFT_TO_PAY.search(said):
        return "saldo pendiente"
    if _TO_WHOM.search(said):
        return {"debt": "acreedor", "contracts": "proveedor"}.get(kind) if _TRADES.search(said) else None
    if not _ANNOUNCED.match(said):
        return None
    words: list[str] = _TIME.sub(" ", said).split()
    start = next((place for place, word in enumerate(words) if not _BEFORE_VERB.fullmatch(word)), len(words))
    if start == len(words):
        return None
    verb = _participle(words[start])
    return None if verb is None else " ".join([verb, *words[start + 1 :]])


def _participle(word: str) -> str | None:
    if word in _OTHERS:
        return _OTHERS[word]
    if _PARTICIPLE.fullmatch(word):
        return word
    return next((found[1] + ending for verb, ending in _REGULAR if (found := verb.fullmatch(word))), None)
