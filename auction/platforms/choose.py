"""An applicant chooses the platform; the court designates where the applicants chose none or disagree (B-02)."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from auction.platforms import rules
from auction.platforms.models import PlatformChoice, PlatformDesignation
from core.database import Work
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from core.notices import notify
from disposal_teams.assets.advance import lock_asset
from disposal_teams.assets.models import Asset
from disposal_teams.assets.note import note_asset
from disposal_teams.assets.queries import asset_by_number
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.plain_text import clean_text

WRONG = msg("平台选择有误，请按提示修改。")


@dataclass(frozen=True, slots=True)
class PlatformFile:
    """The applicants with their choices, the court's designation, and what follows from them."""

    choices: dict[UUID, PlatformChoice]
    designation: PlatformDesignation | None

    @property
    def common(self) -> rules.Platform | None:
        """The applicants' common choice."""
        return rules.common_choice(each.platform for each in self.choices.values())

    @property
    def platform(self) -> rules.Platform:
        """Where the asset is auctioned."""
        designated = self.designation.platform if self.designation else None
        return rules.platform_of((each.platform for each in self.choices.values()), designated)


async def platform_file(work: Work, asset_id: UUID) -> PlatformFile:
    """What is known of the platform of an asset; the caller has checked who reads."""
    rows = await work.session.exec(
        select(PlatformChoice)
        .where(PlatformChoice.asset_id == asset_id)
        .order_by(col(PlatformChoice.chosen_at))
    )
    designation = await work.session.get(PlatformDesignation, asset_id)
    return PlatformFile({each.party_id: each for each in rows}, designation)


async def applicants_of(work: Work, asset: Asset) -> list[Party]:
    """Who may choose."""
    return [party for party in await parties_of(work, asset.case_id) if party.role == PartyRole.APPLICANT]


async def own_asset(work: Work, asset_no: str) -> tuple[Asset, Party]:
    """An asset in whose case the actor is an applicant. Raises `NotFound`."""
    asset = await asset_by_number(work, asset_no)
    if asset is not None and work.actor.account_id is not None:
        for party in await applicants_of(work, asset):
            if party.account_id == work.actor.account_id:
                return asset, party
    raise NotFound(msg("没有找到该标的物，或您不是该案的申请执行人。"), rule="P-03")


async def choose_platform(work: Work, asset_no: str, *, platform: rules.Platform) -> PlatformChoice:
    """The own choice of an applicant who is logged in; it may be changed until the first notice.

    Raises `NotFound`, `InvalidInput`, `RuleViolation` after the first notice.
    """
    asset, party = await own_asset(work, asset_no)
    return await _keep(work, asset, party.id, platform, on_paper="")


async def ask_applicants(work: Work, asset: Asset) -> int:
    """Ask every applicant with an account to choose; returns how many. Asking again tells nobody twice."""
    require(work.actor, Permission.NOTIFY_PARTIES, court_code=asset.court_code)
    await _unpublished(work, asset)
    asked = [party for party in await applicants_of(work, asset) if party.account_id is not None]
    for party in asked:
        assert party.account_id is not None
        await notify(
            work,
            account_id=party.account_id,
            key=f"platform:{asset.id}",
            title=msg("请选择拍卖平台"),
            body=msg("“{title}”将要拍卖，请从名单中选择平台；没有选择的，由法院指定。", title=asset.title),
            link=f"/my/platform/{asset.asset_no}",
        )
    return len(asked)


async def note_choice(
    work: Work, asset: Asset, party_id: UUID, *, platform: rules.Platform, on_paper: str
) -> PlatformChoice:
    """An applicant's choice that came on paper (`on_paper` names the sheet). Raises what `choose_platform` raises."""
    require(work.actor, Permission.NOTIFY_PARTIES, court_code=asset.court_code)
    fields: dict[str, Message] = {}
    on_paper = clean_text(on_paper, "on_paper", fields, longest=100)
    if party_id not in {party.id for party in await applicants_of(work, asset)}:
        fields["party"] = msg("请从列出的选项中选择。")
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="B-02")
    return await _keep(work, asset, party_id, platform, on_paper=on_paper)


async def designate_platform(
    work: Work, asset: Asset, *, platform: rules.Platform, reason: str
) -> PlatformDesignation:
    """The court designates. Raises `RuleViolation` where the applicants have chosen in common, `InvalidInput`."""
    require(work.actor, Permission.DRAFT_LISTING, court_code=asset.court_code)
    asset = await _unpublished(work, asset)
    if (await platform_file(work, asset.id)).common is not None:
        raise RuleViolation("B-02", msg("申请执行人已经选定平台，法院不另行指定。"))
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=300)
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="B-02")
    designation = await work.session.get(PlatformDesignation, asset.id) or PlatformDesignation(
        asset_id=asset.id, platform=platform, reason=reason, decided_by_name="", decided_at=work.now
    )
    designation.platform, designation.reason, designation.decided_at = platform, reason, work.now
    designation.decided_by, designation.decided_by_name = work.actor.account_id, work.actor.name[:80]
    work.session.add(designation)
    await _note(work, asset, "platform.designated", platform)
    return designation


async def _keep(
    work: Work, asset: Asset, party_id: UUID, platform: rules.Platform, *, on_paper: str
) -> PlatformChoice:
    asset = await _unpublished(work, asset)
    standing = (await platform_file(work, asset.id)).choices.get(party_id)
    choice = standing or PlatformChoice(
        id=new_id(), asset_id=asset.id, party_id=party_id, platform=platform, chosen_at=work.now
    )
    choice.platform, choice.on_paper, choice.chosen_at = platform, on_paper, work.now
    work.session.add(choice)
    await _note(work, asset, "platform.chosen", platform)
    return choice


async def _unpublished(work: Work, asset: Asset) -> Asset:
    asset = await lock_asset(work, asset)
    if asset.first_listed_at is not None:
        raise RuleViolation("B-02", msg("拍卖公告已经发布，再次拍卖在同一平台进行，不能另选平台。"))
    return asset


async def _note(work: Work, asset: Asset, event: str, platform: rules.Platform) -> None:
    await work.session.flush()
    await note_asset(
        work,
        asset,
        event,
        "B-02",
        platform=platform,
    )
