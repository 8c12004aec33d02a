"""Made-up people and questions: the same for whatever is measured."""

import random
from dataclasses import asdict, dataclass
from typing import Any

PASSWORD = "a quiet morning by the river"

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红梅志国建文海燕晓东春雷"
_STEMS = (
    "下列关于本市机关工作规则第{n}条的说法，符合文件原意、适用于全体工作人员的一项是（　　）。",
    "按照学习材料第{n}页的要求，党员干部在日常工作中遇到类似情形，首先应当做到的是（　　）。",
    "文件第{n}项明确，开展此项工作的总体要求可以概括为以下四个方面中的（　　）。",
)
_OPTIONS = (
    "立足本职，照章办理，第{n}款",
    "先行请示，再作决定，第{n}款",
    "统筹兼顾，分步实施，第{n}款",
    "公开透明，接受监督，第{n}款",
)


@dataclass(frozen=True)
class Person:
    """Somebody who takes part: name and telephone for one way in, login for the other."""

    name: str
    phone: str
    login: str

    @property
    def tail(self) -> str:
        return self.phone[-4:]


@dataclass(frozen=True)
class Question:
    """A single-choice question; `key` is the place of the right option."""

    stem: str
    options: tuple[str, ...]
    key: int


def people(count: int) -> list[Person]:
    """So many people, no two of them with the same name and telephone."""
    dice = random.Random(2026)
    return [
        Person(
            name=dice.choice(_SURNAMES) + "".join(dice.choices(_GIVEN, k=dice.choice((1, 2, 2)))),
            phone=f"138{number:08d}",
            login=f"cand{number:06d}",
        )
        for number in range(1, count + 1)
    ]


def questions(count: int) -> list[Question]:
    """So many questions, of the length that such questions have."""
    return [
        Question(_STEMS[n % len(_STEMS)].format(n=n), tuple(text.format(n=n) for text in _OPTIONS), n % 4)
        for n in range(1, count + 1)
    ]


def as_json(person: Person) -> dict[str, Any]:
    """A form from which `Person(**…)` makes an equal value."""
    return asdict(person)
