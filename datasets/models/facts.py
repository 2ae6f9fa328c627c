"""Canonical facts. Keys lead with the public body; no foreign keys in the database (they cost 6×, see
benchmarks and docs/adr): one set-based check per file takes their place. Lines are written by COPY only."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from datasets.privacy import cover
from gesoc.common.addresses import address

from .classifiers import Label
from .runs import Release
from .sources import PublicBody


def fact_key(to: type[models.Model] | str, **extra: Any) -> Any:
    """A foreign key for the ORM only: no constraint, no index of its own."""
    return models.ForeignKey(to, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", **extra)


def pesos() -> models.DecimalField:
    """Pesos. NULL: this moment was not published; never 0."""
    return models.DecimalField(max_digits=18, decimal_places=2, null=True)


class Line(models.Model):
    """Where a fact stands in the file it came from."""

    public_body = fact_key(PublicBody)
    release = fact_key(Release)
    line_no = models.IntegerField()  # order in the file, over all its sheets
    sheet_no = models.SmallIntegerField(default=0)  # index into Release.sheets
    source_row = models.IntegerField()  # 1-based, as a spreadsheet shows it
    last_row = models.IntegerField()  # the same, unless the line was made of several rows (moments printed as rows)

    class Meta:
        abstract = True


class ExpenditureLine(Line):
    pk = models.CompositePrimaryKey("public_body_id", "release_id", "line_no")
    object = fact_key(Label, null=True)
    function = fact_key(Label, null=True)
    unit = fact_key(Label, null=True)
    programme = fact_key(Label, null=True)
    economic = fact_key(Label, null=True)
    funding = fact_key(Label, null=True)
    approved = pesos()
    adjustments = pesos()
    modified = pesos()
    committed = pesos()
    accrued = pesos()
    exercised = pesos()
    paid = pesos()
    reported = pesos()

    class Meta:
        verbose_name = _("expenditure line")
        verbose_name_plural = _("expenditure lines")

    MOMENTS = ("approved", "adjustments", "modified", "committed", "accrued", "exercised", "paid", "reported")
    LABELS = ("object", "function", "unit", "programme", "economic", "funding")


class RevenueLine(Line):
    pk = models.CompositePrimaryKey("public_body_id", "release_id", "line_no")
    revenue = fact_key(Label, null=True)
    funding = fact_key(Label, null=True)
    estimated = pesos()
    adjustments = pesos()
    modified = pesos()
    accrued = pesos()
    collected = pesos()
    reported = pesos()

    class Meta:
        verbose_name = _("revenue line")
        verbose_name_plural = _("revenue lines")

    MOMENTS = ("estimated", "adjustments", "modified", "accrued", "collected", "reported")
    LABELS = ("revenue", "funding")


class Supplier(models.Model):
    """Somebody paid by a contract. The key is a hash of the RFC, or of the normalised name where there is none.

    The key never leaves the house: from the hash of a natural person's RFC the RFC could be guessed. Addresses carry
    `number`, which the database deals out.
    """

    id = models.BigIntegerField(primary_key=True)
    number = models.BigIntegerField(
        unique=True,
        editable=False,
        db_default=models.Func(models.Value("datasets_supplier_number"), function="nextval"),
    )
    name = models.CharField(_("name"), max_length=400)
    name_key = models.CharField(max_length=400)
    # RFC of a legal person (12 characters) is public; of a natural person (13) it is personal data.
    rfc = models.CharField(_("RFC"), max_length=13, blank=True)
    is_natural_person = models.BooleanField(_("natural person"), null=True)
    # Somebody said that the two are one (`SupplierMerge`): sums, pages and searches follow, lines do not. One step, no chains.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="spellings", verbose_name=_("counted with")
    )
    search = models.GeneratedField(
        expression=SearchVector("name_key", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        ordering = ["name_key", "id"]
        indexes = [
            GinIndex(fields=["search"], name="supplier_search", fastupdate=False),
            # Any three letters in a row: the server has no pg_trgm (see the migration for the function).
            GinIndex(
                models.Func(models.F("name_key"), function="datasets_trigrams"),
                name="supplier_trigrams",
                fastupdate=False,
            ),
            models.Index(fields=["name_key"], name="supplier_by_name"),
            # Twelve letters may be an RFC: every search for a word as long looks for one.
            models.Index(fields=["rfc"], name="supplier_by_rfc", condition=~models.Q(rfc="")),
            # With whom a supplier is counted is asked of each that a page adds up; only those counted with another are in it.
            models.Index(
                fields=["id"],
                include=["merged_into"],
                name="supplier_counted_with",
                condition=models.Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        """For addresses: words for people, the number for us."""
        return "-".join(filter(None, [slugify(cover(self.name))[:60].strip("-"), str(self.number)]))

    def get_absolute_url(self) -> str:
        return address("datasets:supplier", self.slug)

    @property
    def identity(self) -> Supplier:
        """Whom its contracts are counted with."""
        return self.merged_into or self

    @property
    def public_rfc(self) -> str:
        return "" if self.is_natural_person or len(self.rfc) != 12 else self.rfc


class Contract(Line):
    class Method(models.TextChoices):
        """OCDS codes; the text as printed stays in `method_raw`."""

        OPEN = "open", _("Public tender")
        LIMITED = "limited", _("Restricted invitation")
        DIRECT = "direct", _("Direct award")
        UNKNOWN = "", _("Not stated")

    pk = models.CompositePrimaryKey("public_body_id", "release_id", "line_no")
    year = models.SmallIntegerField()
    procedure_number = models.TextField(blank=True)
    contract_number = models.TextField(blank=True)
    method = models.CharField(max_length=8, choices=Method.choices, blank=True)
    method_raw = models.TextField(blank=True)
    category_raw = models.TextField(blank=True)
    title = models.TextField(blank=True)
    buyer_unit = models.TextField(blank=True)
    supplier = fact_key(Supplier, null=True)
    supplier_name = models.TextField(blank=True)
    # What the contract is worth: with tax where published, else without; `tax_basis` says which.
    amount = pesos()
    amount_without_tax = pesos()
    amount_with_tax = pesos()
    amount_min = pesos()
    amount_max = pesos()
    tax_basis = models.CharField(max_length=10, blank=True)  # with | without | unstated
    currency = models.CharField(max_length=3)
    award_date = models.DateField(null=True)
    signed_on = models.DateField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    url = models.TextField(blank=True)
    search_text = models.TextField(blank=True)
    search = models.GeneratedField(
        expression=SearchVector("search_text", config="simple"), output_field=SearchVectorField(), db_persist=True
    )
    # The same in every release that prints this contract: its permanent address within the public body.
    fingerprint = models.GeneratedField(
        # By number, year and supplier; without a number by what is bought and when. Of public texts only: it is public.
        expression=models.Func(
            "year",
            "contract_number",
            "procedure_number",
            "title",
            "signed_on",
            "supplier_name",
            function="datasets_fingerprint",
        ),
        output_field=models.CharField(max_length=16),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        indexes = [
            models.Index(fields=["supplier", "public_body"], name="contract_by_supplier"),
            models.Index(fields=["public_body", "fingerprint"], name="contract_by_fingerprint"),
            GinIndex(fields=["search"], name="contract_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.title or self.contract_number or str(self.line_no)

    def get_absolute_url(self) -> str:
        return reverse("datasets:contract", args=[self.public_body.slug, self.fingerprint])
