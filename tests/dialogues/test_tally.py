"""Votes: what a ballot may hold, who is first, and that results by sector give nobody away (dialogue.md §6.4)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues import tally
from dialogues.tally import APPROVAL, DOTS, LEAST, OTHERS, SCORE, Ballot, InvalidBallot, Rules

OPTIONS = ["obra", "agua", "luz"]


def ballots(*groups):
    return [Ballot(sector, choices) for sector, choices, times in groups for _ in range(times)]


@pytest.mark.parametrize(
    ("rules", "choices", "problem"),
    [
        (Rules(DOTS, 5, 3), {"obra": 4}, "range"),
        (Rules(DOTS, 5, 3), {"obra": 3, "agua": 3}, "points"),
        (Rules(DOTS, 5, 3), {"obra": -1}, "range"),
        (Rules(DOTS, 5, 3), {"otra": 1}, "unknown"),
        (Rules(DOTS, 5, 3), {"obra": 0}, "empty"),
        (Rules(DOTS, 5, 3), {}, "empty"),
        (Rules(SCORE, 0, 5), {"obra": 6}, "range"),
        (Rules(APPROVAL, 0, 5), {"obra": 2}, "range"),
        (Rules(APPROVAL, 0, 1), {"obra": True}, "range"),
    ],
)
def test_ballot_outside_the_rules_is_refused(rules, choices, problem):
    with pytest.raises(InvalidBallot) as refused:
        rules.check(choices, OPTIONS)
    assert refused.value.code == problem


def test_ballot_within_the_rules_keeps_what_it_gives():
    assert Rules(DOTS, 5, 3).check({"obra": 3, "agua": 2, "luz": 0}, OPTIONS) == {"obra": 3, "agua": 2}
    assert Rules(SCORE, 0, 5).check({"obra": 5, "agua": 5, "luz": 5}, OPTIONS) == dict.fromkeys(OPTIONS, 5)


def test_edge_20_a_tie_is_shown_as_a_tie():
    result = tally.count(ballots(("", {"obra": 2, "agua": 2, "luz": 1}, 3)), OPTIONS)
    assert [(s.option, s.points, s.place, s.tied) for s in result.standings] == [
        ("obra", 6, 1, True),
        ("agua", 6, 1, True),
        ("luz", 3, 3, False),
    ]


def test_quorum():
    assert tally.meets(None, 0) and tally.meets(5, 5) and not tally.meets(5, 4)


def test_paper_ballots_count_in_the_total_and_in_no_sector():
    result = tally.count(ballots(("osc", {"obra": 1}, 2)), OPTIONS, extra={"agua": 7})
    assert [(s.option, s.points) for s in result.standings] == [("agua", 7), ("obra", 2), ("luz", 0)]
    assert result.splits == ()


def test_every_sector_weighs_the_same_beside_the_plain_count():
    """Ten officials outvote six citizens; weighted, the citizens' wish comes first."""
    cast = ballots(
        ("gobierno", {"obra": 3, "luz": 2}, 9),
        ("gobierno", {"agua": 1}, 1),
        ("ciudadania", {"agua": 5}, 5),
        ("ciudadania", {"luz": 5}, 1),
        ("osc", {"agua": 3, "obra": 2}, 4),
        ("osc", {"luz": 5}, 2),
    )
    result = tally.count(cast, OPTIONS)
    assert {s.option: s.points for s in result.standings} == {"obra": 35, "agua": 38, "luz": 33}
    assert {split.sector: split.ballots for split in result.splits} == {"ciudadania": 6, "gobierno": 10, "osc": 6}
    assert {s.option: s.share for s in result.weighted} == {
        "obra": (Fraction(27, 46) + Fraction(8, 30)) / 3,
        "agua": (Fraction(1, 46) + Fraction(25, 30) + Fraction(12, 30)) / 3,
        "luz": (Fraction(18, 46) + Fraction(5, 30) + Fraction(10, 30)) / 3,
    }
    assert not result.would_change


def test_would_change_when_the_many_of_one_sector_decide():
    cast = ballots(
        ("gobierno", {"obra": 1}, 19),
        ("gobierno", {"agua": 1}, 1),
        ("ciudadania", {"agua": 1}, 5),
        ("ciudadania", {"obra": 1}, 1),
        ("osc", {"agua": 1}, 5),
        ("osc", {"obra": 1}, 1),
    )
    assert tally.count(cast, OPTIONS).would_change


def test_edge_21_fewer_than_five_of_a_sector_are_put_together():
    cast = ballots(
        ("osc", {"obra": 1}, 4),
        ("osc", {"agua": 1}, 4),
        ("medios", {"obra": 1}, 3),
        ("academia", {"agua": 1}, 3),
    )
    splits = tally.by_sector(cast, OPTIONS)
    assert [(s.sector, s.members, s.ballots) for s in splits] == [
        ("osc", ("osc",), 8),
        (OTHERS, ("academia", "medios"), 6),
    ]


def test_edge_21_what_subtraction_would_find_is_hidden_with_the_next_smallest():
    """Four of the media alone are the total minus all others: academia goes with them."""
    cast = ballots(
        ("osc", {"obra": 1}, 8),
        ("osc", {"agua": 1}, 1),
        ("academia", {"obra": 1}, 3),
        ("academia", {"agua": 1}, 3),
        ("medios", {"agua": 1}, 4),
    )
    assert [(s.sector, s.ballots) for s in tally.by_sector(cast, OPTIONS)] == [("osc", 9), (OTHERS, 10)]


def test_edge_21_a_unanimous_sector_is_not_shown_alone():
    cast = ballots(
        ("gobierno", {"obra": 1}, 6),
        ("osc", {"obra": 1}, 3),
        ("osc", {"agua": 1}, 3),
        ("academia", {"obra": 1}, 4),
        ("academia", {"luz": 1}, 4),
    )
    assert [(s.sector, s.members) for s in tally.by_sector(cast, OPTIONS)] == [
        ("academia", ("academia",)),
        (OTHERS, ("gobierno", "osc")),
    ]


def test_edge_21_nothing_is_split_where_only_one_group_would_be_left():
    assert tally.by_sector(ballots(("osc", {"obra": 1}, 3), ("medios", {"agua": 1}, 3)), OPTIONS) == ()
    assert tally.by_sector(ballots(("osc", {"obra": 1}, 50)), OPTIONS) == ()


CAST = st.lists(
    st.builds(
        Ballot,
        st.sampled_from(["osc", "medios", "academia", "gobierno", "ciudadania", ""]),
        st.dictionaries(st.sampled_from(OPTIONS), st.integers(1, 3), min_size=1),
    ),
    max_size=60,
)


@given(CAST)
def test_no_group_is_small_or_of_one_mind_and_all_together_are_the_total(cast):
    splits = tally.by_sector(cast, OPTIONS)
    members = [name for split in splits for name in split.members]
    assert len(members) == len(set(members))
    assert not splits or sum(split.ballots for split in splits) == len(cast)
    for split in splits:
        group = [ballot for ballot in cast if (ballot.sector or OTHERS) in split.members]
        assert len(group) == split.ballots >= LEAST
        assert not tally.agreed(group)
        for option in OPTIONS:
            assert split.points[option] == sum(ballot.choices.get(option, 0) for ballot in group)


@given(CAST)
def test_no_sum_of_published_groups_leaves_fewer_than_five(cast):
    """Differencing: the total minus any set of published groups is nobody, or at least LEAST people."""
    splits = tally.by_sector(cast, OPTIONS)
    for chosen in range(2 ** len(splits)):
        left = len(cast) - sum(split.ballots for i, split in enumerate(splits) if chosen >> i & 1)
        assert left == 0 or left >= LEAST or not splits


@given(CAST, st.randoms())
def test_order_of_ballots_decides_nothing(cast, random):
    shuffled = list(cast)
    random.shuffle(shuffled)
    assert tally.count(shuffled, OPTIONS) == tally.count(cast, OPTIONS)


@given(CAST)
def test_shares_sum_to_one_and_places_follow_them(cast):
    result = tally.count(cast, OPTIONS)
    for standings in (result.standings, result.weighted):
        assert sum(s.share for s in standings) in (0, 1)
        assert [s.place for s in standings] == [
            1 + sum(other.share > s.share for other in standings) for s in standings
        ]
