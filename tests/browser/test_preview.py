"""`saferplymouth preview` in a real browser, while its files are saved."""

import http.client
import re
import signal
import socket
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import tiny
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from saferplymouth.store import temporary

MONTH = "2016-04"
BUILT = re.compile(r"^Preview of April 2016, not published\. Built \d\d:\d\d:\d\d\.$")
pytestmark = pytest.mark.xdist_group("preview")
WAIT = tiny.PATIENCE * 1000


@contextmanager
def previewed(root: Path, ends: signal.Signals):
    """The command at work on a project, and its address; ended by a signal when left."""
    started = tiny.start(root, "preview", "--no-browser")
    try:
        yield started, re.search(r"http://\S+", started.stdout.readline())[0]
    finally:
        started.send_signal(ends)
        status = started.wait(tiny.PATIENCE)
    assert status == (-ends if ends == signal.SIGKILL else 0)


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return tiny.project(tmp_path_factory.mktemp("preview") / "project", "alpha", "beta")


@pytest.fixture(scope="module")
def address(root):
    with previewed(root, signal.SIGINT) as (_, address):
        yield address
    tiny.until(lambda: not tiny.processes(str(root)), "its processes to end")


@pytest.fixture
def page(browser, address, root):
    """Alpha's page, once it is built and nothing is wrong."""
    kept = tiny.snapshot(root)
    page = browser.new_context().new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(address)
    page.wait_for_url(f"**/{MONTH}/index.html")
    page.goto(page.url.replace("index", "alpha"))
    expect(page.get_by_role("alert")).to_be_empty(timeout=WAIT)
    expect(page.get_by_role("status")).to_have_text(BUILT, timeout=WAIT)
    yield page
    page.context.close()
    for path, content in kept.items():
        if Path(path).read_bytes() != content:
            Path(path).write_bytes(content)
    assert page.said == []


def save_comment(root: Path, text: str) -> None:
    tiny.put(root / f"data/raw/{MONTH}/comments/alpha.md", f"Author: A. Analyst\n\n{text}\n")


def asked(address: str, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    host = re.search(r"//([^/]+)", address)[1]
    connection = http.client.HTTPConnection(host, timeout=tiny.PATIENCE)
    connection.putrequest(method, path, skip_host=True)
    for name, value in ({"Host": host} | headers).items():
        connection.putheader(name, value)
    connection.endheaders()
    return connection.getresponse()


def axe(page) -> list[tuple]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], node["html"]) for one in found for node in one["nodes"]]


def cookie(address: str) -> str:
    return asked(address, address[address.index("/?") :]).getheader("Set-Cookie")


def test_a_comment_is_shown_when_it_is_saved_and_the_reader_stays_where_they_are(page, root):
    page.set_viewport_size({"width": 800, "height": 300})
    page.locator("main summary").first.click()
    page.locator("main summary").first.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    assert place > 0
    save_comment(root, "It is the first of these.")
    expect(page.get_by_text("It is the first of these.")).to_be_attached(timeout=WAIT)
    assert page.evaluate("scrollY") == place
    assert not page.locator("main details").first.evaluate("one => one.open"), "it was closed"
    assert page.locator("main summary").first.evaluate("one => one == document.activeElement")
    assert not (root / "outputs").exists()


def test_a_wrong_cell_is_told_with_its_place_and_cure_until_it_is_mended(page, root):
    path = root / f"data/raw/{MONTH}/returns/police.csv"
    good = path.read_text()
    path.write_text(good.replace("100", "about 40"))
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("1 problem. The last good pages stay below.", timeout=WAIT)
    place = f"{MONTH}/returns/police.csv, cell C2, column value: 'about 40' is not a number. Cure: "
    expect(problem).to_contain_text(place)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Alpha"))
    assert axe(page) == []
    page.goto(page.url)
    expect(problem).to_contain_text(place)
    path.write_text(good)
    expect(problem).to_be_empty(timeout=WAIT)


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("framework.toml", "aim = 'redo", "framework.toml"),
        ("notebooks/alpha.ipynb", None, "notebooks/alpha.ipynb: ZeroDivisionError: division by"),
        (f"data/raw/{MONTH}/comments/alpha.md", "Autor: A.\n\nIt is {odd}.", "comments/alpha.md"),
    ],
)
def test_what_is_broken_is_named_until_it_is_mended(page, root, name, wrong, said):
    save_comment(root, "It is as it was.")
    path, good = root / name, (root / name).read_bytes()
    tiny.put(path, wrong or tiny.notebook(tiny.PARAMETERS, "1 / 0"))
    expect(page.get_by_role("alert")).to_contain_text(said, timeout=WAIT)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Alpha"))
    path.write_bytes(good)
    expect(page.get_by_role("alert")).to_be_empty(timeout=WAIT)
    expect(page.get_by_text("It is as it was.")).to_be_attached(timeout=WAIT)


def test_ten_saves_in_a_row_end_at_the_last_state(page, root):
    for n in range(10):
        save_comment(root, f"It is number {n} of these.")
    expect(page.get_by_text("It is number 9 of these.")).to_be_attached(timeout=WAIT)
    expect(page.get_by_role("status")).to_have_text(BUILT, timeout=WAIT)
    expect(page.get_by_text("It is number 9 of these.")).to_be_attached()


def test_pages_lead_to_each_other_and_their_files_are_had(page):
    page.get_by_text("Pages", exact=True).click()
    page.get_by_role("link", name="Beta").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Beta"))
    for path in ("data/beta.csv", "tables.ods", "tables.xlsx", "edition.json", "glossary.html"):
        there = page.request.get(page.url.replace("beta.html", path))
        assert there.ok == (path != "glossary.html"), path
    assert (
        page.request.get(page.url.replace("beta.html", "edition.json")).json()["edition"] == MONTH
    )
    assert axe(page) == []


def test_only_who_has_the_token_can_read_and_nobody_can_write(address):
    given = cookie(address)
    assert {"HttpOnly", "SameSite=Strict"} <= set(given.split("; "))
    own, front = {"Cookie": given.split(";")[0]}, f"/{MONTH}/index.html"
    port = address.split(":")[2].split("/")[0]
    assert asked(address, front).status == 403
    assert asked(address, "/?token=%C3%A9").status == 403
    assert asked(address, "/-/live").status == 403
    assert asked(address, front, Host=f"evil.example:{port}", **own).status == 403
    assert asked(address, front, **own).status == 200
    assert asked(address, front, Host=f"localhost:{port}", **own).status == 200
    assert asked(address, front, "HEAD", **own).read() == b""
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert asked(address, front, method, **own).status == 405
    policy = asked(address, front, **own).getheader("Content-Security-Policy")
    assert "default-src 'none'" in policy
    for path in ("/framework.toml", "/2016-04/", "/2016-04", "/2016-05/index.html", "/data/raw"):
        assert asked(address, path, **own).status == 404, path
    for path in ("..", "../framework.toml", "%2e%2e/framework.toml", "..%2fframework.toml"):
        assert asked(address, f"/{MONTH}/{path}", **own).status == 404, path
    listens = [c for c in psutil.net_connections("tcp") if c.laddr.port == int(port)]
    assert {c.laddr.ip for c in listens if c.status == "LISTEN"} == {"127.0.0.1"}


def test_a_port_that_is_taken_is_refused_in_words(root):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = tiny.told(root, "preview", "--no-browser", "--port", str(port))
    cure = "choose another with --port, or leave it out for any free one"
    assert (done.returncode, done.stderr) == (2, f"port {port} is in use; {cure}\n")


def test_nothing_is_left_of_a_preview_that_is_killed_while_it_builds(tmp_path, monkeypatch):
    own = tmp_path / "temporary"
    own.mkdir()
    monkeypatch.setenv("TMPDIR", str(own))
    cell = f"open({str(tmp_path / 'running')!r}, 'w').close()\nwhile True: pass"
    hangs = tiny.notebook(tiny.PARAMETERS, cell)
    root = tiny.project(tmp_path / "project", "alpha", alpha=hangs)
    with previewed(root, signal.SIGKILL):
        tiny.until((tmp_path / "running").exists, "the notebook")
    tiny.until(lambda: not tiny.processes(str(own)), "its processes to end")
    assert [*own.glob(f"{temporary.ROOM}*")] == []
    monkeypatch.setattr(tempfile, "tempdir", str(own))
    temporary.sweep()
    assert [*own.iterdir()] == []
