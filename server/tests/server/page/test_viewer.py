"""The viewer in real Chromium: every control changes the picture, volumes come in pieces, and axe finds no fault."""

import pytest

pytestmark = pytest.mark.long
CASE = "scan-0"
LAYERS = ("label", "segmentation", "uncertainty", "disagreement")
SERIOUS = ("serious", "critical")
PHONE = {"width": 390, "height": 800}


@pytest.fixture
def viewer(opened, study):
    """Open the viewer of a case that has a label and two predictions, and wait until it is drawn."""

    def see(case=CASE, **options):
        page = opened(f"#/datasets/{study.dataset.id}/cases/{case}", **options)
        page.locator(".where", has_text="uncertainty").wait_for()
        return page

    return see


def picture(page):
    """The canvas as it is drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.locator("canvas").screenshot()


def changed(page, before, step):
    """Wait until the canvas shows something else, and return it."""
    for _ in range(20):
        now = picture(page)
        if now != before:
            return now
    raise AssertionError(f"{step} does not change the picture")


def slide(page, name, value):
    page.locator(f"#{name}").fill(str(value))


CONTROLS = (
    *(f"#view-{view}" for view in ("axial", "coronal", "sagittal", "volume")),
    ("#cut", 0.4),
    "#view-all",
    *((f"#place-{axis}", voxel) for axis, voxel in enumerate((9, 8, 7))),
    ("#opacity-anatomy", 0.6),
    ("#white", 600),
    ("#black", 100),
    ("#threshold-disagreement", 0),
    ("#opacity-disagreement", 0.2),
    "#show-disagreement",
    ("#threshold-uncertainty", 0.1),
    ("#opacity-uncertainty", 1),
    "#show-uncertainty",
    ("#opacity-segmentation", 1),
    "#show-segmentation",
    ("#opacity-label", 1),
    "#show-label",
    "#show-anatomy",
)
"""What is pressed, or slid to a value, one after the other; each must change what is drawn."""


def test_every_control_changes_the_picture(viewer, study):
    page = viewer(viewport={"width": 820, "height": 420})
    page.locator("#model").select_option(study.model)  # learnt least, so that its maps are everywhere
    for name in LAYERS:
        page.locator(f"#show-{name}").check()
        page.locator(".where", has_text=name).wait_for()
        page.locator(f"progress[aria-label^='{name}' i]").wait_for(state="hidden")
    drawn = changed(page, b"", "opening")
    for control in CONTROLS:
        name, value = (control, None) if isinstance(control, str) else control
        page.locator(name).click() if value is None else page.locator(name).fill(str(value))
        drawn = changed(page, drawn, control)
    assert [page.locator(f"#place-{axis}").input_value() for axis in range(3)] == ["9", "8", "7"]


def test_another_models_prediction_takes_the_place_of_the_first(viewer, study):
    page = viewer()
    said = {one.model: one.summary for one in study.client.predictions(study.dataset.id, CASE)}
    options = page.locator("#model option")
    assert [options.nth(at).get_attribute("value") for at in range(options.count())] == list(said)
    page.locator("#show-segmentation").uncheck()
    page.locator("#model").select_option(study.model)
    page.locator(".facts", has_text=f"{said[study.model]['foreground_uncertainty']:.2f}").wait_for()
    page.locator("#show-segmentation").check()
    page.locator(".where", has_text="segmentation").wait_for()


def test_the_crosshair_says_what_the_volumes_hold(viewer, study, tmp_path):
    import SimpleITK as sitk

    page = viewer()
    page.get_by_role("button", name="Go to the most uncertain voxel").click()
    prediction = study.client.predictions(study.dataset.id, CASE)[0]
    volumes = {}
    for name in ("uncertainty", "segmentation"):
        study.client.download(getattr(prediction, name), tmp_path / f"{name}.nrrd")
        volumes[name] = sitk.ReadImage(str(tmp_path / f"{name}.nrrd"))
    highest = float(sitk.GetArrayViewFromImage(volumes["uncertainty"]).max())
    page.locator(".where", has_text=f"uncertainty {highest:.2f}").wait_for()
    for axis, voxel in enumerate((4, 5, 6)):
        slide(page, f"place-{axis}", voxel)
    size = volumes["segmentation"].GetSize()
    index = (size[0] - 1 - 4, size[1] - 1 - 5, 6)  # the file runs to the left and to the back, the sliders against it
    left, back, up = volumes["segmentation"].TransformIndexToPhysicalPoint(index)
    sides = ("L" if left > 0 else "R", "P" if back > 0 else "A", "S" if up >= 0 else "I")
    place = ", ".join(f"{side} {abs(at):.1f}" for side, at in zip(sides, (left, back, up), strict=True))
    told = page.locator(".where").inner_text()
    assert told.startswith(f"{place} mm: "), (told, place)
    assert f"segmentation {int(volumes['segmentation'][index])}" in told
    assert f"uncertainty {volumes['uncertainty'][index]:.2f}"[:16] in told


def test_a_volume_that_stops_coming_goes_on_where_it_stopped(opened, study):
    page = opened("#/datasets")
    asked = []

    def broken(route):
        asked.append(route.request.headers["range"])
        route.abort() if len(asked) in (1, 2) else route.continue_()

    page.route("**/v1/blobs/*", broken)
    page.route("**/v1/server", lambda route: route.fulfill(json={"limits": {"chunk_bytes": 4096}}))
    page.goto(f"{study.address}#/datasets/{study.dataset.id}/cases/{CASE}")
    page.locator(".where", has_text="uncertainty").wait_for()
    assert asked[:4] == ["bytes=0-4095"] * 3 + ["bytes=4096-8191"]
    assert page.get_by_text("The server does not answer").is_hidden()


def test_a_volume_that_cannot_be_drawn_says_so(opened, study):
    page = opened("#/datasets")
    page.route("**/v1/blobs/*", lambda route: route.fulfill(body=b"NRRD0004\nno volume", content_type="application/x"))
    page.goto(f"{study.address}#/datasets/{study.dataset.id}/cases/{CASE}")
    page.get_by_text("It cannot be shown").wait_for()


@pytest.mark.parametrize(("scheme", "size"), [("light", {"width": 1000, "height": 700}), ("dark", PHONE)])
def test_axe_finds_nothing_serious(viewer, browsers, study, scheme, size):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs requirements/browser.txt").Axe()
    options = {"color_scheme": scheme, "viewport": size}
    pages = {"sign in": browsers.open(**options)}
    page, found = viewer(**options), {}
    job = study.client.jobs()[0].id
    for place in ("#/jobs", f"#/jobs/{job}", "#/datasets", f"#/datasets/{study.dataset.id}"):
        pages[place] = page.context.new_page()
        pages[place].goto(study.address)
        pages[place].evaluate("(token) => sessionStorage.setItem('dualnetssl-token', token)", study.server.token)
        pages[place].goto(f"{study.address}{place}")
        pages[place].reload()
        pages[place].locator("h1").wait_for()
        pages[place].get_by_text("Livers").first.wait_for()
    for name, one in {**pages, "case": page}.items():
        faults = axe.run(one).response["violations"]
        found[name] = [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in faults if fault["impact"] in SERIOUS]
        wide = one.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is {wide} pixels too wide for {size['width']}"
    assert {name: faults for name, faults in found.items() if faults} == {}
