"""The `blosc` codec: `numcodecs.Blosc` in v2, a core codec in v3.

https://zarr-specs.readthedocs.io/en/latest/v3/codecs/blosc/index.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final, Literal, TypeAlias

from annotated_types import Interval
from pydantic import Field, WithJsonSchema

from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.errors import MissingContextError
from zarrcodec_bridge.core.json_values import case_insensitive_pattern
from zarrcodec_bridge.core.model import Codec, Exact, Natural, Params, Positive
from zarrcodec_bridge.core.spec import B2B, Chunk, CodecSpec, Form
from zarrcodec_bridge.readers import find_readers

BloscCname: TypeAlias = Literal["blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd"]
"""The compressor inside; numcodecs has had no `snappy` since 0.9."""

BloscClevel = Annotated[int, Interval(ge=0, le=9)]
"""\"An integer from 0 to 9 which controls the speed and level of compression.\""""

BloscBlocksize: TypeAlias = Natural
"""\"A value of 0 indicates that an appropriate size is to be determined automatically.\""""

BloscTypesize: TypeAlias = Positive
"""\"Positive integer specifying the stride in bytes over which shuffling is performed.\""""

LARGEST_TYPESIZE: Final = 255
"""c-blosc treats larger elements as single bytes (and tensorstore refuses the number)."""

BloscShuffle: TypeAlias = Literal["auto", "noshuffle", "shuffle", "bitshuffle"]

SHUFFLE_OF_CODE: Final[dict[int, BloscShuffle]] = {
    -1: "auto",
    0: "noshuffle",
    1: "shuffle",
    2: "bitshuffle",
}
CODE_OF_SHUFFLE: Final[dict[str, int]] = {name: code for code, name in SHUFFLE_OF_CODE.items()}


GDAL_SHUFFLES: Final = {"NONE": 0, "BYTE": 1, "BIT": 2, "0": 0, "1": 1, "2": 2}
"""The values of its creation option `BLOSC_SHUFFLE`, in upper or lower case."""


class Blosc(Codec):
    """Blosc meta-compression: shuffles elements, then compresses blocks.

    Each frame says how it was made, so decoding needs no parameter.
    """

    cname: BloscCname = Field(description="The compressor inside.")
    clevel: BloscClevel = Field(description="0 (none) to 9 (best).")
    shuffle: BloscShuffle = Field(
        description="`auto` is numcodecs' -1: bitshuffle for 1-byte elements, else shuffle."
    )
    typesize: BloscTypesize | None = Field(
        default=None,
        description="Bytes per element for the shuffle; those of the array if left out.",
    )
    blocksize: BloscBlocksize = Field(default=0, description="Bytes per block; 0 is automatic.")


ANY_SHUFFLE_SCHEMA: Final[dict[str, Any]] = {
    "anyOf": [
        {"enum": list(SHUFFLE_OF_CODE)},
        {
            "enum": list(CODE_OF_SHUFFLE),
            "deprecated": True,
            "description": "The name, which other writers leave there.",
        },
        {
            "type": "string",
            "pattern": case_insensitive_pattern(*GDAL_SHUFFLES),
            "deprecated": True,
            "description": "GDAL's name.",
        },
    ]
}


class BloscV2(Params):
    """`numcodecs.Blosc(cname="lz4", clevel=5, shuffle=1, blocksize=0, typesize=None)`.

    `typesize` was written by numcodecs 0.16.0 alone; other readers refuse the key.
    """

    cname: BloscCname = "lz4"
    clevel: BloscClevel = 5
    shuffle: Annotated[Literal[-1, 0, 1, 2], Exact(), WithJsonSchema(ANY_SHUFFLE_SCHEMA)] = Field(
        default=1, description="-1 automatic, 0 none, 1 by bytes, 2 by bits."
    )
    typesize: BloscTypesize | None = None
    blocksize: BloscBlocksize = 0


class BloscV3(Params):
    """The v3 configuration: \"`typesize` ... required unless `shuffle` is `noshuffle`\".

    It is also read where parameters are left out, because every reader fills them in (zarr-python and tensorstore
    from the array).
    """

    cname: BloscCname = Field(examples=["lz4"])
    clevel: BloscClevel = Field(examples=[5])
    shuffle: Literal["noshuffle", "shuffle", "bitshuffle"] | None = Field(
        default=None, examples=["shuffle"], description="Left out, it depends on the array."
    )
    typesize: BloscTypesize | None = Field(default=None, examples=[4])
    blocksize: BloscBlocksize = 0


ASSUMED: Final = {"cname": "zstd", "clevel": 5}
"""`zarr.codecs.BloscCodec(cname="zstd", clevel=5)`; tensorstore and numcodecs take lz4. Each frame says what it has."""


def _shuffle_as_code(params: dict[str, Any]) -> str | None:
    """Replace a name of the shuffle by its number.

    VirtualiZarr and others write v3's names into v2, and GDAL its own. numcodecs decodes with these, and cannot encode.
    """
    name = params.get("shuffle")
    if not isinstance(name, str):
        return None
    code = CODE_OF_SHUFFLE.get(name, GDAL_SHUFFLES.get(name.upper()))
    if code is None:
        return None
    params["shuffle"] = code
    return f"the name of the shuffle is written as its number, {code}"


def _resolved(codec: Blosc, chunk: Chunk) -> tuple[BloscShuffle, int | None]:
    """Give the shuffle and the typesize for the elements that blosc sees."""
    itemsize = chunk.itemsize
    if itemsize is not None and itemsize > LARGEST_TYPESIZE:
        itemsize = 1
    typesize = codec.typesize or itemsize
    shuffle = codec.shuffle
    if shuffle == "auto" and typesize is not None:
        shuffle = "bitshuffle" if typesize == 1 else "shuffle"
    return shuffle, typesize


def _write_v3(codec: Blosc, ctx: WriteContext) -> dict[str, Any]:
    shuffle, typesize = _resolved(codec, ctx.chunk)
    params: dict[str, Any] = {"cname": codec.cname, "clevel": codec.clevel}
    if shuffle == "auto":
        if ctx.complete:
            raise MissingContextError("v3", "blosc", "its shuffle is automatic", ["dtype"])
    else:
        params["shuffle"] = shuffle
        if codec.shuffle == "auto":
            ctx.note("blosc", f"the automatic shuffle is {shuffle!r} for {typesize}-byte elements")
    if typesize is not None:
        limits = [reader.v3.limits.get("blosc.typesize") for reader in find_readers(ctx.target)]
        params["typesize"] = min([typesize, *(limit[1] for limit in limits if limit is not None)])
    elif shuffle != "noshuffle" and ctx.complete:
        raise MissingContextError("v3", "blosc", "its typesize is that of the elements", ["dtype"])
    params["blocksize"] = codec.blocksize
    return params


def _write_v2(codec: Blosc, ctx: WriteContext) -> dict[str, Any]:
    itemsize = ctx.chunk.itemsize
    if (
        codec.typesize is not None
        and itemsize not in (None, codec.typesize)
        and codec.shuffle != "noshuffle"
    ):
        ctx.note("blosc", f"typesize {codec.typesize} is dropped: v2 shuffles by {itemsize} bytes")
    return {
        "cname": codec.cname,
        "clevel": codec.clevel,
        "shuffle": CODE_OF_SHUFFLE[codec.shuffle],
        "blocksize": codec.blocksize,
    }


def _resolve(codec: Blosc, chunk: Chunk) -> Blosc:
    shuffle, typesize = _resolved(codec, chunk)
    if shuffle == "noshuffle":
        typesize = None  # nothing is shuffled
    return codec.model_copy(update={"shuffle": shuffle, "typesize": typesize})


def _observe_typesize(source: Any) -> dict[str, Any]:
    """Find the typesize of a `numcodecs.Blosc`, which has no public attribute for it: byte 3 of its frames.

    A codec without one takes the item size of each buffer, so that two buffers give two sizes.
    """
    try:
        views = memoryview(bytes(16)), memoryview(bytes(16)).cast("H")
        one, two = (bytes(source.encode(view))[3] for view in views)
    except Exception:  # foreign code may raise anything
        return {}
    return {"typesize": one} if one == two and one > 0 else {}


V2: Final = Form(
    "blosc",
    BloscV2,
    write=_write_v2,
    renamed={"shuffle": SHUFFLE_OF_CODE},
    repair=_shuffle_as_code,
)

SPEC: Final = CodecSpec(
    model=Blosc,
    kind=B2B,
    v2=(V2,),
    v3=(
        Form(
            "blosc",
            BloscV3,
            write=_write_v3,
            assumed=ASSUMED,
            renamed={"shuffle": {None: "auto"}},
            registered=True,
        ),
        replace(V2, name="numcodecs.blosc"),
    ),
    not_needed_to_decode=frozenset({"cname", "clevel", "shuffle", "typesize", "blocksize"}),
    array_dependent=frozenset({"typesize"}),
    observe=_observe_typesize,
    resolve=_resolve,
    ignored_keys=frozenset({"nthreads", "numThreads", "num_threads"}),
    ignores_chunk_shape=True,
    docs="https://zarr-specs.readthedocs.io/en/latest/v3/codecs/blosc/index.html",
)
