"""Who is in which partnership, as querysets: where every read begins."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone

from csp_tracker.people import Role

if TYPE_CHECKING:
    from csp_tracker.models import Partnership, User


class OfPartnershipQuerySet(models.QuerySet):
    """Rows that carry their partnership: agencies, memberships and the like."""

    def visible_to(self, user: "User") -> Self:
        """Rows of the partnerships the user is a current member of."""
        return self.filter(partnership__in=user.memberships.current().values("partnership"))


def is_current(today: date, path: str = "") -> Q:
    """What makes a membership current; `path` is the lookup that leads to it."""
    has_not_ended = Q(**{f"{path}ends_on__isnull": True}) | Q(**{f"{path}ends_on__gte": today})
    return has_not_ended & Q(**{f"{path}user__is_active": True})


class MembershipQuerySet(OfPartnershipQuerySet):
    """Memberships."""

    def current(self, today: date | None = None) -> Self:
        """Memberships that have not ended; the last day still counts."""
        return self.filter(is_current(today or timezone.localdate()))


class FileImportQuerySet(OfPartnershipQuerySet):
    """Files taken in."""

    def for_listing(self) -> Self:
        """What a list of imports shows, without what was read in them: a file's cells weigh a megabyte."""
        people = ("imported_by", "confirmed_by", "undone_by")
        return self.select_related("partnership", *people).defer("document", "tree", "made")


class PartnershipQuerySet(models.QuerySet):
    """Partnerships."""

    def of(self, user: "User") -> Self:
        """Partnerships the user is a current member of."""
        return self.filter(pk__in=user.memberships.current().values("partnership"))

    def planned_by(self, user: "User") -> Self:
        """Partnerships whose plans the user may edit, and so see before they are active: managers, administrators."""
        editors = user.memberships.current().filter(Q(role=Role.MANAGER) | Q(is_administrator=True))
        return self.filter(pk__in=editors.values("partnership"))

    def administered_by(self, user: "User") -> Self:
        """Partnerships whose people and structure the user keeps. A superuser keeps all of them, in admin only."""
        if user.is_superuser:
            return self.all()
        return self.filter(pk__in=user.memberships.current().filter(is_administrator=True).values("partnership"))


class UserQuerySet(models.QuerySet):
    """People."""

    def working_in(self, partnership: "Partnership") -> Self:
        """Current members of the partnership who do more than read: those who can be given work."""
        return self.filter(pk__in=partnership.memberships.current().exclude(role=Role.VIEWER).values("user"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """People. An e-mail address is kept in lower case, so that it names one person however it is typed."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make a person who can sign in; without a password they must first follow an invitation or reset link."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make a person for installation and repair; sees nothing outside admin without a membership."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this e-mail address, in whatever case it is typed."""
        return self.get(email=(username or "").strip().lower())
