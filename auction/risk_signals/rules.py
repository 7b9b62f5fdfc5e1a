"""Patterns of collusion and of abnormal prices (§12.2 worker 13, §13 no. 6). Pure: the facts of an ended lot in, findings out.

A finding is a reason to look, never a proof: families share a device, offices an address, and a high price may be a good one.
Thresholds are design values (`core/legal_settings.py`, names `risk_…`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from statistics import median
from uuid import UUID

from auction.risk_signals.facts import DEBTOR, DEBTOR_PHONE, Entrant, Finding, LotFacts, Raise, Thresholds
from auction.risk_signals.models import SignalKind, Strength, TraceKind
from core.errors import Conflict, RuleViolation
from core.i18n import msg

K, S = SignalKind, Strength

Rule = Callable[[LotFacts, Thresholds], Iterator[Finding]]


def assess(facts: LotFacts, limits: Thresholds) -> list[Finding]:
    """All findings of a lot, the heaviest first."""
    weight = {S.STRONG: 0, S.MEDIUM: 1, S.WEAK: 2}
    found = [finding for rule in RULES for finding in rule(facts, limits)]
    return sorted(found, key=lambda finding: (weight[finding.strength], finding.kind, finding.about))


def shared_traces(facts: LotFacts, _limits: Thresholds) -> Iterator[Finding]:
    """Several entries with the same device, network address or paying account.

    A paying account weighs most; an address least, for whole offices and mobile networks have one. Two shared traces make one
    another heavier.
    """
    weights = {
        TraceKind.FUNDING: (K.SHARED_FUNDING, S.STRONG),
        TraceKind.DEVICE: (K.SHARED_DEVICE, S.STRONG),
        TraceKind.ADDRESS: (K.SHARED_ADDRESS, S.WEAK),
    }
    for trace, (kind, alone) in weights.items():
        others = [other for other in (TraceKind.DEVICE, TraceKind.FUNDING) if other is not trace]
        for group in _groups(facts.entrants, trace):
            has_more = any(one.shares(two, other) for one, two in combinations(group, 2) for other in others)
            yield Finding(
                kind,
                S.MEDIUM if alone is S.WEAK and has_more else alone,
                tuple(entrant.registration_id for entrant in group),
                {"entries": len(group), "bids": sum(entrant.bids for entrant in group)},
            )


def _groups(entrants: Sequence[Entrant], trace: TraceKind) -> Iterator[list[Entrant]]:
    """Groups of entries of different persons that are linked by equal traces, directly or through others."""
    holders: dict[bytes, list[Entrant]] = defaultdict(list)
    for entrant in entrants:
        for mark in entrant.marks.get(trace, ()):
            holders[mark].append(entrant)
    group_of: dict[UUID, set[UUID]] = {
        entrant.registration_id: {entrant.registration_id} for entrant in entrants
    }
    for sharing in holders.values():
        merged = set().union(*(group_of[entrant.registration_id] for entrant in sharing))
        for member in merged:
            group_of[member] = merged
    by_id = {entrant.registration_id: entrant for entrant in entrants}
    seen: set[UUID] = set()
    for entrant in entrants:
        if entrant.registration_id in seen:
            continue
        members = group_of[entrant.registration_id]
        seen |= members
        group = [by_id[each] for each in by_id if each in members]
        if len({each.person for each in group}) > 1:
            yield group


def traces_elsewhere(facts: LotFacts, _limits: Thresholds) -> Iterator[Finding]:
    """The device or paying account of an entry served other persons in other lots: somebody may bid under several names."""
    for each in facts.elsewhere:
        if each.kind in (TraceKind.DEVICE, TraceKind.FUNDING):
            strength = S.STRONG if each.kind is TraceKind.FUNDING else S.MEDIUM
            figures = {"persons": each.persons, "lots": each.lots}
            yield Finding(K.SHARED_ACROSS_LOTS, strength, (each.registration_id,), figures)


def rival_payments(facts: LotFacts, _limits: Thresholds) -> Iterator[Finding]:
    """Money for one entry came from the person behind another entry of the same lot."""
    for paid_for, payer in sorted(set(facts.paid_by_rival), key=str):
        if paid_for != payer:
            yield Finding(K.PAID_BY_RIVAL, S.STRONG, (paid_for, payer))


def always_together(facts: LotFacts, limits: Thresholds) -> Iterator[Finding]:
    """The same two persons meet in lot after lot, and one of them is hardly ever seen without the other."""
    entries = {entrant.person: entrant for entrant in facts.entrants}
    for pair in facts.together:
        one, two = entries.get(pair.first), entries.get(pair.second)
        if one is None or two is None or pair.lots < limits.pair_lots:
            continue
        share = pair.lots * 100 // max(1, min(pair.first_lots, pair.second_lots))
        if share < limits.pair_share_percent:
            continue
        strength = S.STRONG if pair.lots >= 2 * limits.pair_lots else S.MEDIUM
        figures = {"lots": pair.lots, "share_percent": share}
        yield Finding(K.ALWAYS_TOGETHER, strength, (one.registration_id, two.registration_id), figures)


def repeat_defaulters(facts: LotFacts, _limits: Thresholds) -> Iterator[Finding]:
    """Somebody who has defaulted before bids again; weighs most when that person won."""
    for entrant in facts.entrants:
        if entrant.defaults_before:
            strength = S.STRONG if entrant.is_winner or entrant.defaults_before > 1 else S.MEDIUM
            figures = {"defaults": entrant.defaults_before, "bids": entrant.bids}
            yield Finding(K.REPEAT_DEFAULTER, strength, (entrant.registration_id,), figures)


def near_the_debtor(facts: LotFacts, _limits: Thresholds) -> Iterator[Finding]:
    """Entries that lead to the debtor. The debtor may bid (B-81); who drives the price for the debtor may be a shill."""
    debtors = [entrant for entrant in facts.entrants if DEBTOR in entrant.party]
    for entrant in facts.entrants:
        if DEBTOR in entrant.party:
            if entrant.bids and not entrant.is_winner:
                yield Finding(
                    K.PUSHED_BY_DEBTOR, S.MEDIUM, (entrant.registration_id,), {"bids": entrant.bids}
                )
            continue
        linked = [
            debtor
            for debtor in debtors
            if any(
                entrant.shares(debtor, trace)
                for trace in (TraceKind.DEVICE, TraceKind.FUNDING, TraceKind.ADDRESS)
            )
        ]
        if linked or DEBTOR_PHONE in entrant.party:
            strength = S.MEDIUM if entrant.is_winner else S.STRONG
            concerned = (entrant.registration_id, *(debtor.registration_id for debtor in linked))
            yield Finding(K.DEBTOR_RELATED, strength, concerned, {"bids": entrant.bids})


def late_withdrawals(facts: LotFacts, limits: Thresholds) -> Iterator[Finding]:
    """Who had paid the deposit and left shortly before bidding began: bought off, perhaps. More so when linked to who stayed."""
    for entrant in facts.entrants:
        hours = entrant.withdrew_hours_before
        if hours is None or hours >= limits.withdrawal_hours:
            continue
        stayed = [each for each in facts.entrants if each.bids and each.person != entrant.person]
        is_linked = any(
            entrant.shares(each, trace) for each in stayed for trace in (TraceKind.DEVICE, TraceKind.FUNDING)
        )
        yield Finding(
            K.LATE_WITHDRAWAL,
            S.MEDIUM if is_linked else S.WEAK,
            (entrant.registration_id,),
            {"hours_before": hours},
        )


def jump_bids(facts: LotFacts, limits: Thresholds) -> Iterator[Finding]:
    """A raise far beyond the next step: a slip, a threat, or a price nobody means to pay. Per bidder the largest counts."""
    largest: dict[UUID, tuple[Raise, int]] = {}
    for each in facts.raises:
        if each.before_fen is None:
            continue
        jump = each.amount_fen - each.before_fen
        is_far = jump >= limits.jump_steps * facts.increment_fen
        if is_far and jump * 100 >= limits.jump_percent * each.before_fen:
            known = largest.get(each.registration_id)
            if known is None or jump > known[1]:
                largest[each.registration_id] = (each, jump)
    winners = {entrant.registration_id for entrant in facts.entrants if entrant.is_winner}
    for registration, (each, jump) in largest.items():
        assert each.before_fen is not None
        figures = {
            "bid": each.seq,
            "from_fen": each.before_fen,
            "to_fen": each.amount_fen,
            "steps": jump // facts.increment_fen,
        }
        yield Finding(K.JUMP_BID, S.MEDIUM if registration in winners else S.WEAK, (registration,), figures)


def price_above_reference(facts: LotFacts, limits: Thresholds) -> Iterator[Finding]:
    """The price is a multiple of the reference price: default is likely (§13 no. 6), or the reference was wrong."""
    percent = _percent_of_reference(facts)
    if percent is not None and percent >= limits.price_percent:
        assert facts.reference_fen is not None
        assert facts.final_fen is not None
        strength = S.STRONG if percent >= 2 * limits.price_percent else S.MEDIUM
        figures = {"percent": percent, "reference_fen": facts.reference_fen, "final_fen": facts.final_fen}
        yield Finding(K.PRICE_ABOVE_REFERENCE, strength, (), figures)


def price_above_similar(facts: LotFacts, limits: Thresholds) -> Iterator[Finding]:
    """The price goes further above its reference than comparable sales do."""
    percent = _percent_of_reference(facts)
    if percent is None or len(facts.similar_percents) < limits.similar_least:
        return
    usual = int(median(facts.similar_percents))
    if percent * 100 >= usual * limits.similar_percent:
        figures = {"percent": percent, "usual_percent": usual, "sales": len(facts.similar_percents)}
        yield Finding(K.PRICE_ABOVE_SIMILAR, S.MEDIUM, (), figures)


def _percent_of_reference(facts: LotFacts) -> int | None:
    if not facts.reference_fen or facts.final_fen is None:
        return None
    return facts.final_fen * 100 // facts.reference_fen


RULES: tuple[Rule, ...] = (
    shared_traces,
    traces_elsewhere,
    rival_payments,
    always_together,
    repeat_defaulters,
    near_the_debtor,
    late_withdrawals,
    jump_bids,
    price_above_reference,
    price_above_similar,
)


def check_ended(*, has_ended: bool) -> None:
    """Nothing is assessed, shown or decided before the end of bidding (P-01). Raises `RuleViolation`."""
    if not has_ended:
        raise RuleViolation("P-01", msg("竞价结束前，任何人不得查看竞买人的关联线索。"))


def check_second_person(*, asked_by: UUID, decided_by: UUID) -> None:
    """Who asks for identities does not approve it (P-01, P-05). Raises `RuleViolation`."""
    if asked_by == decided_by:
        raise RuleViolation("P-01", msg("申请人不能批准自己的调查申请，请由另一名负责人审批。"))


def check_still_open(*, is_open: bool) -> None:
    """A decided signal or inquiry is not decided again. Raises `Conflict`."""
    if not is_open:
        raise Conflict(msg("该事项已经处理，请刷新页面查看结果。"))
