"""Files of cases: recognised by their content, kept once by their hash, opened only if their bytes are still the same."""

from core.files.images import ImageRefused, Rendition, make_renditions
from core.files.inspect import CheckedFile, inspect_file
from core.files.names import MEDIA_TYPES, file_name
from core.files.store import open_stored, store_content

__all__ = [
    "MEDIA_TYPES",
    "CheckedFile",
    "ImageRefused",
    "Rendition",
    "file_name",
    "inspect_file",
    "make_renditions",
    "open_stored",
    "store_content",
]
