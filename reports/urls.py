"""Addresses of the reports app."""

from django.urls import path

import csp_tracker.converters  # noqa: F401  # registers `quarter`
from reports.views import dashboard, files

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("reports/plan/<slug:slug>/<quarter:quarter>.<slug:extension>", files.plan_report, name="plan_report"),
    path("indicators/<int:pk>.<slug:extension>", files.indicator_file, name="indicator_file"),
]
