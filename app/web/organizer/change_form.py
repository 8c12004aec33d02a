"""What is asked for before something is changed while people answer: a reason, and for some changes time."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from app.operations.attempt_changes import MOST_MINUTES
from app.operations.notices import LONGEST_REASON
from app.web.organizer.opening import MomentField

REASON = [
    DataRequired("请写明原因：参赛者会看到，也记入操作日志。"),
    Length(max=LONGEST_REASON, message=f"原因请在{LONGEST_REASON}字以内。"),
]


class ReasonForm(FlaskForm):
    """Only why."""

    reason = StringField("原因", validators=REASON)


class ExtensionForm(ReasonForm):
    """加时"""

    minutes = IntegerField(
        "增加几分钟",
        validators=[
            InputRequired("请填分钟数，例如10。"),
            NumberRange(1, MOST_MINUTES, message=f"请填1到{MOST_MINUTES}之间的分钟数。"),
        ],
    )


class ReopeningForm(ReasonForm):
    """重新打开"""

    minutes = IntegerField(
        "再增加几分钟",
        default=0,
        validators=[Optional(), NumberRange(0, MOST_MINUTES, message=f"请填0到{MOST_MINUTES}之间的分钟数。")],
    )
    despite_keys = BooleanField("我知道本人可能看过答案，仍要重新打开")


class VoidingForm(ReasonForm):
    """作废: whether the chance is given back must be answered, nothing is chosen beforehand."""

    give_back = RadioField("这次答题机会", validators=[InputRequired("请选择这次机会退不退还。")])

    def __init__(self) -> None:
        super().__init__()
        self.give_back.choices = [("yes", "退还，可以再答一次"), ("no", "不退还，算用掉一次")]


class PostponementForm(ReasonForm):
    """延期"""

    closes_at = MomentField("延期到", validators=[InputRequired("请填新的截止时间。")])
    despite_keys = BooleanField("我知道有人可能看过答案，仍要延期")


class EndingForm(ReasonForm):
    """提前结束; without a moment it is now."""

    closes_at = MomentField("提前到", validators=[Optional()])
