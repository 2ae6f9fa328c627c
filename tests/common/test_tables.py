"""The rows of a table as they are written in one pass."""

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, override

from gesoc.common.charts.frame import Column, Later, Table, TableCell, link, row
from gesoc.common.charts.tables import said

COLUMNS = [Column("Chapter"), Column("mdp", "n", url="?orden=mdp&x=1", sort="descending"), Column("", is_bar=True)]


@pytest.mark.parametrize(
    "value",
    [
        *(
            "plain",
            "",
            "a < b & \"c\" 'd'",
            SafeString("<b>bold</b>"),
            link("<x>", "/a?b=1&c=2"),
            7,
            1234567,
            0,
            None,
            True,
        ),
        *(Decimal("1234.50"), Decimal("0"), gettext_lazy("Year"), 1.5),
    ],
)
@pytest.mark.parametrize("language", ["es-mx", "en"])
def test_a_cell_is_written_as_a_template_writes_it(value, language):
    with override(language):
        assert said(value) == Template("{{ value }}").render(Context({"value": value}))


def test_a_table_holds_heads_rows_and_foot():
    rows = [row(COLUMNS, ["<1000>", Decimal("3"), SafeString("<svg/>")]), row(COLUMNS, ["2000", "", ""])]
    table = Table("t", "Caption", COLUMNS, rows, foot=row(COLUMNS, ["All", "3", ""]))
    assert table.inside == (
        '<thead><tr><th scope="col">Chapter</th><th scope="col" class="n" aria-sort="descending">'
        '<a href="?orden=mdp&amp;x=1">mdp</a></th><td class="bar"></td></tr></thead><tbody>'
        '<tr><th scope="row">&lt;1000&gt;</th><td class="n">3</td><td class="bar"><svg/></td></tr>'
        '<tr><th scope="row">2000</th><td class="n"></td><td class="bar"></td></tr></tbody>'
        '<tfoot><tr><th scope="row">All</th><td class="n">3</td><td class="bar"></td></tr></tfoot>'
    )


def test_a_stacked_table_says_its_roles_and_each_cell_its_column():
    table = Table("t", "", COLUMNS[:2], [row(COLUMNS[:2], ["1000", "3"])], stacked=True)
    assert table.inside == (
        '<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Chapter</th>'
        '<th scope="col" role="columnheader" class="n" aria-sort="descending"><a href="?orden=mdp&amp;x=1">mdp</a></th></tr>'
        '</thead><tbody role="rowgroup"><tr role="row"><th scope="row" role="rowheader">1000</th>'
        '<td role="cell" data-l="mdp:" class="n">3</td></tr></tbody>'
    )


@pytest.mark.parametrize("rows", [[], [[]], [[TableCell("one")]]])
def test_a_table_may_have_few_rows_and_cells(rows):
    written = Table("t", "", [], rows).inside
    assert written.count("<tr>") == len(rows) + 1
    assert written.count("<th") - written.count("<thead") == sum(map(len, rows))


def test_rows_that_are_made_later_are_made_as_often_as_they_are_read():
    made = []

    def rows():
        made.append(1)
        yield ["a", 1]

    later = Later(rows)
    assert not made
    assert (list(later), list(later)) == ([["a", 1]], [["a", 1]])
    assert len(made) == 2
