"""Answers, registrations and contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dialogues.models import Registration, Session
from partners.models import Organisation, Sector

NEEDS = _("What do you need to take part in comfort?")
NEEDS_HELP = _("For example: sign language, a ramp, child care. Erased thirty days after the dialogue.")
NAMED = _("My name may appear on the list of those who attend")


class ModeMixin:
    """Asked only where there is a choice."""

    fields: dict[str, forms.Field]

    def offer_modes(self, session: Session) -> None:
        labels = dict(Registration.Mode.choices)
        self.fields["mode"].choices = [(mode, labels[mode]) for mode in session.modes]  # type: ignore[attr-defined]
        self.fields["mode"].initial = session.modes[0]
        if len(session.modes) == 1:
            self.fields["mode"].widget = forms.HiddenInput()
        if session.keeps_rule or session.confidentiality != Session.Confidentiality.OPEN:
            self.fields.pop("may_be_named", None)


class AnswerForm(ModeMixin, forms.Form):
    """The answer to an invitation."""

    mode = forms.ChoiceField(label=_("How will you take part?"), widget=forms.RadioSelect)
    needs = forms.CharField(
        label=NEEDS, help_text=NEEDS_HELP, required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    may_be_named = forms.BooleanField(label=NAMED, required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_modes(session)


class PublicRegistrationForm(ModeMixin, forms.Form):
    """Somebody nobody invited asks for a place."""

    full_name = forms.CharField(label=_("What is your name?"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), help_text=_("Only to write to you about this dialogue. It is not published.")
    )
    sector = forms.ChoiceField(label=_("From which sector do you take part?"), widget=forms.RadioSelect)
    mode = forms.ChoiceField(label=_("How will you take part?"), widget=forms.RadioSelect)
    needs = forms.CharField(
        label=NEEDS, help_text=NEEDS_HELP, required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    may_be_named = forms.BooleanField(label=NAMED, required=False)
    notice = forms.BooleanField(
        label=_("I have read the privacy notice and agree that my data are used for this dialogue"),
        error_messages={"required": _("Without your consent we cannot keep your data.")},
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].choices = [  # type: ignore[attr-defined]
            (Sector.CITIZENS.value, Sector.CITIZENS.label),
            *((value, label) for value, label in Sector.choices if value != Sector.CITIZENS),
        ]
        self.offer_modes(session)
        self.order_fields(["full_name", "email", "sector", "mode", "needs", "may_be_named", "notice"])


class WalkInForm(ModeMixin, forms.Form):
    """Whoever stands at the door."""

    full_name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    sector = forms.ChoiceField(label=_("Sector"), choices=[(sector.value, sector.label) for sector in Sector])
    mode = forms.ChoiceField(label=_("How?"), widget=forms.RadioSelect)
    is_minor = forms.BooleanField(label=_("Is a minor"), required=False)
    guardian = forms.CharField(label=_("Who answers for the minor"), max_length=200, required=False)
    notice = forms.BooleanField(
        label=_("They were given the privacy notice and agree"),
        error_messages={"required": _("Without consent we cannot keep their data.")},
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_modes(session)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_minor") and not data.get("guardian"):
            self.add_error("guardian", _("Say who answers for the minor."))
        return data


class ContactForm(forms.Form):
    """Somebody to ask who is not known yet. Without e-mail they get a code on paper."""

    full_name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Without it we print an invitation with a code.")
    )
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), required=False, empty_label=_("None: citizen")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.listed()  # type: ignore[attr-defined]


class DeputyForm(forms.Form):
    full_name = forms.CharField(label=_("Who comes instead of you?"), max_length=200)
    email = forms.EmailField(label=_("Their e-mail"))
