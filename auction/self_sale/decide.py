"""The panel allows a debtor's own sale with its floor and its end, or refuses it (A-26, A-27, A-28, P-05)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from auction.listing.rules import check_panel
from auction.registration.register import new_virtual_account
from auction.self_sale import rules
from auction.self_sale.models import SelfSale, SelfSaleGround, SelfSaleState
from auction.self_sale.papers import issue_decision
from auction.self_sale.queries import creditors_of, facts_of, sale_for_update
from auction.self_sale.tell import tell_debtor
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import open_deadline, pause_deadlines
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.legal_settings import legal
from core.money import yuan
from disposal_teams.assets.advance import advance_asset, lock_asset
from disposal_teams.assets.models import Asset, AssetKind, AssetState
from disposal_teams.cases.models import Party
from disposal_teams.courts.queries import court_of
from disposal_teams.plain_text import clean_text

S = SelfSaleState


async def allow_self_sale(
    work: Work,
    sale_id: UUID,
    *,
    days: int,
    consents: Mapping[str, str],
    members: Sequence[str],
    minutes: str,
    decided_on: date,
) -> SelfSale:
    """Open the window of `days`: the asset stands apart, nothing of it is published, its own clocks wait (L-40).

    `consents`: the proof of each creditor's consent by party id. Raises `InvalidInput` by field, `RuleViolation` (also P-05:
    who wrote the application down does not decide), `NotPermitted`.
    """
    sale, asset, debtor = await _asked(work, sale_id)
    ground = SelfSaleGround(sale.ground)
    facts = await facts_of(work, asset, debtor)
    rules.check_open(ground, facts)
    fields: dict[str, Message] = {}
    names, minutes = _panel(work, fields, members, minutes, decided_on)
    proofs = {
        party: proof
        for party, proof in (
            (party, clean_text(text, "consents", fields, longest=200, required=False))
            for party, text in consents.items()
        )
        if proof
    }
    creditors = await creditors_of(work, sale.case_id)
    agree = bool(creditors) and all(str(party.id) in proofs for party in creditors)
    if problem := rules.check_price(ground, facts, sale.price_fen, all_agree=agree):
        fields["price"] = problem
    if problem := rules.check_creditors(
        facts, sale.price_fen, all_agree=agree, buyer_is_related=sale.buyer_is_related
    ):
        fields["consents"] = problem
    latest = rules.latest_end(
        AssetKind(asset.kind),
        work.now,
        most_days=legal().self_sale_days,
        most_months_shares=legal().self_sale_share_months,
    )
    ends_at = rules.window_end(work.now, days=days, latest=latest)
    if ends_at is None:
        fields["days"] = msg(
            "自行变卖最长 {days} 日；股权最长 {months} 个月。",
            days=legal().self_sale_days,
            months=legal().self_sale_share_months,
        )
    if fields:
        raise InvalidInput(msg("自行变卖的决定有误，请按提示修改。"), fields=fields, rule="A-26")
    floor = rules.floor_fen(ground, facts, all_agree=agree)
    court = await court_of(work, sale.court_code)
    sale.state, sale.consents, sale.ends_at = S.ALLOWED, proofs, ends_at
    sale.floor_fen = floor if floor is not None else sale.price_fen
    sale.virtual_account_no = new_virtual_account((court.bank_account_no or "6")[:1])
    _decided(work, sale, names, minutes, decided_on)
    await advance_asset(work, asset, AssetState.SELF_SALE, reason="准许被执行人自行变卖", rule=_rule(sale))
    await pause_deadlines(work, asset_id=asset.id, subject_kind="asset")
    await open_deadline(
        work, "L-40", subject_kind="self_sale", subject_id=sale.id, due_at=ends_at, owner_role=Role.DEBTOR,
        owner_court=sale.court_code, asset_id=asset.id, case_id=sale.case_id, trigger_event="self_sale.allowed",
    )  # fmt: skip
    await _note(work, sale, "self_sale.allowed", floor_fen=sale.floor_fen, ends_at=str(ends_at))
    await issue_decision(work, sale, asset)
    await tell_debtor(
        work, sale, key="allowed", title=msg("准许自行变卖"),
        body=msg(
            "“{title}”可以自行变卖，价格不低于 {yuan} 元，价款须直接存入法院账户。", title=asset.title,
            yuan=yuan(sale.floor_fen),
        ),
    )  # fmt: skip
    return sale


async def refuse_self_sale(
    work: Work, sale_id: UUID, *, members: Sequence[str], minutes: str, decided_on: date
) -> SelfSale:
    """Refuse it, with reasons: the disposal goes on as before. Raises as above."""
    sale, asset, _ = await _asked(work, sale_id)
    fields: dict[str, Message] = {}
    names, minutes = _panel(work, fields, members, minutes, decided_on)
    if fields:
        raise InvalidInput(msg("自行变卖的决定有误，请按提示修改。"), fields=fields, rule="A-26")
    sale.state, sale.ended_at = S.REFUSED, work.now
    _decided(work, sale, names, minutes, decided_on)
    await _note(work, sale, "self_sale.refused")
    await tell_debtor(
        work, sale, key="refused", title=msg("未准许自行变卖"),
        body=msg("“{title}”的自行变卖申请未获准许。理由：{reason}", title=asset.title, reason=minutes[:300]),
    )  # fmt: skip
    return sale


async def _asked(work: Work, sale_id: UUID) -> tuple[SelfSale, Asset, Party]:
    sale = await sale_for_update(work, sale_id)
    asset = await lock_asset(work, await work.session.get_one(Asset, sale.asset_id))
    require(work.actor, Permission.RECORD_PANEL_DECISION, court_code=sale.court_code)
    if asset.court_code != sale.court_code:
        raise RuleViolation("T-05", msg("标的物的处置权已经移送，请由接收法院重新受理申请。"))
    rules.check_state(sale.state, S.FILED)
    rules.check_decider(sale.entered_by, work.actor.account_id)
    return sale, asset, await work.session.get_one(Party, sale.debtor_party_id)


def _panel(
    work: Work, fields: dict[str, Message], members: Sequence[str], minutes: str, decided_on: date
) -> tuple[list[str], str]:
    names = [clean_text(name, "members", fields, longest=40) for name in members if name.strip()]
    if problem := check_panel(names):
        fields["members"] = problem
    if decided_on > work.now.astimezone(COURT_ZONE).date():
        fields["decided_on"] = msg("合议日期不能晚于今天。")
    return names, clean_text(minutes, "minutes", fields, longest=2000)


def _decided(work: Work, sale: SelfSale, names: list[str], minutes: str, decided_on: date) -> None:
    sale.members, sale.minutes, sale.decided_on = names, minutes, decided_on
    sale.decided_by, sale.decided_by_name = work.actor.account_id, work.actor.name[:80]
    sale.decided_at = work.now


def _rule(sale: SelfSale) -> str:
    return rules.GROUND_RULES[SelfSaleGround(sale.ground)]


async def _note(work: Work, sale: SelfSale, event: str, **details: Any) -> None:
    await record(
        work, event, stream=f"asset:{sale.asset_id}", rule=_rule(sale), asset_id=sale.asset_id,
        case_id=sale.case_id, self_sale=str(sale.id), members=sale.members, **details,
    )  # fmt: skip
