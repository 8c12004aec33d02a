"""Signs that a Word file keeps as a place in a symbol font, and equations written as one line."""

from xml.etree.ElementTree import Element

from app.formats.word_xml import child, name, value

UNKNOWN_SIGN = "〓"
_TICKS = {0x50: "√", 0x51: "☑", 0x52: "☑", 0x4F: "×", 0x53: "☒", 0x54: "☒", 0xA3: "□", 0x30: "□"}
_FONTS = {
    "wingdings": {
        0xFC: "√", 0xFB: "×", 0xFE: "☑", 0xFD: "☒", 0xA8: "□", 0x6F: "□", 0x71: "□", 0x6C: "●", 0x6E: "■", 0xA1: "○",
        0x75: "◆", 0xAB: "★", 0x76: "◇", 0xE0: "→", 0xDF: "←", 0xE8: "→", 0xD8: "➢", 0x9F: "•", 0x9E: "·",
    }
    | {0x81 + place: chr(0x2460 + place) for place in range(10)}
    | {0x8C + place: chr(0x2776 + place) for place in range(10)},
    "wingdings 2": _TICKS,
    "symbol": {
        0xD6: "√", 0xB4: "×", 0xB8: "÷", 0xB1: "±", 0xA3: "≤", 0xB3: "≥", 0xB9: "≠", 0xBB: "≈", 0xB0: "°", 0xA5: "∞",
        0xAE: "→", 0xAC: "←", 0xAB: "↔", 0xDE: "⇒", 0xB7: "•", 0xD7: "·", 0xCE: "∈", 0xC7: "∩", 0xC8: "\u222a",
        0xD0: "∠", 0x5E: "⊥", 0x61: "α", 0x62: "β", 0x67: "\u03b3", 0x64: "δ", 0x65: "ε", 0x71: "θ", 0x6C: "λ",
        0x6D: "μ", 0x70: "π", 0x72: "ρ", 0x73: "σ", 0x6A: "φ", 0x77: "ω", 0x44: "Δ", 0x53: "Σ", 0x57: "Ω", 0xB2: "″",
        0xA2: "′", 0xE5: "∑",
    },
}  # fmt: skip
_FONTS["wingdings2"] = _TICKS
_PRIVATE = range(0xF000, 0xF100)
_RAISED = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_OPEN, _SHUT = "(", ")"
_GROUPED = ("m:num", "m:den", "m:e", "m:sup", "m:sub", "m:deg", "m:fName", "m:lim")


def is_symbol_font(font: str | None) -> bool:
    """Whether letters in this font are shown as pictures of something else."""
    return (font or "").strip().lower() in _FONTS or (font or "").strip().lower() in ("wingdings 3", "webdings")


def sign(font: str | None, code: int) -> str:
    """The sign at a place of a symbol font, a placeholder when it is not known; any other font shows the character."""
    if not is_symbol_font(font):
        return chr(code) if 0x20 <= code < 0xE000 and not 0xD800 <= code < 0xE000 else UNKNOWN_SIGN
    place = code - 0xF000 if code in _PRIVATE else code
    known = _FONTS.get((font or "").strip().lower(), {}).get(place)
    if known:
        return known
    # figures and brackets of the Symbol font are ordinary ones
    return chr(place) if (font or "").strip().lower() == "symbol" and 0x20 <= place < 0x41 else UNKNOWN_SIGN


def in_symbol_font(font: str | None, text: str) -> str:
    """Text set in a symbol font, as it is seen; what lies beyond the font's places is shown in another font."""
    return "".join(sign(font, ord(char)) if "!" <= char <= "\xff" or ord(char) in _PRIVATE else char for char in text)


def raised(text: str, place: str | None) -> str:
    """Small figures above or below the line where there are signs for them (m², H₂O); else the text as it is."""
    table = {"superscript": _RAISED, "subscript": _LOWERED}.get(place or "")
    if table is None or not text.strip() or any(ord(char) not in table for char in text.strip()):
        return text
    return text.translate(table)


def equation(element: Element) -> str:
    """An equation on one line: (a+b)/2, x^2, √(x)."""
    sort = name(element)
    if sort in ("m:t", "w:t"):
        return element.text or ""
    if sort.endswith("Pr") or sort in ("w:del", "w:moveFrom"):
        return ""
    parts = {name(each): equation(each) for each in element if name(each) in _GROUPED}
    if sort == "m:f":
        return f"{_whole(parts, 'm:num')}/{_whole(parts, 'm:den')}"
    if sort in ("m:sSup", "m:sSub", "m:sSubSup"):
        return _scripted(parts)
    if sort == "m:rad":
        return f"{parts.get('m:deg', '')}√({parts.get('m:e', '')})"
    if sort == "m:nary":
        sum_or_integral = value(child(child(element, "m:naryPr"), "m:chr")) or "∫"
        return sum_or_integral + _scripted({**parts, "m:e": ""}) + parts.get("m:e", "")
    if sort == "m:d":
        return _bracketed(element)
    return "".join(equation(each) for each in element)


def _bracketed(element: Element) -> str:
    properties = child(element, "m:dPr")
    opens, shuts = (value(child(properties, f"m:{side}Chr")) for side in ("beg", "end"))
    inside = ",".join(equation(each) for each in element if name(each) == "m:e")
    return f"{_OPEN if opens is None else opens}{inside}{_SHUT if shuts is None else shuts}"


def _whole(parts: dict[str, str], part: str) -> str:
    text = parts.get(part, "")
    return text if len(text) < 2 or text.isalnum() else f"({text})"


def _scripted(parts: dict[str, str]) -> str:
    written = parts.get("m:e", "")
    for part, place, mark in (("m:sub", "subscript", "_"), ("m:sup", "superscript", "^")):
        if text := parts.get(part, ""):
            small = raised(text, place)
            written += small if small != text else mark + _whole(parts, part)
    return written
