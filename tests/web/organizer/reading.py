"""What stands on a page, for the tests of it."""

import re


def text(response):
    """The page as it came."""
    return response.get_data(as_text=True)


def words(response):
    """The page without its tags and blanks."""
    return re.sub(r"<[^>]+>|\s+", "", text(response))


def cells(response):
    """Every table row of the page as the words in its cells."""
    rows = re.findall(r"<tr.*?</tr>", text(response), re.S)
    return [[re.sub(r"<[^>]+>|\s+", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows]


def tally(response):
    """The counts above a preview, by their words."""
    pairs = re.findall(r'<p class="n">([\d,]+)</p><p class="verdict \w+">(\w+)</p>', text(response))
    return {word: count for count, word in pairs}


def notices(response):
    """What the house says on the page: flashes and remarks."""
    found = re.findall(r'<(p|div) class="notice(?: red)?(?: field)?"[^>]*>(.*?)</\1>', text(response), re.S)
    return [re.sub(r"<[^>]+>|\s+", "", words) for _, words in found]


def errors(response):
    """What is said below the fields."""
    return re.findall(r'<p class="error"[^>]*>(.*?)</p>', text(response))


def value(response, name):
    """What a text field holds."""
    (field,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', text(response))
    return re.findall(r' value="([^"]*)"', field)[0]
