"""Every address of the project × method × role × whose object it is, compared with the checked-in matrix.

An address without its rows fails: whoever adds a page says who may see it. What to write stands in
tests/permission_world.py.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.views.generic.edit import ProcessFormView

from tests.permission_world import ARGUMENTS, DATA, ROLES, TARGETS, World

pytestmark = pytest.mark.django_db  # tells pytest-django which databases the world needs

MATRIX = Path(__file__).parent / "permission_matrix.csv"
HEADINGS = ["url", "method", "target", *ROLES]
# Not walked here, and why.
EXEMPT = {
    "admin/": "walked page by page in tests/partners/test_admin.py and tests/datasets/test_admin.py",
}


def matrix() -> list[dict[str, str]]:
    with MATRIX.open(newline="") as file:
        return list(csv.DictReader(file))


def routes() -> Iterator[tuple[str, URLPattern]]:
    """(name, pattern) of every address, in the order in which they are tried."""
    return _walk(get_resolver(), "", ())


def _walk(resolver, prefix, namespaces):
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if any(path.startswith(exempt) for exempt in EXEMPT):
            continue
        if isinstance(entry, URLPattern):
            yield (":".join([*namespaces, entry.name]) if entry.name else path), entry
        else:
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry, path, inner)


def methods(pattern: URLPattern) -> set[str]:
    """GET and POST of everything (a function may take both), and whatever else a class answers to."""
    view = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
    found = {"GET", "POST"}
    for method in ("put", "patch", "delete"):
        if view is None or not hasattr(view, method) or (method == "put" and issubclass(view, ProcessFormView)):
            continue  # PUT of a Django form view is its POST by another name
        found.add(method.upper())
    return found


def answer(world: World, role: str, name: str, method: str, target: str) -> HttpResponseBase:
    """What somebody gets, from a world that nobody has touched."""
    user = world.people[role]
    side = world.sides.get(target, world.sides["own"])
    client = Client()
    if user.is_authenticated:
        client.force_login(user)
    cache.clear()  # rate limits count across requests
    with transaction.atomic():
        arguments = ARGUMENTS[name](side, user) if name in ARGUMENTS else []
        path = arguments if isinstance(arguments, str) else reverse(name, args=arguments)
        data = DATA[name, method](side) if (name, method) in DATA else {}
        response = getattr(client, method.lower())(path, data)
        if response.streaming:
            response.getvalue()  # to the end, so that its file is closed
        transaction.set_rollback(True)
    return response


def test_every_address_has_its_rows():
    written = {(row["url"], row["method"]) for row in matrix()}
    wanted = {(name, method) for name, pattern in routes() for method in methods(pattern)}
    missing, gone = sorted(wanted - written), sorted(written - wanted)
    assert not missing, "Say who may do this (see tests/permission_world.py):\n" + "\n".join(map(", ".join, missing))
    assert not gone, f"These addresses are no longer there: {gone}"


def test_addresses_of_objects_are_asked_for_own_and_others():
    """An address that takes arguments from a side has to answer for both sides."""
    targets: dict[tuple[str, str], set[str]] = {}
    for row in matrix():
        assert row["target"] in TARGETS, row
        targets.setdefault((row["url"], row["method"]), set()).add(row["target"])
    alone = [key for key, found in targets.items() if found & {"own", "other"} and not {"own", "other"} <= found]
    assert alone == []


def test_no_row_stands_twice():
    keys = [(row["url"], row["method"], row["target"]) for row in matrix()]
    assert len(keys) == len(set(keys))


ROWS: dict[str, list[dict[str, str]]] = {}
for _row in matrix():
    ROWS.setdefault(_row["url"], []).append(_row)


@pytest.mark.parametrize("url", ROWS)
def test_answers_are_those_of_the_matrix(url, world):
    """A cell may allow two answers (200|503) where more than rights decides."""
    wrong = []
    for row in ROWS[url]:
        found = {role: str(answer(world, role, url, row["method"], row["target"]).status_code) for role in ROLES}
        differing = {role: status for role, status in found.items() if status not in row[role].split("|")}
        if differing:
            wrong.append((row["method"], row["target"], differing))
    assert wrong == []


# A form that anybody may send needs its token in a cookie.
FORMS = {
    "account_login",
    "account_reset_password",
    "dialogues:answer",
    "dialogues:place",
    "partners:ask_arco",
    "partners:decisions",
    "projects:substantiate",
}


def test_pages_without_a_form_set_no_cookie_for_visitors(world):
    setting = set()
    for row in matrix():
        if row["method"] == "GET" and row["visitor"] == "200":
            response = answer(world, "visitor", row["url"], "GET", row["target"])
            setting |= {row["url"]} if response.cookies else set()
    assert setting == FORMS
