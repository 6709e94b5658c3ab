"""The names of the front page are a contract."""

from __future__ import annotations

import zarrcodec_bridge as bridge

NAMES = set(
    """
    BackendError BackendMissingError BackendUnsupportedError BridgeError Chunk Codec CodecSpec
    DuplicateCodecError Form InvalidCodecError LossError LossWarning MissingContextError
    NotRepresentableError Pipeline Translation UnknownCodecError UnsafeCodecError V2Codec V3Codec
    array_kwargs codecs explain json_schema metadata_to_v2 metadata_to_v3 normalize normalize_metadata
    register register_with_zarr same to_numcodecs to_v2 to_v3 to_zarr translate
    """.split()
)


def test_front_page_is_pinned() -> None:
    assert set(bridge.__all__) == NAMES
    for name in NAMES:
        assert getattr(bridge, name) is not None


def test_everything_public_is_documented() -> None:
    for name in NAMES - {"V2Codec", "V3Codec"}:
        assert (getattr(bridge, name).__doc__ or "").strip(), name


def test_error_tree() -> None:
    assert issubclass(bridge.BridgeError, ValueError)
    assert issubclass(bridge.BackendMissingError, ImportError)
    assert issubclass(bridge.LossError, bridge.NotRepresentableError)
    assert issubclass(bridge.MissingContextError, bridge.NotRepresentableError)
    for name in NAMES:
        if name.endswith("Error"):
            assert issubclass(getattr(bridge, name), bridge.BridgeError)
