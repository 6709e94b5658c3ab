"""Servers of strangers: listings without an end, names that lead elsewhere, documents without a limit (H10, H16)."""

import http.server
import itertools
import json
import random
import threading

import pytest

from zarrcodec_bridge import register_with_zarr
from zarrcodec_bridge.core.errors import (
    DuplicateCodecError,
    InvalidCodecError,
    NotRepresentableError,
)
from zarrcodec_bridge.documents.references import format_of, references_to_v2, references_to_v3
from zarrcodec_bridge.stores import MigrationError, migrate, remote

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
GROUP = b'{"zarr_format": 2}'


def index_of(names):
    return "".join(f'<a href="{name}">x</a>' for name in names).encode()


@pytest.fixture
def server():
    """A server on this machine, with the answers of a test: status, headers and body of each path."""
    pytest.importorskip("fsspec")
    pytest.importorskip("aiohttp")

    class Handler(http.server.BaseHTTPRequestHandler):
        asked = 0

        def do_GET(self):
            type(self).asked += 1
            status, body = self.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        Handler.url = f"http://127.0.0.1:{running.server_port}/s"
        yield Handler
        running.shutdown()
        thread.join()


def test_folders_in_folders_without_an_end_end(server, monkeypatch):
    """H10: each folder listed one more."""
    monkeypatch.setattr(remote, "DEEPEST_FOLDER", 12)

    def answer(_, path):
        if path == "/s/.zgroup":
            return 200, GROUP
        return (404, b"") if "." in path else (200, index_of(["a/"]))

    server.answer = answer
    report = migrate(server.url)
    assert not report.ok
    assert "deeper than 12" in str(report)
    assert server.asked < 200


def test_folders_without_an_end_beside_each_other_end(server, monkeypatch):
    """H10: each folder listed two more."""
    monkeypatch.setattr(remote, "MOST_FOLDERS", 40)
    monkeypatch.setattr(remote, "DEEPEST_FOLDER", 7)

    def answer(_, path):
        if path == "/s/.zgroup":
            return 200, GROUP
        return (404, b"") if "." in path else (200, index_of(["a/", "b/"]))

    server.answer = answer
    report = migrate(server.url)
    assert not report.ok
    assert "more than 40 folders" in str(report)


def test_a_listing_of_more_names_than_are_read_is_a_failure(server, monkeypatch):
    """H10."""
    monkeypatch.setattr(remote, "MOST_NAMES", 50)

    def answer(_, path):
        if path == "/s/.zgroup":
            return 200, GROUP
        return (404, b"") if "." in path else (200, index_of(f"a{n}" for n in range(100)))

    server.answer = answer
    report = migrate(server.url)
    assert not report.ok
    assert "at most 50" in str(report)


@pytest.mark.parametrize("name", ["a/..", "a/../", "a/.", "a\\..\\b", "x/../../../etc/"])
def test_names_that_lead_elsewhere_are_refused(name, server):
    """H10: `..` in the names of a listing."""
    asked = []

    def answer(_, path):
        asked.append(path)
        if path == "/s/.zgroup":
            return 200, GROUP
        return (404, b"") if "." in path else (200, index_of([name]))

    server.answer = answer
    try:
        report = migrate(server.url)
    except MigrationError:
        pass
    else:
        assert len(report.nodes) <= 3
    assert all(path.startswith("/s") for path in asked)
    assert len(asked) < 60


def test_a_document_above_the_limit_is_a_failure(server):
    """H10: the limit holds on a server as in a directory."""

    def answer(_, path):
        if path == "/s/a/.zarray":
            return 200, json.dumps(ZARRAY).encode() + b" " * 2000
        if path == "/s/.zgroup":
            return 200, GROUP
        return (200, index_of(["a/"])) if path in ("/s", "/s/") else (404, b"")

    server.answer = answer
    report = migrate(server.url, document_limit=1000)
    assert not report.ok
    assert "document_limit" in str(report)


def test_any_answers_of_a_server_are_read_or_refused(server, monkeypatch):
    """H10: no foreign exception, and an end, whatever the answers."""
    monkeypatch.setattr(remote, "MOST_FOLDERS", 30)
    monkeypatch.setattr(remote, "DEEPEST_FOLDER", 4)
    chance = random.Random(10)
    names = ["a/", "b", "..", "../", "/", "/s/", "http://127.0.0.1:1/x", "%2e%2e/", "?C=N", "#x", ".zarray",
             "zarr.json/", "\u202e/", "a b/", "//x/", ""]  # fmt: skip
    bodies = [
        b"",
        b"{",
        b"[]",
        GROUP,
        json.dumps(ZARRAY).encode(),
        b"\xff\xfe",
        b'{"zarr_format": 3}',
    ]
    for _ in range(12):
        answers = {}

        def answer(_, path, answers=answers):
            if path not in answers:
                page = index_of(chance.sample(names, 3))
                answers[path] = chance.choice(
                    [(200, page), (200, chance.choice(bodies)), (404, b""), (500, b"")]
                )
            return answers[path]

        server.answer = answer
        try:
            migrate(server.url)
        except MigrationError:
            continue


# --- reference sets and registration -----------------------------------------------------------


@pytest.mark.parametrize("translate", [references_to_v3, references_to_v2])
@pytest.mark.parametrize("document", [".zgroup", "zarr.json"])
def test_refs_without_a_version_are_refused(translate, document):
    """H16: came back as they were. fsspec takes the set for one of version 0, in which 'refs' is a key."""
    references = {"refs": {document: "{}"}}
    assert format_of(references) is not None
    with pytest.raises(InvalidCodecError, match="expected 'version': 1"):
        translate(references)


@pytest.mark.parametrize("key", [1, None, ("a", "b"), b".zgroup", 1.5])
@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("translate", [references_to_v3, references_to_v2])
def test_a_key_that_is_no_text_is_refused(translate, version, key):
    """H16: gave AttributeError."""
    references = {key: "x"}
    if version:
        references = {"version": 1, "refs": references}
    with pytest.raises(InvalidCodecError, match="keys that are text"):
        translate(references)


@pytest.mark.parametrize("name", ["bytes", "crc32c", "sharding_indexed"])
def test_what_zarr_python_needs_for_shards_is_not_replaced(name, tmp_path):
    """H16: sharded arrays did not open afterwards."""
    zarr = pytest.importorskip("zarr", minversion="3")
    np = pytest.importorskip("numpy")
    with pytest.raises(NotRepresentableError, match="shards"):
        register_with_zarr(name, replace=True)
    with pytest.raises(DuplicateCodecError):
        register_with_zarr(name)
    array = zarr.create_array(tmp_path / "a", shape=(8,), chunks=(2,), shards=(4,), dtype="i4")
    array[:] = np.arange(8)
    assert zarr.open_array(tmp_path / "a")[:].tolist() == list(itertools.islice(range(9), 8))
