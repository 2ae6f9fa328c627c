"""Forms of the pages for files: what people may leave open, the file itself or a person answers later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from datasets.body_search import MAX_TEXT, Candidate, candidates, resolve
from datasets.models import Document, Flag, FlagReply, Kind, Watch
from datasets.receiving import clean_name
from datasets.uploads import MEGABYTE, OversizedFile
from datasets.words import PERIODS
from partners.models import Membership, Organisation, User

FIRST_YEAR, LAST_YEAR = 1980, 2049
EXTENSIONS = ".csv,.tsv,.txt,.xlsx,.xls,.ods,.json,.zip"
SHEETS = ".csv,.tsv,.txt,.xlsx,.xls,.ods"
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


class ForOrganisation(SliceAnswers):
    """Something that is done for one of the organisations for which the person acts; needs a field `organisation`."""

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


class UploadForm(ForOrganisation):
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
        self.fields["file"].help_text = _(
            "CSV, TSV, Excel, ODS, or a ZIP of several, up to %(limit)s MB. We keep it byte for byte."
        ) % {"limit": settings.INGEST_MAX_UPLOAD_MB}

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in SliceAnswers.base_fields]

    @property
    def answers_given(self) -> bool:
        """Whether the folded questions have to be open, because something is written there."""
        return self.is_bound and any(self.data.get(name) for name in SliceAnswers.base_fields)


class WatchForm(ForOrganisation):
    """A source that is fetched by itself: where it is, how often, and what its files do not say."""

    url = forms.URLField(
        label=_("Address of the file"),
        max_length=1000,
        assume_scheme="https",
        help_text=_(
            "Of the file itself, not of the page that links to it. It has to stay the same when the file changes."
        ),
        error_messages={"invalid": _("Write the whole address, for example https://www.torreon.gob.mx/cuenta-publica")},
    )
    name = forms.CharField(label=_("What is it?"), max_length=300)
    publisher = forms.CharField(label=_("Who publishes it?"), max_length=300)
    licence = forms.CharField(label=_("Licence"), max_length=200, required=False)
    cadence = forms.ChoiceField(label=_("How often is it looked at?"), choices=Watch.Cadence.choices, initial="weekly")
    late_after = forms.IntegerField(
        label=_("After how many days without a new file is it late?"),
        required=False,
        min_value=1,
        max_value=1_000,
        help_text=_("Leave it empty if nobody promised when it comes."),
    )
    expected_on = forms.DateField(
        label=_("On which day is the next file expected?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("If it does not come by then, whoever is told gets a mail."),
    )
    comes_every = forms.TypedChoiceField(
        label=_("And those after it?"),
        choices=[("", _("Only that one")), *Watch.Months.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    organisation = forms.ModelChoiceField(
        label=_("For which organisation is it watched?"), queryset=Organisation.objects.none(), empty_label=None
    )
    steward = forms.ModelChoiceField(label=_("Who is told of news and failures?"), queryset=User.objects.none())
    main = (
        *("url", "name", "publisher", "licence", "cadence", "late_after", "expected_on", "comes_every"),
        *("organisation", "steward"),
    )
    field_order = main

    def __init__(self, *args: Any, user: User, watch: Watch | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["late_after"].widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        mine = Organisation.objects.of(user)
        self._offer_organisations(mine if watch is None else mine.none())
        if watch is None:
            del self.fields["steward"]
        else:
            self._fill(watch)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("comes_every") and not data.get("expected_on") and "expected_on" not in self.errors:
            self.add_error("expected_on", _("Say also on which day the next one is expected."))
        return data

    def _fill(self, watch: Watch) -> None:
        members = User.objects.filter(
            memberships__in=Membership.objects.in_force().filter(organisation=watch.organisation)
        )
        people = User.objects.filter(Q(pk__in=members.values("pk")) | Q(pk=watch.steward_id)).order_by("full_name")
        self.fields["steward"].queryset = people  # type: ignore[attr-defined]

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.main if name in self.fields]

    @property
    def answers_given(self) -> bool:
        data = self.data if self.is_bound else self.initial
        return any(data.get(name) for name in SliceAnswers.base_fields)


def reason_field(label: Any, help_text: Any) -> forms.CharField:
    """A sentence that stays with what was done."""
    return forms.CharField(
        label=label,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        error_messages={"required": _("Write the reason in a sentence.")},
    )


class ReasonForm(forms.Form):
    """Why a version is brought back or taken down: everybody can read it afterwards."""

    reason = reason_field(_("Why?"), _("It stays in the history of the figures, for everybody to read."))


class MergeForm(forms.Form):
    """Why two suppliers are one, or are not: everybody can read it on the page of the supplier."""

    reason = reason_field(
        _("How do you know?"),
        _("For example: the same RFC in the founding deed. It is shown on the page of the supplier."),
    )


class CorrectedRowsForm(forms.Form):
    """The download of the rejects, filled in."""

    file = PublishedFileField(
        label=_("File with the corrected rows"), widget=forms.FileInput(attrs={"accept": SHEETS}), max_length=400
    )


class FlagReviewForm(forms.Form):
    """What somebody makes of a question, and why. To explain takes knowing; to judge takes answering for it."""

    state = forms.ChoiceField(label=_("What do you make of it?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Name documents and links. It is public, with your name and the day."),
        error_messages={"required": _("Write the reason in a sentence.")},
    )

    def __init__(self, *args: Any, may_judge: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        explained = (Flag.State.EXPLAINED, _("There is an explanation"))
        judged = [
            (Flag.State.CONFIRMED, _("It was checked, and the question stands")),
            (Flag.State.DISMISSED, _("It was checked, and there is nothing to ask")),
            (Flag.State.OPEN, _("Open it again")),
        ]
        self.fields["state"].choices = [explained, *judged] if may_judge else [explained]  # type: ignore[attr-defined]


class FlagReplyForm(forms.ModelForm):
    """The answer of the public body, put down by whoever received it."""

    url = forms.URLField(label=_("link to the answer"), max_length=1000, required=False, assume_scheme="https")

    class Meta:
        model = FlagReply
        fields = ("text", "signed_by", "answered_on", "url")
        widgets = {"text": forms.Textarea(attrs={"rows": 5}), "answered_on": forms.DateInput(attrs={"type": "date"})}


class NoteForm(forms.Form):
    """What one says to the other about a load: only those who may see it read it."""

    note = forms.CharField(
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only your organisation and GESOC read it."),
        error_messages={"required": _("Write the note in a sentence.")},
    )


class PublishForm(forms.Form):
    """Why figures may be published although many rows were rejected; else nothing need be said."""

    reason = forms.CharField(
        label=_("Why may it be published without the rejected rows?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stays in the history of the figures, for everybody to read."),
    )
    trust = forms.BooleanField(
        label=_("From now on publish files of ours with these headings by themselves"),
        required=False,
        help_text=_("Only while nothing that matters deviates: otherwise they wait for a person."),
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
