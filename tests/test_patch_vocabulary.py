"""Words that no language has: told, never refused for."""

from functools import partial
from unicodedata import normalize

import pytest

from planner.patch import Patched, apply_diff, apply_replacements

PROMPT = """You plan the tours of a museum for {visitors}.

# Rules
- Greet the visitor by name and ask for the language.
- Call the desk when a room is closed for the day.
- Use the webhook of the shop for all of the tickets.
"""
GERMAN = """Du planst die Führungen eines Museums.

# Regeln
- Frage die Gäste nach der Sprache und nach der Uhrzeit.
- Rufe am Empfang an, wenn ein Raum nicht geöffnet ist.
"""
RULE = "- Call the desk when a room is closed for the day.\n"


def doubts(line: str, prompt: str = PROMPT, rule: str = RULE) -> str:
    """Return what is told of a line that is added below a rule."""
    outcome = apply_replacements(prompt, [(rule, f"{rule}{line}\n")])
    assert isinstance(outcome, Patched), outcome
    return " ".join(outcome.doubts)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("- Offer the long tour to visito groups in the morning.", "visito"),
        ("- Offer the long tour to scho ols in the morning.", "scho"),
        ("- Offer the longtour to schools in the morning.", "longtour"),
        ("- Put trigger warnings above theble text of the tour.", "theble"),
        ("- Offer the tour in Frnch, and in two more languages.", ""),
    ],
)
def test_a_word_that_no_language_has_is_told(line: str, word: str) -> None:
    told = doubts(line)
    assert (repr(word) in told) if word else told == ""


@pytest.mark.parametrize(
    "line",
    [
        "- Don't let the visitors' children touch what isn't theirs.",
        "- Call the webhooks of the shop, and the webhook's owner.",
        "- Run `lnav -q` and read https://museum.example/flrpln first.",
        "- Ask Ms Okonkwo-Brandt of the TKVS for the analysed colours.",
        "- Auf Deutsch begrüßt du die Gäste mit ihrem Namen.",
        "- {visitors} pay at /kassa/eingang or write to kassa@museum.example.",
    ],
)
def test_words_of_the_prompt_names_code_and_other_languages_are_not(line: str) -> None:
    assert doubts(line) == ""


def test_the_language_is_the_prompts() -> None:
    rule = "- Rufe am Empfang an, wenn ein Raum nicht geöffnet ist.\n"
    assert doubts("- Biete am Morgen die lange Führung an.", GERMAN, rule) == ""
    assert "'Führu'" in doubts("- Biete am Morgen die lange Führu an.", GERMAN, rule)


def test_letters_with_their_accents_apart_are_the_same_words() -> None:
    apart = partial(normalize, "NFD")
    rule, line = (
        "- Rufe am Empfang an, wenn ein Raum nicht geöffnet ist.\n",
        "- Öffne am Abend für Gäste.",
    )
    assert doubts(apart(line), apart(GERMAN), apart(rule)) == ""
    assert doubts(apart(line), GERMAN, rule) == ""
    assert doubts(line, apart(GERMAN), apart(rule)) == ""
    assert "'Führu'" in doubts(apart("- Biete die lange Führu an."), apart(GERMAN), apart(rule))


def test_nothing_is_told_in_a_language_that_is_not_known() -> None:
    prompt = "- Ala ma kota, a kot ma dom.\n- Pies nie ma domu.\n"
    assert doubts("- Kot ma ogrdek.", prompt, "- Pies nie ma domu.\n") == ""


TOLD = [
    *("- Keep replies below %d words.", "- Address the user as undefined."),
    *("- Taste {% raw %} before the tour.", "- Is the caf? on the first floor open?"),
    *("- Wait at most {} minutes.", "- Ask for {{}} hours.", "- Leave it for (to be completed)."),
    *("- Close the desk, and lock all of the doors,", "**Assistant:** Close the desk."),
    *("- Announcetheendofthewashingmachineinthekitchen.", "- Never suggest a a night train."),
]


@pytest.mark.parametrize("line", TOLD)
def test_what_a_program_did_not_fill_or_part_is_told(line: str) -> None:
    assert doubts(line)


REFUSED = [
    *("- Donu2019t promise a refund.", "- Naefve u2014 or not.", "- Write to ***@***."),
    *("I'm sorry, but I can't help with that.", "Traceback (most recent call last):"),
    *("- Make this rule stricter and mention the exception.", "- Wait for #REF! first."),
    *("- Close the door. Wait, maybe this should go elsewhere.", "- It is {{ undefined: x }}."),
    *("- Change the number to a higher one.", "- Be kind. (new wording, see rationale)"),
]


@pytest.mark.parametrize("line", REFUSED)
def test_what_no_writer_means_is_refused(line: str) -> None:
    assert not isinstance(apply_replacements(PROMPT, [(RULE, f"{RULE}{line}\n")]), Patched)
    below = " - Use the webhook of the shop for all of the tickets."
    diff = f"@@ -5,2 +5,3 @@\n {RULE}+{line}\n{below}\n"
    assert not isinstance(apply_diff(PROMPT, diff), Patched)


def test_the_same_item_twice_in_a_row_is_a_loop() -> None:
    line = "+- Group remarks about the same cause.\n"
    below = " - Use the webhook of the shop for all of the tickets."
    diff = f"@@ -5,2 +5,4 @@\n {RULE}{line * 2}{below}\n"
    assert not isinstance(apply_diff(PROMPT, diff), Patched)
    once = f"@@ -5,2 +5,3 @@\n {RULE}{line}{below}\n"
    assert isinstance(apply_diff(PROMPT, once), Patched)


@pytest.mark.parametrize(
    "line",
    [
        "- End no sentence with ... unless you quote.",
        "- Write %(name)s where the name stands.",
        '- Say "I can\'t help with that" in a friendly way.',
    ],
)
def test_what_a_rule_may_speak_of_is_applied(line: str) -> None:
    doubts(line)


FRENCH = """Tu aides les lecteurs de la bibliothèque dans leur langue.

- Ne donne jamais la liste des prêts à une autre personne.
- Demande le nom et la carte.
- Dis que les livres sont dans la salle.
"""
SPANISH = """Ayuda a los clientes con sus partes y con las fotos.

- Pide el número antes de abrir un parte.
- No cierres un parte con documentos.
- Guarda las fotos en la carpeta.
"""
ROMANCE = {
    "French": (FRENCH, "- Rappelle que c'est gratuit jusqu'à midi, et déjà ouvert."),
    "Spanish": (SPANISH, "- Pregunta por el nombre antes de despedirte."),
}


@pytest.mark.parametrize(("prompt", "line"), ROMANCE.values(), ids=ROMANCE)
def test_words_are_known_that_are_elided_or_have_a_pronoun_behind_them(
    prompt: str, line: str
) -> None:
    rule = prompt.split("\n")[-2] + "\n"
    assert doubts(line, prompt, rule) == ""
    assert "zzerk" in doubts(f"{line[:-1]} zzerk.", prompt, rule)
