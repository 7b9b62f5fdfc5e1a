"""The indicators of chapter 9 counted once more, in plain Python from whole tables, written apart from the product's queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from core.clock import COURT_ZONE
from core.database import Work
from disposal_teams.assets.models import AssetKind
from disposal_teams.surveys.matrix import required_items

Counted = dict[tuple[str, str, date, UUID | None], tuple[int, int, int]]
OVER = {"delivered", "closed", "transferred_out", "unsold_released", "withdrawn", "other_measure"}


async def rows(work: Work, table: str) -> list[Any]:
    """A whole table."""
    return list((await work.session.execute(text(f"SELECT * FROM {table}"))).all())


def month(moment: datetime) -> date:
    """The court's month."""
    return moment.astimezone(COURT_ZONE).date().replace(day=1)


def day(moment: datetime) -> date:
    """The court's day."""
    return moment.astimezone(COURT_ZONE).date()


class ByHand:
    """Everything that was read, and the sums."""

    def __init__(self) -> None:
        self.sums: dict[tuple[str, str, date, UUID | None], list[int]] = defaultdict(lambda: [0, 0, 0])
        self.spread: dict[tuple[str, str, date], list[int]] = defaultdict(list)

    def put(
        self, code: str, court: str, team: UUID | None, at: datetime, numerator: int, denominator: int = 1
    ) -> None:
        """One row counts."""
        for whose in {None, team}:
            line = self.sums[code, court, month(at), whose]
            line[0] += numerator
            line[1] += denominator
            line[2] += denominator != 0
        self.spread[code, court, month(at)].append(numerator)


async def count(work: Work, now: datetime) -> ByHand:
    """All indicators of all courts and months."""
    hand = ByHand()
    tables = {
        name: await rows(work, name)
        for name in (
            "lot", "settlement", "registration", "deadline", "asset", "seal", "valuation", "transfer_request", "instruction",
            "objection", "survey", "survey_line", "in_kind_offer", "lot_stay", "lot_part", "proceeds", "case_conclusion",
            "enforcement_case", "complaint",
        )
    }  # fmt: skip
    moves = [row for row in await rows(work, "audit_event") if row.event == "asset.court_changed"]
    _lots(hand, tables, now)
    _payouts(hand, tables, now)
    _cycles(hand, tables, moves)
    _assets(hand, tables, moves, now)
    _letters_errands_disputes(hand, tables, now)
    _surveys(hand, tables)
    _endings_complaints(hand, tables)
    return hand


def _endings_complaints(hand: ByHand, tables: dict[str, list[Any]]) -> None:
    cases = {row.id: row for row in tables["enforcement_case"]}
    for ending in tables["case_conclusion"]:
        if ending.concluded_on is None or ending.way == "struck_off":
            continue
        court, at = ending.court_code, ending.decided_at
        if cases[ending.case_id].course == "first" and ending.had_property:
            hand.put("K-12", court, None, at, 0, 1)
            hand.put("K-12b", court, None, at, 0, 1)
        if ending.applied_fen:
            hand.put("K-26", court, None, at, ending.realised_fen, ending.applied_fen)
    teams = {row.id: row.team_id for row in tables["lot"]}
    for complaint in tables["complaint"]:
        at = datetime.combine(complaint.received_on, time(), COURT_ZONE)
        hand.put("K-29", complaint.court_code, teams.get(complaint.lot_id), at, 1, 0)


def _lots(hand: ByHand, tables: dict[str, list[Any]], now: datetime) -> None:
    sales = {row.lot_id: row for row in tables["settlement"]}
    for lot in tables["lot"]:
        court, team, state, at = lot.court_code, lot.team_id, lot.state, lot.ended_at
        if at is not None and state in {"sold", "failed", "selloff_failed", "defaulted", "revoked"}:
            hand.put("K-01", court, team, at, 1)
            hand.put("K-02", court, team, at, state == "sold")
            hand.put(
                {"first": "K-04", "second": "K-05a", "sell_off": "K-05b"}[lot.round],
                court,
                team,
                at,
                state == "sold",
            )
            hand.put("K-06", court, team, at, state in {"failed", "selloff_failed"})
            hand.put("K-25", court, team, at, 0, 1)
            hand.put("K-29", court, team, at, 0, 1)
            hand.put("K-12", court, team, at, 1, 0)
            if state in {"sold", "defaulted", "revoked"}:
                hand.put("K-09", court, team, at, state == "defaulted")
            if state == "sold":
                gain = lot.final_price_fen - lot.starting_price_fen
                hand.put("K-07", court, team, at, gain, lot.starting_price_fen)
                hand.put("K-07b", court, team, at, int(gain * 10000 / lot.starting_price_fen), 10000)
                if lot.reference_price_fen:
                    hand.put("K-08", court, team, at, lot.final_price_fen, lot.reference_price_fen)
                bidders = [
                    entry
                    for entry in tables["registration"]
                    if entry.lot_id == lot.id and entry.state == "qualified"
                ]
                hand.put("K-27", court, team, at, len(bidders))
        if at is not None and lot.published_at is not None and state not in {"draft", "bidding"}:
            hand.put("K-24", court, team, at, state == "withdrawn")
            hand.put("K-24b", court, team, at, state == "revoked")
        sale = sales.get(lot.id)
        if sale is None or sale.state in {"defaulted", "revoked"}:
            continue
        if sale.ruling_issued_at:
            hand.put("K-10", court, team, sale.ruling_issued_at, sale.price_fen)
        for code, rule, done in (
            ("K-17", "L-19", sale.ruling_served_at),
            ("K-18", "L-21", sale.delivered_at),
        ):
            clocks = [each for each in tables["deadline"] if each.lot_id == lot.id and each.rule == rule]
            if clocks:
                due = clocks[0].due_at
                at = min(due, done) if done else due
                if at <= now:
                    hand.put(code, court, team, at, done is not None and done < due)


def _payouts(hand: ByHand, tables: dict[str, list[Any]], now: datetime) -> None:
    teams = {row.id: row.team_id for row in tables["lot"]}
    for file in tables["proceeds"]:
        if file.state == "revoked":
            continue
        clocks = [
            each
            for each in tables["deadline"]
            if each.subject_id == file.id
            and each.rule in {"L-33", "L-34"}
            and each.state not in {"waived", "paused"}
        ]
        team, out = teams.get(file.lot_id), file.paid_out_at
        if clocks:
            due = max(clocks, key=lambda each: each.started_at).due_at
            at = min(due, out) if out else due
            if at <= now:
                hand.put("K-19", file.court_code, team, at, out is not None and out < due)
        if out is not None:
            days = (day(out) - day(file.arrived_at)).days
            hand.put("K-19b", file.court_code, team, out, days <= 15)
            hand.put("K-20", file.court_code, team, out, days)


def _cycles(hand: ByHand, tables: dict[str, list[Any]], moves: list[Any]) -> None:
    lots = {row.id: row for row in tables["lot"]}
    for sale in tables["settlement"]:
        lot, served = lots[sale.lot_id], sale.ruling_served_at
        if lot.state != "sold" or served is None:
            continue
        valued = next((row.started_at for row in tables["valuation"] if row.id == lot.valuation_id), None)
        sealed = _sealed_on(tables, lot.asset_id)
        begun = datetime.combine(sealed, time(), COURT_ZONE) if sealed else None
        stays = [
            (stay.ordered_at, stay.ended_at)
            for stay in tables["lot_stay"]
            if lots[stay.lot_id].asset_id == lot.asset_id and stay.ended_at is not None
        ]
        for code, start in (("K-16", valued), ("K-16b", begun)):
            if start is None or start >= served:
                continue
            held: dict[str, timedelta] = defaultdict(timedelta)
            since = start
            own = sorted(
                (row.recorded_at, row.details["before"]) for row in moves if row.asset_id == lot.asset_id
            )
            for until, court in [
                *(each for each in own if start < each[0] < served),
                (served, lot.court_code),
            ]:
                held[court] += _running(since, until, stays)
                since = until
            for court, length in held.items():
                days = round(length / timedelta(days=1))
                hand.put(code, court, lot.team_id if court == lot.court_code else None, served, days)


def _running(since: datetime, until: datetime, stays: list[tuple[datetime, datetime]]) -> timedelta:
    """The time between two moments in which no stay stood."""
    length, reached = until - since, since
    for start, end in sorted(stays):
        start, end = max(start, reached), min(end, until)
        if end > start:
            length -= end - start
            reached = end
    return length


def _sealed_on(tables: dict[str, list[Any]], asset_id: UUID) -> date | None:
    days = [
        seal.effective_on or seal.registered_on
        for seal in tables["seal"]
        if seal.asset_id == asset_id and (seal.effective_on or seal.state == "effective")
    ]
    return min(days, default=None)


def _assets(hand: ByHand, tables: dict[str, list[Any]], moves: list[Any], now: datetime) -> None:
    for asset in tables["asset"]:
        own = sorted(
            (row for row in tables["lot"] if row.asset_id == asset.id),
            key=lambda row: (row.created_at, row.id),
        )
        together = {row.lot_id for row in tables["lot_part"] if row.asset_id == asset.id}
        lots = sorted(
            (row for row in tables["lot"] if row.asset_id == asset.id or row.id in together),
            key=lambda row: (row.created_at, row.id),
        )
        taken = [row for row in tables["in_kind_offer"] if row.asset_id == asset.id and row.state == "served"]
        if taken:
            offer = max(taken, key=lambda row: row.served_at)
            team = next(row.team_id for row in lots if row.id == offer.lot_id)
            hand.put("K-03", offer.court_code, team, offer.served_at, 0)
            hand.put("K-12b", offer.court_code, team, offer.served_at, 1, 0)
            hand.put("K-11", offer.court_code, team, offer.served_at, 0)
        elif lots and lots[-1].state in {"sold", "selloff_failed"}:
            last = lots[-1]
            hand.put("K-03", last.court_code, last.team_id, last.ended_at, last.state == "sold")
            hand.put("K-12b", last.court_code, last.team_id, last.ended_at, 1, 0)
            if last.state == "sold":
                hand.put("K-11", last.court_code, last.team_id, last.ended_at, 1)
        own_moves = sorted(
            (row.recorded_at, row.details["before"]) for row in moves if row.asset_id == asset.id
        )
        _pricing(hand, tables, asset, own, own_moves)
        _overdue(hand, tables, asset, own, now)


def _pricing(
    hand: ByHand, tables: dict[str, list[Any]], asset: Any, lots: list[Any], moves: list[tuple[datetime, str]]
) -> None:
    valuations = sorted(
        (row for row in tables["valuation"] if row.asset_id == asset.id and row.reissue_of is None),
        key=lambda row: (row.started_at, row.id),
    )
    for place, valuation in enumerate(valuations):
        started = valuation.started_at
        later = [court for at, court in moves if at > started]
        court, team = (later[0], None) if later else (asset.court_code, asset.team_id)
        days = [
            each
            for each in [_sealed_on(tables, asset.id), *(day(at) for at, _ in moves if at <= started)]
            if each
        ]
        if place == 0 and days:
            hand.put("K-13", court, team, started, (day(started) - max(days)).days)
        if valuation.fixed_at:
            hand.put("K-14", court, team, valuation.fixed_at, (day(valuation.fixed_at) - day(started)).days)
            notices = [
                lot.published_at for lot in lots if lot.valuation_id == valuation.id and lot.published_at
            ]
            if notices and min(notices) >= valuation.fixed_at:
                first = min(notices)
                hand.put("K-15", court, team, first, (day(first) - day(valuation.fixed_at)).days)


def _overdue(hand: ByHand, tables: dict[str, list[Any]], asset: Any, lots: list[Any], now: datetime) -> None:
    months: set[tuple[str, date]] = set()
    for clock in tables["deadline"]:
        if clock.asset_id != asset.id or clock.rule not in {"L-01", "L-08", "L-13", "L-23", "L-24"}:
            continue
        if clock.breached_at is None:
            continue
        until = clock.done_at or now
        if clock.done_at is None and asset.state in OVER:
            until = max((lot.ended_at for lot in lots if lot.ended_at), default=clock.breached_at)
        reached, last = month(clock.breached_at), month(max(until, clock.breached_at))
        while reached <= last:
            months.add((clock.owner_court, reached))
            reached = (reached + timedelta(days=32)).replace(day=1)
    for court, each in months:
        at = datetime.combine(each, time(12), COURT_ZONE)
        hand.put("K-21", court, asset.team_id if court == asset.court_code else None, at, 1)


def _letters_errands_disputes(hand: ByHand, tables: dict[str, list[Any]], now: datetime) -> None:
    for letter in tables["transfer_request"]:
        if letter.state == "recalled":
            continue
        answered, due = letter.answered_at, letter.answer_due_at
        if due is not None and (at := min(each for each in (answered, due) if each)) <= now:
            hand.put("K-22", letter.first_court_code, None, at, answered is not None and answered < due)
        if answered:
            hand.put("K-22b", letter.first_court_code, None, answered, letter.refusal_code is None)
    for errand in tables["instruction"]:
        if errand.sent_at is None:
            continue
        if errand.state == "closed":
            hand.put("K-23", errand.to_court, None, errand.closed_at, errand.times_overdue == 0)
        if errand.signed_in_at:
            minutes = (errand.signed_in_at - errand.sent_at) // timedelta(minutes=1)
            hand.put("K-23b", errand.to_court, None, errand.signed_in_at, minutes)
    for dispute in tables["objection"]:
        if dispute.lot_id is None:
            continue
        hand.put("K-25", dispute.act_court, None, dispute.submitted_at, 1, 0)
        if dispute.final_at and dispute.outcome in {"founded", "dismissed"}:
            hand.put("K-25b", dispute.act_court, None, dispute.final_at, dispute.outcome == "founded")


def _surveys(hand: ByHand, tables: dict[str, list[Any]]) -> None:
    assets = {row.id: row for row in tables["asset"]}
    for survey in tables["survey"]:
        asset = assets[survey.asset_id]
        wanted = {item.code for item in required_items(AssetKind(asset.kind), asset.attributes)}
        found = {
            line.item
            for line in tables["survey_line"]
            if line.survey_id == survey.id and line.finding and line.evidence_ref and line.item in wanted
        }
        if wanted:
            at = datetime.combine(survey.surveyed_on, time(), COURT_ZONE)
            hand.put("K-28", asset.court_code, asset.team_id, at, len(found), len(wanted))


def whole(sums: Iterable[tuple[tuple[str, str, date, UUID | None], list[int]]]) -> Counted:
    """Comparable with what is stored."""
    return {key: (int(line[0]), line[1], line[2]) for key, line in sums}
