"""The words of the access table for groups of people.

`everybody`; `logged in`; `court` (each post of the lot's court); `readers` (each but the risk officer, who reads no files of the
court); `any readers` (the same of each court); `second court` (each post of the court that asks for the asset);
`superior court` (the role of the intermediate court alone, and with any post); `any court`; otherwise one person:
`disposal_team` at the lot's court, `second disposal_team`, `superior all` (who holds every post at the intermediate court),
`third all` (who holds every post of a court that has nothing to do with it), `the_debtor`, `the_applicant`, `the_firm`,
`the_bidder`, `the_assignee` of the instruction (who are concerned themselves), `debtor`, `bidder` … (who are not).
"""

from collections.abc import Iterable

from core.identity import STAFF_ROLES, Role

NOBODY = "nobody"
SECOND_ALL = "second all"
ASSIGNEE, SAME_POST = "the_assignee", f"second {Role.CASE_OFFICER}"
"""Somebody of that post, to whom the instruction was given besides."""


def groups(people: set[str]) -> dict[str, set[str]]:
    """The people of each word, the largest groups first."""
    own = {name for name in people if name in STAFF_ROLES}
    second = {name for name in people if name.startswith("second ")} | {ASSIGNEE} & people
    superior = {name for name in people if name.startswith("superior ")}
    third = {name for name in people if name.startswith("third ")}
    return {
        "everybody": people,
        "logged in": people - {NOBODY},
        "any court": own | second | superior | third,
        "any readers": {name for name in own | second | superior | third if "risk_officer" not in name}
        | {f"superior {Role.RISK_OFFICER}"} & people,
        "court": own,
        "readers": own - {Role.RISK_OFFICER},
        "second court": second,
        "superior court": superior,
    }


def expand(words: Iterable[str], people: set[str]) -> set[str]:
    """The people that words stand for. Raises `KeyError` for an unknown word."""
    known = groups(people)
    found: set[str] = set()
    for word in words:
        if word not in known and word not in people:
            raise KeyError(f"{word} is no person and no group of the access tables")
        found |= known.get(word, {word})
    if any(name.startswith("second ") for name in found):
        found.add(SECOND_ALL)
    if SAME_POST in found:
        found.add(ASSIGNEE)
    return found


def in_words(names: set[str], people: set[str]) -> list[str]:
    """The fewest words for people."""
    left, words = set(names), []
    for word, group in groups(people).items():
        if group and group <= left:
            words.append(word)
            left -= group
    if any(name.startswith("second ") and name != SECOND_ALL for name in left):
        left.discard(SECOND_ALL)  # who holds every post may what one of them may
    if SAME_POST in left:
        left.discard(ASSIGNEE)
    return words + sorted(left)
