"""Migrations that look at few models, and once for many operations.

After every operation Django builds each related model anew, and here nearly all are related: nine tenths of the time
that an empty database took to get its tables. What an operation sends to the database stays the same, word for word.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pgtrigger.migrations as triggers
from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.migrations.utils import resolve_relation
from django.utils.functional import SimpleLazyObject

# A kind of operation may share its look with others of its kind: none changes what another of them reads or writes.
TABLES = (migrations.CreateModel,)
ADDITIONS = (migrations.AddField, migrations.AddConstraint, migrations.AddIndex, triggers.AddTrigger)
REMOVALS = (migrations.RemoveConstraint, migrations.RemoveIndex, triggers.RemoveTrigger)
CHANGES = (migrations.AlterField,)
WORDS = (migrations.AlterModelOptions,)
KINDS: tuple[tuple[type[Operation], ...], ...] = (TABLES, ADDITIONS, REMOVALS, CHANGES, WORDS)
Key = tuple[str, str]


class Together(Operation):
    """Operations between which the models are not built anew; of one kind, or a single one."""

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # a cached property: built again when it is asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        before, after = self.seen(app_label, from_state), self.seen(app_label, to_state)
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, before, after)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        after, before = self.seen(app_label, from_state), self.seen(app_label, to_state)
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, after, before)

    def seen(self, app_label: str, state: ProjectState) -> ProjectState:
        """Only who changes a column looks at the tables that point to its own; all look at those to which it points."""
        models = [(app_label, changed_model(operation)) for operation in self.operations]
        if isinstance(self.operations[0], CHANGES):
            models = with_those_that_point_to(models, state)
        return with_those_to_which_they_point(models, state)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)


class Migration(migrations.Migration):
    """A migration whose runs of operations of a kind go together, and which leaves no models behind that nobody wants."""

    def __init__(self, name: str, app_label: str) -> None:
        super().__init__(name, app_label)
        self.operations = together(self.operations)

    def apply(self, project_state: ProjectState, schema_editor: Any, collect_sql: bool = False) -> ProjectState:
        """Django wants all models to be built before each migration: of ours, hardly any asks for one of them."""
        project_state.__dict__.pop("apps", None)
        state = super().apply(project_state, schema_editor, collect_sql)
        if "apps" not in state.__dict__:
            state.__dict__["apps"] = SimpleLazyObject(lambda: StateApps(state.real_apps, state.models))
        return state


def together(operations: list[Operation]) -> list[Operation]:
    """The same operations in the same order, those of a kind in one `Together`."""
    grouped: list[Operation] = []
    for kind, run in groupby(operations, kind_of):
        members = list(run)
        if kind is None:
            grouped += members
        elif changes_a_field_twice(members):
            grouped += [Together([member]) for member in members]
        else:
            grouped.append(Together(members))
    return grouped


def kind_of(operation: Operation) -> tuple[type[Operation], ...] | None:
    return next((kind for kind in KINDS if isinstance(operation, kind)), None)


def changes_a_field_twice(operations: list[Operation]) -> bool:
    changed = [(step.model_name_lower, step.name_lower) for step in operations if isinstance(step, CHANGES)]
    return len(changed) > len(set(changed))


def changed_model(operation: Any) -> str:
    name: str = operation.name if isinstance(operation, (*TABLES, *WORDS)) else operation.model_name
    return name.lower()


def with_those_that_point_to(keys: list[Key], state: ProjectState) -> list[Key]:
    targets = {key: set(pointed_to(model)) for key, model in state.models.items()}
    found = dict.fromkeys(keys)
    for key in (waiting := [*found]):
        new = [other for other in targets if key in targets[other] and other not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return [*found]


def with_those_to_which_they_point(keys: list[Key], state: ProjectState) -> ProjectState:
    """By whatever many steps, in the order of the whole; Django refuses to build what is incomplete."""
    found: set[Key] = set()
    for key in (waiting := [*keys]):
        if key in state.models and key not in found:
            found.add(key)
            waiting += pointed_to(state.models[key])
    return ProjectState({key: model for key, model in state.models.items() if key in found}, state.real_apps)


def pointed_to(model: ModelState) -> Iterator[Key]:
    relations: list[Any] = [base for base in model.bases if isinstance(base, str)]
    for field in model.fields.values():
        relations += [getattr(field.remote_field, name, None) for name in ("model", "through")]
    for relation in relations:
        if relation:
            yield resolve_relation(relation, model.app_label, model.name_lower)
