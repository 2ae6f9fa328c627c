from hypothesis import example, given
from hypothesis import strategies as st

from gesoc.common.text import search_text, sort_key, tokens

NAMES = ["Nuz", "Nuño", "Nunzio", "Ñuu Savi", "Oaxaca", "Árbol", "Arbolito", "Zapata"]


def test_sort_key_orders_as_a_spanish_dictionary():
    assert sorted(NAMES, key=sort_key) == [
        "Árbol", "Arbolito", "Nunzio", "Nuño", "Nuz", "Ñuu Savi", "Oaxaca", "Zapata",
    ]  # fmt: skip


def test_sort_key_reads_composed_and_decomposed_letters_alike():
    assert sort_key("Peñón") == sort_key("Pen\u0303o\u0301n") == "pen~on"


def test_sort_key_ignores_punctuation_and_a_typed_tilde():
    assert sort_key("  Dr.  Mora~ ") == "dr mora"


def test_search_text_folds_accents_case_and_punctuation():
    assert search_text("Ñuu Savi, «Güémez» (Dr. Coss)") == "nuu savi guemez dr coss"


def test_tokens_are_distinct_and_keep_their_order():
    assert tokens("Benito  Juárez, juarez; Quintana Roo") == ["benito", "juarez", "quintana", "roo"]


def test_tokens_of_punctuation_is_empty():
    assert tokens(" ¿? ·~ ") == []


@given(st.text())
def test_folding_is_idempotent_and_plain(text):
    folded = search_text(text)
    assert search_text(folded) == folded
    assert folded.isascii()
    assert folded == folded.strip()


@given(st.text(), st.text())
@example("", "0\u03450")
@example("℡", "ı")
def test_what_was_typed_in_any_case_folds_alike(one, other):
    assert tokens(f"{one} {other}".upper().lower()) == tokens(f"{one} {other}".lower())
