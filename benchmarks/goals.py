"""The goals, what is measured for each, and whether it is reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import sample
from statistics import median
from typing import Any

from contenders import ROUND_TRIP, Contender, installed, zarr_python
from payloads import CONFIGURATIONS, blosc, document, encoding, long_encoding, nested, sharding
from processes import import_ratio, memory_of_pipelines
from timing import Batch, in_turns, per_call

from zarrcodec_bridge import Pipeline, metadata_to_v3, normalize, to_v3
from zarrcodec_bridge.core.registry import forget


@dataclass(frozen=True)
class Goal:
    """One line of the table."""

    name: str
    most: float
    unit: str
    measured: float

    @property
    def verdict(self) -> str:
        return "reached" if self.measured <= self.most else "missed"


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    rounds: int
    batch: int
    processes: int
    pipelines: int
    documents: tuple[int, ...]


WHOLE = Effort(31, 400, 15, 100_000, (10, 100, 1_000, 10_000, 100_000))
QUICK = Effort(3, 20, 1, 1_000, (10, 100))

LENGTHS = (1, 2, 5, 10, 20, 50)
DEPTHS = (1, 2, 5, 10, 20)


def goals(effort: Effort) -> Iterator[Goal]:
    """Each goal, measured; some compare with zarr-python, in turns with it alone."""
    contenders, _ = installed((zarr_python,))
    times = codec_times(contenders, effort)
    theirs = times.get(ROUND_TRIP)
    if theirs is not None:
        yield Goal(
            "a. to_v3, many different / from_dict + to_dict", 0.5, "x", times[FIRST] / theirs
        )
        yield Goal("b. to_v3, the same again / the same", 0.2, "x", times[AGAIN] / theirs)
    pipelines = _pipelines(effort)
    yield Goal("c. Pipeline.from_v2().to_v3(), never met", 30, "us", pipelines["new"])
    yield Goal("c. the same again", 30, "us", pipelines["again"])
    if theirs is not None:
        yield Goal("d. normalize of sharding / from_dict", 2, "x", _sharding(effort))
    yield Goal("e. import / pydantic's with one model", 1.25, "x", import_ratio(effort.processes))
    yield Goal(
        f"f. {effort.pipelines:,} pipelines above their documents",
        40,
        "MB",
        memory_of_pipelines(effort.pipelines),
    )


FIRST = "zarrcodec_bridge: to_v3, first seen"
AGAIN = "zarrcodec_bridge: to_v3, again"
UNMET = "zarrcodec_bridge: to_v3, a block size never met"


def codec_times(contenders: list[Contender], effort: Effort) -> dict[str, float]:
    """Microseconds for one blosc configuration, many different ones in turn; each round begins without memory."""

    def ours(codec: dict[str, Any]) -> Any:
        return to_v3(codec, dtype="<i4")

    def rounds() -> Iterator[dict[str, Batch]]:
        for _ in range(effort.rounds):
            usual = sample(CONFIGURATIONS, min(len(CONFIGURATIONS), 2 * effort.batch))
            forget()
            yield {
                **{
                    one.name: (one.call, [one.prepare(codec) for codec in usual])
                    for one in contenders
                },
                FIRST: (ours, usual),
                AGAIN: (ours, usual),
                UNMET: (ours, [blosc() for _ in usual]),
            }

    return in_turns(rounds())


def written(members: dict[str, Any]) -> Any:
    """An encoding to v3."""
    return Pipeline.from_v2(**members, ndim=3).to_v3()


def _pipelines(effort: Effort) -> dict[str, float]:
    def rounds() -> Iterator[dict[str, Batch]]:
        for _ in range(effort.rounds):
            new = [encoding() for _ in range(effort.batch)]
            yield {"new": (written, new), "again": (written, new)}

    return in_turns(rounds())


def _sharding(effort: Effort) -> float:
    from zarr.registry import get_codec_class

    def parse(codec: dict[str, Any]) -> Any:
        return get_codec_class(codec["name"]).from_dict(codec)

    def rounds() -> Iterator[dict[str, Batch]]:
        for _ in range(effort.rounds):
            new = [sharding() for _ in range(effort.batch)]
            yield {"ours": (normalize, new), "theirs": (parse, new)}

    times = in_turns(rounds())
    return times["ours"] / times["theirs"]


@dataclass(frozen=True)
class Growth:
    """How the cost of one grows with how many there are."""

    name: str
    sizes: tuple[int, ...]
    each: tuple[float, ...]
    """Microseconds, by size and per item."""

    @property
    def steepest(self) -> float:
        """The largest growth of the cost per item from one size to the next; 1 is linear."""
        return max(later / earlier for earlier, later in pairwise(self.each))


def growths(effort: Effort) -> Iterator[Growth]:
    """Goal g."""
    yield _growth(
        "documents, each",
        effort.documents,
        lambda many: per_call(metadata_to_v3, [document(number) for number in range(many)]),
    )
    yield _growth(
        "codecs in a pipeline, each",
        LENGTHS,
        lambda length: (
            median(
                per_call(written, [long_encoding(length) for _ in range(effort.batch)])
                for _ in range(effort.rounds)
            )
            / length
        ),
    )
    yield _growth(
        "levels of nesting, each",
        DEPTHS,
        lambda depth: (
            median(
                per_call(normalize, [nested(depth) for _ in range(effort.batch)])
                for _ in range(effort.rounds)
            )
            / depth
        ),
    )


def _growth(name: str, sizes: tuple[int, ...], cost: Callable[[int], float]) -> Growth:
    return Growth(name, sizes, tuple(cost(size) for size in sizes))
