"""The `zfp` codec: registered in v3. v2 has `zfpy`, which is the same stream behind a header.

https://github.com/zarr-developers/zarr-extensions/tree/4da7b37a84f76e660902f6d3de3eaef0e0febae6/codecs/zfp
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import Codec, Natural, Params, Whole
from zarrcodec_bridge.core.spec import A2B, ZARR_EXTENSIONS, ZARRS, CodecSpec, Form

Mode: TypeAlias = Literal["reversible", "expert", "fixed_accuracy", "fixed_rate", "fixed_precision"]
"""\"matches the compression modes defined at\" https://zfp.readthedocs.io/en/latest/modes.html."""

OldMode: TypeAlias = Literal["fixedaccuracy", "fixedrate", "fixedprecision"]
"""How zarrs before 0.16 spelled three of them."""

PARAMETERS_OF: Final[dict[str, tuple[str, ...]]] = {
    "reversible": (),
    "expert": ("minbits", "maxbits", "maxprec", "minexp"),
    "fixed_accuracy": ("tolerance",),
    "fixed_rate": ("rate",),
    "fixed_precision": ("precision",),
}
"""\"The other required parameters are dependent on the `mode`\"."""

MODE_OF_OLD: Final = {mode.replace("_", ""): mode for mode in PARAMETERS_OF}

Unsigned: TypeAlias = Natural
Number = Annotated[float, Field(allow_inf_nan=False)]


class Zfp(Codec):
    """zfp compression, without a header: every parameter is needed to decode."""

    model_config = ConfigDict(validate_default=True)

    mode: Mode = Field(description="What bounds the loss, or the size.")
    tolerance: Number | None = Field(default=None, description="fixed_accuracy: the largest error.")
    rate: Number | None = Field(default=None, description="fixed_rate: bits per value.")
    precision: Unsigned | None = Field(
        default=None, description="fixed_precision: bit planes per value."
    )
    minbits: Unsigned | None = Field(default=None, description="expert: fewest bits of a block.")
    maxbits: Unsigned | None = Field(default=None, description="expert: most bits of a block.")
    maxprec: Unsigned | None = Field(default=None, description="expert: most bit planes.")
    minexp: Whole | None = Field(default=None, description="expert: the lowest bit plane.")

    @field_validator("tolerance", "rate", "precision", "minbits", "maxbits", "maxprec", "minexp")
    @classmethod
    def _is_of_mode(cls, value: float | None, info: ValidationInfo) -> float | None:
        mode = info.data.get("mode")
        if mode is not None:
            needed = info.field_name in PARAMETERS_OF[mode]
            if needed and value is None:
                raise ValueError(f"expected this key, as mode is {mode!r}")
            if not needed and value is not None:
                raise ValueError(f"expected no such key with mode {mode!r}, got {excerpt(value)}")
        return value


def _of_mode(mode: str) -> dict[str, Any]:
    """Which parameters a mode has, as JSON Schema."""
    needed = PARAMETERS_OF[mode]
    others = {name for names in PARAMETERS_OF.values() for name in names} - {*needed}
    return {
        "if": {
            "properties": {"mode": {"enum": list(dict.fromkeys([mode, mode.replace("_", "")]))}}
        },
        "then": {
            "properties": {
                **{name: {"type": "number"} for name in needed},
                **{name: {"type": "null"} for name in sorted(others)},
            },
            **({"required": list(needed)} if needed else {}),
        },
    }


class ZfpV3(Params):
    """The v3 configuration; `write_header` is from zarrs before 0.20."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [_of_mode(mode) for mode in PARAMETERS_OF],
            "examples": [{"mode": "fixed_accuracy", "tolerance": 0.05}, {"mode": "reversible"}],
        }
    )

    mode: Literal[Mode, OldMode]
    tolerance: Number | None = None
    rate: Number | None = None
    precision: Unsigned | None = None
    minbits: Unsigned | None = None
    maxbits: Unsigned | None = None
    maxprec: Unsigned | None = None
    minexp: Whole | None = None
    write_header: bool | None = Field(
        default=None,
        description="Of zarrs before 0.20; a codec that writes a header is `numcodecs.zfpy`.",
        json_schema_extra={"deprecated": True},
    )


def _read(params: ZfpV3, ctx: ReadContext) -> Zfp:
    if params.write_header:
        raise NotRepresentableError(
            "v3",
            "zfp",
            "with write_header its chunks are those of numcodecs.zfpy; read them as that",
        )
    if "write_header" in params.model_fields_set:
        ctx.note("zfp", "write_header, which is no longer a parameter, is dropped")
    mode = MODE_OF_OLD.get(params.mode, params.mode)
    if mode != params.mode:
        ctx.note("zfp", f"mode {params.mode!r}, of zarrs before 0.16, is written {mode!r}")
    given = params.model_dump(exclude={"mode", "write_header"}, exclude_none=True)
    return Zfp(mode=mode, **given)  # type: ignore[arg-type]


def _write(codec: Zfp, ctx: WriteContext) -> dict[str, Any]:
    return {
        "mode": codec.mode,
        **{name: getattr(codec, name) for name in PARAMETERS_OF[codec.mode]},
    }


SPEC: Final = CodecSpec(
    model=Zfp,
    kind=A2B,
    v3=(
        Form(
            "zfp",
            ZfpV3,
            _read,
            _write,
            aliases=("zarrs.zfp", f"{ZARRS}/array_to_bytes/zfp"),
            registered=True,
        ),
    ),
    little_endian_only=True,
    no_v2=(
        "v2's zfpy puts a header of 12 bytes before the same stream;"
        " to prepend it to each chunk is a rewrite of the data"
    ),
    docs=f"{ZARR_EXTENSIONS}/zfp",
)
