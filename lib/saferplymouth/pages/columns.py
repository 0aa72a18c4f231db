"""What the columns of the published tables mean, for whoever is sent them without the pages."""

# those of every table, and then those of one: a name and what it means
EVERY = """\
indicator: the indicator’s key; definitions.csv has its name and meaning
measure: what the value is
period: the month (2016-11), financial quarter (2016/17 Q2), half (2016/17 H1) or year (2016/17, \
2016) the value is of; two months with .. between them are the first and last of several; less \
2016-06 after them leaves out what begins in that month
breakdown: the way the indicator is divided; empty for the whole
group: the group of that breakdown; total for all of them together
value: the figure; empty where a shorthand stands for it
unit: count, percent (0 to 100), points (percentage points), rate (per 1,000 people, or as many as \
it names), pounds, or as written
shorthand: why there is no value, or what is to be known of it: see the shorthand below
source: whose the figure is, and what it was taken from where they did not send it; or who set the \
target
received: the month in whose drop the figure is
state: how the indicator stands against its aim or target
note: what is to be known of the row
owner: who decides, or who answers for it"""
TABLES = {
    "commissioning": """\
year: the financial year the money is for
line: the need, or the sum of needs, that the row is about
status: confirmed, awaiting confirmation or to be confirmed
recommendation: what is recommended to the board
decide_by: the day the decision is due
areas: keys of the priority areas that the need serves
indicators: keys of the indicators meant to measure it""",
    "strategic_assessment": """\
issue: what was scored
word: what the score means on its scale
source: people, or the key of the indicator that the score was worked out from
confidence: how sure the people who scored it are
scored_by: who scored it
scored_on: the day it was scored
illustrative: yes where the scores are an example and no one’s judgement""",
    "duties": """\
duty: what the terms of reference ask for
set_by: where they ask for it
every: how often it is to be met
met_by: the output that meets it
page: the page of the edition that shows it
last_met: the day it was last met
next_due_by: the day planned, or that day and the interval between two; [z] where no interval is \
set""",
    "neighbourhoods": """\
of: whether the row is about a small area, a ward or a neighbourhood
code: the small area’s code (Office for National Statistics)
name: the small area’s name
neighbourhood: the neighbourhood’s name, or that of the one the small area lies in
ward: the ward’s name, or that of the one that most of the small area lies in
measure: recorded crime, anti-social behaviour, residents, or rate (crimes per 1,000 residents) \
with the ends of its interval (19 times in 20); for a neighbourhood, count, expected, low, high \
and position""",
    "districts": """\
district: the local authority district
type: the type of crime, or anti-social behaviour, which is counted in incidents
count: recorded crimes or incidents
rate: the same per 1,000 residents
population_year: the year whose mid-year estimate the rates are on, where it is not that of their \
own year
low: the lower end of the rate’s interval (19 times in 20)
high: its upper end
floor: the lower limit of the usual range: what the rate of all districts would give one of that \
size, allowing for chance and for how much districts differ
ceiling: its upper limit
rank: the place of its rate among the districts, 1 being the highest; empty where there is no \
other
position: above, below or in line with the usual range
group: whether the row is among the districts of the force or among similar areas""",
    "data_quality": """\
part: the part of the page that the row belongs to
item: the indicator’s key, the file or the question""",
}


def meanings(table: str, columns: list[str]) -> dict[str, str]:
    """The meaning of the columns of a published table, in their order; one that is not described
    here is left out.
    """
    lines = [*EVERY.splitlines(), *TABLES.get(table, "").splitlines()]
    known = dict(line.split(": ", 1) for line in lines)
    return {column: known[column] for column in columns if column in known}
