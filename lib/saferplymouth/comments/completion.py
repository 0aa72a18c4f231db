"""Completion of the names of live figures after an open brace, in IPython and JupyterLab."""

from IPython import get_ipython
from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)

from saferplymouth.comments.live import WHAT


@context_matcher()
def complete(context: CompletionContext) -> SimpleMatcherResult:
    """The names of live figures that go on from what stands after an open brace."""
    head = context.line_with_cursor[: context.cursor_position].rpartition("}")[2]
    names = WHAT if "{" in head else ()
    completions = [SimpleCompletion(name) for name in names if name.startswith(context.token)]
    return {"completions": completions, "suppress": bool(completions)}


def offer() -> None:
    """Completes these names from now on, where this is IPython."""
    shell = get_ipython()
    if shell is not None and complete not in shell.Completer.custom_matchers:
        shell.Completer.custom_matchers.append(complete)
