"""What each reader opens in v2 metadata, as data.

Measured with zarr-python 3.4.2, tensorstore 0.1.86 and zarrs 0.23.8 on the documents of the corpus.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.data_types.names import KIND_OF, NARROW
from zarrcodec_bridge.core.errors import NotRepresentableError
from zarrcodec_bridge.core.messages import excerpt
from zarrcodec_bridge.readers import READERS

__all__ = ["check_reader"]


@dataclass(frozen=True, slots=True)
class _Reader:
    codecs: frozenset[str] | None = None
    """The ids that it opens; ``None`` is any."""
    filters: bool = True
    only_compressors: frozenset[str] = frozenset()
    """The ids that it does not open among the filters."""
    checksums: bool = True
    """Whether it opens zstd with the member `checksum`."""
    no_data_types: frozenset[str] = frozenset()
    swapped_wrong: frozenset[str] = frozenset()
    """Data types whose big-endian elements it decodes wrong."""
    objects: frozenset[str] = frozenset()
    """The codecs of objects that it reads."""
    structs: bool = True
    nested: bool = False
    """Whether fields may be structs."""
    subarrays: bool = False


_SMALL: Final = frozenset({"bfloat16", "int2", "int4", "uint2", "uint4"}) | frozenset(NARROW)
_READERS: Final[Mapping[str, _Reader]] = {
    "zarr-python": _Reader(
        no_data_types=_SMALL,
        objects=frozenset({"vlen-utf8", "vlen-bytes"}),
        nested=True,
    ),
    "tensorstore": _Reader(
        codecs=READERS["tensorstore"].v2.codecs,
        filters=False,
        checksums=False,
        no_data_types=frozenset(
            {"fixed_length_utf32", "numpy.datetime64", "numpy.timedelta64", "object"}
        ),
        subarrays=True,
    ),
    "zarrs": _Reader(
        codecs=READERS["zarrs"].v2.codecs,
        only_compressors=frozenset({"blosc"}),
        checksums=False,
        no_data_types=_SMALL | {"null_terminated_bytes", "numpy.datetime64", "numpy.timedelta64"},
        swapped_wrong=READERS["zarrs"].swapped_wrong,
        objects=frozenset({"vlen-utf8"}),
        structs=False,
    ),
}


def check_reader(document: Mapping[str, Any], dtype: DataType, target: str) -> None:
    """Raise :class:`NotRepresentableError` if `target` does not open a canonical ``.zarray``."""
    reader = _READERS.get(target)
    if reader is None:
        return
    filters = document["filters"] or []
    compressor = document["compressor"]
    if filters and not reader.filters:
        raise NotRepresentableError("v2", "filters", f"{target} opens no v2 array with filters")
    ids = [codec["id"] for codec in filters]
    codecs = (*filters, *([compressor] if compressor else ()))
    for name in (codec["id"] for codec in codecs):
        if reader.codecs is not None and name not in reader.codecs:
            raise NotRepresentableError("v2", name, f"{target} does not open it in v2")
    if not reader.checksums and any("checksum" in codec for codec in codecs):
        raise NotRepresentableError("v2", "zstd", f"{target} opens it without checksums only")
    for name in reader.only_compressors.intersection(ids):
        raise NotRepresentableError("v2", name, f"{target} opens it as compressor, not as filter")
    holds_objects = any(name in reader.objects for name in ids)
    if holds_objects != (dtype.name == "object"):
        known = " or ".join(sorted(reader.objects)) or "numbers"
        raise NotRepresentableError(
            "v2",
            f"data type {excerpt(document['dtype'])}",
            f"{target} reads '|O' with {known} alone",
        )
    _check_dtype(dtype, reader, target)


def _check_dtype(dtype: DataType, reader: _Reader, target: str) -> None:
    subject = f"data type {dtype.name}"
    if dtype.name in reader.no_data_types or (dtype.fields and not reader.structs):
        raise NotRepresentableError("v2", subject, f"{target} does not open it in v2")
    if dtype.name in reader.swapped_wrong and dtype.endian == "big":
        raise NotRepresentableError(
            "v2",
            subject,
            f"{target} decodes big-endian ones wrong in chunks that the array covers in part",
        )
    if dtype.name in KIND_OF and not dtype.itemsize:
        raise NotRepresentableError("v2", subject, f"{target} opens no items of no bytes")
    for field in dtype.fields:
        what = f"field {field.name!r}"
        if field.shape and not reader.subarrays:
            raise NotRepresentableError("v2", what, f"{target} opens no subarray fields")
        if field.dtype.fields and not reader.nested:
            raise NotRepresentableError("v2", what, f"{target} opens no structs in structs")
        _check_dtype(field.dtype, reader, target)
