"""A row whose original cannot be opened: the page stays, and nothing about the server is told."""

from pathlib import Path

import pytest

from datasets.models import ExpenditureLine
from tests.factories.datasets import ReleaseFactory

pytestmark = pytest.mark.django_db


def test_row_of_an_original_that_cannot_be_opened_tells_no_path(client, settings):
    release = ReleaseFactory()
    ExpenditureLine.objects.create(
        public_body=release.public_body, release=release, line_no=1, source_row=2, last_row=2, approved="100.00"
    )
    (Path(settings.MEDIA_ROOT) / release.ingest.file.storage_path).mkdir(parents=True)
    response = client.get(f"/datos/versiones/{release.pk}/filas/1/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "El original no se puede volver a leer en este momento" in page
    assert str(settings.MEDIA_ROOT) not in page
