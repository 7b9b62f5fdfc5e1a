"""The process that opens a strange PDF: little memory, little time, no files. PDF on stdin, what was found as JSON on stdout.

Run by its path (`python -I reader.py MOST_PAGES`), so that it loads nothing of the service: a file that breaks the reader
breaks only this process. `core.pdf_check.check` starts it and reads the answer.
"""

import json
import resource
import signal
import sys
import zlib
from io import BytesIO
from typing import Any, NoReturn

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

MEMORY = 1_000_000_000
CPU_SECONDS = 10
TEXT_SECONDS = 3
TEXT_PAGES = 8
LONGEST_TEXT = 20_000
MOST_OBJECTS = 100_000
MOST_VALUES = 2_000_000
STREAM_BYTES = 64_000_000
ALL_BYTES = 400_000_000
MOST_PIXELS = 200_000_000
CHUNK = 1_000_000

ACTIVE = {
    "/JS",
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/RichMedia",
    "/Rendition",
    "/XFA",
    "/Movie",
    "/Sound",
}
"""Names that make a document do something by itself or from outside."""
EMBEDDED = {"/EmbeddedFile", "/EmbeddedFiles", "/EF"}
UNPACKED = {"/FlateDecode", "/Fl", "/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"}
FLATE = {"/FlateDecode", "/Fl"}


class Refused(Exception):
    """The file is not taken; the word says why."""


def limit_self() -> None:
    """Before the first byte is read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(2_000)


def examine(content: bytes, most_pages: int) -> dict[str, Any]:
    """Pages and first text of a harmless file. Raises `Refused`."""
    reader = PdfReader(BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise Refused("encrypted")
    look_through(reader)
    pages = len(reader.pages)
    if pages == 0:
        raise Refused("no_pages")
    if pages > most_pages:
        raise Refused("too_many_pages")
    return {"pages": pages, "text": first_text(reader)}


def look_through(reader: PdfReader) -> None:
    """Every object of the file: nothing active, nothing embedded, and what is packed stays within bounds."""
    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MOST_OBJECTS:
        raise Refused("too_many_objects")
    budget = ALL_BYTES
    seen = look_at(reader.trailer, 0)
    for number, generation in sorted(numbers):
        found = reader.get_object(IndirectObject(number, generation, reader))
        seen = look_at(found, seen)
        if isinstance(found, StreamObject):
            budget -= unpacked_size(found)
            if budget < 0:
                raise Refused("bomb")


def look_at(root: Any, seen: int) -> int:
    """The values inside one object, without following references; returns how many were seen so far."""
    waiting = [root]
    while waiting:
        value = waiting.pop()
        seen += 1
        if seen > MOST_VALUES:
            raise Refused("too_many_objects")
        if isinstance(value, DictionaryObject):
            for key, inner in value.items():
                refuse_name(str(key))
                waiting.append(inner)
        elif isinstance(value, ArrayObject):
            waiting.extend(value)
        elif isinstance(value, NameObject):
            refuse_name(str(value))
    return seen


def refuse_name(name: str) -> None:
    """Raise `Refused` for a name that should not be in a report."""
    if name in ACTIVE:
        raise Refused("active")
    if name in EMBEDDED:
        raise Refused("embedded")


def unpacked_size(stream: StreamObject) -> int:
    """How much a stream unpacks to. Raises `Refused` beyond the bounds."""
    width, height = stream.get("/Width", 0), stream.get("/Height", 0)
    if isinstance(width, int) and isinstance(height, int) and width * height > MOST_PIXELS:
        raise Refused("bomb")
    names = filters_of(stream)
    packings = [name for name in names if name in UNPACKED]
    if len(packings) > 1:
        raise Refused("bomb")
    raw: bytes = stream._data
    if not packings:
        return len(raw)
    if names[0] in FLATE:
        return inflated_size(raw)
    size = len(stream.get_data())
    if size > STREAM_BYTES:
        raise Refused("bomb")
    return size


def filters_of(stream: StreamObject) -> list[str]:
    """The filters of a stream by name."""
    filters = stream.get("/Filter", [])
    each = filters if isinstance(filters, ArrayObject) else [filters]
    return [str(one.get_object() if isinstance(one, IndirectObject) else one) for one in each if one]


def inflated_size(raw: bytes) -> int:
    """The size of deflated data, counted piece by piece and never held whole."""
    machine, size, rest = zlib.decompressobj(), 0, raw
    while rest and not machine.eof:
        try:
            size += len(machine.decompress(rest, CHUNK))
        except zlib.error:
            return size  # readers show what they can of a damaged stream
        if size > STREAM_BYTES:
            raise Refused("bomb")
        rest = machine.unconsumed_tail
    return size


def first_text(reader: PdfReader) -> str:
    """What can be read of the first pages; empty for a scan, or when it takes too long."""

    def too_long(*_: object) -> NoReturn:
        raise TimeoutError

    signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, TEXT_SECONDS)
    found = ""
    try:
        for page in reader.pages[:TEXT_PAGES]:
            found += page.extract_text() + "\n"
    except Exception:  # noqa: BLE001, S110 - the text only helps a person's check; a file without it is as good
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return found[:LONGEST_TEXT].encode("utf-8", "replace").decode()


def main() -> None:
    """Answer for the file on stdin."""
    limit_self()
    answer: dict[str, Any]
    try:
        answer = examine(sys.stdin.buffer.read(), int(sys.argv[1]))
    except Refused as refused:
        answer = {"refused": str(refused)}
    except Exception:  # noqa: BLE001 - whatever breaks the reader is a broken file to us
        answer = {"refused": "broken"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
