import pytest

from datasets.ingest.bodies import BodyRef, Place, Territory, UnknownPlace, resolve_body

TERRITORY = Territory(
    {"05035": "Torreón", "16086": "Tanhuato", "23005": "Benito Juárez", "09014": "Benito Juárez", "23008": "Playa del Carmen",
     "09002": "Azcapotzalco"},
    {"05": "Coahuila de Zaragoza", "16": "Michoacán de Ocampo", "23": "Quintana Roo", "09": "Ciudad de México",
     "11": "Guanajuato"},
    {"coahuila": "05", "coahuila de zaragoza": "05", "michoacan": "16", "michoacan de ocampo": "16", "quintana roo": "23",
     "ciudad de mexico": "09", "distrito federal": "09", "guanajuato": "11"},
    {"23008": ["Solidaridad"]},
)  # fmt: skip
TORREON = BodyRef("municipality", "Torreón", "05035", "05")


@pytest.mark.parametrize(
    ("place", "body"),
    [
        (Place(municipality_code="05035"), TORREON),
        (Place(municipality_code="5035"), TORREON),
        (Place(municipality_code="35", state_code="5"), TORREON),
        (Place(municipality_code="035.0", state_code="05.0"), TORREON),
        (Place(municipality_name="torreon", state_name="COAHUILA"), TORREON),
        (Place(municipality_name="Tanhuato"), BodyRef("municipality", "Tanhuato", "16086", "16")),
        (Place(municipality_name="Benito Juárez"), None),  # two of them: the state must be said
        (
            Place(municipality_name="Benito Juárez", state_code="23"),
            BodyRef("municipality", "Benito Juárez", "23005", "23"),
        ),
        (
            Place(municipality_name="Solidaridad", state_code="23"),
            BodyRef("municipality", "Playa del Carmen", "23008", "23"),
        ),
        (Place(municipality_code="2", state_code="9"), BodyRef("municipality", "Azcapotzalco", "09002", "09")),
        (Place(municipality_code="0", state_code="11"), BodyRef("state", "Guanajuato", None, "11")),
        (Place(entity_name="MUNICIPIO DE TANHUATO, MICHOACÁN"), BodyRef("municipality", "Tanhuato", "16086", "16")),
        (Place(entity_name="H. Ayuntamiento Constitucional de Torreón"), TORREON),
        (
            Place(entity_name="Municipio de Benito Juárez Quintana Roo"),
            BodyRef("municipality", "Benito Juárez", "23005", "23"),
        ),
        (Place(entity_name="Gobierno del Estado de Coahuila"), BodyRef("state", "Coahuila de Zaragoza", None, "05")),
        (Place(entity_name="Gobierno de México"), BodyRef("federation", "Gobierno de México")),
        (Place(entity_name="DIF", municipality_code="05035"), BodyRef("municipal_agency", "DIF", "05035", "05")),
        (
            Place(entity_name="Comisión  del Agua", state_name="Guanajuato"),
            BodyRef("state_agency", "Comisión del Agua", None, "11"),
        ),
        (Place(entity_name="IMSS", level="GF"), BodyRef("federal_agency", "IMSS")),
        (Place(entity_name="Instituto X"), BodyRef("unknown", "Instituto X")),
        (Place(), None),
    ],
)
def test_body_of_a_place(place: Place, body: BodyRef | None) -> None:
    assert resolve_body(place, TERRITORY) == body


@pytest.mark.parametrize("code", ["99999", "05999", "abc"])
def test_code_that_does_not_exist_is_refused(code: str) -> None:
    with pytest.raises(UnknownPlace) as refused:
        resolve_body(Place(municipality_code=code), TERRITORY)
    assert (refused.value.code, refused.value.value) == ("unknown_municipality", code)
