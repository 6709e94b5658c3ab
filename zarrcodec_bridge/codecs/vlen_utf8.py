"""The `vlen-utf8` codec: `numcodecs.VLenUTF8` in v2, a registered codec in v3.

https://github.com/zarr-developers/zarr-extensions/tree/4da7b37a84f76e660902f6d3de3eaef0e0febae6/codecs/vlen-utf8
"""

from __future__ import annotations

from typing import Final

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import A2B, ZARR_EXTENSIONS, ZARRS, CodecSpec, Form


class VlenUtf8(Codec):
    """Strings of any length: how many there are, then each with its length in front.

    In v2 it is the first filter of a ``|O`` array; in v3 the array-to-bytes codec of a `string`
    array.
    """


SPEC: Final = CodecSpec(
    model=VlenUtf8,
    kind=A2B,
    v2=(Form("vlen-utf8", VlenUtf8),),
    v3=(
        Form(
            "vlen-utf8",
            VlenUtf8,
            aliases=(
                f"{ZARRS}/array_to_bytes/vlen_utf8",
                "https://numcodecs.dev/vlen-utf8",
                "numcodecs.vlen-utf8",
            ),
            registered=True,
        ),
    ),
    object_type="string",
    ignores_chunk_shape=True,
    docs=f"{ZARR_EXTENSIONS}/vlen-utf8",
)
