"""Publish a lot: all lines of the checklist green, then the notice is frozen and the bidding row waits (B-10, §12.3)."""

from uuid import UUID

import msgspec

from auction.listing import rules
from auction.listing.advance import advance_lot
from auction.listing.checklist import run_checklist
from auction.listing.checklist_facts import gather_facts
from auction.listing.disclosure import STANDARD_OTHER, to_stored
from auction.listing.models import Lot, LotBidding, LotState, Round
from auction.listing.notice import new_version, notice_content
from auction.listing.papers import issue_notice_papers
from auction.listing.parts import advance_lot_assets, assets_of, shown_parts
from auction.listing.publish_facts import ChecklistLine
from auction.listing.queries import lot_for_update
from auction.listing.rounds import ROUND_CLOCKS
from auction.listing.tell_holders import tell_priority_purchasers
from core.database import Work
from core.deadlines import meet_deadline
from core.errors import RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from disposal_teams.assets.models import AssetState
from disposal_teams.cases.queries import case_of
from disposal_teams.courts.queries import court_of
from disposal_teams.photos.show import hashes_of

GENESIS_HASH = bytes(32)
"""The head of an empty bid log."""


class ChecklistRefused(RuleViolation):
    """Publishing is blocked; `lines` are the red lines of §12.3."""

    def __init__(self, lines: list[ChecklistLine]) -> None:
        first = lines[0]
        super().__init__(
            first.rule,
            msg(
                "发布核对表还有 {count} 项未满足，第一项是“{title}”：{evidence}",
                count=len(lines),
                title=first.title,
                evidence=first.evidence,
            ),
            remedy=first.remedy,
        )
        self.lines = lines


async def publish_lot(work: Work, lot_id: UUID) -> Lot:
    """Publish a lot. While a transfer is open that needs the leave of the requester or the superior (§11.6, T-01).

    Raises `ChecklistRefused` with the red lines, `RuleViolation` for a lot that is not a draft, `NotPermitted`.
    """
    lot = await lot_for_update(work, lot_id)
    require(work.actor, Permission.PUBLISH_LISTING, court_code=lot.court_code)
    rules.check_transition(LotState(lot.state), LotState.PUBLISHED)
    facts = await gather_facts(work, lot)
    red = [line for line in run_checklist(facts) if not line.ok]
    if red:
        raise ChecklistRefused(red)
    assets = await assets_of(work, lot)
    disclosure = msgspec.structs.replace(facts.disclosure, other=facts.disclosure.other or STANDARD_OTHER)
    lot.disclosure = to_stored(disclosure)
    lot.published_at = work.now
    content = notice_content(
        lot,
        assets[0],
        await case_of(work, lot.case_id),
        await court_of(work, lot.court_code),
        disclosure,
        await shown_parts(work, lot),
        await hashes_of(work, [each.id for each in assets]),
    )
    version = new_version(work, lot, 1, content)
    work.session.add(waiting_bidding(lot))
    await advance_lot(
        work,
        lot,
        LotState.PUBLISHED,
        event="lot.published",
        rule=rules.notice_rule(Round(lot.round), rerun=lot.rerun),
        notice=str(version.id),
        content_hash=version.content_hash.hex(),
        starts_at=lot.starts_at,
        ends_at=lot.scheduled_end_at,
    )
    await advance_lot_assets(
        work, lot, AssetState.LISTED, reason=f"发布{rules.ROUND_LABELS[Round(lot.round)]}公告", rule="B-10"
    )
    for each in assets:
        for rule in ("L-08", *ROUND_CLOCKS):
            await meet_deadline(
                work, rule, subject_kind="asset", subject_id=each.id, done_event="lot.published"
            )
    await issue_notice_papers.later(work, key=f"{lot.id}:1", lot_id=lot.id, version=1)
    await tell_priority_purchasers.later(work, key=f"{lot.id}", lot_id=lot.id)
    return lot


def waiting_bidding(lot: Lot) -> LotBidding:
    """The contested row of a freshly published lot; bidding opens it when `starts_at` comes."""
    assert lot.starts_at is not None
    assert lot.scheduled_end_at is not None
    return LotBidding(
        lot_id=lot.id,
        phase="waiting",
        is_sell_off=lot.round == Round.SELL_OFF,
        starts_at=lot.starts_at,
        ends_at=lot.scheduled_end_at,
        starting_price_fen=lot.starting_price_fen,
        increment_fen=lot.increment_fen,
        extension_window_s=lot.extension_window_s,
        extension_s=lot.extension_s,
        extension_from=lot.extension_from,
        may_outbid_self=lot.may_outbid_self,
        ceiling_bids_allowed=lot.ceiling_bids_allowed,
        head_hash=GENESIS_HASH,
    )
