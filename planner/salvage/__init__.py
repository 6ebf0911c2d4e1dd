"""The teacher's text to items, whatever came back: nothing is ever invented.

- A text is **parsed** (`parsing`) wherever a bracket opens that edits stand in: token by token,
  mending only what has one meaning. An edit whose brackets do not close, or that holds anything
  else, is rejected with its text; the next one is read where it is plain where it begins.
- What an edit says of itself, and what its texts have lost on the way, decides whether it is
  **meant and whole** (`item`, `damage`, `breaks`, `hesitation`). Where its words are not those of
  JSON as they stand, it is marked as **mended**, and never applied unattended.
- Of one value the **shallowest list** counts (`whole`), and nothing under a key that says no;
  several lists are one answer where they cannot be a choice.
- Of several values in a text **one** counts, or all as parts of one answer, or none (`choice`).
- **Words** are for people (`remarks`): beside any that do more than introduce the answer
  no edit is ever applied unattended.

A reader may refuse what people could have guessed; an answer without a readable edit is an
error upstream. Reading is linear in the text, bounded by `MAX_CHARACTERS`, and never recurses
on the depth of its input.
"""

from planner.salvage.choice import HOW_READ
from planner.salvage.damage import OF_THE_ANSWER
from planner.salvage.further import edits_within, further_keys
from planner.salvage.hesitation import hesitates
from planner.salvage.inner import read_object
from planner.salvage.item import Item
from planner.salvage.reading import MAX_CHARACTERS, MAX_ITEMS, read_items
from planner.salvage.salvaged import Salvaged

__all__ = [
    "HOW_READ",
    "MAX_CHARACTERS",
    "MAX_ITEMS",
    "OF_THE_ANSWER",
    "Item",
    "Salvaged",
    "edits_within",
    "further_keys",
    "hesitates",
    "read_items",
    "read_object",
]
