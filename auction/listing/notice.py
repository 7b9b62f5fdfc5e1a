"""The notice as published: its frozen content and the hash over it (B-10…B-13, B-16)."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec

from auction.listing import rules
from auction.listing.disclosure import Disclosure, to_stored, warning_texts
from auction.listing.models import Lot, NoticeVersion, Round
from auction.listing.publicity import Publicised, publicity_items
from auction.listing.special_disclosures import in_order
from core.database import Work
from core.ids import new_id
from core.money import capital_amount, yuan
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.courts.models import Court


def notice_content(
    lot: Lot,
    asset: Asset,
    case: EnforcementCase,
    court: Court,
    disclosure: Disclosure,
    parts: Sequence[Mapping[str, Any]] = (),
    photos: Sequence[str] = (),
) -> dict[str, Any]:
    """Everything that version of the notice says, as JSON (B-11; of a sell-off X-08). Money in fen and in words, times in UTC.

    `parts`: each asset of a mixed lot with its appraised part (B-03). `photos`: the SHA-256 of each photo that the page shows, so
    that anybody can tell later which were shown (B-12).
    """
    assert lot.starts_at is not None
    assert lot.scheduled_end_at is not None
    content: dict[str, Any] = msgspec.to_builtins(
        {
            "lot_no": lot.lot_no,
            "title": lot.title,
            "summary": lot.summary,
            "round": lot.round,
            "round_label": rules.ROUND_LABELS[Round(lot.round)],
            "rerun": lot.rerun,
            "court": court.name,
            "court_code": court.code,
            "case_no": case.case_no,
            "asset_no": asset.asset_no,
            "kind": asset.kind,
            "location": asset.location,
            "registry_no": asset.registry_no,
            "area_m2": str(asset.area_m2) if asset.area_m2 is not None else None,
            "reference_price_fen": lot.reference_price_fen,
            "starting_price_fen": lot.starting_price_fen,
            "starting_price": yuan(lot.starting_price_fen),
            "starting_price_words": capital_amount(lot.starting_price_fen),
            "increment_fen": lot.increment_fen,
            "ceiling_bids_allowed": lot.ceiling_bids_allowed,
            "deposit_fen": lot.deposit_fen,
            "deposit_words": capital_amount(lot.deposit_fen),
            "balance_due_days": lot.balance_due_days,
            "starts_at": lot.starts_at,
            "ends_at": lot.scheduled_end_at,
            "extension_window_s": lot.extension_window_s,
            "extension_s": lot.extension_s,
            "bank_name": court.bank_name,
            "bank_account_no": court.bank_account_no,
            "account_holder": court.name,
            "supervision_phone": court.supervision_phone,
            "disclosure": to_stored(disclosure),
            "warnings": warning_texts(disclosure),
            "publicity": [
                {"code": item.code, "label": item.label, "text": item.text, "source": item.source}
                for item in publicity_items(disclosure, publicised(lot, court, disclosure, len(photos)))
            ],
            "special": in_order(AssetKind(asset.kind), disclosure.special),
        }
    )
    if photos:
        content["photos"] = list(photos)
    if parts:
        content["parts"] = [dict(part) for part in parts]
    return content


def publicised(lot: Lot, court: Court, disclosure: Disclosure, photos: int = 0) -> Publicised:
    """What the eleven items say of a lot beside its disclosure."""
    return Publicised(
        title=lot.title,
        round=Round(lot.round),
        starts_at=lot.starts_at,
        ends_at=lot.scheduled_end_at,
        starting_price_fen=lot.starting_price_fen,
        increment_fen=lot.increment_fen,
        survey_lines=len(disclosure.facts),
        account=f"{court.bank_name} {court.bank_account_no}" if court.bank_account_no else "",
        photos=photos,
    )


def content_hash(content: dict[str, Any]) -> bytes:
    """SHA-256 over the canonical JSON (keys sorted, no blanks) of a notice."""
    return sha256(msgspec.json.encode(content, order="sorted")).digest()


def new_version(
    work: Work, lot: Lot, version: int, content: dict[str, Any], *, reason: str = ""
) -> NoticeVersion:
    """Add a version of the notice; what is published is never changed, only followed."""
    notice = NoticeVersion(
        id=new_id(),
        lot_id=lot.id,
        version=version,
        content=content,
        content_hash=content_hash(content),
        reason=reason,
        published_at=work.now,
    )
    work.session.add(notice)
    return notice


def is_intact(notice: NoticeVersion) -> bool:
    """Whether the stored content still has the hash it was published with (§12.2 page-integrity)."""
    return content_hash(notice.content) == notice.content_hash
