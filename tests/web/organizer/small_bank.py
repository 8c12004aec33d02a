"""The questions of the own bank that the tests of work on a bank begin with."""

from dataclasses import replace

from app.rules.question import Draft, QuestionKind

WEEK = Draft(
    QuestionKind.SINGLE_CHOICE, "一周有（　　）天。", ("五", "六", "七"), (2,), explanation="七天。", topic="历法"
)
TWIN = replace(WEEK, options=("三", "七", "九"), key=(1,), explanation="", source="常识")
YEAR = Draft(QuestionKind.TRUE_FALSE, "一年有十二个月。", ("正确", "错误"), (0,))
