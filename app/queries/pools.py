"""Item pools and terms, kept in memory: a version of either is frozen, so what was read once stays true."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from app.database import db, kept, table
from app.models import ItemPool, Terms
from app.rules.assembly import PoolItem
from app.rules.question import Picture, QuestionKind
from app.rules.terms import ContestTerms


@dataclass(frozen=True)
class Item:
    """A frozen question of a pool. Only grading and a review that the rule allows read its `key` and `explanation`."""

    section: int
    kind: QuestionKind
    stem: str
    options: tuple[str, ...]
    key: tuple[int, ...]
    explanation: str
    source: str
    topic: str = ""
    difficulty: int | None = None
    pictures: tuple[Picture, ...] = ()

    def pictures_of(self, option: int | None) -> tuple[Picture, ...]:
        """Those of an option, by its place; of the stem for None."""
        return tuple(picture for picture in self.pictures if picture.option == option)


@dataclass(frozen=True)
class Pool:
    """The items of one version of a contest's pool, by place."""

    version: int
    items: tuple[Item, ...]

    @cached_property
    def for_assembly(self) -> list[PoolItem]:
        """What drawing a paper must know: no stem, no key."""
        return [
            PoolItem(i.section, len(i.options), i.kind is QuestionKind.TRUE_FALSE, i.topic, i.difficulty)
            for i in self.items
        ]

    @cached_property
    def pictures(self) -> frozenset[str]:
        """The checksums of all pictures in it."""
        return frozenset(picture.checksum for item in self.items for picture in item.pictures)

    @property
    def keys(self) -> list[tuple[int, ...]]:
        return [item.key for item in self.items]


def pool(contest_id: int, version: int) -> Pool:
    """The pool of a contest in that version, which exists."""
    pools: dict[tuple[int, int], Pool] = kept("pools")
    if (contest_id, version) not in pools:
        select = sa.select(ItemPool.items).where(ItemPool.contest_id == contest_id, ItemPool.version == version)
        pools[contest_id, version] = Pool(version, tuple(_item(row) for row in db.session.scalars(select).one()))
    return pools[contest_id, version]


def terms(contest_id: int, version: int) -> ContestTerms:
    """The terms of a contest in that version, which exists."""
    frozen: dict[tuple[int, int], ContestTerms] = kept("terms")
    if (contest_id, version) not in frozen:
        select = sa.select(Terms.rules).where(Terms.contest_id == contest_id, Terms.version == version)
        frozen[contest_id, version] = ContestTerms.from_json(db.session.scalars(select).one())
    return frozen[contest_id, version]


@dataclass(frozen=True)
class Versions:
    """The newest versions of a contest's terms and pool; None before it is published."""

    terms: int
    pool: int


def newest(contest_id: Any) -> dict[str, Any]:
    """The newest versions of a contest's terms and pool as parts of a statement."""
    return {
        name: sa.select(sa.func.max(rows.c.version)).where(rows.c.contest_id == contest_id).scalar_subquery()
        for name, rows in (("terms", table(Terms)), ("pool", table(ItemPool)))
    }


_VERSIONS = sa.select(*newest(sa.bindparam("contest_id")).values())


def latest_versions(contest_id: int) -> Versions:
    """The newest versions, read from the rows each time, so that no memory needs invalidating."""
    return Versions(*db.session.execute(_VERSIONS, {"contest_id": contest_id}).one())


def _item(row: dict[str, Any]) -> Item:
    return Item(
        section=row["section"],
        kind=QuestionKind(row["kind"]),
        stem=row["stem"],
        options=tuple(row["options"]),
        key=tuple(row["key"]),
        explanation=row["explanation"],
        source=row["source"],
        topic=row["topic"],
        difficulty=row["difficulty"],
        pictures=tuple(Picture(**picture) for picture in row.get("pictures", ())),
    )
