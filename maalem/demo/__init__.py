"""The demo: invented people in real places, so that a first look shows a living shop."""
