"""The command line, ``zarrcodec-bridge`` or ``python -m zarrcodec_bridge``.

JSON goes to stdout (one line, or indented and coloured on a terminal), notes, losses and errors to
stderr. Exit codes: 0 done, 1 refused, 2 misuse. A subcommand is one function under :func:`command`,
which lists its options.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import zip_longest
from typing import IO, Any, Final, TypeAlias

from zarrcodec_bridge import __version__
from zarrcodec_bridge.dtypes import DataType, any_dtype
from zarrcodec_bridge.errors import BackendError, BridgeError, MissingContextError
from zarrcodec_bridge.explanations import KIND_WORDS, encoding_in, explain, visible
from zarrcodec_bridge.json_schema import ARGUMENTS as SCHEMA_ARGUMENTS
from zarrcodec_bridge.json_schema import schema_command
from zarrcodec_bridge.migrate.command import ARGUMENTS as MIGRATE_ARGUMENTS
from zarrcodec_bridge.migrate.command import INTERRUPTED as MIGRATION_INTERRUPTED
from zarrcodec_bridge.migrate.command import migrate_command, shown
from zarrcodec_bridge.migrate.stores import MigrationError
from zarrcodec_bridge.pipeline import OnLoss, Pipeline, Translation
from zarrcodec_bridge.registry import find
from zarrcodec_bridge.spec import CodecSpec, Dialect, Form
from zarrcodec_bridge.targets import TARGETS, TargetName
from zarrcodec_bridge.translate import codecs, translate

__all__ = ["COMMANDS", "Misuse", "Option", "Output", "command", "load", "main"]

PROGRAM: Final = "zarrcodec-bridge"

DONE: Final = 0
REFUSED: Final = 1
"""The codec is malformed, not known, or would lose something."""
MISUSED: Final = 2
"""Options that are none, a file that cannot be read, or input that is not JSON."""
INTERRUPTED: Final = 130
READER_GONE: Final = 141
"""As a shell reports it of a program whose pipe was closed."""

LARGEST_INPUT: Final = 64 << 20
"""Bytes; metadata is smaller, so what is larger is a chunk given by mistake."""


class Misuse(Exception):  # noqa: N818 - as the exit code calls it
    """The command cannot be run as it was called."""


@dataclass(frozen=True, slots=True)
class Option:
    """One argument of a subcommand, as `argparse.ArgumentParser.add_argument` takes it."""

    flags: tuple[str, ...]
    settings: dict[str, Any]


Run: TypeAlias = "Callable[[argparse.Namespace, Output], int | None]"


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand: what it is called, what it does, and what it takes."""

    name: str
    run: Run
    options: tuple[Option, ...]


COMMANDS: Final[dict[str, Command]] = {}
"""The subcommands, in the order of the help."""


def command(name: str, *options: Option) -> Callable[[Run], Run]:
    """Make a function the subcommand `name`; its docstring is the help.

    The function gets the parsed arguments and the :class:`Output`, and returns an exit code
    (``None`` is 0). A :class:`BridgeError` that it lets pass is printed and exits 1, a
    :class:`Misuse` exits 2.
    """

    def add(run: Run) -> Run:
        COMMANDS[name] = Command(name, run, options)
        return run

    return add


def option(*flags: str, **settings: Any) -> Option:
    """An :class:`Option`, written as a call of `add_argument`."""
    return Option(flags, settings)


def _dtype(text: str) -> DataType:
    try:
        value = json.loads(text) if text.lstrip()[:1] in ("[", "{") else text
        return any_dtype(value)
    except (ValueError, RecursionError) as error:
        raise argparse.ArgumentTypeError(visible(str(error))) from None


def _axes(text: str) -> int:
    number = int(text) if re.fullmatch("[0-9]{1,2}", text) else 65
    if number > 64:
        raise argparse.ArgumentTypeError(f"expected a number of axes, 0 to 64, got {text[:80]!r}")
    return number


SOURCE: Final = option(
    "source",
    nargs="?",
    metavar="SOURCE",
    help="a codec or an encoding: JSON, a codec's name (zstd, blosc:lz4), a file (.zarray,"
    " zarr.json, or one with such JSON), or - for stdin, which is also read if SOURCE is left out",
)
DTYPE: Final = option(
    "--dtype",
    type=_dtype,
    metavar="DTYPE",
    help="the data type of the elements, where SOURCE does not say it: v2 ('<f4') or v3 (float32,"
    " or JSON)",
)
NDIM: Final = option(
    "--ndim",
    type=_axes,
    metavar="N",
    help="the number of axes of a chunk, where an encoding has no chunk shape: order F needs it in"
    " v3",
)
TARGET: Final = option(
    "--target",
    choices=tuple(TARGETS),
    default="spec",
    help="the reader that v3 output is for; spec (the default) prefers registered names",
)
ON_LOSS: Final = option(
    "--on-loss",
    choices=("error", "warn", "ignore"),
    default="error",
    help="where existing chunks decode equal, but later writes would differ in value: refuse (the"
    " default), write it and say so on stderr, or say nothing",
)
UNKNOWN: Final = option(
    "--unknown",
    choices=("error", "keep", "wrap"),
    default="error",
    help="a codec that is not known, or has no name in v3: refuse it (the default), pass it"
    " through, or write it as any-numcodecs.*",
)
STRICT: Final = option(
    "--strict",
    action="store_true",
    help="refuse keys that other writers are known to leave, such as blosc's nthreads, instead of"
    " dropping them",
)
PORTABLE: Final = option(
    "--portable",
    action="store_true",
    help="write the codecs that more readers know (zstd for imagecodecs_zstd) where the bytes are"
    " interchangeable",
)
JSON: Final = option("--json", action="store_true", help="print JSON instead of text")


@command("to-v3", SOURCE, DTYPE, NDIM, TARGET, ON_LOSS, UNKNOWN, STRICT, PORTABLE)
def to_v3(args: argparse.Namespace, out: Output) -> None:
    """Write a codec as v3 {"name", "configuration"}, an encoding as {"data_type", "codecs"}."""
    _translate(args, out, "v3", args.target)


@command("to-v2", SOURCE, DTYPE, NDIM, ON_LOSS, UNKNOWN, STRICT, PORTABLE)
def to_v2(args: argparse.Namespace, out: Output) -> None:
    """Write a codec as v2 {"id"}, an encoding as {"dtype", "order", "filters", "compressor"}."""
    _translate(args, out, "v2", "spec")


def _translate(args: argparse.Namespace, out: Output, to: Dialect, target: TargetName) -> None:
    source, pipeline = _source(args)
    on_loss: OnLoss = "ignore" if args.on_loss == "warn" else args.on_loss
    done: Translation
    if pipeline is not None:
        done = pipeline.translate(
            to, target=target, on_loss=on_loss, unknown=args.unknown, portable=args.portable
        )
    else:
        done = translate(
            source,
            to=to,
            dtype=args.dtype,
            target=target,
            on_loss=on_loss,
            unknown=args.unknown,
            strict=args.strict,
            portable=args.portable,
        )
    out.json(done.result)
    out.say("note", done.notes)
    if args.on_loss == "warn":
        out.say("loss", done.losses)


def _source(args: argparse.Namespace) -> tuple[Any, Pipeline | None]:
    """What SOURCE says, and the same as a whole encoding where it is one."""
    source = load(args.source)
    try:
        return source, encoding_in(
            source, dtype=args.dtype, ndim=args.ndim, unknown=args.unknown, strict=args.strict
        )
    except MissingContextError as error:  # it is not refused: an option is missing
        raise Misuse(f"{error.codec} does not say the data type; pass --dtype") from None


@command("explain", SOURCE, DTYPE, NDIM, TARGET, UNKNOWN, STRICT, JSON)
def explain_(args: argparse.Namespace, out: Output) -> None:
    """Say what a codec or an encoding is in both formats, and who reads it."""
    source, pipeline = _source(args)
    explanation = explain(
        source if pipeline is None else pipeline,
        dtype=args.dtype,
        target=args.target,
        unknown=args.unknown,
        strict=args.strict,
    )
    if args.json:
        out.json(explanation.to_dict())
    else:
        out.text(explanation)


@command("codecs", JSON)
def codecs_(args: argparse.Namespace, out: Output) -> None:
    """List the known codecs: kind, v2 ids, v3 names, and who reads them."""
    if args.json:
        out.json([_codec_as_json(spec) for spec in codecs()])
        return
    rows: list[tuple[str, ...]] = []
    for spec in codecs():
        pairs = zip_longest(_shown_forms(spec, "v2"), _shown_forms(spec, "v3"), fillvalue=("", ""))
        for index, (v2, v3) in enumerate(pairs):
            rows.append((KIND_WORDS[spec.kind] if index == 0 else "", *v2, *v3))
    out.table(("kind", "v2 id", "read by", "v3 name", "read by"), rows)


@command("schema", *(option(*flags, **settings) for flags, settings in SCHEMA_ARGUMENTS))
def schema_(args: argparse.Namespace, out: Output) -> int:
    """Print the JSON Schema of a codec or of an encoding, or write those of all codecs into a folder."""
    if (args.write is None) == (args.dialect is None):
        raise Misuse("expected v2 or v3, or --write FOLDER")
    return schema_command(args)


@command("migrate", *(option(*flags, **settings) for flags, settings in MIGRATE_ARGUMENTS))
def migrate_(args: argparse.Namespace, out: Output) -> int:
    """Give a whole store the metadata of the other format, beside the old; without --write, say what would be done."""
    try:
        report = migrate_command(args)
    except (MigrationError, BackendError) as error:
        raise Misuse(_in_options(error)) from None
    except KeyboardInterrupt:
        if args.write:
            out.say("error", [MIGRATION_INTERRUPTED])
        raise
    if args.json:
        out.json(report.to_dict())
    else:
        out.text(shown(report, summary=args.summary))
    return DONE if report.ok else REFUSED


def _shown_forms(spec: CodecSpec, dialect: Dialect) -> list[tuple[str, str]]:
    return [(form.name, ", ".join(_readers(form))) for form in spec.forms(dialect)]


def _readers(form: Form) -> list[str]:
    known = [name for name in TARGETS if name in form.readers]
    return known + sorted(form.readers.difference(known))


def _codec_as_json(spec: CodecSpec) -> dict[str, Any]:
    dialects: tuple[Dialect, ...] = ("v2", "v3")
    return {
        "codec": spec.title,
        "kind": spec.kind,
        **{
            dialect: [
                {
                    "name": form.name,
                    "aliases": list(form.aliases),
                    "kind": form.kind or spec.kind,
                    "readers": _readers(form),
                    "registered": form.registered,
                    "read": form.readable,
                    "written": form.written,
                }
                for form in spec.forms(dialect)
            ]
            for dialect in dialects
        },
        "docs": spec.docs or None,
    }


def load(text: str | None) -> Any:
    """Read a SOURCE argument: JSON, a codec's name, a file, or stdin (``-`` or left out).

    The name of a known codec is that codec, also beside a file of that name (which is ``./zstd``).

    Raises
    ------
    Misuse
        It is neither, it cannot be read, or what is in it is not JSON.
    """
    if text is None and sys.stdin is not None and sys.stdin.isatty():
        raise Misuse("expected a SOURCE: JSON, a codec's name, a file, or - for stdin")
    if text is None or text == "-":
        return _parsed(_stdin(), "stdin")
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
        return _parsed(_file(text, shown), shown)
    if not text.strip() or _is_path(text):
        raise Misuse(f"no such file: {shown}")
    return text


def _is_path(text: str) -> bool:
    """Whether it can only be meant as a path: names of codecs have no slashes, except addresses."""
    in_folder = "://" not in text and any(sep in text for sep in (os.sep, os.altsep) if sep)
    return in_folder or text.endswith((".json", ".zarray", ".zmetadata"))


def _stdin() -> bytes | str:
    if sys.stdin is None:
        raise Misuse("stdin is closed")
    try:
        stream: Any = getattr(sys.stdin, "buffer", sys.stdin)
        content: bytes | str = stream.read(LARGEST_INPUT + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"stdin cannot be read: {error}") from None
    _check_size(len(content), "stdin")
    return content


def _file(path: str, shown: str) -> bytes:
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_INPUT + 1)
    except OSError as error:
        raise Misuse(f"{shown} cannot be read: {error.strerror or error}") from None
    _check_size(len(content), shown)
    return content


def _check_size(size: int, shown: str) -> None:
    if size > LARGEST_INPUT:
        raise Misuse(f"{shown} is larger than metadata is: over {LARGEST_INPUT >> 20} MiB")


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


class Output:
    """Where a subcommand prints: results to stdout, everything else to stderr."""

    def json(self, value: Any) -> None:
        """Print JSON: one line in a pipe, indented on a terminal."""
        try:
            text = json.dumps(value, allow_nan=False)
        except ValueError:
            raise BridgeError("the result holds NaN or infinity, which JSON has not") from None
        if self._coloured():
            self._write(self._rendered(_rich("json").JSON(text, indent=2)))
        else:
            self._write(json.dumps(value, indent=2) if self._on_terminal() else text)

    def text(self, value: Any) -> None:
        """Print what has a text form, and a coloured one where it is an :class:`Explanation`."""
        if self._coloured() and hasattr(value, "__rich__"):
            self._write(_in_options(self._rendered(value)))
        else:
            self._write(_in_options(value))

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table with aligned columns."""
        if self._coloured():
            table = _rich("table").Table(*head, box=None, header_style="bold")
            for row in rows:
                table.add_row(*map(_rich("text").Text, row))
            self._write(self._rendered(table, soft_wrap=False))
            return
        widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
        for row in (head, *rows):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self._write("  ".join(cells).rstrip())

    def say(self, tag: str, messages: Iterable[object]) -> None:
        """Print one ``tag: message`` line for each message on stderr."""
        self.flush()
        for message in messages:
            line = f"{tag}: {visible(str(message))}\n"
            if sys.stderr is not None:
                sys.stderr.write(_encodable(line, sys.stderr))

    def warn(self, message: Warning | str, *_: Any, **__: Any) -> None:
        """Print a Python warning, as :func:`warnings.showwarning` is called."""
        self.say("warning", [message])

    def flush(self) -> None:
        """Bring out what was printed, so that what cannot be is noticed here."""
        if sys.stdout is not None:
            sys.stdout.flush()

    def abandon(self) -> None:
        """Leave streams whose reader has gone, so that nothing is written to them at exit."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):
                try:
                    number = stream.fileno()
                    nowhere = os.open(os.devnull, os.O_WRONLY)
                    os.dup2(nowhere, number)
                    os.close(nowhere)
                except (OSError, ValueError, AttributeError):
                    continue

    def _write(self, line: str) -> None:
        if sys.stdout is None:
            raise OSError("stdout is closed")
        sys.stdout.write(_encodable(f"{line}\n", sys.stdout))

    def _on_terminal(self) -> bool:
        return sys.stdout is not None and sys.stdout.isatty()

    def _coloured(self) -> bool:
        """Whether colour is wanted (https://no-color.org), and rich is there to give it."""
        if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
            return False
        return self._on_terminal() and find_spec("rich") is not None

    def _rendered(self, value: Any, soft_wrap: bool = True) -> str:
        """What rich shows on this terminal."""
        console = _rich("console").Console(
            file=sys.stdout, highlight=False, markup=False, emoji=False
        )
        with console.capture() as captured:
            console.print(value, soft_wrap=soft_wrap)
        return str(captured.get()).removesuffix("\n")


def _rich(module: str) -> Any:
    """A module of rich, which is optional."""
    return import_module(f"rich.{module}")


def _encodable(text: str, stream: IO[str]) -> str:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


PYTHON_OPTION: Final = re.compile(r"\b(unknown|on_loss|target|verify)='?([a-z0-9-]+)'?")
PYTHON_NEED: Final = re.compile(
    r"(?<=; pass )(dtype|ndim|chunk_shape)(?: \(or chunk_shape\))?$", re.M
)
OPTION_OF: Final = {
    "dtype": "--dtype",
    "ndim": "--ndim",
    "chunk_shape": "a document with its chunks",
}


def _in_options(said: object) -> str:
    """What the library says in Python's words (``on_loss='warn'``), in those of a command line."""
    text = str(said).replace("use a Pipeline", "give the whole encoding")
    text = text.replace("partial=True", "--partial")
    text = PYTHON_NEED.sub(lambda match: OPTION_OF[match[1]], text)
    return PYTHON_OPTION.sub(lambda match: f"--{match[1].replace('_', '-')} {match[2]}", text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Translate Zarr codec metadata between v2 and v3, so that the same chunks"
        " decode to the same array.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for each in COMMANDS.values():
        text = (each.run.__doc__ or "").strip().replace("%", "%%")
        subparser = subparsers.add_parser(
            each.name, help=text.partition("\n")[0], description=text, allow_abbrev=False
        )
        for argument in each.options:
            subparser.add_argument(*argument.flags, **argument.settings)
    return parser


EPILOG: Final = """\
SOURCE is one codec (v2, v3, or a bare name), a .zarray, a zarr.json, only the encoding members of
either, or a list of codecs (with --dtype). What to-v2 and to-v3 print is SOURCE for the others.

  zarrcodec-bridge to-v3 '{"id": "gzip", "level": 5}'
  zarrcodec-bridge to-v3 array.zarr/.zarray --target tensorstore
  zarrcodec-bridge to-v2 array.zarr/zarr.json | zarrcodec-bridge to-v3
  zarrcodec-bridge explain blosc:zstd --dtype int16

JSON is printed on stdout, notes, losses and errors on stderr.
Exit codes: 0 done; 1 refused, or later writes would lose something; 2 misuse: bad options, a file
that cannot be read, input that is not JSON.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments, without the program's name; those of the process if left out.

    Returns
    -------
    int
        The exit code.
    """
    out = Output()
    try:
        with warnings.catch_warnings():
            warnings.showwarning = out.warn
            code = _run(argv, out)
            out.flush()
    except BrokenPipeError:
        out.abandon()
        return READER_GONE
    except KeyboardInterrupt:
        out.abandon()
        return INTERRUPTED
    except OSError as error:  # a full disk, a closed stdout
        out.abandon()
        print(f"error: the output cannot be written: {error.strerror or error}", file=sys.stderr)
        return MISUSED
    return code


def _run(argv: Sequence[str] | None, out: Output) -> int:
    try:
        args = _parser().parse_args(argv)
    except SystemExit as exit_:  # argparse has said why
        return exit_.code if isinstance(exit_.code, int) else MISUSED
    try:
        return COMMANDS[args.command].run(args, out) or DONE
    except Misuse as error:
        out.say("error", [error])
        return MISUSED
    except BridgeError as error:
        out.say("error", [_in_options(error)])
        return REFUSED
    except RecursionError:
        out.say("error", ["the input is nested too deeply"])
        return REFUSED
