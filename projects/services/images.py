"""Images of research notes: checked, cleaned of whatever else they tell, kept once, taken away."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gesoc.common.images import handed_in
from partners.audit import acting
from projects.models import NoteImage, ResearchNote

from .moves import locked, saved

if TYPE_CHECKING:
    from partners.models import User


def add_image(*, note: ResearchNote, upload: Any, alt: str, by: User | None, caption: str = "") -> NoteImage:
    """What is kept is not the file that came, but the picture in it: no place, no camera, no name of anybody."""
    picture = handed_in(upload, settings.NOTE_IMAGE_MAX_MB)
    image = NoteImage(
        note=note,
        alt=alt.strip(),
        caption=caption.strip(),
        content_type=picture.content_type,
        sha256=hashlib.sha256(picture.data).hexdigest(),
        size=len(picture.data),
        width=picture.width,
        height=picture.height,
        by=by,
    )
    with acting(by, "add_image"):
        if locked(note).images.count() >= NoteImage.MOST:
            raise ValidationError(_("A note has %(most)s images at most."), params={"most": NoteImage.MOST})
        if not default_storage.exists(image.storage_path):
            default_storage.save(image.storage_path, ContentFile(picture.data))
        return saved(image)


def remove_image(*, image: NoteImage, by: User | None) -> None:
    """What a published version shows stays with it."""
    with acting(by, "remove_image"):
        note = locked(image.note)
        if note.versions.filter(body__icontains=f"[[imagen:{image.key}").exists():
            raise ValidationError(_("A published version shows this image, so it stays."))
        path, digest = image.storage_path, image.sha256
        image.delete()
        if not NoteImage.objects.filter(sha256=digest).exists():
            transaction.on_commit(lambda: default_storage.delete(path))
