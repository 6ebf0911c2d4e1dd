"""The teacher's text to items, whatever came back: nothing is ever invented.

An item is read only where its closing brace stands in the text. What is mended
cannot change a meaning: fences, prose, thinking aloud, a byte-order mark,
trailing commas, comments, line breaks inside strings, bare keys, Python's quotes
and words, typographic quotes around a string, full-width commas and colons,
escaped apostrophes, lists in lists. All else is rejected with its text.

Which list counts: the last list under an `edits` key that holds an object (a
draft or an example comes before the answer), except that a list nested beside or
below an earlier one does not replace it. Where no such list stands, every object
with an `op` counts. Edits that stand elsewhere are told, not used.

Reading is linear in the text, bounded by `MAX_CHARACTERS`, and never recurses on
the depth of its input.
"""

from planner.salvage.item import Item
from planner.salvage.lists import MAX_ITEMS
from planner.salvage.reading import MAX_CHARACTERS, Salvaged, read_items

__all__ = ["MAX_CHARACTERS", "MAX_ITEMS", "Item", "Salvaged", "read_items"]
