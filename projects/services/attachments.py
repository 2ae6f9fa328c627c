"""Files beside log entries: what they really are, how big, and where they are kept."""

from __future__ import annotations

import hashlib
import zipfile
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from projects.models import Attachment, LogEntry

from .moves import saved

if TYPE_CHECKING:
    from partners.models import User

# First bytes of a file -> what it is. Whatever is not here, or could hold script (HTML, SVG), is refused.
SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)
OFFICE = {
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
TEXT = "text/plain; charset=utf-8"


def content_type(data: bytes, stream: IO[bytes]) -> str:
    """What the bytes say, never what the name or the browser says."""
    for signature, kind in SIGNATURES:
        if data.startswith(signature):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data.startswith(b"PK\x03\x04"):
        return _office_type(stream)
    return _text_type(data)


def _office_type(stream: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
            if names and names[0] == "mimetype":
                said = archive.read("mimetype")[:100].decode("ascii", "replace").strip()
                if said.startswith("application/vnd.oasis.opendocument."):
                    return said
    except zipfile.BadZipFile:
        names = []
    found = next((kind for folder, kind in OFFICE.items() if any(name.startswith(folder) for name in names)), "")
    macros = any(name.endswith("vbaProject.bin") for name in names)
    if not found or macros:
        raise ValidationError(_("Files of this kind cannot be attached. Use PDF, an image, a sheet, a text or CSV."))
    return found


def _text_type(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text or text.lstrip().startswith("<"):
        raise ValidationError(_("Files of this kind cannot be attached. Use PDF, an image, a sheet, a text or CSV."))
    return TEXT


def attach_file(*, entry: LogEntry, upload: Any, by: User | None, is_public: bool = False) -> Attachment:
    """Keep a file beside an entry. The same bytes are kept once on disk, whatever they are called."""
    limit = settings.ATTACHMENT_MAX_MB
    if upload.size > limit * 1024 * 1024:
        raise ValidationError(_("The file is bigger than %(limit)s MB."), params={"limit": limit})
    data = upload.read()
    upload.seek(0)
    kind = content_type(data, upload)
    attachment = Attachment(
        entry=entry,
        original_name=upload.name[-200:],
        content_type=kind,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        is_public=is_public,
        by=by,
    )
    if not default_storage.exists(attachment.storage_path):
        default_storage.save(attachment.storage_path, ContentFile(data))
    return saved(attachment)
