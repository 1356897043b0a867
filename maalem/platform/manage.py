"""Django's own commands: `python -m maalem.platform.manage migrate`."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one command of Django's."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maalem.platform.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
