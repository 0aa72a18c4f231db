"""Words by which comments say how figures compare.

Patterns are written plainly: a space is any white space, `~` the rest of a word, `_` another word.
"""

import re

ONE_TO_TWELVE = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
COUNTS = {word: n for n, word in enumerate(ONE_TO_TWELVE, 1)}
RANKS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
ORDINALS = {word: rank for rank, word in enumerate(RANKS, 2)}


def plain(text: str) -> str:
    """A pattern written plainly as one of `re`."""
    grouped = re.sub(r"(?<!\\)\((?!\?)", "(?:", text)
    return grouped.replace("_", r"[\w'-]+").replace("~", r"\w*").replace(" ", r"\s+")


def _words(text: str, after: str = r"\b") -> re.Pattern:
    return re.compile(rf"(?i)\b(?:{plain(text)}){after}")


def _before(text: str) -> re.Pattern:
    """What stands right before a place."""
    return re.compile(rf"(?i)(?:{plain(text)})$")


RISE = (
    "ris(e|es|en|ing)|rose|increas~|up|upturn|uplift|higher|grew|grow~|climb~|jump~|above|exceed~"
    "|topped|surpass~|ahead|additional|extra|more|greater|outstrip~|outnumber~|crept|surge~|widen~"
    "|gain~|beat~|busier|bigger|larger|pass(ed)?|reach(ed|es)?|hit|got as far as|at least"
)
FALL = (
    "fall~|fell|decreas~|declin~|drop~|reduc~|down|downturn|lower~|fewer|less|below|under|dip~"
    "|eas(ed|ing)|shrank|slip~|slid~|short(fall)?|behind|lag~|narrow~|shed|quieter|smaller|at most"
)
OF_CRIME = "crimes?|incidents?|reports?|offences?|referrals?|cases?"
DIRECTION = _words(f"(?P<rise>{RISE})|(?P<fall>{FALL})", r"\b(?!-)")
MOVES = _words(
    "ris~|rose|fall~|fell|climb~|grew|drop~|eas~|slip~|slid~|crept|increas~|decreas~|declin~|up|down"
)
NO_MOVE = _words(  # words of direction that say none where they stand
    "up (to|with|a|by the)|down (to|as)|under (way|review)|behind (the|this) [a-z]|drop[- ]in"
    rf"|above all|(more|less|additional|extra|fewer|greater)\b(?! (than|(_ )?({OF_CRIME})))",
    "",
)
WISHED = _before(  # aimed at or feared: nobody says that it came about
    r"\b(aim~|hop~|want~|need~|intend~|expect~|plan~|risk|whether|if|should|would|could"
    r"|will)( _){0,5} |\bto "
)
EXTREME = _words(
    "(?P<high>highest|peak~|most|busiest|largest|biggest|greatest|widest|maximum|spik~"
    "|high(?= of| point))"
    r"|(?P<low>lowest|fewest|quietest|smallest|minimum|trough|low(?= of| point)|(?<!at\s)least)"
)
RANKED_CHANGE = _words(
    "rises?|falls?|increases?|decreases?|drops?|changes?|shortfall|difference|gap|jump"
)
EVERY = _words(
    "(every|each|all) (_ ){0,3}(months?|quarters?|of)|throughout|month (on|after|by) month"
    "|each(?! (hate|crime|incident|report|offence))"
)
ONLY, SINCE = _words("only|alone|just"), _words("since")
NONE = _words(
    r"no(?= (_ )?(months?|point|stage|time|quarters?)\b)|not (one|once|a single)|none of|never"
    r"|neither|at any (stage|time|point)"
)
NOT = _words("no|not|never|without|neither|nor|[a-z]+n't")
EXCEPT = _words(
    "except~|all but|apart from|other than|aside|odd one out|(but|save) for|with the exception"
)
RUN = _words(
    r"in a row|(?<=month\s)running|(?<=months\s)running|consecutive~|successi~|straight|on the trot"
)
ORDINAL = re.compile(rf"(?i)\b({'|'.join(ORDINALS)})\b")
LOOSE = _words(  # what the figures alone do not settle
    "continu~|as _ as this|trend~|stabl~|stabili~|stead(y|ily)|volatil~|level+(ed|ing)|plateau~"
    "|broadly|in line|similar~|improv~|deteriorat~|worse~|worst|better|best|revers~|bucks?"
    "|typical~|normal~|usual~|seasonal~|faster|slower|rank~|in step|mirror~|track~|outpac~"
    "|fluctuat~|momentum|difference|held|match~|second only|on (target|track|course|profile)"
    "|by (less|more)|percentage terms|proportionate~|missed|met|meeting|achiev~|unchanged"
    "|identical|equal~|flat|static|unusual~|half as|significant~|sharp~|steep~|substantial~"
    "|dramatic~|marked~|considerabl~|fraction~|(smaller|larger|bigger) (rise|fall|drop)"
    "|same(?! (_ ){0,2}(period|month|quarter|time|point|stage))"
)
SLIGHT = _words("slight~|small|marginal~|modest~|just|a (little|touch|bit)")
LOOSELY = _words(
    "well|far|much|mostly|largely|nearly|almost|roughly|around|about|or (so|more)|at least"
)
AVERAGE = _words("averag~|mean|(a|per|each) (month|quarter)")
TARGET = _words(
    "targets?|profiled?s?|trajectory|goals?|milestones?|aim(ed|ing) for|where (we|it) should be"
)
SHARE = _words("share|proportion|account~|ma[dk]es? up|represent~|of (all|the|its|last year's)")
SERIES = _words("series|record|ever|we hold|going back")
FIGURES = _words(
    f"{OF_CRIME}|figures?|numbers?|reporting|levels?|counts?|totals?|volumes?|gap|rates?|scores?"
)
SPREAD = re.compile(
    plain(r"(?i)\b(between|rang~|var(y|ied)|within|band|low of|as few|moved|anything from)\b")
    + r"\D{0,30}?(?!20\d\d)\d[\d,.%]*(?:\s\w+){0,3}?(?:\s*[-–]|\s(?:to|and))\D{0,25}?\d"
)
_LEAD = (
    "(the|a|an|just|only|about|around|some|totals?|of|figures?|last year's|its|their|at|was|were"
    "|is|are|it|peak|low|high|nearly|over|under|roughly|almost|approximately) "
)
_BY = (
    "(by|of|an?|only|just|about|around|some|nearly|almost|over|under|roughly|approximately|another"
    "|further|(more|less) than) "
)
CHANGED_BEFORE = _before(  # the size of a change
    r"\b(?!above|below|under|more|less|fewer|reach|hit|pass|topped|exceed)"
    rf"({RISE}|{FALL}|change|difference|surplus|deficit|by)"
    r"( (slightly|sharply|again|significantly|further|back|marginally|overall))?"
    rf"\s*[:(]?\s*({_BY}){{0,3}}"
)
CHANGED_AFTER = re.compile(
    plain(
        r"(?i)\s*(\([^)]{0,20}\)\s*)?((?!(was|is|were|are|it|to|in|from|against|and|but|had|have|has"
        r"|we|they|which|that|at|for)\b)[\w'-]+[\s-]){0,3}?"
        rf"({RISE}|{FALL}|difference|change)\b(?!-| (to|from) \d)"
    )
)
BASED = _before(  # the figure that another is compared with
    rf"\b((from|against|compared (to|with)|than|versus|vs?\.?|having been|previously|on) "
    rf"({_LEAD}){{0,4}}|(above|below|under|over) (the|last year's|its) )"
)
BASE = _before(  # what, before a period, makes it what another is compared with
    r"\b(compare[sd]? (to|with|against)|than|against|versus|vs?\.?|relative to|above|below"
    r"|under|(?<!apart\s)from|behind|ahead of|short of|shy of|(same|many|much|few|high|low) as"
    r"|((?<=[%\d]\s)|(up|down|rise|fall|increase|decrease|reduction|drop|change|points?) )on"
    "|as (in|at|against)|(level|in line) with) "
    "((the|a|an|both|that|those|same|in|for|of|at|it|was|were|is|figures?|total|numbers?|level"
    "|recorded|reported|received|during|what|we|saw|seen|average|just|only|peak|high|low"
    r"|[\d,.%]+) ){0,6}"
)
JOINED = re.compile(r"(?i)\s*(?:,|&|/|,?\s*(?:and|or|nor))\s*(?:in\s+|both\s+)?")
VERSUS = re.compile(plain(r"(?i)\s*(_ ){0,2}(compared (to|with)|against|and|to|v|vs|versus)\.? \d"))
THRESHOLD = _before(rf"\b({RISE}|{FALL}) (_ ){{0,3}}")
AT_LEAST = _before(r"\b(at least|at most|reach~|hit|as far as|at or (above|below)) (the )?")
APPROXIMATE = _words(  # words of direction that only make a number approximate
    r"(over|under|above|below|at least|at most|(more|less|fewer) than)"
    r"(?= (a |one )?(\d|half|third|quarter|two|three|twice))",
    "",
)
NOUN = re.compile(plain(rf"(?i) (_ )?({OF_CRIME}|in total)\b"))
TIGHT = re.compile(r"\s*[(:,]?\s*")
LEADS = re.compile(plain(r"\s*(_ ){0,5}[(:,]?\s*(of )?"))
FOLLOWS = re.compile(
    plain(
        r"\s*((?!driven|due|caused|explained|concentrated|mainly|mostly|largely|is\b)_ ){0,4}?"
        r"(in|during|for|over|at|by the end of|to|through|since|as) (the |that in )?| (the )?|\s\("
    )
)
