"""Files as their senders made them: recipes, the figures they give, and drafts of new ones."""

from saferplymouth.sources.recipes.figures import Figure, PassedOver, Taken
from saferplymouth.sources.recipes.recipe import Recipe, RecipeError, json_schema, load, load_all
from saferplymouth.sources.recipes.taking import take

__all__ = [
    "Figure",
    "PassedOver",
    "Recipe",
    "RecipeError",
    "Taken",
    "json_schema",
    "load",
    "load_all",
    "take",
]
