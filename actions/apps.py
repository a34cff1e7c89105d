from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """Plans, their actions, and what was done each quarter."""

    name = "actions"
    verbose_name = "Plans and actions"
