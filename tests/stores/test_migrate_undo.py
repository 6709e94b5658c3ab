"""Whole stores: values are verified, old documents are removed, and a migration is undone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from support.hierarchies import (
    ARRAYS,
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
from support.migrated import PICKLED, outcomes, zarr3
from zarrcodec_bridge.core.errors import BackendMissingError, BackendUnsupportedError
from zarrcodec_bridge.documents.metadata import metadata_to_v3
from zarrcodec_bridge.stores import MigrationError, migrate, undo


@pytest.fixture
def v2_store(tmp_path) -> Path:
    return write_tree(tmp_path / "store.zarr", v2_tree())


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
