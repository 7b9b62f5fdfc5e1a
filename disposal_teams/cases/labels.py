"""The court's words for the persons of a case. Chinese is the key of every translation."""

from disposal_teams.cases.models import PartyRole

PARTY_ROLE_LABELS: dict[PartyRole, str] = {
    PartyRole.APPLICANT: "申请执行人",
    PartyRole.DEBTOR: "被执行人",
    PartyRole.PRIORITY_CREDITOR: "优先债权人",
    PartyRole.WAITING_SEAL_CREDITOR: "轮候查封债权人",
    PartyRole.CO_OWNER: "共有人",
    PartyRole.TENANT: "承租人",
    PartyRole.SHAREHOLDER: "股东",
    PartyRole.OTHER: "其他",
}
