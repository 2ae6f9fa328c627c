from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from municipalities.models import MapFrame, Municipality, Population, PriceIndex, Shape, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def state() -> State:
    return State.objects.create(
        code="05", name="Coahuila de Zaragoza", short_name="Coahuila", abbreviation="Coah.", slug="coahuila",
        sort_key="coahuila", search_text="coahuila",
    )  # fmt: skip


def municipality(state: State, code: str = "05035", **changes: object) -> Municipality:
    fields = {"name": "Torreón", "time_zone": "America/Monterrey", "sort_key": "torreon", "search_text": "torreon |"}
    return Municipality.objects.create(code=code, state=state, **(fields | changes))


def refused(constraint: str, create, **fields: object) -> None:
    with pytest.raises(IntegrityError, match=f'"{constraint}"'), transaction.atomic():
        create(**fields)


def test_names_are_said_with_the_state(state):
    torreon = municipality(state)
    assert (str(state), str(torreon)) == ("Coahuila", "Torreón, Coahuila")
    assert str(Population(municipality=torreon, year=2020, value=720848)) == "05035 2020: 720,848"
    assert str(Population(year=2020, value=126014024)) == "MX 2020: 126,014,024"


@pytest.mark.parametrize(
    ("constraint", "code", "changes"),
    [
        ("municipality_code_five_digits", "0503", {}),
        ("municipality_code_in_state", "06001", {}),
        ("municipality_kind_known", "05001", {"kind": "county"}),
        ("municipality_time_zone_set", "05001", {"time_zone": ""}),
    ],
)
def test_municipality_that_cannot_be_is_refused(state, constraint, code, changes):
    refused(constraint, lambda: municipality(state, code, **changes))


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("population_published", {"value": 0}),
        ("population_cited", {"source": ""}),
        ("population_kind_known", {"kind": "guess"}),
        ("population_year_sane", {"year": 20}),
    ],
)
def test_population_that_cannot_be_is_refused(constraint, changes):
    fields = {"year": 2020, "value": 1, "kind": "census", "source": "INEGI"}
    refused(constraint, Population.objects.create, **(fields | changes))


def test_population_of_two_places_is_refused(state):
    fields = {"year": 2020, "value": 1, "kind": "census", "source": "INEGI"}
    refused(
        "population_of_one_place", Population.objects.create, state=state, municipality=municipality(state), **fields
    )


def test_population_of_the_nation_is_stated_once():
    fields = {"year": 2020, "kind": "census", "source": "INEGI"}
    Population.objects.create(value=126_014_024, **fields)
    refused("population_once", Population.objects.create, value=1, **fields)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("price_index_positive", {"value": 0}),
        ("price_index_cited", {"source": ""}),
        ("price_index_series_known", {"series": "cpi"}),
    ],
)
def test_price_that_cannot_be_is_refused(constraint, changes):
    fields = {"series": "udi", "year": 2020, "value": Decimal("6.5"), "source": "Banxico"}
    refused(constraint, PriceIndex.objects.create, **(fields | changes))


def test_shape_belongs_to_exactly_one_unit(state):
    frame = MapFrame.objects.create(key="mx", width=10, height=10)
    fields = {"frame": frame, "path": "M0 0l1 0 0 1z", "label_x": 1, "label_y": 1}
    refused("shape_of_one_unit", Shape.objects.create, **fields)
    refused("shape_of_one_unit", Shape.objects.create, state=state, municipality=municipality(state), **fields)
    Shape.objects.create(state=state, **fields)
    refused("shape_once_a_frame", Shape.objects.create, state=state, **fields)
