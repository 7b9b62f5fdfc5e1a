"""For whom somebody registers: for oneself, for others (代理), or together with others (联合竞买). Pure."""

from dataclasses import dataclass

from auction.registration.identity import CoBuyer
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity_number import checked_credit_code, checked_identity_number
from disposal_teams.plain_text import clean_text


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody for whom the person who acts registers. `number`: identity number, or the organisation's credit code."""

    name: str
    number: str
    is_organisation: bool = False
    share: str = ""


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """The people for whom somebody acts; `together`: who acts is one of the buyers (the first)."""

    principals: tuple[Principal, ...]
    together: bool = False
    own_share: str = ""


def buyers_of(on_behalf: OnBehalf | None, *, own_name: str, own_number: str) -> tuple[CoBuyer, ...]:
    """Everybody who buys, with checked numbers. Raises `InvalidInput` by field (`name1`, `number1`, …)."""
    if on_behalf is None:
        return (CoBuyer(own_name, own_number),)
    fields: dict[str, Message] = {}
    buyers = [CoBuyer(own_name, own_number, _share(on_behalf.own_share, "own_share", fields))]
    if not on_behalf.principals:
        fields["name1"] = msg("请填写委托人的姓名或名称。")
    for place, principal in enumerate(on_behalf.principals, start=1):
        name = clean_text(principal.name, f"name{place}", fields, longest=80)
        check = checked_credit_code if principal.is_organisation else checked_identity_number
        try:
            number = check(principal.number)
        except InvalidInput as error:
            fields[f"number{place}"] = error.message
            continue
        buyers.append(CoBuyer(name, number, _share(principal.share, f"share{place}", fields)))
    if fields:
        raise InvalidInput(msg("买受人信息有误，请按提示修改。"), fields=fields, rule="B-13")
    return tuple(buyers if on_behalf.together else buyers[1:])


def _share(text: str, field: str, fields: dict[str, Message]) -> str:
    return clean_text(text, field, fields, longest=20, required=False)
