"""script/bench network [ORGANISATIONS]: what a page costs when the network grows a thousandfold, in one run.

    1×        ten organisations, fifty people, five projects with what belongs to them
    1,000×    ten thousand, fifty thousand and five thousand (default; a number gives other organisations, the rest follows)

Each page is asked as a visitor, as a member of one organisation and as GESOC, whole, in this process, nothing kept from the
request before. A page is held to what it costs itself at 1×: no query more, and 1.5 times as long. Exports are left out:
they grow with what they hold. Everything runs in a scratch database of the clone's own server, dropped at the end.
"""

from __future__ import annotations

import datetime
import logging
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.dashboards import Cost, _p95, _timed, admin, inside, say, start_django

SCRATCH = "mesa_bench_network"
ROUNDS = 15
GROWTH = 1.5
SMALL = 10
FLOOR = 0.02  # seconds: what is faster than this is held to this, as a page of ten rows does next to nothing

VISITOR = {
    "directory": "/organizaciones/",
    "directory, searched": "/organizaciones/?q=agua",
    "directory, last page": "/organizaciones/?pagina=9999",
    "organisation": "/organizaciones/{organisation}/",
    "network": "/red/",
    "coverage gaps": "/red/huecos/",
    "projects": "/proyectos/",
    "projects, searched": "/proyectos/?q=obra&etapa=idea",
    "project": "/proyectos/{project}/",
    "log": "/proyectos/{project}/bitacora/",
    "what happened": "/proyectos/{project}/novedades/",
    "challenges": "/retos/",
    "challenge": "/retos/{challenge}/",
    "evidence": "/evidencia/",
    "card": "/evidencia/{card}/",
    "data gaps": "/datos-que-faltan/",
    "research": "/investigacion/",
    "search": "/buscar/?q=agua",
}
MEMBER = {
    "my week": "/mi-semana/",
    "member: directory": "/organizaciones/",
    "member: network": "/red/",
    "member: people": "/personas/",
    "member: projects": "/proyectos/",
    "member: new challenge": "/retos/nuevo/",
    "member: new project": "/proyectos/nuevo/",
    "member: document": "/evidencia/documento/",
    "member: new note": "/investigacion/nueva/",
    "member: write in the log": "/proyectos/{own}/bitacora/nueva/",
    "member: partners": "/proyectos/{own}/organizaciones/",
    "member: suggestions": "/red/sugerencias/organizaciones/?q=agua",
}
GESOC = {
    "GESOC: my week": "/mi-semana/",
    "GESOC: people": "/personas/",
    "GESOC: people, searched": "/personas/?q=ana",
    "GESOC: person": "/personas/{person}/",
    "GESOC: duplicates": "/personas/duplicados/",
    "GESOC: directory": "/organizaciones/",
    "GESOC: organisation": "/organizaciones/{organisation}/",
    "GESOC: network": "/red/",
    "GESOC: projects": "/proyectos/",
    "GESOC: new project": "/proyectos/nuevo/",
    "GESOC: new challenge": "/retos/nuevo/",
    "GESOC: new note": "/investigacion/nueva/",
    "GESOC: document": "/evidencia/documento/",
    "GESOC: card": "/evidencia/{card}/",
    "GESOC: data gaps": "/datos-que-faltan/",
    "GESOC: outbox": "/correo/",
    "GESOC: privacy": "/privacidad/mesa/",
}
WORDS = ("agua", "obra", "costa", "camino", "salud", "escuela", "mercado", "bosque", "barrio", "tesorería")
NAMES = ("Ana", "Luis", "Rosa", "Iván", "Itzel", "Óscar", "Marta", "Pedro", "Lucía", "Raúl")


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gesoc.settings")  # it is needed if the clone is not up to date
    start_django()
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    admin(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)", f"CREATE DATABASE {SCRATCH}")
    try:
        with inside(SCRATCH):
            people = begin()
            one = measure(people)
            grow(range(SMALL, most), people["member"])
            many = measure(people)
            sizes = counts()
    finally:
        admin(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
    sys.exit(show(one, many, sizes))


# -- what there is ------------------------------------------------------------------------------------------------------


def begin() -> dict[str, Any]:
    """Tables, places, who asks, and ten organisations; the member coordinates the first of them."""
    from django.core.management import call_command

    from partners.models import Membership, Organisation, User

    say("tables and places")
    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    member = User.objects.create_user("miembro@ejemplo.example", full_name="Ana Uc")
    staff = User.objects.create_user("equipo@ejemplo.example", full_name="Karla Mena", is_gesoc=True)
    grow(range(SMALL), member)
    first = Organisation.objects.earliest("pk")
    Membership.objects.create(user=member, organisation=first, role=Membership.Role.COORDINATOR)
    return {"visitor": None, "member": member, "gesoc": staff}


def grow(numbers: range, member: Any) -> None:
    """So many organisations more, five people each, a project for every second one, and what projects hold."""
    from django.db import connection

    say(f"{len(numbers):,} organisations more")
    chance = random.Random(f"{numbers}")
    organisations = _organisations(numbers, chance)
    _people(organisations, chance)
    _projects(organisations[::2], organisations, chance, member)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _kept(model: Any, rows: Iterator[Any] | list[Any]) -> list[Any]:
    return list(model.objects.bulk_create(list(rows), batch_size=2_000))


def _cleaned(row: Any) -> Any:
    row.clean()  # the keys by which it is ordered and searched
    return row


def _organisations(numbers: range, chance: random.Random) -> list[Any]:
    from municipalities.models import Municipality
    from partners.models import Organisation, OrganisationStatus, Relationship, Theme

    codes = list(Municipality.objects.order_by("code").values_list("code", flat=True))
    kinds, themes = Organisation.Kind.values, Theme.values
    found = _kept(
        Organisation,
        [
            _cleaned(
                Organisation(
                    name=f"{chance.choice(WORDS).title()} y {chance.choice(WORDS)} de {n}",
                    slug=f"organizacion-{n}",
                    kind=kinds[n % len(kinds)],
                    home_municipality_id=chance.choice(codes),
                    themes=chance.sample(themes, 2),
                )
            )
            for n in numbers
        ],
    )
    start = datetime.date(2020, 1, 1)
    _kept(
        OrganisationStatus,
        [
            OrganisationStatus(
                organisation=one,
                status=one.status,
                since=start + datetime.timedelta(days=chance.randrange(2_000)),
                step=1,
            )
            for one in found
        ],
    )
    covered = Organisation.coverage.through
    covered.objects.bulk_create(
        [covered(organisation=one, municipality_id=code) for one in found for code in chance.sample(codes, 2)]
    )
    pairs = {(n, (n + 1 + chance.randrange(5)) % len(found)) for n in range(len(found))}
    _kept(
        Relationship,
        [
            Relationship(from_organisation=found[a], to_organisation=found[b], type="alianza")
            for a, b in sorted(pairs)
            if a != b
        ],
    )
    return found


def _people(organisations: list[Any], chance: random.Random) -> None:
    from partners.models import Affiliation, Membership, Person, User

    people = _kept(
        Person,
        [
            _cleaned(
                Person(
                    full_name=f"{chance.choice(NAMES)} {chance.choice(WORDS).title()} {one.pk} {n}",
                    email=f"p{one.pk}-{n}@ejemplo.example",
                    phone=f"871{one.pk:05}{n:02}",
                )
            )
            for one in organisations
            for n in range(5)
        ],
    )
    _kept(Affiliation, [Affiliation(person=one, organisation=organisations[n // 5]) for n, one in enumerate(people)])
    users = _kept(
        User, [User(email=f"u{one.pk}@ejemplo.example", full_name=f"Cuenta {one.pk}") for one in organisations]
    )
    _kept(
        Membership,
        [Membership(user=user, organisation=one) for user, one in zip(users, organisations, strict=True)],
    )


def _projects(leads: list[Any], organisations: list[Any], chance: random.Random, member: Any) -> None:
    from municipalities.models import Municipality
    from projects import models

    codes = list(Municipality.objects.order_by("code").values_list("code", flat=True))
    levels, stages = ("publica", "publica", "red", "privada"), [*models.Project.LINE]
    projects = _kept(
        models.Project,
        [
            _cleaned(
                models.Project(
                    title=f"{chance.choice(WORDS).title()} con cuentas claras {one.pk}",
                    slug=f"proyecto-{one.pk}",
                    problem_statement="No se publica dónde es la obra.",
                    lead_organisation=one,
                    stage=stages[one.pk % len(stages)],
                    visibility="publica" if n == 0 else levels[one.pk % len(levels)],
                )
            )
            for n, one in enumerate(leads)
        ],
    )
    placed = models.Project.municipalities.through
    placed.objects.bulk_create([placed(project=one, municipality_id=chance.choice(codes)) for one in projects])
    partners = [
        (project, other)
        for project in projects
        for other in {project.lead_organisation, *chance.sample(organisations, 2)}
    ]
    _kept(
        models.ProjectPartner,
        [models.ProjectPartner(project=one, organisation=other, state="aceptada") for one, other in partners],
    )
    _kept(
        models.LogEntry,
        [
            models.LogEntry(project=one, text=f"Nos reunimos {n}", visibility="publica")
            for one in projects
            for n in range(6)
        ],
    )
    challenges = _kept(
        models.Challenge,
        [
            _cleaned(
                models.Challenge(
                    title=f"¿Dónde está la {chance.choice(WORDS)}?",
                    statement="No se sabe.",
                    project=one,
                    visibility="publica",
                )
            )
            for one in projects
        ],
    )
    cards = _kept(
        models.Evidence,
        [
            _cleaned(
                models.Evidence(
                    kind="figure",
                    title="Cifra",
                    reading=f"Gastó {one.pk} en {chance.choice(WORDS)}.",
                    does_not_say="Dónde.",
                    visibility="publica",
                    organisation=one.lead_organisation,
                    municipality_id=chance.choice(codes),
                )
            )
            for one in projects
        ],
    )
    _kept(
        models.EvidenceUse,
        [models.EvidenceUse(evidence=card, challenge=to) for card, to in zip(cards, challenges, strict=True)],
    )
    _kept(models.DataGap, [models.DataGap(project=one, what_is_missing="El padrón") for one in projects])
    notes = _kept(
        models.ResearchNote,
        [
            models.ResearchNote(
                slug=f"nota-{one.pk}",
                title=f"Nota {one.pk}",
                lede="Algo",
                body="Texto",
                authors="Ana",
                organisation=one.lead_organisation,
                state="publicada",
            )
            for one in projects
        ],
    )
    _kept(
        models.NoteVersion,
        [models.NoteVersion(note=one, number=1, title=one.title, lede="Algo", body="Texto") for one in notes],
    )


def counts() -> dict[str, int]:
    from django.db import connection

    from partners.models import Organisation, Person
    from projects.models import LogEntry, Project

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / 1000000")
        found = {"MB": cursor.fetchone()[0]}
    models: dict[str, Any] = {
        "organisations": Organisation,
        "people": Person,
        "projects": Project,
        "log entries": LogEntry,
    }
    return {name: model.objects.count() for name, model in models.items()} | found


# -- what is measured ---------------------------------------------------------------------------------------------------


def measure(people: dict[str, Any]) -> dict[str, Cost]:
    from partners.models import Organisation, Person
    from projects.models import Challenge, Evidence, Project

    def some(rows: Any, name: str) -> list[Any]:
        """Thirty of them, spread over all."""
        found = list(rows.order_by("pk").values_list(name, flat=True))
        return found[:: max(1, len(found) // 30)]

    fillings = {
        "organisation": some(Organisation.objects.all(), "slug"),
        "project": some(Project.objects.filter(visibility="publica"), "slug"),
        "challenge": some(Challenge.objects.filter(project__visibility="publica"), "key"),
        "card": some(Evidence.objects.all(), "key"),
        "person": some(Person.objects.exclude(email=""), "key"),
        "own": [Project.objects.earliest("pk").slug],
    }
    pages = (("visitor", VISITOR), ("member", MEMBER), ("gesoc", GESOC))
    say("pages")
    return {name: cost(url, people[who], fillings) for who, table in pages for name, url in table.items()}


def cost(url: str, user: Any, fillings: dict[str, list[Any]]) -> Cost:
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client

    client, chance = Client(HTTP_HOST="127.0.0.1"), random.Random(url)
    if user is not None:
        client.force_login(user)
    spans, sql, queries, sizes = [], [], [], []
    for turn in range(ROUNDS + 1):
        asked: list[float] = []
        address = url.format(**{name: chance.choice(values) for name, values in fillings.items()})
        cache.clear()
        with connection.execute_wrapper(_timed(asked)):
            start = time.perf_counter()
            answer = client.get(address)
            span = time.perf_counter() - start
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        if turn:  # the first compiles templates
            spans.append(span)
            sql.append(sum(asked))
            queries.append(len(asked))
            sizes.append(len(answer.content))
    return Cost(statistics.median(spans), _p95(spans), statistics.median(sql), max(queries), max(sizes))


# -- what is said -------------------------------------------------------------------------------------------------------


def show(one: dict[str, Cost], many: dict[str, Cost], sizes: dict[str, int]) -> int:
    """0 where every page keeps its limits."""
    print("\n" + ", ".join(f"{count:,} {name}" for name, count in sizes.items()) + f"; {os.cpu_count()} cores\n")
    print(f"{'':<26}{'p50 1×':>9}{'p50':>9}{'p95':>9}{'SQL':>9}{'growth':>8}{'queries':>10}{'kB':>7}")
    broken = []
    for name, small in one.items():
        large = many[name]
        growth = large.p50 / max(small.p50, FLOOR)
        print(
            f"{name:<26}{small.p50 * 1000:>7.0f}ms{large.p50 * 1000:>7.0f}ms{large.p95 * 1000:>7.0f}ms"
            f"{large.sql * 1000:>7.0f}ms{growth:>8.2f}{small.queries:>6}/{large.queries:<3}{large.size / 1000:>7.0f}"
        )
        broken += [f"{name}: {growth:.2f} times as long, limit {GROWTH}"] if growth > GROWTH else []
        broken += [f"{name}: {large.queries} queries, {small.queries} at 1×"] if large.queries > small.queries else []
    print("\n" + ("\n".join(f"OVER: {one}" for one in broken) or "Every page keeps its limits."))
    return 1 if broken else 0


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    main()
