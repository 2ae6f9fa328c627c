"""Ties that dialogues make: who held one and who committed to something at it, never who merely came."""

import pytest
from django.contrib.auth.models import AnonymousUser

from partners import selectors
from tests.factories.commitments import CommitmentFactory
from tests.factories.dialogues import RegistrationFactory, SessionFactory
from tests.factories.partners import GesocFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def told(user=NOBODY, organisation=None):
    return [(tie.one, tie.other, tie.url) for tie in selectors.ties(user, organisation)]


def test_commitments_of_one_dialogue_are_one_tie():
    session, responsible = SessionFactory(), OrganisationFactory()
    CommitmentFactory.create_batch(2, session=session, responsible=responsible)
    host = session.host_organisation
    expected = [(host, responsible, session.get_absolute_url())]
    assert told() == told(organisation=host) == told(organisation=responsible) == expected


@pytest.mark.parametrize("kept_back", [{"visibility": "privada"}, {"state": "propuesto"}, {"state": "cancelado"}])
def test_what_is_not_public_or_not_agreed_ties_nobody(kept_back):
    CommitmentFactory(session=SessionFactory(), **kept_back)
    assert told() == []


def test_commitment_of_a_hidden_dialogue_ties_nobody_in_public():
    CommitmentFactory(session=SessionFactory(visibility="privada"))
    assert told() == []
    assert len(told(GesocFactory())) == 1


def test_who_merely_came_is_not_tied():
    RegistrationFactory(session=SessionFactory(), organisation_at_time=OrganisationFactory())
    assert told(GesocFactory()) == []
