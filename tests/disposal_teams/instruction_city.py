"""Two courts and the one above them with people, and instructions on their way between them."""

from dataclasses import dataclass
from uuid import UUID

from core.database import Work
from core.identity import Actor, Role
from core.identity.accounts import as_actor, open_account
from core.ids import new_id
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.register import add_party
from disposal_teams.instructions.carry_out import report_result, start_work
from disposal_teams.instructions.draft import draft_instruction
from disposal_teams.instructions.files import Upload, attach_file
from disposal_teams.instructions.kinds import KINDS
from disposal_teams.instructions.models import Instruction, InstructionKind, Result, Urgency
from disposal_teams.instructions.receive import assign, sign_in
from disposal_teams.instructions.send import submit_instruction
from tests.disposal_teams.city import HUQIU, MIDDLE, WUZHONG, Disputed, acting, make_disputed

PDF = b"%PDF-1.7 paper "


@dataclass(slots=True)
class People:
    """Who acts at the sender 虎丘, at the receiver 吴中, and at the court above."""

    made: Disputed
    officer: Actor
    director: Actor
    centre: Actor
    specialist: Actor
    other: Actor
    their_director: Actor
    bureau: Actor
    party_id: UUID


async def settle(work: Work) -> People:
    """A city in which 虎丘 has a case with an asset, and 吴中 a command centre with two specialists."""
    made = await make_disputed(work)

    async def person(name: str, court: str, *roles: Role) -> Actor:
        account = await open_account(
            work,
            login=f"{name}-{new_id().hex[-10:]}",
            password_hash="x",
            display_name=name,
            roles=set(roles),
            court_code=court,
        )
        return as_actor(account)

    officer = await person("虎丘承办", HUQIU, Role.CASE_OFFICER)
    party = await add_party(
        acting(work, officer), made.first_case, role=PartyRole.DEBTOR, name="被执行人甲", phone="13800000000"
    )
    return People(
        made,
        officer,
        await person("虎丘局长", HUQIU, Role.BUREAU_DIRECTOR),
        await person("吴中指挥中心", WUZHONG, Role.COMMAND_CENTRE),
        await person("吴中专员", WUZHONG, Role.CASE_OFFICER),
        await person("吴中另一人", WUZHONG, Role.CASE_OFFICER),
        await person("吴中局长", WUZHONG, Role.BUREAU_DIRECTOR),
        await person("中院执行局", MIDDLE, Role.INTERMEDIATE_COURT, Role.BUREAU_DIRECTOR),
        party.id,
    )


async def drafted(
    work: Work,
    people: People,
    kind: InstructionKind = InstructionKind.FIND,
    *,
    with_papers: bool = True,
    urgency: Urgency = Urgency.NORMAL,
    to_court: str = WUZHONG,
) -> Instruction:
    """A draft of 虎丘 in its case, with the papers that its type demands."""
    own = acting(work, people.officer)
    instruction = await draft_instruction(
        own,
        case_id=people.made.first_case.id,
        kind=kind,
        to_court=to_court,
        subject="查找被执行人下落",
        request="请到吴中区某小区查找被执行人并核实其名下车辆。",
        urgency=urgency,
        asset_id=people.made.asset.id if KINDS[kind].needs_asset else None,
        party_ids=[people.party_id],
        linked_case_no=people.made.waiting_case.case_no,
    )
    for number, paper in enumerate(KINDS[kind].papers if with_papers else ()):
        upload = Upload(f"{paper.title}.pdf", PDF + str(number).encode())
        await attach_file(own, instruction.id, upload, paper=paper.code)
    return instruction


async def sent(work: Work, people: People, **given: object) -> Instruction:
    """One of simple help that has been delivered."""
    instruction = await drafted(work, people, **given)  # type: ignore[arg-type]
    return await submit_instruction(acting(work, people.officer), instruction.id)


async def under_way(work: Work, people: People, **given: object) -> Instruction:
    """One that the specialist of 吴中 is working on."""
    instruction = await sent(work, people, **given)
    centre = acting(work, people.centre)
    await sign_in(centre, instruction.id)
    assert people.specialist.account_id is not None
    await assign(centre, instruction.id, people.specialist.account_id)
    return await start_work(acting(work, people.specialist), instruction.id)


async def reported(work: Work, people: People, **given: object) -> Instruction:
    """One whose result waits for the verdict of 虎丘."""
    instruction = await under_way(work, people, **given)
    specialist = acting(work, people.specialist)
    await attach_file(specialist, instruction.id, Upload("查询记录.pdf", PDF + b"record"))
    return await report_result(
        specialist, instruction.id, result=Result.DONE, feedback="已找到被执行人，车辆停放于某停车场。"
    )
