"""QR codes, made on the server: as path data for a page, as a picture to take away."""

import io
from dataclasses import dataclass

import segno


@dataclass(frozen=True)
class Code:
    """Dark runs of a code as path data to be stroked one module wide; `modules` is its side without the quiet zone."""

    path: str
    modules: int


def code(address: str) -> Code:
    """The code of an address, for the macro `qr` of components/charts.html."""
    matrix = segno.make_qr(address, error="m").matrix
    runs = [f"M{x} {y}.5h{length}" for y, row in enumerate(matrix) for x, length in _dark_runs(row)]
    return Code("".join(runs), len(matrix))


def picture(address: str) -> bytes:
    """The code as an SVG file that stands alone, with its quiet zone, black on white."""
    target = io.BytesIO()
    segno.make_qr(address, error="m").save(
        target, kind="svg", scale=12, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return target.getvalue()


def _dark_runs(row: bytearray) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for x, module in enumerate([*row, 0]):
        if module and start is None:
            start = x
        elif not module and start is not None:
            runs.append((start, x - start))
            start = None
    return runs
