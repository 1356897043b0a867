"""What an operator asks of the queue."""

from django.db.models import QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob


def parked() -> QuerySet[ProcrastinateJob]:
    """Jobs that failed every try and wait for a person, oldest first."""
    return ProcrastinateJob.objects.filter(status="failed").order_by("id")


def waiting() -> QuerySet[ProcrastinateJob]:
    """Jobs to be done, oldest first."""
    return ProcrastinateJob.objects.filter(status="todo").order_by("id")
