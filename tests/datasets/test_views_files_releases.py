"""Versions of a slice, what changed between them, going back, and the way from a line to its row of the file."""

import csv
import io

import openpyxl
import pytest

from datasets.catalogue import versions_of_slice
from datasets.differences import differences
from datasets.models import Release, SourceFile
from datasets.releases import publish_releases, restore_release, withdraw_release
from datasets.restatements import told_versions
from tests.datasets.files import ABOUT, BAD_ROW, HEADINGS, ROWS, member, published, upload
from tests.factories.datasets import PublicBodyFactory, ReleaseFactory, class_node, expenditure_cell
from tests.factories.partners import GesocFactory, MembershipFactory

pytestmark = pytest.mark.django_db
SECRET = "1100,Apoyo a persona GOMC800229AB1,10.00,10.00,10.00,10.00\n"


def page(response):
    return response.content.decode()


def address(release, more=""):
    return f"/datos/versiones/{release.pk}/{more}"


@pytest.fixture
def versions():
    """A slice restated: version 1 superseded, version 2 public."""
    first = published(HEADINGS + ROWS, name="enero.csv").releases.get()
    second = published(HEADINGS + ROWS.replace("500.00,400.00", "650.00,400.00"), name="marzo.csv").releases.get()
    first.refresh_from_db()
    return first, second


def test_version_shows_its_totals_its_file_and_its_lines(client, versions):
    first, second = versions
    response = client.get(address(second))
    assert response.status_code == 200
    assert "set-cookie" not in response
    assert [total for _name, total in response.context["totals"]] == ["1,500.00", "1,650.00", "850.00", "500.50"]
    assert list(response.context["versions"]) == [second, first]
    lines = response.context["lines"]
    assert [(number, amounts) for number, _name, amounts in lines.rows] == [
        (1, ["1,000.00", "1,100.00", "650.00", "400.00"]),
        (2, ["300.00", "300.00", "100.50", "100.50"]),
        (3, ["200.00", "250.00", "99.50", "0.00"]),
    ]
    assert "marzo.csv" in page(response)


def test_version_shows_what_changed_against_the_one_before(client, versions):
    for code in ("1000", "2000", "3000"):
        class_node("object", code, f"Capítulo {code}")
    first, second = versions
    changes = client.get(address(second)).context["changes"]
    assert [(row["before"], row["after"], row["difference"]) for row in changes["totals"]] == [
        ("1,500.00", "1,500.00", "0.00"),
        ("1,650.00", "1,650.00", "0.00"),
        ("700.00", "850.00", "+150.00"),
        ("500.50", "500.50", "0.00"),
    ]
    assert [(row["name"], row["difference"]) for row in changes["parts"]] == [
        ("1000 Capítulo 1000", "+150.00"),
        ("2000 Capítulo 2000", "0.00"),
        ("3000 Capítulo 3000", "0.00"),
    ]
    assert client.get(address(first)).context["changes"] is None


def test_versions_are_told_in_words(client, versions, django_assert_num_queries):
    for code in ("1000", "2000", "3000"):
        class_node("object", code, f"Capítulo {code}")
    first, second = versions
    name = first.public_body.name
    changed = (
        f"{name} cambió 2024 en la versión 2: +$150.00 en 1000 Capítulo 1000; en total +$150.00 (devengado).",
        "",
    )
    assert [told for _version, told in client.get(address(second)).context["log"]] == list(changed)
    with django_assert_num_queries(9):
        client.get(address(second))
    third = published(HEADINGS + ROWS.replace("500.00,400.00", "600.00,400.00"), name="abril.csv").releases.get()
    with django_assert_num_queries(9):  # as for two versions: sums and names of all pairs come at once
        log = client.get(address(third)).context["log"]
    assert log[0] == (
        third,
        f"{name} cambió 2024 en la versión 3: −$50.00 en 1000 Capítulo 1000; en total −$50.00 (devengado).",
    )
    assert [told for _version, told in log[1:]] == list(changed)
    again = ReleaseFactory(**_slice(third), version=4, status="withdrawn", totals=third.totals, ingest=third.ingest)
    client.force_login(GesocFactory())
    assert dict(client.get(address(again)).context["log"])[again].startswith("Se volvió a leer el mismo archivo")


def _slice(release):
    return {name.removesuffix("_id"): getattr(release, name.removesuffix("_id")) for name in release.SLICE}


def restated(body, version, chapters, **totals):
    """Published over what is public; {chapter: (approved, accrued)}, None where it is not stated."""
    release = ReleaseFactory(public_body=body, version=None, status="draft", published_at=None, totals=totals)
    for code, (approved, accrued) in chapters.items():
        expenditure_cell(release, "chapter", code, approved=approved, accrued=accrued)
    publish_releases(ids=[release.pk], by=None)
    release.refresh_from_db()
    assert release.version == version
    return release


def told_of(release):
    return dict(told_versions(list(versions_of_slice(release, GesocFactory()))))[release]


def test_what_is_no_longer_stated_is_named_and_what_is_new_too():
    body = PublicBodyFactory()
    for code in ("1000", "2000", "3000", "4000"):
        class_node("object", code, f"Capítulo {code}")
    one, two, three, four = ("6.00", "3.00"), ("1.00", "5.00"), ("2.00", "1.00"), ("2.00", "1.10")
    restated(body, 1, {"1000": one, "2000": two, "3000": three}, approved="9.00", accrued="9.00")
    second = restated(body, 2, {"1000": one, "3000": four}, approved="8.00", accrued="4.10")
    assert told_of(second).endswith(
        ": +$0.10 en 3000 Capítulo 3000; ya no se declara: 2000 Capítulo 2000 (−$5.00); en total −$4.90 (devengado)."
    )
    third = restated(body, 3, {"1000": one, "4000": four}, approved="8.00", accrued="4.10")
    assert told_of(third).endswith(
        ": ya no se declara: 3000 Capítulo 3000 (−$1.10); ahora se declara: 4000 Capítulo 4000 (+$1.10) (devengado)."
    )
    fourth = restated(body, 4, {"1000": ("6.00", None), "4000": ("2.00", None)}, approved="8.00")
    assert told_of(fourth).endswith(" cambió 2024 en la versión 4: ya no se declara: Devengado (−$4.10).")


def test_a_version_is_told_against_what_was_public_before_it():
    body = PublicBodyFactory()
    class_node("object", "1000", "Capítulo 1000")
    first, _second, third = (
        restated(body, version, {"1000": (None, amount)}, accrued=amount)
        for version, amount in ((1, "10.00"), (2, "30.00"), (3, "70.00"))
    )
    restore_release(release=first, by=None, reason="La tercera no era la definitiva.")
    fourth = restated(body, 4, {"1000": (None, "11.00")}, accrued="11.00")
    assert "+$1.00 en 1000 Capítulo 1000; en total +$1.00 (devengado)." in told_of(fourth)
    assert told_of(first) == (
        "La versión 1 se restauró en lugar de la versión 3: −$60.00 en 1000 Capítulo 1000; en total −$60.00 (devengado)."
    )
    assert "+$40.00 en 1000" in told_of(third)
    withdraw_release(release=fourth, by=None, reason="Se revisa.")
    restore_release(release=fourth, by=None, reason="Se revisó.")
    assert told_of(fourth).endswith("(devengado). La versión 4 vuelve a ser pública.")


def test_contracts_are_told_in_pesos_first_and_then_in_each_other_currency():
    body = PublicBodyFactory()
    versions = [
        ReleaseFactory(public_body=body, kind="contracts", document="", version=version, status=status, totals=totals)
        for version, status, totals in (
            (1, "superseded", {"EUR": "10.00", "MXN": "100.00", "USD": "7.00"}),
            (2, "published", {"EUR": "15.00", "MXN": "90.00"}),
        )
    ]
    assert [one.name for one in differences(versions[1], versions[0]).totals] == ["MXN", "EUR", "USD"]
    sentence = told_of(versions[1]).replace("\u00a0", " ")
    assert "en total −$10 (MXN); en total +5 EUR (EUR); ya no se declara: USD (−7 USD)." in sentence


def test_version_that_changes_no_sum_says_so(client):
    body = PublicBodyFactory()
    for version, status in ((1, "superseded"), (2, "published")):
        release = ReleaseFactory(public_body=body, version=version, status=status, totals={"approved": "30.00"})
    assert "La versión 2 no cambió ninguna suma de 2024." in page(client.get(address(release)))


def test_version_that_drops_a_chapter_gives_no_zero(client):
    body = PublicBodyFactory()
    first = ReleaseFactory(public_body=body, status="superseded", totals={"approved": "30.00"})
    second = ReleaseFactory(public_body=body, version=2, totals={"approved": "10.00", "paid": "1.00"})
    expenditure_cell(first, "chapter", "1000", approved="10.00")
    expenditure_cell(first, "chapter", "2000", approved="20.00")
    expenditure_cell(second, "chapter", "1000", approved="10.00", paid="1.00")
    changes = client.get(address(second)).context["changes"]
    assert [(row["before"], row["after"], row["difference"]) for row in changes["totals"]] == [
        ("30.00", "10.00", "−20.00"),
        ("", "1.00", ""),
    ]


def test_version_is_not_compared_in_public_with_a_withdrawn_one(client):
    body = PublicBodyFactory()
    ReleaseFactory(public_body=body, status="withdrawn", totals={"approved": "31.00"})
    second = ReleaseFactory(public_body=body, version=2, totals={"approved": "10.00"})
    response = client.get(address(second))
    assert response.context["previous"] is None
    assert "31.00" not in page(response)
    client.force_login(GesocFactory())
    assert client.get(address(second)).context["previous"].version == 1


def test_versions_that_are_not_public_do_not_exist_for_others(client, versions):
    user, organisation = member()
    draft = upload(HEADINGS + ROWS + "\n", by=user, organisation=organisation, **ABOUT).releases.get()
    for more in ("", "filas/1/"):
        assert client.get(address(draft, more)).status_code == 404
    _first, second = versions
    assert draft not in client.get(address(second)).context["versions"]
    client.force_login(user)
    response = client.get(address(draft))
    assert response.context["previous"] == second
    assert draft in response.context["versions"]


@pytest.mark.parametrize("count", [1, 3])
def test_version_asks_the_same_queries_for_one_line_and_for_three(client, count, django_assert_num_queries):
    rows = "".join(ROWS.splitlines(keepends=True)[:count])
    release = published(HEADINGS + rows).releases.get()
    with django_assert_num_queries(
        5
    ):  # version, the one before, its versions and their journal, lines with their labels
        client.get(address(release))


def test_lines_go_on_from_a_number(client):
    rows = "".join(f"1000,Sueldos de la oficina {number},{number}.00,1.00,1.00,1.00\n" for number in range(1, 61))
    release = published(HEADINGS + rows).releases.get()
    first = client.get(address(release)).context["lines"]
    assert (len(first.rows), first.first, first.next) == (50, 1, 51)
    rest = client.get(address(release), {"desde": "51"}).context["lines"]
    assert ([row[0] for row in rest.rows], rest.next) == (list(range(51, 61)), None)
    for nonsense in ("x", "-1", "99999999999999999999", "²"):
        assert client.get(address(release), {"desde": nonsense}).status_code == 200


# -- going back ---------------------------------------------------------------------------------------------------


def test_restoring_asks_for_a_reason_and_flips_the_versions(client, versions):
    first, second = versions
    coordinator = GesocFactory()
    client.force_login(coordinator)
    assert client.get(address(first, "restaurar/")).status_code == 200
    refused = client.post(address(first, "restaurar/"), {"reason": " "})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["reason"]
    response = client.post(address(first, "restaurar/"), {"reason": "El archivo de marzo estaba incompleto."})
    assert (response.status_code, response.url) == (302, address(first))
    for release in versions:
        release.refresh_from_db()
    assert (first.status, second.status) == (Release.Status.PUBLISHED, Release.Status.SUPERSEDED)
    assert (first.reason, first.published_by) == ("El archivo de marzo estaba incompleto.", coordinator)


def test_withdrawing_takes_the_figures_from_the_public(client, versions):
    _first, second = versions
    client.force_login(GesocFactory())
    assert client.get(address(second, "retirar/")).status_code == 200
    client.post(address(second, "retirar/"), {"reason": "Cifras de otra institución."})
    second.refresh_from_db()
    assert second.status == Release.Status.WITHDRAWN
    client.logout()
    assert client.get(address(second)).status_code == 404


@pytest.mark.parametrize("step", ["restaurar/", "retirar/"])
def test_going_back_needs_the_coordination(client, versions, step):
    release = versions[0] if step == "restaurar/" else versions[1]
    for method in (client.get, client.post):
        assert method(address(release, step), {"reason": "x"}).status_code == 302
    organisation = MembershipFactory().organisation
    release.ingest.file.organisations.add(organisation)
    for user, expected in [
        (member("coordinacion")[0], 403),
        (MembershipFactory(organisation=organisation).user, 403),
        (MembershipFactory(organisation=organisation, role="coordinacion").user, 302),
    ]:
        client.force_login(user)
        assert client.post(address(release, step), {"reason": "x"}).status_code == expected


def test_withdrawing_what_is_not_public_says_so(client, versions):
    first, _second = versions
    client.force_login(GesocFactory())
    response = client.post(address(first, "retirar/"), {"reason": "x"}, follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    first.refresh_from_db()
    assert first.status == Release.Status.SUPERSEDED


@pytest.mark.parametrize("count", [1, 3])
def test_row_asks_the_same_queries_whatever_the_file_holds(client, count, django_assert_num_queries):
    release = published(HEADINGS + "".join(ROWS.splitlines(keepends=True)[:count])).releases.get()
    with django_assert_num_queries(3):  # version with its file, line with its labels, packages that held the file
        client.get(address(release, "filas/1/"))


# -- the row of the file ------------------------------------------------------------------------------------------


def cells(response):
    return [(source.number, source.cells) for source in response.context["rows"]]


def test_row_of_a_csv_is_the_very_row(client):
    release = published("Municipio de Torreón\n\n" + HEADINGS + ROWS).releases.get()
    response = client.get(address(release, "filas/2/"))
    assert response.status_code == 200
    assert cells(response) == [
        (
            5,
            [
                ("Capítulo", "2000"),
                ("Concepto", "Materiales y suministros"),
                ("Aprobado", "300.00"),
                ("Modificado", "300.00"),
                ("Devengado", "100.50"),
                ("Pagado", "100.50"),
            ],
        )
    ]
    assert [amount for _name, amount in response.context["amounts"]] == ["300.00", "300.00", "100.50", "100.50"]


def test_row_behind_a_rejected_one_keeps_its_number(client):
    first, *others = ROWS.splitlines(keepends=True)
    release = published(HEADINGS + first + BAD_ROW + "".join(others)).releases.get()
    [(number, row)] = cells(client.get(address(release, "filas/2/")))
    assert (number, row[0]) == (4, ("Capítulo", "2000"))


def test_row_of_a_workbook_names_its_sheet(client):
    book = openpyxl.Workbook()
    book.active.title = "Portada"
    book.active.append(["Estado del ejercicio"])
    sheet = book.create_sheet("Gasto")
    for line in [HEADINGS, *ROWS.splitlines()]:
        sheet.append(next(csv.reader([line])))
    data = io.BytesIO()
    book.save(data)
    release = published(data.getvalue(), name="gasto.xlsx").releases.get()
    response = client.get(address(release, "filas/3/"))
    assert response.context["sheet"] == "Gasto"
    [(number, row)] = cells(response)
    assert (number, row[:2]) == (4, [("Capítulo", "3000"), ("Concepto", "Servicios generales")])


def test_row_with_personal_data_is_not_public(client):
    release = published(HEADINGS + ROWS + SECRET).releases.get()
    SourceFile.objects.update(has_personal_data=True)
    last = address(release, f"filas/{release.line_count}/")
    response = client.get(last)
    assert response.status_code == 200
    assert response.context["hidden"]
    assert "GOMC800229AB1" not in page(response)
    [(number, row)] = cells(response)
    assert (number, row[:3]) == (5, [("Capítulo", "1100"), ("Concepto", "•••"), ("Aprobado", "10.00")])
    assert cells(client.get(address(release, "filas/1/")))[0][0] == 2  # the other rows of the file are public
    client.force_login(GesocFactory())
    assert "GOMC800229AB1" in page(client.get(last))


def test_row_of_an_original_that_is_gone_says_so(client, media_root):
    release = published().releases.get()
    (media_root / release.ingest.file.storage_path).unlink()
    response = client.get(address(release, "filas/1/"))
    assert response.status_code == 200
    assert response.context["problem"] == "El original de este archivo ya no está guardado."


def test_row_that_is_not_there_is_404(client):
    release = published().releases.get()
    assert client.get(address(release, "filas/99/")).status_code == 404
    assert client.get("/datos/versiones/999999/filas/1/").status_code == 404


# -- any two versions -----------------------------------------------------------------------------------------------


def test_any_two_versions_are_told_apart_row_by_row(client):
    """The first against the third: what the second did in between is not told."""
    texts = [
        ROWS,
        ROWS.replace("500.00", "700.00"),
        ROWS.replace("500.00", "510.00") + "4000,Ayudas,10.00,10.00,5.00,5.00\n",
    ]
    first, _second, third = [published(HEADINGS + text).releases.get() for text in texts]
    response = client.get(address(third, f"contra/{first.pk}/"))
    told = response.context["one"]
    assert (told["added"], told["gone"], told["changed"]) == ("1", "0", "1")
    accrued = next(row for row in told["changes"]["totals"] if row["name"] == "Devengado")
    assert "15.00" in accrued["difference"]
    assert f"/datos/versiones/{first.pk}/contra/{third.pk}/" in page(response)
    assert f"/datos/versiones/{third.pk}/contra/{first.pk}/" in page(client.get(address(third)))


def test_versions_of_other_figures_are_not_compared(client):
    one = ReleaseFactory()
    other = ReleaseFactory(year=2019, public_body=one.public_body)
    for release, against in ((one, other), (one, one)):
        assert client.get(address(release, f"contra/{against.pk}/")).status_code == 404
