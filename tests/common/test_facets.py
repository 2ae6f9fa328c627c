"""One pass counts every facet as a list narrowed by all others would."""

import pytest
from django.db.models import F

from gesoc.common.facets import Choice, facet, tally
from partners.models import Organisation
from tests.factories.partners import OrganisationFactory

pytestmark = pytest.mark.django_db

COLUMNS = {"kind_": F("kind"), "themes_": F("themes")}


@pytest.fixture
def rows():
    OrganisationFactory(kind="osc", themes=["agua", "costas"])
    OrganisationFactory(kind="osc", themes=["agua"])
    OrganisationFactory(kind="medios", themes=[])
    return Organisation.objects.values(**COLUMNS)


@pytest.mark.parametrize(
    ("chosen", "total", "kinds", "themes"),
    [
        ({}, 3, {"osc": 2, "medios": 1}, {"agua": 2, "costas": 1}),
        ({"kind_": ["medios"]}, 1, {"osc": 2, "medios": 1}, {}),
        ({"themes_": ["costas", "salud"]}, 1, {"osc": 1}, {"agua": 2, "costas": 1}),
        ({"kind_": [], "themes_": ["agua"]}, 2, {"osc": 2}, {"agua": 2, "costas": 1}),
        ({"kind_": ["100%' OR TRUE --"]}, 0, {"osc": 2, "medios": 1}, {}),
    ],
)
def test_each_facet_counts_within_the_others(rows, django_assert_num_queries, chosen, total, kinds, themes):
    with django_assert_num_queries(1):
        assert tally(rows, ("kind_", "themes_"), chosen, several=("themes_",)) == (
            total,
            {"kind_": kinds, "themes_": themes},
        )


def test_nothing_is_asked_where_nothing_can_be(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert tally(Organisation.objects.none().values(**COLUMNS), ("kind_",)) == (0, {"kind_": {}})


def test_boxes_stand_by_number_then_by_name():
    found = facet("tipo", {"b": 1, "a": 1, "c": 3}, {"a": "Á", "b": "B"}, {"a"})
    assert found.choices == [Choice("c", "c", 3, False), Choice("b", "B", 1, False), Choice("a", "Á", 1, True)]
