"""Small files of our own in the shapes that public bodies publish, written by other libraries than those that read them."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]

#: A statement by object of expenditure: chapters in the first label column, concepts in the second, the total at the end.
STATEMENT: list[list[Any]] = [
    ["Municipio de Ejemplo, Guanajuato"],
    ["Estado Analítico del Ejercicio del Presupuesto de Egresos"],
    ["Clasificación por Objeto del Gasto (Capítulo y Concepto)"],
    ["Del 1 de enero al 30 de junio de 2023"],
    [],
    ["Concepto", None, "Egresos", None, None, None, None, "Subejercicio"],
    [None, None, "Aprobado", "Ampliaciones/ (Reducciones)", "Modificado", "Devengado", "Pagado", None],
    [None, None, 1, 2, "3 = (1 + 2 )", 4, 5, "6 = ( 3 - 4 )"],
    ["Servicios Personales", None, 300.5, -0.5, 300, 100, 90, 200],
    [None, "Remuneraciones al Personal de Carácter Permanente", 200.5, -0.5, 200, 80, 70, 120],
    [None, "Seguridad Social", 100, 0, 100, 20, 20, 80],
    ["Materiales y Suministros", None, 50, 0, 50, 0, 0, 50],
    ["Inversión Pública", None, 1000, 10, 1010, 500, 500, 510],
    [None, "Obra Pública en Bienes de Dominio Público", 1000, 10, 1010, 500, 500, 510],
    [None, None, 0, 0, 0, 0, 0, 0],
    [None, "Total del Gasto", 1350.5, 9.5, 1360, 600, 590, 760],
    ["Bajo protesta de decir verdad declaramos que los Estados Financieros y sus notas son correctos"],
]


def write_csv(path: Path, rows: Rows) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def write_xlsx(path: Path, sheets: dict[str, Rows], *, hidden: Sequence[str] = (), merged: Sequence[str] = ()) -> Path:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
        for cells in merged:
            sheet.merge_cells(cells)
    book.save(path)
    return path


def write_xls(path: Path, sheets: dict[str, Rows]) -> Path:
    import xlwt

    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None:
                    sheet.write(r, c, value)
    book.save(str(path))
    return path


def write_ods(path: Path, sheets: dict[str, Rows]) -> Path:
    book = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for row in rows:
            line = TableRow()
            for value in row:
                if isinstance(value, int | float):
                    cell = TableCell(valuetype="float", value=value)
                    cell.addElement(P(text=str(value)))
                elif value is None:
                    cell = TableCell()
                else:
                    cell = TableCell(valuetype="string")
                    cell.addElement(P(text=value))
                line.addElement(cell)
            table.addElement(line)
        book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


def write_text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path
