"""The words of claims: which mean up or down, how much, how sure; and which words a clause may hold and be judged.

A claim is called wrong only where every word of its clause is known here or is the indicator's own name: "shed
break-ins rose by 5%" may be true of something the series does not count.
"""

import re

UP = (
    r"rose|risen|rises|rising|rise|increas(?:es|ed|ing|e)|grew|grown|growing|growth|growing|climb(?:ed|ing)?|(?:gone|going|went|goes|moved)\s+up|up|"
    r"higher|greater|more|additional|extra|jump(?:ed)?|surge[ds]?|upward|ahead|upturn"
)
DOWN = (
    r"fell|fallen|falls|falling|fall|drop(?:s|ped|ping)?|decreas(?:es|ed|ing|e)|declin(?:es|ed|ing|e)|reduc(?:es|ed|ing|e|tions?)|"
    r"(?:gone|going|went|goes|come|came|coming|moved)\s+down|down|lower|fewer|less|dip(?:ped)?|shrunk|shrank|downward|downturn"
)
DIRECTION = re.compile(rf"\b(?:(?P<up>{UP})|(?P<down>{DOWN}))\b", re.I)
CLAIMED = re.compile(  # a direction said as a fact, not as an aim
    r"\b(?:rose|risen|grew|grown|climbed|(?:gone|went|goes|come|came|moved)\s+(?:up|down)|fell|fallen|(?:in|de)creased|declined|"
    r"reduced|dropped|dipped|shrank|shrunk|jumped|surged"
    r"|(?:is|are|was|were|been|being|remains?|remained|stands?|also|now|currently|keeps?)\s+(?:\w+ly\s+|still\s+|not\s+|again\s+|a\s+little\s+){0,2}"
    r"(?:up|down|higher|lower|ahead|rising|falling|increasing|decreasing|declining|reducing|growing|dropping|going\s+(?:up|down)|coming\s+down)"
    r"|(?:a|an|the|this|that|another|further|overall|shows?|showing|saw|seen)\s+(?:[\w-]+\s+){0,2}?(?:rise|fall|increase|decrease|decline|reduction|drop|dip|growth|surge)"
    r"|(?:more|fewer|less|higher|lower)\s+(?:[\w-]+\s+){0,4}?than|^\W*(?:up|down)\b|(?:lower|higher)\s+again|(?:more|fewer)\s+(?:reports|crimes|incidents|offences|referrals))\b",
    re.I,
)
UNCLAIMED = re.compile(
    r"\b(?:any|aims?|aimed|want|wants|hopes?|hoped|expect(?:s|ed)?|would|could|should|may|might|will|if|whether|encourag\w+|plans?|planned|"
    r"forecast|projected|projection|predicted|likely|possibl[ey]|risk|no|not|never|neither|nor|without|rather|unless|until|objective|goal|ambition|"
    r"commitment|seeks?|intend\w*|priority|to\s+(?:help\s+)?(?:increase|reduce|decrease|fall|rise|drop|decline)|help\s+(?:increase|reduce)|question|monitor|"
    r"some|several|many|mostly|most|half|few|generally|except|apart|other\s+than|partly|part|average[ds]?|typical\w*|usual\w*|season\w*|normal\w*|n't|can\s+be|cannot)\b",
    re.I,
)
APPROXIMATE = re.compile(
    r"\b(?:(?P<about>about|around|approximately|approx\.?|roughly|some|circa|c\.|close\s+to|in\s+the\s+region\s+of)|(?P<under>nearly|almost|just\s+under|"
    r"just\s+below|just\s+short\s+of|approaching)|(?P<just_over>just\s+over|just\s+above|a\s+little\s+over)|(?P<over>over|more\s+than|in\s+excess\s+of|"
    r"at\s+least|above|greater\s+than)|(?P<below>under|less\s+than|fewer\s+than|below|up\s+to|at\s+most))\s+(?:(?:a|an|the)\s+)?$",
    re.I,
)
LEADS = re.compile(  # what may stand between a direction and its number
    r"(?:\s+|by|of|about|around|approximately|approx\.?|roughly|some|circa|nearly|almost|just|under|over|above|more|less|fewer|"
    r"than|at|least|a|an|the|further|another|only|total|in|excess|close|as|much|or|is|was|equates|equat(?:es|ing)\s+to|equivalent\s+to|equal\s+to)*$",
    re.I,
)
FOLLOWS = re.compile(
    r"^\s*(?:(?!(?:in|on|for|at|from|to|with|by|of|and|were|was|is|are|have|has|had|since|than|during|between|against|target|more|fewer)\b)"
    r"[A-Za-z'-]+\s+){0,4}?(?P<word>\(?(?:more|fewer|less|higher|lower|additional|extra|up|down|increase|decrease|reduction|rise|fall|drop|decline|dip|"
    r"growth|above|below|jump|surge))\b",
    re.I,
)
STRONG = r"significant(?:ly)?|sharp(?:ly)?|substantial(?:ly)?|marked(?:ly)?|dramatic(?:ally)?|considerabl[ey]|steep(?:ly)?|big|large|huge|major|soared|plummeted|rapid(?:ly)?"
WEAK = r"slight(?:ly)?|marginal(?:ly)?|(?:a\s+)?little|small|modest(?:ly)?|minor|fractional(?:ly)?|a\s+touch|just"
STRENGTH = re.compile(rf"\b(?:(?P<strong>{STRONG})|(?P<weak>{WEAK}))\b", re.I)
CONTINUES = re.compile(
    rf"\b(?:(?:continu(?:es|ed|ing|e)|keeps?|kept|carr(?:y|ies|ied)\s+on)\s+(?:to\s+|on\s+|its\s+|their\s+|the\s+|with\s+|a\s+|in\s+){{0,2}}(?:[\w-]+\s+){{0,2}}?(?P<way>{UP}|{DOWN})"
    rf"|(?:is|are)\s+still\s+(?P<still>rising|falling|increasing|decreasing|declining|reducing|going\s+up|going\s+down))\b",
    re.I,
)
IN_LINE = re.compile(
    r"\b(?:in\s+(?:line|step|keeping|tandem|parallel)\s+with|in\s+common\s+with|mirror(?:s|ed|ing)?|track(?:s|ed|ing)?|follow(?:s|ed|ing)?\s+the\s+(?:same|pattern|trend)"
    r"|match(?:es|ed|ing)?|consistent\s+with|similar\s+to|echo(?:es|ed)?|reflect(?:s|ed|ing)?)\b",
    re.I,
)
STABLE = re.compile(
    r"\b(?:unchanged|stable|static|steady|flat|no\s+change|(?:much\s+|about\s+|almost\s+|broadly\s+|exactly\s+)?the\s+same(?:\s+as|\s+level)?(?!\s+(?:\w+\s+)?(?:period|month|months|time|"
    r"point|stage|quarter|quarters|pattern|way|source|six|eight))|broadly\s+similar|similar\s+(?:to|level|number)\w*|level\s+with|not\s+changed|level(?:l?ed)?\s+off)\b",
    re.I,
)
HIGH = r"highest|peak(?:ed|s)?|busiest|largest|greatest|worst|the\s+most"
LOW = r"lowest|fewest|quietest|smallest|trough|low\s+point|least"
SUPERLATIVE = re.compile(rf"\b(?:(?P<high>{HIGH})|(?P<low>{LOW}))\b(?!\s+of\s+the\s+(?:months|time)\b)", re.I)
ORDINAL = re.compile(r"\b(?:second|third|fourth|next|joint|nth|one\s+of\s+the|among\s+the)[\s-]+(?:\w+\s+)?$", re.I)
EVER = re.compile(r"\b(?:ever|on\s+record|all[\s-]time|years)\b", re.I)
REMAINS = re.compile(r"\b(?:remain(?:s|ed|ing)?|stay(?:s|ed)?|is|are|still)\s+(?:relatively\s+|very\s+|quite\s+)?(?:low|high|good|strong|poor)\b", re.I)
CAUSE = re.compile(
    r"\b(?:due\s+to|attribut\w+|because|as\s+a\s+result|result(?:s|ed|ing)?\s+(?:of|from|in)|caused|cause[sd]?|driven\s+by|explain(?:s|ed|ing)?(?:\s+by)?|owing\s+to|thanks\s+to|linked\s+to|"
    r"following|after\s+the|post[\s-]+[A-Z]\w+|in\s+the\s+wake|reflect(?:s|ing)?|as\s+(?:more|fewer)|stems?\s+from|led\s+to|impact\s+of|down\s+to\s+(?:the|better|more|a)|down\s+to\s+[a-z]+ing)\b",
)
MULTIPLE = re.compile(
    r"\b(?P<double>doubled|twice\s+(?:as\s+many|the)|double)\b|\b(?P<triple>trebled|tripled|three\s+times)\b|\b(?P<halve>halved)\b",
    re.I,
)
MULTIPLES = {"double": 100.0, "triple": 200.0, "halve": -50.0}
FRACTION = re.compile(
    r"\b(?P<two_thirds>two[\s-]thirds)\b|\b(?P<three_quarters>three[\s-]quarters)\b|\b(?:a|one)[\s-](?:(?P<third>third)|(?P<quarter>quarter)|(?P<fifth>fifth)|"
    r"(?P<tenth>tenth))\b(?!\s+(?:party|[1-4]))|\bby\s+(?P<half>half)\b",
    re.I,
)
FRACTIONS = {"two_thirds": 66.7, "three_quarters": 75.0, "third": 33.3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0, "half": 50.0}
EVERY = re.compile(r"\b(?:each|every|all)\s+(?:\w+\s+)?(?:months?|quarters?)\b|\bmonth\s+(?:after|on)\s+month\b", re.I)
TARGET = re.compile(
    r"\b(?P<below>below|under|behind|short\s+of|missed|missing|miss|off|failed|not\s+(?:met|meeting|reached|achieved)|fall(?:s|en|ing)?\s+short)\b|\b(?P<above>above|over|ahead\s+of|ahead|exceed(?:s|ed|ing)?|"
    r"surpass\w*|beat(?:en|ing)?|passed)\b|\b(?P<met>on|met|meets?|meeting|hit|hitting|achiev(?:ed|es|ing)|reached|in\s+line\s+with|on\s+track|within)\b",
    re.I,
)
_KNOWN = """
a about above achieve achieved achieves achieving actual additional adults again against agreed all allowing almost already also although an and annual another are area areas around as at
average back be been before began behind being below between both bring brings brought but by came can case cases change changed changes changing citywide city city's close combined come
comes coming compare compared compares comparing comparison consistent corresponding count counted counts cumulative cumulatively current data date dates days decrease did difference
do does done down drop dropped due during each earlier edition eight end ended ending ends entire equal equals equate equated equates equating equivalent even ever every exactly extra far
few fewer fewest figure figures final financial first five followed for force four from full further gap gave given go goal goes gone good great greater group had half has have having held her here high
higher highest his hit hold however i if improved improvement in including incident incidents increase increased increases increasing indeed indicator individual into is it its itself just
just know known large larger largest last late later latest least left less level levels like line little logged long low lower lowest made main mainly make makes many mark maximum mean means
meanwhile measure measured met mid minimum missed month monthly months month's more most mostly move moved movement moves moving much near nearly need needed new next no nor not note noted notable now number numbers
numbered occurred of off offence offences offending on once one only onto or other others our out outturn over overall own part pattern per per cent percent percentage performance period periods pc persons picture place
plus point points police position positive possible previous previously prior produced proportion provisional put quarter quarterly quarters quite range rate rated rates rather reach reached reaches reaching received record
recorded recording records reduce reduced reducing reduction reductions relates relative remain remained remaining remains report reported reporting reports represent represented representing represents respectively result results return returned returns rise risen
rises rising rose round row run running same saw say second see seeing seen series service services set seven several show showed showing shown shows similar since single six size slightly
slow small smaller so some stage stand standing stands start started starting still stood such sum taken taking target targets ten than that the their them then there these they third this those
though three through throughout thus time times to together too took total totalled totalling totals toward towards trend trends twelve two under unlike until up upon us value values variation very victim
victims volume volumes was we went were what when where whereas which while whole will with within without worse would year yearly years year's yet eleven nine fourth twice percentages crime crimes offender offences'
equivalents officer officers peak peaked peaks spike spiked subsided trough busiest quietest highest lowest fewest worst best strong strongest weak broadly nearly short ahead behind exceed exceeded exceeds exceeding meet meets meeting
expected fall fell fallen falls falling grew grown grow climb climbed dip dipped decline declined declines declining decreased decreases decreasing jump jumped surge surged went downward upward downturn upturn continue
continued continues continuing keep keeps kept carry carries carried halved doubled trebled tripled double triple half thirds quarters fifth tenth stable static steady flat unchanged significant sharp substantial marked dramatic
considerable steep big huge major rapid slight marginal modest minor fractional touch well behind short drops dropping register registered registers registering tally tallied comprising comprised amounts amount amounted amounting i.e ie e.g eg
noted see summary whereby whilst year-on-year year-to-date month-on-month end-of-year residents people public local seen sees recording ytd fy vs versus approximately approx roughly circa region excess satisfied satisfaction dissatisfied handled handling mirrors mirror mirrored tracked tracks tracking tandem step
unfortunately board members partnership aim aims intended intention contrary desired wanted direction way following adverse welcome disappointing disappointingly encouraging encouragingly pleasing importantly similarly overall
""".split()
KNOWN = frozenset(_KNOWN)


def strange(text: str, own: frozenset[str]) -> bool:
    """Whether the text holds a word that is neither common here, nor an adverb, nor one of the `own` names."""
    words = re.findall(r"[a-z][a-z'-]*", text.lower())
    return any(not _familiar(word.strip("'-"), own) for word in words)


def _familiar(word: str, own: frozenset[str]) -> bool:
    bare = word.removesuffix("'s")
    whole = bare in KNOWN or bare in own or bare.rstrip("s") in own or len(bare) < 2
    return whole or (bare.endswith("ly") and len(bare) > 4) or ("-" in bare and all(_familiar(p, own) for p in bare.split("-")))
