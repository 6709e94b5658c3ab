"""Chunks that real implementations wrote, decoded through the translated encoding by code that others wrote."""

from __future__ import annotations

from typing import Any

import pytest

from support import shared

pytest.importorskip("zarr", minversion="3.1")
import zarrcodec_bridge as bridge
from support import readers
from zarrcodec_bridge.core.errors import BridgeError

ROWS = {row["name"]: row for row in shared.pipelines()}
WRITTEN = [written for group in shared.chunks().values() for written in group]
READERS: tuple[Any, ...] = ("zarr-python", "tensorstore", "zarrs")

KNOWN: dict[tuple[str, str, int], str] = {
    ("pcodec_F", "zarrs", 3): "zarrs 0.23.8 cannot decode part of a [transpose, pcodec] chunk",
    ("V6", "zarrs", 3): "zarrista has no NumPy type for r48, and zarr-python does not know r48",
    (
        "raw_>c8",
        "zarrs",
        2,
    ): "zarrs 0.23.8 swaps big-endian complex numbers wrong in partial chunks",
    (
        "struct_le_b64fill",
        "tensorstore",
        3,
    ): "tensorstore wants the fill value of a struct as an object, which the row has as base64",
    ("vlen_bytes_dtbytes", "zarrs", 2): "zarrista reads v2 vlen-bytes as texts",
}
"""(name, reader, format read) that a reader cannot decode although the metadata are right, and why."""

BEFORE = {
    "astype_be": ((3, 3), "reads [numcodecs.astype, bytes big] wrong"),
    "struct_be": ((3, 3), "does not know struct, or ignores its byte order"),
    "blosc_struct": ((3, 2), "does not know struct"),
    "struct_le_b64fill": ((3, 2), "does not know struct"),
    "struct_shuffle_zlib": ((3, 2), "does not know struct"),
    "struct_nested": ((3, 4), "does not know struct, or nested ones in v2"),
}
"""By name: what zarr-python before this version cannot decode, and why."""


def _encoding(document: Any) -> bridge.Pipeline:
    if document["zarr_format"] == 2:
        return bridge.Pipeline.from_v2(
            dtype=document["dtype"],
            order=document["order"],
            filters=document["filters"],
            compressor=document["compressor"],
            chunk_shape=document["chunks"],
        )
    return bridge.Pipeline.from_v3(
        data_type=document["data_type"],
        codecs=document["codecs"],
        chunk_shape=document["chunk_grid"]["configuration"]["chunk_shape"],
    )


def _cases() -> list[Any]:
    return [
        pytest.param(written, reader, id=f"{written.name}-{written.writer}-{reader}")
        for written in WRITTEN
        for reader in readers.available()
        if reader in READERS
    ]


def _read(reader: Any, document: Any, chunks: Any) -> Any:
    """Through the reader; zarrs has two doors, each with other features built in."""
    try:
        return readers.read(reader, document, chunks)
    except readers.RefusedError:
        if reader != "zarrs" or "zarrista" not in readers.available():
            raise
        return readers.read("zarrista", document, chunks)


@pytest.mark.parametrize(("written", "reader"), _cases())
def test_translated_metadata_decode_the_same_chunks(written: Any, reader: Any) -> None:
    row = ROWS[written.name]
    pipeline = _encoding(written.metadata)
    forward = written.zarr_format == 2
    try:
        encoding = pipeline.to_v3(reader) if forward else pipeline.to_v2(on_loss="ignore")
    except BridgeError as refusal:
        allowed = (
            row["use"] == "refuse"
            or not row["byte_compatible"]
            or (forward and reader != "zarr-python")
        )
        assert allowed or (written.name, reader) in REFUSED, str(refusal)
        return
    side = row["v3" if forward else "v2"] or {}
    document = (readers.v3_document if forward else readers.v2_document)(
        {**encoding, **({"fill_value": side["fill_value"]} if "fill_value" in side else {})},
        written.shape,
        written.chunk_shape,
    )
    reason = KNOWN.get((written.name, reader, 3 if forward else 2))
    version = tuple(int(part) for part in readers.available()[reader].split(".")[:2])
    if reader == "zarr-python" and version < BEFORE.get(written.name, ((0,), ""))[0]:
        return
    try:
        found = _read(reader, document, written.chunks)
    except readers.RefusedError as error:
        if forward or reader == "zarr-python":
            assert reason, f"{document['codecs'] if forward else document}: {error}"
        return
    assert readers.equal(found, written.expected()) or reason


REFUSED: dict[tuple[str, str], str] = {}
"""Translations that are refused although the pair is byte compatible, and why."""
