"""Writes the example lists of the demo: public works, debt, sanctioned suppliers, and a file that still has to be looked at.

    python -m datasets.demo.write_lists

As with `write_files`: invented, committed, run again only to change them.
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from datasets.demo.write_files import EXAMPLE, FILES, PLACES, SUPPLIERS

WAITING = Path(__file__).with_name("waiting")
KINDS = (
    ("Pavimentación de la calle {}", "Pavimento"),
    ("Techado de la escuela {}", "Edificio"),
    ("Drenaje en {}", "Agua"),
)
DEBT_HEADINGS = (
    "Ejercicio", "Fecha de inicio del periodo que se informa", "Fecha de término del periodo que se informa", "Acreditado",
    "Tipo de obligación (catálogo)", "Acreedor", "Fecha de firma del contrato", "Monto original contratado",
    "Tasa de interés mensual pactada", "Plazo pactado en meses para pagar la deuda", "Fecha de vencimiento de la deuda",
    "Saldo al periodo que se informa", "Nota",
)  # fmt: skip
WORK_HEADINGS = (
    "Clave de obra", "Nombre de la obra", "Tipo de obra", "Localidad", "Municipio de la obra", "Latitud", "Longitud",
    "Monto aprobado", "Monto contratado", "Monto ejercido", "Avance físico", "Fecha de inicio", "Fecha de término",
    "Contratista", "Ejercicio", "Nota",
)  # fmt: skip
SANCTION_HEADINGS = (
    "Proveedor", "RFC", "Dependencia", "Número de expediente", "Hechos", "Sentido de Resolución", "Fecha de notificación",
    "Fecha de Resolución", "Plazo años - meses", "Monto",
)  # fmt: skip


def main() -> None:
    WAITING.mkdir(exist_ok=True)
    write("torreon_obras_2024.csv", WORK_HEADINGS, works())
    write("torreon_deuda_2024.csv", DEBT_HEADINGS, debts())
    write("contraloria_ejemplo_sancionados_2024.csv", SANCTION_HEADINGS, sanctions())
    (WAITING / "saltillo_gasto_2025_por_revisar.csv").write_text(unfinished(), encoding="utf-8")
    (WAITING / "saltillo_transparencia_2025.zip").write_bytes(package())


def write(name: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with (FILES / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headings, *rows])


def works() -> list[list[str]]:
    """Most begun, some late or not tendered yet, one paid beyond what was contracted."""
    chance, rows = random.Random(24), []
    for number in range(1, 25):
        title, kind = KINDS[number % len(KINDS)]
        place = PLACES[number % len(PLACES)]
        approved = chance.randrange(800, 9_000) * 1_000
        contracted = round(approved * chance.uniform(0.9, 1.0))
        progress = 0 if number % 6 == 0 else chance.choice((35, 60, 85, 100, 100))
        spent = round(contracted * (1.12 if number == 7 else progress / 100))
        begins = date(2024, 1 + number % 8, 3)
        ends = begins + timedelta(days=chance.randrange(90, 200))
        tendered = ["EN LICITACION", "", "", "", ""] if not progress else [
            f"{contracted:.2f}", f"{spent:.2f}", f"{begins:%d/%m/%Y}", f"{ends:%d/%m/%Y}", SUPPLIERS[number % 5],
        ]  # fmt: skip
        money, paid, start, end, supplier = tendered
        rows.append([
            f"OP-2024-{number:03}", title.format(place), kind, place, "Torreón", f"{25.5 + number / 900:.5f}",
            f"{-103.45 + number / 700:.5f}", f"$ {approved:,.2f}", money, paid, f"{progress} %", start, end,
            supplier, "2024", EXAMPLE,
        ])  # fmt: skip
    return rows


def debts() -> list[list[str]]:
    quarter = ["2024", "2024-10-01", "2024-12-31", "Municipio de Torreón"]
    return [
        [*quarter, "Crédito simple", "Banco de Ejemplo, S.A.", "2019-06-14", "180000000.00", "TIIE + 1.2", "180", "2034-06-14",
         "121500000.00", EXAMPLE],
        [*quarter, "Crédito simple", "Banca de Desarrollo Ejemplo", "2022-03-02", "95000000.00", "TIIE + 0.8", "120",
         "2032-03-02", "71250000.00", EXAMPLE],
    ]  # fmt: skip


def sanctions() -> list[list[str]]:
    office = "Contraloría de Ejemplo"
    return [
        [SUPPLIERS[5], "", office, "CE-001/2024", f"{EXAMPLE}. No entregó el estudio que cobró.",
         "SANCIONATORIA CON MULTA E INHABILITACIÓN", "2024-05-20", "2024-05-02", "1 AÑO 6 MESES", "72540.00"],
        [SUPPLIERS[6], "", office, "CE-002/2024", f"{EXAMPLE}. Entregó fuera de plazo.", "SANCIONATORIA CON MULTA", "2024-08-12",
         "2024-08-01", "", "15000.00"],
        [SUPPLIERS[7], "", office, "CE-003/2024", f"{EXAMPLE}.", "ABSOLUTORIA", "2024-09-12", "2024-09-01", "", ""],
    ]  # fmt: skip


def unfinished() -> str:
    """A quarter of its rows cannot be taken as they are: the example of a load that waits for a person."""
    head = "Ejercicio,Periodo,Clave Municipio,Partida,Concepto,Aprobado,Devengado,Nota\n"
    good = [
        f"2025,Anual,05030,{code},Partida {code},{code}.00,{code // 2}.00,{EXAMPLE}\n"
        for code in range(11301, 39301, 1400)
    ]
    words = ("por definir", "ver anexo", "1.2.3", "N/D 5", "pendiente", "s/n", "x")
    bad = [
        f"2025,Anual,05030,{code},Partida {code},{text},{code // 2}.00,{EXAMPLE}\n"
        for code, text in zip(range(51101, 58101, 1000), words, strict=True)
    ]  # fmt: skip
    return head + "".join(good + bad)


def package() -> bytes:
    """What a portal gives for a quarter: sheets, a letter, and what a computer adds by itself."""
    out = io.BytesIO()
    head = "Ejercicio,Clave Municipio,CRI,Rubro,Estimado,Recaudado,Nota\n"
    revenue = (
        head
        + f"2025,05030,1,Impuestos,100000.00,40000.00,{EXAMPLE}\n2025,05030,4,Derechos,50000.00,21000.00,{EXAMPLE}\n"
    )
    spending = "Capítulo,Concepto,Aprobado,Devengado\n1000,Servicios personales,90000.00,41000.00\n"
    files = {
        "2025_T2/ingresos/ingresos_2025_t2.csv": revenue,
        "2025_T2/egresos/egresos_por_capitulo.csv": spending,
        "2025_T2/oficio_de_entrega.pdf": f"%PDF-1.4\n% {EXAMPLE}\n",
        "2025_T2/Thumbs.db": "x",
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 7, 30, 12, 0, 0)), text)
    return out.getvalue()


if __name__ == "__main__":
    main()
