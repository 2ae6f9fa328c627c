"""Does a text name somebody who was at the table? Under the Chatham House rule it must not.

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
    for part in sorted(parts, key=lambda part: (-len(part), part)):
        text = _without(text, part.split())
    return text


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


def _without(text: str, words: list[str]) -> str:
    found = list(re.finditer(r"\w+", text))
    folded = [search_text(match.group()) for match in found]
    pieces, end, position = [], 0, 0
    while position <= len(found) - len(words):
        if folded[position : position + len(words)] == words:
            pieces += [text[end : found[position].start()], REDACTED]
            end = found[position + len(words) - 1].end()
            position += len(words)
        else:
            position += 1
    return "".join([*pieces, text[end:]])
