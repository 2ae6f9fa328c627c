"""Tables of a session, round by round, and who sits at them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .people import Registration
from .sessions import Session

# The round of a seat is that of its table, whoever writes the row: so that nobody sits at two tables of one round.
COPY_ROUND = """
    SELECT t.round INTO NEW.round FROM dialogues_table t WHERE t.id = NEW.table_id;
    RETURN NEW;
"""


class Table(models.Model):
    """A table of one round, with its host and its question (World Café; one round for other methods)."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="tables", verbose_name=_("dialogue"))
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    number = models.PositiveSmallIntegerField(_("table"))
    question = models.TextField(_("question"), blank=True)
    host = models.ForeignKey(
        "partners.Person",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="hosted_tables",
        verbose_name=_("host"),
    )
    seats = models.PositiveSmallIntegerField(_("seats"), default=6)

    class Meta:
        verbose_name = _("table")
        verbose_name_plural = _("tables")
        ordering = ["session", "round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "round", "number"], name="table_once_a_round"),
            models.UniqueConstraint(
                fields=["session", "round", "host"],
                name="host_of_one_table_a_round",
                violation_error_message=_("Nobody hosts two tables of one round."),
            ),
            models.CheckConstraint(
                condition=Q(round__gte=1, number__gte=1, seats__gte=1), name="table_counts_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session}: {self.round}.{self.number}"


class SeatQuerySet(models.QuerySet["Seat"]):
    def taken(self) -> SeatQuerySet:
        """Of those who still come: whoever gave their place back has left a free seat."""
        return self.filter(registration__state__in=(Registration.State.CONFIRMED, Registration.State.TO_CONFIRM))


class Seat(models.Model):
    """Where somebody sits in one round. What was set by hand stays when people are mixed again."""

    table = models.ForeignKey(Table, models.CASCADE, related_name="taken_seats", verbose_name=_("table"))
    round = models.PositiveSmallIntegerField(editable=False, default=1)  # written by the database: COPY_ROUND
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="seats", verbose_name=_("registration"))
    by_hand = models.BooleanField(_("by hand"), default=False)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["table", "id"]
        triggers = [
            pgtrigger.Trigger(
                name="copy_round",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=COPY_ROUND,
            )
        ]
        constraints = [models.UniqueConstraint(fields=["registration", "round"], name="one_seat_a_round")]

    def __str__(self) -> str:
        return f"{self.table}: {self.registration}"
