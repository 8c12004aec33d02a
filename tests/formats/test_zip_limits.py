"""An archive that would unpack to too much is known by its directory."""

from zipfile import ZipInfo

import pytest

from app.formats.zip_limits import is_bomb

MB = 1 << 20


def entry(size, packed):
    made = ZipInfo("甲")
    made.file_size, made.compress_size = size, packed
    return made


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], False),
        ([entry(10, 10)] * 3, False),
        ([entry(10, 10)] * 4, True),
        ([entry(10 * MB, MB)] * 2, False),
        ([entry(10 * MB, MB), entry(10 * MB + 1, MB)], True),
        ([entry(8 * MB, 1)], False),
        ([entry(8 * MB + 1, 1)], True),
        ([entry(250 * 40_000, 40_000)], False),
        ([entry(10, 10), entry(250 * 40_000 + 1, 40_000)], True),
    ],
)
def test_too_many_entries_too_many_bytes_or_one_steep_entry_make_a_bomb(entries, expected):
    assert is_bomb(entries, 3, 20 * MB) is expected
