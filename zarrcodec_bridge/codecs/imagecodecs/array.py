"""Parameters that v2 metadata repeats from the array and v3 takes from the array: checked, dropped, added.

Measured with imagecodecs 2026.10.10 and 2026.3.6 under zarr-python 3.4.2 and 3.1.6; "upstream" is that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

from zarrcodec_bridge.codecs.imagecodecs.table import Facts
from zarrcodec_bridge.core.contexts import WriteContext
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import MissingContextError, NotRepresentableError
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import Chunk, Dialect

Shape: TypeAlias = tuple[int, ...]
Order: TypeAlias = Literal["C", "F"]

PREFIX: Final = "imagecodecs_"

ALONG_AN_AXIS: Final = frozenset({"byteshuffle", "delta", "floatpred", "xor"})
"""Codecs with an `axis`, which in v2 is one of the codec's own shape."""

LAST_AXES: Final = frozenset({"byteshuffle", "floatpred"})
"""Those of them that upstream applies along the last two axes only."""

ANY_ORDER: Final = frozenset({"b2nd", "dicomrle", "floatpred", "plio"})
"""Array-to-bytes codecs whose v2 arrays may be big-endian: both formats decode the same."""

SHAPE_AWARE: Final = frozenset(
    "b2nd byteshuffle ccittfax3 ccittfax4 ccittrle delta eer floatpred meshopt pixarlog xor".split()
)
"""Codecs for whose v2 arrays of order "F" no transpose in v3 decodes the same."""

SHAPE_AWARE_WITHOUT_HEADER: Final = frozenset({"rgbe", "sperr", "zfp"})

FLAT_WITHOUT_SHAPE: Final = frozenset({"delta", "xor"})
"""Codecs that v2 readers apply to flat data if no shape is given, while writers apply them to rows."""

SAME_AXES: Final = frozenset({"meshopt", "zfp"})
"""Codecs whose streams depend on the number of axes."""


def _without_ones(shape: Shape) -> Shape:
    """Drop axes of length 1, which change nothing in the order of elements."""
    return tuple(size for size in shape if size != 1)


def squeeze_shape(shape: Shape, squeeze: Literal[False] | Shape | None = None) -> Shape | None:
    """Give the shape of the image that imagecodecs encodes; ``None`` if the mask does not fit."""
    if squeeze is None:
        left = _without_ones(shape)
        return (1,) * (2 - len(left)) + left
    if squeeze is False or not squeeze:
        return shape
    if len(squeeze) != len(shape):
        return None
    return tuple(size for size, away in zip(shape, squeeze, strict=True) if not away)


def _inner_ones(shape: Shape) -> bool:
    """Whether an axis but the first few is 1 long."""
    image = squeeze_shape(shape) or ()
    return shape[len(shape) - len(image) :] != image


def _move_axis(axis: int, old: Shape, new: Shape) -> int | None:
    """Find an axis of `old` in `new`, where the two differ only in axes of length 1; ``None`` for one of those."""
    if not -len(old) <= axis < len(old) or old[axis] == 1:
        return None
    rank = len(_without_ones(old[: axis % len(old)]))
    to = [index for index, size in enumerate(new) if size != 1][rank]
    return to - len(new) if axis < 0 else to


def typestr_of(dtype: DataType | None) -> str | None:
    """Give the v2 type string of a data type, where it has one."""
    if dtype is None:
        return None
    try:
        text = dtype.to_v2()
    except NotRepresentableError:
        return None
    return text if isinstance(text, str) else None


def _compare_with_array(name: str, codec: Codec, chunk: Chunk) -> tuple[dict[str, Any], str | None]:
    """Compare a codec with its array: the parameters that repeat it, with their new values, and why the two differ."""
    values = dict(codec.__dict__)
    changes: dict[str, Any] = {}
    if values.get("strides") is not None:
        return changes, "its strides are not those of a chunk"
    for check in (_compare_dtype, _compare_shape, _compare_squeeze, _compare_size):
        reason = check(name, values, chunk, changes)
        if reason is not None:
            return changes, reason
    return changes, None


def _compare_dtype(
    name: str, values: dict[str, Any], chunk: Chunk, changes: dict[str, Any]
) -> str | None:
    dtype = values.get("dtype")
    if dtype is None or chunk.dtype is None or name in ("dicomrle", "ultrahdr"):
        return _compare_kept_dtype(name, dtype, chunk)
    array = typestr_of(chunk.dtype)
    if chunk.dtype.endian is None:
        dtype = dtype.replace(">", "<")
    if dtype == array or (name == "plio" and dtype == "<i4" and array and array[1] in "iu"):
        changes["dtype"] = None
        return None
    return f"its dtype {dtype} is not the array's {array}"


def _compare_kept_dtype(name: str, dtype: str | None, chunk: Chunk) -> str | None:
    """Compare the dtype of dicomrle, which both formats have: v2 takes the output for the array's, v3 converts it."""
    if name != "dicomrle" or dtype is None or chunk.dtype is None or chunk.dtype.endian is None:
        return None
    array = typestr_of(chunk.dtype)
    return None if dtype == array else f"its dtype {dtype} is not the array's {array}"


def _compare_shape(
    name: str, values: dict[str, Any], chunk: Chunk, changes: dict[str, Any]
) -> str | None:
    shape = values.get("shape")
    if shape is None or name == "eer":
        return _compare_flat(name, values, chunk)
    if name == "hcomp" or (name == "rgbe" and values["header"]):
        changes["shape"] = None
        return None
    if chunk.shape is None:
        return None
    if shape != chunk.shape:
        if _without_ones(shape) != _without_ones(chunk.shape) or name in SAME_AXES:
            return f"its shape {excerpt(shape)} is not the chunk's {excerpt(chunk.shape)}"
        if name in ALONG_AN_AXIS:
            axis = _move_axis(values["axis"], shape, chunk.shape)
            if axis is None or (
                name in LAST_AXES and axis % len(chunk.shape) < len(chunk.shape) - 2
            ):
                return f"its axis {values['axis']} of {excerpt(shape)} is none of {excerpt(chunk.shape)}"
            changes["axis"] = axis
    changes["shape"] = None
    return None


def _compare_flat(name: str, values: dict[str, Any], chunk: Chunk) -> str | None:
    """Refuse delta and xor with a data type and no shape, which in v2 decode the chunk as one axis."""
    if name not in ("delta", "xor") or values["dtype"] is None or chunk.shape is None:
        return None
    return None if len(_without_ones(chunk.shape)) < 2 else "without shape it decodes flat data"


def _compare_squeeze(
    name: str, values: dict[str, Any], chunk: Chunk, changes: dict[str, Any]
) -> str | None:
    squeeze = values.get("squeeze")
    if squeeze is None:
        return None
    if name == "pixarlog" or (name in ("rgbe", "sperr") and not values["header"]):
        if chunk.shape is None:
            return None
        shape = values["shape"] or chunk.shape
        if squeeze_shape(shape, squeeze) != squeeze_shape(chunk.shape):
            return f"squeeze {excerpt(squeeze)} leaves another image than v3, which takes all ones away"
    changes["squeeze"] = None
    return None


def _compare_size(
    name: str, values: dict[str, Any], chunk: Chunk, changes: dict[str, Any]
) -> str | None:
    if values.get("height") is not None:
        size = (values["height"], values["width"])
        if size != (0, 0) and chunk.shape is not None and size != chunk.shape[-2:]:
            return f"its height and width {excerpt(size)} are not the chunk's {excerpt(chunk.shape[-2:])}"
        if size == (0, 0) or chunk.shape is not None:
            changes.update(height=None, width=None)
    if name == "bitshuffle" and values["itemsize"] is not None and chunk.itemsize is not None:
        changes["itemsize"] = None
    if name == "aec" and values["bitspersample"] is None and chunk.itemsize is not None:
        changes["bitspersample"] = 8 * chunk.itemsize
    return None


def refusal(name: str, codec: Codec, chunk: Chunk, order: Order, to: Dialect) -> str | None:
    """Give the reason why a codec of a v2 array with such chunks has no equal in the other dialect, if there is one."""
    values = dict(codec.__dict__)
    shape = chunk.shape
    itemsize = chunk.itemsize or 1
    if order == "F" and chunk.ndim != 1:
        stretched = None if shape is None else len(_without_ones(shape))
        headless = name in SHAPE_AWARE_WITHOUT_HEADER and not values["header"]
        # An axis of length 1 does not change the order of elements, but it changes which axis has which number.
        most = 0 if name in ALONG_AN_AXIS else 1
        if (name in SHAPE_AWARE or headless) and (stretched is None or stretched > most):
            return 'it works on the shape of the chunk, and order "F" is a transpose in v3'
    if name == "bitshuffle" and itemsize > 1:
        return (
            "upstream decodes elements of more than one byte wrong and without an error,"
            " in v3, and in v2 where no codec follows"
        )
    if to == "v2":
        return _v2_refusal(name, values, chunk)
    if name == "floatpred" and _is_big_complex(chunk.dtype):
        return "it swaps whole elements, and a byte order the two parts of a complex one"
    if name == "aec" and itemsize > 1 and values["bitspersample"] is None:
        return _aec_refusal(values, chunk)
    if name == "sperr" and not values["header"] and shape is not None and _inner_ones(shape):
        return "upstream's v3 class does not decode it without header if an inner axis is 1 long"
    return _compare_with_array(name, codec, chunk)[1]


def _is_big_complex(dtype: DataType | None) -> bool:
    return dtype is not None and dtype.endian == "big" and dtype.name.startswith("complex")


def _aec_refusal(values: dict[str, Any], chunk: Chunk) -> str | None:
    """Refuse elements that may be signed: v2's encoder adds the flag for them, and does not write it down."""
    if chunk.itemsize == 8:
        return "it does not take 8-byte elements"
    dtype = chunk.dtype
    if values["flags"] is not None or dtype is None or dtype.endian == "big":
        return None
    if dtype.name.startswith(("int", "float")):
        return "nothing says whether its samples are signed; set flags (8, or 9 if they are)"
    return None


def _v2_refusal(name: str, values: dict[str, Any], chunk: Chunk) -> str | None:
    if name == "hcomp" and chunk.itemsize not in (None, 4):
        return "upstream's v2 class decodes 4-byte integers alone"
    if name != "dicomrle" or chunk.dtype is None:
        return None
    if DataType.from_v2(values["dtype"]).itemsize == chunk.dtype.itemsize:
        return None
    return f"its dtype {values['dtype']} is not the array's {typestr_of(chunk.dtype)}"


def make_resolver(name: str) -> Callable[[Codec, Chunk], Codec]:
    """Make the function that drops the parameters that repeat the array, if they agree with it."""

    def resolve(codec: Codec, chunk: Chunk) -> Codec:
        changes, reason = _compare_with_array(name, codec, chunk)
        return codec.model_copy(update=changes) if changes and reason is None else codec

    return resolve


def fit_to_array(codec: Codec, chunk: Chunk, order: Order, ctx: WriteContext) -> Codec:
    """Fit the codec to a v2 array, when it is translated to or from v3."""
    spec = spec_of(type(codec))
    if spec is None or not spec.title.startswith(PREFIX):
        return codec
    name = spec.title.removeprefix(PREFIX)
    reason = refusal(name, codec, chunk, order, ctx.dialect)
    if reason is not None:
        raise NotRepresentableError(ctx.dialect, spec.title, reason)
    if order == "F" and chunk.ndim not in (0, 1):
        ctx.lose(
            spec.title,
            'in v2, chunks of order "F" are written in C order and read in F order, so that what'
            " is written later is read scrambled; v3 reads what it wrote",
        )
    if ctx.dialect != "v3":
        return codec
    if name in FLAT_WITHOUT_SHAPE and codec.__dict__["shape"] is None and chunk.ndim != 1:
        ctx.lose(
            spec.title,
            "without shape, v2 reads chunks as flat data, which is not what it wrote; v3 reads"
            " what was written",
        )
    return make_resolver(name)(codec, chunk)


def drop_implied(name: str, facts: Facts, codec: Codec, ctx: WriteContext) -> Codec:
    """Drop the parameters that v3 takes from the array, after comparing them with it as far as it is known."""
    title = f"imagecodecs_{name}"
    changes, reason = _compare_with_array(name, codec, ctx.chunk)
    if reason is None and ((name == "bitshuffle" and changes) or name == "floatpred"):
        reason = refusal(name, codec, ctx.chunk, "C", "v3")
    if reason is not None:
        raise NotRepresentableError("v3", title, reason)
    left = [
        key
        for key in sorted(facts.implied)
        if key not in changes and getattr(codec, key) is not None
    ]
    if left and ctx.complete and ctx.chunk.shape is None:
        raise MissingContextError(
            "v3", title, f"{' and '.join(left)} must agree with the array", ["chunk_shape"]
        )
    for key in left:
        ctx.note(title, f"{key} {excerpt(getattr(codec, key))} is left to the array, as in v3")
    for key in sorted(facts.implied & changes.keys() - {"shape", "dtype"}):
        value = getattr(codec, key)
        if value is False or value:
            ctx.note(title, f"{key} {excerpt(value)} is left out: v3 has no such parameter")
    return codec.model_copy(update={**dict.fromkeys(facts.implied), **changes})


def array_parameters(name: str, facts: Facts, codec: Codec, chunk: Chunk) -> dict[str, Any]:
    """Give the parameters that v2 must repeat from the array, for a codec from v3.

    Raises :class:`MissingContextError` if the array is not known.
    """
    wanted = _needed_keys(name, facts, codec)
    if not wanted:
        return {}
    missing = []
    if wanted & {"shape", "height", "width"} and chunk.shape is None:
        missing.append("chunk_shape")
    if wanted & {"dtype", "itemsize"} and chunk.itemsize is None:
        missing.append("dtype")
    if "dtype" in wanted and not missing and chunk.dtype is None:
        missing.append("dtype")
    if missing:
        keys = " and ".join(sorted(wanted))
        raise MissingContextError("v2", f"imagecodecs_{name}", f"v2 needs its {keys}", missing)
    reason = refusal(name, codec, chunk, "C", "v2")
    if reason is not None:
        raise NotRepresentableError("v2", f"imagecodecs_{name}", reason)
    found: dict[str, Any] = {}
    if chunk.shape is not None:
        image = squeeze_shape(chunk.shape) if name in ("rgbe", "sperr") else chunk.shape
        found = {"shape": image, "height": chunk.shape[-2:-1], "width": chunk.shape[-1:]}
        found["height"] = found["height"][0] if found["height"] else 1
        found["width"] = found["width"][0] if found["width"] else 1
    if chunk.dtype is not None:
        found["dtype"] = typestr_of(chunk.dtype)
    found["itemsize"] = chunk.itemsize
    return {key: found[key] for key in wanted}


def _needed_keys(name: str, facts: Facts, codec: Codec) -> set[str]:
    """Find the keys that v2 needs and that the codec takes from the array."""
    if name in SHAPE_AWARE_WITHOUT_HEADER and getattr(codec, "header", False):
        return set()
    if name == "pixarlog" and getattr(codec, "shape", None) is not None:
        return set()
    return {key for key in facts.implied - {"squeeze", "strides"} if getattr(codec, key) is None}
