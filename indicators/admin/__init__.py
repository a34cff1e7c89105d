"""Admin of KPIs and of the rules that rate them."""

from indicators.admin import kpis, schemes

__all__ = ["kpis", "schemes"]
