"""The self-check: every published record again, the newest within minutes, all of them within a day (B-42, B-47).

It walks through the leaves of the public log. Each leaf states a part of some lot's log, a result, or the heads of audit
streams; the walk takes the leaf's signature as given and holds the rows against it. So what it costs follows what changed,
and a lot that is being bid for raises no alarm. One walk follows the newest leaves; another begins anew when it has come to
the end, since old rows can be touched too.
"""

from collections.abc import Sequence
from datetime import timedelta
from time import monotonic

import msgspec
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select

from auction.transparency.alarm import raise_alarm
from auction.transparency.check_audit import check_audit
from auction.transparency.check_ceilings import check_live_ceilings
from auction.transparency.check_lots import check_closing, check_heads, check_live_rows
from auction.transparency.check_tree import Finding, check_ends, check_tree
from auction.transparency.models import FaultKind, LeafKind, LogLeaf, SelfCheck, WalkName
from auction.transparency.queries import leaf_page
from auction.transparency.time_stamp import check_stamps
from auction.transparency.tree import latest_checkpoint
from core.database import Work
from core.settings import get_settings

STEP = 200
"""Leaves that are looked at together."""

LONGEST_RUN_S = 20.0
SLICE_EVERY = timedelta(minutes=5)
LEAST_SLICE = 200


async def check_newest(work: Work) -> int:
    """Walk on to the newest leaf and look at the rows of all lots that are not over; returns the new findings."""
    walk = await _walk(work, WalkName.NEWEST)
    findings = await check_ends(work, walked=walk.next_leaf)
    findings += await check_live_rows(work)
    findings += await check_live_ceilings(work)
    findings += await _go_on(work, walk, most=None)
    return await raise_alarm(work, findings)


async def check_again(work: Work) -> int:
    """Walk a slice further through all leaves, so that a whole pass takes `self_check_hours`; returns the new findings."""
    walk = await _walk(work, WalkName.AGAIN)
    latest = await latest_checkpoint(work)
    size = 0 if latest is None else latest.size
    slices = timedelta(hours=get_settings().self_check_hours) / SLICE_EVERY
    findings = await _go_on(work, walk, most=max(LEAST_SLICE, round(size / slices)))
    if walk.next_leaf >= size:
        walk.next_leaf, walk.began_at = 0, work.now
    return await raise_alarm(work, findings)


async def check_everything(work: Work) -> list[Finding]:
    """The whole log at once, for the command. Changes nothing."""
    findings = [*await check_ends(work, walked=0), *await check_live_rows(work)]
    findings += await check_live_ceilings(work, most=None)
    begin = 0
    while leaves := await _leaves(work, begin, STEP):
        findings += await check_leaves(work, begin, leaves)
        begin += len(leaves)
    return findings


async def check_leaves(work: Work, begin: int, leaves: Sequence[LogLeaf]) -> list[Finding]:
    """Consecutive leaves from number `begin`: themselves, and the rows that they speak of."""
    findings = await check_tree(work, begin, leaves)
    findings += await check_stamps(work, begin, begin + len(leaves))
    of_kind: dict[str, list[LogLeaf]] = {}
    for leaf in leaves:
        of_kind.setdefault(leaf.kind, []).append(leaf)
    findings += await check_audit(work, of_kind.get(LeafKind.AUDIT, []))
    try:
        findings += await check_heads(work, of_kind.get(LeafKind.HEAD, []))
    except (ValueError, msgspec.MsgspecError) as error:
        findings.append(Finding(FaultKind.BID_CHANGED, f"leaf:{begin}", f"a bid cannot be read: {error}"))
    for leaf in of_kind.get(LeafKind.CLOSING, []):
        try:
            findings += await check_closing(work, leaf)
        except (ValueError, msgspec.MsgspecError) as error:
            detail = f"the lot cannot be read: {error}"
            findings.append(Finding(FaultKind.BID_CHANGED, f"lot:{leaf.lot_id}", detail, leaf.lot_id))
    return findings


async def _walk(work: Work, name: WalkName) -> SelfCheck:
    await work.session.execute(
        insert(SelfCheck)
        .values(walk=name, next_leaf=0, began_at=work.now, last_run_at=work.now)
        .on_conflict_do_nothing()
    )
    walk = (await work.session.exec(select(SelfCheck).where(SelfCheck.walk == name).with_for_update())).one()
    walk.last_run_at = work.now
    return walk


async def _go_on(work: Work, walk: SelfCheck, *, most: int | None) -> list[Finding]:
    """Walk to the end, at most so many leaves and not for long; the next run goes on from there."""
    findings: list[Finding] = []
    started, begin = monotonic(), walk.next_leaf
    while monotonic() - started < LONGEST_RUN_S and (most is None or walk.next_leaf - begin < most):
        leaves = await _leaves(work, walk.next_leaf, STEP)
        if not leaves:
            walk.passed_at, walk.passed_size = work.now, walk.next_leaf
            break
        findings += await check_leaves(work, walk.next_leaf, leaves)
        walk.next_leaf += len(leaves)
    return findings


async def _leaves(work: Work, begin: int, limit: int) -> list[LogLeaf]:
    latest = await latest_checkpoint(work)
    return [] if latest is None else await leaf_page(work, start=begin, limit=limit, size=latest.size)
