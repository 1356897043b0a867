"""No table: what a workshop lacks is asked of the rooms that know. Here is whose right it is."""

from django.db import models


class Guide(models.Model):
    """Carries the right to read what any workshop lacks."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [("guide_workshops", "Can read what workshops still lack")]
