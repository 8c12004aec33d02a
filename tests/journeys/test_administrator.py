"""The first administrator comes by a link, says whose site it is, and hands on links of the same kind."""

import re

from playwright.sync_api import Page, expect


def test_the_first_administrator_comes_by_a_link_and_grants_roles(open_page, live_server, town):
    log = live_server.log.read_text(encoding="utf-8")
    link = re.findall(rf"{live_server.url}/activation/\S+", log)[-1]
    admin = open_page("desktop")
    admin.goto(link)
    admin.get_by_label("姓名").fill("孙局")
    set_password(admin, "sunju")
    expect(admin.get_by_role("heading", name="站点设置", level=1)).to_be_visible()
    expect(admin.locator(".notice.red").first).to_have_text("非涉密系统，严禁上传涉密内容")
    admin.get_by_label("站点名称").fill("学法在线")
    admin.get_by_label("主办单位").fill("市普法办公室")
    admin.get_by_label("咨询电话").fill("0123-4567890")
    admin.get_by_role("button", name="保存设置").click()
    expect(admin.get_by_role("status")).to_have_text("已保存，各页从现在起这样显示。")
    expect(admin.locator("footer")).to_contain_text("主办：市普法办公室")
    expect(admin.locator("footer")).to_contain_text("咨询电话 0123-4567890")

    grant_to_a_person_on_the_list(admin, open_page)
    make_an_account(admin, open_page)
    admin.get_by_role("button", name="退出").click()
    admin.goto(link)
    expect(admin.get_by_role("heading", name="链接不能用了")).to_be_visible()


def set_password(page: Page, login: str) -> None:
    page.get_by_label("账号").fill(login)
    page.get_by_label(re.compile("^密码")).fill("一句好记的话，长一点")
    page.get_by_label("再填一次密码").fill("一句好记的话，长一点")
    page.get_by_role("button", name="设好，进入").click()


def grant_to_a_person_on_the_list(admin: Page, open_page) -> None:
    admin.get_by_role("link", name="角色与账号").click()
    admin.get_by_label("姓名、单位、工号或账号").fill("陈静")
    admin.get_by_role("button", name="查找").click()
    admin.get_by_role("button", name="把陈静设为组织者").click()
    expect(admin.get_by_role("row", name=re.compile("陈静.*组织者"))).to_be_visible()
    link = admin.locator("#handed").inner_text()
    admin.reload()
    expect(admin.locator("#handed")).to_have_count(0)  # shown once

    organizer = open_page("desktop")
    organizer.goto(link)
    set_password(organizer, "chenjing")
    expect(organizer.get_by_role("heading", name="竞赛管理")).to_be_visible()
    organizer.goto("/admin")
    expect(organizer.get_by_role("heading", name="站点设置", level=1)).to_have_count(0)
    organizer.goto("/manage")
    organizer.get_by_role("button", name="退出").click()
    organizer.goto("/sign-in")
    organizer.get_by_label("账号").fill("chenjing")
    organizer.get_by_label("密码").fill("一句好记的话，长一点")
    organizer.get_by_role("main").get_by_role("button", name="登录").click()
    expect(organizer.get_by_role("heading", name="竞赛管理")).to_be_visible()


def make_an_account(admin: Page, open_page) -> None:
    admin.get_by_label("姓名", exact=True).fill("外聘专家")
    admin.get_by_label(re.compile("^账号")).fill("expert")
    admin.get_by_role("button", name="新建并生成链接").click()
    expect(admin.locator(".handed")).to_contain_text("交给外聘专家的链接")
    newcomer = open_page("phone")
    newcomer.goto(admin.locator("#handed").inner_text())
    expect(newcomer.locator(".facts")).to_contain_text("外聘专家")
    set_password(newcomer, "expert")
    expect(newcomer.get_by_role("heading", name="竞赛管理")).to_be_visible()
