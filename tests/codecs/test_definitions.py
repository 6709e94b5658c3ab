"""What each definition has to say: what is left out is named, with the file that it belongs in."""

from __future__ import annotations

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.spec import CodecSpec

ALL = [pytest.param(spec, id=spec.title) for spec in bridge.registered_codecs()]


def _file(spec: CodecSpec) -> str:
    return spec.model.__module__.replace(".", "/") + ".py"


@pytest.mark.parametrize("spec", ALL)
def test_a_definition_says_what_readers_of_it_need(spec: CodecSpec) -> None:
    where = f"in {_file(spec)}, the SPEC of {spec.title}"
    assert spec.docs.startswith("https://"), f"{where} needs `docs`, the address of what it follows"
    assert spec.v2 or spec.no_v2, (
        f"{where} needs a form of v2, or `no_v2` which says why it has none"
    )
    assert spec.v3 or spec.no_v3, (
        f"{where} needs a form of v3, or `no_v3` which says why it has none"
    )
    for name, field in spec.model.model_fields.items():
        assert field.description, f"in {_file(spec)}, the field {name!r} needs a description"


@pytest.mark.parametrize("spec", ALL)
def test_an_array_to_array_codec_says_what_it_puts_out(spec: CodecSpec) -> None:
    says = spec.array is not None
    assert says or spec.kind != "a2a", (
        f"in {_file(spec)}, the SPEC of {spec.title} needs `array=ArrayEffect(...)`:"
        " what follows this codec must know the data type that it puts out"
    )
