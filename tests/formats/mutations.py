"""Valid files with scratches, as disks, mail and people make them."""

from hypothesis import strategies as st


def scratched(content: bytes) -> st.SearchStrategy[bytes]:
    """The content with a few stretches cut out, doubled or overwritten."""
    place = st.integers(0, len(content))
    scratch = st.tuples(place, st.integers(0, 40), st.sampled_from(["cut", "double", "write"]), st.binary(max_size=6))
    return st.lists(scratch, min_size=1, max_size=4).map(lambda scratches: _scratch(content, scratches))


def _scratch(content: bytes, scratches: list[tuple[int, int, str, bytes]]) -> bytes:
    for place, length, how, written in scratches:
        kept = content[place : place + length]
        middle = {"cut": b"", "double": kept * 2, "write": written}[how]
        content = content[:place] + middle + content[place + length :]
    return content
