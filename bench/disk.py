"""A disk under SQLite that remembers every write and sync, and fails when told to.

SQLite reaches its files through a table of C functions (a VFS). While a `Disk` is in place, the functions that write,
sync and truncate the database and its log pass through here, in the very library that the product uses: nothing of
the product knows.
"""

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench import stored

MAIN, LOG = "db", "wal"
FULL, WRITE_FAILS, SYNC_FAILS = 13, 10 | 3 << 8, 10 | 4 << 8  # SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC
_OPENED_AS = {0x100: MAIN, 0x80000: LOG}  # SQLITE_OPEN_MAIN_DB, SQLITE_OPEN_WAL

_KEPT: list[Any] = []  # what C code calls must never be collected: a connection may be closed long after

_pointer, _int, _long = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_Open = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _pointer, _int, _pointer)
_Write = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int, _long)
_Truncate = ctypes.CFUNCTYPE(_int, _pointer, _long)
_Sync = ctypes.CFUNCTYPE(_int, _pointer, _int)


class _Vfs(ctypes.Structure):
    """sqlite3_vfs, version 3. Only what is replaced has a type."""

    _fields_ = [
        ("version", _int), ("file_size", _int), ("longest_path", _int), ("next", _pointer), ("name", ctypes.c_char_p),
        ("data", _pointer), ("open", _Open), ("rest", _pointer * 15),
    ]  # fmt: skip


class _Methods(ctypes.Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = [
        ("version", _int), ("close", _pointer), ("read", _pointer), ("write", _Write), ("truncate", _Truncate),
        ("sync", _Sync), ("rest", _pointer * 13),
    ]  # fmt: skip


@dataclass(frozen=True)
class Event:
    """One thing that SQLite asked of a file: `kind` is write, truncate or sync."""

    kind: str
    file: str
    offset: int = 0
    content: bytes = b""


class Disk:
    """What reached the files of one database, in order. `refuses` may answer an SQLite error code instead."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.refuses: Callable[[Event], int] = lambda event: 0
        self._files: dict[int, str] = {}
        self._methods: dict[int, _Methods] = {}

    @contextmanager
    def in_place(self) -> Iterator["Disk"]:
        """Let every connection that is opened from now on pass through here. One at a time in a process."""
        library = ctypes.CDLL(stored.sqlite_library())
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        usual = library.sqlite3_vfs_find(None)
        own = _Vfs.from_buffer_copy(usual.contents)
        own.name, own.next, own.open = b"remembering", None, self._opening(usual)
        _KEPT.append((self, own, usual))
        library.sqlite3_vfs_register(ctypes.byref(own), 1)
        try:
            yield self
        finally:
            library.sqlite3_vfs_unregister(ctypes.byref(own))
            library.sqlite3_vfs_register(usual, 1)

    def _opening(self, usual: Any) -> Any:
        def opened(_vfs: int, path: int, file: int, flags: int, told: int) -> int:
            code: int = usual.contents.open(ctypes.cast(usual, _pointer), path, file, flags, told)
            kind = next((kind for flag, kind in _OPENED_AS.items() if flags & flag), None)
            if code == 0 and kind is not None:
                self._files[file] = kind
                methods = ctypes.cast(file, ctypes.POINTER(_pointer))
                methods[0] = ctypes.addressof(self._watched(methods[0]))
            return code

        return _Open(opened)

    def _watched(self, address: int) -> _Methods:
        """The functions of a file with ours in the place of those that change it."""
        if address in self._methods:
            return self._methods[address]
        usual = _Methods.from_address(address)
        watched = _Methods.from_buffer_copy(usual)
        watched.write = _Write(lambda file, content, size, offset: self._pass(
            Event("write", self._files[file], offset, ctypes.string_at(content, size)),
            lambda: usual.write(file, content, size, offset),
        ))  # fmt: skip
        watched.truncate = _Truncate(lambda file, size: self._pass(
            Event("truncate", self._files[file], size), lambda: usual.truncate(file, size)
        ))  # fmt: skip
        watched.sync = _Sync(lambda file, flags: self._pass(
            Event("sync", self._files[file]), lambda: usual.sync(file, flags)
        ))  # fmt: skip
        self._methods[address] = self._methods[ctypes.addressof(watched)] = watched
        return watched

    def _pass(self, event: Event, act: Callable[[], int]) -> int:
        code = self.refuses(event) or act()
        if code == 0:
            self.events.append(event)
        return code
