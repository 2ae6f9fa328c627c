"""Writes the example files of the demo (`files/`): invented figures in the shapes that municipalities really publish.

    python -m datasets.demo.write_files

Run again only to change them: the files are committed, so that the demo needs none of the writers below. Nothing is copied
from any government; every file says that it is an example.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FILES = Path(__file__).with_name("files")
OBJECTS = Path(__file__).parents[1] / "data" / "object.csv"
EXAMPLE = "EJEMPLO: cifras inventadas para la demostración"
# Weight of each concept in a year's spending, roughly as a mid-sized city spends.
WEIGHTS = {
    "1100": 180, "1200": 22, "1300": 45, "1400": 40, "1500": 60, "1600": 4, "1700": 9,
    "2100": 9, "2200": 7, "2400": 16, "2500": 8, "2600": 34, "2700": 7,
    "3100": 48, "3200": 21, "3300": 30, "3400": 14, "3500": 46, "3600": 13, "3700": 4, "3800": 9, "3900": 26,
    "4100": 38, "4300": 10, "4400": 42, "4500": 13,
    "5100": 6, "5400": 12, "5600": 7, "6100": 120, "6200": 24, "7900": 4, "8500": 3, "9100": 15, "9200": 13, "9900": 10,
}  # fmt: skip
UNITS = [
    ("01", "Presidencia Municipal"), ("02", "Secretaría del Ayuntamiento"), ("03", "Tesorería Municipal"),
    ("04", "Dirección de Obras Públicas"), ("05", "Seguridad Pública"), ("06", "Servicios Públicos"),
    ("07", "Desarrollo Social"), ("08", "DIF Municipal"),
]  # fmt: skip
FUNCTIONS = [
    ("1.3", "Coordinación de la política de gobierno"), ("1.5", "Asuntos financieros y hacendarios"),
    ("1.7", "Asuntos de orden público y de seguridad interior"), ("2.1", "Protección ambiental"),
    ("2.2", "Vivienda y servicios a la comunidad"), ("2.6", "Protección social"), ("3.7", "Turismo"),
]  # fmt: skip
SUPPLIERS = [
    "Pavimentos Ejemplo, S.A. de C.V.", "Constructora Muestra del Norte, S.A. de C.V.", "Papelería Ficticia, S. de R.L. de C.V.",
    "Servicios Integrales Demo, S.A. de C.V.", "Luminarias de Ejemplo, S.A. de C.V.", "Consultores Supuestos, S.C.",
    "Arrendadora Imaginaria, S.A. de C.V.", "Farmacéutica Modelo, S.A. de C.V.", "TOTAL SUPPLYING EJEMPLO, S.A. de C.V.",
    "Tecnología Inventada, S.A.P.I. de C.V.", "Jardines de Muestra, S.A. de C.V.", "Persona Ejemplo Uno",
]  # fmt: skip
WORKS = [
    "Pavimentación de la calle {}", "Rehabilitación de alumbrado en la colonia {}", "Suministro de papelería para {}",
    "Arrendamiento de vehículos para {}", "Mantenimiento de drenaje en {}", "Servicio de limpieza en {}",
    "Estudio de factibilidad para {}", "Adquisición de medicamentos para {}",
]  # fmt: skip
PLACES = [
    "Las Flores",
    "Centro",
    "Los Pinos",
    "La Esperanza",
    "San Isidro",
    "Ejemplo Norte",
    "El Mirador",
    "Las Palmas",
]


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    name: str
    cents: dict[str, int]  # moment -> cents


def main() -> None:
    FILES.mkdir(exist_ok=True)
    for year, total in zip(range(2019, 2025), (3_020, 3_090, 3_210, 3_480, 3_655, 3_870), strict=True):
        statement(f"torreon_cuenta_publica_{year}.xlsx", "Torreón, Coahuila", year, total, seed=5_035 + year)
    statement(
        "torreon_cuenta_publica_2023_modificada.xlsx", "Torreón, Coahuila", 2023, 3_655, seed=7_058, restated=True
    )
    dirty_approved("torreon_presupuesto_2025.csv", 2025, 3_912)
    revenue_csv("torreon_ingresos_{}.csv", "05035", "Torreón", {2022: 3_500, 2023: 3_690, 2024: 3_905})
    dirty_contracts("torreon_contratos_2024.xlsx", 2024, 140)
    contracts_csv("torreon_contratos_2023.csv", "05035", "Torreón", 2023, 110)
    for code, name, state, totals in (
        ("23005", "Benito Juárez", "Quintana Roo", {2022: 5_100, 2023: 5_420, 2024: 5_980}),
        ("23008", "Solidaridad", "Quintana Roo", {2023: 2_480, 2024: 2_640}),
        ("05030", "Saltillo", "Coahuila", {2022: 2_790, 2023: 2_960, 2024: 3_120}),
        ("22014", "Querétaro", "Querétaro", {2024: 6_210}),
        ("31050", "Mérida", "Yucatán", {2024: 5_340}),
    ):
        for year, total in totals.items():
            statement(
                f"{_slug(name)}_cuenta_publica_{year}.xlsx", f"{name}, {state}", year, total, seed=int(code) + year
            )
    for year, total in ((2024, 5_980), (2025, 6_300)):
        for quarter in (1, 2, 3):
            quarter_ods(
                f"benito_juarez_avance_{year}_t{quarter}.ods", "Benito Juárez, Quintana Roo", year, total, quarter
            )
    revenue_csv("benito_juarez_ingresos_{}.csv", "23005", "Benito Juárez", {2023: 5_510, 2024: 6_020})
    revenue_csv("saltillo_ingresos_{}.csv", "05030", "Saltillo", {2023: 2_990, 2024: 3_150})
    contracts_csv("benito_juarez_contratos_2024.csv", "23005", "Benito Juárez", 2024, 90)
    agency_csv("simas_ejemplo_gasto_2024.csv", 2024, 640)


# -- the figures --------------------------------------------------------------------------------------------------


def items(total_millions: int, seed: int, restated: bool = False) -> list[Item]:
    """Three items of each concept; moments that follow from one another as they should."""
    chance = random.Random(seed)
    names = _object_names()
    weight_sum = sum(WEIGHTS.values())
    found = []
    for concept, weight in WEIGHTS.items():
        share = total_millions * 100_000_000 * weight / weight_sum * chance.uniform(0.85, 1.15)
        if restated and concept == "6100":
            share *= 1.12
        codes = [code for code in names if code[:2] == concept[:2] and code[2] != "0"][:3] or [concept]
        parts = [chance.random() + 0.2 for _code in codes]
        found += [
            Item(code, names[code], _moments(chance, int(share * part / sum(parts))))
            for code, part in zip(codes, parts, strict=True)
        ]
    return found


def _moments(chance: random.Random, approved: int) -> dict[str, int]:
    adjustments = int(approved * chance.uniform(-0.12, 0.18))
    modified = approved + adjustments
    accrued = int(modified * chance.uniform(0.82, 1.0))
    return {
        "Aprobado": approved,
        "Ampliaciones/(Reducciones)": adjustments,
        "Modificado": modified,
        "Devengado": accrued,
        "Pagado": int(accrued * chance.uniform(0.93, 1.0)),
    }


def _object_names() -> dict[str, str]:
    with OBJECTS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name_es"] for row in csv.DictReader(file)}


def _pesos(cents: int) -> float:
    return round(cents / 100, 2)


def _slug(name: str) -> str:
    from django.utils.text import slugify

    return slugify(name).replace("-", "_")


# -- CONAC's printed statement ------------------------------------------------------------------------------------


def _statement_rows(lines: list[Item]) -> list[tuple[str, str, dict[str, int]]]:
    """(code, name, moments) of chapters, concepts and items in order, parents being the sums of their children."""
    names = _object_names()
    sums: dict[str, dict[str, int]] = {}
    for item in lines:
        for code in {item.code[0] + "000", item.code[:2] + "00", item.code}:
            parent = sums.setdefault(code, dict.fromkeys(item.cents, 0))
            for moment, cents in item.cents.items():
                parent[moment] += cents
    return [(code, names[code], sums[code]) for code in sorted(sums)]


def statement(name: str, place: str, year: int, total: int, seed: int, restated: bool = False) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    rows = _statement_rows(items(total, seed, restated))
    book = Workbook()
    sheet = book.active
    sheet.title = "COG"
    _title(sheet, place, f"DEL 1 DE ENERO AL 31 DE DICIEMBRE DE {year}")
    moments = list(rows[0][2])
    sheet.append(["Clave", "Concepto", "Egresos", *[None] * (len(moments) - 1), "Subejercicio"])
    sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=3, end_column=2 + len(moments))
    sheet.append([None, None, *moments, None])
    sheet.append([None, None, "1", "2", "3 = (1 + 2)", "4", "5", "6 = (3 - 4)"])
    for code, label, cents in rows:
        values = [_pesos(value) for value in cents.values()]
        sheet.append([int(code), label, *values, _pesos(cents["Modificado"] - cents["Devengado"])])
        if code.endswith("000"):
            sheet.cell(sheet.max_row, 2).font = Font(bold=True)
    totals = {moment: sum(cents[moment] for code, _label, cents in rows if code.endswith("000")) for moment in moments}
    sheet.append(
        [
            None,
            "Total del Gasto",
            *[_pesos(value) for value in totals.values()],
            _pesos(totals["Modificado"] - totals["Devengado"]),
        ]
    )
    sheet.append([])
    sheet.append([None, EXAMPLE])
    book.save(FILES / name)


def _title(sheet: Any, place: str, period: str) -> None:
    for text in (
        f"Municipio de {place}",
        "Estado Analítico del Ejercicio del Presupuesto de Egresos",
        "Clasificación por Objeto del Gasto (Capítulo y Concepto)",
        period,
        EXAMPLE,
    ):
        sheet.append([None, text])
    sheet.append([])


QUARTER_ENDS = {1: "31 de marzo", 2: "30 de junio", 3: "30 de septiembre"}
PACE = {2024: {1: 0.17, 2: 0.4, 3: 0.68}, 2025: {1: 0.19, 2: 0.43, 3: 0.64}}


def quarter_ods(name: str, place: str, year: int, total: int, quarter: int) -> None:
    """A quarterly report, cumulated since January, as an OpenDocument sheet."""
    import pandas as pd

    seed = 23_005 if year == 2025 else 23_005 + year
    part = PACE[year][quarter]
    lines = [Item(item.code, item.name, _until(item.cents, part)) for item in items(total, seed=seed)]
    rows: list[list[Any]] = [
        [code, label, *map(_pesos, cents.values())] for code, label, cents in _statement_rows(lines)
    ]
    titles: list[list[Any]] = [
        ["", f"Municipio de {place}"],
        ["", "Clasificación por Objeto del Gasto"],
        ["", f"Del 1 de enero al {QUARTER_ENDS[quarter]} de {year}"],
        ["", EXAMPLE],
        ["Clave", "Concepto", "Aprobado", "Modificado", "Devengado", "Pagado"],
    ]
    frame = pd.DataFrame([line + [None] * (6 - len(line)) for line in titles] + rows)
    with pd.ExcelWriter(FILES / name, engine="odf") as writer:
        frame.to_excel(writer, sheet_name="Avance", header=False, index=False)


def _until(cents: dict[str, int], part: float) -> dict[str, int]:
    accrued = int(cents["Modificado"] * part)
    return {
        "Aprobado": cents["Aprobado"],
        "Modificado": cents["Modificado"],
        "Devengado": accrued,
        "Pagado": int(accrued * 0.97),
    }


# -- deliberately dirty -------------------------------------------------------------------------------------------


def dirty_approved(name: str, year: int, total: int) -> None:
    """cp1252, semicolons, $ and blanks in amounts, a total at the end, three rows that must be rejected."""
    chance = random.Random(year)
    lines = [["Ejercicio", "Unidad Responsable", "Función", "Clave Partida", "Partida", "Aprobado"]]
    for item in items(total, seed=9_912):
        unit, function = chance.choice(UNITS), chance.choice(FUNCTIONS)
        cents = item.cents["Aprobado"]
        amount = f"{cents // 100:,}.{cents % 100:02}"
        dressed = chance.choice([amount, f"$ {amount}", f"{amount}  ", amount])
        lines.append([str(year), " ".join(unit), " ".join(function), item.code, item.name, dressed])
    for row, broken in ((9, "pendiente de autorizar"), (30, "1.250.000,00"), (55, "ver anexo 3")):
        lines[row][-1] = broken
    total_cents = sum(item.cents["Aprobado"] for item in items(total, seed=9_912))
    lines.append(["", "", "", "", "TOTAL", f"{total_cents // 100:,}.{total_cents % 100:02}"])
    lines.append(["", "", "", "", EXAMPLE, ""])
    with (FILES / name).open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";", lineterminator="\r\n").writerows(lines)


def dirty_contracts(name: str, year: int, count: int) -> None:
    """Title rows, three ways of writing a date, text in the amount column, section rows, a supplier called TOTAL."""
    from openpyxl import Workbook

    chance = random.Random(count)
    book = Workbook()
    sheet = book.active
    sheet.title = "Contratos"
    for text in ("MUNICIPIO DE TORREÓN, COAHUILA", f"RELACIÓN DE CONTRATOS {year}", EXAMPLE):
        sheet.append([text])
    sheet.append([])
    sheet.append(
        [
            "Ejercicio",
            "No. de contrato",
            "Tipo de procedimiento",
            "Objeto del contrato",
            "Proveedor",
            "RFC",
            "Fecha de firma",
            "Monto con IVA",
            "Moneda",
        ]
    )
    for number in range(1, count + 1):
        if number in (1, 60):
            sheet.append([None, "DIRECCIÓN DE OBRAS PÚBLICAS" if number == 1 else "OFICIALÍA MAYOR"])
        sheet.append(_contract(chance, year, number, dirty=True))
    book.save(FILES / name)


def _contract(chance: random.Random, year: int, number: int, dirty: bool = False) -> list[Any]:
    signed = date(year, 1, 8) + timedelta(days=int(350 * chance.betavariate(2.0, 1.4)))
    method = chance.choices(
        ["Adjudicación directa", "Invitación a cuando menos tres personas", "Licitación pública"], (62, 20, 18)
    )[0]
    size = {"A": 12.6, "I": 14.2, "L": 15.6}[method[0]]
    amount: Any = round(chance.lognormvariate(size, 0.9), 2)
    supplier = SUPPLIERS[min(int(chance.paretovariate(0.9)) - 1, len(SUPPLIERS) - 1)]
    written: Any = signed.strftime("%d/%m/%Y")
    if dirty:
        written = chance.choice([signed, written, signed.strftime("%Y-%m-%d 00:00:00")])
        amount = chance.choice([amount, amount, f"${amount:,.2f}", f"{amount:.2f} "])
        if number in (17, 88):
            amount = "Según catálogo de precios"
    title = chance.choice(WORKS).format(chance.choice(PLACES))
    return [year, f"EJ-{number:03}/{year}", method, title, supplier, _rfc(supplier), written, amount, "MXN"]


def _rfc(supplier: str) -> str:
    """Of the right shape for a legal person, and of nobody: dated 30 February."""
    if supplier.startswith("Persona"):
        return ""
    letters = "".join(char for char in supplier.upper() if char.isascii() and char.isalpha())
    return f"{letters[:3]}010230{letters[-3:]}"


# -- plain CSV ----------------------------------------------------------------------------------------------------


def contracts_csv(name: str, code: str, place: str, year: int, count: int) -> None:
    chance = random.Random(int(code) + year)
    with (FILES / name).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "Ejercicio",
                "Clave Municipio",
                "Municipio",
                "Número de contrato",
                "Tipo de procedimiento",
                "Objeto del contrato",
                "Proveedor",
                "RFC",
                "Fecha de firma",
                "Monto con IVA",
                "Moneda",
                "Nota",
            ]
        )
        for number in range(1, count + 1):
            year_, contract, *rest = _contract(chance, year, number)
            writer.writerow([year_, code, place, contract, *rest, EXAMPLE])


def revenue_csv(pattern: str, code: str, place: str, totals: dict[int, int]) -> None:
    shares = [
        ("11", "Impuestos sobre los ingresos", 2), ("12", "Impuestos sobre el patrimonio", 19),
        ("13", "Impuestos sobre la producción, el consumo y las transacciones", 1),
        ("43", "Derechos por prestación de servicios", 9),
        ("51", "Productos", 2), ("61", "Aprovechamientos", 3), ("81", "Participaciones", 39), ("82", "Aportaciones", 22),
        ("83", "Convenios", 3),
    ]  # fmt: skip
    for year, total in totals.items():
        chance = random.Random(int(code) + year)
        with (FILES / pattern.format(year)).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                [
                    "Ejercicio",
                    "Clave Municipio",
                    "Municipio",
                    "CRI",
                    "Rubro de ingresos",
                    "Estimado",
                    "Modificado",
                    "Devengado",
                    "Recaudado",
                    "Nota",
                ]
            )
            for cri, label, share in shares:
                estimated = int(total * 1_000_000 * share)
                modified = int(estimated * chance.uniform(0.98, 1.06))
                collected = int(modified * chance.uniform(0.9, 1.05))
                writer.writerow(
                    [
                        year,
                        code,
                        place,
                        cri,
                        label,
                        *(f"{cents / 100:.2f}" for cents in (estimated, modified, collected, collected)),
                        EXAMPLE,
                    ]
                )


def agency_csv(name: str, year: int, total: int) -> None:
    """A decentralised agency of a municipality: its money is its own, shown under the municipality."""
    with (FILES / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            [
                "Ejercicio",
                "Clave Municipio",
                "Ente público",
                "Partida",
                "Concepto",
                "Aprobado",
                "Modificado",
                "Devengado",
                "Pagado",
            ]
        )
        for item in items(total, seed=640):
            cents = item.cents
            values = (cents[moment] for moment in ("Aprobado", "Modificado", "Devengado", "Pagado"))
            writer.writerow(
                [
                    year,
                    "05035",
                    "Sistema de Aguas de Torreón (ejemplo)",
                    item.code,
                    item.name,
                    *(f"{value / 100:.2f}" for value in values),
                ]
            )


if __name__ == "__main__":
    main()
