"""Who acts: accounts, roles, permissions, sessions."""

from core.identity.actor import ANONYMOUS, STAFF_ROLES, SYSTEM, Actor, Role
from core.identity.permissions import Permission, may, require

__all__ = ["ANONYMOUS", "STAFF_ROLES", "SYSTEM", "Actor", "Permission", "Role", "may", "require"]
