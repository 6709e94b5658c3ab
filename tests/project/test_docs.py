"""The pages of `docs` hold: their blocks run, and what is generated in them is the code's."""

from __future__ import annotations

import doctest
import importlib.util
import re
import runpy
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

import zarrcodec_bridge as bridge

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
FLAGS: Final = doctest.ELLIPSIS
MAKER: Final[dict[str, Any]] = runpy.run_path(str(DOCS / "make_table.py"))


class Section(NamedTuple):
    page: str
    title: str
    needs: tuple[str, ...]
    blocks: str

    def __str__(self) -> str:
        return f"{self.page}: {self.title}"


def sections() -> list[Section]:
    found = []
    for page in sorted({*DOCS.glob("*.md")} - {DOCS / "migrate.md"}):  # a story: test_migrate_docs
        for text in re.split(r"^#+ ", page.read_text(), flags=re.MULTILINE)[1:]:
            title, _, body = text.partition("\n")
            blocks = "\n".join(re.findall(r"```python\n(.*?)```", body, re.DOTALL))
            needs = re.search(r"<!-- needs: (.*?) -->", body)
            imported = tuple(re.findall(r"^>>> import (\w+)$", blocks, re.MULTILINE))
            if ">>>" in blocks:
                found.append(
                    Section(
                        page.name, title, tuple(needs[1].split()) if needs else imported, blocks
                    )
                )
    return found


SECTIONS: Final = sections()


def test_the_pages_have_blocks() -> None:
    titles = {section.title for section in SECTIONS}
    assert {"zarr-python", "xarray", "dask", "anndata", "ome-zarr", "tensorstore"} <= titles


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("section", SECTIONS, ids=str)
def test_blocks_run(section: Section, tmp_path: Path, monkeypatch: Any) -> None:
    for package in section.needs:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"no {package}")
    if "zarr" in section.needs and not zarr_is(3, 1):
        pytest.skip("the recipes are for zarr-python 3")
    monkeypatch.chdir(tmp_path)
    test = doctest.DocTestParser().get_doctest(section.blocks, {}, str(section), section.page, 0)
    assert test.examples
    said: list[str] = []
    results = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append)
    assert results.failed == 0, "".join(said)


ROW: Final = re.compile(r"^\| `(.+)` \| `(.+)` \| `(.+)` \|$", re.MULTILINE)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("wrong", "message", "right"),
    [pytest.param(*row, id=row[1]) for row in ROW.findall((DOCS / "errors.md").read_text())],
)
def test_messages_are_those_of_the_calls(wrong: str, message: str, right: str) -> None:
    numpy, zarr = pytest.importorskip("numpy"), pytest.importorskip("zarr", minversion="3.1")
    names: dict[str, Any] = {"numpy": numpy, "zarr": zarr, "array_kwargs": bridge.array_kwargs}
    names["codec"] = bridge.codec
    names |= {"numcodecs": pytest.importorskip("numcodecs"), "make": zarr.create_array}
    if "ds." in wrong:
        xarray = pytest.importorskip("xarray")
        names["ds"] = xarray.Dataset({"a": ("x", numpy.arange(4))})
    if "PCodec" in wrong and not hasattr(names["numcodecs"], "PCodec"):
        pytest.skip("no pcodec")
    with pytest.raises(Exception, match=re.escape(message)):
        eval(wrong, names)
    assert eval(right, names) is not None


def test_there_are_messages() -> None:
    assert len(ROW.findall((DOCS / "errors.md").read_text())) > 15


def zarr_is(*version: int) -> bool:
    import zarr

    return tuple(int(number) for number in zarr.__version__.split(".")[:2]) >= version


def test_the_table_is_generated() -> None:
    text = MAKER["PAGE"].read_text()
    assert text == MAKER["with_table"](text), "run: python docs/make_table.py"


def test_the_table_has_every_codec_of_numcodecs() -> None:
    """Those of `bridge.registered_codecs()` that are documented as numcodecs' own."""
    rows = {bridge.normalize(example.v2) for example in MAKER["EXAMPLES"]}
    theirs = {
        spec.model
        for spec in bridge.registered_codecs()
        if spec.v2
        and (
            any("numcodecs" in address for address in spec.docs)
            or (spec.v3 and spec.v3[-1].name.startswith("numcodecs."))
        )
    }
    assert {type(codec) for codec in rows} >= theirs


@pytest.mark.parametrize("example", MAKER["EXAMPLES"], ids=lambda example: example.call)
def test_calls_make_what_the_table_says(example: Any) -> None:
    numcodecs = pytest.importorskip("numcodecs")
    name = example.call.partition("(")[0]
    if not hasattr(numcodecs, name):
        pytest.skip(f"this numcodecs has no {name}")
    try:
        codec = eval(example.call, dict(vars(numcodecs)))  # the table's own text
    except ImportError as error:
        pytest.skip(str(error))
    assert bridge.same(codec, example.v2, dtype=example.dtype)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("example", MAKER["EXAMPLES"], ids=lambda example: example.call)
def test_lines_make_the_same_codec_with_zarr_python(example: Any) -> None:
    pytest.importorskip("numcodecs")
    pytest.importorskip("zarr", minversion="3.1.3")
    line = re.fullmatch(r"\|.*\| `\w+` \| `(zarr\..*?)` \|.*", MAKER["row"](example))
    if line is None:
        pytest.skip("no form in format 3")
    import zarr.codecs
    import zarr.codecs.numcodecs

    assert bridge.same(eval(line[1], {"zarr": zarr}), example.v2, dtype=example.dtype)
