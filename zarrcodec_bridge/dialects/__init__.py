"""The two JSON grammars of codecs: v2 ``{"id", **parameters}`` and v3 ``{"name", "configuration"}``.

The functions here read and write a codec in the dialect of their context, or in the one that they are given. Codecs
with codecs inside call them, too. :mod:`.v2` and :mod:`.v3` do not know each other; a v3 envelope around v2 JSON is
:mod:`.any_numcodecs`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.errors import InvalidCodecError
from zarrcodec_bridge.core.json_values import Dialect
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import output_chunk
from zarrcodec_bridge.core.spec import Chunk
from zarrcodec_bridge.dialects import any_numcodecs, v2, v3

__all__ = ["read_codec", "read_codecs", "write_codec", "write_codecs"]


def read_codec(
    payload: Any, ctx: ReadContext, *at: str | int, dialect: Dialect | None = None
) -> Codec:
    """Read the JSON of one codec into its canonical model.

    Parameters
    ----------
    payload : dict, str or Codec
        The JSON; a model is given back as it is.
    ctx : ReadContext
        The context; ``ctx.path`` says where the surrounding parameters stand.
    *at : str or int
        Where `payload` stands in those.
    dialect : {"v2", "v3"}, optional
        Its dialect, where it is not that of the context.

    Raises
    ------
    InvalidCodecError
        The JSON is malformed.
    UnknownCodecError
        Its name is not registered, and the context does not keep such codecs.
    """
    path, outer = ctx.path, ctx.dialect
    ctx.dialect = dialect or outer
    ctx.depth += 1
    try:
        if ctx.dialect == "v2":
            return v2.read(payload, ctx, path + at)
        if any_numcodecs.is_envelope(payload):
            return any_numcodecs.read(payload, ctx, path + at)
        return v3.read(payload, ctx, path + at)
    finally:
        ctx.path, ctx.dialect = path, outer
        ctx.depth -= 1


def read_codecs(payloads: Any, ctx: ReadContext, *at: str | int) -> tuple[Codec, ...]:
    """Read a list of codecs, which stands at `at` in the parameters that are being read."""
    if not isinstance(payloads, (list, tuple)):
        raise InvalidCodecError.at((*ctx.path, *at), "expected a list of codecs")
    return tuple(read_codec(payload, ctx, *at, index) for index, payload in enumerate(payloads))


def write_codec(
    codec: Codec, ctx: WriteContext, chunk: Chunk | None = None, dialect: Dialect | None = None
) -> dict[str, Any]:
    """Write one codec as JSON.

    Parameters
    ----------
    codec : Codec
        The canonical model.
    ctx : WriteContext
        The context, which collects notes and losses.
    chunk : Chunk, optional
        The chunk that the codec sees, where it is not that of the context.
    dialect : {"v2", "v3"}, optional
        The dialect, where it is not that of the context.

    Raises
    ------
    NotRepresentableError
        The dialect has no form of this codec, or the target opens none.
    """
    seen, outer = ctx.chunk, ctx.dialect
    ctx.chunk = chunk or seen
    ctx.dialect = dialect or outer
    try:
        if ctx.dialect == "v2":
            return v2.write(codec, ctx)
        if any_numcodecs.has_only_v2_form(codec, ctx):
            return any_numcodecs.write(codec, ctx)
        return v3.write(codec, ctx)
    finally:
        ctx.chunk, ctx.dialect = seen, outer


def write_codecs(chain: Iterable[Codec], chunk: Chunk, ctx: WriteContext) -> list[dict[str, Any]]:
    """Write a chain of codecs, the first of which sees `chunk`."""
    written = []
    for codec in chain:
        written.append(write_codec(codec, ctx, chunk))
        chunk = output_chunk(codec, chunk)
    return written
