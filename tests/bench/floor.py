"""The floor: the code of the notebooks' cells run as plain functions in one warm process, and the
pages rendered.

Run in a project whose editions are in place: it makes every page of them once more and stops where
one is not the same.
"""

import contextlib
import gc
import json
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from saferplymouth.editions import make_page
from saferplymouth.editions.kernels import preloaded  # noqa: F401 (so that it is warm)
from saferplymouth.editions.plan import RunOptions, plan
from saferplymouth.editions.tasks import PageTask
from saferplymouth.store.edition_names import EditionName
from saferplymouth.store.published import files


def main(months: list[str]) -> None:
    """Print the seconds and CPU seconds of every page of these months, without imports and
    planning.
    """
    import pandas as pd

    root, shell, used = Path.cwd(), InteractiveShell.instance(), {"wall": 0.0, "cpu": 0.0}
    for month in months:
        published = json.loads((root / f"outputs/{month}/edition.json").read_bytes())["build"][
            "finished"
        ][:10]
        planned = plan(
            root, EditionName(pd.Period(month, "M")), RunOptions(force=True, published=published)
        )
        gc.collect()
        gc.freeze()  # as the suite does: what is loaded is no work of these pages
        begun = time.perf_counter(), time.process_time()
        made = {
            path: content
            for work in planned.expected.values()
            for path, content in page(work, shell).items()
        }
        used["wall"] += time.perf_counter() - begun[0]
        used["cpu"] += time.process_time() - begun[1]
        standing = files(root / "outputs" / month)
        if wrong := [path for path, content in made.items() if content != standing.get(path)]:
            sys.exit(f"{month}: {', '.join(wrong)}: not as in the edition in place")
    print(json.dumps(used))


def page(work: PageTask, shell: InteractiveShell) -> dict[str, bytes]:
    """The files of one page, from the cells of its notebook run in this process."""
    notebook = nbformat.reads(work.notebook.decode(), as_version=4)
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        for path, content in work.files.items():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            Path(path).write_bytes(content)
        shell.reset(new_session=False, aggressive=False)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs = _run(cell.source, shell)
                if "parameters" in cell.metadata.get("tags", []):
                    shell.user_ns |= work.parameters
    return make_page.page_of(work, notebook, [])[0]


def _run(source: str, shell: InteractiveShell) -> list:
    with capture_output() as shown:
        done = shell.run_cell(source)
    done.raise_error()
    found = [(output.data, output.metadata) for output in shown.outputs]
    found += [shell.display_formatter.format(done.result)] if done.result is not None else []
    return [
        nbformat.v4.new_output("display_data", data, metadata=metadata) for data, metadata in found
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
