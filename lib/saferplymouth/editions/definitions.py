"""What an edition keeps of its framework, so that its tables can be explained when the framework is
another.
"""

from collections.abc import Iterator

from saferplymouth.framework import Framework, Indicator

FIELDS = (
    "name",
    "area",
    "definition",
    "counted",
    "unit",
    "frequency",
    "aim",
    "monitoring_only",
    "sensitive",
    "caveat",
)


def kept(frame: Framework) -> dict:
    """Who publishes, and by indicator its terms with their meanings, as a manifest writes them."""
    p = frame.partnership
    indicators = {
        key: [list(row) for row in _indicator(i, frame)] for key, i in frame.indicators.items()
    }
    return {
        "partnership": p.name,
        "licence": p.licence,
        "contact": p.contact,
        "indicators": indicators,
    }


def _indicator(indicator: Indicator, frame: Framework) -> Iterator[tuple[str, object]]:
    """What the framework says of an indicator: its terms, sender, groups, and the people its rate
    is worked out on.
    """
    scaled = {"unit": indicator.scale}
    yield from ((field, scaled.get(field, getattr(indicator, field))) for field in FIELDS)
    yield "agency", frame.agencies[indicator.agency]
    yield from (
        (f"agency until {end}", frame.agencies[a])
        for end, a in sorted(indicator.agency_until.items())
    )
    if indicator.population:
        people = frame.populations[indicator.population]
        each = "; ".join(f"{year}: {count:,}" for year, count in people.people.items())
        yield f"{people.name}, at mid-year", f"{each} ({people.source})"
    for b in indicator.breakdowns.values():
        yield from (
            (f"{b.key}: {group}", f"{b.name}: {words}") for group, words in b.groups.items()
        )
