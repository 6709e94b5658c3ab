"""Read the SOURCE of a subcommand: JSON, a name, a file or stdin."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any, Final

from zarrcodec_bridge.cli.command import Misuse
from zarrcodec_bridge.core.errors import MissingContextError
from zarrcodec_bridge.core.registry import find
from zarrcodec_bridge.documents.encodings import read_encoding
from zarrcodec_bridge.translation.pipeline import Pipeline

__all__ = ["load", "load_encoding"]

LARGEST_INPUT: Final = 64
"""MiB; the metadata of one array is smaller, so what is larger is mostly a chunk given by mistake."""


def load(text: str | None, largest: int | None = None, remedy: str = "") -> Any:
    """Read a SOURCE argument: JSON, a codec's name, a file, or stdin (``-`` or left out).

    The name of a known codec is that codec, also beside a file of that name (which is ``./zstd``).

    Parameters
    ----------
    text : str or None
        The argument; ``None`` where it was left out.
    largest : int, optional
        How many MiB are read, of a file or of stdin; :data:`LARGEST_INPUT` by default.
    remedy : str
        What the refusal of a larger input advises.

    Raises
    ------
    Misuse
        It is neither, it cannot be read, or what is in it is not JSON.
    """
    largest = LARGEST_INPUT if largest is None else largest
    if text is None and sys.stdin is not None and sys.stdin.isatty():
        raise Misuse("expected a SOURCE: JSON, a codec's name, a file, or - for stdin")
    if text is None or text == "-":
        return _parsed(_stdin(largest, remedy), "stdin")
    if text.lstrip()[:1] in ("{", "[", '"'):
        return _parsed(text, "SOURCE")
    if find("v2", text) is not None or find("v3", text) is not None:
        return text
    shown = repr(text if len(text) <= 80 else text[:77] + "...")
    if os.path.isdir(text):
        inside = (os.path.join(text, name) for name in ("zarr.json", ".zarray"))
        near = " or ".join(repr(path) for path in inside if os.path.isfile(path))
        raise Misuse(f"{shown} is a directory" + (f"; did you mean {near}?" if near else ""))
    if os.path.exists(text):
        return _parsed(_file(text, shown, largest, remedy), shown)
    if not text.strip() or _is_path(text):
        raise Misuse(f"no such file: {shown}")
    return text


def load_encoding(args: argparse.Namespace) -> tuple[Any, Pipeline | None]:
    """Read a SOURCE argument that is a codec or a whole encoding; the second is ``None`` for a single codec."""
    source = load(args.source)
    try:
        return source, read_encoding(
            source, dtype=args.dtype, ndim=args.ndim, unknown=args.unknown, strict=args.strict
        )
    except MissingContextError as error:  # an option is missing: misuse, not a refusal
        raise Misuse(f"{error.codec} does not say the data type; pass --dtype") from None


def _is_path(text: str) -> bool:
    """Whether it can only be meant as a path: names of codecs have no slashes, except addresses."""
    in_folder = "://" not in text and any(sep in text for sep in (os.sep, os.altsep) if sep)
    return in_folder or text.endswith((".json", ".zarray", ".zmetadata"))


def _stdin(largest: int, remedy: str) -> bytes | str:
    if sys.stdin is None:
        raise Misuse("stdin is closed")
    try:
        stream: Any = getattr(sys.stdin, "buffer", sys.stdin)
        content: bytes | str = stream.read((largest << 20) + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"stdin cannot be read: {error}") from None
    _check_size(len(content), "stdin", largest, remedy)
    return content


def _file(path: str, shown: str, largest: int, remedy: str) -> bytes:
    try:
        with open(path, "rb") as file:
            content = file.read((largest << 20) + 1)
    except OSError as error:
        raise Misuse(f"{shown} cannot be read: {error.strerror or error}") from None
    _check_size(len(content), shown, largest, remedy)
    return content


def _check_size(size: int, shown: str, largest: int, remedy: str) -> None:
    if size > largest << 20:
        raise Misuse(f"{shown} is larger than metadata mostly is: over {largest} MiB{remedy}")


def _parsed(content: bytes | str, shown: str) -> Any:
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
