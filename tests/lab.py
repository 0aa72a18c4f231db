"""A real JupyterLab on a copy of the project, driven in a headless browser; tests of notebooks by
hand share it.
"""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tiny
from playwright.sync_api import Browser, Page, expect

SETTINGS = {  # a notebook is saved when a test says so, not every two minutes
    "docmanager-extension/plugin": {"autosave": False},
}
RUN = """async ([path, shared]) => {
    const known = shared && window.sharedKernel && {kernel: {id: window.sharedKernel}};
    if (known) await jupyterapp.serviceManager.sessions.startNew({path, name: path, type: 'notebook', ...known});
    const notebook = await jupyterapp.commands.execute('docmanager:open', {path});
    await Promise.all([notebook.context.ready, notebook.sessionContext.ready]);
    const {kernel} = notebook.sessionContext.session;
    if (shared) window.sharedKernel = kernel.id;
    await kernel.requestExecute({code: '%reset -f'}).done;
    await jupyterapp.commands.execute('notebook:run-all-cells');
    return notebook.model.toJSON().cells.flatMap(cell => cell.outputs || []);
}"""
CELL = """async source => {
    const notebook = jupyterapp.shell.currentWidget;
    notebook.content.activeCellIndex = notebook.content.widgets.length - 1;
    await jupyterapp.commands.execute('notebook:insert-cell-below');
    notebook.content.activeCell.model.sharedModel.setSource(source);
    await jupyterapp.commands.execute('notebook:run-cell');
    return notebook.content.activeCell.model.toJSON().outputs;
}"""


@contextmanager
def server(root: Path, own: Path) -> Iterator[str]:
    """JupyterLab in the folder `root` with settings of its own in `own`; its address."""
    for plugin, chosen in SETTINGS.items():
        tiny.put(own / f"settings/@jupyterlab/{plugin}.jupyterlab-settings", json.dumps(chosen))
    folders = {
        f"JUPYTER_{name}_DIR": str(own / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")
    }
    folders |= {
        f"JUPYTERLAB_{name}_DIR": str(own / name.lower()) for name in ("SETTINGS", "WORKSPACES")
    }
    folders |= {"HOME": str(own), "IPYTHONDIR": str(own / "ipython"), "TZ": "UTC"}
    asked = {"port": 0, "open_browser": False, "allow_root": True, "root_dir": str(root)}
    words = [f"--ServerApp.{name}={value}" for name, value in asked.items()]
    words += ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"]
    call = [sys.executable, "-m", "jupyterlab", *words]
    with (own / "server.log").open("w") as log:
        started = subprocess.Popen(
            call, env=os.environ | folders, stdout=log, stderr=log, start_new_session=True
        )
    try:
        tiny.until(lambda: _told(own / "runtime"), "JupyterLab to start")
        address = _told(own / "runtime")["url"]
        tiny.until(lambda: _answers(f"{address}api/status"), "JupyterLab to answer")
        yield address
    finally:
        os.killpg(started.pid, signal.SIGTERM)
        started.wait(timeout=60)


def _told(runtime: Path) -> dict:
    """What the server says of itself; empty until it has said it whole."""
    try:
        return json.loads(next(runtime.glob("jpserver-*.json")).read_text())
    except (StopIteration, ValueError):
        return {}


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def opened(browser: Browser, address: str, **settings) -> Page:
    """JupyterLab in a tab of its own, ready, without any other network; `page.said` is every error
    and warning of its console, and `page.asked` every address elsewhere that it asked for.
    """
    expect.set_options(timeout=60_000)
    page = browser.new_context(viewport={"width": 1280, "height": 1600}, **settings).new_page()
    page.said, page.asked = [], []
    page.route(
        lambda url: not url.startswith((address, "data:", "blob:")),
        lambda route: (page.asked.append(route.request.url), route.abort()),
    )
    page.on(
        "console",
        lambda message: page.said.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(f"{address}lab?reset")
    page.wait_for_function("window.jupyterapp")
    page.evaluate(
        "Promise.all([jupyterapp.restored, jupyterapp.allPluginsActivated]).then(() => null)"
    )
    return page


def run_all(page: Page, path: str, shared: bool = False) -> list[dict]:
    """Open a notebook and run all its cells; its outputs.

    Notebooks that are `shared` have one kernel, emptied before each, which spares the time that
    kernels take to start.
    """
    page.said.clear()
    return page.evaluate(RUN, [path, shared])


def run_cell(page: Page, source: str) -> str:
    """Run a new cell below the others; the HTML that it shows."""
    shown = page.evaluate(CELL, source)
    return "".join(line for each in shown for line in each["data"].get("text/html", ""))
