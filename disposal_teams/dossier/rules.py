"""The catalogue of a dossier, and who may keep and oversee it (P-03). Pure."""

from core.identity import Actor, Permission, Role, may
from disposal_teams.dossier.models import DossierKind

K = DossierKind

KIND_LABELS: dict[DossierKind, str] = {
    K.FILING: "立案材料",
    K.ENFORCEMENT_TITLE: "执行依据",
    K.SERVICE: "送达材料",
    K.PROPERTY_SEARCH: "财产查控",
    K.SEAL_PAPERS: "查封扣押冻结材料",
    K.SURVEY: "财产调查材料",
    K.PHOTO: "标的物照片原件",
    K.VALUATION: "参考价材料",
    K.SALE: "拍卖变卖材料",
    K.MINUTES: "笔录和合议材料",
    K.PARTY_PAPERS: "当事人提交的材料",
    K.MONEY: "案款材料",
    K.HAND_OVER: "移送交接材料",
    K.OTHER: "其他",
}

TAKEN_AS: dict[str, DossierKind] = {"title": K.ENFORCEMENT_TITLE, "seal_ruling": K.SEAL_PAPERS}
"""Which item of the dossier is the paper that an instruction demands (by the code of `instructions/kinds.py`)."""

INTERNAL = frozenset({K.MINUTES})
"""The panel's deliberation stays in the court that deliberated: no instruction and no transfer opens it."""

OVERSEERS = (
    Role.CASE_OFFICER,
    Role.BUREAU_DIRECTOR,
    Role.VICE_PRESIDENT,
    Role.PRESIDENT,
    Role.INTERMEDIATE_COURT,
)


def may_keep(actor: Actor, court_code: str) -> bool:
    """Whether the actor may add to the dossiers of that court: its own people only, also from above."""
    return may(actor, Permission.KEEP_DOSSIER, court_code=court_code) and (
        actor.court_code == court_code or actor.has(Role.SYSTEM)
    )


def may_see_readers(actor: Actor, court_code: str) -> bool:
    """Whether the actor is shown who opened what: the officers and heads of the court, and the court above."""
    return actor.has(Role.SYSTEM) or (
        actor.has(*OVERSEERS) and may(actor, Permission.SEE_COURT_FILES, court_code=court_code)
    )


def goes_out(kind: DossierKind, *, is_void: bool) -> bool:
    """Whether an item is shown to a court that an instruction or a transfer lets in (P-03)."""
    return not is_void and kind not in INTERNAL
