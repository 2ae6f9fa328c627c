"""Requests that no page of ours sends: others' ids, dead links, and fields that a form does not offer.

The tables stand in tests/forged_world.py; the people, the objects and their addresses are those of the permission
matrix, so that a page which is in the matrix is tried here without another word.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dialogues.forms.fields import TeamField
from partners.forms.places import OrganisationField
from partners.models import Person, SignedLink
from partners.services import mint_link, revoke_links
from projects.forms.evidence import PlaceField
from projects.forms.fields import NameField, NamesField
from tests.forged_world import CHOICES, LINKS, NAMES_ANYBODY, PUBLIC, QUERIES, SAVES, Opened
from tests.permission_world import ARGUMENTS, DATA, World
from tests.test_permission_matrix import matrix, routes

pytestmark = pytest.mark.django_db

OURS = ("municipalities", "partners", "datasets", "projects", "dialogues")
REFUSED = {404, 410}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(\+00:00|Z)?")
SUFFIX = re.compile(r'("slug": "[a-z0-9-]+)-[a-z0-9]{6}"')
RANDOM = {
    "last_login",
    "token_hash",
    "short_code",
    "code",
    "code_hash",
    "password",
}  # columns that differ each time by design


@contextmanager
def undone() -> Iterator[None]:
    cache.clear()  # limits count across requests
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def client_of(world: World, role: str) -> Client:
    client = Client()
    if world.people[role].is_authenticated:
        client.force_login(world.people[role])
    return client


def arguments_of(world: World, name: str, target: str, role: str) -> list[Any]:
    found = ARGUMENTS[name](world.sides[target], world.people[role]) if name in ARGUMENTS else []
    assert isinstance(found, list)
    return found


def send(client: Client, method: str, path: str, data: dict[str, Any]) -> Any:
    """The answer; a crash is one too, so that the test says which request it was."""
    client.raise_request_exception = False
    response = getattr(client, method.lower())(path, data)
    if response.streaming:
        response.getvalue()
    assert response.status_code < 500, f"{method} {path} {data} crashed"
    return response


# -- what is in the database ------------------------------------------------------------------------------------------


def _models() -> list[Any]:
    """Ours, without the history that triggers write and without rollups of facts."""
    found = [model for app in OURS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    return [model for model in found if model._meta.managed and not hasattr(model, "pgh_tracked_model")]


def snapshot() -> dict[str, list[str]]:
    """Every row of every table, read at once. Numbers of rows are told by their place, so that two tries compare."""
    tables = sorted({model._meta.db_table for model in _models()})
    asked = " UNION ALL ".join(
        f"SELECT '{table}', coalesce(json_agg(row_to_json(t)), '[]')::text FROM \"{table}\" t" for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        raw = {table: json.loads(rows) for table, rows in cursor.fetchall()}
    places = {table: _places(rows) for table, rows in raw.items()}
    columns = _columns()
    return {table: sorted(_told(row, columns[table], places) for row in rows) for table, rows in raw.items() if rows}


def _places(rows: list[dict[str, Any]]) -> dict[Any, str]:
    numbers = [row["id"] for row in rows if isinstance(row.get("id"), int)]
    return {number: f"#{place}" for place, number in enumerate(sorted(numbers))}


def _columns() -> dict[str, dict[str, str]]:
    """Of each table: the column that holds the number of a row -> the table of that row."""
    found: dict[str, dict[str, str]] = {}
    for model in _models():
        own = found.setdefault(model._meta.db_table, {"id": model._meta.db_table})
        for field in model._meta.concrete_fields:
            if field.is_relation and field.related_model is not None:
                own[field.column] = field.related_model._meta.db_table
    return found


def _told(row: dict[str, Any], columns: dict[str, str], places: dict[str, dict[Any, str]]) -> str:
    told = {
        name: places.get(columns[name], {}).get(value, value) if name in columns and value is not None else value
        for name, value in row.items()
        if name not in RANDOM
    }
    text = UUID.sub("key", json.dumps(told, sort_keys=True, ensure_ascii=False))
    return SUFFIX.sub(r'\1"', MOMENT.sub("then", text))


# -- forged ids in addresses ------------------------------------------------------------------------------------------

# Addresses with a parent and a child: the child of another's under one's own parent is nobody's.
NESTED = sorted(
    {
        name
        for name, pattern in routes()
        if len(pattern.pattern.converters) > 1 and name in ARGUMENTS and not name.startswith("account_")
    }
)
NO_CHILD = {
    "projects:comments": "the first says what kind of thing the second is",
    "datasets:row": "the second is a line of the release, not an object",
    "datasets:contract": "public where its release is; the matrix asks for others' drafts",
    "datasets:compare_releases": "both are one's own or public; tests/datasets asks for others' drafts",
    "partners:compare": "GESOC alone, and it may compare any two",
}


@pytest.mark.parametrize("name", [name for name in NESTED if name not in NO_CHILD])
@pytest.mark.parametrize("privileged", [False, True], ids=["own", "gesoc"])
def test_anothers_child_below_ones_own_parent_is_not_found(world, name, privileged):
    role = "gesoc" if privileged else "facilitator" if name.startswith("dialogues:") else "coordinator"
    for target in ("other", "hidden"):
        with undone():
            own, others = (arguments_of(world, name, side, role) for side in ("own", target))
            mixed = [*own[:-1], others[-1]]
            before, client = snapshot(), client_of(world, role)
            for method in ("GET", "POST"):
                data = DATA[name, method](world.sides["own"]) if (name, method) in DATA else {}
                status = send(client, method, reverse(name, args=mixed), data).status_code
                assert status in {403, 404, 405}, (method, mixed, status)
            assert snapshot() == before


# -- forged ids in forms and queries ----------------------------------------------------------------------------------


def valid(world: World, name: str) -> dict[str, Any]:
    side = world.sides["own"]
    if name in SAVES:
        return dict(SAVES[name](side))
    return dict(DATA[name, "POST"](side)) if (name, "POST") in DATA else {}


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: f"{choice.url}.{choice.field}")
def test_forms_take_nothing_of_others(world, choice):
    with undone():
        path = reverse(choice.url, args=arguments_of(world, choice.url, "own", choice.role))
        data = valid(world, choice.url) | choice.more | {choice.field: choice.named(world.sides["other"])}
        before = snapshot()
        response = send(client_of(world, choice.role), "POST", path, data)
        assert snapshot() == before, response.status_code


NAMING = (forms.ModelChoiceField, NameField, NamesField, OrganisationField, PlaceField, TeamField)


def naming_fields(world: World) -> Iterator[tuple[str, str]]:
    """(address, field): whatever names another object in a form of a page that somebody may send."""
    for name, target, role in writers():
        with undone():
            path = reverse(name, args=arguments_of(world, name, target, role))
            page = send(client_of(world, role), "GET", path, {})
            shown = [value for context in page.context or [] for value in _values(context)]
            for form in (value for value in shown if isinstance(value, forms.BaseForm)):
                for field_name, field in form.fields.items():
                    if isinstance(field, NAMING) and field_name not in PUBLIC:
                        yield name, form.add_prefix(field_name)


def _values(context: Any) -> list[Any]:
    return [*(context if isinstance(context, dict) else context.flatten()).values()]


def test_every_field_that_names_another_object_is_tried(world):
    """Whoever adds one adds its line to CHOICES, or says in NAMES_ANYBODY why it may name anybody's."""
    tried = {(choice.url, choice.field) for choice in CHOICES} | NAMES_ANYBODY.keys()
    assert set(naming_fields(world)) - tried == set()


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.url)
@pytest.mark.parametrize("role", ["visitor", "member", "coordinator", "facilitator"])
def test_addresses_tell_nothing_of_others(world, query, role):
    with undone():
        data = query.query(world.sides["other"])
        response = send(client_of(world, role), "GET", reverse(query.url), data)
        assert query.secret not in response.content.decode()


# -- fields that a form does not offer --------------------------------------------------------------------------------

FORGED = {
    **dict.fromkeys(("is_staff", "is_superuser", "is_gesoc", "is_active", "is_example", "is_public"), "on"),
    **dict.fromkeys(("published", "confirmed", "verified", "shared_email", "is_primary", "secret"), "on"),
    "status": "activa",
    "state": "publicado",
    "stage": "cerrado",
    "visibility": "publica",
    **dict.fromkeys(("version", "number", "edition", "value"), "99"),
    **dict.fromkeys(("slug", "sort_key", "search_text", "sha256", "storage_path"), "forjado"),
    **dict.fromkeys(("key",), "00000000-0000-4000-8000-00000000f0f0"),
    **dict.fromkeys(("published_at", "created_at", "since", "until"), "2001-01-01"),
}
# Names of other objects: the number of another's organisation, person or project, whatever the field is called.
OWNERS = ("owner", "organisation", "organisations", "lead_organisation", "host_organisation", "responsible")
PEOPLE = ("user", "by", "created_by", "added_by", "handled_by", "person")
# Names that a page takes without a field of its own on its page, and why.
TAKEN = {
    "projects:use_evidence": {"visibility"},  # its maker's other button of the card's page
    "projects:share_note": {"visibility"},
    "dialogues:room": {"key"},  # chosen by the phone, so that a note sent twice is written once
    "dialogues:commitment_verify": {"organisation"},
    "dialogues:add_contact": {"organisation"},  # its form stands on the page of the invitations
}


def forged(world: World, offered: set[str]) -> dict[str, Any]:
    """A word that is no state of this thing counts too: a form that took it would complain, and answer differently."""
    number, admin = str(world.sides["other"].organisation.pk), str(world.people["admin"].pk)
    fields = FORGED | dict.fromkeys(OWNERS, number) | dict.fromkeys(PEOPLE, admin)
    fields |= {f"{name}_id": fields[name] for name in (*OWNERS, *PEOPLE)}
    return {name: value for name, value in fields.items() if name not in offered}


def writers() -> list[tuple[str, str, str]]:
    """(address, target, role): the least that may send each form, as the matrix says."""
    found = {}
    for row in matrix():
        if row["method"] != "POST" or row["target"] not in ("-", "own", "public"):
            continue
        for role in ("member", "coordinator", "facilitator", "gesoc", "admin"):
            saves = row["url"] in SAVES and row[role] in ("200", "422")  # an empty form: refused
            if row[role].startswith("302") or saves:
                if row["url"] not in found or row["target"] == "own":
                    found[row["url"]] = (row["url"], row["target"], role)
                break
    return [one for one in found.values() if not one[0].startswith(("account_", "mfa_"))]


@pytest.mark.parametrize(("name", "target", "role"), writers(), ids=lambda value: str(value))
def test_fields_that_a_form_does_not_offer_change_nothing(world, name, target, role):
    with undone():
        path = reverse(name, args=arguments_of(world, name, target, role))
        data, client = valid(world, name), client_of(world, role)
        page = send(client, "GET", path, {})
        offered = set(re.findall(r'name="([^"]+)"', page.content.decode())) if not page.streaming else set()
        offered |= set(data) | TAKEN.get(name, set())
        plain = _after(client, path, data)
        if name in SAVES:
            assert plain[0] == 302 or name in ANSWERED, "the data of SAVES no longer save"
        assert differences(plain, _after(client, path, data | forged(world, offered))) == []


# Forms whose answer is what they make: a file, an address that is told once.
ANSWERED = {"partners:export_people", "partners:export_organisations", "dialogues:calendars"}

# Addresses that somebody may post to and that take no form of ours, or whose form is tried elsewhere.
ELSEWHERE = {
    "sitemap": "reads",
    "projects:research_feed": "reads",
    "projects:news_feed": "reads",
    "dialogues:people": "a POST is its page",
    "dialogues:by_code": "takes a code and nothing else; tests/dialogues/test_places.py guesses it",
    "datasets:columns": "names of columns alone; tests/datasets/test_review.py",
    "datasets:correct_rejects": "a file alone; tests/datasets/test_corrections.py",
}


def test_every_form_and_every_route_that_writes_is_tried():
    """Whoever adds one sees to it that the matrix or SAVES has data with which it saves, or says here why not."""
    people = ("member", "coordinator", "facilitator", "gesoc", "admin")
    writing = {
        row["url"]
        for row in matrix()
        if row["method"] != "GET" and {cell for role in people for cell in row[role].split("|")} - {"403", "404", "405"}
    }
    ours = {name for name in writing if not name.startswith(("account_", "mfa_"))}  # allauth's own forms
    tried = {name for name, _target, _role in writers()} | {opened.url for opened in LINKS}
    assert ours - tried == ELSEWHERE.keys()


def differences(one: tuple[int, Any], two: tuple[int, Any]) -> list[Any]:
    (status, rows), (other_status, others) = one, two
    found: list[Any] = [] if status == other_status else [(status, other_status)]
    return found + [
        (table, sorted(set(rows.get(table, [])) ^ set(others.get(table, []))))
        for table in sorted({*rows, *others})
        if rows.get(table) != others.get(table)
    ]


def _after(client: Client, path: str, data: dict[str, Any]) -> tuple[int, dict[str, list[str]]]:
    for value in data.values():
        if hasattr(value, "seek"):  # a file is read once by each request
            value.seek(0)
    with undone():
        status = send(client, "POST", path, data).status_code
        return status, snapshot()


# -- personal links ---------------------------------------------------------------------------------------------------


NOTHING = "00000000-0000-4000-8000-000000000000"
TOMORROW = datetime.timedelta(days=1)


def dead_tokens(opened: Opened, subject: str, person: Person) -> Iterator[tuple[str, str]]:
    """(why it is dead, the token)"""

    def minted(**changes: Any) -> str:
        link = {
            "purpose": opened.purpose,
            "subject": subject,
            "person": person,
            "expires_at": timezone.now() + TOMORROW,
        }
        return mint_link(**link | changes)

    token = minted()
    yield "the hash", SignedLink.objects.latest("pk").token_hash
    yield "cut", token[:-1]
    yield "longer", f"{token}a"
    revoke_links(purpose=opened.purpose, subject=subject)
    yield "revoked", token
    yield "expired", minted(expires_at=timezone.now())
    for purpose in sorted({one.purpose for one in LINKS} - {opened.purpose}):
        yield f"for {purpose}", minted(purpose=purpose)
    if opened.url not in OF_PERSON:
        yield "of nothing", minted(subject=UUID.sub(NOTHING, subject))
    SignedLink.objects.filter(person=person).delete()  # what an erasure does
    yield "of somebody erased", token


@pytest.mark.parametrize("opened", LINKS, ids=lambda opened: opened.url)
def test_dead_links_open_nothing(world, opened):
    with undone():
        client = Client()
        for why, token in dead_tokens(opened, *opened.subject(world.sides["public"])):
            links = SignedLink.objects.values_list("pk", "used_at", "revoked_at")
            before, marks = snapshot(), list(links)
            for method in ("GET", "POST"):
                status = send(client, method, reverse(opened.url, args=[token]), opened.data).status_code
                assert status in REFUSED | {405}, (why, method, status)
            assert (snapshot(), list(links)) == (before, marks), why


# What such a link opens follows from its person; its subject says it once more.
OF_PERSON = {"partners:decisions", "partners:unsubscribe"}


@pytest.mark.parametrize("opened", LINKS, ids=lambda opened: opened.url)
def test_opening_a_live_link_changes_nothing(world, opened):
    """Mail programs open every link: what it allows is done by a button."""
    with undone():
        subject, person = opened.subject(world.sides["public"])
        expires = timezone.now() + TOMORROW
        token = mint_link(purpose=opened.purpose, subject=subject, person=person, expires_at=expires)
        before = snapshot()
        for method in ("GET", "HEAD"):
            status = send(Client(), method, reverse(opened.url, args=[token]), {}).status_code
            assert status == 200, method
        assert snapshot() == before


def test_every_address_behind_a_link_is_tried():
    """Whoever adds a page behind a personal link adds its line to LINKS."""
    behind = {name for name, pattern in routes() if "token" in pattern.pattern.converters}
    assert behind - {opened.url for opened in LINKS} == NOT_MINTED


# A calendar's secret address is no signed link; tests/dialogues/test_ical.py ends it.
NOT_MINTED = {"dialogues:private_feed"}
