"""Analysts' comments: who wrote them and when, and nothing in them that runs or loads."""

import datetime
from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from projects import ROOT

from saferplymouth import framework, sources
from saferplymouth.sources.comments import Comment

FRAMEWORK = framework.load(ROOT / "framework.toml")
MONTH = pd.Period("2016-11", "M")


@pytest.fixture
def commented(tmp_path):
    """Reads a drop that has one comment beside its return."""

    def read(content: bytes | str, name: str = "overall_crime.md") -> sources.Drop:
        folder = tmp_path / "raw/2016-11"
        for file, written in {
            "returns/p.csv": "indicator,period,value\noverall_crime,2016-11,5\n",
            f"comments/{name}": content,
        }.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_bytes(written if isinstance(written, bytes) else written.encode())
        return sources.read(tmp_path / "raw", MONTH, FRAMEWORK)

    return read


@pytest.fixture
def comment(commented):
    def read(content: bytes | str) -> Comment:
        read = commented(content)
        assert read.problems == ()
        return read.comments["overall_crime"]

    return read


def test_a_comment_says_who_wrote_it_and_when(comment):
    read = comment("\ufeffAuthor: A. N. Analyst\r\nDate: 2017-01-10\r\n\r\nReports rose.\r\n")
    assert read == Comment("Reports rose.", "A. N. Analyst", datetime.date(2017, 1, 10))


@pytest.mark.parametrize(
    "header",
    ["", "Date: 2017-01-10\n", "Author: Al\n", "Author:\nDate:\n", "Date:2017-01-10\nAuthor:Al\n"],
)
def test_a_comment_may_leave_out_who_and_when(header, comment):
    assert comment(header + "Reports rose.").text == "Reports rose."


def test_a_line_further_down_is_not_taken_for_a_header(comment):
    assert comment("Words.\nAuthor: someone").author == ""


@pytest.mark.parametrize(
    ("name", "content", "column", "mistake"),
    [
        ("crime.md", b"Words.", None, "'crime' is not an indicator"),
        ("overall_crime.txt", b"Words.", None, "is not a comment"),
        ("overall_crime.docx", b"Words.", None, "is not a comment"),
        ("overall_crime.md", b"ab\xe9", None, "byte 3 is not UTF-8"),
        ("overall_crime.md", b"", None, "contains no text"),
        ("overall_crime.md", b"Author: Al\n", None, "contains no text"),
        ("overall_crime.md", b"x" * 20_001, None, "has 20,001 characters"),
        ("overall_crime.md", b"x" * 100_001, None, "is over 100,000 bytes"),
        (
            "overall_crime.md",
            "Fell \u202e12.".encode(),
            None,
            "contains an invisible character (U+202E)",
        ),
        (
            "overall_crime.md",
            b"Fell &#8238;12.",
            None,
            "contains an invisible character (U+202E)",
        ),
        ("overall_crime.md", b"Date: 10/01/2017\n\nWords.", "Date", "'10/01/2017' is not a date"),
        ("overall_crime.md", b"Date: 2017-02-30\n\nWords.", "Date", "'2017-02-30' is not a date"),
    ],
)
def test_a_comment_that_cannot_be_used_is_told(name, content, column, mistake, commented, tmp_path):
    (problem,) = commented(content, name).problems
    assert (problem.file, problem.column, problem.mistake) == (
        f"2016-11/comments/{name}",
        column,
        mistake,
    )
    with pytest.raises(sources.Refused, match=name):
        sources.comments(tmp_path / "raw", MONTH, FRAMEWORK)


GOOD = "B. Chair, the figure is the force’s own estimate"
NAMELESS = [
    ",",
    "-, -",
    "—, a reason",
    "B, a reason",
    "7, a reason",
    " , a reason",
    "B. Chair, ",
    "B. Chair, ?",
    "B. Chair, 1 2",
]


@pytest.mark.parametrize("signed", NAMELESS)
def test_a_sign_off_has_a_name_and_a_reason(signed, commented):
    problems = commented(f"Signed off: {signed}\n\nReports rose.").problems
    assert {problem.column for problem in problems} == {"Signed off"}
    assert "is not a name" in problems[0].mistake or "is not a reason" in problems[0].mistake


@pytest.mark.parametrize(
    "blank", ["\u3164", "\u2800", "\ufe0f", "\u115f", "\u200b", "\u00ad", "\u034f"]
)
@pytest.mark.parametrize(
    "line",
    ["Author: {}{}", "Signed off: {}{}, a reason", "Signed off: B. Chair, {}", "Written for: {}"],
)
def test_what_cannot_be_seen_is_no_name_no_reason_and_no_figure(line, blank, commented):
    (problem,) = commented(f"{line.format(blank, blank)}\n\nReports rose.").problems
    assert f"(U+{ord(blank):04X})" in problem.mistake


@pytest.mark.parametrize("author", ["A", "-", "…", "42", "́́", "ˍˍ", "ʼʼ", "Aˑˑ"])
def test_an_author_has_a_name(author, commented):
    (problem,) = commented(f"Author: {author}\n\nReports rose.").problems
    assert (problem.column, problem.mistake) == ("Author", f"'{author}' is not a name")


@pytest.mark.parametrize(
    ("line", "longest"),
    [
        ("Author: {}", 100),
        ("Written for: {}", 100),
        ("Signed off: {}, a reason", 100),
        ("Signed off: B. Chair, {}", 500),
    ],
)
def test_what_stands_in_a_line_of_the_header_is_not_long(line, longest, commented):
    assert commented(f"{line.format('x' * longest)}\n\nReports rose.").problems == ()
    (problem,) = commented(f"{line.format('x' * (longest + 1))}\n\nReports rose.").problems
    assert f"has {longest + 1} characters" in problem.mistake
    assert problem.cure == f"keep it to {longest}"


@pytest.mark.parametrize(
    "line", ["Author: A. Analyst", "Date: 2017-01-10", "Written for: 5", f"Signed off: {GOOD}"]
)
def test_each_line_of_the_header_stands_once(line, commented):
    (problem,) = commented(f"{line}\n{line}\n\nReports rose.").problems
    assert (problem.row, problem.mistake) == (2, f"has a second line '{line.partition(':')[0]}:'")


@pytest.mark.parametrize(
    "end", ["\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\x1c", "\x1d", "\x1e"]
)
def test_a_line_ends_only_where_a_reader_sees_it_end(end, commented):
    read = commented(f"Author: A. Analyst{end}Signed off: {GOOD}\n\nReports rose.")
    assert f"(U+{ord(end):04X})" in read.problems[0].mistake
    assert read.comments["overall_crime"].signed_off == ""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_ends_that_editors_write_are_ends(end, comment):
    read = comment(
        f"Author: A. Analyst{end}Signed off: {GOOD}{end}{end}Reports rose.{end}And fell."
    )
    assert read == Comment("Reports rose.\nAnd fell.", "A. Analyst", signed_off=GOOD)


@pytest.mark.parametrize(
    "line",
    [
        f"signed off: {GOOD}",
        f"SIGNED OFF: {GOOD}",
        f" Signed off: {GOOD}",
        f"Signed off： {GOOD}",
        f"Signed-off : {GOOD}",
        f"Signed off by: {GOOD}",
        f"**Signed off:** {GOOD}",
        f"> Signed off: {GOOD}",
        f"# <b>Signed</b> off: {GOOD}",
        f"&#83;igned off: {GOOD}",
        f"Ѕіgnеd оff: {GOOD}",
    ],
)
@pytest.mark.parametrize(
    "text",
    ["{}\n\nReports rose.", "Author: A. Analyst\n\n{}\n\nReports rose.", "Reports rose.\n\n{}"],
)
def test_what_a_reader_would_take_for_a_sign_off_is_one_or_is_told(text, line, commented):
    read = commented(text.format(line))
    (problem,) = read.problems
    assert problem.row == text.format(line).split("\n").index(line) + 1
    assert "looks like a line 'Signed off: '" in problem.mistake
    assert read.comments["overall_crime"].signed_off == ""


@pytest.mark.parametrize(
    "line", ["author: A. Analyst", "Аuthor: A. Analyst", "DATE: 2017-01-10", "Written  for： 5"]
)
def test_the_other_lines_are_held_to_that_before_the_text_begins(line, commented):
    (problem,) = commented(f"{line}\n\nReports rose.").problems
    assert "but is not read as one" in problem.mistake
    assert commented(f"Reports rose.\n\n{line}").problems == ()


def test_a_comment_keeps_what_markdown_is_for():
    shown = Comment(
        "One *two* **three**\n\n- a\n- b\n\n1. c\n\n> d\n\n[e](https://example.org/f?g=1&h=2)  "
        "\ni < j & k"
    ).html
    for part in (
        "<em>two</em>",
        "<strong>three</strong>",
        "<ul>",
        "<li>a</li>",
        "<ol>",
        "<blockquote>",
        "<br>",
    ):
        assert part in shown
    assert '<a href="https://example.org/f?g=1&amp;h=2"' in shown
    assert "i &lt; j &amp; k" in shown


HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//e></SCRIPT>",
    "<p onload='x()'>a</p>",
    "<img src=x onerror=alert(1)>",
    "<iframe src='//e'></iframe>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href=' JaVa\tScript:alert(1)'>a</a>",
    "[a](javascript:alert(1))",
    "[a](data:text/html,x)",
    "![a](https://e/x.png)",
    "<style>p{}</style>",
    "<form action=x><input></form>",
    "<base href=//e>",
    "<link rel=stylesheet href=//e>",
    "<meta http-equiv=refresh content=0>",
    "<object data=x></object>",
    "<math><mtext></p><style><img src onerror=x></style>",
    "<p style='background:url(//e)' class=c id=main>a</p>",
]


@given(
    st.lists(st.sampled_from(HOSTILE) | st.text(max_size=20), min_size=1, max_size=6).map(
        "\n\n".join
    )
)
@example("\n\n".join(HOSTILE))
@settings(deadline=None)
def test_nothing_in_a_comment_runs_or_loads(text):
    parser = Tags()
    parser.feed(Comment(text).html)
    assert parser.tags <= {"p", "em", "strong", "ul", "ol", "li", "a", "blockquote", "br"}
    for name, value in parser.attributes:
        assert name in ("href", "rel")
        assert name == "rel" or value.startswith(("https:", "http:", "mailto:"))


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
