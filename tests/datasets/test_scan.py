import io

import pytest
from openpyxl import Workbook

from datasets import tasks
from datasets.models import SourceFile
from datasets.scan import scan_personal_data
from tests.datasets.test_pipeline import BUDGET, CONTRACTS

pytestmark = pytest.mark.django_db


def looked_at(done) -> bool | None:
    scan_personal_data(done.file)
    return SourceFile.objects.get(pk=done.file.pk).has_personal_data


def test_budget_without_people_is_public(ingest, write) -> None:
    assert looked_at(ingest(write("gasto.csv", BUDGET))) is False


def test_rfc_of_a_natural_person_keeps_the_original_closed(ingest, write) -> None:
    assert looked_at(ingest(write("contratos.csv", CONTRACTS))) is True


def test_column_that_no_figure_comes_from_counts_too(ingest, write) -> None:
    lines = BUDGET.splitlines()
    text = "\n".join([lines[0] + ",Contacto", lines[1] + ",ana@ejemplo.mx", *(line + "," for line in lines[2:])])
    assert looked_at(ingest(write("gasto.csv", text))) is True


def test_hidden_sheet_counts_too(ingest, write) -> None:
    book = Workbook()
    book.active.append(["Ejercicio", "Clave Municipio", "Partida", "Concepto", "Aprobado"])
    book.active.append([2024, "05035", "11301", "Sueldos", 100.0])
    hidden = book.create_sheet("Apoyos")
    hidden.sheet_state = "hidden"
    hidden.append(["Nombre", "CURP"])
    hidden.append(["Juana", "EEJJ800101MCLXXX09"])
    out = io.BytesIO()
    book.save(out)
    done = ingest(write("gasto.xlsx", out.getvalue()))
    assert done.status == "ready"
    assert looked_at(done) is True


def test_files_wait_for_their_scan_and_are_closed_until_then(ingest, write) -> None:
    done = ingest(write("gasto.csv", BUDGET))
    assert not SourceFile.objects.get(pk=done.file.pk).is_public
    assert tasks.scan_files() == 1
    assert SourceFile.objects.get(pk=done.file.pk).is_public
    assert tasks.scan_files() == 0
