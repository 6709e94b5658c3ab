"""Hide credentials of URLs and storage options in all that is printed, raised or recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, unquote_plus

_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)([^\s'\"<>]*)")
_MASK: Final = "***"
_SHORTEST: Final = 4
"""Characters of a value that is looked for in texts: a shorter one would be found in words."""

_NO_SECRETS: Final = frozenset(
    {"protocol", "target_protocol", "remote_protocol", "region", "region_name", "fs", "fss", "path"}
)
"""Storage options that are of use in an error, and those that hold whole file systems."""


def without_secrets(text: str, secrets: Iterable[str] = ()) -> str:
    """Hide the user and password, query and fragment of the URLs in a text.

    Parameters
    ----------
    text : str
        A URL, or a message that may quote some.
    secrets : iterable of str
        Other texts to hide, from :func:`secrets_in`.

    Example
    -------
    >>> without_secrets("cannot open https://me:pass@example.org/a.zarr?sig=123")
    'cannot open https://***@example.org/a.zarr?***'
    """
    text = _URL.sub(_redact_url, text)
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _MASK)
    return text


def _redact_url(match: re.Match[str]) -> str:
    scheme, rest = match.groups()
    user, rest = _split_user(rest)
    found = re.search(r"[?#]", rest)
    if found is not None and rest[found.end() :]:
        rest = f"{rest[: found.end()]}{_MASK}"
    return f"{scheme}{f'{_MASK}@' if user else ''}{rest}"


def _split_user(rest: str) -> tuple[str, str]:
    """The user and password of a URL, and what is after them; a password may hold any character unquoted."""
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    user, at, _ = authority.rpartition("@")
    if at:
        return user, rest[len(user) + 1 :]
    _, colon, port = authority.partition(":")
    if colon and port and not port.isdigit() and "@" in rest and not port.startswith(":"):
        user = rest.rpartition("@")[0]
        return user, rest[len(user) + 1 :]
    return "", rest


def secrets_in(url: str, options: Mapping[str, Any] | None = None) -> frozenset[str]:
    """Find the parts of a URL and of its storage options that no message may repeat."""
    found: set[str] = set()
    for _, rest in _URL.findall(url):
        user, rest = _split_user(rest)
        if user:
            found |= {user, user.partition(":")[2]}
        for mark in "?#":
            part = rest.partition(mark)[2]
            found |= {part, *(value for _, value in parse_qsl(part))}
            found |= {one.partition("=")[2] for one in part.split("&")}
    found |= set(_values(options or {}))
    spelled = {spelling for one in found for spelling in (one, unquote(one), unquote_plus(one))}
    spelled |= {quote(one, safe="") for one in spelled}
    return frozenset(one for one in spelled if len(one) >= _SHORTEST)


def _values(options: Any) -> Iterator[str]:
    """All texts in storage options, but for those of options that have no secret."""
    if isinstance(options, Mapping):
        for key, value in options.items():
            if key == "fo":  # the references or the archive behind a file system
                yield from secrets_in(value) if isinstance(value, str) else ()
            elif key not in _NO_SECRETS:
                yield from _values(value)
    elif isinstance(options, (list, tuple, set, frozenset)):
        for value in options:
            yield from _values(value)
    elif isinstance(options, bytes):
        yield options.decode(errors="replace")
    elif isinstance(options, str):
        if "://" in options:
            yield from secrets_in(options)
        else:
            yield options
            yield options.rpartition(" ")[2]  # the token after "Bearer"


def redact_error(error: Exception, secrets: Iterable[str] = ()) -> Exception:
    """Hide secrets in the message of an error; the error itself, if neither it nor its causes have any."""
    if not _has_secrets(error, secrets):
        return error
    text = without_secrets(str(error), secrets)
    builtin = next(base for base in type(error).__mro__ if base.__module__ == "builtins")
    kind = builtin
    if type(error) is not builtin:
        kind = type(type(error).__name__, (builtin,), {"__module__": __name__})
    try:
        return kind(text)  # type: ignore[no-any-return]
    except Exception:  # some take more than a text
        return OSError(f"{type(error).__name__}: {text}")


def _has_secrets(error: BaseException, secrets: Iterable[str]) -> bool:
    seen: set[int] = set()
    left: list[BaseException] = [error]
    while left:
        one = left.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        text = str(one)
        if without_secrets(text, secrets) != text:
            return True
        left += [cause for cause in (one.__cause__, one.__context__) if cause is not None]
    return False
