"""`/presupuesto/` and `/ingresos/`: what they choose, show and never do."""

import re

import pytest

from datasets.classifiers import load_classifiers
from datasets.models import Breakdown, Document, ExpenditureLine, Release
from tests.datasets import dashboards as place
from tests.datasets.dashboards import D, csv_of, queries_of
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db
BUDGET = "/municipios/05035/presupuesto/"


@pytest.fixture
def body():
    place.classifiers()
    return make.PublicBodyFactory()


def test_budget_states_the_finding_in_both_languages(client, body):
    place.spending(body, 2024)
    spanish = client.get(BUDGET).text
    assert "De cada 100 pesos, 56 van a Servicios personales y 37 a Servicios generales" in spanish
    assert "Devengado, Cuenta pública 2024, pesos de 2024: 90.0\u00a0mdp." in spanish
    assert "Of every 100 pesos, 56 go to Servicios personales" in client.get(f"/en{BUDGET}").text


def test_budget_that_is_only_printed_by_unit_opens_by_unit(client, body):
    release = make.ReleaseFactory(
        public_body=body, year=2024, breakdown=Breakdown.ADMINISTRATIVE, totals={"accrued": "9000000.00"}
    )
    for number, amount in enumerate(["6000000.00", "3000000.00"], start=1):
        label = make.label("unit", f"Dirección {number}", published_code=str(number))
        make.expenditure_cell(release, "unit", str(label.pk), label=label, accrued=amount)
    page = client.get(BUDGET).text
    assert "Dirección 1" in page
    assert "Se reparte en 2 unidades." in page and "rubro" not in page
    assert "It is divided into 2 units." in client.get(f"/en{BUDGET}").text
    assert "no lo dicen de esta forma" in client.get(f"{BUDGET}?por=objeto").text
    place.spending(body, 2023)  # another year tells the objects: without a choice that one is shown, as ever
    assert client.get(BUDGET).context["release"].year == 2023
    assert "Dirección 1" in client.get(f"{BUDGET}?anio=2024").text


def test_budget_draws_areas_and_repeats_them_in_the_table(client, body):
    place.spending(body, 2024)
    page = client.get(BUDGET).text
    assert page.count('aria-label="1000 Servicios personales 50.0\u00a0mdp · 56%"') == 1
    assert '<td class="n">50.0</td>' in page
    assert '<td class="n">90.0</td><td class="n">100%</td>' in page


def test_budget_names_publisher_file_and_version_and_leads_to_them(client, body):
    release = place.spending(body, 2024, version=3, line_count=3204)
    page = client.get(BUDGET).text
    file = release.ingest.file
    expected = f'Tesorería Municipal, <a href="/datos/cargas/{release.ingest_id}/">{file.original_name}</a>'
    assert f"{expected}, versión 3 del 30 abr 2025, 3,204 renglones" in page


def test_example_data_are_called_so_under_every_figure(client, body):
    file = make.SourceFileFactory(source__is_example=True)
    place.spending(body, 2024, ingest=make.IngestFactory(file=file))
    page = client.get(BUDGET).text
    assert page.count("Tesorería Municipal (datos de ejemplo), <a") == page.count('<figure class="fig"') > 0


@pytest.mark.parametrize("status", [Release.Status.DRAFT, Release.Status.SUPERSEDED, Release.Status.WITHDRAWN])
def test_budget_shows_nothing_that_is_not_published(client, body, status):
    place.spending(body, 2024, status=status)
    page = client.get(BUDGET).text
    assert "Todavía no hay presupuesto publicado de Torreón" in page
    assert "mdp" not in page


def test_budget_moment_is_the_one_asked_for_in_spanish_or_english(client, body):
    place.spending(body, 2024)
    for word in ("aprobado", "approved"):
        assert (
            "Aprobado, Cuenta pública 2024, pesos de 2024: 100\u00a0mdp." in client.get(f"{BUDGET}?momento={word}").text
        )


@pytest.mark.parametrize(
    "query", ["momento=pagado", "anio=1850", "anio=²", "por=nada", "en=oro", "documento=x.y", "anio=2024&momento="]
)
def test_budget_answers_what_was_not_asked_well_with_its_default(client, body, query):
    place.spending(body, 2024)
    response = client.get(f"{BUDGET}?{query}")
    assert response.status_code == 200


def test_figure_without_a_moment_is_labelled_and_never_shown_as_another(client, body):
    place.spending(body, 1999, {"1000": {"reported": "5000000.00"}, "6000": {"reported": "3246277500.00"}})
    page = client.get(BUDGET).text
    assert "Reportado (sin momento declarado), Cuenta pública 1999" in page
    assert "El archivo no dice de qué momento del presupuesto son estas cifras." in page
    # Everywhere but in the line that leads to the glossary.
    assert page.count("Devengado") == page.count("«Devengado»") == 1


def test_releases_of_several_breakdowns_are_never_added(client, body):
    place.spending(body, 2024)
    other = make.ReleaseFactory(
        public_body=body, year=2024, breakdown=Breakdown.ADMINISTRATIVE, totals={"accrued": "90000000.00"}
    )
    unit = make.label("unit", "Tesorería", published_code="U1")
    make.expenditure_cell(other, "unit", str(unit.pk), label=unit, accrued="90000000.00")
    assert "pesos de 2024: 90.0\u00a0mdp." in client.get(BUDGET).text
    units = client.get(f"{BUDGET}?por=unidad").text
    assert "pesos de 2024: 90.0\u00a0mdp." in units
    assert "Todo está en Tesorería: 90.0\u00a0mdp" in units
    assert "180" not in units


def test_budget_that_is_only_told_by_unit_begins_there(client, body):
    only = make.ReleaseFactory(
        public_body=body, year=2024, breakdown="administrative", totals={"accrued": "90000000.00"}
    )
    unit = make.label("unit", "Tesorería", published_code="U1")
    make.expenditure_cell(only, "unit", str(unit.pk), label=unit, accrued="90000000.00")
    assert "Todo está en Tesorería: 90.0\u00a0mdp" in client.get(BUDGET).text
    assert "Los archivos publicados no lo dicen de esta forma" in client.get(f"{BUDGET}?por=objeto").text


def test_budget_that_no_file_tells_by_function_says_so(client, body):
    place.spending(body, 2024)
    page = client.get(f"{BUDGET}?por=funcion").text
    assert "Los archivos publicados no lo dicen de esta forma" in page


def test_words_of_the_api_are_understood_in_the_address(client, body):
    place.spending(body, 2024)
    assert "De cada 100 pesos, 56 van a Servicios personales" in client.get(f"{BUDGET}?por=object").text
    assert "Los archivos publicados no lo dicen de esta forma" in client.get(f"{BUDGET}?por=function").text


def test_drill_down_keeps_the_choices_and_leads_to_the_lines(client, body):
    release = place.spending(body, 2024)
    make.expenditure_cell(release, "concept", "6100", accrued="7000000.00")
    make.expenditure_cell(release, "item", "6140", accrued="7000000.00")
    pinned = "anio=2024&amp;documento=public_account.annual"
    assert f'href="?en=reales&amp;{pinned}&amp;cap=6000"' in client.get(f"{BUDGET}?en=reales").text
    chapter = client.get(f"{BUDGET}?anio=2024&cap=6000").text
    assert 'href="?anio=2024&amp;cap=6000&amp;documento=public_account.annual&amp;con=6100"' in chapter
    assert "<strong>6000 Inversión pública</strong>" in chapter
    assert '<input type="hidden" name="cap" value="6000">' in chapter
    concept = client.get(f"{BUDGET}?anio=2024&cap=6000&con=6100").text
    assert f"{BUDGET}renglones/?version={release.pk}&amp;por=item&amp;clave=6140" in concept
    assert 'href="?anio=2024">Todo el gasto</a>' in concept


def test_file_of_chapters_alone_leads_from_a_chapter_to_its_lines(client, body):
    release = place.spending(body, 2024)
    make.expenditure_cell(release, "concept", "6000", accrued="7000000.00")  # what was not told finer
    page = client.get(BUDGET).text
    assert f"{BUDGET}renglones/?version={release.pk}&amp;por=chapter&amp;clave=6000" in page
    assert "cap=6000" not in page


def test_negative_figures_become_bars_without_shares(client, body):
    place.spending(body, 2024, {"1000": {"accrued": "6000000.00"}, "3000": {"accrued": "-1000000.00"}})
    page = client.get(BUDGET).text
    assert 'class="tree"' not in page
    assert "−1,000,000" in page
    assert "Hay cifras negativas: no se muestran partes." in page
    assert '<td class="n">100%</td>' not in page


def test_document_of_the_year_can_be_chosen(client, body):
    place.spending(body, 2024)
    place.spending(body, 2024, {"1000": {"accrued": "8000000.00"}}, period="Q1", document=Document.QUARTERLY)
    assert "Cuenta pública 2024, pesos" in client.get(BUDGET).text
    page = client.get(f"{BUDGET}?anio=2024&documento=quarterly.Q1").text
    assert "Informe trimestral 2024, enero a marzo" in page
    assert "$8,000,000" not in page
    assert "8,000,000" in page


def test_several_years_are_one_line_in_real_pesos(client, body):
    place.prices(2022, 2023, 2024)
    for year in (2022, 2023, 2024):
        place.spending(body, year)
    page = client.get(BUDGET).text
    assert "Todo el gasto: 17% menos en 2024 que en 2022, ya descontada la inflación" in page
    assert "Deflactor: UDI (Banco de México)" in page
    assert "−8%" in page  # 110 / 120 of the year before


def test_years_whose_quarters_differ_are_not_put_in_one_line(client, body):
    place.spending(body, 2023)
    place.spending(body, 2024, period="Q1", document=Document.QUARTERLY)
    page = client.get(f"{BUDGET}?anio=2024").text
    assert 'id="anios"' not in page
    assert "Cambio real" not in page


def test_approved_figures_of_different_documents_do_compare(client, body):
    place.prices(2023, 2024)
    place.spending(body, 2023)
    place.spending(body, 2024, period="Q1", document=Document.QUARTERLY)
    assert 'id="anios"' in client.get(f"{BUDGET}?anio=2024&momento=aprobado").text


def test_real_pesos_name_deflator_and_base_year(client, body):
    place.prices(2024, 2025)
    place.spending(body, 2024)
    page = client.get(f"{BUDGET}?en=reales").text
    assert "Devengado, Cuenta pública 2024, pesos de 2025: 99.0\u00a0mdp." in page
    assert "Deflactor: UDI (Banco de México)" in page


def test_per_inhabitant_names_the_population_it_used(client, body):
    place.people(body, 2020, 1000)
    place.spending(body, 2024)
    page = client.get(f"{BUDGET}?en=habitante").text
    assert "pesos de 2024 por habitante: $90,000." in page
    assert "Población: 1,000 en 2020, INEGI, Censo." in page


def test_a_census_does_not_make_the_amount_per_inhabitant_jump(client, body):
    """Divided by the census of 2010, 2019 would look as if each had lost half of what is spent."""
    place.prices(2019, 2020)
    place.people(body, 2010, 500)
    place.people(body, 2020, 1000)
    place.spending(body, 2019)
    page = client.get(f"{BUDGET}?en=habitante").text
    assert "pesos de 2019 por habitante: $94,737." in page  # 90 million among 950
    assert "Población: 500 en 2010, INEGI, Censo. Población: 1,000 en 2020, INEGI, Censo." in page
    assert "Entre dos conteos la población se traza en línea recta." in page


def test_spending_of_1999_is_divided_by_the_census_of_the_year_after_and_says_so(client, body):
    place.people(body, 2000, 500)
    place.spending(body, 1999)
    page = client.get(f"{BUDGET}?en=habitante").text
    assert "pesos de 1999 por habitante: $180,000." in page
    assert "Población: 500 en 2000" in page
    place.spending(body, 1998)
    assert "Por habitante" not in client.get(f"{BUDGET}?anio=1998").text


def test_per_inhabitant_is_not_offered_without_a_population(client, body):
    place.spending(body, 2024)
    assert "Por habitante" not in client.get(BUDGET).text


def test_moments_stand_beside_each_other_and_say_how_much_was_done(client, body):
    place.spending(body, 2024)
    page = client.get(BUDGET).text
    assert "Lo devengado equivale a 90 de cada 100 pesos de lo aprobado" in page
    assert "Los momentos son etapas del mismo dinero: no se suman" in page
    assert "De Servicios generales va el 110% de lo aprobado; de Inversión pública, el 70%" in page


def test_csv_holds_exact_amounts_and_where_they_come_from(client, body):
    release = place.spending(body, 2024)
    rows = csv_of(client.get(f"{BUDGET}?formato=csv"))
    assert rows[0][:7] == ["clave", "clave publicada", "nombre", "monto", "parte en porcentaje", "unidad", "momento"]
    assert [row[:5] for row in rows[1:]] == [
        ["1000", "", "Servicios personales", "50000000.00", "55.56"],
        ["3000", "", "Servicios generales", "33000000.00", "36.67"],
        ["6000", "", "Inversión pública", "7000000.00", "7.78"],
    ]
    assert {tuple(row[5:]) for row in rows[1:]} == {
        (
            "pesos de 2024",
            "Devengado",
            "Cuenta pública",
            "2024",
            "annual",
            "object",
            "1",
            release.ingest.file.original_name,
            release.ingest.file.sha256,
        )
    }


def test_csv_of_the_years_and_of_the_moments(client, body):
    place.spending(body, 2023)
    place.spending(body, 2024)
    years = csv_of(client.get(f"{BUDGET}?formato=csv&figura=anios"))
    assert [row[:2] for row in years[1:]] == [["2023", "90000000.00"], ["2024", "90000000.00"]]
    moments = csv_of(client.get(f"{BUDGET}?formato=csv&figura=momentos"))
    assert [row[:2] for row in moments[1:]] == [["Aprobado", "100000000.00"], ["Devengado", "90000000.00"]]


def test_csv_cannot_run_in_a_spreadsheet(client, body):
    release = make.ReleaseFactory(public_body=body, breakdown=Breakdown.ADMINISTRATIVE, totals={"accrued": "1.00"})
    unit = make.label("unit", "=HYPERLINK(1)", published_code="@x")
    make.expenditure_cell(release, "unit", str(unit.pk), label=unit, accrued="1.00")
    row = csv_of(client.get(f"{BUDGET}?por=unidad&formato=csv"))[1]
    assert row[2] == "'=HYPERLINK(1)"


def test_treemap_of_many_units_folds_the_rest_and_the_table_lists_them(client, body):
    cells = {}
    release = make.ReleaseFactory(public_body=body, breakdown=Breakdown.ADMINISTRATIVE, totals={"accrued": "7000.00"})
    for number in range(70):
        unit = make.label("unit", f"Unidad {number:02}", published_code=f"U{number}")
        cells[number] = make.expenditure_cell(release, "unit", str(unit.pk), label=unit, accrued="100.00")
    page = client.get(f"{BUDGET}?por=unidad").text
    assert page.count('role="img" aria-label="Otros') == 1
    assert "Otros 10, todos en el CSV" in page
    assert len(csv_of(client.get(f"{BUDGET}?por=unidad&formato=csv"))) == 71


def test_revenue_tells_where_the_money_comes_from(client, body):
    place.income(body, 2024)
    page = client.get("/municipios/05035/ingresos/").text
    assert "De cada 100 pesos, 75 vienen de Participaciones y 25 de Impuestos" in page
    assert "Recaudado, Cuenta pública 2024" in page
    assert "Exactly" not in page
    assert "Lo recaudado es exactamente igual a lo estimado" in page


@pytest.mark.parametrize("section", ["presupuesto", "ingresos"])
def test_queries_are_as_many_for_one_release_as_for_three(client, body, section):
    fill = place.spending if section == "presupuesto" else place.income
    url = f"/municipios/05035/{section}/"
    fill(body, 2024)
    client.get(url)
    one = queries_of(client, url)
    fill(body, 2023)
    fill(body, 2022)
    assert queries_of(client, url) == one
    # The place, releases, cells; states, prices and names of chapters, which a process goes on with for a minute.
    assert one == 6


def test_lines_lead_to_sheet_and_row(client, body):
    release = place.spending(body, 2024, sheets=["COG", "Anexo"], line_count=3)
    labels = {
        code: make.label("object", f"Partida {code}", code=code, published_code=f"{code}1") for code in ("6140", "1130")
    }
    for number, code in enumerate(("6140", "1130", "6140"), 1):
        ExpenditureLine.objects.create(
            public_body=body,
            release=release,
            line_no=number,
            sheet_no=1,
            source_row=number + 7,
            last_row=number + (9 if number == 3 else 7),
            object=labels[code],
            accrued=D("1234.50") * number,
        )
    page = client.get(f"{BUDGET}renglones/?version={release.pk}&por=chapter&clave=6000").text
    assert f'<a href="/datos/versiones/{release.pk}/filas/1/">Anexo, fila 8</a>' in page
    assert "Anexo, fila 10–12" in page
    assert "Partida 1130" not in page
    assert ' class="n">$3,703.50</td>' in page
    everything = client.get(f"{BUDGET}renglones/").text
    assert everything.count("Anexo, fila") == 3


def test_function_leads_to_the_lines_of_its_subfunctions(client, body):
    make.class_node("function", "2.4", "Recreación")
    release = make.ReleaseFactory(public_body=body, breakdown=Breakdown.FUNCTIONAL, totals={"accrued": "60.00"})
    for number, code in enumerate(("2.4.1", "2.4.2", "2"), 1):
        function = make.label("function", f"Función {code}", code=code)
        make.expenditure_cell(release, "function", code, accrued=D(10 * number))
        ExpenditureLine.objects.create(
            public_body=body, release=release, line_no=number, source_row=number, last_row=number, function=function
        )
    page = client.get(f"{BUDGET}?por=funcion").text
    for key, told in (("2.4", {"2.4.1", "2.4.2"}), ("2", {"2"})):
        address = f"{BUDGET}renglones/?version={release.pk}&amp;por=function&amp;clave={key}"
        assert f'href="{address}"' in page
        lines = client.get(address.replace("&amp;", "&")).text
        assert set(re.findall(r"Función ([\d.]+)", lines)) == told


def test_units_without_a_code_lead_to_their_lines(client, body):
    release = make.ReleaseFactory(public_body=body, breakdown=Breakdown.ADMINISTRATIVE, totals={"accrued": "3.00"})
    units = [make.label("unit", name) for name in ("Tesorería", "Catastro")]
    for number, unit in enumerate(units, 1):
        make.expenditure_cell(release, "unit", str(unit.pk), label=unit, accrued="3.00")
        ExpenditureLine.objects.create(
            public_body=body, release=release, line_no=number, source_row=number, last_row=number, unit=unit
        )
    address = f"{BUDGET}renglones/?version={release.pk}&amp;por=unit&amp;clave={units[0].pk}"
    assert address in client.get(f"{BUDGET}?por=unidad").text
    lines = client.get(address.replace("&amp;", "&")).text
    assert "Tesorería" in lines
    assert "Catastro" not in lines


def test_lines_hide_what_shows_personal_data(client, body):
    release = place.spending(body, 2024, line_count=1)
    label = make.label("object", "Apoyo a GOMC850101HCLMRR09", code="4410", published_code="44101")
    ExpenditureLine.objects.create(
        public_body=body, release=release, line_no=1, source_row=1, last_row=1, object=label, accrued=D("5.00")
    )
    page = client.get(f"{BUDGET}renglones/").text
    assert "(no es público)" in page
    assert "GOMC850101" not in page


def test_lines_of_an_unpublished_release_are_not_found(client, body):
    place.spending(body, 2024)
    draft = place.spending(body, 2024, version=2, status=Release.Status.DRAFT)
    assert client.get(f"{BUDGET}renglones/?version={draft.pk}").status_code == 404
    assert client.get(f"{BUDGET}renglones/?version=x").status_code == 404


def test_lines_with_a_code_that_no_line_has(client, body):
    place.spending(body, 2024)
    page = client.get(f"{BUDGET}renglones/?por=item&clave=9999").text
    assert "Ningún renglón tiene esta clave" in page


def names_in_order(page):
    table = page.split('id="t-partes"')[1].split("</tbody>")[0]
    return sorted((name for name in place.CHAPTERS.values() if name in table), key=table.index)


def test_table_is_ordered_by_the_heading_chosen(client, body):
    place.prices(2023, 2024)
    place.spending(body, 2023)
    place.spending(
        body,
        2024,
        {"1000": {"accrued": "50.00"}, "3000": {"accrued": "400.00"}, "6000": {"accrued": "9000000.00"}},
    )
    by = {word: client.get(f"{BUDGET}?orden={word}").text for word in ("monto", "nombre", "clave", "cambio", "nada")}
    personal, general, works = place.CHAPTERS.values()
    assert names_in_order(by["monto"]) == [works, general, personal]
    assert names_in_order(by["nombre"]) == [works, general, personal]
    assert names_in_order(by["clave"]) == [personal, general, works]
    assert names_in_order(by["cambio"]) == [works, general, personal]
    assert names_in_order(by["nada"]) == names_in_order(by["monto"])
    assert '<th scope="col" class="opt" aria-sort="ascending"><a href="?orden=clave#partes">Clave</a>' in by["clave"]


def test_code_column_is_gone_where_no_heading_has_one(client, body):
    release = make.ReleaseFactory(public_body=body, breakdown=Breakdown.ADMINISTRATIVE, totals={"accrued": "3.00"})
    unit = make.label("unit", "Tesorería")
    make.expenditure_cell(release, "unit", str(unit.pk), label=unit, accrued="3.00")
    assert ">Clave<" not in client.get(f"{BUDGET}?por=unidad").text


def test_switches_stay_in_the_address_of_every_figure_and_heading(client, body):
    place.prices(2023, 2024)
    place.people(body)
    for year in (2023, 2024):
        place.spending(body, year)
    page = client.get(f"{BUDGET}?en=habitante").text
    assert "formato=csv&amp;figura=partes" in page
    taken = page.count("figura=") - page.count('href="/evidencia/?de=')  # cards are found by page and figure alone
    assert page.count("en=habitante") >= taken > 3


def test_percent_of_the_whole_shows_each_part_once(client, body):
    place.spending(body, 2024)
    page = client.get(f"{BUDGET}?en=parte").text
    assert "Devengado, Cuenta pública 2024, por ciento del total: 100%." in page
    assert '<td class="n">55.6</td>' in page
    assert '<td class="n">56%</td>' not in page


def test_course_follows_the_unit_chosen(client, body):
    place.prices(2023, 2024)
    place.people(body)
    for year in (2023, 2024):
        place.spending(body, year)
    assert "Todo el gasto por habitante: 9% menos" in client.get(f"{BUDGET}?en=habitante").text
    assert "pesos de cada año" in client.get(f"{BUDGET}?en=corrientes").text


def test_cycle_says_by_how_much_each_heading_missed_its_plan(client, body):
    cells = {
        "1000": {"approved": "60000000.00", "modified": "62000000.00", "accrued": "50000000.00", "paid": "49000000.00"},
        "6000": {"approved": "10000000.00", "modified": "8000000.00", "accrued": "9000000.00", "paid": "9000000.00"},
    }
    place.spending(body, 2024, cells)
    page = client.get(BUDGET).text
    assert "Lo devengado quedó 11.0\u00a0mdp por debajo de lo modificado" in page
    assert "Quedaron 1.0\u00a0mdp devengados y todavía sin pagar." in page
    assert '<td class="n">−12.0</td>' in page
    assert '<td class="n">+1.0</td>' in page
    rows = csv_of(client.get(f"{BUDGET}?formato=csv&figura=ciclo"))
    assert rows[1][:7] == [
        "1000",
        "Servicios personales",
        "60000000.00",
        "62000000.00",
        "50000000.00",
        "49000000.00",
        "-12000000.00",
    ]


def test_changes_are_real_and_leave_out_what_the_year_before_did_not_state(client, body):
    place.prices(2023, 2024)  # 100 and 110
    place.spending(body, 2023, {"1000": {"accrued": "100000000.00"}, "6000": {"accrued": "50000000.00"}})
    place.spending(
        body,
        2024,
        {"1000": {"accrued": "120000000.00"}, "3000": {"accrued": "1.00"}, "6000": {"accrued": "50000000.00"}},
    )
    rows = csv_of(client.get(f"{BUDGET}?formato=csv&figura=cambios"))
    assert [row[:5] for row in rows[1:]] == [
        ["1000", "Servicios personales", "110000000.00", "120000000.00", "10000000.00"],
        ["6000", "Inversión pública", "55000000.00", "50000000.00", "-5000000.00"],
    ]
    assert "1 capítulo no tiene cifra comparable en 2023 y no se compara." in client.get(BUDGET).text


def test_a_funding_source_is_compared_with_what_it_was_called_before_2018(client):
    """1 was own taxes in 2017 and is all that is not earmarked in 2018; 5 was divided into 15 and 25."""
    load_classifiers()
    body = make.PublicBodyFactory()
    place.prices(2017, 2018)  # 100 and 110
    years = {
        2017: {"1": "10000000.00", "4": "20000000.00", "5": "70000000.00"},
        2018: {"1": "99000000.00", "11": "12000000.00", "14": "20000000.00", "15": "67000000.00"},
    }
    for year, sources in years.items():
        release = make.ReleaseFactory(
            public_body=body, year=year, totals={"accrued": str(sum(map(D, sources.values())))}
        )
        for code, accrued in sources.items():
            label = make.label("funding", f"Fondo {code} de {year}", code=code, published_code=code)
            make.expenditure_cell(release, "funding", code, label=label, accrued=accrued)
    rows = csv_of(client.get(f"{BUDGET}?por=fuente&anio=2018&formato=csv&figura=cambios"))
    assert [[row[0], *row[2:5]] for row in rows[1:]] == [
        ["11", "11000000.00", "12000000.00", "1000000.00"],
        ["14", "22000000.00", "20000000.00", "-2000000.00"],
    ]
    page = client.get(f"{BUDGET}?por=fuente&anio=2018").text
    assert "2 fuentes de financiamiento no tienen cifra comparable en 2017 y no se comparan." in page


def test_quarters_stand_beside_the_same_date_of_the_year_before(client, body):
    for year, accrued in ((2023, "30000000.00"), (2024, "45000000.00")):
        place.spending(
            body,
            year,
            {"1000": {"approved": "100000000.00", "accrued": accrued}},
            period="Q2",
            document=Document.QUARTERLY,
        )
    page = client.get(f"{BUDGET}?anio=2024").text
    assert "Lo devengado es 45% de lo aprobado, enero a junio" in page
    assert "Va más adelantado que 2023, que a la misma fecha iba en 30%." in page
    assert 'id="trimestres"' not in client.get(f"{BUDGET}?anio=2024&cap=1000").text


def test_revenue_tells_what_is_its_own(client, body):
    place.income(body, 2023)
    place.income(body, 2024)
    page = client.get("/municipios/05035/ingresos/").text
    assert "De cada 100 pesos que recibe, genera 25 y le transfieren 75" in page
    rows = csv_of(client.get("/municipios/05035/ingresos/?formato=csv&figura=origen"))
    assert [row[:3] for row in rows[1:]] == [
        ["2023", "25000000.00", "75000000.00"],
        ["2024", "25000000.00", "75000000.00"],
    ]


def test_programmes_and_funding_are_offered_where_a_file_tells_them(client, body):
    release = place.spending(body, 2024, breakdown=Breakdown.FULL)
    assert "En qué programa" not in client.get(BUDGET).text
    programme = make.label("programme", "Agua limpia", code="E012")
    make.expenditure_cell(release, "programme", "E012", label=programme, accrued="90000000.00")
    page = client.get(f"{BUDGET}?por=programa").text
    assert "En qué programa" in page
    assert "Agua limpia" in page


def test_course_in_pesos_of_each_year_names_the_pesos_of_each(client, body):
    place.prices(2023, 2024)
    place.people(body)
    for year in (2023, 2024):
        place.spending(body, year)
    rows = csv_of(client.get(f"{BUDGET}?en=corrientes&formato=csv&figura=anios"))
    assert [row[3] for row in rows[1:]] == ["pesos de 2023", "pesos de 2024"]
    place.spending(body, 2022)  # no price index
    rows = csv_of(client.get(f"{BUDGET}?en=habitante&formato=csv&figura=anios"))
    assert [row[3] for row in rows[1:]] == [f"pesos de {year} por habitante" for year in (2022, 2023, 2024)]
    page = client.get(f"{BUDGET}?en=habitante").text
    assert "Todo el gasto, devengado, pesos de cada año por habitante" in page


def test_revenue_that_is_not_classified_is_nobodys_own(client, body):
    for year, cells in ((2023, {"1": "60.00", "8": "40.00"}), (2024, {"8": "20.00", "": "80.00"})):
        release = make.ReleaseFactory(
            public_body=body, year=year, kind="revenue", breakdown=Breakdown.FULL, totals={"collected": "100.00"}
        )
        for code, value in cells.items():
            make.revenue_cell(release, "rubro", code, collected=value)
    page = client.get("/municipios/05035/ingresos/").text
    assert "De cada 100 pesos que recibe, genera 0, le transfieren 20 y 80 no están clasificados" in page
    assert "Nada de lo que recibe" not in page
    assert "60%" not in page.split('id="origen"')[1].split("<table")[0]  # nor is its own part told against 2023


def test_the_least_carried_out_of_many_headings_is_named_shown_and_taken_away(client, body):
    release = make.ReleaseFactory(
        public_body=body, breakdown=Breakdown.ADMINISTRATIVE, totals={"approved": "1400.00", "accrued": "1300.00"}
    )
    for number in range(1, 15):
        unit = make.label("unit", f"Unidad {number}", published_code=f"U{number:02}")
        done = "100.00" if number < 14 else "0.00"
        make.expenditure_cell(release, "unit", f"U{number:02}", label=unit, approved="100.00", accrued=done)
    page = client.get(f"{BUDGET}?por=unidad").text
    assert "de Unidad 14, el 0%" in page
    table = page.split('id="t-avance"')[1].split("</table>")[0]
    assert "Unidad 11" in table
    assert "Unidad 12" not in table
    assert "Unidad 14" in table
    assert "Entre los dos últimos hay otros 2, en el CSV" in table
    assert len(csv_of(client.get(f"{BUDGET}?por=unidad&formato=csv&figura=avance"))) == 15


def test_one_heading_that_is_not_shown_is_told_in_the_singular(client, body):
    release = make.ReleaseFactory(public_body=body, breakdown=Breakdown.ADMINISTRATIVE, totals={"accrued": "61.00"})
    for number in range(61):
        unit = make.label("unit", f"Unidad {number}", published_code=f"U{number:02}")
        make.expenditure_cell(release, "unit", f"U{number:02}", label=unit, accrued="1.00")
    make.expenditure_cell(
        release, "unit", "U99", label=make.label("unit", "Sin gasto", published_code="U99"), approved="5"
    )
    page = client.get(f"{BUDGET}?por=unidad").text
    assert "Otro, en el CSV" in page
    assert "1 renglón no declara cifra de este momento y no se muestra." in page
    english = client.get(f"/en{BUDGET}?por=unidad").text
    assert "1 other, in the CSV" in english
    assert "1 heading states no figure of this moment and is not shown." in english
