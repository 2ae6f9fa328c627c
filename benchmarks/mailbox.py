"""A mail server on loopback that keeps what it takes and refuses one mail in ten for now, drawn by lot."""

from __future__ import annotations

import random
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.controller import Controller

BUSY = "451 4.3.2 busy, try again"


class Mailbox:
    """`taken` counts what was accepted, by the key that each mail of the outbox carries."""

    def __init__(self, refuse: float, seed: int = 5035) -> None:
        self.refuse, self.chance = refuse, random.Random(seed)
        self.taken: Counter[str] = Counter()
        self.refused = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Half of what is refused is refused here, half once the whole mail was sent."""
        if self._says_no():
            return BUSY
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self._says_no():
            return BUSY
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.taken[str(mail["X-Mesa-Key"]).strip()] += 1  # a long one stands on a line of its own
        return "250 OK"

    def _says_no(self) -> bool:
        no = self.chance.random() < self.refuse / 2
        self.refused += no
        return no


@contextmanager
def mailbox(refuse: float = 0.1) -> Iterator[tuple[Mailbox, int]]:
    """The mailbox, and the free port it listens on."""
    found = Mailbox(refuse)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield found, port
    finally:
        controller.stop()
