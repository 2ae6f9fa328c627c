from decimal import Decimal

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from municipalities import data, services
from municipalities.models import (
    LoadedData,
    MapFrame,
    MetropolitanMembership,
    Municipality,
    Population,
    PriceIndex,
    Shape,
    State,
)


def counts() -> dict[str, int]:
    models = (State, Municipality, MapFrame, Shape, Population, PriceIndex)
    return {model.__name__: model.objects.count() for model in models}


WHOLE = {"State": 32, "Municipality": 2478, "MapFrame": 34, "Shape": 4962, "Population": 184, "PriceIndex": 31}


def test_territory_is_whole(territory):
    assert counts() == WHOLE
    assert Municipality.objects.filter(kind="borough").count() == 16


def test_load_again_changes_nothing_and_asks_once(territory):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert services.load_territory() is False
    assert (len(queries), counts()) == (1, WHOLE)


def test_load_by_force_is_set_based(territory):
    before = list(Municipality.objects.order_by("pk").values())
    with CaptureQueriesContext(connection) as queries:
        assert services.load_territory(force=True) is True
    assert len(queries) < 50
    assert list(Municipality.objects.order_by("pk").values()) == before
    assert counts() == WHOLE


def test_changed_file_is_loaded_again(territory, tmp_path, monkeypatch):
    for path in data.DATA.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    renamed = tmp_path / "municipalities_renamed.csv"
    renamed.write_text(renamed.read_text() + "05035,Ciudad Torreón,Torreón,prueba\n")
    monkeypatch.setattr(data, "DATA", tmp_path)
    assert services.load_territory() is True
    torreon = Municipality.objects.get(pk="05035")
    assert (torreon.name, torreon.former_names, torreon.sort_key) == ("Ciudad Torreón", "Torreón", "ciudad torreon")
    assert torreon.search_text == "ciudad torreon | coahuila de zaragoza coah torreon"


def test_load_keeps_what_was_imported(territory):
    PriceIndex.objects.create(series="inpc", year=2020, value=Decimal("107.1"), source="INEGI")
    Population.objects.create(municipality_id="05001", year=2025, kind="projection", value=900, source="CONAPO")
    services.load_territory(force=True)
    assert PriceIndex.objects.filter(series="inpc").count() == 1
    assert Population.objects.filter(municipality="05001").count() == 1


def test_new_units_name_their_parents_and_source(territory):
    san_felipe = Municipality.objects.get(pk="02007")
    assert sorted(san_felipe.parents.values_list("code", flat=True)) == ["02001", "02002"]
    assert san_felipe.created_on.isoformat() == "2021-07-02"
    assert "Decreto 246" in san_felipe.created_note
    assert san_felipe.created_source
    assert Municipality.objects.exclude(created_source="").count() == 13


def test_renamed_unit_keeps_its_former_name(territory):
    playa = Municipality.objects.get(pk="23008")
    assert (playa.name, playa.former_names, playa.created_source) == ("Playa del Carmen", "Solidaridad", "")


def test_other_spelling_is_no_other_name(territory):
    alamos = Municipality.objects.get(pk="26003")
    assert (alamos.name, alamos.former_names) == ("Álamos", "")


def test_units_without_polygon_are_the_added_ones(territory):
    without = Municipality.objects.without_polygon().values_list("code", flat=True)
    assert sorted(without) == [row["code"] for row in data.rows("municipalities_added.csv")]


def test_coast_is_told_of_every_unit_on_the_map_and_of_no_other(territory):
    told = dict(Municipality.objects.values_list("code", "is_coastal"))
    added = {row["code"] for row in data.rows("municipalities_added.csv")}
    assert {code for code, coastal in told.items() if coastal is None} == added
    assert (told["30193"], told["05035"]) == (True, False)


def test_load_keeps_other_editions_of_the_metropolitan_zones(territory):
    member = {"municipality_id": "05035", "zone": "05.01", "name": "La Laguna", "source": "prueba"}
    MetropolitanMembership.objects.create(edition=2025, **member)
    services.load_territory(force=True)
    assert MetropolitanMembership.objects.filter(edition=2025).count() == 1
    assert MetropolitanMembership.objects.filter(edition=2020).count() == 421
    assert MetropolitanMembership.objects.filter(edition=2015).count() == 417


def test_command_says_what_it_did(territory, capsys):
    call_command("load_territory")
    call_command("load_territory", "--force")
    assert [line.split(" (")[0] for line in capsys.readouterr().out.splitlines()] == [
        "Territory is up to date",
        "Territory loaded",
    ]
    assert LoadedData.objects.count() == 1
