"""Runs one notebook in a kernel of its own, and tells the truth about how it ended.

papermill reports a killed kernel's notebook as completed and `sys.exit(0)` as success, so nothing is taken on trust:
see `failure`.
"""

import ast
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

START_SECONDS = 60
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class PrivateKernelManager(AsyncKernelManager):
    """A kernel reached through sockets in its run's own folder, where the system has them, not through ports."""

    def __init__(self, **settings):
        super().__init__(transport="tcp" if sys.platform == "win32" else "ipc", **settings)


@dataclass(frozen=True)
class Executed:
    """A notebook as it was run, and in one line why it cannot be used; empty when it can."""

    notebook: nbformat.NotebookNode
    failure: str


def execute(source: str, parameters: dict[str, str], folder: Path, seconds: float) -> Executed:
    """Run the notebook `source` (JSON) in `folder` within `seconds` for the whole of it.

    Settings of the user who runs it are kept out: the kernel sees `folder` alone. Never raises for what the
    notebook does.
    """
    try:
        notebook = nbformat.reads(source, as_version=4)
    except (ValueError, nbformat.ValidationError) as error:
        return Executed(nbformat.v4.new_notebook(), f"the file is not a notebook ({type(error).__name__})")
    unset = [name for name in parameters if name not in declared(notebook)]
    if unset:
        return Executed(notebook, f"its cell tagged 'parameters' does not set {', '.join(unset)}")
    _private_settings(folder)
    saved, deadline, failure = folder / "executed.ipynb", time.monotonic() + seconds, ""
    try:
        papermill.execute_notebook(
            notebook,
            saved,
            parameters,
            kernel_name="python3",
            cwd=folder,
            progress_bar=False,
            start_timeout=START_SECONDS,
            timeout_func=lambda _: max(deadline - time.monotonic(), 0.01),
            kernel_manager_class=PrivateKernelManager,
        )
    except PapermillExecutionError as error:
        failure = f"cell {error.cell_index + 1} raised {error.ename}: {_one_line(error.evalue)}"
    except CellTimeoutError:
        failure = f"it was still running after {seconds:g} seconds, the limit for a notebook"
    except DeadKernelError:
        failure = "its kernel died (was it killed, or out of memory?)"
    except RuntimeError as error:
        failure = f"its kernel did not start: {_one_line(str(error))}"
    executed = nbformat.read(saved, as_version=4) if saved.exists() else notebook
    return Executed(executed, failure or incomplete(notebook, executed))


def incomplete(source: nbformat.NotebookNode, executed: nbformat.NotebookNode) -> str:
    """Why an executed notebook is not what its source would give when run to the end; empty when it is."""
    injected = [c for c in executed.cells if "injected-parameters" in c.metadata.get("tags", [])]
    if len(executed.cells) != len(source.cells) + len(injected):
        return "cells are missing from the notebook as run"
    for number, cell in enumerate(executed.cells, start=1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        errors = [o for o in cell.outputs if o.output_type == "error"]
        if errors:
            return f"cell {number} raised {errors[0].ename}: {_one_line(errors[0].evalue)}"
        if cell.execution_count is None:
            return f"cell {number} was never run"
    return ""


def declared(notebook: nbformat.NotebookNode) -> set[str]:
    """The names that the notebook's cell tagged `parameters` sets."""
    tagged = [c.source for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    try:
        statements = ast.parse("\n".join(tagged)).body
    except SyntaxError:
        return set()
    targets = [t for s in statements for t in (getattr(s, "targets", None) or [getattr(s, "target", None)])]
    return {t.id for t in targets if isinstance(t, ast.Name)}


def _private_settings(folder: Path) -> None:
    settings = folder / ".settings"
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR"):
        os.environ[name] = str(settings)
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    os.environ["PYTHONHASHSEED"] = "0"
    settings.mkdir(parents=True, exist_ok=True)


def _one_line(text: str) -> str:
    line = " ".join(ANSI.sub("", text).split())
    return line if len(line) <= 300 else f"{line[:300]}…"
