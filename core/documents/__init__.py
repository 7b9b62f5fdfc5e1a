"""Court papers (rulebook §10): written in Typst, kept as PDF with hash and version, in the transaction of the act."""

from core.documents.issue import document_by_id, issue_document
from core.documents.kinds import KINDS, DocumentKind
from core.documents.models import Document
from core.documents.render import render_pdf

__all__ = ["KINDS", "Document", "DocumentKind", "document_by_id", "issue_document", "render_pdf"]
