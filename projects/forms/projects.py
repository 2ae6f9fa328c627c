"""Forms about a project itself, its stage, its partners and its people."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from municipalities.models import State
from partners.models import Organisation, User
from partners.rules import sees_everything
from projects.models import Project, ProjectMember, ProjectPartner, Visibility

from .fields import DayInput, NameField, choices_of, municipalities_field, offer, organisations


class ProjectSearch(forms.Form):
    """The filters of the list; whatever cannot be understood filters nothing."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    etapa = forms.MultipleChoiceField(label=_("Stage"), required=False, choices=Project.Stage.choices)
    estado = forms.ModelMultipleChoiceField(label=_("State"), required=False, queryset=State.objects.all())
    alcance = forms.MultipleChoiceField(label=_("Scope"), required=False, choices=Project.Scope.choices)


class ProjectForm(forms.ModelForm):
    municipalities = municipalities_field()
    states = forms.ModelMultipleChoiceField(
        label=_("States"),
        queryset=State.objects.all(),
        required=False,
        help_text=_("For a project of a whole state."),
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )

    class Meta:
        model = Project
        fields = [
            "title",
            "lead_organisation",
            "problem_statement",
            "public_summary",
            "scope",
            "municipalities",
            "states",
            "visibility",
            "starts_on",
            "ends_on",
        ]
        widgets = {"starts_on": DayInput(), "ends_on": DayInput()}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaders = self._leaders(user)
        offer(self, "lead_organisation", leaders, leaders.matching)
        if self.instance.pk:
            self.initial["municipalities"] = list(self.instance.municipalities.select_related("state"))

    def _leaders(self, user: User) -> Any:
        """Organisations for which somebody may found a project; of one that exists, its partners besides."""
        if sees_everything(user):
            return Organisation.objects.active()
        own = Organisation.objects.active().of(user)
        if not self.instance.pk:
            return own
        partners = self.instance.partners.filter(state=ProjectPartner.State.ACCEPTED).values("organisation_id")
        return Organisation.objects.filter(pk__in=partners)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("scope") == Project.Scope.MUNICIPAL and not data.get("municipalities") and not self.errors:
            self.add_error("municipalities", _("Name the municipality of the project."))
        return data


class StageForm(forms.Form):
    to_stage = forms.ChoiceField(label=_("New stage"), choices=Project.Stage.choices)
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("It stays with the project: a step back is worth as much as one forwards."),
        widget=forms.Textarea,
        max_length=2000,
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(value, label) for value, label in Project.Stage.choices if value != project.stage]
        choices_of(self, "to_stage").choices = others


class PartnerForm(forms.Form):
    organisation = NameField(organisations, label=_("Organisation"), help_text=_("Write its name or its acronym."))
    role = forms.ChoiceField(
        label=_("What for"),
        choices=[choice for choice in ProjectPartner.Role.choices if choice[0] != ProjectPartner.Role.LEAD],
    )


class MemberForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), help_text=_("Of somebody with an account at a partner organisation."))
    role = forms.ChoiceField(
        label=_("Role"), choices=ProjectMember.Role.choices, initial=ProjectMember.Role.COLLABORATOR
    )
    organisation = forms.ModelChoiceField(
        label=_("Acts for"),
        queryset=Organisation.objects.none(),
        required=False,
        help_text=_("Only for somebody who belongs to more than one of them."),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taking_part = project.partners.filter(state=ProjectPartner.State.ACCEPTED)
        field = cast("forms.ModelChoiceField[Organisation]", self.fields["organisation"])
        field.queryset = Organisation.objects.filter(pk__in=taking_part.values("organisation_id"))


class VisibilityForm(forms.Form):
    visibility = forms.ChoiceField(label=_("Who sees it"), choices=Visibility.choices)
