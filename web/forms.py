"""Reading forms: every value is cleaned and checked, every fault is told next to its field, nothing typed is lost.

    form = await read_form(request)
    title = form.text("title", longest=200)
    price = form.yuan("price")
    if form.is_bad:
        return page(request, "team/draft.html", form=form, status=form.status)

A refused use case goes into the same form: `form.refuse(error)`.
"""

import re
import unicodedata
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from litestar.datastructures import UploadFile

from core.clock import COURT_ZONE
from core.errors import DisposalError, InvalidInput
from core.i18n import Message, msg
from core.identity_number import checked_identity_number
from core.money import parse_yuan
from web.access.visitor import AnyRequest, has_control_characters

LONGEST = 2000
_DAY = re.compile(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(_DAY.pattern + r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?")
Choice = TypeVar("Choice", bound=str)


class Form:
    """What was typed, what is wrong with it, and which refusal it met."""

    def __init__(
        self,
        values: dict[str, Any],
        lists: dict[str, list[str]] | None = None,
        files: dict[str, list[UploadFile]] | None = None,
    ) -> None:
        self.values = values
        self.lists = lists or {}
        self.files = files or {}
        self.errors: dict[str, Message] = {}
        self.refused: DisposalError | None = None

    @classmethod
    def blank(cls, **values: Any) -> "Form":
        """An empty form, or one with values to start from."""
        return cls({name: "" if value is None else value for name, value in values.items()})

    @property
    def is_bad(self) -> bool:
        """Whether any field was refused."""
        return bool(self.errors)

    @property
    def status(self) -> int:
        """The answer that shows this form: of its refusal, 422 with faults in its fields, otherwise 200."""
        if self.refused is not None:
            return self.refused.status
        return 422 if self.errors else 200

    def refuse(self, error: DisposalError) -> None:
        """Keep the refusal of a use case, so that the page shows it (and its fields) above the form."""
        self.refused = error
        if isinstance(error, InvalidInput):
            self.errors.update(error.fields)

    def value(self, name: str) -> str:
        """What was typed, for showing it again."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else str(value)

    def text(self, name: str, *, required: bool = True, longest: int = LONGEST, lines: bool = False) -> str:
        """Cleaned text: trimmed, NFC, no control or direction characters."""
        raw = self.values.get(name, "")
        if not isinstance(raw, str):
            self.errors[name] = msg("请填写文字。")
            return ""
        value = unicodedata.normalize("NFC", raw.replace("\r\n", "\n")).strip()
        if has_control_characters(value) or (not lines and "\n" in value):
            self.errors[name] = msg("含有不可见的控制字符，请删除后重新填写。")
        elif required and not value:
            self.errors[name] = msg("此项必填。")
        elif len(value) > longest:
            self.errors[name] = msg(
                "最多 {longest} 个字，现有 {count} 个。", longest=longest, count=len(value)
            )
        return value

    def yuan(self, name: str, *, required: bool = True, least_fen: int = 0) -> int:
        """An amount typed in yuan, as fen."""
        text = self.text(name, required=required, longest=40)
        if name in self.errors or not text:
            return 0
        try:
            fen = parse_yuan(text)
        except InvalidInput as error:
            self.errors[name] = error.message
            return 0
        if fen < least_fen:
            self.errors[name] = msg("金额过小，请核对。")
        return fen

    def integer(self, name: str, *, least: int, most: int, required: bool = True) -> int:
        """A whole number within bounds."""
        text = unicodedata.normalize("NFKC", self.text(name, required=required, longest=20))
        if name in self.errors or not text:
            return 0
        if not re.fullmatch(r"-?\d{1,18}", text):
            self.errors[name] = msg("请填写整数。")
            return 0
        number = int(text)
        if not least <= number <= most:
            self.errors[name] = msg("请填写 {least} 到 {most} 之间的整数。", least=least, most=most)
        return number

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A calendar day (YYYY-MM-DD)."""
        text = self.text(name, required=required, longest=10)
        if name in self.errors or not text:
            return None
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.errors[name] = msg("日期格式应为 2026-01-31。")
        return None

    def moment(self, name: str, *, required: bool = True) -> datetime | None:
        """A moment typed in court time (YYYY-MM-DDTHH:MM), as aware UTC."""
        text = self.text(name, required=required, longest=19)
        if name in self.errors or not text:
            return None
        try:
            if _MOMENT.fullmatch(text):
                return datetime.fromisoformat(text).replace(tzinfo=COURT_ZONE).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        self.errors[name] = msg("时间格式应为 2026-01-31 10:00。")
        return None

    def choice(self, name: str, allowed: Iterable[Choice], *, required: bool = True) -> Choice | None:
        """One of the offered values."""
        text = self.text(name, required=required, longest=80)
        if name in self.errors or not text:
            return None
        for each in allowed:
            if text == each:
                return each
        self.errors[name] = msg("请从列出的选项中选择。")
        return None

    def identifier(self, name: str) -> UUID | None:
        """An id that the page put into the form."""
        text = self.text(name, longest=40)
        try:
            return UUID(text)
        except ValueError:
            self.errors.setdefault(name, msg("请从列出的选项中选择。"))
            return None

    def identity_number(self, name: str) -> str:
        """An identity number with a right check digit (GB 11643)."""
        text = self.text(name, longest=30)
        if name in self.errors:
            return ""
        try:
            return checked_identity_number(text)
        except InvalidInput as error:
            self.errors[name] = error.message
            return ""

    def flag(self, name: str, *, required: bool = False) -> bool:
        """A ticked box; `required` for a consent."""
        ticked = self.values.get(name) not in (None, "", "0", "false")
        if required and not ticked:
            self.errors[name] = msg("请勾选确认后继续。")
        return ticked

    def many(self, name: str, *, most: int = 100) -> list[str]:
        """All values of a repeated field."""
        values = [unicodedata.normalize("NFC", each).strip() for each in self.lists.get(name, ())]
        values = [each for each in values if each]
        if len(values) > most:
            self.errors[name] = msg("最多选择 {most} 项。", most=most)
        elif any(len(each) > LONGEST or has_control_characters(each) for each in values):
            self.errors[name] = msg("请从列出的选项中选择。")
        return [] if name in self.errors else values

    def identifiers(self, name: str) -> list[UUID]:
        """The ids of a repeated field, at least one."""
        try:
            chosen = [UUID(each) for each in self.many(name)]
        except ValueError:
            chosen = []
        if not chosen:
            self.errors.setdefault(name, msg("请至少选择一项。"))
        return chosen

    async def upload(self, name: str, *, most_bytes: int) -> tuple[str, bytes] | None:
        """An uploaded file as (name, content)."""
        file = self.values.get(name)
        if not isinstance(file, UploadFile):
            self.errors[name] = msg("请选择文件。")
            return None
        content = await file.read(most_bytes + 1)
        if len(content) > most_bytes:
            self.errors[name] = msg("文件过大，最多 {size} MB。", size=most_bytes // 1_000_000)
            return None
        if not content:
            self.errors[name] = msg("文件是空的，请重新选择。")
            return None
        return file.filename[-200:], content

    async def uploads(self, name: str, *, most: int, most_bytes: int) -> list[tuple[str, bytes]]:
        """One or several files of one field, each as (name, content)."""
        chosen = [file for file in self.files.get(name, []) if file.filename]
        read = [(file.filename[-200:], await file.read(most_bytes + 1)) for file in chosen]
        if not read or not all(content for _, content in read):
            self.errors[name] = msg("请选择文件。") if not read else msg("文件是空的，请重新选择。")
        elif len(read) > most:
            self.errors[name] = msg("一次最多 {most} 个文件。", most=most)
        elif any(len(content) > most_bytes for _, content in read):
            self.errors[name] = msg("文件过大，最多 {size} MB。", size=most_bytes // 1_000_000)
        return [] if name in self.errors else read

    async def one_by_one(self, name: str, *, most: int, most_bytes: int) -> AsyncIterator[tuple[str, bytes]]:
        """The files of one field, each read only when it is its turn: large ones wait on the disk. A field without a file or
        with more than `most` gets its fault and yields nothing."""
        chosen = [file for file in self.files.get(name, []) if file.filename]
        if not chosen:
            self.errors[name] = msg("请选择文件。")
        elif len(chosen) > most:
            self.errors[name] = msg("一次最多 {most} 个文件。", most=most)
        else:
            for file in chosen:
                yield file.filename[-200:], await file.read(most_bytes + 1)
                await file.close()

    def once(self) -> str:
        """The one-time key that the page put into the form; the same for a replayed request."""
        key = self.values.get("once", "")
        return key if isinstance(key, str) and re.fullmatch(r"[0-9A-Za-z-]{1,64}", key) else ""


async def read_form(request: AnyRequest) -> Form:
    """The submitted form."""
    data = await request.form()
    lists: dict[str, list[str]] = {}
    files: dict[str, list[UploadFile]] = {}
    for name, value in data.multi_items():
        if isinstance(value, str):
            lists.setdefault(name, []).append(value)
        elif isinstance(value, UploadFile):
            files.setdefault(name, []).append(value)
    return Form(dict(data.items()), lists, files)


def query_form(request: AnyRequest) -> Form:
    """The query string as a form, for filters."""
    lists = {name: request.query_params.getall(name) for name in request.query_params}
    return Form({name: values[-1] for name, values in lists.items()}, lists)
