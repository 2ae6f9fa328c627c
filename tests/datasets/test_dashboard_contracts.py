"""`/contratos/`: by procedure, by year, top suppliers, and the list; one currency at a time."""

import pytest

from datasets.models import ContractCell, Release, Supplier
from datasets.views.choices import typed_amount
from tests.datasets import dashboards as place
from tests.datasets.dashboards import D, csv_of, queries_of
from tests.factories import datasets as make

pytestmark = pytest.mark.django_db
CONTRACTS = "/municipios/05035/contratos/"


@pytest.fixture
def body():
    return make.PublicBodyFactory()


def test_contracts_say_how_much_was_awarded_without_competition(client, body):
    place.awards(body, 2024)
    page = client.get(CONTRACTS).text
    assert "62 de cada 100 pesos se asignaron sin concurso" in page
    assert "10.0\u00a0mdp" in page
    assert "62 of every 100 pesos were awarded without competition" in client.get(f"/en{CONTRACTS}").text


def test_currencies_are_never_added(client, body):
    place.awards(body, 2024)
    pesos = client.get(CONTRACTS).text
    assert "Otras monedas no se suman" in pesos
    assert "1 contrato en USD: 9.0\u00a0millones de USD" in pesos
    assert "19.0" not in pesos
    dollars = client.get(f"{CONTRACTS}?moneda=USD").text
    assert "Todo se asignó sin concurso" in dollars
    assert "4 contratos en MXN: 10.0\u00a0mdp" in dollars


def test_contracts_without_amounts_are_told_by_number(client, body):
    release = make.ReleaseFactory(public_body=body, kind="contracts", document="", breakdown="full")
    make.contract_cell(release, "method", "direct", line_count=57)
    page = client.get(CONTRACTS).text
    assert "Los 57 contratos se asignaron sin concurso" in page
    assert "mdp" not in page


def test_years_are_put_side_by_side(client, body):
    place.awards(body, 2023)
    later = make.ReleaseFactory(public_body=body, year=2024, kind="contracts", document="", breakdown="full")
    make.contract_cell(later, "method", "direct", amount="9000000.00")
    make.contract_cell(later, "method", "open", amount="1000000.00")
    page = client.get(CONTRACTS).text
    assert "Lo asignado sin concurso subió de 62 de cada 100 pesos en 2023 a 90 en 2024" in page
    assert "90 de cada 100 pesos se asignaron sin concurso" in page
    both = client.get(f"{CONTRACTS}?anio=todos").text
    assert "76 de cada 100 pesos se asignaron sin concurso" in both


def procedures(body, year, *rows):
    release = make.ReleaseFactory(public_body=body, year=year, kind="contracts", document="", breakdown="full")
    for method, count, amount in rows:
        make.contract_cell(release, "method", method, line_count=count, amount=amount)
    return release


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([("", 3, "300.00")], "The contracts published do not state how they were awarded"),
        ([("", 3, None)], "The contracts published do not state how they were awarded"),
        ([("direct", 9, None), ("open", 1, "200.00")], "9 of 10 contracts were awarded without competition"),
        ([("direct", 1, "200.00"), ("open", 9, None)], "1 of 10 contracts was awarded without competition"),
        (
            [("open", 2, "200.00"), ("", 1, None)],
            "Nothing of what states its procedure was awarded without competition",
        ),
        ([("direct", 2, "200.00"), ("", 1, "5.00")], "All that states its procedure was awarded without competition"),
        (
            [("direct", 1, "60.00"), ("open", 1, "20.00"), ("", 1, "20.00")],
            "Of what states its procedure, 75 of every 100 pesos were awarded without competition",
        ),
        ([("direct", 2, None), ("", 1, "5.00")], "All 2 contracts that state their procedure were awarded without"),
        ([("direct", 1, "0.00")], "The only contract was awarded without competition"),
    ],
)
def test_a_procedure_that_is_not_stated_is_none(client, body, rows, title):
    procedures(body, 2024, *rows)
    page = client.get(f"/en{CONTRACTS}").text
    assert title in page
    assert "Nothing was" not in page and "Everything was" not in page


def test_negative_amounts_leave_no_shares(client, body):
    release = procedures(body, 2024, ("direct", 2, "150.00"), ("open", 1, "-50.00"))
    for amount in (100, 50, -50):
        make.contract_cell(release, "supplier", str(make.SupplierFactory().pk), amount=str(amount))
    page = client.get(f"/en{CONTRACTS}")
    figures = {one.key: one for one in page.context["figures"]}
    assert figures["procedimiento"].title == "2 of 3 contracts were awarded without competition"
    assert [row[3].text for row in figures["procedimiento"].table.rows] == ["", ""]
    assert figures["proveedores"].title == (
        "There are negative amounts among the contracts: no shares of the money are told"
    )
    assert [row[3].text for row in figures["proveedores"].table.rows] == ["", "", ""]


def years_figure(client):
    return next(one for one in client.get(f"/en{CONTRACTS}").context["figures"] if one.key == "anios")


def test_years_that_do_not_state_their_procedures_are_no_change(client, body):
    procedures(body, 2023, ("direct", 3, "300.00"))
    procedures(body, 2024, ("", 3, "300.00"))
    figure = years_figure(client)
    assert figure.title == "Only 2023 tells how much was awarded without competition"
    assert [row[1].text for row in figure.table.rows] == ["100%", ""]
    assert figure.notes == [
        "Not all contracts of 2024 state their procedure: the title is of the money of those that do."
    ]
    procedures(body, 2022, ("direct", 1, "50.00"), ("open", 1, "50.00"), ("", 1, "900.00"))
    assert years_figure(client).title == (
        "Awards without competition rose from 50 of every 100 pesos in 2022 to 100 in 2023"
    )


def test_no_year_that_states_procedures_tells_no_course(client, body):
    for year in (2023, 2024):
        procedures(body, year, ("", 3, "300.00"))
    assert years_figure(client).title == (
        "The contracts published do not tell how much was awarded without competition"
    )


def test_month_of_most_is_named(client, body):
    place.awards(body, 2024)
    assert "Marzo es el mes en que más se firmó: 90 de cada 100 pesos" in client.get(CONTRACTS).text


@pytest.mark.parametrize(
    ("months", "title", "notes"),
    [
        (
            [("2024-03", "10000.00"), ("2024-11", "10000.00"), ("", "280000.00")],
            "Only 7% of the amount states its month: too little to name the one of most",
            ["1 contract without a date, of $280,000, is not drawn."],
        ),
        (
            [("2024-03", "80000.00"), ("2024-11", "10000.00"), ("", "10000.00")],
            "March is the month in which most was signed: 89 of every 100 pesos, of what states its date",
            [
                "November and December: 11% of the amount that states its date.",
                "1 contract without a date, of $10,000, is not drawn.",
            ],
        ),
        (
            [("2024-01", "10.00"), ("2024-02", "10.00"), ("2024-04", "5.00"), ("2023-12", "75.00")],
            "January and February are level as the months of most: 10 of every 100 pesos each",
            ["1 contract signed in another year is not drawn."],
        ),
        (
            [(f"2024-0{month}", "25.00") for month in range(1, 5)] + [("", None)],
            "4 months are level as those of most: 25 of every 100 pesos each",
            ["1 contract without a date is not drawn; it states no amount."],
        ),
        (
            [("2024-03", "150.00"), ("2024-11", "-50.00")],
            "There are negative amounts among the contracts: no shares of the money are told",
            [],
        ),
    ],
)
def test_months_are_told_of_what_states_its_date(client, body, months, title, notes):
    release = make.ReleaseFactory(public_body=body, year=2024, kind="contracts", document="", breakdown="full")
    make.contract_cell(release, "method", "direct", line_count=len(months), amount="300000.00")
    for month, amount in months:
        make.contract_cell(release, "month", month, amount=amount)
    figure = next(one for one in client.get(f"/en{CONTRACTS}").context["figures"] if one.key == "meses")
    assert (figure.title, figure.notes) == (title, notes)


def test_suppliers_lead_to_their_contracts(client, body):
    place.awards(body, 2024, contracts=2)
    largest = Supplier.objects.order_by("-id").first()
    page = client.get(CONTRACTS).text
    assert "Los 2 proveedores mayores reciben 3 de cada 100 pesos" in page
    found = client.get(CONTRACTS, {"proveedor": largest.name})
    assert found.context["page"].paginator.count == 1
    assert largest.name in found.text


def suppliers_figure(client):
    return next(one for one in client.get(CONTRACTS).context["figures"] if one and one.key == "proveedores")


def test_suppliers_tell_what_they_got_without_competition(client, body):
    """Two of three state a procedure; who states none has a blank, not a zero."""
    place.awards(body, 2024, contracts=3)
    _first, second, third = ContractCell.objects.filter(by="supplier").order_by("amount")
    ContractCell.objects.filter(key=third.key).update(direct_amount="240000.00")
    ContractCell.objects.filter(key=second.key).update(direct_amount="0.00")
    figure = suppliers_figure(client)
    assert [str(column.label) for column in figure.table.columns][-2:] == ["Sin concurso", ""]
    assert [row[4].text for row in figure.table.rows] == ["80%", "0%", ""]
    assert [row[-1] for row in figure.csv_rows] == [D("240000.00"), D("0.00"), None]
    assert figure.notes == ["En color barro, más de la mitad del monto se asignó sin concurso."]


def test_suppliers_of_lists_without_procedures_have_no_such_column(client, body):
    place.awards(body, 2024)
    figure = suppliers_figure(client)
    assert "Sin concurso" not in [str(column.label) for column in figure.table.columns]
    assert figure.notes == []


def test_list_is_paged_filtered_and_leads_to_the_row_of_the_file(client, body):
    release = place.awards(body, 2024, contracts=30)
    first = client.get(CONTRACTS).text
    assert "Contratos, página 1 de 2" in first
    assert "$100,000.00" in first
    assert f'href="/datos/versiones/{release.pk}/filas/1/"' in first
    assert 'href="?pagina=2"' in first
    second = client.get(f"{CONTRACTS}?pagina=2").text
    assert "$3,000,000.00" in second
    dear = client.get(f"{CONTRACTS}?min=2,950,000")
    assert dear.context["page"].paginator.count == 1
    none = client.get(f"{CONTRACTS}?q=inexistente").text
    assert "Ningún contrato coincide" in none


@pytest.mark.parametrize(
    ("order", "first", "last"),
    [("", "Uno", "Cuatro"), ("monto", "Tres", "Cuatro"), ("fecha", "Dos", "Cuatro"), ("otro", "Uno", "Cuatro")],
)
def test_list_is_ordered_by_day_or_amount_and_what_states_neither_comes_last(client, body, order, first, last):
    release = place.awards(body, 2024, contracts=0)
    told = [("Uno", "20.00", "2024-02-01"), ("Dos", "10.00", "2024-09-01"), ("Tres", "30.00", "2024-01-01")]
    for number, (title, amount, day) in enumerate(told, 1):
        make.ContractFactory(release=release, line_no=number, title=title, amount=D(amount), signed_on=day)
    make.ContractFactory(
        release=release, line_no=4, title="Cuatro", amount=None, signed_on=None, award_date=None, starts_on=None
    )
    page = client.get(CONTRACTS, {"orden": order, "anio": "2024"})
    titles = [one.title for one in page.context["page"]]
    assert (titles[0], titles[-1], sorted(titles)) == (first, last, ["Cuatro", "Dos", "Tres", "Uno"])
    assert 'href="?orden=monto&amp;anio=2024#contratos"' in page.text
    assert ('aria-sort="descending"' in page.text) == (order in ("monto", "fecha"))
    taken = csv_of(client.get(CONTRACTS, {"orden": order, "anio": "2024", "formato": "csv", "figura": "contratos"}))
    assert [one[2] for one in taken[1:]] == titles


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1,200,000", "1200000"),
        ("$1,200,000.50", "1200000.50"),
        ("1200000.5", "1200000.5"),
        ("1.200.000", "1200000"),
        ("1.200.000,50", "1200000.50"),
        ("1'200,000", "1200000"),
        ("1 200 000", "1200000"),
        ("1.200", "1.200"),
        ("0", "0"),
        ("", None),
        ("-", None),
        ("abc", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e99", None),
        ("9" * 5000, None),
    ],
)
def test_amounts_are_typed_as_people_write_them(typed, read):
    assert typed_amount(typed) == (None if read is None else D(read))


@pytest.mark.parametrize("query", ["min=abc", "max=NaN", "pagina=x", "metodo=x", "moneda=EUR", "anio=1", "q=%00"])
def test_bad_filters_are_no_error(client, body, query):
    place.awards(body, 2024)
    assert client.get(f"{CONTRACTS}?{query}").status_code == 200


def test_what_cannot_be_read_filters_nothing_and_is_said(client, body):
    place.awards(body, 2024)
    found = client.get(f"{CONTRACTS}?min=abc&desde=mañana&metodo=x")
    assert found.context["filtered"] is False
    assert "«abc» no se puede leer como monto ni como fecha" in found.text
    assert "«mañana» no se puede leer" in found.text


def test_foreign_amounts_carry_their_currency_in_the_list(client, body):
    release = place.awards(body, 2024, contracts=0)
    make.ContractFactory(release=release, currency="USD", amount=D("5000.00"))
    assert "$5,000.00 USD" in client.get(CONTRACTS).text


def test_csv_of_the_contracts_holds_all_that_the_filters_leave(client, body):
    place.awards(body, 2024, contracts=30)
    rows = csv_of(client.get(f"{CONTRACTS}?formato=csv&figura=contratos&min=2900000"))
    assert [row[7] for row in rows[1:]] == ["2900000.00", "3000000.00"]
    assert len(csv_of(client.get(f"{CONTRACTS}?formato=csv&figura=contratos"))) == 31


def test_csv_of_procedures_keeps_currencies_apart(client, body):
    place.awards(body, 2024)
    rows = csv_of(client.get(f"{CONTRACTS}?formato=csv"))
    assert sorted(rows[1:]) == [
        ["Adjudicación directa", "MXN", "3", "6200000.00"],
        ["Adjudicación directa", "USD", "1", "9000000.00"],
        ["Licitación pública", "MXN", "1", "3800000.00"],
    ]


def test_withdrawn_contracts_are_gone(client, body):
    place.awards(body, 2024, status=Release.Status.WITHDRAWN)
    assert "Todavía no hay contratos publicados de Torreón" in client.get(CONTRACTS).text


def test_queries_are_as_many_for_one_contract_as_for_three(client, body, monkeypatch):
    place.awards(body, 2024, contracts=1)
    client.get(CONTRACTS)
    one = queries_of(client, CONTRACTS)
    place.awards(body, 2023, contracts=3)
    place.awards(body, 2022, contracts=3)
    assert queries_of(client, f"{CONTRACTS}?anio=todos") == one
    # The place, releases, cells, the contracts of the page, names of suppliers; and states, caps and which suppliers are counted
    # with another, which are kept for a minute.
    assert one == 8
    filtered = f"{CONTRACTS}?anio=todos&min=1"
    assert queries_of(client, filtered) == one  # what the filters leave is added up from the page
    monkeypatch.setattr("datasets.views.contracts.PER_PAGE", 2)
    assert queries_of(client, filtered) == one + 1  # which does not hold them all


def test_personal_data_in_a_title_are_neither_shown_nor_downloaded(client, body):
    release = place.awards(body, 2024, contracts=0)
    make.ContractFactory(release=release, title="Honorarios, CURP GOMC850101HCLMRR09")
    assert "GOMC850101" not in client.get(CONTRACTS).text
    row = csv_of(client.get(f"{CONTRACTS}?formato=csv&figura=contratos"))[1]
    assert row[2] == "(no es público)"


def test_filtered_contracts_say_who_got_them_and_with_what_share(client, body):
    release = place.awards(body, 2024, contracts=0)
    small, large = make.SupplierFactory(name="Chica, S.C."), make.SupplierFactory(name="Grande, S.C.")
    for number, (supplier, day, amount) in enumerate(
        [
            (small, "2024-10-01", 100),
            (large, "2024-11-15", 250),
            (large, "2024-12-31", 50),
            (large, "2024-09-30", 9999),
        ],
        1,
    ):
        make.ContractFactory(
            release=release, line_no=number, supplier=supplier, method="direct", signed_on=day, amount=D(amount)
        )
    fall = f"{CONTRACTS}?metodo=directa&desde=2024-10-01&hasta=2024-12-31"
    told = csv_of(client.get(f"{fall}&formato=csv&figura=filtrados"))
    assert [row[:4] for row in told[1:]] == [
        ["Grande, S.C.", "MXN", "2", "300.00"],
        ["Chica, S.C.", "MXN", "1", "100.00"],
    ]
    page = client.get(fall).text
    assert "3 contratos" in page
    assert ">75%<" in page.replace("</td>", "<")
    assert 'id="filtrados"' in page
    assert 'id="filtrados"' not in client.get(CONTRACTS).text
    assert client.get(f"{CONTRACTS}?desde=ayer&hasta=2024-13-45").status_code == 200


@pytest.fixture
def awarded(body):
    """Two suppliers, two procedures: 4 contracts of 1,000 pesos in all, 2 of them direct and 400 pesos. Their cells too."""
    release = place.awards(body, 2024, contracts=0)
    ContractCell.objects.filter(release=release).delete()
    alfa, beta = make.SupplierFactory(name="Alfa, S.C."), make.SupplierFactory(name="Beta, S.C.")
    told = [(alfa, "direct", 300), (beta, "direct", 100), (alfa, "open", 350), (beta, "open", 250)]
    for number, (supplier, method, amount) in enumerate(told, 1):
        make.ContractFactory(
            release=release,
            line_no=number,
            supplier=supplier,
            method=method,
            amount=D(amount),
            title="Obra" if amount > 200 else "Papel",
            procedure_number=f"{method}-2024",
        )
    make.contract_cell(release, "method", "direct", amount="400.00", line_count=2)
    make.contract_cell(release, "method", "open", amount="600.00", line_count=2)
    return release


def left_by(client, query, path=CONTRACTS):
    answer = client.get(f"{path}?{query}")
    return next((one for one in answer.context["figures"] if one and one.key == "filtrados"), None), answer


def test_a_filter_by_procedure_says_what_part_of_all_it_leaves_instead_of_a_share_that_it_fixes(client, awarded):
    figure, answer = left_by(client, "metodo=directa")
    assert "Sin concurso" not in [str(column.label) for column in figure.table.columns]
    assert figure.notes == []  # of a colour that every bar would wear
    assert [row[-1].text.count("f2") for row in figure.table.rows] == [1, 1]
    assert answer.context["parts"] == [
        "Sin filtrar por procedimiento hay 4 contratos; los de esta lista son el 50%, "
        "y el 40% de su monto (pesos mexicanos)."
    ]
    assert answer.context["parts"][0] in answer.text
    assert [row[-1] for row in figure.csv_rows] == [D("300.00"), D("100.00")]  # downloads keep their columns
    _figure, english = left_by(client, "metodo=directa", f"/en{CONTRACTS}")
    assert english.context["parts"] == [
        "Without the filter by procedure there are 4 contracts; those listed are 50% of them and 40% of their amount "
        "(Mexican pesos)."
    ]


def test_another_filter_beside_it_stays_in_what_it_is_a_part_of(client, awarded):
    _figure, answer = left_by(client, "metodo=directa&q=obra")
    assert answer.context["parts"] == [
        "Sin filtrar por procedimiento hay 3 contratos; los de esta lista son el 33%, "
        "y el 33% de su monto (pesos mexicanos)."
    ]
    _figure, answer = left_by(client, "metodo=directa&q=papel")
    assert answer.context["parts"] == ["Sin filtrar por procedimiento, la lista es la misma."]


@pytest.mark.parametrize("query", ["q=obra", "metodo=x", "metodo=invitacion", "metodo=directa&q=nada", ""])
def test_without_such_a_filter_or_without_a_contract_nothing_is_told_as_a_part(client, awarded, query):
    assert left_by(client, query)[1].context["parts"] == []


def test_other_filters_leave_what_was_without_competition_to_be_told(client, awarded):
    figure, _answer = left_by(client, "q=obra")
    assert [row[4].text for row in figure.table.rows] == ["46%", "0%"]
    figure, _answer = left_by(client, "procedimiento=direct-2024")  # the contracts of one procedure are all of one kind
    assert "Sin concurso" not in [str(column.label) for column in figure.table.columns]


def test_the_supplier_asked_for_is_told_against_all_suppliers(client, awarded):
    figure, answer = left_by(client, "proveedor=alfa")
    assert figure.title == "Un proveedor recibe 65 de cada 100 pesos"
    assert figure.subtitle == "Parte de los contratos de cualquier proveedor, 2024, pesos mexicanos: $1,000 en total"
    assert [row[3].text for row in figure.table.rows] == ["65%"]
    assert [row[4].text for row in figure.table.rows] == ["46%"]
    assert answer.context["parts"] == [
        "Sin filtrar por proveedor hay 4 contratos; los de esta lista son el 50%, y el 65% de su monto (pesos mexicanos)."
    ]
    both, answer = left_by(client, "proveedor=alfa&metodo=directa")
    assert both.title == "Un proveedor recibe 75 de cada 100 pesos"  # of the direct awards
    assert len(answer.context["parts"]) == 2
    figure, _answer = left_by(client, "proveedor=s.c.")
    assert figure is None or len(figure.table.rows) != 1


def test_what_a_filter_fixes_costs_a_question_only_beside_another_filter(client, awarded):
    client.get(CONTRACTS)
    plain = queries_of(client, f"{CONTRACTS}?q=o")
    assert queries_of(client, f"{CONTRACTS}?metodo=directa") == plain
    assert queries_of(client, f"{CONTRACTS}?metodo=directa&q=o") == plain + 1
