"""The dossier through its pages: upload by content, versions, safe answers, who read what, and other courts (P-03)."""

import re
from typing import Any

from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from disposal_teams.dossier.models import DossierKind
from tests.core import pdfs, pictures
from tests.web.court_city import City, asked, city

__all__ = ["city"]

File = tuple[str, bytes]


async def send(city: City, who: str, path: str, seen_at: str, files: list[File], **fields: str) -> Any:
    """Upload files by the form that a page shows."""
    shown = await city.get(who, seen_at)
    token = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert token, shown.text[:300]
    return await city.client.post(
        path,
        headers={"cookie": f"session={city.tokens[who]}; lang=zh-CN"},
        data={"csrf": token[1], **fields},
        files=[("file", file) for file in files],
        follow_redirects=False,
    )


async def test_P03_a_dossier_is_filled_read_and_shows_who_read_it(city: City) -> None:
    base = f"/team/cases/{city.case_id}/dossier"
    assert "电子卷宗" in (await city.get("huqiu", f"/team/cases/{city.case_id}")).text
    mixed = await send(
        city,
        "huqiu",
        base,
        base,
        [
            ("现场.jpg", pictures.photo()),
            ("页面.pdf", b"<html><script>alert(1)</script>"),
            ("判决.exe", pdfs.report_pdf()),
        ],
        kind="survey",
    )
    assert mixed.status_code == 422
    assert "页面.pdf：只接受" in mixed.text
    assert "现场.jpg" in mixed.text
    assert "判决.exe.pdf" in mixed.text
    one = await send(
        city, "clerk", base, base, [("x.pdf", pdfs.pdf_with_text("TITLE"))], kind="enforcement_title", title="民事判决书",
    )  # fmt: skip
    assert one.status_code == 303
    listed = (await city.get("huqiu", base)).text
    assert listed.index("民事判决书") < listed.index("现场.jpg")
    page = re.findall(rf'href="({base}/[0-9a-f-]+)">现场', listed)[0]
    shown = await city.get("huqiu", page)
    assert 'src="data:image/webp;base64,' in shown.text
    again = await send(
        city, "huqiu", f"{page}/versions", page, [("新.jpg", pictures.photo(colour="red"))], remark="补拍"
    )
    assert again.status_code == 303
    twin = await send(city, "huqiu", f"{page}/versions", page, [("又.jpg", pictures.photo())], remark="误传")
    assert twin.status_code == 409
    assert "相同内容已在卷中" in twin.text
    for number, content in ((1, pictures.photo()), (2, pictures.photo(colour="red"))):
        answer = await city.get("huqiu", f"{page}/versions/{number}")
        assert answer.content == content
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-store"
        assert "sandbox" in answer.headers.get_list("content-security-policy")[0]
    readings = (await city.get("huqiu", base)).text
    assert "阅卷记录" in readings
    assert readings.count("第 2 版") >= 2
    assert "阅卷记录" not in (await city.get("clerk", base)).text

    assert (await city.post("huqiu", f"{page}/void", page, void_reason="误入")).status_code == 303
    assert "已作废" in (await city.get("huqiu", base)).text
    for stranger in ("wuzhong", "kunshan"):
        for path in (base, page, f"{page}/versions/1"):
            assert (await city.get(stranger, path)).status_code == 404
        assert (
            await send(city, stranger, base, "/team/cases", [("a.jpg", pictures.photo())], kind="other")
        ).status_code == 404
    assert (await city.get("bidder", base)).status_code == 403
    assert (await city.get("middle", base)).status_code == 200
    above = await send(city, "middle", base, "/supervision/orders", [("a.jpg", b"x")], kind="other")
    assert above.status_code == 403


async def test_P03_no_party_reads_the_dossier(city: City) -> None:
    async with city.database.begin(SYSTEM) as work:
        for role in (Role.DEBTOR, Role.CREDITOR):
            account = await open_account(
                work, login=str(role), password_hash="x", display_name="当事人", roles={role}
            )
            city.tokens[str(role)] = await open_session(work, account.id)
    for who in ("debtor", "creditor"):
        assert (await city.get(who, f"/team/cases/{city.case_id}/dossier")).status_code == 403


async def test_P03_T04_another_court_reads_by_a_transfer_and_by_nothing_else(city: City) -> None:
    base = f"/team/cases/{city.case_id}/dossier"
    for name, kind, colour in (
        ("现场", DossierKind.SURVEY, "red"),
        ("合议笔录", DossierKind.MINUTES, "green"),
    ):
        sent = await send(
            city, "huqiu", base, base, [("a.jpg", pictures.photo(colour=colour))], kind=kind, title=name
        )
        assert sent.status_code == 303
    transfer = f"/court/transfers/{await asked(city)}"
    assert (await city.get("wuzhong", f"{transfer}/dossier")).status_code == 403
    assert (await city.post("huqiu", f"{transfer}/consent", transfer)).status_code == 303
    assert "查阅随处置权移送的电子卷宗" in (await city.get("wuzhong", transfer)).text
    opened = await city.get("wuzhong", f"{transfer}/dossier")
    assert "现场" in opened.text
    assert "合议笔录" not in opened.text
    item = re.findall(rf'href="({transfer}/dossier/[0-9a-f-]+)">现场', opened.text)[0]
    assert "本次查阅已记录" in (await city.get("wuzhong", item)).text
    assert (await city.get("wuzhong", f"{item}/versions/1")).content == pictures.photo(colour="red")
    paper = re.findall(rf'href="({transfer}/dossier/papers/[0-9a-f-]+)"', opened.text)[0]
    assert (await city.get("wuzhong", paper)).content.startswith(b"%PDF-")
    assert (await city.get("kunshan", f"{transfer}/dossier")).status_code == 404
    readers = (await city.get("huqiu", base)).text
    assert readers.count("随移送") >= 4
    assert "吴中" in readers
