"""The next file of a trusted profile is published by itself, and waits for a person when something that matters deviates."""

import pytest

from datasets import services, tasks
from datasets.ingest import pipeline
from datasets.models import MappingProfile, PublicBody
from datasets.rereading import confirm_mapping
from datasets.reviews import publish_if_trusted, trust_profile
from tests.datasets.files import ABOUT, BAD_ROW, HEADINGS, ROWS, member, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def trusted(client):
    """Somebody who coordinates, her organisation, and a first file published with trust."""
    user, organisation = member("coordinacion")
    ingest = upload(HEADINGS + ROWS, by=user, organisation=organisation, **ABOUT)
    client.force_login(user)
    assert client.get(f"/datos/cargas/{ingest.pk}/").context["offers_trust"]
    client.post(f"/datos/cargas/{ingest.pk}/publicar/", {"trust": "on"})
    PublicBody.objects.update(confirmed=True)  # the file named it; an installation knows all municipalities
    profile = MappingProfile.objects.get()
    assert (profile.trusted_for, profile.trusted_by, profile.version) == (organisation, user, 1)
    return user, organisation


def following(text, organisation, by, **said):
    ingest = upload(text, by=by, organisation=organisation, name="siguiente.csv", **(ABOUT | {"year": 2025} | said))
    tasks.ingest_file(ingest.pk)
    publish_if_trusted(ingest=ingest)
    ingest.refresh_from_db()
    return ingest


def test_next_file_goes_by_itself(trusted):
    user, organisation = trusted
    somebody = member()[0]
    ingest = following(HEADINGS + ROWS.replace("500.00", "510.00"), organisation, somebody)
    assert ingest.status == "published"
    release = ingest.releases.get()
    assert release.published_by == user
    assert release.reason == "Se publicó por sí sola: se leyó como «gasto.csv v1», y nada se desvió."


@pytest.mark.parametrize(
    ("text", "said", "why"),
    [
        (HEADINGS + ROWS, {"reading": {"unit": 1000}}, "¿Son miles de pesos?"),
        (HEADINGS + ROWS + ',Total,"9,500.00","1,650.00",700.00,500.50\n', {}, "sus filas suman"),
        (HEADINGS + ROWS * 3 + BAD_ROW * 5, {}, "Se rechazó más de 5 %"),
        (HEADINGS + ROWS, {"year": 2024, "name_again": True}, "ya son públicas"),
    ],
)
def test_file_that_deviates_waits_and_says_why(trusted, text, said, why):
    user, organisation = trusted
    if said.pop("name_again", False):
        text = text.replace("500.00", "505.00")
    ingest = following(text, organisation, user, **said)
    assert ingest.status == "ready"
    [step] = ingest.review_steps.all()
    assert step.step == "held"
    assert all(why in line for line in step.note.split("\n"))  # and nothing else deviates
    assert not publish_if_trusted(ingest=ingest)  # asked once; from here on a person decides
    services.publish_ingest(ingest=ingest, by=user, reason="Lo revisé.")


def test_trust_is_of_one_organisation_and_of_those_who_may_publish(trusted):
    user, organisation = trusted
    stranger, other = member("coordinacion")
    assert following(HEADINGS + ROWS.replace("500.00", "501.00"), other, stranger).status == "ready"
    membership = user.memberships.get()
    membership.role = "miembro"
    membership.save()
    assert following(HEADINGS + ROWS.replace("500.00", "502.00"), organisation, user).status == "ready"


def confirmed(text, columns, **answers):
    """Somebody who coordinates, her organisation, and a first file published as she said, with trust."""
    user, organisation = member("coordinacion")
    first = upload(text, by=user, organisation=organisation, **ABOUT)
    again = pipeline.run_ingest(confirm_mapping(ingest=first, columns=columns, by=user, answers=answers).pk)
    services.publish_ingest(ingest=again, by=user, reason="Así es.")
    trust_profile(ingest=again, by=user)
    PublicBody.objects.update(confirmed=True)
    return user, organisation


USUAL = {
    "Capítulo": "chapter_code",
    "Concepto": "object_name",
    "Aprobado": "approved",
    "Modificado": "modified",
    "Devengado": "accrued",
    "Pagado": "paid",
}


def test_unit_that_was_said_holds_for_the_files_of_whoever_said_it():
    user, organisation = confirmed(HEADINGS + ROWS, USUAL, unit=1000)
    ours = following(HEADINGS + ROWS.replace("500.00", "510.00"), organisation, user)
    assert (ours.status, ours.report["totals"]["approved"]) == ("published", "1500000.00")
    stranger, other = member("coordinacion")
    theirs = following(HEADINGS + ROWS.replace("500.00", "520.00"), other, stranger)
    assert (theirs.status, theirs.report["totals"]["approved"]) == ("ready", "1500.00")


@pytest.mark.parametrize("note", ["Cifras en pesos", "(Pesos)", "Cifras en millones de pesos"])
def test_unit_that_the_file_prints_is_not_overridden_by_what_was_said_before(note):
    user, organisation = confirmed(HEADINGS + ROWS, USUAL, unit=1000)
    ingest = following(f"{note},,,,,\n" + HEADINGS + ROWS, organisation, user)
    assert ingest.status == "needs_mapping"
    assert "¿En qué unidad está?" in ingest.report["questions"][0]
    same = following("Cifras en miles de pesos,,,,,\n" + HEADINGS + ROWS, organisation, user)
    assert (same.status, same.report["unit"]) == ("published", 1000)


def test_unit_that_the_file_prints_is_answered_once_more():
    user, organisation = confirmed(HEADINGS + ROWS, USUAL, unit=1000)
    ingest = following("Cifras en pesos,,,,,\n" + HEADINGS + ROWS, organisation, user)
    again = confirm_mapping(ingest=ingest, columns=USUAL, by=user, answers={"unit": 1})
    again = pipeline.run_ingest(again.pk)
    assert (again.status, again.report["totals"]["approved"]) == ("ready", "1500.00")


BARE = "Clave,Concepto,Importe\n1000,Servicios personales,{}\n2000,Materiales,10.00\n3000,Servicios generales,20.00\n"
SAID = {"Clave": "chapter_code", "Concepto": "object_name", "Importe": "accrued"}


@pytest.mark.parametrize(
    ("above", "status"),
    [
        ("Presupuesto de egresos,,\n", "published"),
        ("Presupuesto de egresos devengado,,\n", "published"),
        ("Presupuesto de egresos: PAGADO,,\n", "needs_mapping"),
        (",,Pagado\n", "ready"),
    ],
)
def test_moment_that_the_titles_name_is_held_against_the_one_remembered(above, status):
    user, organisation = confirmed("Presupuesto de egresos,,\n" + BARE.format("60.00"), SAID, kind="expenditure")
    assert following(above + BARE.format("61.00"), organisation, user).status == status


def test_title_that_a_person_saw_when_she_confirmed_asks_nothing_more():
    title = "Presupuesto de egresos pagado y por pagar,,\n"
    user, organisation = confirmed(title + BARE.format("60.00"), SAID, kind="expenditure")
    assert following(title + BARE.format("61.00"), organisation, user).status == "published"


TWO = (
    "Capítulo,Concepto,Importe,Importe\n"
    "1000,Servicios personales,{},30.00\n2000,Materiales,10.00,5.00\n3000,Servicios,20.00,9.00\n"
)


@pytest.mark.parametrize(
    ("first", "above", "status"),
    [
        (",,Devengado,Pagado\n", ",,Devengado,Pagado\n", "published"),
        (",,2024,2023\n", ",,2025,2024\n", "published"),
        (",,2024,2023\n", ",,2024,2025\n", "else"),
        (",,Devengado,Pagado\n", ",,Aprobado,Devengado\n", "else"),
        (",,Devengado,Pagado\n", ",,2025,2024\n", "else"),
    ],
)
def test_groups_above_the_headings_are_part_of_what_is_recognised(first, above, status):
    columns = {"Capítulo": "chapter_code", "Concepto": "object_name", "Importe": "accrued", "Importe [2]": ""}
    user, organisation = confirmed(first + TWO.format("60.00"), columns, kind="expenditure")
    ingest = following(above + TWO.format("61.00"), organisation, user)
    assert (ingest.status == "published") == (status == "published"), (ingest.status, ingest.report["questions"])


CONTRACTS = "Ejercicio,Número de contrato,Proveedor,Objeto,Fecha de firma,Monto total con IVA\n"


def contracts_of(year, *more):
    rows = [f"{year},C-{n},Proveedor {n} SA de CV,Bacheo de la calle {n},03/02/{year},{n}00.00\n" for n in range(1, 9)]
    return CONTRACTS + "".join(rows + [rows[n] for n in more])


@pytest.mark.parametrize(("seen", "status"), [((), "ready"), ((4,), "published")])
def test_warning_of_the_reading_stops_unless_a_person_saw_it_in_the_first_file(seen, status):
    user, organisation = member("coordinacion")
    about = {"kind": "contracts", "document": None}
    first = upload(contracts_of(2024, *seen), by=user, organisation=organisation, **(ABOUT | about))
    services.publish_ingest(ingest=first, by=user, reason="Así es.")
    trust_profile(ingest=first, by=user)
    PublicBody.objects.update(confirmed=True)
    ingest = following(contracts_of(2025, 2), organisation, user, **about)
    assert ingest.status == status
    warned = ingest.row_issues.filter(severity="warning").values_list("message", flat=True)
    assert warned
    assert [step.note for step in ingest.review_steps.filter(step="held")] == ([] if seen else list(warned))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        (ROWS.replace("500.00", "490.00"), "Q2"),
        ("".join(ROWS.splitlines(keepends=True)[:1]).replace("500.00,400.00", "900.00,800.00"), "Q2"),
        (ROWS.replace(",500.00,400.00", ",,").replace("100.50,100.50", ",").replace("99.50,0.00", ","), "Q2"),
    ],
)
def test_quarter_that_falls_below_the_one_before_waits(text, period):
    user, organisation = member("coordinacion")
    about = {"document": "quarterly", "year": 2024}
    first = upload(HEADINGS + ROWS, by=user, organisation=organisation, **(ABOUT | about | {"period": "Q1"}))
    services.publish_ingest(ingest=first, by=user, reason="Así es.")
    trust_profile(ingest=first, by=user)
    PublicBody.objects.update(confirmed=True)
    assert following(HEADINGS + text, organisation, user, **about, period=period).status == "ready"
    more = ROWS.replace("500.00", "510.00")
    assert following(HEADINGS + more, organisation, user, **about, period=period).status == "published"


@pytest.mark.parametrize(
    ("title", "status", "why"),
    [
        ("Municipio de Torreón, Coahuila", "published", ""),
        ("Tesorería Municipal", "published", ""),
        ("Gobierno del Estado de Coahuila", "needs_mapping", "Gobierno del Estado de Coahuila|Coahuila"),
        ("Gobierno Federal", "needs_mapping", "Gobierno Federal"),
        ("Sistema Municipal de Aguas y Saneamiento de Torreón", "ready", "El archivo nombra a «Sistema Municipal"),
    ],
)
def test_body_in_the_titles_other_than_the_one_chosen_stops(territory, trusted, title, status, why):
    user, organisation = trusted
    text = f"{title}{',' * 5}\n".replace("Torreón, Coahuila", '"Torreón Coahuila"').replace('"', "")
    ingest = following(text + HEADINGS + ROWS.replace("500.00", "510.00"), organisation, user)
    assert ingest.status == status, ingest.report["questions"]
    told = [*ingest.report["questions"], *ingest.review_steps.filter(step="held").values_list("note", flat=True)]
    assert all(any(part in line for part in why.split("|")) for line in told)
    assert bool(told) == bool(why)


def test_other_body_is_published_once_a_person_has_looked(territory):
    user, organisation = member("coordinacion")
    title = "Sistema Municipal de Aguas y Saneamiento de {},,,,,\n"
    first = upload(title.format("Torreón") + HEADINGS + ROWS, by=user, organisation=organisation, publish=True, **ABOUT)
    assert first.status == "ready"
    services.publish_ingest(ingest=first, by=user, reason="Es del municipio.")
    trust_profile(ingest=first, by=user)
    PublicBody.objects.update(confirmed=True)
    more = HEADINGS + ROWS.replace("500.00", "510.00")
    assert following(title.format("Torreón") + more, organisation, user).status == "published"
    assert following(title.format("Matamoros") + more, organisation, user, year=2023).status == "ready"
