"""Makes imports faster: import this first to save a second at the start of every process.

nbformat loads jsonschema, which tries to load a grammar of web addresses for a check that is not
used here. Building it takes longer than everything else together; jsonschema works without it.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)
