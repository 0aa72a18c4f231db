"""What a clause of a comment says without a number: a direction, an extreme, a count of months."""

from collections.abc import Iterator
from re import Match

from saferplymouth.comments import vocabulary as v
from saferplymouth.comments.counting import CONTRADICTS, IS, STATEMENT, Found, count, way
from saferplymouth.comments.figures import Facts, Span, length
from saferplymouth.comments.reading import Clause, Reading


def statement(read: Reading, clause: Clause, counted: Clause | None) -> Found | None:
    """What is found of all that a clause says without a number, the worst of it; None where it says
    nothing. `counted` is the clause that is about a number of months.
    """
    worst_first = (CONTRADICTS, STATEMENT, IS)
    statements = _statements(read, clause, counted)
    return min(statements, key=lambda part: worst_first.index(part[0]), default=None)


def _statements(read: Reading, clause: Clause, counted: Clause | None) -> Iterator[Found]:
    text, open_ = clause.text, (STATEMENT, None)
    if v.CHANGES_COMPARED.search(text):
        yield open_
        return
    for name in sorted(read.facts.names, key=len, reverse=True):
        at = text.lower().find(name)
        text = text if at < 0 else text[:at] + "·" * len(name) + text[at + len(name) :]
    moves = [
        m
        for m in v.DIRECTION.finditer(read.text, clause.start, clause.end)
        if m.start() not in read.taken
        and not v.NO_MOVE.match(read.text, m.start())
        and not v.WISHED.search(read.text, clause.start, m.start())
    ]
    named = {id(facts) for start, facts in read.named if clause.start <= start < clause.end}
    if len(named) > 1 or (len(read.named) > 1 and v.BOTH.search(text)):  # one beside another
        if moves or v.EXTREME.search(text) or v.LOOSE.search(text):
            yield open_
        return
    if clause is counted:
        yield count(read, clause)
    elif not (counted and v.EXCEPT.search(text)):
        yield from (_move(read, clause, m) for m in moves)
        if not moves and (v.RUN.search(text) or v.NONE.search(text)):
            yield open_
    unranked = v.NOT_RANKED.sub(lambda m: "·" * len(m[0]), text)
    yield from (_extreme(read, clause, m) for m in v.EXTREME.finditer(unranked))
    if v.LOOSE.search(text):
        yield open_


def _move(read: Reading, clause: Clause, m: Match) -> Found:
    """Whether the figures went the way that a direction says."""
    facts, aimed = read.about(clause, m.start()), v.TARGET.search(clause.text)
    no = bool(v.NOT.search(read.text, max(clause.start, m.start() - 25), m.start()))
    pairs = list(_pairs(read, clause, m, facts))
    if aimed:
        changes = {(span, span): facts.target(span[1], "distance") for span, _ in pairs}
    else:
        changes = {pair: facts.change(*pair) for pair in pairs}
    known = {pair: change for pair, change in changes.items() if change is not None}
    answers = [(change * way(m) > 0) != no for change in known.values()]
    figure = next((facts.figure(known[pair], facts.unit, *pair) for pair in known), None)
    if aimed and v.SINCE.search(clause.text):
        return STATEMENT, figure
    if answers and all(answers):
        large = aimed or any(abs(facts.percent(*pair) or 100) > 5 for pair in pairs)
        return (STATEMENT if large and v.SLIGHT.search(clause.text) else IS), figure
    stated = read.own(clause) and any(x.base for x in read.mentions) and read.is_plain
    return (CONTRADICTS if answers and not any(answers) and stated else STATEMENT), figure


def _pairs(read: Reading, clause: Clause, m: Match, facts: Facts) -> Iterator[tuple[Span, Span]]:
    """The spans whose change a direction may be about, each with what it is on."""
    following = v.DIRECTION.search(read.text, m.end(), clause.end)
    until = following.start() if following else clause.end
    near = [x for x in read.mentions if x.span and not x.base and m.start() <= x.start < until]
    for x in near or read.mentions:
        if x.since and x in clause and not v.TARGET.search(clause.text):
            yield facts.latest, (x.since, x.since)
            return
    spans = [x.span for x in near] or read.own(clause)
    for span in spans or read.spans(clause)[0]:
        bases, stated = read.bases(clause, span, facts)
        yield from ((span, base) for base in bases)
        if stated or not spans:
            continue
        alike = [x for x in read.mentions if x.span and not (x.base or x.listed or x.since)]
        alike = [x.span for x in alike if length(x.span) == length(span)]
        yield from ((span, earlier) for earlier in alike if earlier < span)
        if length(span) > facts.length and (" between " in read.text or " from " in read.text):
            inside = facts.within(span) or [span]
            yield inside[-1], inside[0]


def _extreme(read: Reading, clause: Clause, m: Match) -> Found:
    """Whether a month is the highest or lowest of its year, or of the stretch that is named."""
    at = clause.start + m.start()
    facts, subjects = read.about(clause, at), read.subjects(clause)
    stretches = [x for x in read.stretches if not x.since or x in clause]
    whole = (facts.each[0][0], facts.to_date[1]) if facts.each else facts.to_date
    named = [x.span for x in stretches[:1]] or [facts.to_date]
    scopes = [whole] if v.SERIES.search(read.text) else named
    scopes += [(x.span[0] + facts.length, x.span[1]) for x in stretches if x.since]
    scopes = [x for x in (*scopes, whole) if len(facts.within(x)) in read.counts] or scopes
    ordinal = v.ORDINAL.search(read.text, max(clause.start, at - 12), at)
    rank = v.ORDINALS[ordinal[1].lower()] if ordinal else 1
    answers, figure = [], None
    for scope in scopes if not v.RANKED_CHANGE.search(read.text) else ():
        ranked = sorted(facts.within(scope), key=facts.level, reverse=bool(m["high"]))
        if len(ranked) < rank:
            continue
        best = facts.level(ranked[rank - 1])
        figure = facts.figure(best, facts.unit, ranked[rank - 1])
        if subjects:
            answers.append(any(facts.level(x) == best for x in subjects if x in ranked))
        else:
            answers.append(any(n.unit == facts.unit and n.fits(best) for n in read.numbers))
    unsure = v.SINCE.search(read.text) and not any(x.since for x in read.mentions)
    if any(answers) and not unsure:
        return IS, figure
    sure = answers and subjects and not read.counts and read.is_plain
    return (CONTRADICTS if sure else STATEMENT), figure
