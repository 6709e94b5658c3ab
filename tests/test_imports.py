"""What importing the library loads, and how long it takes next to pydantic alone."""

from __future__ import annotations

import subprocess
import sys
import textwrap

HEAVY = ("zarr", "numcodecs", "imagecodecs", "xarray", "numpy", "rich", "dask")


def _run(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_import_loads_no_other_library() -> None:
    loaded = _run(
        f"""
        import sys, zarrcodec_bridge
        print([name for name in {HEAVY!r} if name in sys.modules])
        """
    )
    assert loaded == "[]"


def test_json_to_json_loads_no_other_library() -> None:
    loaded = _run(
        f"""
        import sys, zarrcodec_bridge as bridge
        pipeline = bridge.Pipeline.from_v2(
            dtype="<f4", filters=[{{"id": "shuffle", "elementsize": 4}}], compressor={{"id": "zlib"}}
        )
        bridge.Pipeline.from_v3(**pipeline.to_v3()).to_v2()
        print([name for name in {HEAVY!r} if name in sys.modules])
        """
    )
    assert loaded == "[]"


def test_import_builds_no_models_of_codecs() -> None:
    built = _run(
        """
        import sys, zarrcodec_bridge
        print(sum(name.startswith("zarrcodec_bridge.codecs.") for name in sys.modules))
        """
    )
    assert int(built) <= 12


def test_function_and_package_of_the_same_name() -> None:
    assert (
        _run(
            """
        import zarrcodec_bridge as bridge
        from zarrcodec_bridge.codecs.lzma import Lzma
        import zarrcodec_bridge.codecs.blosc
        print(callable(bridge.codecs), Lzma.__name__)
        """
        )
        == "True Lzma"
    )
