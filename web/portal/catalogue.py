"""The public front: home, catalogue with search and filters, directory of courts, guide for bidders."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get

from auction.listing.catalogue import (
    COUNT_CAP,
    Showing,
    Sort,
    Wanted,
    catalogue,
    counts_by_court,
    counts_on_show,
    ending_soon,
)
from auction.listing.models import LotState, Round
from core.database import Database
from core.errors import InvalidInput
from core.i18n import msg
from disposal_teams.assets.models import AssetKind
from disposal_teams.courts.queries import all_courts
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form
from web.portal.words import KINDS, ROUNDS, SHOWING, SORTS, WITHIN, WORDS
from web.rendering import page

KEPT = ("q", "show", "sort", "round", "kind", "court", "least", "most", "within")
_BIDDING_NOW = (LotState.BIDDING, LotState.SELLOFF_OPEN, LotState.SELLOFF_BIDDING)


@get("/", include_in_schema=False)
async def home(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What is on today."""
    async with database.read(visitor.actor) as work:
        counts = await counts_on_show(work)
        ending = await ending_soon(work, limit=8)
        newest = await catalogue(work, Wanted(sort=Sort.NEWEST, showing=Showing.UPCOMING), limit=8)
        sold = await catalogue(work, Wanted(showing=Showing.SOLD), limit=4)
        courts = await all_courts(work)
        now = work.now
    return page(
        request,
        "portal/home.html",
        bidding=sum(counts.get(state, 0) for state in _BIDDING_NOW),
        upcoming=counts.get(LotState.PUBLISHED, 0),
        ending=ending,
        newest=newest.cards,
        sold=sold.cards,
        courts=courts,
        kind_options=[(str(kind), label) for kind, label in KINDS.items()],
        server_time=now,
        **WORDS,
    )


@get("/lots", include_in_schema=False)
async def lots(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The catalogue. Every filter stands in the address, so that a search can be kept and sent."""
    form = query_form(request)
    wanted = read_wanted(form)
    status = 200
    async with database.read(visitor.actor) as work:
        courts = await all_courts(work)
        if wanted.court_code and wanted.court_code not in {court.code for court in courts}:
            form.errors["court"] = msg("请从列出的选项中选择。")
        found = None
        if form.errors:
            status = 422
        else:
            try:
                found = await catalogue(work, wanted)
            except InvalidInput as error:
                form.refuse(error)
                status = error.status
        now = work.now
    return page(
        request,
        "portal/lots.html",
        status=status,
        form=form,
        found=found,
        count_cap=COUNT_CAP,
        next_href=_href(form, found.next_after) if found and found.next_after else None,
        first_href=_href(form, None) if wanted.after else None,
        filtered=any(form.value(name) for name in KEPT),
        showing_options=[(str(key), label) for key, label in SHOWING.items()],
        sort_options=[(str(key), label) for key, label in SORTS.items()],
        round_options=[(str(key), label) for key, label in ROUNDS.items()],
        kind_options=[(str(key), label) for key, label in KINDS.items()],
        within_options=list(WITHIN.items()),
        courts=courts,
        server_time=now,
        **WORDS,
    )


def read_wanted(form: Form) -> Wanted:
    """The filters of the address; what cannot be read is noted in the form."""
    within = form.choice("within", WITHIN, required=False)
    least = form.yuan("least", required=False)
    most = form.yuan("most", required=False)
    if least and most and least > most:
        form.errors["most"] = msg("最高价不能低于最低价。")
    return Wanted(
        search=form.text("q", required=False, longest=80),
        showing=form.choice("show", Showing, required=False) or Showing.OPEN,
        sort=form.choice("sort", Sort, required=False) or Sort.ENDING,
        round=form.choice("round", Round, required=False),
        kind=form.choice("kind", AssetKind, required=False),
        court_code=form.text("court", required=False, longest=8) or None,
        least_fen=least or None,
        most_fen=most or None,
        within_hours=int(within) if within else None,
        after=form.text("after", required=False, longest=80),
    )


def _href(form: Form, after: str | None) -> str:
    kept = {name: form.value(name) for name in KEPT if form.value(name)}
    if after:
        kept["after"] = after
    return "/lots" + (f"?{urlencode(kept)}" if kept else "")


@get("/courts", include_in_schema=False)
async def courts_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """The directory of the courts."""
    async with database.read(visitor.actor) as work:
        courts = await all_courts(work)
        counts = await counts_by_court(work)
    return page(request, "portal/courts.html", courts=courts, counts=counts)


@get("/guide", include_in_schema=False)
async def guide(request: AnyRequest, visitor: Visitor) -> Response[Any]:
    """How to take part, step by step."""
    return page(request, "portal/guide.html")


route_handlers = [home, lots, courts_page, guide]
