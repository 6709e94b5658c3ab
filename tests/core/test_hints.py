"""What an error advises is data: `.hints` stand in the message, survive pickling, and help when they are followed."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.cli import COMMANDS, load_command
from zarrcodec_bridge.core import messages
from zarrcodec_bridge.core.errors import (
    BridgeError,
    InvalidCodecError,
    LossError,
    Note,
    Problem,
    UnsafeCodecError,
)
from zarrcodec_bridge.core.messages import (
    USE_A_PIPELINE,
    Hint,
    Message,
    in_words,
    phrase_for_command_line,
    phrase_for_python,
)
from zarrcodec_bridge.core.options import OptionError

V3_GROUP: Final = {
    "zarr_format": 3,
    "node_type": "group",
    "attributes": {},
    "more": {"must_understand": False},
}
MASKED: Final = {
    "zarr_format": 2,
    "shape": [2],
    "chunks": [2],
    "dtype": ">i2",
    "order": "C",
    "filters": None,
    "compressor": None,
    "fill_value": 7,
}
BYTES: Final = {"name": "bytes", "configuration": {"endian": "little"}}
KEEP, WRAP = Hint("unknown", "keep"), Hint("unknown", "wrap")
WARN, IGNORE = Hint("on_loss", "warn"), Hint("on_loss", "ignore")

ROWS: Final[dict[str, tuple[Callable[[], Any], tuple[Hint, ...], str, str]]] = {
    "near name": (
        lambda: bridge.to_v3({"id": "gzpi"}),
        (Hint(name="gzip"), KEEP, WRAP),
        "no codec is registered for the v2 name 'gzpi'; did you mean 'gzip'? (unknown='keep' passes it through,"
        " unknown='wrap' writes any-numcodecs.*)",
        "no codec is registered for the v2 name 'gzpi'; did you mean 'gzip'? (--unknown keep passes it through,"
        " --unknown wrap writes any-numcodecs.*)",
    ),
    "near v3 name": (
        lambda: bridge.to_v2({"name": "Blosc"}),
        (Hint(name="blosc"), KEEP, WRAP),
        "did you mean 'blosc'?",
        "did you mean 'blosc'?",
    ),
    "no near name": (
        lambda: bridge.to_v3({"id": "qqqqqq"}),
        (KEEP, WRAP),
        "'qqqqqq' (unknown='keep' passes it through",
        "'qqqqqq' (--unknown keep passes it through",
    ),
    "inside a document": (
        lambda: bridge.metadata_to_v3({**MASKED, "compressor": {"id": "qqqqqq"}}),
        (KEEP, WRAP),
        "unknown='wrap' writes any-numcodecs.*",
        "--unknown wrap writes any-numcodecs.*",
    ),
    "loss": (
        lambda: bridge.metadata_to_v2(V3_GROUP),
        (WARN, IGNORE),
        "; on_loss='warn' or on_loss='ignore' accepts this for reading",
        "; --on-loss warn or --on-loss ignore accepts this for reading",
    ),
    "loss of missing values": (
        lambda: bridge.metadata_to_v3(MASKED, {"_ARRAY_DIMENSIONS": ["x"], "_FillValue": 5}),
        (Hint("keep_attributes", True), WARN, IGNORE),
        "and becomes 7; keep_attributes=True leaves the attributes as they are; on_loss='warn' or",
        "and becomes 7; --keep-attributes leaves the attributes as they are; --on-loss warn or",
    ),
    "missing dtype": (
        lambda: bridge.explain(["bytes"]),
        (Hint("dtype"),),
        "it does not say the data type; pass dtype",
        "it does not say the data type; pass --dtype",
    ),
    "missing ndim": (
        lambda: bridge.Pipeline.from_v2(dtype="<i4", order="F").to_v3(),
        (Hint("ndim"), Hint("chunk_shape")),
        "it becomes a transpose of all axes; pass ndim (or chunk_shape)",
        "it becomes a transpose of all axes; pass --ndim (or a document with its chunks)",
    ),
    "needs a chain": (
        lambda: bridge.to_v2(BYTES),
        (USE_A_PIPELINE,),
        "the array's dtype; use a Pipeline",
        "the array's dtype; give the whole encoding",
    ),
    "no v3 name": (
        lambda: bridge.to_v3({"id": "base64"}),
        (WRAP,),
        "or pass unknown='wrap' for an any-numcodecs.bytes-bytes envelope",
        "or pass --unknown wrap for an any-numcodecs.bytes-bytes envelope",
    ),
    "pickle": (
        lambda: bridge.to_numcodecs({"id": "pickle"}),
        (Hint("allow_pickle", True),),
        "pass allow_pickle=True only for data that you trust",
        "pass allow_pickle=True only for data that you trust",
    ),
    "near option": (
        lambda: bridge.to_v3("gzip", target="tensostore"),  # type: ignore[arg-type]
        (Hint("target", "tensorstore"),),
        "got \"tensostore\"; did you mean 'tensorstore'?",
        "got \"tensostore\"; did you mean 'tensorstore'?",
    ),
    "no near option": (
        lambda: bridge.to_v3("gzip", unknown=None),  # type: ignore[arg-type]
        (Hint("unknown", "error"), KEEP, WRAP),
        "expected unknown 'error', 'keep' or 'wrap', got null",
        "expected unknown 'error', 'keep' or 'wrap', got null",
    ),
    "verification": (
        lambda: bridge.migrate({}, remove_old=True),
        (Hint("verify", 3),),
        "after verification only; pass verify=3, say",
        "after verification only; pass --verify 3, say",
    ),
    "near data type": (
        lambda: bridge.to_v3("gzip", dtype="flaot32"),
        (Hint(name="float32"),),
        "got \"flaot32\"; did you mean 'float32'?",
        "got \"flaot32\"; did you mean 'float32'?",
    ),
    "near key": (
        lambda: bridge.to_v3({"id": "gzip", "levl": 5}),
        (Hint(name="level"),),
        "levl: unknown key; expected level; did you mean 'level'?",
        "levl: unknown key; expected level; did you mean 'level'?",
    ),
    "near v3 key": (
        lambda: bridge.to_v2({"name": "gzip", "configuraton": {"level": 5}}),
        (Hint(name="configuration"),),
        "configuraton: unknown key; expected name and configuration; did you mean 'configuration'?",
        "; did you mean 'configuration'?",
    ),
    "near member": (
        lambda: bridge.explain({"dtype": "<i4", "compresor": {"id": "zlib"}}),
        (Hint(name="compressor"),),
        "compresor: unknown member; did you mean 'compressor'?",
        "compresor: unknown member; did you mean 'compressor'?",
    ),
    "other format": (
        lambda: bridge.metadata_to_v2(MASKED),
        (Hint(call="normalize_metadata"),),
        "expected 3, got 2; normalize_metadata repairs a v2 document",
        "expected 3, got 2; convert SOURCE --to (its own format) repairs a v2 document",
    ),
    "malformed": (
        lambda: bridge.to_v3({"id": "gzip", "level": 99}),
        (),
        "invalid codec: level: expected less than or equal to 9, got 99",
        "invalid codec: level: expected less than or equal to 9, got 99",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_hints(row: str) -> None:
    call, hints, python, command_line = ROWS[row]
    with pytest.raises(BridgeError) as caught:
        call()
    error = caught.value
    assert error.hints == hints
    assert error.hint == (hints[0] if hints else None)
    assert python in str(error)
    assert in_words(error, phrase_for_python) == str(error)
    assert command_line in in_words(error, phrase_for_command_line)
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert again.hints == hints
        assert str(again) == str(error)
        assert in_words(again, phrase_for_command_line) == in_words(error, phrase_for_command_line)


def test_what_a_hint_says_helps() -> None:
    assert bridge.metadata_to_v2(V3_GROUP, on_loss="ignore") == ({"zarr_format": 2}, {})
    for hint in (KEEP, WRAP):
        assert bridge.to_v3({"id": "qqqqqq"}, **{hint.option: hint.value})
    assert UnsafeCodecError("pickle").hint == Hint("allow_pickle", True)


@pytest.mark.parametrize(
    ("hint", "python", "command_line", "as_json"),
    [
        (WARN, "on_loss='warn'", "--on-loss warn", {"option": "on_loss", "value": "warn"}),
        (Hint("dtype"), "dtype", "--dtype", {"option": "dtype"}),
        (Hint("partial", True), "partial=True", "--partial", {"option": "partial", "value": True}),
        (
            Hint("keep_attributes", False),
            "keep_attributes=False",
            "leaving out --keep-attributes",
            {"option": "keep_attributes", "value": False},
        ),
        (Hint("zarr_format", 2), "zarr_format=2", "--to 2", {"option": "zarr_format", "value": 2}),
        (USE_A_PIPELINE, "use a Pipeline", "give the whole encoding", {"call": "Pipeline"}),
        (
            Hint(call="metadata_to_v3", argument="document"),
            "metadata_to_v3(document)",
            "convert SOURCE --to 3",
            {"call": "metadata_to_v3", "argument": "document"},
        ),
        (Hint(call="undo"), "undo", "--undo", {"call": "undo"}),
        (Hint(name="gzip"), "'gzip'", "'gzip'", {"name": "gzip"}),
        (
            Hint(package="zarr>=3"),
            "pip install 'zarr>=3'",
            "pip install 'zarr>=3'",
            {"package": "zarr>=3"},
        ),
        (
            Hint(call="register_with_zarr", argument="'mine'"),
            "register_with_zarr('mine')",
            "register_with_zarr('mine') in Python",
            {"call": "register_with_zarr", "argument": "'mine'"},
        ),
    ],
)
def test_each_surface_has_its_own_words(
    hint: Hint, python: str, command_line: str, as_json: dict[str, Any]
) -> None:
    assert phrase_for_python(hint) == python
    assert phrase_for_command_line(hint) == command_line
    assert json.loads(json.dumps(hint.to_dict())) == as_json


def options_of_the_command_line() -> set[str]:
    commands = [load_command(name) for name in COMMANDS]
    return {flag for each in commands for option in each.options for flag in option.flags}


def hints_in_the_sources() -> Iterator[str]:
    """The options that the package advises: the first argument of each `Hint`."""
    import ast
    from pathlib import Path

    for file in Path(bridge.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            is_hint = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Hint"
            if is_hint and node.args and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
                yield node.args[0].value  # type: ignore[attr-defined]


def test_no_option_is_advised_that_the_command_line_lacks() -> None:
    advised = {*hints_in_the_sources(), *messages._FLAGS, "dtype", "ndim"}
    assert {"unknown", "keep_attributes", "follow_links", "take_over", "verify"} <= advised
    for option in advised - messages._PYTHON_ALONE - {"chunk_shape"}:
        phrase = phrase_for_command_line(Hint(option, 2))
        assert phrase.split()[0] in options_of_the_command_line(), option


def test_names_in_a_message_are_no_hints() -> None:
    """H6: what somebody chose stays as it is, even where it looks like an option."""
    error = InvalidCodecError([Problem(("on_loss='warn'",), "use a Pipeline")], "unknown='keep'")
    assert error.hints == ()
    assert in_words(error, phrase_for_command_line) == str(error)
    note = Note("target='zarrs'", Message("{0} ", KEEP, " %s"))
    assert in_words(note, phrase_for_command_line) == "target='zarrs': {0} --unknown keep %s"


def test_a_message_is_a_text() -> None:
    message = Message("a ", Message("b ", KEEP))
    assert message == "a b unknown='keep'"
    assert hash(message) == hash(str(message))
    assert message.parts == ("a ", "b ", KEEP)
    assert pickle.loads(pickle.dumps(message)).parts == message.parts
    assert json.loads(json.dumps(message)) == message
    assert in_words("plain", phrase_for_command_line) == "plain"
    long = LossError("v2", [bridge.core.errors.Loss("x", "y" * 5000)])  # type: ignore[attr-defined]
    assert long.hints == (WARN, IGNORE)
    assert len(str(long)) < 2100


def test_reports_and_explanations_have_the_hints_as_json() -> None:
    store = {"a/.zarray": json.dumps({**MASKED, "compressor": {"id": "gzpi"}}).encode()}
    node = bridge.migrate(store).to_dict()["nodes"][0]
    assert "unknown='keep'" in node["reason"]
    assert node["hints"] == [{"name": "gzip"}, KEEP.to_dict(), WRAP.to_dict()]
    spelling = bridge.explain(BYTES).to_dict()["v2"]
    assert spelling["hints"] == [{"call": "Pipeline"}]


STORE: Final = {".zgroup": b'{"zarr_format": 2}'}
FLAGS: Final[dict[str, Callable[[Any], Any]]] = {
    "strict": lambda flag: bridge.to_v3("gzip", strict=flag),
    "portable": lambda flag: bridge.to_v3("gzip", portable=flag),
    "decode_only": lambda flag: bridge.same("gzip", "gzip", decode_only=flag),
    "keep_attributes": lambda flag: bridge.metadata_to_v3(MASKED, keep_attributes=flag),
    "allow_pickle": lambda flag: bridge.to_numcodecs("gzip", allow_pickle=flag),
    **{
        option: lambda flag, option=option: bridge.migrate(dict(STORE), **{option: flag})  # type: ignore[misc]
        for option in "dry_run remove_old partial fail_fast follow_links take_over".split()
    },
}


@pytest.mark.parametrize("flag", ["no", 1, None])
@pytest.mark.parametrize("option", FLAGS)
def test_a_flag_is_true_or_false(option: str, flag: Any) -> None:
    """The text "no" counts as true: `remove_old="no"` removed documents."""
    with pytest.raises(OptionError) as caught:
        FLAGS[option](flag)
    assert str(caught.value).startswith(f"expected {option} True or False, got ")
    assert caught.value.hints == (Hint(option, True), Hint(option, False))


def test_undo_checks_its_flags() -> None:
    for option in ("dry_run", "follow_links", "take_over"):
        with pytest.raises(OptionError, match=f"expected {option} True or False"):
            bridge.undo(dict(STORE), **{option: "no"})  # type: ignore[arg-type]


def test_what_is_no_dataset_is_refused_by_name() -> None:
    with pytest.raises(
        bridge.InvalidCodecError, match="or DataTree, got an encoding of xarray; convert_enc"
    ):
        bridge.convert_encoding({"compressors": ["gzip"]}, 3)
    with pytest.raises(bridge.InvalidCodecError, match="Dataset, DataArray or DataTree, got int"):
        bridge.convert_encoding(5, 3)


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        (lambda: bridge.json_schema("v4"), OptionError),  # type: ignore[arg-type]
        (lambda: bridge.json_schema("v3", 5), InvalidCodecError),  # type: ignore[arg-type]
        (lambda: bridge.translate_metadata(V3_GROUP, to="v1"), OptionError),  # type: ignore[arg-type]
        (lambda: bridge.translate_metadata(V3_GROUP, {}), InvalidCodecError),
    ],
)
def test_wrong_options_are_errors_of_this_library(
    call: Callable[[], Any], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        call()
