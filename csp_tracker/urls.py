"""Which address leads to which app. Names apps only inside strings."""

from django.contrib import admin
from django.urls import include, path

from csp_tracker import views

urlpatterns = [
    path("", views.home, name="home"),
    path("accounts/invitation/<str:token>/", views.invitation, name="invitation"),
    path("accounts/mail/", views.mail_choice, name="mail_choice"),
    path("accounts/email/", views.not_here),  # an address is changed by nobody but technical staff
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("people/", views.people, name="people"),
    path("people/invite/", views.person_invite, name="person_invite"),
    path("people/<int:pk>/", views.person_edit, name="person_edit"),
    path("people/<int:pk>/invite/", views.person_invite_again, name="person_invite_again"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.statement, {"name": "accessibility"}, name="accessibility"),
    path("privacy/", views.statement, {"name": "privacy"}, name="privacy"),
    path("healthz", views.healthz, name="healthz"),
    path("", include("actions.urls")),
    path("", include("indicators.urls")),
    path("", include("reports.urls")),
]
