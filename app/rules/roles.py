"""Roles, and which of them may do what."""

from enum import StrEnum


class Role(StrEnum):
    """A role as granted. Whoever is on a roster may answer there, whatever else they are: that is no role."""

    ORGANIZER = "organizer"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        return {"organizer": "组织者", "administrator": "管理员"}[self.value]


def includes(held: frozenset[Role], needed: Role) -> bool:
    """An administrator may do all that an organizer may."""
    return needed in held or Role.ADMINISTRATOR in held
