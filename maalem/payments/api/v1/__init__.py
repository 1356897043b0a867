"""The endpoints, one module per resource."""

import importlib
import pkgutil


def load() -> None:
    """Import every module here, so that each adds its endpoints to the table."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
