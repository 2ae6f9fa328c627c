"""A workbook that spreadsheets open: every cell text, nothing in it a formula."""

import io

from openpyxl import load_workbook

from gesoc.common.workbook import Sheet, write


def test_cells_come_back_as_they_were_written():
    rows = [["007", "=1+1", None], ["ñandú & <b>", "\x00dos\x0b\nlíneas", "x" * 40_000]]
    file = io.BytesIO()
    name = "Filas [1]: malas/buenas que no caben en el nombre"
    write(file, [Sheet(name, [["Clave", "Qué", "Más"], *rows])])
    book = load_workbook(file)
    [sheet] = book.worksheets
    assert sheet.title == "Filas  1   malas buenas que no"
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["Clave", "Qué", "Más"],
        ["007", "=1+1", None],
        ["ñandú & <b>", "dos\nlíneas", "x" * 32_767],
    ]
    assert {cell.data_type for row in sheet.rows for cell in row if cell.value} == {"s"}
