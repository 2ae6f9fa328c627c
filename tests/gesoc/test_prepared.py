"""Questions of public pages that are prepared: the same answers, whatever happens to their plans."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, models, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.utils import timezone

from datasets.models import Contract, DataVersion, PublicBody, Release, Source
from gesoc import prepared
from tests.datasets import dashboards as place
from tests.factories import datasets as make
from tests.factories.partners import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def anew():
    """Another session, which has prepared nothing."""
    connection.close()
    yield
    connection.close()


def names():
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, statement FROM pg_prepared_statements ORDER BY prepare_time")
        return dict(cursor.fetchall())


def times(ask, count=4):
    """The answers of one question after another, each asked by its name as soon as it has one."""
    with connection.execute_wrapper(prepared.ask):
        return [ask() for _time in range(count)]


def sources(**named):
    return lambda: list(Source.objects.filter(**named).order_by("slug").values_list("slug", flat=True))


def test_what_is_asked_for_the_second_time_has_a_name_and_the_same_answer():
    make.SourceFactory(slug="uno", name="Uno")
    assert times(sources(name="Uno"), 1) == [["uno"]]
    assert names() == {}
    assert times(sources(name="Uno"), 2) == [["uno"]] * 2
    assert len(names()) == 1
    assert times(sources(name="Nadie"), 1) == [[]]
    assert len(names()) == 1  # another value, the same question


def test_a_plan_is_made_once_for_any_value():
    times(sources(name="Uno"), 3)
    times(sources(name="Nadie"), 3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans, custom_plans FROM pg_prepared_statements")
        assert cursor.fetchall() == [(5, 0)]


def test_outside_of_the_wrapper_in_a_transaction_and_while_writing_nothing_is_prepared():
    with transaction.atomic():
        times(sources(name="Uno"))
    for _time in range(4):
        sources(name="Uno")()
    times(lambda: Source.objects.filter(name="Nadie").update(name="Nadie"))
    assert names() == {}


def test_rows_that_are_fetched_in_parts_are_asked_for_as_before():
    for number in range(3):
        make.SourceFactory(slug=f"s{number}")
    found = times(lambda: [one.slug for one in Source.objects.order_by("slug").iterator(chunk_size=2)])
    assert found == [["s0", "s1", "s2"]] * 4
    assert names() == {}


@pytest.mark.parametrize(
    "value",
    [
        *(
            None,
            True,
            7,
            -7,
            2**40,
            Decimal("7.5"),
            "siete",
            "d'Aldama 100 %",
            "",
            "\\",
            timezone.now(),
            timezone.localdate(),
        ),
    ],
)
def test_a_value_of_any_type_comes_back_as_it_would_unprepared(value):
    DataVersion.objects.create(value=1)

    def ask():
        kind = models.Value(value, output_field=None if value is not None else models.IntegerField())
        return list(DataVersion.objects.annotate(said=kind).values_list("said", flat=True))

    plainly = ask()
    assert times(ask) == [plainly] * 4


@pytest.mark.parametrize("value", [2**31 - 1, 2**31, 2**62, 10**25])
def test_a_number_that_no_column_holds_finds_nothing_instead_of_failing(value):
    make.ReleaseFactory(year=2024)

    def ask():
        with connection.cursor() as cursor:
            cursor.execute('SELECT count(*) FROM datasets_release WHERE "year" = %s', [value])
            return cursor.fetchone()

    assert times(ask) == [(0,)] * 4


def test_a_value_that_does_not_suit_the_plan_is_asked_again_as_it_is_written():
    """What the database takes for a smallint in a prepared question, it takes for any number in a written one."""
    make.ReleaseFactory(year=2024)

    def ask(year):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM datasets_release WHERE \"year\" = %s::smallint + '0'", [year])
            return cursor.fetchone()

    assert times(lambda: ask("2024")) == [(1,)] * 4
    with pytest.raises(DatabaseError), connection.execute_wrapper(prepared.ask):
        ask("no es un año")  # refused either way, and by the written question in the end
    assert times(lambda: ask("2024"), 1) == [(1,)]


def test_lists_of_keys_are_right_and_of_any_length_one_question():
    pks = [make.SourceFactory(slug=f"s{number}").pk for number in range(6)]
    for length in range(7):
        found = times(lambda length=length: Source.objects.filter(pk__in=pks[:length]).count(), 1)
        assert found == [length]
    (said,) = names().values()
    assert "integer[]" in said and "= ANY($1)" in said
    assert times(lambda: Source.objects.exclude(pk__in=pks[:3]).count()) == [3] * 4
    assert times(lambda: Source.objects.filter(pk__in=[pks[0], 2**40]).count()) == [1] * 4  # integers of any size
    assert times(lambda: Source.objects.filter(pk__in=[pks[0], 10**25]).count()) == [1] * 4


def test_lists_of_words_are_right_and_only_common_ones_get_a_name():
    slugs = [make.SourceFactory(slug=f"s{number}").slug for number in range(6)]
    for length in range(7):
        found = times(lambda length=length: Source.objects.filter(slug__in=slugs[:length]).count(), 1)
        assert found == [length]
    assert names() == {}
    assert times(lambda: Source.objects.filter(slug__in=slugs[:3]).count()) == [3] * 4
    assert len(names()) == 1


def test_keys_of_a_document_and_several_questions_in_one_may_be_named():
    make.ReleaseFactory(year=2024, totals={"accrued": "1.00"})
    told = Release.objects.filter(totals__has_any_keys=["accrued", "paid"]).values_list("year")
    planned = Release.objects.filter(totals__has_key="approved").values_list("year")
    assert times(lambda: list(told.all())) == [[(2024,)]] * 4
    assert times(lambda: list(told.union(planned, all=True))) == [[(2024,)]] * 4
    assert len(names()) == 2


def test_members_of_an_enumeration_are_part_of_the_question():
    body = make.PublicBodyFactory()
    make.ReleaseFactory(public_body=body, year=2023)
    times(lambda: Release.objects.filter(public_body=body, status=Release.Status.PUBLISHED).count())
    (said,) = names().values()
    assert "'published'" in said


@pytest.mark.parametrize("look", ["name__contains", "name__icontains", "name__startswith", "name__regex"])
def test_what_depends_on_its_value_is_never_prepared(look):
    make.SourceFactory(slug="uno", name="Uno")
    assert times(sources(**{look: "Un"})) == [["uno"]] * 4
    assert names() == {}


@pytest.mark.parametrize("span", [{"year__lte": 2024}, {"published_at__lte": timezone.now()}])
def test_years_and_moments_may_be_spanned_by_name(span):
    make.ReleaseFactory(year=2024)
    assert times(lambda: Release.objects.filter(**span).count()) == [1] * 4
    assert len(names()) == 1


@pytest.mark.parametrize("span", [{"amount__gte": Decimal(5)}, {"signed_on__lt": date(2024, 1, 2)}])
def test_spans_of_amounts_and_days_are_never_prepared(span):
    release = make.ReleaseFactory(kind="contracts")
    make.ContractFactory(release=release, amount=Decimal(7), signed_on=date(2024, 1, 1))
    assert times(lambda: Contract.objects.filter(**span).count()) == [1] * 4
    assert names() == {}


@pytest.mark.parametrize("among", [1, 2])
@pytest.mark.parametrize("asked", [{"search": "bacheo"}, {"amount__gte": Decimal(5)}, {"title__contains": "ache"}])
def test_within_lists_that_are_named_everything_is_prepared(asked, among):
    body = make.PublicBodyFactory()
    lists = [make.ReleaseFactory(public_body=body, kind="contracts", year=2020 + number) for number in range(among)]
    for one in lists:
        make.ContractFactory(release=one, line_no=1, amount=Decimal(7), title="Bacheo")
        make.ContractFactory(release=one, line_no=2, amount=Decimal(1), title="Otro")
    found = Contract.objects.filter(release__in=lists, **asked)
    assert times(found.count) == [among] * 4
    assert len(names()) == 1
    inside = Contract.objects.filter(release__in=Release.objects.filter(year__gte=2020), **asked)
    assert times(inside.count) == [among] * 4
    assert len(names()) == 1  # lists that it has to find itself


def test_a_connection_keeps_so_many_and_no_more(monkeypatch):
    monkeypatch.setattr(prepared, "MOST", 3)
    make.SourceFactory(slug="uno")
    for length in range(1, 7):
        times(lambda length=length: Source.objects.filter(slug__in=[f"s{n}" for n in range(length)]).exists())
    assert len(names()) == 3
    assert times(lambda: Source.objects.filter(pk__in=[1]).exists(), 1) == [Source.objects.filter(pk__in=[1]).exists()]


def test_a_table_that_changes_under_a_plan_is_read_as_it_is_now():
    make.SourceFactory(slug="uno", name="Uno")

    def everything():
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM datasets_source WHERE slug = %s", ["uno"])
            return len(cursor.fetchone()), cursor.description[-1].name

    before = times(everything)[-1]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE datasets_source ADD COLUMN added text")
    try:
        assert times(everything) == [(before[0] + 1, "added")] * 4  # "cached plan must not change result type"
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE datasets_source ALTER COLUMN added TYPE integer USING 5")
        assert times(everything) == [(before[0] + 1, "added")] * 4
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE datasets_source DROP COLUMN added")
    assert times(everything) == [before] * 4


def test_a_session_that_forgot_its_names_is_no_error():
    """`DISCARD ALL`, or a pool that hands out another session."""
    make.SourceFactory(slug="uno", name="Uno")
    times(sources(name="Uno"))
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert times(sources(name="Uno")) == [["uno"]] * 4


def test_a_name_that_is_there_already_stands_for_the_same_question():
    make.SourceFactory(slug="uno", name="Uno")
    times(sources(name="Uno"))
    connection.prepared_book = (None, None)  # a process that does not know what the session has prepared
    assert times(sources(name="Uno")) == [["uno"]] * 4
    assert len(names()) == 1


def test_a_new_session_begins_anew():
    make.SourceFactory(slug="uno", name="Uno")
    times(sources(name="Uno"))
    connection.close()
    assert times(sources(name="Uno"), 1) == [["uno"]]
    assert names() == {}


def test_what_the_database_stops_is_not_asked_twice():
    asked = []

    def count(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    def slow(seconds):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [Decimal(seconds)])

    times(lambda: slow("0"))
    assert len(names()) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 50")
    with connection.execute_wrapper(prepared.ask), connection.execute_wrapper(count), pytest.raises(DatabaseError):
        slow("5")
    assert [sql.partition(" ")[0] for sql in asked] == ["EXECUTE"]


# -- pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def body():
    return place.body_with_spending()


HOME = "/municipios/05035/"


def test_a_page_reads_the_same_and_follows_what_is_published(body, settings):
    settings.PREPARED_QUESTIONS = False
    plain = Client().get(HOME).content
    settings.PREPARED_QUESTIONS = True
    assert [Client().get(HOME).content for _time in range(4)] == [plain] * 4
    assert len(names()) > 4
    PublicBody.objects.filter(pk=body.pk).update(confirmed=not body.confirmed)
    settings.PREPARED_QUESTIONS = False
    changed = Client().get(HOME).content
    settings.PREPARED_QUESTIONS = True
    assert changed != plain
    assert Client().get(HOME).content == changed


def test_who_is_signed_in_and_who_sends_something_is_answered_as_before(body, settings):
    member = Client()
    member.force_login(UserFactory())
    connection.close()
    for _time in range(4):
        member.get(HOME)
        Client().post(HOME)
    assert names() == {}


def test_it_can_be_turned_off(body, settings):
    settings.PREPARED_QUESTIONS = False
    for _time in range(4):
        Client().get(HOME)
    assert names() == {}
