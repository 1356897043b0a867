"""Files that whoever runs the platform writes: read before a service opens."""

from collections.abc import Callable

from django.core import checks

Check = Callable[..., list[checks.CheckMessage]]


def must_be_read(
    read: Callable[[], object], *, what: str, broken: type[Exception], page: str, id: str
) -> Check:
    """Have Django's own check read a file; one that raises `broken` stops the start.

    `what` it holds is named in the message, `page` of docs says how a row is written.
    """

    def check(app_configs: object, **_options: object) -> list[checks.CheckMessage]:
        try:
            read()
        except broken as trouble:
            hint = f"docs/{page} says how a row is written."
            return [checks.Error(f"The {what} can't be read: {trouble}", hint=hint, id=id)]
        return []

    checks.register(check)
    return check
