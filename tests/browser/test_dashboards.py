"""Public pages in a real Chromium: accessible, of the width of the screen, and whole without JavaScript."""

import os
import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from datasets import pictures, tasks
from datasets.models import PublicBody
from tests.datasets import dashboards as place
from tests.factories import datasets as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

TORREON = "/municipios/05035/"
PAGES = [
    "/",
    "/buscar/?q=torreon",
    "/buscar/?q=nadie",
    "/_componentes/",
    "/no-existe/",
    "/instituciones/",
    TORREON,
    f"{TORREON}presupuesto/",
    f"{TORREON}presupuesto/?cap=6000",
    f"{TORREON}presupuesto/?por=funcion",
    f"{TORREON}ingresos/",
    f"{TORREON}contratos/",
    f"{TORREON}contratos/?q=nada",
    f"{TORREON}presupuesto/renglones/",
    f"/en{TORREON}presupuesto/?en=reales",
    f"/en{TORREON}contratos/",
    "/municipios/05001/",
    "/instituciones/simas/presupuesto/",
]

# Pages of the same components, looked at once in each width and scheme.
MORE = [
    "/panorama/",
    "/panorama/?formato=llevar&figura=cobertura",
    "/comparar/?m=05035&m=05001",
    "/proveedores/",
    "/indicadores/",
    "/indicadores/concentracion/",
    "/divulgacion/",
    f"{TORREON}senales/",
    f"{TORREON}divulgacion/",
    f"{TORREON}contratos/?metodo=directa&desde=2024-01-01",
    f"{TORREON}contratos/?formato=llevar&figura=concentracion",
    f"{TORREON}contratos/?formato=insertar&figura=concentracion",
    "/datos/",
    "/datos/abiertos/",
    "/glosario/",
]


@pytest.fixture
def site(live_server, monkeypatch):
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread
    place.classifiers()
    place.prices(2022, 2023, 2024)
    body = make.PublicBodyFactory()
    place.people(body)
    for year in (2022, 2023, 2024):
        release = place.spending(body, year)
        make.expenditure_cell(release, "concept", "6100", accrued="7000000.00", approved="10000000.00")
        place.income(body, year)
        place.awards(body, year, contracts=30)
    make.MunicipalityFactory(code="05001", name="Abasolo")
    agency = make.PublicBodyFactory(
        kind=PublicBody.Kind.MUNICIPAL_AGENCY, municipality=body.municipality, name="SIMAS Torreón", slug="simas"
    )
    place.spending(agency, 2024, {"1000": {"reported": "6000000.00"}, "3000": {"reported": "-1000000.00"}})
    return live_server.url


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit(site, page, axe, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    for path in PAGES:
        page.goto(site + path)
        assert overflow(page) <= 0, path
        axe()
    assert page.context.cookies() == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_pages_of_suppliers_rules_and_data_are_accessible_and_fit(site, page, axe, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    for path in MORE:
        assert page.goto(site + path).status == 200, path
        assert overflow(page) <= 0, path
        axe()


@pytest.mark.parametrize("scripts", [True, False])
def test_picture_is_waited_for_and_then_downloads_by_itself(site, new_context, scripts, monkeypatch):
    orders = []
    monkeypatch.setattr(pictures.current_app, "send_task", lambda task, args: orders.append(*args))
    page = new_context(java_script_enabled=scripts).new_page()
    assert page.goto(f"{site}{TORREON}presupuesto/?formato=png&figura=partes").status == 202
    with page.expect_download() as download:
        assert tasks.draw_picture(orders[0])
    assert download.value.suggested_filename == "05035-expenditure-partes.png"
    assert page.get_by_role("heading", name="La imagen se está haciendo").is_visible()


def test_page_that_waits_for_a_picture_is_accessible(site, page, axe, monkeypatch):
    monkeypatch.setattr(pictures.current_app, "send_task", lambda task, args: None)
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{site}{TORREON}presupuesto/?formato=png&figura=partes")
    assert overflow(page) <= 0
    axe()


def test_pages_fit_the_narrowest_screen_with_wide_letters(site, page):
    """320 px is 1280 px at 400% zoom (WCAG 1.4.10); letter and word spacing of WCAG 1.4.12."""
    page.set_viewport_size({"width": 320, "height": 640})
    for path in PAGES:
        page.goto(site + path)
        assert overflow(page) <= 0, path
        page.evaluate(
            "document.body.style.letterSpacing = '.12em'; document.body.style.wordSpacing = '.16em'"
        )  # CSSOM, which the policy allows, unlike a style attribute
        assert overflow(page) <= 0, f"{path} with wide letters"


def test_from_a_treemap_to_the_lines_without_javascript(site, new_context):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{site}{TORREON}")
    page.get_by_role("link", name="Presupuesto", exact=True).click()
    page.locator("svg.tree").get_by_role("link", name="6000 Inversión pública").click()
    assert page.url.endswith("?anio=2024&documento=public_account.annual&cap=6000")
    assert page.get_by_role("rowheader", name="Obra en bienes de dominio público").first.is_visible()
    page.get_by_label("Momento del presupuesto").select_option("aprobado")
    page.get_by_role("button", name="Aplicar").click()
    assert "momento=aprobado" in page.url
    assert "cap=6000" in page.url
    page.get_by_role("link", name="Ver los renglones del archivo").click()
    assert "/renglones/?version=" in page.url


def test_treemap_makes_way_for_the_bars_on_a_phone(site, page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{site}{TORREON}presupuesto/")
    assert page.locator("svg.tree").is_hidden()
    assert page.locator("#t-partes").is_visible()
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.locator("svg.tree").is_visible()


def test_menu_of_a_phone_opens_and_language_switch_stays_on_the_page(site, page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{site}{TORREON}presupuesto/?cap=6000")
    assert page.locator("#menu nav").is_hidden()
    page.get_by_role("button", name="Menú").click()
    page.get_by_role("link", name="EN, English version").click()
    assert page.url == f"{site}/en{TORREON}presupuesto/?cap=6000"
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.context.cookies() == []


def test_keyboard_reaches_the_content_first(site, page):
    page.goto(f"{site}{TORREON}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Saltar al contenido"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenido"


FOCUSED = """() => {
    const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect()
    const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
    const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
    const where = here.closest('svg.tree') ? 'tree' : here.closest('#partes table') ? 'table' : ''
    const name = here.getAttribute('aria-label') || here.textContent
    return {where, name, seen: seen && inView, region: here.matches('section.scroll')}
}"""


def tabbed(page, most=80):
    """What the Tab key reaches from the beginning of the content to the end of the first figure, in this order."""
    found = []
    page.locator("#contenido").focus()
    for _step in range(most):
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUSED))
        if found[-1]["name"] == "Llevar":
            break
    return found


def focus_on(page, where, name):
    for _step in range(80):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here["where"] == where and name in here["name"]:
            return
    raise AssertionError(f"the Tab key does not reach {name} in the {where}")


def test_keyboard_walks_through_treemap_and_table_and_drills_down(site, page):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site}{TORREON}presupuesto/")
    reached = tabbed(page)
    assert all(one["seen"] for one in reached), [one for one in reached if not one["seen"]]
    blocks = [one["name"] for one in reached if one["where"] == "tree"]
    assert [name.split("\u00a0")[0] for name in blocks] == [
        "1000 Servicios personales 50.0",
        "3000 Servicios generales 33.0",
        "6000 Inversión pública 7.0",
    ]
    cells = [one["name"] for one in reached if one["where"] == "table"]
    assert [name for name in cells if name in {"Servicios personales", "Servicios generales", "Inversión pública"}] == [
        "Servicios personales",
        "Servicios generales",
        "Inversión pública",
    ]
    places = [one["where"] for one in reached if one["where"]]
    assert places == sorted(places, key=["tree", "table"].index)  # the drawing first, then its table, nothing twice
    assert any(one["region"] for one in reached)  # a wide table is scrolled with the arrow keys

    page.locator("#contenido").focus()
    focus_on(page, "tree", "6000")
    page.keyboard.press("Enter")
    page.wait_for_url("**cap=6000**")
    page.locator("#contenido").focus()
    focus_on(page, "table", "Obra en bienes de dominio público")
    page.keyboard.press("Enter")
    page.wait_for_url("**/renglones/**")
    assert "clave=6100" in page.url


LETTER = (612, 792)  # points
WIDER_THAN_PAPER = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.getClientRects().length && !one.closest('svg') && getComputedStyle(one).clipPath === 'none')
    .filter(one => { const box = one.getBoundingClientRect(); return box.right > innerWidth + 1 || box.left < -1 })
    .map(one => `${one.tagName}.${one.className}#${one.id} ${Math.round(one.getBoundingClientRect().right)}`)"""


# What may not be the last thing on a sheet: it speaks of what comes next.
INTRODUCTIONS = """() => [...document.querySelectorAll('h1, h2, h3, figcaption, caption, thead')]
    .filter(one => one.getClientRects().length && getComputedStyle(one).clipPath === 'none')
    .map(one => one.innerText)"""
OVERLAPPING = """() => [...document.querySelectorAll('.stat b')].filter(one => one.scrollWidth > one.clientWidth + 1)
    .map(one => one.innerText)"""
LICENCES = ("Textos y gráficas: CC BY 4.0.", "Texts and charts: CC BY 4.0.")
PRINTED = (
    TORREON,
    f"{TORREON}presupuesto/",
    f"{TORREON}contratos/",
    "/comparar/?m=05035&m=05001",
    f"/en{TORREON}",
    f"/en{TORREON}contratos/?metodo=directa",
)


def sheets(file):
    """The text of each, without its white space, which is not printed as it is written."""
    return ["".join(sheet.extract_text().split()) for sheet in PdfReader(BytesIO(file)).pages]


def test_report_of_a_municipality_fits_its_paper(site, page):
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 900})  # Letter without the margins of the style sheet
    for path in PRINTED:
        page.goto(site + path)
        assert page.evaluate(WIDER_THAN_PAPER) == [], path
        assert page.evaluate(OVERLAPPING) == [], path
        assert overflow(page) <= 0, path
        assert page.locator("h1").is_visible()
        for left_out in (".menu", ".acts", ".tabs"):  # what nobody can press on paper
            shown = page.locator(left_out)
            assert not shown.count() or shown.first.is_hidden(), (path, left_out)
        file = page.pdf(format="Letter", print_background=False)
        boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", file)
        assert {(round(float(wide)), round(float(high))) for wide, high in boxes} == {LETTER}
        printed = sheets(file)
        assert 2 <= len(printed) <= 8, path
        imprint = ["".join(licence.split()) for licence in LICENCES]
        assert [any(one in sheet for one in imprint) for sheet in printed] == [True, *[False] * (len(printed) - 1)], (
            path
        )
        introductions = tuple("".join(one.split()) for one in page.evaluate(INTRODUCTIONS))
        assert all(introductions)
        assert [sheet[-60:] for sheet in printed if sheet.endswith(introductions)] == [], path
    page.goto(f"{site}{TORREON}")
    page.evaluate("document.querySelector('#t-partes').closest('table').style.minWidth = '800px'")
    assert page.evaluate(WIDER_THAN_PAPER)  # what is wider would have been seen


def test_every_public_dashboard_works_without_javascript(site, new_context):
    page = new_context(java_script_enabled=False).new_page()
    for path in (*PAGES, *MORE):
        answer = page.goto(site + path)
        assert answer.status == (404 if path == "/no-existe/" else 200), path
        if "formato=insertar" in path:
            assert page.locator("figure").is_visible(), path
            continue
        assert page.locator("h1").first.is_visible(), path
        assert len(page.locator("main").inner_text()) > 100, path
        assert overflow(page) <= 0, path
        for form in page.locator("main form").all():  # no choice waits for a script to send it
            button = form.locator("button:not([type=button]), input[type=submit]")
            assert button.count() or not form.locator("input:not([type=hidden]), select, textarea").count(), path
        for more in page.locator("main details > summary").all():
            if more.is_visible():
                more.click()
                assert more.locator("xpath=..").get_attribute("open") is not None, path
