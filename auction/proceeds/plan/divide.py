"""Who gets what of the money, fen by fen, in the order of the law (D-01, D-02, D-03, D-04, D-05, D-07, M-10). Pure.

    division = divide([price], costs, claims, sharing=Sharing.PRO_RATA)

Each step of the division is a line that says what was there, what was asked of it in all, and what one payee got: the page shows
the lines as they are, so that anyone can reckon them again. No fen is lost: lines and surplus add up to the money.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.money import percent_of, split_by_weight


class CostKind(StrEnum):
    """What is taken before every creditor, in this order (D-01)."""

    TAX = "tax"
    COST = "cost"
    FEE = "fee"
    RENT = "rent"


class Rank(StrEnum):
    """Where a claim stands (D-02, D-03, D-05). The order of the members is the order of payment."""

    MEDICAL = "medical"
    HOME_BUYER = "home_buyer"
    CONSTRUCTION = "construction"
    SECURED = "secured"
    TAX = "tax"
    VICTIM = "victim"
    ORDINARY = "ordinary"
    FINE = "fine"
    CONFISCATION = "confiscation"


SPECIAL = frozenset({Rank.HOME_BUYER, Rank.CONSTRUCTION, Rank.SECURED})
"""Rights that rest on one part of what was sold; a tax that arose before a mortgage may rest on one too."""


class Sharing(StrEnum):
    """How ordinary creditors share (D-03): in proportion, or by the order of sealing where the debtor is a company."""

    PRO_RATA = "pro_rata"
    BY_SEAL = "by_seal"


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost in fen; of one part of what was sold, or of all of it."""

    id: str
    kind: CostKind
    amount_fen: int
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """One creditor's claim in fen: what the title says (principal, interest, costs of the suit), and the doubled interest.

    `part`: what a special right rests on. `since`: registration of a security, or the day on which a tax arose. `seals`: the
    place of the creditor's seal on each part. `group`: claims of one title share the place of their best seal (S5 art. 55).
    `has_title`: what a security does not yield is claimed on by the title. An unconfirmed claim's part is reserved (D-11).
    """

    id: str
    rank: Rank
    title_fen: int
    doubled_fen: int = 0
    part: int | None = None
    since: date | None = None
    is_registered: bool = True
    has_title: bool = True
    is_confirmed: bool = True
    seals: tuple[tuple[int, int], ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Bonus:
    """What the first-sealing ordinary creditor gets beforehand (D-04): `percent` of the own claim, or of what there is."""

    claim_id: str
    percent: str
    of_residue: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One payment: `level` names the step, `there_fen` what was left when it came, `asked_fen` what all of the step asked."""

    level: str
    subject: str
    part: int | None
    wanted_fen: int
    asked_fen: int
    there_fen: int
    given_fen: int
    is_reserved: bool = False


@dataclass(frozen=True, slots=True)
class Division:
    """The lines in the order of payment, and what is left for the debtor."""

    lines: tuple[Line, ...]
    surplus_fen: int

    def given(self) -> dict[str, int]:
        """What each cost or claim gets in all."""
        sums: dict[str, int] = {}
        for line in self.lines:
            sums[line.subject] = sums.get(line.subject, 0) + line.given_fen
        return sums


class _Money:
    """What is left of each part while the steps are gone through."""

    def __init__(self, parts: Sequence[int]) -> None:
        self.left = list(parts)
        self.lines: list[Line] = []

    def total(self, part: int | None) -> int:
        return sum(self.left) if part is None else self.left[part]

    def pay(self, level: str, asks: Sequence[tuple[str, int, bool]], *, part: int | None) -> dict[str, int]:
        """Pay what each of (subject, wanted, is_reserved) wants, or in proportion where there is less (D-07)."""
        asks = sorted(each for each in asks if each[1] > 0)
        there, asked = self.total(part), sum(wanted for _, wanted, _ in asks)
        if not asks:
            return {}
        wants = [wanted for _, wanted, _ in asks]
        shares = wants if asked <= there else split_by_weight(there, wants)
        self._take(sum(shares), part)
        for (subject, wanted, is_reserved), given in zip(asks, shares, strict=True):
            self.lines.append(Line(level, subject, part, wanted, asked, there, given, is_reserved))
        return {subject: given for (subject, _, _), given in zip(asks, shares, strict=True)}

    def _take(self, amount: int, part: int | None) -> None:
        if part is not None:
            self.left[part] -= amount
        elif amount:
            for at, taken in enumerate(split_by_weight(amount, self.left)):
                self.left[at] -= taken


def divide(
    parts: Sequence[int],
    costs: Sequence[Cost],
    claims: Sequence[Claim],
    *,
    sharing: Sharing,
    bonus: Bonus | None = None,
) -> Division:
    """Divide the money of a sale. `parts`: what each asset of it fetched, in fen.

    Raises `ValueError` for negative amounts, unknown parts and special rights without a part: callers check what people type.
    """
    _check(parts, costs, claims)
    money = _Money(parts)
    _costs(money, costs)
    title = {each.id: each.title_fen for each in claims}
    _general(money, Rank.MEDICAL, claims, title)
    for part in range(len(parts)):
        for level, group in _special_groups(claims, part):
            _pay(money, level, group, title, part=part)
    _general(money, Rank.TAX, claims, title)
    _general(money, Rank.VICTIM, claims, title)
    ordinary = [
        each for each in claims if each.rank is Rank.ORDINARY or (each.rank in SPECIAL and each.has_title)
    ]
    if sharing is Sharing.BY_SEAL:
        _by_seal(money, "ordinary", ordinary, title)
    else:
        _bonus(money, bonus, ordinary, title)
        _pay(money, "ordinary", ordinary, title, part=None)
    doubled = {each.id: each.doubled_fen for each in claims}
    owed = [each for each in claims if each.doubled_fen]
    if sharing is Sharing.BY_SEAL:
        for group in _groups(owed, _best_place):
            _pay(money, "doubled", group, doubled, part=None)
    else:
        _pay(money, "doubled", owed, doubled, part=None)
    _general(money, Rank.FINE, claims, title)
    _general(money, Rank.CONFISCATION, claims, title)
    return Division(tuple(money.lines), money.total(None))


def _check(parts: Sequence[int], costs: Sequence[Cost], claims: Sequence[Claim]) -> None:
    amounts = [*parts, *(each.amount_fen for each in costs)]
    amounts += [amount for each in claims for amount in (each.title_fen, each.doubled_fen)]
    named = [each.part for each in costs if each.part is not None]
    named += [each.part for each in claims if each.part is not None]
    named += [part for each in claims for part, _ in each.seals]
    ids = [each.id for each in costs] + [each.id for each in claims]
    if (
        min(amounts, default=0) < 0
        or any(not 0 <= part < len(parts) for part in named)
        or any(each.rank in SPECIAL and each.part is None for each in claims)
        or len(set(ids)) != len(ids)
    ):
        raise ValueError("amounts are not negative, parts are there, special rights rest on one, ids differ")


def _costs(money: _Money, costs: Sequence[Cost]) -> None:
    """Each kind in turn: first from its own part, then what is missing and what concerns all from everything (D-01)."""
    for kind in CostKind:
        open_fen = {each.id: each.amount_fen for each in costs if each.kind is kind}
        for part in range(len(money.left)):
            own = [
                (each.id, open_fen[each.id], False)
                for each in costs
                if each.kind is kind and each.part == part
            ]
            for subject, given in money.pay(kind, own, part=part).items():
                open_fen[subject] -= given
        money.pay(kind, [(subject, amount, False) for subject, amount in open_fen.items()], part=None)


def _pay(
    money: _Money, level: str, claims: Sequence[Claim], wanted: dict[str, int], *, part: int | None
) -> None:
    asks = [(each.id, wanted[each.id], not each.is_confirmed) for each in claims]
    for subject, given in money.pay(level, asks, part=part).items():
        wanted[subject] -= given


def _general(money: _Money, rank: Rank, claims: Sequence[Claim], title: dict[str, int]) -> None:
    _pay(money, rank, [each for each in claims if each.rank is rank], title, part=None)


def _special_groups(claims: Sequence[Claim], part: int) -> list[tuple[str, list[Claim]]]:
    """The special rights on a part, those of one rank together, in the order of payment (D-02).

    Registered securities go by their day, unregistered ones follow together; a tax that arose before a security was set goes
    before it (税收征管法 art. 45), one that arose later is no special right.
    """
    here = [each for each in claims if each.part == part]
    groups: list[tuple[str, list[Claim]]] = []
    for rank in (Rank.HOME_BUYER, Rank.CONSTRUCTION):
        groups += [(rank, [each for each in here if each.rank is rank])]
    secured = [each for each in here if each.rank is Rank.SECURED]
    registered = _groups(
        [each for each in secured if each.is_registered], lambda each: each.since or date.max
    )
    unregistered = [each for each in secured if not each.is_registered]
    taxes = _groups([each for each in here if each.rank is Rank.TAX and each.since], lambda each: each.since)
    for group in [*registered, unregistered]:
        if not group:
            continue
        set_on = max(each.since or date.max for each in group)
        for tax in [each for each in taxes if each[0].since < set_on]:  # type: ignore[operator]
            groups.append(("old_tax", tax))
            taxes.remove(tax)
        groups.append((Rank.SECURED, group))
    return [(level, group) for level, group in groups if group]


def _groups(claims: Sequence[Claim], key: Callable[[Claim], object]) -> list[list[Claim]]:
    found: dict[object, list[Claim]] = {}
    for each in claims:
        found.setdefault(key(each), []).append(each)
    return [found[place] for place in sorted(found)]  # type: ignore[type-var]


def _by_seal(money: _Money, level: str, claims: Sequence[Claim], title: dict[str, int]) -> None:
    """On each part the seals in their order; what is left goes to those who sealed nothing of it (D-03)."""
    for part in range(len(money.left)):
        for group in _sealed(claims, part):
            _pay(money, level, group, title, part=part)
    for group in _groups(claims, _best_place):
        _pay(money, level, group, title, part=None)


def _sealed(claims: Sequence[Claim], part: int) -> list[list[Claim]]:
    places = _places(claims, part)
    return _groups([each for each in claims if each.id in places], lambda each: places[each.id])


def _places(claims: Sequence[Claim], part: int) -> dict[str, int]:
    """The place of each claim on a part; claims of one title stand where the best seal of theirs stands."""
    own = {each.id: place for each in claims for at, place in each.seals if at == part}
    best: dict[str, int] = {}
    for each in claims:
        if each.id in own and each.group:
            best[each.group] = min(best.get(each.group, own[each.id]), own[each.id])
    return own | {each.id: best[each.group] for each in claims if each.group in best}


def _best_place(claim: Claim) -> int:
    """The earliest seal anywhere; far behind all seals where there is none."""
    return min((place for _, place in claim.seals), default=10**6)


def _bonus(money: _Money, bonus: Bonus | None, claims: Sequence[Claim], title: dict[str, int]) -> None:
    chosen = [each for each in claims if bonus is not None and each.id == bonus.claim_id]
    if bonus is None or not chosen or sum(title[each.id] for each in claims) <= money.total(None):
        return  # where everybody is paid in full nobody needs more
    base = money.total(None) if bonus.of_residue else title[bonus.claim_id]
    wanted = min(percent_of(base, bonus.percent, "floor"), title[bonus.claim_id])
    asks = [(bonus.claim_id, wanted, not chosen[0].is_confirmed)]
    for subject, given in money.pay("bonus", asks, part=None).items():
        title[subject] -= given
