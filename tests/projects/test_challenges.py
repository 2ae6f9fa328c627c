"""Challenges, the evidence behind them and the data that is missing."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from projects import services
from projects.models import Challenge, DataGap, Evidence, Visibility
from projects.services.gaps import working_days_after
from tests.factories.datasets import SourceFactory
from tests.factories.partners import GesocFactory, MembershipFactory
from tests.factories.projects import (
    ChallengeFactory,
    DataGapFactory,
    EvidenceFactory,
    ProjectFactory,
    ProjectMemberFactory,
)

pytestmark = pytest.mark.django_db
State = Challenge.State


def test_a_public_challenge_of_a_private_project_is_not_public():
    hidden = ProjectFactory(visibility=Visibility.PRIVATE)
    challenge = ChallengeFactory(project=hidden)
    assert not Challenge.objects.visible_to(AnonymousUser()).exists()
    assert not Challenge.objects.public().exists()
    member = ProjectMemberFactory(project=hidden).user
    assert list(Challenge.objects.visible_to(member)) == [challenge]


def test_a_private_challenge_is_seen_by_who_proposed_it():
    member = MembershipFactory()
    challenge = ChallengeFactory(visibility=Visibility.PRIVATE, organisation=member.organisation)
    assert not Challenge.objects.visible_to(MembershipFactory().user).exists()
    assert list(Challenge.objects.visible_to(member.user)) == [challenge]
    assert member.user.has_perm("projects.edit_challenge", challenge)
    assert not member.user.has_perm("projects.move_challenge", challenge)


def test_a_challenge_moves_step_by_step():
    challenge, staff = ChallengeFactory(), GesocFactory()
    with pytest.raises(ValidationError):
        services.move_challenge(challenge=challenge, to_state=State.SOLVED, by=staff)
    for state in (State.ACCEPTED, State.PRIORITISED, State.IN_PROGRESS, State.SOLVED):
        challenge = services.move_challenge(challenge=challenge, to_state=state, by=staff)
    with pytest.raises(ValidationError):
        services.drop_challenge(challenge=challenge, reason="Ya no", by=staff)


def test_a_merge_keeps_both_texts_and_moves_evidence_gaps_and_causes():
    one, other, staff = ChallengeFactory(), ChallengeFactory(), GesocFactory()
    cause = ChallengeFactory(cause_of=one)
    shared, only = EvidenceFactory(), EvidenceFactory()
    for evidence in (shared, only):
        services.attach_evidence(evidence=evidence, challenge=one, by=staff)
    services.attach_evidence(evidence=shared, challenge=other, by=staff)
    gap = DataGapFactory(project=None, challenge=one)
    merged = services.merge_challenge(challenge=one, into=other, reason="Es el mismo problema", by=staff)
    assert (merged.state, merged.merged_into, merged.statement) == (State.MERGED, other, one.statement)
    assert set(other.evidence_uses.values_list("evidence_id", flat=True)) == {shared.pk, only.pk}
    assert list(other.gaps.all()) == [gap] and list(other.causes.all()) == [cause]


def test_a_challenge_is_not_a_cause_of_itself():
    top = ChallengeFactory()
    below = ChallengeFactory(cause_of=top)
    top.cause_of = below
    with pytest.raises(ValidationError):
        services.save_challenge(challenge=top, by=None)


def test_a_card_is_seen_where_it_is_used_and_by_who_made_it():
    member = ProjectMemberFactory(project__visibility=Visibility.PRIVATE)
    card = EvidenceFactory(visibility=Visibility.PRIVATE)
    assert not Evidence.objects.visible_to(member.user).exists()
    services.attach_evidence(evidence=card, project=member.project, by=member.user)
    assert list(Evidence.objects.visible_to(member.user)) == [card]
    assert not Evidence.objects.visible_to(AnonymousUser()).exists()
    assert not Evidence.objects.visible_to(MembershipFactory().user).exists()


def test_using_a_card_twice_changes_what_it_is_to_show():
    card, challenge = EvidenceFactory(), ChallengeFactory()
    services.attach_evidence(evidence=card, challenge=challenge, by=None, claim="Primero")
    services.attach_evidence(evidence=card, challenge=challenge, by=None, claim="Después", strength="fuerte")
    use = card.uses.get()
    assert (use.claim, use.strength) == ("Después", "fuerte")


def test_evidence_says_what_it_does_not_say_and_a_document_its_page():
    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceFactory(does_not_say="")
    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceFactory(kind=Evidence.Kind.DOCUMENT, document_title="Plan municipal")


def test_a_gap_becomes_a_request_an_answer_and_a_dataset():
    gap = DataGapFactory()
    gap = services.request_gap(gap=gap, by=None, folio="330-26", asked_on=datetime.date(2026, 3, 2))
    assert (gap.state, gap.due_on) == (DataGap.State.REQUESTED, datetime.date(2026, 3, 30))
    assert list(DataGap.objects.overdue(on=datetime.date(2026, 3, 31))) == [gap]
    assert not DataGap.objects.overdue(on=datetime.date(2026, 3, 30)).exists()
    gap = services.answer_gap(gap=gap, by=None, answer="Entregaron PDF", answered_on=datetime.date(2026, 3, 20))
    gap = services.publish_gap(gap=gap, by=None, source=SourceFactory())
    assert gap.state == DataGap.State.PUBLISHED
    with pytest.raises(ValidationError):
        services.request_gap(gap=gap, by=None, folio="2", asked_on=datetime.date(2026, 4, 1))


def test_working_days_leave_out_weekends():
    friday = datetime.date(2026, 3, 6)
    assert working_days_after(friday, 1) == datetime.date(2026, 3, 9)
    assert working_days_after(friday, 20) == datetime.date(2026, 4, 3)


def test_gaps_are_public_with_their_project():
    DataGapFactory(project__visibility=Visibility.PRIVATE)
    shown = DataGapFactory()
    assert list(DataGap.objects.public()) == list(DataGap.objects.visible_to(AnonymousUser())) == [shown]
