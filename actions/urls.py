"""Addresses of the actions app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
