"""The definition of a codec, which is a value.

A :class:`CodecSpec` names one canonical model and lists, per dialect, the :class:`Form` s in which JSON spells it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from zarrcodec_bridge.core.contexts import NOT_KNOWN, Chunk, ReadContext, WriteContext
from zarrcodec_bridge.core.errors import Problem
from zarrcodec_bridge.core.json_values import Dialect, Kind
from zarrcodec_bridge.core.model import Codec

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = [
    "A2A",
    "A2B",
    "B2B",
    "NOT_KNOWN",
    "ZARRS",
    "ZARR_EXTENSIONS",
    "ArrayEffect",
    "Chunk",
    "CodecSpec",
    "Dialect",
    "Form",
    "Kind",
]


A2A: Final = "a2a"
A2B: Final = "a2b"
B2B: Final = "b2b"

ZARR_EXTENSIONS: Final = (
    "https://github.com/zarr-developers/zarr-extensions/tree/"
    "4da7b37a84f76e660902f6d3de3eaef0e0febae6/codecs"
)
"""The registered v3 codecs, one folder each."""

ZARRS: Final = "https://codec.zarrs.dev"
"""How the addresses begin that earlier versions of zarrs wrote as names."""


@dataclass(frozen=True, slots=True)
class ArrayEffect:
    """What an array-to-array codec does to the array that passes through it."""

    views: str | None = None
    """The parameter that names the data type as which its input is viewed."""
    encodes: str | None = None
    """The parameter that names the data type of its output; without one, that of its input."""
    output: str | None = None
    """The type string of its output, where that is always the same."""
    elementwise: bool = False
    """Changes each element alone, so that it may trade places with `transpose`."""
    in_order_f: str = ""
    """The loss where a v2 array of order F has this codec: chunks that are written later."""
    layout_only: bool = False
    """Gives the chunk another shape and leaves its elements in their order, so the bytes stay."""
    output_shape: Callable[[Any, tuple[int, ...]], tuple[int, ...] | None] | None = None
    """Gives the shape of its output, from the codec and the shape of its input."""
    keeps_shape: bool = False
    """Its output has the shape of its input, as that of an element-wise codec always has."""
    by_value: bool = False
    """Views nothing, and computes with values, whatever their bits are."""
    decodes_as_floats: bool = False
    """Views nothing, and numcodecs decodes signed integers as floats of their size."""
    decodes_to_its_input: Callable[[Any, Chunk], bool] | None = None
    """Whether decoding changes nothing of the chunk that it sees, so that a reader reads the same without the codec."""
    unannounced: bool = False
    """Does not tell zarr-python the data type of its output (no `resolve_metadata`), so that `bytes` after it swaps
    the bytes of its input's data type."""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One spelling of one codec in one dialect."""

    name: str
    """The v2 ``id`` or the v3 ``name``."""
    params: type[BaseModel]
    """The model of the parameters as this form spells them."""
    read: Callable[[Any, ReadContext], Codec] | None = None
    """Makes the canonical model from those parameters; ``None`` where they are its fields."""
    write: Callable[[Any, WriteContext], dict[str, Any]] | None = None
    """Makes the parameters from the canonical model; ``None`` writes its fields."""
    renamed: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict[str, Mapping[Any, Any]])
    """By field: the canonical value of each value that this form spells otherwise. For forms without `read`."""
    json_text: frozenset[str] = frozenset()
    """Parameters that the canonical model keeps as JSON text (`FrozenJSON`). For forms without `read`."""
    repair: Callable[[dict[str, Any]], str | None] | None = None
    """Fixes, in place, a known deviation of other writers, and gives a note. Not used where reading is strict."""
    assumed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Values for required parameters that a payload leaves out and that decoding does not need: the defaults of
    zarr-python. Not used where reading is strict."""
    aliases: tuple[str, ...] = ()
    """Other names that are read as this form and never written."""
    kind: Kind | None = None
    """Its kind, where it is not that of the codec (`packbits`)."""
    registered: bool = False
    """Named by the Zarr specification or by zarr-extensions."""
    sparse: bool = False
    """Parameters that were left out are not written, because older readers do not know them."""
    readable: bool = True
    """Whether it is read; false for a form that is only written."""
    written: bool = True
    """Whether it is written; false for a form that is only read."""


@dataclass(frozen=True, slots=True, eq=False)
class CodecSpec:
    """One codec: its canonical model, its kind, and its forms, the preferred first."""

    model: type[Codec]
    kind: Kind
    v2: tuple[Form, ...] = ()
    v3: tuple[Form, ...] = ()
    array: ArrayEffect | None = None
    """What an array-to-array codec does to the array."""
    not_needed_to_decode: frozenset[str] = frozenset()
    """Parameters that decoding does not need."""
    array_dependent: frozenset[str] = frozenset()
    """Parameters that depend on the array, and may be ``None`` until it is known."""
    observe: Callable[[Any], dict[str, Any]] | None = None
    """Finds those of an object with the numcodecs API whose `get_config` leaves them out."""
    resolve: Callable[[Any, Chunk], Codec] | None = None
    """Gives the same codec with those resolved for the chunk that it sees, as far as that is known."""
    fit: Callable[[Any, Chunk, Literal["C", "F"], WriteContext], Codec] | None = None
    """Fits the codec to a v2 array with that chunk and order, when it is translated to or from v3; raises if chunks
    would not decode equal."""
    check: Callable[[Any, Chunk], Iterable[Problem]] | None = None
    """Finds what its specification does not allow for the chunk that it sees in v3. Paths begin in its configuration;
    an empty path is the codec itself."""
    fixed_size: bool = False
    """Its output has the same size for every chunk of one size, as with `preserves_itemsize` or `checksum`."""
    ignores_chunk_shape: bool = False
    """Is translated alike for chunks of any lengths, so that what was made for one shape holds for others."""
    works_along_axes: bool = False
    """Works along axes of the chunk, so that a transpose of an axis of length 1 before it is not left out."""
    ignored_keys: frozenset[str] = frozenset()
    """Keys without meaning that other writers leave in the payload."""
    no_v2: str = ""
    """Why v2 has no form of it."""
    no_v3: str = ""
    """Why v3 has no form of it."""
    object_type: str | None = None
    """The v3 data type that this codec gives to a v2 object (``|O``) array."""
    preserves_itemsize: bool = False
    """Its output is the elements as they are, so that the next codec still sees their size (`bytes`)."""
    little_endian_only: bool = False
    """Encodes and decodes arrays in little-endian byte order only."""
    filter_only: bool = False
    """In v2 it is a filter: zarr-python 2 cannot read it as the compressor."""
    checksum: bool = False
    """Adds a checksum and changes nothing else."""
    unsafe: bool = False
    """Executes code from the data that it decodes."""
    docs: str = ""
    """The address of its specification."""

    def forms(self, dialect: Dialect) -> tuple[Form, ...]:
        """The forms in `dialect`, the preferred first."""
        return self.v2 if dialect == "v2" else self.v3

    @property
    def title(self) -> str:
        """Its name in messages: its preferred v3 name, or its v2 id."""
        return (self.v3 or self.v2)[0].name
