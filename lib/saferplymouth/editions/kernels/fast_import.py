"""Import this first: it keeps a second from the start of every process.

nbformat loads jsonschema, which tries to load a grammar of web addresses for a check that nothing
here asks for, and does without it where it is not installed. Building that grammar takes longer
than everything else together.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)
