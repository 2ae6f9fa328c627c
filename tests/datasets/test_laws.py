"""Laws and caps: nothing counts before a person confirmed it; what does changes the questions of its own place alone."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from datasets import flags, laws, merges
from datasets.indicators import law
from datasets.models import (
    Flag,
    IndicatorValue,
    LegalReference,
    LegalReferenceEvent,
    ProcurementCap,
    ProcurementCapEvent,
    Supplier,
)
from datasets.releases import publish_releases, withdraw_release
from datasets.selectors.laws import Barred, barred_suppliers, caps_kept_of, caps_of
from datasets.versions import data_version
from gesoc.celery import app
from partners.services import create_user, ensure_groups
from tests.datasets.dashboards import queries_of
from tests.datasets.test_indicators import award, rows_of, year
from tests.factories import datasets as make
from tests.factories.partners import AdminFactory, GesocFactory

D = Decimal


def cap(most="100000", **fields):
    return ProcurementCap(**({"method": "direct", "most": D(most), "with_tax": True} | fields))


def near(*parts, caps=(), **fields):
    """A year of direct awards that are these parts of a cap of one hundred thousand pesos, and a tender."""
    lines = [award(n, method="direct", with_tax=D(part) * 100_000, **fields) for n, part in enumerate(parts, start=1)]
    found = year(*lines, award(99, method="open"))
    return law.Awards(2024, [1], found.lines, caps or [cap()])


# -- just under the cap -----------------------------------------------------------------------------------------------


def test_awards_near_the_cap_are_compared_with_those_a_little_lower():
    found = law.just_under_the_cap(near("0.95", "1", "0.9", "0.8", "0.85", "0.79", "1.01", "0.5"))
    assert (found.value, found.numerator, found.denominator, found.count) == (D(60), D(3), D(5), 5)
    assert found.findings == ()  # a coin does that every other time


def test_an_uneven_crowd_under_the_cap_raises_a_question_with_its_rows():
    found = law.just_under_the_cap(near("0.9", "0.95", "0.97", "0.98", "0.99", "0.999", "0.3"))
    assert found.value == D(100)
    assert [sorted(rows) for rows in rows_of(found)] == [[1, 2, 3, 4, 5, 6]]
    assert dict(found.findings[0].params) == {"count": "6", "lower": "0"}


def test_the_chance_is_that_of_a_coin():
    assert law.chance(5, 5) == pytest.approx(1 / 32)
    assert law.chance(4, 5) == pytest.approx(6 / 32)
    assert law.chance(0, 7) == 1


@pytest.mark.parametrize(
    ("awards", "reason"),
    [
        (near("0.95", caps=[cap(valid_to=date(2023, 12, 31))]), "no_cap"),
        (near("0.95", caps=[cap(valid_from=date(2025, 1, 1))]), "no_cap"),
        (near("0.95", "0.95", "0.95"), "few_near_cap"),
        # The list says amounts with tax; the cap is without.
        (near("0.95", "0.95", caps=[cap(with_tax=False)]), "no_tax_basis"),
        # Two caps hold, and the list does not say what was bought.
        (near("0.95", caps=[cap(purchase="goods"), cap("300000", purchase="works")]), "no_tax_basis"),
    ],
)
def test_what_cannot_be_compared_says_why(awards, reason):
    found = law.just_under_the_cap(awards)
    assert (found.value, found.reason) == (None, reason)


def test_without_any_procedure_nothing_is_known_about_direct_awards():
    given = law.Awards(2024, [1], year(*[award(n, method="") for n in range(1, 9)]).lines, [cap()])
    assert law.just_under_the_cap(given).reason == "no_procedure"


@pytest.mark.parametrize(
    ("category", "day", "most"),
    [
        ("Obra pública", date(2024, 3, 1), "300000"),
        ("Servicios relacionados con la obra pública", date(2024, 3, 1), "300000"),
        ("ADQUISICIONES", date(2024, 3, 1), "100000"),
        ("Arrendamientos", date(2024, 7, 1), "110000"),
        ("", date(2024, 3, 1), None),
        ("Adquisiciones", None, None),  # which of the year's two caps is not known
    ],
)
def test_an_award_is_held_against_the_cap_of_its_kind_and_day(category, day, most):
    caps = [
        cap("100000", purchase="goods", valid_to=date(2024, 6, 30)),
        cap("110000", purchase="goods", valid_from=date(2024, 7, 1)),
        cap("300000", purchase="works"),
    ]
    one = award(1, method="direct", with_tax=D(150_000), category=category, signed=day)
    part = law.part_of_cap(one, law.Awards(2024, [1], [one], caps))
    assert part == (None if most is None else D(150_000) / D(most))


def test_a_municipality_s_own_cap_takes_the_place_of_its_state_s():
    one = award(1, with_tax=D(50_000))
    caps = [cap("100000", state_id="05"), cap("50000", state_id="05", municipality_id="05035")]
    assert law.part_of_cap(one, law.Awards(2024, [1], [one], caps)) == 1


# -- barred suppliers -------------------------------------------------------------------------------------------------


def test_contracts_signed_within_a_term_are_asked_about_and_no_others():
    lines = [
        award(7, supplier=7, signed=date(2024, 1, 31)),
        award(2, supplier=7, signed=date(2024, 2, 1)),
        award(3, supplier=7, signed=date(2024, 6, 30)),
        award(4, supplier=7, signed=date(2024, 7, 1)),
        award(5, supplier=8, signed=date(2024, 3, 1)),
    ]
    terms = {7: [Barred(date(2024, 2, 1), date(2024, 6, 30))]}
    found = law.barred(law.Awards(2024, [1], lines, barred=terms))
    assert (found.value, found.count) == (D(2), 5)
    assert [(one.subject, dict(one.params)) for one in found.findings] == [
        ("proveedor-7", {"name": "Proveedor 2", "count": "2"})
    ]
    assert sorted(rows_of(found)[0]) == [2, 3]


def test_without_a_register_nobody_can_be_asked_about():
    assert law.barred(year(award())).reason == "no_sanctions"
    assert law.barred(law.Awards(2024, [1], [award(supplier=None)], barred={})).reason == "no_suppliers"
    assert law.barred(law.Awards(2024, [1], [award(signed=None)], barred={})).reason == "no_dates"
    assert law.barred(law.Awards(2024, [1], [award()], barred={})).value == 0


@pytest.fixture
def world(db):
    """Two bodies that buy of one supplier, and a third that buys of another."""
    supplier, other = make.SupplierFactory(name="Constructora Barrada, S.A. de C.V."), make.SupplierFactory()
    bodies = [make.PublicBodyFactory(municipality__code=code) for code in ("05035", "05030", "19039")]
    for body, one in zip(bodies, (supplier, supplier, other), strict=True):
        release = make.ReleaseFactory(public_body=body, kind="contracts", document="", breakdown="full", year=2024)
        make.ContractFactory(release=release, supplier=one, signed_on=date(2024, 5, 1))
    flags.evaluate_missing()
    return bodies, supplier


def register(supplier, **fields):
    state = make.PublicBodyFactory(kind="state", municipality=None, state=make.StateFactory(), name="Estado")
    release = make.ReleaseFactory(
        public_body=state, kind="sanctions", document="", breakdown="full", status="draft", version=None
    )
    term = {"starts_on": date(2024, 2, 1), "ends_on": date(2024, 12, 31)}
    make.SanctionFactory(release=release, supplier=supplier, **(term | fields))
    return release


def values_of(code):
    rows = IndicatorValue.objects.filter(indicator=code).values_list("public_body_id", "value", "reason")
    return {body: (None if value is None else int(value), reason) for body, value, reason in rows}


@pytest.mark.django_db
def test_a_register_that_is_published_and_withdrawn_changes_the_years_it_bears_on(world):
    (first, second, third), supplier = world
    assert set(values_of("proveedor-sancionado").values()) == {(None, "no_sanctions")}
    release = register(supplier)
    publish_releases(ids=[release.pk], by=None)
    flags.evaluate_releases([release.pk])
    assert values_of("proveedor-sancionado") == {first.pk: (1, ""), second.pk: (1, ""), third.pk: (0, "")}
    asked = Flag.objects.standing().filter(indicator="proveedor-sancionado")
    assert sorted(asked.values_list("public_body", flat=True)) == sorted([first.pk, second.pk])
    assert "Constructora Barrada" in asked.first().question
    release.refresh_from_db()
    withdraw_release(release=release, by=GesocFactory(), reason="prueba")
    flags.evaluate_releases([release.pk])
    assert set(values_of("proveedor-sancionado").values()) == {(None, "no_sanctions")}
    assert not asked.exists()


@pytest.mark.django_db
def test_an_entry_of_a_register_counted_with_a_contractor_changes_its_years_until_that_is_undone(
    world, monkeypatch, django_capture_on_commit_callbacks
):
    (first, second, third), supplier = world
    Supplier.objects.exclude(pk=supplier.pk).update(name_key=supplier.name_key)  # whom the third buys of bears its name
    listed = make.SupplierFactory(name="C. Barrada")
    entry = register(listed)
    publish_releases(ids=[entry.pk], by=None)
    flags.evaluate_releases([entry.pk])
    clear = {body.pk: (0, "") for body in (first, second, third)}
    assert values_of("proveedor-sancionado") == clear
    monkeypatch.setattr(
        app, "send_task", lambda name, args: name.endswith("evaluate_releases") and flags.evaluate_releases(*args)
    )
    by = GesocFactory()
    with django_capture_on_commit_callbacks(execute=True):
        merge = merges.merge_suppliers(supplier=listed, into=supplier, by=by, reason="El mismo RFC")
    assert values_of("proveedor-sancionado") == {body.pk: (1, "") for body in (first, second, third)}
    with django_capture_on_commit_callbacks(execute=True):
        merges.undo_merge(merge=merge, by=by, reason="Son dos")
    assert values_of("proveedor-sancionado") == clear


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "terms"),
    [
        ({}, [Barred(date(2024, 2, 1), date(2024, 12, 31))]),
        ({"ends_on": None, "term_months": 3}, [Barred(date(2024, 2, 1), date(2024, 4, 30))]),
        ({"ends_on": None}, []),
        ({"starts_on": None}, []),
        ({"outcome": "fined"}, []),
        ({"outcome": "cleared"}, []),
        ({"outcome": "disqualified"}, [Barred(date(2024, 2, 1), date(2024, 12, 31))]),
    ],
)
def test_only_a_disqualification_with_its_term_bars(world, said, terms):
    from datasets.models import Contract

    (_first, _second, _third), supplier = world
    publish_releases(ids=[register(supplier, **said).pk], by=None)
    assert barred_suppliers(Contract.objects.all()) == ({supplier.number: terms} if terms else {})


# -- what people add and confirm --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_references_are_loaded_once_and_keep_what_people_made_of_them():
    LegalReference.objects.all().delete()
    count = laws.load_legal_references()
    assert count == LegalReference.objects.count() > 10
    assert not LegalReference.objects.confirmed().exists()
    one = LegalReference.objects.get(code="lgcg-51")
    one.says_es = "Otra cosa"
    laws.save_legal(legal=one, by=GesocFactory())
    assert laws.load_legal_references() == 0
    one.refresh_from_db()
    assert one.says_es == "Otra cosa"


@pytest.mark.django_db
def test_a_cap_counts_from_its_confirmation_until_it_is_changed_or_taken_back(
    world, django_capture_on_commit_callbacks
):
    (first, second, third), _supplier = world
    by = GesocFactory()
    made = cap(state_id="05", citation="Decreto de ejemplo")
    laws.save_legal(legal=made, by=by)
    flags.evaluate_missing()
    assert {reason for _value, reason in values_of("debajo-del-tope").values()} == {"no_cap"}
    with pytest.raises(ValidationError, match=r"liga|enlace|link"):
        laws.confirm_legal(legal=made, by=by)
    made.url = "https://periodico.example/decreto"
    laws.save_legal(legal=made, by=by)
    version = data_version()
    laws.confirm_legal(legal=made, by=by)
    assert (made.confirmed_by, data_version()) == (by, version + 1)
    told = values_of("debajo-del-tope")
    assert list(told) == [third.pk], "only the years under the cap are told anew"
    flags.evaluate_missing()
    told = values_of("debajo-del-tope")
    assert (told[first.pk], told[second.pk], told[third.pk]) == (
        (None, "no_tax_basis"),
        (None, "no_tax_basis"),
        (None, "no_cap"),
    )
    laws.confirm_legal(legal=made, by=GesocFactory())  # once is enough
    assert made.confirmed_by == by
    made.most = D("200000")
    laws.save_legal(legal=made, by=by)
    assert not ProcurementCap.objects.confirmed().exists()
    laws.confirm_legal(legal=made, by=by)
    with pytest.raises(ValidationError):
        laws.take_confirmation_back(legal=made, by=by, reason=" ")
    laws.take_confirmation_back(legal=made, by=by, reason="El decreto se reformó")
    flags.evaluate_missing()
    assert {reason for _value, reason in values_of("debajo-del-tope").values()} == {"no_cap"}
    assert ProcurementCapEvent.objects.filter(pgh_obj_id=made.pk).count() == 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"most": D(0)}, {"valid_from": date(2024, 2, 1), "valid_to": date(2024, 1, 1)}, {"citation": ""}],
)
def test_a_cap_that_cannot_be_is_refused(wrong):
    made = cap(**({"state": make.StateFactory(), "citation": "Decreto"} | wrong))
    with pytest.raises(ValidationError):
        laws.save_legal(legal=made, by=GesocFactory())
    assert not ProcurementCap.objects.exists()


@pytest.mark.django_db
def test_caps_of_a_body_are_its_own_its_state_s_or_the_federation_s():
    town, elsewhere = make.PublicBodyFactory(), make.PublicBodyFactory(municipality__code="05030")
    state = make.PublicBodyFactory(kind="state", municipality=None, state=make.StateFactory())
    federation = make.PublicBodyFactory(kind="federation", municipality=None, state=None)
    unknown = make.PublicBodyFactory(kind="unknown", municipality=None, state=None)
    for number, where in enumerate([{}, {"state_id": "05"}, {"municipality_id": "05035"}], start=1):
        made = cap(str(number), citation="Decreto", url="https://d.example/", **where)
        laws.save_legal(legal=made, by=GesocFactory())

    def of(body):
        return sorted(int(one.most) for one in ProcurementCap.objects.of(body))

    bodies = (town, elsewhere, state, federation, unknown)
    assert [of(one) for one in bodies] == [[2, 3], [2], [2], [1], []]
    unconfirmed = list(ProcurementCap.objects.all())
    for one in unconfirmed:
        laws.confirm_legal(legal=one, by=GesocFactory())
    for body in bodies:
        kept = caps_kept_of(body, method="direct")
        assert kept == caps_of(body, method="direct")
        assert sorted(int(one.most) for one in kept) == of(body)
        assert caps_kept_of(body, method="limited") == []


# -- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_laws_are_listed_with_who_may_rely_on_them_in_a_fixed_number_of_queries(client):
    laws.load_legal_references()
    before = queries_of(client, "/leyes/")
    by = GesocFactory()
    for number in range(3):
        made = cap(
            str(100_000 + number), state=make.StateFactory(), citation="Decreto de ejemplo", url="https://d.example/"
        )
        laws.save_legal(legal=made, by=by)
    laws.confirm_legal(legal=made, by=by)
    assert queries_of(client, "/leyes/") <= before + 1
    page = client.get("/leyes/").content.decode()
    assert page.count("Sin confirmar: todavía no cuenta") == LegalReference.objects.count() + 2
    assert "$100,002.00 con impuesto" in page
    assert "Publish the public debt." in client.get("/en/leyes/").content.decode()


@pytest.mark.django_db
def test_staff_confirm_and_take_back_in_the_administration(client):
    client.force_login(AdminFactory())
    laws.load_legal_references()
    one = LegalReference.objects.get(code="lgcg-51")
    at = "/admin/datasets/legalreference/"
    client.post(at, {"action": "confirm", "_selected_action": [one.pk]})
    one.refresh_from_db()
    assert not one.is_confirmed  # without the link to its text
    LegalReference.objects.filter(pk=one.pk).update(url="https://dof.example/")
    client.post(at, {"action": "confirm", "_selected_action": [one.pk]})
    one.refresh_from_db()
    assert one.is_confirmed
    client.post(at, {"action": "take_back", "_selected_action": [one.pk], "apply": "1", "reason": "Me equivoqué"})
    one.refresh_from_db()
    assert not one.is_confirmed
    assert LegalReferenceEvent.objects.filter(pgh_obj_id=one.pk).count() >= 3


@pytest.mark.django_db
def test_the_sizes_of_contracts_say_where_the_confirmed_cap_is(client):
    body = make.PublicBodyFactory()
    release = make.ReleaseFactory(public_body=body, kind="contracts", document="", breakdown="full", year=2024)
    make.ContractFactory(release=release, amount=D("450000"))
    make.contract_cell(release, "method", "direct", amount="450000")
    make.bands(release)
    assert "No se dibuja ningún tope" in client.get("/municipios/05035/contratos/").content.decode()
    by = GesocFactory()
    made = cap("500000", municipality=body.municipality, citation="Acuerdo de topes", url="https://d.example/")
    laws.save_legal(legal=made, by=by)
    laws.confirm_legal(legal=made, by=by)
    page = client.get("/municipios/05035/contratos/").content.decode()
    assert page.count("Aquí está el tope legal") == 1
    assert (
        "Se puede adjudicar directamente hasta $500,000.00 con impuesto (cualquier compra): Acuerdo de topes." in page
    )


@pytest.mark.django_db
def test_whoever_is_of_gesoc_writes_a_cap_down_and_confirms_it_in_the_administration(client):
    ensure_groups()
    make.StateFactory()
    client.force_login(create_user(email="a@gesoc.example", full_name="Ana", by=None, is_gesoc=True))
    at = "/admin/datasets/procurementcap/"
    said = {"state": "05", "method": "direct", "purchase": "", "most": "500000", "citation": "Decreto"}
    answer = client.post(f"{at}add/", {**said, "url": "https://d.example/"})
    assert (answer.status_code, answer["Location"]) == (302, at)
    made = ProcurementCap.objects.get()
    client.post(at, {"action": "confirm", "_selected_action": [made.pk]})
    made.refresh_from_db()
    assert made.is_confirmed
    for name in ("legalreference", "legalreferenceevent", "procurementcapevent"):
        assert client.get(f"/admin/datasets/{name}/").status_code == 200
