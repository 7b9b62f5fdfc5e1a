"""Fields that only the court's own forms have."""

from decimal import Decimal, InvalidOperation

from core.errors import InvalidInput
from core.i18n import msg
from web.forms import Form


def square_metres(form: Form, name: str) -> Decimal | None:
    """An area in square metres with at most two decimals; optional."""
    text = form.text(name, required=False, longest=20).replace(",", "")
    if not text or name in form.errors:
        return None
    try:
        area = Decimal(text)
    except InvalidOperation:
        area = Decimal("NaN")
    if not area.is_finite() or area <= 0 or area >= 10**10:
        form.errors[name] = msg("面积须为正数，单位平方米。")
        return None
    return area.quantize(Decimal("0.01"))


def as_refusal(form: Form) -> InvalidInput:
    """The faults of a form that has no page of its own."""
    return InvalidInput(msg("填写有误，请返回上一页按提示修改。"), fields=form.errors)


def panel_members(form: Form) -> list[str]:
    """The names of a panel as the form's fields member1 to member5 give them; the first three are required (B-03)."""
    names = [form.text(f"member{number}", required=number <= 3, longest=40) for number in range(1, 6)]
    return [name for name in names if name]
