"""Operations that share their look at the models do what they would do one by one."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from gesoc.common.migrations import Migration, Together


def operations() -> list:
    return [
        migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True)), ("title", models.TextField())]),
        migrations.CreateModel(
            "Book",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("shelf", models.ForeignKey("gesoc.Shelf", models.CASCADE)),
            ],
        ),
        migrations.AddField("Book", "pages", models.IntegerField(null=True)),
        migrations.AddField("Shelf", "best", models.ForeignKey("gesoc.Book", models.SET_NULL, null=True)),
        migrations.AddConstraint(
            "Book", models.CheckConstraint(condition=models.Q(pages__gt=0), name="book_has_pages")
        ),
        migrations.AddIndex("Book", models.Index(fields=["pages"], name="book_by_pages")),
        migrations.AlterField("Book", "pages", models.BigIntegerField(null=True)),
        migrations.AlterField("Shelf", "title", models.CharField(max_length=80)),
    ]


def statements(base: type[migrations.Migration], *, backwards: bool = False) -> list[str]:
    migration = type("Migration", (base,), {"operations": operations()})("0001_books", "gesoc")
    before = ProjectState()
    with connection.schema_editor(collect_sql=True) as editor:
        if backwards:
            migration.unapply(before, editor, collect_sql=True)
        else:
            migration.apply(before, editor, collect_sql=True)
    return [line for line in editor.collected_sql if not line.startswith("--")]


@pytest.mark.django_db
@pytest.mark.parametrize("backwards", [False, True])
def test_the_same_statements_in_the_same_order(backwards):
    assert statements(Migration, backwards=backwards) == statements(migrations.Migration, backwards=backwards) != []


def test_runs_of_a_kind_go_together_and_their_order_is_kept():
    grouped = type("Migration", (Migration,), {"operations": operations()})("0001_books", "gesoc").operations
    assert [type(step) for step in grouped] == [Together, Together, Together]
    assert [type(step) for each in grouped for step in each.operations] == [type(step) for step in operations()]


def test_a_field_that_changes_twice_changes_step_by_step():
    twice = [migrations.AlterField("Book", "pages", field) for field in (models.TextField(), models.IntegerField())]
    assert type("Migration", (Migration,), {"operations": twice})("0002_books", "gesoc").operations == twice
