"""The `zfpy` codec: `numcodecs.ZFPY` in v2, `numcodecs.zfpy` in v3.

It is not the registered v3 `zfp`, whose streams have no header.
https://numcodecs.readthedocs.io/en/stable/compression/zfpy.html
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Field

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.model import Codec, Exact, Params, Whole
from zarrcodec_bridge.core.spec import A2B, ZARRS, CodecSpec, Form

ZfpyMode: TypeAlias = Annotated[Literal[0, 1, 2, 3, 4], Exact()]
"""`zfp_mode`: null, expert, fixed rate, fixed precision, fixed accuracy."""

AnyZfpyMode: TypeAlias = Annotated[Literal[0, 1, 2, 3, 4, 5], Exact()]
"""Also 5, reversible, which zarrs writes."""

Finite = Annotated[float, Field(allow_inf_nan=False)]

PARAMETER: Final = {2: "rate", 3: "precision", 4: "tolerance"}
"""The parameter that each mode has; numcodecs can write no other modes."""

REVERSIBLE: Final = 5

DATA_TYPES: Final = frozenset(
    {"int32", "int64", "float32", "float64", "numpy.datetime64", "numpy.timedelta64"}
)
"""The scalar types of zfp, and times as int64."""

ZARRS_DATA_TYPES: Final = frozenset({"int8", "int16", "uint8", "uint16", "uint32", "uint64"})
"""Other data types that zarrs writes, as int32 or int64."""


class Zfpy(Codec):
    """zfp compression with a header of 12 bytes, which is all that decoding needs.

    The mode says which parameter counts; -1 makes it lossless.
    """

    mode: ZfpyMode = Field(
        default=4, description="2 is fixed rate, 3 fixed precision, 4 fixed accuracy."
    )
    tolerance: Finite = Field(default=-1.0, description="Mode 4: the largest error.")
    rate: Finite = Field(default=-1.0, description="Mode 2: bits per element.")
    precision: Whole = Field(default=-1, description="Mode 3: bits of precision.")


class ZfpyParams(Params):
    """`numcodecs.ZFPY(mode=4, tolerance=-1, rate=-1, precision=-1, compression_kwargs=None)`.

    It writes all of them, and ignores `compression_kwargs`, which repeats one of them.
    """

    mode: AnyZfpyMode = 4
    tolerance: Finite = -1.0
    rate: Finite = -1.0
    precision: Whole = -1
    compression_kwargs: dict[str, Any] | None = Field(
        default=None, description="The parameter of the mode once more, which every reader ignores."
    )


def _read(params: ZfpyParams, ctx: ReadContext) -> Zfpy:
    if params.mode == REVERSIBLE:
        ctx.note("zfpy", "mode 5 is written as mode 4 with tolerance -1, which is as lossless")
        return Zfpy(mode=4, tolerance=-1)
    own = PARAMETER.get(params.mode)
    return Zfpy(mode=params.mode, **({own: getattr(params, own)} if own else {}))


def _write(codec: Zfpy, ctx: WriteContext) -> dict[str, Any]:
    chunk = ctx.chunk
    known = DATA_TYPES
    if ctx.dialect == "v3" and ctx.target == "spec":
        known |= ZARRS_DATA_TYPES
    if chunk.dtype is not None and chunk.dtype.name not in known:
        raise NotRepresentableError(ctx.dialect, "zfpy", f"it has no {chunk.dtype.name} elements")
    if chunk.ndim is not None and not 1 <= chunk.ndim <= 4:
        raise NotRepresentableError(
            ctx.dialect, "zfpy", f"it has chunks of 1 to 4 axes, not {chunk.ndim}"
        )
    own = PARAMETER.get(codec.mode)
    if own is None:
        ctx.note("zfpy", f"numcodecs reads chunks of mode {codec.mode}, but cannot write them")
        return {"mode": codec.mode}
    return {"mode": codec.mode, own: getattr(codec, own)}


SPEC: Final = CodecSpec(
    model=Zfpy,
    kind=A2B,
    v2=(Form("zfpy", ZfpyParams, _read, _write),),
    v3=(
        Form(
            "numcodecs.zfpy", ZfpyParams, _read, _write, aliases=(f"{ZARRS}/array_to_bytes/zfpy",)
        ),
    ),
    not_needed_to_decode=frozenset(Zfpy.model_fields),
    little_endian_only=True,
    docs="https://numcodecs.readthedocs.io/en/stable/compression/zfpy.html",
)
