"""What a codec definition is: values, not classes to subclass.

A :class:`CodecSpec` names one canonical model and lists, per dialect, the :class:`Form` s in which that
model is spelled. :class:`Chunk` is what a codec sees of the chunk that reaches it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.core.errors import Problem
from zarrcodec_bridge.core.json_values import Dialect, Kind
from zarrcodec_bridge.core.model import Codec

if TYPE_CHECKING:
    from pydantic import BaseModel

    from zarrcodec_bridge.core.contexts import ReadContext, WriteContext

__all__ = [
    "A2A",
    "A2B",
    "B2B",
    "NOT_KNOWN",
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


class Chunk(NamedTuple):
    """What a codec sees of the chunk that reaches it; ``None`` is what is not known."""

    itemsize: int | None = None
    """Bytes per element of the buffer that reaches the codec; 1 where it gets plain bytes."""
    dtype: DataType | None = None
    """The data type of its elements, while they are an array."""
    ndim: int | None = None
    shape: tuple[int, ...] | None = None


NOT_KNOWN: Final = Chunk()
"""A chunk of which nothing is known."""


@dataclass(frozen=True, slots=True)
class ArrayEffect:
    """What an array-to-array codec does to the array that passes through it."""

    views: str | None = None
    """The parameter that names the data type as which its input is viewed."""
    encodes: str | None = None
    """The parameter that names the data type it puts out; without one, its input's."""
    output: str | None = None
    """The type string it always puts out."""
    elementwise: bool = False
    """Each element alone, in place: trades places with `transpose`."""
    in_order_f: str = ""
    """What is lost when a v2 array of order F has it: what is written there."""
    layout_only: bool = False
    """Names another shape for the same elements in the same order: the bytes stay."""
    reshaped: Callable[[Any, tuple[int, ...]], tuple[int, ...] | None] | None = None
    """The shape of its output, where it gives a chunk another one: from its parameters and the shape of its input."""
    keeps_shape: bool = False
    """Puts out an array of the shape of its input; an element-wise codec does in any case."""
    by_value: bool = False
    """Without a view: computes with the values that it decodes, whatever their bits are."""
    decodes_as_floats: bool = False
    """Without a view: numcodecs takes signed integers that it decodes for floats of their size."""
    unannounced: bool = False
    """Does not tell zarr-python which data type it puts out (no `resolve_metadata`): `bytes` after it swaps the
    bytes of its input's."""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """One spelling of one codec in one dialect."""

    name: str
    """The v2 ``id`` or the v3 ``name``."""
    params: type[BaseModel]
    """The model of the parameters as this form spells them."""
    read: Callable[[Any, ReadContext], Codec] | None = None
    """From those parameters to the canonical model; ``None`` where they are its fields."""
    write: Callable[[Any, WriteContext], dict[str, Any]] | None = None
    """From the canonical model to parameters; ``None`` writes the model's own fields."""
    renamed: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict[str, Mapping[Any, Any]])
    """By field: the canonical value of those of this form's values that have another name there, for forms without
    `read`."""
    repair: Callable[[dict[str, Any]], str | None] | None = None
    """Mends, in place, what other writers are known to write there; says what it did. Only in lenient reading."""
    assumed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Values of required parameters that decoding does not need, for payloads that leave them out: the defaults of
    zarr-python. Only in lenient reading."""
    aliases: tuple[str, ...] = ()
    """Names that are read as this form and never written."""
    kind: Kind | None = None
    """The kind where it is not the codec's (`packbits`)."""
    registered: bool = False
    """Named by the Zarr specification or by zarr-extensions."""
    sparse: bool = False
    """Parameters that were left out stay out (older readers do not know them)."""
    readable: bool = True
    """Whether it is read at all; a form can be only written."""
    written: bool = True
    """Whether it is written; a form can be only read."""


@dataclass(frozen=True, slots=True, eq=False)
class CodecSpec:
    """One codec: its canonical model, its kind, and its forms, the preferred first."""

    model: type[Codec]
    kind: Kind
    v2: tuple[Form, ...] = ()
    v3: tuple[Form, ...] = ()
    array: ArrayEffect | None = None
    """For an array-to-array codec: what it does to the array."""
    apart: frozenset[str] = frozenset()
    """Parameters that stand apart: every form has them under the same name and value, and which values they take
    changes nothing else, neither what else is written nor what is refused."""
    not_needed_to_decode: frozenset[str] = frozenset()
    """Parameters that decoding does not need."""
    array_dependent: frozenset[str] = frozenset()
    """Parameters that may be left open (``None``) until the array is known."""
    observe: Callable[[Any], dict[str, Any]] | None = None
    """What an object with the numcodecs API does not say of those, and shows when it encodes."""
    resolve: Callable[[Any, Chunk], Codec] | None = None
    """Gives the same codec with those resolved for the chunk that it sees, as far as the chunk is known."""
    fit: Callable[[Any, Chunk, Literal["C", "F"], WriteContext], Codec] | None = None
    """Fits it to a v2 array with that chunk and order, on its way to or from v3; raises where chunks would not decode
    equal."""
    check: Callable[[Any, Chunk], Iterable[Problem]] | None = None
    """What its specification does not allow for the chunk that it sees in v3, as far as that is known; the paths
    begin in its configuration, and an empty one is the codec itself."""
    fixed_size: bool = False
    """Puts out as many bytes for every chunk of one size; so do those with `preserves_itemsize` or `checksum`."""
    ignores_chunk_shape: bool = False
    """Is translated alike for chunks of any lengths, so that what was made for one shape holds for others."""
    works_along_axes: bool = False
    """Works along axes of the chunk, so that a transpose of an axis of length 1 before it is not left out."""
    ignored_keys: frozenset[str] = frozenset()
    """Keys that other writers leave in the payload, without meaning."""
    no_v2: str = ""
    """Why v2 has no form of it."""
    no_v3: str = ""
    """Why v3 has no form of it."""
    object_type: str | None = None
    """The v3 data type that this codec gives to a v2 object (``|O``) array."""
    preserves_itemsize: bool = False
    """Puts out the elements as they are, so that what follows still sees their size (`bytes`)."""
    little_endian_only: bool = False
    """Takes and gives arrays in native (little-endian) byte order only."""
    filter_only: bool = False
    """In v2, zarr-python 2 cannot read it as the compressor."""
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
        """The name by which messages call it: its preferred v3 name, or its v2 id."""
        return (self.v3 or self.v2)[0].name
