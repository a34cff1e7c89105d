#!/usr/bin/env python3
"""Django's command line. What cannot be set up is said in one sentence, without a trace."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "csp_tracker.settings")
    try:
        from django.conf import settings
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here. Run: python3 dev.py run")
    try:
        settings.DEBUG  # noqa: B018 - reading one setting loads them all, which is when they refuse
    except ImproperlyConfigured as refusal:
        sys.exit(str(refusal))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
