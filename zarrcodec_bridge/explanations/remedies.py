"""Judge an array document, a codec or a translation for one reader, and try what would help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, Protocol, TypeAlias

from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError, NotRepresentableError
from zarrcodec_bridge.core.json_values import Dialect
from zarrcodec_bridge.core.messages import Hint, Message
from zarrcodec_bridge.documents.encodings import read_encoding
from zarrcodec_bridge.documents.metadata import translate_metadata
from zarrcodec_bridge.documents.reach import problems_for
from zarrcodec_bridge.explanations.verdicts import ReaderCheck, Verdict
from zarrcodec_bridge.readers.reader import Reader, ReaderProblem, refuses
from zarrcodec_bridge.translation.options import Translation

UNMEASURED: Final = "known from its source alone, which was not run"

_COMPRESSORS: Final[Mapping[Dialect, tuple[tuple[str, Any], ...]]] = {
    "v2": (
        ("zstd", {"id": "zstd", "level": 3}),
        ("gzip", {"id": "gzip", "level": 5}),
        ("zlib", {"id": "zlib", "level": 5}),
        ("no compressor", None),
    ),
    "v3": (
        ("zstd", {"name": "zstd", "configuration": {"level": 3, "checksum": False}}),
        ("gzip", {"name": "gzip", "configuration": {"level": 5}}),
        ("no compressor", None),
    ),
}
"""What an array could be written with again; most readers open the first ones."""

_LITTLE: Final = {"name": "bytes", "configuration": {"endian": "little"}}
_SWAPPED: Final = " and little-endian elements"

Problems: TypeAlias = tuple[ReaderProblem, ...]
Document: TypeAlias = Mapping[str, Any]
Attributes: TypeAlias = Mapping[str, Any] | None


class Translate(Protocol):
    """Translates a codec or an encoding, for a target."""

    def __call__(self, to: Dialect, target: str, /) -> Translation:
        """Translate it; raises :class:`BridgeError`."""
        ...


def dialect_of(document: Document) -> Dialect:
    """Give the format of an array document, or of the members of one that say how chunks are encoded."""
    return "v3" if "codecs" in document or "data_type" in document else "v2"


def find_problems(
    readers: Sequence[Reader], document: Document, attributes: Attributes = None
) -> list[Problems]:
    """Find what each reader refuses or reads wrong in an array document, or in the members of one.

    Raises :class:`BridgeError` where the document is malformed.
    """
    if "dtype" not in document and "data_type" not in document:
        raise InvalidCodecError.at((), "expected the document of an array, got no data type")
    try:
        if "shape" in document or "zarr_format" in document:
            to = dialect_of(document)
            translate_metadata(document, to=to, on_loss="ignore", unknown="keep")
        else:
            read_encoding(document, unknown="keep")
    except NotRepresentableError as error:
        return [(_problem(error),)] * len(readers)
    return [problems_for(reader, document, attributes) for reader in readers]


def judge_array(
    reader: Reader,
    problems: Problems,
    document: Document,
    attributes: Attributes = None,
    *,
    in_store: bool = False,
) -> ReaderCheck:
    """Write the row of a reader for an array document as it is, with what would help."""
    remedy = ""
    if problems:
        remedy = _document_remedy(reader, problems, document, attributes, in_store)
    return make_row(reader, dialect_of(document), problems, remedy)


def judge_codec(
    reader: Reader, dialect: Dialect, source: Document, translate: Translate
) -> ReaderCheck:
    """Write the row of a reader for the JSON of a codec as it is, with what would help."""
    problems = problems_for(reader, source)
    remedy = _codec_remedy(reader, dialect, translate) if problems else ""
    return make_row(reader, dialect, problems, remedy)


def judge_translation(
    reader: Reader, dialect: Dialect, translate: Translate, caller: Literal["", "Pipeline."] = ""
) -> ReaderCheck:
    """Write the row of a reader for what is still to be written: whether there is a form that it opens."""
    target = target_of(reader)
    plain = _try(translate, dialect, "spec")
    done = _try(translate, dialect, target)
    if isinstance(done, Translation):
        call = _call(f"{caller}to_{dialect}", "codec" if not caller else "", target, done)
        if not isinstance(plain, Translation):
            return make_row(reader, dialect, (), call)
        problems: Problems = ()
        if losses := done.losses_beyond(plain):
            lost = refuses(losses[0].message, losses[0].codec, "")
            problems = problems_for(reader, plain.result) or (lost,)
        return make_row(reader, dialect, problems, "" if plain.result == done.result else call)
    if isinstance(plain, BridgeError):
        return make_row(reader, dialect, (_problem(plain),))
    return make_row(reader, dialect, problems_for(reader, plain.result) or (_problem(done),))


def make_row(reader: Reader, dialect: Dialect, problems: Problems, remedy: str = "") -> ReaderCheck:
    """Write the row of a reader from its problems."""
    verdict = verdict_of(problems)
    reasons = [
        f"{problem.subject}: {problem.reason}" if problem.subject else problem.reason
        for problem in problems
        if problem.verdict == verdict
    ]
    if reader.source_only:
        reasons.append(UNMEASURED)
    return ReaderCheck(reader.name, reader.version, dialect, verdict, "; ".join(reasons), remedy)


def verdict_of(problems: Problems) -> Verdict:
    """Sum up the problems of a reader: one that refuses gives no other values."""
    if not problems:
        return "opens"
    return "refuses" if any(each.verdict == "refuses" for each in problems) else "reads wrong"


def target_of(reader: Reader) -> str:
    """Give the target that means a reader in the version that was measured."""
    if reader.newest:
        return reader.name
    return f"{reader.name}=={'.'.join(map(str, reader.series))}"


def _try(translate: Translate, to: Dialect, target: str) -> Translation | BridgeError:
    try:
        return translate(to, target)
    except BridgeError as error:
        return error


def _problem(error: BridgeError) -> ReaderProblem:
    """Make the problem of every reader with what this library refuses to read; its reason has the remedy."""
    if isinstance(error, NotRepresentableError):
        return refuses(error.reason, error.codec, "")
    return refuses(str(error), "", "")


def _document_remedy(
    reader: Reader,
    problems: Problems,
    document: Document,
    attributes: Attributes,
    in_store: bool,
) -> str:
    """Find what would help a reader with an array document: each is tried before it is offered."""
    own = dialect_of(document)
    for to in (own, _other(own)) if "shape" in document else ():
        done = _translate_document(reader, document, attributes, to)
        if done is not None:
            name = "normalize_metadata" if to == own else f"metadata_to_{to}"
            if to == own or not in_store:
                return _call(name, "document", target_of(reader), done)
            store = "store" if to == "v3" else "store, zarr_format=2"
            return _call("migrate", store, target_of(reader), done)
    if len(problems) == 1 and problems[0].help is not None:
        return problems[0].help
    for name, other in _with_compressors(document):
        if not problems_for(reader, other, attributes):
            return f"write the array again with {name}"
    return ""


def _translate_document(
    reader: Reader, document: Document, attributes: Attributes, to: Dialect
) -> Translation | None:
    """Translate a document for a reader; ``None`` where it is refused, or the reader does not open the result."""
    try:
        done = translate_metadata(
            document, attributes, to=to, target=target_of(reader), on_loss="ignore"
        )
        written = done.result["zarr.json" if to == "v3" else ".zarray"]
        return None if problems_for(reader, written, done.result.get(".zattrs")) else done
    except BridgeError:
        return None


def _codec_remedy(reader: Reader, dialect: Dialect, translate: Translate) -> str:
    for to in (dialect, _other(dialect)):
        done = _try(translate, to, target_of(reader))
        if isinstance(done, Translation) and not problems_for(reader, done.result):
            return _call(f"to_{to}", "codec", target_of(reader), done)
    return ""


def _call(name: str, argument: str, target: str, done: Translation) -> Message:
    """Write the call that makes a translation for a target, and what is lost by it."""
    arguments = [argument, f"target={target!r}", "on_loss='warn'" if done.losses else ""]
    hint = Hint(call=name, argument=", ".join(filter(None, arguments)))
    if not done.losses:
        return Message(hint)
    return Message(hint, ", at a loss: ", done.losses[0].text)


def _with_compressors(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the document of an array with other codecs, by what they are called."""
    dialect = dialect_of(document)
    for name, codec in _COMPRESSORS[dialect]:
        if dialect == "v3":
            is_big = any(map(_is_big_endian, document.get("codecs") or ()))
            codecs = [_LITTLE] if codec is None else [_LITTLE, codec]
            yield f"{name}{_SWAPPED * is_big}", {**document, "codecs": codecs}
            continue
        plain = {**document, "filters": None, "compressor": codec, "order": "C"}
        yield name, plain
        dtype = document.get("dtype")
        if isinstance(dtype, str) and dtype[:1] == ">":
            yield f"{name}{_SWAPPED}", {**plain, "dtype": f"<{dtype[1:]}"}


def _is_big_endian(codec: Any) -> bool:
    configuration = codec.get("configuration") if isinstance(codec, Mapping) else None
    return isinstance(configuration, Mapping) and configuration.get("endian") == "big"


def _other(dialect: Dialect) -> Dialect:
    return "v3" if dialect == "v2" else "v2"
