"""Operations that share their look at the models, and look at few, do what they would do one by one looking at all."""

import pgtrigger.compiler as compiled
import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ModelState, ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from gesoc.common.migrations import Migration, Together


def trigger(function: str = "RETURN NEW;") -> compiled.Trigger:
    sql = compiled.UpsertTriggerSql(
        func=function, hash=function, operation="INSERT", pgid="book_told", table="gesoc_book", when="AFTER"
    )
    return compiled.Trigger(name="told", sql=sql)


def tables() -> list:
    return [
        migrations.CreateModel("Shelf", [("id", models.AutoField(primary_key=True)), ("title", models.TextField())]),
        migrations.CreateModel(
            "Book",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("shelf", models.ForeignKey("gesoc.Shelf", models.CASCADE)),
            ],
        ),
        migrations.CreateModel(
            "Heavy",
            [("book_ptr", models.OneToOneField("gesoc.Book", models.CASCADE, parent_link=True, primary_key=True))],
            bases=("gesoc.book",),
        ),
        migrations.CreateModel("Label", [("word", models.CharField(primary_key=True, max_length=9))]),
        migrations.CreateModel("Weather", [("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel("Reader", [("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel(
            "Loan",
            [
                ("book", models.OneToOneField("gesoc.Book", models.CASCADE, primary_key=True)),
                ("reader", models.ForeignKey("gesoc.Reader", models.CASCADE)),
            ],
        ),
        migrations.AddField("Reader", "books", models.ManyToManyField("gesoc.Book", through="gesoc.Loan")),
    ]


def operations() -> list:
    return [
        *tables(),
        migrations.AddField("Book", "pages", models.IntegerField(null=True)),
        migrations.AddField("Book", "labels", models.ManyToManyField("gesoc.Label")),
        migrations.AddField("Shelf", "best", models.ForeignKey("gesoc.Book", models.SET_NULL, null=True)),
        migrations.AddConstraint(
            "Book", models.CheckConstraint(condition=models.Q(pages__gt=0), name="book_has_pages")
        ),
        migrations.AddIndex("Book", models.Index(fields=["pages"], name="book_by_pages")),
        AddTrigger("book", trigger()),
        migrations.AlterField("Book", "pages", models.BigIntegerField(null=True)),
        migrations.AlterField("Shelf", "title", models.CharField(max_length=80)),
        migrations.AlterField("Shelf", "id", models.BigAutoField(primary_key=True)),
        migrations.AlterField("Label", "word", models.CharField(primary_key=True, max_length=20)),
        migrations.AlterModelOptions("Book", {"verbose_name": "book"}),
        migrations.RemoveConstraint("Book", "book_has_pages"),
        migrations.RemoveIndex("Book", "book_by_pages"),
        RemoveTrigger("book", "told"),
        migrations.AddConstraint(
            "Book", models.CheckConstraint(condition=models.Q(pages__gt=1), name="book_has_pages")
        ),
        migrations.AddIndex("Book", models.Index(fields=["-pages"], name="book_by_pages")),
        AddTrigger("book", trigger("RETURN NULL;")),
        migrations.RemoveField("Shelf", "best"),
    ]


def made(base: type[migrations.Migration], steps: list, name: str = "0001_books") -> migrations.Migration:
    return type("Migration", (base,), {"operations": steps})(name, "gesoc")


def statements(migration: migrations.Migration, *, backwards: bool = False, before: list = ()) -> list[str]:
    state = ProjectState()
    for step in before:
        step.state_forwards("gesoc", state)
    with connection.schema_editor(collect_sql=True) as editor:
        if backwards:
            migration.unapply(state, editor, collect_sql=True)
        else:
            migration.apply(state, editor, collect_sql=True)
    return [line for line in editor.collected_sql if not line.startswith("--")]


@pytest.mark.django_db
@pytest.mark.parametrize("backwards", [False, True])
def test_the_same_statements_in_the_same_order(backwards):
    found = statements(made(Migration, operations()), backwards=backwards)
    assert found == statements(made(migrations.Migration, operations()), backwards=backwards)
    assert sum("book_has_pages" in line for line in found) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    ("step", "follows"),
    [
        (migrations.AlterField("Shelf", "id", models.BigAutoField(primary_key=True)), '"gesoc_book" ALTER "shelf_id"'),
        (
            migrations.AlterField("Label", "word", models.TextField(primary_key=True)),
            '"gesoc_book_labels" ALTER "label_id"',
        ),
        (
            migrations.AlterField("Book", "id", models.IntegerField(primary_key=True)),
            '"gesoc_heavy" ALTER "book_ptr_id"',
        ),
    ],
)
def test_a_key_changes_with_all_columns_that_point_to_it(step, follows, backwards):
    before = [*tables(), migrations.AddField("Book", "labels", models.ManyToManyField("gesoc.Label"))]
    found, theirs = (
        statements(made(base, [step], "0002_books"), backwards=backwards, before=before)
        for base in (Migration, migrations.Migration)
    )
    assert found == theirs
    assert any(follows in line.replace("ALTER COLUMN", "ALTER") for line in found)


def test_runs_of_a_kind_go_together_and_their_order_is_kept():
    *grouped, last = made(Migration, operations()).operations
    assert [len(step.operations) for step in grouped if isinstance(step, Together)] == [7, 7, 4, 1, 3, 3]
    assert [type(step) for each in grouped for step in each.operations] == [type(step) for step in operations()[:-1]]
    assert isinstance(last, migrations.RemoveField)


def test_a_field_that_changes_twice_changes_step_by_step():
    twice = [migrations.AlterField("Book", "pages", field) for field in (models.TextField(), models.IntegerField())]
    assert [step.operations for step in made(Migration, twice, "0002_books").operations] == [[twice[0]], [twice[1]]]


@pytest.fixture
def built(monkeypatch) -> list[str]:
    """The models that Django builds, in order."""
    names: list[str] = []
    render = ModelState.render

    def told(self, apps):
        names.append(self.name)
        return render(self, apps)

    monkeypatch.setattr(ModelState, "render", told)
    return names


def applied(step, state: ProjectState) -> ProjectState:
    with connection.schema_editor(collect_sql=True) as editor:
        return made(Migration, [step]).apply(state, editor, collect_sql=True)


BOOK = ["Book", "Shelf"]  # and the shelf on which it stands


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "looked_at"),
    [
        (migrations.AddIndex("Book", models.Index(fields=["shelf"], name="by_shelf")), BOOK),
        (AddTrigger("book", trigger()), BOOK),
        (migrations.AddField("Shelf", "wide", models.IntegerField(null=True)), ["Shelf", "Shelf"]),
        (
            migrations.CreateModel(
                "Note", [("book", models.OneToOneField("gesoc.Book", models.CASCADE, primary_key=True))]
            ),
            [*BOOK, "Note"],
        ),
        (migrations.AlterField("Label", "word", models.TextField(primary_key=True)), ["Label", "Label"]),
        (
            migrations.AlterField("Book", "shelf", models.ForeignKey("gesoc.Shelf", models.PROTECT)),
            2 * [*BOOK, "Heavy", "Loan", "Reader"],
        ),
        (migrations.AddIndex("Reader", models.Index(fields=["id"], name="by_id")), [*BOOK, "Loan", "Reader"]),
        (migrations.AlterModelOptions("Book", {"verbose_name": "book"}), []),
    ],
)
def test_what_an_operation_does_not_look_at_is_not_built(step, looked_at, built):
    state = ProjectState()
    for table in tables():
        table.state_forwards("gesoc", state)
    state = applied(migrations.RunSQL("SELECT 1"), state)
    assert "apps" in state.__dict__  # else Django builds all models before the next migration
    assert built == []
    state = applied(step, state)
    assert sorted(built) == sorted(looked_at)
    assert len(state.apps.get_models()) == len(state.models)


@pytest.mark.django_db
def test_who_comes_after_finds_all_models_as_they_are():
    after = made(migrations.Migration, [migrations.RemoveField("Book", "labels")], "0002_books")
    states = []
    for base in (Migration, migrations.Migration):
        with connection.schema_editor(collect_sql=True) as editor:
            state = made(base, operations()).apply(ProjectState(), editor, collect_sql=True)
            states.append(after.apply(state, editor, collect_sql=True))
    ours, theirs = (
        {m._meta.label: sorted(f.name for f in m._meta.get_fields()) for m in s.apps.get_models()} for s in states
    )
    assert ours == theirs
    assert ours["gesoc.Shelf"] == ["book", "id", "title"]
    assert states[0] == states[1]
