"""Registers: lists of things with a state at a date, one row a thing. Public works, debt, sanctioned suppliers.

Unlike statements they are not added over years: the list of a later date says again what the earlier one said."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .facts import Line, Supplier, fact_key, pesos


def percentage() -> models.DecimalField:
    """As printed, 0 to 100 and at times beyond. NULL: not published."""
    return models.DecimalField(max_digits=6, decimal_places=2, null=True)


class Work(Line):
    """A public work or investment project, as one list tells of it."""

    pk = models.CompositePrimaryKey("public_body_id", "release_id", "line_no")
    year = models.SmallIntegerField()
    # The budget cycle that the row's figures are of, where the list says so row by row.
    cycle = models.SmallIntegerField(null=True)
    code = models.TextField(blank=True)
    name = models.TextField(blank=True)
    description = models.TextField(blank=True)
    type_raw = models.TextField(blank=True)
    branch = models.TextField(blank=True)
    unit = models.TextField(blank=True)
    programme = models.TextField(blank=True)
    location = models.TextField(blank=True)
    state_code = models.CharField(max_length=2, blank=True)
    municipality_code = models.CharField(max_length=5, blank=True)
    municipality_raw = models.TextField(blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    physical_progress = percentage()
    financial_progress = percentage()
    approved = pesos()
    modified = pesos()
    contracted = pesos()
    spent = pesos()
    investment = pesos()
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    status_raw = models.TextField(blank=True)
    contract_number = models.TextField(blank=True)
    supplier = fact_key(Supplier, null=True)
    supplier_name = models.TextField(blank=True)
    url = models.TextField(blank=True)
    search_text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("public work")
        verbose_name_plural = _("public works")

    AMOUNTS = ("investment", "approved", "modified", "contracted", "spent")

    def __str__(self) -> str:
        return self.name or self.code or str(self.line_no)


class Sanction(Line):
    """What an authority resolved about a supplier, as its register prints it. It says nothing about any contract."""

    class Outcome(models.TextChoices):
        """Derived from the text as printed, which stays in `outcome_raw`."""

        BOTH = "both", _("Fine and disqualification")
        DISQUALIFIED = "disqualified", _("Disqualification")
        FINED = "fined", _("Fine")
        SANCTIONED = "sanctioned", _("Sanction, kind not stated")
        CLEARED = "cleared", _("Not sanctioned")
        UNKNOWN = "", _("Not stated")

    pk = models.CompositePrimaryKey("public_body_id", "release_id", "line_no")
    year = models.SmallIntegerField()
    supplier = fact_key(Supplier, null=True)
    supplier_name = models.TextField(blank=True)
    authority = models.TextField(blank=True)
    file_number = models.TextField(blank=True)
    facts = models.TextField(blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    outcome_raw = models.TextField(blank=True)
    notified_on = models.DateField(null=True)
    resolved_on = models.DateField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    term_raw = models.TextField(blank=True)
    term_months = models.SmallIntegerField(null=True)
    fine = pesos()
    url = models.TextField(blank=True)
    search_text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("sanction")
        verbose_name_plural = _("sanctions")
        indexes = [models.Index(fields=["supplier"], name="sanction_by_supplier")]

    AMOUNTS = ("fine",)

    def __str__(self) -> str:
        return self.supplier_name or str(self.line_no)


class Debt(Line):
    """A credit or another obligation; or, with `is_none`, the statement that there is none."""

    pk = models.CompositePrimaryKey("public_body_id", "release_id", "line_no")
    year = models.SmallIntegerField()
    is_none = models.BooleanField(default=False)
    name = models.TextField(blank=True)
    group = models.TextField(blank=True)
    type_raw = models.TextField(blank=True)
    creditor = models.TextField(blank=True)
    debtor = models.TextField(blank=True)
    purpose = models.TextField(blank=True)
    guarantee = models.TextField(blank=True)
    rate_raw = models.TextField(blank=True)
    term_raw = models.TextField(blank=True)
    contracted = pesos()
    opening = pesos()
    drawn = pesos()
    repaid = pesos()
    revalued = pesos()
    balance = pesos()
    interest = pesos()
    fees = pesos()
    signed_on = models.DateField(null=True)
    matures_on = models.DateField(null=True)
    notes = models.TextField(blank=True)
    url = models.TextField(blank=True)
    search_text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("debt")
        verbose_name_plural = _("debts")

    AMOUNTS = ("contracted", "opening", "drawn", "repaid", "revalued", "balance", "interest", "fees")

    def __str__(self) -> str:
        return self.name or self.creditor or str(self.line_no)
