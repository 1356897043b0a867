from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class PersonManager(BaseUserManager["Person"]):
    """Makes people; nobody has a password unless one is asked for."""

    def create_user(self, **fields: object) -> "Person":
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
            )
        ]

    def __str__(self) -> str:
        return self.name or self.phone or self.email or f"#{self.pk}"
