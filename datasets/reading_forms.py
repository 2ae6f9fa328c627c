"""Forms of the review page: how the file is read, what each column is, which rows count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from datasets.fields import field_choices, field_name
from datasets.forms import rename_blank
from datasets.ingest.shapes import CONTRACT_AMOUNTS, EXPENDITURE_MOMENTS, REVENUE_MOMENTS

AMOUNTS = {*EXPENDITURE_MOMENTS, *REVENUE_MOMENTS, *CONTRACT_AMOUNTS}
UNITS = (("1", _("Pesos")), ("1000", _("Thousands of pesos")), ("1000000", _("Millions of pesos")))
MARKS = ((".", _("Point: 1,234.50")), (",", _("Comma: 1.234,50")))
MOST_ROWS = 2_000  # that a person decides about one by one
ENCODINGS = (
    ("utf-8", "UTF-8"),
    ("utf-8-sig", _("UTF-8 with mark")),
    ("cp1252", _("Windows (1252)")),
    ("iso8859-1", "Latin-1"),
    ("cp850", "MS-DOS (850)"),
    ("mac_roman", "Macintosh"),
    ("utf-16", "UTF-16"),
)
DELIMITERS = ((",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")), ("|", _("Vertical bar")))
AS_DETECTED = ("", _("As detected"))
BESIDE = (
    ("both", _("Both, as two tables")),
    ("expenditure", _("Only the spending")),
    ("revenue", _("Only the income")),
)


class ReadingForm(forms.Form):
    """How to read the file: only the questions that make sense for it."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    header_row = forms.IntegerField(
        label=_("Row of the headings"),
        required=False,
        min_value=1,
        max_value=10_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("The last one, if they take several rows."),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Write the number of the row, for example 5.")
        ),
    )
    encoding = forms.ChoiceField(label=_("Encoding"), required=False, choices=[AS_DETECTED, *ENCODINGS])
    delimiter = forms.ChoiceField(label=_("Delimiter"), required=False, choices=[AS_DETECTED, *DELIMITERS])
    unit = forms.TypedChoiceField(
        label=_("Amounts are in"), required=False, coerce=int, empty_value=None, choices=[AS_DETECTED, *UNITS]
    )
    beside = forms.ChoiceField(label=_("Income and spending stand side by side"), choices=BESIDE, initial="both")

    def __init__(
        self, *args: Any, sheets: list[str], detected: Mapping[str, str], beside: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not beside:
            del self.fields["beside"]
        for name in ["encoding", "delimiter"] if sheets else ["sheet"]:
            del self.fields[name]
        if sheets:
            self.fields["sheet"].choices = [AS_DETECTED, *((sheet, sheet) for sheet in sheets)]  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            if value := detected.get(name):
                self._show_what_was_detected(field, value)

    def _show_what_was_detected(self, field: forms.Field, value: str) -> None:
        if isinstance(field, forms.ChoiceField):
            rename_blank(field, _("As detected: %(value)s") % {"value": value})
        else:
            field.help_text = format_lazy("{} {}", field.help_text, _("We read it as row %(row)s.") % {"row": value})

    def corrections(self) -> dict[str, Any]:
        """The answers given, under the names that the reader knows."""
        cleaned = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return {name: value for name, value in cleaned.items() if value}


class ColumnsForm(forms.Form):
    """One select per heading of the file. Two columns cannot hold the same field, save those that may repeat."""

    REPEATABLE = frozenset({"quotes", "tenderers", "attendees", "amendments", "other_url", "supplier_address"})

    def __init__(
        self,
        *args: Any,
        kind: str,
        headings: list[str],
        fields: dict[str, str],
        numbers: Mapping[str, Mapping[str, str]] | None = None,
        marks: Mapping[str, str] | None = None,
        beside: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headings = headings
        self.kinds = beside or {}  # heading -> kind, where two tables stand side by side
        for number, heading in enumerate(headings):
            suggested = fields.get(heading, "")
            self.fields[self.key(number)] = forms.ChoiceField(
                label=heading,
                required=False,
                choices=field_choices(self.kinds.get(heading, kind), suggested),
                initial=suggested,
                error_messages={"invalid_choice": _("Choose one of the list.")},
            )
            if suggested in AMOUNTS:
                self._ask_mark(number, heading, (numbers or {}).get(heading, {}), (marks or {}).get(heading, ""))

    def _ask_mark(self, number: int, heading: str, seen: Mapping[str, str], said: str) -> None:
        """Which mark parts the decimals, beside what the file shows."""
        names = {".": _("point"), ",": _("comma")}
        as_read = (
            _("As read: %(mark)s") % {"mark": names[seen["mark"]]} if seen.get("mark") in names else AS_DETECTED[1]
        )
        self.fields[self.mark_key(number)] = forms.ChoiceField(
            label=_("Decimal mark of %(heading)s") % {"heading": heading},
            required=False,
            choices=[("", as_read), *MARKS],
            initial=said,
        )

    @staticmethod
    def key(number: int) -> str:
        return f"column-{number}"

    @staticmethod
    def mark_key(number: int) -> str:
        return f"mark-{number}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first: dict[tuple[str, str], str] = {}
        for number, heading in enumerate(self.headings):
            field = cleaned.get(self.key(number), "")
            if not field or field in self.REPEATABLE:
                continue
            place = self.kinds.get(heading, ""), field
            if place in first:
                message = _("“%(field)s” is already the column “%(heading)s”. Choose one of them.")
                self.add_error(self.key(number), message % {"field": field_name(field), "heading": first[place]})
            first.setdefault(place, heading)
        if not first and not self.errors:
            raise ValidationError(_("Say at least what one column is."))
        return cleaned

    def columns(self) -> dict[str, str]:
        return {heading: self.cleaned_data[self.key(number)] for number, heading in enumerate(self.headings)}

    def marks(self) -> dict[str, str]:
        """The decimal marks that a person chose, by heading."""
        chosen = {heading: self.cleaned_data.get(self.mark_key(at)) for at, heading in enumerate(self.headings)}
        return {heading: mark for heading, mark in chosen.items() if mark}


class RowNumbersField(forms.Field):
    """Numbers of rows, as many as were ticked."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[int]:
        texts = value or []
        if len(texts) > MOST_ROWS:
            raise ValidationError(_("Too many rows to decide one by one: correct the file or its headings instead."))
        if not all(text.isascii() and text.isdigit() and 0 < int(text) < 2**31 for text in texts):
            raise ValidationError(_("A row is a number, for example 12."))
        return sorted({int(text) for text in texts})


class RowsForm(forms.Form):
    """Which rows of the sheet at hand a person left out, and which must count whatever we understood."""

    left_out = RowNumbersField(required=False)
    counted = RowNumbersField(required=False)

    @classmethod
    def of(cls, data: QueryDict | None, said: Mapping[str, Any], sheet: str) -> RowsForm:
        """Bound to what was sent, else to what was decided before about this sheet."""
        if data is not None:
            return cls(data)
        before = {name: [str(row) for row in (said.get(name) or {}).get(sheet, ())] for name in ("left_out", "counted")}
        sent = QueryDict(mutable=True)
        for name, rows in before.items():
            sent.setlist(name, rows)
        return cls(sent)

    def decisions(self, sheet: str, said: Mapping[str, Any]) -> dict[str, dict[str, list[int]]]:
        """Both lists by sheet; decisions about other sheets stay."""
        cleaned = self.cleaned_data if self.is_valid() else {}
        found = {}
        for name in ("left_out", "counted"):
            others = {other: rows for other, rows in (said.get(name) or {}).items() if other != sheet}
            found[name] = others | ({sheet: cleaned[name]} if cleaned.get(name) else {})
        return found

    def chosen(self, name: str) -> Collection[int]:
        return set(self.cleaned_data.get(name) or ()) if self.is_valid() else set()
