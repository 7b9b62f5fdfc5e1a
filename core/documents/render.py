"""Typst to PDF/A. Templates import the court paper's frame from `/core/documents/templates/court_paper.typ`."""

import json
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
import typst

ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds the packages; templates are named relative to it."""

PLAIN_LETTER = "core/documents/templates/plain_letter.typ"
"""A letter of addressee, paragraphs, a table of facts and closing lines, for papers that need no template of their own."""

_compiling = Lock()


@cache
def _compiler() -> typst.Compiler:
    spec = find_spec("manimgx_fonts_cjk")
    assert spec is not None
    assert spec.origin is not None
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(Path(spec.origin).parent)]
    )
    return typst.Compiler(root=str(ROOT), font_paths=fonts, ignore_system_fonts=True)


def render_pdf(template: str, data: dict[str, Any], *, issued_at: datetime) -> bytes:
    """The paper as PDF/A-2b. `data` reaches the template as JSON in `sys.inputs.data`; equal input gives equal bytes."""
    inputs = {"data": json.dumps(msgspec.to_builtins(data), ensure_ascii=False)}
    with _compiling:
        pdf = _compiler().compile(
            str(ROOT / template),
            format="pdf",
            sys_inputs=inputs,
            pdf_standards="a-2b",
            timestamp=int(issued_at.timestamp()),
        )
    assert isinstance(pdf, bytes)
    return pdf
