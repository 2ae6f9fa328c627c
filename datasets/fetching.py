"""Fetches a published file from an address that somebody wrote: nothing of ours can be reached through it.

The name is resolved once, every address it gives must be a public one, and the connection goes to that very address: a
name that answers differently the second time gains nothing. Each redirect is judged anew. Knows no request and no table.
"""

from __future__ import annotations

import hashlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

PORTS = {"http": 80, "https": 443}
MAX_REDIRECTS = 5
PIECE = 1 << 16
WAIT = 20  # seconds without a byte
KEPT_HEADERS = ("etag", "last-modified", "content-type", "content-length", "content-disposition", "date", "server")
_REDIRECTS = (301, 302, 303, 307, 308)
_PLAIN_HOST = re.compile(r"[a-z0-9_.:-]{1,253}", re.IGNORECASE)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

SAYS = {
    401: "El sitio pide usuario y contraseña para entregar el archivo.",
    403: "El sitio no permite descargar el archivo (403).",
    404: "El archivo ya no está en esa dirección (404). Busca la nueva en el sitio de quien publica.",
    410: "El sitio dice que el archivo se retiró (410).",
    429: "El sitio pide esperar: recibió demasiadas solicitudes (429).",
}


class FetchProblem(Exception):
    """Why the file could not be had, in a sentence for a person. `refused`: it would be against our own rules."""

    def __init__(self, message: str, *, status: int | None = None, refused: bool = False) -> None:
        super().__init__(message)
        self.message, self.status, self.refused = message, status, refused


@dataclass(frozen=True, slots=True)
class Network:
    """Where names and connections come from."""

    resolve: Callable[..., list[Any]] = socket.getaddrinfo
    connect: Callable[..., socket.socket] = socket.create_connection


@dataclass(frozen=True, slots=True)
class Limits:
    size: int
    seconds: float
    # Pairs of address and port that are let pass besides the public ones: for tests alone.
    also: frozenset[tuple[str, int]] = frozenset()


@dataclass(slots=True)
class Fetched:
    """What the server said. `unchanged`: it confirmed that what we have is current, and sent nothing."""

    url: str
    address: str
    status: int
    headers: dict[str, str]
    unchanged: bool = False
    size: int = 0
    sha256: str = ""


@dataclass(slots=True)
class _Call:
    into: IO[bytes]
    limits: Limits
    network: Network
    conditions: Mapping[str, str]
    tell: Callable[[int, int], None]
    ends: float = field(init=False)

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.limits.seconds

    def left(self) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise FetchProblem("Tardó demasiado: se dejó de esperar.")
        return left


def fetch(
    url: str,
    into: IO[bytes],
    *,
    limits: Limits,
    etag: str = "",
    last_modified: str = "",
    agent: str = "MesaDeDatos/1",
    network: Network | None = None,
    tell: Callable[[int, int], None] = lambda done, size: None,
) -> Fetched:
    """Write the file into `into`. Raises `FetchProblem`. `tell(done, size)` hears of bytes; size 0: not said."""
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    headers = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "identity"}
    sent = headers | {name: value for name, value in conditions.items() if value}
    call = _Call(into, limits, network or Network(), sent, tell)
    secure = False
    for _turn in range(MAX_REDIRECTS + 1):
        parts = allowed_url(url, call.limits.also)
        if secure and parts.scheme == "http":
            raise FetchProblem("El sitio manda de una dirección segura (https) a una que no lo es.", refused=True)
        secure = parts.scheme == "https"
        found = _one(url, parts, call)
        if isinstance(found, Fetched):
            return found
        url = urljoin(url, found)
    raise FetchProblem(f"La dirección manda a otra más de {MAX_REDIRECTS} veces seguidas.")


def allowed_url(url: str, also: frozenset[tuple[str, int]] = frozenset()) -> SplitResult:
    """The parts of an address that may be tried at all. Whom its name stands for is judged when connecting."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
        host = parts.hostname or ""
        ascii_host = host if ":" in host else host.encode("idna").decode()
    except (ValueError, UnicodeError):
        raise FetchProblem("La dirección está mal escrita.", refused=True) from None
    if parts.scheme not in PORTS:
        raise FetchProblem("La dirección debe empezar con http:// o https://.", refused=True)
    if "@" in parts.netloc:
        raise FetchProblem("La dirección no puede llevar usuario ni contraseña.", refused=True)
    if not _PLAIN_HOST.fullmatch(ascii_host) or re.search(r"[\x00-\x1f\x7f\\]", url):
        raise FetchProblem("La dirección está mal escrita.", refused=True)
    if port != PORTS[parts.scheme] and (ascii_host, port) not in also:
        raise FetchProblem("Solo se descarga por los puertos 80 (http) y 443 (https).", refused=True)
    return parts


def is_public(text: str) -> bool:
    """Whether an IP address is one of the open internet, also where it is wrapped into another."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = [found.ipv4_mapped, found.sixtofour, *(found.teredo or ())]
        inner += [ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)] if found in _NAT64 else []
        wrapped = [address for address in inner if address is not None]
        if wrapped:
            return all(is_public(str(address)) for address in wrapped)
        if found.scope_id or found.is_site_local or int(found) >> 32 == 0:
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


def _addresses(parts: SplitResult, call: _Call) -> list[str]:
    """Resolve once. One address that is not public among several is enough to refuse: honest names have none."""
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    try:
        answers = call.network.resolve(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchProblem(f"No se encontró el sitio «{host[:80]}». Revisa la dirección.") from None
    found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    if not found or not all(is_public(one) or (one, port) in call.limits.also for one in found):
        raise FetchProblem("La dirección lleva a una red privada: no se descarga de ahí.", refused=True)
    return found


class _Pinned(http.client.HTTPConnection):
    """A connection to one of the addresses that were judged, under the name that was asked for."""

    def __init__(self, parts: SplitResult, addresses: list[str], call: _Call) -> None:
        self.default_port = PORTS[parts.scheme]
        port = parts.port or self.default_port
        super().__init__(parts.hostname or "", port, timeout=min(WAIT, call.left()))
        self.line: socket.socket | None = None
        self.address = ""
        self._secure, self._addresses, self._connect = parts.scheme == "https", addresses, call.network.connect

    def connect(self) -> None:
        self.sock = self._first_that_answers()
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self.line = self.sock  # the connection lets go of its socket once the server says it will close

    def _first_that_answers(self) -> socket.socket:
        failure = OSError()
        for address in self._addresses[:4]:
            self.address = address
            try:
                return self._connect((address, self.port), timeout=self.timeout)
            except OSError as error:
                failure = error
        raise failure

    def cut(self) -> None:
        if self.line is not None:
            with suppress(OSError):
                self.line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        super().close()
        if self.line is not None:
            self.line.close()


def _one(url: str, parts: SplitResult, call: _Call) -> Fetched | str:
    """One request: what it gave, or the address it sends to."""
    connection = _Pinned(parts, _addresses(parts, call), call)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(connection), _in_words(), ExitStack() as stack, _until(connection, call):
        connection.request("GET", _quoted(target), headers=dict(call.conditions))
        response = connection.getresponse()
        stack.callback(response.close)
        headers = {name: value[:500] for name in KEPT_HEADERS if (value := response.getheader(name))}
        if response.status in _REDIRECTS and (goes_to := response.getheader("Location")):
            return goes_to
        found = Fetched(url, connection.address, response.status, headers, unchanged=response.status == 304)
        if response.status == 200:
            _receive(response, found, call)
        elif not found.unchanged:
            said = SAYS.get(response.status, f"El sitio respondió con un error ({response.status}).")
            raise FetchProblem(said, status=response.status)
        return found


def _quoted(target: str) -> str:
    """What people paste holds accents and blanks; what is quoted already stays as it is."""
    return quote(target, safe="/%?&=+:;,@!$'()*~[]-._")


def _receive(response: http.client.HTTPResponse, found: Fetched, call: _Call) -> None:
    said = int(length) if (length := response.getheader("Content-Length", "")).isdigit() else 0
    if said > call.limits.size:
        raise _too_large(call)
    digest = hashlib.sha256()
    for piece in _pieces(response):
        call.left()
        found.size += len(piece)
        if found.size > call.limits.size:
            raise _too_large(call)
        digest.update(piece)
        call.into.write(piece)
        call.tell(found.size, said)
    if response.length:
        raise FetchProblem("La descarga se cortó antes de terminar.", status=response.status)
    found.sha256 = digest.hexdigest()


def _pieces(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """The body, unpacked where the server packs it although it was not asked to; never much at a time."""
    packed = response.getheader("Content-Encoding", "identity").strip().lower()
    if packed not in ("", "identity", "gzip", "deflate"):
        raise FetchProblem(f"El sitio manda el archivo comprimido de una forma que no se abre ({packed[:20]}).")
    unzip = zlib.decompressobj(47) if packed in ("gzip", "deflate") else None
    while piece := response.read1(PIECE):
        if unzip is None:
            yield piece
            continue
        while piece:
            yield unzip.decompress(piece, PIECE)
            piece = unzip.unconsumed_tail
    if unzip is not None and not unzip.eof:
        raise FetchProblem("La descarga se cortó antes de terminar.")


def _too_large(call: _Call) -> FetchProblem:
    return FetchProblem(f"El archivo pesa más de {call.limits.size // 2**20:,} MB, el máximo para una descarga.")


@contextmanager
def _until(connection: _Pinned, call: _Call) -> Iterator[None]:
    """Cuts the line when the time is over, however slowly the server drips."""
    timer = threading.Timer(call.left(), connection.cut)
    timer.daemon = True
    timer.start()
    try:
        yield
        call.left()  # a line that was cut by us can look like an end
    except (OSError, http.client.HTTPException):
        call.left()
        raise
    finally:
        timer.cancel()


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        said = "El certificado de seguridad del sitio no es válido o ya venció; avisa a quien publica."
        raise FetchProblem(said) from error
    except TimeoutError as error:
        raise FetchProblem("El sitio no respondió a tiempo.") from error
    except http.client.HTTPException as error:
        raise FetchProblem("El sitio respondió algo que no se entiende, o cortó la descarga.") from error
    except zlib.error as error:
        raise FetchProblem("Lo que mandó el sitio llegó dañado.") from error
    except OSError as error:
        raise FetchProblem("No se pudo conectar con el sitio, o se cortó la conexión.") from error
