"""Does a text name somebody? Under the Chatham House rule, and after somebody's data were erased, it must not.

A match of words, blind to accents and case. It warns; people decide, for a name may also be an everyday word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gesoc.common.text import search_text, tokens

# Words of names that say nothing alone: particles, and what every other organisation is called.
EMPTY = frozenset(
    tokens(
        "de del la las los el y e a en san santa ac sc ejemplo asociacion civil organizacion grupo red centro instituto "
        "universidad municipio municipal gobierno secretaria direccion consejo comite colectivo observatorio fundacion "
        "mexico mexicano mexicana nacional estatal local"
    )
)
SUFFIXES = frozenset({"ac", "a", "c", "sc", "ejemplo"})
REDACTED = "[…]"


def named(text: str, people: Iterable[str], organisations: Iterable[str] = ()) -> list[str]:
    """Those whom the text mentions: whole, by two words of theirs in a row, people also by one telling word."""
    said = f" {search_text(text)} "
    parts = {**{name: parts_of(name) for name in organisations}, **{name: parts_of_person(name) for name in people}}
    return sorted(name for name, found in parts.items() if any(f" {part} " in said for part in found))


def redact(text: str, people: Iterable[str], organisations: Iterable[str] = ()) -> str:
    """The text with every such mention replaced; what is between stays letter for letter."""
    parts = {part for name in people for part in parts_of_person(name)}
    parts |= {part for name in organisations for part in parts_of(name)}
    return without(text, spans(text, parts))


def spans(text: str, parts: Iterable[str]) -> list[tuple[int, int]]:
    """Where these runs of folded words stand in the text."""
    words = list(re.finditer(r"[\w\u0300-\u036f]+", text))  # accents may stand as letters of their own
    folded = [search_text(word.group()) for word in words]
    starts: dict[str, list[int]] = {}
    for position, word in enumerate(folded):
        starts.setdefault(word, []).append(position)
    found = []
    for part in map(str.split, parts):
        for start in starts.get(part[0], []) if part else []:
            if folded[start : start + len(part)] == part:
                found.append((words[start].start(), words[start + len(part) - 1].end()))
    return found


def merged(found: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that overlap as one, in the order of the text."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept


def without(text: str, found: Iterable[tuple[int, int]], instead: str = REDACTED) -> str:
    """The text with each of these places replaced; what is between stays letter for letter."""
    pieces, position = [], 0
    for start, end in merged(found):
        pieces += [text[position:start], instead]
        position = end
    return "".join([*pieces, text[position:]])


def parts_of(name: str) -> list[str]:
    """The whole name and its runs of words; a single word of an organisation's name is mostly an everyday one."""
    words = [word for word in search_text(name).split() if word not in SUFFIXES]
    ends = [(start, end) for start in range(len(words)) for end in range(start + 2, len(words) + 1)]
    runs = [" ".join(words[start:end]) for start, end in ends if not {words[start], words[end - 1]} & EMPTY]
    return list(dict.fromkeys([*([" ".join(words)] if words else []), *runs]))


def parts_of_person(name: str) -> list[str]:
    """Ana María Ruiz López is given away by María, Ruiz or López too; by Ana alone she is one of many."""
    words = search_text(name).split()
    return [*parts_of(name), *(word for word in words[1:] if len(word) > 3 and word not in EMPTY)]
