"""Official classifiers (CONAC) and the labels that publishers actually print."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClassNode(models.Model):
    """One entry of an official classifier: chapter 1000, function 2.4, revenue rubro 1…, in the years in which it meant that."""

    class Classifier(models.TextChoices):
        OBJECT = "object", _("Object of expenditure (COG)")
        FUNCTION = "function", _("Function (CFG)")
        REVENUE = "revenue", _("Revenue (CRI)")
        ECONOMIC = "economic", _("Type of expenditure (CTG)")
        FUNDING = "funding", _("Funding source (CFF)")
        ADMIN = "admin", _("Administrative (CA)")

    classifier = models.CharField(max_length=10, choices=Classifier.choices)
    code = models.CharField(max_length=12)
    since = models.SmallIntegerField(_("from the year"), default=0)  # 0: ever since
    until = models.SmallIntegerField(_("to the year"), null=True)  # NULL: it holds today
    parent_code = models.CharField(max_length=12, blank=True)
    level = models.CharField(max_length=20)
    name_es = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True)
    # Words for charts: shorter than the official name, which stays in name_es.
    short_es = models.CharField(max_length=80, blank=True)
    short_en = models.CharField(max_length=80, blank=True)
    source = models.TextField(_("source"), blank=True)

    class Meta:
        verbose_name = _("classifier entry")
        verbose_name_plural = _("classifier entries")
        ordering = ["classifier", "code", "since"]
        constraints = [models.UniqueConstraint(fields=["classifier", "code", "since"], name="class_node_unique")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_es}"


class Crosswalk(models.Model):
    """An entry of a classifier that a later edition calls something else, or tells in parts.

    Where only a part went to the later entry, amounts of the two cannot be compared: no file says how large the part was.
    """

    origin = models.ForeignKey(ClassNode, models.CASCADE, related_name="became", verbose_name=_("was"))
    target = models.ForeignKey(ClassNode, models.CASCADE, related_name="was", verbose_name=_("is now"))
    is_whole = models.BooleanField(_("all of it"))
    source = models.TextField(_("source"))

    class Meta:
        verbose_name = _("crosswalk")
        verbose_name_plural = _("crosswalks")
        ordering = ["origin", "target"]
        constraints = [models.UniqueConstraint(fields=["origin", "target"], name="crosswalk_unique")]

    def __str__(self) -> str:
        return f"{self.origin} → {self.target}"


class Label(models.Model):
    """A text by which a publisher names an object, a unit, a programme… shared by all facts that use it.

    The key is the first 63 bits of a BLAKE2b hash over (kind, published_code, name) (`datasets.ingest.labelbook`): lines can be
    written without asking the database for ids, on any number of workers or nodes, and the same text has one id everywhere.
    """

    class Kind(models.TextChoices):
        OBJECT = "object", _("Object of expenditure")
        FUNCTION = "function", _("Function")
        UNIT = "unit", _("Administrative unit")
        PROGRAMME = "programme", _("Programme")
        ECONOMIC = "economic", _("Type of expenditure")
        FUNDING = "funding", _("Funding source")
        REVENUE = "revenue", _("Revenue item")

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # In the official classifier's shape (1000, 1130; 2.4; 11); empty where the publisher's code is not of it.
    code = models.CharField(max_length=20)
    published_code = models.TextField()
    name = models.TextField()

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        ordering = ["kind", "code", "id"]

    def __str__(self) -> str:
        return " ".join(part for part in (self.published_code, self.name) if part)
