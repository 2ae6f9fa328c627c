"""A card in the language of its reader.

What the platform wrote from the data (title, headings, the sentence that nobody changed) is kept in both languages when a
card is made. What a person wrote is never translated: where it is not in the language of the page, the page says so, and so
it does of cards from before both were kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gesoc.common.i18n import ENGLISH, in_language, language_of, tag_of

if TYPE_CHECKING:
    from projects.freeze import Frozen, Number
    from projects.models import Evidence

DATA = tag_of(settings.LANGUAGE_CODE)  # the language in which governments publish
OF_A_FILE = ("row", "contract")  # kinds of card whose title may be the text of a file
STOP = "."


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and its language where that is another than the page's."""

    text: str
    language: str = ""

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)

    @property
    def lang(self) -> SafeString | str:
        """The attribute of the element that holds it: `<p{{ said.lang }}>{{ said }}</p>`."""
        return format_html(' lang="{}"', self.language) if self.language else ""


def kept(frozen: Frozen, other: Frozen, number: Number | None) -> dict[str, Any]:
    """What a card keeps of how it reads in the other language; `number`: the one that it is about."""
    told = other.numbers[frozen.numbers.index(number)] if number else None
    return {
        "language": tag_of(language_of(other.source_path)),
        "title": other.title[:300],
        "subtitle": other.subtitle,
        "columns": other.columns,
        "rows": other.rows,
        "row": told.label if told else "",
        "unit": told.heading[:30] if told else "",
        "labels": {mine.label: also.label for mine, also in zip(frozen.numbers, other.numbers, strict=True)},
        "details": [one["detail"] for one in other.sources],
        "caveat": other.caveat,
    }


class Told:
    """What a card says to a reader of `language`, a tag."""

    def __init__(self, card: Evidence, language: str) -> None:
        self.card, self.language = card, language
        own = tag_of(language_of(card.source_path)) if card.source_path else ""  # of a document it is not known
        self.foreign = own if own != language else ""
        self.other: dict[str, Any] = card.values.get("also") or {}
        if not self.foreign or self.other.get("language") != language:
            self.other = {}

    @property
    def source_path(self) -> str:
        """The page it was taken from, in the reader's language."""
        path = self.card.source_path
        return in_language(path, ENGLISH if self.language == ENGLISH else settings.LANGUAGE_CODE) if path else ""

    @property
    def title(self) -> Said:
        title, also = self.card.title, self.card.values.get("also") or {}
        if self.card.kind in OF_A_FILE and also.get("title", title) == title:
            return Said(title, DATA if self.language != DATA else "")
        return self._written(title, "title")

    @property
    def subtitle(self) -> Said:
        return self._written(self.card.values.get("subtitle") or "", "subtitle")

    @property
    def row(self) -> Said:
        return self._written(str(self.card.values.get("row") or ""), "row")

    @property
    def unit(self) -> Said:
        return self._written(self.card.unit, "unit")

    @property
    def reading(self) -> Said:
        """The title, where whoever made the card left it as it was proposed."""
        return self._unless_changed(self.card.reading, self.card.title, self.title)

    @property
    def does_not_say(self) -> Said:
        caveat = str(self.card.values.get("caveat") or "")
        return self._unless_changed(self.card.does_not_say, caveat, self._written(caveat, "caveat"))

    @property
    def columns(self) -> list[str]:
        return list(self.other.get("columns") or self.card.values.get("columns") or ())

    @property
    def rows(self) -> list[list[str]]:
        return list(self.other.get("rows") or self.card.values.get("rows") or ())

    @property
    def table(self) -> Said:
        """Of what language the columns and rows are."""
        return Said("", "" if self.other else self.foreign)

    @property
    def sources(self) -> list[dict[str, Any]]:
        details = self.other.get("details") or [one.get("detail", "") for one in self.card.sources]
        language = "" if self.other else self.foreign
        return [
            {**one, "detail": Said(detail, language)} for one, detail in zip(self.card.sources, details, strict=False)
        ]

    @property
    def labels(self) -> dict[str, str]:
        """Of the numbers that are kept: by what they are called under, how to call them."""
        also = self.other.get("labels") or {}
        return {label: also.get(label, label) for label in self.card.values.get("numbers") or ()}

    def change(self, text: str) -> str:
        """What a change was from or to: an amount alone, or with the label of its row before it."""
        found = next(((old, new) for old, new in self.labels.items() if text.startswith(f"{old[:200]}: ")), None)
        return found[1][:200] + text[len(found[0][:200]) :] if found else text

    def _written(self, text: str, name: str) -> Said:
        """By the platform: in the reader's language where that was kept."""
        if text and self.foreign and not self.other:
            return Said(text, self.foreign)
        return Said(str(self.other.get(name) or text))

    def _unless_changed(self, text: str, proposed: str, told: Said) -> Said:
        """A person's own words, or those that were proposed, with a full stop or without."""
        if proposed and text.removesuffix(STOP) == proposed.strip().removesuffix(STOP):
            stop = STOP if text.endswith(STOP) and not told.text.endswith(STOP) else ""
            return Said(told.text + stop, told.language)
        return Said(text, self.foreign)
