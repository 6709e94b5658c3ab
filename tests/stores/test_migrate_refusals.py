"""Whole stores: what cannot be is refused and said, before anything is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.hierarchies import (
    ARRAYS,
    consolidate,
    document,
    read_tree,
    unequal,
    v2_tree,
    v3_tree,
    whole,
    write_tree,
    zarray,
)
from support.migrated import PICKLED, ROUTES, outcomes, zarr3
from zarrcodec_bridge.documents.metadata import metadata_to_v3
from zarrcodec_bridge.stores import MigrationError, migrate


@pytest.fixture
def v2_store(tmp_path) -> Path:
    return write_tree(tmp_path / "store.zarr", v2_tree())


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
                "is there already and differs in",
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
            ({"target": "gdall"}, "target"),
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
