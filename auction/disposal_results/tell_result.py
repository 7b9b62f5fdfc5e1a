"""Tell the other court the result, reserve the first court's share, and settle the reserve when its claim is decided (T-05)."""

from collections.abc import Mapping
from uuid import UUID

from auction.disposal_results import rules
from auction.disposal_results.models import DisposalResult, ReserveState
from auction.disposal_results.open_result import chain_lines
from auction.payments.accounts import price_account
from auction.proceeds.models import ProceedsState
from auction.proceeds.queries import proceeds_of_lot
from core.audit import record
from core.database import Work
from core.deadlines import meet_deadline
from core.documents import Document
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ledger import AccountKind, AccountRef, Line, balance, post
from disposal_teams.assets.models import Asset
from disposal_teams.courts.queries import court_names, court_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text
from disposal_teams.transfers.models import TransferRequest
from disposal_teams.transfers.papers import issue_transfer_paper
from disposal_teams.transfers.progress import lock_request, move
from disposal_teams.transfers.request import request_of
from disposal_teams.transfers.rules import Step

TEMPLATE = "auction/disposal_results/documents/result_letter.typ"


async def result_of(work: Work, transfer_id: UUID, *, lock: bool = False) -> DisposalResult:
    """The result of a transfer that the actor may see. Raises `NotFound`."""
    await request_of(work, transfer_id)
    result = await work.session.get(
        DisposalResult, transfer_id, with_for_update=lock or None, populate_existing=True
    )
    if result is None:
        raise NotFound(msg("该移送的财产还没有成交裁定。"))
    return result


async def tell_result(
    work: Work, transfer_id: UUID, *, costs_fen: int, given: Mapping[int, int], first_confirmed: bool
) -> DisposalResult:
    """Divide the price, reserve the first court's share while its claim is open, issue the 财产处置结果告知函 (document 34),
    and end the transfer. `given`: fen for each position of the seal chain.

    Raises `Conflict` when it was told before or the case account does not hold the reserve, `InvalidInput`, `NotPermitted`.
    """
    request, asset = await lock_request(work, await request_of(work, transfer_id))
    result = await result_of(work, transfer_id, lock=True)
    require(work.actor, Permission.ISSUE_RULING, court_code=result.court_code)
    if result.told_at is not None:
        raise Conflict(msg("处置结果已经告知。"), rule="T-05")
    shares = rules.divide(
        await chain_lines(work, request),
        given,
        price_fen=result.price_fen,
        costs_fen=costs_fen,
        first_confirmed=first_confirmed,
    )
    result.costs_fen, result.shares = costs_fen, [line.as_stored() for line in shares]
    result.reserved_fen, result.told_at = rules.reserved_fen(shares), work.now
    if result.reserved_fen:
        result.reserve = ReserveState.HELD
        if not await _is_divided(work, result):
            await _book(work, result, "reserve", -result.reserved_fen, reserved_account(result))
    paper = await _letter(work, request, asset, result, shares)
    result.document_id = paper.id
    await meet_deadline(
        work, "T-05", subject_kind="transfer", subject_id=transfer_id, done_event="transfer.result_told"
    )
    await move(
        work,
        request,
        Step.COMPLETE,
        rule="T-05",
        document_id=paper.id,
        price_fen=result.price_fen,
        reserved_fen=result.reserved_fen,
    )
    request.completed_at = work.now
    told = {result.other_court, *(line.court_code for line in shares)} - {result.court_code}
    for court in sorted(told):
        await _tell(work, result, court, "told", msg("处置结果已告知，请查阅分配和预留数额。"))
    return result


async def confirm_first_claim(
    work: Work, transfer_id: UUID, *, title: str, amount_fen: int
) -> DisposalResult:
    """The first court reports that its claim is decided: `title` names the paper, `amount_fen` what of the reserve it gets (0
    when the claim failed). Raises `Conflict`, `InvalidInput`, `NotPermitted`."""
    result = await result_of(work, transfer_id, lock=True)
    request = await request_of(work, transfer_id)
    require(work.actor, Permission.ANSWER_TRANSFER, court_code=request.first_court_code)
    if result.reserve != ReserveState.HELD:
        raise Conflict(msg("没有为首封债权预留的份额，或者已经报送。"), rule="T-05")
    fields: dict[str, Message] = {}
    title = clean_text(title, "title", fields, longest=200)
    if not 0 <= amount_fen <= result.reserved_fen:
        fields["amount"] = msg("数额须在 0 至预留数额之间。")
    if fields:
        raise InvalidInput(msg("请按提示补全首封债权的确认情况。"), fields=fields)
    result.reserve, result.confirmed_at = ReserveState.CONFIRMED, work.now
    result.confirmed_title, result.confirmed_fen = title, amount_fen
    await _note(work, result, "first_claim_confirmed", title=title, amount_fen=amount_fen)
    await _tell(work, result, result.court_code, "confirmed", msg("首封债权已有生效文书，请办理预留份额。"))
    return result


async def settle_reserve(work: Work, transfer_id: UUID) -> DisposalResult:
    """The new court pays the confirmed part to the first creditor's account and lets the rest go back into the price (T-05)."""
    result = await result_of(work, transfer_id, lock=True)
    require(work.actor, Permission.RELEASE_MONEY, court_code=result.court_code)
    if result.reserve != ReserveState.CONFIRMED:
        raise Conflict(msg("首封债权尚未确认，预留份额不能动用。"), rule="T-05")
    creditor = AccountRef(
        AccountKind.CREDITOR_PAYABLE,
        f"first-seal:{transfer_id}",
        lot_id=result.lot_id,
        case_id=result.case_id,
    )
    # a distribution that reserved by its own plan has taken the reserve over, and pays it by a further version (D-11)
    held_here = -await balance(work, reserved_account(result)) >= result.reserved_fen
    if held_here and result.confirmed_fen:
        lines = [
            Line(reserved_account(result), result.confirmed_fen),
            Line(creditor, -result.confirmed_fen),
        ]
        await post(
            work,
            key=f"reserve-paid:{transfer_id}",
            description="首封债权确认，预留份额转付",
            lines=lines,
            rule="T-05",
        )
    if held_here and (rest := result.reserved_fen - result.confirmed_fen):
        await _book(work, result, "reserve-rest", rest, reserved_account(result))
    result.reserve, result.settled_at = ReserveState.SETTLED, work.now
    await _note(work, result, "reserve_settled", amount_fen=result.confirmed_fen)
    await _tell(work, result, result.other_court, "settled", msg("预留份额已按首封债权的确认结果办理。"))
    return result


async def _is_divided(work: Work, result: DisposalResult) -> bool:
    """Whether a distribution of this money has begun: it reserves the share by its own plan (D-11)."""
    proceeds = await proceeds_of_lot(work, result.lot_id)
    return proceeds is not None and proceeds.state != ProceedsState.MONEY_ARRIVED


def reserved_account(result: DisposalResult) -> AccountRef:
    """The first court's share, held apart on the case's account (M-11)."""
    return AccountRef(
        AccountKind.RESERVED_FIRST_SEAL,
        str(result.transfer_id),
        lot_id=result.lot_id,
        case_id=result.case_id,
    )


async def _book(work: Work, result: DisposalResult, key: str, amount_fen: int, account: AccountRef) -> None:
    """Move a sum between the reserve and the price: negative into the reserve, positive back."""
    await post(
        work,
        key=f"{key}:{result.transfer_id}",
        description="预留首封债权份额" if amount_fen < 0 else "预留份额余额退回案款",
        lines=[
            Line(account, amount_fen),
            Line(price_account(result.lot_id, result.case_id), -amount_fen),
        ],
        rule="T-05",
    )


async def _letter(
    work: Work, request: TransferRequest, asset: Asset, result: DisposalResult, shares: list[rules.Share]
) -> Document:
    court, names = await court_of(work, result.court_code), await court_names(work)
    left = result.price_fen - result.costs_fen - sum(line.share_fen for line in shares)
    return await issue_transfer_paper(
        work,
        request,
        asset,
        "disposal_result_letter",
        TEMPLATE,
        "财产处置结果告知函",
        court_code=court.code,
        data={
            "court": court.name,
            "phone": court.supervision_phone,
            "addressee": (await court_of(work, result.other_court)).name,
            "first_case_no": request.first_case_no,
            "price_fen": result.price_fen,
            "ruled_on": result.ruled_on.isoformat(),
            "costs_fen": result.costs_fen,
            "left_fen": left,
            "reserved_fen": result.reserved_fen,
            "shares": [
                {**line.as_stored(), "court": names.get(line.court_code, line.court_code)} for line in shares
            ],
        },
    )


async def _note(work: Work, result: DisposalResult, event: str, **details: str | int) -> None:
    await record(
        work,
        f"transfer.{event}",
        stream=f"asset:{result.asset_id}",
        rule="T-05",
        asset_id=result.asset_id,
        transfer=str(result.transfer_id),
        **details,  # type: ignore[arg-type]
    )


async def _tell(work: Work, result: DisposalResult, court: str, key: str, body: Message) -> None:
    await tell_court(
        work,
        court,
        Role.CASE_OFFICER,
        Role.BUREAU_DIRECTOR,
        key=f"transfer:{result.transfer_id}:result:{key}",
        title=msg("处置结果告知"),
        body=body,
        link=f"/court/transfers/{result.transfer_id}",
    )
