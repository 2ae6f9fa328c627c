"""A dirty contracts file of any length, the same every time: what the purchasing offices of a state's municipalities would give.

125 municipalities with years of 2,000 contracts, cp1252, amounts "1,234,567.89" in quotes, dates 31/12/2024. One supplier in 25
contracts is met for the first time. In every 2,000 rows: 20 amounts with $, 20 dashes, 10 in words, 10 dates that do not exist,
10 quoted objects over two lines, and two that must not be loaded (nothing but a year and a place, a place that does not exist).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.dirty import LINES_PER_SLICE, MUNICIPALITIES, UNITS

HEADINGS = [
    "Ejercicio", "Clave Municipio", "Número de contrato", "Tipo de procedimiento", "Objeto del contrato", "Proveedor",
    "RFC del proveedor", "Fecha de firma del contrato", "Fecha de inicio", "Fecha de término",
    "Monto total del contrato con impuestos incluidos", "Área solicitante", "Hipervínculo al contrato",
]  # fmt: skip
METHODS = ["Adjudicación directa", "Invitación a cuando menos tres personas", "Licitación pública"]
WORKS = [
    "Pavimentación", "Rehabilitación", "Suministro", "Adquisición", "Arrendamiento", "Mantenimiento", "Construcción",
    "Servicio", "Ampliación", "Instalación",
]  # fmt: skip
THINGS = [
    "de la red de drenaje", "de luminarias", "de papelería y útiles de oficina", "de vehículos para seguridad pública",
    "de medicamento", "de equipo de cómputo", "del camino rural", "de aulas en la escuela primaria", "de uniformes",
    "de combustible",
]  # fmt: skip
NAMES = [
    "Constructora",
    "Comercializadora",
    "Grupo",
    "Servicios",
    "Ingeniería",
    "Distribuidora",
    "Materiales",
    "Proyectos",
]
OWNERS = ["García", "Hernández", "Martínez", "López", "Muñoz", "Peña", "Núñez", "Ramírez", "Sánchez", "Ordóñez"]
FORMS = ["S.A. de C.V.", "SA DE CV", "S. de R.L. de C.V.", "S.C."]


def write_dirty_contracts(path: Path, lines: int) -> None:
    chance = random.Random(20260102)
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write(",".join(HEADINGS) + "\r\n")
        for start in range(0, lines, LINES_PER_SLICE):
            number = start // LINES_PER_SLICE
            file.writelines(_slice_lines(chance, number, min(LINES_PER_SLICE, lines - start), lines))


def _slice_lines(chance: random.Random, number: int, count: int, lines: int) -> Iterator[str]:
    code = MUNICIPALITIES[number % len(MUNICIPALITIES)]
    year = 2000 + number // len(MUNICIPALITIES)
    for line in range(count):
        if line == 41:
            yield f"{year},{code}" + "," * (len(HEADINGS) - 2) + "\r\n"
            continue
        supplier, rfc = _supplier(chance.randrange(max(lines // 25, 1)))
        signed = f"{chance.randrange(1, 29):02}/{chance.randrange(1, 13):02}/{year}"
        cells = (
            str(year), "15999" if line == 40 else code, f"{code}-{year}-{line:05}", chance.choice(METHODS),
            _object(chance, line), f'"{supplier}"', rfc, "31/02/" + str(year) if line in range(50, 60) else signed,
            signed, f"31/12/{year}", _amount(chance, line), chance.choice(UNITS),
            f"https://transparencia.example.mx/{code}/{year}/contrato-{line}.pdf",
        )  # fmt: skip
        yield ",".join(cells) + "\r\n"


def _supplier(number: int) -> tuple[str, str]:
    name, owner, form = NAMES[number % 8], OWNERS[number // 8 % 10], FORMS[number // 80 % 4]
    letters = "".join(chr(65 + number // 26**place % 26) for place in range(3))
    return (
        f"{name} {owner} {number}, {form}",
        f"{letters}{10 + number % 89}{1 + number % 9:02}{10 + number % 18}{number % 1000:03}",
    )


def _object(chance: random.Random, line: int) -> str:
    place = chance.randrange(1, 400)
    mark = "\r\n" if line in range(60, 70) else " "
    return f'"{chance.choice(WORKS)} {chance.choice(THINGS)},{mark}localidad {place}, tramo {chance.randrange(1, 900)}"'


def _amount(chance: random.Random, line: int) -> str:
    cents = int(chance.lognormvariate(17.5, 1.5))
    amount = f"{cents // 100:,}.{cents % 100:02}"
    if line < 20:
        amount = "$" + amount
    elif line < 40:
        amount = " - "
    elif 70 <= line < 80:
        amount = "según catálogo"
    return f'"{amount}"'
