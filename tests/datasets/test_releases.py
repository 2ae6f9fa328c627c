import threading

import pytest
from django.db import connection

from datasets.models import Release
from datasets.releases import NotAllowedNow, publish_releases, restore_release, withdraw_release
from datasets.versions import data_version
from tests.datasets.files import published
from tests.factories.datasets import MunicipalityFactory, PublicBodyFactory, ReleaseFactory

pytestmark = pytest.mark.django_db
DRAFT = {"status": "draft", "version": None}


def states(*releases: Release) -> list[tuple[str, int | None]]:
    for release in releases:
        release.refresh_from_db()
    return [(release.status, release.version) for release in releases]


def test_publishing_replaces_the_slice_and_keeps_the_old_one() -> None:
    old = ReleaseFactory()
    new = ReleaseFactory(public_body=old.public_body, **DRAFT)
    other_year = ReleaseFactory(public_body=old.public_body, year=2023)
    other_breakdown = ReleaseFactory(public_body=old.public_body, breakdown="functional")
    before = data_version()
    publish_releases(ids=[new.pk], by=None)
    assert states(old, new) == [("superseded", 1), ("published", 2)]
    assert states(other_year, other_breakdown) == [("published", 1), ("published", 1)]
    assert data_version() == before + 1


def test_restoring_is_a_change_of_pointer_that_says_why() -> None:
    old = ReleaseFactory(status="superseded")
    new = ReleaseFactory(public_body=old.public_body, version=2)
    restore_release(release=old, by=None, reason="La versión 2 venía incompleta.")
    assert states(old, new) == [("published", 1), ("superseded", 2)]
    assert old.reason == "La versión 2 venía incompleta."


def test_withdrawing_leaves_nothing_public_and_can_be_undone() -> None:
    release = ReleaseFactory()
    withdraw_release(release=release, by=None, reason="Archivo equivocado.")
    assert states(release) == [("withdrawn", 1)]
    assert not Release.objects.published().exists()
    restore_release(release=release, by=None, reason="Era el correcto.")
    assert states(release) == [("published", 1)]


def test_version_goes_on_after_a_withdrawal() -> None:
    first = ReleaseFactory(status="withdrawn", version=4)
    second = ReleaseFactory(public_body=first.public_body, **DRAFT)
    publish_releases(ids=[second.pk], by=None)
    assert states(second) == [("published", 5)]


@pytest.mark.parametrize("status", ["published", "draft"])
def test_only_an_old_release_can_be_restored(status: str) -> None:
    release = ReleaseFactory(status=status, version=None if status == "draft" else 1)
    with pytest.raises(NotAllowedNow):
        restore_release(release=release, by=None, reason="")


@pytest.mark.parametrize("status", ["superseded", "withdrawn"])
def test_only_a_published_release_can_be_withdrawn(status: str) -> None:
    with pytest.raises(NotAllowedNow):
        withdraw_release(release=ReleaseFactory(status=status), by=None, reason="")


@pytest.mark.parametrize("count", [1, 3])
def test_publishing_costs_the_same_for_one_and_many(count: int, django_assert_num_queries) -> None:
    releases = [ReleaseFactory(**DRAFT) if not number else ReleaseFactory(year=2024 - number, **DRAFT,
                public_body=PublicBodyFactory(kind="unknown", municipality=None)) for number in range(count)]  # fmt: skip
    with django_assert_num_queries(8):  # savepoint, lock, supersede, publish, supplier totals (2), version, its release
        publish_releases(ids=[release.pk for release in releases], by=None)


@pytest.mark.django_db(transaction=True)
def test_two_people_publishing_one_slice_at_once_leave_one_published() -> None:
    body = PublicBodyFactory()
    drafts = [ReleaseFactory(public_body=body, **DRAFT) for _number in range(4)]
    errors: list[BaseException] = []

    def publish(release: Release) -> None:
        try:
            publish_releases(ids=[release.pk], by=None)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish, args=(release,)) for release in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert errors == []
    assert sorted(version for _status, version in states(*drafts)) == [1, 2, 3, 4]
    assert [status for status, _version in states(*drafts)].count("published") == 1


def test_slice_of_which_every_row_was_rejected_is_no_version_and_replaces_none() -> None:
    """Nothing of it could be read: that is not the same as nothing."""
    MunicipalityFactory(code="05030")
    head = "Ejercicio,Clave Municipio,Partida,Concepto,Aprobado\n"
    rows = "".join(f"2024,05035,1130{n},Sueldos {n},{n}.00\n" for n in range(1, 9))
    first = published(head + rows + "2024,05030,11301,Sueldos,10.00\n", municipality=None)
    second = published(head + rows + "2024,05030,11301,Sueldos,ver anexo\n", name="otra.csv", municipality=None)
    assert (first.status, second.status, second.rows_rejected) == ("published", "published", 1)
    public = Release.objects.published().order_by("public_body__municipality_id")
    assert list(public.values_list("public_body__municipality_id", "version", "ingest", "line_count")) == [
        ("05030", 1, first.pk, 1),
        ("05035", 2, second.pk, 8),
    ]
    assert not Release.objects.filter(line_count=0).exists()
