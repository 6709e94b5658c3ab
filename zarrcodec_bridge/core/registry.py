"""Which codec has which name, per dialect, and which definition a model has.

Definitions come from *sources*: callables that give :class:`CodecSpec` values. The built-in codecs are asked at
the first look-up (so that importing the library builds no models), plugins at the first unknown name.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Final

from zarrcodec_bridge.core.errors import DuplicateCodecError
from zarrcodec_bridge.core.json_values import told
from zarrcodec_bridge.core.spec import CodecSpec, Dialect, Form

if TYPE_CHECKING:
    from zarrcodec_bridge.core.model import Codec

__all__ = [
    "PLUGIN_GROUP",
    "broken_plugins",
    "find",
    "forget",
    "forget_with",
    "generation",
    "near",
    "register",
    "source",
    "spec_of",
    "specs",
]

PLUGIN_GROUP: Final = "zarrcodec_bridge.codecs"
"""Entry points of this group name a :class:`CodecSpec`, or a list of them."""

_forms: dict[tuple[Dialect, str], tuple[CodecSpec, Form]] = {}
_specs: dict[type, CodecSpec] = {}
_sources: list[Callable[[], Iterable[CodecSpec]]] = []
_lazy: dict[str, Callable[[str], CodecSpec]] = {}
_forgetters: list[Callable[[], None]] = []
_generation = object()
_lock = threading.RLock()
_plugins_loaded = False
_broken_plugins: dict[str, str] = {}
_loading = threading.local()


def register(spec: CodecSpec) -> None:
    """Make a codec known.

    Parameters
    ----------
    spec : CodecSpec
        The definition. Registering the same one again changes nothing.

    Raises
    ------
    DuplicateCodecError
        One of its names belongs to another codec; nothing is registered then.

    Example
    -------
    >>> from zarrcodec_bridge import Codec, CodecSpec, Form, to_v3
    >>> class Rle(Codec):
    ...     width: int = 8
    >>> register(CodecSpec(Rle, "b2b", v2=(Form("acme-rle", Rle),), v3=(Form("acme.rle", Rle),)))
    >>> to_v3({"id": "acme-rle"})
    {'name': 'acme.rle', 'configuration': {'width': 8}}
    """
    _load()
    _add(spec)


def forget_with(forgetter: Callable[[], None]) -> None:
    """Have `forgetter` called whenever a codec is added, by those who remember what names gave."""
    _forgetters.append(forgetter)


def generation() -> object:
    """Stands for the codecs known now: another one after each that is added.

    What was made from names holds as long as what was the generation before it was begun.
    """
    return _generation


def forget() -> None:
    """Forget all that names gave."""
    global _generation
    _generation = object()
    for forgetter in _forgetters:
        forgetter()


def _add(spec: CodecSpec) -> None:
    names: dict[tuple[Dialect, str], tuple[CodecSpec, Form]] = {}
    for dialect in ("v2", "v3"):
        for form in spec.forms(dialect):
            for name in (form.name, *form.aliases):
                if form.readable:
                    names[dialect, name] = (spec, form)
    with _lock:
        for key in names:
            if key in _forms and _forms[key][0] is not spec:
                raise DuplicateCodecError(*key, owner=_forms[key][0].model.__name__)
            if key[1] in _lazy and _lazy[key[1]](key[1]) is not spec:
                raise DuplicateCodecError(*key, owner=_lazy[key[1]](key[1]).model.__name__)
        for _, form in names.values():
            _check_fields(spec, form)
        _forms.update(names)
        _specs[spec.model] = spec
        forget()


def _check_fields(spec: CodecSpec, form: Form) -> None:
    if form.read is None and form.params is not spec.model:
        fields = list(spec.model.model_fields)
        if list(form.params.model_fields) != fields:
            raise TypeError(
                f"form {form.name!r} has no `read`, so its parameters must be those of"
                f" {spec.model.__name__}, in their order: {', '.join(fields)}"
            )


def source(specs: Callable[[], Iterable[CodecSpec]]) -> None:
    """Add a source of definitions, asked at the next look-up."""
    with _lock:
        _sources.append(specs)


def lazy(names: Iterable[str], build: Callable[[str], CodecSpec]) -> None:
    """Add definitions that are made when one of their names is first looked up."""
    with _lock:
        _lazy.update(dict.fromkeys(names, build))


def _built(dialect: Dialect, name: str) -> tuple[CodecSpec, Form] | None:
    with _lock:
        if name in _lazy:
            _add(_lazy[name](name))
            del _lazy[name]
    return _forms.get((dialect, name))


def _load() -> None:
    for specs in tuple(_sources):
        found = tuple(
            specs()
        )  # imports modules: another thread may hold their locks, and want ours
        with _lock:
            if specs in _sources:
                for spec in found:
                    _add(spec)
                _sources.remove(specs)


def _load_plugins() -> None:
    """Import the plugins, once, and add their codecs.

    No lock is held while a plugin is imported: the import may wait for another thread that looks up a codec. Two
    threads may so import the same plugin, which Python does once.
    """
    global _plugins_loaded
    if _plugins_loaded or getattr(_loading, "here", False):  # a plugin may look up codecs, too
        return
    _loading.here = True
    try:
        broken = {}
        for name, load in _plugins():
            try:
                found = load()
                for spec in [found] if isinstance(found, CodecSpec) else found:
                    _add(spec)
            except (Exception, SystemExit) as error:  # must not take other codecs away
                broken[name] = told(error)
        _broken_plugins.update(broken)
        _plugins_loaded = True
    finally:
        _loading.here = False


def _plugins() -> list[tuple[str, Callable[[], Any]]]:
    try:
        return [(entry.name, entry.load) for entry in entry_points(group=PLUGIN_GROUP)]
    except Exception as error:  # metadata of other packages that cannot be read
        _broken_plugins["all plugins"] = told(error)
        return []


def broken_plugins() -> dict[str, str]:
    """The plugins that could not be loaded: by the name of their entry point, the reason.

    They are told where a codec is asked for that nobody knows, since it may be theirs.
    """
    return dict(_broken_plugins)


def find(dialect: Dialect, name: str) -> tuple[CodecSpec, Form] | None:
    """The codec and the form that `name` means in `dialect`."""
    if _sources:
        _load()
    found = _forms.get((dialect, name))
    if found is None and name in _lazy:
        found = _built(dialect, name)
    if found is None and not _plugins_loaded:
        _load_plugins()
        found = _forms.get((dialect, name))
    return found


def spec_of(model: type[Codec]) -> CodecSpec | None:
    """The definition of a canonical model."""
    found = _specs.get(model)
    if found is None and _sources:
        _load()
        found = _specs.get(model)
    return found


def specs() -> tuple[CodecSpec, ...]:
    """Every known codec, built-in ones first."""
    _load()
    for name in tuple(_lazy):
        _built("v3", name)
    _load_plugins()
    return tuple(_specs.values())


_PREFIXES: Final = ("numcodecs.", "imagecodecs_")

_MEANT: Final[dict[str, tuple[str, ...]]] = {
    "bitshuffle": (),
    "blosc2": ("imagecodecs_blosc2",),
    "bzip2": ("bz2", "numcodecs.bz2"),
    "deflate": (),
    "gdeflate": (),
    "jp2": ("imagecodecs_jpeg2k",),
    "jpeg-xl": ("imagecodecs_jpegxl",),
    "jpeg2000": ("imagecodecs_jpeg2k",),
    "jxl": ("imagecodecs_jpegxl",),
    "lz4-frame": ("imagecodecs_lz4f",),
    "lz4f": ("imagecodecs_lz4f",),
    "lz4frame": ("imagecodecs_lz4f",),
    "lz4h5": ("imagecodecs_lz4h5",),
    "lz4hc": (),
    "lzma2": (),
    "sharding": ("sharding_indexed",),
    "xz": ("lzma", "numcodecs.lzma"),
    "zfp": (),
    "zfpy": (),
    "zlib-ng": ("zlib", "numcodecs.zlib"),
    "zlibng": ("zlib", "numcodecs.zlib"),
    "zstandard": ("zstd",),
}
"""Names of other formats, and what decodes them. They look like codecs that do not, and are no misspellings of them."""


def near(dialect: Dialect, name: str) -> list[str]:
    """Known names that `name` may stand for: for did-you-mean.

    What is spelled alike but for case comes first, then other names of the same codec, then likely misspellings;
    never a codec that cannot decode what `name` names.
    """
    known = {_folded(known): known for kind, known in _forms if kind == dialect}
    known |= {_folded(lazy): lazy for lazy in _lazy if lazy not in known}
    asked = _folded(name[:80])
    stem = asked.removeprefix("numcodecs.").removeprefix("imagecodecs-")
    same = [asked, stem] if dialect == "v2" and asked.startswith("numcodecs.") else [asked]
    if stem == asked:
        same.append("numcodecs." + asked)
        same += [] if stem in _MEANT else ["imagecodecs-" + asked]
    aliases = tuple(map(_folded, _MEANT.get(stem, ())))
    for names in (same[:1], aliases, same[1:2], same[2:]):
        found = [known[key] for key in names if key in known]
        found = [codec for codec in found if find(dialect, codec) is not None]
        if found:
            return found[:1]
    return [] if stem in _MEANT else _misspelt(dialect, asked, known)


def _folded(name: str) -> str:
    return name.lower().replace("_", "-")


def _misspelt(dialect: Dialect, asked: str, known: dict[str, str]) -> list[str]:
    """Codecs of the same family of names, or else of numcodecs, that `asked` is likely to misspell."""
    import difflib  # only errors need it

    own = next((prefix for prefix in map(_folded, _PREFIXES) if asked.startswith(prefix)), "")
    for prefix in dict.fromkeys((own, own or _PREFIXES[0])):
        stem = asked.removeprefix(own)
        stems = {
            key.removeprefix(prefix): codec
            for key, codec in known.items()
            if key.startswith(prefix or tuple("abcdefghijklmnopqrstuvwxyz"))
            and not (not prefix and key.startswith(tuple(map(_folded, _PREFIXES))))
            and _same_digits(stem, key.removeprefix(prefix))
        }
        found = [stems[match] for match in difflib.get_close_matches(stem, stems, 3, 0.75)]
        found = [codec for codec in found if find(dialect, codec) is not None]
        if found:
            return found
    return []


_FORMATS: Final = frozenset("blosc gzip jpeg lzma packbits pcodec zfp zfpy zlib zstd".split())


def _same_digits(asked: str, known: str) -> bool:
    """Whether they may be one format: another number is another one, as in blosc and blosc2."""
    digits = [letter for letter in asked if letter.isdigit()]
    theirs = [letter for letter in known if letter.isdigit()]
    return not digits or digits == theirs or not (theirs or known in _FORMATS)
