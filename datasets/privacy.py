"""Personal data in published files: what keeps an original, a list of rejects or a view of a row from being public.

Only shapes that carry their own proof count (a date inside a CURP, the check digit of a CLABE), or a heading that says
what the column is. A folio, a budget key or an amount is none of these. The RFC of a legal person (12 characters) is
public, and so are the generic RFCs that name nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum

import pyarrow as pa
import pyarrow.compute as pc

from gesoc.common.text import search_text


class PersonalData(StrEnum):
    CURP = "curp"
    RFC = "rfc"  # of a natural person
    CLABE = "clabe"
    EMAIL = "email"
    PHONE = "phone"
    DOMICILE = "domicile"
    BENEFICIARY = "beneficiary"


STATES_OF_BIRTH = "AS|BC|BS|CC|CH|CL|CM|CS|DF|DG|GR|GT|HG|JC|MC|MN|MS|NE|NL|NT|OC|PL|QR|QT|SL|SP|SR|TC|TL|TS|VZ|YN|ZS"
CURP = re.compile(
    rf"(?<![A-ZÑ0-9])[A-ZÑ]{{4}}(\d\d)(\d\d)(\d\d)[HMX](?:{STATES_OF_BIRTH})[B-DF-HJ-NÑP-TV-Z]{{3}}"
    r"[A-Z0-9]\d(?![A-ZÑ0-9])"
)
RFC = re.compile(r"(?<![A-ZÑ&0-9])([A-ZÑ&]{4})[ -]?(\d\d)(\d\d)(\d\d)[ -]?([A-Z0-9]{2}[0-9A])(?![A-ZÑ&0-9])")
NOBODYS_RFC = frozenset({"XAXX", "XEXX"})  # "public in general" and "foreigner", both dated 010101
CLABE = re.compile(
    r"(?<![\d.,-])(?:\d{18}|\d{3}[ -]\d{3}[ -]\d{11}[ -]\d|\d{4}(?:[ -]\d{4}){3}[ -]\d\d)(?![\d-]|[.,]\d)"
)
CLABE_WEIGHTS = (3, 7, 1) * 6
EMAIL = re.compile(r"[\w.+-]+@[A-Z0-9](?:[A-Z0-9-]*\.)+[A-Z]{2,}", re.IGNORECASE)
# Ten national digits with the marks people put between them: (871) 123-45-67, 55 1234 5678, +52 871 123 4567.
# Points are not among them: 314.220.1130 is a budget key.
AREA = r"(?:33|55|56|81)"
PHONE = re.compile(
    rf"""(?<![\w.,/-]) (?:\+?52[ -]*)? (?:1[ -]+)?
    (?: \({AREA}\)[ ]?\d{{4}}[ -]?\d{{4}} | \([2-9]\d\d\)[ ]?\d{{3}}[ -]?\d\d[ -]?\d\d
      | {AREA}[ -]\d{{4}}[ -]\d{{4}} | [2-9]\d\d[ -]\d{{3}}[ -]\d\d[ -]?\d\d )
    (?![\w/-]|[.,]\d)""",
    re.VERBOSE,
)
INTERNATIONAL_PHONE = re.compile(r"(?<!\w)\+52[ .-]?1?[ .-]?\d{10}(?!\d)")
NAMED_PHONE = re.compile(
    r"\b(?:TEL(?:S|EFONOS?|ÉFONOS?)?|CEL(?:ULAR(?:ES)?)?|WHATS?APP|MOVIL|MÓVIL)\b\.?[ :#]*(?:\(?\d[\d ().-]{5,}\d)",
    re.IGNORECASE,
)
PHONE_DIGITS = re.compile(r"(?:52)?1?[2-9]\d{9}|\d{7,8}")
# “El mismo domicilio en dos contratos” compares, and says nowhere where it is; with a street or a house number it would.
STREET = r"(?:calle|av|avenida|blvd|bulevar|boulevard|calzada|privada|andador|callejon|callejón|carretera|camino|km|col|colonia"
STREET += r"|fracc|fraccionamiento|barrio|ejido|lote|manzana|mz|lt|numero|número|num|núm|no|s/n|cp)"
COMPARED = (
    r"(?<=mismo domicilio) en(?: (?:el|la|los|las|su|sus|un|una|ambos|ambas|todos|todas|varios|varias|otros|otras|de|dos|tres"
    r"|cuatro|cinco|distintos|distintas|diferentes|\d{1,2}))* (?:contratos?|ofertas?|propuestas?|cotizacion(?:es)?|facturas?"
    r"|cotización|actas?|expedientes?|registros?|documentos?|licitacion(?:es)?|licitación|concursos?|procedimientos?|empresas"
    rf"|proveedores|padron(?:es)?|padrón)\b(?!.*\b{STREET}\b)(?:\D|\b(?:19|20)\d\d\b)*$"
)
DOMICILE = re.compile(
    rf"(?<!\ba )\bdomicilio(?!{COMPARED})(?: ?:| en\b| particular\b| fiscal\b| conocido\b)", re.IGNORECASE
)

PHONE_HEADING = re.compile(r"\b(telefonos?|tel|celular|cel|movil|whatsapp)\b")
DOMICILE_HEADING = re.compile(
    r"\b(domicilio|calle|numero exterior|num exterior|no exterior|vialidad)\b"
    r"|\bdireccion (fiscal|particular|postal|de la persona|del? (proveedor|contratista|beneficiari[oa]))\b"
)
# Columns that are part of a domicile only beside one.
DOMICILE_PART = re.compile(r"\b(colonia|codigo postal|c ?p|localidad|asentamiento|(numero|num|no) (interior|int))\b")
# Where a work or an office stands is public.
PLACE_HEADING = re.compile(
    r"\b(obras?|inmueble|dependencia|sujeto obligado|institucion|unidad administrativa|oficina)\b"
)
BENEFICIARY_HEADING = re.compile(r"\bbeneficiari[oa]s?\b")
COUNT_HEADING = re.compile(r"\b(numero|num|no|total|cantidad|poblacion|tipo|monto|criterios?|cuantos|clave)\b")
NAME = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}")


def find_personal_data(texts: Iterable[str]) -> set[PersonalData]:
    """The kinds of personal data that the texts show by themselves."""
    return {kind for text in texts for kind, found in BY_TEXT.items() if found(text)}


def find_in_row(row: Mapping[str, str]) -> set[PersonalData]:
    """The same for one row, {heading: cell}, its headings considered."""
    found = find_personal_data(row.values())
    for heading, text in row.items():
        found |= {kind for kind in kinds_of_heading(heading) if BY_HEADING[kind](text)}
    return found


def find_in_column(heading: str, values: pa.Array | pa.ChunkedArray) -> set[PersonalData]:
    """The same for a column of an arrow table; of a dictionary column only its distinct values are looked at."""
    texts = distinct_texts(values)
    found: set[PersonalData] = {
        kind for kind in BY_TEXT if kind is not PersonalData.CLABE and _any(BY_TEXT[kind], _candidates(kind, texts))
    }
    if _is_clabe_column(heading, _candidates(PersonalData.CLABE, texts)):
        found.add(PersonalData.CLABE)
    return found | {kind for kind in kinds_of_heading(heading) if _any(BY_HEADING[kind], texts.to_pylist())}


def kinds_of_heading(heading: str) -> set[PersonalData]:
    """What the column holds if its heading is to be believed."""
    words = search_text(heading)
    kinds = set()
    if PHONE_HEADING.search(words):
        kinds.add(PersonalData.PHONE)
    if DOMICILE_HEADING.search(words) and not PLACE_HEADING.search(words):
        kinds.add(PersonalData.DOMICILE)
    if BENEFICIARY_HEADING.search(words) and not COUNT_HEADING.search(words):
        kinds.add(PersonalData.BENEFICIARY)
    return kinds


def distinct_texts(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.ChunkedArray):  # older arrows give a chunked array for no chunks
        values = pa.array([], pa.string())
    texts = values.dictionary if pa.types.is_dictionary(values.type) else pc.unique(values)
    return texts.cast(pa.string()).drop_null()


def has_curp(text: str) -> bool:
    return any(_is_date(*match.groups()) for match in CURP.finditer(text.upper()))


def has_natural_rfc(text: str) -> bool:
    return any(match[1] not in NOBODYS_RFC and _is_date(*match.group(2, 3, 4)) for match in RFC.finditer(text.upper()))


def has_clabe(text: str) -> bool:
    return any(is_clabe(re.sub("[ -]", "", match[0])) for match in CLABE.finditer(text))


def is_clabe(digits: str) -> bool:
    """Eighteen digits, of which the last one checks the others (Banxico: weights 3, 7, 1)."""
    if len(digits) != 18 or digits.startswith("000") or len(set(digits)) < 4:
        return False
    total = sum(int(digit) * weight % 10 for digit, weight in zip(digits[:17], CLABE_WEIGHTS, strict=False))
    return int(digits[17]) == -total % 10


def has_email(text: str) -> bool:
    return "@" in text and EMAIL.search(text) is not None


def has_phone(text: str) -> bool:
    return any(pattern.search(text) for pattern in (PHONE, INTERNATIONAL_PHONE, NAMED_PHONE))


def has_domicile(text: str) -> bool:
    return DOMICILE.search(text) is not None


def _is_date(year: str, month: str, day: str) -> bool:
    """Whether YYMMDD is a day of this century or the last."""
    for century in (1900, 2000):
        try:
            date(century + int(year), int(month), int(day))
        except ValueError:
            continue
        return True
    return False


def _is_stated_phone(text: str) -> bool:
    return PHONE_DIGITS.fullmatch(re.sub(r"[ ().+-]", "", text)) is not None


def _is_stated(text: str) -> bool:
    """Somebody wrote something: not a blank, a dash or "no dato"."""
    return search_text(text) not in NOTHING


def _is_name(text: str) -> bool:
    return _is_stated(text) and NAME.search(text) is not None


NOTHING = frozenset(
    {"", "0", "na", "n a", "nd", "n d", "no dato", "sin dato", "no aplica", "ninguno", "no disponible", "null"}
)
BY_TEXT: dict[PersonalData, Callable[[str], bool]] = {
    PersonalData.CURP: has_curp,
    PersonalData.RFC: has_natural_rfc,
    PersonalData.CLABE: has_clabe,
    PersonalData.EMAIL: has_email,
    PersonalData.PHONE: has_phone,
    PersonalData.DOMICILE: has_domicile,
}
BY_HEADING: dict[PersonalData, Callable[[str], bool]] = {
    PersonalData.PHONE: _is_stated_phone,
    PersonalData.DOMICILE: _is_stated,
    PersonalData.BENEFICIARY: _is_name,
}
# Coarse shapes for whole columns (no look-around in arrow's expressions): what passes is looked at one by one.
COARSE: dict[PersonalData, str] = {
    PersonalData.CURP: r"\pL{4}[0-9]{6}\pL{6}",
    PersonalData.RFC: r"[\pL&]{4}[ -]?[0-9]{6}[ -]?[\pL0-9]{3}",
    PersonalData.CLABE: r"[0-9](?:[ -]?[0-9]){17}",
    PersonalData.EMAIL: r"@",
    PersonalData.PHONE: r"(?i)[0-9][ )-]+[0-9]|\+52|(?:tel|cel|app|m[oó]vil)[^0-9]{0,12}[0-9]",
    PersonalData.DOMICILE: r"(?i)domicilio",
}


def _candidates(kind: PersonalData, texts: pa.Array) -> list[str]:
    return texts.filter(pc.match_substring_regex(texts, COARSE[kind])).to_pylist()


def _any(found: Callable[[str], bool], texts: Iterable[str]) -> bool:
    return any(found(text) for text in texts)


def _is_clabe_column(heading: str, texts: list[str]) -> bool:
    """One in ten long folios passes the check digit by chance: without the word, most of the column must pass."""
    valid = sum(has_clabe(text) for text in texts)
    if "clabe" in search_text(heading) or "cuenta" in search_text(heading):
        return valid > 0
    return valid > 0 and valid * 2 >= len(texts)


# -- covering it in what is shown ---------------------------------------------------------------------------------

COVER = "•••"
_ANY_CASE = {pattern: re.compile(pattern.pattern, pattern.flags | re.IGNORECASE) for pattern in (CURP, RFC)}


def cover(text: str) -> str:
    """The text with every CURP, RFC of a natural person, CLABE, e-mail address and telephone in it covered."""
    if "@" in text:
        text = EMAIL.sub(COVER, text)
    if not any(char.isdigit() for char in text):
        return text
    text = _ANY_CASE[CURP].sub(lambda found: COVER if has_curp(found[0]) else found[0], text)
    text = _ANY_CASE[RFC].sub(lambda found: COVER if has_natural_rfc(found[0]) else found[0], text)
    text = CLABE.sub(lambda found: COVER if has_clabe(found[0]) else found[0], text)
    for pattern in (NAMED_PHONE, INTERNATIONAL_PHONE, PHONE):
        text = pattern.sub(COVER, text)
    return text


def cover_row(cells: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """A row, (heading, cell) by (heading, cell), every cell that holds personal data covered as a whole."""
    row = list(cells)
    found = [find_in_row({heading: text}) for heading, text in row]
    has_domicile = any(PersonalData.DOMICILE in kinds for kinds in found)
    return [
        (heading, COVER if kinds or (has_domicile and text and DOMICILE_PART.search(search_text(heading))) else text)
        for (heading, text), kinds in zip(row, found, strict=True)
    ]
