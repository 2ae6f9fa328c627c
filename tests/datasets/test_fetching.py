"""Fetching from an address that somebody wrote: what it may reach, what it may cost, and what it says when it fails."""

import gzip
import hashlib
import io
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from datasets.fetching import Fetched, FetchProblem, Limits, Network, allowed_url, fetch, is_public

BODY = b"Capitulo,Aprobado\n1000,5.00\n" * 40


@contextmanager
def serving(answer):
    """A real server on this machine; `answer(handler)` writes the response. Gives its port and the paths asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, dict(self.headers)))
            answer(self)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server.server_address[1], asked
    finally:
        server.shutdown()
        server.server_close()


def reply(handler, status=200, body=BODY, **headers):
    handler.send_response(status)
    for name, value in ({"Content-Length": str(len(body))} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def limits(port, size=10_000, seconds=20.0):
    return Limits(size, seconds, frozenset({("127.0.0.1", port)}))


def got(answer, *, path="/gasto.csv", size=10_000, seconds=20.0, **more):
    """What fetching from a server that answers so gives, its bytes, and what was asked."""
    into = io.BytesIO()
    with serving(answer) as (port, asked):
        found = fetch(f"http://127.0.0.1:{port}{path}", into, limits=limits(port, size, seconds), **more)
    return found, into.getvalue(), asked


def problem(answer, **more):
    with pytest.raises(FetchProblem) as told:
        got(answer, **more)
    return told.value


# -- whom it may reach ----------------------------------------------------------------------------------------------

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.7", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1",
    "fd00:ec2::254",
    "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::", "2001:0:7f00:1::", "2001:db8::1", "no es",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_known_in_every_dress(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "200.33.31.5", "::ffff:8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_are(address):
    assert is_public(address)


def answering(*rounds):
    """A resolver that gives the next set of addresses each time it is asked, and keeps count."""
    asked = []

    def resolve(host, port, **_kind):
        asked.append(host)
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in rounds[min(len(asked), len(rounds)) - 1]]

    return resolve, asked


def never(address, timeout=None):
    raise AssertionError(f"connected to {address}")


@pytest.mark.parametrize("address", PRIVATE[:-1])
def test_a_name_that_stands_for_a_private_address_is_not_connected_to(address):
    resolve, _ = answering(["8.8.8.8", address])
    with pytest.raises(FetchProblem, match="red privada") as told:
        fetch("https://datos.example/", io.BytesIO(), limits=Limits(1, 5), network=Network(resolve, never))
    assert told.value.refused


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://[::1]/",
     "http://[::ffff:127.0.0.1]/", "http://localhost/", "http://0/", "http://[fe80::1]/"],
)  # fmt: skip
def test_ways_of_writing_this_machine_are_refused_by_the_real_resolver(url):
    with pytest.raises(FetchProblem) as told:
        fetch(url, io.BytesIO(), limits=Limits(1, 5), network=Network(connect=never))
    assert "red privada" in told.value.message or "No se encontró" in told.value.message


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "debe empezar con http"),
        ("gopher://datos.example/", "debe empezar con http"),
        ("ftp://datos.example/a.csv", "debe empezar con http"),
        ("//datos.example/", "debe empezar con http"),
        ("http://datos.example:22/", "puertos 80"),
        ("http://datos.example:443/", "puertos 80"),
        ("https://datos.example:80/", "puertos 80"),
        ("http://datos.example:6379/", "puertos 80"),
        ("http://datos.example:99999/", "mal escrita"),
        ("http://usuario:clave@datos.example/", "usuario ni contraseña"),
        ("http://datos.example@127.0.0.1/", "usuario ni contraseña"),
        ("http://", "mal escrita"),
        ("http://datos.example\\@127.0.0.1/", "usuario ni contraseña"),
        ("http://datos .example/", "mal escrita"),
        ("http://datos.example/a\r\nHost: 127.0.0.1", "mal escrita"),
        ("http://[::1/", "mal escrita"),
        ("http://a..b/", "mal escrita"),
    ],
)
def test_addresses_that_are_not_tried_at_all(url, why):
    with pytest.raises(FetchProblem, match=why) as told:
        fetch(url, io.BytesIO(), limits=Limits(1, 5), network=Network(never, never))
    assert told.value.refused


def test_accents_in_names_and_paths_are_written_as_the_web_does():
    assert allowed_url("https://año.example/").hostname == "año.example"
    _found, body, asked = got(reply, path="/cuenta pública/año 2024.csv?a=%C3%A1&b=ñ")
    assert asked[0][0] == "/cuenta%20p%C3%BAblica/a%C3%B1o%202024.csv?a=%C3%A1&b=%C3%B1"
    assert body == BODY


def test_a_name_is_resolved_once_and_the_connection_goes_to_that_address():
    """DNS rebinding: the second answer would be this machine."""
    with serving(reply) as (port, _):
        resolve, asked = answering(["8.8.8.8"], ["127.0.0.1"])
        dialled = []

        def connect(address, timeout=None):
            dialled.append(address)
            return socket.create_connection(("127.0.0.1", port), timeout)

        found = fetch("http://datos.example/", io.BytesIO(), limits=Limits(9_999, 5), network=Network(resolve, connect))
    assert (asked, dialled, found.address) == (["datos.example"], [("8.8.8.8", 80)], "8.8.8.8")


def test_only_the_port_that_the_setting_names_is_open_on_this_machine():
    with serving(reply) as (port, asked), pytest.raises(FetchProblem, match="puertos 80"):
        fetch(f"http://127.0.0.1:{port}/", io.BytesIO(), limits=limits(port + 1))
    assert asked == []


# -- redirects ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_end_is_told(status):
    def answer(handler):
        there = handler.path == "/nuevo.csv"
        reply(handler) if there else reply(handler, status, b"", Location="nuevo.csv")

    found, body, asked = got(answer)
    assert (found.url.rpartition("/")[2], body, len(asked)) == ("nuevo.csv", BODY, 2)


@pytest.mark.parametrize(
    ("goes_to", "why"),
    [
        ("http://169.254.169.254/latest/meta-data/", "red privada"),
        ("http://10.0.0.1/", "red privada"),
        ("http://[::ffff:127.0.0.1]/", "red privada"),
        ("file:///etc/passwd", "debe empezar con http"),
        ("http://127.0.0.1:1/", "puertos 80"),
        ("http://a:b@127.0.0.1/", "usuario ni contraseña"),
    ],
)
def test_a_redirect_is_judged_like_an_address(goes_to, why):
    told = problem(lambda handler: reply(handler, 302, b"", Location=goes_to))
    assert why in told.message and told.refused


def test_a_ring_of_redirects_ends():
    assert "más de 5 veces" in problem(lambda handler: reply(handler, 302, b"", Location="/otra")).message


# -- what it costs --------------------------------------------------------------------------------------------------


def test_bytes_are_counted_and_hashed():
    heard = []
    found, body, asked = got(reply, tell=lambda done, size: heard.append((done, size)))
    assert (found.status, found.size, found.sha256) == (200, len(BODY), hashlib.sha256(BODY).hexdigest())
    assert (body, heard[-1], asked[0][1]["Accept-Encoding"]) == (BODY, (len(BODY), len(BODY)), "identity")


def test_what_is_too_large_is_not_begun_and_what_grows_too_large_is_stopped():
    assert "más de 0 MB" in problem(reply, size=100).message

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(1_000):
            handler.wfile.write(b"x" * 10_000)

    assert "más de 1 MB" in problem(endless, size=1 << 20).message


def test_a_packed_answer_is_unpacked_within_the_limit():
    packed = gzip.compress(BODY)
    _found, body, _ = got(lambda handler: reply(handler, 200, packed, Content_Encoding="gzip"))
    assert body == BODY
    bomb = gzip.compress(b"0" * 5_000_000)
    assert "más de" in problem(lambda handler: reply(handler, 200, bomb, Content_Encoding="gzip"), size=1 << 20).message
    assert "no se abre" in problem(lambda handler: reply(handler, 200, bomb, Content_Encoding="br")).message
    broken = lambda handler: reply(handler, 200, b"no es gzip", Content_Encoding="gzip")  # noqa: E731
    assert "dañado" in problem(broken).message
    cut = lambda handler: reply(handler, 200, packed[:-9], Content_Encoding="gzip")  # noqa: E731
    assert "se cortó" in problem(cut).message


@pytest.mark.parametrize("headers_first", [True, False])
def test_a_server_that_drips_is_cut_off(headers_first):
    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if headers_first else b""))
        for _ in range(60):
            try:
                handler.wfile.write(b"x")
            except OSError:
                return
            time.sleep(0.05)

    began = time.monotonic()
    assert "Tardó demasiado" in problem(drip, seconds=0.6).message
    assert time.monotonic() - began < 2.5


def test_a_download_that_breaks_off_is_not_a_file():
    def half(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "5000")
        handler.end_headers()
        handler.wfile.write(b"x" * 100)

    assert "cort" in problem(half).message


# -- what it says ---------------------------------------------------------------------------------------------------


def test_conditions_are_sent_and_an_unchanged_file_costs_nothing():
    def answer(handler):
        same = handler.headers["If-None-Match"] == '"v1"' and handler.headers["If-Modified-Since"] == "ayer"
        reply(handler, 304 if same else 200, b"" if same else BODY, ETag='"v1"', Last_Modified="ayer")

    first, _, _ = got(answer)
    again, body, _ = got(answer, etag=first.headers["etag"], last_modified=first.headers["last-modified"])
    assert (again.unchanged, again.status, body) == (True, 304, b"")


@pytest.mark.parametrize(
    ("status", "why"),
    [(404, "ya no está"), (410, "se retiró"), (403, "no permite"), (401, "usuario"), (429, "esperar"), (500, "(500)")],
)
def test_refusals_of_the_server_are_told_in_words(status, why):
    told = problem(lambda handler: reply(handler, status, b"no"))
    assert (why in told.message, told.status, told.refused) == (True, status, False)


def test_no_server_and_no_sense_are_told_in_words():
    assert "no se entiende" in problem(lambda handler: handler.wfile.write(b"SSH-2.0-x\r\n\r\n")).message
    with serving(reply) as (port, _):
        gone = port
    with pytest.raises(FetchProblem, match="No se pudo conectar"):
        fetch(f"http://127.0.0.1:{gone}/", io.BytesIO(), limits=limits(gone))


def test_a_name_without_an_address_is_told_in_words():
    def nobody(*args, **kwargs):
        raise socket.gaierror

    with pytest.raises(FetchProblem, match="No se encontró el sitio «datos"):
        fetch("https://datos.example/", io.BytesIO(), limits=Limits(1, 5), network=Network(nobody, never))


def test_a_secure_connection_wants_a_certificate_for_the_name():
    """A server that does not speak TLS at all, on the port where it is expected."""
    with serving(reply) as (port, _):
        resolve, _asked = answering(["8.8.8.8"])

        def connect(address, timeout=None):
            return socket.create_connection(("127.0.0.1", port), timeout)

        with pytest.raises(FetchProblem) as told:
            fetch("https://datos.example/", io.BytesIO(), limits=Limits(1, 5), network=Network(resolve, connect))
    assert isinstance(told.value, FetchProblem) and not isinstance(told.value, Fetched)
