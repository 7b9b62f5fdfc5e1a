"""What the interface for programs answers when it refuses: problem details (RFC 9457), as the schema names them."""

from litestar.openapi.datastructures import ResponseSpec
from msgspec import Struct


class Problem(Struct, omit_defaults=True):
    """A refusal: what is wrong in `detail`, by which `rule`, what to do in `remedy`, and `errors` by field. `reference` finds a
    failure of the service in its log."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    rule: str | None = None
    remedy: str | None = None
    errors: dict[str, str] | None = None
    reference: str | None = None


MEANING = {
    400: "The request cannot be read.",
    401: "Nobody is logged in.",
    403: "The caller may not do this.",
    404: "There is no such thing, or it is not public.",
    409: "What is asked does not fit what has happened.",
    413: "The body is too large.",
    422: "A value cannot be accepted.",
    429: "Too many requests.",
    503: "The service cannot answer now; ask again.",
}


def refuses(*statuses: int) -> dict[int, ResponseSpec]:
    """The refusals of an operation, for its `responses=`. Any operation may also be asked too often or at a bad time."""
    return {
        status: ResponseSpec(
            data_container=Problem,
            description=MEANING[status],
            media_type="application/problem+json",
            generate_examples=False,
        )
        for status in sorted({*statuses, 429, 503})
    }
