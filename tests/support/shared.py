"""The folder `shared`: golden pairs and real metadata, as its README files describe them.

Without the folder a caller is skipped; under CI it fails.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict

import pytest

if TYPE_CHECKING:
    import numpy as np

CHECKOUT: Final = Path(__file__).resolve().parents[2]
VARIABLE: Final = "ZARRCODEC_BRIDGE_SHARED"

Json = dict[str, Any]
Direction = Literal["both", "v2_to_v3", "v3_to_v2"]
Use = Literal["translate", "refuse", "forbidden_pair"]


class Pair(TypedDict):
    """A row of golden/pipelines.jsonl or golden/codecs.jsonl."""

    name: str
    scope: Literal["pipeline", "codec"]
    v2: Json | None
    v3: Json | None
    context: Json
    direction: Direction
    use: Use
    canonical: bool
    byte_compatible: bool
    encode_identical: bool | None
    evidence: str
    note: str


class Alias(TypedDict):
    """A row of golden/aliases.json: `name` reads as `canonical`."""

    name: str
    canonical: str
    note: str


@dataclass(frozen=True)
class Written:
    """One array of golden/chunks.jsonl, as `writer` wrote it."""

    name: str
    writer: str
    metadata: Json
    chunks: dict[str, bytes]
    expected_json: Json

    @property
    def zarr_format(self) -> Literal[2, 3]:
        """The format of `metadata`."""
        return 2 if self.metadata["zarr_format"] == 2 else 3

    @property
    def shape(self) -> list[int]:
        """The array's shape."""
        return list(self.metadata["shape"])

    @property
    def chunk_shape(self) -> list[int]:
        """The shape of a chunk."""
        if self.zarr_format == 2:
            return list(self.metadata["chunks"])
        return list(self.metadata["chunk_grid"]["configuration"]["chunk_shape"])

    def expected(self) -> np.ndarray:
        """The decoded array, in native byte order."""
        import numpy as np

        shape = tuple(self.expected_json["shape"])
        if "values" in self.expected_json:
            array = np.empty(shape, dtype=object)
            array.reshape(-1)[:] = [_element(value) for value in self.expected_json["values"]]
            return array
        dtype = _dtype(self.expected_json["dtype"])
        data = base64.b64decode(self.expected_json["base64"])
        return np.frombuffer(data, dtype=dtype).reshape(shape)


class Document(TypedDict):
    """A row of corpus/documents.jsonl."""

    id: int
    document: Json
    zarr_format: Literal[2, 3]
    origin: Literal["found", "derived", "generated"]
    source: Json
    repos: list[str]
    occurrences: int
    codecs: list[str]
    tags: list[str]
    opened_by: list[str]
    refused_by: dict[str, str]


@dataclass(frozen=True)
class Store:
    """A row of corpus/stores.json, and where the array lies."""

    path: Path
    entry: Json

    @property
    def name(self) -> str:
        """The store's folder."""
        return self.path.name

    @property
    def document(self) -> Json:
        """The array's own `.zarray` or `zarr.json`."""
        file = ".zarray" if self.entry["zarr_format"] == 2 else "zarr.json"
        document: Json = json.loads((self.path / file).read_text())
        return document

    def expected(self, dtype: np.dtype[Any]) -> np.ndarray | None:
        """The values cast to what a reader gave, or None where they are not known."""
        import numpy as np

        known = self.entry["expected"]
        shape = tuple(known["shape"])
        if "rule" in known:
            return np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
        if "values" in known:
            return np.array(known["values"], dtype=dtype).reshape(shape)
        return None


@dataclass(frozen=True)
class Vector:
    """An entry of corpus/codec_vectors: a numcodecs configuration, with its bytes if kept."""

    config: Json
    array_file: Path | None
    encoded_file: Path | None
    entry: Json

    @property
    def name(self) -> str:
        """The codec and its files."""
        file = self.encoded_file
        return f"{self.config['id']}-{file.parent.name}-{file.stem}" if file else self.config["id"]


class Fragment(TypedDict):
    """A row of corpus/codec_fragments.jsonl: one codec configuration."""

    codec: Json
    occurrences: int
    source: Json
    zarr_format: Literal[2, 3]


def folder() -> Path:
    """The folder `shared`; skips the caller when it is absent, fails under CI."""
    path = Path(os.environ.get(VARIABLE) or CHECKOUT.parent / "shared")
    if (path / "golden").is_dir():
        return path
    reason = f"no shared data at {path} (set {VARIABLE})"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def load(relative: str) -> Any:
    """What a JSON file of the folder holds."""
    return json.loads((folder() / relative).read_text(encoding="utf-8"))


def rows(relative: str) -> list[Any]:
    """What the lines of a JSON Lines file of the folder hold."""
    text = (folder() / relative).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def pipelines() -> list[Pair]:
    """Golden pairs of whole encodings."""
    return rows("golden/pipelines.jsonl")


def codecs() -> list[Pair]:
    """Golden pairs of single codecs."""
    return rows("golden/codecs.jsonl")


def aliases() -> list[Alias]:
    """Golden names that read as another."""
    return list(load("golden/aliases.json"))


def chunks() -> dict[str, list[Written]]:
    """What implementations wrote for a golden pipeline, by its name."""
    return {
        row["name"]: [
            Written(
                name=row["name"],
                writer=written["writer"],
                metadata=written["metadata"],
                chunks={key: base64.b64decode(text) for key, text in written["chunks"].items()},
                expected_json=written["expected"],
            )
            for written in row["written"]
        ]
        for row in rows("golden/chunks.jsonl")
    }


def documents() -> list[Document]:
    """The corpus's array documents."""
    return rows("corpus/documents.jsonl")


def other_formats() -> list[Json]:
    """The corpus's zarr_format 1 documents."""
    return rows("corpus/other_formats.jsonl")


def stores() -> list[Store]:
    """The corpus's stores."""
    return [
        Store(folder() / "corpus" / entry["dir"], entry) for entry in load("corpus/stores.json")
    ]


def vectors() -> list[Vector]:
    """The corpus's numcodecs fixtures."""
    home = folder() / "corpus" / "codec_vectors"
    return [
        Vector(
            config=entry["config"],
            array_file=home / entry["array"] if entry["array"] else None,
            encoded_file=home / entry["encoded"] if entry["encoded"] else None,
            entry=entry,
        )
        for entry in load("corpus/codec_vectors/vectors.json")["vectors"]
    ]


def fragments() -> list[Fragment]:
    """The corpus's single codec configurations."""
    return rows("corpus/codec_fragments.jsonl")


def _dtype(spelling: Any) -> np.dtype[Any]:
    """A numpy dtype from a type string or a (JSON) list of fields."""
    import numpy as np

    if isinstance(spelling, str):
        return np.dtype(spelling)
    return np.dtype([(name, _dtype(inner), *map(tuple, shape)) for name, inner, *shape in spelling])


def _element(value: Any) -> Any:
    """An object array's element: `{"b": base64}` is bytes, `["arr", ...]` an array."""
    import numpy as np

    if isinstance(value, dict) and value.keys() == {"b"}:
        return base64.b64decode(value["b"])
    if isinstance(value, list) and value[:1] == ["arr"]:
        return np.array(value[1:])
    return value
