"""Dates and periods as Mexican public files print them. Day before month, always."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from datasets.ingest.dictionary import fold

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "enero ene jan",
            "febrero feb",
            "marzo mar",
            "abril abr apr",
            "mayo may",
            "junio jun",
            "julio jul",
            "agosto ago aug",
            "septiembre setiembre sep sept set",
            "octubre oct",
            "noviembre nov",
            "diciembre dic dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})(?!\d)")
_NAMED = re.compile(
    rf"(\d{{1,2}})\s*(?:de\s+|[-/.\s]\s*)({_MONTH})\b\.?\s*(?:del?\s+(?:ano\s+)?|[-/.,\s]\s*)(\d{{4}}|\d{{2}})(?!\d)"
)
_MONTH_YEAR = re.compile(rf"({_MONTH})\b\.?\s*(?:del?\s+(?:ano\s+)?|[-/.,\s]\s*)(\d{{4}})(?!\d)")
_SLASHED = re.compile(r"^\s*(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})(?!\d)")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 60_000  # 1954 to 2064: a five-digit number outside is no date
_EPOCH = date(1899, 12, 30)


def _safe(year: int, month: int, day: int) -> date | None:
    if year < 100:
        year += 2000 if year < 70 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


def parse_date(text: str) -> date | None:
    """The first date written in a cell, or None. ``Octubre/2011`` is its first day."""
    value = fold(text).strip(" '\"")
    if not value:
        return None
    if _SERIAL.fullmatch(value):
        days = int(float(value))
        return _EPOCH + timedelta(days=days) if _FIRST_SERIAL <= days <= _LAST_SERIAL else None
    if match := _COMPACT.fullmatch(value):
        return _safe(int(match[1]), int(match[2]), int(match[3]))
    return _first_written(value)


def _first_written(value: str) -> date | None:
    if match := _ISO.match(value):
        return _safe(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.search(value):
        return _safe(int(match[3]), int(match[2]), int(match[1]))
    if match := _NAMED.search(value):
        return _safe(int(match[3]), MONTHS[match[2]], int(match[1]))
    if match := _MONTH_YEAR.search(value):
        return _safe(int(match[2]), MONTHS[match[1]], 1)
    return None


def settle_day_order(columns: dict[str, list[str | None]], names: Iterable[str]) -> list[str]:
    """Columns that print the month first, written day first; their names are given. One that could be either is day first."""
    swapped = []
    for name in names:
        texts = columns.get(name, [])
        pairs = [(int(match[1]), int(match[3])) for text in texts if text and (match := _SLASHED.match(text))]
        if any(second > 12 for _, second in pairs) and all(first <= 12 for first, _ in pairs):
            columns[name] = [text and _SLASHED.sub(r"\3\2\1\2\4", text) for text in texts]
            swapped.append(name)
    return swapped


def period_of(start: date | None, end: date) -> str:
    """``annual``, ``Q1``..``Q4`` or ``2024-03``. January to June is the second quarter: statements are cumulative."""
    start = start or date(end.year, 1, 1)
    if start.year == end.year and start.month == end.month:
        return f"{end.year}-{end.month:02}"
    if start.month == 1 and end.month == 12:
        return "annual"
    if end.month % 3 == 0:
        return f"Q{end.month // 3}"
    return f"{end.year}-{end.month:02}"


_RANGE = re.compile(
    rf"del?\s+(?:dia\s+)?(\d{{1,2}}|1o|primero)\s*(?:de\s+)?({_MONTH})\b\s*(?:del?\s+(\d{{4}})\s*)?,?\s*al\s+(?:dia\s+)?(\d{{1,2}})\s*(?:de\s+)?({_MONTH})\b\s*(?:(?:de|del)\s+)?(?:ano\s+)?(\d{{4}})"
)
_NUMERIC_RANGE = re.compile(
    r"(\d{1,2}[-/.]\d{1,2}[-/.]\d{4})\s*(?:al?|-|hasta(?: el)?)\s*(\d{1,2}[-/.]\d{1,2}[-/.]\d{4})"
)
_MONTHS_RANGE = re.compile(rf"\b({_MONTH})\b\s*(?:-|–|a|al)\s*({_MONTH})\b(?:\s*(?:del?\s+)?(\d{{4}}))?")
_UNTIL = re.compile(rf"\bal\s+(\d{{1,2}})\s*(?:de\s+)?({_MONTH})\b\s*(?:(?:de|del)\s+)?(?:ano\s+)?(\d{{4}})")
_ORDINAL = {
    "primer": 1, "primero": 1, "1er": 1, "1ero": 1, "1o": 1, "1": 1, "i": 1,
    "segundo": 2, "2do": 2, "2o": 2, "2": 2, "ii": 2,
    "tercer": 3, "tercero": 3, "3er": 3, "3ero": 3, "3o": 3, "3": 3, "iii": 3,
    "cuarto": 4, "4to": 4, "4o": 4, "4": 4, "iv": 4, "cuartro": 4,
}  # fmt: skip
_QUARTER = re.compile(rf"\b({'|'.join(sorted(_ORDINAL, key=len, reverse=True))})[\s_.°-]*trim(?:estre)?\b")
_QUARTER_AFTER = re.compile(rf"\btrim(?:estre)?[\s_.-]*({'|'.join(sorted(_ORDINAL, key=len, reverse=True))})\b")
_PART = re.compile(rf"\b({'|'.join(sorted(_ORDINAL, key=len, reverse=True))})[\s_.°-]*(semestre|bimestre)\b")
_PART_MONTHS = {"semestre": 6, "bimestre": 2}
_QUARTER_SHORT = re.compile(r"\b(?:[qt]([1-4])|([1-4])[qt])\b")
# ``JUN 2023``, never ``30 de jun 2023``
_SHORT_MONTH = re.compile(rf"(?<![a-z])(?<!de )({_MONTH})\.?[\s_.-]?(?:19|20)\d\d(?!\d)")
_YEAR = re.compile(r"(?<!\d)(19[89]\d|20[0-4]\d)(?!\d)")


_UNTIL_NUMERIC = re.compile(r"\b(?:al|hasta el)\s+(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?!\d)")


def parse_period(text: str) -> tuple[int | None, str | None]:
    """Year and period said by a title, a label or a file name: ``DEL 1 DE ENERO AL 31 DE MARZO DE 2019`` is (2019,
    Q1).
    """
    value = fold(text).replace("_", " ")
    if match := _RANGE.search(value):
        start, end = MONTHS[match[2]], MONTHS[match[5]]
        year = int(match[6])
        return year, _months_period(start, end, year)
    if match := _NUMERIC_RANGE.search(value):
        first, last = parse_date(match[1]), parse_date(match[2])
        if first and last and first <= last:
            return last.year, _months_period(first.month, last.month, last.year)
    if match := _MONTHS_RANGE.search(value):
        found = int(match[3]) if match[3] else _only_year(value)
        return found, _months_period(MONTHS[match[1]], MONTHS[match[2]], found)
    quarter = _QUARTER.search(value) or _QUARTER_AFTER.search(value)
    if quarter:
        return _only_year(value), f"Q{_ORDINAL[quarter[1]]}"
    if part := _PART.search(value):
        return _part_of_year(_ORDINAL[part[1]] * _PART_MONTHS[part[2]], _only_year(value))
    if short := _QUARTER_SHORT.search(value):
        return _only_year(value), f"Q{short[1] or short[2]}"
    if match := _UNTIL.search(value):
        year = int(match[3])
        return year, _months_period(1, MONTHS[match[2]], year)
    if (match := _UNTIL_NUMERIC.search(value)) and (last := parse_date(match[1])):
        return last.year, _months_period(1, last.month, last.year)
    return _month_or_year(value)


def _part_of_year(last_month: int, year: int | None) -> tuple[int | None, str | None]:
    """Half-years and bimesters by the month they end in: statements are cumulative."""
    return year, _months_period(1, last_month, year) if last_month < 12 else "annual"


def _month_or_year(value: str) -> tuple[int | None, str | None]:
    year = _only_year(value)
    named = [MONTHS[word] for word in re.findall(r"[a-z]+", value) if word in MONTHS and len(word) > 3]
    if year and len(set(named)) == 1 and not re.search(r"\d{1,2}\s+de\s+[a-z]+", value):
        return year, f"{year}-{named[0]:02}"
    if year and (match := _SHORT_MONTH.search(value)):
        return year, f"{year}-{MONTHS[match[1]]:02}"
    if year and re.search(r"\b(anual|annual|ejercicio fiscal|cuenta publica)\b", value):
        return year, "annual"
    return year, None


def _only_year(value: str) -> int | None:
    years = {int(year) for year in _YEAR.findall(value)}
    return years.pop() if len(years) == 1 else None


def _months_period(start: int, end: int, year: int | None) -> str | None:
    if start == end and year:
        return f"{year}-{end:02}"
    if start == 1 and end == 12:
        return "annual"
    if end % 3 == 0 and start in (1, end - 2):
        return f"Q{end // 3}"
    return f"{year}-{end:02}" if year else None


def year_of(text: str) -> int | None:
    """The one plausible year in a short cell (``2019``, ``2019.0``, ``Ejercicio 2019``)."""
    return _only_year(text)
