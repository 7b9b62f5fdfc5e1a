"""PDF files that people hand in: looked through, and painted, in processes of their own, with limits, before anybody opens
them."""

from core.pdf_check.check import MOST_PAGES, CheckedPdf, check_pdf
from core.pdf_check.paint import paint_first_page

__all__ = ["MOST_PAGES", "CheckedPdf", "check_pdf", "paint_first_page"]
