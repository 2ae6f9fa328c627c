"""Who published, withdrew, mapped or confirmed what: written by triggers. Facts, rollups and runs are not tracked."""

import pghistory
from django.utils.translation import gettext_lazy as _

from partners.models import every_change

from .runs import MappingProfile, Release
from .sources import PublicBody


class ReleaseEvent(pghistory.create_event_model(Release, *every_change())):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a release")
        verbose_name_plural = _("changes of releases")


class MappingProfileEvent(pghistory.create_event_model(MappingProfile, *every_change())):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a mapping profile")
        verbose_name_plural = _("changes of mapping profiles")


class PublicBodyEvent(pghistory.create_event_model(PublicBody, *every_change())):  # type: ignore[misc]
    class Meta:
        verbose_name = _("change of a public body")
        verbose_name_plural = _("changes of public bodies")
