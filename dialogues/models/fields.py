"""A wall clock in the database: a date and an hour that belong to no zone until one is said beside them."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models


class WallClockField(models.DateTimeField):
    """`timestamp without time zone`, always naive. The zone stands in a field of its own."""

    def db_type(self, connection: Any) -> str:
        return "timestamp without time zone"

    def to_python(self, value: Any) -> Any:
        if isinstance(value, datetime.datetime):
            if value.tzinfo is not None:
                raise ValueError("A wall clock has no zone of its own.")
            return value
        return super().to_python(value)

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(models.Field.get_prep_value(self, value))
