"""Sums kept beside the lines, one set per release. A release's lines never change, so neither do its cells:
publishing or restoring needs no refresh at all."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .classifiers import Label
from .facts import Supplier, fact_key, pesos
from .runs import Release
from .sources import PublicBody

# Upper ends of the bands in which amounts of contracts are counted, in the contract's own currency; the last has none. A change
# is a migration that counts the cells anew.
BANDS = (50_000, 100_000, 500_000, 1_000_000, 5_000_000, 10_000_000, 50_000_000)


class Cell(models.Model):
    public_body = fact_key(PublicBody)
    release = fact_key(Release)
    by = models.CharField(max_length=10)
    # Within `by`: a code of the classifier, or the label's id where the publisher's own names are the only key.
    key = models.CharField(max_length=24)
    label = fact_key(Label, null=True)
    line_count = models.IntegerField()

    class Meta:
        abstract = True


class ExpenditureCell(Cell):
    class By(models.TextChoices):
        CHAPTER = "chapter", _("Chapter")
        CONCEPT = "concept", _("Concept")
        ITEM = "item", _("Item")
        FUNCTION = "function", _("Function")
        UNIT = "unit", _("Administrative unit")
        ECONOMIC = "economic", _("Type of expenditure")
        FUNDING = "funding", _("Funding source")
        PROGRAMME = "programme", _("Programme")

    pk = models.CompositePrimaryKey("public_body_id", "release_id", "by", "key")
    approved = pesos()
    adjustments = pesos()
    modified = pesos()
    committed = pesos()
    accrued = pesos()
    exercised = pesos()
    paid = pesos()
    reported = pesos()


class RevenueCell(Cell):
    class By(models.TextChoices):
        RUBRO = "rubro", _("Rubro")
        TYPE = "type", _("Type")
        ITEM = "item", _("Item")
        FUNDING = "funding", _("Funding source")

    pk = models.CompositePrimaryKey("public_body_id", "release_id", "by", "key")
    estimated = pesos()
    adjustments = pesos()
    modified = pesos()
    accrued = pesos()
    collected = pesos()
    reported = pesos()


class ContractCell(models.Model):
    """Contracts of a release by procedure, by month signed, by supplier, by size; one row per currency, never added across."""

    class By(models.TextChoices):
        METHOD = "method", _("Procedure")
        MONTH = "month", _("Month")
        SUPPLIER = "supplier", _("Supplier")
        BAND = "band", _("Amount")  # key: lower end of the band, and the procedure; only what states more than nothing

    pk = models.CompositePrimaryKey("public_body_id", "release_id", "by", "currency", "key")
    public_body = fact_key(PublicBody)
    release = fact_key(Release)
    by = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    key = models.CharField(max_length=24)
    line_count = models.IntegerField()
    amount = pesos()  # NULL: none of these contracts states one
    direct_amount = pesos()  # of a supplier alone, by direct award; NULL: none of its contracts states its procedure


class SupplierTotal(models.Model):
    """What a supplier got by the contracts that are public now, over all public bodies; one row per currency.

    Kept by `datasets.suppliers` inside the transaction that publishes, restores or withdraws. A supplier without a row
    is named by drafts alone, and is nobody's business yet.
    """

    pk = models.CompositePrimaryKey("supplier_id", "currency")
    supplier = fact_key(Supplier)
    currency = models.CharField(max_length=3)
    contracts = models.IntegerField()
    direct = models.IntegerField()
    amount = pesos()  # NULL: none of these contracts states one
    direct_amount = pesos()  # NULL: not known, as none of them states its procedure
    bodies = models.IntegerField()
    first_year = models.SmallIntegerField()
    last_year = models.SmallIntegerField()

    class Meta:
        verbose_name = _("total of a supplier")
        verbose_name_plural = _("totals of suppliers")
        indexes = [
            # As the directory is ordered: an index that puts the unknown amounts first cannot be read for it.
            models.Index(
                "currency", models.F("amount").desc(nulls_last=True), "supplier_id", name="supplier_total_in_order"
            )
        ]
