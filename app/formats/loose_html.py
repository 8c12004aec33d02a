"""Text of which nobody said whether it is HTML: cleaned when it shows that it is, left alone when it does not."""

import re

from app.formats.bank_pieces import Pieces
from app.formats.html_text import images, plain, unescaped

_TAG = re.compile(
    r"</?(?:p|br|div|span|font|strong|b|i|u|s|em|h[1-6]|img|a|table|tbody|thead|tr|td|th|ul|ol|li|pre|code|sub|sup"
    r"|center|hr|section|label|blockquote|script|style|html|body)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(
    r"&(?:nbsp|lt|gt|amp|quot|apos|ldquo|rdquo|lsquo|rsquo|hellip|mdash|middot|#\d{1,6}|#x[\da-f]{1,5});", re.IGNORECASE
)
NO_IMAGE = "题里有图片，图片不在这个文件里，没有导入；请核对，需要的改用文字说明"


def plain_if_markup(text: str) -> str:
    """The text without HTML; as written, line breaks included, when it has no tag and no entity. Never raises."""
    if _TAG.search(text):
        return plain(text)
    return unescaped(text) if _ENTITY.search(text) else text


def tell_images(pieces: Pieces, *markups: str) -> None:
    """Say of a question that shows images which the file does not hold."""
    if any(images(markup) for markup in markups):
        pieces.note("图片", "warning", NO_IMAGE)
