"""Forms of the pages for files: what people may leave open, the file itself or a person answers later."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from datasets.body_search import MAX_TEXT, Candidate, candidates, resolve
from datasets.fields import field_choices, field_name
from datasets.models import Document, Kind
from datasets.uploads import MEGABYTE, OversizedFile
from datasets.words import PERIODS
from partners.models import Organisation, User

FIRST_YEAR, LAST_YEAR = 1980, 2049
EXTENSIONS = ".csv,.tsv,.txt,.xlsx,.xls,.ods"
UNKNOWN = "unknown"
UNSAID = ("", _("The file says it"))


def choices_with_blank(choices: Any, blank: tuple[str, Any] = UNSAID) -> list[tuple[str, Any]]:
    return [blank, *choices]


def rename_blank(field: forms.ChoiceField, label: str) -> None:
    """Say what leaving the question open means for this very file."""
    choices: Any = field.choices
    field.choices = [("", label), *list(choices)[1:]]


class SuggestInput(forms.TextInput):
    """A text box with suggestions: names already known as a list, more of them from the server where scripts run."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.suggestions: list[Candidate] = []

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        list_id = f"{(attrs or {}).get('id', name)}_list"
        more = {"list": list_id, "autocomplete": "off", "data-suggest": reverse("datasets:suggest_bodies")}
        box = super().render(name, value, {**(attrs or {}), **more}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((str(one),) for one in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', box, list_id, options)


class BodyField(forms.CharField):
    """Whose money: a name as one would say it, the INEGI code, or the address of its page. Cleans to a `Candidate`."""

    widget = SuggestInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", MAX_TEXT)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Candidate | None:
        text = super().clean(value)
        if not text:
            return None
        found = resolve(text)
        if len(found) == 1:
            return found[0]
        self.widget.suggestions = found
        if not found:
            raise ValidationError(
                _("We know no institution called “%(text)s”. Check the spelling, or say below that it is new."),
                params={"text": text},
                code=UNKNOWN,
            )
        names = "; ".join(str(candidate) for candidate in found)
        raise ValidationError(
            _("Several have that name. Write one of these in full: %(names)s"), params={"names": names}
        )


class PublishedFileField(forms.FileField):
    """A file from a browser, within the limit, under a name that is safe to keep."""

    default_error_messages = {
        "required": _("Choose the file that you want to load."),
        "empty": _("The file is empty (0 bytes). Download it again from where it was published."),
    }

    def clean(self, data: Any, initial: Any = None) -> UploadedFile:
        if isinstance(data, OversizedFile):
            raise ValidationError(self._too_big(data.size or 0), code="too_big")
        file: UploadedFile = super().clean(data, initial)
        file.name = clean_name(file.name or "")
        return file

    def _too_big(self, size: int) -> str:
        return _(
            "The file weighs %(size)s MB and the limit is %(limit)s MB. "
            "Split it by quarter, or ask GESOC to load it for you."
        ) % {"size": -(-size // MEGABYTE), "limit": settings.INGEST_MAX_UPLOAD_MB}


def clean_name(name: str) -> str:
    """The file's name without what no name needs: control characters and marks that turn the writing direction."""
    kept = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    base = re.sub(r"\s+", " ", kept).strip(" .") or "archivo"
    return base if len(base) <= 200 else f"{base[:180]}{base[-20:]}"


class SliceAnswers(forms.Form):
    """What the figures are about. Every answer is optional: only what the file does not say must be said."""

    kind = forms.ChoiceField(label=_("What does it hold?"), choices=choices_with_blank(Kind.choices), required=False)
    body = BodyField(
        label=_("Whose money is it?"),
        required=False,
        help_text=_("The municipality or institution, for example Torreón, Coahuila or 05035."),
    )
    # Offered only once a name was not found: otherwise every misspelling would make an institution.
    new_body = forms.BooleanField(
        label=_("It is not known here yet: keep it under this name until GESOC confirms it"), required=False
    )
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Write the year with four figures, for example 2024."),
            "min_value": _("Write the year with four figures, for example 2024."),
            "max_value": _("Write the year with four figures, for example 2024."),
        },
    )
    period = forms.ChoiceField(label=_("Period"), choices=choices_with_blank(PERIODS), required=False)
    document = forms.ChoiceField(
        label=_("Which document is it?"), choices=choices_with_blank(Document.choices), required=False
    )

    def __init__(self, *args: Any, said_by_file: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, value in (said_by_file or {}).items():
            self._show_what_the_file_says(self.fields[name], value)

    def _show_what_the_file_says(self, field: forms.Field, value: str) -> None:
        if isinstance(field, forms.ChoiceField):
            rename_blank(field, _("The file says it: %(value)s") % {"value": value})
        else:
            says = _("The file says: %(value)s.") % {"value": value}
            field.help_text = format_lazy("{} {}", field.help_text, says) if field.help_text else says

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("new_body") and self.has_error("body", UNKNOWN):
            del self._errors["body"]  # type: ignore[attr-defined]
            cleaned["body"] = Candidate(self["body"].value().strip(), is_new=True)
        month = cleaned.get("period", "").startswith("month-")
        if month and "year" in cleaned and cleaned["year"] is None:
            self.add_error("year", _("Write the year of that month."))
        return cleaned

    def shown(self) -> list[forms.BoundField]:
        """The questions to ask now."""
        new = self.is_bound and (self.has_error("body", UNKNOWN) or bool(self["new_body"].value()))
        return [self[name] for name in SliceAnswers.base_fields if new or name != "new_body"]

    def answers(self) -> dict[str, Any]:
        """The answers given, under the names that the services know; `new_body` is a name, to be proposed first."""
        body: Candidate | None = self.cleaned_data["body"]
        period = self.cleaned_data["period"]
        if period.startswith("month-"):
            period = f"{self.cleaned_data['year']}-{period.removeprefix('month-')}"
        said = {
            "kind": self.cleaned_data["kind"],
            "public_body": body.slug if body else "",
            "new_body": body.name if body and body.is_new else "",
            "municipality": body.municipality if body else "",
            "year": self.cleaned_data["year"],
            "period": period,
            "document": self.cleaned_data["document"],
        }
        return {name: value for name, value in said.items() if value}


class UploadForm(SliceAnswers):
    file = PublishedFileField(
        label=_("Budget or contracts file"), widget=forms.FileInput(attrs={"accept": EXTENSIONS}), max_length=400
    )
    retrieved_from = forms.URLField(
        label=_("From which page did you download it?"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        help_text=_("We keep the address and the date as proof of origin."),
        error_messages={"invalid": _("Write the whole address, for example https://www.torreon.gob.mx/cuenta-publica")},
    )
    organisation = forms.ModelChoiceField(
        label=_("For which organisation do you hand it in?"), queryset=Organisation.objects.none(), empty_label=None
    )
    field_order = ["file", "retrieved_from", "organisation"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_organisations(Organisation.objects.of(user))
        self.fields["file"].help_text = _("CSV, TSV, Excel or ODS, up to %(limit)s MB. We keep it byte for byte.") % {
            "limit": settings.INGEST_MAX_UPLOAD_MB
        }

    def _offer_organisations(self, mine: QuerySet[Organisation]) -> None:
        """Asked only of people who act for several; GESOC's own staff may act for none."""
        self.only = list(mine[:2])
        if len(self.only) < 2:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].queryset = mine  # type: ignore[attr-defined]

    def organisation_chosen(self) -> Organisation | None:
        if "organisation" in self.fields:
            return self.cleaned_data["organisation"]
        return self.only[0] if self.only else None

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in SliceAnswers.base_fields]

    @property
    def answers_given(self) -> bool:
        """Whether the folded questions have to be open, because something is written there."""
        return self.is_bound and any(self.data.get(name) for name in SliceAnswers.base_fields)


class ReasonForm(forms.Form):
    """Why a version is brought back or taken down: everybody can read it afterwards."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the history of the figures, for everybody to read."),
        error_messages={"required": _("Write the reason in a sentence.")},
    )


class CatalogueFilter(forms.Form):
    """Filters of the catalogue; an address with nonsense in it shows everything rather than an error."""

    STATUSES = (("", _("Current")), ("superseded", _("Replaced")), ("all", _("Current and replaced")))

    q = forms.CharField(label=_("Municipality or institution"), required=False, max_length=MAX_TEXT)
    kind = forms.ChoiceField(
        label=_("Contents"), required=False, choices=choices_with_blank(Kind.choices, ("", _("All")))
    )
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    status = forms.ChoiceField(label=_("Version"), required=False, choices=STATUSES)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", _("All")), *((year, str(year)) for year in years)]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "inp"

    @property
    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def suggestions(text: str) -> list[str]:
    return [str(candidate) for candidate in candidates(text)]


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

    def __init__(self, *args: Any, sheets: list[str], detected: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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

    def __init__(self, *args: Any, kind: str, headings: list[str], fields: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headings = headings
        for number, heading in enumerate(headings):
            suggested = fields.get(heading, "")
            self.fields[self.key(number)] = forms.ChoiceField(
                label=heading,
                required=False,
                choices=field_choices(kind, suggested),
                initial=suggested,
                error_messages={"invalid_choice": _("Choose one of the list.")},
            )

    @staticmethod
    def key(number: int) -> str:
        return f"column-{number}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first: dict[str, str] = {}
        for number, heading in enumerate(self.headings):
            field = cleaned.get(self.key(number), "")
            if not field or field in self.REPEATABLE:
                continue
            if field in first:
                message = _("“%(field)s” is already the column “%(heading)s”. Choose one of them.")
                self.add_error(self.key(number), message % {"field": field_name(field), "heading": first[field]})
            first.setdefault(field, heading)
        if not first and not self.errors:
            raise ValidationError(_("Say at least what one column is."))
        return cleaned

    def columns(self) -> dict[str, str]:
        return {heading: self.cleaned_data[self.key(number)] for number, heading in enumerate(self.headings)}
