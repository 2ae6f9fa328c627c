import datetime

from django.utils import translation

from gesoc.common.dates import day


def test_day_is_short_and_small_in_spanish():
    with translation.override("es-mx"):
        assert day(datetime.date(2026, 12, 3)) == "3 dic 2026"
    with translation.override("en"):
        assert day(datetime.date(2026, 12, 3)) == "3 Dec 2026"


def test_day_of_an_hour_is_the_day_in_mexico():
    late = datetime.datetime(2026, 12, 4, 5, 59, tzinfo=datetime.UTC)
    with translation.override("en"):
        assert day(late) == "3 Dec 2026"


def test_day_of_nothing_is_empty():
    assert day(None) == ""
