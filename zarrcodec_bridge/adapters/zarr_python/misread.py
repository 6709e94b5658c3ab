"""Arrays that the installed zarr-python would open and read as other values, whoever wrote them: refused.

zarr-python 3.0 to 3.2 take big-endian bytes behind a filter for little-endian ones, where their own class of the
filter decodes. It is that class which reads an array in another process, so that a right wrapper does not help.
Measured with 3.0.8, 3.1.6 and 3.2.1; 3.3 reads them right. 3.1 fails on elements of several bytes that a filter makes
of single bytes, also where zarr-python itself wrote them.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from zarrcodec_bridge.adapters.zarr_python import backend
from zarrcodec_bridge.adapters.zarr_python.names import is_ours
from zarrcodec_bridge.codecs.bytes import Bytes
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import BackendUnsupportedError
from zarrcodec_bridge.core.messages import Hint, Message
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.propagation import effect_of, kind_of, output_dtype
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.core.spec import A2A
from zarrcodec_bridge.readers import zarr_python


def refuse_misread(codecs: Sequence[Codec], data_type: DataType | None = None) -> None:
    """Raise :class:`BackendUnsupportedError` for a chain, or one inside a shard of it, that would be read wrong."""
    release = backend.installed("zarr") or zarr_python.SWAPS_RIGHT_SINCE
    if release >= zarr_python.SWAPS_RIGHT_SINCE:
        return
    for codec in codecs:
        for inner in codec.__dict__.values():
            if isinstance(inner, tuple) and any(isinstance(item, Codec) for item in inner):
                refuse_misread(inner, data_type)
    since, until = zarr_python.FAILS_ON_GAINED_ORDER
    if since <= release < until and data_type is not None and _gain_order(codecs, data_type):
        raise BackendUnsupportedError(
            "zarr",
            Message(
                f"zarr {version('zarr')} does not read what a filter makes of single bytes: ",
                Hint(package="zarr>=3.2"),
            ),
        )
    if not any(isinstance(codec, Bytes) and codec.endian == "big" for codec in codecs):
        return
    for codec in codecs:
        name = _misread_name(codec)
        if name is not None:
            raise _refusal(
                f"big-endian bytes after {name}",
                ", or call ",
                Hint(call="register_with_zarr", argument=f"{name!r}, replace=True"),
                " in every process that writes or reads it",
            )
    if (
        data_type is not None
        and data_type.fields
        and release >= zarr_python.SWAPS_STRUCTS_WRONG_SINCE
    ):
        raise _refusal("structs of big-endian fields")


def _gain_order(codecs: Sequence[Codec], data_type: DataType) -> bool:
    """Whether filters make elements with a byte order of such that have none."""
    seen: DataType | None = data_type
    for codec in codecs:
        if kind_of(codec) == A2A:
            seen = output_dtype(codec, seen)
    return not data_type.has_order and seen is not None and seen.has_order


def _misread_name(codec: Codec) -> str | None:
    """The v3 name of a filter, if zarr-python's own class decodes it; ours is right."""
    spec = spec_of(type(codec))
    if spec is None or kind_of(codec) != A2A or not effect_of(codec).views:
        return None
    for form in spec.v3:
        if zarr_python.READER.opens("v3", form.name):
            cls = backend.codec_class(form.name)
            return form.name if cls is not None and not is_ours(cls) else None
    return None


def _refusal(wrong: str, *more: str | Hint) -> BackendUnsupportedError:
    return BackendUnsupportedError(
        "zarr",
        Message(
            f"zarr {version('zarr')} reads {wrong} wrong: ",
            Hint(package="zarr>=3.3"),
            ", or write little-endian",
            *more,
        ),
    )
