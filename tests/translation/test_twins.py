"""Every function that returns a bare document has a twin that returns notes and losses, and the two agree."""

from __future__ import annotations

import inspect
import json
import pkgutil
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Final, NamedTuple

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.arrays import array_kwargs, translate_array_kwargs
from zarrcodec_bridge.core.errors import LossError, LossWarning
from zarrcodec_bridge.documents.references import (
    references_to_v2,
    references_to_v3,
    translate_references,
)
from zarrcodec_bridge.translation.pipeline import Pipeline

TWINS: Final = {
    "translation.one_codec.to_v2": "translation.one_codec.translate",
    "translation.one_codec.to_v3": "translation.one_codec.translate",
    "translation.pipeline.Pipeline.to_v2": "translation.pipeline.Pipeline.translate",
    "translation.pipeline.Pipeline.to_v3": "translation.pipeline.Pipeline.translate",
    "documents.metadata.metadata_to_v2": "documents.metadata.translate_metadata",
    "documents.metadata.metadata_to_v3": "documents.metadata.translate_metadata",
    "documents.metadata.normalize_metadata": "documents.metadata.translate_metadata",
    "documents.references.references_to_v2": "documents.references.translate_references",
    "documents.references.references_to_v3": "documents.references.translate_references",
    "arrays.keywords.array_kwargs": "arrays.keywords.translate_array_kwargs",
    "adapters.xarray.convert_encoding": "adapters.xarray.translate_encoding",
    "adapters.xarray.convert_variable_encoding": "adapters.xarray.translate_variable_encoding",
}
"""What returns the result alone, and what says too how it came to be."""

OBJECTS: Final = {
    "adapters.numcodecs.conversion.to_numcodecs": "translation.one_codec.translate",
    "adapters.zarr_python.conversion.to_zarr": "translation.one_codec.translate",
}
"""What makes codec objects of a translation, and what gives the JSON with notes and losses."""

TELLING: Final = {
    "adapters.icechunk.write_references": "Translation",
    "stores.run.migrate": "Report",
}
"""Others that return notes and losses, and as what."""

INSIDE: Final = {
    "translation.options.make_options",
    "translation.options.report_losses",
    "adapters.zarr_python.objects.codec_of_array",
}
"""No part of what users call."""


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """All public functions and methods of the package that may lose something."""
    for module in pkgutil.walk_packages(bridge.__path__, "zarrcodec_bridge.", lambda _: None):
        try:
            found = import_module(module.name)
        except ImportError:
            continue
        at = module.name.removeprefix("zarrcodec_bridge.")
        for name in getattr(found, "__all__", [name for name in vars(found) if name[0] != "_"]):
            value = getattr(found, name)
            if getattr(value, "__module__", None) != module.name:
                continue
            if inspect.isclass(value):
                for method, each in vars(value).items():
                    if not method.startswith("_") and _loses(each):
                        yield f"{at}.{name}.{method}", each
            elif _loses(value):
                yield f"{at}.{name}", value


def _loses(value: Any) -> bool:
    return inspect.isfunction(value) and "on_loss" in inspect.signature(value).parameters


def test_everything_that_may_lose_has_a_twin_that_says_so() -> None:
    found = dict(functions())
    known = {*TWINS, *TWINS.values(), *OBJECTS, *OBJECTS.values(), *TELLING, *INSIDE}
    assert found.keys() - known == set()
    for twin in (*TWINS.values(), *OBJECTS.values()):
        if twin in found:  # its library is installed
            returned = str(inspect.signature(found[twin]).return_annotation)
            assert returned.partition("[")[0] in ("Translation", "ConvertedEncoding"), twin
    assert {"translation.one_codec.to_v2", "documents.metadata.normalize_metadata"} <= found.keys()


@pytest.mark.parametrize("bare", TWINS)
def test_a_twin_takes_what_the_other_takes(bare: str) -> None:
    found = dict(functions())
    if bare not in found:
        pytest.skip("its library is not installed")
    taken = [inspect.signature(found[name]).parameters for name in (bare, TWINS[bare])]
    own = {"zarray", "zarr_json"}  # the document by another name
    assert taken[0].keys() - own <= taken[1].keys()
    for name in taken[0].keys() & taken[1].keys():
        assert taken[0][name].default == taken[1][name].default


GZIP: Final = {"id": "gzip", "level": 5}
BLOSC: Final = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": -1, "blocksize": 0}
CAST: Final = {
    "name": "cast_value",
    "configuration": {"data_type": "int16", "out_of_range": "wrap"},
}
LITTLE: Final = {"name": "bytes", "configuration": {"endian": "little"}}
V2: Final = {
    "zarr_format": 2,
    "shape": [4],
    "chunks": [2],
    "dtype": "<u1",
    "order": "C",
    "filters": None,
    "compressor": BLOSC,
    "fill_value": 0,
}
V3: Final = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [4],
    "data_type": "float64",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2]}},
    "chunk_key_encoding": {"name": "v2"},
    "codecs": [LITTLE],
    "fill_value": 0,
    "attributes": {},
}
LOSSY: Final = {**V3, "codecs": [CAST, LITTLE]}
NAN: Final = {"valid_min": float("nan")}


class Pair(NamedTuple):
    """A call of the bare function and the same of its twin."""

    bare: Callable[..., Any]
    twin: Callable[..., Any]
    result: Callable[[Any], Any] = lambda result: result
    """What the bare one returns of the twin's result."""
    losses: int = 0
    notes: int = 0
    needs: str = "json"


def pipeline(to: str, codecs: list[Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    made = Pipeline.from_v3(data_type="float64", codecs=codecs)
    bare = made.to_v2 if to == "v2" else made.to_v3
    return bare, lambda **options: made.translate(to, **options)  # type: ignore[arg-type]


def pair(bare: Callable[..., Any], twin: Callable[..., Any], *given: Any, **more: Any) -> Any:
    to = more.pop("to", None)
    extra = {} if to is None else {"to": to}
    return (
        lambda **options: bare(*given, **more, **options),
        lambda **options: twin(*given, **extra, **more, **options),
    )


def references(document: Any) -> dict[str, str]:
    name = "zarr.json" if document["zarr_format"] == 3 else ".zarray"
    return {f"a/{name}": json.dumps(document)}


def encoding(name: str) -> Callable[..., Any]:
    """A function of the room for xarray's encodings, imported when it is called."""
    return lambda *given, **options: getattr(
        import_module("zarrcodec_bridge.adapters.xarray"), name
    )(*given, **options)


def dataset() -> Any:
    xarray, numpy = pytest.importorskip("xarray"), pytest.importorskip("numpy")
    made = xarray.Dataset({"v": ("x", numpy.arange(4.0))})
    made["v"].encoding = {"shards": (4,), "compressors": "gzip"}
    return made


def of_dataset(name: str) -> Callable[..., Any]:
    return lambda **options: encoding(name)(dataset(), 2, **options)


TO_V2: Final = pair(bridge.metadata_to_v2, bridge.translate_metadata, LOSSY, to="v2")
SHARDS: Final = {"shards": (4,), "compressors": "gzip"}
PAIRS: Final[dict[str, Pair]] = {
    "to_v3": Pair(*pair(bridge.to_v3, bridge.translate, GZIP, to="v3")),
    "to_v3, a note": Pair(
        *pair(bridge.to_v3, bridge.translate, BLOSC, to="v3", dtype="u1"), notes=1
    ),
    "to_v2, a loss": Pair(
        *pair(bridge.to_v2, bridge.translate, CAST, to="v2", dtype="float64"), losses=1
    ),
    "Pipeline.to_v3": Pair(*pipeline("v3", [CAST, LITTLE])),
    "Pipeline.to_v2": Pair(*pipeline("v2", [LITTLE])),
    "Pipeline.to_v2, a loss": Pair(*pipeline("v2", [CAST, LITTLE]), losses=1),
    "metadata_to_v3, notes": Pair(
        *pair(bridge.metadata_to_v3, bridge.translate_metadata, V2, to="v3"),
        lambda files: files["zarr.json"],
        notes=2,
    ),
    "metadata_to_v3, a loss": Pair(
        *pair(bridge.metadata_to_v3, bridge.translate_metadata, V2, NAN, to="v3"),
        lambda files: files["zarr.json"],
        losses=1,
        notes=2,
    ),
    "metadata_to_v2, a loss": Pair(
        *TO_V2, lambda files: (files[".zarray"], files[".zattrs"]), losses=1
    ),
    "normalize_metadata, a note": Pair(
        *pair(bridge.normalize_metadata, bridge.translate_metadata, V2),
        lambda files: files[".zarray"],
        notes=1,
    ),
    "normalize_metadata, a loss": Pair(
        *pair(bridge.normalize_metadata, bridge.translate_metadata, {**V3, "attributes": NAN}),
        lambda files: files["zarr.json"],
        losses=1,
    ),
    "references_to_v3, notes": Pair(
        *pair(references_to_v3, translate_references, references(V2), to="v3"), notes=2
    ),
    "references_to_v2, a loss": Pair(
        *pair(references_to_v2, translate_references, references(LOSSY), to="v2"), losses=1
    ),
    "array_kwargs": Pair(
        *pair(array_kwargs, translate_array_kwargs, GZIP, zarr_format=2, api="tensorstore"),
    ),
    "array_kwargs, a loss": Pair(
        *pair(
            array_kwargs,
            translate_array_kwargs,
            None,
            filters=[CAST],
            dtype="f8",
            zarr_format=2,
        ),
        losses=1,
        needs="zarr",
    ),
    "convert_variable_encoding, a codec": Pair(
        *pair(
            encoding("convert_variable_encoding"),
            encoding("translate_variable_encoding"),
            {"filters": [CAST], "serializer": "auto", "compressors": None},
            2,
            dtype="f8",
        ),
        losses=1,
        needs="zarr",
    ),
    "convert_variable_encoding": Pair(
        *pair(
            encoding("convert_variable_encoding"),
            encoding("translate_variable_encoding"),
            SHARDS,
            2,
            dtype="i4",
        ),
        losses=1,
        needs="zarr",
    ),
    "convert_encoding": Pair(
        of_dataset("convert_encoding"), of_dataset("translate_encoding"), losses=1, needs="xarray"
    ),
}


def comparable(result: Any) -> Any:
    """A result, or of a dataset what its variables are encoded with."""
    if hasattr(result, "variables"):
        return {name: repr(variable.encoding) for name, variable in result.variables.items()}
    return repr(result)


@pytest.mark.parametrize("name", PAIRS)
def test_the_twins_agree(name: str) -> None:
    case = PAIRS[name]
    pytest.importorskip(case.needs)
    if case.needs != "json":
        pytest.importorskip("zarr", minversion="3")
        pytest.importorskip("numcodecs")
    found = case.twin(on_loss="ignore")
    assert (len(found.losses), len(found.notes)) == (case.losses, case.notes)
    bare = case.bare(on_loss="ignore")
    assert comparable(bare) == comparable(case.result(found.result))
    for call in (case.bare, case.twin):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call(on_loss="warn")
        told = [each for each in caught if issubclass(each.category, LossWarning)]
        assert len(told) == case.losses
        if case.losses:
            with pytest.raises(LossError) as raised:
                call()
            assert len(raised.value.losses) == case.losses
        else:
            call()


def test_objects_of_a_pipeline_lose_nothing_in_silence() -> None:
    """The loss of a codec was known only where its JSON was written."""
    pytest.importorskip("numcodecs")
    made = Pipeline.from_v3(data_type="float64", codecs=[CAST, LITTLE])
    with pytest.raises(LossError, match="rounds nearest-even"):
        bridge.to_numcodecs(made)
    assert bridge.to_numcodecs(made, on_loss="ignore")["filters"][0].codec_id == "astype"


def test_the_front_page_has_it() -> None:
    assert bridge.translate_metadata(V2, to="v3").result.keys() == {"zarr.json"}
