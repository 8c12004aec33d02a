"""What a 依据 names."""

import pytest

from app.rules.citation import Citation, cited


def test_articles_of_a_law_are_found_without_their_paragraphs():
    assert cited("《中华人民共和国宪法》（2018年修正）第六十二条第一款第三项、第六十七条") == (
        Citation("中华人民共和国宪法", 2018, "2018年修正", ("第六十二条", "第六十七条"), ""),
    )


def test_an_article_inserted_later_keeps_its_own_number():
    (citation,) = cited("《中华人民共和国刑法》（2023年修正）第一百三十三条之一") or ()
    assert citation.articles == ("第一百三十三条之一",)


def test_several_documents_are_set_off_by_semicolons():
    found = cited("《中国共产党章程》（2017年修改）总纲；《中国共产党章程》（2022年修改）总纲") or ()
    assert [(c.year, c.articles, c.passage) for c in found] == [(2017, (), "总纲"), (2022, (), "总纲")]


def test_a_text_without_articles_names_its_passage_or_its_day():
    (report,) = cited("党的十七大报告（2007年）历史地位部分") or ()
    (entry,) = cited("党史大事记（2003年10月11日至14日条，党的十六届三中全会）") or ()
    assert (report.title, report.passage) == ("党的十七大报告", "历史地位部分")
    assert (entry.year, entry.when) == (2003, "2003年10月11日至14日条，党的十六届三中全会")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "宪法第三十三条",
        "《中华人民共和国宪法》第三十三条",
        "《中华人民共和国宪法》（2018年）第三十三条",
        "《中华人民共和国宪法》（2018年修正）",
        "《中华人民共和国宪法》（2018年修正）第33条",
        "《中华人民共和国宪法》（2018年修正）第三十三条、《中华人民共和国民法典》（2020年通过）第一条",
    ],
)
def test_another_form_is_none(source):
    assert cited(source) is None
