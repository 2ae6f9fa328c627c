"""The official codes on a page, and headings of two years under different editions of a classifier."""

import csv
from io import StringIO

import pytest
from django.urls import reverse

from datasets.classifiers import load_classifiers
from datasets.models import ClassNode, Crosswalk
from datasets.selectors.cells import Cell
from datasets.selectors.classifiers import RENUMBERED, same_headings

URL = "/clasificadores/"


@pytest.fixture
def loaded(db):
    load_classifiers()


def cell(key, name):
    return Cell(1, key, key, key, name, name, {}, 1)


OLD = [
    cell("1", "Recursos fiscales"), cell("4", "Ingresos propios"), cell("5", "Recursos federales"),
    cell("7", "Otros recursos"), cell("99", "Fondo propio"), cell("FAIS", "FAIS 2017"),
]  # fmt: skip


def test_a_code_whose_meaning_changed_is_not_the_same_heading(loaded):
    """1 was own taxes until 2017, and is everything that is not earmarked since."""
    new = [
        cell(code, name) for code, name in (("1", "No etiquetado"), ("11", "Recursos fiscales"), ("99", "Fondo propio"))
    ]
    assert same_headings("funding", OLD, new, years=(2017, 2018)) == {
        "1": "11", "4": "14", "99": "99", "FAIS": "FAIS",
    }  # fmt: skip


def test_who_goes_on_printing_the_old_codes_under_the_old_names_compares(loaded):
    new = [cell("1", "RECURSOS FISCALES"), cell("5", "Recursos Federales"), cell("7", "Etiquetado")]
    assert same_headings("funding", OLD, new, years=(2017, 2018)) == {
        "1": "1", "4": "14", "5": "5", "99": "99", "FAIS": "FAIS",
    }  # fmt: skip


def test_within_one_edition_and_for_other_classifiers_every_code_is_itself(loaded, django_assert_num_queries):
    same = {one.key: one.key for one in OLD}
    assert same_headings("funding", OLD, OLD[:1], years=(2015, 2016)) == same
    with django_assert_num_queries(0):
        assert same_headings("object", OLD, [], years=(2017, 2018)) == same
        assert same_headings(None, OLD, [], years=(2017, 2018)) == same


def test_two_headings_that_became_one_are_not_compared(loaded):
    before = [cell("1", "Recursos fiscales"), cell("11", "Predial")]
    assert same_headings("funding", before, [cell("11", "Recursos fiscales")], years=(2017, 2018)) == {}


def test_only_the_renumbered_classifiers_have_codes_that_meant_something_else(loaded):
    twice = ClassNode.objects.filter(until__isnull=False).order_by().values_list("classifier", flat=True).distinct()
    assert set(twice) == RENUMBERED


def test_each_entry_of_an_earlier_edition_has_its_crosswalk_and_a_source(loaded):
    old = ClassNode.objects.filter(until__isnull=False)
    assert {one.code for one in old} == set(Crosswalk.objects.values_list("origin__code", flat=True))
    assert all("DOF" in one.source for one in Crosswalk.objects.all())
    for one in old:
        wholes = [link.is_whole for link in one.became.all()]
        assert wholes in ([True], [False, False])


def test_crosswalks_are_loaded_once_and_brought_to_the_file(loaded, django_assert_num_queries):
    with django_assert_num_queries(2 + 2):  # and the savepoint
        assert load_classifiers() == 0
    Crosswalk.objects.filter(origin__code="1").update(is_whole=False)
    ClassNode.objects.filter(code="27").delete()
    assert load_classifiers() == 1 + 1 + 1 + 1  # the entry, its crosswalk, and one taken away and written
    assert Crosswalk.objects.count() == 10
    assert load_classifiers() == 0


# -- the page ------------------------------------------------------------------------------------------------------


def test_the_page_tells_each_code_and_what_it_was(client, loaded, django_assert_num_queries):
    with django_assert_num_queries(3):
        page = client.get(URL, {"cual": "fuente"}).content.decode()
    for said in (
        "hasta 2017",
        "ahora es 15 y 25",
        "hasta 2017 era 1",
        "hasta 2017 era parte de 5",
        "sin cotejar con el DOF",
    ):
        assert said in page
    assert client.get(URL).content.decode().count("<tr") == 1 + 427


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"q": "115"}, []),
        ({"q": "511"}, ["5110"]),
        ({"q": "CONTABILIDAD auditoria"}, ["3310"]),
        ({"q": "road transport", "cual": "funcion"}, ["3.5.1"]),
        ({"cual": "tipo"}, ["1", "2", "3", "4", "5"]),
        ({"cual": "nada", "q": "5110"}, ["5110"]),
        ({"q": "\t"}, None),
    ],
)
def test_codes_and_words_are_searched(client, loaded, asked, codes):
    answer = client.get(URL, {**asked, "formato": "csv"})
    rows = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert codes is None or [line[0] for line in rows[1:]] == codes
    assert len(rows[0]) == 9


def test_what_is_not_found_says_where_to_look(client, loaded):
    page = client.get(URL, {"q": "<script>nada", "cual": "fuente"}).content.decode()
    assert "Ninguna clave coincide" in page
    assert "<script>nada" not in page
    assert 'href="?cual=fuente"' in page
    assert reverse("datasets:classifiers") == URL
