"""A session as it is written down: what for, when and where, for whom, and its agenda."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dialogues import clock
from dialogues.models import AgendaItem, Series, Session
from dialogues.models.sessions import RUNNING
from dialogues.services import Item
from partners.models import Organisation, Sector, User
from partners.rules import sees_everything
from projects.forms.fields import NameField, municipalities
from projects.models import Project

from .fields import HourInput, NearDayField, TeamField

MODALITIES = Session.Modality.choices
WHICH = (
    (str(clock.FIRST), _("The first time (summer time)")),
    (str(clock.SECOND), _("The second time, an hour later")),
)
MAIN_SECTORS = (Sector.CITIZENS, Sector.CSO, Sector.ACADEMIA, Sector.MEDIA, Sector.GOVERNMENT)


class WhenForm(forms.Form):
    """The promise: a day, hours, and a place whose clocks are meant."""

    day = NearDayField(label=_("Day"))
    start = forms.TimeField(label=_("Begins"), widget=HourInput)
    end = forms.TimeField(label=_("Ends"), widget=HourInput)
    until = NearDayField(label=_("Day on which it ends"), required=False, help_text=_("Only if it is another day."))
    which = forms.ChoiceField(
        label=_("That night clocks go back: which of the two is meant?"),
        choices=WHICH,
        widget=forms.RadioSelect,
        required=False,
    )
    municipality = NameField(
        municipalities,
        label=_("Municipality"),
        help_text=_("Hours are those of its clocks. For example: Torreón, Coahuila."),
    )
    modality = forms.ChoiceField(label=_("Modality"), choices=MODALITIES, widget=forms.RadioSelect)
    venue = forms.CharField(label=_("Place"), max_length=300, required=False)
    online_url = forms.URLField(
        label=_("Link to connect"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("Only whoever has a place online sees it."),
    )
    asks_which = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not {"day", "start", "end", "municipality"} - {name for name in data if data[name] is not None}:
            self._clean_hours(data)
        return data

    def _clean_hours(self, data: dict[str, Any]) -> None:
        tz = data["municipality"].time_zone
        local = {
            "start": datetime.datetime.combine(data["day"], data["start"]),
            "end": datetime.datetime.combine(data.get("until") or data["day"], data["end"]),
        }
        if local["end"] <= local["start"]:
            self.add_error("end", _("It cannot end before it begins. If it ends after midnight, say on which day."))
            return
        found = {name: self._moment(name, at, tz) for name, at in local.items()}
        start = found["start"]
        if start is not None and start <= timezone.now() and "start" not in self.errors:
            today = clock.today(tz, timezone.now())
            self.add_error("day", _("That day has passed: choose from %(day)s on.") % {"day": f"{today:%d/%m/%Y}"})
        data.update(local_start=local["start"], local_end=local["end"], tz=tz)

    def _moment(self, name: str, local: datetime.datetime, tz: str) -> datetime.datetime | None:
        which = self.cleaned_data.get("which")
        found = clock.moments(local, tz)
        if not found:
            self.add_error(name, _("That hour does not exist there that day: clocks go forward. Choose another."))
            return None
        self.cleaned_data[f"{name}_fold"] = int(which) if which and len(found) == 2 else 0
        if len(found) == 2:
            self.asks_which = True
            if not which:
                self.add_error("which", _("That hour happens twice that night: choose one."))
        return found[0]

    def changes(self) -> dict[str, Any]:
        names = ("local_start", "local_end", "start_fold", "end_fold", "tz", "municipality", "modality", "venue")
        return {name: self.cleaned_data[name] for name in (*names, "online_url")}

    @staticmethod
    def initial_of(session: Session) -> dict[str, Any]:
        same_day = session.local_start.date() == session.local_end.date()
        return {
            "day": session.local_start.date(),
            "start": session.local_start.time(),
            "end": session.local_end.time(),
            "until": None if same_day else session.local_end.date(),
            "municipality": session.municipality,
            "modality": session.modality,
            "venue": session.venue,
            "online_url": session.online_url,
        }


class AboutForm(forms.ModelForm):
    """What a session is about, and for whom. Nobody is written to when this changes."""

    projects = forms.ModelMultipleChoiceField(
        label=_("Projects"), queryset=Project.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    new_series = forms.CharField(
        label=_("Or begin a series, called"),
        max_length=200,
        required=False,
        help_text=_("Whoever sees this dialogue reads the name of its series."),
    )

    class Meta:
        model = Session
        fields = (
            *("title", "purpose", "host_organisation", "projects", "series", "method", "scope", "accessibility"),
            *(
                "capacity_in_person",
                "capacity_online",
                "registration",
                "offers_by_sector",
                "visibility",
                "confidentiality",
            ),
        )
        widgets = {
            "purpose": forms.Textarea(attrs={"rows": 3}),
            "accessibility": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {
            "title": _("A concrete question calls people better than a topic: “Why is there no water on Tuesdays?”"),
            "accessibility": _("Ramp, transport, interpreting, child care."),
            "capacity_in_person": _("Empty: no limit."),
            "capacity_online": _("Empty: no limit."),
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for sector in Sector:
            self.fields[f"sector_{sector.value}"] = forms.IntegerField(
                label=sector.label, min_value=0, max_value=500, required=False
            )
        hosts = Organisation.objects.active() if sees_everything(user) else Organisation.objects.of(user)
        if self.instance.host_organisation_id:
            hosts = hosts | Organisation.objects.filter(pk=self.instance.host_organisation_id)
        self.fields["host_organisation"].queryset = hosts.distinct()  # type: ignore[attr-defined]
        projects = Project.objects.visible_to(user) if sees_everything(user) else Project.objects.of(user)
        if self.instance.pk:
            projects = projects | Project.objects.filter(sessions=self.instance)
        self.fields["projects"].queryset = projects.distinct()  # type: ignore[attr-defined]
        self._offer_series()

    def _offer_series(self) -> None:
        """Those one runs, and the one it is in; nothing to whoever runs none and could not begin one."""
        found = Series.objects.run_by(self.user)
        if not (sees_everything(self.user) or Organisation.objects.of(self.user, *RUNNING).exists() or found.exists()):
            del self.fields["series"], self.fields["new_series"]
            return
        if self.instance.pk:
            found = found | Series.objects.filter(sessions=self.instance)
        self.fields["series"].queryset = found.distinct()  # type: ignore[attr-defined]
        self.fields["series"].empty_label = _("No series")  # type: ignore[attr-defined]

    def clean_new_series(self) -> str:
        name = str(self.cleaned_data["new_series"])
        if name and self.cleaned_data.get("series"):
            raise forms.ValidationError(_("Choose a series, or name a new one: not both."))
        return name

    def about(self) -> dict[str, Any]:
        """What was written of the session itself."""
        return {
            name: self.cleaned_data[name] for name in self.Meta.fields if name != "projects" and name in self.fields
        }

    def targets(self) -> dict[str, tuple[int, int]]:
        found = {sector.value: self.cleaned_data.get(f"sector_{sector.value}") or 0 for sector in Sector}
        return {sector: (0, desired) for sector, desired in found.items() if desired}

    @property
    def main_sectors(self) -> list[forms.BoundField]:
        return [self[f"sector_{sector.value}"] for sector in MAIN_SECTORS]

    @property
    def other_sectors(self) -> list[forms.BoundField]:
        return [self[f"sector_{sector.value}"] for sector in Sector if sector not in MAIN_SECTORS]


class NewSessionForm(AboutForm, WhenForm):
    """Everything a session needs to be announced, on one page."""

    team = TeamField(
        label=_("Who facilitates?"),
        max_length=1000,
        required=False,
        help_text=_("One name a line. We say if they are busy."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].user = self.user  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        forms.ModelForm.clean(self)
        return WhenForm.clean(self)

    def session(self) -> Session:
        session = self.instance
        for name, value in self.changes().items():
            setattr(session, name, value)
        return session

    def _post_clean(self) -> None:
        """The moments follow from what was written; until then the session is not whole, and the service checks it."""
        if not self.errors:
            self.instance = self.construct()

    def construct(self) -> Session:
        for name, value in self.about().items():
            setattr(self.instance, name, value)
        return self.instance


class SeriesForm(forms.ModelForm):
    """A series by its name; its sessions say for themselves when they are."""

    class Meta:
        model = Series
        fields = ("title", "purpose", "project")
        widgets = {"purpose": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"title": _("Whoever sees one of its dialogues reads its name and its purpose.")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects = Project.objects.visible_to(user) if sees_everything(user) else Project.objects.of(user)
        projects = projects | Project.objects.filter(series=self.instance)
        self.fields["project"].queryset = projects.distinct()  # type: ignore[attr-defined]
        self.fields["project"].empty_label = _("No project")  # type: ignore[attr-defined]


class TeamForm(forms.Form):
    """One more of the team."""

    team = TeamField(label=_("Name"), max_length=200, widget=forms.TextInput)
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        from dialogues.models import SessionRole

        super().__init__(*args, **kwargs)
        self.fields["role"].choices = SessionRole.Role.choices  # type: ignore[attr-defined]
        self.fields["team"].user = user  # type: ignore[attr-defined]


class AgendaLineForm(forms.Form):
    row = forms.IntegerField(widget=forms.HiddenInput, required=False)
    minutes = forms.IntegerField(label=pgettext_lazy("length", "Minutes"), min_value=1, max_value=600, required=False)
    title = forms.CharField(label=_("What we will do"), max_length=200, required=False)
    led_by = forms.CharField(
        label=_("Led by"), max_length=150, required=False, widget=forms.TextInput(attrs={"list": "team"})
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=AgendaItem.Kind.choices, required=False)
    question = forms.CharField(label=_("Question"), max_length=500, required=False)
    chatham = forms.BooleanField(label=_("Chatham House"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("title") and not data.get("minutes") and "minutes" not in self.errors:
            self.add_error("minutes", _("How many minutes?"))
        return data

    def item(self) -> Item | None:
        data = self.cleaned_data
        if not data.get("title"):
            return None
        kind = data["kind"] or AgendaItem.Kind.OTHER
        return Item(
            data["title"], data["minutes"], kind, data["led_by"], data["question"], data["chatham"], data["row"]
        )


AgendaFormSet = forms.formset_factory(AgendaLineForm, extra=3, max_num=40)


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who is told reads it, and it stays on the page."),
    )
