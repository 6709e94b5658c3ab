"""What a migration notes and loses is printed once, with how many arrays it is about, in the dry run and the run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from support.hierarchies import Tree, document, write_tree, zarray
from zarrcodec_bridge.cli import main
from zarrcodec_bridge.documents.metadata import translate_metadata
from zarrcodec_bridge.stores import migrate, undo

NOTE: Final = "dtype: '<u1' becomes '|u1'"
NAN: Final = "the number NaN, which JSON does not allow, becomes the text 'NaN'"


def store() -> Tree:
    """Twelve arrays with one note, one of them with two; one array with a note of its own; two with a loss."""
    tree = {".zgroup": document(zarr_format=2), "ok/.zarray": zarray([4], [2], "|u1")}
    for number in range(12):
        tree[f"a{number:02}/.zarray"] = zarray([4], [2], "<u1")
    tree["a03/.zattrs"] = document(_ARRAY_DIMENSIONS=["x"])
    tree["lossy/.zarray"] = zarray([4], [2], "|u1")
    tree["lossy/.zattrs"] = document(valid_min=float("nan"))
    tree["again/.zarray"] = zarray([4], [2], "|u1")
    tree["again/.zattrs"] = document(valid_min=float("nan"))
    return tree


def lines(report: Any) -> list[str]:
    return [line for line in report.summary().split("\n") if line.startswith(("note", "loss"))]


@pytest.mark.parametrize("dry_run", [True, False], ids=["dry run", "run"])
def test_notes_are_grouped_and_counted(dry_run: bool) -> None:
    report = migrate(store(), dry_run=dry_run, on_loss="warn")
    assert report.ok
    loss, note, other = lines(report)
    assert loss == f"loss: 2 arrays (again, lossy): attributes.valid_min: {NAN}"
    assert note == f"note: 12 arrays: {NOTE}"
    assert other.startswith("note: a03: attributes._FillValue: is added")
    assert [len(group.nodes) for group in report.notes] == [12, 1]
    assert report.notes[0].counts == {"array": 12}
    assert str(report.notes[0]) == f"12 arrays: {NOTE}"
    assert [str(group.note) for group in report.losses] == [f"attributes.valid_min: {NAN}"]
    assert str(report).endswith(report.summary())
    assert str(report).count("JSON does not allow") == 1


def test_nothing_that_the_translation_says_is_left_out() -> None:
    tree = store()
    report = migrate(tree, on_loss="warn")
    for key in [key for key in tree if key.endswith(".zarray")]:
        path = key.rpartition("/")[0]
        attributes = json.loads(tree.get(f"{path}/.zattrs", b"null"))
        alone = translate_metadata(json.loads(tree[key]), attributes, to="v3", on_loss="ignore")
        for said, groups in ((alone.notes, report.notes), (alone.losses, report.losses)):
            found = [group.note for group in groups if path in {n.path for n in group.nodes}]
            assert set(found) == set(said)


def test_what_is_refused_or_there_already_has_no_notes() -> None:
    tree = store()
    refused = migrate(tree)
    assert {node.path for node in refused.of("refused")} == {"", "again", "lossy"}
    assert [len(group.nodes) for group in refused.notes] == [12, 1]
    assert refused.losses == ()
    migrate(tree, dry_run=False, on_loss="warn")
    later = migrate(tree, on_loss="warn")
    assert later.counts == {"unchanged": 16}
    assert (later.notes, [len(group.nodes) for group in later.losses]) == ((), [2])
    assert (undo(tree).notes, undo.__name__) == ((), "undo")


def test_groups_and_arrays_are_counted_apart() -> None:
    tree: Tree = {}
    for path in ("", "g", "h"):
        tree[f"{path}/.zgroup".lstrip("/")] = document(zarr_format=2, name=path)
    tree["a/.zarray"] = zarray([4], [2], "|u1", name="a")
    (group,) = migrate(tree).notes
    assert group.counts == {"group": 3, "array": 1}
    assert str(group).startswith("3 groups and 1 array: ")


@pytest.mark.parametrize("number", [19, 20, 21, 50])
def test_a_summary_shows_the_most_frequent(number: int) -> None:
    tree = {f"{n}/.zarray": zarray([4], [2], "|u1", **{f"m{n}": 1}) for n in range(number)}
    tree |= {f"{n}0/.zarray": zarray([4], [2], "<u1") for n in range(100, 103)}
    report = migrate(tree)
    assert len(report.notes) == number + 1
    found = lines(report)
    assert found[0] == f"note: 3 arrays: {NOTE}"
    assert len(found) == min(number + 1, 21)
    if number >= 20:
        assert found[-1] == f"note: {number + 1 - 20} more in the report as JSON"


def test_losses_name_the_first_arrays() -> None:
    tree = {}
    for number in range(9):
        tree[f"a{number}/.zarray"] = zarray([4], [2], "|u1")
        tree[f"a{number}/.zattrs"] = document(x=float("inf"))
    (loss,) = lines(migrate(tree, on_loss="ignore"))
    assert loss.startswith("loss: 9 arrays (a0, a1, a2 and 6 more): attributes.x: ")


def test_a_name_cannot_forge_a_line() -> None:
    tree = {
        "a\nnote: b/.zarray": zarray([4], [2], "<u1"),
        "c/.zarray": zarray([4], [2], "|u1"),
        "c/.zattrs": document(**{"x\nloss: all": float("nan")}),
    }
    report = migrate(tree, on_loss="warn")
    assert len(lines(report)) == 2
    assert not any(line.startswith(("note: b", "loss: all")) for line in str(report).split("\n"))


@pytest.mark.parametrize("options", [[], ["--write"], ["--summary"], ["--write", "--summary"]])
def test_the_command_prints_them(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = write_tree(tmp_path / "s", store())
    assert main(["migrate", str(root), "--on-loss", "warn", *options]) == 0
    shown = capsys.readouterr().out.split("\n")
    assert f"note: 12 arrays: {NOTE}" in shown
    assert f"loss: 2 arrays (again, lossy): attributes.valid_min: {NAN}" in shown
    assert main(["migrate", str(root), "--on-loss", "warn", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    expected = [] if "--write" in options else [12, 1]
    assert [group["nodes"] for group in found["notes"]] == expected
    loss = {"codec": "attributes.valid_min", "message": NAN, "hints": [], "nodes": 2}
    assert found["losses"] == [loss]


def test_losses_of_nodes_in_consolidated_metadata_alone_are_told() -> None:
    zarray = {
        "zarr_format": 2, "shape": [2, 2], "chunks": [2, 2], "dtype": "<u2", "order": "F", "filters": None,
        "compressor": {"id": "imagecodecs_zlib"}, "fill_value": 0,
    }  # fmt: skip
    zmetadata = {
        "zarr_consolidated_format": 1,
        "metadata": {".zgroup": {"zarr_format": 2}, "a/.zarray": zarray},
    }
    store = {".zgroup": b'{"zarr_format": 2}', ".zmetadata": json.dumps(zmetadata).encode()}
    assert "read scrambled" in str(migrate(store))
    assert not migrate(store).ok
    report = migrate(store, on_loss="warn")
    assert report.ok
    assert "consolidated metadata: imagecodecs_zlib" in str(report)
    assert "read scrambled" in str(report)
