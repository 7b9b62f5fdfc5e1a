"""What browsers and search engines ask for without being told."""

from litestar import MediaType, get
from litestar.response import Redirect

from web.assets import asset_url

OPEN_TO_SEARCH = """User-agent: *
Disallow: /my
Disallow: /team
Disallow: /court/
Disallow: /finance
Disallow: /supervision
Disallow: /preferences
Disallow: /login
Allow: /
"""


@get("/robots.txt", include_in_schema=False, media_type=MediaType.TEXT)
async def robots() -> str:
    """Public lots may be found by search engines, the rest need not."""
    return OPEN_TO_SEARCH


@get("/favicon.ico", include_in_schema=False)
async def favicon() -> Redirect:
    """The emblem."""
    return Redirect(asset_url("icon.svg"), status_code=302)


route_handlers = [robots, favicon]
