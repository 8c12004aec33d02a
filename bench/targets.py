"""The systems under measurement, each with a server that answers: the floor, the usual application, the product."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import cast, floor, installation
from bench.cast import PASSWORD, Person
from bench.driver import Plan, Seen, as_plan, drive
from bench.installation import Installation
from bench.served import Served, free_port

ITEMS, POOL = floor.ITEMS, 120
ALL = ("floor", "usual", "zhisai")


@dataclass(frozen=True)
class Target:
    """One system, on one server or on several that share a database. Only the product has a `slug`."""

    name: str
    servers: tuple[Served, ...]
    slug: str
    database: str

    def drive(self, way: str, people: Sequence[Person], **more: Any) -> Seen:
        """Send these people through; `more` are fields of the plan."""
        ports = [server.port for server in self.servers]
        return drive(Plan(ports, self.name, self.slug, way, self.database, as_plan(people), **more))

    def cpu(self) -> float:
        """Seconds of processor time that its servers have used."""
        return sum(server.cpu() for server in self.servers)


@contextmanager
def targets(folder: Path, people: Sequence[Person], names: Sequence[str] = ALL) -> Iterator[list[Target]]:
    """These systems, side by side, each with a database of its own in which all these people are."""
    with ExitStack() as stack:
        found = []
        for name in names:
            target = product(furnished(folder, people)) if name == "zhisai" else _bare(name, folder, people)
            for server in target.servers:
                stack.enter_context(server)
            found.append(target)
        yield found


def furnished(folder: Path, people: Sequence[Person]) -> Installation:
    """An installation of the product with these people and an open contest."""
    return installation.furnish(folder / "instance", people, items=ITEMS, pool=POOL)


def product(made: Installation) -> Target:
    """The product on that installation, as `make run` serves it; not started yet."""
    return Target("zhisai", (made.serve(),), made.slug, str(made.database))


def _bare(name: str, folder: Path, people: Sequence[Person]) -> Target:
    database, port = folder / f"{name}.db", free_port()
    floor.furnish(database, people, cast.questions(POOL), PASSWORD)
    command = [sys.executable, "-m", f"bench.{name}", str(database), str(port)]
    return Target(name, (Served(command, {}, port, folder / f"{name}.log"),), "", str(database))
