"""Classifiers and governments that come with the code."""

import csv
import re
from io import StringIO

import pytest
from django.core.management import call_command

from datasets import selectors
from datasets.classifiers import DATA, load_classifiers
from datasets.models import ClassNode, PublicBody
from datasets.public_bodies import ensure_governments, name_key
from datasets.selectors.cells import settled_names
from datasets.versions import data_version
from tests.factories.datasets import (
    MunicipalityFactory,
    PublicBodyFactory,
    ReleaseFactory,
    StateFactory,
    expenditure_cell,
    label,
)


def rows(name):
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# -- the files -----------------------------------------------------------------------------------------------------


def test_object_classifier_has_the_official_size_and_every_code_its_parent():
    levels = [row["level"] for row in rows("object")]
    assert {level: levels.count(level) for level in set(levels)} == {"chapter": 9, "concept": 63, "item": 355}
    for row in rows("object"):
        code, parent = row["code"], row["parent_code"]
        expected = {"chapter": "", "concept": f"{code[0]}000", "item": f"{code[:2]}00"}[row["level"]]
        assert (re.fullmatch(r"[1-9]\d\d0", code) is not None, parent) == (True, expected), code
        assert not code.startswith("18")  # Mexico City's own


def test_each_administrative_code_stands_under_the_one_with_a_digit_less():
    for row in rows("admin"):
        digits = row["code"].split(".")
        depth = max(place for place, digit in enumerate(digits) if digit != "0")
        parent = ".".join([*digits[:depth], *["0"] * (5 - depth)])
        assert row["parent_code"] == ("" if depth == 0 else parent), row["code"]
        assert "sin copia" in row["source"] and "DOF" in row["source"]


@pytest.mark.parametrize("name", ClassNode.Classifier.values)
def test_classifier_files_are_complete(name):
    found = rows(name)
    codes = {row["code"] for row in found}
    # A code stands once for every span of years in which it meant something of its own.
    assert len({(row["code"], row.get("since")) for row in found}) == len(found)
    for row in found:
        assert row["parent_code"] in codes | {""}
        assert row["name_es"] and row["name_en"] and row["source"]
        assert [row[column] for column in ("name_es", "name_en")] == [
            " ".join(row[column].split()) for column in ("name_es", "name_en")
        ]
        assert row["name_es"][0].isupper() and row["name_en"][0].isupper()


@pytest.mark.parametrize(
    ("name", "code", "spanish", "english"),
    [
        ("object", "4000", "Transferencias, asignaciones, subsidios y otras ayudas", "Transfers"),
        ("object", "5600", "Maquinaria, otros equipos y herramientas", "Machinery"),
        ("object", "1130", "Sueldos base al personal permanente", "Base pay"),
        ("function", "2.4", "Recreación, cultura y otras manifestaciones sociales", "Recreation"),
        ("revenue", "8", "Participaciones, aportaciones, convenios, incentivos derivados", "Revenue shares"),
        ("revenue", "01", "Endeudamiento interno", "Domestic borrowing"),
        ("economic", "2", "Gasto de capital", "Capital expenditure"),
        ("funding", "25", "Recursos federales", "Federal resources"),
        ("admin", "3.1.1.1.1", "Órgano ejecutivo municipal", "Municipal executive"),
    ],
)
def test_classifier_names(name, code, spanish, english):
    (row,) = [row for row in rows(name) if row["code"] == code]
    assert row["name_es"].startswith(spanish)
    assert row["name_en"].startswith(english)


# -- loading -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_load_classifiers_once_twice_and_after_a_change(django_assert_num_queries):
    ClassNode.objects.all().delete()
    count = sum(len(rows(name)) for name in ClassNode.Classifier.values)
    assert load_classifiers() == count + len(rows("crosswalks"))
    assert ClassNode.objects.count() == count
    with django_assert_num_queries(2 + 2):  # and the savepoint's two
        assert load_classifiers() == 0
    ClassNode.objects.filter(classifier="object", code="1000").update(name_es="Otra cosa")
    ClassNode.objects.create(classifier="object", code="1800", name_es="De la Ciudad de México", level="concept")
    assert load_classifiers() == 2
    assert ClassNode.objects.get(classifier="object", code="1000").name_es == "Servicios personales"
    assert ClassNode.objects.get(classifier="object", code="1000").short_es == "Servicios personales (sueldos)"
    assert not ClassNode.objects.filter(code="1800").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("year", "name"), [(2017, "Recursos fiscales"), (2018, "No etiquetado"), (2025, "No etiquetado")]
)
def test_a_code_is_named_as_in_the_year_of_its_file(year, name):
    load_classifiers()
    release = ReleaseFactory(year=year)
    expenditure_cell(release, "funding", "1", label=label("funding", "", code="1", published_code="1"), accrued="5.00")
    expenditure_cell(release, "funding", "5", label=label("funding", "Lo federal", code="5", published_code="5"))
    cells = {cell.key: cell.name for cell in selectors.expenditure_cells(releases=[release], by="funding")}
    assert (cells["1"], cells["5"]) == (name, "Lo federal")
    # Figures of several years at once say nothing of a digit that changed its meaning.
    assert set(settled_names("funding", ["1", "2", "5", "11"])) == {"5", "11"}
    assert selectors.official_names("funding", ["1", "5"])["1"].full == "No etiquetado"


@pytest.fixture
def few_places(db):
    PublicBody.objects.all().delete()
    city = StateFactory(code="09", name="Ciudad de México", short_name="Ciudad de México", slug="ciudad-de-mexico")
    MunicipalityFactory(code="05035", name="Torreón")
    MunicipalityFactory(code="09003", name="Coyoacán", kind="borough", state=city)
    from municipalities.models import Municipality, State

    Municipality.objects.exclude(code__in=["05035", "09003"]).delete()
    State.objects.exclude(code__in=["05", "09"]).delete()


def bodies():
    found = PublicBody.objects.order_by("slug")
    return [(body.slug, body.name, body.kind, body.municipality_id, body.state_id, body.confirmed) for body in found]


def test_ensure_governments_names_every_place_once(few_places):
    expected = [
        ("coyoacan-09003", "Alcaldía Coyoacán", "municipality", "09003", "09", True),
        ("federacion", "Gobierno Federal", "federation", None, None, True),
        ("gobierno-de-ciudad-de-mexico", "Gobierno de la Ciudad de México", "state", None, "09", True),
        ("gobierno-de-coahuila", "Gobierno del Estado de Coahuila de Zaragoza", "state", None, "05", True),
        ("torreon-05035", "Municipio de Torreón", "municipality", "05035", "05", True),
    ]
    assert ensure_governments() == 5
    assert bodies() == expected
    assert ensure_governments() == 0
    assert bodies() == expected
    torreon = PublicBody.objects.get(slug="torreon-05035")
    assert (torreon.name_key, torreon.sort_key) == ("municipio de torreon", "municipio de torreon")
    assert torreon.search_text == "municipio de torreon coahuila zaragoza"


def test_ensure_governments_keeps_what_people_edited_and_mends_what_follows(few_places):
    PublicBodyFactory(slug="mi-torreon", name="Ayuntamiento de Torreón", name_key="viejo")
    agency = PublicBodyFactory(slug="simas", name="SIMAS Torreón", kind="municipal_agency", name_key="no tocar")
    assert ensure_governments() == 5  # four are new, one is mended
    kept = PublicBody.objects.get(kind="municipality", municipality="05035")
    assert (kept.slug, kept.name, kept.name_key) == (
        "mi-torreon",
        "Ayuntamiento de Torreón",
        "ayuntamiento de torreon",
    )
    agency.refresh_from_db()
    assert agency.name_key == "no tocar"
    assert ensure_governments() == 0


def test_ensure_governments_costs_the_same_queries_whatever_the_number(few_places, django_assert_max_num_queries):
    ensure_governments()
    with django_assert_max_num_queries(3 + 2):  # and the savepoint's two
        ensure_governments()


def test_name_key_is_blind_to_accents_case_and_marks():
    assert name_key("Municipio de  TORREÓN, Coah.") == "municipio de torreon coah"
    assert len(name_key("á" * 1000)) == 300


@pytest.mark.django_db
def test_load_reference_loads_all_then_nothing():
    out = StringIO()
    call_command("load_reference", stdout=out)
    first = data_version()
    call_command("load_reference", stdout=out)
    assert PublicBody.objects.filter(kind="municipality").count() == 2478
    assert PublicBody.objects.filter(kind="state").count() == 32
    assert PublicBody.objects.filter(kind="federation").count() == 1
    assert out.getvalue().splitlines()[1].startswith("Reference data is up to date")
    assert data_version() == first  # what did not change is not served anew
