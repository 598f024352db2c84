"""The page in real Chromium: signing in, jobs that run, stop and go on, servers that go away, two browsers at once."""

import pytest

from dualnetssl.cli.monitor import mean_losses
from dualnetssl.contract.schema import Role

pytestmark = pytest.mark.long
LONG = {"steps": 50_000, "checkpoint_every": 5}


def test_signing_in_and_out(browsers, study):
    page = browsers.open()
    page.get_by_label("Token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").get_by_text("does not know").wait_for()
    assert page.get_by_role("navigation").is_hidden()
    page.get_by_label("Token").fill(study.server.token)
    page.get_by_label("Token").press("Enter")
    page.get_by_text("owner (admin)").wait_for()
    assert page.url == f"{study.address}#/jobs"
    page.reload()
    page.get_by_text("owner (admin)").wait_for()
    assert page.evaluate("[localStorage.length, document.cookie]") == [0, ""]
    tab = page.context.new_page()
    tab.goto(study.address)
    tab.get_by_role("heading", name="Sign in").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()
    assert page.evaluate("sessionStorage.length") == 0


def test_the_page_speaks_the_language_of_the_browser(opened, study):
    page = opened("#/datasets", locale="de-AT")
    page.get_by_role("link", name="Aufträge").click()
    page.get_by_role("heading", name="Training von Livers").first.wait_for()
    assert page.evaluate("document.documentElement.lang") == "de"
    for wanted, language in ((["pt", "es-MX", "de"], "es"), (["en-GB", "de"], "en"), (["pt"], "en")):
        assert page.evaluate("async (w) => (await import('/page/words.js')).chosen(w)", wanted) == language


def test_a_token_that_is_revoked_ends_the_session(browsers, study):
    page = browsers.open(study.accounts().add("Dr Leaving", Role.ANNOTATOR, 1))
    page.get_by_text("Dr Leaving (annotator)").wait_for()
    study.accounts().revoke("Dr Leaving")
    page.get_by_role("alert").get_by_text("revoked").wait_for()
    assert page.get_by_text("Livers").count() == 0
    assert page.evaluate("sessionStorage.length") == 0


def test_a_job_is_followed_to_its_end(opened, study):
    page = opened()
    job = study.train(steps=12)
    page.locator(f'a[href="#/jobs/{job.id}"]').click()
    page.get_by_role("heading", name="Training of Livers").wait_for()
    assert study.client.wait(job.id).state == "succeeded"
    page.get_by_text("succeeded").wait_for()
    for name in ("Dice of labelled training patches", "Terms of the loss"):
        picture = page.get_by_role("img", name=name)
        assert "by step; newest: " in picture.get_attribute("aria-label")
        assert picture.locator("polyline").count() >= 2
    page.get_by_text(study.client.job(job.id).result_model).wait_for()
    assert page.get_by_role("button", name="Stop …").is_hidden()


def test_two_browsers_see_the_same_job_and_only_one_may_stop_it(browsers, opened, study):
    job = study.train(**LONG)
    study.until(job, "progress")
    place = f"#/jobs/{job.id}"
    mine, theirs = opened(place), browsers.open(study.accounts().add("Dr Looking", Role.ANNOTATOR, 1))
    theirs.goto(f"{study.address}{place}")
    theirs.get_by_text("need the role trainer").wait_for()
    for page in (mine, theirs):
        page.get_by_text("training: step").wait_for()
        page.get_by_role("progressbar").wait_for()
    assert theirs.get_by_role("button", name="Stop …").count() == 0
    mine.get_by_role("button", name="Stop …").click()
    mine.get_by_role("button", name="Let it run").click()
    mine.get_by_role("button", name="Stop …").click()
    mine.get_by_role("button", name="Stop it").click()
    assert study.client.wait(job.id).state == "cancelled"
    for page in (mine, theirs):
        page.locator(".state.cancelled").wait_for()
    mine.get_by_role("button", name="Resume").click()
    theirs.locator(".state.running").wait_for()
    study.client.cancel_job(job.id)
    study.client.wait(job.id)
    for page in (mine, theirs):
        page.locator(".state.cancelled").wait_for()


def test_a_server_that_goes_away_is_waited_for(opened, study):
    page = opened()
    page.get_by_role("heading", name="Training of Livers").first.wait_for()
    study.server.stop()
    page.get_by_text("The server does not answer").wait_for()
    page.get_by_role("link", name="Data sets").click()
    assert study.server.start() is None
    page.get_by_role("link", name="Livers").wait_for()
    page.get_by_text("The server does not answer").wait_for(state="hidden")


def test_cases_of_a_data_set(opened, study):
    page = opened("#/datasets")
    page.get_by_role("link", name="Livers").click()
    rows = page.locator("tbody tr")
    page.get_by_role("link", name="scan-2").wait_for()
    assert [row.split()[0] for row in rows.all_inner_texts()] == ["scan-0", "scan-1", "scan-2"]
    assert "predicted" in rows.nth(2).inner_text()
    pictures = page.locator(".thumbnail img")
    pictures.nth(2).wait_for()
    assert pictures.evaluate_all("all => all.every((one) => one.complete && one.naturalWidth > 100)")
    first = pictures.first.element_handle()
    page.wait_for_timeout(6000)
    assert page.evaluate("one => one.isConnected", first), "a table in which nothing changed stays as it is"
    assert "labelled" in rows.nth(0).inner_text()
    page.get_by_label("Order by").select_option("benefit")
    page.get_by_text("not wholly verified").wait_for()
    assert [row.split()[0] for row in rows.all_inner_texts()] == ["scan-2"]
    page.goto(f"{study.address}#/datasets/none")
    page.get_by_role("alert").get_by_text("none").wait_for()


NEW = {"vnet": {"supervised": 1.0, "contrast": 0.5}, "residual": {"supervised": 3.0}}
FORMER = {"supervised_0": 1.0, "supervised_1": 3.0, "pseudo_1": 0.25}
SHARES = {1: "1.00", 0: "0.00", 0.5: "0.50", 0.003: "0.0030", None: "–"}
WRITTEN = {0: "0 s", 59.6: "1 min 00 s", 61: "1 min 01 s", 605: "10 min", 3905: "1 h 05 min"}
REPEATED = [
    {"seq": 1, "kind": "progress", "step": 1, "steps": 4, "dice": {"liver": 0.1}},
    {"seq": 2, "kind": "progress", "step": 2, "steps": 4, "dice": {"liver": 0.2}, "seconds_left": 3.0},
    {"seq": 2, "kind": "progress", "step": 3, "steps": 4, "dice": {"liver": 0.9}},
    {"seq": 3, "kind": "resumed", "step": 1},
    {"seq": 4, "kind": "progress", "step": 2, "steps": 4, "dice": {"liver": 0.3, "spleen": None}},
]


def test_the_page_counts_and_writes_as_the_others_do(browsers):
    page = browsers.open()

    def call(module, function, *arguments):
        code = "async ([module, name, given]) => (await import(`/page/${module}.js`))[name](...given)"
        return page.evaluate(code, [module, function, arguments])

    for losses in (NEW, FORMER):
        assert call("history", "meanLosses", losses) == pytest.approx(mean_losses(losses))
    assert {seconds: call("format", "duration", seconds) for seconds in WRITTEN} == WRITTEN
    assert [call("format", "share", value) for value in SHARES] == list(SHARES.values())
    assert call("chart", "ticks", 0, 1) == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert call("chart", "ticks", 0, 6000) == [0, 2000, 4000, 6000]
    folded = """async (events) => {
        const history = new (await import("/page/history.js")).History();
        history.add(events);
        const curves = [...history.patchDice].map(([name, curve]) => [name, curve.points]);
        return [history.step, history.done, history.secondsLeft, Object.fromEntries(curves)];
    }"""
    preparing = {"seq": 1, "kind": "preparing", "done": 3, "total": 12}
    assert page.evaluate(folded, [preparing]) == [3, 0.25, None, {}]
    assert page.evaluate(folded, [preparing, {"seq": 2, "kind": "data"}]) == [0, None, None, {}]
    assert page.evaluate(folded, REPEATED) == [2, 0.5, None, {"liver": [[1, 0.1], [2, 0.3]]}]
