"""Hold every question of a bank against the texts: is the 依据 there and in force, and does it say what the key says?

    python -m tools.check_sources FOLDER [BANK ...]

FOLDER holds `articles.jsonl` (one article a line: file, title, version, status, article, text) and the texts themselves
as Markdown; the project ships without them. Without BANK, every shipped bank. Prints what was found and the counts;
ends with 1 when anything is wrong.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.formats.bank import read_bank
from app.rules.citation import Citation, cited
from app.rules.question import Draft, QuestionKind

BANKS = Path(__file__).resolve().parent.parent / "question_banks"
IN_FORCE = "现行有效"
# Texts cited under a name of their own, and where their words stand.
COLLECTED = {
    "党的十七大报告": ("party/kexuefazhanguan-huibian.md",),
    "党的十八大报告": ("party/kexuefazhanguan-huibian.md",),
    "党史大事记": ("party/dangshi-dashiji-zhailu.md", "party/kexuefazhanguan-huibian.md"),
    "党的二十大报告": ("party/ershida-baogao-2022-zhaiyao.md",),
}
# Cited on purpose although replaced: to compare wordings.
COMPARED = {("中国共产党章程", 2017)}
# How much of the decisive words must be the text's own: of a right option, and of a statement with its explanation.
LEAST_OF_OPTION = 0.6
LEAST_OF_STATEMENT = 0.45
_ANY_ONE = ("一名", "一人", "一次", "一倍")
_FIGURE = re.compile(
    r"(?<!\d)(?!20\d\d年)[零〇一二三四五六七八九十百千万两\d]+"
    r"(?:年|个月|月|日|小时|天|倍|元|人|名|次|岁|分之[一二三四五六七八九十]+)"
)
_RULING = re.compile(r".*(?:依照|根据|按照)[^，。]{2,40}，", re.DOTALL)
_WORDS = re.compile(r"[\u4e00-\u9fff\d]+")


@dataclass
class Document:
    """One text: its articles by number, and its paragraphs for what has no number."""

    file: str
    title: str
    version: str
    status: str
    articles: dict[str, str] = field(default_factory=dict)
    paragraphs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Finding:
    """What is wrong with one question."""

    number: str
    what: str
    message: str


class Library:
    """The texts of a folder, found by title and year."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.documents: dict[str, Document] = {}
        for line in (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            document = self._document(row["file"], row["title"], row["version"], row["status"])
            document.articles[row["article"]] = row["text"]
        for path in sorted(folder.glob("*/*.md")):
            self._read(path)

    def find(self, citation: Citation) -> list[Document]:
        """The texts that a citation means, the best first; several when a name stands for a collection."""
        if citation.title in COLLECTED:
            return [self.documents[file] for file in COLLECTED[citation.title]]
        same = [d for d in self.documents.values() if _plain_title(d.title) == citation.title]
        named = [d for d in same if str(citation.year) in d.version or str(citation.year) in d.file]
        return sorted(named, key=lambda d: not d.status.startswith(IN_FORCE))

    def _document(self, file: str, title: str, version: str, status: str) -> Document:
        return self.documents.setdefault(file, Document(file, title, version, status))

    def _read(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        head, _, body = text.removeprefix("---\n").partition("\n---\n")
        facts = dict(line.split(": ", 1) for line in head.split("\n") if ": " in line)
        file = str(path.relative_to(self.folder))
        document = self._document(file, facts.get("title", ""), facts.get("version", ""), facts.get("status", ""))
        document.paragraphs = [line.strip() for line in body.split("\n") if line.strip()]


def check(drafts: list[Draft], library: Library) -> Iterator[Finding]:
    """Everything that the texts do not bear out, question by question."""
    for draft in drafts:
        citations = cited(draft.source)
        if citations is None:
            yield Finding(draft.number, "依据写法", draft.source)
            continue
        evidence: list[str] = []
        for citation in citations:
            yield from _locate(draft, citation, library, evidence)
        if evidence:
            yield from _compare(draft, evidence)


def _locate(draft: Draft, citation: Citation, library: Library, evidence: list[str]) -> Iterator[Finding]:
    """Collect what the citation points at; a document or article that is not there, or not in force, is told."""
    found = library.find(citation)
    if not found:
        yield Finding(draft.number, "没有这个文本", f"《{citation.title}》{citation.year}年")
        return
    document = found[0]
    compares = (citation.title, citation.year) in COMPARED
    if document.articles and not compares and not document.status.startswith(IN_FORCE):
        yield Finding(draft.number, "不是现行文本", f"《{citation.title}》{document.status}")
    if not citation.articles:
        evidence += [paragraph for each in found for paragraph in each.paragraphs]
    for article in citation.articles:
        if text := document.articles.get(article):
            evidence.append(text)
        else:
            yield Finding(draft.number, "没有这一条", f"《{citation.title}》{article}")


def _compare(draft: Draft, evidence: list[str]) -> Iterator[Finding]:
    if draft.kind is QuestionKind.TRUE_FALSE:
        decisive = [
            (draft.stem + draft.explanation, LEAST_OF_STATEMENT, _ruling(draft.stem) if draft.key == (0,) else "")
        ]
    else:
        decisive = [(draft.options[place], LEAST_OF_OPTION, draft.options[place]) for place in draft.key]
    whole = "".join(evidence)
    for words, least, exact in decisive:
        share = max(borne_out(words, text) for text in _joined(evidence))
        told = max(borne_out(words + draft.explanation, text) for text in _joined(evidence))
        if share < least and told < LEAST_OF_STATEMENT:  # 11票 is borne out with the reason why it is eleven
            yield Finding(draft.number, "关键词不在文中", f"{share:.0%} {words}")
        missing = [figure for figure in _FIGURE.findall(exact) if figure not in whole and figure not in _ANY_ONE]
        if missing:
            yield Finding(draft.number, "数字不在文中", f"{'、'.join(missing)} {words}")


def _ruling(statement: str) -> str:
    """What a statement says of the law, without the case that it tells first: what follows 依照……，."""
    return _RULING.sub("", statement, count=1)


def _joined(evidence: list[str]) -> list[str]:
    """Cited articles count together; of a long text each paragraph with its neighbour, for it was not cited whole."""
    if len(evidence) <= 6:
        return ["".join(evidence)]
    return ["".join(evidence[index : index + 2]) for index in range(len(evidence))]


def borne_out(words: str, text: str) -> float:
    """The share of the words that stands in the text in runs of two signs or more; punctuation does not count."""
    plain = "".join(_WORDS.findall(words))
    if not plain:
        return 0.0
    if len(plain) == 1:
        return float(plain in text)
    held = "".join(_WORDS.findall(text))
    covered = set()
    for index in range(len(plain) - 1):
        if plain[index : index + 2] in held:
            covered |= {index, index + 1}
    return len(covered) / len(plain)


def _plain_title(title: str) -> str:
    return re.sub(r"（[^（）]*(?:文本|修订|转载本)）(?:条文节选)?$", "", title)


def main(arguments: list[str]) -> int:
    if not arguments or not (Path(arguments[0]) / "articles.jsonl").is_file():
        print(__doc__, file=sys.stderr)
        return 2
    library = Library(Path(arguments[0]))
    banks = [Path(name) for name in arguments[1:]] or sorted(BANKS.glob("*.txt"))
    wrong = 0
    for path in banks:
        drafts = list(read_bank(path.read_bytes(), path.name).usable)
        findings = list(check(drafts, library))
        for finding in findings:
            print(f"{path.name}　第{finding.number}题　{finding.what}：{finding.message}")
        wrong += len(findings)
        _print_counts(path, drafts, findings)
    return 1 if wrong else 0


def _print_counts(path: Path, drafts: list[Draft], findings: list[Finding]) -> None:
    citations = [citation for draft in drafts for citation in cited(draft.source) or ()]
    articles = sum(len(citation.articles) for citation in citations)
    passages = sum(1 for citation in citations if not citation.articles)
    told = "，".join(f"{what}{count}" for what, count in Counter(f.what for f in findings).items()) or "没有问题"
    print(f"{path.name}：{len(drafts)}题，引{len(citations)}处，其中条文{articles}条、篇章{passages}处：{told}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
