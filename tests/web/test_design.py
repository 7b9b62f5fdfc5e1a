"""The design system: colours that can be read, names that exist, files that are kept for ever, charts that fit."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.web.pages import Guest
from web.assets import STATIC, asset_url, assets, style_sheet
from web.charts import HEIGHT, WIDTH, nice_step, price_curve
from web.rendering import query_with

SHEET = style_sheet().decode()


def tokens(file: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", (STATIC / "css" / file).read_text()))


LIGHT = tokens("10-tokens.css")
DARK = LIGHT | tokens("11-dark.css")


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


READ = [
    *((ink, ground) for ink in ("ink", "ink-soft", "ink-faint", "link", "price", "bad") for ground in
      ("paper", "surface", "sunken")),
    *((name, f"{name}-soft") for name in ("good", "warn", "bad", "info", "live", "calm")),
    *(("ink", f"{name}-soft") for name in ("good", "warn", "bad", "info")),
    ("on-action", "action"), ("on-action", "action-hover"), ("on-seal", "seal"), ("on-brand", "brand"),
    ("on-brand-soft", "brand"), ("ink-soft", "calm-soft"),
]  # fmt: skip


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), READ)
def test_words_can_be_read(theme: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("line", ["focus", "line-strong", "action"])
def test_edges_of_controls_can_be_seen(theme: dict[str, str], line: str) -> None:
    for ground in ("paper", "surface"):
        assert contrast(theme[line], theme[ground]) >= (3 if line != "action" else 2.4), ground


def test_both_themes_name_the_same_colours() -> None:
    assert tokens("11-dark.css").keys() == LIGHT.keys()


def test_every_token_used_exists() -> None:
    defined = set(re.findall(r"(--[\w-]+):", SHEET))
    assert set(re.findall(r"var\((--[\w-]+)", SHEET)) <= defined


def test_only_tokens_name_colours() -> None:
    allowed = {"10-tokens.css", "11-dark.css", "40-frame.css", "90-print.css"}
    for file in (STATIC / "css").glob("*.css"):
        if file.name not in allowed:
            assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", file.read_text()), file.name


def test_the_dark_theme_is_written_out_for_the_system_and_for_the_choice() -> None:
    assert SHEET.count("--paper: #10151c") == 2
    assert '@media (prefers-color-scheme: dark) {\n:root:not([data-theme="light"])' in SHEET
    assert '[data-theme="dark"] {' in SHEET
    assert SHEET.count("{") == SHEET.count("}")


def test_an_address_of_nothing_cannot_be_written() -> None:
    with pytest.raises(KeyError):
        asset_url("css/nothing.css")


async def test_files_are_kept_for_ever_by_their_version(guest: Guest) -> None:
    answer = await guest.client.get(asset_url("css/app.css"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == SHEET
    plain = await guest.client.get(asset_url("js/app.js"), headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.headers["content-type"].startswith("text/javascript")
    old = await guest.client.get("/static/older/css/app.css")
    assert old.headers["cache-control"] == "no-cache"
    assert (await guest.client.get(f"/static/{assets().version}/js/none.js")).status_code == 404


async def test_a_page_links_only_files_that_exist(guest: Guest) -> None:
    text = (await guest.get("/")).text
    linked = re.findall(r'"(/static/[^"]+)"', text)
    assert linked
    for path in linked:
        assert (await guest.client.get(path)).status_code == 200, path
    for name, file in assets().files.items():
        if name.endswith(".js") and "vendor" not in name:
            for imported in re.findall(rb'from "\./([\w.]+)"', file.content):
                assert f"js/{imported.decode()}" in assets().files


def test_vendored_files_say_version_and_licence() -> None:
    for folder in (STATIC / "vendor").iterdir():
        assert (folder / "VERSION").read_text().strip()
        assert (folder / "LICENSE").read_text().strip()


def test_a_price_curve_stays_within_its_frame() -> None:
    start = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    points = [(start + timedelta(minutes=place), 56_700_000 + place * place * 10_000) for place in range(30)]
    curve = price_curve(points)
    assert curve is not None
    numbers = [float(text) for text in re.findall(r"[\d.]+", curve.path)]
    assert all(0 <= number <= max(WIDTH, HEIGHT) for number in numbers)
    assert 2 <= len(curve.prices) <= 12
    assert curve.prices[0].at > curve.prices[-1].at
    assert price_curve(points[:1]) is None
    assert price_curve([(start, 100), (start, 100)]) is not None


@pytest.mark.parametrize(("span", "step"), [(0, 1), (4, 1), (100, 50), (1_000, 500), (900_000, 500_000)])
def test_steps_are_round(span: int, step: int) -> None:
    assert nice_step(span) == step


def test_an_address_keeps_its_query_but_for_the_change() -> None:
    assert query_with("/lots?q=苑&after=x&sort=a", sort="-a", after=None) == "/lots?q=%E8%8B%91&sort=-a"
    assert query_with("/lots?after=x", after=None) == "/lots"
