"""Whole stores: only metadata is written, every array keeps its values, and what cannot be is refused and said."""

from __future__ import annotations

import gzip
import json
import pickle
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest

from support.hierarchies import (
    ARRAYS,
    Tree,
    consolidate,
    document,
    read_tree,
    unequal,
    v2_tree,
    v3_tree,
    whole,
    without_journal,
    write_tree,
    zarray,
)
from support.readers import equal
from zarrcodec_bridge.cli import main
from zarrcodec_bridge.core.errors import BackendMissingError, BackendUnsupportedError
from zarrcodec_bridge.documents.metadata import metadata_to_v3
from zarrcodec_bridge.stores import MigrationError, migrate, undo

V3_ARRAYS = {path: ARRAYS[path] for path in ("plain", "sub/delta")}
reads_with_zarr = pytest.mark.filterwarnings("ignore")
"""What zarr-python remarks on data types, codecs and two formats side by side is expected."""
ROUTES = ("path", "group", "consolidated", "2", "3")
PICKLED = zarray([4], [2], "|O", filters=[{"id": "pickle", "protocol": 5}], fill_value=None)


def zarr3():
    zarr = pytest.importorskip("zarr")
    if int(zarr.__version__.split(".")[0]) < 3:
        pytest.skip("needs zarr-python 3")
    return zarr


def outcomes(report):
    return {node.path: node.outcome for node in report.nodes}


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


class TestRefusals:
    def test_a_refused_array_does_not_stop_the_others(self, tmp_path):
        tree = v2_tree() | {"sub/objects/.zarray": PICKLED}
        root = write_tree(tmp_path / "s", tree)
        report = migrate(root, dry_run=False)
        assert not report.ok
        assert {path: outcomes(report)[path] for path in ARRAYS} == dict.fromkeys(ARRAYS, "done")
        refused = {node.path: node.reason for node in report.of("refused")}
        assert "pickle" in refused["sub/objects"]
        assert not (root / "sub/objects/zarr.json").exists()

    def test_a_group_waits_for_what_only_v2_can_read(self, tmp_path):
        root = write_tree(tmp_path / "s", v2_tree() | {"sub/objects/.zarray": PICKLED})
        report = migrate(root, dry_run=False)
        held = {node.path: node.reason for node in report.of("refused")}
        assert held.keys() == {"", "sub", "sub/objects"}
        assert "sub/objects" in held[""]
        assert outcomes(report)["sub/deep"] == "done"
        assert whole(read_tree(root)) == []
        zarr3()
        assert unequal(root, ARRAYS, *ROUTES[:3]) == []

    def test_partial_writes_the_groups_without_it(self, tmp_path):
        tree = v2_tree(consolidated=False) | {"sub/objects/.zarray": PICKLED}
        consolidate(tree)
        root = write_tree(tmp_path / "s", tree)
        report = migrate(root, dry_run=False, partial=True)
        assert [node.path for node in report.of("refused")] == ["sub/objects"]
        held = json.loads((root / "zarr.json").read_bytes())["consolidated_metadata"]["metadata"]
        assert held.keys() == {*ARRAYS, "sub", "sub/deep"}
        zarr3()
        assert unequal(root, ARRAYS, *ROUTES) == []

    def test_fail_fast_stops(self, tmp_path):
        tree = {f"group-{number}/.zgroup": document(zarr_format=2) for number in range(40)}
        tree |= {f"group-{number}/a/.zarray": zarray([4], [2], "<i2") for number in range(40)}
        tree |= {".zgroup": document(zarr_format=2), "group-0/a/.zarray": PICKLED}
        root = write_tree(tmp_path / "s", tree)
        report = migrate(root, dry_run=False, fail_fast=True, max_workers=1)
        assert "group-0/a" in report.stopped
        assert not report.ok
        assert not list(root.glob("zarr.json"))
        assert not list(root.glob("group-*/zarr.json"))
        assert {node.path for node in migrate(root, dry_run=False).of("refused")} == {
            "",
            "group-0",
            "group-0/a",
        }
        assert whole(read_tree(root)) == []

    def test_losses_are_refused_or_listed(self, tmp_path):
        lossy = {
            "a/zarr.json": document(
                zarr_format=3,
                node_type="array",
                shape=[4],
                data_type="float64",
                chunk_grid={"name": "regular", "configuration": {"chunk_shape": [2]}},
                chunk_key_encoding={"name": "v2"},
                fill_value=0,
                codecs=[
                    {
                        "name": "cast_value",
                        "configuration": {"data_type": "int16", "out_of_range": "wrap"},
                    },
                    {"name": "bytes", "configuration": {"endian": "little"}},
                ],
            )
        }
        refused = migrate(dict(lossy), 2)
        assert outcomes(refused) == {"a": "refused"}
        accepted = migrate(dict(lossy), 2, on_loss="warn")
        assert outcomes(accepted) == {"a": "will change"}
        assert accepted.nodes[0].losses

    def test_a_sharded_array_stays_v3(self):
        inner = [{"name": "bytes", "configuration": {"endian": "little"}}]
        index = [*inner, {"name": "crc32c"}]
        tree = v3_tree() | {
            "shards/zarr.json": document(
                zarr_format=3,
                node_type="array",
                shape=[4],
                data_type="int32",
                chunk_grid={"name": "regular", "configuration": {"chunk_shape": [4]}},
                chunk_key_encoding={"name": "v2"},
                fill_value=0,
                codecs=[
                    {
                        "name": "sharding_indexed",
                        "configuration": {
                            "chunk_shape": [2],
                            "codecs": inner,
                            "index_codecs": index,
                        },
                    }
                ],
            )
        }
        report = migrate(tree, 2, dry_run=False)
        assert outcomes(report)["shards"] == "refused"
        assert "sharding_indexed" in {n.path: n.reason for n in report.nodes}["shards"]
        assert "shards/.zarray" not in tree

    @pytest.mark.parametrize(
        ("key", "data", "said"),
        [
            ("plain/.zarray", b'{"zarr_format": 2, "sh', "not JSON"),
            ("plain/.zarray", b"[]", "not a JSON object"),
            ("plain/.zarray", b'{"zarr_format": 2}', ".zgroup"),
            ("plain/.zarray", b"\xff\xfe\x00", "not JSON"),
            ("plain/.zattrs", b"{", ".zattrs is not JSON"),
            (
                "plain/zarr.json",
                b'{"zarr_format": 3, "no',
                "is there already and is not a JSON object",
            ),
            (
                "plain/zarr.json",
                document(zarr_format=3, node_type="group", attributes={}),
                "says something else of",
            ),
            (".zmetadata", b"", ".zmetadata is not JSON"),
            (".zmetadata", document(zarr_format=2), ".zmetadata holds what belongs in a .zgroup"),
            (".zmetadata", zarray([4], [2], "<i2"), ".zmetadata holds what belongs in a .zarray"),
            ("sub/.zmetadata", document(zarr_format=3, node_type="group"), "in a zarr.json"),
            ("sub/.zgroup", b"{", ".zgroup is not JSON"),
        ],
    )
    def test_broken_documents_are_left_and_said(self, key, data, said):
        tree = v2_tree() | {key: data}
        before = dict(tree)
        report = migrate(tree, dry_run=False)
        node = key.rpartition("/")[0]
        reasons = {node.path: node.reason for node in report.of("refused")}
        assert said in reasons[node]
        assert {k: tree[k] for k in before} == before

    def test_a_foreign_v3_document_is_never_replaced(self, v2_store):
        foreign = metadata_to_v3(json.loads((v2_store / "sub/big/.zarray").read_bytes()))
        foreign["attributes"] = {"mine": 1}
        (v2_store / "sub/big/zarr.json").write_text(json.dumps(foreign))
        report = migrate(v2_store, dry_run=False)
        reasons = {node.path: node.reason for node in report.of("refused")}
        assert reasons.keys() == {"sub/big"}
        assert "attributes" in reasons["sub/big"]
        assert json.loads((v2_store / "sub/big/zarr.json").read_bytes()) == foreign

    def test_the_same_document_in_other_words_is_taken_as_it_is(self, v2_store):
        ours = metadata_to_v3(json.loads((v2_store / "words/.zarray").read_bytes()))
        text = json.dumps(dict(reversed(ours.items())), indent=7)
        (v2_store / "words/zarr.json").write_text(text)
        assert outcomes(migrate(v2_store, dry_run=False))["words"] == "unchanged"
        assert (v2_store / "words/zarr.json").read_text() == text

    def test_what_a_migration_wrote_is_written_again_when_v2_changed(self, v2_store):
        migrate(v2_store, dry_run=False)
        (v2_store / "plain/.zattrs").write_bytes(document(new=True))
        report = migrate(v2_store, dry_run=False)
        assert outcomes(report)["plain"] == "done"
        assert json.loads((v2_store / "plain/zarr.json").read_bytes())["attributes"] == {
            "new": True
        }

    def test_an_empty_place_is_an_error(self, tmp_path):
        with pytest.raises(MigrationError, match="no array or group"):
            migrate(tmp_path)

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({"zarr_format": 1}, "zarr_format"),
            ({"on_loss": "maybe"}, "on_loss"),
            ({"remove_old": True}, "verification"),
            ({"verify": -1}, "verify"),
            ({"max_workers": 0}, "max_workers"),
            ({"target": "gdal"}, "target"),
        ],
    )
    def test_contradictions_are_errors(self, v2_store, options, said):
        with pytest.raises(ValueError, match=said):
            migrate(v2_store, **options)

    @pytest.mark.parametrize("store", ["no-such-place", 3, "README.nowhere"])
    def test_no_store_is_an_error(self, store, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(MigrationError):
            migrate(store)

    def test_another_file_is_no_store(self, tmp_path):
        (tmp_path / "file").write_text("text")
        with pytest.raises(MigrationError, match="directory or a zip file"):
            migrate(tmp_path / "file")


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


class TestVerification:
    def test_it_counts_chunks_and_includes_the_last(self, v2_store):
        zarr3()
        (v2_store / "sub/big/2.1").write_bytes(b"no gzip")
        one = migrate(v2_store, verify=1)
        assert {node.path: node.reason for node in one.of("refused")}.keys() == {
            "",
            "sub",
            "sub/big",
        }
        verified = {node.path: node.verified for node in one.nodes if node.kind == "array"}
        assert verified == {
            "plain": 1,
            "sub/delta": 1,
            "sub/deep/sparse": 1,
            "words": 1,
            "sub/big": None,
        }

    def test_it_looks_into_the_first_and_others(self, v2_store):
        zarr3()
        (v2_store / "sub/big/0.0").write_bytes(b"no gzip")
        assert migrate(v2_store, verify=1).ok
        assert not migrate(v2_store, verify=2).ok

    def test_all_chunks_can_be_asked_for(self, v2_store):
        zarr3()
        report = migrate(v2_store, verify=1000)
        verified = {node.path: node.verified for node in report.nodes if node.kind == "array"}
        assert verified == {
            "plain": 3,
            "sub/big": 6,
            "sub/delta": 3,
            "sub/deep/sparse": 1,
            "words": 2,
        }

    @pytest.mark.parametrize("separator", [".", "/"])
    def test_few_chunks_in_a_large_array_are_found(self, separator):
        zarr3()
        shape = [1_000_000, 1_000_000]
        there = {index: bytes([7] * 4) for index in ((123_456, 99), (3, 4))}
        tree = {f"a/{separator.join(map(str, index))}": data for index, data in there.items()} | {
            "a/.zarray": zarray(shape, [2, 2], "|u1", dimension_separator=separator),
            "a/7/x": b"no chunk",
            "a/9999999.0": b"outside",
        }
        assert [node.verified for node in migrate(tree, verify=2).nodes] == [2]
        assert [node.verified for node in migrate(tree, verify=1).nodes] == [1]
        tree[f"a/3{separator}4"] = tree[f"a/123456{separator}99"] = b"odd"
        assert [node.outcome for node in migrate(tree, verify=1).nodes] == ["refused"]

    def test_wrong_metadata_is_seen_and_not_written(self, v2_store, monkeypatch):
        zarr3()
        from zarrcodec_bridge.stores import plan

        right = plan.translate_metadata

        def wrong(document, *args, **options):
            found = right(document, *args, **options)
            if document.get("dtype") == ">i4":
                assert found.result["zarr.json"]["codecs"][1]["name"] == "bytes"
                found.result["zarr.json"]["codecs"][1]["configuration"]["endian"] = "little"
            return found

        monkeypatch.setattr(plan, "translate_metadata", wrong)
        report = migrate(v2_store, dry_run=False, verify=1)
        assert "decodes to other values" in {n.path: n.reason for n in report.nodes}["sub/big"]
        assert not (v2_store / "sub/big/zarr.json").exists()
        assert whole(read_tree(v2_store)) == []

    def test_fill_values_are_compared_where_chunks_are_missing(self, tmp_path, monkeypatch):
        zarr3()
        from zarrcodec_bridge.stores import plan

        right = plan.translate_metadata

        def wrong(document, *args, **options):
            found = right(document, *args, **options)
            if document.get("fill_value") == "NaN":
                found.result["zarr.json"]["fill_value"] = 1.0
            return found

        monkeypatch.setattr(plan, "translate_metadata", wrong)
        report = migrate(v2_tree(), verify=1)
        assert outcomes(report)["sub/deep/sparse"] == "refused"

    def test_arrays_without_elements_or_axes_are_verified(self):
        zarr3()
        tree = {
            "empty/.zarray": zarray([0, 3], [1, 2], "<f4"),
            "scalar/.zarray": zarray([], [], "<f4"),
            "scalar/0": np.float32(2.5).tobytes(),
        }
        report = migrate(tree, verify=2)
        assert {node.path: node.verified for node in report.nodes} == {"empty": 0, "scalar": 1}

    def test_it_needs_zarr_python_3(self, v2_store, monkeypatch):
        import sys
        import types

        monkeypatch.setitem(sys.modules, "zarr", None)
        with pytest.raises(BackendMissingError, match="zarr"):
            migrate(v2_store, verify=1)
        old = types.ModuleType("zarr")
        old.__version__ = "2.18.7"
        monkeypatch.setitem(sys.modules, "zarr", old)
        with pytest.raises(BackendUnsupportedError, match=r"2\.18\.7"):
            migrate(v2_store, verify=1)


class TestRemoval:
    def test_old_documents_go_after_verification(self, v2_store):
        zarr3()
        planned = migrate(v2_store, verify=1, remove_old=True)
        assert all(node.removed for node in planned.nodes)
        report = migrate(v2_store, dry_run=False, verify=1, remove_old=True)
        assert report.ok
        assert all(node.removed for node in report.nodes)
        left = {key.rpartition("/")[2] for key in read_tree(v2_store)}
        assert not left & {".zarray", ".zgroup", ".zattrs", ".zmetadata"}
        assert not (v2_store / ".zarrcodec_bridge").exists()
        assert unequal(v2_store, ARRAYS, "path", "group", "consolidated", "3") == []

    def test_nothing_goes_if_one_array_stays(self, tmp_path):
        zarr3()
        root = write_tree(tmp_path / "s", v2_tree() | {"sub/objects/.zarray": PICKLED})
        before = read_tree(root)
        for partial in (False, True):
            report = migrate(root, dry_run=False, verify=1, remove_old=True, partial=partial)
            assert report.not_removed is not None
            assert not any(node.removed for node in report.nodes)
            after = read_tree(root)
            assert {key: after[key] for key in before} == before

    def test_after_an_earlier_run_arrays_are_verified_before(self, v2_store):
        zarr3()
        migrate(v2_store, dry_run=False)
        (v2_store / "sub/big/2.1").write_bytes(b"no gzip")
        report = migrate(v2_store, dry_run=False, verify=1, remove_old=True)
        assert "sub/big" in report.not_removed
        assert (v2_store / "sub/big/.zarray").exists()

    def test_a_document_that_changes_meanwhile_is_kept(self, v2_store, monkeypatch):
        zarr3()
        from zarrcodec_bridge.stores import run

        original = run.finish_removal

        def meanwhile(store, zarr_format):
            (v2_store / "plain/.zattrs").write_bytes(document(late=1))
            original(store, zarr_format)

        monkeypatch.setattr(run, "finish_removal", meanwhile)
        report = migrate(v2_store, dry_run=False, verify=1, remove_old=True)
        assert "changed meanwhile" in report.not_removed
        assert (v2_store / "plain/.zarray").exists()
        assert (v2_store / "plain/.zattrs").exists()
        assert whole(read_tree(v2_store)) == []


class TestUndo:
    def test_it_takes_back_what_was_written(self, v2_store):
        before = read_tree(v2_store)
        migrate(v2_store, dry_run=False)
        assert undo(v2_store, dry_run=True).counts == {"will change": 8}
        assert undo(v2_store).counts == {"done": 8}
        assert read_tree(v2_store) == before
        assert not (v2_store / ".zarrcodec_bridge").exists()

    def test_it_takes_back_several_runs(self, tmp_path):
        tree = v2_tree() | {"sub/objects/.zarray": PICKLED}
        root = write_tree(tmp_path / "s", tree)
        migrate(root, dry_run=False)
        (root / "sub/objects/.zarray").write_bytes(zarray([4], [2], "<i2"))
        (root / "plain/.zattrs").write_bytes(document(new=1))
        before = without_journal(
            {key: data for key, data in read_tree(root).items() if not key.endswith("zarr.json")}
        )
        assert migrate(root, dry_run=False).ok
        assert undo(root).ok
        assert read_tree(root) == before

    def test_what_was_there_before_stays(self, v2_store):
        ours = metadata_to_v3(json.loads((v2_store / "words/.zarray").read_bytes()))
        (v2_store / "words/zarr.json").write_text(json.dumps(ours))
        before = read_tree(v2_store)
        migrate(v2_store, dry_run=False)
        undo(v2_store)
        assert read_tree(v2_store) == before

    def test_v2_documents_go_back_too(self, tmp_path):
        root = write_tree(tmp_path / "s", v3_tree())
        before = read_tree(root)
        migrate(root, 2, dry_run=False)
        assert undo(root).zarr_format == 3
        assert read_tree(root) == before

    @pytest.mark.parametrize("place", ["plain", "sub", ""])
    def test_nothing_goes_if_something_changed_since(self, v2_store, place):
        migrate(v2_store, dry_run=False)
        path = v2_store / place / "zarr.json"
        changed = json.loads(path.read_bytes())
        changed["attributes"] = {"since": 1}
        path.write_text(json.dumps(changed))
        before = read_tree(v2_store)
        report = undo(v2_store)
        assert not report.ok
        assert [node.path for node in report.of("refused")] == [place]
        assert "changed since" in next(report.of("refused")).reason
        assert read_tree(v2_store) == before

    def test_nothing_goes_if_something_was_added_in_v3_only(self, v2_store):
        migrate(v2_store, dry_run=False)
        (v2_store / "sub/new").mkdir()
        (v2_store / "sub/new/zarr.json").write_bytes((v2_store / "plain/zarr.json").read_bytes())
        report = undo(v2_store)
        assert "sub/new was added" in next(report.of("refused")).reason
        assert (v2_store / "zarr.json").exists()

    def test_nothing_goes_without_the_old_documents(self, v2_store):
        migrate(v2_store, dry_run=False)
        (v2_store / "plain/.zarray").unlink()
        report = undo(v2_store)
        assert "migrate it to v2 instead" in next(report.of("refused")).reason
        assert (v2_store / "plain/zarr.json").exists()

    def test_without_a_migration_it_is_an_error(self, v2_store):
        with pytest.raises(MigrationError, match="nothing to undo"):
            undo(v2_store)

    def test_a_journal_from_anywhere_deletes_nothing_else(self, tmp_path):
        outside = tmp_path / "zarr.json"
        outside.write_bytes(b"{")
        root = write_tree(tmp_path / "s", v2_tree())
        (root / ".zarrcodec_bridge").mkdir()
        keys = ["../zarr.json", "/etc/zarr.json", "plain/0", ".zarrcodec_bridge/x"]
        entry = {"zarrcodec_bridge": 1, "written": dict.fromkeys(keys, "0" * 64), "removing": {}}
        (root / f".zarrcodec_bridge/{'0' * 32}.json").write_text(json.dumps(entry))
        before = without_journal(read_tree(root))
        undo(root)
        assert outside.exists()
        assert read_tree(root) == before


class TestStores:
    def check(self, store, read, write):
        """A store, `read` of all its keys and `write` into it, goes through everything."""
        before = read()
        assert migrate(store).counts == {"will change": 8}
        assert read() == before
        assert migrate(store, dry_run=False).counts == {"done": 8}
        after = read()
        assert {key: after[key] for key in before} == before
        assert whole(after) == []
        assert migrate(store, dry_run=False).counts == {"unchanged": 8}
        assert undo(store).counts == {"done": 8}
        assert read() == before

    def test_a_dictionary(self):
        tree = v2_tree()
        self.check(tree, lambda: dict(tree), tree.update)

    def test_a_path_as_text_and_as_a_file_url(self, tmp_path):
        root = write_tree(tmp_path / "with space", v2_tree())
        self.check(str(root), lambda: read_tree(root), None)
        self.check(f"file://{root}", lambda: read_tree(root), None)
        self.check(root.as_uri(), lambda: read_tree(root), None)

    @pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    def test_a_zip_file(self, tmp_path, compression):
        path = tmp_path / "store.zip"
        with zipfile.ZipFile(path, "w", compression) as archive:
            for key, data in v2_tree().items():
                archive.writestr(key, data)
            archive.writestr("folder/", b"")
            archive.comment = b"kept"
        path.chmod(0o640)

        def read() -> Tree:
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
                assert archive.comment == b"kept"
                names = [name for name in archive.namelist() if not name.endswith("/")]
                assert len(names) == len(set(names))
                return {name: archive.read(name) for name in names}

        self.check(path, read, None)
        assert path.stat().st_mode & 0o777 == 0o640
        assert [found.name for found in tmp_path.iterdir()] == ["store.zip"]

    @reads_with_zarr
    def test_a_zip_file_with_removal_is_read_by_zarr(self, tmp_path):
        zarr = zarr3()
        path = tmp_path / "store.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for key, data in v2_tree().items():
                archive.writestr(key, data)
        assert migrate(path, dry_run=False, verify=2, remove_old=True).ok
        with zipfile.ZipFile(path) as archive:
            assert not [name for name in archive.namelist() if "/.z" in f"/{name}"]
        store = zarr.storage.ZipStore(path, mode="r")
        group = zarr.open_group(store, mode="r")
        assert equal(group["sub/big"][...], ARRAYS["sub/big"])
        store.close()

    def test_a_zip_file_that_someone_else_changes_is_left(self, tmp_path, monkeypatch):
        path = tmp_path / "store.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for key, data in v2_tree().items():
                archive.writestr(key, data)
        from zarrcodec_bridge.stores import archives

        copy = shutil.copyfileobj

        def meanwhile(*files):
            copy(*files)
            with zipfile.ZipFile(path, "a") as archive:
                archive.writestr("new/chunk", b"1")

        monkeypatch.setattr(archives.shutil, "copyfileobj", meanwhile)
        report = migrate(path, dry_run=False)
        assert "someone else" in report.stopped
        assert report.counts == {"failed": 8}
        with zipfile.ZipFile(path) as archive:
            assert "new/chunk" in archive.namelist()
        assert [found.name for found in tmp_path.iterdir()] == ["store.zip"]

    def test_fsspec_urls_and_maps(self):
        fsspec = pytest.importorskip("fsspec")
        memory = fsspec.filesystem("memory")

        def read() -> Tree:
            found = memory.find("/bridge-test")
            return {path.removeprefix("/bridge-test/"): memory.cat_file(path) for path in found}

        memory.pipe({f"/bridge-test/{key}": data for key, data in v2_tree().items()})
        try:
            self.check("memory://bridge-test", read, None)
            self.check(fsspec.get_mapper("memory://bridge-test"), read, None)
        finally:
            memory.rm("/bridge-test", recursive=True)

    def test_file_systems_that_rename(self, tmp_path):
        pytest.importorskip("fsspec")
        from fsspec.implementations.local import LocalFileSystem

        from zarrcodec_bridge.stores.remote import FsspecStore

        moved = []

        class Renaming(LocalFileSystem):
            protocol = "renaming"
            cachable = False

            def mv(self, source, target, **options):
                assert Path(source).read_bytes()
                assert not Path(target).exists()
                moved.append(target)
                super().mv(source, target, **options)

        root = write_tree(tmp_path / "s", v2_tree())
        store = FsspecStore(Renaming(), str(root))
        self.check(store, lambda: read_tree(root), None)
        assert len([target for target in moved if target.endswith("zarr.json")]) == 8

    @reads_with_zarr
    def test_stores_of_zarr_python(self, tmp_path):
        zarr = zarr3()
        root = write_tree(tmp_path / "s", v2_tree())
        self.check(zarr.storage.LocalStore(root), lambda: read_tree(root), None)
        memory = {}
        store = zarr.storage.MemoryStore(memory)
        make = zarr.registry.get_buffer_class().from_bytes
        memory.update({key: make(data) for key, data in v2_tree().items()})

        def read() -> Tree:
            return {key: value.to_bytes() for key, value in memory.items()}

        self.check(store, read, None)
        self.check(zarr.storage.LoggingStore(store), read, None)
        migrate(store, dry_run=False)
        group = zarr.open_group(store, mode="r", zarr_format=3)
        assert equal(group["sub/big"][...], ARRAYS["sub/big"])

    def test_a_store_on_fsspec_of_zarr_python(self):
        zarr = zarr3()
        fsspec = pytest.importorskip("fsspec")
        memory = fsspec.filesystem("memory")
        memory.pipe({f"/bridge-zarr/{key}": data for key, data in v2_tree().items()})
        try:
            store = zarr.storage.FsspecStore.from_url("memory://bridge-zarr")
            assert migrate(store, dry_run=False, verify=1).counts == {"done": 8}
            assert memory.exists("/bridge-zarr/sub/big/zarr.json")
        finally:
            memory.rm("/bridge-zarr", recursive=True)

    def test_an_object_store_over_the_network(self, tmp_path):
        """Bulk reads and writes of asynchronous file systems, on one that needs no network."""
        pytest.importorskip("fsspec")
        from fsspec.asyn import AsyncFileSystem

        from zarrcodec_bridge.stores.remote import FsspecStore

        class Bucket(AsyncFileSystem):
            protocol = "bucket"
            cachable = False
            broken = frozenset()

            def __init__(self, objects):
                super().__init__()
                self.objects = objects

            async def _cat_file(self, path, start=None, end=None, **options):
                if path in self.broken:
                    raise PermissionError(path)
                try:
                    return self.objects[path]
                except KeyError:
                    raise FileNotFoundError(path) from None

            async def _pipe_file(self, path, value, mode="overwrite", **options):
                if path in self.broken:
                    raise PermissionError(path)
                self.objects[path] = value

            async def _rm_file(self, path, **options):
                del self.objects[path]

            async def _info(self, path, **options):
                return {"name": path, "type": "file", "size": len(self.objects[path])}

            async def _ls(self, path, detail=True, **options):
                start = f"{path.strip('/')}/"
                found = {}
                for key in self.objects:
                    if key.startswith(start):
                        name, slash, _ = key[len(start) :].partition("/")
                        found[f"{start}{name}"] = "directory" if slash else "file"
                if not found:
                    raise FileNotFoundError(path)
                return [{"name": name, "type": kind, "size": 0} for name, kind in found.items()]

        objects = {f"b/x/{key}": data for key, data in v2_tree().items()}
        filesystem = Bucket(objects)
        store = FsspecStore(filesystem, "b/x")

        def read() -> Tree:
            return {key.removeprefix("b/x/"): data for key, data in objects.items()}

        self.check(store, read, None)
        filesystem.broken = frozenset({"b/x/plain/zarr.json", "b/x/sub/big/.zattrs"})
        report = migrate(store, dry_run=False)
        failed = {node.path for node in report.of("failed")}
        assert failed == {"plain", "sub/big"}
        assert whole(read()) == []
        filesystem.broken = frozenset()
        assert migrate(store, dry_run=False).ok

    def test_without_fsspec_a_url_says_what_is_missing(self, monkeypatch):
        import sys

        monkeypatch.setitem(sys.modules, "fsspec", None)
        monkeypatch.setitem(sys.modules, "fsspec.core", None)
        with pytest.raises(BackendMissingError, match="fsspec"):
            migrate("s3://bucket/store.zarr")

    def test_an_unknown_protocol_is_an_error(self):
        pytest.importorskip("fsspec")
        with pytest.raises(ValueError, match="nosuch"):
            migrate("nosuch://place")

    def test_storage_options_are_for_urls(self, v2_store):
        with pytest.raises(MigrationError, match="storage options"):
            migrate(v2_store, storage_options={"anon": True})


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
