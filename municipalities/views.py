"""The directory of municipalities and the pages of the states. A municipality's own page is its dashboard, in datasets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gesoc.common.charts.bars import swatch
from gesoc.common.charts.maps import Area, Classes, choropleth, merged_choropleth, quantile_classes
from gesoc.common.money import number

from . import selectors
from .models import MapFrame, Municipality, Shape, State

FOUND = 50
ORDERS = {"nombre": "name", "poblacion": "population"}


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:100]
    found = selectors.search_municipalities(query, FOUND + 1) if query else []
    states: list[Any] = list(selectors.states_with_counts())
    with_data = selectors.codes_with_data()
    counted = Counter(code[:2] for code in with_data)
    for unit in states:
        unit.with_data = counted[unit.code]
    context = {
        "query": query,
        "found": found[:FOUND],
        "more": len(found) > FOUND,
        "states": states,
        "found_with_data": with_data,
        "total": sum(state.municipality_count for state in states),
        "map": _map_of_states(states),
        "sources": sorted({state.population_source for state in states if state.population_source}),
        "extremes": sorted((state for state in states if state.population), key=lambda state: state.population),
    }
    return render(request, "municipalities/directory.html", context)


@require_safe
def state(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(selectors.states_with_counts(), slug=slug)
    order = request.GET.get("orden", "")
    order = order if order in ORDERS else "nombre"
    municipalities: list[Any] = list(selectors.municipalities_of(found, ORDERS[order]))
    context = {
        "state": found,
        "order": order,
        "municipalities": municipalities,
        "with_data": selectors.codes_with_data(found),
        "without_polygon": selectors.without_polygon(found),
        "sources": sorted({unit.population_source for unit in municipalities if unit.population_source}),
        "is_mexico_city": any(unit.kind == Municipality.Kind.BOROUGH for unit in municipalities),
        "map": _map_of_state(found, municipalities),
    }
    return render(request, "municipalities/state.html", context)


@require_safe
def national_map(request: HttpRequest) -> HttpResponse:
    values = selectors.latest_populations()

    def area(shape: Shape, classes: Classes) -> Area:
        code = str(shape.municipality_id)
        return Area(shape.path, shape.label_x, shape.label_y, classes.shade(values[code]), code)

    label = _("Map of Mexico: its municipalities by population")
    context = {
        "map": _map(MapFrame.MUNICIPALITIES, values, area, label, draw=merged_choropleth),
        "known": sum(value is not None for value in values.values()),
        "total": len(values),
        "states": State.objects.all(),
    }
    return render(request, "municipalities/map.html", context)


def _map_of_states(states: list[Any]) -> dict[str, Any] | None:
    by_code = {state.code: state for state in states}

    def area(shape: Shape, classes: Classes) -> Area:
        unit = by_code[str(shape.state_id)]
        return _area(shape, str(unit), unit.population, unit.get_absolute_url(), classes)

    values = {state.code: state.population for state in states}
    return _map(MapFrame.STATES, values, area, _("Map of the states by population"))


def _map_of_state(state: State, municipalities: Iterable[Any]) -> dict[str, Any] | None:
    by_code = {unit.code: unit for unit in municipalities}

    def area(shape: Shape, classes: Classes) -> Area:
        unit = by_code[str(shape.municipality_id)]
        return _area(shape, unit.name, unit.population, unit.get_absolute_url(), classes)

    values = {code: unit.population for code, unit in by_code.items()}
    label = _("Map of %(state)s: its municipalities by population") % {"state": state}
    return _map(state.code, values, area, label)


def _map(
    key: str,
    values: dict[str, int | None],
    area: Callable[[Shape, Classes], Area],
    label: str,
    draw: Callable[..., SafeString] = choropleth,
) -> dict[str, Any] | None:
    frame, shapes = selectors.map_shapes(key)
    if frame is None:
        return None
    classes = quantile_classes(values.values())
    areas = [area(shape, classes) for shape in shapes]
    return {
        "chart": draw(areas, width=frame.width, height=frame.height, label=label),
        "key": _key(classes, complete=None not in values.values()),
    }


def _area(shape: Shape, name: str, people: int | None, href: str, classes: Classes) -> Area:
    figure = number(people) if people is not None else _("no figure")
    text = f"{name}: {figure}"
    return Area(shape.path, shape.label_x, shape.label_y, classes.shade(people), text, href)


def _key(classes: Classes, *, complete: bool) -> list[dict[str, Any]]:
    entries = [
        {"swatch": swatch(f"q{classes.shade(high)}"), "label": _range(low, high)} for low, high in classes.bounds
    ]
    missing = {"swatch": swatch("q0"), "label": _("no figure here yet")}
    return entries if complete else [*entries, missing]


def _range(low: int, high: int) -> str:
    if low == high:
        return number(low)
    return _("%(low)s to %(high)s") % {"low": number(low), "high": number(high)}
