"""The arithmetic of mixing: who sits at which table, round by round.

Knows no model and no page. People of one organisation or one sector are spread over the tables, and whoever sat together
in one round should not in another. Seats that people gave by hand, and hosts, stay where they are. The same people and
tables always give the same seats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# What it costs that two people share a table. To meet again costs most: rounds are there to meet others.
MET, SAME_ORGANISATION, SAME_SECTOR = 12, 7, 4
PASSES = 8  # how often every exchange of two people is tried; it ends sooner where none is better
# Of more people only those look for another seat who meet somebody again or sit with their own organisation: to try every
# exchange of all would keep somebody waiting, and the more tables there are, the better the first seats are already.
MOST = 120

Seats = Mapping[int, int]  # person → table, of one round


@dataclass(frozen=True, slots=True)
class Guest:
    """`organisation`: None for whoever speaks for none; they share it with nobody."""

    pk: int
    sector: str
    organisation: int | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """Tables with how many seats each has, who sits where already and stays, and who gets no seat in it."""

    seats: Mapping[int, int]
    fixed: Seats
    absent: frozenset[int] = frozenset()


def mix(guests: Sequence[Guest], rounds: Sequence[Round]) -> list[dict[int, int]]:
    """Of each round: person → table. Whoever finds no free seat is left out of that round."""
    people = sorted(guests, key=lambda guest: guest.pk)
    met: dict[tuple[int, int], int] = {}
    # Whom the seats that stay bring together later counts from the beginning.
    for one in rounds:
        _count(met, one.fixed)
    found = []
    for one in rounds:
        _count(met, one.fixed, -1)
        seated = _Tables(people, one, met).seated()
        _count(met, seated)
        found.append(seated)
    return found


def _count(met: dict[tuple[int, int], int], seats: Seats, times: int = 1) -> None:
    by_table: dict[int, list[int]] = {}
    for person, table in seats.items():
        by_table.setdefault(table, []).append(person)
    for together in by_table.values():
        for one in together:
            for other in together:
                if one < other:
                    met[one, other] = met.get((one, other), 0) + times


class _Tables:
    """One round while it is filled."""

    def __init__(self, people: Sequence[Guest], round: Round, met: Mapping[tuple[int, int], int]) -> None:
        self.met = met
        self.known = {guest.pk: guest for guest in people}
        fixed = {pk: table for pk, table in round.fixed.items() if pk in self.known and table in round.seats}
        self.at: dict[int, list[int]] = {table: [] for table in sorted(round.seats)}
        for pk, table in sorted(fixed.items()):
            self.at[table].append(pk)
        self.free = [guest for guest in people if guest.pk not in fixed and guest.pk not in round.absent]
        self.moving = {guest.pk for guest in self.free}
        self.size = self._sizes(round.seats, len(self.free))

    def _sizes(self, seats: Mapping[int, int], waiting: int) -> dict[int, int]:
        """How many sit at each table in the end: as even as the seats and whoever stays allow."""
        size = {table: len(people) for table, people in self.at.items()}
        for _person in range(waiting):
            room = [table for table in size if size[table] < seats[table]]
            if not room:
                break
            size[min(room, key=lambda table: (size[table], table))] += 1
        return size

    def seated(self) -> dict[int, int]:
        for guest in self._in_turn():
            room = [table for table, people in self.at.items() if len(people) < self.size[table]]
            if not room:
                break
            best = min(room, key=lambda table: (self._cost(guest.pk, table), len(self.at[table]), table))
            self.at[best].append(guest.pk)
        self._exchange()
        return {pk: table for table, people in self.at.items() for pk in people}

    def _in_turn(self) -> list[Guest]:
        """Those of the largest groups first: they are the hardest to spread."""
        sectors = Counter(guest.sector for guest in self.free)
        organisations = Counter(guest.organisation for guest in self.free)
        del organisations[None]
        return sorted(
            self.free, key=lambda guest: (-organisations[guest.organisation], -sectors[guest.sector], guest.pk)
        )

    def _cost(self, pk: int, table: int, without: int = 0) -> int:
        """What it costs that somebody sits at a table, had the one `without` left it."""
        return sum(self._pair(pk, other) for other in self.at[table] if other not in (pk, without))

    def _pair(self, one: int, other: int) -> int:
        first, second = self.known[one], self.known[other]
        cost = MET * self.met.get((min(one, other), max(one, other)), 0)
        cost += SAME_SECTOR * (first.sector == second.sector)
        together = first.organisation is not None and first.organisation == second.organisation
        return cost + SAME_ORGANISATION * together

    def _exchange(self) -> None:
        """Let two people change places wherever that is better, until it never is."""
        for _pass in range(PASSES):
            if not self._exchanged(self._seeking()):
                return

    def _seeking(self) -> set[int]:
        if len(self.known) <= MOST:
            return self.moving
        seated = ((pk, people) for people in self.at.values() for pk in people if pk in self.moving)
        return {
            pk for pk, people in seated if any(self._pair(pk, other) > SAME_SECTOR for other in people if other != pk)
        }

    def _exchanged(self, seeking: set[int]) -> bool:
        better = False
        for table, people in self.at.items():
            for mine in range(len(people)):
                if people[mine] in seeking:
                    better |= self._exchanged_with_any(table, mine, seeking)
        return better

    def _exchanged_with_any(self, table: int, mine: int, seeking: set[int]) -> bool:
        better = False
        for other, people in self.at.items():
            for theirs in range(len(people)) if other != table else ():
                if other > table or people[theirs] not in seeking:  # else this pair has been tried from the other side
                    better |= self._change(table, mine, other, theirs)
        return better

    def _change(self, one: int, mine: int, other: int, theirs: int) -> bool:
        first, second = self.at[one][mine], self.at[other][theirs]
        if not {first, second} <= self.moving:
            return False
        before = self._cost(first, one) + self._cost(second, other)
        after = self._cost(first, other, without=second) + self._cost(second, one, without=first)
        if after >= before:
            return False
        self.at[one][mine], self.at[other][theirs] = second, first
        return True
