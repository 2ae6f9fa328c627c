"""The administration of dialogues: every page opens, nothing is written there, and no vote is shown."""

import pytest
from django.apps import apps
from django.contrib import admin as site

from dialogues.models import Ballot, OpenVote, PaperCount, VoterRoll
from dialogues.services import votes
from tests.dialogues.test_votes import opened
from tests.factories.commitments import CommitmentFactory
from tests.factories.dialogues import InvitationFactory, RegistrationFactory, SessionFactory
from tests.factories.partners import AdminFactory

pytestmark = pytest.mark.django_db


def test_every_page_opens_and_none_writes(client):
    client.force_login(AdminFactory())
    rows = [SessionFactory(), InvitationFactory(), RegistrationFactory(needs="Silla"), CommitmentFactory(), opened()]
    for model in apps.get_app_config("dialogues").get_models():
        if model in site.site._registry:
            assert client.get(f"/admin/dialogues/{model._meta.model_name}/?q=uno").status_code == 200
            assert client.get(f"/admin/dialogues/{model._meta.model_name}/add/").status_code == 403
    for row in rows:
        page = client.get(f"/admin/dialogues/{row._meta.model_name}/{row.pk}/change/")
        assert page.status_code == 200
        assert "Silla" not in page.content.decode()
        assert 'name="_save"' not in page.content.decode()


def test_rolls_ballots_and_counts_have_no_page(client):
    assert not {VoterRoll, Ballot, OpenVote, PaperCount} & set(site.site._registry)
    found = opened()
    entry = found.roll.first()
    votes.cast_vote(entry=entry, choices={str(found.options.first().key): 3})
    client.force_login(AdminFactory())
    page = client.get(f"/admin/dialogues/voteround/{found.pk}/change/").content.decode()
    assert str(entry.person) not in page
    assert str(Ballot.objects.get().pk) not in page
