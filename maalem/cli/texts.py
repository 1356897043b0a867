"""Compile every room's translations, without gettext's own tools on the machine."""

from pathlib import Path

from babel.messages import Catalog, mofile, pofile

from maalem.kit.typography import french

PACKAGE = Path(__file__).resolve().parent.parent


def compile_texts() -> int:
    """Write the `.mo` beside each `.po` that is newer; return how many were written."""
    written = 0
    for po in sorted(PACKAGE.rglob("locale/*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        with po.open("rb") as source:
            catalog = pofile.read_po(source, locale=po.parts[-3], abort_invalid=True)
        if po.parts[-3] == "fr":
            _set_in_french(catalog)
        # Written aside and renamed, so that two starting at once never read half a file.
        fresh = mo.with_suffix(".mo.new")
        with fresh.open("wb") as target:
            mofile.write_mo(target, catalog)
        fresh.replace(mo)
        written += 1
    return written


def _set_in_french(catalog: Catalog) -> None:
    for message in catalog:
        if not message.id:
            continue  # the head of the file
        said = message.string
        message.string = french(said) if isinstance(said, str) else tuple(map(french, said or ()))
