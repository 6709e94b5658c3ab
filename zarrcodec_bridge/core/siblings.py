"""What pipelines gave before, shared by those whose last codec differs in no more than what stands apart.

Each pipeline is read, and so validated. Only what it gives may be what a sibling gave, with its own values of the
parameters that stand apart (:attr:`CodecSpec.apart`) in their places: blosc alone has a thousand usual configurations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from zarrcodec_bridge.core import registry
from zarrcodec_bridge.core.cache import Entries, Memo, fresh, key_of, same
from zarrcodec_bridge.core.errors import Loss, Note
from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.registry import spec_of

__all__ = ["FIRSTS", "Given", "Memory", "Options", "memory_of"]

Options: TypeAlias = tuple[str, str, str, bool]
"""The dialect, the target, what to do with unknown codecs, and whether portable codecs are wanted."""

Given: TypeAlias = tuple[dict[str, Any], tuple[Note, ...], tuple[Loss, ...]]
"""The members of a document, what was normalised, and what is lost."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What one pipeline gave, and its siblings."""

    given: dict[Options, tuple[object, Given]] = field(
        default_factory=dict[Options, tuple[object, Given]]
    )
    """As the first of them gave it, and the generation of known codecs with which it did."""
    own: dict[str, Any] = field(default_factory=dict[str, Any])
    """This one's values of what stands apart in its last codec."""

    def recall(self, options: Options, known: object) -> Given | None:
        """What was given before, with the codecs that are known now; new at each call. ``None`` where nothing was."""
        found = self.given.get(options)
        if found is None or found[0] is not known:
            return None
        result, notes, losses = found[1]
        result = fresh(result)
        if self.own:
            _last(result).update(self.own)
        return result, notes, losses

    def keep(self, options: Options, given: Given, known: object) -> None:
        """Remember what was given; not what has not this one's values where a sibling would put its own."""
        result, notes, losses = given
        if self.own:
            last = _last(result)
            if not all(key in last and same(last[key], value) for key, value in self.own.items()):
                return
        self.given[options] = known, (fresh(result), notes, losses)

    def __reduce__(self) -> Any:
        return Memory, ()  # a pickled pipeline begins without


def memory_of(
    codec: Codec | None,
    payload: Any,
    others: Sequence[Any],
    notes: Sequence[Note],
    firsts: Firsts | None = None,
) -> Memory:
    """The memory of a pipeline, shared with its siblings.

    Parameters
    ----------
    codec : Codec or None
        The last of its codecs.
    payload : dict
        The JSON of that codec's parameters.
    others : sequence
        All else that the pipeline was read from, as plain JSON.
    notes : sequence of Note
        What was normalised when it was read.
    firsts : optional
        Where to look for siblings: the entries of :data:`FIRSTS` from before it was read.
    """
    firsts = FIRSTS.entries if firsts is None else firsts
    spec = None if codec is None else spec_of(type(codec))
    if codec is None or spec is None or not spec.apart or type(payload) is not dict:
        return Memory()
    values = vars(codec)
    own = {name: values[name] for name in payload if name in spec.apart}
    key = key_of((others, payload | dict.fromkeys(own))) if own else None
    if key is None:
        return Memory()
    found = firsts.get(key)
    if found is None:
        memory = Memory(own=own)
        firsts.remember(key, (values, tuple(notes), memory))
        return memory
    first, noted, memory = found
    if values | memory.own != first or tuple(notes) != noted:
        return Memory()
    return Memory(memory.given, own)


Firsts: TypeAlias = Entries[tuple[dict[str, Any], tuple[Note, ...], Memory]]
"""The first of siblings, by what they share: its values, its notes, its memory."""

FIRSTS: Final[Memo[tuple[dict[str, Any], tuple[Note, ...], Memory]]] = Memo()
registry.forget_with(FIRSTS.forget)


def _last(result: dict[str, Any]) -> dict[str, Any]:
    """The parameters of the last codec, in either format."""
    found = result["codecs"][-1]["configuration"] if "codecs" in result else result["compressor"]
    return found if type(found) is dict else {}
