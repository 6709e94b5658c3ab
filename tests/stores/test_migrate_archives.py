"""Zip files of strangers: links, modes, bombs, long and duplicate names, damaged members (H5)."""

import io
import json
import os
import random
import stat
import struct
import tracemalloc
import warnings
import zipfile

import pytest

from zarrcodec_bridge.stores import MigrationError, migrate, undo

ZARRAY = {
    "zarr_format": 2,
    "shape": [4],
    "chunks": [2],
    "dtype": "<i2",
    "order": "C",
    "filters": None,
    "compressor": None,
    "fill_value": 0,
}
DOCUMENT = json.dumps(ZARRAY).encode()
GROUP = b'{"zarr_format": 2}'
posix = pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")


def archive_of(path, members, compression=zipfile.ZIP_STORED):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of duplicate names
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, data in members:
                archive.writestr(name, data)
    return path


def names_in(path):
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


@posix
@pytest.mark.parametrize("back", [migrate, undo])
def test_a_link_to_an_archive_stays_a_link(back, tmp_path):
    """H5: the archive that it leads to is replaced, and the report says so."""
    (tmp_path / "real").mkdir()
    real = archive_of(tmp_path / "real" / "a.zip", [("a/.zarray", DOCUMENT)])
    link = tmp_path / "link.zip"
    link.symlink_to(os.path.join("real", "a.zip"))
    report = migrate(link, dry_run=False)
    if back is undo:
        report = undo(link, dry_run=False)
    assert report.ok
    assert link.is_symlink()
    assert os.readlink(link) == os.path.join("real", "a.zip")
    assert ("a/zarr.json" in names_in(real)) is (back is migrate)
    assert "is a symbolic link" in "".join(report.remarks)
    assert str(real) in "".join(report.remarks)
    assert sorted(os.listdir(tmp_path)) == ["link.zip", "real"]
    assert os.listdir(tmp_path / "real") == ["a.zip"]


@posix
def test_other_names_of_an_archive_are_said(tmp_path):
    """H5: a hard link keeps what was."""
    path = archive_of(tmp_path / "a.zip", [("a/.zarray", DOCUMENT)])
    os.link(path, tmp_path / "b.zip")
    report = migrate(path, dry_run=False)
    assert "other names" in "".join(report.remarks)
    assert names_in(tmp_path / "b.zip") == ["a/.zarray"]


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o666, 0o444])
def test_an_archive_keeps_its_mode_from_the_first_moment(mode, umask, tmp_path, monkeypatch):
    """H5: temporary files were 0644 for an archive of 0600."""
    path = archive_of(tmp_path / "a.zip", [("a/.zarray", DOCUMENT)])
    path.chmod(mode)
    seen = []
    open_file, change_owner = os.open, os.fchown

    def opened(name, flags, given=0o777, **options):
        descriptor = open_file(name, flags, given, **options)
        if str(name).endswith(".tmp"):
            seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return descriptor

    def owned(descriptor, user, group):
        seen.append((user, group))
        change_owner(descriptor, user, group)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "fchown", owned)
    before = os.umask(umask)
    try:
        assert migrate(path, dry_run=False).ok
    finally:
        os.umask(before)
    status = path.stat()
    assert stat.S_IMODE(status.st_mode) == mode
    assert seen[0] & ~0o600 == 0
    assert {*seen[1:]} <= {(status.st_uid, status.st_gid)}


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_root_leaves_an_archive_to_its_owner(tmp_path):
    """H5, H11."""
    path = archive_of(tmp_path / "a.zip", [("a/.zarray", DOCUMENT)])
    os.chown(path, 12345, 23456)
    assert migrate(path, dry_run=False).ok
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 23456)


def with_sizes(path, size):
    """The archive with another uncompressed size in its headers than its members have."""
    data = bytearray(path.read_bytes())
    for magic, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.find(magic)
        data[start + at : start + at + 4] = struct.pack("<I", size)
    path.write_bytes(data)


COMPRESSIONS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("header", [None, 1000, 0xFFFFFFF0], ids=["true", "smaller", "larger"])
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_bomb_is_not_read(compression, header, tmp_path):
    """H5: a member larger than the limit, by its header or in truth."""
    bomb = DOCUMENT + b" " * (40 << 20)
    path = archive_of(
        tmp_path / "a.zip", [("a/.zarray", bomb), ("b/.zarray", DOCUMENT)], compression
    )
    if header is not None:
        with_sizes(path, header)
    del bomb
    tracemalloc.start()
    try:
        report = migrate(path, document_limit=1 << 20, dry_run=False)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # 4 KiB of bzip2 or LZMA are decompressed at once, whatever they become
    assert peak < (100 if compression in COMPRESSIONS[2:] else 20) << 20
    node = {node.path: node for node in report.nodes}["a"]
    assert node.outcome == "failed"
    assert ".zarray" in node.reason
    if header is None:
        assert "document_limit" in node.reason
    assert {node.path: node.outcome for node in report.nodes}["b"] == "done" or report.stopped


@pytest.mark.parametrize("name", ["x" * 65_000, "a/" * 32_000, "/" * 300])
def test_long_and_deep_names_are_refused_without_much_memory(name, tmp_path):
    """H5: one name took 1 GiB, since each of its folders was kept."""
    path = archive_of(tmp_path / "a.zip", [(f"{name}/.zarray", DOCUMENT), ("a/.zarray", DOCUMENT)])
    tracemalloc.start()
    try:
        with pytest.raises(MigrationError, match="name of a member") as error:
            migrate(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20
    assert len(str(error.value)) < 1000


def test_the_last_of_duplicate_members_is_read_and_said(tmp_path):
    """H5: as zarr-python reads it."""
    first = json.dumps({**ZARRAY, "shape": [8]}).encode()
    members = [("a/.zarray", first), ("a/.zarray", DOCUMENT), ("a/0", b"1"), ("a/0", b"1234")]
    path = archive_of(tmp_path / "a.zip", members)
    report = migrate(path, dry_run=False)
    assert report.remarks == (
        "a/.zarray is 2 times in the archive; the last is read, as Zarr's readers do",
    )
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("a/zarr.json"))["shape"] == [4]
    zarr = pytest.importorskip("zarr", minversion="3")
    with zarr.storage.ZipStore(path, read_only=True) as store:
        assert zarr.open_array(store, path="a", zarr_format=2).shape == (4,)


def unreadable(path, kind):
    """An archive with a group, a good array, and one whose document cannot be read."""
    link = zipfile.ZipInfo("a/.zarray")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    link.create_system = 3
    name = link if kind == "link" else "a/.zarray"
    archive_of(path, [(".zgroup", GROUP), (name, DOCUMENT), ("b/.zarray", DOCUMENT)])
    data = bytearray(path.read_bytes())
    if kind == "encrypted":
        with zipfile.ZipFile(path) as archive:
            header = archive.getinfo("a/.zarray").header_offset
        data[header + 6] |= 1
        entry = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 1)
        data[entry + 8] |= 1
    elif kind == "damaged":
        at = data.index(DOCUMENT)
        data[at + 5] ^= 1
    elif kind == "unknown compression":
        entry = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 1)
        data[entry + 10] = 77
    path.write_bytes(data)


@pytest.mark.parametrize("kind", ["link", "encrypted", "damaged", "unknown compression"])
@pytest.mark.parametrize("remove_old", [False, True])
def test_what_cannot_be_read_is_a_failure_and_no_absence(kind, remove_old, tmp_path):
    """H5, H12: the group above keeps its documents, and nothing is removed."""
    if remove_old:
        pytest.importorskip("zarr", minversion="3")
    path = tmp_path / "a.zip"
    unreadable(path, kind)
    report = migrate(path, dry_run=False, verify=int(remove_old), remove_old=remove_old)
    found = {node.path: node.outcome for node in report.nodes}
    assert found["a"] == "failed"
    assert found[""] != "done"
    assert not report.ok
    assert {".zgroup", "a/.zarray", "b/.zarray"} <= set(names_in(path))
    assert "zarr.json" not in names_in(path)
    assert "a/zarr.json" not in names_in(path)


def test_a_chunk_that_cannot_be_copied_leaves_the_archive(tmp_path):
    """H5: an encrypted chunk raised RuntimeError when documents were removed."""
    pytest.importorskip("zarr", minversion="3")
    path = archive_of(tmp_path / "a.zip", [("a/.zarray", DOCUMENT), ("c", b"secret secret")])
    assert migrate(path, dry_run=False).ok
    data = bytearray(path.read_bytes())
    at = data.index(b"secret secret")
    data[at] ^= 1
    path.write_bytes(data)
    before = path.read_bytes()
    report = undo(path, dry_run=False)
    assert not report.ok
    assert "left as it is" in report.stopped
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.zip"]


@pytest.mark.parametrize("seed", range(4))
def test_any_bytes_of_an_archive_are_read_or_refused(seed, tmp_path):
    """H5: no foreign exception, whatever the bytes."""
    chance = random.Random(seed)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (".zgroup", "a/.zarray", "a/0.0", "b/.zarray", "b/.zattrs"):
            archive.writestr(name, GROUP if name == ".zgroup" else DOCUMENT)
    good = held.getvalue()
    path = tmp_path / "a.zip"
    for _ in range(60):
        data = bytearray(good)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            data[at] = chance.choice(
                [0, 1, 0x7F, 0x80, 0xFF, data[at] ^ (1 << chance.randrange(8))]
            )
        if chance.random() < 0.2:
            del data[chance.randrange(len(data)) :]
        path.write_bytes(data)
        try:
            migrate(path, dry_run=chance.random() < 0.5)
        except MigrationError:
            assert path.read_bytes() == data
        assert os.listdir(tmp_path) == ["a.zip"]
