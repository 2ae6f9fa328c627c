"""Forms about organisations and what ties them."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.models import State
from partners.models import Organisation, OrganisationQuerySet, Relationship, Theme

from .account import SiteFields
from .places import MunicipalitiesField, MunicipalityField, OrganisationField


class OrganisationSearch(forms.Form):
    """The filters of the directory; whatever cannot be understood filters nothing."""

    q = forms.CharField(label=_("Name or municipality"), required=False, max_length=100)
    tipo = forms.MultipleChoiceField(label=_("Kind"), required=False, choices=Organisation.Kind.choices)
    estado = forms.ModelMultipleChoiceField(label=_("State"), required=False, queryset=State.objects.all())
    tema = forms.MultipleChoiceField(label=_("Theme"), required=False, choices=Theme.choices)
    situacion = forms.MultipleChoiceField(
        label=_("Situation"),
        required=False,
        choices=[(status.value, status.label) for status in Organisation.TAKING_PART],
    )


class OrganisationForm(SiteFields, forms.ModelForm):
    """What an organisation says of itself. Its kind and situation are changed by GESOC."""

    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    home_municipality = MunicipalityField(label=_("Home municipality"), required=False)
    covered = MunicipalitiesField(
        label=_("Municipalities where it works"),
        required=False,
        help_text=_("One a line, for example: Torreón, Coahuila"),
    )
    states = forms.ModelMultipleChoiceField(
        label=_("States where it works everywhere"),
        queryset=State.objects.order_by("sort_key"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    themes = forms.MultipleChoiceField(
        label=_("Themes"), choices=Theme.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Organisation
        fields = [
            "name",
            "acronym",
            "description",
            "home_municipality",
            "covered",
            "states",
            "themes",
            "website",
            "public_email",
            "registry_id",
        ]

    field_order = Meta.fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].widget.attrs["rows"] = 4
        if self.instance.pk and not self.is_bound:
            self.initial["covered"] = list(self.instance.coverage.select_related("state"))

    def _save_m2m(self) -> None:
        """Services write; a form only says what was understood."""


class StatusForm(SiteFields, forms.Form):
    """For GESOC: a step of an organisation's way through the network."""

    status = forms.ChoiceField(label=_("Situation"), choices=Organisation.Status.choices)
    since = forms.DateField(
        label=_("Since"), initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class RelationshipForm(SiteFields, forms.ModelForm):
    to_organisation = OrganisationField(label=_("With which organisation?"))

    class Meta:
        model = Relationship
        fields = ["to_organisation", "type", "since", "evidence", "visibility"]
        widgets = {"since": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, others: OrganisationQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_organisation"].queryset = others  # type: ignore[attr-defined]


class NewOrganisationForm(OrganisationForm):
    since = forms.DateField(
        label=_("Since"), initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("How did it come to the network?"), max_length=300, required=False)

    class Meta(OrganisationForm.Meta):
        fields = ["name", "acronym", "kind", "status", "is_network_partner", *OrganisationForm.Meta.fields[2:]]

    field_order = [*Meta.fields[:5], "since", "reason", *Meta.fields[5:]]

    def clean_since(self) -> datetime.date:
        since: datetime.date = self.cleaned_data["since"]
        if since > timezone.localdate():
            raise forms.ValidationError(_("That day has not come yet."))
        return since
