"""The public list of results: permanent, newest first."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get

from auction.listing.models import Round
from auction.results.queries import Outcome, Results, ended_lots
from core.database import Database
from core.errors import DisposalError
from core.i18n import msg
from disposal_teams.courts.queries import all_courts
from web.access.visitor import AnyRequest, Visitor
from web.forms import Form, query_form
from web.portal.words import ROUNDS, STATES, WORDS
from web.rendering import page, translated

KEPT = ("outcome", "round", "court")


@get("/results", include_in_schema=False)
async def results_page(request: AnyRequest, database: Database, visitor: Visitor) -> Response[Any]:
    """What was sold, for how much, and what was not."""
    form = query_form(request)
    outcome = form.choice("outcome", Outcome, required=False)
    round_ = form.choice("round", Round, required=False)
    court = form.text("court", required=False, longest=8) or None
    after = form.text("after", required=False, longest=80)
    found = Results([], None)
    async with database.read(visitor.actor) as work:
        courts = await all_courts(work)
        if court and court not in {each.code for each in courts}:
            form.errors["court"] = msg("请从列出的选项中选择。")
        if not form.is_bad:
            try:
                found = await ended_lots(work, outcome=outcome, round_=round_, court_code=court, after=after)
            except DisposalError as error:
                form.refuse(error)
    states: dict[Any, Any] = {str(state): label for state, label in STATES.items()}
    return page(
        request,
        "results/results.html",
        status=form.status,
        form=form,
        results=found.rows,
        next_href=_href(form, found.next_after) if found.next_after else None,
        first_href=_href(form, None) if after else None,
        outcomes=[(str(each), translated(request, states[str(each)])) for each in Outcome],
        round_options=[(str(each), translated(request, label)) for each, label in ROUNDS.items()],
        court_options=[(each.code, translated(request, each.short_name)) for each in courts],
        court_names={each.code: each.short_name for each in courts},
        **WORDS,
    )


def _href(form: Form, after: str | None) -> str:
    kept = {name: form.value(name) for name in KEPT if form.value(name)}
    if after:
        kept["after"] = after
    return "/results" + (f"?{urlencode(kept)}" if kept else "")


route_handlers = [results_page]
