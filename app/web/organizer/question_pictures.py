"""Pictures added to a question by hand: kept as soon as they arrive, so that a refused form loses none."""

import re

from wtforms.fields.choices import SelectChoice

from app.extensions import utc_now
from app.operations.images import keep_picture
from app.rules.invalid import Invalid
from app.rules.question import Picture, letter
from app.web.organizer.question_form import QuestionForm

_KEPT = re.compile(r"([0-9a-f]{64}):(\d?)")
_MOST = 10


def take_pictures(form: QuestionForm, own: tuple[Picture, ...]) -> tuple[tuple[Picture, ...], str]:
    """All pictures that the form may keep: the question's own, those added before, and the one just sent.

    The second is why the one just sent was not taken, if it was not.
    """
    added = [
        Picture(sum_, int(place) if place else None) for sum_, place in _KEPT.findall(form.added.data or "")[:_MOST]
    ]
    reason = ""
    if form.picture.data:
        try:
            said = form.picture_place.data or ""
            place = int(said) if said.isdecimal() and len(said) == 1 else None
            added.append(keep_picture(form.picture.data.read(), place, now=utc_now()))
            form.pictures.data = [*(form.pictures.data or []), str(len(own) + len(added) - 1)]
        except Invalid as error:
            reason = "".join(error.messages)
    form.added.data = " ".join(
        f"{picture.checksum}:{'' if picture.option is None else picture.option}" for picture in added
    )
    pictures = (*own, *added)
    form.pictures.choices = [SelectChoice(str(at), _of(picture)) for at, picture in enumerate(pictures)]
    return pictures, reason


def _of(picture: Picture) -> str:
    where = "题干" if picture.option is None else f"选项{letter(picture.option)}"
    return f"{where}的图" + (f"（{picture.alt}）" if picture.alt else "")
