"""Sources that are fetched by themselves: set up, changed, paused and resumed by people; looked at by `check`."""

from __future__ import annotations

import re
import tempfile
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from datasets import fetching
from datasets.ingest import archives, pipeline
from datasets.ingest.shapes import UnreadableFile
from datasets.ingest.sniff import sniff
from datasets.models import Fetch, Ingest, Package, ReviewStep, Source, Watch
from datasets.packages import prepare_package
from datasets.receiving import clean_name, ingest_options, prepare_ingest, register_file
from datasets.releases import NotAllowedNow
from datasets.versions import bump_data_version
from partners.audit import acting
from partners.models import Organisation, User
from partners.services import person_of, queue_mail, site_url

MOST = 50  # sources that an organisation may have watched
MAX_FAILURES = 6  # in a row; then it is stopped until a person looks
FIRST_WAIT = timedelta(hours=1)
EARLY = 15  # days for each month between two files: what comes earlier is not yet the next one
AGAIN_AFTER = timedelta(seconds=30)  # between two checks that people ask for
LOCKS = -(2**30)  # our part of the numbers of `pipeline.held`
INTERRUPTED = "Se interrumpió: el servidor se detuvo a la mitad."
State, Outcome = Watch.State, Fetch.Outcome


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody says about a source and how it is to be watched."""

    url: str
    name: str
    publisher: str
    licence: str
    cadence: str
    late_after: int | None
    options: dict[str, Any]
    expected_on: date | None = None
    comes_every: int | None = None  # months


def save_watch(
    *,
    wanted: Wanted,
    by: User,
    organisation: Organisation | None = None,
    watch: Watch | None = None,
    steward: User | None = None,
) -> Watch:
    """Set up or change a watched source. Raises `ValidationError` for an address that will never be fetched."""
    try:
        fetching.allowed_url(wanted.url, settings.FETCH_ALSO)
    except fetching.FetchProblem as refusal:
        raise ValidationError({"url": refusal.message}) from None
    options = ingest_options(**wanted.options)
    with acting(by, "save_watch"):
        if watch is None:
            _has_room(organisation)
            watch = Watch(source=Source(), organisation=organisation, created_by=by, steward=by)
        else:
            watch = Watch.objects.select_for_update(of=("self",)).select_related("source").get(pk=watch.pk)
        watch.steward = steward or watch.steward
        said_otherwise = _save_source(watch.source, wanted, watch)
        watch.source = watch.source
        watch.cadence, watch.late_after, watch.options = wanted.cadence, wanted.late_after, options
        watch.expected_on, watch.comes_every = wanted.expected_on, wanted.comes_every
        watch.full_clean()
        watch.save()
        if said_otherwise:
            bump_data_version()  # publisher and licence are part of what is answered
        return watch


def _has_room(organisation: Organisation | None) -> None:
    if Watch.objects.filter(organisation=organisation).count() >= MOST:
        raise ValidationError(_("There are %(n)s watched sources already: pause or change one.") % {"n": MOST})


def _save_source(source: Source, wanted: Wanted, watch: Watch) -> bool:
    """Is something else said now of a source that was there?"""
    before = source.pk and _said_of(source)
    if source.url != wanted.url:  # another address: what we know of the old one says nothing about it
        watch.etag = watch.last_modified = watch.sha256 = ""
        watch.next_at, watch.failures = timezone.now(), 0
    source.name, source.publisher_name = wanted.name, wanted.publisher
    source.url, source.licence = wanted.url, wanted.licence
    source.slug = source.slug or _free_slug(wanted.name)
    source.full_clean()
    source.save()
    return bool(before) and before != _said_of(source)


def _said_of(source: Source) -> tuple[str, ...]:
    return source.name, source.publisher_name, source.url, source.licence


def _free_slug(name: str) -> str:
    base = slugify(name)[:100] or "fuente"
    taken = set(Source.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for n in range(1, len(taken) + 3) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def pause_watch(*, watch: Watch, by: User) -> Watch:
    return _move(watch, by, "pause_watch", (State.ACTIVE,), state=State.PAUSED)


def resume_watch(*, watch: Watch, by: User) -> Watch:
    """Look again, beginning at once; what had failed is forgotten."""
    now = timezone.now()
    return _move(watch, by, "resume_watch", (State.PAUSED, State.STOPPED), state=State.ACTIVE, failures=0, next_at=now)


def _move(watch: Watch, by: User, verb: str, start: tuple[str, ...], **fields: Any) -> Watch:
    with acting(by, verb):
        locked = Watch.objects.select_for_update().get(pk=watch.pk)
        if locked.state not in start:
            raise NotAllowedNow(_("It is “%(state)s” already.") % {"state": locked.get_state_display()})
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.save()
        return locked


def demand_check(*, watch: Watch) -> None:
    """Whether a person may have it looked at now."""
    recent = watch.fetches.filter(began_at__gt=timezone.now() - AGAIN_AFTER)
    if recent.exists():
        raise NotAllowedNow(_("It was checked just now. Wait half a minute."))


# -- looking -------------------------------------------------------------------------------------------------------


def check(
    *,
    watch_id: int,
    by: User | None = None,
    forced: bool = False,
    tell: Callable[[int, int], None] = lambda done, size: None,
) -> Fetch | None:
    """Look at the address once. None where it is not due. Raises `BusyElsewhere` while somebody else looks."""
    with pipeline.held(LOCKS - watch_id):
        watch = Watch.objects.select_related("source", "organisation", "steward").filter(pk=watch_id).first()
        if watch is None or not (forced or (watch.state == State.ACTIVE and watch.next_at <= timezone.now())):
            return None
        watch.fetches.filter(outcome=Outcome.RUNNING).update(
            outcome=Outcome.FAILED, error=INTERRUPTED, ended_at=timezone.now()
        )
        fetch = Fetch.objects.create(watch=watch, by=by)
        try:
            _look(watch, fetch, tell)
        except fetching.FetchProblem as problem:
            _failed(watch, fetch, problem.message, problem.status, for_good=problem.refused)
        except UnreadableFile as problem:
            _failed(watch, fetch, problem.message, fetch.status)
        return fetch


def _look(watch: Watch, fetch: Fetch, tell: Callable[[int, int], None]) -> None:
    folder = Path(settings.MEDIA_ROOT) / "originals"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="fetched-") as into:
        found = fetching.fetch(
            watch.source.url,
            into,
            limits=fetching.Limits(settings.FETCH_MAX_MB * 2**20, settings.FETCH_SECONDS, settings.FETCH_ALSO),
            etag=watch.etag,
            last_modified=watch.last_modified,
            agent=f"MesaDeDatos/1 (+{settings.SITE_URL})",
            tell=tell,
        )
        fetch.url, fetch.address, fetch.status, fetch.headers = found.url, found.address, found.status, found.headers
        if not found.unchanged:
            fetch.size, fetch.sha256 = found.size, found.sha256
        if found.unchanged or found.sha256 == watch.sha256:
            _ended(watch, fetch, Outcome.UNCHANGED)
            return
        into.flush()
        into.seek(0)
        _take(watch, fetch, into)


@transaction.atomic
def _take(watch: Watch, fetch: Fetch, stream: IO[bytes]) -> None:
    """A file that we did not have from there: kept, and a load of it prepared."""
    path, name = Path(stream.name), _name(fetch)
    packed = archives.is_package(path)
    if packed:
        archives.entries(path)
    else:
        sniff(path, name)
    file = register_file(
        stream=stream, name=name, source=watch.source, retrieved_from=fetch.url[:1000], organisation=watch.organisation
    )
    fetch.file = file
    by = watch.steward
    if packed:
        fetch.package = prepare_package(file=file, options=watch.options, by=by)
    else:
        fetch.ingest = prepare_ingest(file=file, options=watch.options, by=by).ingest
    watch.sha256, watch.news_at = fetch.sha256, timezone.now()
    watch.expected_on = next_expected(watch.expected_on, watch.comes_every, timezone.localdate())
    _ended(watch, fetch, Outcome.NEW)


def next_expected(day: date | None, months: int | None, today: date) -> date | None:
    """The day of the file after the one that came today. What comes long before its day corrects the one before."""
    if day is None or (day - today).days > EARLY * (months or 1):
        return day
    if months is None:
        return None
    steps = 1
    while (following := add_months(day, months * steps)) <= today:
        steps += 1
    return following


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last one; the last day of a month stays the last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    stays_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if stays_last else min(day.day, last))


def _ended(watch: Watch, fetch: Fetch, outcome: str) -> None:
    fetch.outcome, fetch.ended_at = outcome, timezone.now()
    fetch.save()
    watch.etag = fetch.headers.get("etag", watch.etag)
    watch.last_modified = fetch.headers.get("last-modified", watch.last_modified)[:100]
    watch.failures, watch.next_at = 0, timezone.now() + watch.period
    _save(watch, "etag", "last_modified", "sha256", "news_at", "expected_on", "failures", "next_at")


def _failed(watch: Watch, fetch: Fetch, message: str, status: int | None, *, for_good: bool = False) -> None:
    """Try again sooner than usual, but ever later; after many failures, or against our rules, wait for a person."""
    fetch.outcome, fetch.ended_at, fetch.error, fetch.status = Outcome.FAILED, timezone.now(), message, status
    fetch.save()
    watch.failures += 1
    watch.next_at = timezone.now() + min(watch.period, FIRST_WAIT * 2 ** (watch.failures - 1))
    with transaction.atomic():
        if watch.state == State.ACTIVE and (for_good or watch.failures >= MAX_FAILURES):
            watch.state = State.STOPPED
            _tell(watch, "watch_stopped", f"watch-stopped:{fetch.pk}", watch.get_absolute_url(), error=message)
        _save(watch, "failures", "next_at", "state")


def _save(watch: Watch, *fields: str) -> None:
    """Only what a look may change: a person may have changed the rest meanwhile."""
    if "state" in fields and watch.state != State.STOPPED:
        fields = tuple(name for name in fields if name != "state")
    watch.save(update_fields=fields)


def _name(fetch: Fetch) -> str:
    """As the server calls it, else as its address ends."""
    said = re.search(r"""filename="?([^";]+)""", fetch.headers.get("content-disposition", ""))
    name = said[1] if said else unquote(urlsplit(fetch.url).path).rpartition("/")[2]
    return clean_name(name.replace("\\", "/").rpartition("/")[2])


# -- who is told ---------------------------------------------------------------------------------------------------


def tell_of_load(ingest: Ingest) -> None:
    """A load that came from a watched source has ended: whoever is told reads how."""
    if ingest.status == Ingest.Status.CANCELLED:
        _tell_of_cancelled(ingest)
        return
    for fetch in _fetches_of(ingest).filter(package=None):
        _tell(fetch.watch, "watch_news", f"watch-news:{fetch.pk}", ingest.get_absolute_url(), ingest=ingest)


def _tell_of_cancelled(ingest: Ingest) -> None:
    """Somebody else stopped it: the file is known, so no later look would load it, and whoever is told must decide."""
    step = ingest.review_steps.filter(step=ReviewStep.Step.CANCELLED).select_related("by").last()
    by = step.by if step else None
    for fetch in _fetches_of(ingest):
        if by is None or by != fetch.watch.steward:
            said = {"ingest": ingest, "who": by, "at": step.at if step else ingest.ended_at}
            _tell(fetch.watch, "watch_cancelled", f"watch-cancelled:{ingest.pk}", ingest.get_absolute_url(), **said)


def _fetches_of(ingest: Ingest) -> models.QuerySet[Fetch]:
    """With which the file came, by itself or in a package."""
    came = models.Q(ingest=ingest) | models.Q(package__members__ingest=ingest)
    found = Fetch.objects.filter(came, outcome=Outcome.NEW).distinct()
    return found.select_related("watch__source", "watch__steward")


def tell_of_package(package: Package) -> None:
    for fetch in package.fetches.filter(outcome=Outcome.NEW).select_related("watch__source", "watch__steward"):
        count = package.members.filter(state="taken").count()
        _tell(fetch.watch, "watch_news", f"watch-news:{fetch.pk}", package.get_absolute_url(), count=count)


def tell_of_late() -> int:
    """Once for each silence."""
    late = Watch.objects.late().select_related("source", "steward")
    for watch in late:
        awaited = f"{watch.news_at:%Y%m%d%H%M}" + (f":{watch.expected_on}" if watch.is_overdue else "")
        _tell(watch, "watch_late", f"watch-late:{watch.pk}:{awaited}", watch.get_absolute_url())
    return len(late)


def _tell(watch: Watch, template: str, key: str, path: str, **said: Any) -> None:
    if watch.steward is None or not watch.steward.is_active:
        return
    queue_mail(
        kind=template,
        template=template,
        context={"watch": watch, "url": site_url(path), **said},
        key=key,
        by=None,
        person=person_of(user=watch.steward),
        about=f"datasets.watch:{watch.pk}",
    )
