"""Search in Chinese titles: every piece of a title finds it, in the same way in which PostgreSQL compares arrays."""

import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.database import Work
from core.search_text import index_tokens, query_tokens
from core.settings import Settings

TITLES = [
    "苏州市姑苏区人民路1234号5幢601室房产",
    "（破）南京市六合区横梁镇山东路51号雨花石文化园49幢一单元302",
    "苏E12345奥迪牌小型轿车",
    "ＡＢＣ公司持有的股权（Suzhou Trading Co.）",
    "二〇二〇年产机器设备𠮷田牌",
]


def real_titles() -> list[str]:
    """Titles of real listings where they are at hand."""
    file = Path(Settings().demo_data) / "cn_listings_2020" / "listings.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return [row["title"] for row in csv.DictReader(lines)][:2000]


def found(title: str, wanted: str) -> bool:
    """Whether the title's row answers the search."""
    return set(query_tokens(wanted)) <= set(index_tokens(title))


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        (TITLES[0], "姑苏区"),
        (TITLES[0], "姑"),
        (TITLES[0], "人民路 1234"),
        (TITLES[0], "１２３４号"),
        (TITLES[0], "123"),
        (TITLES[0], "601室房产"),
        (TITLES[2], "苏e12345"),
        (TITLES[2], "12345"),
        (TITLES[2], "E123"),
        (TITLES[3], "abc公司"),
        (TITLES[3], "SUZH"),
        (TITLES[4], "二〇二〇年"),
        (TITLES[4], "𠮷田"),
    ],
)
def test_a_piece_of_the_title_finds_it(title: str, wanted: str) -> None:
    assert found(title, wanted)


@pytest.mark.parametrize(
    ("title", "wanted"), [(TITLES[0], "吴江区"), (TITLES[0], "苏姑"), (TITLES[0], "234"), (TITLES[2], "宝马")]
)
def test_what_is_not_in_the_title_does_not_find_it(title: str, wanted: str) -> None:
    assert not found(title, wanted)


@pytest.mark.parametrize("nothing", ["", "  ", "！？（）", "%_'\"\\", "\x00\n"])
def test_marks_alone_are_no_search(nothing: str) -> None:
    assert query_tokens(nothing) == []


@given(st.sampled_from(TITLES), st.data())
def test_every_piece_of_chinese_finds_its_title(title: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(title) - 1))
    piece = title[start : data.draw(st.integers(start + 1, len(title)))]
    latin = [each.isalnum() and unicodedata.normalize("NFKC", each).isascii() for each in title]
    latin_cut = start > 0 and latin[start] and latin[start - 1]
    assert latin_cut or found(title, piece), "a cut word is found from its beginning only"


@given(st.text(max_size=200))
def test_any_text_gives_tokens_that_find_itself(anything: str) -> None:
    assert found(anything, anything)
    assert all(token for token in index_tokens(anything))


@pytest.mark.skipif(not real_titles(), reason="the folder with real listings is not here")
def test_real_titles_are_found_by_their_own_words() -> None:
    for title in real_titles():
        assert found(title, title)
        assert found(title, title[: len(title) // 2])
        assert len(index_tokens(title)) < 400


async def test_postgresql_finds_rows_by_their_tokens(work: Work) -> None:
    await work.session.execute(text("CREATE TEMP TABLE piece (title text, tokens text[]) ON COMMIT DROP"))
    for title in TITLES:
        await work.session.execute(
            text("INSERT INTO piece VALUES (:title, :tokens)"),
            {"title": title, "tokens": index_tokens(title)},
        )
    rows = await work.session.execute(
        text("SELECT title FROM piece WHERE tokens @> CAST(:wanted AS text[])"),
        {"wanted": query_tokens("六合区 302")},
    )
    assert [row.title for row in rows] == [TITLES[1]]
