"""docs/rights.md: who may ask what of the platform, from its table."""

from maalem.platform.rights import RULES

HEAD = """# Rights

Who may ask what of the platform, address by address. Made from `maalem/platform/rights.py` by
`python -m maalem pages`; `maalem/platform/market/tests/test_rights.py` asks every one of them as a
stranger, as another workshop and as staff without the right. The payment institution's own table
is in [access.md](access.md); what an agent may do for an artisan is in [assisted.md](assisted.md).

| room | addresses | who |
|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = []
    for rule in RULES:
        names = ", ".join(f"`{name}`" for name in rule.names.split())
        right = f": `{rule.right}`" if rule.right else ""
        rows.append(f"| {rule.room or 'the platform'} | {names} | {rule.who}{right} |")
    return HEAD + "\n".join(rows) + "\n"
