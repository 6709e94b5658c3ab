"""Stores that several test files migrate, and what is read of them."""

from __future__ import annotations

import pytest

from support.hierarchies import (
    zarray,
)

ROUTES = ("path", "group", "consolidated", "2", "3")

PICKLED = zarray([4], [2], "|O", filters=[{"id": "pickle", "protocol": 5}], fill_value=None)


def zarr3():
    zarr = pytest.importorskip("zarr")
    if int(zarr.__version__.split(".")[0]) < 3:
        pytest.skip("needs zarr-python 3")
    return zarr


def outcomes(report):
    return {node.path: node.outcome for node in report.nodes}
