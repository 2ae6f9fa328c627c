"""Forms about contacts, lists of them, and requests about their data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import ArcoRequest, ImportBatch, OrganisationQuerySet, Person

from .account import SiteFields
from .places import MunicipalityField, OrganisationField


class PersonForm(SiteFields, forms.ModelForm):
    municipality = MunicipalityField(label=_("Municipality"), required=False)

    class Meta:
        model = Person
        fields = ["full_name", "email", "shared_email", "phone", "preferred_language", "municipality", "source"]


class AffiliationForm(SiteFields, forms.Form):
    organisation = OrganisationField(label=_("Organisation"))
    title = forms.CharField(label=_("Position"), max_length=150, required=False)

    def __init__(self, *args: Any, organisations: OrganisationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class ImportForm(SiteFields, forms.Form):
    kind = forms.ChoiceField(label=_("What is in the list?"), choices=ImportBatch.Kind.choices)
    file = forms.FileField(label=_("File"), help_text=_("CSV, XLSX, XLS or ODS with headings, up to 5 MB."))
    source = forms.CharField(
        label=_("Where does the list come from?"), max_length=200, help_text=_("It is kept with every row.")
    )
    informed = forms.BooleanField(
        label=_("The people on it were told our privacy notice"),
        required=False,
        help_text=_("Otherwise they get no mail until they were."),
    )
    evidence = forms.CharField(
        label=_("How do we know?"), max_length=300, required=False, help_text=_("Signed sheet, form, mail.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("informed") and not data.get("evidence"):
            self.add_error("evidence", _("Say how they were told."))
        return data


class ExportForm(SiteFields, forms.Form):
    reason = forms.CharField(
        label=_("What do you need it for?"),
        max_length=300,
        help_text=_("It stays with your name: these are personal data."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    formato = forms.ChoiceField(label=_("As"), choices=[("csv", "CSV"), ("xlsx", "Excel (XLSX)")], required=False)


class OrganisationExportForm(ExportForm):
    formato = forms.ChoiceField(
        label=_("As"), choices=[("csv", "CSV"), ("xlsx", "Excel (XLSX)"), ("json", "JSON")], required=False
    )


class ArcoForm(SiteFields, forms.ModelForm):
    """Anybody may ask; nothing is said about whether we know the address."""

    name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(label=_("Your e-mail"), help_text=_("We answer there."))

    class Meta:
        model = ArcoRequest
        fields = ["kind", "name", "email", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4, "maxlength": 5000})}


class FulfilForm(SiteFields, forms.Form):
    """The privacy desk: who it is about, how one knows, and the answer."""

    identity_note = forms.CharField(label=_("How did you verify who it is?"), max_length=300)
    answer = forms.CharField(label=_("Our answer"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
