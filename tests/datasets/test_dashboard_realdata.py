"""A published file becomes a dashboard: the pages of real files say the sums that were worked out by hand."""

import pytest
from django.core.management import call_command

from datasets.models import PublicBody
from municipalities.services import load_territory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.realdata]


def publish(path):
    call_command("load_reference")
    call_command("ingest", str(path), publish=True, as_json=True)


def test_tanhuato_shows_its_sums_by_moment_and_leads_to_its_rows(client, realdata_dir, capsys):
    load_territory()
    publish(realdata_dir / "budget" / "mich_tanhuato_2019q1_estado_ejercicio_cog.xlsx")
    budget = "/municipios/16086/presupuesto/"
    shown = {"aprobado": "67.2", "modificado": "73.1", "devengado": "14.7", "pagado": "14.5"}
    for moment, total in shown.items():
        page = client.get(f"{budget}?momento={moment}").text
        assert f"pesos de 2019: {total}\u00a0mdp." in page, moment
    assert "Lo devengado equivale a 22 de cada 100 pesos de lo aprobado" in page
    lines = client.get(f"{budget}renglones/?por=chapter&clave=1000").text
    assert "SUELDO BASE AL PERSONAL PERMANENTE" in lines
    assert "$3,551,866.00" in lines
    assert "Hoja1, fila 10" in lines


def test_inaeba_tells_the_same_money_in_several_ways_and_adds_none(client, realdata_dir, capsys):
    load_territory()
    publish(realdata_dir / "budget" / "gto_inaeba_2016q4_diciembre_definitivo.xlsx")
    body = PublicBody.objects.get(name__icontains="ALFABETIZACI")
    budget = f"/instituciones/{body.slug}/presupuesto/"
    totals = set()
    for way in ("objeto", "funcion", "unidad"):
        figure = client.get(f"{budget}?por={way}").context["figures"][0]
        totals.add(figure.subtitle.split(": ")[-1])
    assert len(totals) == 1
    assert totals == {"249\u00a0mdp."}
