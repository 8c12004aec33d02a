"""An organizer before the browser, and files as they are uploaded."""

import io

import pytest
import xlsxwriter

from app.database import db, writing
from app.models import QuestionBank
from app.operations import questions as work
from app.operations.banks import import_bank
from app.queries import questions
from tests.factories import NOON
from tests.web.organizer.small_bank import TWIN, WEEK, YEAR


@pytest.fixture
def manage(organizer, sign_in, client):
    """Somebody who may organize sits before the browser."""
    sign_in()
    return client


@pytest.fixture
def upload(manage):
    """Upload a file on a page: `upload("/manage/units/upload", workbook([...]))`."""

    def go(page, content, name="文件.xlsx", **fields):
        return manage.submit(page, {"file": (io.BytesIO(content), name), **fields}, page=page)

    return go


@pytest.fixture
def brought_in(manage, upload):
    """Upload a file and confirm its preview; answers with the page one is led to."""

    def go(page, content, name="文件.xlsx", **fields):
        preview = upload(page, content, name, **fields).location
        confirmed = manage.submit(f"{preview}/confirmation", {"approve": "yes"}, page=preview)
        return manage.get(confirmed.location)

    return go


@pytest.fixture
def workbook():
    """An .xlsx of these rows."""

    def make(*rows):
        file = io.BytesIO()
        with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
            sheet = book.add_worksheet("表")
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        return file.getvalue()

    return make


@pytest.fixture
def own(app, manage):
    """The address of an own bank of three questions; the last one waits for approval."""
    with app.app_context():
        made = import_bank([WEEK, YEAR], title="小题库", actor=None, now=NOON).bank_id
        work.add_question(made, TWIN, state="pending", actor=None, now=NOON)
    return f"/manage/banks/{made}"


@pytest.fixture
def shipped(app, own):
    """The same bank, as one that comes with the system."""
    with app.app_context(), writing():
        db.session.query(QuestionBank).one().shipped_checksum = "0" * 64
    return own


@pytest.fixture
def stored(app):
    """The question of that number of the only bank, as it stands now."""

    def look(number):
        with app.app_context():
            return questions.history(
                db.session.query(QuestionBank.id).order_by(QuestionBank.id).limit(1).scalar(), number
            )[0]

    return look
