"""Text search that fits Chinese: overlapping pairs of characters, whole words and numbers.

Rows keep `index_tokens(text)` in a text array under a GIN index; a search is `search_tokens @> query_tokens(text)`. It needs
no dictionary and no extension, finds every piece of Chinese text, words and numbers from their beginning, and works on every
PostgreSQL. A search text without letters, digits or characters gives no tokens: the caller decides what that finds.
"""

import re
import unicodedata

_HAN = "〇㐀-鿿豈-﫿\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_HAN}]+|(?:(?![{_HAN}])[^\W_])+")
_PARTS = re.compile(r"\d+|\D+")
_IS_HAN = re.compile(rf"[{_HAN}]")
LONGEST_WORD = 40


def _runs(text: str) -> list[str]:
    return _RUNS.findall(unicodedata.normalize("NFKC", text).casefold())


def _beginnings(word: str) -> set[str]:
    return {word[:end] for end in range(1, min(len(word), LONGEST_WORD) + 1)}


def index_tokens(text: str) -> list[str]:
    """What a row is found by: every character and pair of neighbours, words with all their beginnings.

    Numbers inside a word are found too: the plate 苏E12345 by `e12345` and by `12345`.
    """
    tokens: set[str] = set()
    for run in _runs(text):
        if _IS_HAN.match(run):
            tokens.update(run)
            tokens.update(run[at : at + 2] for at in range(len(run) - 1))
        else:
            for word in {run, *_PARTS.findall(run)}:
                tokens |= _beginnings(word)
    return sorted(tokens)


def query_tokens(text: str) -> list[str]:
    """What must all be in a row: pairs of neighbours, or the single character, and words by their beginning."""
    tokens: set[str] = set()
    for run in _runs(text):
        if not _IS_HAN.match(run):
            tokens.add(run[:LONGEST_WORD])
        elif len(run) == 1:
            tokens.add(run)
        else:
            tokens.update(run[at : at + 2] for at in range(len(run) - 1))
    return sorted(tokens)
