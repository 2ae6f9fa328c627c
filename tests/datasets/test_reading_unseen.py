"""Files nobody tuned for: what each says is read whole, or asked about; no sum is another than the file's."""

from __future__ import annotations

import pytest

from datasets.ingest.reading import read_file
from tests.datasets.unseen_files import Unseen, faults, unseen_files, write

MOST_QUESTIONS = 3
FILES = unseen_files()


@pytest.mark.parametrize("unseen", FILES, ids=lambda unseen: f"{unseen.number:02}-{unseen.name}")
def test_what_the_file_says_is_read(unseen: Unseen, tmp_path):
    path = write(unseen, tmp_path)
    reading = read_file(path, name=path.name)
    asked = int(unseen.said.get("asks", 0))
    assert len(reading.questions) == asked <= MOST_QUESTIONS, reading.questions
    assert len(faults(unseen, reading)) == int(unseen.said.get("lacks", 0)), faults(unseen, reading)
