"""The signed sheet of a door without a phone: photographed, written down, erased."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.models import Session, SheetPhoto
from gesoc.common.images import handed_in
from partners.audit import acting
from partners.models import SensitiveExport, User
from partners.services import note_export

KEPT_FOR = datetime.timedelta(days=30)
SEEN_AGAIN = datetime.timedelta(hours=1)  # whoever writes down what stands there looks often


def add_sheet_photo(*, session: Session, upload: Any, by: User) -> SheetPhoto:
    """The picture alone: where and with what it was taken is not kept."""
    picture = handed_in(upload, settings.SHEET_PHOTO_MAX_MB)
    photo = SheetPhoto(
        session=session,
        content_type=picture.content_type,
        size=len(picture.data),
        width=picture.width,
        height=picture.height,
        added_by=by,
    )
    with acting(by, "add_sheet_photo"):
        Session.objects.select_for_update(no_key=True).get(pk=session.pk)  # two at once are counted one after the other
        if session.sheet_photos.filter(erased_at=None).count() >= SheetPhoto.MOST:
            raise ValidationError(
                _("A dialogue has %(most)s photos of its sheet at most."), params={"most": photo.MOST}
            )
        photo.save()
        default_storage.save(photo.storage_path, ContentFile(picture.data))
        return photo


def note_look(*, photo: SheetPhoto, by: User) -> None:
    """Personal data are looked at: who did leaves a trace, once an hour."""
    what = f"sheet-photo {photo.key}"
    since = timezone.now() - SEEN_AGAIN
    if not SensitiveExport.objects.filter(what=what, by=by, at__gte=since).exists():
        note_export(what=what, rows=1, reason=str(_("To write down who came")), by=by)


def erase_sheet_photo(*, photo: SheetPhoto, by: User | None) -> None:
    """Whatever stood on it is written down; the picture goes for good."""
    with acting(by, "erase_sheet_photo"):
        current = SheetPhoto.objects.select_for_update().get(pk=photo.pk)
        if current.erased_at is not None:
            return
        current.erased_at = timezone.now()
        current.save(update_fields=["erased_at"])
        transaction.on_commit(lambda: default_storage.delete(current.storage_path))


def purge_sheets(*, now: datetime.datetime | None = None) -> int:
    """Of those that nobody said were written down."""
    before = (now or timezone.now()) - KEPT_FOR
    old = list(SheetPhoto.objects.filter(erased_at=None, added_at__lt=before))
    for photo in old:
        erase_sheet_photo(photo=photo, by=None)
    return len(old)
