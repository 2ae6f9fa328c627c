"""6.1 Time. The offsets below are literal, not computed by the library under test.

Sources: Ley de los Husos Horarios en los Estados Unidos Mexicanos (DOF, 28 October 2022, in force 30 October 2022): no
seasonal time, except in the border municipalities that it lists, which follow the calendar of the United States (second
Sunday of March to first Sunday of November, 15 U.S.C. § 260a). Quintana Roo: zona sureste, DOF 31 January 2015. Sonora:
without seasonal time since 1998. Chihuahua: reform of article 5, DOF 29 November 2022, in force 30 November 2022 (the
state to central time; Ciudad Juárez with Mountain, Ojinaga with Central time of the United States). Before the law, in
July 2022, the decree of 1996 on seasonal time was in force.
"""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from dialogues import clock

# zone: hours from UTC in July 2022, January 2026, July 2026
OFFSETS = {
    "America/Mexico_City": (-5, -6, -6),
    "America/Monterrey": (-5, -6, -6),
    "America/Merida": (-5, -6, -6),
    "America/Bahia_Banderas": (-5, -6, -6),
    "America/Chihuahua": (-6, -6, -6),
    "America/Mazatlan": (-6, -7, -7),
    "America/Hermosillo": (-7, -7, -7),
    "America/Cancun": (-5, -5, -5),
    "America/Matamoros": (-5, -6, -5),
    "America/Ciudad_Juarez": (-6, -7, -6),
    "America/Ojinaga": (-6, -6, -5),
    "America/Tijuana": (-7, -8, -7),
}
# Winter and summer of every year after the law.
AFTER_THE_LAW = {zone: (winter, summer) for zone, (_before, winter, summer) in OFFSETS.items()}


@pytest.mark.parametrize("zone", OFFSETS)
def test_6_1_offsets_of_july_2022_before_the_law(zone):
    noon = datetime(2022, 7, 15, 12)
    assert clock.moments(noon, zone) == [noon.replace(tzinfo=UTC) - timedelta(hours=OFFSETS[zone][0])]


# The state of Chihuahua moved to central time that year, and Ojinaga with it.
JANUARY_2022 = {zone: winter for zone, (winter, _summer) in AFTER_THE_LAW.items()} | {
    "America/Chihuahua": -7,
    "America/Ojinaga": -7,
}


@pytest.mark.parametrize("zone", OFFSETS)
def test_6_1_offsets_of_both_winters_of_2022(zone):
    for month, hours in ((1, JANUARY_2022[zone]), (12, AFTER_THE_LAW[zone][0])):
        noon = datetime(2022, month, 15, 12)
        assert clock.moments(noon, zone) == [noon.replace(tzinfo=UTC) - timedelta(hours=hours)]


@pytest.mark.parametrize("year", range(2023, 2031))
@pytest.mark.parametrize("zone", AFTER_THE_LAW)
def test_6_1_offsets_from_2023_to_2030(zone, year):
    winter, summer = AFTER_THE_LAW[zone]
    for month, hours in ((1, winter), (7, summer)):
        noon = datetime(year, month, 15, 12)
        assert clock.moments(noon, zone) == [noon.replace(tzinfo=UTC) - timedelta(hours=hours)]


def test_6_1_hour_that_does_not_exist_on_the_border_is_refused():
    """Clocks in Piedras Negras jump from 2:00 to 3:00 on 14 March 2027; those in Saltillo do not."""
    missing = datetime(2027, 3, 14, 2, 30)
    with pytest.raises(ValidationError) as caught:
        clock.moment(missing, "America/Matamoros")
    assert caught.value.code == "nonexistent"
    assert clock.moment(missing, "America/Monterrey") == datetime(2027, 3, 14, 8, 30, tzinfo=UTC)


def test_6_1_hour_that_happens_twice_is_asked_about():
    """Clocks in Piedras Negras go back from 2:00 to 1:00 on 7 November 2027."""
    twice = datetime(2027, 11, 7, 1, 30)
    with pytest.raises(ValidationError) as caught:
        clock.moment(twice, "America/Matamoros")
    assert caught.value.code == "ambiguous"
    assert clock.moment(twice, "America/Matamoros", clock.FIRST) == datetime(2027, 11, 7, 6, 30, tzinfo=UTC)
    assert clock.moment(twice, "America/Matamoros", clock.SECOND) == datetime(2027, 11, 7, 7, 30, tzinfo=UTC)


def test_6_1_saltillo_and_piedras_negras_are_one_state_with_two_hours():
    at = clock.moment(datetime(2027, 7, 1, 17), "America/Monterrey")
    assert clock.wall(at, "America/Matamoros") == datetime(2027, 7, 1, 18)


def test_6_1_due_days_begin_at_midnight_there():
    now = datetime(2027, 7, 2, 5, 30, tzinfo=UTC)
    assert clock.today("America/Cancun", now).isoformat() == "2027-07-02"
    assert clock.today("America/Monterrey", now).isoformat() == "2027-07-01"
