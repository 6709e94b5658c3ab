"""What an error advises is data: `.hint` stands in the message, survives pickling, and helps when it is followed."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, Final

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.errors import BridgeError, InvalidCodecError, UnsafeCodecError
from zarrcodec_bridge.core.options import OptionError

BLOSC: Final = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": -1, "blocksize": 0}
V3: Final = {
    "zarr_format": 3,
    "node_type": "group",
    "attributes": {},
    "more": {"must_understand": False},
}
ROWS: Final[dict[str, tuple[Callable[[], Any], str | None]]] = {
    "near name": (lambda: bridge.to_v3({"id": "gzpi"}), "'gzip'"),
    "no near name": (lambda: bridge.to_v3({"id": "qqqqqq"}), "unknown='keep' or unknown='wrap'"),
    "loss": (lambda: bridge.metadata_to_v2(V3), "on_loss='warn' or on_loss='ignore'"),
    "malformed": (lambda: bridge.to_v3({"id": "gzip", "level": 99}), None),
}


@pytest.mark.parametrize("row", ROWS)
def test_hints(row: str) -> None:
    call, hint = ROWS[row]
    with pytest.raises(BridgeError) as caught:
        call()
    error = caught.value
    assert error.hint == hint
    assert hint is None or hint.split(" or ")[0] in str(error)
    assert pickle.loads(pickle.dumps(error)).hint == hint


def test_what_a_hint_says_helps() -> None:
    assert bridge.metadata_to_v2(V3, on_loss="ignore") == ({"zarr_format": 2}, {})
    assert bridge.to_v3({"id": "qqqqqq"}, unknown="keep")["name"] == "qqqqqq"
    assert UnsafeCodecError("pickle").hint == "allow_pickle=True"


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda: bridge.json_schema("v4"), OptionError),  # type: ignore[arg-type]
        (lambda: bridge.json_schema("v3", 5), InvalidCodecError),  # type: ignore[arg-type]
        (lambda: bridge.translate_metadata(V3, to="v1"), OptionError),  # type: ignore[arg-type]
        (lambda: bridge.translate_metadata(V3, {}), InvalidCodecError),
    ],
)
def test_wrong_options_are_errors_of_this_library(
    call: Callable[[], Any], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        call()
