"""Write a file whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile


def write_whole(path: str, text: str) -> None:
    """Write a text into a file beside the one at `path`, which it then takes the place of.

    A pipe or a device is written as it is; a link stays, and what it leads to is replaced.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        with open(path, "w", encoding="utf-8") as stream:  # a folder is refused
            stream.write(text)
        return
    path = os.path.realpath(path)
    if os.path.exists(path):
        _replace(path, text, stat.S_IMODE(os.stat(path).st_mode))
    else:
        umask = os.umask(0)
        os.umask(umask)
        _replace(path, text, 0o666 & ~umask)


def _replace(path: str, text: str, mode: int) -> None:
    folder, name = os.path.split(path)
    number, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
