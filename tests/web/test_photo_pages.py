"""Photos through the pages: uploaded several at once, counted in the notice, shown as a gallery with addresses kept for ever."""

import re
from typing import Any

from tests.core import pictures
from tests.web.listing_desk import Desk, publish

SHOWN = re.compile(r"/photos/[0-9a-f]{64}\.webp")


async def send(desk: Desk, who: str, files: list[tuple[str, bytes]]) -> Any:
    """Upload photos by the form of their page."""
    page = f"{desk.asset}/photos"
    token = re.search(r'name="csrf" value="([^"]+)"', (await desk.get(who, page)).text)
    return await desk.client.post(
        page,
        headers={"cookie": f"session={desk.tokens[who]}; lang=zh-CN"},
        data={"csrf": token[1] if token else ""},
        files=[("file", file) for file in files],
        follow_redirects=False,
    )


async def test_A15_B12_photos_go_from_the_team_to_the_public_page(desk: Desk) -> None:
    page = f"{desk.asset}/photos"
    taken = pictures.photo_with_everything()
    mixed = await send(
        desk,
        "team",
        [
            ("外观.jpg", taken),
            ("脚本.jpg", b"<svg onload='x'/>"),
            ("室内.png", pictures.photo(form="PNG")),
        ],
    )
    assert mixed.status_code == 422
    assert "脚本.jpg：只接受" in mixed.text
    ids = re.findall(r'name="photo" value="([0-9a-f-]+)"', mixed.text)
    assert len(ids) == 2
    arranged = await desk.post(
        "team", f"{page}/order", page,
        **{"photo": ids[0], f"place_{ids[0]}": "x", f"caption_{ids[0]}": "客厅", "cover": ids[0]},
    )  # fmt: skip
    assert arranged.status_code == 422
    one = re.findall(SHOWN, mixed.text)[0]
    assert (await desk.get(None, one)).status_code == 404
    assert (await desk.get("other", one)).status_code == 404
    assert (await desk.get("team", one)).headers["cache-control"] == "private, no-store"
    assert (await desk.get("other", page)).status_code == 404
    assert (await desk.get("bidder", page)).status_code == 403

    number = await publish(desk)
    (content,) = await desk.ids("SELECT content::text FROM notice_version")
    assert "照片 2 张" in content
    shown = (await desk.get(None, f"/lots/{number}")).text
    gallery = shown[shown.index('class="gallery"') : shown.index("</ul>", shown.index('class="gallery"'))]
    tags = re.findall(r"<img [^>]+>", gallery)
    assert len(tags) == 2
    assert all(
        re.search(r' width="\d+" height="\d+"', tag) and ' alt="' in tag and "srcset" in tag for tag in tags
    )
    assert ['loading="lazy"' in tag for tag in tags] == [False, True]
    for path in set(re.findall(SHOWN, gallery)):
        answer = await desk.get(None, path)
        assert answer.headers["content-type"] == "image/webp"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert pictures.SECRET.encode() not in answer.content
    assert re.search(r'class="lot-card-photo"[^>]+loading="lazy"', (await desk.get(None, "/lots")).text)

    page_now = (await desk.get("team", page)).text
    first = re.findall(SHOWN, page_now)[0]
    assert (await desk.post("team", f"{page}/{ids[0]}/remove", page, removed_reason="")).status_code == 422
    gone = await desk.post("team", f"{page}/{ids[0]}/remove", page, removed_reason="拍到车牌")
    assert gone.status_code == 303
    assert (await desk.get(None, first)).status_code == 404
    left = (await desk.get("team", page)).text
    assert "拍到车牌" in left
    item = re.findall(r'href="(/team/cases/[0-9a-f-]+/dossier/[0-9a-f-]+)"', left)[-1]
    original = await desk.get("team", f"{item}/versions/1")
    assert original.content == taken
    stranger = await desk.client.post(
        page, content=b"--x", headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert stranger.status_code == 401
    for odd in ("/photos/x.webp", "/photos/" + "0" * 64 + ".webp", "/photos/" + "0" * 64, first.upper()):
        assert (await desk.get(None, odd)).status_code == 404
