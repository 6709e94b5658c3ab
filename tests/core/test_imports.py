"""What importing the library loads, and how long it takes next to pydantic alone."""

from __future__ import annotations

import pkgutil
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


ONE_CODEC = {
    "codecs": {"gzip", "imagecodecs"},
    "dialects": {"any_numcodecs", "codec_objects", "grammar", "sources", "v2", "v3"},
    "translation": {"one_codec", "options", "value_checks"},
}
"""By room: the modules that the translation of one gzip imports."""


def test_one_translation_imports_the_modules_of_one_codec() -> None:
    imported = _run(
        """
        import sys, zarrcodec_bridge as bridge
        bridge.to_v3({"id": "gzip", "level": 3})
        print(*sorted(name for name in sys.modules if name.startswith("zarrcodec_bridge.")))
        """
    ).split()
    paths = [name.split(".")[1:] for name in imported]
    assert {path[0] for path in paths} == {"core", "readers", *ONE_CODEC}
    for room, modules in ONE_CODEC.items():
        assert {".".join(path[1:]) for path in paths if path[0] == room} - {""} == modules
    assert len(imported) <= 38, imported


def modules_of(call: str) -> set[str]:
    """What the command line imports for one call, its output in a pipe."""
    return set(
        _run(
            f"""
            import sys
            from zarrcodec_bridge.cli import main
            code = main({call.split()!r})
            assert code == 0
            print(*sys.modules)
            """
        ).split()
    )


def test_the_command_line_imports_what_one_call_needs() -> None:
    """Of codec translation: no stores, no HTTP, no rich in a pipe; of the version: not even Pydantic."""
    imported = modules_of('to-v3 {"id":"gzip","level":1}')
    others = {"asyncio", "concurrent.futures", "fsspec", "html", "http", "pickle", "ssl", *HEAVY}
    rooms = "adapters arrays explanations schemas stores cli.stores cli.documents cli.listing"
    assert not imported & {*others, *(f"zarrcodec_bridge.{name}" for name in rooms.split())}
    documents = {name for name in imported if name.startswith("zarrcodec_bridge.documents")}
    assert documents == {"zarrcodec_bridge.documents", "zarrcodec_bridge.documents.encodings"}
    assert not modules_of("--version") & {"pydantic", *others}


def test_a_codec_module_is_imported_like_any_other() -> None:
    told = _run(
        """
        import zarrcodec_bridge.codecs.blosc as blosc
        from zarrcodec_bridge.codecs.lzma import Lzma
        print(blosc.Blosc.__name__, Lzma.__name__)
        """
    )
    assert told == "Blosc Lzma"


def test_no_public_name_hides_a_module() -> None:
    """`import zarrcodec_bridge.x` gives the module, whatever the front page has."""
    import zarrcodec_bridge as bridge

    rooms = {module.name for module in pkgutil.iter_modules(bridge.__path__)}
    assert not rooms & set(bridge.__all__)
