"""Migrations that look at the models once for many operations.

After every operation Django builds each related model anew, and here nearly all are related: four fifths of the time
that an empty database took to get its tables. What an operation sends to the database stays the same, word for word.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pgtrigger.migrations as triggers
from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# A kind of operation may share its look with others of its kind: none changes what another of them reads or writes.
TABLES = (migrations.CreateModel,)
ADDITIONS = (migrations.AddField, migrations.AddConstraint, migrations.AddIndex, triggers.AddTrigger)
CHANGES = (migrations.AlterField,)


class Together(Operation):
    """Operations between which the models are not built anew."""

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # a cached property: built again when it is asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)


class Migration(migrations.Migration):
    """A migration whose runs of new tables, and of additions to tables, go together."""

    def __init__(self, name: str, app_label: str) -> None:
        super().__init__(name, app_label)
        self.operations = together(self.operations)


def together(operations: list[Operation]) -> list[Operation]:
    """The same operations in the same order, those of a kind in one `Together`."""
    grouped: list[Operation] = []
    for kind, run in groupby(operations, kind_of):
        members = list(run)
        alone = kind is None or len(members) == 1 or changes_a_field_twice(members)
        grouped += members if alone else [Together(members)]
    return grouped


def kind_of(operation: Operation) -> tuple[type[Operation], ...] | None:
    return next((kind for kind in (TABLES, ADDITIONS, CHANGES) if isinstance(operation, kind)), None)


def changes_a_field_twice(operations: list[Operation]) -> bool:
    changed = [(step.model_name_lower, step.name_lower) for step in operations if isinstance(step, CHANGES)]
    return len(changed) > len(set(changed))
