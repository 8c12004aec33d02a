"""How Word writes the number of a list item: 1, A, iv, 十二, 壹, 甲, ①."""

_HAN = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_COUNTED = {
    "chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand",
    "japaneseCounting", "koreanCounting", "ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand",
}  # fmt: skip
# sign of one, and how many follow it in order
_ROWS = {
    "decimalEnclosedCircle": (0x2460, 20),
    "decimalEnclosedCircleChinese": (0x2460, 20),
    "ideographEnclosedCircle": (0x3280, 10),
    "decimalEnclosedParen": (0x2474, 20),
    "decimalEnclosedFullstop": (0x2488, 20),
}
_LARGEST = 99_999


def figure(number: int, form: str) -> str:
    """The number in the form that w:numFmt names; forms that Chinese banks do not use are written in digits."""
    if form in ("none", "bullet"):
        return ""
    if not 0 < number <= _LARGEST:
        return str(number)
    if form in ("upperLetter", "lowerLetter"):
        written = _letters(number)
        return written if form == "upperLetter" else written.lower()
    if form in ("upperRoman", "lowerRoman"):
        return _roman(number).upper() if form == "upperRoman" else _roman(number)
    return _eastern(number, form)


def _eastern(number: int, form: str) -> str:
    if form in _COUNTED:
        return counted(number)
    if form in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        return _placed(number, _LEGAL, "拾佰仟萬", "零")
    if form in ("ideographTraditional", "ideographZodiac"):
        signs = _STEMS if form == "ideographTraditional" else _BRANCHES
        return signs[(number - 1) % len(signs)]
    if form == "decimalZero":
        return f"{number:02}"
    if form in ("decimalFullWidth", "decimalFullWidth2"):
        return "".join(chr(ord(sign) + 0xFEE0) for sign in str(number))
    first, count = _ROWS.get(form, (0, 0))
    return chr(first + number - 1) if number <= count else str(number)


def counted(number: int) -> str:
    """The number as one says it in Chinese: 十, 十二, 二十, 一百零五."""
    said = _placed(number, _HAN, "十百千万", "零")
    return said.removeprefix("一") if 10 <= number < 20 else said


def _placed(number: int, signs: str, places: str, gap: str) -> str:
    if number > 9999:
        rest = number % 10_000
        between = gap if 0 < rest < 1000 else ""
        return (
            _placed(number // 10_000, signs, places, gap)
            + places[3]
            + (between + _placed(rest, signs, places, gap) if rest else "")
        )
    said, missing = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if not digit:
            missing = bool(said)
            continue
        said += (gap if missing else "") + signs[digit] + (places[power - 1] if power else "")
        missing = False
    return said


def _letters(number: int) -> str:
    """A to Z, then AA, BB and so on, as Word goes on."""
    repeated, place = divmod(number - 1, 26)
    return chr(ord("A") + place) * (repeated + 1) if repeated < 10 else str(number)


def _roman(number: int) -> str:
    if number > 3999:
        return str(number)
    written = ""
    for size, sign in _ROMAN:
        written += sign * (number // size)
        number %= size
    return written
