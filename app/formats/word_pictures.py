"""Pictures of a Word file given to the question, and to the option, that they belong to."""

from dataclasses import replace

from app.formats.images import LARGEST_IMAGE_MB, Images
from app.formats.problem import Problem, ReadQuestion
from app.formats.word_marks import Sightings, marked, unmarked
from app.formats.word_package import WordPackage
from app.rules.question import Draft, Picture, faults

SEEN_ONLY = "（见图）"
_NOT_FOUND = "有一张图片在文件里找不到，没有导入；请在 Word 里重新插入这张图片后再上传"
_IN_EXPLANATION = "答案或解析里有图片，没有导入；请改用文字说明，或把图片移到题干、选项里"


class Album:
    """The pictures of one file, looked up when a question wants them."""

    def __init__(self, package: WordPackage, sightings: Sightings) -> None:
        self.images = Images()
        self.used: set[int] = set()
        self._package = package
        self._sightings = sightings
        self._known: dict[str, Picture | str] = {}

    def picture(self, index: int, option: int | None) -> Picture | str:
        """The picture for the stem or an option, or in Chinese why there is none."""
        self.used.add(index)
        sighting = self._sightings.met[index]
        if sighting.relation not in self._known:
            path = self._package.target(sighting.relation)
            content = self._package.part(path, LARGEST_IMAGE_MB << 20) if path else None
            self._known[sighting.relation] = self.images.take(content) if content else _NOT_FOUND
        found = self._known[sighting.relation]
        return found if isinstance(found, str) else replace(found, option=option, alt=sighting.alt.strip()[:200])

    def left_over(self) -> list[int]:
        """The paragraphs with pictures that no question has."""
        met = enumerate(self._sightings.met)
        return sorted({sighting.paragraph for index, sighting in met if index not in self.used})


def illustrated(
    question: ReadQuestion, album: Album, placed: list[tuple[int | None, int]], explaining: list[int]
) -> ReadQuestion:
    """The question with the pictures `placed` (option, picture) and those marked in its texts; none is kept of others.

    Pictures `explaining` stand after the key, where they would give it away.
    """
    draft = question.draft
    if draft is None:
        return replace(question, excerpt=unmarked(question.excerpt))
    wanted = [*placed, *((None, index) for index in marked(draft.stem))]
    wanted += [(place, index) for place, option in enumerate(draft.options) for index in marked(option)]
    explaining = [*explaining, *marked(draft.explanation + draft.source + draft.topic)]
    if not wanted and not explaining:
        return question
    album.used.update(explaining)
    found = [album.picture(index, place) for place, index in wanted]
    pictures = tuple(picture for picture in found if isinstance(picture, Picture))
    messages = {reason: "图片" for reason in found if isinstance(reason, str)}
    if explaining:
        messages[_IN_EXPLANATION] = "图片"
    return _judged_anew(question, draft, _with_pictures(draft, pictures), messages)


def _with_pictures(draft: Draft, pictures: tuple[Picture, ...]) -> Draft:
    shown = {picture.option for picture in pictures}
    stem = unmarked(draft.stem) or (SEEN_ONLY if None in shown else "")
    options = tuple(
        unmarked(option) or (SEEN_ONLY if option and place in shown else "")
        for place, option in enumerate(draft.options)
    )
    explanation, source, topic = map(unmarked, (draft.explanation, draft.source, draft.topic))
    return replace(
        draft, stem=stem, options=options, explanation=explanation, source=source, topic=topic, pictures=pictures
    )


def _judged_anew(question: ReadQuestion, old: Draft, new: Draft, messages: dict[str, str]) -> ReadQuestion:
    """The question with its new draft: options alike but for their pictures are no longer the same."""
    gone = {(fault.column, fault.message) for fault in faults(old)}
    kept = [problem for problem in question.problems if (problem.column, problem.message) not in gone]
    misread = {problem.column for problem in kept if problem.level == "error"}
    come = [
        Problem(question.row, column, level, message, question.sheet)
        for column, level, message in faults(new)
        if column not in misread
    ]
    told = [Problem(question.row, column, "warning", message, question.sheet) for message, column in messages.items()]
    return replace(question, draft=new, excerpt=unmarked(question.excerpt) or SEEN_ONLY, problems=(*kept, *come, *told))
