"""The words of claims: which mean up or down, how much, how sure; and which words a clause may hold
and be judged.

A claim is called wrong only where every word of its clause is known here or is the indicator's own
name: "shed break-ins rose by 5%" may be true of something the series does not count.
"""

import re

THAT = r"(?:(?:the|that\s+of|those\s+of)\s+)?(?:same|last|previous|corresponding|20\d\d)"
UP = (
    r"rose|risen|rises|rising|rise|increas(?:es|ed|ing|e)|grew|grown|growing|growth|growing|climb(?:s|ed|ing)?"
    r"|(?:gone|going|went|goes|moved)\s+up|up|"
    r"higher|greater|more|additional|extra|jump(?:ed)?|surge[ds]?|upward|ahead|upturn|"
    rf"above(?=\s+{THAT})"
)
DOWN = (
    r"fell|fallen|falls|falling|fall|drop(?:s|ped|ping)?|decreas(?:es|ed|ing|e)|declin(?:es|ed|ing|e)"
    r"|reduc(?:es|ed|ing|e|tions?)|"
    r"(?:gone|going|went|goes|come|came|coming|moved)\s+down|down|lower|fewer|less|dip(?:ped)?|shrunk|shrank"
    r"|downward|downturn|"
    rf"below(?=\s+{THAT})"
)
DIRECTION = re.compile(rf"\b(?:(?P<up>{UP})|(?P<down>{DOWN}))\b", re.I)
CLAIMED = re.compile(  # a direction said as a fact, not as an aim
    r"(?:^\W*(?:up|down)(?!\s+to\b)|\b(?:rose|risen|grew|grown|climbed|(?:gone|went|goes|come|came"
    r"|moved)\s+(?:up|down)|fell|fallen|(?:in|de)creased|declined|"
    r"reduced|dropped|dipped|shrank|shrunk|jumped|surged"
    r"|(?:is|are|was|were|been|being|remains?|remained|stands?|also|now|currently|keeps?)\s+(?:\w+ly\s+"
    r"|still\s+|not\s+|again\s+|a\s+little\s+){0,2}"
    r"(?:(?:up|down)(?!\s+to\b)|higher|lower|ahead|rising|falling|climbing|increasing|decreasing|declining"
    r"|reducing|growing|dropping|going\s+(?:up|down)|"
    rf"coming\s+down|(?:well\s+|far\s+|just\s+)?(?:above|below)(?=\s+{THAT}))"
    r"|(?:a|an|the|this|that|another|further|overall|shows?|showing|saw|seen)\s+(?:[\w-]+\s+){0,2}?(?:rise|fall"
    r"|increase|decrease|decline|reduction|drop|dip|growth|surge)"
    r"|(?:higher|lower)\s+(?:[\w-]+\s+){0,4}?than|(?:more|fewer|less)\s+(?:[\w-]+\s+){1,4}?than|"
    r"(?:more|fewer|less)\s+than\s+(?:last|in|the\s+same|a\s+year|for|during|at)|(?:lower|higher)\s+again"
    r"|(?:more|fewer)\s+(?:reports|crimes|incidents|offences|referrals)))\b",
    re.I,
)
UNCLAIMED = re.compile(
    r"\b(?:any|aims?|aimed|want|wants|hopes?|hoped|expect(?:s|ed)?|would|could|should|(?-i:may)|might|will|if"
    r"|whether|encourag\w+|plans?|planned|"
    r"forecast|projected|projection|predicted|likely|possibl[ey]|risk|no|not|never|neither|nor|without|rather"
    r"|unless|until|objective|goal|ambition|"
    r"commitment|seeks?|intend\w*|priority|to\s+(?:help\s+)?(?:increase|reduce|decrease|fall|rise|drop|decline)"
    r"|help\s+(?:increase|reduce)|question|monitor|"
    r"some|several|many|mostly|most|half|few|generally|except|apart|other\s+than|partly|part|average[ds]?"
    r"|typical\w*|usual\w*|season\w*|normal\w*|(?:one|two|three|four|five|six|seven|eight|nine|ten"
    r"|\d+)\s+(?:out\s+)?of|n't|can\s+be|cannot)\b",
    re.I,
)
APPROXIMATE = re.compile(
    r"\b(?:(?P<about>about|around|approximately|approx\.?|roughly|some|circa|c\.|close\s+to"
    r"|in\s+the\s+region\s+of)|(?P<under>nearly|almost|just\s+under|"
    r"just\s+below|just\s+short\s+of|approaching)|(?P<just_over>just\s+over|just\s+above|a\s+little\s+over)"
    r"|(?P<over>over|more\s+than|in\s+excess\s+of|"
    r"at\s+least|above|greater\s+than)|(?P<below>under|less\s+than|fewer\s+than|below|up\s+to"
    r"|at\s+most))\s+(?:(?:a|an|the)\s+)?$",
    re.I,
)
LEADS = re.compile(  # what may stand between a direction and its number
    r"(?:\s+|by|of|about|around|approximately|approx\.?|roughly|some|circa|nearly|almost|just|under|over|above|"
    r"a|an|the|further|another|only|total|in|excess|close|as|much|or|is|was|equates|equat(?:es|ing)\s+to"
    r"|equivalent\s+to|equal\s+to)*$",
    re.I,
)
FOLLOWS = re.compile(
    r"^\s*(?:(?!(?:in|on|for|at|from|to|with|by|of|and|were|was|is|are|have|has|had|since|than|during|between"
    r"|against|target|more|fewer)\b)"
    r"[A-Za-z'-]+\s+){0,4}?(?P<word>\(?(?:more|fewer|less|higher|lower|additional|extra|up|down|increase"
    r"|decrease|reduction|rise|fall|drop|decline|dip|"
    r"growth|above|below|jump|surge))\b",
    re.I,
)
STRONG = (
    r"significant(?:ly)?|sharp(?:ly)?|substantial(?:ly)?|marked(?:ly)?|dramatic(?:ally)?|considerabl[ey]"
    r"|steep(?:ly)?|soared|plummeted|rapid(?:ly)?"
)
WEAK = (
    r"slight(?:ly)?|marginal(?:ly)?|(?:a\s+)?little|small|modest(?:ly)?|minor|fractional(?:ly)?"
    r"|a\s+touch"
)
BIG = r"big|large|huge|major"
STRENGTH = re.compile(rf"\b(?:(?P<strong>{STRONG})|(?P<big>{BIG})|(?P<weak>{WEAK}))\b", re.I)
CONTINUES = re.compile(
    rf"\b(?:(?:continu(?:es|ed|ing|e)|keeps?|kept|carr(?:y|ies|ied)\s+on)\s+(?:to\s+|on\s+|its\s+|their\s+"
    rf"|the\s+|with\s+|a\s+|in\s+|see\s+|show\s+|record\s+|report\s+){{0,3}}(?:\w+ly\s+|steady\s+|gradual\s+"
    rf"|general\s+|overall\s+){{0,2}}(?P<way>{UP}|{DOWN})"
    rf"|(?:is|are)\s+still\s+(?P<still>rising|falling|increasing|decreasing|declining|reducing|going\s+up"
    rf"|going\s+down))\b",
    re.I,
)
IN_LINE = re.compile(
    r"\b(?:in\s+(?:line|step|keeping|tandem|parallel)\s+with|in\s+common\s+with|mirror(?:s|ed|ing)?|track(?:s"
    r"|ed|ing)?|follow(?:s|ed|ing)?\s+the\s+(?:same|pattern|trend)"
    r"|match(?:es|ed|ing)?|consistent\s+with|similar\s+to|echo(?:es|ed)?|reflect(?:s|ed|ing)?)\b",
    re.I,
)
STABLE = re.compile(
    r"\b(?:in\s+line\s+with(?=\s+(?:last|the\s+same|the\s+previous|20\d\d))|unchanged|stable|static|steady|flat"
    r"|no\s+change|(?:much\s+|about\s+|almost\s+|broadly\s+|exactly\s+)?the\s+same(?:\s+as"
    r"|\s+level)?(?!\s+(?:\w+\s+)?(?:period|month|months|time|"
    r"point|stage|quarter|quarters|pattern|way|source|six|eight))|broadly\s+similar|similar\s+(?:to|level"
    r"|number)\w*|level\s+with|not\s+changed|level(?:l?ed)?\s+off)\b",
    re.I,
)
HIGH = r"highest|peak(?:ed|s)?|busiest|largest|greatest|worst|the\s+most"
LOW = r"lowest|fewest|quietest|smallest|trough|low\s+point|the\s+least"
SUPERLATIVE = re.compile(
    rf"\b(?:(?P<high>{HIGH})|(?P<low>{LOW}))\b(?!\s+of\s+the\s+(?:months|time)\b)", re.I
)
ORDINAL = re.compile(
    r"\b(?:second|third|fourth|next|joint|nth|one\s+of\s+the|among\s+the)[\s-]+(?:\w+\s+)?$", re.I
)
EVER = re.compile(r"\b(?:ever|on\s+record|records\s+began|all[\s-]time|years)\b", re.I)
VERB = re.compile(rf"\b(?:is|are|was|were|has|have|had|remain(?:s|ed)?|{UP}|{DOWN})\b", re.I)
VAGUE = re.compile(  # a period, or a comparison, that the figures cannot be held against
    r"\b(?:since\s+then|before\s+that|then|that\s+(?:month|quarter)|(?:following|next)\s+(?:month|quarter)"
    r"|the\s+(?:rest|others|remaining|"
    r"remainder|six|five|four|three|two)\s+(?:since|before|after)|(?:last|previous|preceding)\s+quarter"
    r"|quarter\s+before|(?:recent|past|previous|few|"
    r"several|last\s+\w+)\s+years|decade|long[\s-]term|forces|cities|counties|districts|boroughs)\b",
    re.I,
)
ELSEWHERE = re.compile(
    r"\b(?:average[ds]?|expected|usual\w*|normal\w*|forecast\w*|projected|predicted|typical\w*|national\w*"
    r"|target\w*)\b",
    re.I,
)
WISHED = re.compile(
    r"\b(?:would|should|could|might|will|aims?|aimed|hopes?|hoped|expect(?:s|ed)?|plans?|planned|forecast"
    r"|projected|predicted|"
    r"likely|goal|ambition)\b",
    re.I,
)
REMAINS = re.compile(
    r"\b(?:remain(?:s|ed|ing)?|stay(?:s|ed)?|is|are|still)\s+(?:relatively\s+|very\s+|quite\s+)?(?:low|high"
    r"|good|strong|poor)\b",
    re.I,
)
CAUSE = re.compile(
    r"\b(?:(?i:due\s+to|attribut\w+|because|as\s+a\s+result|result(?:s|ed|ing)?\s+(?:of|from|in)|caused?|causes"
    r"|driven\s+by|"
    r"explain(?:s|ed|ing)?(?:\s+by)?|owing\s+to|thanks\s+to|linked\s+to|following|after\s+the|in\s+the\s+wake|"
    r"reflect(?:s|ing)?|as\s+(?:more|fewer)|stems?\s+from|led\s+to|impact\s+of|down\s+to\s+(?:the|better|more|a"
    r"|[a-z]+ing))"
    r"|(?i:post)[\s-]+[A-Z]\w+)\b"
)
MULTIPLE = re.compile(
    r"\b(?P<double>doubled|twice\s+(?:as\s+many|the)|double)\b|\b(?P<triple>trebled|tripled|three\s+times)\b"
    r"|\b(?P<halve>halved)\b",
    re.I,
)
MULTIPLES = {"double": 100.0, "triple": 200.0, "halve": -50.0}
FRACTION = re.compile(
    r"\b(?P<two_thirds>two[\s-]thirds)\b|\b(?P<three_quarters>three[\s-]quarters)\b|\b(?:a"
    r"|one)[\s-](?:(?P<third>third)|(?P<quarter>quarter)|(?P<fifth>fifth)|"
    r"(?P<tenth>tenth))\b(?!\s+(?:party|[1-4]))|\b(?:by|than|almost|nearly|about)\s+(?P<half>half)\b",
    re.I,
)
FRACTIONS = {
    "two_thirds": 66.7,
    "three_quarters": 75.0,
    "third": 33.3,
    "quarter": 25.0,
    "fifth": 20.0,
    "tenth": 10.0,
    "half": 50.0,
}
EVERY = re.compile(
    r"\b(?:each|every|all)\s+(?:\w+\s+)?(?:months?|quarters?)\b|\bmonth\s+(?:after"
    r"|on)\s+month\b",
    re.I,
)
TARGET = re.compile(
    r"\b(?P<below>below|under|behind|short\s+of|missed|missing|miss|off|failed|not\s+(?:met|meeting|reached"
    r"|achieved)|fall(?:s|en|ing)?\s+short)\b|\b(?P<above>above|over|ahead\s+of|ahead|exceed(?:s|ed|ing)?|"
    r"surpass\w*|beat(?:en|ing)?|passed)\b|\b(?P<met>on|met|meets?|meeting|hit|hitting|achiev(?:ed|es|ing)"
    r"|reached|in\s+line\s+with|on\s+track|within)\b",
    re.I,
)
KNOWN = frozenset(
    re.findall(
        r"\S+",
        """
a about above achieve achieved achieves achieving actual additional adults adverse after again
against agreed ahead aim aims all allowing almost alone already also although amount amounted
amounting amounts an and annual another approx approximately are area areas around as at average
back be been before began behind being below best between big board borough both bring brings
broadly brought busiest but by came can carried carries carry case cases cent chance change changed
changes changing circa city city's citywide climb climbed climbing climbs close combined come comes
coming compare compared compares comparing comparison comprised comprising considerable consistent
continue continued continues continuing contrary corresponding count counted counts county
countywide crime crimes cumulative cumulatively current data date dates days decline declined
declines declining decrease decreased decreases decreasing desired did difference dip dipped
direction disappointing disappointingly dissatisfied district do does done double doubled down
downturn downward dramatic drop dropped dropping drops due during e.g each earlier edition eg eight
eleven encouraging encouragingly end end- ended ending ends entire equal equals equate equated
equates equating equivalent equivalents even ever every exactly exceed exceeded exceeding exceeds
excess exclude excluded excludes excluding expected explain explains extra fall fallen falling falls
far fell few fewer fewest fifth figure figures final financial first five flat followed following
for force four fourth fractional from full further fy gap gave given go goal goes going gone good
great greater grew group grow grown had half halved handled handling has have having held her here
high higher highest his hit hold how however huge i i.e ie if importantly improved improvement in
incident incidents including increase increased increases increasing indeed indicate indicates
indicator individual intended intention into is it its itself jump jumped just keep keeps kept kind
know known large larger largest last late later latest least leave leaves leaving left less level
levels like line little local logged long low lower lowest made main mainly major make makes many
marginal mark marked maximum mean means meanwhile measure measured meet meeting meets members met
mid minimum minor mirror mirrored mirrors missed modest month month's month- monthly months more
most mostly move moved movement moves moving much near nearly need needed new next nine no nor not
notable note noted now number numbered numbers occurred of of-year off offence offences offences'
offender offending officer officers on on-month once one only onto or other others our out outturn
over overall own part partnership pattern pc peak peaked peaks people per percent percentage
percentages performance period periods persons picture place pleasing plus point points police
position positive possible previous previously prior produced proportion provisional public put
quarter quarterly quarters quietest quite range rapid rate rated rates rather reach reached reaches
reaching received record recorded recording records reduce reduced reducing reduction reductions
region register registered registering registers relates relative remain remained remaining remains
report reported reporting reports represent represented representing represents residents
respectively result results return returned returns reveal reveals rise risen rises rising rose
roughly round row run running same satisfaction satisfied saw say second see seeing seen sees series
service services set seven several sharp short show showed showing shown shows significant similar
similarly since single six size slight slightly slow small smaller so some spike spiked stable stage
stand standing stands start started starting static stay stayed staying stays steady steep step
still stood strong strongest subsided substantial such sum summary surge surged taken taking tallied
tally tandem target targets ten tenth than that the their them then there these they third thirds
this those though three through throughout thus time times to together too took total totalled
totalling totals touch toward towards town tracked tracking tracks trebled trend trends triple
tripled trough twelve twice two type unchanged under unfortunately unlike until up upon upturn
upward us value values variation varies vary versus very victim victims village volume volumes vs
wanted was way we weak welcome well went were what when where whereas whereby which while whilst
whole will with within without worked works worse worst would year year's year-on-year year-to-date
yearly years yet ytd
""",
    )
)


def strange(text: str, own: frozenset[str]) -> bool:
    """Whether the text holds a word that is neither common here, nor an adverb, nor one of the
    `own` names.
    """
    words = re.findall(r"[a-z][a-z'-]*", text.lower())
    return any(not _familiar(word.strip("'-"), own) for word in words)


def _familiar(word: str, own: frozenset[str]) -> bool:
    bare = word.removesuffix("'s")
    whole = bare in KNOWN or bare in own or bare.rstrip("s") in own or len(bare) < 2
    return (
        whole
        or (bare.endswith("ly") and len(bare) > 4)
        or ("-" in bare and all(_familiar(p, own) for p in bare.split("-")))
    )
