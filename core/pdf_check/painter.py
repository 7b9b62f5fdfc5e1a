"""The process that paints the first page of a strange PDF: little memory, little time, no files. PDF on stdin, a PNG on stdout.

Run by its path (`python -I painter.py SIDE`), so that it loads nothing of the service: a file that breaks the painter breaks
only this process. `core.pdf_check.paint` starts it; nothing at all on stdout means that the page cannot be painted.
"""

import resource
import sys
from io import BytesIO

MEMORY = 1_500_000_000
CPU_SECONDS = 10
LARGEST_SCALE = 4.0


def limit_self() -> None:
    """Before the first byte is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def paint(content: bytes, side: int) -> bytes:
    """The first page, its longer side `side` pixels, on white; forms and notes are not painted."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    page = document[0]
    longer = max(page.get_width(), page.get_height())
    scale = min(side / longer, LARGEST_SCALE)
    bitmap = page.render(scale=scale, may_draw_forms=False, draw_annots=False)
    out = BytesIO()
    bitmap.to_pil().convert("RGB").save(out, "PNG", compress_level=1)
    return out.getvalue()


def main() -> None:
    """Answer for the file on stdin."""
    limit_self()
    try:
        sys.stdout.buffer.write(paint(sys.stdin.buffer.read(), int(sys.argv[1])))
    except Exception:  # noqa: BLE001 - whatever breaks the painter leaves the file without a picture
        sys.exit(1)


if __name__ == "__main__":
    main()
