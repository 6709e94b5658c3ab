"""The 81 codecs of imagecodecs: kinds, parameters, defaults per format, and what each is for, from `table.json`.

The data is that of `imagecodecs.numcodecs` (v2) and `imagecodecs.zarr` (v3) of imagecodecs 2026.10.10, and of its
source for `HEIF` and `WIC`, which the Linux wheels leave out; https://github.com/cgohlke/imagecodecs. `parameters`
has those that several codecs share, which name them in capitals. The default ``"required"`` means none. What is not
required may be null.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final

from zarrcodec_bridge.core.spec import Dialect, Kind


class _Mark(Enum):
    REQUIRED = "required"
    DEFAULT = "as in the other dialect"


REQUIRED: Final = _Mark.REQUIRED
"""Stands for a default where the parameter must be there."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. By default it is the same in both dialects, and null if left out."""

    type: str
    """A word that :mod:`.types` spells out: a plain type, ``"one of ..."``, or an enumeration by name."""
    about: str
    default: Any = None
    v2: Any = _Mark.DEFAULT
    """The default in v2, where it is another one."""
    v3: Any = _Mark.DEFAULT
    """The default in v3, where it is another one."""
    only: Dialect | None = None
    """The one dialect that has it."""
    implied: bool = False
    """In v2 only, because v3 takes it from the array."""
    decodes: bool = False
    """Decoding depends on it."""
    always: bool = False
    """Written to v3 even where it is the default, as `imagecodecs.zarr` does."""

    def default_in(self, dialect: Dialect) -> Any:
        """The default in `dialect`, or :data:`REQUIRED`."""
        default = self.v2 if dialect == "v2" else self.v3
        return self.default if default is _Mark.DEFAULT else default

    @property
    def canonical_default(self) -> Any:
        """The default of the canonical model: that of v3 if there is one, and null for what v3 takes from the array."""
        if self.implied:
            return None
        default = self.default_in("v3")
        return default if default is not REQUIRED else self.default_in("v2")

    def is_in(self, dialect: Dialect) -> bool:
        """Whether `dialect` has it."""
        return self.only in (None, dialect)


@dataclass(frozen=True, slots=True)
class Facts:
    """One codec."""

    kind: Kind
    about: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def implied(self) -> frozenset[str]:
        """The parameters that v3 takes from the array."""
        return frozenset(name for name, fact in self.parameters.items() if fact.implied)

    @property
    def not_needed_to_decode(self) -> frozenset[str]:
        """The parameters that decoding does not need."""
        return frozenset(
            name for name, fact in self.parameters.items() if not fact.decodes and not fact.implied
        )


def _parameter(facts: Any) -> Parameter:
    """Make a parameter from its facts, or from the shared ones that they name."""
    named = _TABLE["parameters"][facts] if isinstance(facts, str) else facts
    values: dict[str, Any] = {
        key: REQUIRED if fact == "required" else fact for key, fact in named.items()
    }
    return Parameter(**values)


_TABLE: Final[dict[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text("utf-8"))

ENUMERATIONS: Final[dict[str, str]] = _TABLE["enumerations"]
"""Members in both formats by name, in old v2 metadata by number.

Of names with the same number the first is written and the others are read as it.
"""

CODECS: Final[dict[str, Facts]] = {
    codec: Facts(
        facts["kind"],
        facts["about"],
        {key: _parameter(fact) for key, fact in facts.get("parameters", {}).items()},
    )
    for codec, facts in _TABLE["codecs"].items()
}
