"""Files as their senders made them: recipes, the figures they give, and drafts of new ones."""

from saferplymouth.sources.recipes.figures import Figure, PassedOver, Taken
from saferplymouth.sources.recipes.recipe import (
    FOLDER,
    Recipe,
    RecipeError,
    digest,
    json_schema,
    load,
    load_all,
)
from saferplymouth.sources.recipes.taking import fits, take

__all__ = [
    "FOLDER",
    "Figure",
    "PassedOver",
    "Recipe",
    "RecipeError",
    "Taken",
    "digest",
    "fits",
    "json_schema",
    "load",
    "load_all",
    "take",
]
