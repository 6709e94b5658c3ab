"""Options that have no such value are refused before any work, with the name of the option."""

from __future__ import annotations

from typing import Any

import pytest

from zarrcodec_bridge import BridgeError, migrate, undo

GROUP = b'{"zarr_format": 2}'
CHOICES = (
    ("zarr_format", 4, "expected zarr_format 2 or 3, got 4"),
    ("zarr_format", "v3", 'expected zarr_format 2 or 3, got "v3"'),
    ("zarr_format", True, "expected zarr_format 2 or 3, got true"),
    ("target", "gdall", "expected target"),
    ("on_loss", "warm", "did you mean 'warn'"),
    ("unknown", "keeep", "did you mean 'keep'"),
    ("verify", -1, "expected verify to be a whole number of at least 0, got -1"),
    ("verify", True, "expected verify"),
    ("verify", "3", "expected verify"),
)
NUMBERS = tuple(
    (option, value, f"expected {option} to be a whole number of at least 1")
    for option in ("max_workers", "document_limit")
    for value in (0, -1, 1.5, "2", True)
)


@pytest.mark.parametrize(("option", "value", "message"), [*CHOICES, *NUMBERS], ids=str)
def test_migrate_refuses(option: str, value: Any, message: str) -> None:
    store = {".zgroup": GROUP}
    with pytest.raises(BridgeError, match=message):
        migrate(store, **{"dry_run": False, option: value})
    assert store == {".zgroup": GROUP}


@pytest.mark.parametrize(("option", "value", "message"), NUMBERS, ids=str)
def test_undo_refuses(option: str, value: Any, message: str) -> None:
    store = {".zgroup": GROUP}
    assert migrate(store, dry_run=False).ok
    written = dict(store)
    with pytest.raises(BridgeError, match=message):
        undo(store, **{option: value})
    assert store == written
