"""Files that people hand in: checked by type and size, kept sealed, opened only by the use case that needs them."""

from core.sealed_files.keep import MEDIA_TYPES, MOST_BYTES, OpenedFile, keep_file, open_file
from core.sealed_files.models import SealedFile

__all__ = ["MEDIA_TYPES", "MOST_BYTES", "OpenedFile", "SealedFile", "keep_file", "open_file"]
