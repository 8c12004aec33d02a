"""What settles a key, as a question's 依据 names it: document, year of the version, articles or passage.

The form is 《中华人民共和国行政处罚法》（2021年修订）第二十九条; several articles are set off by 、 and several
documents by ；. A document without articles names its passage: 《中国共产党章程》（2022年修改）总纲.
"""

import re
from dataclasses import dataclass

_DIGITS = "一二三四五六七八九十百千零〇"
_ARTICLE = rf"第[{_DIGITS}]+条(?:之[{_DIGITS}]+)?"
_WITHIN = rf"(?:第[{_DIGITS}]+款)?(?:第[{_DIGITS}]+项)?"
_ARTICLES = re.compile(rf"{_ARTICLE}{_WITHIN}(?:、{_ARTICLE}{_WITHIN})*")
_EVENT = "通过|修订|修正|修改|发布|公布|印发"
_CITED = re.compile(
    r"(?:《(?P<titled>[^《》]+(?:《[^《》]*》[^《》]*)?)》|(?P<plain>[^《》（）；、]+))"
    r"（(?P<when>(?P<year>(?:19|20)\d\d)年[^（）]*)）(?P<rest>[^；]*)"
)


@dataclass(frozen=True)
class Citation:
    """One document as cited. `articles` are like 第二十九条 or 第一百三十三条之一, without their paragraphs.

    `when` is what the brackets say, the year first: 2021年修订, or the day of an entry in a chronicle.
    """

    title: str
    year: int
    when: str
    articles: tuple[str, ...]
    passage: str


def cited(source: str) -> tuple[Citation, ...] | None:
    """The documents that a 依据 names; None when its form is not the one above."""
    found = []
    for part in source.split("；"):
        citation = _CITED.fullmatch(part.strip())
        if not citation or not (one := _citation(citation)):
            return None
        found.append(one)
    return tuple(found)


def _citation(found: "re.Match[str]") -> Citation | None:
    rest, when = found["rest"].strip(), found["when"]
    is_titled = found["titled"] is not None
    has_articles = _ARTICLES.fullmatch(rest) is not None
    if is_titled and not re.fullmatch(rf"\d{{4}}年(?:{_EVENT})", when):
        return None
    if is_titled and not rest:
        return None
    if rest.startswith("第") and "条" in rest and not has_articles:
        return None  # meant as an article, and written so that nobody finds it
    articles = tuple(dict.fromkeys(re.findall(_ARTICLE, rest))) if has_articles else ()
    title = found["titled"] or found["plain"]
    return Citation(title, int(found["year"]), when, articles, "" if has_articles else rest)
