"""The teacher's text to items, whatever came back: nothing is ever invented.

An item is read only where its closing brace stands in the text, and where behind it
stands what may follow an item. What is mended cannot change a meaning: fences, prose,
thinking aloud, a byte-order mark, trailing commas, comments, line breaks inside strings,
bare keys, Python's quotes and words, typographic quotes around a string, full-width
commas and colons, escaped apostrophes, numbers of JSON5, a single backslash before a regex's
class, lists in lists, a comma missing before a field on a line of its own. What a program did
to all of an answer is undone where it was surely done to all of it (`packing`). All else is
rejected with its text.

Keys that no edit has (`further`) and reasons that leave an edit to a person (`hesitation`) are
for people.

A text that a log clipped or a filter hid is no text (`clipping`); an edit is not meant where
its reasons or a comment in it say so (`disavowal`), and neither are those that a comment
between two edits may speak of.

Which list counts is decided by document, an outermost value that holds edits:

- What is quoted, crossed out, in a strange tag, under a key that says no, introduced as
  an example, a draft or somebody else's plan, or behind an answer that broke off in a
  text is told, not used.
- Of several that are left and differ, the last counts where the words between say that
  it corrects or answers. Otherwise none does.
- Words between two lists that say that something is wrong, or was a draft, belong to the
  list above, and the words nearest to a list introduce it. A list that is set aside gives
  way to none that stands above it.
- A list whose edits are dots, or of which a sentence says that it would be wrong, is a
  mention. Lists in groups, by cluster or by pillar, are one list (`groups`).
- Brackets that close below it and that none opened, or an answer begun below it, make it none.
- Of a list that breaks off while another begins behind it nothing is used.
- A label right above the only plan of an answer may set it aside (`naming`).
- A list of dots is no list. What was cut counts again where it is surely given anew (`seams`).
- A plain order, around the answer or in a text beside its list (`beside`), to drop it or one of
  its edits is obeyed. Other words than an introduction are kept for people (`remarks`).
- Calls of one tool in one message are parts of one answer, where no two edits meet (`calls`).
- An edit that stands again elsewhere, under its id and with another body, counts in neither form;
  nor does one that stands twice in a list, for other clusters or traces.

Where no list stands, the edits count that stand on lines of their own. A reader may
refuse what people could have guessed; an answer without a readable edit is an error
upstream.

Reading is linear in the text, bounded by `MAX_CHARACTERS`, and never recurses on
the depth of its input.
"""

from planner.salvage.further import edits_within, further_keys
from planner.salvage.hesitation import hesitates
from planner.salvage.inner import read_object
from planner.salvage.item import Item
from planner.salvage.lists import MAX_ITEMS
from planner.salvage.reading import MAX_CHARACTERS, Salvaged, read_items

__all__ = [
    "MAX_CHARACTERS",
    "MAX_ITEMS",
    "Item",
    "Salvaged",
    "edits_within",
    "further_keys",
    "hesitates",
    "read_items",
    "read_object",
]
