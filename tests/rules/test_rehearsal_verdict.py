"""The verdict of a rehearsal: its limits, its reasons, and what it advises to do."""

from dataclasses import replace

import pytest

from app.rules.rehearsal import Losses
from app.rules.rehearsal_verdict import Machine, Outcome, Shown, Step, Waits, limits, verdict

QUICK = dict.fromkeys(Step, Waits(100, 0.01, 0.05, 0.2))
CALM = Machine(2, 0.4, 0.7, 0.3, 100 * 1024**2, 0.5, client=0.1, client_late=0.002, sync=0.002, free=50 * 1024**3)
GOOD = Shown(5000, 5, QUICK, Losses(), CALM, acknowledged=20_000)


def slow(step, most):
    return replace(GOOD, waits=QUICK | {step: Waits(100, 0.01, most, most * 2)})


def test_the_waits_of_a_step_are_half_most_and_the_worst():
    assert Waits.of([n / 100 for n in range(100, 0, -1)]) == Waits(100, 0.5, 0.95, 1.0)
    assert Waits.of([0.2]) == Waits(1, 0.2, 0.2, 0.2)
    assert Waits.of([]) == Waits(0, 0.0, 0.0, 0.0)


def test_a_good_rehearsal_is_a_yes_in_one_sentence():
    judged = verdict(GOOD)
    assert (judged.outcome, judged.sentence) == (Outcome.YES, "可以承担 5000 人同时参赛。")
    assert (judged.reasons, judged.advice) == ((), ())


@pytest.mark.parametrize(("step", "limit"), [(Step.START, 3.0), (Step.SAVE, 0.3), (Step.HAND_IN, 1.0)])
def test_each_limit_holds_up_to_itself_and_not_beyond(step, limit):
    assert verdict(slow(step, limit)).outcome is Outcome.YES
    judged = verdict(slow(step, limit + 0.001))
    assert judged.outcome is Outcome.NO
    assert [reason[:4] for reason in judged.reasons] == [f"{step.label}太慢"]
    assert any("--people 2500" in advice for advice in judged.advice)


def test_the_limits_are_told():
    assert limits() == (
        "丢失、重复、误判都是 0，人人交上卷；100 次里 95 次不超过：开考 3.0 秒，保存 300 毫秒，交卷 1.0 秒"
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"losses": Losses(lost=1)}, "有 1 人已确认保存的答案没有存住"),
        ({"losses": Losses(doubled=2)}, "有 2 人得到了不止一份答卷"),
        ({"losses": Losses(misgraded=3)}, "有 3 份答卷没有正好阅卷一次"),
        ({"faults": 4}, "服务器出错 4 次"),
        ({"unfinished": 5}, "有 5 人没能走到成绩页"),
    ],
)
def test_whatever_must_never_happen_is_a_no_however_quick_all_was(change, reason):
    judged = verdict(replace(GOOD, **change))
    assert (judged.outcome, judged.reasons) == (Outcome.NO, (reason,))
    assert judged.sentence == "不建议 5000 人同时参赛。"
    assert judged.advice


def test_a_loss_says_not_to_begin_and_recommends_no_other_number():
    (advice,) = verdict(replace(GOOD, losses=Losses(lost=1))).advice
    assert advice.startswith("先不要开考。执行 flask doctor")


def test_a_loss_is_a_no_even_when_the_client_was_too_slow_to_measure():
    late = replace(CALM, client_late=1.0)
    assert verdict(replace(GOOD, losses=Losses(lost=1), machine=late)).outcome is Outcome.NO


def test_slowness_that_may_be_the_clients_own_is_no_verdict_on_the_server():
    late = replace(CALM, client_late=0.101)
    judged = verdict(replace(slow(Step.SAVE, 0.5), machine=late))
    assert judged.outcome is Outcome.UNCLEAR
    assert judged.reasons[0] == "演练程序自己忙不过来，100 次里有 5 次晚了 101 毫秒以上才动手"
    assert verdict(replace(slow(Step.SAVE, 0.5), machine=replace(CALM, client_late=0.1))).outcome is Outcome.NO


def test_what_is_quick_enough_in_spite_of_a_late_client_is_quick_enough():
    assert verdict(replace(GOOD, machine=replace(CALM, client_late=0.5))).outcome is Outcome.YES


@pytest.mark.parametrize(
    ("machine", "advice"),
    [
        ({"sync": 0.031}, "固态硬盘"),
        ({"free": 1024**3 - 1}, "腾出空间"),
        ({"memory_used": 0.91}, "内存快用完了"),
        ({"connections": 5199}, "只能同时打开 5199 个连接，5000 人要 5200 个以上"),
        ({"busiest": 0.86, "busy": 0.8, "server": 0.7}, "核数更多的机器；核数多的机器上改用 PostgreSQL"),
        ({"busiest": 1.0, "busy": 1.0, "server": 0.2}, "别的程序占了处理器的 70%"),
    ],
)
def test_the_advice_names_what_was_short(machine, advice):
    judged = verdict(replace(slow(Step.SAVE, 0.5), machine=replace(CALM, **machine)))
    assert any(advice in one for one in judged.advice)
    assert not any(advice in one for one in verdict(slow(Step.SAVE, 0.5)).advice)


def test_on_postgresql_nobody_is_advised_to_move_to_it():
    busy = replace(CALM, busiest=0.95, busy=0.9, server=0.75)
    judged = verdict(replace(slow(Step.SAVE, 0.5), machine=busy, is_sqlite=False))
    assert not any("PostgreSQL" in advice for advice in judged.advice)


def test_a_yes_at_the_edge_says_so():
    judged = verdict(replace(GOOD, machine=replace(CALM, busiest=0.95)))
    assert judged.outcome is Outcome.YES
    assert judged.advice == ("最忙时处理器已接近用满，人数不要再多；竞赛时不要在这台机器上做别的事。",)


def test_a_yes_beside_other_programs_says_to_stop_them():
    shared = replace(CALM, busiest=1.0, busy=0.9, server=0.2)
    assert verdict(replace(GOOD, machine=shared)).advice == (
        "别的程序占了处理器的 60%，竞赛时请停掉；停掉以后还会更快。",
    )


def test_a_machine_that_cannot_be_seen_is_judged_by_its_answers():
    assert verdict(replace(GOOD, machine=Machine(2))).outcome is Outcome.YES
    assert verdict(replace(slow(Step.SAVE, 0.5), machine=Machine(2))).outcome is Outcome.NO
