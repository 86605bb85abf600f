"""QR codes as drawings (ISO/IEC 18004)."""

from html import escape

import segno

from safelight.engines.documents.errors import CodeTooLongError

QUIET_ZONE = 4  # modules, as the standard asks


def qr_svg(text: str, *, label: str | None = None) -> str:
    """`text` as a QR code of error correction level M: an SVG to stand inline in a page.

    It is drawn in `currentColor` and as large as its place. A screen reader says `label`, or
    `text` itself. Raises `CodeTooLongError` for more than about 2300 bytes, or for nothing.
    """
    if not text:
        raise CodeTooLongError
    try:
        code = segno.make_qr(text, error="m", boost_error=False)
    except (segno.DataOverflowError, ValueError) as error:
        raise CodeTooLongError from error
    rows = [bytes(row) for row in code.matrix]
    side = len(rows) + 2 * QUIET_ZONE
    name = escape(text if label is None else label)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
        f' role="img" aria-label="{name}" shape-rendering="crispEdges">'
        f'<path fill="currentColor" d="{_path(rows)}"/></svg>'
    )


def _path(rows: list[bytes]) -> str:
    """One rectangle for each run of dark modules."""
    runs = []
    for y, row in enumerate(rows, QUIET_ZONE):
        x = 0
        while (x := row.find(1, x)) >= 0:
            end = row.find(0, x)
            width = (end if end >= 0 else len(row)) - x
            runs.append(f"M{x + QUIET_ZONE} {y}h{width}v1h-{width}z")
            x += width
    return "".join(runs)
