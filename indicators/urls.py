"""Addresses of the indicators app."""

from django.urls import URLPattern, path

from csp_tracker import converters  # noqa: F401 - registers the converter `quarter`
from indicators.views import charts, figures, grid, history, kpis, listing, page, readings

urlpatterns: list[URLPattern] = [
    path("indicators/", listing.indicators, name="indicators"),
    path("indicators/new/", kpis.indicator_new, name="indicator_new"),
    path("indicators/readings/", grid.readings_choose, name="readings_choose"),
    path("indicators/readings/<quarter:quarter>/", grid.readings_grid, name="readings_grid"),
    path("indicators/<int:pk>/", page.indicator, name="indicator"),
    path("indicators/<int:pk>/chart.svg", charts.indicator_chart, name="indicator_chart"),
    path("indicators/<int:pk>/edit/", kpis.indicator_edit, name="indicator_edit"),
    path("indicators/<int:pk>/history/", history.indicator_history, name="indicator_history"),
    path("indicators/<int:pk>/archive/", kpis.indicator_archive, name="indicator_archive"),
    path("indicators/<int:pk>/baselines/new/", figures.baseline_new, name="baseline_new"),
    path("indicators/<int:pk>/baselines/<int:baseline_pk>/", figures.baseline_edit, name="baseline_edit"),
    path("indicators/<int:pk>/targets/", figures.target_choose, name="target_choose"),
    path("indicators/<int:pk>/targets/<str:code>/", figures.target_edit, name="target_edit"),
    path("indicators/<int:pk>/readings/", readings.reading_choose, name="reading_choose"),
    path("indicators/<int:pk>/readings/<str:code>/", readings.reading_edit, name="reading_edit"),
    path("indicators/<int:pk>/readings/<str:code>/rate/", readings.reading_rate, name="reading_rate"),
]
