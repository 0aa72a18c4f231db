"""What `check` says of the framework itself."""

import tiny

from saferplymouth.editions.drop_check import check


def test_it_says_which_indicators_are_taken_to_be_sensitive_and_why(tmp_path):
    root = tiny.project(tmp_path, "victims", "bins", "lamps")
    path = root / "framework.toml"
    bare = path.read_text().replace("sensitive = false\n", "", 2)
    path.write_text(bare)
    assert check(root, []).lines == [
        "framework.toml: indicators.victims counts people, so it is taken to be sensitive; "
        "write sensitive = true if that is right",
        "framework.toml: indicators.bins is no count of people, so it is taken to be not sensitive; "
        "write sensitive = false if that is right",
    ]
