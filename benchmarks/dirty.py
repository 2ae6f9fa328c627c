"""A dirty expenditure file of any length, the same every time: what a state that publishes all its municipalities would give.

125 municipalities of the State of Mexico, each with years of 2,000 lines, sorted by year and municipality, cp1252, amounts
"1,234,567.89" in quotes. In every 2,000 lines: 10 amounts with $, 10 dashes, 4 negatives in brackets, 11 with blanks behind,
one N/D, and two that must be rejected (a text that is no amount, a municipality that does not exist): 0.1 %.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

HEADINGS = [
    "Ejercicio", "Clave Municipio", "Unidad Responsable", "Programa", "Función", "Partida Específica",
    "Fuente de Financiamiento", "Aprobado", "Modificado", "Comprometido", "Devengado", "Ejercido", "Pagado",
]  # fmt: skip
LINES_PER_SLICE = 2_000
MUNICIPALITIES = [f"15{number:03}" for number in range(1, 126)]
UNITS = [
    "PRESIDENCIA MUNICIPAL", "SINDICATURA", "REGIDURÍA", "SECRETARÍA DEL AYUNTAMIENTO", "TESORERÍA MUNICIPAL",
    "OFICIALÍA MAYOR", "CONTRALORÍA MUNICIPAL", "DIRECCIÓN DE OBRAS PÚBLICAS", "SEGURIDAD PÚBLICA Y TRÁNSITO",
    "DESARROLLO SOCIAL", "DIF MUNICIPAL", "DESARROLLO ECONÓMICO", "SERVICIOS PÚBLICOS", "CATASTRO",
    "ECOLOGÍA Y MEDIO AMBIENTE", "EDUCACIÓN Y CULTURA", "INSTITUTO DE LA MUJER", "PROTECCIÓN CIVIL",
    "COMUNICACIÓN SOCIAL", "AGUA POTABLE Y ALCANTARILLADO",
]  # fmt: skip
PURPOSES = [
    "PRESTACIÓN DE SERVICIOS PÚBLICOS", "INFRAESTRUCTURA URBANA", "PAVIMENTACIÓN DE CALLES", "ALUMBRADO PÚBLICO",
    "RECOLECCIÓN DE BASURA", "APOYO A LA ECONOMÍA FAMILIAR", "FORTALECIMIENTO INSTITUCIONAL", "PREVENCIÓN DEL DELITO",
    "ATENCIÓN A GRUPOS VULNERABLES", "FOMENTO AL TURISMO", "MANEJO COSTERO", "EQUIPAMIENTO EDUCATIVO",
    "DRENAJE Y SANEAMIENTO",
]  # fmt: skip
FUNCTIONS = [f"{purpose}.{function}" for purpose in (1, 2, 3) for function in range(1, 8)]
FUNDS = [
    "11 RECURSOS FISCALES", "14 INGRESOS PROPIOS", "15 RECURSOS FEDERALES", "16 RECURSOS ESTATALES", "25 FAISMUN",
    "26 FORTAMUN",
]  # fmt: skip
ITEMS = [f"{chapter}{concept}{item}1" for chapter in range(1, 7) for concept in range(1, 8) for item in range(1, 6)]


def write_dirty_csv(path: Path, lines: int) -> None:
    chance = random.Random(20260101)
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write(",".join(HEADINGS) + "\r\n")
        for start in range(0, lines, LINES_PER_SLICE):
            number = start // LINES_PER_SLICE
            count = min(LINES_PER_SLICE, lines - start)
            file.writelines(_slice_lines(chance, number, count))


def _slice_lines(chance: random.Random, number: int, count: int) -> Iterator[str]:
    code = MUNICIPALITIES[number % len(MUNICIPALITIES)]
    year = 2000 + number // len(MUNICIPALITIES)
    for line in range(count):
        cents = [int(chance.lognormvariate(16.6, 2))]
        for _moment in range(5):
            cents.append(int(cents[-1] * (0.9 + 0.1 * chance.random())))
        amounts = [f"{value // 100:,}.{value % 100:02}" for value in cents]
        amounts[0] = _dirt(amounts[0], line)
        place = "15999" if line == 40 else code
        programme = f"{chance.choice('EKPMFSRO')}{chance.randrange(1, 60):03} {chance.choice(PURPOSES)}"
        texts = (
            chance.choice(UNITS), programme, chance.choice(FUNCTIONS), chance.choice(ITEMS), chance.choice(FUNDS)
        )  # fmt: skip
        quoted = ",".join(f'"{amount}"' for amount in amounts)
        yield f"{year},{place},{','.join(texts)},{quoted}\r\n"


def _dirt(amount: str, line: int) -> str:
    if line < 10:
        return "$" + amount
    if line < 20:
        return " - "
    if line < 24:
        return f"({amount})"
    if line < 35:
        return amount + "  "
    return {35: "N/D", 36: "pendiente"}.get(line, amount)
