"""Large hierarchies, and work on executors of other processes."""

from __future__ import annotations

import os
import pickle
import resource
import shutil
import sys
import tempfile
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from support.hierarchies import (
    ARRAYS,
    document,
    read_tree,
    unequal,
    v2_tree,
    whole,
    without_journal,
    write_tree,
    zarray,
)
from zarrcodec_bridge.stores import MigrationError, migrate, undo
from zarrcodec_bridge.stores.directories import LocalDirectory


def large(root: Path, groups: int, arrays: int) -> Path:
    """A hierarchy of as many groups, each with as many arrays."""
    root.mkdir()
    (root / ".zgroup").write_bytes(document(zarr_format=2))
    attributes = document(_ARRAY_DIMENSIONS=["y", "x"], units="K")
    for group in range(groups):
        home = root / f"group-{group:04}"
        home.mkdir()
        (home / ".zgroup").write_bytes(document(zarr_format=2))
        for number in range(arrays):
            path = home / f"array-{number:04}"
            path.mkdir()
            compressor = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}
            path.joinpath(".zarray").write_bytes(
                zarray([100 + number, 100], [10, 10], "<f4", compressor=compressor)
            )
            path.joinpath(".zattrs").write_bytes(attributes)
    return root


@pytest.fixture
def room():
    """A folder in memory where there is one: sixty thousand small files are hard on a disk that others use."""
    memory = Path("/dev/shm")
    folder = tempfile.mkdtemp(dir=memory if os.access(memory, os.W_OK) else None)
    yield Path(folder)
    shutil.rmtree(folder)


@pytest.mark.long
def test_20000_arrays(room):
    """Found, migrated, found again and taken back, in seconds and little memory, and streamed all the while."""
    root = large(room / "s", 100, 200)
    events: list[str] = []

    class Watched(LocalDirectory):
        def entries(self, path):
            events.append("list")
            return super().entries(path)

        def write_all(self, documents, first=None):
            events.append("write")
            return super().write_all(documents, first)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    report = migrate(Watched(str(root)), dry_run=False)
    seconds = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert report.counts == {"done": 20_101}
    assert seconds < 60
    assert grown < 150, "MiB"
    first_write, last_list = events.index("write"), len(events) - events[::-1].index("list") - 1
    assert first_write < last_list, "writing began before all was listed"
    assert events.count("list") == 101, "arrays are not looked into"
    assert migrate(root).counts == {"unchanged": 20_101}
    assert undo(root).counts == {"done": 20_101}
    assert not list(root.rglob("zarr.json"))


def test_the_number_of_units_under_way_is_bounded(tmp_path):
    root = large(tmp_path / "s", 40, 10)

    class Counting(ThreadPoolExecutor):
        under_way = most = 0

        def submit(self, *args, **options):
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            future = super().submit(*args, **options)
            future.add_done_callback(self.over)
            return future

        def over(self, _):
            self.under_way -= 1

    with Counting(2) as executor:
        assert migrate(root, executor=executor, max_workers=5, dry_run=False).ok
    assert 1 < executor.most <= 6


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_of_two_workers(tmp_path):
    distributed = pytest.importorskip("distributed")
    root = large(tmp_path / "s", 10, 40)
    write_tree(root / "real", v2_tree())
    cluster = distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        worker_dashboard_address=None,
        local_directory=str(tmp_path / "dask"),
    )
    with cluster, distributed.Client(cluster) as client:
        executor = client.get_executor()
        assert migrate(root, executor=executor).counts == {"will change": 419}
        report = migrate(root, executor=executor, dry_run=False)
        worked = client.run(lambda: "zarrcodec_bridge.stores.work" in sys.modules)
        assert report.counts == {"done": 419}
        assert set(worked.values()) == {True}
        assert len(worked) == 2
        again = migrate(root, executor=executor, dry_run=False)
        assert again.counts == {"unchanged": 419}
        memory = v2_tree()
        with pytest.raises(MigrationError, match="memory of one process"):
            migrate(memory, executor=executor)
    assert whole(read_tree(root)) == []
    if pytest.importorskip("zarr").__version__.startswith("3."):
        arrays = {f"real/{path}": values for path, values in ARRAYS.items()}
        assert unequal(root, arrays, "path", "group", "2", "3") == []


def test_a_pool_of_processes(tmp_path):
    root = large(tmp_path / "s", 4, 20)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        assert migrate(root, executor=executor, dry_run=False).counts == {"done": 85}
        assert migrate(root, executor=executor).counts == {"unchanged": 85}
        with pytest.raises(MigrationError, match="memory of one process"):
            migrate(v2_tree(), executor=executor, dry_run=False)
    assert undo(root).ok


class Elsewhere(Executor):
    """Works on another machine, which has something else at the same path."""

    def __init__(self, here: Path, there: Path) -> None:
        self.paths = here, there

    def submit(self, function, /, *args, **options):
        future: Future = Future()
        try:
            here, there = (str(path) for path in self.paths)
            call = pickle.dumps((function, args)).replace(
                len(here).to_bytes(1) + here.encode(), len(there).to_bytes(1) + there.encode()
            )
            function, args = pickle.loads(call)
            future.set_result(function(*args, **options))
        except Exception as error:
            future.set_exception(error)
        return future


class TestElsewhere:
    @pytest.fixture
    def places(self, tmp_path):
        here = write_tree(tmp_path / "here.", v2_tree())
        return here, tmp_path / "there"

    def test_workers_that_see_nothing_are_noticed(self, places):
        here, there = places
        there.mkdir()
        with pytest.raises(MigrationError, match="see something else"):
            migrate(here, executor=Elsewhere(here, there), dry_run=False)

    def test_workers_that_see_another_store_are_noticed(self, places):
        here, there = places
        write_tree(there, v2_tree() | {".zattrs": document(title="another")})
        with pytest.raises(MigrationError, match="see something else"):
            migrate(here, executor=Elsewhere(here, there), dry_run=False)

    def test_workers_that_write_to_a_copy_are_noticed(self, places):
        here, there = places
        shutil.copytree(here, there)
        report = migrate(here, executor=Elsewhere(here, there), dry_run=False)
        assert "not in this store" in report.stopped
        assert not report.ok
        assert read_tree(here) == v2_tree()

    def test_workers_that_reach_the_store_do_the_work(self, places):
        here, _ = places
        assert migrate(here, executor=Elsewhere(here, here), dry_run=False).ok
        assert whole(read_tree(here)) == []
        assert without_journal(read_tree(here)) != v2_tree()

    def test_an_error_in_a_worker_is_raised(self, places):
        here, _ = places

        class Broken(Elsewhere):
            times = 0

            def submit(self, function, /, *args, **options):
                self.times += 1
                future: Future = Future()
                if self.times > 1:
                    future.set_exception(RuntimeError("the cluster is gone"))
                    return future
                return super().submit(function, *args, **options)

        with pytest.raises(RuntimeError, match="cluster is gone"):
            migrate(here, executor=Broken(here, here), dry_run=False)
        assert migrate(here, dry_run=False).ok
