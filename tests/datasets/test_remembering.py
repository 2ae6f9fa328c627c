"""What a worker keeps of a file once it is done with it: no long texts, and no note on each of a million rows."""

import unicodedata

from datasets.ingest.dictionary import LONGEST, PIECE, fold, remembered
from datasets.ingest.reading import read_file
from datasets.ingest.shapes import MOST_REASONS
from tests.datasets.files import HEADINGS, ROWS


def test_long_texts_are_worked_out_anew_and_not_kept():
    asked = []

    @remembered(maxsize=8)
    def find(text):
        asked.append(len(text))
        return text.upper()

    short, long = "a" * LONGEST, "b" * (LONGEST + 1)
    assert [find(short), find(short), find(long), find(long)] == [short.upper()] * 2 + [long.upper()] * 2
    assert asked == [LONGEST, LONGEST + 1, LONGEST + 1]


def test_long_text_is_folded_as_a_short_one_is_wherever_it_is_divided():
    text = "Año\u0301 ﬁscal Ñandú\u0308 한 " * 4_000
    assert len(text) > 5 * PIECE
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    assert fold(text) == " ".join(plain.lower().split())


def test_fate_of_rows_is_kept_for_those_that_are_shown_and_counted_for_all(tmp_path):
    path = tmp_path / "gasto 2024.csv"
    path.write_text(HEADINGS + ROWS + "\n" * 110_000 + ROWS)
    table = read_file(path, name=path.name).tables[0]
    assert (table.lines, table.skipped, len(table.reasons)) == (6, {"blank": 110_000}, MOST_REASONS)
