"""PDF files that people hand in: looked through in a process of its own, with limits, before anybody opens them."""

from core.pdf_check.check import MOST_PAGES, CheckedPdf, check_pdf

__all__ = ["MOST_PAGES", "CheckedPdf", "check_pdf"]
