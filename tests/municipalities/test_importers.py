from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from datasets.versions import data_version
from municipalities import importers, selectors
from municipalities.models import MetropolitanMembership, Population, PriceIndex
from municipalities.tables import UnreadableFile, read

pytestmark = pytest.mark.usefixtures("territory")

CATALOGUE = """\
INEGI. Catálogo Único de Claves de Áreas Geoestadísticas
CVEGEO,CVE_ENT,NOM_ENT,NOM_ABR,CVE_MUN,NOM_MUN,CVE_CAB,NOM_CAB,POB_TOTAL,POB_MASCULINA,POB_FEMENINA,TOTAL DE VIVIENDAS
05001,05,Coahuila de Zaragoza,Coah.,001,Abasolo,0001,Abasolo,"1,001",500,501,330
05002,05,Coahuila de Zaragoza,Coah.,002,Acuña,0001,Ciudad Acuña,163058,82120,80938,48000
02007,02,Baja California,BC,007,San Felipe,0001,San Felipe,-,-,-,-
04013,04,Campeche,Camp.,013,Dzitbalché,0001,Dzitbalché,0,0,0,0
99001,99,Nowhere,N,001,Nada,0001,Nada,7,3,4,1

"Fuente: INEGI, Censo de Población y Vivienda 2020"
"""


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def file(tmp_path):
    def write(text: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / "archivo.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def populations(**filters: object) -> dict[tuple[str, int], int]:
    found = Population.objects.filter(municipality__isnull=False, **filters)
    return {(one.municipality_id, one.year): one.value for one in found}


# -- AGEEML ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_ageeml_loads_what_is_published(file, encoding):
    report = importers.import_ageeml(path=file(CATALOGUE, encoding))
    assert (report.loaded, report.unpublished, report.unknown) == (2, 2, ["99001"])
    assert populations(municipality__in=["05001", "05002", "02007", "04013"]) == {
        ("05001", 2020): 1001,
        ("05002", 2020): 163058,
    }
    assert Population.objects.get(municipality="05002").source.endswith("Vivienda 2020 (archivo.csv)")


def test_ageeml_again_is_the_same_and_corrects(file):
    importers.import_ageeml(path=file(CATALOGUE))
    before = populations()
    importers.import_ageeml(path=file(CATALOGUE))
    assert populations() == before
    importers.import_ageeml(path=file(CATALOGUE.replace('"1,001"', "1002")))
    assert populations() == before | {("05001", 2020): 1002}


def test_ageeml_of_localities_is_summed(file):
    text = "CVEGEO\tCVE_LOC\tNOM_LOC\tPOB_TOTAL\n050010001\t0001\tAbasolo\t900\n50010002\t0002\tOtra\t101\n"
    importers.import_ageeml(path=file(text))
    assert populations(municipality="05001") == {("05001", 2020): 1001}


def test_ageeml_code_without_its_leading_zero(file):
    importers.import_ageeml(path=file("CVE_ENT;CVE_MUN;POB_TOTAL\n5;1;1001\n"), year=2010)
    assert populations(municipality="05001") == {("05001", 2010): 1001}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "empty"),
        ("a,b\n1,2\n", "POB_TOTAL"),
        ("CVEGEO,POB_TOTAL\n05001,mil\n", "Line 2: “mil”"),
        ("CVEGEO,POB_TOTAL\n05001,-4\n", "Line 2: “-4”"),
        ("CVEGEO,POB_TOTAL\n05001,4.5\n", "Line 2: “4.5”"),
        ("CVEGEO,POB_TOTAL\n05001,inf\n", "Line 2: “inf”"),
        ("CVEGEO,POB_TOTAL\nTor,4\n", "Line 2: “00Tor”"),
        ("CVEGEO,POB_TOTAL\n05001,4\n05001,4\n", "Line 3 repeats 05001"),
        ("CVEGEO,POB_TOTAL\n99001,4\n", "no population"),
        ("CVEGEO,POB_TOTAL\n05001,0\n", "no population"),
        (b"%PDF-1.7 ...", "not a CSV"),
        (b"PK\x03\x04....", "not a CSV"),
        (b"<html></html>", "not a CSV"),
    ],
)
def test_ageeml_that_cannot_be_read_writes_nothing(file, text, sentence):
    before = populations()
    with pytest.raises(UnreadableFile, match=sentence):
        importers.import_ageeml(path=file(text))
    assert populations() == before


def test_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"nada\.csv"):
        call_command("import_ageeml", str(tmp_path / "nada.csv"))


@given(st.binary(max_size=400), st.sampled_from(["", "CVEGEO,POB_TOTAL\n", "CVEGEO;CVE_LOC;POB_TOTAL\r\n"]))
def test_any_bytes_are_read_or_refused_with_a_sentence(tmp_path_factory, content, heading):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(heading.encode() + content)
    try:
        rows = list(read(path, importers.CATALOGUE, ["people"]))
    except UnreadableFile as problem:
        assert str(problem)
    else:
        assert all(row.line > 1 for row in rows)


# -- metropolitan zones ---------------------------------------------------------------------------------------------

LIST_2015 = """\
CVE_ZM,NOM_ZM,CVE_ENT,NOM_ENT,CVE_MUN,NOM_MUN,POB_2015,TIPO_MUN
05.01,La Laguna,05,Coahuila de Zaragoza,05035,Torreón,679288,1
05.01,La Laguna,10,Durango,10007,Gómez Palacio,342286,1
99.01,Nada,99,Nada,99001,Nada,1,1
"""
LIST_2020 = """\
clave_metropoli,tipo,nombre,clave_entidad,entidad,clave_municipio,municipio
08.1.01,Zona metropolitana,La Laguna,5,Coahuila,35,Torreón
26.2.03,Metrópoli municipal,Hermosillo,26,Sonora,30,Hermosillo
05.3.05,Zona conurbada,Sabinas,5,Coahuila,28,Sabinas
99.9.01,Región económica,Norte,26,Sonora,43,Nogales
"""


def members(edition: int) -> dict[str, tuple[str, str]]:
    found = MetropolitanMembership.objects.filter(edition=edition)
    return {one.municipality_id: (one.zone, one.name) for one in found}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_list_of_zones_replaces_what_was_loaded_of_its_edition(file, encoding):
    report = importers.import_metropolitan(path=file(LIST_2015, encoding), edition=2015)
    assert (report.loaded, report.unknown) == (2, ["99001"])
    assert members(2015) == {"05035": ("05.01", "La Laguna"), "10007": ("05.01", "La Laguna")}
    source = MetropolitanMembership.objects.get(edition=2015, municipality="05035").source
    assert source == "SEDATU, CONAPO, INEGI, zonas metropolitanas de México 2015 (archivo.csv)"


def test_list_of_2020_tells_kinds_apart_and_leaves_older_editions(file, capsys):
    call_command("import_metropolitan", str(file(LIST_2020)), "--edition=2020")
    assert capsys.readouterr().out.splitlines() == [
        "Figures loaded: 3.",
        "Left out, because they belong to no metropolitan zone: 1.",
    ]
    kinds = dict(MetropolitanMembership.objects.filter(edition=2020).values_list("municipality", "kind"))
    assert kinds == {"05035": "zone", "26030": "city", "05028": "conurbation"}
    assert members(2020)["05035"] == ("08.1.01", "La Laguna")
    assert set(MetropolitanMembership.objects.filter(edition=2015).values_list("kind", flat=True)) == {"zone"}
    assert len(members(2015)) == 417


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n", "CVE_ZM"),
        ("CVE_ZM,NOM_ZM,CVE_MUN\n1,Uno,Torreón\n", "Line 2: “Torreón”"),
        ("CVE_ZM,NOM_ZM,CVE_MUN\n1,Uno,05035\n2,Dos,5035\n", "Line 3 repeats 05035"),
        ("CVE_ZM,NOM_ZM,CVE_MUN\n,Uno,05035\n", "Line 2 names no metropolitan zone"),
        ("CVE_ZM,NOM_ZM,CVE_MUN\n1,Uno,99001\n", "no municipality of a metropolitan zone"),
    ],
)
def test_list_of_zones_that_cannot_be_read_changes_nothing(file, text, sentence):
    before = members(2015)
    with pytest.raises(UnreadableFile, match=sentence):
        importers.import_metropolitan(path=file(text), edition=2015)
    assert members(2015) == before


@pytest.mark.parametrize("edition", ["15", "99999"])
def test_edition_that_is_no_year_is_a_sentence(file, edition):
    with pytest.raises(CommandError, match="edition"):
        call_command("import_metropolitan", str(file(LIST_2015)), f"--edition={edition}")


# -- CONAPO ---------------------------------------------------------------------------------------------------------

PROJECTIONS = """\
RENGLON,CLAVE,CLAVE_ENT,NOM_ENT,MUN,SEXO,AÑO,EDAD_QUIN,POB
1,5035,5,Coahuila,Torreón,Hombres,2024,pobm_00_04,30000
2,5035,5,Coahuila,Torreón,Hombres,2024,pobm_05_09,31000
3,5035,5,Coahuila,Torreón,Mujeres,2024,pobm_00_04,29000
4,5035,5,Coahuila,Torreón,Mujeres,2025,pobm_00_04,29500
5,2007,2,Baja California,San Felipe,Hombres,2024,pobm_00_04,0
"""


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_conapo_sums_sex_and_age(file, encoding):
    report = importers.import_conapo(path=file(PROJECTIONS, encoding))
    assert (report.loaded, report.unpublished, report.unknown) == (2, 1, [])
    assert populations(kind="projection") == {("05035", 2024): 90000, ("05035", 2025): 29500}


def test_conapo_never_adds_totals_to_their_parts(file):
    text = (
        "CLAVE,SEXO,AÑO,EDAD,POB\n05035,HOMBRES,2024,00_04,10\n05035,HOMBRES,2024,TOTAL,10\n05035,TOTAL,2024,TOTAL,10\n"
    )
    importers.import_conapo(path=file(text))
    assert populations(kind="projection") == {("05035", 2024): 10}


def test_conapo_of_totals_only(file):
    importers.import_conapo(path=file("CLAVE,SEXO,AÑO,EDAD,POB\n05035,Total,2024,Total,10\n"))
    assert populations(kind="projection") == {("05035", 2024): 10}


def test_conapo_reconstructed_base_has_a_total_column(file):
    heading = "CLAVE,CLAVE_ENT,NOM_ENT,NOM_MUN,SEXO,AÑO,POB_00_04,POB_TOTAL"
    importers.import_conapo(path=file(f"{heading}\n05035,5,C,T,H,1990,1,40\n05035,5,C,T,M,1990,1,41\n"))
    assert populations(kind="projection") == {("05035", 1990): 81}


def test_conapo_again_is_the_same(file, django_assert_max_num_queries):
    importers.import_conapo(path=file(PROJECTIONS))
    before = populations()
    with django_assert_max_num_queries(5):  # the last one tells those who remember
        importers.import_conapo(path=file(PROJECTIONS))
    assert populations() == before


@pytest.mark.parametrize(
    ("load", "text"),
    [
        (importers.import_ageeml, CATALOGUE),
        (importers.import_conapo, PROJECTIONS),
        (importers.import_inpc, "year,value\n2023,131.5\n"),
        (lambda path: importers.import_metropolitan(path=path, edition=2015), LIST_2015),
    ],
)
def test_what_is_imported_is_told_to_those_who_remember(file, load, text):
    before = data_version()
    load(path=file(text))
    assert data_version() == before + 1


def test_conapo_with_a_bad_year_writes_nothing(file):
    before = populations()
    with pytest.raises(UnreadableFile, match="Line 2: “24” is not a year"):
        importers.import_conapo(path=file("CLAVE,AÑO,POB\n05035,24,10\n"))
    assert populations() == before


# -- INPC -----------------------------------------------------------------------------------------------------------


def months(year: int, count: int) -> str:
    return "".join(f"{year}-{month:02}-01,{100 + month}\r\n" for month in range(1, count + 1))


def test_inpc_averages_whole_years_only(file):
    report = importers.import_inpc(path=file("Fecha,IPC\r\n" + months(2023, 12) + months(2024, 7)))
    assert (report.loaded, report.incomplete) == (1, [2024])
    assert dict(PriceIndex.objects.filter(series="inpc").values_list("year", "value")) == {2023: Decimal("106.5")}


def test_inpc_by_year(file):
    importers.import_inpc(path=file("year,value\n2023,131.5\n2024,137.9\n"))
    assert PriceIndex.objects.filter(series="inpc").count() == 2


@pytest.mark.parametrize("date", ["2023/13", "13/2023", "ene 2023", ""])
def test_inpc_with_a_bad_month_writes_nothing(file, date):
    with pytest.raises(UnreadableFile, match=r"2\b"):
        importers.import_inpc(path=file(f"Fecha,INPC\n{date},100\n"))
    assert not PriceIndex.objects.filter(series="inpc").exists()


@pytest.mark.parametrize("value", ["0", "-1", "N/E", "NaN", ""])
def test_inpc_with_a_bad_value_writes_nothing(file, value):
    with pytest.raises(UnreadableFile, match=r"2\b"):
        importers.import_inpc(path=file(f"Periodo,INPC\n2023/01,{value}\n"))
    assert not PriceIndex.objects.filter(series="inpc").exists()


def test_inpc_without_a_complete_year_is_a_sentence(file):
    with pytest.raises(CommandError):
        call_command("import_inpc", str(file("Fecha,IPC\n2024-01-01,100\n")))


@pytest.mark.realdata
def test_inpc_of_a_published_file_grows_like_the_udi(realdata_dir):
    report = importers.import_inpc(path=realdata_dir / "reference" / "inpc_mensual_1969_2024.csv")
    assert (report.loaded, report.incomplete) == (55, [2024])
    inpc, udi = selectors.deflator("inpc").values, selectors.deflator("udi").values
    for year in range(2000, 2024):
        assert abs(inpc[year] / inpc[year - 1] - udi[year] / udi[year - 1]) < Decimal("0.006"), year


def test_bad_input_is_said_in_spanish(file):
    with translation.override("es-mx"), pytest.raises(CommandError) as problem:
        call_command("import_ageeml", str(file("CVEGEO,POB_TOTAL\n05001,mil\n")))
    assert str(problem.value) == "Línea 2: «mil» no es un número de personas."


# -- what the commands say ------------------------------------------------------------------------------------------


def said(command: str, path: Path) -> list[str]:
    out = StringIO()
    call_command(command, str(path), stdout=out)
    return out.getvalue().splitlines()


def test_commands_say_what_was_left_out(file):
    assert said("import_ageeml", file(CATALOGUE)) == [
        "Figures loaded: 2.",
        "Left out, because 0 or blank means not published: 2.",
        "Left out, because no municipality has the code: 1 (99001).",
    ]
    assert said("import_conapo", file(PROJECTIONS))[0] == "Figures loaded: 2."
    assert said("import_inpc", file("Fecha,IPC\n" + months(2023, 12) + months(2024, 1))) == [
        "Figures loaded: 1.",
        "Years without their twelve months, left out: 2024.",
    ]
