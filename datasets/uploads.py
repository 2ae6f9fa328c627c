"""Files that arrive from a browser: written to disk as they come, and not at all beyond the limit."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

MEGABYTE = 2**20
# A person with a file somewhat too large gets a sentence; a flood is cut off.
FLOOD_FACTOR = 10


def limit_in_bytes() -> int:
    return int(settings.INGEST_MAX_UPLOAD_MB) * MEGABYTE


class OversizedFile(UploadedFile):
    """Stands for a file that was let pass without being kept."""


class LimitUploadHandler(FileUploadHandler):
    """Counts what arrives, over all files of the request. Past the limit the bytes go nowhere; the page says why."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        if self.received > limit_in_bytes() * FLOOD_FACTOR:
            raise StopUpload(connection_reset=True)
        return None if self.received > limit_in_bytes() else raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self.received <= limit_in_bytes():
            return None
        self._drop_what_was_written()
        return OversizedFile(file=None, name=self.file_name, content_type=self.content_type, size=self.received)

    def _drop_what_was_written(self) -> None:
        """The handlers after this one hold the beginning of the file, mostly on disk."""
        for handler in self.request.upload_handlers if self.request else []:
            if begun := getattr(handler, "file", None):
                begun.close()
