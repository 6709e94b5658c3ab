"""Read the SOURCE of a subcommand: JSON, a codec's name, a file, a store, a URL, or stdin."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from zarrcodec_bridge.cli import options
from zarrcodec_bridge.cli.command import Misuse
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError, MissingContextError
from zarrcodec_bridge.core.messages import Hint, Message, shorten
from zarrcodec_bridge.core.redaction import without_secrets
from zarrcodec_bridge.dialects.inputs import kind_of_input
from zarrcodec_bridge.documents.encodings import read_encoding
from zarrcodec_bridge.translation.pipeline import Pipeline

if TYPE_CHECKING:
    from zarrcodec_bridge.explanations.inputs import Input

DOCUMENTS: Final = ("/.zarray", "/.zgroup", "/.zmetadata", "/zarr.json")
"""Ends of the URLs of documents, which are read through their folder."""


class Source(NamedTuple):
    """What a SOURCE holds, the ``.zattrs`` beside it, and where it was read."""

    value: Any
    attributes: Any = None
    name: str = ""


LONG: Final = 8
"""MiB of a document of which reading and translating it is shown on a terminal."""


@contextmanager
def show_work(args: argparse.Namespace, source: Any = None) -> Generator[Any]:
    """Show on a terminal that a large file is worked on, or how many arrays of a store are done; gives the source."""
    is_store = getattr(source, "kind", None) in ("store", "consolidated", "references")
    path = args.source or ""
    is_large = os.path.isfile(path) and os.path.getsize(path) > LONG << 20
    if not is_store and not is_large:
        yield source
        return
    from zarrcodec_bridge.stores.progress import progress_bar

    with progress_bar(None, without_secrets(path)) as show:
        watched: Any = source
        yield replace(watched, watch=lambda done: show(done, done)) if is_store else source


def load(args: argparse.Namespace) -> Source:
    """Read the SOURCE of a subcommand; of a store, its only array or its consolidated metadata.

    The name of a known codec is that codec, also beside a file of that name (which is ``./zstd``).

    Raises
    ------
    Misuse
        It cannot be read, what is in it is not JSON, or there are several arrays in it.
    """
    value = _inline(args)
    if value is not None:
        return value
    with open_input(args) as found:
        if found.kind == "store":
            return _from_store(found)
        return Source(found.value, found.attributes, found.name)


def load_encoding(args: argparse.Namespace) -> tuple[Any, Pipeline | None]:
    """Read a SOURCE that is a codec or a whole encoding; the second is ``None`` for a single codec."""
    source = load(args).value
    try:
        return source, read_encoding(
            source, dtype=args.dtype, ndim=args.ndim, unknown=args.unknown, strict=args.strict
        )
    except MissingContextError as error:
        raise missing_dtype(error) from None


def missing_dtype(error: MissingContextError) -> Misuse:
    """Make the error where the data type is not known: an option is missing, which is no refusal."""
    return Misuse(f"{error.codec} does not say the data type; pass --dtype")


def load_anything(args: argparse.Namespace) -> Any:
    """Read a SOURCE of any kind; what is in a path or a URL is opened, for whoever takes an :class:`Input`."""
    value = _inline(args)
    return open_input(args) if value is None else value.value


def open_input(args: argparse.Namespace) -> Input:
    """Open the path or the URL of a SOURCE."""
    from zarrcodec_bridge.explanations.inputs import read_input

    _check_size(args)
    try:
        return read_input(
            _without_document(args.source),
            storage_options=dict(getattr(args, "storage_option", ())) or None,
            unknown=getattr(args, "unknown", "error"),
        )
    except InvalidCodecError as error:
        raise Misuse(Message(*(problem.text for problem in error.problems))) from None
    except BridgeError as error:
        raise Misuse(error.text) from None


def _inline(args: argparse.Namespace) -> Source | None:
    """The SOURCE where it is stdin, JSON, or the name of a codec; ``None`` for a path or a URL."""
    text: str | None = args.source
    if text is None and sys.stdin is not None and sys.stdin.isatty():
        raise Misuse("expected a SOURCE: JSON, a codec's name, a file, a store, or - for stdin")
    if text is None or text == "-":
        return Source(_parse(_read_stdin(args), "stdin"))
    if text.lstrip()[:1] in ("{", "[", '"'):
        return Source(_parse(text, "SOURCE"))
    kind = kind_of_input(text)
    if kind in ("missing file", "URL") and getattr(args, "unknown", "error") != "error":
        kind = "codec"
    if kind == "missing file" or not text.strip():
        raise Misuse(f"no such file: {shorten(text)!r}")
    return Source(text) if kind == "codec" else None


def _without_document(text: str) -> str:
    """The folder of a document of which this is the URL."""
    return text.rpartition("/")[0] if "://" in text and text.endswith(DOCUMENTS) else text


def _from_store(found: Input) -> Source:
    first = next(found.arrays(), None)
    if first is not None and first.path == "":
        if first.document is None:
            raise Misuse(Message(f"{found.name}: ", first.problem))
        return Source(first.document, first.attributes, found.name)
    for name, member in ((".zmetadata", "metadata"), ("zarr.json", "consolidated_metadata")):
        data = found.value.read([name]).get(name)
        document = _parse(data, f"{found.name}/{name}") if isinstance(data, bytes) else None
        if isinstance(document, dict) and document.get(member):
            return Source(document, None, found.name)
    if first is None:
        raise Misuse(f"there is no array in {found.name}")
    raise Misuse(
        Message(
            f"{found.name} holds arrays, such as {first.path!r}, and no consolidated metadata: give one of them; ",
            Hint(call="explain"),
            " lists them, ",
            Hint(call="migrate"),
            " gives the whole store the other format",
        )
    )


def _limit_of(args: argparse.Namespace) -> tuple[int, str]:
    """How many MiB are read, and what the refusal of a larger input advises."""
    limit = getattr(args, "max_size", None)
    return (options.LARGEST_INPUT, "") if limit is None else (limit, "; --max-size reads more")


def _check_size(args: argparse.Namespace) -> None:
    if not os.path.isfile(args.source):
        return
    limit, remedy = _limit_of(args)
    folder, name = os.path.split(args.source)
    beside = [os.path.join(folder, ".zattrs")] if name in (".zarray", ".zgroup") else []
    for path in (args.source, *filter(os.path.isfile, beside)):
        if not path.endswith(".zip") and os.path.getsize(path) > limit << 20:
            raise _too_large(repr(path), limit, remedy)


def _too_large(shown: str, limit: int, remedy: str) -> Misuse:
    return Misuse(f"{shown} is larger than metadata mostly is: over {limit} MiB{remedy}")


def _read_stdin(args: argparse.Namespace) -> bytes | str:
    if sys.stdin is None:
        raise Misuse("stdin is closed")
    limit, remedy = _limit_of(args)
    try:
        stream: Any = getattr(sys.stdin, "buffer", sys.stdin)
        content: bytes | str = stream.read((limit << 20) + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"stdin cannot be read: {error}") from None
    if len(content) > limit << 20:
        raise _too_large("stdin", limit, remedy)
    return content


def _parse(content: bytes | str, shown: str) -> Any:
    if not content.strip():
        raise Misuse(f"{shown} is empty; expected JSON")
    try:
        if isinstance(content, bytes):
            content = content.decode(json.detect_encoding(content))
        return json.loads(content.removeprefix("\ufeff"))
    except UnicodeDecodeError:
        raise Misuse(f"{shown} is not JSON: it is not text") from None
    except RecursionError:
        raise Misuse(f"{shown} is nested too deeply") from None
    except ValueError as error:
        raise Misuse(f"{shown} is not JSON: {error}") from None
