"""The performance report of 24 January 2017, typed out a second time: the oracle the tests compare
with.

Nothing here is read from data/raw. A slip in entering the returns, or in the suite's arithmetic,
shows as a difference from this file. Every row has one cell for each month, April to March (for
referrals, each quarter), with None where the paper left the cell blank.
"""

from datetime import date

PUBLISHED = date(2017, 1, 24)
PAGES = (9, 12)

# --- The nine tables as printed, faults and all. "this" is 2016/17, "last" 2015/16, whatever is
# headed.

OVERALL_CRIME = {
    "gap": ("n/a",) * 12,
    "target_gap": ("n/a",) * 12,
    "last": (1652, 1684, 1407, 1469, 1386, 1467, 1565, 1386, 1427, 1332, 1334, 1498),
    "this": (1335, 1576, 1611, 1692, 1637, 1590, 1570, 1575, None, None, None, None),
    "change": (-317, -108, 204, 223, 251, 123, 5, 189, None, None, None, None),
}

SERIOUS_ACQUISITIVE_CRIME = {
    "cumulative": (158, 338, 486, 622, 766, 912, 1001, 1149, None, None, None, None),
    "this": (158, 180, 148, 136, 144, 146, 89, 148, None, None, None, None),
    "last": (196, 192, 147, 119, 106, 169, 148, 146, 135, 119, 130, 172),
    "change": (38, 12, -1, -17, -38, 23, 59, -2, None, None, None, None),
}

VIOLENCE_WITH_INJURY = {
    "cumulative": (134, 307, 492, 700, 858, 1035, 1227, 1375, None, None, None, None),
    "this": (134, 173, 185, 208, 158, 177, 192, 148, None, None, None, None),
    "last": (151, 166, 160, 177, 140, 163, 186, 137, 146, 119, 131, 170),
    "change": (17, -7, -25, -31, -18, -14, -6, -11, 146, 119, 131, 170),
}

DOMESTIC_ABUSE = {
    "cumulative": (351, 763, 1194, 1669, 2138, 2520, 2872, 3230, None, None, None, None),
    "this": (351, 412, 431, 475, 469, 382, 352, 358, None, None, None, None),
    "last": (553, 569, 504, 603, 549, 503, 578, 470, 560, 533, 437, 484),
    "change": (-202, -157, -73, -128, -80, -121, -226, -112, None, None, None, None),
}

DOMESTIC_ABUSE_REFERRALS = {
    "cumulative": (518, 1044, None, None),
    "this": (518, 526, None, None),
    "last": (542, 539, 555, 539),
    "change": (-24, -13, None, None),
}

ANTI_SOCIAL_BEHAVIOUR = {
    "cumulative": (853, 1820, 2785, 3740, 4639, 5526, 6422, 7170, None, None, None, None),
    "this": (853, 967, 965, 955, 899, 887, 896, 748, None, None, None, None),
    "last": (864, 894, 769, 946, 912, 809, 892, 717, 733, 734, 741, 781),
    "change": (-11, 73, 196, 9, -13, 78, 4, 31, None, None, None, None),
}

IST_INCIDENTS = {
    "this": (41, 61, 60, 67, 34, 51, 47, None, None, None, None, None),
    "cumulative": (41, 102, 162, 229, 263, 314, 361, None, None, None, None, None),
    "target": (55, 108, 162, 214, 268, 321, 375, 428, 482, 536, 588, 640),
}

IST_SATISFACTION = {
    "this": (100, 89, 89, 86, 75, 90, None, None, None, None, None, None),
    "cumulative": (100, 93, 92, 90, 88, 88, None, None, None, None, None, None),
    "target": (90, 90, 90, 90, 90, 90, None, None, None, None, None, None),
}

POLICE_RECORDED_HATE_CRIME = {
    "cumulative": (17, 42, 74, 128, 165, 210, 252, 287, None, None, None, None),
    "this": (17, 25, 32, 54, 37, 45, 42, 35, None, None, None, None),
    "last": (30, 25, 26, 17, 36, 25, 22, 38, 21, 20, 53, 32),
    "change": (-13, 0, 6, 37, 1, 20, 20, -3, None, None, None, None),
}

PRINTED: dict[str, dict] = {
    "overall_crime": OVERALL_CRIME,
    "serious_acquisitive_crime": SERIOUS_ACQUISITIVE_CRIME,
    "violence_with_injury": VIOLENCE_WITH_INJURY,
    "domestic_abuse": DOMESTIC_ABUSE,
    "domestic_abuse_referrals": DOMESTIC_ABUSE_REFERRALS,
    "anti_social_behaviour": ANTI_SOCIAL_BEHAVIOUR,
    "ist_incidents": IST_INCIDENTS,
    "ist_satisfaction": IST_SATISFACTION,
    "police_recorded_hate_crime": POLICE_RECORDED_HATE_CRIME,
}

# --- The same with what is right where the paper is wrong: what the suite must show.

PAPER: dict[str, dict] = {
    **PRINTED,
    "overall_crime": {
        "this": OVERALL_CRIME["this"],
        "last": OVERALL_CRIME["last"],
        "change": OVERALL_CRIME["change"],
        "cumulative": (1335, 2911, 4522, 6214, 7851, 9441, 11011, 12586, None, None, None, None),
    },
    "serious_acquisitive_crime": {
        **SERIOUS_ACQUISITIVE_CRIME,
        "change": (-38, -12, 1, 17, 38, -23, -59, 2, None, None, None, None),
    },
    "violence_with_injury": {
        **VIOLENCE_WITH_INJURY,
        "change": (-17, 7, 25, 31, 18, 14, 6, 11, None, None, None, None),
    },
}

# --- Year to date: the last period with a figure, both years over the same periods, whole per cent.

YEAR_TO_DATE: dict[str, dict] = {
    "overall_crime": {"to": "2016-11", "this": 12586, "last": 12016, "change": 570, "percent": 5},
    "serious_acquisitive_crime": {
        "to": "2016-11",
        "this": 1149,
        "last": 1223,
        "change": -74,
        "percent": -6,
    },
    "violence_with_injury": {
        "to": "2016-11",
        "this": 1375,
        "last": 1280,
        "change": 95,
        "percent": 7,
    },
    "domestic_abuse": {
        "to": "2016-11",
        "this": 3230,
        "last": 4329,
        "change": -1099,
        "percent": -25,
    },
    "domestic_abuse_referrals": {
        "to": "2016/17 Q2",
        "this": 1044,
        "last": 1081,
        "change": -37,
        "percent": -3,
    },
    "anti_social_behaviour": {
        "to": "2016-11",
        "this": 7170,
        "last": 6803,
        "change": 367,
        "percent": 5,
    },
    "ist_incidents": {"to": "2016-10", "this": 361, "target": 375},
    "ist_satisfaction": {"to": "2016-09", "this": 88, "target": 90},
    "police_recorded_hate_crime": {
        "to": "2016-11",
        "this": 287,
        "last": 219,
        "change": 68,
        "percent": 31,
    },
}

# --- What was printed wrongly. The keys are the row numbers of the list of faults found in the
# paper.

PRINTED_WRONG: dict[int, dict] = {
    1: {
        "indicators": ("anti_social_behaviour",),
        "what": "year-to-date percentage, in the comment: a rise is called a reduction",
        "printed": -5,
        "correct": 5,
    },
    2: {
        "indicators": ("overall_crime",),
        "what": "monthly values in a row headed as cumulative",
        "printed": OVERALL_CRIME["this"],
        "correct": PAPER["overall_crime"]["cumulative"],
    },
    3: {
        "indicators": ("serious_acquisitive_crime",),
        "what": "change row with its signs reversed",
        "printed": SERIOUS_ACQUISITIVE_CRIME["change"],
        "correct": PAPER["serious_acquisitive_crime"]["change"],
    },
    4: {
        "indicators": ("violence_with_injury",),
        "what": "change row with its signs reversed, April to November",
        "printed": VIOLENCE_WITH_INJURY["change"][:8],
        "correct": PAPER["violence_with_injury"]["change"][:8],
    },
    5: {
        "indicators": ("violence_with_injury",),
        "what": "change row goes on for December to March, months with no figure for 2016/17",
        "printed": (146, 119, 131, 170),
        "correct": (None, None, None, None),
    },
    6: {
        "indicators": ("domestic_abuse_referrals",),
        "what": "quarterly rows with a monthly label",
        "printed": "month",
        "correct": "quarter",
    },
    15: {
        "indicators": (
            "overall_crime",
            "serious_acquisitive_crime",
            "violence_with_injury",
            "domestic_abuse",
            "anti_social_behaviour",
            "police_recorded_hate_crime",
        ),
        "what": "the 2015/16 row stands under the months of 2016/17: first and last month of that "
        "row",
        "printed": ("2016-04", "2017-03"),
        "correct": ("2015-04", "2016-03"),
    },
}
