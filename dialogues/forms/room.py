"""What is written on a phone while people talk: few fields, the first one ready to type."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues.models import AgendaItem, Contribution, Session, Table, VoteRound
from dialogues.selectors.seating import TableRound
from dialogues.services.tables import Place
from partners.forms.places import OrganisationField
from partners.models import Organisation, Person, Sector
from projects.models import Challenge, Evidence

from .commitments import CommitmentForm

# What waits for a connection is erased after this long, and the server takes it no longer for news.
KEPT_FOR = datetime.timedelta(days=1)


def _name_of(table: Table) -> str:
    """As it is called in its session, whose name everybody knows."""
    return _("Round %(round)s, table %(number)s") % {"round": table.round, "number": table.number}


def _among(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    form.fields[name].queryset = rows  # type: ignore[attr-defined]


class NoteForm(forms.ModelForm):
    key = forms.UUIDField(widget=forms.HiddenInput)

    class Meta:
        model = Contribution
        fields = ["text", "kind", "item", "table", "sector"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.session = session
        _among(self, "item", AgendaItem.objects.filter(session=session))
        _among(self, "table", Table.objects.filter(session=session))
        if "table" in self.fields:
            self.fields["table"].label_from_instance = _name_of  # type: ignore[attr-defined]
        for name, rows in (("item", session.agenda), ("table", session.tables)):
            if not rows.exists():
                del self.fields[name]
        self.lost = [str(self.fields[name].label) for name in ("item", "table") if self._let_go(name)]
        if self.lost:  # whether the Chatham House rule held there, nobody knows any more
            self._unsay("sector")

    def _let_go(self, name: str) -> bool:
        """A part or a table that went away while the note waited in a browser: the note stays, and does without it."""
        if name not in self.fields or not self.is_bound or not (said := self.data.get(self.add_prefix(name))):
            return False
        try:
            self.fields[name].clean(said)
        except forms.ValidationError:
            self._unsay(name)
            return True
        return False

    def _unsay(self, name: str) -> None:
        self.data = dict(self.data.items()) | {self.add_prefix(name): ""}

    @property
    def about(self) -> list[forms.BoundField]:
        """Known already as a rule, and folded away."""
        return [self[name] for name in ("item", "table", "sector") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.instance.key = cleaned.get("key") or self.instance.key
        return cleaned


class WrittenAt(forms.DateTimeField):
    """When it was written, where it could only be sent later. A clock that is wrong by more than a day says nothing."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)

    def clean(self, value: Any) -> datetime.datetime | None:
        try:
            at: datetime.datetime | None = super().clean(value)
        except forms.ValidationError:
            return None
        now = timezone.now()
        return at if at is not None and now - KEPT_FOR <= at <= now else None


class ArrivedForm(forms.Form):
    """When somebody was ticked, where the tick could only be sent later."""

    at = WrittenAt()


class HostNoteForm(forms.ModelForm):
    """For whoever hosts a table: the kind is the button that is pressed; table and part are known."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    at = WrittenAt()

    class Meta:
        model = Contribution
        fields = ["text", "sector", "kind"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.instance.key = cleaned.get("key") or self.instance.key
        return cleaned


class TablesForm(forms.Form):
    questions = forms.CharField(
        label=_("Question of each table"),
        help_text=_("One on each line: as many tables as lines."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
    )

    def clean_questions(self) -> list[str]:
        return [line.strip() for line in str(self.cleaned_data["questions"]).splitlines() if line.strip()][:30]


class PlacesForm(forms.Form):
    """Host and seats of each table of one round."""

    def __init__(self, *args: Any, tables: Sequence[Table], people: Iterable[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tables, self.people = tables, {str(person.pk): person for person in people}
        choices = [("", _("Nobody yet")), *((pk, person.full_name) for pk, person in self.people.items())]
        for table in tables:
            self.fields[f"host_{table.number}"] = forms.ChoiceField(
                label=_("Host"), choices=choices, required=False, initial=str(table.host_id or "")
            )
            self.fields[f"seats_{table.number}"] = forms.IntegerField(
                label=_("Seats"), min_value=1, max_value=200, initial=table.seats
            )

    def rows(self) -> list[tuple[Table, forms.BoundField, forms.BoundField]]:
        return [(table, self[f"host_{table.number}"], self[f"seats_{table.number}"]) for table in self.tables]

    def places(self) -> dict[int, Place]:
        data = self.cleaned_data
        return {
            table.number: Place(self.people.get(data[f"host_{table.number}"]), data[f"seats_{table.number}"])
            for table in self.tables
        }


class SeatForm(forms.Form):
    """The table of one person in each round."""

    def __init__(self, *args: Any, rounds: Sequence[TableRound], at: Sequence[int | None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rounds = rounds
        for round, number in zip(rounds, at, strict=True):
            choices = [("", _("No seat")), *((str(table.number), _words_of(table)) for table in round.tables)]
            self.fields[f"round_{round.number}"] = forms.ChoiceField(
                label=_("Round %(number)s") % {"number": round.number},
                choices=choices,
                required=False,
                initial=str(number or ""),
            )

    def tables(self) -> dict[int, Table | None]:
        found: dict[int, Table | None] = {}
        for round in self.rounds:
            asked = self.cleaned_data[f"round_{round.number}"]
            found[round.number] = next((table for table in round.tables if str(table.number) == asked), None)
        return found


def _words_of(table: Table) -> str:
    words = {"number": table.number, "taken": table.taken, "seats": table.seats}  # type: ignore[attr-defined]
    return _("Table %(number)s (%(taken)s of %(seats)s seats taken)") % words


class ChallengeForm(forms.Form):
    title = forms.CharField(label=_("The challenge in one sentence"), max_length=200)
    evidence = forms.ModelChoiceField(
        label=_("Evidence"), queryset=Evidence.objects.none(), required=False, empty_label=_("None yet")
    )

    def __init__(self, *args: Any, evidence: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _among(self, "evidence", evidence)


class WalkInForm(forms.Form):
    """`key`: the place that they get, so that sending again what may have arrived writes one person."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    at = WrittenAt()
    full_name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    sector = forms.ChoiceField(label=_("Speaks for"), choices=Sector.choices, initial=Sector.CITIZENS)
    notice_accepted = forms.BooleanField(label=_("Heard the privacy notice and agrees"))


class SheetPhotoForm(forms.Form):
    upload = forms.FileField(
        label=_("Photo of a signed page"),
        help_text=_("JPEG, PNG or WebP. Where and with what it was taken is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
    )


class RoomCommitmentForm(CommitmentForm):
    """Who is responsible is typed: a list of the whole network is no help on a phone."""

    responsible = OrganisationField(
        label=_("Responsible organisation"), required=False, help_text=_("As it is called in the network.")
    )

    def __init__(self, *args: Any, session: Session, challenges: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.session = session
        self.instance.municipality = session.municipality
        self.instance.visibility = session.visibility
        _among(self, "responsible", Organisation.objects.listed())
        came = Person.objects.filter(registrations__session=session)
        _among(self, "responsible_person", came.distinct())
        _among(self, "challenge", Challenge.objects.filter(pk__in=challenges.values("pk")))


class RoundForm(forms.ModelForm):
    options = forms.CharField(
        label=_("Options"),
        help_text=_("One on each line."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    challenges = forms.ModelMultipleChoiceField(
        label=_("Challenges of this dialogue"),
        queryset=Challenge.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = VoteRound
        fields = ["question", "method", "points", "most", "electorate", "secret", "by_sector", "quorum"]

    field_order = ["question", "challenges", "options", "method", "points", "most", "electorate"]

    def __init__(self, *args: Any, session: Session, challenges: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.session = session
        _among(self, "challenges", challenges)
        if not challenges.exists():
            del self.fields["challenges"]


class DecisionForm(forms.Form):
    text = forms.CharField(label=_("What was decided"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    reasons = forms.CharField(label=_("Why?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class CodeForm(forms.Form):
    code = forms.CharField(label=_("Your code"), max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("What should be different?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
