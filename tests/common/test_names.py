"""Names in a text of the Chatham House rule (dialogue.md §6.3, 15 and 16)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesoc.common.names import REDACTED, named, redact

PEOPLE = ["Ana María Ruiz López", "José Peña"]
ORGANISATIONS = ["Laguna Abierta, A.C.", "GESOC"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana María Ruiz López lo dijo", ["Ana María Ruiz López"]),
        ("ana maria propuso abrir el padrón", ["Ana María Ruiz López"]),
        ("La señora RUIZ no está de acuerdo", ["Ana María Ruiz López"]),
        ("El ingeniero Pena pidió la palabra", ["José Peña"]),
        ("Laguna Abierta publicó los datos", ["Laguna Abierta, A.C."]),
        ("lo pidió gesoc", ["GESOC"]),
        ("Peña y Ruiz", ["Ana María Ruiz López", "José Peña"]),
        ("María trajo los permisos", ["Ana María Ruiz López"]),
        ("Ana trajo la sesión abierta", []),
        ("Las obras de la laguna", []),
        ("El ruido de la calle", []),
        ("", []),
    ],
)
def test_edge_16_names_of_the_table_are_found(text, expected):
    assert named(text, PEOPLE, ORGANISATIONS) == expected


def test_edge_15_names_are_taken_out_and_the_rest_stays():
    text = "Ana María Ruiz (Laguna Abierta) dijo: «José Peña, eso no es así»."
    assert redact(text, PEOPLE, ORGANISATIONS) == f"{REDACTED} ({REDACTED}) dijo: «{REDACTED}, eso no es así»."


@given(st.text(), st.lists(st.sampled_from([*PEOPLE, *ORGANISATIONS]), max_size=4))
def test_nothing_named_is_left(text, inserted):
    mixed = text + " " + " y ".join(inserted)
    assert named(redact(mixed, PEOPLE, ORGANISATIONS), PEOPLE, ORGANISATIONS) == []


@given(st.text(alphabet="abc defñé.,\n"))
def test_a_text_without_names_is_untouched(text):
    assert redact(text, PEOPLE, ORGANISATIONS) == text
