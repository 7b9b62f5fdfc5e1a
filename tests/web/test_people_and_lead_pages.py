"""The public directory and the lead-reporting channel through their pages, and the court's desk behind them."""

import re

from tests.web.court_city import City

FIELDS = {"court": "0505", "about": "被执行人甲", "details": "今天上午在某小区地下车库看到他的汽车。"}


async def report(city: City, **given: str) -> tuple[str, str]:
    """Somebody without an account reports; the number and the code."""
    form = await city.client.get("/leads/new?court=0505", headers={"accept-language": "zh-CN"})
    token = re.search(r'name="csrf" value="([^"]+)"', form.text)
    assert token
    answer = await city.client.post(
        "/leads", data={"csrf": token[1], **FIELDS, **given}, headers={"accept-language": "zh-CN"}
    )
    if answer.status_code != 200:
        return "", answer.text
    found = re.search(r"(XS\d+).*?>([23456789A-Z]{12})<", answer.text, re.S)
    assert found, answer.text
    return found[1], found[2]


async def track(city: City, number: str, code: str) -> str:
    form = await city.client.get("/leads/track", headers={"accept-language": "zh-CN"})
    token = re.search(r'name="csrf" value="([^"]+)"', form.text)
    assert token
    answer = await city.client.post(
        "/leads/track",
        data={"csrf": token[1], "number": number, "code": code},
        headers={"accept-language": "zh-CN"},
    )
    return str(answer.text)


async def test_a_lead_from_the_public_to_its_answer(city: City) -> None:
    number, code = await report(city)
    assert "已收到" in await track(city, number, code)
    assert "没有找到该线索" in await track(city, number, "A" * 12)
    desk = await city.get("huqiu", "/court/leads")
    page = re.search(r'href="(/court/leads/[0-9a-f-]{36})"', desk.text)
    assert page
    assert "地下车库" not in desk.text
    shown = await city.get("huqiu", page[1])
    assert "地下车库" in shown.text
    for stranger in ("clerk", "kunshan"):
        assert (await city.get(stranger, page[1])).status_code == 404
    assert (await city.get("bidder", "/court/leads")).status_code == 403
    handler = re.search(r'name="handler" value="([^"]+)"', shown.text)
    assert handler
    assert (await city.post("huqiu", f"{page[1]}/give", page[1], handler=handler[1])).status_code == 303
    empty = await city.post("huqiu", f"{page[1]}/answer", page[1], result="found", answer="")
    assert empty.status_code == 422
    done = await city.post("huqiu", f"{page[1]}/answer", page[1], result="found", answer="车辆已扣押")
    assert done.status_code == 303
    assert "车辆已扣押" in await track(city, number, code)


async def test_the_channel_is_bounded_and_says_what_is_missing(city: City) -> None:
    _, text = await report(city, details="短")
    assert "至少 10 个字" in text
    for _ in range(5):
        assert (await report(city))[0]
    _, text = await report(city)
    assert "今天提交的线索过多" in text


async def test_the_directory_is_public_and_kept_by_the_court(city: City) -> None:
    page = "/court/people"
    private = await city.post("huqiu", f"{page}/phones", page, kind="officer", name="甲", phone="13812345678")
    assert private.status_code == 422
    assert "个人手机" in private.text
    kept = await city.post(
        "huqiu", f"{page}/phones", page, kind="officer", name="承办人甲", phone="0512-66551234"
    )
    assert kept.status_code == 303
    shown = await city.client.get("/courts/0505")
    assert "0512-66551234" in shown.text
    assert 'href="/courts/0505"' in (await city.client.get("/courts")).text
    assert (await city.client.get("/courts/0999")).status_code == 404
    line = re.search(rf'action="({page}/phones/[^"]+/remove)"', (await city.get("huqiu", page)).text)
    assert line
    assert (await city.post("kunshan", line[1], page)).status_code == 403
    assert (await city.post("huqiu", line[1], page)).status_code == 303
    assert "0512-66551234" not in (await city.client.get("/courts/0505")).text


async def test_the_pool_is_kept_on_its_page(city: City) -> None:
    page = "/court/people"
    shown = await city.get("huqiu", page)
    account = re.search(r'<select id="account" name="account"><option value="([^"]+)"', shown.text)
    assert account
    none = await city.post("huqiu", f"{page}/pool", page, account=account[1])
    assert none.status_code == 422
    kept = await city.post("huqiu", f"{page}/pool", page, account=account[1], skills="eviction")
    assert kept.status_code == 303
    assert "腾退清场" in (await city.get("huqiu", page)).text
    assert (await city.get("clerk", page)).status_code == 200
