"""What others make of one codec or document, each as a function of the same input; those not installed are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from payloads import rewritten
from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True)
class Contender:
    """A function that does a part of what ours does."""

    name: str
    call: Callable[[Any], Any]
    prepare: Callable[[dict[str, Any]], Any] = dict
    """From a v2 blosc configuration to what `call` takes; not timed."""


class Model(BaseModel):
    """As one would write it for numcodecs' parameters."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: Literal["blosc"]
    cname: Literal["blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd"]
    clevel: int = Field(ge=0, le=9)
    shuffle: Literal[-1, 0, 1, 2]
    blocksize: int = Field(ge=0)


def hand_written() -> Iterator[Contender]:
    """The floor."""
    yield Contender("hand-written dict rewrite, no checks", rewritten)


def pydantic() -> Iterator[Contender]:
    """Validation alone, without a translation."""
    yield Contender(
        "pydantic: model_validate + model_dump",
        lambda codec: Model.model_validate(codec).model_dump(),
    )


def numcodecs() -> Iterator[Contender]:
    """A live codec and back."""
    from numcodecs import get_codec

    yield Contender(
        "numcodecs: get_codec + get_config", lambda codec: get_codec(codec).get_config()
    )


def zarr_python() -> Iterator[Contender]:
    """A live v3 codec, and back."""
    from zarr.registry import get_codec_class

    def parse(codec: dict[str, Any]) -> Any:
        return get_codec_class(codec["name"]).from_dict(codec)

    yield Contender(PARSE, parse, rewritten)
    yield Contender(ROUND_TRIP, lambda codec: parse(codec).to_dict(), rewritten)


PARSE = "zarr-python: get_codec_class + from_dict"
ROUND_TRIP = "zarr-python: from_dict + to_dict"
"""What goals compare with: JSON to JSON, as ours is."""


def zarr_metadata() -> Iterator[Contender]:
    """Validation of v3 JSON."""
    from zarr_metadata.definition import resolve
    from zarr_metadata.v3.definition import CORE_AND_EXTENSIONS, CodecDefinition

    yield Contender(
        "zarr-metadata: resolve",
        lambda codec: resolve(codec, CodecDefinition, CORE_AND_EXTENSIONS),
        rewritten,
    )


def virtualizarr() -> Iterator[Contender]:
    """A prefix before the name; the parameters stay numcodecs' own."""
    from virtualizarr.codecs import zarr_codec_config_to_v3

    yield Contender("VirtualiZarr: zarr_codec_config_to_v3", zarr_codec_config_to_v3)


CODECS = (hand_written, pydantic, numcodecs, zarr_python, zarr_metadata, virtualizarr)


def migration() -> Iterator[Contender]:
    """zarr-python's own migration, of a document that it has read, and of JSON to JSON."""
    from zarr.core.metadata.v2 import ArrayV2Metadata
    from zarr.metadata.migrate_v3 import _convert_array_metadata

    def parsed(zarray: dict[str, Any]) -> Any:
        return ArrayV2Metadata.from_dict(dict(zarray))

    def whole(zarray: dict[str, Any]) -> Any:
        return _convert_array_metadata(parsed(zarray)).to_dict()

    yield Contender("zarr-python: _convert_array_metadata alone", _convert_array_metadata, parsed)
    yield Contender("zarr-python: from_dict + convert + to_dict", whole)


DOCUMENTS = (migration,)


def installed(
    makers: tuple[Callable[[], Iterator[Contender]], ...],
) -> tuple[list[Contender], list[str]]:
    """Those that can be imported, and the names of the others."""
    found: list[Contender] = []
    missing: list[str] = []
    for make in makers:
        try:
            found += make()
        except ImportError:
            missing.append(make.__name__)
    return found, missing
