"""The forms of a page as a person would fill them in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass(slots=True)
class FoundForm:
    """A form of a page: where it goes, and what may be sent for each of its fields."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    def answers(self) -> Iterator[dict[str, str]]:
        """Each choice of each field once, the others at their first; typed fields hold something plausible."""
        first = {name: values[0] for name, values in self.fields.items()}
        yield first
        for name, values in self.fields.items():
            yield from (first | {name: value} for value in values[1:])


TYPED = {"date": "2026-01-05", "datetime-local": "2026-01-05T10:00", "number": "3", "checkbox": "1"}


class Forms(HTMLParser):
    """The posted forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[FoundForm] = []
        self._selected = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note forms, their fields and choices."""
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(FoundForm(got.get("action", "") if got.get("method") == "post" else ""))
        if not self.found:
            return
        fields = self.found[-1].fields
        if tag == "select":
            self._selected = got.get("name", "")
        elif tag == "option" and got.get("value"):
            fields.setdefault(self._selected, []).append(got["value"])
        elif (tag in {"input", "textarea"} or (tag == "button" and "value" in got)) and got.get("name"):
            typed = TYPED.get(got.get("type", ""), "依法核查后记录")
            fields.setdefault(got["name"], []).append(got.get("value") or typed)
