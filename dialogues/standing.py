"""How commitments are spoken of: one tag that says at once whether somebody has to do something."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from datasets.models import ClassNode, Kind
from datasets.selectors import official_names
from datasets.words import moment_name
from dialogues.models import Commitment, CommitmentFigure
from gesoc.common.dates import day
from gesoc.common.money import pesos

State = Commitment.State
SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class Said:
    css: str  # of the list item
    kind: str  # of the tag
    tag: str
    when: str


def said(commitment: Commitment, today: datetime.date) -> Said:
    """`today` by the clock of the municipality."""
    due = _("Due on %(day)s") % {"day": day(commitment.due_on)} if commitment.due_on else _("No date yet")
    if commitment.is_running and commitment.due_on is not None:
        return _running(commitment, commitment.due_on, today, due)
    kept = _("Kept on %(day)s") % {"day": day(commitment.kept_on)}
    found = {
        State.PROPOSED: Said("", "", _("Proposed"), due),
        State.REPORTED: Said("due", "info", _("Reported as kept; nobody has verified it yet"), kept),
        State.VERIFIED: Said("done", "ok", _("Kept and verified"), kept),
        State.BROKEN: Said("late", "bad", _("Not kept"), _("It was due on %(day)s") % {"day": day(commitment.due_on)}),
        State.CANCELLED: Said("", "", _("Cancelled"), due),
    }
    return found[State(commitment.state)]


def _running(commitment: Commitment, due_on: datetime.date, today: datetime.date, due: str) -> Said:
    days = (due_on - today).days
    if days < 0:
        late = ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}
        return Said("late", "bad", late, _("It was due on %(day)s") % {"day": day(due_on)})
    if days == 0:
        return Said("due", "warn", _("Due today"), due)
    if days <= SOON_DAYS:
        return Said("due", "warn", ngettext("Due in %(days)s day", "Due in %(days)s days", days) % {"days": days}, due)
    return Said("", "info", commitment.get_state_display(), due)


def slips(commitment: Commitment) -> str:
    """Empty if its date was never moved back."""
    if not commitment.slips:
        return ""
    times = ngettext("Postponed once", "Postponed %(times)s times", commitment.slips) % {"times": commitment.slips}
    return _("%(times)s; the first date was %(day)s") % {"times": times, "day": day(commitment.first_due_on)}


SITUATIONS = {
    "atrasado": lambda: _("Late"),
    "por_vencer": lambda: _("Due soon"),
    "en_curso": lambda: _("Under way"),
    "propuesto": lambda: _("Proposed"),
    "por_verificar": lambda: _("To be verified"),
    "cumplido": lambda: _("Kept and verified"),
    "incumplido": lambda: _("Not kept"),
    "cancelado": lambda: _("Cancelled"),
}


def figure_sentence(figure: CommitmentFigure) -> str:
    """What is measured, how it stands, and what it is to be."""
    value = _("it has not been published yet") if figure.value is None else pesos(figure.value)
    return _("%(what)s of %(body)s in %(year)s, %(moment)s: %(value)s. It is to be %(direction)s %(target)s.") % {
        "what": _money(figure),
        "body": figure.public_body,
        "year": figure.year,
        "moment": moment_name(figure.moment).lower(),
        "value": value,
        "direction": figure.get_direction_display(),
        "target": pesos(figure.target),
    }


def _money(figure: CommitmentFigure) -> str:
    if not figure.heading:
        return str(_("All expenditure") if figure.kind == Kind.EXPENDITURE else _("All revenue"))
    classifier = ClassNode.Classifier.REVENUE if figure.kind == Kind.REVENUE else ClassNode.Classifier.OBJECT
    name = official_names(classifier, [figure.heading]).get(figure.heading)
    kind = str(figure.get_kind_display())
    return f"{kind}: {figure.heading} {name.short}" if name else f"{kind}: {figure.heading}"
