"""Following the money: the exercise, its answers, and the way that was walked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from partners.audit import acting
from projects.models import DataGap, GuidingQuestion, MoneyTrail, RouteStep, TrailAnswer

from .moves import locked, saved

if TYPE_CHECKING:
    from partners.models import User

State = TrailAnswer.State


def start_trail(*, trail: MoneyTrail, by: User | None) -> MoneyTrail:
    """Begin an exercise with the guiding questions as the template asks them today."""
    questions = list(GuidingQuestion.objects.filter(is_active=True))
    if not questions:
        raise ValidationError(_("There are no guiding questions: ask GESOC to write them in the administration."))
    with acting(by, "start_trail"):
        trail.by = by
        saved(trail)
        for order, question in enumerate(questions, start=1):
            saved(TrailAnswer(trail=trail, order=order, question=question.text, where_to_look=question.where_to_look))
        return trail


def answer_question(*, answer: TrailAnswer, by: User | None) -> TrailAnswer:
    """Keep what was found. What was not found becomes a gap of data; found after all, the gap stays as history."""
    with acting(by, "answer_question"):
        known = locked(answer)
        answer.gap, answer.answered_by = known.gap, by
        answer.full_clean()
        if answer.state == State.NOT_FOUND and answer.gap is None:
            trail = answer.trail
            answer.gap = saved(
                DataGap(
                    project=trail.project,
                    challenge=trail.challenge,
                    what_is_missing=f"{trail.programme}: {answer.question}",
                    public_body=trail.public_body,
                    created_by=by,
                )
            )
        return saved(answer)


def add_step(*, step: RouteStep, by: User | None) -> RouteStep:
    with acting(by, "add_step"):
        locked(step.trail)  # two people at once do not take the same place
        last = step.trail.route.aggregate(last=Max("order"))["last"] or 0
        step.order = last + 1
        return saved(step)
