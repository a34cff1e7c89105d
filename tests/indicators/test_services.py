"""KPIs, their figures and their schemes change through services: whole, in somebody's name, never over each other."""

from datetime import date
from decimal import Decimal

import pytest

from csp_tracker.periods import FinancialYear, Period
from csp_tracker.rag import RAG
from indicators import services
from tests.builders import make_manager, make_partnership

pytestmark = pytest.mark.django_db
YEAR = Period.of_year(FinancialYear(2009))


def test_the_acid_test():
    partnership = make_partnership()
    by = make_manager(partnership)
    scheme = services.set_scheme(partnership=partnership, effective_from=date(2009, 4, 1), by=by)
    indicator = services.create_indicator(partnership=partnership, name="ASB incidents", polarity="lower", by=by)
    services.add_baseline(indicator=indicator, label="2008/09", value=Decimal(2030), is_primary=True, by=by)
    services.set_target(indicator=indicator, period=YEAR, value=Decimal(1984), by=by)
    reading = services.record_reading(indicator=indicator, period=YEAR, value="1,884", by=by)
    assert reading.rating == RAG.GREEN
    assert reading.rating_why.startswith("1,884 meets the target of 1,984")
    assert reading.scheme == scheme
