from maalem.platform.market.conftest import bank, live, own_database, world

__all__ = ["bank", "live", "own_database", "world"]
