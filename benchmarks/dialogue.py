"""script/bench dialogue [PEOPLE] [MAILS]: a full room within one minute, and its invitations through a real mail server.

    room     200 people answer their invitation, say that they are here and vote secretly, each with two or three requests,
             40 at a time, through gunicorn with one worker. While they answer, and again while they vote, Redis, the
             Celery worker and the web server's worker are killed; whoever gets no answer sends again, as a phone does.
    mails    2,000 invitations as one job, through an SMTP server on loopback that says "busy" to one mail in ten.

Ends with 1 where an answer, an arrival, a ballot or a mail is missing or there twice, or the room took longer than a minute.
Everything runs on services and tables of its own (var/bench-dialogue). The pauses before a refused mail is tried again
(1, 2, 4 … minutes) are skipped: what waits is made due.
"""

from __future__ import annotations

import datetime
import logging
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

WITHIN = 60  # seconds for the whole room
PATIENCE = 120  # seconds that somebody goes on sending
AT_ONCE = 40
PORT = 8961
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
OPTION = re.compile(r'name="(o-[0-9a-f-]{36})"')


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    mails = int(sys.argv[2]) if len(sys.argv) > 2 else 2_000
    start_django()
    from benchmarks.mailbox import mailbox

    with mailbox() as (box, port), processes(port) as running:
        wrong = room(people, running, box)
        box.taken.clear()
        wrong += invitations(mails, running, box)
    for problem in wrong:
        print(f"WRONG: {problem}")
    sys.exit(bool(wrong))


# -- what runs ------------------------------------------------------------------------------------------------------


def start_django() -> None:
    os.environ["MESA_PROFILE"], os.environ["DJANGO_SETTINGS_MODULE"] = "bench-dialogue", "gesoc.settings"
    from gesoc import embedded

    say("services, tables, static files")
    embedded.prepare([sys.argv[0], "shell"])
    embedded.collect_static()
    import django

    django.setup()
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # what the mail server says of every connection


class Running:
    """The web server and the Celery worker, and how each of them is killed."""

    def __init__(self, smtp: int) -> None:
        self.smtp = smtp
        self.web = start("web", ["gunicorn", "gesoc.wsgi", "--bind", f"127.0.0.1:{PORT}"], {"WEB_CONCURRENCY": "1"})
        self.start_worker()

    def start_worker(self) -> None:
        """As in production: only there mail leaves the machine, to whatever server EMAIL_URL names."""
        from django.conf import settings

        place = settings.DATABASES["default"]
        env = {
            "DATABASE_URL": f"postgres://{place['USER']}@/{place['HOST']}/{place['NAME']}",
            "REDIS_URL": settings.REDIS_URL,
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "SITE_URL": f"http://127.0.0.1:{PORT}",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp}",
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        }
        command = ["celery", "--app", "gesoc", "worker", "--concurrency", "1", "--without-gossip", "--without-mingle"]
        self.worker = start("worker", command, env)

    def crash(self) -> None:
        """Redis, the Celery worker with its pool, and the web server's worker die at once, without a word."""
        import redis
        from django.conf import settings

        os.kill(redis.Redis.from_url(settings.REDIS_URL).info("server")["process_id"], signal.SIGKILL)
        end(self.worker, signal.SIGKILL)
        for pid in Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text().split():
            os.kill(int(pid), signal.SIGKILL)
        self.start_worker()


@contextmanager
def processes(smtp: int) -> Iterator[Running]:
    running = Running(smtp)
    try:
        wait(lambda: ask(f"http://127.0.0.1:{PORT}/dialogos/codigo/") is not None, "the web server", 60)
        yield running
    finally:
        end(running.web, signal.SIGTERM)
        end(running.worker, signal.SIGTERM)


def start(name: str, command: list[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    from gesoc import embedded

    with (embedded.home().log / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            env=os.environ | env,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
        )


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    process.wait(30)


def ask(url: str) -> bytes | None:
    with suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
        return bytes(answer.read())
    return None


def wait(condition: Callable[[], bool], what: str, seconds: float) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            raise SystemExit(f"{what} took longer than {seconds:g} s; see var/bench-dialogue/log")
        time.sleep(0.2)


# -- somebody with a phone ------------------------------------------------------------------------------------------


class Phone:
    """Cookies of its own. A request that got no answer, or one that says the server is ill, is sent again."""

    spans: dict[str, list[float]] = defaultdict(list)
    again: Counter[str] = Counter()

    def __init__(self) -> None:
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open(self, what: str, url: str, fields: dict[str, str] | None = None) -> str:
        began = time.monotonic()
        data = urllib.parse.urlencode(fields).encode() if fields else None
        while True:
            try:
                with self.opener.open(urllib.request.Request(url, data), timeout=20) as answer:
                    text = answer.read().decode()
                break
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    text = error.read().decode()
                    break
                self.again[f"{what}: {error.code}"] += 1
            except (OSError, HTTPException) as error:
                self.again[f"{what}: {type(error).__name__}"] += 1
            if time.monotonic() - began > PATIENCE:
                raise SystemExit(f"{what}: no answer within {PATIENCE} s")
            time.sleep(0.5)
        self.spans[what].append(time.monotonic() - began)
        return text

    def press(self, what: str, url: str, **fields: str) -> str:
        """Look at the page, then send its form."""
        page = self.open(f"{what}: page", url)
        found = TOKEN.search(page)
        if found is None:
            return page  # there is no form any more: it was taken the first time
        ballot = dict.fromkeys(OPTION.findall(page)[:1], "1") if "cast" in fields else {}
        return self.open(f"{what}: sent", url, {"csrfmiddlewaretoken": found[1], **ballot, **fields})


def everybody(phones: list[Phone], do: Callable[[Phone, int], object], crash: Callable[[], None]) -> None:
    """All of them, AT_ONCE at a time; after a third of them everything falls over."""
    done, lock = Counter[str](), threading.Lock()

    def one(number: int) -> None:
        do(phones[number], number)
        with lock:
            done["people"] += 1
            falls = done["people"] == len(phones) // 3
        if falls:
            crash()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, range(len(phones))))


# -- the room -------------------------------------------------------------------------------------------------------


def room(people: int, running: Running, box: Any) -> list[str]:
    say(f"{people} people in a room")
    session, by = new_session(datetime.timedelta(minutes=30))
    round, took = fill_room(session, by, people, f"http://127.0.0.1:{PORT}", running.crash)
    show_spans(people, took)
    wrong = [] if took <= WITHIN else [f"the room took {took:.1f} s"]
    return wrong + counted(session, round, people) + delivered(session, box, may_repeat=2)


def fill_room(session: Any, by: Any, people: int, site: str, crash: Callable[[], None]) -> tuple[Any, float]:
    """Everybody answers and arrives, the vote opens, everybody votes: the round, and the seconds that it took."""
    from dialogues.models import VoteRound
    from dialogues.services import votes
    from partners.services import mint_link

    rows = invited(session, people, "enviada")
    soon = session.ends_at
    links = [mint_link(purpose="invitation", subject=str(r.key), person=r.person, expires_at=soon) for r in rows]
    phones = [Phone() for _row in rows]
    began = time.monotonic()

    def arrive(phone: Phone, number: int) -> None:
        url = f"{site}/dialogos/invitacion/{links[number]}/"
        phone.press("answer", url, answer="yes", mode="presencial")
        phone.press("arrival", url, answer="here")

    everybody(phones, arrive, crash)
    draft = VoteRound(session=session, question="¿Qué va primero?", secret=True)
    found = votes.open_round(round=votes.prepare_round(round=draft, by=by, texts=["Obra", "Agua"]), by=by)
    ballots = [mint_link(purpose="vote", subject=str(found.key), person=r.person, expires_at=soon) for r in rows]

    def vote(phone: Phone, number: int) -> None:
        phone.press("vote", f"{site}/votar/liga/{ballots[number]}/", cast="1")

    everybody(phones, vote, crash)
    return found, time.monotonic() - began


def counted(session: Any, round: Any, people: int) -> list[str]:
    from dialogues.models import Attendance, Ballot, VoterRoll

    seats = session.registrations.filter(state="confirmada")
    found = {
        "invitations answered with yes": session.invitations.filter(state="aceptada").count(),
        "places": seats.count(),
        "people with a place": seats.values("person").distinct().count(),
        "arrivals": Attendance.objects.filter(registration__session=session).count(),
        "marked as having voted": VoterRoll.objects.filter(round=round).exclude(cast_as="").count(),
        "ballots": Ballot.objects.filter(round=round).count(),
    }
    print("  " + ", ".join(f"{number} {what}" for what, number in found.items()))
    return [f"{number} {what}, not {people}" for what, number in found.items() if number != people]


def show_spans(people: int, took: float) -> None:
    print(f"\nroom: {people} people, {AT_ONCE} at a time, one web worker, {os.cpu_count()} cores: {took:.1f} s")
    print(f"  {'':<16}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}")
    whole = dict(Phone.spans) | {"all": [span for spans in Phone.spans.values() for span in spans]}
    for what, spans in whole.items():
        rank = sorted(spans)
        numbers = (statistics.median(rank), rank[int(len(rank) * 0.95)], rank[-1])
        print(f"  {what:<16}{len(rank):>9}" + "".join(f"{n * 1000:>9.0f}" for n in numbers))
    print("  sent again: " + (", ".join(f"{n} × {what}" for what, n in Phone.again.items()) or "nothing"))


# -- the mails ------------------------------------------------------------------------------------------------------


def invitations(mails: int, running: Running, box: Any) -> list[str]:
    from dialogues import services

    say(f"{mails:,} invitations")
    session, by = new_session(datetime.timedelta(days=30))
    invited(session, mails, "borrador")
    began = time.monotonic()
    services.send_invitations(session=session, by=by)
    asked = time.monotonic() - began
    wait(lambda: not session.invitations.filter(state="en_cola").exists(), "writing the invitations", 600)
    written = time.monotonic() - began
    wrong = delivered(session, box, may_repeat=0)
    took = time.monotonic() - began
    print(
        f"mails: {mails:,} invitations: asked for in {asked:.2f} s, written in {written:.1f} s, all sent in {took:.1f} s"
    )
    print(f"  the mail server said “busy” {box.refused:,} times in all")
    return wrong + ([] if len(box.taken) == mails else [f"{len(box.taken):,} mails, not {mails:,}"])


def delivered(session: Any, box: Any, may_repeat: int) -> list[str]:
    """Every mail of the session, once. `may_repeat`: one a crash between the server's yes and our note of it."""
    from partners.models import OutboxMail

    mails = OutboxMail.objects.filter(about=f"dialogues.session:{session.key}")
    wait(lambda: all_sent(mails), "sending", 1_200)
    keys = set(mails.values_list("key", flat=True))
    taken = {key: number for key, number in box.taken.items() if key in keys}
    twice = sum(number - 1 for number in taken.values())
    missing = len(keys - set(taken))
    print(f"  {len(keys):,} mails: {missing} missing, {twice} twice")
    wrong = [f"{missing} mails never arrived"] if missing else []
    return wrong + ([f"{twice} mails arrived twice"] if twice > may_repeat else [])


def all_sent(mails: Any) -> bool:
    """Whether nothing waits any more. What waits for its pause, or for a worker that died, is made due, as time would."""
    from django.db.models import Q
    from django.utils import timezone

    from partners.models import OutboxMail
    from partners.tasks import deliver_due_mail

    now = timezone.now()
    open_ones = mails.exclude(state__in=("enviado", "suprimido"))
    if not open_ones.exists():
        return True
    refused = open_ones.filter(state="en_cola", attempts__gt=0)
    stuck = open_ones.filter(state="enviando", taken_at__lt=now - datetime.timedelta(seconds=30))
    refused.update(not_before=now)
    stuck.update(taken_at=now - 2 * OutboxMail.TAKEN_FOR)
    idle = not open_ones.filter(Q(state="enviando") | Q(attempts=0, state="en_cola")).exists()
    if idle or time.monotonic() % 10 < 1:
        deliver_due_mail.delay()
        time.sleep(1)
    return False


# -- who is there ---------------------------------------------------------------------------------------------------


def new_session(ahead: datetime.timedelta) -> tuple[Any, Any]:
    from django.utils import timezone

    from dialogues import clock
    from municipalities.models import Municipality
    from tests.factories.dialogues import SessionFactory
    from tests.factories.partners import GesocFactory, OrganisationFactory

    run = uuid.uuid4().hex
    begins = clock.wall(timezone.now() + ahead, "America/Monterrey")
    host = OrganisationFactory(name=f"Prueba {run}", slug=f"prueba-{run}")
    session = SessionFactory(
        code=run[:8],
        title="¿Cuánta gente cabe?",
        municipality=Municipality.objects.get(pk="05035"),
        host_organisation=host,
        local_start=begins,
        state="convocada",
    )
    return session, GesocFactory(email=f"{run}@prueba.example")


def invited(session: Any, number: int, state: str) -> list[Any]:
    from dialogues.models import Invitation
    from partners.models import Person
    from tests.factories.partners import PersonFactory

    names = [f"persona{n}.{session.code}@prueba.example" for n in range(number)]
    people = Person.objects.bulk_create([PersonFactory.build(email=name) for name in names])
    sent = {"sent_at": session.created_at} if state == "enviada" else {}
    rows = [Invitation(session=session, person=one, state=state, channel="correo", **sent) for one in people]
    return list(Invitation.objects.bulk_create(rows))


def say(text: str) -> None:
    sys.stderr.write(f"{text} …\n")


if __name__ == "__main__":
    main()
