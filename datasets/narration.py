"""Short paragraphs under the titles, made from the numbers: what a person would say who has looked at the whole table.

As in `sentences`, every function has words for the cases without a finding, and says nothing that the numbers do not
carry. An empty text means that there is nothing to add to the title.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext, ngettext

from datasets.sentences import HUNDRED, Part, listed, of_100
from gesoc.common.money import amount, number, percent, pesos, share

Say = Callable[[Decimal | None], str]
Pair = tuple[Decimal | None, Decimal | None]
NOTICED = Decimal("0.5")  # percent: under it two figures are told as equal


class Noun(NamedTuple):
    """What the parts of a whole are called: chapters, units, headings (rubros) of revenue."""

    one: str
    many: str

    def counted(self, count: int) -> str:
        return f"{number(count)} {self.one if count == 1 else self.many}"


def joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def parts_of_whole(parts: Sequence[Part], noun: Noun) -> str:
    """In how many parts it is divided, and how much of it the largest three are; nothing where there is only one."""
    stated = sorted(
        ((part.name, part.value) for part in parts if part.value is not None), key=lambda part: (-part[1], part[0])
    )
    if len(stated) < 2:
        return ""
    divided = gettext("It is divided into %(parts)s.") % {"parts": noun.counted(len(stated))}
    negative = [name for name, value in stated if value < 0]
    if negative:
        below = ngettext(
            "%(parts)s is below zero, so no shares of the whole are given.",
            "%(parts)s are below zero, so no shares of the whole are given.",
            len(negative),
        ) % {"parts": noun.counted(len(negative))}
        return joined(divided, below)
    return joined(divided, _three_largest(stated, sum((value for _name, value in stated), Decimal(0))))


def _three_largest(stated: Sequence[tuple[str, Decimal]], whole: Decimal) -> str:
    if len(stated) < 5 or not whole:
        return ""
    part = sum((value for _name, value in stated[:3]), Decimal(0)) / whole * HUNDRED
    if part == HUNDRED:
        return ""
    return gettext("The three largest take %(part)s of every 100 pesos.") % {"part": of_100(part)}


def years_in_a_row(years: Sequence[int]) -> str:
    """Three or more that follow one another are told by the first and the last."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    told = []
    for span in spans:
        together = gettext("%(since)s to %(until)s") % {"since": span[0], "until": span[-1]}
        told += [together] if len(span) > 2 else [str(year) for year in span]
    return listed(told)


def course(years: Sequence[int], values: Sequence[Decimal | None], say: Say = amount) -> str:
    """The highest and the lowest year, where they are not the same."""
    stated = [(year, value) for year, value in zip(years, values, strict=True) if value is not None]
    if len(stated) < 3:
        return ""
    most, least = max(value for _year, value in stated), min(value for _year, value in stated)
    if most == least:
        return gettext("It was the same every year: %(value)s.") % {"value": say(most)}
    high, low = ([year for year, value in stated if value == end] for end in (most, least))
    highest = ngettext(
        "The highest year is %(years)s, with %(value)s",
        "The highest years are %(years)s, with %(value)s each",
        len(high),
    ) % {"years": years_in_a_row(high), "value": say(most)}
    lowest = ngettext(
        "the lowest, %(years)s, with %(value)s", "the lowest, %(years)s, with %(value)s each", len(low)
    ) % {"years": years_in_a_row(low), "value": say(least)}
    return f"{highest}; {lowest}."


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
    if not accrued and not paid:
        return ""
    if accrued == paid:
        return gettext("All that was accrued has been paid.")
    if paid > accrued:
        return gettext("More was paid than accrued: the file says so, and it should be asked why.")
    return gettext("%(owed)s were accrued and not yet paid.") % {"owed": amount(accrued - paid)}


def deviations(
    parts: Sequence[tuple[str, Decimal, Decimal]], plan: str, done: str, noun: Noun, *, is_over: bool = True
) -> str:
    """How many parts stayed below their plan and how many went over it: (name, planned, done). Of zeros nothing is told.

    While the year is not over, all of them are below, and it says nothing.
    """
    if not any(planned or used for _name, planned, used in parts):
        return ""
    under = [name for name, planned, used in parts if used < planned]
    over = [name for name, planned, used in parts if used > planned]
    named = {"plan": plan.lower(), "done": done.lower(), "part": noun.one}
    if not under and not over:
        return gettext("In every %(part)s exactly the %(plan)s amount was %(done)s.") % named
    below = gettext("In %(parts)s less was %(done)s than the %(plan)s amount.")
    above = gettext("In %(parts)s more was %(done)s than the %(plan)s amount.")
    return joined(
        below % {**named, "parts": noun.counted(len(under))} if under and is_over else "",
        above % {**named, "parts": noun.counted(len(over))} if over else "",
    )


def changes(up: Sequence[tuple[str, Decimal]], down: Sequence[tuple[str, Decimal]]) -> str:
    """What else rose and fell, after what the title says; in pesos of one value."""
    rose = [gettext("%(name)s (+%(value)s)") % {"name": name, "value": amount(value)} for name, value in up[:3]]
    fell = [gettext("%(name)s (−%(value)s)") % {"name": name, "value": amount(-value)} for name, value in down[:3]]
    more = ngettext("Also more: %(names)s.", "Also more: %(names)s.", len(rose)) % {"names": listed(rose)}
    less = ngettext("Also less: %(names)s.", "Also less: %(names)s.", len(fell)) % {"names": listed(fell)}
    return joined(more if rose else "", less if fell else "")


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
        return gettext("It depends less on others than in %(since)s, when its own share was %(before)s.") % named
    return gettext("It depends more on others than in %(since)s, when its own share was %(before)s.") % named


def gist(
    year: int,
    each: Decimal | None,
    salaries: Decimal | None,
    works: Decimal | None,
    direct: Decimal | None,
) -> str:
    """A municipality in a paragraph: pesos per inhabitant, and in percent what went where and was awarded how."""
    spent = gettext("In %(year)s it spent %(each)s per inhabitant.") % {"year": year, "each": pesos(each)}
    return joined(spent if each is not None else "", _where_it_went(salaries, works), _how_it_was_awarded(direct))


def _where_it_went(salaries: Decimal | None, works: Decimal | None) -> str:
    if salaries is None or works is None or min(salaries, works) < 0:
        return ""
    return gettext("Of every 100 pesos it put %(salaries)s into salaries and %(works)s into public works.") % {
        "salaries": of_100(salaries),
        "works": of_100(works),
    }


def _how_it_was_awarded(direct: Decimal | None) -> str:
    if direct is None or direct < 0:
        return ""
    return gettext("Of every 100 pesos contracted by a stated procedure it awarded %(direct)s without competition.") % {
        "direct": of_100(min(direct, HUNDRED))
    }


def held_against(first: str, second: str, spent: Pair, works: Pair, direct: Pair, *, planned: bool) -> str:
    """The first of the municipalities compared beside the second: pesos per inhabitant, then parts in percent."""
    mine, other = spent
    if mine is None or other is None:
        return ""
    clauses = [_spends(mine - other, planned) % {"away": pesos(abs(mine - other)), "other": second}]
    if (more := _moved(works)) is not None:
        larger, smaller = (
            gettext("puts a larger part into public works"),
            gettext("puts a smaller part into public works"),
        )
        clauses.append(larger if more else smaller)
    if (more := _moved(direct)) is not None:
        larger = gettext("awards a larger part without competition")
        smaller = gettext("awards a smaller part without competition")
        clauses.append(larger if more else smaller)
    return f"{first} {listed(clauses)}."


def _spends(difference: Decimal, planned: bool) -> str:
    level = abs(difference) < 1
    if planned and level:
        return gettext("plans the same per inhabitant as %(other)s")
    if planned and difference > 0:
        return gettext("plans %(away)s more per inhabitant than %(other)s")
    if planned:
        return gettext("plans %(away)s less per inhabitant than %(other)s")
    if level:
        return gettext("spends the same per inhabitant as %(other)s")
    if difference > 0:
        return gettext("spends %(away)s more per inhabitant than %(other)s")
    return gettext("spends %(away)s less per inhabitant than %(other)s")


def _moved(pair: Pair) -> bool | None:
    """Whether the first is the larger; nothing where one is silent or both read the same."""
    mine, other = pair
    if mine is None or other is None or percent(mine) == percent(other):
        return None
    return mine > other


def part_of_unfiltered(name: str, counts: tuple[int, int], amounts: Pair, unit: str) -> str:
    """What a list is of what there is without one of its filters, called `name`: in number and in money, where it is told.

    Both pairs are of the list and of everything; `unit` is the currency of the amounts.
    """
    mine, everything = counts
    named = {
        "filter": name,
        "all": number(everything),
        "part": percent(share(Decimal(mine), Decimal(everything))),
        "unit": unit,
    }
    if mine >= everything:
        return gettext("Without the filter by %(filter)s the list is the same.") % named
    money = share(*amounts)
    if money is None or not 0 <= money <= HUNDRED:
        return (
            gettext("Without the filter by %(filter)s there are %(all)s contracts; those listed are %(part)s of them.")
            % named
        )
    return gettext(
        "Without the filter by %(filter)s there are %(all)s contracts; those listed are %(part)s of them and %(money)s "
        "of their amount (%(unit)s)."
    ) % {**named, "money": percent(money)}
