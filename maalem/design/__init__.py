"""What both services' pages look alike by: the mark and the fonts, each with its licence."""

from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"
FILES = STATIC / "design"
