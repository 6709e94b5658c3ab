"""Units of work on an executor, a bounded number of them at a time."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from zarrcodec_bridge.core.messages import describe_exception
from zarrcodec_bridge.stores.journal import digest
from zarrcodec_bridge.stores.layout import GROUP_DOCUMENTS
from zarrcodec_bridge.stores.store import Documents, MigrationError
from zarrcodec_bridge.stores.work import documents_of

Item = TypeVar("Item")
Result = TypeVar("Result")

_UNITS_ELSEWHERE = 128
"""Units under way on an executor of the caller's, whose number of workers is not known."""


@dataclass(slots=True)
class Crew:
    """An executor, and how much to give it at a time."""

    executor: Executor
    store: Documents
    units: int
    elsewhere: bool
    """Whether the workers may be in other processes."""
    is_stopped: bool = False

    def stop(self) -> None:
        """Begin no other unit. Those under way come to their end."""
        self.is_stopped = True

    def results(
        self,
        work: Callable[[Documents, tuple[Item, ...]], Result],
        queue: deque[Item],
        largest: int,
    ) -> Iterator[Result]:
        """Results as they come. The queue may grow meanwhile; a unit has at most `largest` items of it.

        What was added last is done first, so that the queue stays short while a hierarchy is being found.
        """
        call = partial(work, self.store)
        under_way: set[Future[Result]] = set()
        try:
            while under_way or (queue and not self.is_stopped):
                while queue and len(under_way) < self.units and not self.is_stopped:
                    size = max(1, min(largest, len(queue) // self.units))
                    unit = tuple(queue.pop() for _ in range(size))
                    under_way.add(self.executor.submit(call, unit))
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
                if self.is_stopped:
                    under_way = {future for future in under_way if not future.cancel()}
        finally:
            for future in under_way:
                future.cancel()


@contextmanager
def crew_for(
    store: Documents, executor: Executor | None, max_workers: int | None
) -> Generator[Crew]:
    """The caller's executor, or threads for as long as it takes.

    Raises :class:`MigrationError` if the workers do not see the same store.
    """
    if executor is None:
        workers = max_workers or store.workers
        with ThreadPoolExecutor(workers, thread_name_prefix="zarrcodec_bridge") as threads:
            yield Crew(threads, store, 2 * workers, elsewhere=False)
        return
    elsewhere = not isinstance(executor, ThreadPoolExecutor)
    if elsewhere:
        _check_same(executor, store)
    yield Crew(executor, store, max_workers or _UNITS_ELSEWHERE, elsewhere=elsewhere)


def _check_same(executor: Executor, store: Documents) -> None:
    try:
        pickle.dumps(store)
        seen = executor.submit(_appearance, store).result()
    except Exception as error:
        raise MigrationError(
            f"the executor's workers cannot work on {store.name}: {describe_exception(error)}"
        ) from error
    if seen != _appearance(store):
        raise MigrationError(
            f"the executor's workers see something else at {store.name} than this process;"
            " give them a store that all of them reach"
        )


def _appearance(store: Documents) -> tuple[object, ...]:
    """A digest of a store, as this process sees it."""
    (found,) = documents_of(store, [""], GROUP_DOCUMENTS)
    read = {name: digest(data) for name, data in found.items() if isinstance(data, bytes)}
    return tuple(sorted(read.items())), tuple(sorted(store.folders("")))
