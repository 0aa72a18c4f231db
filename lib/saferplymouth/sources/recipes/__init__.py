"""Files as their senders made them: recipes, the figures they give, and drafts of new ones."""

from saferplymouth.sources.recipes.drafting import key_for
from saferplymouth.sources.recipes.figures import Figure, PassedOver, Taken
from saferplymouth.sources.recipes.learning import learn
from saferplymouth.sources.recipes.recipe import (
    FOLDER,
    KEY,
    KEYS,
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
    "KEY",
    "KEYS",
    "Figure",
    "PassedOver",
    "Recipe",
    "RecipeError",
    "Taken",
    "digest",
    "fits",
    "json_schema",
    "key_for",
    "learn",
    "load",
    "load_all",
    "take",
]
