"""`python -m …typeset FORM`: a page's texts on standard input, its PDF on standard output."""

import sys
from importlib import resources
from pathlib import Path

import typst


def typeset(page: str, *, form: str) -> bytes:
    """The PDF of the texts in `page` (JSON), placed by a form, which is a path within the house.

    The fonts are ours: the system's are not looked at.
    """
    house = Path(str(resources.files("maalem")))
    pdf = typst.compile(
        house.joinpath(form),
        root=house,
        font_paths=[house / "design" / "print"],
        ignore_system_fonts=True,
        sys_inputs={"data": page},
        pdf_standards=["a-2u"],
    )
    assert isinstance(pdf, bytes)
    return pdf


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(sys.stdin.buffer.read().decode(), form=sys.argv[1]))
