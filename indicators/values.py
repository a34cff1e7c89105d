"""The words a KPI may carry, and its figures in and out of words: 1,884, −7.2%, £2,000, about 400."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from django.db import models

MINUS = "\u2212"
PRECISE = Context(prec=120)  # exact for any figure we keep: a rounding must never decide a light
WHOLE_DIGITS, DECIMALS = 14, 4  # what the columns for figures hold
FIRST_YEAR = 1974  # the districts of today begin then; a figure for an earlier year is a slip of the keys
LAST_YEAR = 2998  # addresses know no later one


class Unit(models.TextChoices):
    """What a KPI's figures are."""

    NUMBER = "number", "Number"
    PER_CENT = "per_cent", "Per cent"
    RATE = "rate", "Rate"
    POUNDS = "pounds", "Pounds"
    SCORE = "score", "Score"
    YES_NO = "yes_no", "Yes or no"


class Polarity(models.TextChoices):
    """Which way is better."""

    HIGHER = "higher", "Higher is better"
    LOWER = "lower", "Lower is better"
    BAND = "band", "Within a band"
    MONITOR = "monitor", "Monitor only"


class ReadingState(models.TextChoices):
    """Whether there is a figure, and if not, why not. None of these is a nought."""

    FINAL = "final", "Final"
    PROVISIONAL = "provisional", "Provisional"
    AWAITED = "awaited", "Awaited"
    NOT_AVAILABLE = "not_available", "Not available"
    NOT_DUE = "not_due", "Not due"

    @property
    def has_figure(self) -> bool:
        return self in (ReadingState.FINAL, ReadingState.PROVISIONAL)


class BaselineState(models.TextChoices):
    """Whether a baseline states a figure, and if not, why not."""

    STATED = "stated", "Stated"
    NEW_INITIATIVE = "new_initiative", "New initiative"
    NONE = "none", "None"
    AWAITED = "awaited", "Awaited"
    NOT_AVAILABLE = "not_available", "Not available"


class CompareWith(models.TextChoices):
    """What a rating scheme sets a figure against."""

    TARGET = "target", "Target"
    BASELINE = "baseline", "Baseline"
    PREVIOUS_PERIOD = "previous_period", "Previous period"
    SAME_PERIOD_LAST_YEAR = "same_period_last_year", "Same period last year"


class ToleranceIn(models.TextChoices):
    """What a tolerance is counted in: relative is per cent, but points where the KPI itself is a percentage."""

    RELATIVE = "relative", "Per cent (points for percentages)"
    UNITS = "units", "The KPI's own units"


class TargetKind(models.TextChoices):
    """A target is a figure to reach, or a change from the baseline."""

    VALUE = "value", "Figure"
    PER_CENT_CHANGE = "per_cent_change", "% change from baseline"


class Qualifier(models.TextChoices):
    """How exactly a figure was stated."""

    EXACTLY = "exactly", "Exactly"
    ABOUT = "about", "About"
    AT_LEAST = "at_least", "At least"
    AT_MOST = "at_most", "At most"


class RollUp(models.TextChoices):
    """How months make a quarter and quarters a year."""

    SUM = "sum", "Sum"
    LATEST = "latest", "Latest"
    AVERAGE = "average", "Average"
    MAXIMUM = "maximum", "Maximum"
    RATIO = "ratio", "Ratio of sums"


class Frequency(models.TextChoices):
    """How often a KPI is due."""

    MONTH = "month", "Monthly"
    QUARTER = "quarter", "Quarterly"
    YEAR = "year", "Yearly"
    ONE_OFF = "one_off", "One-off"


class CrimeType(models.TextChoices):
    """The kinds of crime that data.police.uk counts, in its own words."""

    ANTI_SOCIAL_BEHAVIOUR = "anti_social_behaviour", "Anti-social behaviour"
    BICYCLE_THEFT = "bicycle_theft", "Bicycle theft"
    BURGLARY = "burglary", "Burglary"
    CRIMINAL_DAMAGE = "criminal_damage", "Criminal damage and arson"
    DRUGS = "drugs", "Drugs"
    OTHER_CRIME = "other_crime", "Other crime"
    OTHER_THEFT = "other_theft", "Other theft"
    WEAPONS = "weapons", "Possession of weapons"
    PUBLIC_ORDER = "public_order", "Public order"
    ROBBERY = "robbery", "Robbery"
    SHOPLIFTING = "shoplifting", "Shoplifting"
    THEFT_FROM_PERSON = "theft_from_person", "Theft from the person"
    VEHICLE_CRIME = "vehicle_crime", "Vehicle crime"
    VIOLENCE = "violence", "Violence and sexual offences"


def usable(value: Decimal | None) -> Decimal | None:
    """The figure, if it can be calculated with; None if missing, infinite, not a number or absurdly large or long."""
    if value is None or not value.is_finite() or abs(value.adjusted()) > 30 or len(value.as_tuple().digits) > 50:
        return None
    return value


def number_in_words(value: Decimal, decimals: int = 0, before: str = "") -> str:
    """1884 → "1,884"; −7.25 to one decimal → "−7.3". `before` stands between sign and digits, as in −£5."""
    if not value.is_finite() or abs(value.adjusted()) > 60:
        return str(value)
    with localcontext(PRECISE):
        rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{MINUS if rounded < 0 else ''}{before}{abs(rounded):,.{decimals}f}"


def figure_as_typed(value: Decimal) -> str:
    """A stored figure with all the decimals it needs and no more: 1884.0000 → "1,884", 95.9500 → "95.95"."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_words(value: Decimal | None, unit: Unit, decimals: int = 0, qualifier: Qualifier = Qualifier.EXACTLY) -> str:
    """A figure as a reader expects it: "1,884", "95.9%", "£2,000", "about 400", "Yes"."""
    if value is None:
        return "no figure"
    if unit == Unit.YES_NO and usable(value) is not None:
        return "Yes" if value else "No"
    if unit == Unit.POUNDS:
        # Pence come in twos: £3.50, not £3.5.
        text = number_in_words(value, 2 if decimals == 1 else decimals, before="£")
    else:
        text = number_in_words(value, decimals) + ("%" if unit == Unit.PER_CENT else "")
    return text if qualifier == Qualifier.EXACTLY else f"{Qualifier(qualifier).label.lower()} {text}"


def change_in_words(value: Decimal, decimals: int = 1, of: str = "%") -> str:
    """A change with its sign: "+3.3%", "−7.2%", "+2.1 points"."""
    text = number_in_words(value, decimals)
    return f"{'+' if value > 0 else ''}{text}{of}"


def decimals_apart(one: Decimal, other: Decimal, decimals: int) -> int:
    """As many decimals as keep two different figures different in print: never "95.9% misses 95.9%"."""
    while one != other and decimals < DECIMALS and number_in_words(one, decimals) == number_in_words(other, decimals):
        decimals += 1
    return decimals


QUALIFYING_WORDS = {
    Qualifier.ABOUT: r"about|approx(?:imately|\.)?|around|circa|ca?\.?|roughly|nearly|almost|est(?:imated|\.)?|~|≈",
    Qualifier.AT_LEAST: r"at least|min(?:imum|\.)?(?: of)?|no (?:fewer|less) than|more than|over|>=?|≥",
    Qualifier.AT_MOST: r"at most|up to|max(?:imum|\.)?(?: of)?|no more than|(?:fewer|less) than|under|below|<=?|≤",
}
QUALIFYING_ENDINGS = {
    Qualifier.ABOUT: r"approx(?:imately|\.)?|or so",
    Qualifier.AT_LEAST: r"\+|or more|or over|and over|plus",
    Qualifier.AT_MOST: r"or (?:fewer|less|under)",
}
GAP = r"[ \u00a0\u202f]"
SIGN = r"[-+\u2010-\u2013\u2212]"
FIGURE = re.compile(
    rf"(?P<sign>{SIGN}?)\s*(?P<pounds>£?)\s*(?P<inner>{SIGN}?)"
    rf"(?P<digits>\d{{1,3}}(?:,\d{{3}})+|\d{{1,3}}(?:{GAP}\d{{3}})+|\d+)?(?P<part>\.\d+)?"
    r"\s*(?P<scale>k|m|thousand|million)?\s*(?P<share>%|per ?cent|pc)?",
    re.ASCII | re.IGNORECASE,
)
SCALES = {"k": 3, "thousand": 3, "m": 6, "million": 6}
ANSWERS = {"yes": Decimal(1), "y": Decimal(1), "no": Decimal(0), "n": Decimal(0)}


def parse_figure(text: str, unit: Unit | None = None) -> tuple[Decimal, Qualifier]:
    """Read a figure as people type it: "1,884", "95.9%", "£2,000", "approx 400", "5+".

    Words, and signs that do not fit the unit where one is given, raise ValueError with a sentence for the person.
    """
    typed = text.strip()
    if not typed:
        raise ValueError("Enter a figure.")
    if unit == Unit.YES_NO:
        return _parse_answer(typed), Qualifier.EXACTLY
    qualifier, rest = _split_qualifier(typed)
    found = FIGURE.fullmatch(rest)
    if found is None or not (found["digits"] or found["part"]) or (found["sign"] and found["inner"]):
        raise ValueError(
            f"“{_shortened(typed)}” is not a figure. Write it in digits, such as 1,884, 95.9% or about 400."
        )
    if (found["pounds"] or unit == Unit.POUNDS) and found["share"]:
        raise ValueError(f"“{_shortened(typed)}” mixes pounds and per cent. Enter one or the other.")
    if unit is not None and found["share"] and unit != Unit.PER_CENT:
        raise ValueError(f"“{_shortened(typed)}” is a percentage, and this KPI is not measured in per cent.")
    if unit is not None and found["pounds"] and unit != Unit.POUNDS:
        raise ValueError(f"“{_shortened(typed)}” is in pounds, and this KPI is not.")
    return _number(found, typed), qualifier


def _parse_answer(typed: str) -> Decimal:
    answer = ANSWERS.get(typed.lower().rstrip("."))
    if answer is None:
        raise ValueError(f"“{_shortened(typed)}” is not an answer to a yes-or-no KPI. Enter Yes or No.")
    return answer


def _split_qualifier(typed: str) -> tuple[Qualifier, str]:
    for qualifier, words in QUALIFYING_WORDS.items():
        if found := re.match(rf"(?:{words})\s*(?=[\d£.+\-\u2010-\u2013\u2212])", typed, re.IGNORECASE):
            return qualifier, typed[found.end() :]
    for qualifier, words in QUALIFYING_ENDINGS.items():
        if found := re.search(rf"(?<=[\d%])\s*(?:{words})$", typed, re.IGNORECASE):
            return qualifier, typed[: found.start()]
    return Qualifier.EXACTLY, typed


def _number(found: re.Match[str], typed: str) -> Decimal:
    digits = re.sub(r"\D", "", found["digits"] or "0")
    with localcontext(PRECISE):
        value = Decimal(f"{digits[:50]}{found['part'] or ''}").scaleb(SCALES.get((found["scale"] or "").lower(), 0))
        if (found["sign"] or found["inner"] or "+") != "+" and value:
            value = -value
        if len(digits) > 50 or abs(value) >= Decimal(10) ** WHOLE_DIGITS:
            raise ValueError(f"“{_shortened(typed)}” is too large to be a figure. Check it.")
        if value != round(value, DECIMALS):
            raise ValueError(f"“{_shortened(typed)}” has more than four decimal places. Round it.")
    # 3.5 million is 3500000, not 3.5E+6: what is stored and printed is a plain number.
    return Decimal(f"{value:f}")


def _shortened(typed: str) -> str:
    return typed if len(typed) <= 40 else f"{typed[:39]}…"
