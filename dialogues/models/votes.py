"""Prioritising. Who voted and what was voted are two tables without a way from one to the other.

VoterRoll and Ballot have no times, no author, no sequence and no history. While a vote is open, the hidden columns of
both rows of one voter name the same transaction; closing writes all ballots anew, in random order, in one transaction.
So the ballot is secret before whoever organises, and after closing before whoever holds a copy of the database.
"""

from __future__ import annotations

import datetime
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import tally
from partners.models import Sector

STATE_OF = "SELECT state INTO round_state FROM dialogues_voteround WHERE id = COALESCE(NEW.round_id, OLD.round_id);"
DECLARE_STATE = [("round_state", "TEXT")]

FROZEN = """
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('borrador', 'abierta'), ('abierta', 'contando'), ('contando', 'cerrada'), ('contando', 'anulada'),
        ('cerrada', 'publicada'), ('borrador', 'anulada')) THEN
        RAISE EXCEPTION 'a round does not go from % to %', OLD.state, NEW.state;
    END IF;
    IF OLD.state <> 'borrador' AND (OLD.session_id, OLD.question, OLD.method, OLD.points, OLD.most, OLD.electorate,
        OLD.secret, OLD.by_sector, OLD.quorum) IS DISTINCT FROM (NEW.session_id, NEW.question, NEW.method, NEW.points,
        NEW.most, NEW.electorate, NEW.secret, NEW.by_sector, NEW.quorum) THEN
        RAISE EXCEPTION 'the rules of a round are frozen when it opens';
    END IF;
    RETURN NEW;
"""
OPTIONS_FROZEN = f"""
    {STATE_OF}
    IF round_state <> 'borrador' THEN
        RAISE EXCEPTION 'the options of a round are frozen when it opens';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""
BALLOT_GUARD = f"""
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'a ballot is never changed';
    END IF;
    {STATE_OF}
    IF TG_OP = 'INSERT' AND round_state NOT IN ('abierta', 'contando') THEN
        RAISE EXCEPTION 'no ballot is cast into a round that is not open';
    END IF;
    IF TG_OP = 'DELETE' AND round_state <> 'contando' THEN
        RAISE EXCEPTION 'a ballot is never deleted';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""
OPEN_VOTE_GUARD = """
    SELECT r.state INTO round_state FROM dialogues_voteround r JOIN dialogues_voterroll v ON v.round_id = r.id
     WHERE v.id = COALESCE(NEW.roll_id, OLD.roll_id) AND NOT r.secret;
    IF TG_OP = 'DELETE' OR round_state IS DISTINCT FROM 'abierta' THEN
        RAISE EXCEPTION 'a vote is cast and changed while its round is open';
    END IF;
    RETURN NEW;
"""
ROLL_GUARD = f"""
    {STATE_OF}
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'nobody is taken off the roll';
    END IF;
    IF round_state <> 'abierta' THEN
        RAISE EXCEPTION 'the roll changes only while its round is open';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.round_id, OLD.person_id) IS DISTINCT FROM (NEW.round_id, NEW.person_id) THEN
        RAISE EXCEPTION 'a place on the roll is nobody else''s';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.cast_as <> '' AND OLD.cast_as <> NEW.cast_as THEN
        RAISE EXCEPTION 'who voted has voted';
    END IF;
    RETURN NEW;
"""
# At the end of every transaction there are as many ballots as people marked: none lost, none added.
BALANCE = """
    IF (SELECT secret FROM dialogues_voteround WHERE id = COALESCE(NEW.round_id, OLD.round_id)) AND
       (SELECT count(*) FROM dialogues_ballot WHERE round_id = COALESCE(NEW.round_id, OLD.round_id)) <>
       (SELECT count(*) FROM dialogues_voterroll
         WHERE round_id = COALESCE(NEW.round_id, OLD.round_id) AND cast_as = 'en_linea') THEN
        RAISE EXCEPTION 'as many ballots as people who voted';
    END IF;
    RETURN NULL;
"""
# Row triggers do not see TRUNCATE. Only the test suite, which empties every table, sets the switch.
NO_TRUNCATE = """
    IF COALESCE(current_setting('mesa.may_truncate', TRUE), '') <> 'on' THEN
        RAISE EXCEPTION 'ballots are never emptied';
    END IF;
    RETURN NULL;
"""


def _guard(func: str, operation: pgtrigger.Operation, name: str = "guard") -> pgtrigger.Trigger:
    return pgtrigger.Trigger(name=name, when=pgtrigger.Before, operation=operation, func=func, declare=DECLARE_STATE)


def _balance() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="balance",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        timing=pgtrigger.Deferred,
        func=BALANCE,
    )


def _no_truncate() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="no_truncate",
        when=pgtrigger.Before,
        level=pgtrigger.Statement,
        operation=pgtrigger.Truncate,
        func=NO_TRUNCATE,
    )


CHANGES = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete


class VoteRound(models.Model):
    class Method(models.TextChoices):
        DOTS = tally.DOTS, _("Dots to hand out")
        SCORE = tally.SCORE, _("A score for each")
        APPROVAL = tally.APPROVAL, _("Yes to as many as one likes")

    class Electorate(models.TextChoices):
        ATTENDED = "asistentes", _("Who has come")
        CONFIRMED = "confirmados", _("Who has a confirmed place")

    class State(models.TextChoices):
        DRAFT = "borrador", _("Being prepared")
        OPEN = "abierta", _("Open")
        COUNTING = "contando", _("Being counted")
        CLOSED = "cerrada", _("Closed")
        PUBLISHED = "publicada", _("Published")
        VOID = "anulada", _("Void")

    COUNTED = (State.CLOSED, State.PUBLISHED)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey("dialogues.Session", models.PROTECT, related_name="rounds", verbose_name=_("dialogue"))
    question = models.CharField(_("question"), max_length=200)
    method = models.CharField(_("how one votes"), max_length=10, choices=Method.choices, default=Method.DOTS)
    points = models.PositiveSmallIntegerField(_("dots for each person"), default=5)
    most = models.PositiveSmallIntegerField(_("most for one option"), default=3)
    electorate = models.CharField(
        _("who votes"), max_length=12, choices=Electorate.choices, default=Electorate.ATTENDED
    )
    secret = models.BooleanField(_("secret"), default=True)
    by_sector = models.BooleanField(
        _("count by sector too"),
        default=True,
        help_text=_("Every ballot carries the sector of its voter; those who vote are told."),
    )
    quorum = models.PositiveSmallIntegerField(
        _("quorum"), null=True, blank=True, help_text=_("With fewer votes the result only orients.")
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    closed_at = models.DateTimeField(null=True, editable=False)
    void_reason = models.TextField(blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["session", "id"]
        triggers = [_guard(FROZEN, pgtrigger.Update, "frozen")]
        constraints = [
            models.CheckConstraint(
                condition=Q(most__gte=1, most__lte=10) & Q(points__gte=1, points__lte=100), name="vote_rules_sane"
            ),
            models.CheckConstraint(
                condition=Q(method__in=["puntos", "puntaje", "aprobacion"])
                & Q(state__in=["borrador", "abierta", "contando", "cerrada", "publicada", "anulada"]),
                name="vote_choices_known",
            ),
            models.CheckConstraint(condition=~Q(state="anulada") | ~Q(void_reason=""), name="void_vote_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def rules(self) -> tally.Rules:
        return tally.Rules(self.method, self.points, self.most)

    @property
    def is_counted(self) -> bool:
        return self.state in self.COUNTED

    def takes_votes(self, now: datetime.datetime | None = None) -> bool:
        """By the server's clock, whether or not anybody has closed it yet."""
        return self.state == self.State.OPEN and not (self.closes_at and (now or timezone.now()) >= self.closes_at)


class VoteOption(models.Model):
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(VoteRound, models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("option"), max_length=200)
    challenge = models.ForeignKey(
        "projects.Challenge", models.PROTECT, null=True, blank=True, related_name="vote_options"
    )

    class Meta:
        ordering = ["round", "position", "id"]
        triggers = [_guard(OPTIONS_FROZEN, CHANGES)]
        constraints = [models.UniqueConstraint(fields=["round", "challenge"], name="challenge_once_a_vote")]

    def __str__(self) -> str:
        return self.text


class VoterRoll(models.Model):
    """Who may vote, and that they did. Nothing here says when, and nothing what."""

    class Cast(models.TextChoices):
        ONLINE = "en_linea", _("Online")
        PAPER = "papel", _("On paper")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(VoteRound, models.PROTECT, related_name="roll")
    person = models.ForeignKey("partners.Person", models.PROTECT, related_name="+")
    sector = models.CharField(max_length=20, choices=Sector.choices, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    cast_as = models.CharField(max_length=10, choices=Cast.choices, blank=True)

    class Meta:
        ordering = ["id"]
        triggers = [_guard(ROLL_GUARD, CHANGES), _balance()]
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="on_the_roll_once"),
            models.UniqueConstraint(fields=["round", "code_hash"], condition=~Q(code_hash=""), name="vote_code_once"),
        ]


class Ballot(models.Model):
    """One secret vote. Inserted, counted, never changed; no page, export or administration shows one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(VoteRound, models.PROTECT, related_name="ballots")
    sector = models.CharField(max_length=20, choices=Sector.choices, blank=True)
    choices = models.JSONField()

    class Meta:
        ordering = ["id"]
        triggers = [_guard(BALLOT_GUARD, CHANGES), _balance(), _no_truncate()]


class OpenVote(models.Model):
    """A vote of a round that is not secret; its voter may change it until the round closes."""

    roll = models.OneToOneField(VoterRoll, models.PROTECT, related_name="vote")
    choices = models.JSONField()

    class Meta:
        triggers = [_guard(OPEN_VOTE_GUARD, CHANGES)]


class PaperCount(models.Model):
    """What one person counted of the paper ballots. Two people count; only equal counts are taken."""

    round = models.ForeignKey(VoteRound, models.PROTECT, related_name="paper_counts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ballots = models.PositiveSmallIntegerField(_("paper ballots"))
    totals = models.JSONField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "by"], name="paper_counted_once_by_each")]


class Decision(models.Model):
    """What was decided, and why. A vote only orders; people decide, and say so."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey("dialogues.Session", models.PROTECT, related_name="decisions")
    round = models.ForeignKey(VoteRound, models.PROTECT, null=True, blank=True, related_name="decisions")
    text = models.TextField(_("what was decided"))
    reasons = models.TextField(_("why"))
    decided_on = models.DateField(_("decided on"), default=timezone.localdate)
    organisations = models.ManyToManyField("partners.Organisation", blank=True, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["decided_on", "id"]
        constraints = [models.CheckConstraint(condition=~Q(reasons=""), name="decision_has_reasons")]

    def __str__(self) -> str:
        return self.text[:80]
