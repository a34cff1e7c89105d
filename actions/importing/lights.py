"""The words for lights have moved to csp_tracker.lights, so that tables of KPIs are read by the same ones."""

from csp_tracker.lights import Light, light_in_wrong_column, rag_of_fill, read_light

__all__ = ["Light", "light_in_wrong_column", "rag_of_fill", "read_light"]
