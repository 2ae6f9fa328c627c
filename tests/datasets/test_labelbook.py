import pyarrow as pa
import pytest

from datasets.ingest.labelbook import LabelBook, LabelRow, distinct, stable_id


def test_stable_id_is_the_same_on_every_machine_and_fits_bigint() -> None:
    assert stable_id("object", "1131", "Sueldos base") == 6269975892389198407
    assert stable_id("a", "bc") != stable_id("ab", "c")


@pytest.mark.parametrize(
    ("kind", "published", "name", "row"),
    [
        ("object", "11301", "Sueldos", ("1130", "11301", "Sueldos")),
        ("object", "", "1131 Sueldos", ("1130", "1131", "Sueldos")),
        ("object", "0164A", "Local", ("", "0164A", "Local")),
        ("function", "2.4.1", "Recreación", ("2.4.1", "2.4.1", "Recreación")),
        ("unit", "0101", "Dirección  General", ("0101", "0101", "Dirección General")),
        ("unit", "", "", ("", "", "")),
    ],
)
def test_label_keeps_the_published_code_beside_the_official_one(kind, published, name, row) -> None:
    book = LabelBook()
    ids = book.labels(kind, pa.array([published]), pa.array([name])).of_rows()
    fresh = book.take_fresh()
    assert [(one.code, one.published_code, one.name) for one in fresh] == [row]
    assert ids.tolist() == [stable_id(kind, row[1], row[2])] == [fresh[0].id]


def test_each_distinct_pair_is_handed_over_once() -> None:
    book = LabelBook()
    codes, names = pa.array(["1", "1", "2", None]), pa.array(["a", "b", "a", "a"])
    ids = book.labels("unit", codes, names).of_rows()
    assert len(set(ids.tolist())) == 4
    assert len(book.take_fresh()) == 4
    assert book.labels("unit", codes, names).of_rows().tolist() == ids.tolist()
    assert book.take_fresh() == []


def test_a_label_of_a_name_alone() -> None:
    book = LabelBook()
    book.labels("programme", None, pa.array(["Agua potable", "Agua potable"]))
    assert book.take_fresh() == [
        LabelRow(stable_id("programme", "", "Agua potable"), "programme", "", "", "Agua potable")
    ]


def test_distinct_of_plain_and_dictionary_columns_with_missing_cells() -> None:
    for column in (pa.array(["x", None, "x"]), pa.array(["x", None, "x"]).dictionary_encode()):
        texts, index = distinct(column)
        assert [texts[place] for place in index] == ["x", "", "x"]
