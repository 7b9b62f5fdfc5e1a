"""Verify a sale, and the public log of all sales: for people, without a script and without trusting this page."""

import asyncio
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import MediaType, Response, get
from litestar.params import Parameter

from auction.bidding.log import PublicLog, SaleOutcome
from auction.bidding.models import CEILING_ACTS, BidOutcome
from auction.bidding.published_log import public_log
from auction.listing.models import Lot
from auction.listing.queries import lot_by_number
from auction.transparency.bundle import bundle_of
from auction.transparency.checkpoint import read_tree_head
from auction.transparency.log_keys import own_verifier_key, trusted_keys
from auction.transparency.models import Checkpoint
from auction.transparency.queries import checkpoint_page, log_health, stamps_of
from auction.transparency.time_stamp import check_stamp, trusted_roots
from auction.transparency.tree import HashMissing, latest_checkpoint, origin_of, prove_consistency
from auction.transparency.verify_sale import (
    CheckLine,
    ProofBundle,
    SaleCheck,
    check_growth,
    check_log,
    check_place,
)
from core.database import Database, Work
from core.errors import NotFound
from core.i18n import Message, msg
from core.money import yuan
from web.access.visitor import AnyRequest, Visitor
from web.rendering import court_time, page

MOST_BIDS_HERE = 5_000
"""A longer log is not decided again for every visitor; the reader's own machine does it with the command."""

CHECKPOINTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page, as `checklist` shows it."""

    is_green: bool | None
    title: Message
    rule: str
    evidence: Message
    remedy: Message | None = None


TITLES: dict[SaleCheck, tuple[Message, str]] = {
    SaleCheck.FORM: (msg("日志可以读取，规则和时间写得完整"), "B-42"),
    SaleCheck.CHAIN: (msg("每次出价首尾相扣，没有增加、删除或改动"), "B-47"),
    SaleCheck.SIGNATURE: (msg("日志连同竞价规则、结果由本平台签名"), "B-47"),
    SaleCheck.DECISIONS: (msg("每次出价的接受或拒绝都符合公告的规则"), "B-40"),
    SaleCheck.EXTENSION: (msg("延时和结束时间符合规则"), "B-41"),
    SaleCheck.CEILINGS: (
        msg("系统代为加价的每次出价都有此前登记的委托限价，没有超出，也没有无故抬价"),
        "B-40",
    ),
    SaleCheck.RESULT: (msg("公布的结果就是出价算出的结果"), "B-43"),
    SaleCheck.CHECKPOINT: (msg("检查点的签名有效"), "B-42"),
    SaleCheck.INCLUSION: (msg("本场日志包含在检查点中"), "B-42"),
    SaleCheck.TIME_STAMP: (msg("外部时间戳机构证明检查点在该时间已经存在"), "B-42"),
    SaleCheck.CONSISTENCY: (msg("最新检查点只在上一检查点之后追加，没有改写历史"), "B-42"),
}


@get("/lots/{lot_no:str}/verify", include_in_schema=False)
async def verify_page(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """What was checked of this sale just now, in plain words, and how to check it without this service."""
    key = request.app.state.desk.key
    async with database.read(visitor.actor) as work:
        log = await public_log(work, lot_no, key)
        lot = await lot_by_number(work, lot_no)
        assert lot is not None
        bundle, damage = await _bundle(work, lot_no, request)
        newest = await checkpoint_page(work, limit=2)
        growth = await _growth(work, newest)
    lines = [
        *await _log_lines(log),
        *await asyncio.to_thread(_place_lines, bundle, damage),
        *await _stamp_lines(bundle),
        *growth,
    ]
    return page(
        request,
        "transparency/sale.html",
        lot=lot,
        log=log,
        bundle=bundle,
        checkpoint=newest[0] if newest else None,
        lines=lines,
        is_good=not any(line.is_green is False for line in lines),
        is_long=len(log.entries) > MOST_BIDS_HERE,
        command=_command(lot, log, bundle),
    )


async def _bundle(
    work: Work, lot_no: str, request: AnyRequest
) -> tuple[ProofBundle | None, HashMissing | None]:
    """The bundle; nothing when no checkpoint holds the lot yet; or what is missing of the tree."""
    try:
        return await bundle_of(work, lot_no, request.app.state.desk.key), None
    except NotFound:
        return None, None
    except HashMissing as missing:
        return None, missing


async def _growth(work: Work, newest: list[Checkpoint]) -> list[Line]:
    if len(newest) < 2:
        return []
    after, before = newest
    try:
        proof = await prove_consistency(work, before.size, after.size)
    except HashMissing as missing:
        title, rule = TITLES[SaleCheck.CONSISTENCY]
        return [Line(False, title, rule, missing.message)]
    checked = check_growth(before.note, after.note, proof, trusted=trusted_keys(origin_of(after)))
    evidence = msg(
        "上一检查点 {old} 条，最新检查点 {new} 条，证明含 {count} 个哈希。",
        old=before.size,
        new=after.size,
        count=len(proof),
    )
    return [_line(checked, evidence)]


async def _log_lines(log: PublicLog) -> list[Line]:
    if len(log.entries) > MOST_BIDS_HERE:
        return []
    return [_line(line, _said(line.check, log)) for line in await asyncio.to_thread(check_log, log)]


def _place_lines(bundle: ProofBundle | None, damage: HashMissing | None) -> list[Line]:
    title, rule = TITLES[SaleCheck.INCLUSION]
    if damage is not None:
        return [Line(False, title, rule, damage.message)]
    if bundle is None:
        return [Line(None, title, rule, msg("每分钟发布一次检查点，请稍后刷新。"))]
    evidence = {
        SaleCheck.CHECKPOINT: msg(
            "检查点共 {size} 条，签名人 {name}。", size=bundle.tree_size, name=_origin(bundle)
        ),
        SaleCheck.INCLUSION: msg(
            "本场日志（前 {bids} 次出价）是第 {index} 条，证明含 {count} 个哈希。",
            bids=len(bundle.log.entries),
            index=bundle.leaf_index,
            count=len(bundle.inclusion),
        ),
    }
    return [_line(line, evidence[line.check]) for line in check_place(bundle)]


async def _stamp_lines(bundle: ProofBundle | None) -> list[Line]:
    """The line of the time stamp; none when no authority has stamped this."""
    if bundle is None or bundle.time_stamp is None:
        return []
    title, rule = TITLES[SaleCheck.TIME_STAMP]
    try:
        checked = await check_stamp(bundle.checkpoint, b64decode(bundle.time_stamp), trusted_roots())
    except ValueError as error:
        return [
            Line(
                False,
                title,
                rule,
                msg("时间戳无法读取。"),
                msg("不符之处（技术说明）：{detail}", detail=error),
            )
        ]
    evidence = msg(
        "{authority} 于 {time} 盖戳。",
        authority=checked.authority,
        time=court_time(checked.stamped_at, "second"),
    )
    return [Line(checked.intact, title, rule, evidence)]


def _origin(bundle: ProofBundle) -> str:
    return bundle.checkpoint.partition("\n")[0]


def _line(checked: CheckLine, evidence: Message) -> Line:
    title, rule = TITLES[checked.check]
    if not checked.faults:
        return Line(checked.is_green, title, rule, evidence)
    found = msg("不符之处（技术说明）：{detail}", detail="; ".join(checked.faults[:3]))
    return Line(False, title, rule, evidence, found)


def _said(check: SaleCheck, log: PublicLog) -> Message:
    """What was looked at, in a sentence with the figures of this sale."""
    accepted = sum(entry.outcome is BidOutcome.ACCEPTED for entry in log.entries)
    if check is SaleCheck.CHAIN:
        return msg("共 {count} 条记录，链尾哈希 {head}。", count=len(log.entries), head=log.head_hash)
    if check is SaleCheck.SIGNATURE:
        return msg("Ed25519 公钥 {key}。", key=log.public_key)
    if check is SaleCheck.DECISIONS:
        return msg(
            "接受 {accepted} 次，拒绝 {refused} 次，已全部按公告规则重新裁定，含优先购买顺位。",
            accepted=accepted,
            refused=sum(entry.outcome not in CEILING_ACTS for entry in log.entries) - accepted,
        )
    if check is SaleCheck.EXTENSION:
        return msg(
            "结束前 {window} 分钟内出价延长 {length} 分钟；共延时 {count} 次。",
            window=log.procedure.window_s // 60,
            length=log.procedure.extension_s // 60,
            count=sum(entry.extended for entry in log.entries),
        )
    if check is SaleCheck.CEILINGS:
        return msg(
            "公告允许委托限价；登记 {set} 次，系统代为出价 {automatic} 次，每次都按承诺值核对。限价本身没有公开。",
            set=sum(entry.outcome is BidOutcome.CEILING_SET for entry in log.entries),
            automatic=sum(entry.is_automatic for entry in log.entries),
        )
    if check is SaleCheck.RESULT:
        return _result_said(log)
    return msg("标的编号 {lot_no}。", lot_no=log.lot_no)


def _result_said(log: PublicLog) -> Message:
    closing = log.closing
    if closing is None:
        return msg("竞价尚未结束，还没有结果。")
    if closing.outcome is SaleOutcome.SOLD:
        return msg(
            "成交价 {price} 元，竞得人代码 {code}，结束于 {end}。",
            price=yuan(closing.price_fen or 0),
            code=closing.winner_code or "—",
            end=court_time(closing.ended_at, "second"),
        )
    if closing.outcome is SaleOutcome.FAILED:
        return msg("无人出价，流拍，结束于 {end}。", end=court_time(closing.ended_at, "second"))
    return msg("本次拍卖已由法院撤回或终结，没有竞得人。")


def _command(lot: Lot, log: PublicLog, bundle: ProofBundle | None) -> str:
    """The command that checks the downloads offline with the keys that this page names."""
    if bundle is None:
        return f"disposal verify {lot.lot_no}-log.json --public-key {log.public_key}"
    return (
        f"disposal verify {lot.lot_no}-proof.json --checkpoint {lot.lot_no}-checkpoint.txt "
        f"--public-key {log.public_key} --verifier-key '{bundle.verifier_key}'"
    )


@get("/lots/{lot_no:str}/proof.json", include_in_schema=False, media_type=MediaType.JSON)
async def proof_file(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    lot_no: str,
    size: int | None = Parameter(default=None, ge=1, le=2**62),
) -> Response[bytes]:
    """The proof bundle as a file, for `disposal verify`; with `size` against the checkpoint of so many leaves, so that it fits
    the checkpoint file beside it however much later it is downloaded."""
    async with database.read(visitor.actor) as work:
        bundle = await bundle_of(work, lot_no, request.app.state.desk.key, size=size)
    headers = {
        "cache-control": "no-store",
        "content-disposition": f'attachment; filename="{bundle.log.lot_no}-proof.json"',
    }
    return Response(msgspec.json.encode(bundle), media_type=MediaType.JSON, headers=headers)


@get("/log", include_in_schema=False)
async def log_page(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    before: int | None = Parameter(default=None, ge=1, le=2**62),
) -> Response[Any]:
    """The log's name and key, its newest checkpoint, and all checkpoints, newest first."""
    async with database.read(visitor.actor) as work:
        latest = await latest_checkpoint(work)
        shown = await checkpoint_page(work, before=before, limit=CHECKPOINTS_SHOWN)
        stamps = await stamps_of(work, shown)
        health = await log_health(work)
    origin = origin_of(latest)
    more = len(shown) == CHECKPOINTS_SHOWN and shown[-1].number > 1
    return page(
        request,
        "transparency/log.html",
        origin=origin,
        verifier_key=str(own_verifier_key(origin)),
        public_key=request.app.state.desk.key.public_bytes.hex(),
        latest=latest,
        root=read_tree_head(latest.note.partition("\n\n")[0]).root.hex() if latest else None,
        checkpoints=shown,
        stamps=stamps,
        health=health,
        next_href=f"/log?before={shown[-1].number}" if more else None,
        first_href="/log" if before else None,
    )


route_handlers = [verify_page, proof_file, log_page]
