"""HTTP servers of strangers: answers without an end, bombs, links, redirects, stalls (H10)."""

from __future__ import annotations

import gzip
import http.server
import random
import re
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support.hierarchies import zarray
from zarrcodec_bridge.stores import MigrationError, Report, http_store, migrate, remote, undo

pytest.importorskip("fsspec")
aiohttp = pytest.importorskip("aiohttp")

ARRAY = zarray([4], [2], "<i2")
GROUP = b'{"zarr_format": 2}'
LIMIT = 1 << 20
BOMB = gzip.compress(bytes(64 << 20))

Handler = http.server.BaseHTTPRequestHandler
Answer = Callable[[Handler], None]


def give(body: bytes = b"", status: int = 200, **headers: object) -> Answer:
    """An answer; `length` says another length than it has."""

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(headers.pop("length", len(body))))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), str(value))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True

    return answer


def page(*names: str, **headers: object) -> Answer:
    links = "".join(f'<a href="{name}">x</a>\n' for name in names)
    return give(links.encode(), Content_Type="text/html", **headers)


def endless(part: bytes, pause: float = 0, start: bytes = b"", **headers: object) -> Answer:
    """An answer that ends with the test."""

    def answer(handler: Handler) -> None:
        handler.send_response(200)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), str(value))
        handler.end_headers()
        handler.wfile.write(start)
        while not handler.server.ended.wait(pause):  # type: ignore[attr-defined]
            handler.wfile.write(part)

    return answer


def stall(handler: Handler) -> None:
    handler.server.ended.wait(30)  # type: ignore[attr-defined]


def redirect(to: str, status: int = 302) -> Answer:
    return give(status=status, Location=to)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: dict[str, Answer] = {}
        self.otherwise: Callable[[str], Answer] = lambda _: give(status=404)
        outer = self

        class Asked(Handler):
            def _answer(self) -> None:
                outer.asked.append((self.command, self.path))
                outer.headers.append(dict(self.headers))
                try:
                    (outer.answers.get(self.path) or outer.otherwise(self.path))(self)
                except OSError:  # the client has enough
                    self.close_connection = True

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Asked)
        self.url = f"http://127.0.0.1:{self.server_port}/s"

    def handle_error(self, *_: Any) -> None:
        pass

    def store(self, **answers: Answer) -> None:
        """A group with an array `a`, and what differs."""
        self.answers = {"/s/.zgroup": give(GROUP), "/s": page("a/"), "/s/a/.zarray": give(ARRAY)}
        self.answers |= answers


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield running
        running.ended.set()
        running.shutdown()
        thread.join()


def told(call: Callable[[], Report]) -> str:
    try:
        return str(call())
    except MigrationError as error:
        return str(error)


FOREVER = {"/s/a/.zarray": endless(bytes(1 << 16))}
ATTACKS: dict[str, tuple[dict[str, Answer], str]] = {
    "document without an end": (
        FOREVER,
        r"\.zarray has \d+ bytes or more, and at most 1048576 are",
    ),
    "document without an end, of a length": (
        {"/s/a/.zarray": endless(bytes(1 << 16), Content_Length=10**15)},
        "read; document_limit allows more",
    ),
    "attributes without an end": (
        {"/s/a/.zattrs": endless(bytes(1 << 16))},
        r"array a \.zattrs cannot be read: .* has",
    ),
    "page without an end": (
        {"/s": endless(b'<a href="a/">a</a>' * 999, Content_Type="text/html")},
        "the page that lists it has",
    ),
    "page without an end, without a link": (
        {"/s": endless(b"<a " + b" href" * 9999, Content_Type="text/html")},
        "the page that lists it has",
    ),
    "bomb as a document": (
        {"/s/a/.zarray": give(BOMB, Content_Encoding="gzip")},
        r"\.zarray has \d+ bytes or more",
    ),
    "bomb as a page": (
        {"/s": give(BOMB, Content_Encoding="gzip", Content_Type="text/html")},
        "the page that lists it has",
    ),
    "bomb without an end": (
        {"/s/a/.zarray": endless(BOMB[99:9999], start=BOMB[:99], Content_Encoding="gzip")},
        r"\.zarray has \d+ bytes or more",
    ),
    "another encoding": (
        {"/s/a/.zarray": give(b"xxxx", Content_Encoding="br")},
        'in gzip, got "br"',
    ),
    "two encodings": (
        {"/s/a/.zarray": give(gzip.compress(BOMB), Content_Encoding="gzip, gzip")},
        'in gzip, got "gzip, gzip"',
    ),
    "damaged gzip": (
        {"/s/a/.zarray": give(b"xxxx", Content_Encoding="gzip")},
        r"expected gzip, got",
    ),
    "gzip that ends too early": (
        {"/s/a/.zarray": give(gzip.compress(ARRAY)[:-9], Content_Encoding="gzip")},
        "do not end with the answer",
    ),
    "gzip and more": (
        {"/s/a/.zarray": give(gzip.compress(ARRAY) + b"more", Content_Encoding="gzip")},
        "do not end with the answer",
    ),
    "shorter than its length": (
        {"/s/a/.zarray": give(ARRAY, length=len(ARRAY) + 9)},
        r"\.zarray cannot be read",
    ),
    "longer than its length": ({"/s/a/.zarray": give(ARRAY, length=9)}, r"\.zarray"),
    "listed and not there": (
        {"/s/a/.zarray": give(status=404), "/s/a": page(".zarray")},
        r"\.zarray is listed, but cannot be read",
    ),
    "no permission": ({"/s/a/.zarray": give(status=403)}, r"\.zarray cannot be read: .*403"),
    "a status that is no answer": ({"/s/a/.zarray": give(status=300)}, "answers with 300 only"),
    "redirect to another server": (
        {"/s/a/.zarray": redirect("http://me:hunter22@elsewhere.invalid/x?sig=hunter22")},
        "redirects to .*elsewhere.invalid.*follow_links=True",
    ),
    "redirect without a scheme": (
        {"/s/a/.zarray": redirect("//elsewhere.invalid/x")},
        "redirects to .*elsewhere.invalid",
    ),
    "redirect to a file": ({"/s/a/.zarray": redirect("file:///etc/passwd")}, "redirects to"),
    "redirect to nothing": ({"/s/a/.zarray": redirect("http://[")}, "redirects to no address"),
    "page on another server": (
        {"/s": redirect("http://elsewhere.invalid/s/")},
        "redirects to .*elsewhere.invalid",
    ),
    "redirects in a ring": ({"/s/a/.zarray": redirect("/s/a/.zarray")}, "redirects more than 10"),
    "no answer": ({"/s/a/.zarray": stall}, r"\.zarray: the answer .* after 0\.5 s"),
    "no answer to a listing": ({"/s": stall}, r"that lists it: the answer .* after 0\.5 s"),
    "slow": ({"/s/a/.zarray": endless(b" ", 0.05)}, r"\.zarray: the answer .* after 0\.5 s"),
    "no root": ({"/s/.zgroup": stall}, r"\.zgroup: the answer .* after 0\.5 s"),
    "a name with a control character": ({"/s": page("a%0Ab/")}, "a name is listed that leads"),
    "a name with a slash": ({"/s": page("a%2F..%2F..%2Fb/")}, "a name is listed that leads"),
    "a name with a backslash": ({"/s": page("a%5C..%5Cb/")}, "a name is listed that leads"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_h10_what_has_no_end_ends_with_a_message(server: Server, attack: str) -> None:
    answers, message = ATTACKS[attack]
    server.store(**answers)
    patience = 0.5 if "0\\.5" in message else 20
    options = {"client_kwargs": {"timeout": aiohttp.ClientTimeout(total=patience)}}
    begun = time.monotonic()
    tracemalloc.start()
    try:
        dry = told(lambda: migrate(server.url, document_limit=LIMIT, storage_options=options))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert _found(message, dry), dry
    assert peak < 24 << 20
    wet = told(
        lambda: migrate(server.url, document_limit=LIMIT, storage_options=options, dry_run=False)
    )
    assert "failed" in wet or "cannot" in wet
    assert time.monotonic() - begun < 30
    assert {method for method, _ in server.asked} == {"GET"}
    assert "hunter22" not in dry + wet


def _found(message: str, text: str) -> bool:
    text = " ".join(text.split())
    return message in text or re.search(message, text) is not None


def test_h10_many_answers_without_an_end_are_bounded_together(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_store, "MOST_TOGETHER", 2 << 20)
    server.store(**{"/s": page(*(f"a{number}/" for number in range(40)))})
    server.otherwise = lambda path: (
        endless(bytes(1 << 16)) if path.endswith(".zarray") and "/a" in path else give(status=404)
    )
    tracemalloc.start()
    try:
        report = migrate(server.url, document_limit=4 * LIMIT)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [node.outcome for node in report.nodes].count("failed") == 40
    assert (
        peak < 64 << 20
    )  # 40 documents up to their limit have 160; the client itself buffers some


@pytest.mark.parametrize("where", ["/s/.zgroup", "/s", "/s/a/.zarray", "/s/.zarray"])
def test_redirects_to_the_same_server_are_followed(server: Server, where: str) -> None:
    server.store()
    moved = server.answers.pop(where, give(status=404))
    server.answers |= {where: redirect(f"/moved{where}/"), f"/moved{where}/": moved}
    report = migrate(server.url)
    assert report.ok
    assert [node.path for node in report.nodes] == ["", "a"]


def test_redirects_to_another_server_are_followed_where_links_are(server: Server) -> None:
    """And the token goes to the first server alone."""
    other = Server()
    with other:
        threading.Thread(target=other.serve_forever, args=(0.02,), daemon=True).start()
        other.answers = {"/x": give(ARRAY)}
        server.store(**{"/s/a/.zarray": redirect(other.url.replace("/s", "/x"))})
        options = {"headers": {"Authorization": "Bearer hunter22"}}
        refused = migrate(server.url, storage_options=options)
        assert not refused.ok
        assert other.asked == []
        followed = migrate(server.url, storage_options=options, follow_links=True)
        assert followed.ok
        assert other.asked == [("GET", "/x")]
        assert "Authorization" not in other.headers[0]
        assert all(headers["Authorization"] for headers in server.headers)
        other.shutdown()


LISTED: dict[str, str | None] = {
    "a/": "a",
    "./a/": "a",
    "a%20b/": "a b",
    "a%2520b/": "a%20b",
    "a&amp;b/": "a&b",
    "a%26b/": "a&b",
    "a%3Fb/": "a?b",
    "50%25/": "50%",
    "caf%C3%A9/": "café",
    "café/": "café",
    "%E9/": "\udce9",
    "httpd/": "httpd",
    "a/b/c": "a",
    "/s/a/": "a",
    "HERE/a/": "a",
    "../": None,
    "..": None,
    "%2e%2e/": None,
    ".%2E/": None,
    "a/../../b/": None,
    "a/%2e%2e/%2e%2e/b/": None,
    "/": None,
    "/other/": None,
    "//elsewhere.invalid/s/a/": None,
    "http://elsewhere.invalid/s/a/": None,
    "HERE.elsewhere.invalid/s/a/": None,
    "?C=N;O=D": None,
    "a/?C=N": None,
    "#a": None,
    "javascript:a/": None,
    "mailto:a@b/": None,
    "http://[/": None,
    ".": None,
    "./": None,
    "//": None,
}


@pytest.mark.parametrize("link", LISTED)
def test_h10_links_of_a_page_are_names_below_it_or_nothing(server: Server, link: str) -> None:
    name = LISTED[link]
    server.store(**{"/s": page(link.replace("HERE", server.url))})
    del server.answers["/s/a/.zarray"]
    server.otherwise = lambda path: (
        give(ARRAY) if path.endswith("/.zarray") and path.count("/") == 3 else give(status=404)
    )
    report = migrate(server.url)
    assert [node.path for node in report.nodes] == ["", *([] if name is None else [name])]
    assert report.ok
    asked = {path.rpartition("/")[0] for _, path in server.asked if path.endswith("/.zarray")}
    assert len(asked) == len(report.nodes)
    assert all(path.startswith("/s") and "?" not in path for _, path in server.asked)


@pytest.mark.parametrize("work", [migrate, undo])
@pytest.mark.parametrize("before", ["", "simplecache::"])
@pytest.mark.parametrize(
    "end", ["?token=hunter22", "/?sig=hunter22&x=1", "#hunter22", "/a b?hunter22"]
)
def test_h10_an_address_with_a_query_is_refused(
    server: Server, work: Any, before: str, end: str
) -> None:
    with pytest.raises(MigrationError, match="signed address") as refused:
        work(f"{before}{server.url}{end}")
    assert "hunter22" not in str(refused.value)
    assert "headers" in str(refused.value)
    assert server.asked == []


def test_each_document_is_asked_for_once(server: Server) -> None:
    """Four documents of each node, when it is visited and of a group once more, a page and consolidated metadata."""
    server.store(**{"/s": page(*(f"a{number}/" for number in range(5)))})
    server.otherwise = lambda path: (
        give(gzip.compress(ARRAY), Content_Encoding="gzip")
        if path.endswith("/.zarray") and "/a" in path
        else give(status=404)
    )
    report = migrate(server.url)
    assert report.ok
    assert len(report.nodes) == 6
    assert len(server.asked) == 30
    assert all(headers["Accept-Encoding"] == "gzip" for headers in server.headers)


def test_h10_any_answers_are_read_or_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "MOST_FOLDERS", 12)
    monkeypatch.setattr(remote, "DEEPEST_FOLDER", 3)
    chance = random.Random(10)
    tokens = [*LISTED, *"<>\"='&%", "<a ", " href=", "</a>", "\0", "é", "<a href='", '">']
    bodies = [
        b"",
        b"{",
        b"[]",
        b"null",
        GROUP,
        ARRAY,
        ARRAY[:40],
        b"\xff\xfe",
        b"[" * 5000,
        BOMB[:999],
    ]

    def any_answer(path: str) -> Answer:
        body = chance.choice(bodies)
        if chance.random() < 0.5:
            body = "".join(chance.choices(tokens, k=12)).encode()
        if chance.random() < 0.4:
            return page(*chance.sample([*LISTED], 3))
        headers: dict[str, object] = {}
        if chance.random() < 0.5:
            headers["Content_Type"] = chance.choice(["text/html", "", "text/html; charset=x", "x"])
        if chance.random() < 0.2:
            headers["Content_Encoding"] = chance.choice(["gzip", "br", "deflate", "x", ""])
        if chance.random() < 0.1:
            headers["length"] = chance.choice([0, 3, 10**6, -1, "x", 10**30])
        if chance.random() < 0.1:
            headers["Location"] = chance.choice([*LISTED])
        if chance.random() < 0.05:
            return lambda handler: handler.wfile.write(chance.randbytes(40))
        status = chance.choice(
            [200, 200, 200, 200, 206, 204, 301, 304, 307, 404, 404, 416, 500, 999]
        )
        return give(body, status, **headers)

    kept: dict[str, Answer] = {}

    def keep(path: str) -> Answer:
        return kept.setdefault(path, any_answer(path))

    server.otherwise = keep
    begun = time.monotonic()
    options = {"client_kwargs": {"timeout": aiohttp.ClientTimeout(total=1)}}
    for _ in range(25):
        kept.clear()
        if chance.random() < 0.7:
            kept["/s/.zgroup"] = give(GROUP)
        for work in (migrate, undo):
            told(lambda work=work: work(server.url, storage_options=options, document_limit=LIMIT))
    assert time.monotonic() - begun < 30
    assert {method for method, _ in server.asked} == {"GET"}
