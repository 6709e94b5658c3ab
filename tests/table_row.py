"""What a row of the table is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.core.json_values import Path
from zarrcodec_bridge.core.model import Codec

__all__ = ["Refusal", "Row"]

Refusal = type[BridgeError]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One canonical codec and how it is spelled."""

    codec: Codec
    v2: dict[str, Any] | Refusal
    """What `to_v2` writes, or the error that it raises."""
    v3: dict[str, Any] | Refusal
    """What `to_v3` writes for the target "spec", or the error that it raises."""
    dtype: Any = None
    """The data type of the elements, where the spelling depends on it."""
    also: Sequence[dict[str, Any] | str] = ()
    """Other spellings that read as the same value (equal models)."""
    same: Sequence[dict[str, Any] | str] = ()
    """Spellings that mean the same without being the same value (`same()` with `dtype`)."""
    wrong: Sequence[tuple[Any, Path]] = ()
    """Payloads that must fail, and where: the path of the first problem."""
    targets: dict[str, dict[str, Any] | Refusal] = field(default_factory=dict)
    """What `to_v3` writes for other targets, or the error that it raises."""
    notes: Sequence[str] = ()
    """Excerpts of the notes that reading `also[0]` or writing gives."""
    lossy: str | None = None
    """The dialect to which writing it loses something: `LossError`, and the cell above with on_loss="ignore"."""

    @property
    def name(self) -> str:
        """A label for test reports."""
        return f"{type(self.codec).__name__}({', '.join(f'{k}={v}' for k, v in self.codec)})"[:90]


def v3(name: str, **configuration: object) -> dict[str, object]:
    """A codec in v3."""
    return {"name": name, "configuration": configuration}


LITTLE = v3("bytes", endian="little")
BIG = v3("bytes", endian="big")
SINGLE = v3("bytes")
GZIP = v3("gzip", level=1)
PACKBITS = v3("packbits")

ZARRS_URL = "https://codec.zarrs.dev"
"""How the URLs begin that earlier versions of zarrs wrote as names."""
