"""Addresses of the reports app."""

from django.urls import path

import csp_tracker.converters  # noqa: F401  # registers `quarter`
from reports import views

urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("reports/plan/<slug:slug>/<quarter:quarter>.<slug:extension>", views.plan_report, name="plan_report"),
]
