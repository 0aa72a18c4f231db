"""Preloads everything needed to run a notebook, draw its charts and render its page; kernels are
forked from it.

Everything loaded here is excluded from garbage collection, so no forked process copies its memory.
"""

# ruff: noqa: F401, I001, E402 (imported to be there, and `fast_import` before whatever loads nbformat)
import gc
import os

gc.disable()  # nothing that is loaded here is ever garbage
from saferplymouth.editions import tasks

# before loading any library that the user's settings could divert or crash
steady = tasks.environment()
os.environ.clear()
os.environ.update(steady)

from saferplymouth.editions.kernels import fast_import
from saferplymouth.editions import make_page
import encodings.utf_8_sig
import faulthandler
import importlib
import sqlite3
import sys

import ipykernel.kernelspec
import IPython.core.completerlib
import IPython.core.debugger
import IPython.core.logger
import IPython.core.oinspect
import IPython.extensions.storemagic
import matplotlib as mpl
import matplotlib.backends.backend_svg
import nbformat
import pandas.core.methods.to_dict
import pandas.core.reshape.reshape
import pandas.io.formats.csvs
import psutil
import pyarrow.dataset
import scipy.linalg
import scipy.special
import tornado.platform.asyncio
import tornado.queues

import saferplymouth
from saferplymouth.display import templates
from saferplymouth.editions.kernels import execution, fork_server
from saferplymouth.editions import render

# takes longer to load than a kernel to start, and is not used here
sys.modules.setdefault("debugpy", None)
for module in ("ipykernel.debugger", "ipykernel.kernelapp"):
    importlib.import_module(module)
for name, room in saferplymouth.ROOMS.items():
    if not room.startswith("workbench"):  # which is on no page
        getattr(saferplymouth, name)
templates.compile_all()
with execution.sandbox():  # without the user's own settings
    words = nbformat.v4.new_markdown_cell("*Words*")
    # so that its templates and those of words are compiled
    render.render(nbformat.v4.new_notebook(cells=[words]), {})
mpl.rcdefaults()  # it was loaded with the user's settings
gc.freeze()
gc.enable()

if __name__ == "__main__":
    fork_server.serve(int(sys.argv[1]))
