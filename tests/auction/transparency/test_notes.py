"""Signed notes and checkpoints against published ones of the Go project, and against every kind of garbage."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auction.transparency.checkpoint import TreeHead, open_checkpoint, read_tree_head, sign_checkpoint
from auction.transparency.note import BadNote, VerifierKey, open_note, read_verifier_key, sign_note
from core.crypto import SigningKey

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
SUMDB_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUMDB_CHECKPOINT = (
    "go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— sum.golang.org Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)

KEY = SigningKey(bytes(32), "test")
ORIGIN = "court.example/log"
MINE = VerifierKey(ORIGIN, KEY.public_bytes)
HEAD = TreeHead(ORIGIN, 4_711, bytes(range(32)))


def test_B42_published_notes_verify() -> None:
    assert open_note(f"{GO_TEXT}\n{GO_LINE}", [read_verifier_key(GO_KEY)]) == GO_TEXT
    text = open_note(SUMDB_CHECKPOINT, [read_verifier_key(SUMDB_KEY)])
    assert (read_tree_head(text).origin, read_tree_head(text).size) == ("go.sum database tree", 20_852_163)


@pytest.mark.parametrize("text", [GO_KEY, SUMDB_KEY, str(MINE)])
def test_B42_verifier_keys_are_read_as_they_are_written(text: str) -> None:
    assert str(read_verifier_key(text)) == text


def test_B42_a_checkpoint_says_what_was_signed() -> None:
    note = sign_checkpoint(HEAD, KEY)
    assert note.startswith(f"{ORIGIN}\n4711\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n— {ORIGIN} ")
    assert open_checkpoint(note, [MINE]) == HEAD
    assert sign_checkpoint(HEAD, KEY) == note


@given(st.data())
@settings(max_examples=150)
def test_B42_a_checkpoint_with_any_changed_character_is_refused(data: st.DataObject) -> None:
    note = sign_checkpoint(HEAD, KEY)
    at = data.draw(st.integers(0, len(note) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda letter: letter != note[at]))
    try:
        opened = open_checkpoint(note[:at] + letter + note[at + 1 :], [MINE])
    except BadNote:
        return
    # Only the unused bits of the last base64 digit can differ without changing a byte.
    assert opened == HEAD
    assert at == len(note) - 1 - len("=\n") or note[at + 1] == "="


def test_B42_signatures_of_strangers_are_ignored_and_a_false_one_of_a_known_key_is_fatal() -> None:
    known, stranger = read_verifier_key(GO_KEY), SigningKey(bytes(32), "stranger")
    foreign = sign_note(GO_TEXT, "stranger", stranger).rpartition("\n\n")[2]
    assert open_note(f"{GO_TEXT}\n{foreign}{GO_LINE}", [known]) == GO_TEXT
    with pytest.raises(BadNote, match="no trusted key"):
        open_note(f"{GO_TEXT}\n{foreign}", [known])
    false = GO_LINE.replace("x08go/ZJ", "x08go/ZK")
    with pytest.raises(BadNote, match="does not fit"):
        open_note(f"{GO_TEXT}\n{false}{GO_LINE}", [known])


def test_B42_a_key_of_another_log_cannot_vouch_for_this_one() -> None:
    other = SigningKey(bytes(32), "other")
    note = sign_note(HEAD.text, "other.example/log", other)
    with pytest.raises(BadNote):
        open_checkpoint(note, [MINE, VerifierKey("other.example/log", other.public_bytes)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "no signature\n",
        "text\n\n",
        "text\n\n— court.example/log\n",
        "text\n\n— court.example/log !!!!\n",
        "text\n\n- court.example/log AAAAAAAA\n",
        "text\n\n— court.example/log AAAA\n",
        "te\txt\n\n— court.example/log AAAAAAAA\n",
        "text\n\n— court.example/log AAAAAAAA",
    ],
)
def test_B42_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        open_note(text, [MINE])


@pytest.mark.parametrize(
    "text",
    [
        "log\n1\n",
        "log\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "log\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "log\n1\nAAEC\n",
        "log\n1\n????\n",
        "\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "log\n١\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
    ],
)
def test_B42_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        read_tree_head(text)


@pytest.mark.parametrize(
    "text", ["", "name", "name+00000000+AAAA", f"{MINE}x", str(MINE).replace("court", "caurt")]
)
def test_B42_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        read_verifier_key(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [("no newline", "name"), ("a\x07b\n", "name"), ("text\n", "a name"), ("text\n", "a+b"), ("text\n", "")],
)
def test_B42_what_cannot_be_a_note_is_not_signed(text: str, name: str) -> None:
    with pytest.raises(BadNote):
        sign_note(text, name, KEY)
