"""Hostile values: objects that say one thing and are another, raise, never end, or nest too deep."""

from __future__ import annotations

import random
from collections import OrderedDict, UserDict, UserList, UserString
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

from support.mutations import PLAIN
from zarrcodec_bridge.core.errors import BridgeError


def _anew(error: Exception) -> Exception:
    return type(error)(*error.args)


class Liar(dict[str, Any]):
    """A dictionary that says one thing and is another."""

    def items(self) -> Any:
        return [("id", "gzip"), (5, object())]

    def __iter__(self) -> Any:
        return iter(["id", 5, None])

    def __getitem__(self, key: Any) -> Any:
        return "pickle" if key == "id" else super().__getitem__(key)


class Raising(Mapping[str, Any]):
    """A mapping of which every method raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getitem__(self, key: Any) -> Any:
        raise _anew(self.error)

    def __iter__(self) -> Any:
        raise _anew(self.error)

    def __len__(self) -> int:
        raise _anew(self.error)

    def __contains__(self, key: Any) -> bool:
        raise _anew(self.error)

    def __repr__(self) -> str:
        raise _anew(self.error)


class Codec:
    """An object with the numcodecs API, or some of it."""

    def __init__(self, codec_id: Any, config: Any) -> None:
        self.codec_id = codec_id
        self.config = config

    def get_config(self) -> Any:
        if isinstance(self.config, Exception):
            raise _anew(self.config)
        return self.config


class ZarrCodec:
    """An object with zarr-python's API, or some of it."""

    def __init__(self, said: Any) -> None:
        self.said = said

    def to_dict(self) -> Any:
        if isinstance(self.said, Exception):
            raise _anew(self.said)
        return self.said


class Unfriendly:
    """An object that raises whatever is asked of it."""

    def __getattr__(self, name: str) -> Any:
        raise ZeroDivisionError(name)

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError("==")

    def __hash__(self) -> int:
        raise ZeroDivisionError("hash")

    def __repr__(self) -> str:
        raise ZeroDivisionError("repr")

    def __len__(self) -> int:
        raise ZeroDivisionError("len")

    def __iter__(self) -> Any:
        raise ZeroDivisionError("iter")

    def __bool__(self) -> bool:
        raise ZeroDivisionError("bool")

    def __index__(self) -> int:
        raise ZeroDivisionError("index")

    def __float__(self) -> float:
        raise ZeroDivisionError("float")


class Agreeable:
    """An object that has every attribute, each as agreeable as itself."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self

    def __iter__(self) -> Any:
        return iter(())


class Text(str):
    """A string that is equal to every other."""

    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False


class Number(int):
    """A number that is not what it compares as."""

    def __index__(self) -> int:
        return 7

    def __repr__(self) -> str:
        raise ZeroDivisionError("repr")


class Scalar:
    """Like a NumPy scalar, but endless or broken."""

    shape = ()

    def __init__(self, value: Any) -> None:
        self.value = value

    def item(self) -> Any:
        if isinstance(self.value, Exception):
            raise _anew(self.value)
        return self if self.value is ... else self.value

    tolist = item


class Dtype:
    """Like a NumPy data type."""

    byteorder = "<"
    kind = "f"
    fields = None

    def __init__(self, text: Any) -> None:
        self.str = text


def _endless() -> Any:
    loop: list[Any] = []
    loop.append(loop)
    return loop


def _endless_object() -> Any:
    loop: dict[str, Any] = {"id": "zlib"}
    loop["level"] = loop
    return loop


def _nested(depth: int, wrap: Callable[[Any], Any], inner: Any = None) -> Any:
    for _ in range(depth):
        inner = wrap(inner)
    return inner


def _named_class(module: str) -> type:
    return type("float32", (), {"__module__": module, "dtype": "os.system"})


ERRORS: Final = (
    ZeroDivisionError("no"),
    RecursionError("no"),
    KeyError("no"),
    AttributeError("no"),
    TypeError("no"),
    StopIteration("no"),
    UnicodeError("no"),
    ValueError("x" * 100_000),
)

ODDITIES: Final[Sequence[Callable[[random.Random], Any]]] = (
    lambda r: float("nan"),
    lambda r: float(r.choice(("inf", "-inf", "1e308", "5e-324", "-0.0"))),
    lambda r: r.choice((-1, 1)) * (1 << r.choice((31, 63, 64, 1024, 20_000))),
    lambda r: 10 ** r.choice((20, 400, 5000)),
    lambda r: complex(1, float("nan")),
    lambda r: r.choice((b"", b"\xff", bytearray(b"x"), memoryview(b"xy")[::2])),
    lambda r: r.choice(("\ud800", "\udfff\ud800", "a\x00b", "\u202e", "\x1b[2J", "é" * 300)),
    lambda r: "x" * r.choice((1, 1000, 100_000)),
    lambda r: "9" * r.choice((5, 400, 50_000)),
    lambda r: r.choice(("<f" + "8" * 500, "|V999999999", "<U999999999", "<M8[999999999ns]", "=i4")),
    lambda r: r.choice(
        ("<f4\n", " <f4", "<f4,", "<f٤", "|S٣", "f4", "<c", "O", "<M8[]", "<m8[xs]", "r8x")
    ),
    lambda r: r.choice((".", "..", "/etc/passwd", "os.system", "__import__('os').system('true')")),
    lambda r: r.choice(
        ("pickle", "numcodecs.pickle", "numcodecs.pickles.Pickle", "any-numcodecs.array-bytes")
    ),
    lambda r: r.choice(
        ("zarrcodec_bridge.cli:main", "antigravity", "this", "%s%n", "{0.__class__}", "${x}")
    ),
    lambda r: Text(r.choice(("gzip", "zlib", "<f4", "float32", "C"))),
    lambda r: UserString("gzip"),
    lambda r: Number(r.choice((0, 1, 5))),
    lambda r: r.choice((True, False)),
    lambda r: OrderedDict([("id", "gzip"), ("level", 1)]),
    lambda r: UserDict({"id": "gzip", "level": Number(3)}),
    lambda r: UserList(["gzip"]),
    lambda r: MappingProxyType({"name": "gzip", "configuration": {"level": 1}}),
    lambda r: Liar(id="gzip", level=1),
    lambda r: Raising(r.choice(ERRORS)),
    lambda r: Codec(r.choice(("gzip", "zlib", 5, None, "no such")), _config(r)),
    lambda r: ZarrCodec(_config(r)),
    lambda r: Unfriendly(),
    lambda r: Agreeable(),
    lambda r: Scalar(r.choice((1, "x", ..., None, *ERRORS))),
    lambda r: Dtype(r.choice(("<f4", "no such", 5, None, "os"))),
    lambda r: SimpleNamespace(kind="T", fields={"a": 1}, descr=[5]),
    lambda r: SimpleNamespace(
        to_json=r.choice((lambda **_: "float32", lambda **_: 5, lambda: None))
    ),
    lambda r: _named_class(r.choice(("numpy", "numpy.core", "os", "antigravity"))),
    lambda r: r.choice((int, float, bool, complex, str, object, type, Codec, BridgeError)),
    lambda r: r.choice((object(), ..., NotImplemented, len, random, lambda: None, iter([1]))),
    lambda r: (x for x in ("gzip",)),
    lambda r: {1: 2},
    lambda r: {None: "gzip", "id": "gzip"},
    lambda r: {("id",): "gzip", "id": "zlib", b"level": 1},
    lambda r: {"id": "gzip", "name": "gzip"},
    lambda r: {"id": "gzip", "configuration": {"level": 1}},
    lambda r: {"name": "gzip", "level": 1},
    lambda r: {"id": "any-numcodecs.bytes-bytes"},
    lambda r: {1, 2},
    lambda r: frozenset({"gzip"}),
    lambda r: ("gzip",),
    lambda r: range(3),
    lambda r: _endless(),
    lambda r: _endless_object(),
    lambda r: _nested(r.choice((10, 70, 500, 5000)), lambda x: [x]),
    lambda r: _nested(r.choice((10, 70, 500, 5000)), lambda x: {"a": x}),
    lambda r: _nested(r.choice((5, 63, 64, 65, 66, 500, 3000)), _shard, {"name": "bytes"}),
    lambda r: _nested(r.choice((5, 65, 500, 3000)), _wrapper, {"id": "zlib"}),
    lambda r: _nested(r.choice((5, 65, 500, 3000)), lambda x: [["a", x]], "<f4"),
    lambda r: _nested(r.choice((5, 65, 500, 3000)), _struct, "float32"),
    lambda r: _nested(
        r.choice((2, 65, 500)), lambda x: Codec("n5_wrapper", {"compressor_config": x})
    ),
    lambda r: [r.choice(PLAIN)] * r.choice((100, 5000)),
    lambda r: {f"k{n}": n for n in range(r.choice((30, 3000)))},
)
"""What to put anywhere; the two argument-less kinds of endlessness among them."""


def _config(rng: random.Random) -> Any:
    return rng.choice(
        (
            {},
            {"id": "gzip", "level": 1},
            {"name": "gzip", "configuration": {"level": 1}},
            {"id": 5},
            {"level": Unfriendly()},
            None,
            5,
            [],
            "gzip",
            Raising(ERRORS[0]),
            Agreeable(),
            *ERRORS,
        )
    )


def _shard(inner: Any) -> Any:
    configuration = {"chunk_shape": [1], "codecs": [inner], "index_codecs": ["bytes"]}
    return {"name": "sharding_indexed", "configuration": configuration}


def _wrapper(inner: Any) -> Any:
    return {"id": "n5_wrapper", "chunk_shape": [1], "dtype": "<f4", "compressor_config": inner}


def _struct(inner: Any) -> Any:
    return {"name": "struct", "configuration": {"fields": [{"name": "a", "data_type": inner}]}}


def oddity(rng: random.Random) -> Any:
    """Something that no writer means."""
    return rng.choice(ODDITIES)(rng)
