"""A third party's codec: run-length encoding, `acme-rle` in v2 and `acme.rle` in v3, with other parameters."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from zarrcodec_bridge import CodecSpec, Form
from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.model import Codec, Params


class AcmeRle(Codec):
    """Runs of equal elements."""

    width: Literal[1, 2, 4, 8] = Field(default=1, description="Bytes per element.")


class AcmeRleV3(Params):
    """v3 counts in bits."""

    bits: Literal[8, 16, 32, 64]


def _read(params: AcmeRleV3, ctx: ReadContext) -> AcmeRle:
    return AcmeRle.model_validate({"width": params.bits // 8})


def _write(codec: AcmeRle, ctx: WriteContext) -> dict[str, Any]:
    return {"bits": codec.width * 8}


SPEC: Final = CodecSpec(
    model=AcmeRle,
    kind="b2b",
    v2=(Form("acme-rle", AcmeRle),),
    v3=(Form("acme.rle", AcmeRleV3, _read, _write, aliases=("acme-rle",)),),
)

ALL: Final = [SPEC]
