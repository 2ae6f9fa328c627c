"""What figures are read beside: which law asks for what, and up to how much may be bought in which way.

Data, never code: laws change (those of 2025 replaced several at once) and every state has its own. Nothing counts
before a person has held it against its source.
"""

from __future__ import annotations

import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .facts import Contract
from .sources import PublicBody


class LegalQuerySet(models.QuerySet[Any]):
    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)


class Legal(models.Model):
    """Where it holds, since when and until when, and who held it against its source."""

    # Neither: the whole country.
    state = models.ForeignKey(
        "municipalities.State",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("state"),
        help_text=_("Empty: the federation."),
    )
    valid_from = models.DateField(_("in force from"), null=True, blank=True)
    valid_to = models.DateField(
        _("in force until"), null=True, blank=True, help_text=_("The last day on which it holds.")
    )
    url = models.URLField(_("link to the text"), max_length=1000, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("confirmed by"),
    )

    class Meta:
        abstract = True

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    def holds_on(self, day: datetime.date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def holds_in(self, year: int) -> bool:
        """On some day of the year."""
        return (self.valid_from is None or self.valid_from.year <= year) and (
            self.valid_to is None or year <= self.valid_to.year
        )


class LegalReference(Legal):
    """An article that asks for something to be published, kept or done."""

    class Topic(models.TextChoices):
        TRANSPARENCY = "transparency", _("Transparency")
        ACCOUNTING = "accounting", _("Public accounting")
        DISCIPLINE = "discipline", _("Financial discipline")
        PURCHASES = "purchases", _("Purchases and works")

    code = models.SlugField(_("code"), max_length=80, unique=True)
    topic = models.CharField(_("topic"), max_length=20, choices=Topic.choices)
    law = models.CharField(_("law"), max_length=300)
    article = models.CharField(_("article"), max_length=120, blank=True)
    says_es = models.TextField(_("what it asks for, in Spanish"), max_length=1000)
    says_en = models.TextField(_("what it asks for, in English"), max_length=1000, blank=True)
    source = models.CharField(_("source"), max_length=300, help_text=_("Where it was published, and on which day."))

    objects = LegalQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal reference")
        verbose_name_plural = _("legal references")
        ordering = ["topic", "law", "valid_from", "article", "code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_to=None)
                | models.Q(valid_from=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="legal_reference_ends_after_it_begins",
                violation_error_message=_("It cannot end before it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.law}, {self.article}" if self.article else self.law

    @property
    def says(self) -> str:
        """In the reader's language, where it was put into it."""
        return self.says_en if self.says_en and (get_language() or "").startswith("en") else self.says_es


class CapQuerySet(LegalQuerySet):
    def of(self, body: PublicBody) -> Self:
        """Those that a body's own money is spent under: its municipality's and its state's, or the federation's."""
        if body.municipality_id:
            state = body.municipality_id[:2]
            return self.filter(models.Q(municipality=body.municipality_id) | models.Q(state=state, municipality=None))
        if body.state_id or body.is_federal:
            return self.filter(state=body.state_id, municipality=None)
        return self.none()  # nobody knows yet where it belongs


class ProcurementCap(Legal):
    """Up to how much may be bought by one procedure. Money that comes with rules of its own follows those."""

    class Purchase(models.TextChoices):
        ANY = "", _("Anything")
        GOODS = "goods", _("Goods, rents and services")
        WORKS = "works", _("Public works")

    municipality = models.ForeignKey(
        "municipalities.Municipality",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("municipality"),
        help_text=_("Only where a municipality has a cap of its own, which then takes the place of its state's."),
    )
    method = models.CharField(
        _("procedure"),
        max_length=8,
        choices=[(value, Contract.Method(value).label) for value in ("direct", "limited")],
    )
    purchase = models.CharField(_("what is bought"), max_length=8, choices=Purchase.choices, blank=True)
    most = models.DecimalField(_("cap, in pesos"), max_digits=18, decimal_places=2)
    with_tax = models.BooleanField(_("the cap includes tax (IVA)"), default=False)
    citation = models.CharField(_("law or decree that sets it"), max_length=400)
    is_example = models.BooleanField(_("example data"), default=False)

    objects = CapQuerySet.as_manager()

    class Meta:
        verbose_name = _("procurement cap")
        verbose_name_plural = _("procurement caps")
        ordering = ["state", "municipality", "method", "purchase", "valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(most__gt=0),
                name="procurement_cap_is_positive",
                violation_error_message=_("A cap is more than zero pesos."),
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None)
                | models.Q(valid_from=None)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="procurement_cap_ends_after_it_begins",
                violation_error_message=_("It cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()}: {self.most:,.2f}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.municipality_id:
            self.state_id = self.municipality_id[:2]
        super().save(*args, **kwargs)

    def is_of(self, body: PublicBody) -> bool:
        """What `of` asks of the database."""
        if body.municipality_id:
            own = self.municipality_id == body.municipality_id
            return own or (self.state_id == body.municipality_id[:2] and self.municipality_id is None)
        placed = bool(body.state_id) or body.is_federal
        return placed and self.state_id == body.state_id and self.municipality_id is None

    @property
    def where(self) -> str:
        return str(self.municipality or self.state or _("Federation"))
