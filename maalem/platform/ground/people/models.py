from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower


class PersonManager(BaseUserManager["Person"]):
    """Makes people. Nobody has a password: everybody comes in by a code."""

    def create_user(self, **fields: object) -> "Person":
        """A new person; `phone` in E.164, `email` in lower case, `name`, `language`."""
        person = self.model(**fields)
        person.set_unusable_password()
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in, by a code sent to a telephone or an e-mail address."""

    phone = models.CharField(max_length=16, unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(default=False)
    email = models.EmailField(unique=True, null=True, blank=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=5, default="fr")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "phone"
    EMAIL_FIELD = "email"
    objects = PersonManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(phone__isnull=True)
                | models.Q(phone__regex=r"^\+[1-9]\d{6,14}$"),
                name="person_phone_is_e164",
            ),
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) | models.Q(email=Lower("email")),
                name="person_email_is_lower_case",
            ),
        ]

    @property
    def first_name(self) -> str:
        """What to say to a friend; the whole name where it has one word."""
        return self.name.split(" ", 1)[0]

    def __str__(self) -> str:
        return self.name or self.phone or self.email or f"#{self.pk}"
