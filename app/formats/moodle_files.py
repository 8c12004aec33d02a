"""The files that Moodle keeps beside a text, each in base64, and the pictures among them."""

from urllib.parse import unquote
from xml.etree.ElementTree import Element

from app.formats.images import Images
from app.formats.markup import bytes_of_base64
from app.formats.xml_tree import text_in
from app.rules.question import Picture

PLACE = "@@PLUGINFILE@@"
_MOST_FILES = 200


class AttachedFiles:
    """The files of one stem or one option; each is decoded once, however often it is shown."""

    def __init__(self, element: Element, found: Images) -> None:
        self._found = found
        self._files: dict[str, Element] = {}
        self._taken: dict[str, Picture | str] = {}
        for file in element.findall("file")[:_MOST_FILES]:
            folder = file.get("path", "/").strip("/")
            self._files.setdefault(f"{folder}/{file.get('name', '')}".lstrip("/"), file)

    def picture(self, address: str) -> Picture | str:
        """The picture that @@PLUGINFILE@@/… names, or in Chinese why it is not taken."""
        name = unquote(address.removeprefix(PLACE).partition("?")[0]).lstrip("/")
        if not address.startswith(PLACE) or name not in self._files:
            return f"图片“{address[:60]}”没有随文件带来，没有导入；请从Moodle重新导出，或改用文字说明"
        if name not in self._taken:
            self._taken[name] = self._take(name)
        return self._taken[name]

    def not_shown(self) -> list[str]:
        """The names of the files that no picture asked for: sounds, documents, leftovers."""
        return [name for name in self._files if name not in self._taken]

    def _take(self, name: str) -> Picture | str:
        file = self._files[name]
        content = bytes_of_base64(text_in(file)) if file.get("encoding", "base64") == "base64" else None
        if content is None:
            return f"图片“{name[:60]}”的内容损坏了，没有导入；请从Moodle重新导出"
        return self._found.take(content)
