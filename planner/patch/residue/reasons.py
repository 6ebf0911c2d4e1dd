"""Why an added line is no text of the prompt, in the words that a refusal ends with."""

from typing import Final

ESCAPED: Final = "it holds an escape, as a transport leaves it"
NOTED: Final = "it holds a note on the edit"
COMPARED: Final = "it holds the marks of a comparison, old beside new"
LEFT_OUT: Final = "it leaves text out"
OF_DIFF: Final = "it belongs to the diff, or to what wraps it"
SYNTAX: Final = "it is a line of a diff's own"
BY_CHAT: Final = "a chat shows it around a text"
IN_MARKS: Final = "it stands in marks that may belong to the answer"
CHOICE: Final = "it holds two texts to choose from"
REFERS: Final = "it refers to a text, and is none"
WITHIN_LINE: Final = "it ends a line within a line"
SLOT: Final = "it holds a slot that nobody filled"
HIDDEN: Final = "it holds the mask of a text"
