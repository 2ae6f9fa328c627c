"""Codes of the classifiers and names matched back to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.ingest.codes import (
    ldf_block,
    ldf_code,
    object_code,
    object_names,
    revenue_code,
    revenue_names,
    split_code,
    strip_formula,
)
from datasets.ingest.dictionary import match_heading, normalise
from datasets.ingest.labels import is_note, read_label


@pytest.mark.parametrize(
    ("text", "level", "canonical"),
    [
        ("1", 1, "1000"),
        ("1000", 1, "1000"),
        ("10000", 1, "1000"),
        ("11", 2, "1100"),
        ("1100", 2, "1100"),
        ("11000", 2, "1100"),
        ("11N", 2, "1100"),
        ("44E", 2, "4400"),
        ("113", 3, "1130"),
        ("1130", 3, "1130"),
        ("11300", 3, "1130"),
        ("1131", 4, "1130"),
        ("11301", 4, "1130"),
        ("'2111", 4, "2110"),
        (" 3 111 ", 4, "3110"),
        ("2000.0", 1, "2000"),
        ("9900", 2, "9900"),
    ],
)
def test_object_code_of_every_shape(text, level, canonical):
    code = object_code(text)

    assert (code.level, code.canonical) == (level, canonical)


@pytest.mark.parametrize("text", ["99999", "0164A", "", "Gasto Corriente", "0", "0101", "1234567", "12-3", "1.5"])
def test_what_is_no_object_code(text):
    assert object_code(text) is None


@given(chapter=st.integers(1, 9), digits=st.text("123456789", min_size=1, max_size=3), zeros=st.integers(0, 2))
def test_padding_zeros_never_change_the_item(chapter, digits, zeros):
    printed = f"{chapter}{digits}"
    padded = printed.ljust(4, "0") + "0" * zeros

    if len(padded) <= 6:
        assert object_code(padded).digits.rstrip("0") == printed
        assert object_code(padded).canonical == printed[:3].ljust(4, "0")


@given(st.text())
def test_any_text_is_judged_without_error(text):
    object_code(text)
    revenue_code(text)
    ldf_code(text)
    normalise(text)
    label = read_label([(0, text)])
    assert isinstance(label.is_total, bool)


@given(
    st.from_regex(r"[1-9]\d{3}", fullmatch=True),
    st.text("abcdefghijklmnñopqrstuvwxyzáéíóú ", min_size=2).filter(str.strip),
)
def test_code_before_a_name_is_parted_from_it(code, name):
    bare = " ".join(name.split())

    assert split_code(f"{code} {bare}") == (code, bare)
    assert split_code(f"{code} - {bare}") == (code, bare)


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("a1) Remuneraciones al Personal", "1100", "Remuneraciones al Personal"),
        ("g7) Provisiones para Contingencias", "7900", "Provisiones para Contingencias"),
        ("h2) Aportaciones", "8300", "Aportaciones"),
        ("h3) Convenios", "8500", "Convenios"),
        (
            "i7) Adeudos de Ejercicios Fiscales Anteriores (ADEFAS)",
            "9900",
            "Adeudos de Ejercicios Fiscales Anteriores (ADEFAS)",
        ),
        ("A. Servicios Personales (A=a1+a2+a3)", "1000", "Servicios Personales"),
        ("I. Deuda Pública (I=i1+i2)", "9000", "Deuda Pública"),
    ],
)
def test_letters_of_the_ldf_format(text, code, name):
    found, bare = ldf_code(text)

    assert (found.canonical, bare) == (code, name)


@pytest.mark.parametrize("text", ["H. Cámara de Diputados", "C. Presidente Municipal", "Servicios"])
def test_titles_of_courtesy_are_no_ldf_letters(text):
    assert ldf_code(text) == (None, text)


def test_blocks_of_the_ldf_format():
    assert [
        ldf_block(text)
        for text in (
            "I. Gasto No Etiquetado (I=A+B)",
            "II. Gasto Etiquetado",
            "III. Total de Egresos (III = I + II)",
            "I. Deuda",
        )
    ] == [
        "free",
        "earmarked",
        "total",
        "",
    ]


@pytest.mark.parametrize(
    ("name", "under", "code"),
    [
        ("SERVICIOS PERSONALES.", "", "1000"),
        ("Remuneraciones al personal de carácter transitorio", "1000", "1200"),
        ("REMUNERACIONES AL PERSONAL DE CARÁCTER TRANSIT", "", "1200"),
        ("Otras prestaciones sociales y económicas", "1500", "1590"),
        ("Otras prestaciones sociales y económicas", "1000", "1500"),
        ("Deuda Pública", "", "9000"),
    ],
)
def test_names_are_matched_under_their_parent(name, under, code):
    assert object_names().find(name, under).code == code


def test_unknown_name_matches_nothing():
    assert object_names().find("Total de egresos") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.2.1", "121"),
        ("12", "12"),
        ("1200", "12"),
        ("1", "1"),
        ("0", "0"),
        ("4.1.1.2.1", "121"),
        ("4.2.1.1", "81"),
        ("8000.0", "8"),
        ("Impuestos", None),
    ],
)
def test_revenue_codes(text, code):
    assert revenue_code(text) == code


def test_old_and_new_names_of_a_rubro_are_the_same_rubro():
    assert revenue_names().find("Participaciones y Aportaciones").code == "8"


@pytest.mark.parametrize(
    "text",
    [
        "T O T A L E S",
        "Total del Gasto",
        "GRAN TOTAL",
        "III. Total de Egresos (III = I + II)",
        "Suma",
        "99999 T O T A L E S",
        "Subtotal",
    ],
)
def test_totals_are_known_by_their_label(text):
    assert read_label([(0, text)]).is_total


@pytest.mark.parametrize("text", ["Servicios", "Resumen", "Totalmente nuevo", "1131 Sueldos"])
def test_other_labels_are_no_totals(text):
    assert not read_label([(0, text)]).is_total


def test_legal_footers_are_notes():
    assert is_note("“Bajo protesta de decir verdad declaramos…")
    assert is_note("Elaboró: Juan Pérez")
    assert not is_note("Notariado")
    assert not is_note("Autorizaciones")


@pytest.mark.parametrize(
    ("kind", "heading", "field"),
    [
        ("expenditure", "AMPLIACIONES/RE\nDUCCIONES", "adjustments"),
        ("expenditure", "N O M B R E", "object_name"),
        ("expenditure", "Concepto (c)", "object_name"),
        ("expenditure", "Aprobado (d)", "approved"),
        ("expenditure", "Pagado 3", "paid"),
        ("expenditure", "Gasto devengado por capítulo, concepto o partida; con base en la clasificación", "accrued"),
        ("contracts", "Nombre o razón social del proveedor adjudicado", "supplier_name"),
        ("contracts", "Monto total del contrato con impuestos incluidos (MXN)", "amount_with_tax"),
        ("contracts", "Fecha del contrato", "date_signed"),
        ("revenue", "Ingresos recaudados", "collected"),
    ],
)
def test_headings_by_meaning(kind, heading, field):
    assert match_heading(kind, heading).field == field


def test_heading_without_meaning_is_unknown():
    assert match_heading("expenditure", "Color favorito") is None


def test_an_endless_cell_full_of_brackets_is_read_at_once():
    """Each of these brackets used to be followed to the end of the cell: half an hour for this one."""
    name = "Servicios (A=a1 " * 60_000
    assert 950_000 < len(strip_formula(name)) < len(name)
    assert strip_formula("A. Servicios Personales (A = a1+a2") == "A. Servicios Personales"
