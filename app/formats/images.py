"""Pictures found in a bank file: which kinds are taken, and where their bytes wait for the confirmation."""

import hashlib

from app.rules.question import Picture

LARGEST_IMAGE_MB = 2
LARGEST_ALTOGETHER_MB = 40
_SIGNS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


def media_type(content: bytes) -> str | None:
    """What kind of picture the bytes are, judged by their beginning: PNG, JPEG, GIF, or None. Never SVG: it can run."""
    return next((kind for sign, kind in _SIGNS.items() if content.startswith(sign)), None)


class Images:
    """The pictures of one file, each kept once under its checksum."""

    def __init__(self) -> None:
        self.found: dict[str, bytes] = {}
        self._size = 0

    def take(self, content: bytes, *, option: int | None = None, alt: str = "") -> Picture | str:
        """The picture with those bytes, or in Chinese why it is not taken and what to do."""
        if media_type(content) is None:
            return "有一张图片的格式不能显示，没有导入；请在原文件里另存为 PNG 或 JPEG，或改用文字说明"
        if len(content) > LARGEST_IMAGE_MB << 20:
            return f"有一张图片超过{LARGEST_IMAGE_MB}MB，没有导入；请缩小后再上传"
        checksum = hashlib.sha256(content).hexdigest()
        if checksum not in self.found:
            if self._size + len(content) > LARGEST_ALTOGETHER_MB << 20:
                return f"图片合起来超过{LARGEST_ALTOGETHER_MB}MB，后面的没有导入；请分成几个文件"
            self._size += len(content)
            self.found[checksum] = content
        return Picture(checksum, option, alt.strip()[:200])
