"""Registered codecs: by name in each dialect, and by model.

The names of the built-in codecs are known from the start, and each is imported when it is first looked up. Plugins
are imported at the first unknown name.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from zarrcodec_bridge.core.cache import clear_caches
from zarrcodec_bridge.core.errors import DuplicateCodecError, shorten_tracebacks
from zarrcodec_bridge.core.messages import describe_exception
from zarrcodec_bridge.core.spec import CodecSpec, Dialect, Form

if TYPE_CHECKING:
    from zarrcodec_bridge.core.model import Codec

__all__ = [
    "PLUGIN_GROUP",
    "add_builtin",
    "broken_plugins",
    "find",
    "names",
    "register",
    "spec_of",
    "specs",
]

PLUGIN_GROUP: Final = "zarrcodec_bridge.codecs"
"""The group of entry points; each names a :class:`CodecSpec`, or a list of them."""

_forms: dict[tuple[Dialect, str], tuple[CodecSpec, Form]] = {}
_specs: dict[type, CodecSpec] = {}
_builtin: dict[tuple[Dialect, str], Callable[[Dialect, str], CodecSpec]] = {}
_definitions: list[Callable[[type], CodecSpec | None]] = []
_lock = threading.RLock()
_plugins_loaded = False
_broken_plugins: dict[str, str] = {}
_loading = threading.local()


@shorten_tracebacks
def register(spec: CodecSpec) -> None:
    """Register a codec.

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
    if _add(spec):
        clear_caches()


def _add(spec: CodecSpec) -> bool:
    """Add a definition under all its names; whether it is new."""
    found: dict[tuple[Dialect, str], tuple[CodecSpec, Form]] = {}
    for dialect in ("v2", "v3"):
        for form in spec.forms(dialect):
            for name in (form.name, *form.aliases):
                if form.readable:
                    found[dialect, name] = (spec, form)
    for key in found:
        owner = _builtin[key](*key) if key in _builtin else spec  # imports, so not under the lock
        if owner is not spec:
            raise DuplicateCodecError(*key, owner=owner.model.__name__)
    for _, form in found.values():
        _check_fields(spec, form)
    with _lock:
        for key in found:
            if key in _forms and _forms[key][0] is not spec:
                raise DuplicateCodecError(*key, owner=_forms[key][0].model.__name__)
        is_new = _specs.get(spec.model) is not spec
        _forms.update(found)
        _specs[spec.model] = spec
    return is_new


def _check_fields(spec: CodecSpec, form: Form) -> None:
    if form.read is None and form.params is not spec.model:
        fields = list(spec.model.model_fields)
        if list(form.params.model_fields) != fields:
            raise TypeError(
                f"form {form.name!r} has no `read`, so its parameters must be those of"
                f" {spec.model.__name__}, in their order: {', '.join(fields)}"
            )


def add_builtin(
    names: Iterable[tuple[Dialect, str]],
    load: Callable[[Dialect, str], CodecSpec],
    definition_of: Callable[[type], CodecSpec | None],
) -> None:
    """Add definitions that are imported when they are first asked for.

    Parameters
    ----------
    names : iterable of (dialect, name)
        All their names, in the order in which :func:`specs` lists the codecs.
    load : callable
        Gives the definition that one of these names has. It is called without a lock, by several threads perhaps.
    definition_of : callable
        Gives the definition of a model, where it is one of theirs.
    """
    _builtin.update(dict.fromkeys(names, load))
    _definitions.append(definition_of)


def _load_plugins() -> None:
    """Import the plugins, once, and register their codecs.

    No lock is held while a plugin is imported: the import may wait for another thread that looks up a codec. If two
    threads import the same plugin, Python runs it once.
    """
    global _plugins_loaded
    if _plugins_loaded or getattr(_loading, "here", False):  # a plugin may itself look up codecs
        return
    _loading.here = True
    try:
        broken = {}
        for name, load in _plugins():
            try:
                found = load()
                for spec in [found] if isinstance(found, CodecSpec) else found:
                    register(spec)
            except (Exception, SystemExit) as error:  # other plugins still load
                broken[name] = describe_exception(error)
        _broken_plugins.update(broken)
        _plugins_loaded = True
    finally:
        _loading.here = False


def _plugins() -> list[tuple[str, Callable[[], Any]]]:
    from importlib.metadata import entry_points  # slow to import, and most names are known

    try:
        return [(entry.name, entry.load) for entry in entry_points(group=PLUGIN_GROUP)]
    except Exception as error:  # another package has broken metadata
        _broken_plugins["all plugins"] = describe_exception(error)
        return []


def broken_plugins() -> dict[str, str]:
    """Give the plugins that could not be loaded: by name of the entry point, the reason.

    The error for an unregistered codec lists them, since it may be one of theirs.
    """
    return dict(_broken_plugins)


def find(dialect: Dialect, name: str) -> tuple[CodecSpec, Form] | None:
    """Look up the codec and the form that `name` means in `dialect`."""
    key = dialect, name
    found = _forms.get(key)
    if found is None and key in _builtin:
        _add(_builtin[key](*key))
        found = _forms.get(key)
    if found is None and not _plugins_loaded:
        _load_plugins()
        found = _forms.get(key)
    return found


def spec_of(model: type[Codec]) -> CodecSpec | None:
    """Look up the definition of a canonical model."""
    found = _specs.get(model)
    if found is None:
        for definition_of in _definitions:
            found = definition_of(model)
            if found is not None and found.model is model:
                _add(found)
                return found
    return _specs.get(model)


def specs() -> tuple[CodecSpec, ...]:
    """Import every known codec: the definitions, those of the built-in codecs first."""
    builtin = [load(*key) for key, load in _builtin.items()]
    for spec in dict.fromkeys(builtin):
        _add(spec)
    _load_plugins()
    return tuple(dict.fromkeys([*builtin, *_specs.values()]))


def names(dialect: Dialect) -> list[str]:
    """Every name that is known in `dialect`, without importing the codecs."""
    return [name for known, name in dict.fromkeys([*_builtin, *_forms]) if known == dialect]
