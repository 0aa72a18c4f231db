"""What can go wrong, tried for real: notebooks that misbehave, runs that are killed, disks that
refuse.
"""

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import nbformat
import pytest
import tiny

from saferplymouth.editions import render

DEAD = "its kernel died before the end (was it killed, out of memory, or ended by its own code?)"
UNPLACED = [part for part in tiny.PARTS if part != "chart"]
BROKEN = {
    "raises": (["1 / 0"], "ZeroDivisionError: division by zero, in the cell that starts '1 / 0'"),
    "exits": (
        ["import sys; sys.exit(0)"],
        "SystemExit: 0, in the cell that starts 'import sys; sys.exit(0)'",
    ),
    "ends": (["import os; os._exit(0)"], DEAD),
    "dies": (["import os, signal; os.kill(os.getpid(), signal.SIGKILL)"], DEAD),
    "stays": (
        [
            tiny.area("stays"),
            "display({'text/html': ''}, raw=True, metadata={'saferplymouth': {**MARK, **MAY}})",
        ],
        "the page was refused: a part shows 2016-05, not 2016-04",
    ),
    "wanders": (
        [tiny.area("wanders", month="'2016-05'")],
        "NotReceived: there is no drop for May 2016",
    ),
    "omits": (
        [tiny.area("omits", parts=UNPLACED)],
        "the page was refused: the chart of omits is missing",
    ),
    "repeats": (
        [tiny.area("repeats"), "section.comment()"],
        "the page was refused: the comment of repeats is shown by two cells",
    ),
    "strays": (
        [
            tiny.area("strays"),
            "display({'text/csv': 'a'}, raw=True, metadata={'saferplymouth': {**MARK}})",
        ],
        "the page was refused: it shows ../../index, which belongs to another page",
    ),
    "tells": (
        [tiny.area("tells"), "import os; display({'text/html': os.getcwd()}, raw=True)"],
        "the page was refused: it contains the path of a folder on this machine",
    ),
}
MARK = "MAY = {'month': '2016-05'}\n"
MARK += "MARK = {'kind': 'table', 'indicator': '../../index', 'month': '2016-04', 'facts': {}}"
UNREADABLE = {
    "missing": (
        None,
        "its notebook is missing or empty; `saferplymouth new-area` writes one for an area",
    ),
    "text": (b"no notebook", "the file is not a notebook ("),
    "latin": ("{'é'}".encode("latin-1"), "the file is not a notebook ("),
    "unset": (tiny.notebook("period = 1"), "its cell tagged 'parameters' does not set month"),
}
GOOD = {
    "good": [],
    "floods": ["print('x' * 20_000_000)"],
    "litters": ["open('executed.ipynb', 'w').write('x'); open('litter', 'w').write('x')"],
}


@pytest.fixture
def temporary():
    """A folder for temporary files with a short and unique name, by which a run's processes can be
    known.
    """
    with tempfile.TemporaryDirectory(prefix="s") as name:
        yield Path(name)


@pytest.fixture
def root(tmp_path) -> Path:
    """A project with an edition in place that a run would build again."""
    tiny.project(tmp_path / "project", "alpha")
    tiny.pretend(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> tuple[Path, dict[str, bytes], subprocess.CompletedProcess]:
    """A project where nearly every notebook fails in its own way, its good edition, and how a run
    went.
    """
    root, keys = tmp_path_factory.mktemp("broken"), [*BROKEN, *UNREADABLE, *GOOD]
    tiny.project(root, *keys, months=("2016-03", "2016-04"))
    tiny.pretend(root)
    good = tiny.files(root / "outputs/2016-04")
    cells = {key: cells for key, (cells, _) in BROKEN.items()}
    cells |= {key: [*before, tiny.area(key)] for key, before in GOOD.items()}
    for key, sources in cells.items():
        tiny.put(
            root / f"notebooks/{key}.ipynb", tiny.notebook(f"{tiny.PARAMETERS}\n{MARK}", *sources)
        )
    for key, (content, _) in UNREADABLE.items():
        tiny.put(root / f"notebooks/{key}.ipynb", content or b"")
    (root / "notebooks/missing.ipynb").unlink()
    return root, good, tiny.command(root, "run", "2016-04", "--jobs", "2")


@pytest.mark.xdist_group("broken")
@pytest.mark.parametrize(
    ("area", "reason"), [(k, reason) for k, (_, reason) in (BROKEN | UNREADABLE).items()]
)
def test_a_notebook_that_fails_is_told_with_its_reason_in_a_line(broken, area, reason):
    root, _, done = broken
    told = json.loads((root / "outputs/partial/2016-04/edition.json").read_text(encoding="utf-8"))[
        "areas"
    ][area]

    assert (told["state"], told["reason"][: len(reason)]) == ("failed", reason)
    assert f"2016-04 {area}: FAILED, {told['reason']}\n" in done.stdout


def test_what_a_cell_kept_from_the_page_shows_is_not_taken_for_shown():
    mark = {
        "saferplymouth": {"kind": "chart", "indicator": "alpha", "month": "2016-04", "facts": {}}
    }
    output = nbformat.v4.new_output("display_data", {"text/csv": "a"}, metadata=mark)
    for tags, shown in (([], 1), (["workbench"], 0)):
        cell = nbformat.v4.new_code_cell(outputs=[output], metadata={"tags": tags})
        notebook = nbformat.v4.new_notebook(cells=[cell])
        assert (len(render.marks(notebook)), len(render.downloads(notebook))) == (shown, shown)


@pytest.mark.xdist_group("broken")
def test_the_notebooks_that_do_not_fail_are_built_beside_those_that_do(broken):
    place = broken[0] / "outputs/partial/2016-04"
    areas = json.loads((place / "edition.json").read_text(encoding="utf-8"))["areas"]

    assert [key for key in ("board_summary", *GOOD) if areas[key]["state"] != "built"] == []
    assert [
        key for key in GOOD if "<h1" not in (place / f"{key}.html").read_text(encoding="utf-8")
    ] == []


@pytest.mark.xdist_group("broken")
def test_a_run_with_failures_ends_with_1_and_leaves_the_good_edition_but_for_its_last_attempt(
    broken,
):
    root, good, done = broken
    left = tiny.files(root / "outputs/2016-04")
    made, before = json.loads(left["edition.json"]), json.loads(good["edition.json"])

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("Failed: 2016-04 ")
    failed = made.pop("last_attempt")["failed"]
    assert failed.keys() == BROKEN.keys() | UNREADABLE.keys()
    assert [
        f"{area}: {reason}"
        for area, reason in failed.items()
        if f"{area}: {reason}" not in done.stderr
    ] == []
    assert (made, left | {"edition.json": b""}) == (before, good | {"edition.json": b""})


@pytest.mark.xdist_group("broken")
def test_no_folder_of_this_machine_is_in_what_a_failing_run_leaves_to_be_published(broken):
    root = broken[0]
    words = [str(root), tempfile.gettempdir() + "/", str(Path.home())]
    left = tiny.files(root / "outputs/2016-04") | tiny.files(root / "outputs/partial/2016-04")

    assert [
        (name, word) for name, content in left.items() for word in words if word.encode() in content
    ] == []


def test_a_notebook_that_hangs_is_told_with_the_limit_and_the_good_edition_stays_but_for_its_last_attempt(
    root,
):
    hang = "import subprocess; subprocess.run(['sleep', '100000'])"
    tiny.put(
        root / "notebooks/alpha.ipynb", tiny.notebook(tiny.PARAMETERS, hang, tiny.area("alpha"))
    )
    good = tiny.files(root / "outputs/2016-04")
    done = tiny.told(root, "run", "--seconds", "3")
    left, told = (
        tiny.files(root / "outputs/2016-04"),
        "it was still running after 3 seconds, the limit for a notebook",
    )

    assert done.returncode == 1
    assert f"2016-04 alpha: FAILED, {told}\n" in done.stdout
    made, before = json.loads(left["edition.json"]), json.loads(good["edition.json"])
    assert made.pop("last_attempt")["failed"] == {"alpha": told}
    assert (made, left | {"edition.json": b""}) == (before, good | {"edition.json": b""})


def test_a_notebook_that_kills_its_worker_fails_alone_and_the_rest_is_built(tmp_path):
    above = "[p for p in psutil.Process().parents() if 'multiprocessing' in ' '.join(p.cmdline())]"
    kills = tiny.notebook(
        tiny.PARAMETERS, f"import psutil\nfor process in {above}:\n    process.kill()"
    )
    root = tiny.project(tmp_path, "alpha", "kills", kills=kills)
    done = tiny.command(root, "run", "--jobs", "2")

    assert done.returncode == 1, done.stdout + done.stderr
    areas = json.loads((root / "outputs/partial/2016-04/edition.json").read_text())["areas"]
    assert {key: area["state"] for key, area in areas.items() if key != "kills"} == {
        "board_summary": "built",
        "alpha": "built",
    }
    assert areas["kills"]["reason"] == "it crashed the process that ran it, twice"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kernels are forked only where the system can")
def test_a_notebook_that_kills_what_its_kernel_was_forked_from_harms_no_other(tmp_path):
    kill = "import os, signal; os.kill(os.getppid(), signal.SIGKILL)"
    kills = tiny.notebook(tiny.PARAMETERS, tiny.area("kills"), kill)
    root = tiny.project(tmp_path, "alpha", "kills", "omega", kills=kills)
    done = tiny.command(root, "run", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(tiny.whole(root / "outputs/2016-04")["areas"]) == {
        "board_summary",
        "alpha",
        "kills",
        "omega",
    }


def test_a_notebook_that_writes_to_the_real_outputs_does_not_reach_an_edition(root):
    place = root / "outputs/2016-04"
    spoil = [
        f"import pathlib; pathlib.Path({str(place / name)!r}).write_text('x')"
        for name in ("index.html", "alpha.html", "edition.json")
    ]
    tiny.put(
        root / "notebooks/alpha.ipynb", tiny.notebook(tiny.PARAMETERS, *spoil, tiny.area("alpha"))
    )
    done = tiny.told(root, "run")

    assert done.returncode == 0
    tiny.whole(place)


@pytest.mark.parametrize("moment", ["kernel", "notebook", "page", "edition"])
def test_a_run_killed_at_any_moment_leaves_a_whole_edition_no_process_and_a_way_on(
    root, temporary, moment
):
    begins = tiny.notebook(tiny.PARAMETERS, "open('begun', 'w')", tiny.area("alpha"))
    tiny.put(root / "notebooks/alpha.ipynb", begins)
    outputs, dice = root / "outputs", random.Random(moment)
    before, made = os.listdir(outputs / ".editions"), tiny.whole(outputs / "2016-04")
    running = tiny.start(root, "run", "--force", env=os.environ | {"TMPDIR": str(temporary)})
    waits = {
        "kernel": lambda: list(temporary.glob("edition-*/.settings/k.json")),
        "notebook": lambda: list(temporary.glob("edition-*/begun")),
        "page": running.stdout.readline,
        "edition": lambda: os.listdir(outputs / ".editions") != before,
    }
    tiny.until(waits[moment], f"the first {moment}")
    spin(dice.randrange(20_000))
    os.killpg(running.pid, signal.SIGKILL) if moment in ("kernel", "page") else running.kill()
    running.communicate()

    tiny.until(lambda: not tiny.processes(str(temporary)), "the processes of the run to end")
    assert list(temporary.glob("edition-*")) == []
    assert moment == "edition" or tiny.whole(outputs / "2016-04") == made
    tiny.whole(outputs / "2016-04")
    if moment == "edition":
        done = tiny.told(root, "run", "--force", "--jobs", "1")
        assert done.returncode == 0, done.stdout + done.stderr
        tiny.whole(outputs / "2016-04")
        assert len(list((outputs / ".editions").iterdir())) == 1
        assert {p.name for p in outputs.iterdir()} == {
            "2016-04",
            "index.html",
            "accessibility.html",
            "previous",
            "next",
            "executed",
            ".editions",
            ".lock",
        }


def spin(turns: int) -> None:
    """Let a little time go by, the same little time for the same seed."""
    for _ in range(turns):
        os.getpid()


@pytest.mark.parametrize("deaf", [False, True], ids=["as usual", "in the background of a script"])
def test_a_run_told_to_stop_stops_at_once_with_1_and_no_process_left(root, temporary, deaf):
    hang = tiny.notebook(tiny.PARAMETERS, "import time; time.sleep(100000)")
    tiny.put(root / "notebooks/alpha.ipynb", hang)
    before = tiny.files(root / "outputs/2016-04")
    ignore = (lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if deaf else None
    running = tiny.start(
        root, "run", env=os.environ | {"TMPDIR": str(temporary)}, preexec_fn=ignore
    )
    tiny.until(lambda: list(temporary.glob("edition-*/.settings/k.json")), "the kernel")
    running.terminate()

    assert "Stopped. The last good edition stays." in running.communicate(timeout=tiny.PATIENCE)[0]
    assert running.returncode == 1
    tiny.until(lambda: not tiny.processes(str(temporary)), "the processes of the run to end")
    assert tiny.files(root / "outputs/2016-04") == before


def test_of_two_runs_together_the_second_waits_and_builds_nothing_again(tmp_path):
    root = tiny.project(tmp_path, "alpha")
    both = [tiny.start(root, "run", "--jobs", "1") for _ in range(2)]
    told = [running.communicate(timeout=tiny.PATIENCE)[0] for running in both]

    assert sorted("waiting for it to finish" in text for text in told) == [False, True]
    assert sorted(text.count(": built, ") for text in told) == [0, 2]
    assert ["edition complete" in text for text in told] == ["waiting" not in text for text in told]
    tiny.whole(root / "outputs/2016-04")


def test_a_disk_that_takes_no_large_file_is_told_for_each_page_and_the_good_edition_stays(root):
    before = tiny.files(root / "outputs/2016-04")
    done = tiny.command(root, "run", "--force", "--jobs", "1", preexec_fn=take_no_large_file)
    left = tiny.files(root / "outputs/2016-04")

    assert (done.returncode, left | {"edition.json": b""}) == (1, before | {"edition.json": b""})
    assert "File too large" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def take_no_large_file() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))


@pytest.mark.parametrize("refusal", ["full", "read-only"])
def test_a_disk_that_refuses_to_write_is_told_in_a_line_and_the_good_edition_stays(root, refusal):
    before = tiny.files(root / "outputs/2016-04")
    with refusing(root / "outputs", refusal):
        done = tiny.told(root, "run", "--force", "--jobs", "1")
        left = tiny.files(root / "outputs/2016-04")

    assert (done.returncode, left) == (1, before)
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(". The last good edition stays.\n")
    tiny.whole(tiny.pretend(root, force=True).place)
    assert len(list((root / "outputs/.editions").iterdir())) == 1


@pytest.mark.parametrize("name", ["outputs", "outputs/.editions", "data/processed"])
def test_a_file_where_a_folder_belongs_is_told_in_a_line(tmp_path, name):
    root = tiny.project(tmp_path, "alpha")
    tiny.put(root / name, "x")
    done = tiny.told(root, "run", "--jobs", "1")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.endswith(". The last good edition stays.\n")


@contextlib.contextmanager
def refusing(outputs: Path, refusal: str):
    """`outputs` as it is, on a disk that refuses; where we may not mount one, in a folder that
    does.
    """
    aside = shutil.copytree(outputs, outputs.with_name("aside"), symlinks=True)
    pages = sum(-(-len(content) // 4096) for content in tiny.snapshot(outputs).values())
    size = f"size={(pages + 4) * 4096}"  # what is there, and room for a lock
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "none", outputs], capture_output=True
    )
    if mounted.returncode:
        for folder in (outputs, outputs / ".editions"):
            folder.chmod(0o555)
    else:
        shutil.copytree(aside, outputs, symlinks=True, dirs_exist_ok=True)
        if refusal == "read-only":
            subprocess.run(["mount", "-o", "remount,ro", outputs], check=True)
    try:
        yield
    finally:
        if mounted.returncode:
            for folder in (outputs, outputs / ".editions"):
                folder.chmod(0o755)
        else:
            subprocess.run(["umount", outputs], check=True)
        shutil.rmtree(aside)
