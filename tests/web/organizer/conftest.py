"""An organizer before the browser, and files as they are uploaded."""

import io

import pytest
import xlsxwriter


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
        confirmed = manage.submit(f"{preview}/confirmation", page=preview)
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
