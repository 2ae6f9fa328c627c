"""Where running texts still name somebody whose data end: found by looking, decided by people, one text at a time.

A record is erased by rules; a text was written by somebody, about somebody, and perhaps about a namesake. So every text of
every app is looked through, in each of its versions, and whoever handles the request takes the name out or leaves it.
Nothing is kept of what was found but where it stood: the texts are read again each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any, NamedTuple

import pgtrigger
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Func, Q, TextField, Value
from django.db.models.functions import Lower
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from gesoc.common.names import EMPTY, merged, parts_of, spans, without
from gesoc.common.text import search_text
from partners.audit import acting
from partners.models import ArcoRequest, Person, TextDecision, User

APPS = ("municipalities", "partners", "datasets", "projects", "dialogues")
MOST = 100  # texts of one table that are shown at once; the rest follow when these are decided
AROUND = 70  # characters beside a name, so that one knows whom it means
SHORTEST_PHONE = 7
# What is made from other columns, or is an address or a fingerprint and no text.
DERIVED = {"search_text", "sort_key", "name_key", "bare_key"}
NO_TEXT = {
    "password",
    "sha256",
    "content_type",
    "token_hash",
    "code_hash",
    "pgh_label",
    "ics_uid",
    "fingerprint",
    "key",
}
# Tables that are not looked through, and why. Apps above add theirs when they start.
_left_out = {
    "municipalities": "public reference data",
    **dict.fromkeys(
        (
            "partners.user",
            "partners.person",
            "partners.userevent",
            "partners.personevent",
            "partners.outboxmail",
            "partners.arcorequest",
            "partners.signedlink",
            "partners.importbatch",
            "partners.consentrecord",
        ),
        "erased with the person",
    ),
    "partners.privacynotice": "GESOC's own text, in force for everybody",
}
_afterwards: list[Callable[[models.Model], None]] = []


def leave_out(reason: str, *labels: str) -> None:
    """Tables (`app.model`) in which no person of ours writes; once, from `AppConfig.ready`."""
    _left_out.update(dict.fromkeys(labels, reason))


def after_redaction(action: Callable[[models.Model], None]) -> None:
    """What has to be made anew when a text of a row changed; once, from `AppConfig.ready`."""
    if action not in _afterwards:
        _afterwards.append(action)


class Place(NamedTuple):
    """One text: its table, the number of its row (in a history: of the row whose versions these are), its column."""

    table: str
    row: str
    field: str

    def __str__(self) -> str:
        return ".".join(self)


class Mention(NamedTuple):
    """A text that names somebody, and how it does: pieces of it, with whether they are the name."""

    place: Place
    where: str
    title: str
    url: str
    pieces: list[tuple[str, bool]]


class Traces:
    """How somebody may be named: whole or by two words of the name, by e-mail, by phone."""

    def __init__(self, names: Iterable[str], emails: Iterable[str], phones: Iterable[str]) -> None:
        self.parts = sorted({part for name in names for part in _parts(name)}, key=lambda part: (-len(part), part))
        self.emails = sorted({email.lower() for email in emails if email})
        digits = {re.sub(r"\D", "", phone) for phone in phones}
        self.phones = sorted(phone for phone in digits if len(phone) >= SHORTEST_PHONE)

    @property
    def pattern(self) -> str:
        """For the database, which asks of folded text whether to look closer. Empty if there is nothing to find."""
        words = [*self.parts, *map(search_text, self.emails)]
        found = ["[^a-z0-9]+".join(part.split()) for part in words] + ["[^0-9]*".join(phone) for phone in self.phones]
        return "|".join(one for one in found if one)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the text names them, in its order."""
        wanted = [re.compile(re.escape(email), re.IGNORECASE) for email in self.emails]
        wanted += [re.compile(r"(?<!\d)" + r"\D{0,3}".join(phone) + r"(?!\d)") for phone in self.phones]
        found = [match.span() for one in wanted for match in one.finditer(text)]
        return merged([*found, *spans(text, self.parts)])


def _parts(name: str) -> list[str]:
    """Of Ana María Ruiz López: the whole, runs of its words, and Ana Ruiz or Ana López. Never one word alone."""
    words = [word for word in search_text(name).split() if word not in EMPTY]
    ends = [f"{words[0]} {word}" for word in words[2:]] if words else []
    return [part for part in dict.fromkeys([*parts_of(name), *ends]) if " " in part]


def traces_of(request: ArcoRequest) -> Traces:
    """Of whom the request is about, and of records that were merged into theirs."""
    return _traces(request.person_id, [request.name], [request.email])


def _traces(person_id: int | None, names: Iterable[str] = (), emails: Iterable[str] = ()) -> Traces:
    number = Q(pk=person_id) | Q(merged_into=person_id) if person_id else Q(pk=None)
    people = [*Person.objects.filter(number)]
    return Traces(
        [*names, *(one.full_name for one in people)],
        [*emails, *(one.email for one in people)],
        [one.phone for one in people],
    )


# -- finding ----------------------------------------------------------------------------------------------------------


def undecided(request: ArcoRequest) -> list[Mention]:
    """Texts that name them and about which nobody decided yet."""
    traces = traces_of(request)
    left = {Place(*row) for row in request.text_decisions.filter(redacted=False).values_list("table", "row", "field")}
    return [mention for mention in _mentions(traces) if mention.place not in left] if traces.pattern else []


def _mentions(traces: Traces) -> Iterator[Mention]:
    """Each text once: what a row says today stands for its versions, which are decided about with it."""
    seen: set[Place] = set()
    for model, names in texts():
        tracked = _tracked(model)
        for row in _rows(model, names, traces):
            number = str(row.pgh_obj_id if tracked else row.pk)
            for name in names:
                today = Place((tracked or model)._meta.label_lower, number, name)
                text = getattr(row, name) or ""
                found = traces.spans(text) if today not in seen else []
                if found:
                    seen.add(today)
                    place, where = today._replace(table=model._meta.label_lower), _where(model, name)
                    yield Mention(place, where, str(_shown(row))[:120], _address(_shown(row)), _pieces(text, found))


def _shown(row: Any) -> Any:
    """Of an earlier version, what became of it; itself, where that is gone."""
    tracked = _tracked(type(row))
    return (tracked._base_manager.filter(pk=row.pgh_obj_id).first() if tracked else None) or row


@cache
def texts() -> list[tuple[type[models.Model], list[str]]]:
    """Every table of ours with its columns of text; tables of their versions come last."""
    found = [
        (model, names)
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if model._meta.managed and not {app, model._meta.label_lower} & _left_out.keys()
        if (names := [field.name for field in model._meta.concrete_fields if _is_text(field)])
    ]
    return sorted(found, key=lambda one: _tracked(one[0]) is not None)


def _is_text(field: Any) -> bool:
    if not isinstance(field, models.CharField | models.TextField) or isinstance(
        field, models.SlugField | models.URLField
    ):
        return False
    return not (field.choices or field.primary_key or field.name in NO_TEXT or field.name in DERIVED)


def _tracked(model: type[models.Model]) -> type[models.Model] | None:
    """Of which table this one keeps the versions."""
    return getattr(model, "pgh_tracked_model", None)


def _rows(model: type[models.Model], names: list[str], traces: Traces) -> Any:
    """Folded as `search_text` folds, all columns of a row at once."""
    text = Func(Value(" | "), *names, function="concat_ws", output_field=TextField())
    folded = Func(
        Lower(text),
        template=r"regexp_replace(normalize(%(expressions)s, NFKD), '[\u0300-\u036f]', '', 'g')",
        output_field=TextField(),
    )
    return model._base_manager.alias(folded=folded).filter(folded__regex=traces.pattern).order_by("-pk")[:MOST]


def _pieces(text: str, found: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The text around the names, in pieces."""
    first, last = max(0, found[0][0] - AROUND), found[-1][1] + AROUND
    pieces, position = [("…", False)] if first else [], first
    for start, end in found:
        between = text[position:start]
        if len(between) > 2 * AROUND:
            between = f"{between[:AROUND]} … {between[-AROUND:]}"
        pieces += [(between, False), (text[start:end], True)]
        position = end
    pieces.append((text[position:last] + ("…" if last < len(text) else ""), False))
    return [piece for piece in pieces if piece[0]]


def _where(model: type[models.Model], name: str) -> str:
    tracked = _tracked(model)
    kind = capfirst(str((tracked or model)._meta.verbose_name))
    field: Any = model._meta.get_field(name)
    told = f"{kind} · {field.verbose_name}"
    return _("%(text)s, an earlier version") % {"text": told} if tracked else told


PARENTS = (
    "project",
    "session",
    "note",
    "revision",
    "entry",
    "outcome",
    "challenge",
    "commitment",
    "trail",
    "indicator",
)


def _address(row: Any) -> str:
    """Where the text is read; of what has no page, that of what it belongs to."""
    for name in ("", *PARENTS):
        one = getattr(row, name, None) if name else row
        if one is not None and hasattr(one, "get_absolute_url"):
            return str(one.get_absolute_url())
        if one is not None and name and (url := _address(one)):
            return url
    return ""


# -- deciding ---------------------------------------------------------------------------------------------------------


def decide_text(*, request: ArcoRequest, place: Place, redact: bool, by: User) -> TextDecision:
    """Take the name out of one text and all of its versions, or leave it there: then it means somebody else."""
    if request.state != ArcoRequest.State.GRANTED:
        raise ValidationError(_("Texts are decided about once the request is granted, until it is closed."))
    _tables(place)
    with acting(by, "decide_text"):
        if redact:
            redact_text(place, traces_of(request))
        decision, _made = TextDecision.objects.update_or_create(
            request=request,
            table=place.table,
            row=place.row,
            field=place.field,
            defaults={"redacted": redact, "by": by},
        )
        return decision


def redact_text(place: Place, traces: Traces) -> int:
    """In how many rows it was. Nothing is done where the table has no such text."""
    model, history = _tables(place)
    changed = 0
    for table, key in ((model, "pk"), (history, "pgh_obj_id")):
        if table is None:
            continue
        with ExitStack() as unlocked:
            for trigger in getattr(table._meta, "triggers", []):  # what was published stays, except for this
                unlocked.enter_context(pgtrigger.ignore(f"{table._meta.label}:{trigger.name}"))
            for row in table._base_manager.filter(**{key: place.row}):
                changed += _redact_row(row, place.field, traces)
    return changed


def redact_again(place: str, person: Person) -> int:
    """After a restore: `place` as the list of erasures names it. What is no longer there is passed over."""
    table, row, field = (*place.rsplit(".", 2), "", "")[:3]
    try:
        return redact_text(Place(table, row, field), _traces(person.pk))
    except ValidationError:
        return 0


def _tables(place: Place) -> tuple[type[models.Model] | None, type[models.Model] | None]:
    """The table and that of its versions, by the name of either; a refusal of anything that is no text."""
    known = {model._meta.label_lower: (model, names) for model, names in texts()}
    if (
        place.table not in known
        or place.field not in known[place.table][1]
        or not re.fullmatch(r"[0-9]{1,18}", place.row)
    ):
        raise ValidationError(_("There is no such text."))
    model = _tracked(known[place.table][0]) or known[place.table][0]
    kept = [one for one, names in known.values() if _tracked(one) is model and place.field in names]
    return model, kept[0] if kept else None


def _redact_row(row: models.Model, name: str, traces: Traces) -> int:
    text = getattr(row, name) or ""
    if not (found := traces.spans(text)):
        return 0
    field: Any = row._meta.get_field(name)
    values = {name: "" if isinstance(field, models.EmailField) else without(text, found)[: field.max_length]}
    for derived in {one.name for one in row._meta.concrete_fields} & DERIVED:
        folded = getattr(row, derived)
        values[derived] = " ".join(without(folded, spans(folded, traces.parts), "").split())
    type(row)._base_manager.filter(pk=row.pk).update(**values)
    for action in _afterwards:
        action(row)
    return 1
