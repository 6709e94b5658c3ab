"""What values show of themselves: the same in text, in notebooks and with rich (E6)."""

from __future__ import annotations

import builtins
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.errors import BackendMissingError, Loss, Note
from zarrcodec_bridge.core.messages import Cell, Displayed
from zarrcodec_bridge.stores.report import NodeReport, Report

NASTY = "<script>alert(1)</script>&\x1b[2J\u202e[red]"
OUTCOMES = ("done", "refused", "failed")


def report(nodes: int, name: str = "a") -> Report:
    """Every hundredth node is refused, the last one failed."""
    made = [
        NodeReport(
            f"{name}/{number:05}",
            "array",
            OUTCOMES[1 if number % 100 == 7 else 2 if number == nodes - 1 else 0],
            None if number % 100 != 7 and number != nodes - 1 else f"because of {name}",
            notes=(Note("dtype", name),),
            losses=(Loss(name, "rounds"),) if number == 1 else (),
        )
        for number in range(nodes)
    ]
    return Report("archive", 3, False, tuple(made), remarks=(name,))


ENCODING = bridge.Pipeline.from_v2(
    dtype=">i4",
    filters=[{"id": "shuffle", "elementsize": 4}],
    compressor={"id": "blosc", "shuffle": -1, "nthreads": 3},
    chunk_shape=(2, 3),
)

ZARRAY_BYTES = json.dumps({
    "zarr_format": 2, "shape": [2], "chunks": [1], "dtype": "<i4", "order": "C", "filters": None,
    "compressor": {"id": NASTY, NASTY: NASTY}, "fill_value": 0,
}).encode()  # fmt: skip

VALUES: dict[str, Any] = {
    "explanation": bridge.explain({"id": "bitround", "keepbits": 3}),
    "explanation-refused": bridge.explain({"name": "sharding_indexed", "configuration": {
        "chunk_shape": [2], "codecs": ["bytes"], "index_codecs": ["bytes"]}}),
    "explanation-hostile": bridge.explain({"id": NASTY, NASTY: NASTY}, unknown="keep"),
    "pipeline": ENCODING,
    "pipeline-auto": bridge.Pipeline.from_slots(dtype="<i4"),
    "pipeline-hostile": bridge.Pipeline.from_v2(dtype=[[NASTY, "<i4"]], compressor={"id": NASTY}, unknown="keep"),
    "translation": ENCODING.translate("v3"),
    "translation-hostile": bridge.translate({"id": NASTY, NASTY: NASTY}, to="v3", unknown="keep"),
    "codecs": bridge.registered_codecs(),
    "check": bridge.check({"id": "bz2", "level": 1}),
    "check-hostile": bridge.check({f"{NASTY}/.zarray": ZARRAY_BYTES}),
    "arrays-hostile": bridge.explain({f"{NASTY}/.zarray": ZARRAY_BYTES, "b/.zarray": b"[]"}),
    "report": report(5),
    "report-5000": report(5_000),
    "report-hostile": report(5, NASTY),
    "report-5000-hostile": report(5_000, NASTY),
}  # fmt: skip


class Page(HTMLParser):
    """The text of a page, its tags, and whether they are balanced."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.tags, self.open = "", set[str](), list[str]()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def letters(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("value", VALUES.values(), ids=[f"E6-{name}" for name in VALUES])
def test_each_form_has_the_same_words(value):
    text = str(value)
    assert all(line.isprintable() for line in text.split("\n"))
    page = Page(value._repr_html_())
    assert page.open == []
    assert page.tags <= {"table", "tbody", "tr", "th", "td", "code", "a", "strong"}
    assert letters(page.text) == letters(text)
    console = pytest.importorskip("rich.console")
    for width in (80, 60, 300):
        plain = console.Console(width=width, no_color=True, force_terminal=False)
        with plain.capture() as captured:
            plain.print(value)
        shown = captured.get()
        assert max(map(len, shown.split("\n"))) <= width
        assert letters(shown) == letters(text)


def test_every_value_that_shows_itself_is_tested_here():
    def all_of(kind: type) -> set[type]:
        return {kind}.union(*map(all_of, kind.__subclasses__()))

    ours = {  # by name: dataclasses with slots are made twice
        kind.__name__
        for kind in all_of(Displayed) - {Displayed}
        if kind.__module__.startswith("zarrcodec_bridge.")
    }
    assert ours == {type(value).__name__ for value in VALUES.values()}


@pytest.mark.parametrize("value", VALUES.values(), ids=[f"E6-{name}" for name in VALUES])
def test_ipython_shows_the_text_and_not_the_repr(value):
    class Printer:
        shown = ""

        def text(self, text: str) -> None:
            self.shown += text

    printer = Printer()
    value._repr_pretty_(printer, False)
    assert printer.shown == str(value)


def test_a_long_report_shows_what_needs_attention_and_where_the_rest_is():
    """E6: of 5,000 nodes, 50 were refused and one failed."""
    found = report(5_000)
    lines = str(found).split("\n")
    assert len(lines) < 10
    assert lines[:4] == [
        "refused      50 arrays  a/00007, a/00107, a/00207 and 47 more",
        "             because of a",
        "failed       array      a/04999",
        "             because of a",
    ]
    assert "all 5000 arrays and groups: report.nodes, report.to_dataframe()" in lines
    assert str(found).endswith(found.summary())
    assert "4949 done, 50 refused, 1 failed" in lines[-1]
    assert repr(found) == f"<Report: {lines[-1]}>"
    short = report(20)
    assert [line for line in str(short).split("\n") if line.startswith("done")] == [
        f"done         array  a/{number:05}" for number in range(20) if number not in (7, 19)
    ]


def test_a_long_report_with_many_reasons_shows_some():
    nodes = tuple(NodeReport(f"a/{n}", "array", "refused", f"reason {n}") for n in range(300))
    lines = str(Report("archive", 3, False, nodes)).split("\n")
    assert lines[:2] == ["refused      array  a/0", "             reason 0"]
    assert sum(line.startswith("refused ") for line in lines) == 20
    assert "and 280 more reasons to refuse or to fail" in lines
    assert "all 300 arrays and groups: report.nodes, report.to_dataframe()" in lines


def test_a_long_list_of_arrays_shows_the_first_and_where_the_rest_is():
    arrays = {
        f"a{n:03}/.zarray": {
            "zarr_format": 2, "shape": [n], "chunks": [1], "dtype": "<i4", "order": "C", "filters": None,
            "compressor": {"id": "zlib" if n % 2 else "gzip", "level": 1}, "fill_value": n,
        }
        for n in range(150)
    }  # fmt: skip
    found = bridge.explain({"zarr_consolidated_format": 1, "metadata": arrays})
    title, *lines, last = str(found).split("\n")
    assert title == "150 arrays"
    assert len(lines) == 100
    assert last == "and 50 more: .arrays has all of them"
    for number, array in enumerate(found.arrays):
        assert array.path == f"a{number:03}"
        assert array.explanation == bridge.explain(arrays[f"{array.path}/.zarray"])


def test_a_report_as_a_table_of_pandas():
    pandas = pytest.importorskip("pandas")
    table = report(200).to_dataframe()
    assert isinstance(table, pandas.DataFrame)
    assert table.index.name == "path"
    assert [*table.columns] == "kind outcome reason notes losses verified removed".split()
    assert table.outcome.value_counts().to_dict() == {"done": 197, "refused": 2, "failed": 1}
    assert table.loc["a/00001", "losses"] == ["a: rounds"]
    assert [*Report("x", 3, True, ()).to_dataframe().columns] == [*table.columns]


def test_a_report_as_a_table_without_pandas(monkeypatch):
    imported = builtins.__import__

    def missing(name: str, *more: Any, **others: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return imported(name, *more, **others)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(BackendMissingError, match="pip install pandas") as caught:
        report(2).to_dataframe()
    assert caught.value.backend == "pandas"


def test_the_result_of_a_large_document_is_cut():
    group = {"zarr_format": 3, "node_type": "group", "attributes": {"x": "y" * 100_000}}
    done = bridge.translate_metadata(group, to="v2")
    assert len(str(done)) < 2_100
    assert done.result[".zattrs"]["x"] == "y" * 100_000


def test_codecs_are_listed_by_kind_with_every_name():
    found = bridge.registered_codecs()
    assert isinstance(found, tuple)
    text = str(found)
    for spec in found:
        for dialect in ("v2", "v3"):
            for form in spec.forms(dialect):
                assert re.search(rf"^  {dialect} {re.escape(form.name)} ", text, re.MULTILINE)
    titles = [line.split("  ")[0] for line in text.split("\n") if not line.startswith(" ")]
    assert titles == ["array-to-array codecs", "array-to-bytes codecs", "bytes-to-bytes codecs"]


def test_links_are_links_to_https_alone():
    class Page(Displayed):
        def rows(self) -> list[list[Cell]]:
            return [[Cell("https://a.b/c", "link")], [Cell("javascript:alert(1)", "link")]]

    page = Page()._repr_html_()
    assert page.count("<a ") == 1
    assert 'href="https://a.b/c"' in page
