"""The analytical statement of debt (LDF 2): its sums are not debts, and what it calls informative is none of its total."""

import csv
import io
from decimal import Decimal

import pytest

from datasets.ingest.reading import read_file
from datasets.ingest.registers.sums import left_out
from datasets.models import Debt

TITLES = [
    ["Municipio de Torreón, Coahuila"],
    ["Informe Analítico de la Deuda Pública y Otros Pasivos - LDF"],
    ["Del 1 de enero al 31 de diciembre de 2024"],
    ["(PESOS)"],
    [
        "Denominación de la Deuda Pública y Otros Pasivos (c)",
        "Saldo al 31 de diciembre de 2023 (d)",
        "Disposiciones del Periodo (e)",
        "Amortizaciones del Periodo (f)",
        "Revaluaciones, Reclasificaciones y Otros Ajustes (g)",
        "Saldo Final del Periodo (h)",
        "Pago de Intereses del Periodo (i)",
        "Pago de Comisiones y demás costos asociados durante el Periodo (j)",
    ],
]
ROWS = [
    ("1. Deuda Pública (1=A+B)", 1000, 200, 100, 1100),
    ("A. Corto Plazo (A=a1+a2)", 300, 200, 100, 400),
    ("a1) Instituciones de Crédito", 300, 200, 100, 400),
    ("a2) Títulos y Valores", 0, 0, 0, 0),
    ("B. Largo Plazo (B=b1+b2)", 700, 0, 0, 700),
    ("b1) Instituciones de Crédito", 600, 0, 0, 600),
    ("b2) Títulos y Valores", 100, 0, 0, 100),
    ("2. Otros Pasivos", 60, 0, 0, 60),
    ("3. Total de la Deuda Pública y Otros Pasivos (3=1+2)", 1060, 200, 100, 1160),
    ("4. Deuda Contingente 1 (informativo)", 90, 0, 0, 90),
    ("A. Deuda Contingente 1", 90, 0, 0, 90),
    ("5. Valor de Instrumentos Bono Cupón Cero 2 (Informativo)", 70, 0, 0, 70),
]


def statement(rows=ROWS):
    out = io.StringIO()
    told = [[name, *(f"{one:.2f}" for one in (a, b, c, 0, d, 0, 0))] for name, a, b, c, d in rows]
    csv.writer(out).writerows([*TITLES, *told])
    return out.getvalue()


@pytest.mark.django_db
def test_balances_add_up_to_the_total_that_the_statement_prints(ingest, write):
    done = ingest(write("f2_deuda_2024.csv", statement()), municipality="05035", publish=True)
    assert (done.status, done.kind) == ("published", "debt")
    assert done.report["totals"]["balance"] == "1160.00"
    assert done.report["totals"]["opening"] == "1060.00"
    assert done.report["skipped"]["subtotal"] == 4
    assert {credit.name for credit in Debt.objects.exclude(balance=0)} == {
        "a1) Instituciones de Crédito",
        "b1) Instituciones de Crédito",
        "b2) Títulos y Valores",
        "2. Otros Pasivos",
    }


@pytest.mark.django_db
def test_where_only_the_sums_are_filled_their_money_is_not_lost(ingest, write):
    blank = [(name, *((0, 0, 0, 0) if name[1].isdigit() else amounts)) for name, *amounts in ROWS]
    done = ingest(write("f2_deuda_2024.csv", statement(blank)), municipality="05035")
    assert done.report["totals"]["balance"] == "1160.00"
    assert Decimal(done.report["totals"]["opening"]) == 1060


def test_a_formula_that_leads_back_to_itself_leaves_nothing_out():
    assert left_out({1: "A. Uno (A=B)", 2: "B. Dos (B=A)"}, []) == {}
    assert left_out({1: "Crédito con Banco (2019)", 2: "Deuda (neta)"}, [1, 2]) == {}


def test_an_amount_that_nobody_knows_is_told(write):
    head = "Acreedor,Tasa de interés,Plazo,Fecha de vencimiento,Deuda dispuesta neta,Saldo\n"
    text = f"Deuda pública 2023\n{head}" + "Banobras,TIIE + 0.85,180 meses,31/12/2035,50000000.25,32000000.50\n" * 3
    reading = read_file(write("deuda.csv", text), name="deuda.csv")
    assert reading.kind == "debt"
    told = [found.message for found in reading.findings if found.code == "unused_amounts"]
    assert told == ["Hay columnas con montos que no se usaron: «Deuda dispuesta neta»."]


def test_a_list_of_sanctions_without_any_amount_that_is_known_asks_what_the_figures_are(write):
    head = "Proveedor sancionado,Causa de la sanción,Sanción,Fecha de resolución,Quantum\n"
    text = f"Proveedores sancionados\n{head}" + "Papelería Ejemplo SA de CV,No entregó,Multa,12/03/2023,90664.50\n" * 3
    reading = read_file(write("sanciones.csv", text), name="sanciones.csv")
    assert reading.kind == "sanctions"
    assert [question for question in reading.questions if "«Quantum»" in question]
