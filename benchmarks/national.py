"""A country in a database of its own: 25 million lines of 2,400 municipalities and ten years, 2.5 million contracts.

One municipality comes from files through our own ingest: for each year a budget of a thousand lines in full detail, revenue, and
a list of contracts. Its releases are then copied for the others, set by set, as many as the lines asked for need; suppliers are
told apart by place, some of them sell to twenty municipalities. A tenth of the country is built first and kept as well, so that
one run measures both. The databases stay in the clone's own server, by their number of lines, until they are dropped:
`script/bench dashboards --drop`.
"""

from __future__ import annotations

import csv
import importlib
import io
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.dirty import FUNCTIONS, FUNDS, ITEMS, PURPOSES, UNITS

PREFIX = "mesa_bench_lines_"
SEED = "05035"
YEARS = range(2015, 2025)
LINES_EACH, CONTRACTS_EACH = 1_042, 104  # of a municipality in a year
SUPPLIERS, NEIGHBOURS = 150, 20  # of a municipality; one in five of them sells to so many municipalities
AT_ONCE = 60  # municipalities copied in one statement
KINDS = (
    "CONSTRUCTORA",
    "COMERCIALIZADORA",
    "SERVICIOS",
    "GRUPO",
    "PAPELERIA",
    "PROVEEDORA",
    "CONSULTORES",
    "TRANSPORTES",
)
FAMILIES = (
    "ALDAMA", "BARRAGAN", "CARDENAS", "DOMINGUEZ", "ESPINOZA", "FUENTES", "GUERRERO", "HINOJOSA", "IBARRA", "JUAREZ", "LEDESMA",
    "MALDONADO", "NAVARRETE", "OCHOA", "PALACIOS", "QUINTERO", "RENTERIA", "SANDOVAL", "TREVINO", "URRUTIA", "VILLARREAL",
    "XICOTENCATL", "YANEZ", "ZAMARRIPA",
)  # fmt: skip
TRADES = (
    "ASFALTOS",
    "CONCRETOS",
    "ELECTRICOS",
    "HIDRAULICOS",
    "MEDICOS",
    "INTEGRALES",
    "ESCOLARES",
    "INDUSTRIALES",
    "DEL NORTE",
)
# What a copied row has of its own.
OWN = {"release_id": "copied.fresh", "public_body_id": "copied.body"}
NEW_NAMES = OWN | {
    "supplier_id": "coalesce(other.fresh, old.supplier_id)",
    "supplier_name": "coalesce(other.name, old.supplier_name)",
}
NEW_KEYS = OWN | {
    "key": """CASE WHEN old."by" = 'supplier' THEN coalesce(other.fresh::text, old.key) ELSE old.key END"""
}


def municipalities_of(lines: int) -> int:
    """So many that they have at least these lines; ten at least, so that there are peers."""
    each = LINES_EACH * len(YEARS)
    return max(10, -(-lines // each))


def name_of(lines: int) -> str:
    return f"{PREFIX}{lines}"


# -- built once -----------------------------------------------------------------------------------------------------


def ensure(lines: int) -> tuple[str, str]:
    """The databases of a tenth of the lines and of all of them; what is there is not built again, only migrated."""
    small, large = name_of(lines // 10), name_of(lines)
    if not exists(small):
        fresh(small, None, lambda: start(municipalities_of(lines // 10)))
    if not exists(large):
        fresh(large, small, lambda: extend(municipalities_of(lines)))
    for name in (small, large):
        up_to_date(name)
    return small, large


def up_to_date(name: str) -> None:
    """Migrations written since it was built."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from benchmarks.dashboards import inside, say

    with inside(name):
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return
        say(f"{name} gets the tables of today")
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) datasets_release")


def exists(name: str) -> bool:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def fresh(name: str, template: str | None, fill: Callable[[], None]) -> None:
    """Under another name until it is whole: a build that was stopped is never taken for one."""
    from benchmarks.dashboards import admin, inside, say

    half = f"{name}_half"
    admin(f"DROP DATABASE IF EXISTS {half} WITH (FORCE)")
    admin(f"CREATE DATABASE {half}" + (f" TEMPLATE {template} STRATEGY file_copy" if template else ""))
    begun = time.perf_counter()
    with inside(half):
        fill()
    admin(f"ALTER DATABASE {half} RENAME TO {name}")
    say(f"{name} was built in {time.perf_counter() - begun:,.0f} s and is kept")


def drop() -> None:
    from django.db import connection

    from benchmarks.dashboards import admin

    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def start(municipalities: int) -> None:
    """Tables, the files of one municipality, and its first copies."""
    from django.core.management import call_command

    from benchmarks.dashboards import say
    from datasets import services
    from datasets.ingest import pipeline

    say("tables, reference data, and the files of one municipality")
    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    for name, content in files():
        file = services.register_file(stream=io.BytesIO(content), name=name)
        done = pipeline.run_ingest(services.prepare_ingest(file=file, options={}, publish=True).ingest.pk)
        if done.status != "published":
            raise SystemExit(f"{name} ended as {done.status}: {done.error or done.report['questions']}")
    extend(municipalities)


def extend(municipalities: int) -> None:
    """Copies for the municipalities that are still to come, then what depends on all of them."""
    from benchmarks.dashboards import others, say
    from datasets.versions import bump_data_version

    codes = others(municipalities - 1)
    done = _copied_already()
    with session() as cursor, without_words(cursor):
        for begin in range(done, len(codes), AT_ONCE):
            say(f"municipalities {begin + 2:,} to {min(begin + AT_ONCE, len(codes)) + 1:,} of {municipalities:,}")
            copy_all(cursor, codes[begin : begin + AT_ONCE], begin)
    with session() as cursor:
        say("totals of suppliers, and what the planner knows")
        totals = importlib.import_module("datasets.migrations.0005_suppliers_and_contracts").TOTALS
        cursor.execute(f"TRUNCATE datasets_suppliertotal; {totals}")
        cursor.execute("VACUUM (ANALYZE)")
    bump_data_version()


def _copied_already() -> int:
    from datasets.models import Release

    return Release.objects.values("public_body").distinct().count() - 1


@contextmanager
def session() -> Iterator[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET work_mem = '128MB'; SET maintenance_work_mem = '512MB'")
        yield cursor
    connection.close()  # with its settings


@contextmanager
def without_words(cursor: Any) -> Iterator[None]:
    """The index of the contracts' words is built once over all of them, not word by word."""
    cursor.execute("SELECT pg_get_indexdef('contract_search'::regclass)")
    definition = cursor.fetchone()[0]
    cursor.execute("DROP INDEX contract_search")
    yield
    from benchmarks.dashboards import say

    say("the index of the contracts' words")
    cursor.execute(definition)


def copy_all(cursor: Any, codes: Sequence[str], before: int) -> None:
    """Every release of the seed for each of them: its lines, its cells, and suppliers of its own."""
    from benchmarks.dashboards import copied_releases, copy

    copied_releases(cursor, codes)
    _suppliers(cursor, codes, before)
    copy(cursor, "datasets_release", "id", {"id": "copied.fresh", "public_body_id": "copied.body"})
    for table in ("expenditureline", "revenueline", "expenditurecell", "revenuecell"):
        copy(cursor, f"datasets_{table}", "release_id", OWN)
    by_supplier = "LEFT JOIN others other ON other.body = copied.body AND other.old = {}"
    copy(cursor, "datasets_contract", "release_id", NEW_NAMES, by_supplier.format("old.supplier_id"))
    as_text = """CASE WHEN old."by" = 'supplier' THEN nullif(old.key, '')::bigint END"""
    copy(cursor, "datasets_contractcell", "release_id", NEW_KEYS, by_supplier.format(as_text))
    cursor.execute("DROP TABLE copied, others")


def _suppliers(cursor: Any, codes: Sequence[str], before: int) -> None:
    """A table of whom each supplier of the seed stands for in each of the municipalities."""
    from datasets.ingest.contract_lines import supplier_key

    cursor.execute("SELECT id FROM datasets_supplier WHERE id IN (SELECT supplier_id FROM datasets_contract c JOIN"
                   " datasets_publicbody b ON b.id = c.public_body_id WHERE b.municipality_id = %s"
                   " AND b.kind = 'municipality') ORDER BY id", [SEED])  # fmt: skip
    seed = [pk for (pk,) in cursor.fetchall()]
    rows, people = io.StringIO(), io.StringIO()
    for number, code in enumerate(codes, before):
        for place, old in enumerate(seed):
            which = number // NEIGHBOURS * NEIGHBOURS if place % 5 == 0 else number
            fresh_id, name = 1_000_000 + which * SUPPLIERS + place, supplier_name(which * SUPPLIERS + place)
            rows.write(f"{code}\t{old}\t{fresh_id}\t{name}\n")
            people.write(f"{fresh_id}\t{name}\t{supplier_key(name)}\n")
    for stream in (rows, people):
        stream.seek(0)
    cursor.execute("CREATE TEMP TABLE wanted (code text, old bigint, fresh bigint, name text)")
    cursor.copy_expert("COPY wanted FROM STDIN", rows)
    cursor.execute("CREATE TEMP TABLE sellers (id bigint, name text, name_key text)")
    cursor.copy_expert("COPY sellers FROM STDIN", people)
    cursor.execute("INSERT INTO datasets_supplier (id, name, name_key, rfc) SELECT DISTINCT id, name, name_key, ''"
                   " FROM sellers ORDER BY id ON CONFLICT DO NOTHING")  # fmt: skip
    cursor.execute(
        "CREATE TEMP TABLE others AS SELECT b.id AS body, w.old, w.fresh, w.name FROM wanted w"
        " JOIN datasets_publicbody b ON b.municipality_id = w.code AND b.kind = 'municipality'"
    )
    cursor.execute("ANALYZE others; DROP TABLE wanted, sellers")


# -- the files of one municipality ----------------------------------------------------------------------------------


SYLLABLES = [
    first + vowel + last for first in "BCDFGLMNPRSTVZ" for vowel in "AEIOU" for last in ("", "N", "R", "L", "S")
]


def distinctive(number: int) -> str:
    """The word by which people look for a supplier: of three syllables, shared by hardly any two."""
    chance = random.Random(number)
    return "".join(chance.choices(SYLLABLES, k=3))


def supplier_name(number: int) -> str:
    """Always the same one: common words around its own one."""
    chance = random.Random(-number)
    return f"{chance.choice(KINDS)} {distinctive(number)} {chance.choice(FAMILIES)} {chance.choice(TRADES)} SA DE CV"


def files() -> Iterator[tuple[str, bytes]]:
    chance = random.Random(25)
    for year in YEARS:
        yield f"egresos_{year}.csv", as_csv(budget(chance, year))
        yield f"ingresos_{year}.csv", as_csv(_revenue(chance, year))
        yield f"contratos_{year}.csv", as_csv(_contracts(chance, year))


def as_csv(rows: Sequence[Sequence[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def _moments(chance: random.Random, steps: int) -> list[str]:
    cents = [int(chance.lognormvariate(16.6, 2))]
    for _step in range(steps - 1):
        cents.append(int(cents[-1] * (0.9 + 0.1 * chance.random())))
    return [f"{value / 100:.2f}" for value in cents]


def budget(chance: random.Random, year: int, code: str = SEED) -> list[list[object]]:
    """As one would print it that tells each line by unit, programme, function, item and fund."""
    head: list[object] = [
        "Ejercicio",
        "Clave Municipio",
        "Unidad Responsable",
        "Programa",
        "Función",
        "Partida Específica",
    ]
    head += ["Fuente de Financiamiento", "Aprobado", "Modificado", "Comprometido", "Devengado", "Ejercido", "Pagado"]
    programmes = [f"{chance.choice('EKPMFSRO')}{number:03} {chance.choice(PURPOSES)}" for number in range(1, 61)]
    rows = [head]
    for _line in range(LINES_EACH):
        texts = [chance.choice(UNITS), chance.choice(programmes), chance.choice(FUNCTIONS), chance.choice(ITEMS)]
        rows.append([year, code, *texts, chance.choice(FUNDS), *_moments(chance, 6)])
    return rows


def _revenue(chance: random.Random, year: int) -> list[list[object]]:
    head: list[object] = ["Ejercicio", "Clave Municipio", "CRI", "Rubro de ingresos", "Estimado", "Modificado"]
    rows = [[*head, "Devengado", "Recaudado"]]
    for code, name in REVENUE.items():
        rows.append([year, SEED, code, name, *_moments(chance, 4)])
    return rows


REVENUE = {
    "11": "Impuestos sobre los ingresos", "12": "Impuestos sobre el patrimonio", "17": "Accesorios de impuestos",
    "41": "Derechos por el uso de bienes de dominio público", "43": "Derechos por prestación de servicios",
    "51": "Productos", "61": "Aprovechamientos", "81": "Participaciones", "82": "Aportaciones", "83": "Convenios",
}  # fmt: skip


def _contracts(chance: random.Random, year: int) -> list[list[object]]:
    head: list[object] = [
        "Ejercicio",
        "Clave Municipio",
        "No. de contrato",
        "Tipo de procedimiento",
        "Objeto del contrato",
    ]
    rows = [[*head, "Proveedor", "Fecha de firma", "Monto con IVA", "Moneda"]]
    procedures = ("Adjudicación directa", "Invitación a cuando menos tres personas", "Licitación pública")
    for number in range(CONTRACTS_EACH):
        what = f"{chance.choice(WHAT)} en {chance.choice(FAMILIES).title()}, {chance.choice(PURPOSES).lower()}"
        who = supplier_name(9_000_000 + chance.randrange(SUPPLIERS))
        how = chance.choices(procedures, (6, 2, 2))[0]
        day = f"{chance.randrange(1, 28):02}/{chance.randrange(1, 13):02}/{year}"
        amount = f"{chance.lognormvariate(12.5, 1.5):.2f}"
        rows.append([year, SEED, f"C-{number + 1:03}/{year}", how, what, who, day, amount, "MXN"])
    return rows


WHAT = (
    "Pavimentación de calles", "Suministro de material eléctrico", "Servicio de limpieza", "Compra de medicamentos",
    "Rehabilitación de drenaje", "Arrendamiento de vehículos", "Construcción de aulas", "Mantenimiento de alumbrado",
    "Compra de uniformes", "Estudio de movilidad", "Perforación de pozo", "Seguro de vehículos",
)  # fmt: skip
