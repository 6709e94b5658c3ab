"""Stores that mean harm, what lies beside them, and users without rights."""

from __future__ import annotations

import codecs
import os
import pickle
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from support.faults import has_zarr3
from support.hierarchies import v2_tree, write_tree
from zarrcodec_bridge.stores import migrate

NOBODY = 65534
PLACES = {"disk": Path(tempfile.gettempdir()), "memory": Path("/dev/shm")}
LONG = int(os.environ.get("ZARRCODEC_BRIDGE_EXAMPLES", "0")) > 1000
"""Whether there is time for the whole matrix."""

SCENES = (
    [(place, user) for place in PLACES for user in ("root", "user")]
    if LONG
    else [("disk", "root"), ("memory", "user")]
)
"""Where a test is run, and by whom."""

needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="needs links, modes and users")


@contextmanager
def room(place: str, user: str) -> Iterator[Path]:
    """A folder on a disk or in memory, which belongs to the user that works in it."""
    if not os.access(PLACES[place], os.W_OK):
        pytest.skip(f"no {PLACES[place]}")
    if user == "root" and os.geteuid() != 0:
        pytest.skip("needs root")
    home = Path(tempfile.mkdtemp(dir=PLACES[place], prefix="attack-"))
    try:
        home.chmod(0o755)
        yield home
    finally:
        discard(home)


def discard(home: Path) -> None:
    """Delete a folder with all in it, whatever its modes."""
    for folder in (home, *(path for path in home.rglob("*") if not path.is_symlink())):
        with suppress(OSError):
            if folder.is_dir():
                folder.chmod(0o755)
    shutil.rmtree(home, ignore_errors=True)


def give(home: Path, user: str) -> None:
    """Let a folder and all in it belong to nobody, if it is a user that works, and root that tests."""
    if user == "user" and os.geteuid() == 0:
        for folder, folders, files in os.walk(home):
            for name in (".", *folders, *files):
                os.chown(os.path.join(folder, name), NOBODY, NOBODY, follow_symlinks=False)


_warm: list[bool] = []


def warm() -> None:
    """Import all that a user without rights may not be able to read."""
    if not _warm:
        for encoding in ("utf-8-sig", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
            codecs.lookup(encoding)
        migrate(v2_tree(), verify=int(has_zarr3()))
        _warm.append(True)


def as_user(user: str, call: Callable[[], Any], *, seconds: int = 30) -> Any:
    """What a call returns or raises in a process of this user, within some seconds."""
    import select
    import signal

    warm()
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(here)
            if user == "user" and os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            try:
                result: tuple[bool, Any] = (True, call())
            except BaseException as error:
                result = (False, error)
            try:
                data = pickle.dumps(result)
            except Exception as error:
                data = pickle.dumps((False, RuntimeError(f"{result[1]!r}: {error}")))
            with os.fdopen(there, "wb") as pipe:
                pipe.write(data)
        finally:
            os._exit(0)
    os.close(there)
    data = b""
    with os.fdopen(here, "rb", buffering=0) as pipe:
        while True:
            if not select.select([pipe], [], [], seconds)[0]:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                pytest.fail(f"it hung for {seconds} seconds")
            part = pipe.read(1 << 20)
            if not part:
                break
            data += part
    os.waitpid(child, 0)
    fine, value = pickle.loads(data)
    if not fine:
        raise value
    return value


def snapshot(folder: Path) -> dict[str, Any]:
    """All that there is to know of a folder, byte for byte, except when it was looked at."""
    found: dict[str, Any] = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        status = path.lstat()
        content: object = None
        if stat.S_ISREG(status.st_mode):
            content = path.read_bytes()
        elif stat.S_ISLNK(status.st_mode):
            content = os.readlink(path)
        found[str(path.relative_to(folder))] = (
            status.st_mode,
            status.st_uid,
            status.st_gid,
            status.st_mtime_ns,
            content,
        )
    return found


def victim(home: Path) -> Path:
    """A folder that has nothing to do with the store, with another store in it, and a secret."""
    folder = write_tree(home / "victim", {"diary.txt": b"dear diary", "keys/id": b"secret"})
    write_tree(folder / "other.zarr", v2_tree(consolidated=False))
    folder.joinpath("secret.json").write_bytes(b'{"password": "hunter2"}')
    folder.joinpath("secret.json").chmod(0o600)
    return folder
