"""Court papers (rulebook §10): written in Typst, kept as PDF with hash and version, in the transaction of the act."""

from core.documents.issue import document_by_id, documents_of, issue_document
from core.documents.kinds import KINDS, DocumentKind, issued_words
from core.documents.models import Document
from core.documents.render import PLAIN_LETTER, render_pdf
from core.documents.seal import SealCheck, check_seal, seal_pdf

__all__ = [
    "KINDS",
    "PLAIN_LETTER",
    "Document",
    "DocumentKind",
    "SealCheck",
    "check_seal",
    "document_by_id",
    "documents_of",
    "issue_document",
    "issued_words",
    "render_pdf",
    "seal_pdf",
]
