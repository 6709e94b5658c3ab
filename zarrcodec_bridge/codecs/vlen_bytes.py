"""The `vlen-bytes` codec: `numcodecs.VLenBytes` in v2, a registered codec in v3.

https://github.com/zarr-developers/zarr-extensions/tree/4da7b37a84f76e660902f6d3de3eaef0e0febae6/codecs/vlen-bytes
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import A2B, ZARR_EXTENSIONS, ZARRS, CodecSpec, Form


class VlenBytes(Codec):
    """Byte strings of any length: how many there are, then each with its length in front.

    In v2 it is the first filter of a ``|O`` array; in v3 the array-to-bytes codec of a `bytes`
    array, a data type that zarr-python calls `variable_length_bytes`.
    """


SPEC: Final = CodecSpec(
    model=VlenBytes,
    kind=A2B,
    v2=(Form("vlen-bytes", VlenBytes),),
    v3=(
        Form(
            "vlen-bytes",
            VlenBytes,
            aliases=(f"{ZARRS}/array_to_bytes/vlen_bytes", "numcodecs.vlen-bytes"),
            registered=True,
        ),
    ),
    object_type="variable_length_bytes",
    ignores_chunk_shape=True,
    docs=f"{ZARR_EXTENSIONS}/vlen-bytes",
)
