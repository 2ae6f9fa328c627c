"""All persons, numbers and addresses here are invented."""

from random import Random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.privacy import (
    PersonalData,
    cover,
    cover_row,
    find_in_column,
    find_in_row,
    find_personal_data,
    is_clabe,
    kinds_of_heading,
)

BENEFICIARY, CLABE, CURP = PersonalData.BENEFICIARY, PersonalData.CLABE, PersonalData.CURP
DOMICILE, EMAIL, PHONE, RFC = PersonalData.DOMICILE, PersonalData.EMAIL, PersonalData.PHONE, PersonalData.RFC


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GOMC800229HCLMRL09", CURP),
        ("curp: gomc800229hclmrl09, beneficiaria", CURP),
        ("GOMX010101MNLRRLA1", CURP),
        ("GOMC800229AB1", RFC),
        ("GOMC-800229-AB1", RFC),
        ("GOMC 800229 AB1", RFC),
        ("ÑAÑA800229AB1", RFC),
        ("Persona física (gomc800229ab1)", RFC),
        ("032180000118359719", CLABE),
        ("CLABE 032 180 00011835971 9", CLABE),
        ("0321 8000 0118 3597 19", CLABE),
        ("nadie@ejemplo.org.mx", EMAIL),
        ("Escribir a nadie.mas@ejemplo.gob.mx.", EMAIL),
        ("(871) 123-45-67", PHONE),
        ("871 123 4567", PHONE),
        ("871-123-45-67", PHONE),
        ("55 1234 5678", PHONE),
        ("+52 871 123 4567", PHONE),
        ("+528711234567", PHONE),
        ("Tel. 8711234567", PHONE),
        ("teléfono: 7 12 34 56", PHONE),
        ("con domicilio en Calle Inventada 5", DOMICILE),
        ("Domicilio conocido", DOMICILE),
        ("El mismo domicilio en Hidalgo 45", DOMICILE),
        ("El mismo domicilio en Hidalgo 45 según dos contratos", DOMICILE),
        ("El mismo domicilio en dos contratos: Hidalgo 45", DOMICILE),
        ("El mismo domicilio en el acta, calle Hidalgo", DOMICILE),
        ("El mismo domicilio en dos contratos, con domicilio en Hidalgo", DOMICILE),
    ],
)
def test_find_personal_data_in_a_text(text, expected):
    assert find_personal_data([text]) == {expected}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GOMC800230HCLMRL09",  # no 30 February
        "GOMC800229HXXMRL09",  # no such state
        "GOMC801329AB1",  # no month 13
        "ABC800229AB1",  # a legal person's
        "XAXX010101000",  # public in general
        "XEXX010101000",  # a foreigner
        "DGOP-114/26",
        "FOLIO202401000123",
        "IR-LPNE202401150012",
        "LA-009000988-N12-2013",
        "00641-001-2013",
        "032180000118359718",  # check digit wrong
        "000000000000000000",
        "330026922000123456",
        "1,284,500.00",
        "$ 871 123.45",
        "-67244778.00",
        "67244778",
        "8711234567",  # ten digits alone: a folio
        "314.220.1130",
        "5131-3111-01",
        "2.1.1.1",
        "2024-06-30",
        "2013-11-27 00:00:00 GMT",
        "31/12/2024",
        "01 000 000 000",
        "Servicio de entrega a domicilio",
        "El mismo domicilio en dos contratos de 2024 y 2025",
        "Tienen el mismo domicilio en el acta y en la factura.",
        "Pavimentación de calle Hidalgo, colonia Centro",
        "TOTAL SUPPLYING, S.A. DE C.V.",
        "Teléfonos de México S.A.B. de C.V.",
        "@juarez",
        "1.5 @ 3",
    ],
)
def test_find_personal_data_leaves_folios_amounts_and_works_alone(text):
    assert find_personal_data([text]) == set()


def test_find_personal_data_collects_over_all_texts():
    assert find_personal_data(["1000", "GOMC800229AB1", "x@ejemplo.mx", "GOMC800229AB1"]) == {RFC, EMAIL}


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Domicilio fiscal de la empresa, contratista o proveedor Nombre de vialidad", {DOMICILE}),
        ("CALLE", {DOMICILE}),
        ("Número exterior", {DOMICILE}),
        ("Dirección del proveedor", {DOMICILE}),
        ("Dirección", set()),  # of a government: Dirección de Obras
        ("Dirección General", set()),
        ("Domicilio de la obra", set()),
        ("Domicilio de la dependencia", set()),
        ("Teléfono oficial", {PHONE}),
        ("TELEFONO_ADMIN", {PHONE}),
        ("Nombre del beneficiario", {BENEFICIARY}),
        ("Beneficiarios", {BENEFICIARY}),
        ("Número de beneficiarios", set()),
        ("Población beneficiaria", set()),
        ("Proveedor", set()),
        ("Capítulo de gasto", set()),
    ],
)
def test_kinds_of_heading(heading, expected):
    assert kinds_of_heading(heading) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"Teléfono": "8711234567", "Monto": "8711234567"}, {PHONE}),
        ({"Folio": "8711234567", "Monto": "10"}, set()),
        ({"Calle": "Inventada", "Proveedor": "Pavimentos Ejemplo"}, {DOMICILE}),
        ({"Calle": " ", "Proveedor": "Pavimentos Ejemplo"}, set()),
        ({"Domicilio fiscal": "No dato"}, set()),
        ({"Beneficiario": "Nombre Inventado"}, {BENEFICIARY}),
        ({"Beneficiarios": "1,200"}, set()),
        ({"Proveedor": "Nombre Inventado Apellido", "RFC": "GOMC800229AB1"}, {RFC}),
        ({"Proveedor": "Nombre Inventado Apellido", "RFC": "ABC800229AB1"}, set()),
    ],
)
def test_find_in_row_believes_headings_with_values(row, expected):
    assert find_in_row(row) == expected


def test_find_in_column_reads_plain_chunked_and_dictionary_columns():
    texts = ["1000", None, "gomc800229hclmrl09", "1000"]
    plain = pa.array(texts, pa.string())
    for column in (
        plain,
        pa.chunked_array([plain, plain]),
        plain.dictionary_encode(),
        pa.array(texts, pa.large_string()),
    ):
        assert find_in_column("Clave", column) == {CURP}
    assert find_in_column("Clave", pa.chunked_array([], pa.string())) == set()
    assert find_in_column("Clave", pa.array([None, None], pa.string())) == set()


def test_find_in_column_wants_most_of_a_column_of_long_folios_to_check():
    random = Random(5)
    folios = [f"33{random.randrange(10**16):016}" for _ in range(2000)]
    assert sum(map(is_clabe, folios)) > 100  # by chance
    assert find_in_column("Folio de la solicitud", pa.array(folios)) == set()
    assert find_in_column("Cuenta CLABE", pa.array(folios)) == {CLABE}
    assert find_in_column("Datos", pa.array(["032180000118359719"] * 3)) == {CLABE}


SEEDS = [
    "a@b.mx",
    "GOMC800229HCLMRL09",
    "x GOMC-800229-AB1",
    "ñoñi800229ab1",
    "(871) 123-45-67",
    "81-1234-5678",
    "+528711234567",
    "Móvil 8711234567",
    "TELÉFONO 8711234567",
    "whatsapp: 871 1234 567",
    "su domicilio: 5",
]
texts_with_seeds = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(SEEDS),
        st.from_regex(r"[A-Z]{4}[0-9]{6}[A-Z0-9]{3}", fullmatch=True),
        st.from_regex(r"\(?[2-9][0-9]{1,2}\)?[ -][0-9]{3,4}[ -][0-9]{4}", fullmatch=True),
    ),
    max_size=8,
)


@given(texts_with_seeds)
def test_find_in_column_finds_what_the_texts_show(texts):
    """The coarse arrow shapes must let through all that the exact ones find."""
    column = pa.array([text.encode("utf-8", "ignore").decode() for text in texts], pa.string())
    assert find_in_column("", column) - {CLABE} == find_personal_data(column.to_pylist()) - {CLABE}


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("Pago a PELJ800101XX1 y pelj800101xx1", "Pago a ••• y •••"),
        ("CURP PEPJ800101HDFRRN09", "CURP •••"),
        ("a la CLABE 002010077777777771", "a la CLABE •••"),
        ("a la CLABE 002010077777777772", "a la CLABE 002010077777777772"),
        ("TELEFONOS: 55 1234 5678; WhatsApp 8711234567", "•••; •••"),
        ("escribir a maria.ruiz@example.org.mx", "escribir a •••"),
        ("Clave 314.220.1130 por $1,234,567.00 a CPE010203AB1", "Clave 314.220.1130 por $1,234,567.00 a CPE010203AB1"),
        ("Venta al público XAXX010101000", "Venta al público XAXX010101000"),
        ("", ""),
    ],
)
def test_cover_hides_personal_data_and_nothing_else(text, covered):
    assert cover(text) == covered


def test_cover_row_covers_whole_cells_and_all_of_a_domicile():
    row = [
        ("Proveedor", "Nombre Inventado"),
        ("RFC", "GOMC800229AB1"),
        ("Calle", "Inventada"),
        ("Número interior", "4"),
        ("Colonia", "Centro"),
        ("Monto", "1,284,500.00"),
        ("Nota", ""),
    ]
    assert cover_row(row) == [
        ("Proveedor", "Nombre Inventado"),
        *((heading, "•••") for heading in ("RFC", "Calle", "Número interior", "Colonia")),
        ("Monto", "1,284,500.00"),
        ("Nota", ""),
    ]
    works = [("Obra", "Pavimentación"), ("Colonia", "Centro")]
    assert cover_row(works) == works
