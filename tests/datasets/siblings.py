"""Siblings of the known layouts, as governments vary them from one office and one quarter to the next.

A `Seed` is one layout with invented rows and the sums that a careful person reads off it. A variation changes how it is
printed and never what it says, so that whatever is read from a sibling is compared with the seed's own sums.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.datasets.reading_files import write_ods, write_xls, write_xlsx

Row = list[Any]


@dataclass(frozen=True)
class Seed:
    name: str  # of the file, without its ending
    kind: str
    titles: list[Row]
    heads: list[Row]
    rows: list[Row]
    amounts: dict[int, str]  # column -> field
    sums: tuple[int, ...] = ()  # rows that are sums of others
    foot: list[Row] = field(default_factory=list)
    labels: int = 0  # columns at the left whose order carries the hierarchy
    year: int | None = 2023
    quarter: str = "Q2"  # as the titles say; empty where the rows or nothing say it
    # how the file is written
    sheet: str = "Hoja1"
    sheets_before: dict[str, list[Row]] = field(default_factory=dict)
    sheets_after: dict[str, list[Row]] = field(default_factory=dict)
    format: str = "xlsx"
    encoding: str = "utf-8"
    delimiter: str = ","
    unit: int = 1

    @property
    def expected(self) -> dict[str, Decimal]:
        """Whole sums by field, in pesos, of the rows that are no sums themselves."""
        sums = dict.fromkeys(self.amounts.values(), Decimal())
        for place, row in enumerate(self.rows):
            for column, name in self.amounts.items():
                if place not in self.sums and column < len(row) and row[column] not in (None, ""):
                    sums[name] += Decimal(str(row[column]))
        return sums

    @property
    def width(self) -> int:
        return max(map(len, [*self.heads, *self.rows]))


# --- what a publisher varies
# ---------------------------------------------------------------------------------------------------------

#: Other words for the same heading, as other offices print them. The first is a spelling, the others are other words.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "Aprobado": ("PRESUPUESTO APROBADO", "Aprobado Anual", "Presup. Aprobado", "Autorizado", "Ppto. Aprobado", "Original"),
    "Ampliaciones/ (Reducciones)": ("AMPLIACIONES / REDUCCIONES", "Ampl./(Red.)", "Modificaciones", "Adecuaciones"),
    "Modificado": ("PRESUPUESTO MODIFICADO", "Modificado Anual", "Presup. Modificado", "Vigente", "Ppto. Vigente"),
    "Comprometido": ("PRESUPUESTO COMPROMETIDO", "Comprometido acumulado", "Compromisos", "Comprom."),
    "Devengado": ("PRESUPUESTO DEVENGADO", "Devengado Acumulado", "Presup. Devengado", "Gasto devengado", "Deveng."),
    "Ejercido": ("PRESUPUESTO EJERCIDO", "Ejercido acumulado", "Presup. Ejercido", "Gasto ejercido"),
    "Pagado": ("PRESUPUESTO PAGADO", "Pagado Acumulado", "Presup. Pagado", "Gasto pagado"),
    "Subejercicio": ("SUB EJERCICIO", "Sub-ejercicio", "Por ejercer", "Disponible"),
    "Concepto": ("CONCEPTO", "Descripción", "Nombre", "Denominación"),
    "Partida": ("PARTIDA", "Clave", "COG", "Part.", "Partida Específica", "Clave Presupuestal"),
    "Descripción": ("DESCRIPCION", "Nombre de la partida", "Concepto", "Denominación"),
    "Capítulo": ("CAPITULO", "Cap.", "Capítulo de gasto", "CAPÍTULO DEL GASTO"),
    "Dependencia": ("DEPENDENCIA", "Unidad Administrativa", "Unidad Responsable", "Área", "U.R."),
    "Programa presupuestario": ("PROGRAMA PRESUPUESTARIO", "Programa", "Nombre del programa", "Pp"),
    "Función": ("FUNCION", "Función del gasto", "Clasificación funcional"),
    "Estimado": ("INGRESO ESTIMADO", "Ley de Ingresos Estimada", "Estimado anual", "Ingreso Estimado", "Presup. Estimado"),
    "Recaudado": ("INGRESO RECAUDADO", "Recaudado acumulado", "Ingreso Recaudado", "Cobrado", "Recaudación"),
    "Rubro de Ingresos": ("RUBRO DE INGRESOS", "Rubro", "Concepto de ingreso", "Rubro del ingreso"),
    "Diferencia": ("DIFERENCIA", "Variación", "Dif."),
    "No. de contrato": ("NO. CONTRATO", "Número de contrato", "Contrato", "Num. Contrato", "Contrato No.", "N° de contrato"),
    "Proveedor": ("PROVEEDOR", "Nombre del proveedor", "Razón social", "Proveedor o contratista", "Proveedor adjudicado"),
    "RFC": ("R.F.C.", "RFC del proveedor", "Rfc proveedor", "Registro Federal de Contribuyentes"),
    "Objeto del contrato": ("OBJETO DEL CONTRATO", "Objeto", "Descripción del contrato", "Concepto contratado"),
    "Fecha de firma": ("FECHA DE FIRMA", "Fecha del contrato", "Fecha contrato", "Fecha de celebración", "Fecha de suscripción"),
    "Procedimiento": ("PROCEDIMIENTO", "Tipo de procedimiento", "Modalidad de contratación", "Tipo de adjudicación"),
    "Monto con IVA": ("MONTO CON IVA", "Monto total con IVA", "Importe con IVA", "Monto (IVA incluido)", "Monto total c/IVA"),
    "Nombre de la obra": ("NOMBRE DE LA OBRA", "Obra", "Obra o acción", "Descripción de la obra", "Nombre de obra"),
    "Monto contratado": ("MONTO CONTRATADO", "Importe contratado", "Contratado", "Importe del contrato"),
    "Monto ejercido": ("MONTO EJERCIDO", "Ejercido", "Importe ejercido", "Gasto ejercido"),
    "Avance físico": ("AVANCE FISICO", "% Avance físico", "Av. Físico", "Avance Físico (%)", "% físico"),
    "Avance financiero": ("AVANCE FINANCIERO", "% Avance financiero", "Av. Financiero", "Avance Financiero (%)", "% financiero"),
    "Localidad": ("LOCALIDAD", "Ubicación", "Comunidad o localidad", "Lugar de la obra", "Colonia o comunidad"),
    "Contratista": ("CONTRATISTA", "Nombre del contratista", "Empresa contratista", "Empresa"),
    "Fecha de inicio": ("FECHA DE INICIO", "Inicio", "Fecha inicio", "Inicio de obra"),
    "Fecha de término": ("FECHA DE TERMINO", "Término", "Fecha término", "Fecha de terminación", "Término de obra"),
    "Acreedor": ("ACREEDOR", "Institución acreedora", "Banco", "Institución financiera", "Institución bancaria"),
    "Monto original": ("MONTO ORIGINAL", "Monto contratado", "Crédito contratado", "Importe original del crédito"),
    "Saldo": ("SALDO", "Saldo insoluto", "Saldo de la deuda", "Saldo por pagar"),
    "Tasa de interés": ("TASA DE INTERES", "Tasa", "Tasa pactada", "Tasa de interés aplicable"),
    "Plazo": ("PLAZO", "Plazo contratado", "Plazo (meses)"),
    "Fecha de vencimiento": ("FECHA DE VENCIMIENTO", "Vencimiento", "Fecha vencimiento"),
    "Proveedor sancionado": ("PROVEEDOR SANCIONADO", "Empresa sancionada", "Razón social", "Nombre o razón social", "Proveedor"),
    "Autoridad sancionadora": ("AUTORIDAD SANCIONADORA", "Autoridad que sanciona", "Dependencia", "Autoridad"),
    "No. de expediente": ("NO. DE EXPEDIENTE", "Expediente", "Número de expediente", "Exp."),
    "Causa de la sanción": ("CAUSA DE LA SANCION", "Motivo de la sanción", "Hechos", "Causa", "Irregularidad"),
    "Sanción": ("SANCION", "Tipo de sanción", "Sanción impuesta", "Sentido de la resolución"),
    "Fecha de resolución": ("FECHA DE RESOLUCION", "Fecha resolución", "Fecha de la resolución", "Resolución (fecha)"),
    "Monto de la multa": ("MONTO DE LA MULTA", "Multa", "Importe de la multa", "Monto multa"),
    "Plazo de inhabilitación": ("PLAZO DE INHABILITACION", "Inhabilitación", "Periodo de inhabilitación", "Plazo"),
}  # fmt: skip
MOST_SPELLINGS = 6
#: A second list, written after the first had been learnt from and without looking anything up: how far what was learnt reaches.
FURTHER: dict[str, tuple[str, ...]] = {
    "Aprobado": ("Egresos aprobados", "Ppto. Autorizado", "Asignación original", "Presupuesto de egresos aprobado 2023"),
    "Ampliaciones/ (Reducciones)": ("Ampliaciones y/o reducciones", "Ampliación / Reducción", "Modif. (+/-)", "Ajustes"),
    "Modificado": ("Egresos modificados", "Autorizado modificado", "Ppto. Modif.", "Asignación modificada"),
    "Comprometido": ("Egresos comprometidos", "Gasto comprometido", "Ppto. Compr.", "Monto comprometido"),
    "Devengado": ("Egresos devengados", "Devengado al trimestre", "Ppto. Dev.", "Importe devengado"),
    "Ejercido": ("Egresos ejercidos", "Ejercido al trimestre", "Ppto. Ejerc.", "Importe ejercido"),
    "Pagado": ("Egresos pagados", "Pagado al trimestre", "Ppto. Pag.", "Importe pagado"),
    "Subejercicio": ("Saldo por ejercer", "Subejerc.", "Saldo disponible", "Diferencia"),
    "Concepto": ("Rubro o concepto", "Nombre del concepto", "Desc. del concepto", "Clasificación"),
    "Partida": ("No. Partida", "Partida presupuestal", "Objeto del gasto", "Código"),
    "Descripción": ("Nombre partida", "Descripción de la partida", "Desc.", "Concepto del gasto"),
    "Capítulo": ("Clave capítulo", "Cap. de gasto", "Capítulo COG", "Cap"),
    "Dependencia": ("Dependencia o entidad", "Área administrativa", "Unidad ejecutora del gasto", "Secretaría"),
    "Programa presupuestario": ("Prog. presupuestario", "Programas presupuestarios", "Denominación del programa", "Prog. Ppto."),
    "Estimado": ("Ingresos estimados", "Estimado original", "Ing. Estimado", "Pronóstico"),
    "Recaudado": ("Ingresos recaudados", "Recaudado al trimestre", "Ing. Recaudado", "Ingresos obtenidos"),
    "Rubro de Ingresos": ("Rubros", "Concepto del ingreso", "Rubro / Tipo", "Nombre del rubro"),
    "Diferencia": ("Variación nominal", "Por recaudar", "Dif. vs estimado", "Diferencias"),
    "No. de contrato": ("Clave del contrato", "Folio del contrato", "N. Contrato", "# Contrato"),
    "Proveedor": ("Prestador de servicios o proveedor", "Empresa o persona contratada", "Nombre o razón social", "Contratado"),
    "RFC": ("RFC de la empresa", "R. F. C.", "RFC proveedor adjudicado", "Clave de RFC"),
    "Objeto del contrato": ("Bien o servicio contratado", "Descripción del bien o servicio", "Objeto contratado", "Descripción"),
    "Fecha de firma": ("Firma del contrato", "Fecha de formalización", "Fec. de firma", "Fecha de contratación"),
    "Procedimiento": ("Tipo de contratación", "Forma de adjudicación", "Proc. de contratación", "Modalidad"),
    "Monto con IVA": ("Total con IVA", "Monto total (con impuestos)", "Imp. con IVA", "Monto contratado con IVA"),
    "Nombre de la obra": ("Denominación de la obra", "Nombre de la obra o acción", "Nom. de la obra", "Proyecto"),
    "Monto contratado": ("Inversión contratada", "Costo contratado", "Monto del contrato", "Valor del contrato"),
    "Monto ejercido": ("Inversión ejercida", "Monto pagado", "Gastado", "Recurso ejercido"),
    "Avance físico": ("Porcentaje de avance físico", "Avance de obra (%)", "Avance físico al trimestre", "Físico (%)"),
    "Avance financiero": ("Porcentaje de avance financiero", "Avance fin. (%)", "Av. financiero a la fecha", "Financiero (%)"),
    "Localidad": ("Comunidad", "Domicilio", "Localidad o colonia", "Dirección"),
    "Contratista": ("Empresa ejecutora", "Constructora", "Contratista asignado", "Persona física o moral contratada"),
    "Fecha de inicio": ("Fec. de inicio", "Inicio contractual", "Fecha inicial", "Inicio de los trabajos"),
    "Fecha de término": ("Fec. de término", "Término contractual", "Fecha final", "Término de los trabajos"),
    "Acreedor": ("Acreedor financiero", "Banco acreedor", "Institución", "Otorgante del crédito"),
    "Monto original": ("Crédito original", "Monto del crédito", "Monto autorizado", "Importe contratado"),
    "Saldo": ("Saldo al corte", "Saldo insoluto al 30 de junio de 2023", "Saldo actual", "Adeudo"),
    "Tasa de interés": ("Tasa de interés pactada", "Tasa efectiva", "Sobretasa", "Interés"),
    "Plazo": ("Plazo del crédito", "Plazo en meses", "Plazo pactado", "Vigencia"),
    "Fecha de vencimiento": ("Fecha final de vencimiento", "Vence", "Fec. de vencimiento", "Fecha de término del crédito"),
    "Proveedor sancionado": ("Persona sancionada", "Infractor", "Nombre de la empresa", "Nombre del proveedor"),
    "Autoridad sancionadora": ("Órgano sancionador", "Dependencia sancionadora", "Institución", "Ente sancionador"),
    "No. de expediente": ("Núm. exp.", "Número de procedimiento", "Expediente No.", "Folio del expediente"),
    "Causa de la sanción": ("Falta cometida", "Conducta sancionada", "Motivo", "Descripción de la falta"),
    "Sanción": ("Clase de sanción", "Resolución", "Sanción aplicada", "Tipo"),
    "Fecha de resolución": ("Fec. de resolución", "Fecha de la sanción", "Fecha en que se resolvió", "Día de la resolución"),
    "Monto de la multa": ("Multa ($)", "Monto en pesos", "Cuantía de la multa", "Sanción económica"),
    "Plazo de inhabilitación": ("Tiempo de inhabilitación", "Duración", "Plazo de la inhabilitación", "Vigencia de la sanción"),
}  # fmt: skip
MOST_FURTHER = 4


def _heads(seed: Seed, change: Callable[[str], str]) -> Seed:
    heads = [[change(cell) if isinstance(cell, str) else cell for cell in row] for row in seed.heads]
    return replace(seed, heads=heads)


def spelt(number: int, spellings: Mapping[str, Sequence[str]] = SPELLINGS) -> Callable[[Seed], Seed]:
    """Every heading that another office words otherwise, in its n-th other wording; no two columns get the same words."""

    def change(seed: Seed) -> Seed:
        taken = {cell for row in seed.heads for cell in row if isinstance(cell, str)}

        def other(cell: str) -> str:
            words = spellings.get(cell)
            if not words:
                return cell
            found = words[number % len(words)]
            if found in taken:
                return cell
            taken.add(found)
            return found

        return _heads(seed, other)

    return change


def reordered(seed: Seed) -> Seed:
    """The columns right of the hierarchy in the opposite order."""
    own = [c for c in range(seed.labels, len(seed.heads[-1])) if isinstance(seed.heads[-1][c], str)]
    if len(seed.heads) > 1:  # only inside the group
        own = [column for column in own if column in seed.amounts]
    place = dict(zip(own, reversed(own), strict=True))

    def moved(row: Row) -> Row:
        row = [*row, *[None] * (seed.width - len(row))]
        return [row[place.get(column, column)] for column in range(len(row))]

    back = {new: old for old, new in place.items()}
    heads = [*seed.heads[:-1], moved(seed.heads[-1])]
    amounts = {back.get(column, column): name for column, name in seed.amounts.items()}
    return replace(seed, heads=heads, rows=[moved(row) for row in seed.rows], amounts=amounts)


def _insert(seed: Seed, at: int, heading: str, value: Callable[[int], Any]) -> Seed:
    def put(row: Row, cell: Any) -> Row:
        row = [*row, *[None] * (seed.width - len(row))]
        return [*row[:at], cell, *row[at:]]

    heads = [*[put(row, None) for row in seed.heads[:-1]], put(seed.heads[-1], heading)]
    rows = [put(row, value(place)) for place, row in enumerate(seed.rows)]
    amounts = {column + (column >= at): name for column, name in seed.amounts.items()}
    return replace(seed, heads=heads, rows=rows, amounts=amounts, labels=seed.labels + (at < seed.labels or at == 0))


def remarks(seed: Seed) -> Seed:
    return _insert(seed, seed.width, "Observaciones", lambda place: "Sin observaciones" if place % 2 else None)


def consecutive(seed: Seed) -> Seed:
    return _insert(seed, 0, "No.", lambda place: place + 1)


def unknown_column(seed: Seed) -> Seed:
    return _insert(seed, seed.labels or 1, "Alineación PMD", lambda place: f"Eje {place % 4 + 1}")


def percentage(seed: Seed) -> Seed:
    return _insert(seed, seed.width, "% Avance", lambda place: f"{place * 7 % 100}%")


def titled(seed: Seed) -> Seed:
    return replace(seed, titles=[["Tesorería Municipal"], *seed.titles, ["Formato autorizado por Sesión de Cabildo"]])


def untitled_gap(seed: Seed) -> Seed:
    """A blank line under the titles and another under the headings."""
    return replace(seed, titles=[[], *seed.titles, [], []], rows=[[], *seed.rows], sums=tuple(n + 1 for n in seed.sums))


def margin(seed: Seed) -> Seed:
    """Everything one column to the right: the first is a margin."""

    def shift(rows: list[Row]) -> list[Row]:
        return [[None, *row] if row else row for row in rows]

    amounts = {column + 1: name for column, name in seed.amounts.items()}
    moved = {name: shift(getattr(seed, name)) for name in ("titles", "heads", "rows", "foot")}
    return replace(seed, **moved, amounts=amounts, labels=seed.labels + 1)


def shouted(seed: Seed) -> Seed:
    """Capitals without accents, as old systems print."""
    marks = str.maketrans("áéíóúÁÉÍÓÚñÑ", "aeiouAEIOUnN")

    def loud(rows: list[Row]) -> list[Row]:
        return [[cell.translate(marks).upper() if isinstance(cell, str) else cell for cell in row] for row in rows]

    moved = {name: loud(getattr(seed, name)) for name in ("titles", "heads", "rows", "foot")}
    return replace(seed, **moved)


def broken_headings(seed: Seed) -> Seed:
    """A line break between the words, spaces at the end."""
    return _heads(seed, lambda cell: cell.replace(" ", "\n", 1) + "  ")


def thousands(seed: Seed) -> Seed:
    def less(row: Row, place: int) -> Row:
        return [
            float(Decimal(str(cell)) / 1000) if column in seed.amounts and isinstance(cell, int | float) else cell
            for column, cell in enumerate(row)
        ]

    rows = [less(row, place) for place, row in enumerate(seed.rows)]
    return replace(seed, rows=rows, titles=[*seed.titles, ["(miles de pesos)"]], unit=1000)


def _as_text(seed: Seed, write: Callable[[Decimal], str]) -> Seed:
    rows = [
        [
            write(Decimal(str(cell))) if column in seed.amounts and isinstance(cell, int | float) else cell
            for column, cell in enumerate(row)
        ]
        for row in seed.rows
    ]
    return replace(seed, rows=rows)


def money_text(seed: Seed) -> Seed:
    """``$ 1,234.50``, ``-$ 3.00`` in brackets, a dash for nothing."""

    def write(value: Decimal) -> str:
        return "$ -" if not value else f"({-value:,.2f})" if value < 0 else f"$ {value:,.2f}"

    return _as_text(seed, write)


def decimal_comma(seed: Seed) -> Seed:
    return _as_text(seed, lambda value: f"{value:,.2f}".translate(str.maketrans(",.", ".,")))


def signed(seed: Seed) -> Seed:
    """Who made it, reviewed it, authorised it."""
    foot: list[Row] = [
        [],
        ["Bajo protesta de decir verdad declaramos que la información es correcta y responsabilidad del emisor."],
        [],
        [None, "______________________", None, "______________________"],
        [None, "C.P. Juana Ejemplo Pérez", None, "Ing. Pedro Ejemplo López"],
        [None, "Tesorera Municipal", None, "Presidente Municipal"],
        ["Fecha de impresión: 14/07/2023 10:32", None, None, "Página 1 de 1"],
    ]
    return replace(seed, foot=[*seed.foot, *foot])


def ragged(seed: Seed) -> Seed:
    """Empty columns at the right and empty rows at the end, as printed ranges leave them."""
    rows = [[*row, *[None] * 5] for row in seed.rows]
    return replace(seed, heads=[[*row, *[None] * 5] for row in seed.heads], rows=rows, foot=[*seed.foot, *[[" "]] * 12])


def among_sheets(seed: Seed) -> Seed:
    """A cover before it and notes behind it, and a sheet name that says nothing."""
    cover: list[Row] = [
        [],
        [None, "Transparencia"],
        [None, "Información trimestral"],
        [None, "Índice"],
        [None, "1. Formato"],
    ]
    notes: list[Row] = [["Notas"], ["Las cifras son preliminares."], ["Elaboró: Contabilidad"]]
    return replace(seed, sheet="F-01 (2)", sheets_before={"Portada": cover, "Hoja3": []}, sheets_after={"Notas": notes})


def repeated_headings(seed: Seed) -> Seed:
    """A page break: the headings again in the middle."""
    middle = max(len(seed.rows) // 2, 1)
    rows = [*seed.rows[:middle], *seed.heads, *seed.rows[middle:]]
    return replace(seed, rows=rows, sums=tuple(n + len(seed.heads) * (n >= middle) for n in seed.sums))


def spaced_columns(seed: Seed) -> Seed:
    """An empty column between any two, as sheets have that were laid out for printing."""

    def spread(row: Row) -> Row:
        return [cell for value in row for cell in (value, None)]

    amounts = {column * 2: name for column, name in seed.amounts.items()}
    heads, rows = [spread(row) for row in seed.heads], [spread(row) for row in seed.rows]
    return replace(seed, heads=heads, rows=rows, amounts=amounts, labels=seed.labels * 2)


def total_first(seed: Seed) -> Seed:
    """The grand total above what it sums."""
    if not seed.sums or seed.sums[-1] != len(seed.rows) - 1 or len(seed.rows) < 4:
        return seed
    rows = [seed.rows[-1], *seed.rows[:-1]]
    return replace(seed, rows=rows, sums=(0, *[place + 1 for place in seed.sums[:-1]]))


def spaced_thousands(seed: Seed) -> Seed:
    return _as_text(seed, lambda value: f"{value:,.2f}".replace(",", " "))


def pesos_after(seed: Seed) -> Seed:
    return _as_text(seed, lambda value: f"{value:,.2f} M.N." if value >= 0 else f"-{-value:,.2f}")


def trailing_minus(seed: Seed) -> Seed:
    return _as_text(seed, lambda value: f"{value:,.2f}" if value >= 0 else f"{-value:,.2f}-")


def not_available(seed: Seed) -> Seed:
    """``N/D`` where a figure is nought."""
    return _as_text(seed, lambda value: f"{value:.2f}" if value else "N/D")


def unit_headings(seed: Seed) -> Seed:
    """``Aprobado (pesos)``, ``Devengado (4)``."""
    leaves = set(seed.amounts)
    row = [f"{cell} (pesos)" if column in leaves and cell else cell for column, cell in enumerate(seed.heads[-1])]
    return replace(seed, heads=[*seed.heads[:-1], row])


def numbered_headings(seed: Seed) -> Seed:
    """``Aprobado (1)`` and a line of numbers under the headings."""
    row = [
        f"{cell} ({column})" if column in seed.amounts and cell else cell for column, cell in enumerate(seed.heads[-1])
    ]
    return replace(seed, heads=[*seed.heads[:-1], row])


def legend(seed: Seed) -> Seed:
    """A row that numbers the columns."""
    numbers = [str(column + 1) for column in range(seed.width)]
    return replace(seed, rows=[numbers, *seed.rows], sums=tuple(place + 1 for place in seed.sums))


def quoted(seed: Seed) -> Seed:
    """Codes and amounts behind an apostrophe, as exported texts have them."""
    rows = [[f"'{cell}" if isinstance(cell, str) and cell.isdigit() else cell for cell in row] for row in seed.rows]
    return replace(seed, rows=rows)


MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip


def dates_as(form: str) -> Callable[[Seed], Seed]:

    def other(cell: Any) -> Any:
        if not (isinstance(cell, str) and len(cell) == 10 and cell[2] == cell[5] == "/"):
            return cell
        day, month, year = cell.split("/")
        word = MONTHS[int(month) - 1]
        return form.format(day=day, month=month, year=year, word=word, short=word[:3])

    return lambda seed: replace(seed, rows=[[other(cell) for cell in row] for row in seed.rows])


def cover_titles(seed: Seed) -> Seed:
    """The titles in one merged cell with line breaks, beside the place of a coat of arms."""
    if not seed.titles:
        return seed
    text = "\n".join(str(cell) for row in seed.titles for cell in row if cell)
    return replace(seed, titles=[[None, text], []])


def page_numbers(seed: Seed) -> Seed:
    return replace(
        seed,
        titles=[
            ["Hoja 1 de 3", None, None, "Fecha: 14/07/2023"],
            *seed.titles,
            ["Usuario: TESORERIA", None, "rptEstado.rpt"],
        ],
    )


def summary_sheet(seed: Seed) -> Seed:
    """A sheet of a chart before it: a few names and percentages."""
    chart: list[Row] = [["Gráfica"], ["Capítulo", "%"], ["Servicios Personales", "45%"], ["Otros", "55%"]]
    return replace(seed, sheets_before={"Gráfica": chart})


def copied_sheet(seed: Seed) -> Seed:
    """The same sheet again under another name, as a copy for printing."""
    return replace(seed, sheets_after={"Impresión": [*seed.titles, *seed.heads, *seed.rows, *seed.foot]})


def period_as(words: str, quarter: str) -> Callable[[Seed], Seed]:
    def change(seed: Seed) -> Seed:
        if not seed.quarter:
            return seed
        titles = [row for row in seed.titles if not any("junio" in str(cell) for cell in row)]
        return replace(seed, titles=[*titles, [words]], quarter=quarter)

    return change


def written(format: str, encoding: str = "utf-8", delimiter: str = ",") -> Callable[[Seed], Seed]:
    return lambda seed: replace(seed, format=format, encoding=encoding, delimiter=delimiter)


def together(*changes: Callable[[Seed], Seed]) -> Callable[[Seed], Seed]:
    def change(seed: Seed) -> Seed:
        for one in changes:
            seed = one(seed)
        return seed

    return change


VARIATIONS: dict[str, Callable[[Seed], Seed]] = {
    "as it is": lambda seed: seed,
    **{f"spelt {number}": spelt(number) for number in range(MOST_SPELLINGS)},
    **{f"spelt further {number}": spelt(number, FURTHER) for number in range(MOST_FURTHER)},
    "reordered": reordered,
    "remarks": remarks,
    "consecutive": consecutive,
    "unknown column": unknown_column,
    "percentage": percentage,
    "titled": titled,
    "gaps": untitled_gap,
    "margin": margin,
    "shouted": shouted,
    "broken headings": broken_headings,
    "thousands": thousands,
    "money as text": money_text,
    "decimal comma": decimal_comma,
    "signed": signed,
    "ragged": ragged,
    "among sheets": among_sheets,
    "page break": repeated_headings,
    "third quarter": period_as("Del 1 de julio al 30 de septiembre de 2023", "Q3"),
    "third quarter so far": period_as("Al 30 de septiembre de 2023", "Q3"),
    "quarter in words": period_as("TERCER TRIMESTRE 2023", "Q3"),
    "quarter in figures": period_as("3er. Trimestre de 2023", "Q3"),
    "quarter abbreviated": period_as("Trimestre: Jul-Sep 2023", "Q3"),
    "fourth quarter": period_as("Cuarto trimestre del ejercicio fiscal 2023", "Q4"),
    "spaced columns": spaced_columns,
    "total first": total_first,
    "spaced thousands": spaced_thousands,
    "pesos after": pesos_after,
    "trailing minus": trailing_minus,
    "not available": not_available,
    "unit in headings": unit_headings,
    "numbered headings": numbered_headings,
    "legend": legend,
    "quoted codes": together(quoted, written("csv")),
    "dates in words": dates_as("{day} de {word} de {year}"),
    "short dates": dates_as("{day}-{short}-{year}"),
    "iso dates": dates_as("{year}-{month}-{day}"),
    "stamped dates": dates_as("{year}-{month}-{day}T00:00:00.000"),
    "titles in one cell": cover_titles,
    "page numbers": page_numbers,
    "chart before": summary_sheet,
    "copied sheet": copied_sheet,
    "csv": written("csv"),
    "csv cp850": written("csv", "cp850"),
    "csv cp1252 semicolons": together(written("csv", "cp1252", ";"), money_text),
    "csv utf-16 tabs": written("csv", "utf-16", "\t"),
    "csv decimal comma": together(written("csv", "cp1252", ";"), decimal_comma),
    "txt bars": together(written("txt", "utf-8-sig", "|"), signed),
    "xls": together(written("xls"), signed, margin),
    "ods": together(written("ods"), ragged),
    "all at once": together(reordered, spelt(2), remarks, titled, signed, ragged, among_sheets),
    "all at once as text": together(spelt(3), consecutive, shouted, signed, written("csv", "cp1252", ";"), decimal_comma),
    "old system": together(shouted, margin, repeated_headings, money_text, written("xls")),
}  # fmt: skip


# --- writing one down
# ---------------------------------------------------------------------------------------------------------


def write(seed: Seed, folder: Path) -> Path:
    rows = [*seed.titles, *seed.heads, *seed.rows, *seed.foot]
    path = folder / f"{seed.name}.{seed.format}"
    if seed.format in ("csv", "txt"):
        out = io.StringIO()
        csv.writer(out, delimiter=seed.delimiter).writerows(
            ["" if cell is None else cell for cell in row] for row in rows
        )
        path.write_bytes(out.getvalue().encode(seed.encoding, errors="replace"))
        return path
    sheets: dict[str, Sequence[Sequence[Any]]] = {**seed.sheets_before, seed.sheet: rows, **seed.sheets_after}
    return {"xlsx": write_xlsx, "xls": write_xls, "ods": write_ods}[seed.format](path, sheets)
