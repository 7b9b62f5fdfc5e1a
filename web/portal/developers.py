"""The open interface for programs: its rules, and every operation as the schema tells it."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from web.access.visitor import AnyRequest
from web.rendering import page

SCHEMA_PATH = "/api/schema"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a program can ask for."""

    method: str
    path: str
    description: str
    parameters: list[dict[str, Any]]
    answers: list[str]


def operations(schema: dict[str, Any]) -> list[Operation]:
    """The operations of an OpenAPI schema, in the order of their addresses."""
    found = []
    for path, item in sorted(schema.get("paths", {}).items()):
        for method in METHODS:
            if (told := item.get(method)) is None:
                continue
            found.append(
                Operation(
                    method.upper(),
                    path,
                    told.get("description") or told.get("summary") or "",
                    told.get("parameters", []),
                    sorted(told.get("responses", {})),
                )
            )
    return found


@get("/developers", include_in_schema=False)
async def developers_page(request: AnyRequest) -> Response[Any]:
    """How programs use the service."""
    return page(
        request,
        "portal/developers.html",
        operations=operations(request.app.openapi_schema.to_schema()),
        schema_path=SCHEMA_PATH,
    )


route_handlers = [developers_page]
