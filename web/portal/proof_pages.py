"""Hand in a proof of the qualification to buy (B-17)."""

from typing import Any

from litestar import Response, post

from auction.purchase_limits.proofs import hand_in_proof
from auction.registration.models import Registration
from auction.settlement.queries import own_sale
from core.database import Database
from core.errors import DisposalError, NotFound
from core.i18n import msg
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.forms import read_form
from web.portal.entry_form import read_files
from web.portal.my import show_purchase
from web.rendering import see_other


@post("/my/purchases/{lot_no:str}/proof", include_in_schema=False)
async def hand_in(request: AnyRequest, database: Database, visitor: Visitor, lot_no: str) -> Response[Any]:
    """Keep the certificate, sealed, for the check before the ruling."""
    actor = require_login(visitor)
    form = await read_form(request)
    as_of, number = form.day("as_of"), form.text("number", longest=80)
    files = await read_files(form)
    if not files and "file" not in form.errors:
        form.errors["file"] = msg("请上传证明文件。")
    if not form.is_bad and as_of is not None:
        try:
            async with database.begin(actor) as work:
                sale = await own_sale(work, lot_no)
                entry = await work.session.get_one(Registration, sale.settlement.registration_id)
                await hand_in_proof(
                    work, entry, sale.lot, as_of=as_of, number=number, name=files[0][0], content=files[0][1]
                )
            return see_other(request, f"/my/purchases/{lot_no}", said=msg("购房资格证明已提交。"))
        except NotFound:
            raise
        except DisposalError as error:
            form.refuse(error)
    return await show_purchase(request, database, actor, lot_no, form)


route_handlers = [hand_in]
