"""Figures that tell whether a commitment is being kept: asked again after every release."""

from __future__ import annotations

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from datasets import selectors
from datasets.models import Kind, Release
from dialogues.models import Commitment, CommitmentFigure, CommitmentUpdate
from dialogues.standing import figure_sentence
from partners.audit import acting
from partners.models import User
from projects.models import Evidence

from .commitments import attach_evidence

State = CommitmentFigure.State


def set_figure(
    *, commitment: Commitment, figure: CommitmentFigure, by: User, evidence: Evidence | None = None
) -> CommitmentFigure:
    """Say which published figure tells, and ask it at once. It stands in the history, so that no yardstick changes unseen.

    `evidence`: the card from which it was taken, which then stands beside the commitment.
    """
    with acting(by, "set_figure"):
        current = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
        if not current.is_open:
            raise ValidationError(_("This commitment is over: it is not measured any more."))
        CommitmentFigure.objects.filter(commitment=current).delete()
        figure.commitment = current
        figure.full_clean()
        figure.save()
        _check(figure)
        if evidence is not None:
            attach_evidence(commitment=current, evidence=evidence, by=by)
        _tell(figure, _("It is measured by a figure now. %(sentence)s") % {"sentence": figure_sentence(figure)}, by)
        return figure


def check_figures() -> int:
    """Ask every figure of a commitment that is not over again; how many of them changed."""
    changed = 0
    open_ones = CommitmentFigure.objects.filter(commitment__state__in=Commitment.OPEN)
    for figure in open_ones.select_related("commitment", "public_body"):
        before = (figure.state, figure.value, figure.release_id)
        with acting(None, "check_figures"):
            after = _check(figure)
            changed += before != (after.state, after.value, after.release_id)
    return changed


def read_figure(figure: CommitmentFigure) -> tuple[Release | None, Decimal | None]:
    """The published value and the release it stands in; nothing where it is not published."""
    release = selectors.choose_release(
        public_body=figure.public_body, kind=figure.kind, year=figure.year, by=figure.by if figure.heading else None
    )
    if release is None:
        return None, None
    if not figure.heading:
        cells = selectors.year_cells([release])
    else:
        read = selectors.revenue_cells if figure.kind == Kind.REVENUE else selectors.expenditure_cells
        cells = [cell for cell in read(releases=[release], by=figure.by) if cell.key == figure.heading]
    value = cells[0].amount(figure.moment) if cells else None
    return (release, value) if value is not None else (None, None)


def _check(figure: CommitmentFigure) -> CommitmentFigure:
    before = figure.state if figure.seen_at else None
    figure.release, figure.value = read_figure(figure)
    figure.state = _state(figure)
    figure.seen_at = timezone.now()
    figure.save(update_fields=["release", "value", "state", "seen_at"])
    if before is not None and before != figure.state:
        _tell(figure, str(figure.get_state_display()))
    return figure


def _state(figure: CommitmentFigure) -> str:
    if figure.value is None:
        return State.UNPUBLISHED
    reached = (
        figure.value >= figure.target
        if figure.direction == CommitmentFigure.Direction.AT_LEAST
        else figure.value <= figure.target
    )
    return State.ON_TRACK if reached else State.OFF


def _tell(figure: CommitmentFigure, note: str, by: User | None = None) -> None:
    state = figure.commitment.state
    CommitmentUpdate.objects.create(commitment=figure.commitment, from_state=state, to_state=state, note=note, by=by)
