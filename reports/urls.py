"""Addresses of the reports app."""

from django.urls import path

import csp_tracker.converters  # noqa: F401  # registers `quarter`
from reports.views import dashboard, files, scorecard

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("plans/<slug:slug>/scorecard/", scorecard.plan_scorecard, name="plan_scorecard"),
    path("reports/plan/<slug:slug>/<quarter:quarter>.<slug:extension>", files.plan_report, name="plan_report"),
    path(
        "reports/plan/<slug:slug>/<quarter:quarter>/kpis.<slug:extension>", files.plan_kpis_file, name="plan_kpis_file"
    ),
    path("reports/kpis/<quarter:quarter>.<slug:extension>", files.kpis_file, name="kpis_file"),
    path("indicators/<int:pk>.<slug:extension>", files.indicator_file, name="indicator_file"),
]
