"""Words by which a comment says how figures compare; a word that is none of these claims nothing."""

import re

RISE = (
    r"ris(?:e[ns]?|ing)|rose|increas\w+|up|upturn|uplift|higher|grew|grow\w*|climb\w*|jump\w*|above|exceed\w*"
    r"|topped|surpass\w*|ahead|additional|extra|more|greater|outstrip\w*|outnumber\w*|crept|surge\w*|widen\w*|gain\w*"
    r"|beat\w*|busier|bigger|larger|pass(?:ed)?|reach(?:ed|es)?|hit|got\s+as\s+far\s+as"
)
FALL = (
    r"fall\w*|fell|decreas\w+|declin\w+|drop\w*|reduc\w+|down|downturn|lower\w*|fewer|less|below|under|dip\w*"
    r"|eas(?:ed|ing)|shrank|slip\w*|slid\w*|short(?:fall)?|behind|lagg?\w*|narrow\w*|shed|quieter|smaller"
)


def _words(*alternatives: str, around: str = r"\b(?:{})\b") -> re.Pattern:
    return re.compile(around.format("|".join(alternatives)), re.IGNORECASE)


DIRECTION = _words(f"(?P<rise>{RISE})|(?P<fall>{FALL})", around=r"\b(?:{})\b(?!-)")
NO_MOVE = re.compile(  # words of direction that say none where they stand
    r"(?i)(?:up\s+(?:to|with|a\b|by\s+the)|down\s+(?:to|as)|under\s+(?:way|review)|behind\s+(?:the|this)\s+[a-z]|drop[- ]in|above\s+all"
    r"|(?:more|less|additional|extra|fewer|greater)\b(?!\s+(?:than|(?:\w+\s+)?(?:crime|incident|report|offence|referral|case))))"
)
WISHED = re.compile(  # before a direction: it is aimed at or feared, and nobody says that it came about
    r"(?i)(?:\b(?:aim\w*|hop\w+|want\w*|need\w*|intend\w*|expect\w*|plan\w*|risk|whether|if|should|would|could|will)\b"
    r"(?:\s+[\w-]+){0,5}|\bto)\s+$"
)
EXTREME = _words(
    r"(?P<high>highest|peak\w*|most|busiest|largest|maximum|high(?=\s+of|\s+point)|spik\w+)",
    r"(?P<low>lowest|fewest|quietest|smallest|minimum|low(?=\s+of|\s+point)|trough|(?<!at\s)least)",
)
NOT_RANKED = re.compile(
    r"(?i)\b(?:for\s+the\s+most\s+part|by\s+the\s+(?:most|least)|most\s+(?:of|likely|recent|people|victims|notabl\w+|commonly))\b"
)
RANKED_CHANGE = _words(
    "rises?",
    "falls?",
    "increases?",
    "decreases?",
    "drops?",
    "changes?",
    "shortfall",
    "difference",
    "jump",
)
EVERY = _words(
    r"(?:every|each|all)\s+(?:\w+\s+){0,3}(?:months?|quarters?|of)",
    r"each(?!\s+(?:hate|crime|incident|report|offence))",
    "throughout",
    r"month\s+(?:on|after|by)\s+month",
)
BOTH = _words("both", "neither", "either")
NONE = _words(
    r"no(?=\s+(?:\w+\s+)?(?:months?|point|stage|time|quarters?)\b)|not\s+(?:one|once|a\s+single)|none\s+of|never|neither"
    r"|at\s+any\s+(?:stage|time|point)"
)
NOT = _words("no", "not", "never", "without", "neither", "nor", r"\w+n't")
ONLY = _words("only", "alone", "just")
EXCEPT = _words(
    r"except\w*",
    r"apart\s+from",
    r"other\s+than",
    "aside",
    r"odd\s+one\s+out",
    r"(?:but|save)\s+for",
    r"with\s+the\s+exception",
)
RUN = _words(
    r"in\s+a\s+row",
    r"(?<=month\s)running|(?<=months\s)running",
    r"consecutive\w*",
    r"successi\w+",
    "straight",
    r"on\s+the\s+trot",
)
STEP = _words(
    r"month\s+(?:on|after|by)\s+month",
    r"monthly\s+(?:rises|falls|increases|decreases|drops)",
    r"than\s+the\s+(?:one|month)\s+before",
)
ORDINALS = {
    word: n
    for n, word in enumerate(
        "second third fourth fifth sixth seventh eighth ninth tenth".split(), 2
    )
}
ORDINAL = _words(f"({'|'.join(ORDINALS)})")
LOOSE = _words(  # what the figures alone do not settle
    r"continu\w+|trend\w*|stabl\w+|stabili\w+|steady|steadily|volatil\w+|level+(?:ed|ing)|plateau\w*|broadly|in\s+line|similar\w*"
    r"|improv\w+|deteriorat\w+|worse\w*|worst|better|best|revers\w+|bucks?|typical\w*|normal\w*|usual\w*|seasonal\w*|faster|slower"
    r"|rank\w*|in\s+step|mirror\w*|track\w*|outpac\w+|fluctuat\w+|momentum|difference|held|on\s+(?:target|track|course|profile)"
    r"|match\w*|second\s+only|by\s+(?:less|more)|percentage\s+terms|proportionate\w*|missed|met|meeting|achiev\w+|unchanged|identical|equal\w*|flat|static|unusual\w*|half\s+as|same(?!\s+(?:\w+\s+){0,2}(?:period|month|quarter|time|point|stage))"
    r"|significant\w*|sharp\w*|steep\w*|substantial\w*|dramatic\w*|marked\w*|considerabl\w+|fraction\w*"
)
SLIGHT = _words(
    r"slight\w*", "small", r"marginal\w*", r"modest\w*", "just", r"a\s+(?:little|touch|bit)"
)
LOOSELY = _words(
    r"well|far|much|mostly|largely|nearly|almost|roughly|around|about|or\s+so|or\s+more|at\s+least"
)
AVERAGE = _words(r"averag\w+", "mean", r"(?:a|per|each)\s+(?:month|quarter)")
TARGET = _words(
    "targets?",
    r"profiles?",
    "trajectory",
    "goals?",
    "milestones?",
    r"aim(?:ed|ing)\s+for",
    "profiled",
    r"where\s+(?:we|it)\s+should\s+be",
)
SHARE = _words(
    "share",
    "proportion",
    r"account\w*",
    r"ma[dk]es?\s+up",
    r"represent\w*",
    r"of\s+(?:all|the|its|last\s+year's)",
)
SPREAD = re.compile(
    r"(?i)\b(?:between|rang\w+|var(?:y|ied)|within|band|low\s+of|as\s+few|moved|anything\s+from)\b"
    r"\D{0,30}?(?!20\d\d)\d[\d,.%]*(?:\s\w+){0,3}?(?:\s*[-–]|\s(?:to|and))\D{0,25}?\d"
)
SERIES = _words("series", "record", "ever", r"we\s+hold", r"going\s+back", r"two\s+years")
FIGURES = _words(
    r"figures?|numbers?|reports?|reporting|incidents?|crimes?|offences?|levels?|counts?|totals?|referrals?|volumes?|gap|rates?|scores?"
)

_LEAD = (
    r"(?:the|a|an|just|only|about|around|some|totals?|of|figures?|last\s+year's|its|their|at|was|were|is|are|it|peak"
    r"|low|high|nearly|over|under|roughly|almost|approximately)\s+"
)
_BY = r"(?:by|of|an?|only|just|about|around|some|nearly|almost|over|under|roughly|approximately|another|further|(?:more|less)\s+than)\s+"
CHANGED_BEFORE = re.compile(  # what stands before the size of a change
    rf"(?i)\b(?!above|below|under|more|less|fewer|reach|hit|pass|topped|exceed)(?:{RISE}|{FALL}|change|difference|surplus|deficit|by)"
    rf"(?:\s+(?:slightly|sharply|again|significantly|further|back|marginally|overall))?\s*[:(]?\s*(?:{_BY}){{0,3}}$"
)
CHANGED_AFTER = re.compile(  # and after it
    r"(?i)\s*(?:\([^)]{0,20}\)\s*)?(?:(?!(?:was|is|were|are|it|to|in|from|against|and|but|had|have|has|we|they|which|that|at|for)\b)"
    rf"[\w'-]+[\s-]){{0,3}}?(?:{RISE}|{FALL}|difference|change)\b(?!\s+(?:to|from)\s+\d)"
)
BASED = re.compile(  # what stands before the figure that another is compared with
    r"(?i)\b(?:(?:from|against|compared\s+(?:to|with)|than|versus|vs?\.?|having\s+been|previously|on)\s+"
    rf"(?:{_LEAD}){{0,4}}|(?:above|below|under|over)\s+(?:the|last\s+year's|its)\s+)$"
)
VERSUS = re.compile(
    r"(?i)\s*(?:[\w-]+\s+){0,2}(?:compared\s+(?:to|with)|against|v|vs|versus)\.?\s+\d"
)
THRESHOLD = re.compile(rf"(?i)\b(?:{RISE}|{FALL}|at\s+least|at\s+most)\s+(?:[\w'-]+\s+){{0,3}}$")
AT_LEAST = re.compile(r"(?i)\b(?:at\s+least|at\s+most|reach\w*|hit|as\s+far\s+as)\s+(?:the\s+)?$")
APPROXIMATE = re.compile(  # words of direction that only make a number approximate
    r"(?i)\b(?:over|under|above|below|(?:more|less|fewer)\s+than)(?=\s+(?:a\s+|one\s+)?(?:\d|half|third|quarter|two|three|twice))"
)
NOUN = re.compile(
    r"(?i)\s+(?:[\w-]+\s+)?(?:crimes?|incidents?|reports?|offences?|referrals?|cases?|in\s+total)\b"
)
TIGHT = re.compile(r"\s*[(:,]?\s*")
LEADS = re.compile(r"\s*(?:[\w'-]+\s+){0,5}[(:,]?\s*(?:of\s+)?")
FOLLOWS = re.compile(
    r"\s*(?:(?!driven|due|caused|explained|concentrated|mainly|mostly|largely|is\b)[\w'-]+\s+){0,4}?"
    r"(?:in|during|for|over|at|by\s+the\s+end\s+of|to|through|since|as)\s+(?:the\s+|that\s+in\s+)?|\s+(?:the\s+)?|\s\("
)
BRACKETED = re.compile(r"\d\s*\($")  # 912 (929): what is in brackets is of the year before
CAUSE = _words("driven", "due", "because", "caused", "explained", "owing", "result")
SINCE = _words("since")
CHANGES_COMPARED = _words(
    r"(?:smaller|larger|bigger|sharper|steeper|slower|faster)\s+(?:rise|fall|increase|decrease|drop|reduction)"
)
OF_TARGET = re.compile(r"(?i)target\s+(?:of|is|was|at|being)\s+$")
