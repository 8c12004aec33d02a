"""Names spelled out: the key by which people are sorted, and the address of a contest."""

import os
import re
import unicodedata
from functools import lru_cache

# How a character is read as a surname, where that is not its usual reading.
SURNAMES = {
    "单": "shan4",
    "曾": "zeng1",
    "解": "xie4",
    "区": "ou1",
    "仇": "qiu2",
    "查": "zha1",
    "朴": "piao2",
    "任": "ren2",
    "华": "hua4",
    "盖": "ge3",
    "缪": "miao4",
    "乐": "yue4",
    "冼": "xian3",
    "覃": "qin2",
    "召": "shao4",
    "员": "yun4",
    "黑": "he4",
    "盛": "sheng4",
    "燕": "yan1",
    "葛": "ge3",
    "粘": "nian2",
    "撒": "sa4",
    "折": "she2",
    "种": "chong2",
    "秘": "bi4",
    "么": "yao1",
    "隗": "wei3",
    "那": "na1",
    "哈": "ha3",
    "句": "gou1",
}
DOUBLE_SURNAMES = {
    "单于": ("chan2", "yu2"),
    "尉迟": ("yu4", "chi2"),
    "万俟": ("mo4", "qi2"),
    "长孙": ("zhang3", "sun1"),
    "澹台": ("tan2", "tai2"),
    "令狐": ("ling2", "hu2"),
    "宰父": ("zai3", "fu3"),
    "夏侯": ("xia4", "hou2"),
    "皇甫": ("huang2", "fu3"),
    "亓官": ("qi2", "guan1"),
    "呼延": ("hu1", "yan2"),
    "濮阳": ("pu2", "yang2"),
}
LONGEST_KEY = 200
LONGEST_SLUG = 40
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def sort_key(name: str) -> str:
    """A key that sorts Chinese names by sound, tone and character, on any database; at most 200 characters."""
    plain = "".join(unicodedata.normalize("NFKC", name).split())
    known: tuple[str, ...] = DOUBLE_SURNAMES.get(plain[:2], ())
    if not known and plain[:1] in SURNAMES:
        known = (SURNAMES[plain[0]],)
    sounds = [*known, *(_sound(character) for character in plain[len(known) :])]
    # The character follows its sound, so that 张 and 章 do not mix.
    parts = [f"{sound}{plain[place]}" if _CJK.match(plain[place]) else sound for place, sound in enumerate(sounds)]
    return " ".join(parts)[:LONGEST_KEY]


def pinyin(name: str) -> str:
    """A name as it is typed in Latin letters, "zhoumin"."""
    return "".join(letter for letter in sort_key(name) if letter.isascii() and letter.isalpha())


def slug(title: str, year: int) -> str:
    """The year and the initials of a title, "2026-pfwlzsjs": ASCII, at most 40 characters. May be taken already."""
    plain = unicodedata.normalize("NFKC", title)
    plain = re.sub(rf"^\s*{year}\s*年?度?", "", plain)
    initials = (_sound(character)[0] for character in plain if not character.isspace())
    letters = re.sub(r"[^a-z0-9]+", "", "".join(initials))
    return f"{year}-{letters or 'js'}"[:LONGEST_SLUG]


@lru_cache(maxsize=20_000)
def _sound(character: str) -> str:
    if not _CJK.match(character):
        return character.lower()
    # Its dictionary of phrases would cost each process 45 MB, for words that hardly stand in names.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, lazy_pinyin  # slow import: 0.1 s, and many processes spell nothing

    sound: str = lazy_pinyin(character, style=Style.TONE3, neutral_tone_with_five=True)[0]
    return sound
