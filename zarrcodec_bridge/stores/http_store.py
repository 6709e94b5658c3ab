"""Stores behind an HTTP server, which may be a stranger's: every answer of it has an end here."""

from __future__ import annotations

import asyncio
import errno
import io
import re
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from html import unescape
from importlib import import_module
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit

from zarrcodec_bridge.core.messages import Hint, Message, excerpt
from zarrcodec_bridge.core.redaction import without_secrets
from zarrcodec_bridge.stores.boundary import UnreadableError, too_large
from zarrcodec_bridge.stores.layout import name_in
from zarrcodec_bridge.stores.remote import FsspecStore, check_count
from zarrcodec_bridge.stores.store import MigrationError

ANSWER_SECONDS: Final = 300.0
"""The time of one answer, where the client has none of its own."""

MOST_TOGETHER: Final = 512 << 20
"""The bytes of answers that are under way: above it only the first of them is read on."""

PAGE_SHARE: Final = 8
"""What part of the limit of a document is that of a page that lists a folder, whose links take time."""

_MOST_REDIRECTS: Final = 10
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_STEP: Final = 1 << 18
_SAFE: Final = "/!$&'()*+,;=:@~"
_LINK: Final = re.compile(
    r"""<a(?=\s)[^<>]*?\shref\s{0,9}=\s{0,9}(?:"([^"<>]{1,4096})"|'([^'<>]{1,4096})')""", re.I
)
"""No part of it can be tried again and again over a long page."""

_NO_NAME: Final = re.compile(r"[\x00-\x1f\x7f-\x9f/\\]")

_PLAIN: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*/?")
"""A link that is a name as it stands."""

_UNDER_WAY: Final[dict[object, int]] = {}


class _Answer(NamedTuple):
    data: bytes
    address: str
    """Where it came from, after redirects."""


def is_http(filesystem: Any) -> bool:
    """Whether a file system is fsspec's client of HTTP servers."""
    protocol = filesystem.protocol
    return "http" in ((protocol,) if isinstance(protocol, str) else protocol) and hasattr(
        filesystem, "set_session"
    )


def check_address(root: str) -> None:
    """Refuse a web address to which no key can be added."""
    if root.startswith(("http://", "https://")) and (mark := re.search(r"[?#]", root)):
        raise MigrationError(
            f"{without_secrets('%20'.join(root.split()))} is no folder: documents are read at addresses below that of"
            f" the store, to which what is after {mark.group()!r} does not belong; a signed address"
            " is good for one document. Leave it out and pass a token as a header"
            ' (storage_options={"headers": {...}}), or open the store by the protocol of its'
            " object store"
        )


class HttpStore(FsspecStore):
    """A folder on an HTTP server.

    fsspec reads an answer whole, unpacks it without a limit and follows each redirect; this asks through fsspec's
    session, and reads part by part.
    """

    read_only = (
        "a store behind HTTP is only read, since nothing can be deleted there again; open it where"
        " it is kept (a directory, an object store)"
    )
    follow_links = False

    def _path(self, key: str) -> str:
        return super()._path(quote(key, safe=_SAFE, errors="surrogateescape"))

    def _fetch(self, keys: Sequence[str]) -> list[Any]:
        async def fetch() -> list[Any]:
            return await asyncio.gather(
                *(self._get(key, self._limit(key)) for key in keys), return_exceptions=True
            )

        answers = import_module("fsspec.asyn").sync(self._fs.loop, fetch)
        return [answer.data if isinstance(answer, _Answer) else answer for answer in answers]

    def _list_names(self, path: str) -> list[tuple[str, str]]:
        page = import_module("fsspec.asyn").sync(
            self._fs.loop, self._get, path, self.document_limit // PAGE_SHARE, page=True
        )
        found: dict[tuple[str, str], None] = {}
        for entry in _links(page):
            found[entry] = None
            check_count(len(found))
        return [*found]

    async def _get(self, key: str, limit: int, *, page: bool = False) -> _Answer:
        session = await self._fs.set_session()
        timeout = getattr(session, "timeout", None)
        seconds = getattr(timeout, "total", None) or ANSWER_SECONDS
        own = object()
        _UNDER_WAY[own] = 0
        name = "the page that lists it" if page else name_in(key)
        try:
            async with asyncio.timeout(seconds):
                return await self._ask(session, key, _Body(own, name, limit, page))
        except TimeoutError as error:
            if str(error):
                raise
            raise UnreadableError(
                f"{name}: the answer of the server has not ended after {seconds:g} s;"
                ' storage_options {"client_kwargs": {"timeout": aiohttp.ClientTimeout(...)}}'
                " waits longer"
            ) from None
        finally:
            del _UNDER_WAY[own]

    async def _ask(self, session: Any, key: str, body: _Body) -> _Answer:
        options = self._fs.kwargs
        options = {
            **options,
            "headers": {"Accept-Encoding": "gzip", **options.get("headers", {})},
            "auto_decompress": False,
            "raise_for_status": False,
            "allow_redirects": self.follow_links,  # the client's own leave credentials behind
        }
        address = self._fs.encode_url(self._path(key))
        for _ in range(_MOST_REDIRECTS + 1):
            async with session.get(address, **options) as response:
                target = response.headers.get("Location")
                if response.status not in _REDIRECTS or target is None:
                    return _Answer(await body.read(response), str(response.url))
            address = self._after_redirect(address, target)
        raise UnreadableError(f"the server redirects more than {_MOST_REDIRECTS} times")

    def _after_redirect(self, address: Any, target: str) -> Any:
        """Where a redirect leads, which is the same server."""
        try:
            following = address.join(self._fs.encode_url(target))
            origin = following.origin()
        except ValueError:
            raise UnreadableError(
                f"the server redirects to no address: {excerpt(target)}"
            ) from None
        secured = (address.scheme, following.scheme) == ("http", "https") and (
            address.host == following.host
            and address.is_default_port()
            and following.is_default_port()
        )
        if origin != address.origin() and not secured:
            raise UnreadableError(
                Message(
                    f"the server redirects to {excerpt(str(origin))}, another server, where nothing"
                    " is read; open that address, or ",
                    Hint("follow_links", True),
                    " goes there",
                )
            )
        if address.user is not None:
            following = following.with_user(address.user).with_password(address.password)
        return following


class _Body(NamedTuple):
    """How much of an answer is read."""

    token: object
    name: str
    limit: int
    page: bool

    async def read(self, response: Any) -> bytes:
        """Read an answer part by part, up to the limit."""
        if response.status == 404:
            raise FileNotFoundError(errno.ENOENT, "not found", str(response.url))
        response.raise_for_status()
        if response.status >= 300:
            raise UnreadableError(f"{self.name}: the server answers with {response.status} only")
        if self.page and not _is_html(response):
            return b""
        with io.BytesIO() as whole:  # closed, since the traceback of an error would keep its bytes
            async for part in self._parts(response):
                _UNDER_WAY[self.token] += len(part)
                whole.write(part)
                if (size := whole.tell()) > self.limit:
                    raise UnreadableError(too_large(self.name, size, self.limit))
                await self._wait_for_memory()
            return whole.getvalue()

    async def _parts(self, response: Any) -> AsyncIterator[bytes]:
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding in ("", "identity"):
            async for part in response.content.iter_any():
                yield part
            return
        if encoding not in ("gzip", "x-gzip"):
            raise UnreadableError(
                f"{self.name}: expected an answer as it is or in gzip, got {excerpt(encoding)}"
            )
        member = zlib.decompressobj(31)
        try:
            async for packed in response.content.iter_any():
                while part := member.decompress(packed, _STEP):
                    yield part
                    packed = member.unconsumed_tail
        except zlib.error as error:
            raise UnreadableError(f"{self.name}: expected gzip, got {error}") from None
        if not member.eof or member.unused_data:
            raise UnreadableError(f"{self.name}: the gzip data do not end with the answer")

    async def _wait_for_memory(self) -> None:
        while sum(_UNDER_WAY.values()) > MOST_TOGETHER and next(iter(_UNDER_WAY)) is not self.token:
            await asyncio.sleep(0.05)


def _is_html(response: Any) -> bool:
    kind = response.headers.get("Content-Type", "text/html")
    return str(kind).partition(";")[0].strip().lower() == "text/html"


def _links(page: _Answer) -> Iterator[tuple[str, str]]:
    """The names directly below a page that it links to, and their types."""
    base = page.address if page.address.endswith("/") else f"{page.address}/"
    above = _names(urlsplit(base).path)[:-1]
    server = urlsplit(base).netloc.rpartition("@")[2]
    matches = _LINK.finditer(page.data.decode("utf-8", "surrogateescape"))
    for text in dict.fromkeys(match.group(1) or match.group(2) for match in matches):
        if _PLAIN.fullmatch(text):
            yield text.rstrip("/"), "directory" if text.endswith("/") else "file"
            continue
        link = unescape(text).removeprefix("./")
        try:
            dots = not {".", ".."}.isdisjoint(_names(urlsplit(link).path))
            target = urlsplit(urljoin(base, link))
        except ValueError:  # no address
            continue
        names = _names(target.path)
        below = names[len(above) :]
        if (
            dots
            or target.netloc.rpartition("@")[2] != server
            or target.query
            or names[: len(above)] != above
            or not (below and below[0])
        ):
            continue  # of another place: the folder above, another host, another order of the list
        if _NO_NAME.search(below[0]):
            raise UnreadableError(f"a name is listed that leads elsewhere: {excerpt(below[0])}")
        yield below[0], "directory" if len(below) > 1 else "file"


def _names(path: str) -> list[str]:
    return [unquote(name, errors="surrogateescape") for name in path.split("/")]
