"""Who published, withdrew, mapped or confirmed what: written by triggers. Facts, rollups and runs are not tracked."""

from django.utils.translation import gettext_lazy as _

from partners.audit import history_of

from .laws import LegalReference, ProcurementCap
from .runs import MappingProfile, Release
from .sources import PublicBody


class ReleaseEvent(history_of(Release, exclude=["headings"])):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a release")
        verbose_name_plural = _("changes of releases")


class MappingProfileEvent(history_of(MappingProfile)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a mapping profile")
        verbose_name_plural = _("changes of mapping profiles")


class PublicBodyEvent(history_of(PublicBody)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a public body")
        verbose_name_plural = _("changes of public bodies")


class LegalReferenceEvent(history_of(LegalReference)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a legal reference")
        verbose_name_plural = _("changes of legal references")


class ProcurementCapEvent(history_of(ProcurementCap)):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a procurement cap")
        verbose_name_plural = _("changes of procurement caps")
