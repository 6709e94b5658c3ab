"""Rows of `pcodec`."""

from __future__ import annotations

from table_row import Row, v3
from zarrcodec_bridge.codecs.pcodec import Pcodec
from zarrcodec_bridge.core.errors import NotRepresentableError

PCODEC = {
    "level": 8,
    "mode_spec": "auto",
    "delta_spec": "auto",
    "paging_spec": "equal_pages_up_to",
    "delta_encoding_order": None,
    "equal_pages_up_to": 262144,
}

ROWS = [
    Row(
        codec=Pcodec(level=8),
        v2={"id": "pcodec", "level": 8},
        v3=v3("numcodecs.pcodec", level=8),
        dtype="<f8",
        also=[
            "pcodec",
            "numcodecs.pcodec",
            {"id": "pcodec", **PCODEC},
            v3("numcodecs.pcodec", id="pcodec", level=8),
            v3("https://codec.zarrs.dev/array_to_bytes/pcodec", level=8),
        ],
        wrong=[
            ({"id": "pcodec", "level": 13}, ("level",)),
            ({"id": "pcodec", "level": -1}, ("level",)),
            ({"id": "pcodec", "mode_spec": "try"}, ("mode_spec",)),
            ({"id": "pcodec", "delta_spec": "No_op"}, ("delta_spec",)),
            ({"id": "pcodec", "paging_spec": "exact"}, ("paging_spec",)),
            ({"id": "pcodec", "delta_encoding_order": 8}, ("delta_encoding_order",)),
            (
                {"id": "pcodec", "delta_spec": "no_op", "delta_encoding_order": 1},
                ("delta_encoding_order",),
            ),
            ({"id": "pcodec", "equal_pages_up_to": 0}, ("equal_pages_up_to",)),
            (v3("numcodecs.pcodec", level=8.0), ("configuration", "level")),
            (v3("numcodecs.pcodec", gcds=True), ("configuration", "gcds")),
        ],
        targets={
            "zarr-python": v3("numcodecs.pcodec", level=8),
            "zarrs-python": v3("numcodecs.pcodec", level=8),
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Pcodec(**PCODEC),  # type: ignore[arg-type]
        v2={"id": "pcodec", **PCODEC},
        v3=v3("numcodecs.pcodec", **PCODEC),
        dtype="uint16",
    ),
    Row(
        codec=Pcodec(level=4, mode_spec="classic", delta_encoding_order=1, equal_pages_up_to=1),
        v2={
            "id": "pcodec",
            "level": 4,
            "mode_spec": "classic",
            "delta_encoding_order": 1,
            "equal_pages_up_to": 1,
        },
        v3=v3(
            "numcodecs.pcodec",
            level=4,
            mode_spec="classic",
            delta_encoding_order=1,
            equal_pages_up_to=1,
        ),
    ),
    Row(
        codec=Pcodec(delta_spec="none"),
        v2={"id": "pcodec", "delta_spec": "none"},
        v3=v3("numcodecs.pcodec", delta_spec="none"),
        dtype={"name": "numpy.datetime64", "configuration": {"unit": "s", "scale_factor": 1}},
        also=[
            {"id": "pcodec", "delta_spec": "no_op"},
            v3("numcodecs.pcodec", delta_spec="no_op"),
        ],
        targets={"zarrs-python": v3("numcodecs.pcodec", delta_spec="none")},
    ),
    Row(
        codec=Pcodec(level=0, delta_spec="try_consecutive", delta_encoding_order=7),
        v2={
            "id": "pcodec",
            "level": 0,
            "delta_spec": "try_consecutive",
            "delta_encoding_order": 7,
        },
        v3=v3("numcodecs.pcodec", level=0, delta_spec="try_consecutive", delta_encoding_order=7),
    ),
    Row(
        codec=Pcodec(level=12, delta_spec="try_lookback"),
        v2=NotRepresentableError,
        v3=v3("numcodecs.pcodec", level=12, delta_spec="try_lookback"),
        dtype="complex64",
        targets={
            "zarrs-python": v3("numcodecs.pcodec", level=12, delta_spec="try_lookback"),
            "zarr-python": NotRepresentableError,
        },
    ),
    Row(
        codec=Pcodec(),
        v2=NotRepresentableError,
        v3=NotRepresentableError,
        dtype="int8",
    ),
]
