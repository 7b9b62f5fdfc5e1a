"""The special disclosures of a draft and its tax table: what, from where, of which day; who bears it (B-15, B-90)."""

from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from litestar import Response, get, post

from auction.listing.checklist_facts import checklist_of
from auction.listing.defaults import as_newly_surveyed
from auction.listing.disclosure import Disclosure, Fact, Tax, read_disclosure
from auction.listing.draft_lot import EDITABLE_STATES, edit_draft
from auction.listing.models import LotState
from auction.listing.queries import open_lot_file
from auction.listing.special_disclosures import special_items
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from core.identity import Actor, Permission, may
from disposal_teams.assets.models import AssetKind
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, read_form
from web.rendering import page, see_other

MOST_TAXES = 12
PAYERS = ("买受人", "被执行人（从案款中扣缴）")


@get("/team/lots/{lot_no:str}/disclosures", include_in_schema=False)
async def show_disclosures(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """What the notice discloses of this kind of asset, to be read or edited."""
    return await _show(request, database, require_staff(visitor), lot_no, None)


async def _show(
    request: AnyRequest, database: Database, actor: Actor, lot_no: str, form: Form | None
) -> Response[Any]:
    async with database.read(actor) as work:
        lot = await open_lot_file(work, lot_no)
        disclosure = read_disclosure(lot.disclosure)
        editable = LotState(lot.state) in EDITABLE_STATES
        lines = await checklist_of(work, lot) if editable else []
        items = special_items(AssetKind(lot.asset_kind))
        gaps = {line.id: line.evidence for line in lines if not line.ok}
    return page(
        request,
        "listing/disclosures.html",
        status=form.status if form else 200,
        form=form or _form(disclosure),
        lot=lot,
        items=items,
        gaps=gaps,
        disclosure=disclosure,
        may_edit=editable and may(actor, Permission.DRAFT_LISTING, court_code=lot.court_code),
        tax_rows=range(1, min(MOST_TAXES, len(disclosure.taxes) + 3) + 1),
        payers=PAYERS,
        server_time=work.now,
    )


def _form(disclosure: Disclosure) -> Form:
    values: dict[str, Any] = {}
    for code, fact in disclosure.special.items():
        values |= {
            f"special_{code}": fact.text,
            f"source_{code}": fact.source,
            f"day_{code}": fact.as_of.isoformat() if fact.as_of else "",
        }
    for place, tax in enumerate(disclosure.taxes, start=1):
        values |= {
            f"tax_name{place}": tax.name,
            f"tax_payer{place}": tax.payer,
            f"tax_basis{place}": tax.basis,
            f"tax_rate{place}": "" if tax.rate_bp is None else f"{tax.rate_bp / 100:g}",
        }
    return Form.blank(**values)


@post("/team/lots/{lot_no:str}/disclosures", include_in_schema=False)
async def save_disclosures(
    request: AnyRequest, database: Database, visitor: Visitor, lot_no: str
) -> Response[Any]:
    """Keep what was typed, or take everything anew from the newest survey."""
    actor = require_staff(visitor)
    form = await read_form(request)
    anew = form.value("step") == "survey"
    async with database.read(actor) as work:
        kind = AssetKind((await open_lot_file(work, lot_no)).asset_kind)
    special = {} if anew else read_special(form, kind)
    taxes = [] if anew else read_taxes(form)
    if form.is_bad:
        return await _show(request, database, actor, lot_no, form)
    try:
        async with database.begin(actor) as work:
            lot = await open_lot_file(work, lot_no)
            before = read_disclosure(lot.disclosure)
            if anew:
                after = await as_newly_surveyed(work, lot)
            else:
                after = msgspec.structs.replace(before, special=special, taxes=taxes)
            await edit_draft(work, lot.id, disclosure=after)
    except NotFound:
        raise
    except DisposalError as error:
        form.refuse(error)
        return await _show(request, database, actor, lot_no, form)
    said = msg("已按最新调查表更新披露事项。") if anew else msg("披露事项已保存。")
    return see_other(request, f"/team/lots/{lot_no}/disclosures", said=said)


def read_special(form: Form, kind: AssetKind) -> dict[str, Fact]:
    """The items of B-15 as typed; an empty one is left out."""
    special: dict[str, Fact] = {}
    for item in special_items(kind):
        text = form.text(f"special_{item.code}", required=False, longest=1000, lines=True)
        source = form.text(f"source_{item.code}", required=False, longest=200)
        as_of = form.day(f"day_{item.code}", required=False)
        if text:
            special[item.code] = Fact(item=item.label, text=text, source=source, as_of=as_of)
    return special


def read_taxes(form: Form) -> list[Tax]:
    """The tax table as typed; rows without a name are left out. A rate in percent, empty where the tax office assesses."""
    taxes = []
    for place in range(1, MOST_TAXES + 1):
        name = form.text(f"tax_name{place}", required=False, longest=40)
        if not name:
            continue
        payer = form.text(f"tax_payer{place}", longest=40)
        basis = form.text(f"tax_basis{place}", required=False, longest=200)
        taxes.append(Tax(name=name, payer=payer, basis=basis, rate_bp=_rate(form, f"tax_rate{place}")))
    return taxes


def _rate(form: Form, name: str) -> int | None:
    typed = form.text(name, required=False, longest=8).removesuffix("%").strip()
    if not typed:
        return None
    try:
        rate = Decimal(typed) * 100
    except InvalidOperation:
        rate = Decimal("NaN")
    if not rate.is_finite() or not 0 <= rate <= 10_000 or rate != rate.to_integral_value():
        form.errors[name] = msg("税率填写百分数，最多两位小数，例如 3 或 0.05。")
        return None
    return int(rate)


route_handlers = [show_disclosures, save_disclosures]
