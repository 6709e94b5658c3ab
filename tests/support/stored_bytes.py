"""Bytes of journals and archives that nobody wrote so, and what is done to a store that has them."""

from __future__ import annotations

import io
import json
import random
import time
import uuid
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from support.faults import has_zarr3, small_tree
from support.hierarchies import Tree, v3_tree
from support.readable import Readable, lost, readable
from zarrcodec_bridge.core.errors import LONGEST_MESSAGE, BridgeError
from zarrcodec_bridge.stores import migrate, undo
from zarrcodec_bridge.stores.journal import digest
from zarrcodec_bridge.stores.layout import JOURNAL, METADATA, name_in
from zarrcodec_bridge.stores.plan import text_of
from zarrcodec_bridge.stores.report import Report

SLOWEST = 20.0
"""Seconds of a work at most, on a machine that does other things too."""

PURPOSES = ("", ".undo", ".remove-v2", ".remove-v3")
ODD_KEYS = (
    "../victim/.zattrs",
    "/etc/.zattrs",
    "a/../.zarray",
    "plain/0",
    ".zarrcodec_bridge/.zattrs",
    "a\0b/zarr.json",
    "\ud800/.zattrs",
    "x" * 5000 + "/.zattrs",
    "",
)
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1.5, 10**30, "", "0" * 64, "0" * 63, "F" * 64, [], {}, [[]], {"a": {}}),
    "x" * 300,
    "\x1b[31m",
)


def stores() -> list[Tree]:
    """Hierarchies of either format, before and after a migration, and with one that says something else."""
    found = []
    for make, zarr_format in ((small_tree, 3), (v3_tree, 2)):
        tree = make()
        found.append(dict(tree))
        migrate(tree, zarr_format, dry_run=False)
        found.append(tree)
        name = {3: "plain/zarr.json", 2: "plain/.zarray"}[zarr_format]
        other = json.loads(tree[name])
        other |= {"data_type": "int8"} if zarr_format == 3 else {"dtype": "|i1"}
        found.append({**tree, name: text_of(other)})
    return found


def entry_bytes(draw: random.Random, tree: Tree) -> bytes:
    """An entry of a journal: nearly a true one, or anything."""
    true = [data for key, data in tree.items() if key.startswith(JOURNAL)]
    documents = [key for key in tree if name_in(key) in METADATA]
    of_v3 = draw.random() < 0.5
    one_format = [key for key in documents if key.endswith("zarr.json") is of_v3]
    planted = {key: digest(tree[key]) for key in draw.choice([documents, one_format])}
    planted = dict(draw.sample([*planted.items()], draw.randint(0, len(planted))))
    if draw.random() < 0.5:
        planted[draw.choice(ODD_KEYS)] = draw.choice([*planted.values(), "0" * 64])
    content: dict[str, Any] = {"zarrcodec_bridge": 1, "written": planted, "removing": planted}
    if draw.random() < 0.5:
        by = {"user": "u", "host": "h", "process": draw.choice([1, 0, -1, 10**30]), "at": "now"}
        content |= {"by": by, "begun": draw.random() < 0.5}
    kind = draw.randrange(8)
    if kind == 0 and true:
        content = json.loads(draw.choice(true))
    if kind == 1:
        content["zarrcodec_bridge"] = draw.choice([2, 0, 10**30, *ODD_VALUES])
    if kind == 2:
        for name in draw.sample([*content, "by", "more"], 2):
            content[name] = draw.choice(ODD_VALUES)
    data = json.dumps(content).encode()
    if kind == 3:
        data = _huge_or_deep(draw)
    if kind == 4:
        data = json.dumps(draw.choice(ODD_VALUES)).encode()
    if kind == 5:
        encoding = draw.choice(["utf-16", "utf-32", "utf-8-sig"])
        data = draw.choice([data.decode().encode(encoding), draw.randbytes(50), b"\xff" + data])
    if kind == 6:
        data = data[: draw.randrange(len(data))]
    if kind == 7:
        data = with_flips(draw, data, range(len(data)))
    return data


def _huge_or_deep(draw: random.Random) -> bytes:
    keys = ",".join(f'"{number}/.zattrs":"{"0" * 64}"' for number in range(5000))
    return draw.choice(
        [
            b'{"zarrcodec_bridge":1,"removing":{},"written":{' + keys.encode() + b"}}",
            b'{"zarrcodec_bridge":' + b"9" * 10_000 + b',"written":{},"removing":{}}',
            b'{"zarrcodec_bridge":1e999,"written":{},"removing":{}}',
            b"[" * 100_000,
            b'{"written":' * 50_000 + b"1" + b"}" * 50_000,
            b" " * (1 << 20),
            b'{"zarrcodec_bridge":1,"zarrcodec_bridge":2,"written":NaN,"removing":Infinity}',
        ]
    )


def entry_name(draw: random.Random) -> str:
    """The name of a file in a journal."""
    name = uuid.UUID(int=draw.getrandbits(128)).hex
    odd = [name.upper(), name[1:], f"{name}.write-v3", "..", "a/b", "zarr.json", "\n", "é"]
    if draw.random() < 0.2:
        return f"{draw.choice(odd)}.json"
    return f"{name}.tmp" if draw.random() < 0.1 else f"{name}{draw.choice(PURPOSES)}.json"


def with_flips(draw: random.Random, data: bytes, where: range) -> bytes:
    """Some bytes changed: one bit, or to a number that is the end of something."""
    changed = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        at = draw.choice(where)
        changed[at] = draw.choice([0, 0x7F, 0x80, 0xFF, changed[at] ^ 1 << draw.randrange(8)])
    return bytes(changed)


def archive_of(tree: Tree) -> bytes:
    """A zip file, its members stored and compressed by turns."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.comment = b"a comment"
        for number, (key, data) in enumerate(tree.items()):
            archive.writestr(key, data, compress_type=(0, zipfile.ZIP_DEFLATED)[number % 2])
    return held.getvalue()


def archive_bytes(draw: random.Random, tree: Tree) -> bytes:
    """A zip file of a hierarchy that is damaged in one of its parts."""
    data = archive_of(tree)
    end = data.rindex(b"PK\x05\x06")
    directory = int.from_bytes(data[end + 16 : end + 20], "little")
    starts = [at for at in range(directory) if data.startswith(b"PK\x03\x04", at)]
    entries = [at for at in range(directory, end) if data.startswith(b"PK\x01\x02", at)]
    entry, start = draw.choice(entries), draw.choice(starts)
    parts = [
        range(directory, end),
        range(end, len(data)),
        range(entry, entry + 46),
        range(entry + 20, entry + 28),  # its sizes
        range(entry + 42, entry + 46),  # where it is
        range(start, start + 30),
        range(len(data)),
    ]
    kind = draw.randrange(len(parts) + 3)
    if kind < len(parts):
        return with_flips(draw, data, parts[kind])
    if kind == len(parts):
        return data[: draw.randrange(len(data))]
    if kind == len(parts) + 1:
        return draw.randbytes(30) + data
    return data + draw.choice([draw.randbytes(30), data[end:], data])


def works(draw: random.Random) -> list[tuple[str, Callable[[Any], Report]]]:
    """What is done to a store, in any order."""
    found: list[tuple[str, Callable[[Any], Report]]] = []
    for _ in range(3):
        options: dict[str, Any] = {
            "zarr_format": draw.choice([2, 3]),
            "dry_run": draw.random() < 0.2,
            "take_over": draw.random() < 0.3,
        }
        kind = draw.randrange(3)
        if kind == 0:
            del options["zarr_format"]
            found.append((f"undo {options}", lambda store, given=options: undo(store, **given)))
            continue
        if kind == 1 and has_zarr3():
            options |= {"verify": 1, "remove_old": True}
        found.append((f"migrate {options}", lambda store, given=options: migrate(store, **given)))
    return found


def attack(draw: random.Random, trees: list[Tree], home: Path, known: dict[Any, Readable]) -> str:
    """Do some works to a store with a strange journal, or to a strange archive; what broke, if anything."""
    tree = dict(draw.choice(trees))
    path = home / "a.zip"
    archived = draw.random() < 0.5
    if archived:
        path.write_bytes(archive_bytes(draw, tree))
    else:
        planted = [entry_bytes(draw, tree) for _ in range(draw.randint(1, 3))]
        tree |= {f"{JOURNAL}/{entry_name(draw)}": data for data in planted}

    def seen() -> Tree:
        return members(path) if archived else dict(tree)

    def read() -> Readable:
        held = {key: data for key, data in seen().items() if not key.startswith(f"{JOURNAL}/")}
        state = frozenset(held.items())
        if state not in known:
            known[state] = readable(held)
        return known[state]

    before, arrays = seen(), read()
    for name, work in works(draw):
        started = time.process_time()
        try:
            report = work(path if archived else tree)
            text = report.summary()
            json.dumps(report.to_dict())
        except BridgeError as error:
            text = str(error)
        except Exception as error:
            return f"{name}: {type(error).__name__}: {error}"
        if time.process_time() - started > SLOWEST:
            return f"{name}: it took more than {SLOWEST} s"
        if max(map(len, text.splitlines())) > 3 * LONGEST_MESSAGE:
            return f"{name}: a message of {len(text)} characters"
        now = read()
        for array, zarr_format, values, found in lost(arrays, now):
            # a document that the journal calls ours, and is written as ours, is replaced by what the other one says
            others = [arrays.get((array, given)) for given in (2, 3)]
            if "migrate" not in name or found not in others:
                return f"{name}: {array}, {zarr_format}: {values}, {found}: {text}"
        arrays = now
        after = seen()
        for key, data in before.items():
            own = name_in(key) in METADATA or _is_ours(key)
            if not own and after.get(key) != data:
                return f"{name}: {key!r} is gone or changed: {text}"
        if archived and {other.name for other in home.iterdir()} != {"a.zip"}:
            return f"{name}: files stay beside the archive"
    return ""


def _is_ours(key: str) -> bool:
    folder, _, name = key.rpartition("/")
    return folder == JOURNAL and len(name.partition(".")[0]) == 32


def members(path: Path) -> Tree:
    """What can be read in an archive, the last of each name."""
    found: Tree = {}
    with suppress(Exception), zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            found.pop(info.filename, None)
            with suppress(Exception):
                found[info.filename] = archive.read(info)
    return found
