"""Chunks under keys that no document gives them (A6): an array is not called empty, and no document goes, over them."""

from __future__ import annotations

import itertools
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from support.hierarchies import Tree, document, read_tree, without_journal, write_tree, zarray
from zarrcodec_bridge.stores import Report, migrate
from zarrcodec_bridge.stores.mappings import MappingStore

VALUES: Final = np.arange(1, 13, dtype="<i2").reshape(4, 3)
LITTLE: Final = {"name": "bytes", "configuration": {"endian": "little"}}


def v2_array(shape: tuple[int, ...], separator: str | None) -> Tree:
    """A ``.zarray`` in which chunks have two elements along each dimension."""
    members = {} if separator is None else {"dimension_separator": separator}
    return {"a/.zarray": zarray(shape, [2] * len(shape), "<i2", fill_value=-9, **members)}


def v3_array(shape: tuple[int, ...], separator: str | None) -> Tree:
    """The same array as a ``zarr.json`` with v2's chunk keys."""
    keys: dict[str, Any] = {"name": "v2"}
    if separator is not None:
        keys["configuration"] = {"separator": separator}
    return {
        "a/zarr.json": document(
            zarr_format=3,
            node_type="array",
            shape=list(shape),
            data_type="int16",
            chunk_grid={"name": "regular", "configuration": {"chunk_shape": [2] * len(shape)}},
            chunk_key_encoding=keys,
            codecs=[LITTLE],
            fill_value=-9,
            attributes={},
        )
    }


def chunks(pattern: str, shape: tuple[int, ...] = (4, 3), *, but: int = 0) -> Tree:
    """The chunks of an array, but the first few, under keys of a pattern: ``c/%/%``."""
    found: Tree = {}
    for index in itertools.product(*(range(-(-length // 2)) for length in shape)):
        block = np.full([2] * len(shape), -9, dtype="<i2")
        if shape == (4, 3):
            part = VALUES[tuple(slice(2 * at, 2 * at + 2) for at in index)]
            block[tuple(map(slice, part.shape))] = part
        key = pattern
        for at in index:
            key = key.replace("%", str(at), 1)
        found[f"a/{key}"] = block.tobytes()
    return dict(list(found.items())[but:])


@dataclass(frozen=True)
class Row:
    """An array and what lies in its folder: what is refused, and what it says then."""

    separator: str | None
    there: Tree
    shape: tuple[int, ...] = (4, 3)
    refused: bool = False
    """Whether it is refused by each migration."""
    kept: bool = False
    """Whether it is refused where old documents are to be removed."""
    key: str = ""
    v2: str = ""
    v3: str = ""


FOREIGN: Final = {
    "a/README": b"read me",
    "a/.DS_Store": b"",
    "a/.zattrs.bak": b"{}",
    "a/.zarray~": b"{}",
    "a/0.0.tmp": b"",
    "a/0/.DS_Store": b"",
    "a/c/notes.txt": b"",
    "a/x.y": b"",
    "a/-1.0": b"",
    "a/1e5": b"",
    "a/\N{ARABIC-INDIC DIGIT ONE}.\N{ARABIC-INDIC DIGIT TWO}": b"",
}
NODES: Final = {
    "a/.zgroup": document(zarr_format=2),
    "a/0/.zarray": zarray([4, 4], [2, 2], "<i2", dimension_separator="/"),
    "a/0/1/0": b"\1\0" * 4,
    "a/c/.zgroup": document(zarr_format=2),
    "a/c/5/.zarray": zarray([2], [2], "<i2"),
    "a/c/5/0": b"\1\0" * 2,
}
NESTED: Final = (r"at \d/\d;", '"dimension_separator": "/"', '"separator": "/"')
FLAT: Final = (r"at \d\.\d;", '"dimension_separator": "."', '"separator": "."')
DEFAULT: Final = (
    r"at c/\d/\d;",
    "v2 has no such keys",
    '"chunk_key_encoding": {"name": "default"}',
)


def refused(separator: str | None, there: Tree, says: tuple[str, str, str], **more: Any) -> Row:
    key, v2, v3 = says
    return Row(separator, there, refused=True, kept=True, key=key, v2=v2, v3=v3, **more)


ROWS: Final[dict[str, Row]] = {
    "right, flat": Row(".", chunks("%.%")),
    "right, flat by default": Row(None, chunks("%.%")),
    "right, nested": Row("/", chunks("%/%")),
    "right, sparse, nested": Row("/", chunks("%/%", but=3)),
    "right, no chunks": Row(".", {}),
    "right, no chunks, nested": Row("/", {}),
    "right, no dimensions": Row(".", {"a/0": b"\1\0"}, ()),
    "right, no dimensions, no chunk": Row("/", {}, ()),
    "right, one dimension": Row("/", chunks("%", (4,)), (4,)),
    "right, no elements": Row(".", {}, (0, 3)),
    "right, no elements any more": Row(".", {"a/0.0": b""}, (0, 3)),
    "right, foreign files": Row(".", FOREIGN),
    "right, foreign files beside chunks": Row("/", chunks("%/%", but=1) | FOREIGN),
    "right, chunks outside of it": Row(".", chunks("%.%") | {"a/7.7": b""}),
    "A6, nested, and nothing says so": refused(None, chunks("%/%"), NESTED),
    "A6, nested, and it says flat": refused(".", chunks("%/%"), NESTED),
    "A6, nested, and sparse": refused(".", chunks("%/%", but=3), NESTED),
    "A6, flat, and it says nested": refused("/", chunks("%.%"), FLAT),
    "A6, keys of v3": refused(".", chunks("c/%/%"), DEFAULT),
    "A6, keys of v3, and it says nested": refused("/", chunks("c/%/%"), DEFAULT),
    "A6, flat keys of v3": refused("/", chunks("c.%.%"), (r"at c\.\d\.\d;", *DEFAULT[1:])),
    "A6, no dimensions, keys of v3": refused(
        ".", {"a/c": b"\1\0"}, ("at c;", *DEFAULT[1:]), shape=()
    ),
    "A6, one dimension, keys of v3": refused(
        ".", chunks("c/%", (4,)), (r"at c/\d;", *DEFAULT[1:]), shape=(4,)
    ),
    "A6, another rank": refused(
        "/", {"a/0": b"\1\0"}, ("at 0;", "correct .zarray", "correct zarr.json")
    ),
    "A6, another rank, nested": refused(
        ".", {"a/3/1/2": b""}, ("at 3/1/2;", "correct .zarray", "correct zarr.json")
    ),
    "A6, foreign files and nested chunks": refused(".", chunks("%/%", but=3) | FOREIGN, NESTED),
    "A6, mixed, flat": Row(".", chunks("%.%") | {"a/1/1": b""}, kept=True, key="chunk 1/1,"),
    "A6, mixed, nested": Row("/", chunks("%/%") | {"a/1.0": b""}, kept=True, key=r"chunk 1\.0,"),
    "A6, mixed, keys of v3": Row(
        ".", chunks("%.%") | {"a/c/1/1": b""}, kept=True, key="chunk c/1/1,"
    ),
}


def as_directory(tree: Tree, home: Path) -> Any:
    return write_tree(home / "store.zarr", tree)


def as_zip(tree: Tree, home: Path) -> Any:
    home.mkdir(exist_ok=True)
    with zipfile.ZipFile(home / "store.zip", "w") as archive:
        for key, data in tree.items():
            archive.writestr(key, data)
    return home / "store.zip"


def as_mapping(tree: Tree, home: Path) -> Any:
    return tree


def as_url(tree: Tree, home: Path) -> Any:
    memory = pytest.importorskip("fsspec").filesystem("memory")
    root = f"/{uuid.uuid4().hex}.zarr"
    for key, data in tree.items():
        memory.pipe_file(f"{root}/{key}", data)
    return f"memory:/{root}"


def as_zarr_store(tree: Tree, home: Path) -> Any:
    buffer = pytest.importorskip("zarr", minversion="3").core.buffer.default_buffer_prototype()
    make = buffer.buffer.from_bytes
    store = pytest.importorskip("zarr.storage").MemoryStore()
    store._store_dict.update({key: make(data) for key, data in tree.items()})
    return store


STORES: Final[dict[str, Callable[[Tree, Path], Any]]] = {
    "directory": as_directory,
    "zip": as_zip,
    "mapping": as_mapping,
    "URL": as_url,
    "store of zarr-python": as_zarr_store,
}
FORMATS: Final[dict[int, Callable[..., Tree]]] = {3: v2_array, 2: v3_array}


def node(report: Report, path: str = "a") -> Any:
    return next(node for node in report.nodes if node.path == path)


UNTOLD: Final = "A6, another rank"
"""What zarr-python's stores do not tell: they list names, and 0 may be a folder of chunks or one chunk."""


def one_store(kind: str, zarr_format: int) -> Tree:
    """A store with an array for each row, of its name."""
    found: Tree = {}
    for name, row in ROWS.items():
        if kind == "store of zarr-python" and name == UNTOLD:
            continue
        tree = FORMATS[zarr_format](row.shape, row.separator) | row.there
        found |= {f"{name}/{key.removeprefix('a/')}": data for key, data in tree.items()}
    return found


def unlike(report: Report, zarr_format: int, *, remove_old: bool = False) -> list[str]:
    """The nodes that are not reported as their rows say."""
    problems = []
    for found in report.nodes:
        name, row = found.path, ROWS[found.path]
        is_refused = row.kept if remove_old else row.refused
        expected = "refused" if is_refused else "will change" if report.dry_run else "done"
        if found.outcome != expected or found.removed:  # nothing goes, where others are refused
            problems.append(f"{name}: {found}")
        elif is_refused:
            remedy = row.v2 if zarr_format == 3 else row.v3
            if not re.search(row.key, found.reason) or remedy not in found.reason:
                problems.append(f"{name}: {found.reason}")
    return problems


@pytest.mark.parametrize("dry_run", [True, False], ids=["dry run", "run"])
@pytest.mark.parametrize("zarr_format", FORMATS)
@pytest.mark.parametrize("kind", ["directory", "zip", "mapping"])
def test_a6_without_verification(
    kind: str, zarr_format: Any, dry_run: bool, tmp_path: Path
) -> None:
    store = STORES[kind](one_store(kind, zarr_format), tmp_path)
    report = migrate(store, zarr_format, dry_run=dry_run)
    assert unlike(report, zarr_format) == []


@pytest.mark.parametrize("remove_old", [False, True], ids=["keep", "remove"])
@pytest.mark.parametrize("zarr_format", FORMATS)
@pytest.mark.parametrize("kind", STORES)
@pytest.mark.filterwarnings("ignore")
def test_a6_with_verification(
    kind: str, zarr_format: Any, remove_old: bool, tmp_path: Path
) -> None:
    pytest.importorskip("zarr", minversion="3")
    store = STORES[kind](one_store(kind, zarr_format), tmp_path)
    report = migrate(store, zarr_format, verify=3, remove_old=remove_old)
    assert len(report.nodes) == len(ROWS) - (kind == "store of zarr-python")
    assert unlike(report, zarr_format, remove_old=remove_old) == []


@pytest.mark.parametrize("zarr_format", FORMATS)
@pytest.mark.parametrize("name", ROWS)
@pytest.mark.filterwarnings("ignore")
def test_a6_a_document_goes_only_where_every_chunk_has_one(name: str, zarr_format: Any) -> None:
    pytest.importorskip("zarr", minversion="3")
    row = ROWS[name]
    old = FORMATS[zarr_format](row.shape, row.separator)
    tree = old | row.there
    before = dict(tree)
    report = migrate(tree, zarr_format, dry_run=False, verify=3, remove_old=True)
    assert report.ok is not row.kept
    after = without_journal(tree)
    if row.kept:
        assert after == before
    else:
        assert before.keys() - after.keys() == old.keys()


@pytest.mark.parametrize("remove_old", [False, True], ids=["keep", "remove"])
@pytest.mark.parametrize("kind", STORES)
@pytest.mark.filterwarnings("ignore")
def test_a6_chunks_of_arrays_below_are_named_by_their_own_documents(
    kind: str, remove_old: bool, tmp_path: Path
) -> None:
    pytest.importorskip("zarr", minversion="3")
    tree = v2_array((4, 3), ".") | NODES
    report = migrate(STORES[kind](tree, tmp_path), verify=2, remove_old=remove_old)
    assert {found.path: found.outcome for found in report.nodes} == dict.fromkeys(
        ("a", "a/0", "a/c", "a/c/5"), "will change"
    )


def test_a6_empty_folders_are_no_chunks(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "s", v2_array((4, 3), "."))
    (root / "a/0/1").mkdir(parents=True)
    (root / "a/c/0/0").mkdir(parents=True)
    assert migrate(root).ok
    (root / "a/0/0").write_bytes(bytes(8))
    assert "0/0" in node(migrate(root)).reason


def test_a6_a_link_in_a_circle_ends(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "s", v2_array((4, 3), "."))
    try:
        (root / "a/0").symlink_to(root / "a", target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    assert migrate(root).ok


@pytest.mark.filterwarnings("ignore")
def test_a6_nothing_goes_that_another_array_needs(tmp_path: Path) -> None:
    """The command of the finding: it said "0 chunks verified", and removed the only document."""
    pytest.importorskip("zarr", minversion="3")
    from zarrcodec_bridge.cli import main

    tree = v2_array((4, 3), None) | chunks("%/%") | {".zgroup": document(zarr_format=2)}
    root = write_tree(tmp_path / "s", tree)
    assert main(["migrate", str(root), "--verify", "3", "--remove-old", "--write"]) == 1
    assert without_journal(read_tree(root)) == tree


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("pattern", "separator", "right"), [("%/%", ".", "/"), ("%.%", "/", ".")])
@pytest.mark.parametrize("zarr_format", FORMATS)
def test_a6_what_the_reason_says_makes_it_right(
    pattern: str, separator: str, right: str, zarr_format: Any, tmp_path: Path
) -> None:
    """zarr-python reads the values afterwards, through the new document alone."""
    zarr = pytest.importorskip("zarr", minversion="3")
    root = write_tree(tmp_path / "s", FORMATS[zarr_format]((4, 3), separator) | chunks(pattern))
    assert not migrate(root, zarr_format, dry_run=False, verify=3, remove_old=True).ok
    opened = zarr.open_array(root / "a", mode="r", zarr_format=5 - zarr_format)
    assert (np.asarray(opened[...]) == -9).all()  # what was lost before, for good
    write_tree(root, FORMATS[zarr_format]((4, 3), right))
    report = migrate(root, zarr_format, dry_run=False, verify=3, remove_old=True)
    assert (report.ok, node(report).verified) == (True, 3)
    opened = zarr.open_array(root / "a", mode="r", zarr_format=zarr_format)
    assert (np.asarray(opened[...]) == VALUES).all()
    assert not list(root.glob("a/.zarray" if zarr_format == 3 else "a/zarr.json"))


class Counted(MappingStore):
    """A store that counts how often, and how far, folders of arrays are listed."""

    listing_is_cheap = False

    def __init__(self, tree: Tree) -> None:
        super().__init__(tree)
        self.scans: list[str] = []
        self.seen = 0

    def scan(self, path: str) -> Iterator[tuple[str, bool]]:
        in_array = path.startswith("a")
        self.scans += [path] * in_array
        for entry in super().scan(path):
            self.seen += in_array
            yield entry


LISTINGS: Final = {
    "right, flat": ([], ["a"]),
    "right, nested": ([], ["a"]),
    "right, no chunks": (["a"], ["a"]),
    "right, no chunks, nested": (["a"], ["a"]),
    "A6, flat, and it says nested": (["a"], ["a"]),
    "A6, nested, and nothing says so": (["a", "a/0"], ["a", "a/0"]),
    "A6, keys of v3": (["a", "a/c", "a/c/0"], ["a", "a/c", "a/c/0"]),
}
"""The folders listed for an array that is verified, without and with removal."""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", LISTINGS)
def test_a6_a_server_is_asked_once_and_only_where_it_matters(name: str) -> None:
    pytest.importorskip("zarr", minversion="3")
    row = ROWS[name]
    tree = v2_array(row.shape, row.separator) | row.there
    for options, expected in (
        ({}, []),
        ({"verify": 3}, LISTINGS[name][0]),
        ({"verify": 3, "remove_old": True}, LISTINGS[name][1]),
    ):
        store = Counted(tree)
        migrate(store, **options)  # type: ignore[arg-type]
        assert store.scans == expected


@pytest.mark.parametrize("separator", [".", "/"])
def test_a6_one_look_ends_with_the_first_chunk_that_decides(separator: str) -> None:
    there = {f"a/{row}{separator}{column}": b"" for row in range(40) for column in range(50)}
    tree = v2_array((100, 100), separator) | there
    for look in (tree, v2_array((100, 100), "/" if separator == "." else ".") | there):
        store = Counted(look)
        store.listing_is_cheap = True  # type: ignore[misc]
        migrate(store)
        limit = 4 if look is tree else 2001 if separator == "." else 45
        assert store.seen <= limit
        assert len(store.scans) <= 3
