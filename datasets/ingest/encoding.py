"""Which encoding a text file has, decided over the whole file, and which delimiter parts its records."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from charset_normalizer import from_bytes

_CHUNK = 1 << 20
DELIMITERS = (",", ";", "\t", "|")
_CANDIDATES = ("cp1252", "cp850", "mac_roman")
_GOOD = re.compile(r"[áéíóúüñÁÉÍÓÚÜÑ°ºª¿¡“”]")
_INSIDE = re.compile(r"[a-záéíóúüñ][áéíóúüñ][a-z]|[A-Z][ÁÉÍÓÚÜÑ][A-Z]|[a-záéíóúüñ][óáéí]\b")
_BAD = re.compile(r"[¢£¤¥µ‚ƒ„†‡ˆ‰‹›ŒŽ•˜™šœžŸ¦¨¬¯±²³´·¸¹¼½¾ÃÂÐÝÞßãðýþ×÷√∂∆∑∏π∫Ωøæ¶§╔═╗║└┘├─│┤░▒▓█■�]|[\x80-\x9f]")
_DOUBLE = re.compile(r"Ã[\x80-\xbf¡-¿‘’“”•–—˜™š›œžŸ€‚ƒ„…†‡ˆ‰Š‹ŒŽ]|Â[ °ºª¿¡]")

_AMOUNT = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+\.\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    encoding: str
    repaired: bool = False  # double encoding undone
    claimed_utf8: bool = False  # begins as UTF-8 (mark) but is not


def decode(data: bytes, wanted: str | None = None) -> Decoded:
    """Byte order mark, then strict UTF-8 over everything, then the Spanish-looking one of the old code pages."""
    if wanted:
        return Decoded(data.decode(wanted, errors="replace").removeprefix("\ufeff"), wanted)
    marked = _by_mark(data)
    if marked:
        return _repair(marked)
    try:
        return _repair(Decoded(data.decode("utf-8"), "utf-8"))
    except UnicodeDecodeError:
        pass
    claimed = data.startswith(codecs.BOM_UTF8)
    body = data.removeprefix(codecs.BOM_UTF8)
    if utf16 := _unmarked_utf16(body):
        return Decoded(body.decode(utf16, errors="replace"), utf16)
    encoding = _best_codepage(body)
    return Decoded(body.decode(encoding, errors="replace"), encoding, claimed_utf8=claimed)


def detect(path: Path) -> tuple[str, bool]:
    """The encoding of a file too large to hold, over all of it, and whether it wrongly claims to be UTF-8."""
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", False
        marked = head.startswith(codecs.BOM_UTF8)
        file.seek(0)
        odd = _odd_lines_unless_utf8(file)
        if odd is None:
            return ("utf-8-sig" if marked else "utf-8"), False
    return _best_codepage(odd.removeprefix(codecs.BOM_UTF8)), marked


def _odd_lines_unless_utf8(file: IO[bytes]) -> bytes | None:
    """None when everything decodes as UTF-8; else the first megabyte of lines that are not plain ASCII."""
    strict = codecs.getincrementaldecoder("utf-8")()
    odd, valid = bytearray(), True
    while lines := file.readlines(_CHUNK):
        chunk = b"".join(lines)
        if chunk.isascii():
            continue
        if len(odd) < _CHUNK:
            odd += b"".join(line for line in lines if not line.isascii())
        if valid:
            try:
                strict.decode(chunk)
            except UnicodeDecodeError:
                valid = False
        if not valid and len(odd) >= _CHUNK:
            break
    return None if valid else bytes(odd)


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return Decoded(data.decode(encoding), encoding)
            except UnicodeDecodeError:
                return None
    return None


def _unmarked_utf16(data: bytes) -> str | None:
    sample = data[:4096]
    pairs = len(sample) // 2
    if pairs < 4:
        return None
    low, high = sample[0 : pairs * 2 : 2].count(0), sample[1 : pairs * 2 : 2].count(0)
    if high > pairs * 0.7 and low < pairs * 0.1:
        return "utf-16-le"
    return "utf-16-be" if low > pairs * 0.7 and high < pairs * 0.1 else None


def _best_codepage(data: bytes) -> str:
    """Score the candidates on the lines that are not plain ASCII: Spanish letters for, box drawing and currency signs
    against.
    """
    odd = b"\n".join(line for line in data.splitlines() if not line.isascii())[: 1 << 20]
    scores = {name: _spanish(odd.decode(name, errors="replace")) for name in _CANDIDATES}
    best = max(scores, key=lambda name: (scores[name], -_CANDIDATES.index(name)))
    if sum(score == scores[best] for score in scores.values()) == 1 or scores[best] > 0:
        return best
    guess = from_bytes(odd, cp_isolation=list(_CANDIDATES)).best()
    return guess.encoding if guess else "cp1252"


def _spanish(text: str) -> int:
    return len(_GOOD.findall(text)) + 2 * len(_INSIDE.findall(text)) - 3 * len(_BAD.findall(text))


def _repair(decoded: Decoded) -> Decoded:
    """Text that was UTF-8, read as cp1252 and saved again (``AdministraciÃ³n``). Undone only where it comes out
    whole.
    """
    if len(_DOUBLE.findall(decoded.text)) < 2:
        return decoded
    lines = decoded.text.splitlines(keepends=True)
    fixed = [_undo(line) for line in lines]
    return Decoded("".join(fixed), decoded.encoding, repaired=fixed != lines)


def _undo(line: str) -> str:
    if not _DOUBLE.search(line):
        return line
    for encoding in ("cp1252", "latin-1"):
        try:
            return line.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return line


def find_delimiter(text: str) -> str:
    """The mark that parts the first records most evenly into most columns; quotes are respected.

    The commas within amounts (``16,220,407.58``) part nothing where another mark parts the records.
    """
    sample = text[:200_000]
    without_amounts = _AMOUNT.sub("0", sample)
    scores = {mark: (_evenness(without_amounts, mark), _evenness(sample, mark)) for mark in DELIMITERS}
    return max(scores, key=lambda mark: scores[mark])


def _evenness(sample: str, delimiter: str) -> tuple[float, int]:
    widths = []
    try:
        for number, record in enumerate(csv.reader(io.StringIO(sample), delimiter=delimiter)):
            if record:
                widths.append(len(record))
            if number > 300:
                break
    except csv.Error:
        return 0.0, 0
    if not widths or max(widths) < 2:
        return 0.0, 0
    common = max(set(widths), key=lambda width: (widths.count(width), width))
    if common < 2:
        common = max(widths)
    share = widths.count(common) / len(widths)
    return round(share * min(common, 12), 3), common
