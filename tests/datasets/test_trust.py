"""The next file of a trusted profile is published by itself, and waits for a person when something that matters deviates."""

import pytest

from datasets import services, tasks
from datasets.models import MappingProfile, PublicBody
from datasets.reviews import publish_if_trusted
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
