"""The `saferplymouth` command. Where a run would find nothing changed it says so, and loads no more."""

import sys
from pathlib import Path

from saferplymouth.press import idle


def main() -> None:
    if said := idle.unchanged(Path.cwd(), sys.argv[1:]):
        print("\n".join(said))
        return
    from saferplymouth import cli

    cli.main()


if __name__ == "__main__":
    main()
