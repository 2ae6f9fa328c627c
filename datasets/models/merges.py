"""Two suppliers that are one: who said so, when and why, and who took it back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .facts import Supplier


class SupplierMergeQuerySet(models.QuerySet["SupplierMerge"]):
    def in_force(self) -> SupplierMergeQuerySet:
        return self.filter(undone_at__isnull=True)


class SupplierMerge(models.Model):
    """From here on the contracts of `supplier` are counted with those of `into`. No line of any release changes."""

    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="merges", verbose_name=_("supplier"))
    into = models.ForeignKey(Supplier, models.PROTECT, related_name="merges_into", verbose_name=_("counted with"))
    reason = models.TextField(_("why"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_reason = models.TextField(_("why it was undone"), blank=True)

    objects = SupplierMergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge of suppliers")
        verbose_name_plural = _("merges of suppliers")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["supplier"], condition=models.Q(undone_at__isnull=True), name="supplier_is_merged_once"
            ),
            models.CheckConstraint(condition=~models.Q(supplier=models.F("into")), name="supplier_merge_of_two"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="supplier_merge_says_why"),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True, undone_reason="")
                | (models.Q(undone_at__isnull=False) & ~models.Q(undone_reason="")),
                name="undone_supplier_merge_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} → {self.into}"
