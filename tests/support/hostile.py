"""Hostile input: JSON and Python values that no writer means, drawn from a seeded generator.

:class:`Attack` draws values, by grammar and by mutation of real ones, and hands them to every entry point. Whatever it
draws, an entry point gives plain JSON or raises an error of this library.
"""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import random
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import zarrcodec_bridge as bridge
from support.hostile_values import oddity
from support.mutations import PLAIN, mutated
from zarrcodec_bridge import cli
from zarrcodec_bridge.core.errors import BridgeError
from zarrcodec_bridge.documents import references

__all__ = ["Attack", "Failure"]

Call = Callable[[], Any]

LONGEST_MESSAGE: Final = 20_000
SLOWEST: Final = 5.0
"""Seconds of the processor for one call with small input, of which the first imports what it makes objects of."""


@dataclass(frozen=True)
class Failure:
    """An entry point that broke its promise."""

    call: str
    value: str
    reason: str
    raised: BaseException | None = field(default=None, compare=False, repr=False)

    @property
    def kind(self) -> tuple[str, str]:
        """By what failures are told apart."""
        return self.call, self.reason[:160]


def _pickled(error: BridgeError) -> bytes:
    """As pickle does it by itself: dask has it take along what an error came from, which may be anything."""
    file = io.BytesIO()
    pickler = pickle.Pickler(file)
    pickler.dispatch_table = {}
    pickler.dump(error)
    return file.getvalue()


class Attack:
    """Draws hostile values and tries every entry point with them.

    `seed` may also be what draws, `real` are payloads and documents to mutate; `objects` says whether to try the entry
    points that make objects of numcodecs and zarr-python too, which import what has the classes.
    """

    def __init__(
        self, seed: int | random.Random, real: Sequence[Any], objects: bool = True
    ) -> None:
        self.rng = seed if isinstance(seed, random.Random) else random.Random(seed)
        self.cases_of = self._CASES | (self._CASES_OF_OBJECTS if objects else {})
        self.documents = [one for one in real if isinstance(one, dict) and "zarr_format" in one]
        self.codecs = [one for one in real if isinstance(one, dict) and "zarr_format" not in one]
        self.seen: dict[str, list[Any]] = {}
        for codec in self.codecs:
            for key, value in (codec.get("configuration") or codec).items():
                self.seen.setdefault(key, []).append(value)
        self.odd = 1.0
        """How often to draw oddities, from never to often; each case has its own."""
        self.cases = 0
        self.raised: dict[str, int] = {}
        specs = bridge.registered_codecs()
        self.names = [
            ("id" if dialect == "v2" else "name", form.name, tuple(form.params.model_fields))
            for spec in specs
            for dialect in ("v2", "v3")
            for form in spec.forms(dialect)
        ]

    def value(self, depth: int = 3) -> Any:
        """Any JSON, and sometimes what is none."""
        rng = self.rng
        how = rng.random()
        if how < 0.15 * self.odd:
            return oddity(rng)
        if how < 0.6 or depth == 0:
            return rng.choice(PLAIN)
        if how < 0.75:
            return [self.value(depth - 1) for _ in range(rng.randint(0, 4))]
        if how < 0.85:
            return self.codec(depth - 1)
        keys = ("id", "name", "configuration", "codecs", "level", "dtype", "x", "")
        return {rng.choice(keys): self.value(depth - 1) for _ in range(rng.randint(0, 4))}

    def codec(self, depth: int = 3) -> Any:
        """A codec by the grammar: a known name, parameters of the right names and any values."""
        rng = self.rng
        how = rng.random()
        if how < 0.08 * self.odd:
            return oddity(rng)
        if how < 0.6:
            chosen = rng.choice(self.codecs)
            for _ in range(rng.choice((0, 0, 1, 2))):
                chosen = mutated(chosen, rng, self._replacements())
            return chosen
        key, name, fields = rng.choice(self.names)
        drawn = rng.sample(fields, rng.randint(min(2, len(fields)), len(fields)))
        params = {field: self._parameter(field, depth) for field in drawn}
        if rng.random() < 0.05:
            params["x"] = self.value(depth - 1)
        if key == "id":
            return {"id": name, **params}
        extra = {"must_understand": self.value(0)} if rng.random() < 0.03 else {}
        return {"name": name, "configuration": params, **extra}

    def _parameter(self, name: str, depth: int) -> Any:
        """A value that a parameter of that name had somewhere, or any."""
        if name in self.seen and self.rng.random() < 0.85:
            return self.rng.choice(self.seen[name])
        return self.value(depth - 1)

    def _replacements(self) -> list[Any]:
        values = self.rng.sample(PLAIN, 20)
        return values + [self.value(1), oddity(self.rng)] * (self.odd > 0.5)

    def chain(self) -> Any:
        rng = self.rng
        if rng.random() < 0.05:
            return self.value()
        return [self.codec(2) for _ in range(rng.choice((0, 1, 1, 2, 3)))]

    def dtype(self) -> Any:
        rng = self.rng
        if rng.random() < 0.25 * self.odd:
            return oddity(rng) if rng.random() < 0.5 else self.value(2)
        return rng.choice(DTYPES)

    def options(self) -> dict[str, Any]:
        rng = self.rng
        return {
            "on_loss": "ignore",
            "unknown": rng.choice(("error", "keep", "wrap")),
            "strict": rng.random() < 0.1,
        }

    def case(self) -> tuple[str, Any, Call]:
        """One entry point, with what it is to be given."""
        self.odd = self.rng.choice((0.0, 0.0, 0.2, 1.0))
        kinds = tuple(self.cases_of)
        weights = [weight for weight, _ in self.cases_of.values()]
        (name,) = self.rng.choices(kinds, weights)
        value, call = self.cases_of[name][1](self)
        return name, value, call

    def run(self, count: int) -> list[Failure]:
        """Try that many cases; gives one failure of each kind."""
        failures: dict[tuple[str, str], Failure] = {}
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for _ in range(count):
                failure = self.attempt(*self.case())
                if failure is not None:
                    failures.setdefault(failure.kind, failure)
        return list(failures.values())

    def attempt(self, name: str, value: Any, call: Call) -> Failure | None:
        """Try one case; gives what it broke, if anything."""
        self.cases += 1
        started = time.process_time()
        try:
            call()
        except BridgeError as error:
            kind = type(error).__name__
            self.raised[kind] = self.raised.get(kind, 0) + 1
            said = str(error)
            if len(said) > LONGEST_MESSAGE:
                return Failure(name, _shown(value), f"a message of {len(said)} characters")
            if self.cases % 50 == 0 and str(pickle.loads(_pickled(error))) != said:
                return Failure(name, _shown(value), "the error does not pickle")
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, MemoryError)):
                raise
            return Failure(name, _shown(value), f"{type(error).__name__}: {_said(error)}", error)
        took = time.process_time() - started
        if took > SLOWEST:
            return Failure(name, _shown(value), f"took {took:.1f} s")
        return None

    def _normalize(self) -> tuple[Any, Call]:
        source = self.codec()
        dtype = self.dtype() if self.rng.random() < 0.5 else None
        unknown = self.rng.choice(("error", "keep"))

        def call() -> None:
            codec = bridge.normalize(source, dtype=dtype, unknown=unknown)
            hash(codec)
            repr(codec)
            pickle.loads(pickle.dumps(codec))

        return (source, dtype), call

    def _translate(self) -> tuple[Any, Call]:
        source, to, options = self.codec(), self.rng.choice(("v2", "v3")), self.options()
        dtype = self.dtype() if self.rng.random() < 0.7 else None
        if to == "v3":
            options["target"] = self.rng.choice(("spec", "zarr-python", "tensorstore", "zarrs"))
        options["portable"] = self.rng.random() < 0.2
        write = bridge.to_v2 if to == "v2" else bridge.to_v3

        def call() -> None:
            result = write(source, dtype=dtype, **options)
            _check_json(result)
            assert write(source, dtype=dtype, **options) == result, "deterministic"
            assert bridge.translate(source, to=to, dtype=dtype, **options).result == result
            _read_again(result, options["unknown"])

        return (to, source, dtype, options), call

    def _same(self) -> tuple[Any, Call]:
        a, b = self.codec(), self.codec()
        dtype = self.dtype() if self.rng.random() < 0.3 else None
        decode_only = self.rng.random() < 0.5
        return (a, b, dtype), lambda: bridge.same(a, b, dtype=dtype, decode_only=decode_only)

    def _explain(self) -> tuple[Any, Call]:
        source = self.codec() if self.rng.random() < 0.6 else self.document()
        dtype = self.dtype() if self.rng.random() < 0.3 else None

        def call() -> None:
            explanation = bridge.explain(source, dtype=dtype, unknown="keep")
            str(explanation)
            explanation._repr_html_()
            json.dumps(explanation.to_dict(), allow_nan=False)

        return (source, dtype), call

    def _pipeline_v2(self) -> tuple[Any, Call]:
        rng = self.rng
        members = {
            "dtype": self.dtype(),
            "filters": rng.choice((None, self.chain())),
            "compressor": rng.choice((None, self.codec(2))),
            "order": rng.choice(("C", "F", "C", "F", self.value(1))),
        }
        return self._pipeline(bridge.Pipeline.from_v2, members)

    def _pipeline_v3(self) -> tuple[Any, Call]:
        members = {"data_type": self.dtype(), "codecs": self.chain()}
        if self.rng.random() < 0.6 and isinstance(members["codecs"], list):
            members["codecs"].insert(0, {"name": "bytes", "configuration": {"endian": "little"}})
        return self._pipeline(bridge.Pipeline.from_v3, members)

    def _pipeline(self, read: Any, members: dict[str, Any]) -> tuple[Any, Call]:
        rng = self.rng
        members["ndim"] = rng.choice((None, None, 0, 1, 2, 3, 2, self.value(0)))
        members["chunk_shape"] = rng.choice((None, None, None, [4, 5], [1, 1], [], self.value(1)))
        unknown = rng.choice(("error", "keep", "wrap"))
        target = rng.choice(("spec", "zarr-python", "tensorstore", "zarrs"))
        ways = rng.random()

        def call() -> None:
            pipeline = read(**members, unknown=unknown)
            hash(pipeline)
            repr(pipeline)
            list(pipeline.walk())
            assert pipeline == pipeline
            if ways < 0.1:
                pipeline.readers()
                pickle.loads(pickle.dumps(pipeline))
            with contextlib.suppress(BridgeError):
                v2 = pipeline.to_v2(on_loss="ignore", unknown=unknown)
                _check_json(v2)
                bridge.Pipeline.from_v2(**v2, unknown="keep")
            v3 = pipeline.to_v3(target, on_loss="ignore", unknown=unknown)
            _check_json(v3)
            bridge.Pipeline.from_v3(**v3, unknown="keep")

        return (members, unknown, target), call

    def _slots(self) -> tuple[Any, Call]:
        rng = self.rng
        values = self.slots()
        values["order"] = rng.choice(("C", "C", "F", self.value(1)))
        values["ndim"] = rng.choice((2, 2, None, self.value(0)))
        values["unknown"] = rng.choice(("error", "keep", "wrap"))

        def call() -> None:
            pipeline = bridge.Pipeline.from_slots(**values)
            hash(pipeline)
            with contextlib.suppress(BridgeError):
                _check_json(pipeline.to_v2(on_loss="ignore"))
            _check_json(pipeline.to_v3(on_loss="ignore"))

        return values, call

    def slots(self) -> dict[str, Any]:
        """The slots of zarr-python, each with codecs in it, or a codec, or what is none."""
        rng = self.rng
        return {
            "dtype": self.dtype(),
            "filters": rng.choice((None, self.chain(), self.codec(2))),
            "serializer": rng.choice(("auto", self.codec(2))),
            "compressors": rng.choice(("auto", None, self.chain(), self.codec(2))),
        }

    def _array_kwargs(self) -> tuple[Any, Call]:
        rng = self.rng
        values = self.slots()
        values["dtype"] = rng.choice((None, values["dtype"]))
        values["zarr_format"] = rng.choice((2, 3, 2, 3, 2, 3, self.value(0)))
        values["api"] = rng.choice(APIS) if rng.random() < 0.95 else self.value(1)
        values["ndim"] = rng.choice((2, 2, None, self.value(0)))
        return values, lambda: bridge.array_kwargs(**values, on_loss="ignore")

    def _to_numcodecs(self) -> tuple[Any, Call]:
        source, unknown = self.codec(), self.rng.choice(("error", "keep", "wrap"))
        dtype = self.dtype() if self.rng.random() < 0.7 else None

        def call() -> None:
            made = bridge.to_numcodecs(source, dtype=dtype, unknown=unknown, on_loss="ignore")
            assert "pickle" not in (made.codec_id, getattr(source, "codec_id", None))

        return (source, dtype, unknown), call

    def _to_zarr(self) -> tuple[Any, Call]:
        source, unknown = self.codec(), self.rng.choice(("error", "keep", "wrap"))
        dtype = self.dtype() if self.rng.random() < 0.7 else None
        kind = self.rng.choice((None, None, None, "a2a", "a2b", "b2b"))
        made = {"dtype": dtype, "kind": kind, "unknown": unknown, "on_loss": "ignore"}
        return (source, made), lambda: bridge.to_zarr(source, **made)

    def _pipeline_objects(self) -> tuple[Any, Call]:
        members = {
            "dtype": self.dtype(),
            "filters": self.rng.choice((None, self.chain())),
            "compressor": self.rng.choice((None, self.codec(2))),
        }

        def call() -> None:
            pipeline = bridge.Pipeline.from_v2(**members, ndim=2, unknown="keep")
            with contextlib.suppress(BridgeError):
                bridge.to_numcodecs(pipeline, on_loss="ignore")
            bridge.to_zarr(pipeline, on_loss="ignore")

        return members, call

    def document(self, odd: bool = True) -> Any:
        """A whole `.zarray` or `zarr.json`, or nearly; all of it JSON unless `odd`."""
        rng = self.rng
        if not odd:
            with contextlib.suppress(TypeError, ValueError, RecursionError):
                return json.loads(json.dumps(self.document()))
            return rng.choice(self.documents)
        document = rng.choice(self.documents)
        for _ in range(rng.choice((0, 1, 1, 2, 3))):
            document = mutated(document, rng, self._replacements())
        return document

    def _metadata(self) -> tuple[Any, Call]:
        document = self.document(odd=False)
        how = self.rng.choice(
            (bridge.metadata_to_v3, bridge.metadata_to_v2, bridge.normalize_metadata)
        )

        def call() -> None:
            json.dumps(how(document, on_loss="ignore"))

        return (how.__name__, document), call

    def _references(self) -> tuple[Any, Call]:
        rng = self.rng
        document = self.document(odd=False)
        text = json.dumps(document)
        value = rng.choice((document, text, text[: rng.randint(0, len(text))], self.value(1)))
        files: Any = {".zgroup": '{"zarr_format":2}', "a/.zarray": value, "a/0.0": ["x", 0, 5]}
        if rng.random() < 0.2:
            files = mutated(files, rng, [oddity(rng)])
        wrapped = rng.choice((files, {"version": 1, "refs": files}))
        return wrapped, lambda: references.references_to_v3(wrapped, on_loss="ignore")

    def _schema(self) -> tuple[Any, Call]:
        dialect, name = self.rng.choice(("v2", "v3")), self.value()
        if not isinstance(name, (str, type)):
            name = self.rng.choice((self.rng.choice(self.names)[1], oddity(self.rng)))

        def call() -> None:
            if name is None:
                return
            try:
                bridge.json_schema(dialect, name)  # type: ignore[arg-type]
            except ValueError as error:
                if not isinstance(error, BridgeError) and isinstance(name, (str, type)):
                    raise

        return (dialect, name), call

    def _cli(self) -> tuple[Any, Call]:
        rng = self.rng
        source = self.codec(2) if rng.random() < 0.6 else self.document()
        try:
            text = json.dumps(source)
        except (TypeError, ValueError, RecursionError):
            text = str(rng.choice(("{", "[", "gzip", "\ud800", "x" * 1000, "NaN", "[" * 3000)))
        through_stdin = rng.random() < 0.5
        command = rng.choice(("to-v2", "to-v3", "explain", "convert"))
        words = [command, *(rng.choice(([], ["-"])) if through_stdin else [text])]
        words += ["--unknown", "keep"]
        if rng.random() < 0.5:
            dtype = self.dtype()
            words += ["--dtype", dtype if type(dtype) is str else "<f4"]
        encoding = rng.choice(("utf-8", "utf-8", "utf-16", "utf-8-sig", "utf-7"))
        content = text.encode(encoding, "surrogatepass")
        if rng.random() < 0.1:
            content = content[: rng.randint(0, len(content))] + rng.choice((b"", b"\xff", b"\0"))

        def call() -> None:
            out, err = io.StringIO(), io.StringIO()
            stdin, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(content), "utf-8")
            try:
                with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                    code = cli.main(words)
            finally:
                sys.stdin = stdin
            assert code in (0, 1, 2), code
            assert "Traceback" not in err.getvalue(), err.getvalue()
            if code == 0 and command != "explain":
                json.loads(out.getvalue())

        return (words, content), call

    _CASES: Final[dict[str, tuple[float, Callable[[Attack], tuple[Any, Call]]]]] = {
        "normalize": (6, _normalize),
        "translate": (8, _translate),
        "same": (2, _same),
        "explain": (0.5, _explain),
        "Pipeline.from_v2": (5, _pipeline_v2),
        "Pipeline.from_v3": (5, _pipeline_v3),
        "Pipeline.from_slots": (2, _slots),
        "metadata": (3, _metadata),
        "references": (1, _references),
        "json_schema": (0.02, _schema),
        "cli": (0.5, _cli),
    }

    _CASES_OF_OBJECTS: Final[dict[str, tuple[float, Callable[[Attack], tuple[Any, Call]]]]] = {
        "array_kwargs": (2, _array_kwargs),
        "to_numcodecs": (2, _to_numcodecs),
        "to_zarr": (2, _to_zarr),
        "to_zarr of a pipeline": (1, _pipeline_objects),
    }


APIS: Final = (
    *("open", "create", "create_array", "group.create_array", "xarray", "dask.to_zarr", "anndata"),
    *("ome-zarr", "tensorstore"),
)

DTYPES: Final = (
    *("<f4", ">f4", "<f8", "<i4", ">i2", "|u1", "|b1", "|O", "<U4", "|S5", "|V3", "<M8[ns]", "<c8"),
    *("float32", "int16", "bool", "string", "bytes", "r16", "complex64", "bfloat16", "int4"),
    [["a", "<f4"], ["b", "<i2"]],
    [["a", ">f4"], ["b", "<i2", [2]]],
    {"name": "struct", "configuration": {"fields": [{"name": "a", "data_type": "int8"}]}},
    {"name": "numpy.datetime64", "configuration": {"unit": "ns", "scale_factor": 1}},
    {"name": "fixed_length_utf32", "configuration": {"length_bytes": 8}},
)


def _check_json(result: Any) -> None:
    assert json.loads(json.dumps(result, allow_nan=False)) == result, "plain JSON"


def _read_again(result: Any, unknown: str) -> None:
    if unknown == "error":
        bridge.normalize(result)


def _said(error: BaseException) -> str:
    try:
        return str(error)[:400]
    except Exception:
        return "?"


def _shown(value: Any) -> str:
    try:
        return repr(value)[:600]
    except Exception:
        return f"<{type(value).__name__}>"
