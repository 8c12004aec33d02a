"""Who is who in an imported list."""

from rapidfuzz.fuzz import ratio

from app.rules.masking import mask_phone
from app.rules.matching import KnownPerson, Match, PersonRow, is_short_for, likely, match_people, plain_name
from app.rules.unit_tree import KnownUnit, UnitPlan, UnitRow, plan_units

FINANCE, ARCHIVE = 1, 2


def said(match: Match) -> list[tuple[str, str]]:
    return [(fault.level, fault.message) for fault in match.faults]


def people(*matches: Match) -> list[int | None]:
    return [match.person.id if match.person else None for match in matches]


def test_a_staff_number_finds_its_person_in_another_unit_with_another_phone():
    known = [KnownPerson(7, "李明", FINANCE, "G1", "13800000001")]
    (match,) = match_people([PersonRow(2, "李明", ARCHIVE, "G1", "13900000009")], known)
    assert people(match) == [7]
    assert said(match) == []


def test_a_staff_number_of_somebody_else_is_an_error():
    known = [KnownPerson(7, "李明", FINANCE, "G1", "13800000001")]
    (match,) = match_people([PersonRow(2, "王芳", FINANCE, "G1", "13900000009")], known)
    assert not match.is_usable
    assert said(match) == [
        ("error", "工号G1在系统里是李明，请核对工号；同一人改了名的，请填上他原来的手机号"),
    ]


def test_a_new_name_with_the_old_staff_number_and_phone_is_a_change_of_name():
    known = [KnownPerson(7, "李明", FINANCE, "G1", "13800000001")]
    (match,) = match_people([PersonRow(2, "李鸣", FINANCE, "G1", "13800000001")], known)
    assert people(match) == [7]
    assert said(match) == [("warning", "工号、手机号都是系统里的李明，姓名将改成李鸣，请核对")]


def test_without_a_staff_number_name_and_phone_find_the_person():
    known = [KnownPerson(7, "李明", FINANCE, None, "13800000001"), KnownPerson(8, "李明", ARCHIVE, None, "13900000001")]
    (match,) = match_people([PersonRow(2, "李 明", FINANCE, None, "13900000001")], known)
    assert people(match) == [8]
    assert said(match) == []


def test_name_and_unit_find_the_person_with_a_warning():
    known = [KnownPerson(7, "李明", FINANCE, None, "13800000001")]
    (match,) = match_people([PersonRow(2, "李明", FINANCE, None, "13900000009")], known)
    assert people(match) == [7]
    assert said(match) == [
        ("warning", "只按姓名和单位认作系统里的李明（手机138****0001），请核对是不是同一人"),
    ]


def test_a_name_alone_finds_nobody():
    known = [KnownPerson(7, "李明", FINANCE, None, "13800000001")]
    matches = match_people([PersonRow(2, "李明", ARCHIVE), PersonRow(3, "李明", None)], known)
    assert people(*matches) == [None, None]


def test_two_namesakes_in_one_unit_are_not_guessed_at():
    known = [KnownPerson(7, "李明", FINANCE, None, "13800000001"), KnownPerson(8, "李明", FINANCE, None, "13800000002")]
    (match,) = match_people([PersonRow(2, "李明", FINANCE)], known)
    assert people(match) == [None]
    assert said(match) == [
        (
            "error",
            "本单位在系统里有2位李明（手机138****0001、手机138****0002），请填上工号，或填他登记的手机号，以便区分",
        ),
    ]


def test_two_people_with_one_name_and_phone_need_a_staff_number():
    known = [KnownPerson(7, "李明", FINANCE, "G1", "13800000001"), KnownPerson(8, "李明", ARCHIVE, "G2", "13800000001")]
    (match,) = match_people([PersonRow(2, "李明", FINANCE, None, "13800000001")], known)
    assert said(match) == [("error", "系统里有2位李明登记了这个手机号，请在这一行填上工号来区分")]


def test_the_surer_row_takes_the_person_and_the_namesake_is_new():
    known = [KnownPerson(7, "李明", FINANCE, None, "13800000001")]
    rows = [PersonRow(2, "李明", FINANCE, None, "13800000002"), PersonRow(3, "李明", FINANCE, None, "13800000001")]
    matches = match_people(rows, known)
    assert people(*matches) == [None, 7]
    assert said(matches[0]) == [("warning", "本单位另有一位李明，按两个人处理，请核对")]


def test_one_person_is_never_taken_by_two_rows():
    known = [KnownPerson(7, "李明", FINANCE, "G1", "13800000001")]
    rows = [PersonRow(2, "李明", FINANCE, "G1"), PersonRow(3, "李明", FINANCE, None, "13800000001")]
    matches = match_people(rows, known)
    assert people(*matches) == [7, None]
    assert said(matches[1]) == [("error", "与第2行指的是同一个人（姓名、手机号相同），请删去重复的一行")]


def test_a_row_twice_in_the_file_is_refused_the_second_time():
    row = PersonRow(2, "李明", FINANCE, None, "13800000001")
    matches = match_people([row, PersonRow(3, "李明", FINANCE, None, "13800000001")], [])
    assert [match.is_usable for match in matches] == [True, False]


def test_namesakes_of_one_unit_without_number_and_phone_cannot_be_told_apart():
    rows = [PersonRow(2, "李明", FINANCE), PersonRow(3, "李明", FINANCE, None, "13800000001")]
    first, second = match_people(rows, [])
    assert said(first) == [
        ("error", "与第3行同名同单位，分不清是谁：请给每个人填上工号或手机号，重复的请删去"),
    ]
    assert second.is_usable


def test_who_left_is_found_again_unless_somebody_present_is_meant():
    left = KnownPerson(7, "李明", FINANCE, None, "13800000001", has_left=True)
    here = KnownPerson(8, "李明", FINANCE, None, "13800000002")
    row = PersonRow(2, "李明", FINANCE)
    assert people(*match_people([row], [left])) == [7]
    assert people(*match_people([row], [left, here])) == [8]


def test_an_account_is_never_taken_from_somebody_nor_renamed():
    known = [KnownPerson(7, "李明", FINANCE, "G1", None, "liming"), KnownPerson(8, "王芳", FINANCE, "G2", None, None)]
    taken, renamed, fresh = match_people(
        [
            PersonRow(2, "王芳", FINANCE, "G2", None, "LiMing"),
            PersonRow(3, "李明", FINANCE, "G1", None, "lm"),
            PersonRow(4, "陈静", FINANCE, "G3", None, "chenjing"),
        ],
        known,
    )
    assert said(taken) == [("error", "账号LiMing已经是别人的，请换一个，或留空")]
    assert said(renamed) == [("warning", "他已有账号liming，导入不改账号")]
    assert said(fresh) == []


def test_a_shortened_name_is_recognised_before_a_similar_one():
    known = ["市人民检察院", "市人力资源和社会保障局", "市人民防空办公室", "市社会科学界联合会"]
    assert likely("市人社局", known, ratio) == "市人力资源和社会保障局"
    assert likely("市人力资源社会保障局", known, ratio) == "市人力资源和社会保障局"
    assert likely("省第一医院", known, ratio) is None
    assert likely("市人社局", [], ratio) is None
    assert not is_short_for("局", "市财政局")


def test_names_are_compared_without_width_case_and_blanks():
    assert plain_name("市委办公室（机要 局）") == plain_name("市委办公室(机要局)")
    assert plain_name("Ａ局") == "a局"


def parent(plan: UnitPlan) -> str | int | None:
    return plan.parent_row if plan.parent_row is not None else plan.parent_id


def test_a_parent_may_follow_its_child_and_be_named_by_code():
    plans = plan_units([UnitRow(2, "支付中心", parent="CZ"), UnitRow(3, "财政局", "CZ")], [])
    assert [parent(plan) for plan in plans] == ["第3行", None]
    assert [plan.order for plan in plans] == [1, 2]


def test_units_are_matched_by_code_then_name_then_alias():
    renamed = KnownUnit(3, "人社局", None, 3, None, ("劳动局",))
    known = [KnownUnit(1, "财政局", "CZ", 1), KnownUnit(2, "档案馆", None, 2), renamed]
    by_code, by_name, by_alias = plan_units(
        [UnitRow(2, "市财政局", "CZ"), UnitRow(3, "档案馆", "DA"), UnitRow(4, "劳动局")], known
    )
    assert [plan.unit.id if plan.unit else None for plan in (by_code, by_name, by_alias)] == [1, 2, 3]
    assert [fault.message for fault in by_code.faults] == ["代码CZ在系统里叫“财政局”，将改名，请核对代码"]
    assert (by_name.name, by_name.code, by_name.faults) == ("档案馆", "DA", [])
    assert (by_alias.name, by_alias.faults[0].message) == ("人社局", "按别名认作“人社局”，名称不改")


def test_a_code_and_a_name_of_two_units_are_refused():
    known = [KnownUnit(1, "财政局", "CZ"), KnownUnit(2, "档案馆", "DA")]
    (plan,) = plan_units([UnitRow(2, "档案馆", "CZ")], known)
    assert [fault.message for fault in plan.faults] == [
        "代码CZ在系统里是“财政局”，名称却是另一个单位“档案馆”，请改正其中一个"
    ]


def test_circles_are_refused_within_the_file_and_through_the_database():
    rows = [UnitRow(2, "甲", parent="乙"), UnitRow(3, "乙", parent="甲"), UnitRow(4, "丙", parent="甲")]
    first, second, below = plan_units(rows, [])
    assert [fault.message for fault in first.faults] == ["上级单位绕成了一圈（甲→乙→甲），请改正其中一个"]
    assert not second.is_usable
    assert not below.is_usable
    known = [KnownUnit(1, "甲"), KnownUnit(2, "乙", parent_id=1), KnownUnit(3, "丙", parent_id=2)]
    (plan,) = plan_units([UnitRow(2, "甲", parent="丙")], known)
    assert [fault.message for fault in plan.faults] == ["上级单位绕成了一圈（甲→丙→乙→甲），请改正其中一个"]


def test_nothing_is_placed_under_a_refused_row():
    faulty, below, further = plan_units(
        [UnitRow(2, "甲", is_faulty=True), UnitRow(3, "乙", parent="甲"), UnitRow(4, "丙", parent="乙")], []
    )
    assert not faulty.is_usable
    assert [fault.message for fault in below.faults] == ["上级单位在第2行，那一行有误，请先改正它"]
    assert [fault.message for fault in further.faults] == ["上级单位在第3行，那一行有误，请先改正它"]


def test_new_units_without_a_number_follow_the_last_and_known_ones_keep_their_place():
    known = [KnownUnit(1, "财政局", order=5)]
    plans = plan_units([UnitRow(2, "档案馆"), UnitRow(3, "财政局"), UnitRow(4, "审计局", order=2)], known)
    assert [plan.order for plan in plans] == [6, 5, 2]


def test_a_list_without_a_column_of_parents_moves_nobody():
    known = [KnownUnit(1, "财政局"), KnownUnit(2, "支付中心", parent_id=1)]
    (kept,) = plan_units([UnitRow(2, "支付中心")], known)
    (moved,) = plan_units([UnitRow(2, "支付中心", parent="")], known)
    assert (parent(kept), parent(moved)) == (1, None)


def test_a_phone_is_masked_and_never_told_in_full():
    assert mask_phone("13800001234") == "138****1234"
    assert mask_phone("85551234") == "****1234"
    assert mask_phone("1234") == "****"
    assert mask_phone(None) == ""
