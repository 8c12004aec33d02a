"""A bank out of QTI 2.x or 3.0: a package with its manifest and pictures, or one item by itself."""

import re
from dataclasses import dataclass, field
from functools import partial
from xml.etree.ElementTree import Element

from app.formats.bank_draft import draft_question, tell_duplicates
from app.formats.images import Images
from app.formats.markup import Finder
from app.formats.problem import Problem, Reading, ReadQuestion
from app.formats.qti_item import ItemReader, plain_name
from app.formats.qti_manifest import Described, Manifest, read_manifest
from app.formats.qti_package import BadPackage, Package, PackedPictures
from app.formats.xml_tree import Unreadable, root_of
from app.rules.question import Picture

MOST_QUESTIONS = 20_000
# so many signs "<" in all items together; an ordinary item has about a hundred
_MOST_MARKS = 2_000_000
_ITEM = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:qti-assessment-item|assessmentItem)[\s>/]")
_TEST = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:qti-assessment-test|assessmentTest)[\s>/]")
_ROOT = re.compile(
    rb"<(?:[\w.-]{1,40}:)?(?:(?:qti-)?assessment-?(?:item|test|section|stimulus)|questestinterop|manifest)[\s>/]", re.I
)
_OTHER_ROOTS = {
    "manifest": "这只是QTI题库包的目录（imsmanifest.xml），里面没有试题。请上传整个压缩包（.zip）",
    "assessmenttest": "这是QTI的试卷文件，里面没有试题内容。请上传整个压缩包（.zip）",
    "assessmentsection": "这是QTI的试卷分组文件，里面没有试题内容。请上传整个压缩包（.zip）",
    "assessmentstimulus": "这是QTI的共用材料，里面没有试题。请上传整个压缩包（.zip）",
    "questestinterop": "这是QTI 1.2的题库，不能读取。请从原系统导出成QTI 2.1以上的格式，或整理到模板表格里再上传",
}
_NO_ITEM = "这不是QTI试题（没有assessmentItem）。请从原系统重新导出QTI 2.x或3.0的题库包"
_NO_ITEMS = "压缩包里没有QTI 2.x或3.0的试题（assessmentItem）。请从原系统重新导出，或改用模板表格"
_TOO_MUCH = "压缩包里的试题内容太多，后面的没有读取。请分成几个压缩包"


def looks_like(content: bytes | str) -> bool:
    """Whether the content begins like a QTI item or manifest, or is a zip of such."""
    start = content[:4000].encode("utf-8", "replace") if isinstance(content, str) else content[:4000]
    if isinstance(content, bytes) and content.startswith(b"PK"):
        return _is_package(content)
    beginning = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return beginning.startswith(b"<") and _ROOT.search(beginning) is not None


def read_qti(content: bytes | str) -> Reading:
    """The questions of a QTI package or item with a verdict for each, counted from 1. Never raises."""
    reader = _Bank()
    if isinstance(content, bytes) and content.startswith(b"PK"):
        try:
            reader.read_package(Package(content))
        except BadPackage as refusal:
            return Reading(problems=(_of_file(str(refusal)),))
    else:
        reader.read_single(content)
    return reader.reading()


def _is_package(content: bytes) -> bool:
    try:
        package = Package(content)
    except BadPackage:
        return False
    if package.manifest:
        return True
    items = [path for path in package.paths() if path.lower().endswith(".xml")]
    return any(_ITEM.search(package.beginning(path)) for path in items[:20])


@dataclass
class _Bank:
    """What has been read so far."""

    found: list[ReadQuestion] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    title: str = ""
    marks: int = 0
    items: int = 0
    reader: ItemReader = field(default_factory=lambda: ItemReader(Images()))

    def reading(self) -> Reading:
        """All of it; no questions when they are too many."""
        if len(self.found) > MOST_QUESTIONS:
            message = f"试题超过{MOST_QUESTIONS}道，一次最多{MOST_QUESTIONS}道。请分成几个压缩包"
            return Reading(self.title, problems=(_of_file(message),))
        left_out = [f"{what}没有读取，共{count}处" for what, count in self.reader.left_out.items()]
        return Reading(
            self.title,
            questions=tuple(tell_duplicates(self.found)),
            problems=tuple(self.problems),
            recognised=(f"QTI题库：读到{self.items}个试题文件",) if self.items else (),
            skipped=(*self.skipped, *left_out),
            images=self.reader.images.found,
        )

    def read_single(self, content: bytes | str) -> None:
        """One item that came without its package."""
        try:
            root = root_of(content, plain_name)
        except Unreadable as refusal:
            self.problems.append(_of_file(str(refusal)))
            return
        if root.tag != "assessmentitem":
            self.problems.append(_of_file(_OTHER_ROOTS.get(root.tag, _NO_ITEM)))
            return
        self._take(root, None, Described(), _not_with_it)

    def read_package(self, package: Package) -> None:
        """The items that the manifest lists, in its order, then those that it does not list."""
        manifest = self._manifest(package)
        self.title = manifest.title
        listed = self._listed(package, manifest)
        others = [path for path in package.paths() if path.lower().endswith(".xml") and path not in listed]
        unlisted = [path for path in others if _ITEM.search(package.beginning(path))]
        if unlisted and package.manifest:
            message = f"有{len(unlisted)}个试题文件没有列在目录（imsmanifest.xml）里，也已读取，请核对是否都要"
            self.problems.append(Problem(None, None, "warning", message))
        if not listed and not unlisted:
            old = any(kind.startswith(("imsqti_xmlv1p", "imsqti_asi")) for kind in manifest.other_types)
            old = old or any(b"<questestinterop" in package.beginning(path) for path in others[:20])
            self.problems.append(_of_file(_OTHER_ROOTS["questestinterop"] if old else _NO_ITEMS))
        pictures = PackedPictures(package, self.reader.images)
        for path in [*listed, *unlisted]:
            if self.marks > _MOST_MARKS or len(self.found) > MOST_QUESTIONS:
                self.problems.append(_of_file(_TOO_MUCH))
                break
            self._take_member(package, path, listed.get(path, Described()), pictures)
        self._tell_tests(package, others)

    def _manifest(self, package: Package) -> Manifest:
        path = package.manifest
        if not path:
            return Manifest()
        try:
            return read_manifest(root_of(package.read(path, 40 << 20), plain_name))
        except (BadPackage, Unreadable) as refusal:
            message = f"目录（imsmanifest.xml）没有读懂，已直接读取各试题文件：{refusal}"
            self.problems.append(Problem(None, None, "warning", message))
            return Manifest()

    def _listed(self, package: Package, manifest: Manifest) -> dict[str, Described]:
        listed: dict[str, Described] = {}
        missing = []
        for address, described in manifest.items.items():
            path = package.resolve(package.manifest, address)
            if path:
                listed.setdefault(path, described)
            else:
                missing.append(address)
        if missing:
            message = f"目录里列出的“{missing[0][:60]}”等{len(missing)}个试题文件不在压缩包里，请核对是否漏了"
            self.problems.append(Problem(None, None, "warning", message))
        return listed

    def _take_member(self, package: Package, path: str, described: Described, pictures: PackedPictures) -> None:
        try:
            content = package.read(path)
            self.marks += content.count(b"<")
            root = root_of(content, plain_name) if self.marks <= _MOST_MARKS else None
        except (BadPackage, Unreadable) as refusal:
            problem = Problem(len(self.found) + 1, None, "error", str(refusal), path)
            self.found.append(ReadQuestion(len(self.found) + 1, path, None, path[:60], (problem,), "题"))
            return
        if root is not None and root.tag == "assessmentitem":
            self._take(root, path, described, partial(pictures.picture, path))
        elif root is not None:
            self.problems.append(_of_member(path, _OTHER_ROOTS.get(root.tag, _NO_ITEM)))

    def _take(self, item: Element, path: str | None, described: Described, find: Finder) -> None:
        self.items += 1
        for pieces in self.reader.questions(item, find):
            pieces.row, pieces.sheet = len(self.found) + 1, path
            pieces.topic, pieces.difficulty, pieces.source = described.topic, described.difficulty, described.source
            pieces.kind_word = "" if pieces.not_offered else described.kind_word
            self.found.append(draft_question(pieces))

    def _tell_tests(self, package: Package, others: list[str]) -> None:
        tests = sum(_TEST.search(package.beginning(path)) is not None for path in others[:50])
        if tests:
            self.skipped.append(f"试卷文件（assessmentTest）里的分组、顺序和分值没有读取，共{tests}个")


def _not_with_it(address: str) -> Picture | str:
    return f"图片“{address[:60]}”不在这个文件里，没有导入；请上传带图片的整个QTI压缩包"


def _of_file(message: str) -> Problem:
    return Problem(None, None, "error", message)


def _of_member(path: str, message: str) -> Problem:
    return Problem(None, None, "warning", f"“{path[:80]}”：{message}")
