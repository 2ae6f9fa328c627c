"""Dates and periods as printed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.ingest.dates import parse_date, parse_period, period_of

DAYS = st.dates(date(1960, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2019-03-31", date(2019, 3, 31)),
        ("31/12/2020", date(2020, 12, 31)),
        ("1/4/2021", date(2021, 4, 1)),
        ("2013-11-27 00:00:00 GMT", date(2013, 11, 27)),
        ("2013-11-20 14:32", date(2013, 11, 20)),
        ("42005", date(2015, 1, 1)),
        ("42005.5", date(2015, 1, 1)),
        ("03/FEB/2015\n\nAL\n\n31/DIC/2015", date(2015, 2, 3)),
        ("Octubre/2011", date(2011, 10, 1)),
        ("13 DE ENERO DE 2014", date(2014, 1, 13)),
        ("01 de abril 2015", date(2015, 4, 1)),
        ("20150608", date(2015, 6, 8)),
        ("15-Mar-20", date(2020, 3, 15)),
    ],
)
def test_dates_seen_in_files(text, day):
    assert parse_date(text) == day


@pytest.mark.parametrize("text", ["", "No aplica", "31/02/2020", "99999", "0", "12", "S/F"])
def test_what_is_no_date(text):
    assert parse_date(text) is None


@given(DAYS)
def test_every_printed_form_gives_the_day_back(day):
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day:%d/%m/%Y}") == day
    assert parse_date(f"{day:%d-%m-%Y}") == day
    assert parse_date(f"{day:%Y-%m-%d} 00:00:00") == day
    months = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ]
    assert parse_date(f"{day.day} de {months[day.month - 1]} de {day.year}") == day
    assert parse_date(str((day - date(1899, 12, 30)) // timedelta(days=1))) == day


@given(st.text())
def test_any_text_is_judged_without_error(text):
    parse_date(text)
    parse_period(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("DEL 1 DE ENERO AL 31 DE MARZO DE 2019", (2019, "Q1")),
        ("Del 1 de Enero al 31 de Diciembre de 2020", (2020, "annual")),
        ("Del 01 Enero al 31 de Diciembre de 2016", (2016, "annual")),
        ("AL 31 DE MARZO DE 2019", (2019, "Q1")),
        ("Del 1 de enero de 2022 al 30 de septiembre de 2022", (2022, "Q3")),
        ("CUARTRO TRIMESTRE 2014 OCTUBRE-DICIEMBRE", (2014, "Q4")),
        ("CUENTA PÚBLICA 2022", (2022, "annual")),
        ("enero-marzo", (None, "Q1")),
        ("PRIMER TRIMESTRE", (None, "Q1")),
        ("2do Trimestre 2018", (2018, "Q2")),
        ("Mayo 2021", (2021, "2021-05")),
        ("Del 1 de mayo al 31 de mayo de 2021", (2021, "2021-05")),
        ("Presupuesto 2024", (2024, None)),
        ("Servicios personales", (None, None)),
    ],
)
def test_periods_said_by_titles(text, found):
    assert parse_period(text) == found


def test_cumulative_statements_take_the_period_they_end_in():
    assert period_of(date(2020, 1, 1), date(2020, 6, 30)) == "Q2"
    assert period_of(date(2020, 4, 1), date(2020, 6, 30)) == "Q2"
    assert period_of(date(2020, 1, 1), date(2020, 12, 31)) == "annual"
    assert period_of(date(2020, 5, 1), date(2020, 5, 31)) == "2020-05"
    assert period_of(None, date(2020, 12, 31)) == "annual"
