"""What depends on a release changes with it, page, export, ETag and indicator, and nothing else does: two municipalities
with the demo's files, one of which corrects its account of 2023, takes the correction back, and withdraws it."""

import csv
import io
import json
import zipfile

import pytest
from django.core.cache import cache, caches

from datasets import releases
from datasets.demo.write_files import FILES
from datasets.models import Release
from datasets.opendata.build import build, folder
from datasets.opendata.tables import TABLES
from datasets.tasks import evaluate_releases, prepare_standings
from tests.factories.partners import UserFactory

pytestmark = pytest.mark.django_db
OURS, OTHER = "05035", "23005"  # Torreón, Benito Juárez
LOADED = (
    "torreon_cuenta_publica_2022.xlsx",
    "torreon_cuenta_publica_2023.xlsx",
    "torreon_ingresos_2023.csv",
    "torreon_contratos_2023.csv",
    "benito_juarez_cuenta_publica_2022.xlsx",
    "benito_juarez_cuenta_publica_2023.xlsx",
    "benito_juarez_ingresos_2023.csv",
)
CUBE = "/api/v1/cubes/{kind}/aggregate/?cut=municipality:{code}&drilldown=year|{by}"
#: What tells of the spending of 2023 of one municipality.
SPENDING = {
    "summary": "/municipios/{code}/",
    "budget": "/municipios/{code}/presupuesto/?anio=2023",
    "real": "/municipios/{code}/presupuesto/?anio=2023&en=reales",
    "lines": "/municipios/{code}/presupuesto/renglones/?anio=2023",
    "figure as CSV": "/municipios/{code}/presupuesto/?anio=2023&formato=csv&figura=partes",
    "trend, a year before": "/municipios/{code}/presupuesto/?anio=2022",
    "cube": CUBE.replace("{kind}", "expenditure").replace("{by}", "chapter"),
    "indicators": "/municipios/{code}/senales/?anio=2023",
}
#: What tells of other money of the same municipality.
ELSEWHERE = {
    "revenue": "/municipios/{code}/ingresos/?anio=2023",
    "contracts": "/municipios/{code}/contratos/?anio=2023",
    "another year as CSV": "/municipios/{code}/presupuesto/?anio=2022&formato=csv&figura=partes",
    "cube of revenue": CUBE.replace("{kind}", "revenue").replace("{by}", "rubro"),
}
#: What tells of both.
TOGETHER = {
    "comparison": f"/comparar/?m={OURS}&m={OTHER}&anio=2023",
    "panorama": "/panorama/",
    "all money of 2023": "/api/v1/cubes/expenditure/aggregate/?cut=year:2023&drilldown=chapter",
}


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.KEPT_PAGES, settings.KEPT_PAGES_ASK_AFTER, settings.MEDIA_ROOT = True, 0.0, tmp_path
    caches["pages"].clear()
    yield
    caches["pages"].clear()


@pytest.fixture
def loaded(ingest):
    for name in LOADED:
        assert ingest(FILES / name, publish=True).status == "published", name


@pytest.fixture
def now(client):
    def read():
        """Everything as a visitor has it now: of pages that are kept their ETag, of all others what they say."""
        cache.clear()
        evaluate_releases(
            list(Release.objects.values_list("pk", flat=True))
        )  # what the worker does after each publication
        prepare_standings()
        files = downloads()  # summaries give their addresses, once there are any
        found = {name: answer(client, address) for name, address in TOGETHER.items()}
        for code in (OURS, OTHER):
            pages = SPENDING | (ELSEWHERE if code == OURS else {"revenue": ELSEWHERE["revenue"]})
            found |= {f"{code} {name}": answer(client, address.format(code=code)) for name, address in pages.items()}
        return found | files

    return read


def answer(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    if address.startswith("/api/"):
        told = response.json()
        return json.dumps([told.get("cells"), told.get("summary")], sort_keys=True)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response.headers.get("ETag") if "formato" not in address else content


def downloads():
    build(again=True)
    found = {}
    for code, name in ((OURS, "torreon-05035"), (OTHER, "benito-juarez-23005")):
        with zipfile.ZipFile(folder() / f"{name}.zip") as archive:
            for table in TABLES:
                if f"{table.name}.csv" in archive.namelist():
                    text = archive.read(f"{table.name}.csv").decode("utf-8-sig")
                    found[f"{code} {table.name}.csv"] = list(csv.reader(io.StringIO(text)))
    return found


def changed(before, after):
    assert before.keys() == after.keys()
    return {name for name in before if before[name] != after[name]}


def test_a_release_changes_what_depends_on_it_and_nothing_else(loaded, ingest, now):
    depends = {f"{OURS} {name}" for name in SPENDING} | {f"{OURS} gasto.csv"} | TOGETHER.keys()
    first = now()
    assert now() == first
    old = Release.objects.published().get(public_body__municipality=OURS, kind="expenditure", year=2023)

    ingest(FILES / "torreon_cuenta_publica_2023_modificada.xlsx", publish=True)
    restated = now()
    assert changed(first, restated) == depends - {"panorama"}, "panorama tells what is there, which is as before"

    releases.restore_release(release=old, by=UserFactory(), reason="La corrección no era la buena")
    # The summary lists what is published, what came last first; that is the restored one now.
    assert changed(first, now()) == {f"{OURS} summary"}

    current = Release.objects.published().get(public_body__municipality=OURS, kind="expenditure", year=2023)
    releases.withdraw_release(release=current, by=UserFactory(), reason="Se publicó por error")
    # The other one's summary counts how many of its peers publish 2023.
    assert changed(first, now()) == depends | {f"{OTHER} summary"}
