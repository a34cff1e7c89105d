from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    """KPIs of a partnership: their baselines, targets and readings."""

    name = "indicators"
    verbose_name = "KPIs"
