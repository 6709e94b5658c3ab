"""Flush files and folders to the disk, and give new files the mode and owner of those beside them."""

from __future__ import annotations

import ctypes
import functools
import os
import stat
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from zarrcodec_bridge.stores.boundary import Folder

FEW: Final = 4
"""Files that are flushed one by one; of more the whole file system is flushed, where the system can."""

Flush: TypeAlias = Callable[[int], None]
"""Flush the file or folder with this descriptor."""


def flusher(count: int) -> Flush:
    """Give a function that flushes one of `count` files: each, or its whole file system once."""
    flush_all = _whole_file_system() if count > FEW else None
    if flush_all is None:
        return os.fsync
    devices: set[int] = set()

    def flush(descriptor: int) -> None:
        device = os.fstat(descriptor).st_dev
        if device not in devices:
            if flush_all(descriptor):
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))
            devices.add(device)

    return flush


def flush_folder(folder: Folder, flush: Flush | None = None) -> None:
    """Flush the names in a folder, where the system can."""
    try:
        descriptor = folder.open(".", os.O_RDONLY)
    except PermissionError:  # Windows opens no directories; others no folder that may not be listed
        return
    try:
        (flush or os.fsync)(descriptor)
    finally:
        os.close(descriptor)


@functools.cache
def _whole_file_system() -> Callable[[int], int] | None:
    """``syncfs`` of Linux: one commit of the file system's journal instead of one for each file."""
    if not sys.platform.startswith("linux"):
        return None
    library: Any = ctypes.CDLL(None, use_errno=True)
    found: Callable[[int], int] | None = getattr(library, "syncfs", None)
    return found


@dataclass(frozen=True, slots=True)
class Ownership:
    """The mode and owner of a file that nobody may read who may not read those beside it."""

    mode: int
    user: int
    group: int

    @classmethod
    def of(cls, beside: Sequence[os.stat_result], widest: int = 0o666) -> Ownership:
        """What some files have in common, up to the mode `widest`; the owner is that of the most private one."""
        mode = widest
        for status in beside:
            mode &= status.st_mode
        closest = min(beside, key=lambda status: status.st_mode & 0o666)
        if len({status.st_gid for status in beside}) > 1:
            mode = _without_group(mode)
        return cls(mode, closest.st_uid, closest.st_gid)

    def give_to(self, descriptor: int) -> None:
        """Set them on a new file or folder, as far as this process may; the mode is never wider."""
        if not hasattr(os, "fchown"):
            return
        status = os.fstat(descriptor)
        mode = self.mode
        if (status.st_uid, status.st_gid) != (self.user, self.group):
            try:
                os.fchown(descriptor, self.user, self.group)
            except OSError:
                try:
                    os.fchown(descriptor, -1, self.group)
                except OSError:
                    mode = _without_group(mode)
        mode |= status.st_mode & stat.S_ISGID
        if stat.S_IMODE(status.st_mode) != mode:
            os.fchmod(descriptor, mode)


def _without_group(mode: int) -> int:
    """A mode in which the group, which is another one, may do what everybody may."""
    return mode & ~0o070 | (mode & 0o007) << 3 & mode & 0o070
