"""Text search that fits Chinese: overlapping pairs of characters, whole words and numbers.

Rows keep `index_tokens(text)` in a text array under a GIN index; a search is `search_tokens @> query_tokens(text)`. It needs
no dictionary and no extension, finds any piece of two or more characters, and works on every PostgreSQL.
"""

import re
import unicodedata

_RUNS = re.compile(r"[㐀-鿿豈-﫿]+|[0-9a-z]+")
LONGEST_WORD = 40


def _runs(text: str) -> list[str]:
    return _RUNS.findall(unicodedata.normalize("NFKC", text).casefold())


def _is_latin(run: str) -> bool:
    return run.isascii()


def index_tokens(text: str) -> list[str]:
    """What a row is found by: every character and pair of neighbours, words with all their beginnings from two letters."""
    tokens: set[str] = set()
    for run in _runs(text):
        if _is_latin(run):
            word = run[:LONGEST_WORD]
            tokens.update(word[:end] for end in range(min(2, len(word)), len(word) + 1))
        else:
            tokens.update(run)
            tokens.update(run[at : at + 2] for at in range(len(run) - 1))
    return sorted(tokens)


def query_tokens(text: str) -> list[str]:
    """What must all be in a row: pairs of neighbours, or the single character, and words by their beginning."""
    tokens: set[str] = set()
    for run in _runs(text):
        if _is_latin(run):
            tokens.add(run[:LONGEST_WORD])
        elif len(run) == 1:
            tokens.add(run)
        else:
            tokens.update(run[at : at + 2] for at in range(len(run) - 1))
    return sorted(tokens)
