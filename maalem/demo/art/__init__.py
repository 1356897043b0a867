"""Pictures of craft products, of workshops' signs and of the regions, drawn from a seed."""

from maalem.demo.art.kinds import KINDS, PALETTES_OF, SCENE_OF_REGION

__all__ = ["KINDS", "PALETTES_OF", "SCENE_OF_REGION"]
