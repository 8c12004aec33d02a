"""The chart of rates: its order, its positions, and the markup that draws it."""

import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from app.reports import charts
from app.rules import rates
from app.rules.rates import Tally, UnitTally

TEMPLATES = Path(charts.__file__).resolve().parents[1] / "templates"


def figures(*units: tuple[str, int, int, int]) -> rates.Figures:
    """Units of name, expected, participants, excellent."""
    made = [
        UnitTally(place, None, name, place, Tally(enrolled=d, expected=d, participants=p, excellent=x))
        for place, (name, d, p, x) in enumerate(units)
    ]
    return rates.figures(made, Tally(), Tally())


def test_bars_go_from_high_to_low_and_equal_ones_keep_the_order_of_the_units():
    chart = charts.rates_chart(
        figures(("甲局", 10, 5, 5), ("乙局", 0, 0, 0), ("丙局", 6, 0, 0), ("丁局", 4, 4, 1), ("戊局", 2, 1, 1))
    )

    assert [(bar.lines[0][0], bar.value, bar.counts, bar.width) for bar in chart.bars] == [
        ("丁局", "100.00%", "4／4人", "770.0"),
        ("甲局", "50.00%", "5／10人", "385.0"),
        ("戊局", "50.00%", "1／2人", "385.0"),
        ("丙局", "0.00%", "0／6人", "0.0"),
    ]
    assert (chart.title, chart.note) == ("各单位参赛率，由高到低", "应参为0的不列")
    assert (chart.total_words, chart.total_at) == ("合计45.45%", "640.0")
    assert chart.ticks == (("290.0", "0%"), ("482.5", "25%"), ("675.0", "50%"), ("867.5", "75%"), ("1060.0", "100%"))


def test_excellence_leaves_out_units_where_nobody_took_part():
    chart = charts.rates_chart(figures(("甲局", 10, 5, 4), ("丙局", 6, 0, 0)), "优秀率")

    assert [(bar.lines[0][0], bar.value, bar.counts) for bar in chart.bars] == [("甲局", "80.00%", "4／5人")]
    assert (chart.title, chart.note, chart.total_words) == ("各单位优秀率，由高到低", "无人参赛的不列", "合计80.00%")


def test_a_unit_whose_head_count_must_be_checked_has_no_bar():
    chart = charts.rates_chart(figures(("甲局", 5, 6, 0), ("乙局", 9, 3, 0)))

    assert [bar.lines[0][0] for bar in chart.bars] == ["乙局"]
    assert chart.note == "应参为0、应参人数待核的不列"


@pytest.mark.parametrize(("length", "lines"), [(1, 1), (17, 1), (18, 2), (34, 2), (35, 3), (200, 12)])
def test_a_long_name_is_wrapped_and_nothing_of_it_is_lost(length, lines):
    name = "".join(chr(0x4E00 + place) for place in range(length))
    bar = charts.rates_chart(figures((name, 5, 5, 5))).bars[0]

    assert "".join(text for text, _ in bar.lines) == name
    assert len(bar.lines) == lines
    assert max(len(text) for text, _ in bar.lines) <= charts.CHARACTERS


def test_no_two_lines_of_text_touch():
    names = [("市住房公积金管理中心枣园管理部城东办事处" * (1 + place % 3), 9, 9 - place % 9, 1) for place in range(96)]
    chart = charts.rates_chart(figures(*names))
    baselines = [float(y) for bar in chart.bars for _, y in bar.lines]

    assert len(chart.bars) == 96
    assert all(after - before >= charts.NAME_LINE for before, after in pairwise(baselines))
    assert baselines[-1] < chart.floor < chart.height


def drawn(chart: charts.Chart) -> ET.Element:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    source = "{% from 'components/report_chart.html' import report_chart %}{{ report_chart(chart) }}"
    return ET.fromstring(environment.from_string(source).render(chart=chart))


def test_the_markup_draws_every_bar_and_one_labelled_line_for_the_total():
    chart = charts.rates_chart(figures(("甲局", 10, 5, 5), ("<乙>局 & 公司", 4, 4, 4)))
    svg = drawn(chart)

    assert [rect.get("width") for rect in svg.iter("rect")] == ["770.0", "385.0"]
    assert [line.get("x1") for line in svg.iter("line") if line.get("class") == "total-line"] == [chart.total_at]
    texts = [text.text for text in svg.iter("text")]
    assert texts[-1] == "合计64.29%"
    assert "<乙>局 & 公司" in texts
    assert "甲局50.00%" in svg[0].get("aria-label", "")


def test_a_chart_of_nothing_draws_its_scale_and_no_line():
    chart = charts.rates_chart(figures())

    assert (chart.bars, chart.total_at) == ((), None)
    assert list(drawn(chart).iter("rect")) == []
