"""Writes of the territory: the reference data in the box. Files of INEGI and CONAPO come in through importers.py."""

from decimal import Decimal
from typing import Any

from django.db import models, transaction

from gesoc.common.text import search_text, sort_key

from . import data
from .models import (
    NAME_ENDS,
    LoadedData,
    MapFrame,
    MetropolitanMembership,
    Municipality,
    Population,
    PriceIndex,
    Shape,
    State,
)

TERRITORY = "territory"
# Part of the fingerprint: raise it when the code below makes other rows of the same files.
LOADER_VERSION = 2
SHAPE_FILES = ("shapes_states.csv", "shapes_nation.csv", "shapes_municipalities.csv")


def load_territory(*, force: bool = False) -> bool:
    """Bring the tables to what the files in data/ say; return whether anything had to be done.

    Rows of other origin (imported populations and indices) stay, except where a file of the box states the same figure.
    """
    fingerprint = f"{LOADER_VERSION}-{data.fingerprint()[:60]}"
    if not force and LoadedData.objects.filter(name=TERRITORY, fingerprint=fingerprint).exists():
        return False
    with transaction.atomic():
        LoadedData.objects.get_or_create(name=TERRITORY)
        loaded = LoadedData.objects.select_for_update().get(name=TERRITORY)  # one loader at a time
        _load_states()
        _load_municipalities()
        _load_shapes()
        _load_populations()
        _load_metropolitan_zones()
        _load_prices()
        loaded.fingerprint = fingerprint
        loaded.save()
    return True


def _upsert(rows: list[models.Model], key: list[str]) -> None:
    """Insert or update all rows with one statement a thousand."""
    model = type(rows[0])
    kept = {*key, "id"}
    changed = [field.name for field in model._meta.concrete_fields if field.name not in kept and not field.primary_key]
    model._default_manager.bulk_create(
        rows, batch_size=1000, update_conflicts=True, unique_fields=key, update_fields=changed
    )


def _load_states() -> None:
    states = [
        State(
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            abbreviation=row["abbreviation"],
            slug=row["slug"],
            sort_key=sort_key(row["short_name"]),
            search_text=_state_words(row),
        )
        for row in data.rows("states.csv")
    ]
    _upsert(list(states), ["code"])


def _state_words(row: dict[str, str]) -> str:
    """Return every word people use for the state, each once: official, short and popular names, abbreviation."""
    names = (row["name"], row["short_name"], row["abbreviation"], row["other_names"])
    return " ".join(dict.fromkeys(search_text(" ".join(names)).split()))


def _load_municipalities() -> None:
    states = {row["code"]: _state_words(row) for row in data.rows("states.csv")}
    zones = {row["code"]: row["time_zone"] for row in data.rows("time_zones.csv")}
    renamed = {row["code"]: row for row in data.rows("municipalities_renamed.csv")}
    added = data.rows("municipalities_added.csv")
    coast = {row["municipality"] for row in data.rows("coast.csv")}
    drawn: list[dict[str, Any]] = [{**row, "coast": row["code"] in coast} for row in data.rows("municipalities.csv")]
    municipalities = [_municipality(row | renamed.get(row["code"], {}), states, zones) for row in [*drawn, *added]]
    _upsert(list(municipalities), ["code"])
    _load_parents(added)


def _municipality(row: dict[str, Any], states: dict[str, str], zones: dict[str, str]) -> Municipality:
    code, name, former = row["code"], row["name"], row.get("former_name", "")
    state = code[:2]
    names = [f"{search_text(name)} {NAME_ENDS}", states[state], search_text(former)]
    return Municipality(
        code=code,
        state_id=state,
        name=name,
        kind=Municipality.Kind.BOROUGH if state == "09" else Municipality.Kind.MUNICIPALITY,
        time_zone=zones.get(code, zones[state]),
        is_coastal=row.get("coast"),  # not known of what was created after the borders were drawn
        former_names=former if search_text(former) != search_text(name) else "",
        created_on=row.get("created_on") or None,
        created_note=row.get("note", ""),
        created_source=row.get("source", "") if "parents" in row else "",
        created_source_url=row.get("source_url", ""),
        sort_key=sort_key(name),
        search_text=" ".join(filter(None, names)),
    )


def _load_parents(added: list[dict[str, str]]) -> None:
    link = Municipality.parents.through
    codes = [row["code"] for row in added]
    link.objects.filter(from_municipality__in=codes).delete()
    link.objects.bulk_create(
        link(from_municipality_id=row["code"], to_municipality_id=parent)
        for row in added
        for parent in row["parents"].split()
    )


def _load_shapes() -> None:
    """Replace all drawings: they are derived and nothing refers to them."""
    MapFrame.objects.all().delete()
    MapFrame.objects.bulk_create(
        MapFrame(key=row["key"], width=row["width"], height=row["height"]) for row in data.rows("frames.csv")
    )
    shapes = []
    for name in SHAPE_FILES:
        for row in data.rows(name):
            unit = {"state_id" if len(row["code"]) == 2 else "municipality_id": row["code"]}
            place = {"label_x": row["label_x"], "label_y": row["label_y"]}
            shapes.append(Shape(frame_id=row["frame"], path=row["path"], **place, **unit))
    Shape.objects.bulk_create(shapes, batch_size=1000)


def _load_populations() -> None:
    populations = [
        Population(
            municipality_id=row["place"] if len(row["place"]) == 5 else None,
            state_id=row["place"] if row["place"].isdigit() and len(row["place"]) == 2 else None,
            year=row["year"],
            kind=row["kind"],
            value=row["value"],
            source=row["source"],
            source_url=row["source_url"],
        )
        for row in data.rows("populations.csv")
    ]
    if populations:
        _upsert(list(populations), ["municipality", "state", "year", "kind"])


def _load_metropolitan_zones() -> None:
    memberships = [
        MetropolitanMembership(
            municipality_id=row["municipality"],
            edition=row["edition"],
            zone=row["zone"],
            name=row["name"],
            kind=row["kind"],
            source=row["source"],
            source_url=row["source_url"],
        )
        for row in data.rows("metropolitan.csv")
    ]
    _upsert(list(memberships), ["edition", "municipality"])


def _load_prices() -> None:
    prices = [
        PriceIndex(series=row["series"], year=row["year"], value=Decimal(row["value"]), source=row["source"])
        for row in data.rows("price_index.csv")
    ]
    _upsert(list(prices), ["series", "year"])
