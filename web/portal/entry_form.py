"""Reading what somebody typed to register: for whom, how the deposit is provided, the purchase statement."""

from collections.abc import Mapping
from enum import StrEnum

from auction.purchase_limits.rules import PurchaseStatement
from auction.registration.buyers import OnBehalf, Principal
from auction.registration.models import DepositWay
from core.i18n import Message, msg
from core.sealed_files import MOST_BYTES
from web.forms import Form


class ForWhom(StrEnum):
    """For whom somebody registers."""

    SELF = "self"
    AGENT = "agent"
    TOGETHER = "together"


FOR_WHOM: dict[ForWhom, Message] = {
    ForWhom.SELF: msg("为本人竞买"),
    ForWhom.AGENT: msg("代他人竞买"),
    ForWhom.TOGETHER: msg("与他人联合竞买"),
}
WAYS: dict[DepositWay, Message] = {
    DepositWay.TRANSFER: msg("转入法院账户"),
    DepositWay.FREEZE: msg("在平台冻结"),
}
KINDS: dict[str, Message] = {"person": msg("自然人"), "organisation": msg("法人或其他组织")}
FIELD_LABELS: dict[str, Message] = {
    "accept": msg("竞买须知"),
    "for_whom": msg("为谁竞买"),
    "way": msg("保证金缴纳方式"),
    "may_buy": msg("购房资格"),
    "certificate": msg("购房资格证明编号"),
    "own_share": msg("本人份额"),
    "file": msg("文件"),
    "file2": msg("第二个文件"),
    "statement": msg("事实和理由"),
    "kind": msg("权利性质"),
    **{f"name{place}": msg("第 {place} 位姓名或名称", place=place) for place in range(1, 10)},
    **{f"number{place}": msg("第 {place} 位证件号码", place=place) for place in range(1, 10)},
    **{f"share{place}": msg("第 {place} 位份额", place=place) for place in range(1, 10)},
}


def read_for_whom(form: Form) -> ForWhom:
    """For whom; for oneself when nothing was said."""
    return form.choice("for_whom", ForWhom, required=False) or ForWhom.SELF


def read_people(form: Form, *, most: int) -> int:
    """How many others are entered."""
    return form.integer("people", least=1, most=most, required=False) or 1


def read_on_behalf(form: Form, *, most: int) -> OnBehalf | None:
    """The others for whom somebody acts; faults of single fields are noted in the form."""
    for_whom = read_for_whom(form)
    if for_whom is ForWhom.SELF:
        return None
    principals = [read_principal(form, place) for place in range(1, read_people(form, most=most) + 1)]
    return OnBehalf(
        tuple(principals),
        together=for_whom is ForWhom.TOGETHER,
        own_share=form.text("own_share", required=False, longest=20),
    )


def read_principal(form: Form, place: int) -> Principal:
    """One of the others."""
    return Principal(
        name=form.text(f"name{place}", longest=80),
        number=form.text(f"number{place}", longest=30),
        is_organisation=form.choice(f"kind{place}", KINDS, required=False) == "organisation",
        share=form.text(f"share{place}", required=False, longest=20),
    )


def read_way(form: Form) -> DepositWay:
    """How the deposit is provided."""
    return form.choice("way", DepositWay, required=False) or DepositWay.TRANSFER


def read_purchase(form: Form) -> PurchaseStatement | None:
    """The statement on the qualification to buy; None when nothing was said."""
    answer = form.choice("may_buy", ("yes", "no"), required=False)
    if answer is None:
        return None
    return PurchaseStatement(
        may_buy=answer == "yes", certificate=form.text("certificate", required=False, longest=80)
    )


def kept(form: Form) -> Mapping[str, str]:
    """Everything typed, to be carried through the check page."""
    left_out = {"csrf", "once", "accept"}
    return {name: form.value(name) for name in form.values if name not in left_out and form.value(name)}


async def read_files(form: Form) -> list[tuple[str, bytes]]:
    """One or two uploaded files; faults are noted in the form, and the files are taken out of what is shown again."""
    files = []
    first = await form.upload("file", most_bytes=MOST_BYTES)
    if first is not None:
        files.append(first)
    second = form.values.get("file2")
    if getattr(second, "filename", ""):
        more = await form.upload("file2", most_bytes=MOST_BYTES)
        if more is not None:
            files.append(more)
    form.values.pop("file", None)
    form.values.pop("file2", None)
    return files
