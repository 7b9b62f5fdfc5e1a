"""Photos of the demo city's lots, and a dossier of the case that a newcomer opens first."""

from sqlmodel import col, select

from auction.listing.models import ON_SHOW_STATES, Lot, LotState
from core.database import Work
from core.files import CheckedFile, inspect_file
from core.identity import Actor
from core.settings import get_settings
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.assets.queries import asset_of, assets_of_case
from disposal_teams.cases.queries import cases_of_court
from disposal_teams.dossier.keep import add_version, file_in_dossier
from disposal_teams.dossier.models import DossierKind
from disposal_teams.dossier.read import own_item
from disposal_teams.photos.keep import add_photo, prepare_photo
from web.demo_city.cast import TEAM_COURT, person_at
from web.demo_city.history import City
from web.demo_city.pictures import DRAWN, TINTS, drawn, paper, plan

ON_SHOW, SOLD = 24, 4


async def hang_pictures(city: City) -> None:
    """Drawn pictures for the lots that the portal shows first, by the team's own use case; the rest have none, as happens."""
    prepared: dict[tuple[AssetKind, int], list[tuple[str, CheckedFile]]] = {}
    async with city.database.begin(city.bidders[0].actor) as nobody:
        people: dict[str, Actor] = {}
        for number, asset in enumerate(await _first_seen(nobody)):
            kind = AssetKind(asset.kind), number % len(TINTS)
            if kind not in prepared:
                prepared[kind] = [
                    (caption, await prepare_photo(f"{caption}.jpg", drawn(draw, kind[1])))
                    for caption, draw in DRAWN[kind[0]]
                ]
            if asset.court_code not in people:
                people[asset.court_code] = await person_at(nobody, "team", asset.court_code)
            team = Work(nobody.session, people[asset.court_code], nobody.now)
            for caption, photo in prepared[kind]:
                await add_photo(team, asset, photo, caption=f"{caption}（示例图片）")


async def _first_seen(work: Work) -> list[Asset]:
    """The assets of the lots that end or begin next, and of the last sales."""
    on_show = select(Lot.asset_id).where(
        col(Lot.state).in_(sorted(map(str, ON_SHOW_STATES))), col(Lot.published_at).is_not(None)
    )
    ending = await work.session.exec(
        on_show.order_by(col(Lot.scheduled_end_at), col(Lot.id)).limit(ON_SHOW // 2)
    )
    newest = await work.session.exec(
        on_show.where(Lot.state == LotState.PUBLISHED)
        .order_by(col(Lot.published_at).desc(), col(Lot.id).desc())
        .limit(ON_SHOW // 2)
    )
    sold = await work.session.exec(
        select(Lot.asset_id)
        .where(Lot.state == LotState.SOLD)
        .order_by(col(Lot.scheduled_end_at).desc(), col(Lot.id).desc())
        .limit(SOLD)
    )
    cases = set()
    found = []
    for asset_id in dict.fromkeys([*ending, *newest, *sold]):
        asset = await asset_of(work, asset_id)
        if asset.case_id not in cases:  # the same drawing would be the same file in one dossier
            cases.add(asset.case_id)
            found.append(asset)
    return found


async def fill_dossier(city: City) -> None:
    """The first case in the list of the team's court: a paper, a sketch in two versions, and somebody who has read them."""
    async with city.database.begin(city.bidders[0].actor) as nobody:
        team = Work(nobody.session, await person_at(nobody, "team", TEAM_COURT), nobody.now)
        officer = Work(nobody.session, await person_at(nobody, "officer", TEAM_COURT), nobody.now)
        case = (await cases_of_court(team, TEAM_COURT, limit=1)).cases[0]
        assets = await assets_of_case(team, case.id)
        most = get_settings().dossier_file_mb * 1_000_000
        title = await inspect_file("执行依据扫描件.jpg", drawn(paper), most_bytes=most)
        await file_in_dossier(
            team, case, title, kind=DossierKind.ENFORCEMENT_TITLE, title="民事判决书扫描件（示例）"
        )
        sketch = await inspect_file("现场位置图.jpg", drawn(plan), most_bytes=most)
        file, _ = await file_in_dossier(
            team,
            case,
            sketch,
            kind=DossierKind.SURVEY,
            title="现场位置图（示例）",
            asset=assets[0] if assets else None,
        )
        again = await inspect_file("现场位置图-复核.jpg", drawn(DRAWN[AssetKind.LAND][0][1]), most_bytes=most)
        await add_version(team, file.id, again, remark="现场复核后更新")
        await own_item(officer, case.id, file.id)
