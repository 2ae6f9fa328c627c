"""All persons, numbers and addresses here are invented."""

import io

import openpyxl
import pytest

from datasets import tasks
from datasets.inspection import BATCH, inspect_file
from tests.datasets.files import ABOUT, HEADINGS, ROWS, upload

pytestmark = pytest.mark.django_db


def inspected(text, name="gasto.csv"):
    file = upload(text, name=name, **ABOUT).file
    answer = inspect_file(file=file)
    file.refresh_from_db()
    assert file.has_personal_data is answer
    return answer


def workbook(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, state, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


BUDGET = ("Gasto", "visible", [HEADINGS.strip().split(","), ["1000", "Sueldos", "1.00", "1.00", "1.00", "1.00"]])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEADINGS + ROWS, False),
        (HEADINGS + ROWS + "1100,Apoyo a GOMC800229HCLMRL09,1.00,1.00,1.00,1.00\n", True),
        (HEADINGS.replace("\n", ",Teléfono\n") + ROWS.replace("\n", ",8711234567\n"), True),
        (HEADINGS.replace("\n", ",Folio\n") + ROWS.replace("\n", ",8711234567\n"), False),
        ("Tesorería Municipal. Tel. (871) 123-45-67\n\n" + HEADINGS + ROWS, False),  # the institution's own
        ((HEADINGS + ROWS + "1100,Niño GOMC800229AB1,1,1,1,1\n").encode("cp1252"), True),
        (HEADINGS + "1000,Sueldos,1.00,1.00,1.00,1.00\n" * BATCH + "1100,GOMC800229AB1,1,1,1,1\n", True),
        (workbook(BUDGET), False),
        (workbook(BUDGET, ("Nómina", "hidden", [["Nombre", "CURP"], ["X", "GOMC800229HCLMRL09"]])), True),
    ],
    ids=["budget", "curp", "phone", "folio", "title", "cp1252", "last of many", "workbook", "hidden sheet"],
)
def test_inspect_file_finds_personal_data_anywhere_below_the_headings(text, expected):
    assert inspected(text, "gasto.xlsx" if text[:2] == b"PK" else "gasto.csv") is expected


def test_inspect_file_of_an_unreadable_original_decides_nothing(media_root):
    assert inspected(b"%PDF-1.7") is None
    file = upload(HEADINGS + ROWS, **ABOUT).file
    (media_root / file.storage_path).unlink()
    assert inspect_file(file=file) is None


def test_inspect_files_looks_once_at_what_was_read():
    read = upload(HEADINGS + ROWS, **ABOUT).file
    failed = upload(b"%PDF-1.7").file
    assert tasks.inspect_files() == 1
    assert tasks.inspect_files() == 0
    read.refresh_from_db()
    failed.refresh_from_db()
    assert (read.has_personal_data, failed.has_personal_data) == (False, None)
