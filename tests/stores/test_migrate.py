"""Whole stores: only metadata is written, every array keeps its values, and what cannot be is refused and said."""

from __future__ import annotations

import gzip
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from support.hierarchies import (
    ARRAYS,
    Tree,
    consolidate,
    read_tree,
    unequal,
    v2_tree,
    v3_tree,
    whole,
    without_journal,
    write_tree,
    zarray,
)
from support.migrated import PICKLED, ROUTES, outcomes, zarr3
from zarrcodec_bridge.cli import main
from zarrcodec_bridge.documents.metadata import metadata_to_v3
from zarrcodec_bridge.stores import migrate

V3_ARRAYS = {path: ARRAYS[path] for path in ("plain", "sub/delta")}


def chunks_in(tree: Tree) -> Tree:
    names = {".zarray", ".zgroup", ".zattrs", ".zmetadata", "zarr.json"}
    return {
        key: data
        for key, data in without_journal(tree).items()
        if key.rpartition("/")[2] not in names
    }


@pytest.fixture
def v2_store(tmp_path) -> Path:
    return write_tree(tmp_path / "store.zarr", v2_tree())


def test_a_directory_becomes_v3_and_every_array_keeps_its_values(v2_store):
    before = read_tree(v2_store)
    report = migrate(v2_store, dry_run=False)
    after = read_tree(v2_store)
    assert report.ok
    assert report.counts == {"done": 8}
    assert {key: after[key] for key in before} == before
    assert whole(after) == []
    added = without_journal(after).keys() - before.keys()
    assert added == {f"{path}/zarr.json".lstrip("/") for path in [*ARRAYS, "", "sub", "sub/deep"]}
    for path in ARRAYS:
        attributes = before.get(f"{path}/.zattrs")
        expected = metadata_to_v3(
            json.loads(before[f"{path}/.zarray"]), attributes and json.loads(attributes)
        )
        assert json.loads(after[f"{path}/zarr.json"]) == expected
    zarr3()
    assert unequal(v2_store, ARRAYS, *ROUTES) == []


def test_a_directory_becomes_v2_and_every_array_keeps_its_values(tmp_path):
    root = write_tree(tmp_path / "store.zarr", v3_tree())
    before = read_tree(root)
    report = migrate(root, 2, dry_run=False)
    after = read_tree(root)
    assert report.counts == {"done": 4}
    assert {key: after[key] for key in before} == before
    assert json.loads(after["sub/delta/.zattrs"]) == {"_ARRAY_DIMENSIONS": ["t"]}
    assert "plain/.zattrs" not in after
    zarr3()
    assert unequal(root, V3_ARRAYS, "path", "group", "2", "3") == []


def test_there_and_back_gives_the_same_documents(v2_store):
    pytest.importorskip("zarr")
    zarr3()
    before = read_tree(v2_store)
    assert migrate(v2_store, 3, dry_run=False, verify=2, remove_old=True).ok
    between = read_tree(v2_store)
    assert between.keys() == {
        *chunks_in(before),
        *(f"{path}/zarr.json".lstrip("/") for path in [*ARRAYS, "", "sub", "sub/deep"]),
    }
    assert migrate(v2_store, 2, dry_run=False, verify=2, remove_old=True).ok
    after = read_tree(v2_store)
    assert chunks_in(after) == chunks_in(before)
    for key in after.keys() - chunks_in(after).keys() - {".zmetadata"}:
        found, expected = json.loads(after[key]), json.loads(before[key])
        assert {**found, "dimension_separator": None} == {**expected, "dimension_separator": None}
    assert unequal(v2_store, ARRAYS, "path", "group", "consolidated", "2") == []


def test_a_dry_run_writes_nothing_and_says_the_same(v2_store):
    before = read_tree(v2_store)
    planned = migrate(v2_store)
    assert read_tree(v2_store) == before
    assert planned.ok
    assert planned.counts == {"will change": 8}
    assert "nothing was written" in planned.summary()
    done = migrate(v2_store, dry_run=False)
    assert [(node.path, node.notes, node.losses) for node in planned.nodes] == [
        (node.path, node.notes, node.losses) for node in done.nodes
    ]


def test_a_second_run_changes_nothing(v2_store):
    migrate(v2_store, dry_run=False)
    before = read_tree(v2_store)
    assert migrate(v2_store, dry_run=False).counts == {"unchanged": 8}
    assert migrate(v2_store, 2, dry_run=False).counts == {"unchanged": 8}
    assert read_tree(v2_store) == before


def test_an_array_alone_is_a_store(tmp_path):
    tree = {
        key.removeprefix("sub/big/"): data
        for key, data in v2_tree().items()
        if key.startswith("sub/big/")
    }
    root = write_tree(tmp_path / "big", tree)
    assert outcomes(migrate(root, dry_run=False)) == {"": "done"}
    zarr3()
    assert unequal(root, {"": ARRAYS["sub/big"]}, "path", "2", "3") == []


def test_folders_without_documents_are_looked_into(tmp_path):
    tree = {f"a/b/{key}": data for key, data in v2_tree().items()}
    report = migrate(write_tree(tmp_path, tree), dry_run=False)
    assert report.counts == {"done": 8}
    assert {node.path for node in report.nodes} >= {"a/b", "a/b/sub/big"}


def test_chunk_folders_are_not_looked_into(v2_store):
    (v2_store / "sub/deep/sparse/2/.zarray").mkdir(parents=True)
    inside = v2_store / "plain" / "not-a-node"
    inside.mkdir()
    (inside / ".zarray").write_bytes(b"broken")
    assert migrate(v2_store).ok


def test_links_in_a_circle_end(v2_store):
    (v2_store / "sub" / "around").symlink_to(v2_store, target_is_directory=True)
    assert migrate(v2_store).counts == {"will change": 8}


class TestConsolidated:
    def test_it_becomes_consolidated_metadata_of_v3(self, v2_store):
        migrate(v2_store, dry_run=False)
        root = json.loads((v2_store / "zarr.json").read_bytes())
        held = root["consolidated_metadata"]["metadata"]
        assert root["attributes"] == {"title": "all", "nested": {"a": [1, None]}}
        for path, inner in held.items():
            assert json.loads((v2_store / path / "zarr.json").read_bytes()) == inner
        assert held.keys() == {*ARRAYS, "sub", "sub/deep"}

    def test_a_group_below_may_have_its_own(self):
        tree = v2_tree(consolidated=False)
        consolidate(tree, "sub")
        assert migrate(tree, dry_run=False).ok
        assert "consolidated_metadata" not in json.loads(tree["zarr.json"])
        held = json.loads(tree["sub/zarr.json"])["consolidated_metadata"]["metadata"]
        assert held.keys() == {"big", "delta", "deep", "deep/sparse"}

    def test_it_goes_back(self, tmp_path):
        tree = v2_tree()
        migrate(tree, dry_run=False)
        only_v3 = {
            key: data
            for key, data in without_journal(tree).items()
            if not key.rpartition("/")[2].startswith(".z")
        }
        assert migrate(only_v3, 2, dry_run=False).ok
        old, new = json.loads(v2_tree()[".zmetadata"]), json.loads(only_v3[".zmetadata"])
        assert new["metadata"].keys() >= old["metadata"].keys()
        assert new["metadata"][".zattrs"] == old["metadata"][".zattrs"]

    def test_arrays_that_are_only_in_it_stay_readable_through_it(self, tmp_path):
        tree = v2_tree()
        del tree["words/.zarray"]
        root = write_tree(tmp_path / "s", tree)
        assert migrate(root, dry_run=False).ok
        held = json.loads((root / "zarr.json").read_bytes())["consolidated_metadata"]["metadata"]
        assert "words" in held
        zarr3()
        assert unequal(root, {"words": ARRAYS["words"]}, "consolidated") == []
        report = migrate(root, dry_run=False, verify=1, remove_old=True)
        assert "words is in consolidated metadata only" in report.not_removed
        assert (root / ".zmetadata").exists()

    def test_it_may_be_all_that_the_root_has(self):
        tree = v2_tree()
        del tree[".zgroup"], tree[".zattrs"]
        assert migrate(tree, dry_run=False).ok
        assert json.loads(tree["zarr.json"])["attributes"]["title"] == "all"


class TestReport:
    def test_it_is_json_and_pickles(self, tmp_path):
        root = write_tree(tmp_path / "s", v2_tree() | {"sub/objects/.zarray": PICKLED})
        report = migrate(root)
        found = json.loads(report.to_json(indent=1))
        assert found["counts"] == {"will change": 6, "refused": 3}
        assert found["ok"] is False
        assert found["zarr_format"] == 3
        nodes = {node["path"]: node for node in found["nodes"]}
        assert nodes["sub/objects"]["outcome"] == "refused"
        assert "pickle" in nodes["sub/objects"]["reason"]
        assert pickle.loads(pickle.dumps(report)) == report

    def test_it_prints_every_node_and_a_summary(self, v2_store):
        text = str(migrate(v2_store))
        for path in ("/", *ARRAYS):
            assert f"  {path}" in text
        assert text.endswith("8 will change")

    def test_progress_is_told(self, v2_store):
        told = []
        migrate(v2_store, progress=lambda done, found: told.append((done, found)))
        assert told[-1] == (8, 8)
        assert all(done <= found for done, found in told)

    def test_a_bar_is_drawn_where_it_is_wanted(self, v2_store, capsys, monkeypatch):
        pytest.importorskip("rich")
        monkeypatch.setenv("FORCE_COLOR", "1")  # for rich before 14
        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        migrate(v2_store, progress=True)
        assert "store.zarr to v3" in capsys.readouterr().err


class TestCommand:
    @pytest.fixture
    def command(self, capsys):
        def run(*argv):
            code = main(["migrate", *map(str, argv), "--no-progress"])
            captured = capsys.readouterr()
            return code, captured.out, captured.err

        return run

    def test_it_is_a_dry_run_unless_told(self, command, v2_store):
        before = read_tree(v2_store)
        code, out, _ = command(v2_store, "--to", "3")
        assert code == 0
        assert "will change" in out
        assert "--write" in out
        assert read_tree(v2_store) == before
        code, out, _ = command(v2_store, "--to", "3", "--write")
        assert code == 0
        assert "8 done" in out
        assert "--write" not in out
        assert (v2_store / "zarr.json").exists()
        assert command(v2_store, "--undo")[0] == 0
        assert (v2_store / "zarr.json").exists()
        assert command(v2_store, "--undo", "--write")[0] == 0
        assert read_tree(v2_store) == before

    def test_refusals_exit_with_1(self, command, tmp_path):
        root = write_tree(tmp_path / "s", v2_tree() | {"sub/objects/.zarray": PICKLED})
        code, out, _ = command(root, "--summary")
        assert code == 1
        assert "sub/objects" in out
        assert "plain" not in out
        code, out, _ = command(root, "--json", "--write", "--partial")
        assert code == 1
        assert json.loads(out)["counts"] == {"done": 8, "refused": 1}

    def test_misuse_exits_with_2(self, command, tmp_path):
        code, out, err = command(tmp_path / "nowhere\x1b[31m")
        assert (code, out) == (2, "")
        assert "nowhere" in err
        assert "\x1b" not in err
        assert command(tmp_path)[0] == 2
        assert command(tmp_path, "--to", "4")[0] == 2

    def test_removal_verifies_by_itself(self, command, v2_store):
        zarr3()
        code, out, _ = command(v2_store, "--write", "--remove-old", "--jobs", "2")
        assert code == 0
        assert "verified" in out
        assert not (v2_store / ".zgroup").exists()

    def test_names_from_a_store_do_not_command_the_terminal(self, command, tmp_path):
        root = write_tree(tmp_path / "s", {"a\x1b[2J/.zarray": zarray([2], [2], "<i2")})
        _, out, _ = command(root)
        assert "\x1b" not in out
        assert "a\\x1b[2J" in out


def test_gzip_of_the_support_module_is_what_numcodecs_reads():
    tree = v2_tree()
    raw = gzip.decompress(tree["sub/big/0.0"])
    assert np.frombuffer(raw, ">i4").reshape((2, 4), order="F")[1, 2] == ARRAYS["sub/big"][1, 2]
