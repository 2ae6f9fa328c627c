"""Titles that state the finding, made from numbers.

Every function has words for the cases in which there is no finding: nothing published, zero, a single part, a tie, a
negative figure, no change worth the name. A sentence that the numbers do not carry is never made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext, pgettext

from gesoc.common.money import amount, change, number, percent, pesos, share

FLAT = Decimal(2)  # percent; under it a series "hardly changed"
NEAR = Decimal(5)  # percent; within it an amount is "about the median"
ZERO = Decimal(0)
HUNDRED = Decimal(100)
LIKE_I = re.compile(r"h?[ií](?![aeoáéó])", re.IGNORECASE)  # before it Spanish says «e», not «y»


def listed(names: Sequence[str]) -> str:
    """One, two and three of them in a row of words."""
    if len(names) < 2:
        return "".join(names)
    pattern = gettext("%(most)s and %(last)s")
    if LIKE_I.match(names[-1]):
        pattern = pgettext("before a word that begins with the sound of i", "%(most)s and %(last)s")
    return pattern % {"most": ", ".join(names[:-1]), "last": names[-1]}


class Part(NamedTuple):
    name: str
    value: Decimal | None


def of_100(percentage: Decimal) -> str:
    """How many of every 100 pesos, in words where a round number would lie."""
    if 0 < percentage < 1:
        return gettext("less than 1")
    rounded = percentage.quantize(Decimal(1), ROUND_HALF_UP)
    if rounded == HUNDRED and percentage < HUNDRED:
        return gettext("more than 99")
    return number(rounded)


def _grammatical(percentage: Decimal) -> int:
    """The number that the words of `of_100` are followed by: «less than 1» and «1» are one, 0 and the others many."""
    return 1 if 0 < percentage < Decimal("1.5") else 2


def spending(parts: Sequence[Part]) -> str:
    """Where the money goes."""
    return _exception(parts, gettext("No expenditure published yet")) or gettext(
        "Of every 100 pesos, %(most)s go to %(first)s and %(next)s to %(second)s"
    ) % _two_largest(parts)


def income(parts: Sequence[Part]) -> str:
    """Where the money comes from."""
    return _exception(parts, gettext("No revenue published yet")) or gettext(
        "Of every 100 pesos, %(most)s come from %(first)s and %(next)s from %(second)s"
    ) % _two_largest(parts)


def _stated(parts: Sequence[Part]) -> list[tuple[str, Decimal]]:
    stated = [(part.name, part.value) for part in parts if part.value is not None]
    return sorted(stated, key=lambda part: (-part[1], part[0]))


def _exception(parts: Sequence[Part], nothing: str) -> str:
    """The sentence for parts of which no shares can be told; empty where they can."""
    stated = _stated(parts)
    if not stated:
        return nothing
    (first, most), rest = stated[0], [value for _name, value in stated[1:]]
    whole = most + sum(rest, Decimal(0))
    named = {"name": first, "amount": amount(most), "names": listed([first, *(name for name, _value in stated[1:2])])}
    if stated[-1][1] < 0:
        return gettext("The largest figure is %(name)s, %(amount)s; there are negative ones") % named
    if not whole:
        return gettext("The published figures add up to zero")
    if not any(rest):
        return gettext("All of it is in %(name)s: %(amount)s") % named
    if rest[0] == most:
        return gettext("%(names)s are level: %(amount)s each") % named
    if most / whole * HUNDRED < 2:
        return gettext("The largest part is %(name)s: %(amount)s") % named
    return ""


def _two_largest(parts: Sequence[Part]) -> dict[str, str]:
    stated = _stated(parts)
    whole = sum((value for _name, value in stated), Decimal(0))
    (first, most), (second, after) = stated[0], stated[1]
    return {
        "first": first,
        "second": second,
        "most": of_100(most / whole * HUNDRED),
        "next": of_100(after / whole * HUNDRED),
    }


def trend(name: str, years: Sequence[int], values: Sequence[Decimal | None], *, real: bool) -> str:
    """How a series moved between its first and its last stated year; `real`: inflation is already taken out."""
    stated = [(year, value) for year, value in zip(years, values, strict=True) if value is not None]
    if not stated:
        return gettext("There are no figures to compare between years")
    (since, before), (until, after) = stated[0], stated[-1]
    if since == until:
        return gettext("Only %(year)s is published: one year shows no trend") % {"year": since}
    named = {"name": name, "since": since, "until": until, "before": amount(before), "after": amount(after)}
    moved = change(before, after)
    if moved is None:
        return gettext("%(name)s went from %(before)s in %(since)s to %(after)s in %(until)s") % named
    return _movement(moved, real) % {**named, "percent": number(abs(moved))}


def _movement(moved: Decimal, real: bool) -> str:
    if abs(moved) < FLAT:
        return gettext("%(name)s hardly changed between %(since)s and %(until)s")
    if real and moved > 0:
        return gettext("%(name)s: %(percent)s%% more in %(until)s than in %(since)s, inflation taken out")
    if real:
        return gettext("%(name)s: %(percent)s%% less in %(until)s than in %(since)s, inflation taken out")
    if moved > 0:
        return gettext("%(name)s: %(percent)s%% more in %(until)s than in %(since)s, inflation not taken out")
    return gettext("%(name)s: %(percent)s%% less in %(until)s than in %(since)s, inflation not taken out")


def share_trend(name: str, years: Sequence[int], values: Sequence[Decimal | None]) -> str:
    """How the part that a heading has of the whole moved; values in percent."""
    stated = [(year, value) for year, value in zip(years, values, strict=True) if value is not None]
    if len(stated) < 2:
        return trend(name, years, values, real=True)
    (since, before), (until, after) = stated[0], stated[-1]
    named = {"name": name, "since": since, "until": until, "before": percent(before), "after": percent(after)}
    if abs(after - before) < Decimal("0.5"):
        return gettext("%(name)s kept its part of the whole: %(after)s in %(until)s") % named
    return gettext("%(name)s went from %(before)s of the whole in %(since)s to %(after)s in %(until)s") % named


def deviation(planned: Part, done: Part, until: str = "") -> str:
    """How far what was done stayed below its plan, or went over it, in pesos. `until`: of a year that is not over."""
    named = {"planned": planned.name.lower(), "done": done.name.lower(), "until": until}
    if planned.value is None or done.value is None:
        return gettext("The file does not state both %(planned)s and %(done)s") % named
    difference = done.value - planned.value
    named["amount"] = amount(abs(difference))
    if not planned.value and not done.value:
        return gettext("What was %(planned)s and what was %(done)s are both zero") % named
    if not difference:
        return gettext("Exactly the %(planned)s amount was %(done)s") % named
    if difference < 0 and until:
        return gettext("%(amount)s of the %(planned)s amount were still to be %(done)s, %(until)s") % named
    if difference < 0:
        return gettext("%(amount)s of the %(planned)s amount were not %(done)s") % named
    return gettext("%(amount)s more were %(done)s than the %(planned)s amount") % named


def most_changed(up: tuple[str, Decimal] | None, down: tuple[str, Decimal] | None, year: int) -> str:
    """What changed most against a year before, in pesos of one value."""
    rose = {"up": up[0], "more": amount(up[1])} if up else {}
    fell = {"down": down[0], "less": amount(-down[1])} if down else {}
    named: dict[str, object] = {**rose, **fell, "year": year}
    if up and down and up[1] >= -down[1]:
        return gettext("%(up)s rose most against %(year)s, by %(more)s; %(down)s fell most, by %(less)s") % named
    if up and down:
        return gettext("%(down)s fell most against %(year)s, by %(less)s; %(up)s rose most, by %(more)s") % named
    if up:
        return gettext("Nothing fell against %(year)s; %(up)s rose most, by %(more)s") % named
    if down:
        return gettext("Nothing rose against %(year)s; %(down)s fell most, by %(less)s") % named
    return gettext("Nothing changed against %(year)s, inflation taken out") % named


def beside_median(mine: Decimal, middle: Decimal | None, count: int, year: int, *, in_pesos: bool) -> str:
    """How far from the median of its peers; pesos in percent of it, parts of a whole in points. None: too few tell it."""
    named: dict[str, object] = {"count": number(count), "year": year}
    if middle is None and not count:
        return gettext("None of its peers publishes it for %(year)s: there is no median.") % named
    if middle is None:
        few = ngettext(
            "Only %(count)s of its peers publishes it for %(year)s: too few for a median.",
            "Only %(count)s of its peers publish it for %(year)s: too few for a median.",
            count,
        )
        return few % named
    if in_pesos:
        away = change(middle, mine) or Decimal(0)
        return _from_pesos(mine, middle) % {**named, "away": number(abs(away)), "median": pesos(middle)}
    # Told from the rounded percentages, which are what a reader sees and subtracts.
    points = int(mine.quantize(Decimal(1), ROUND_HALF_UP) - middle.quantize(Decimal(1), ROUND_HALF_UP))
    return _from_part(points) % {**named, "away": number(abs(points)), "median": percent(middle)}


def _from_pesos(mine: Decimal, middle: Decimal) -> str:
    moved = change(middle, mine)
    if moved is None:
        return gettext("The median of its %(count)s peers in %(year)s is %(median)s.")
    if abs(moved) < NEAR:
        return gettext("About the median of its %(count)s peers in %(year)s: %(median)s.")
    if moved > 0:
        return gettext("%(away)s%% above the median of its %(count)s peers in %(year)s: %(median)s.")
    return gettext("%(away)s%% below the median of its %(count)s peers in %(year)s: %(median)s.")


def _from_part(points: int) -> str:
    if not points:
        return gettext("About the median of its %(count)s peers in %(year)s: %(median)s.")
    if points > 0:
        return ngettext(
            "%(away)s point above the median of its %(count)s peers in %(year)s: %(median)s.",
            "%(away)s points above the median of its %(count)s peers in %(year)s: %(median)s.",
            points,
        )
    return ngettext(
        "%(away)s point below the median of its %(count)s peers in %(year)s: %(median)s.",
        "%(away)s points below the median of its %(count)s peers in %(year)s: %(median)s.",
        -points,
    )


def so_far(done: Decimal, planned: Decimal, until: str, names: tuple[str, str]) -> str:
    """How far a year is at the end of one of its stretches; `names` of what was planned and of what was done."""
    named = {"planned": names[0].lower(), "done": names[1].lower(), "until": until}
    part = share(done, planned)
    if part is None or part < 0:
        return gettext("%(amount)s were %(done)s, %(until)s") % {**named, "amount": amount(done)}
    return gettext("%(part)s of the %(planned)s amount was %(done)s, %(until)s") % {**named, "part": percent(part)}


def own_revenue(own: Decimal, transferred: Decimal, whole: Decimal, unknown: Decimal = ZERO) -> str:
    """What the government collects by itself of all that it receives; `unknown`: what may come from anywhere."""
    if whole <= 0 or own < 0 or transferred < 0 or unknown < 0:
        return gettext("The published revenue does not show where it comes from")
    part, rest = share(own, whole) or Decimal(0), share(transferred, whole) or Decimal(0)
    if unknown:
        said = ngettext(
            "Of every 100 pesos it receives, %(own)s is its own, %(rest)s are transferred and %(unknown)s are not classified",
            "Of every 100 pesos it receives, %(own)s are its own, %(rest)s are transferred and %(unknown)s are not classified",
            _grammatical(part),
        )
        return said % {"own": of_100(part), "rest": of_100(rest), "unknown": of_100(unknown / whole * HUNDRED)}
    if not part:
        return gettext("Nothing of its revenue is collected by the government itself")
    if part >= HUNDRED:
        return gettext("All of its revenue is collected by the government itself")
    said = ngettext(
        "Of every 100 pesos it receives, %(own)s is its own and %(rest)s are transferred to it",
        "Of every 100 pesos it receives, %(own)s are its own and %(rest)s are transferred to it",
        _grammatical(part),
    )
    return said % {
        "own": of_100(part),
        "rest": of_100(rest) if rest else "0",
    }


def execution(planned: Part, done: Part) -> str:
    """How much of what was planned was done; both are totals of one release, named by their moments."""
    named = {"planned": planned.name.lower(), "done": done.name.lower()}
    if planned.value is None or done.value is None:
        return gettext("The file does not state both %(planned)s and %(done)s") % named
    part = share(done.value, planned.value)
    if part is None or part < 0 or planned.value < 0:
        return gettext("%(done_amount)s %(done)s, %(planned_amount)s %(planned)s") % {
            **named,
            "done_amount": amount(done.value),
            "planned_amount": amount(planned.value),
        }
    if part == HUNDRED:
        return gettext("Exactly the %(planned)s amount was %(done)s") % named
    if part > HUNDRED:
        pattern = gettext("%(pesos)s pesos %(done)s for every 100 %(planned)s")
        return pattern % {**named, "pesos": number(part)}
    pattern = ngettext(
        "Of every 100 pesos %(planned)s, %(pesos)s was %(done)s",
        "Of every 100 pesos %(planned)s, %(pesos)s were %(done)s",
        _grammatical(part),
    )
    return pattern % {**named, "pesos": of_100(part)}


def progress(parts: Sequence[tuple[str, Decimal]], planned: str) -> str:
    """Which headings are furthest and least far: (name, percent of the plan), of at least one."""
    (most, high), (least, low) = max(parts, key=_percentage), min(parts, key=_percentage)
    named = {"planned": planned.lower(), "most": most, "least": least, "high": percent(high), "low": percent(low)}
    if high - low < FLAT:
        return gettext("All are about as far along: %(high)s of the %(planned)s amount") % named
    return gettext("For %(most)s, %(high)s of the %(planned)s amount; for %(least)s, %(low)s") % named


def _percentage(part: tuple[str, Decimal]) -> Decimal:
    return part[1]


def direct_awards(direct: Decimal | None, whole: Decimal | None, *, partly: bool = False) -> str:
    """How much was awarded without competition, by amount, in one currency. `partly`: others do not state their procedure."""
    if direct is None or whole is None:
        return gettext("The contracts published state no amounts")
    if direct < 0 or whole < direct:
        return negative_amounts()
    part = share(direct, whole)
    if part is None:
        return gettext("The published figures add up to zero")
    if partly:
        return _direct_of_stated(part)
    if not part:
        return gettext("Nothing was awarded without competition")
    if part == HUNDRED:
        return gettext("Everything was awarded without competition")
    said = ngettext(
        "%(pesos)s of every 100 pesos was awarded without competition",
        "%(pesos)s of every 100 pesos were awarded without competition",
        _grammatical(part),
    )
    return capfirst(said % {"pesos": of_100(part)})


def _direct_of_stated(part: Decimal) -> str:
    if not part:
        return gettext("Nothing of what states its procedure was awarded without competition")
    if part == HUNDRED:
        return gettext("All that states its procedure was awarded without competition")
    said = ngettext(
        "Of what states its procedure, %(pesos)s of every 100 pesos was awarded without competition",
        "Of what states its procedure, %(pesos)s of every 100 pesos were awarded without competition",
        _grammatical(part),
    )
    return said % {"pesos": of_100(part)}


def negative_amounts() -> str:
    return gettext("There are negative amounts among the contracts: no shares of the money are told")


def direct_count(direct: int, whole: int, silent: int = 0) -> str:
    """The same by number of contracts, where amounts do not tell it. `silent`: how many more do not state their procedure."""
    if silent:
        return _direct_count_of_stated(direct, whole)
    if not whole:
        return gettext("No contracts published yet")
    if direct == whole:
        return ngettext(
            "The only contract was awarded without competition",
            "All %(whole)s contracts were awarded without competition",
            whole,
        ) % {"whole": number(whole)}
    if not direct:
        return gettext("No contract was awarded without competition")
    return ngettext(
        "%(direct)s of %(whole)s contracts was awarded without competition",
        "%(direct)s of %(whole)s contracts were awarded without competition",
        direct,
    ) % {"direct": number(direct), "whole": number(whole)}


def _direct_count_of_stated(direct: int, whole: int) -> str:
    named = {"direct": number(direct), "whole": number(whole)}
    if not whole:
        return gettext("The contracts published do not state how they were awarded")
    if direct == whole:
        return (
            ngettext(
                "The only contract that states its procedure was awarded without competition",
                "All %(whole)s contracts that state their procedure were awarded without competition",
                whole,
            )
            % named
        )
    if not direct:
        return gettext("No contract that states its procedure was awarded without competition")
    return (
        ngettext(
            "%(direct)s of %(whole)s contracts that state their procedure was awarded without competition",
            "%(direct)s of %(whole)s contracts that state their procedure were awarded without competition",
            direct,
        )
        % named
    )


def largest_suppliers(amounts: Sequence[Decimal | None], whole: Decimal | None) -> str:
    """What the listed suppliers got of everything contracted in one currency; of all there are, what the largest got."""
    stated = [value for value in amounts if value is not None]
    if not stated or whole is None:
        return gettext("The contracts published do not say who was paid how much")
    if min(stated) < 0 or whole < sum(stated, Decimal(0)):
        return negative_amounts()
    part = share(sum(stated, Decimal(0)), whole)
    if part is None:
        return gettext("The published figures add up to zero")
    if part == HUNDRED and len(stated) == 1:
        return gettext("A single supplier gets all of it")
    if part == HUNDRED:
        return gettext("Of %(count)s suppliers, the largest gets %(pesos)s of every 100 pesos") % {
            "count": number(len(stated)),
            "pesos": of_100(share(max(stated), whole) or Decimal(0)),
        }
    if len(stated) == 1:
        return gettext("One supplier gets %(pesos)s of every 100 pesos") % {"pesos": of_100(part)}
    return gettext("The %(count)s largest suppliers get %(pesos)s of every 100 pesos") % {
        "count": number(len(stated)),
        "pesos": of_100(part),
    }


def highest(stated: Sequence[tuple[str, Decimal]], say: Callable[[Decimal], str], asked: int) -> str:
    """Who is at both ends, of places that are held side by side; `asked`: how many they are, with the silent ones."""
    if not stated and asked == 1:
        return gettext("it does not publish what this takes")
    if not stated:
        return gettext("none of them publishes what this takes")
    ordered = sorted(stated, key=lambda one: (-one[1], one[0]))
    (first, most), (last, least) = ordered[0], ordered[-1]
    named = {"first": first, "most": say(most), "last": last, "least": say(least)}
    if asked == 1:
        return gettext("%(most)s in %(first)s") % named
    if len(stated) == 1:
        return gettext("only %(first)s publishes what this takes: %(most)s") % named
    level = [name for name, value in ordered if say(value) == named["most"]]
    bottom = [name for name, value in ordered if say(value) == named["least"]]
    if len(level) == asked:
        return gettext("all are level: %(most)s") % named
    if len(level) == len(stated):
        return gettext("all that publish it are level: %(most)s") % named
    if len(level) > 1:
        return gettext("%(names)s are level at the top: %(most)s") % {**named, "names": listed(level)}
    if len(bottom) > 1:
        return gettext("%(first)s is highest, with %(most)s; %(names)s are level at the bottom, with %(least)s") % {
            **named,
            "names": listed(bottom),
        }
    return gettext("%(first)s is highest, with %(most)s; %(last)s lowest, with %(least)s") % named
