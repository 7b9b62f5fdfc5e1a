"""Tell the courts, the superior and the parties what happened to a transfer."""

from core.audit import record
from core.database import Work
from core.documents import Document
from core.i18n import Message, msg
from core.identity import Role
from core.notices import notify
from disposal_teams.assets.models import Asset
from disposal_teams.courts.queries import court_of
from disposal_teams.courts.tell import tell_court
from disposal_teams.transfers.models import TransferRequest
from disposal_teams.transfers.papers import parties_of_both

COURT_ROLES = (Role.COMMAND_CENTRE, Role.BUREAU_DIRECTOR)


async def tell_courts(work: Work, request: TransferRequest, text: Message) -> None:
    """Both courts learn of the step at once (T-25); each sees the same clock on its court page."""
    for court in (request.first_court_code, request.requesting_court_code):
        await tell_court(
            work,
            court,
            *COURT_ROLES,
            key=f"transfer:{request.id}:{request.state}:{work.now.isoformat()}",
            title=msg("处置权移送"),
            body=text,
            link=f"/court/transfers/{request.id}",
        )


async def tell_superior(work: Work, request: TransferRequest, superior_code: str) -> None:
    """The superior learns that a decision is asked of it (T-11)."""
    await tell_court(
        work,
        superior_code,
        Role.INTERMEDIATE_COURT,
        key=f"transfer:{request.id}:{request.state}:{request.decision_due_at}",
        title=msg("移送争议待协调"),
        body=msg(
            "案件 {case_no} 的处置权争议已报请协调，请在期限内决定。", case_no=request.requesting_case_no
        ),
        link=f"/supervision/transfers/{request.id}",
    )


async def tell_parties(work: Work, request: TransferRequest, asset: Asset, paper: Document) -> None:
    """The parties of both cases are told who disposes of the asset from now on (T-04); whoever has no login gets the paper."""
    parties = await parties_of_both(work, request)
    court = await court_of(work, asset.court_code)
    for account_id in {party.account_id for party in parties if party.account_id is not None}:
        await notify(
            work,
            account_id=account_id,
            key=f"transfer:{request.id}:parties:{request.state}",
            title=msg("处置法院变更"),
            body=msg(
                "{asset} 现由 {court} 处置，查封顺位不变。告知书编号 {paper}，可据以在线查阅。",
                asset=asset.title,
                court=court.name,
                paper=str(paper.id),
            ),
            link=f"/documents/{paper.id}",
        )
    await record(
        work,
        "transfer.parties_told",
        stream=f"asset:{request.asset_id}",
        rule="T-04",
        asset_id=asset.id,
        document_id=paper.id,
        transfer=str(request.id),
        parties=[str(party.id) for party in parties],
        by_post=[str(party.id) for party in parties if party.account_id is None],
    )
