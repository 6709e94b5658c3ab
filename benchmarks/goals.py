"""The goals, what is measured for each, and whether it is reached."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import sample
from statistics import median
from typing import Any
from unittest.mock import patch

from contenders import ROUND_TRIP, Contender, installed, zarr_python
from payloads import CONFIGURATIONS, blosc, consolidated, document, long_encoding, nested, sharding
from processes import memory_of_pipelines, process_times
from timing import Batch, in_turns, per_call

from zarrcodec_bridge import Pipeline, metadata_to_v3, normalize, to_v3
from zarrcodec_bridge.documents import array_cache


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
    theirs = codec_times(contenders, effort)
    if ROUND_TRIP in theirs:
        parse = theirs[ROUND_TRIP]
        yield Goal(
            "a. to_v3, the same again / zarr-python's parse", 0.25, "x", theirs[AGAIN] / parse
        )
    yield Goal("b. distinct documents / without a memory", 1.1, "x", _distinct(effort))
    few, some, many = _consolidated(effort)
    yield Goal("c. consolidated, 5,000 encodings / 50", 1.5, "x", many / some)
    yield Goal("c. consolidated, 50 encodings / 5", 1.5, "x", some / few)
    if ROUND_TRIP in theirs:
        yield Goal("d. normalize of sharding / from_dict", 2, "x", _sharding(effort))
    model, document_, command = process_times(effort.processes)
    yield Goal("e. import and first document / pydantic's first model", 1.3, "x", document_ / model)
    yield Goal("f. to-v3 of one codec on the command line / the same", 1.5, "x", command / model)
    yield Goal(
        f"g. {effort.pipelines:,} pipelines above their documents",
        40,
        "MB",
        memory_of_pipelines(effort.pipelines),
    )


AGAIN = "zarrcodec_bridge: to_v3, again"
UNMET = "zarrcodec_bridge: to_v3, never met"


def codec_times(contenders: list[Contender], effort: Effort) -> dict[str, float]:
    """Microseconds for one blosc configuration, 20 different ones again and again."""

    def ours(codec: dict[str, Any]) -> Any:
        return to_v3(codec, dtype="<i4")

    def rounds() -> Iterator[dict[str, Batch]]:
        for _ in range(effort.rounds):
            usual = sample(CONFIGURATIONS, 20) * (effort.batch // 10)  # as an archive has them
            for codec in usual:
                ours(codec)
            yield {
                **{
                    one.name: (one.call, [one.prepare(codec) for codec in usual])
                    for one in contenders
                },
                AGAIN: (ours, usual),
                UNMET: (ours, [blosc() for _ in usual]),
            }

    return in_turns(rounds())


def written(members: dict[str, Any]) -> Any:
    """An encoding to v3."""
    return Pipeline.from_v2(**members, ndim=3).to_v3()


def _distinct(effort: Effort) -> float:
    """Documents of which no two are equal, by the same where nothing is looked up or kept."""

    def distinct() -> list[dict[str, Any]]:
        return [{**document(number), "compressor": blosc()} for number in range(effort.batch)]

    def forgetful(documents: list[dict[str, Any]]) -> None:
        with (
            patch.object(array_cache, "key_of", lambda _: None),
        ):
            translate_all(documents)

    def translate_all(documents: list[dict[str, Any]]) -> None:
        for each in documents:
            metadata_to_v3(each)

    def rounds() -> Iterator[dict[str, Batch]]:
        for _ in range(effort.rounds):
            yield {"with": (translate_all, [distinct()]), "without": (forgetful, [distinct()])}

    times = in_turns(rounds())
    return times["with"] / times["without"]


def _consolidated(effort: Effort) -> tuple[float, ...]:
    """Consolidated documents with 5, 50 and 5,000 encodings, by reading and writing their text alone; warm."""
    arrays = effort.documents[-2]
    texts = {many: consolidated(arrays, many) for many in (5, 50, 5_000)}

    def copy(text: str) -> str:
        return json.dumps(json.loads(text))

    def translate(text: str) -> str:
        return json.dumps(metadata_to_v3(json.loads(text)))

    def rounds() -> Iterator[dict[str, Batch]]:
        for _ in range(max(3, effort.rounds // 4)):
            yield {
                **{f"copy {many}": (copy, [text]) for many, text in texts.items()},
                **{f"{many}": (translate, [text]) for many, text in texts.items()},
            }

    for text in texts.values():
        translate(text)
    times = in_turns(rounds())
    return tuple(times[f"{many}"] / times[f"copy {many}"] for many in texts)


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
