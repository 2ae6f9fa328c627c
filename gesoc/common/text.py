"""Order and search of Spanish text without help from the database.

The embedded PostgreSQL sorts by code point and has neither `unaccent` nor `pg_trgm` nor ICU collations, so every row
that is listed or searched stores its own `sort_key` and `search_text`, both computed here.
"""

import re
import unicodedata

_NOT_WORD = re.compile(r"[^0-9a-z~]+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# "~" sorts after "z": "n~" puts every word with ñ after all words with plain n, as Spanish dictionaries do.
_AFTER_N = "n~"


def _without_accents(text: str) -> str:
    return text if text.isascii() else _NOT_ASCII.sub(_without_marks, unicodedata.normalize("NFKD", text))


def _without_marks(found: re.Match[str]) -> str:
    return "".join(char for char in found[0] if not unicodedata.combining(char))


def sort_key(text: str) -> str:
    """Return the text as it sorts in Spanish when compared by code point: blind to accents, case and punctuation."""
    enye = unicodedata.normalize("NFC", text.replace("~", " ")).casefold().replace("ñ", _AFTER_N)
    return " ".join(_NOT_WORD.sub(" ", _without_accents(enye)).split())


def search_text(text: str) -> str:
    """Return the text folded for searching: lower case, no accents (ñ reads n), every punctuation mark a space."""
    # The dotless ı is the one letter that is lost unless it was typed as a capital.
    # Case goes twice: before the marks, for one of them has a case (Greek iota), and after, for "℡" hides capitals.
    folded = _without_accents(text.casefold()).replace("~", " ").replace("ı", "i").casefold()
    return " ".join(_NOT_WORD.sub(" ", folded).split())


def tokens(text: str) -> list[str]:
    """Return the distinct words of a query, folded, in the order in which they were typed."""
    return list(dict.fromkeys(search_text(text).split()))
