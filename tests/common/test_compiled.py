"""Questions whose SQL is written once: the same rows and the same SQL as the queryset's own."""

import datetime
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import Count, F, QuerySet, Value
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from datasets.models import PublicBody
from gesoc.common.compiled import compiled_once
from municipalities.models import Municipality, State
from tests.factories.datasets import MunicipalityFactory, PublicBodyFactory

pytestmark = pytest.mark.django_db


def written(call, *args):
    """Rows, and the SQL that was asked."""
    with CaptureQueriesContext(connection) as seen:
        rows = list(call(*args))
    return rows, [one["sql"] for one in seen.captured_queries]


def by_state(state: str, least: int, name: str | None) -> QuerySet[Municipality]:
    found = Municipality.objects.filter(state=state).select_related("state").annotate(n=Count("projects") + least)
    return found.filter(name=name) if name else found


def test_it_asks_what_the_queryset_asks_and_gives_what_it_gives():
    one, two = MunicipalityFactory(code="05035"), MunicipalityFactory(code="05036")
    asked = compiled_once(by_state)
    for args in [(one.state_id, 1, None), (two.state_id, 5, None), (one.state_id, 2, one.name), ("99", 0, "x")]:
        rows, sql = written(asked, *args)
        expected, own = written(by_state, *args)
        assert (rows, sql) == (expected, own)
        assert [(row.n, row.state.name) for row in rows] == [(row.n, row.state.name) for row in expected]
        assert len(sql) == 1  # the state came with it


def test_it_is_put_together_once_for_each_kind_of_values():
    times = []

    def build(code: str, name: str | None) -> QuerySet[State]:
        times.append(code)
        return State.objects.filter(code=code, name__isnull=name is None)

    asked = compiled_once(build)
    for code in ("05", "06", "07"):
        asked(code, None)
    assert len(times) == 2  # with two sets of marks


def test_a_moment_and_rows_of_values_and_what_is_fetched_besides():
    one = MunicipalityFactory(code="05035")
    now = timezone.now()

    def build(at: datetime.datetime) -> QuerySet[Municipality]:
        return Municipality.objects.filter(code="05035").annotate(at=Value(at)).prefetch_related("parents")

    def values(code: str) -> QuerySet[Municipality, tuple[str, str]]:
        return Municipality.objects.filter(code=code).values_list("code", "state__code")

    rows, sql = written(compiled_once(build), now)
    assert [(row.code, row.at, list(row.parents.all())) for row in rows] == [(one.code, now, [])]
    assert len(sql) == 2
    assert compiled_once(values)(one.code) == [(one.code, one.state_id)]


def test_what_is_asked_later_is_read_anew():
    asked = compiled_once(lambda name: PublicBody.objects.filter(name=name))
    one = PublicBodyFactory(name="Una")
    assert (asked("Una"), asked("Otra")) == ([one], [])
    PublicBody.objects.filter(pk=one.pk).update(name="Otra")
    assert (asked("Una"), asked("Otra")) == ([], [one])


@pytest.mark.parametrize(
    "build",
    [
        lambda text: State.objects.filter(name__contains=text),  # not as it was given
        lambda text: State.objects.all(),  # not at all
        lambda text: State.objects.filter(code=text).annotate(at=Value(timezone.now())),  # the clock moved
        lambda text: State.objects.annotate(**{text.replace(" ", "_"): F("code")}).filter(code=text),  # part of the SQL
    ],
)
def test_what_is_not_the_same_question_with_other_values_is_refused(build):
    with pytest.raises(ValueError, match=r"compiled once|as they are"):
        compiled_once(build)("a text")


def test_each_thread_asks_by_its_own_connection():
    asked = compiled_once(lambda code: Municipality.objects.filter(code=code))
    asked("05035")

    def elsewhere() -> bool:
        """What this test has written is not there yet."""
        try:
            return asked("05035") == [] and connection.connection is not None
        finally:
            connection.close()

    MunicipalityFactory(code="05035")
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(elsewhere).result()
    assert len(asked("05035")) == 1
