"""A random attacker: links, special files, planted journals, odd names and modes, and all that is done to such stores.

``ZARRCODEC_BRIDGE_EXAMPLES=5000 python -m pytest FILE`` is a long run, with other stores each
time. Nothing outside the store changes, nothing hangs, no exception is a foreign one, and what was readable stays so.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from support.attacks import SCENES, as_user, discard, give, needs_posix, room, snapshot, victim
from support.faults import has_zarr3
from support.hierarchies import Tree, v2_tree, v3_tree, write_tree, zarray
from support.readable import contents, lost, readable
from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.stores import migrate, undo
from zarrcodec_bridge.stores.layout import JOURNAL

EXAMPLES = int(os.environ.get("ZARRCODEC_BRIDGE_EXAMPLES", "12"))
SEED = int(os.environ.get("ZARRCODEC_BRIDGE_SEED", time.time_ns() if EXAMPLES > 1000 else 20261128))
NODES = (".zarray", ".zgroup", ".zattrs", ".zmetadata", "zarr.json")
ODD = (
    "a b",
    "x\ny",
    "\x1b[31m",
    "*",
    "[a]",
    "é",
    "-rf",
    "..a",
    "a\\b",
    "c:d",
    ".hidden",
    "zarr.json",
)

pytestmark = needs_posix


def tree_of(draw: random.Random) -> Tree:
    tree = draw.choice([v2_tree, v3_tree, lambda: v2_tree(consolidated=False)])()
    if draw.random() < 0.3:
        migrate(tree, draw.choice([2, 3]), dry_run=False, on_loss="ignore")
    for _ in range(draw.randrange(3)):
        path = draw.choice([name for name in ODD if name not in tree])
        tree[f"{path}/.zarray"] = zarray([4], [2], "<i2")
        tree[f"{path}/0"] = b"\1\0\2\0"
    return tree


class Attack:
    """One store, as the attacker made it."""

    def __init__(self, draw: random.Random, home: Path) -> None:
        self.draw = draw
        self.home = home
        self.store = write_tree(home / "s.zarr", tree_of(draw))
        kinds: list[Callable[[], None]] = [
            self.link,
            self.link,
            self.document_link,
            self.special,
            self.entry,
            self.mark,
            self.junk,
            self.mode,
        ]
        for _ in range(draw.randrange(1, 8)):
            with suppress(OSError):
                draw.choice(kinds)()

    def folder(self) -> Path:
        found = [path for path in self.store.rglob("*") if path.is_dir() and not path.is_symlink()]
        return self.draw.choice([self.store, *found])

    def target(self) -> str:
        inside = self.draw.choice([*self.store.rglob("*")] or [self.store])
        choices = [
            str(self.home / "victim"),
            str(self.home / "victim/other.zarr"),
            str(self.home / "victim/secret.json"),
            str(self.home / "victim/nothing"),
            "..",
            ".",
            "../..",
            "self",
            str(inside),
            os.path.relpath(inside, self.store),
            "/dev/zero",
            "/proc/self",
            "/",
            "a/b/c",
        ]
        return self.draw.choice(choices)

    def link(self) -> None:
        self.folder().joinpath(
            self.draw.choice(["link", "self", "zz", "sub2", ".zarrcodec_bridge", *ODD])
        ).symlink_to(self.target())

    def document_link(self) -> None:
        path = self.folder() / self.draw.choice(NODES)
        if self.draw.random() < 0.5:
            path.unlink(missing_ok=True)
        path.symlink_to(self.target())

    def special(self) -> None:
        path = self.folder() / self.draw.choice(NODES)
        path.unlink(missing_ok=True)
        kind = self.draw.randrange(4)
        if kind == 0:
            os.mkfifo(path)
        elif kind == 1:
            with path.open("wb") as file:
                file.truncate(1 << 42)
        elif kind == 2:
            path.mkdir()
        else:
            os.mknod(path, 0o20666, os.makedev(1, 5))

    def entry(self) -> None:
        found = [
            path
            for path in self.store.rglob("*")
            if path.is_file() and path.stat().st_size < 1 << 20
        ]
        digests = {
            str(path.relative_to(self.store)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.draw.sample(found, min(len(found), 9))
        }
        digests |= {
            self.draw.choice(["../victim/x/zarr.json", "/etc/.zattrs", "a/../../.zattrs"]): "0" * 64
        }
        content = {"zarrcodec_bridge": 1, "written": digests, "removing": digests}
        if self.draw.random() < 0.2:
            content["zarrcodec_bridge"] = self.draw.choice([2, "1", None])
        self.record("", json.dumps(content).encode())

    def mark(self) -> None:
        content: dict[str, Any] = {
            "zarrcodec_bridge": 1,
            "written": {},
            "removing": {},
            "begun": self.draw.random() < 0.5,
        }
        self.record(
            self.draw.choice([".undo", ".remove-v2", ".remove-v3"]), json.dumps(content).encode()
        )

    def junk(self) -> None:
        self.record(self.draw.choice(["", ".undo", ".x"]), self.draw.randbytes(20))
        if not self.store.joinpath(JOURNAL).is_symlink():
            self.store.joinpath(JOURNAL, "mine.txt").write_bytes(b"mine")
        path = self.store / "sub/.zmetadata"
        path.unlink(missing_ok=True)  # it may be a named pipe by now, or a link to the victim
        path.write_bytes(b'{"metadata": {"a/../../b/.zarray": {}}}')

    def record(self, purpose: str, data: bytes) -> None:
        folder = self.store / JOURNAL
        if folder.is_symlink():  # to the victim, perhaps, which only a migration may not change
            return
        folder.mkdir(exist_ok=True)
        name = uuid.UUID(int=self.draw.getrandbits(128)).hex
        folder.joinpath(f"{name}{purpose}.json").write_bytes(data)

    def mode(self) -> None:
        paths = [path for path in self.store.rglob("*") if not path.is_symlink()]
        path = self.draw.choice(paths)
        path.chmod(
            self.draw.choice(
                [0o000, 0o400, 0o444, 0o555, 0o700, 0o311] if path.is_dir() else [0, 0o400, 0o600]
            )
        )


def works(draw: random.Random) -> list[Callable[[Path], object]]:
    """What is done to a store, in any order."""
    found: list[Callable[[Path], object]] = []
    for _ in range(4):
        options: dict[str, Any] = {
            "zarr_format": draw.choice([2, 3]),
            "partial": draw.random() < 0.3,
            "on_loss": draw.choice(["error", "ignore"]),
            "max_workers": draw.choice([1, 3]),
        }
        take_over = draw.random() < 0.3
        kind = draw.randrange(4)
        if kind == 0:
            found.append(lambda root, options=options: migrate(root, **options))
        elif kind == 1:
            found.append(lambda root, take_over=take_over: undo(root, take_over=take_over))
        elif kind == 2 and has_zarr3():
            found.append(
                lambda root, options=options, take_over=take_over: migrate(
                    root, **options, dry_run=False, verify=1, remove_old=True, take_over=take_over
                )
            )
        else:
            found.append(
                lambda root, options=options, take_over=take_over: migrate(
                    root, **options, dry_run=False, take_over=take_over
                )
            )
    return found


@pytest.mark.parametrize(("place", "user"), SCENES)
def test_a_random_attacker(place: str, user: str) -> None:
    arrays = 0
    with room(place, user) as home:
        victim(home)
        if user == "user" and os.geteuid() == 0:
            give(home / "victim", user)
        home.chmod(0o777)
        before = snapshot(home / "victim")
        for example in range(EXAMPLES):
            seed = SEED + example
            draw = random.Random(seed)
            attack = Attack(draw, home)
            give(attack.store, user)
            doing = works(draw)

            def run(doing: list[Any] = doing, root: Path = attack.store) -> Any:
                readable_before = readable(contents(root))
                told, gone = [], []
                for do in doing:
                    try:
                        told.append(str(do(root)))
                    except BridgeError as error:
                        told.append(str(error))
                    gone += lost(readable_before, readable(contents(root)))
                return len(readable_before), told, gone

            count, told, gone = as_user(user, run)
            arrays += count
            assert gone == [], (seed, told)
            assert len(told) == len(doing)
            assert all("Traceback" not in text for text in told), seed
            assert snapshot(home / "victim") == before, seed
            assert {path.name for path in home.iterdir()} == {"victim", "s.zarr"}, seed
            discard(attack.store)
    assert arrays > EXAMPLES
