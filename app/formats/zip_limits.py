"""What a zip's own directory says that it would unpack to: judged before anything is unpacked."""

from collections.abc import Sequence
from zipfile import ZipInfo

# ordinary sheets shrink to a tenth, prose to a twentieth, dull sheets to a hundredth; small entries do as they like
_STEEPEST_RATIO = 250
_RATIO_COUNTS_FROM = 8 << 20


def is_bomb(entries: Sequence[ZipInfo], most_entries: int, most_unpacked: int) -> bool:
    """Whether an archive is out of the ordinary: too many entries, too many bytes altogether, or one entry is steep."""
    return is_too_much(entries, most_entries, most_unpacked) or any(map(is_steep, entries))


def is_too_much(entries: Sequence[ZipInfo], most_entries: int, most_unpacked: int) -> bool:
    """Whether there are more entries than `most_entries`, or more bytes in them than `most_unpacked`."""
    return len(entries) > most_entries or sum(entry.file_size for entry in entries) > most_unpacked


def is_steep(entry: ZipInfo) -> bool:
    """Whether an entry is large and shrank to less than text ever does."""
    return entry.file_size > max(_RATIO_COUNTS_FROM, _STEEPEST_RATIO * entry.compress_size)
