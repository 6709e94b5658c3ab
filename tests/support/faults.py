"""What must hold of a hierarchy in whatever state a fault leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from support.hierarchies import (
    ARRAYS,
    Tree,
    consolidate,
    unequal,
    v2_tree,
    whole,
    without_journal,
    write_tree,
)

V3_ARRAYS = {path: ARRAYS[path] for path in ("plain", "sub/delta")}
"""The arrays of :func:`v3_tree`."""

SMALL = {path: ARRAYS[path] for path in ("plain", "sub/big")}
"""The arrays of :func:`small_tree`."""


def small_tree() -> Tree:
    """Two groups and two arrays, consolidated."""
    tree = {
        key: data
        for key, data in v2_tree(consolidated=False).items()
        if not key.startswith(("sub/de", "words"))
    }
    consolidate(tree)
    return tree


def has_zarr3() -> bool:
    """Whether zarr-python 3 is installed."""
    try:
        import zarr
    except ImportError:
        return False
    return int(zarr.__version__.split(".")[0]) >= 3


needs_zarr3 = pytest.mark.skipif(not has_zarr3(), reason="needs zarr-python 3")


class Readability:
    """Checks states of a hierarchy, each once: by its documents, and by what zarr-python reads."""

    def __init__(
        self,
        home: Path,
        arrays: Mapping[str, np.ndarray] = ARRAYS,
        routes: tuple[str, ...] = ("path", "group", "consolidated"),
    ) -> None:
        self.home = home
        self.arrays = arrays
        self.routes = routes
        self.known: set[frozenset[tuple[str, bytes]]] = set()

    def check(self, tree: Tree) -> None:
        """Fail if an array cannot be read, or reads otherwise."""
        assert whole(tree) == []
        state = frozenset(without_journal(tree).items())
        if state not in self.known:
            self.known.add(state)
            if has_zarr3():
                root = write_tree(self.home / f"state-{len(self.known)}", tree)
                routes = self.routes
                if not {".zmetadata", "zarr.json"} & tree.keys() or (
                    "zarr.json" in tree and b"consolidated" not in tree["zarr.json"]
                ):
                    routes = tuple(route for route in routes if route != "consolidated")
                assert unequal(root, self.arrays, *routes) == []
