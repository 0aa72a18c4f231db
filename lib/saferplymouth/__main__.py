"""The `saferplymouth` command. If a run would find nothing changed, it says so without loading
more.
"""

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path

from saferplymouth.editions import unchanged


def main() -> None:
    _open_streams()
    try:
        here = Path.cwd()
    except OSError:
        why = "The folder this was started in is gone, or closed to you. Change to the project's."
        print(why, file=sys.stderr)
        sys.exit(2)
    if lines := unchanged.unchanged(here, sys.argv[1:]):
        with suppress(BrokenPipeError):
            print("\n".join(lines), flush=True)
        return
    gc.disable()
    from saferplymouth import cli

    gc.freeze()  # nothing that is loaded is ever garbage
    gc.enable()
    cli.main()


def _open_streams() -> None:
    """Whatever this was started with, there are streams to tell on, and no character that they
    cannot write.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    sys.stdout, sys.stderr = (sys.stdout or os.fdopen(1, "w")), (sys.stderr or os.fdopen(2, "w"))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    main()
