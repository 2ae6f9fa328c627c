"""Whose money, which year and period, which document: from title rows, line columns, sheet and file names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from datasets.ingest.dates import parse_date, parse_period, period_of, year_of
from datasets.ingest.dictionary import fold
from datasets.ingest.shapes import RECORD_KINDS, Context

_STATE_NAMES = (
    "Aguascalientes|Baja California|Baja California Sur|Campeche|Coahuila|Colima|Chiapas|Chihuahua|Ciudad de México"
    "|Durango|Guanajuato|Guerrero|Hidalgo|Jalisco|México|Michoacán|Morelos|Nayarit|Nuevo León|Oaxaca|Puebla|Querétaro"
    "|Quintana Roo|San Luis Potosí|Sinaloa|Sonora|Tabasco|Tamaulipas|Tlaxcala|Veracruz|Yucatán|Zacatecas"
)
STATES = {f"{number:02}": name for number, name in enumerate(_STATE_NAMES.split("|"), start=1)}
_ALIASES = {
    "distrito federal": "09", "cdmx": "09", "estado de mexico": "15", "edomex": "15", "coahuila de zaragoza": "05",
    "michoacan de ocampo": "16", "veracruz de ignacio de la llave": "30", "queretaro de arteaga": "22",
}  # fmt: skip
_ABBREVIATED = {
    "ags": "01", "bc": "02", "bcs": "03", "camp": "04", "coah": "05", "col": "06", "chis": "07", "chih": "08", "dgo": "10",
    "gto": "11", "gro": "12", "hgo": "13", "jal": "14", "mex": "15", "mich": "16", "mor": "17", "nay": "18", "nl": "19",
    "oax": "20", "pue": "21", "qro": "22", "qroo": "23", "slp": "24", "sin": "25", "son": "26", "tab": "27", "tamps": "28",
    "tlax": "29", "ver": "30", "yuc": "31", "zac": "32",
}  # fmt: skip
_BY_NAME = {fold(name): code for code, name in STATES.items()} | _ALIASES
_NAMES = "|".join(sorted(map(re.escape, _BY_NAME), key=len, reverse=True))
# "Ecatepec de Morelos" and "Dolores Hidalgo" end in no state: after "de", and for heroes, a comma or "estado de" must
# part them.
_STATE_TAIL = re.compile(
    rf"(?:,\s*(?:estado\s+)?(?:del?\s+)?|[,.]?\s+(?:del\s+)?estado\s+(?:libre y soberano\s+)?de\s+)({_NAMES})\.?\s*$"
    rf"|(?<!\bde)(?<!\bdel)\s+((?!hidalgo|guerrero|morelos|mexico\b)(?:{_NAMES}))\.?\s*$"
)
_BARE_PLACE = re.compile(rf"([a-z.]+(?: [a-z.]+){{0,4}}), ({_NAMES})(?:$|\s*[.:;(]| - )")
_MUNICIPAL = re.compile(
    r"\b(?:(?:h\.?\s*|honorable\s+)?ayuntamiento(?:\s+constitucional)?|municipio|gobierno municipal|presidencia"
    r" municipal|alcaldia|delegacion)\s+"
    r"(?:de\s+|del?\s+municipio\s+de\s+)?(.+)"
)
_OF_MUNICIPALITY = re.compile(
    r"\bdel? (?:(?:h\.? )?ayuntamiento(?: constitucional)?|municipio) de (.+?)"
    r"(?:[,.]? (?:para|por|durante|correspondiente|ejercicio|en el|del? (?:ejercicio|ano|\d)|al \d|20\d\d).*)?$"
)
#: ``Municipio de Agua Clara, Morelos. Presupuesto aprobado 2023``: whose it is, and on the same line what it is.
_AND_MORE = re.compile(rf"(municipio de (?:[a-z]+ ){{0,4}}?[a-z]+,? (?:{_NAMES}))\b(?! de\b)[^a-z]+[a-z]")
_ENTITY = re.compile(
    r"(?:nombre del )?ente(?: publico)?\s*:\s*(.+)"
    r"|(?:sujeto obligado|institucion|organismo|dependencia|municipio)\s*:\s*(.+)"
)
_INSTITUTION = re.compile(
    r"^(instituto|comision|sistema|consejo|organismo|junta|universidad|colegio|secretaria|fideicomiso|centro|patronato|procuraduria"
    r"|tribunal|poder|congreso|fiscalia|hospital|museo|agencia|junta|servicios? de)\b"
)
_FEDERAL = re.compile(
    r"\bgobierno federal\b|hacienda publica federal|presupuesto de egresos de la federacion"
    r"|administracion publica federal"
)
_STATE_GOVERNMENT = re.compile(r"gobierno del estado(?: libre y soberano)?(?: de)? (.+)")
_PUBLIC_ACCOUNT = re.compile(r"cuenta (?:de la hacienda )?publica")
_APPROVED = re.compile(
    r"presupuesto (?:de egresos )?(?:asignado|aprobado|autorizado)|ley de ingresos|iniciativa de ley"
)
_AMOUNTS = r"(?:cifras|montos|importes|cantidades|datos)(?: expresad[oa]s)?"
_NO_FIGURE = r"(?:(?<=\b(?:19|20)\d\d )|(?<!\d ))"  # a year is none
#: ``350 millones de pesos`` is an amount, ``en millones de UDIS`` another unit: neither says what the amounts are printed in.
_UNITS = tuple(
    (
        re.compile(
            rf"{_NO_FIGURE}\b{many} (?:de )?(?:pesos\b|\$)|\b{_AMOUNTS} en {many}\b(?! de (?!pesos\b|m\.? ?n\b))"
            rf"|\(\s*(?:en )?{many}\s*\){short}"
        ),
        factor,
    )
    for many, short, factor in (("millones", rf"|{_NO_FIGURE}\bmdp\b", 1_000_000), ("miles", "", 1_000))
)
_UNIT_NOTE = re.compile(
    r"\W*(?:notas?\W*(?:\d\W*)?)?(?:(?:las? |los )?(?:cifras|cantidades|montos|importes|datos)\b[^.]{0,40}?\ben "
    r"|(?:se )?expresad[oa]s? en |en )?"
    r"(?:(?:miles|millones) de pesos\b|mdp)[^\d.]{0,60}\W*"
)
_UNIT_WORDS = re.compile(r"\(?\s*(?:cifras )?(?:en )?(?:(?:miles|millones) de )?pesos\s*\)?\s*$", re.IGNORECASE)
_DATED_BY = re.compile(
    r"(fecha( y hora)? (de|del) )?(descarg|impres|generad|consult|publicad|emision|emitid|actualiza|elabora)"
)
_NOT_A_BODY = re.compile(
    r"estado (analitico|del ejercicio)|clasificacion|presupuesto|gasto|ingreso|del? \d|al \d|pesos|formato|articulo"
    r"|anexo|cuenta publica|ejercicio|trimestre"
    r"|categoria|fuente de|por |adquisicion|adjudicacion|licitacion|contrato|padron"
)


_STATE_OF_BODY = re.compile(r"[\s,]+del estado (?:libre y soberano )?de ([a-z. ]+?)\s*$")


def unit_of(lines: Sequence[str]) -> int:
    """Pesos per printed unit: 1,000 where a title says "miles de pesos"."""
    text = " ".join(fold(line) for line in lines)
    return next((factor for pattern, factor in _UNITS if pattern.search(text)), 1)


def is_unit_note(text: str) -> bool:
    """``(Miles de pesos)``, ``Nota: cifras en millones de pesos``: a text about the unit and nothing else."""
    return bool(_UNIT_NOTE.fullmatch(fold(text)))


#: Forms of the law of financial discipline letter what is to be filled in: ``Municipio de Ejemplo (a)``.
_MARK = re.compile(r"\s*\([a-z]\)$", re.IGNORECASE)


def from_titles(lines: Sequence[str]) -> Context:
    context = Context()
    for line in lines:
        _place_and_body(context, _MARK.sub("", _UNIT_WORDS.sub("", line).strip()))
    if not (context.body_name or context.municipality_name or context.level):
        _bare_place(context, lines)
    said = [parse_period(line) for line in lines if not _DATED_BY.match(fold(line))]
    context.period = next((period for _, period in said if period), None)
    # The year of the period before any other: a year alone may be that of a law, a plan, a download.
    context.year = next((year for year, period in said if year and period), None) or next(
        (year for year, _ in said if year), None
    )
    if context.period is None and context.year and lines:
        context.period = parse_period(f"{lines[-1]} {context.year}")[
            1
        ]  # a sheet called "Mayo" under a title with the year
    words = " ".join(fold(line) for line in lines)
    if _PUBLIC_ACCOUNT.search(words):
        context.document = "public_account"
        context.period = context.period or "annual"
    elif _APPROVED.search(words):
        context.document = "approved"
    return context


def _place_and_body(context: Context, line: str) -> None:
    words = fold(line)
    if match := _ENTITY.match(words):
        context.body_name = _body(context, _original(line, match[1] or match[2]))
        _municipality(context, context.body_name)
    elif _FEDERAL.search(words):
        context.level = context.level or "federal"
        context.body_name = context.body_name or "Gobierno Federal"
    elif match := _STATE_GOVERNMENT.search(words):
        _state(context, match[1])
        context.level = context.level or ("state" if context.state_code else None)
        context.body_name = context.body_name or " ".join(line.split())
    elif _MUNICIPAL.match(words) and not _NOT_A_BODY.search(words):
        _municipality(context, line)
    elif (match := _AND_MORE.match(words)) and not _NOT_A_BODY.search(match[1]):
        _municipality(context, _as_printed(line, match[1]))
    elif context.municipality_name is None and (match := _OF_MUNICIPALITY.search(words)):
        _municipality(context, f"Municipio de {_as_printed(line, match[1])}")
    elif _INSTITUTION.match(words) and context.body_name is None and len(line) < 160:
        context.body_name = _body(context, " ".join(line.split()))


def _bare_place(context: Context, lines: Sequence[str]) -> None:
    """``Tres Ríos, Sinaloa``: a place and its state, where nothing says whose the file is."""
    for line in lines:
        words = fold(line)
        match = _BARE_PLACE.match(words)
        if match and not _NOT_A_BODY.search(match[1]) and not _INSTITUTION.match(words):
            _municipality(context, f"Municipio de {_as_printed(line, match[1])}, {match[2]}")
            return


def _body(context: Context, name: str) -> str:
    """``Instituto X del Estado de Gto.`` says where it is. The name stays whole: other states have an Instituto X too."""
    match = _STATE_OF_BODY.search(fold(name))
    if not match:
        return name
    words = match[1].replace(".", "").replace(" ", "")
    code = state_code(match[1]) or _ABBREVIATED.get(words)
    if code is not None:
        context.state_code, context.state_name = code, STATES[code]
    return name


def is_institution(text: str) -> bool:
    """Whether a name is that of a public body (a commission, an institute, a municipality) and not of an office inside one."""
    words = fold(text)
    return bool(_INSTITUTION.match(words) or _MUNICIPAL.match(words)) and not re.search(
        r"\b(direccion|subdireccion|departamento)\b", words
    )


def is_municipal_government(text: str) -> bool:
    return bool(_MUNICIPAL.match(fold(text)))


def _original(line: str, folded: str) -> str:
    """The same words as printed: what follows the colon."""
    after = line.split(":", 1)[1] if ":" in line else folded
    return " ".join(after.split())


def _municipality(context: Context, text: str) -> None:
    match = _MUNICIPAL.match(fold(text))
    if not match:
        return
    context.level = "municipal"
    context.body_name = context.body_name or " ".join(text.split())
    name = match[1].strip(" .,")
    if tail := _STATE_TAIL.search(name):
        _state(context, tail[1] or tail[2])
        name = name[: tail.start()].strip(" .,")
    context.municipality_name = context.municipality_name or _as_printed(text, name)


def _as_printed(text: str, folded: str) -> str:
    """The words of the municipality with their accents, in title case where everything was in capitals."""
    words = " ".join(text.split())
    start = fold(words).find(folded)
    found = words[start : start + len(folded)] if start >= 0 and len(fold(words)) == len(words) else folded
    return (
        found.title().replace(" De ", " de ").replace(" Del ", " del ").replace(" La ", " la ")
        if found.isupper() or found.islower()
        else found
    )


def _state(context: Context, text: str) -> None:
    code = state_code(text)
    if code:
        context.state_code, context.state_name = code, STATES[code]


def state_code(text: str) -> str | None:
    words = fold(text).strip(" .,")
    if re.fullmatch(r"\d{1,2}", words):
        return words.zfill(2) if words.zfill(2) in STATES else None
    return _BY_NAME.get(words)


def from_columns(context: Context, columns: dict[str, Iterable[str | None]]) -> bool:
    """What the lines themselves say, where all say the same; they win over titles. True when periods are stated."""
    years = {year for text in columns.get("fiscal_year", ()) if text and (year := year_of(text))}
    if len(years) == 1:
        context.year = years.pop()
    elif years:
        context.year = None
    periods = _periods(columns)
    several = len(periods) > 1
    if periods:
        context.period = None if several else periods.pop()
    return bool(several or context.period)


def _periods(columns: dict[str, Iterable[str | None]]) -> set[str]:
    starts, ends = columns.get("period_start"), columns.get("period_end")
    if starts and ends:
        pairs = {(start, end) for start, end in zip(starts, ends, strict=True) if start and end}
        dated = ((parse_date(start), parse_date(end)) for start, end in pairs)
        return {period_of(start, end) for start, end in dated if end}
    labels = {text for text in columns.get("period_label", ()) if text}
    return {period for text in labels if (period := parse_period(text)[1])}


def from_file_name(context: Context, name: str, *, year_said: bool, period_said: bool) -> bool:
    """Year and period from the file's name, only where nothing inside says them. True when the year was taken."""
    stem = name.rsplit(".", 1)[0]
    year, period = parse_period(re.sub(r"(?<=[a-z])(?=\d{4})|(?<=\d{4})(?=[a-z])", " ", fold(stem).replace("-", " ")))
    took = not year_said and year is not None
    if took:
        context.year = year
    if not period_said and context.period is None and (year is None or year == context.year):
        context.period = period
    return took


def settle_document(context: Context, kind: str, moments: Iterable[str]) -> None:
    """Statements that report execution are quarterly until the year closes; a budget alone is the approved one."""
    stated = set(moments)
    if kind in RECORD_KINDS:
        context.document = context.document or "quarterly"
        context.period = context.period or "annual"
        return
    if (stated and stated <= {"approved"}) or (stated and stated <= {"estimated"}):
        context.document, context.period = "approved", "annual"
        return
    if context.document == "approved":
        context.document = None
    if context.document is None:
        context.document = "public_account" if context.period == "annual" else "quarterly"
