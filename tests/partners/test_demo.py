"""The demo's people: there once, marked as examples, and only in local mode."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from gesoc import local
from partners.demo import EXAMPLES, LOGINS, OPERATOR, load_people
from partners.models import Membership, Organisation, User
from tests.factories.datasets import MunicipalityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(tmp_path, monkeypatch):
    """A file of logins of its own, and the municipalities of the examples."""
    monkeypatch.setattr(local, "demo_logins_path", lambda: tmp_path / "demo_logins.json")
    for example in (OPERATOR, *EXAMPLES):
        for code in (example.home, *example.coverage):
            MunicipalityFactory(code=code)


def everything():
    return (
        set(User.objects.values_list("email", "password", "is_gesoc", "is_superuser", "is_staff")),
        set(Organisation.objects.values_list("slug", "name", "status")),
        set(Membership.objects.values_list("user__email", "organisation__slug", "role", "state")),
    )


def test_load_people_creates_logins_that_work():
    people = load_people()
    logins = local.read_demo_logins()
    assert set(logins) == {login.email for login in LOGINS}
    assert all(User.objects.get(email=email).check_password(password) for email, password in logins.items())
    assert stat.S_IMODE(local.demo_logins_path().stat().st_mode) == 0o600
    assert (people.operator.acronym, people.staff.is_gesoc, people.users) == ("GESOC", True, 4)
    assert people.organisations == len(EXAMPLES)
    assert User.objects.filter(is_superuser=True).count() == 1


def test_every_invented_name_says_so():
    load_people()
    invented = Organisation.objects.exclude(acronym="GESOC")
    assert all(name.endswith("(ejemplo)") for name in invented.values_list("name", flat=True))
    assert all(name.endswith("(ejemplo)") for name in User.objects.values_list("full_name", flat=True))


def test_rights_of_the_demo_people():
    load_people()

    def able(email, right):
        return User.objects.get(email=email).has_perm(right)

    assert able("aliada@laguna-abierta.example", "datasets.upload_file")
    assert not able("aliada@laguna-abierta.example", "datasets.confirm_public_body")
    assert able("facilitadora@litoral-vivo.example", "datasets.upload_file")
    assert able("equipo@gesoc.example", "datasets.confirm_public_body")
    assert able("administra@gesoc.example", "partners.change_user")


def test_second_load_changes_nothing():
    load_people()
    before = everything()
    load_people()
    assert everything() == before


def test_what_somebody_changed_stays():
    load_people()
    Organisation.objects.filter(slug="laguna-abierta").update(description="Otra")
    user = User.objects.get(email="equipo@gesoc.example")
    user.set_password("una frase larga 27")
    user.save()
    load_people()
    assert Organisation.objects.get(slug="laguna-abierta").description == "Otra"
    assert User.objects.get(pk=user.pk).check_password("una frase larga 27")


def test_lost_file_of_logins_gives_new_passwords_that_work():
    load_people()
    local.demo_logins_path().unlink()
    load_people()
    for email, password in local.read_demo_logins().items():
        assert User.objects.get(email=email).check_password(password)


def test_load_people_refuses_production(settings):
    settings.LOCAL = False
    with pytest.raises(ImproperlyConfigured):
        load_people()
    assert not User.objects.exists()
