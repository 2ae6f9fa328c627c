"""Every figure of a real file stands in the very row to which its page leads."""

import pytest
from django.core.management import call_command

from datasets.ingest.numbers import NotAnAmount, to_cents
from datasets.models import LINES, Contract
from tests.datasets.files import upload
from tests.factories.partners import GesocFactory

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]

FILES = {
    "budget/mich_tanhuato_2019q1_estado_ejercicio_cog.xlsx": {},
    "budget/mich_tanhuato_2019q1_sipot_gasto_capitulo.xlsx": {"municipality": "16086"},
    "budget/gto_inaeba_2016q4_diciembre_definitivo.xlsx": {},
    "budget/gto_inaeba_2018q2_6_1_ingresos.xlsx": {},
    "budget/gto_inaeba_2020q4_6_4.xlsx": {},
    "budget/inegi_efipem_alcaldia_anual_tr_cifra_2020.csv": {},
    "budget/shcp_cuenta_publica_2022_categoria_programatica.xls": {},
    "budget/shcp_cuenta_publica_96_07_ramos.csv": {},
    "procurement/compranet_sample_Contratos2013_150514080004.csv": {},
    "procurement/hgo_ceaa_4to2021_a69_f28_b.xlsx": {"municipality": "13048"},
    "procurement/cdmx_sefin_2015q1_adj_directa.xlsx": {"public_body": "secretaria-de-finanzas"},
}


def cents(text):
    try:
        return to_cents(text)
    except NotAnAmount:
        return None


def amounts_of(line):
    names = ["amount", "amount_with_tax", "amount_without_tax"] if isinstance(line, Contract) else line.MOMENTS
    return {name: int(value * 100) for name in names if (value := getattr(line, name)) is not None}


@pytest.mark.parametrize("name", FILES)
def test_figures_stand_in_the_row_they_lead_to(client, realdata_dir, name):
    call_command("load_territory", verbosity=0)
    path = realdata_dir / name
    ingest = upload(path.read_bytes(), name=path.name, **FILES[name])
    if not ingest.releases.exists():
        pytest.fail(f"{ingest.status}: {ingest.error} {ingest.report.get('questions')}")
    client.force_login(GesocFactory())
    lines = LINES[ingest.kind].objects.filter(release__in=ingest.releases.values("pk")).order_by("line_no")
    lines = lines.filter(release__kind=ingest.kind) if ingest.kind else lines
    picked = list(lines)[:: max(1, lines.count() // 12)]
    assert picked
    for line in picked:
        response = client.get(f"/datos/versiones/{line.release_id}/filas/{line.line_no}/")
        assert response.status_code == 200
        printed = {cents(text) for row in response.context["rows"] for _heading, text in row.cells}
        missing = {name: amount for name, amount in amounts_of(line).items() if amount not in printed}
        assert not missing, (line.release_id, line.line_no, response.context["rows"])
