"""Short paragraphs under the titles, made from the numbers: what a person would say who has looked at the whole table.

As in `sentences`, every function has words for the cases without a finding, and says nothing that the numbers do not
carry. An empty text means that there is nothing to add to the title.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext, ngettext

from datasets.sentences import HUNDRED, Part, of_100
from gesoc.common.money import amount, number, percent

Say = Callable[[Decimal | None], str]
NOTICED = Decimal("0.5")  # percent: under it two figures are told as equal


def joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def listed(names: Sequence[str]) -> str:
    """One, two and three of them in a row of words."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(most)s and %(last)s") % {"most": ", ".join(names[:-1]), "last": names[-1]}


def whole_and_parts(parts: Sequence[Part], say: Say = amount) -> str:
    """How much it is in all, in how many headings, and how much of it the largest three are."""
    stated = sorted(
        ((part.name, part.value) for part in parts if part.value is not None), key=lambda part: (-part[1], part[0])
    )
    if not stated:
        return ""
    whole = sum((value for _name, value in stated), Decimal(0))
    total = ngettext(
        "In all it is %(whole)s, in %(count)s heading.", "In all it is %(whole)s, in %(count)s headings.", len(stated)
    ) % {"whole": say(whole), "count": number(len(stated))}
    negative = [name for name, value in stated if value < 0]
    if negative:
        below = ngettext(
            "%(count)s heading is below zero, so no parts of the whole are told.",
            "%(count)s headings are below zero, so no parts of the whole are told.",
            len(negative),
        ) % {"count": number(len(negative))}
        return joined(total, below)
    return joined(total, _three_largest(stated, whole))


def _three_largest(stated: Sequence[tuple[str, Decimal]], whole: Decimal) -> str:
    if len(stated) < 5 or not whole:
        return ""
    part = sum((value for _name, value in stated[:3]), Decimal(0)) / whole * HUNDRED
    if part == HUNDRED:
        return ""
    return gettext("The three largest take %(part)s of every 100 pesos.") % {"part": of_100(part)}


def course(years: Sequence[int], values: Sequence[Decimal | None], say: Say = amount) -> str:
    """The highest and the lowest year, where they are not the same."""
    stated = [(year, value) for year, value in zip(years, values, strict=True) if value is not None]
    if len(stated) < 3:
        return ""
    high, low = max(stated, key=lambda one: one[1]), min(stated, key=lambda one: one[1])
    if high[1] == low[1]:
        return gettext("It was the same every year: %(value)s.") % {"value": say(high[1])}
    named = {"high": high[0], "most": say(high[1]), "low": low[0], "least": say(low[1])}
    return gettext("The highest year is %(high)s, with %(most)s; the lowest, %(low)s, with %(least)s.") % named


def cycle(values: Mapping[str, Decimal | None], names: Mapping[str, str]) -> str:
    """From the first plan to what was paid. `values` in the order of the cycle, `names` of its moments."""
    stated = [(names[key], value) for key, value in values.items() if value is not None]
    if len(stated) < 2:
        return ""
    steps = [gettext("%(name)s, %(value)s") % {"name": name.lower(), "value": amount(value)} for name, value in stated]
    return joined(gettext("The stages of the same money: %(steps)s.") % {"steps": "; ".join(steps)}, _owed(values))


def _owed(values: Mapping[str, Decimal | None]) -> str:
    """What has been received and not yet been paid."""
    accrued, paid = values.get("accrued"), values.get("paid")
    if accrued is None or paid is None or accrued < 0 or paid < 0:
        return ""
    if accrued == paid:
        return gettext("All that was accrued has been paid.")
    if paid > accrued:
        return gettext("More was paid than accrued: the file says so, and it should be asked why.")
    return gettext("%(owed)s were accrued and not yet paid.") % {"owed": amount(accrued - paid)}


def deviations(parts: Sequence[tuple[str, Decimal, Decimal]], plan: str, done: str) -> str:
    """How many headings stayed below their plan and how many went over it: (name, planned, done)."""
    if not parts:
        return ""
    under = [name for name, planned, used in parts if used < planned]
    over = [name for name, planned, used in parts if used > planned]
    named = {"plan": plan.lower(), "done": done.lower()}
    if not under and not over:
        return gettext("Every heading was %(done)s exactly as %(plan)s.") % named
    below = ngettext(
        "%(count)s heading was %(done)s below what was %(plan)s.",
        "%(count)s headings were %(done)s below what was %(plan)s.",
        len(under),
    ) % {"count": number(len(under)), **named}
    above = ngettext(
        "%(count)s heading was %(done)s above what was %(plan)s.",
        "%(count)s headings were %(done)s above what was %(plan)s.",
        len(over),
    ) % {"count": number(len(over)), **named}
    return joined(below if under else "", above if over else "")


def changes(up: Sequence[tuple[str, Decimal]], down: Sequence[tuple[str, Decimal]]) -> str:
    """What else rose and fell, after what the title says; in pesos of one value."""
    rose = [gettext("%(name)s (+%(value)s)") % {"name": name, "value": amount(value)} for name, value in up[:3]]
    fell = [gettext("%(name)s (−%(value)s)") % {"name": name, "value": amount(-value)} for name, value in down[:3]]
    more = gettext("Also more: %(names)s.") % {"names": listed(rose)} if rose else ""
    less = gettext("Also less: %(names)s.") % {"names": listed(fell)} if fell else ""
    return joined(more, less)


def pace(now: Decimal, before: Decimal | None, year: int) -> str:
    """How far this year is, in percent of its plan, beside the year before at the same date."""
    if before is None:
        return gettext("There is no figure of the same date of %(year)s to compare with.") % {"year": year}
    if abs(now - before) < NOTICED:
        return gettext("At the same date of %(year)s it was as far.") % {"year": year}
    named = {"year": year, "before": percent(before)}
    if now > before:
        return gettext("It is ahead of %(year)s, which at the same date was at %(before)s.") % named
    return gettext("It is behind %(year)s, which at the same date was at %(before)s.") % named


def dependence(own_before: Decimal | None, own_now: Decimal | None, since: int) -> str:
    """Whether the municipality lives more of its own than years ago; both in percent."""
    if own_before is None or own_now is None:
        return ""
    named = {"since": since, "before": percent(own_before)}
    if abs(own_now - own_before) < 1:
        return gettext("In %(since)s it was about the same: %(before)s.") % named
    if own_now > own_before:
        return gettext("It depends less on others than in %(since)s, when its own was %(before)s.") % named
    return gettext("It depends more on others than in %(since)s, when its own was %(before)s.") % named
