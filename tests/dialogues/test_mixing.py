"""The arithmetic of mixing people over tables."""

from collections import Counter
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues.mixing import Guest, Round, mix

SECTORS = ("ciudadania", "osc", "academia", "gobierno")


def together(seats):
    """Pairs of people who share a table."""
    by_table = {}
    for person, table in seats.items():
        by_table.setdefault(table, []).append(person)
    return {tuple(sorted(pair)) for people in by_table.values() for pair in combinations(people, 2)}


def plain(tables, seats, rounds=1):
    return [Round(dict.fromkeys(range(1, tables + 1), seats), {}) for _round in range(rounds)]


def test_sectors_are_spread_evenly():
    guests = [Guest(n, SECTORS[n % 4]) for n in range(24)]
    (seats,) = mix(guests, plain(4, 6))
    for sector in SECTORS:
        at = Counter(seats[guest.pk] for guest in guests if guest.sector == sector)
        assert sorted(at.values()) == [1, 1, 2, 2]


def test_people_of_one_organisation_do_not_sit_together_where_there_are_tables_enough():
    guests = [Guest(n, "osc", organisation=n // 4) for n in range(16)]
    (seats,) = mix(guests, plain(4, 4))
    assert all(len({seats[guest.pk] for guest in guests if guest.organisation == one}) == 4 for one in {0, 1, 2, 3})


def test_whoever_speaks_for_nobody_shares_an_organisation_with_nobody():
    guests = [Guest(n, "ciudadania") for n in range(6)] + [Guest(n, "osc", organisation=1) for n in (6, 7)]
    (seats,) = mix(guests, plain(2, 4))
    assert seats[6] != seats[7]


def test_nobody_meets_again_while_that_is_possible():
    """Sixteen at four tables: in three rounds everybody can meet nine others."""
    guests = [Guest(n, "ciudadania") for n in range(16)]
    first, second, third = (together(seats) for seats in mix(guests, plain(4, 4, rounds=3)))
    assert len(first & second) + len(first & third) + len(second & third) <= 4  # of 72 pairs
    guests = [Guest(n, SECTORS[n % 4], n // 3) for n in range(60)]
    pairs = [together(seats) for seats in mix(guests, plain(10, 6, rounds=3))]
    assert not pairs[0] & pairs[1]
    assert not (pairs[0] | pairs[1]) & pairs[2]


def test_of_many_people_nobody_meets_again_either():
    guests = [Guest(n, SECTORS[n * n % 4], n // 7) for n in range(600)]
    pairs = [together(seats) for seats in mix(guests, plain(75, 8, rounds=3))]
    assert sum(map(len, pairs)) == len(set().union(*pairs))
    assert not any(one // 7 == other // 7 for one, other in set().union(*pairs))


def test_seats_that_stay_stay_and_are_met_as_others_are():
    guests = [Guest(n, "ciudadania") for n in range(8)]
    rounds = [Round({1: 4, 2: 4}, {0: 2, 1: 2}), Round({1: 4, 2: 4}, {0: 1})]
    first, second = mix(guests, rounds)
    assert (first[0], first[1], second[0]) == (2, 2, 1)
    assert second[1] == 2  # they met in the first


def test_a_late_seat_moves_nobody():
    guests = [Guest(n, SECTORS[n % 2]) for n in range(7)]
    (before,) = mix(guests[:6], plain(2, 4))
    (after,) = mix(guests, [Round({1: 4, 2: 4}, before, absent=frozenset(range(6)))])
    assert {pk: table for pk, table in after.items() if pk != 6} == before
    assert after[6] in (1, 2)


def test_whoever_finds_no_seat_is_left_out_and_no_table_is_overfull():
    (seats,) = mix([Guest(n, "osc") for n in range(10)], [Round({1: 3, 2: 4}, {})])
    assert sorted(Counter(seats.values()).items()) == [(1, 3), (2, 4)]


@settings(max_examples=60, deadline=None)
@given(
    people=st.lists(st.tuples(st.sampled_from(SECTORS), st.sampled_from([None, 1, 2, 3])), max_size=30),
    sizes=st.lists(st.integers(1, 8), min_size=1, max_size=6),
    rounds=st.integers(1, 4),
)
def test_always_the_same_within_the_seats_and_as_even_as_they_allow(people, sizes, rounds):
    guests = [Guest(n, sector, organisation) for n, (sector, organisation) in enumerate(people)]
    asked = [Round(dict(enumerate(sizes)), {}) for _round in range(rounds)]
    found = mix(guests, asked)
    assert found == mix(list(reversed(guests)), asked)
    for seats in found:
        at = Counter(seats.values())
        assert len(seats) == min(len(guests), sum(sizes))
        assert all(at[table] <= size for table, size in enumerate(sizes))
        with_room = [at[table] for table, size in enumerate(sizes) if at[table] < size]
        assert not with_room or max(at.values(), default=0) - min(with_room) <= 1
