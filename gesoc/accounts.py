"""Which account PostgreSQL runs as, and how a process becomes it without opening any directory to it."""

from __future__ import annotations

import ctypes
import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path

from gesoc.home import ServiceError

CAP_DAC_OVERRIDE = 1
PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
NO_SETUID_FIXUP = 1 << 2


def server_account(pg: Path) -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; root hands it to the owner of the data, else to an account without rights."""
    if os.geteuid() != 0:
        return None
    if pg.exists() and (owner := pg.stat().st_uid) != 0:
        try:
            return pwd.getpwuid(owner)
        except KeyError:
            pass  # the account is gone: take another, `own` gives it the data
    for name in ("postgres", "nobody", "daemon"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServiceError("PostgreSQL does not run as root, and this machine has no account 'nobody' to run it as.")


def become(account: pwd.struct_passwd | None, death_signal: int) -> Callable[[], None]:
    """What the child does between fork and exec: change account, and die with its parent (Linux).

    The data and the wheel may lie below a directory that only root can enter (a clone in /root or in a private
    temporary directory). Instead of opening that directory for everyone, the one capability to pass it is kept.
    """
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def child() -> None:
        if account is not None:
            if libc is not None:
                # Keeps capabilities over the change of account, and lets access(2) see them.
                libc.prctl(PR_SET_SECUREBITS, NO_SETUID_FIXUP, 0, 0, 0)
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
            if libc is not None:
                keep_capability(libc)
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)

    return child


def keep_capability(libc: ctypes.CDLL) -> None:
    """Of all capabilities keep CAP_DAC_OVERRIDE over the coming exec. Where the kernel refuses, file modes decide."""
    bit = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    libc.capset(ctypes.byref(header), ctypes.byref(data))
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def own(path: Path, account: pwd.struct_passwd | None) -> None:
    """Give a directory of ours to the server's account; nothing outside the home is ever touched."""
    if account is None or path.stat().st_uid == account.pw_uid:
        return
    for place, directories, files in os.walk(path):
        for name in (*directories, *files):
            os.chown(Path(place) / name, account.pw_uid, account.pw_gid, follow_symlinks=False)
    os.chown(path, account.pw_uid, account.pw_gid)
