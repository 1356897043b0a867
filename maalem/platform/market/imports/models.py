"""A file that came in, what became of each of its lines, and which piece bears which reference."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from maalem.platform.market.imports.states import ImportStatus, LineStatus


class Import(models.Model):
    """One file of a workshop. `digest` is SHA-256 of its bytes: the same file again is this one.

    `columns` names the field behind each cell of its lines, empty where a column is not ours.
    """

    artisan = models.ForeignKey("artisans.Artisan", models.CASCADE, related_name="imports")
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    columns = models.JSONField()
    lines_count = models.PositiveIntegerField()
    status = models.CharField(max_length=8, default=ImportStatus.WAITING.value)
    by = models.CharField(max_length=120)
    made_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["artisan", "digest"], name="import_once"),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in ImportStatus]),
                name="import_status_known",
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="import_digest_is_a_digest"
            ),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(done_at__isnull=False),
                name="import_done_has_a_time",
            ),
        ]


class ImportLine(models.Model):
    """One line: its cells as they stood in the file, and what became of it.

    `faults` are [column, what is wrong, the cell] each. `number` is the line of the file, the
    head being 1, so that a person finds it in her spreadsheet.
    """

    made_by = models.ForeignKey(Import, models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    cells = models.JSONField()
    status = models.CharField(max_length=8, default=LineStatus.WAITING.value)
    faults = models.JSONField(default=list)
    product = models.ForeignKey("catalog.Product", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["made_by", "number"], name="import_line_once"),
            models.CheckConstraint(
                condition=Q(status__in=[s.value for s in LineStatus]),
                name="import_line_status_known",
            ),
            models.CheckConstraint(
                condition=(Q(status="wrong") & ~Q(faults=[])) | (~Q(status="wrong") & Q(faults=[])),
                name="import_line_wrong_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_by", "number"],
                condition=Q(status="waiting"),
                name="import_line_waiting",
            ),
            models.Index(
                fields=["made_by", "number"],
                condition=Q(status="wrong"),
                name="import_line_wrong",
            ),
        ]


class Reference(models.Model):
    """A workshop's own number of a piece: a line with it changes that piece, and makes no other."""

    artisan = models.ForeignKey("artisans.Artisan", models.CASCADE, related_name="references")
    reference = models.CharField(max_length=64)
    product = models.OneToOneField("catalog.Product", models.CASCADE, related_name="reference")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["artisan", "reference"], name="reference_once"),
            models.CheckConstraint(condition=~Q(reference=""), name="reference_not_empty"),
        ]
