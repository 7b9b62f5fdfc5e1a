"""Who may open a page at all. What may be done there is checked again by each use case."""

from core.errors import NotPermitted
from core.i18n import msg
from core.identity import Actor, Role
from web.access.visitor import Visitor


def require_login(visitor: Visitor) -> Actor:
    """The actor. Raises `NotPermitted` for an anonymous visitor (answered with the login form)."""
    if not visitor.is_logged_in:
        raise NotPermitted(msg("请先登录，再办理此事项。"))
    return visitor.actor


def require_role(visitor: Visitor, *roles: Role) -> Actor:
    """The actor, who holds one of the roles. Raises `NotPermitted`."""
    actor = require_login(visitor)
    if not actor.has(*roles):
        raise NotPermitted(msg("本页面仅供有相应岗位的人员使用。请更换账号登录。"), rule="P-03")
    return actor


def require_staff(visitor: Visitor) -> Actor:
    """The actor, who belongs to a court. Raises `NotPermitted`."""
    actor = require_login(visitor)
    if not actor.is_staff:
        raise NotPermitted(msg("本页面仅供法院工作人员使用。"), rule="P-03")
    return actor
