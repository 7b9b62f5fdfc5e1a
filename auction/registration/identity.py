"""The sealed identity of bidders (P-01): written at registration, opened for the winner after bidding has ended."""

from uuid import UUID

import msgspec

from auction.listing.models import LIVE_STATES, Lot, LotState
from auction.registration.models import Registration
from core.audit import record
from core.crypto import FieldCipher, StructSeal
from core.database import Work
from core.errors import NotPermitted
from core.i18n import msg
from core.identity import Role

PURPOSE = "bidder-identity"
ENDED_WITH_SALE = frozenset({LotState.SOLD, LotState.DEFAULTED, LotState.REVOKED})


class CoBuyer(msgspec.Struct, frozen=True):
    """Who buys together with the first buyer."""

    name: str
    number: str
    share: str = ""


class BidderIdentity(msgspec.Struct, frozen=True):
    """Who stands behind a registration. Never logged, never shown before the end of bidding.

    `name` and `number` are the first buyer's; `account_id` and `phone` belong to the person who acts: the buyer, or the agent.
    """

    account_id: UUID
    name: str
    number: str
    phone: str
    share: str = ""
    others: tuple[CoBuyer, ...] = ()

    @property
    def buyers(self) -> tuple[CoBuyer, ...]:
        """Everybody who buys, the first included."""
        return (CoBuyer(self.name, self.number, self.share), *self.others)

    @property
    def buyer_names(self) -> str:
        """The names for papers: the principal's, never the agent's (B-48); several with their shares."""
        if not self.others:
            return self.name
        return "、".join(f"{each.name}（{each.share}）" if each.share else each.name for each in self.buyers)


class AgentIdentity(msgspec.Struct, frozen=True):
    """Who bids for the buyers."""

    name: str
    number: str


_identities = StructSeal(PURPOSE, BidderIdentity)
_agents = StructSeal("bidder-agent", AgentIdentity)


def bidder_cipher() -> FieldCipher:
    """The cipher of this purpose."""
    return _identities.cipher


def seal(identity: BidderIdentity, registration_id: UUID) -> bytes:
    """The sealed identity, bound to the registration's row."""
    return _identities.seal(identity, bound_to=registration_id)


def account_match(account_id: UUID) -> bytes:
    """The keyed hash under which a person finds the own registrations."""
    return bidder_cipher().match_code(str(account_id))


def code_binding(registration_id: UUID, code: str) -> str:
    """A keyed hash that ties a code to its registration: the audit stream keeps it, so that codes cannot be exchanged between
    bidders afterwards, yet nobody can tell from it whose code it is (P-01)."""
    return bidder_cipher().match_code(f"{registration_id}:{code}").hex()


def name_match(name: str) -> bytes:
    """The keyed hash of a payer's or bidder's name, so that money is matched without reading either."""
    return bidder_cipher().match_code("".join(name.split()))


def open_seal(registration: Registration) -> BidderIdentity:
    """The identity in clear. Only for this room and for the person's own pages."""
    return _identities.open(registration.identity_sealed, bound_to=registration.id)


def seal_agent(agent: AgentIdentity, registration_id: UUID) -> bytes:
    """The sealed identity of the agent, bound to the registration's row."""
    return _agents.seal(agent, bound_to=registration_id)


def open_agent(registration: Registration) -> AgentIdentity | None:
    """The agent in clear, None where the buyer acts alone. Under the same secrecy as `open_seal`."""
    if registration.agent_sealed is None:
        return None
    return _agents.open(registration.agent_sealed, bound_to=registration.id)


def numbers_behind(registration: Registration) -> list[str]:
    """The identity numbers of everybody behind an entry, for checks that keep them in memory (B-82)."""
    agent = open_agent(registration)
    return [each.number for each in open_seal(registration).buyers] + ([agent.number] if agent else [])


class ApprovedInquiry(msgspec.Struct, frozen=True):
    """An inquiry into collusion that a second person approved: the only way to an identity that did not win (P-01)."""

    inquiry_id: UUID
    asked_by: UUID
    approved_by: UUID


async def reveal_for_inquiry(
    work: Work, registration: Registration, lot: Lot, approval: ApprovedInquiry
) -> BidderIdentity:
    """The identity behind any entry of an ended lot, for who asked for the approved inquiry (P-01). Every reveal is audited.

    Raises `NotPermitted` before the end of bidding, for anybody else, and where one person asked and approved.
    """
    if lot.state in LIVE_STATES or registration.lot_id != lot.id:
        raise NotPermitted(msg("竞价结束前及对未竞得人，任何人不得查看竞买人身份。"), rule="P-01")
    if approval.asked_by == approval.approved_by or work.actor.account_id != approval.asked_by:
        raise NotPermitted(msg("只有经批准的调查，才能由申请人查看竞买人身份。"), rule="P-01")
    await record(
        work, "registration.identity_revealed", stream=f"risk:{lot.id}", rule="P-01", code=registration.code,
        inquiry=str(approval.inquiry_id),
    )  # fmt: skip
    return open_seal(registration)


async def reveal_identity(work: Work, registration: Registration, lot: Lot) -> BidderIdentity:
    """The winner's identity, for settlement, once the sale is made (P-01, B-48). Every reveal is audited.

    Raises `NotPermitted` before the end of bidding, and for anyone but the winner.
    """
    if lot.state not in ENDED_WITH_SALE or lot.winning_registration_id != registration.id:
        raise NotPermitted(msg("竞价结束前及对未竞得人，任何人不得查看竞买人身份。"), rule="P-01")
    if not work.actor.has(Role.SYSTEM) and not work.actor.is_staff:
        raise NotPermitted(msg("仅承办法院可查看买受人身份。"), rule="P-01")
    await record(
        work, "registration.identity_revealed", stream=f"lot:{lot.id}", rule="P-01", lot_id=lot.id,
        code=registration.code,
    )  # fmt: skip
    return open_seal(registration)
