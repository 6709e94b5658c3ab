"""Faults of codec classes that zarr-python finds; our own wrappers are used in their place.

Measured with zarr 3.0.8, 3.1.1, 3.1.6, 3.2.1, 3.3.0 and 3.4.2, under both of its codec pipelines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from zarrcodec_bridge.adapters.zarr_python.backend import Version, installed
from zarrcodec_bridge.adapters.zarr_python.sizes import WITHOUT_LENGTH, has_no_length
from zarrcodec_bridge.core.model import Codec, KeptCodec
from zarrcodec_bridge.core.propagation import output_dtype, viewed_dtype
from zarrcodec_bridge.core.registry import spec_of
from zarrcodec_bridge.dialects.any_numcodecs import WRAPPERS


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of the classes of some v3 names."""

    names: frozenset[str]
    reason: str
    package: str | None = "zarr"
    """The package that has the fault; ``None`` where the name must not be written, whatever is installed."""
    since: Version = (0,)
    until: Version | None = None
    """The first version without the fault."""
    reads: bool = True
    """Whether the class still reads correctly; if not, another name has to be written."""
    lesser: bool = False
    """Whether the class is correct, but does less than our wrapper."""
    recasting: bool = False
    """Whether the fault shows only where the codec puts out another data type than it takes."""
    sizeless: bool = False
    """Whether the fault shows only where the stream does not store the length of its content."""

    def concerns(self, name: str, codec: Codec) -> bool:
        """Whether the installed class of this codec has the fault."""
        if name not in self.names or (self.recasting and not _recasts(codec)):
            return False
        if self.sizeless and not has_no_length(codec):
            return False
        if self.package is None:
            return True
        found = installed(self.package)
        return found is not None and self.since <= found and (not self.until or found < self.until)


def _recasts(codec: Codec) -> bool:
    takes, gives = viewed_dtype(codec), output_dtype(codec, None)
    return (
        takes is not None
        and gives is not None
        and takes.with_endian(None) != gives.with_endian(None)
    )


def _imagecodecs(names: str) -> frozenset[str]:
    return frozenset(f"imagecodecs_{name}" for name in names.split())


FAULTS: Final = (
    Fault(
        frozenset({"numcodecs.quantize"}),
        "does not tell zarr-python that it puts out another data type: every chunk fails",
        recasting=True,
        reads=False,
    ),
    Fault(
        frozenset({"imagecodecs_bitshuffle"}),
        "imagecodecs' class decodes elements wider than a byte wrong (2026.8.16 and later)",
        package=None,
        reads=False,
    ),
    Fault(
        frozenset(
            {
                "numcodecs.astype",
                "numcodecs.delta",
                "numcodecs.fixedscaleoffset",
                "numcodecs.quantize",
            }
        ),
        "takes big-endian elements for little-endian ones: those assigned to an array (3.0, 3.1.1, 3.3, 3.4), and those"
        " of bytes with endian big (3.0 to 3.2); encodes out of order after a transpose (3.1.6, 3.2)",
    ),
    Fault(
        frozenset({"numcodecs.bitround"}),
        "fails on big-endian elements assigned to an array (3.0, 3.1.1, 3.3, 3.4)",
    ),
    Fault(
        frozenset({"numcodecs.packbits"}),
        "fails (3.1.1), encodes out of order after a transpose (3.1.6, 3.2)",
        since=(3, 1),
        until=(3, 3),
    ),
    Fault(
        frozenset({"numcodecs.pcodec", "numcodecs.zfpy"}),
        "fails on what is not contiguous (3.0, 3.1.1) or big-endian (3.3, 3.4); after a transpose pcodec encodes out of"
        " order and zfpy fails (3.1.6, 3.2)",
    ),
    Fault(
        _imagecodecs("byteshuffle meshopt packints tiff wavpack"),
        "takes big-endian elements assigned to an array for little-endian ones (2026.10.10)",
        package="imagecodecs-zarr",
    ),
    Fault(
        _imagecodecs("jpeg png webp"),
        "fails on what is not contiguous, as after a transpose (2026.10.10)",
        package="imagecodecs-zarr",
    ),
    Fault(
        _imagecodecs(
            "apng bfloat16 exr float24 htj2k jpeg2k jpegls jpegxr lerc ljpeg pcodec pixarlog rcomp sperr sz3 zfp"
        ),
        "fails on big-endian elements assigned to an array (2026.10.10)",
        package="imagecodecs-zarr",
    ),
    Fault(
        frozenset(WITHOUT_LENGTH),
        "fails on streams without a header that were compressed more than about eightfold (2026.10.10)",
        package="imagecodecs-zarr",
        sizeless=True,
    ),
    Fault(
        frozenset(WRAPPERS.values()),
        "encodes out of order after a transpose, and what is big-endian wrong (0.1.3)",
        package="zarr-any-numcodecs",
    ),
    Fault(
        frozenset({"numcodecs.shuffle"}),
        "is not declared to keep the size, so that a shard index cannot have it",
        lesser=True,
    ),
)


def fault_of(name: str, codec: Codec) -> Fault | None:
    """The fault of the class with which zarr-python reads the v3 name, if any."""
    return next((fault for fault in FAULTS if fault.concerns(name, codec)), None)


def no_reader_of(codec: Codec) -> Fault | None:
    """The fault because of which a codec has to be written in an envelope, whatever its v3 name."""
    if isinstance(codec, KeptCodec):
        fault = fault_of(codec.name, codec)
        return fault if fault is not None and not fault.reads else None
    spec = spec_of(type(codec))
    for form in spec.v3 if spec is not None else ():
        fault = fault_of(form.name, codec)
        if fault is not None and not fault.reads:
            return fault
    return None
