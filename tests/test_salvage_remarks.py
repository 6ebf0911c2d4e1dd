# ruff: noqa: RUF001 (other scripts have letters that look alike)
"""Words beside an answer: plain orders are obeyed, and whatever else is said is for people."""

from json import dumps

import pytest

from planner.operations import Op
from planner.salvage import read_items
from tests.builders import answer, ids, item, unattended

A = item(Op.ADD_TOOL_TO_AGENT, id="e1")
B = item(Op.LORA_FINETUNE, id="e2")
PLAN = answer(A, B)


WITHDRAWN = [
    "Wait, let me check t4. The plan is wrong.", "Is this plan right? No, ignore it.",
    "The old rule was right after all, so ignore this.", "Thanks, but ignore these edits.",
    "Do not apply any of this.", "The teacher says this plan is wrong.",
    "**Rejected alternatives**\n- A larger model.\n\nI withdraw this plan.",
    "Should I propose something else? I take this back.", "I withdraw this plan.",
    "I retract this.", "Cancel that.", "Strike that.", "I take this back.",
    "Never mind, the prompt already covers this.", "Oops, wrong agent! Please ignore.",
    "Please don't use any of this.", "None of this should be applied.", "Kindly disregard.",
    "The plan is hereby revoked.", "Forget it.", "Do not execute.", "Hold off on these.",
    "That was a mistake on my part.", "Stop, don't run this.", "Undo all of the above.",
    "That plan can't be right, so skip it.", "Please delete this answer.",
    "After checking t-12 again I take this back.", "I withdraw this plan: the evidence is thin.",
    "Please do not merge it.", "Scrap this.", "This is just an illustration.",
    "I hereby take back the above.", "That's the wrong JSON, ignore it.",
    "The plan was rejected by the reviewer.",
]  # fmt: skip

WITHDRAWN_ABOVE = [
    "I withdraw the following plan:", "I retract this:", "Strike the following.",
    "Cancel this plan:", "Ignore this:", "Please ignore the JSON below.",
    "This has been cancelled:", "I take this plan back:", "Revoked:", "Void:", "WITHDRAWN",
    "Cancelled plan:", "Ignore o seguinte:",
]  # fmt: skip

E2_WITHDRAWN = [
    "Scratch e2.", "e2 was a mistake.", "Cancel e2, please.", "Strike e2 from the list.",
    "e2 is void.",
]  # fmt: skip

FOR_PEOPLE = [
    "Is the plan right? None of it.", "The previous answer was wrong.",
    "Hold off on all of these until I have more traces.", "The above is only a template.",
    "The calculator edit is wrong, please leave it out.", "I was wrong about all of it.",
    "The old prompt was fine, no edits are needed.", "Changing the prompt is not needed after all.",
    "Please treat the JSON above as void.", "The correct answer is an empty list.",
    "I've changed my mind; leave the prompt as it is.", "Nothing above should go live.",
    "My apologies, this was computed from the wrong traces.", "Ignore my last message.",
    "Consider this cancelled.", "I'm pulling this proposal.", "Let's not do this after all.",
    "Better to leave everything as it was.", "No change is needed after all.", "Abort.",
    "I should not have proposed this.", "Edits revoked.", "I would rather propose nothing.",
    "I don't actually recommend any of these changes.", "These are not ready to be applied.",
    "It was a test, so please throw it away.", "This isn't the final plan.",
    "Upon reflection the evidence is insufficient to justify any edit.",
    "I no longer think this is a good idea.", "Everything above is obsolete.",
    "Sorry, I misread the question; there should be no edits.", "This response is invalid.",
    "I no longer stand behind this proposal.", "These should be skipped.", "Bitte ignorieren.",
    "Ich ziehe den Vorschlag zurück.", "Das war ein Irrtum.", "Vergiss das.",
    "Diese Änderungen sollten nicht übernommen werden.", "Doch lieber nichts ändern.",
    "Der Plan ist hinfällig.", "Nichts davon anwenden.", "Bitte verwerfen Sie das alles.",
    "Doch nicht, bitte nichts ändern.",
    "Bitte die obigen Änderungen nicht anwenden, sie beruhen auf dem falschen Prompt.",
    "N'appliquez pas ces modifications.", "Je retire cette proposition.", "Oubliez ça.",
    "Tout ceci est à annuler.", "C'était une erreur.", "Finalement, aucune modification.",
    "Ne tenez pas compte de ce qui précède.", "No aplicar estos cambios.", "Olvida lo anterior.",
    "Retiro esta propuesta.", "Esto queda anulado.", "Me equivoqué, no cambies nada.",
    "Por favor, descarta todo esto.", "Favor desconsiderar as edições acima.", "Esqueça isso.",
    "Retiro a proposta.", "Não aplique nada disso.", "Si prega di ignorare le modifiche.",
    "Annullo questo piano.", "Lascia perdere.", "Non applicare queste modifiche.",
    "Negeer het bovenstaande.", "Пожалуйста, не применяйте эти изменения.", "Отменяю этот план.",
    "Забудьте об этом.", "Это ошибка, игнорируйте.", "请忽略以上修改。", "以上作废。",
    "撤回上述修改。", "我收回这个方案。",
    "以上都不要应用。", "抱歉，弄错了。", "无需任何修改。", "上記の変更は無視してください。",
    "この案は撤回します。", "適用しないでください。", "やはり変更は不要です。",
    "위의 수정은 무시하세요.", "이 계획을 취소합니다.", "적용하지 마세요.",
    "Proszę zignorować powyższe.",
    "Yukarıdakileri dikkate almayın.", "يرجى تجاهل ما سبق.", "Vui lòng bỏ qua.", "Ignorera detta.",
    "Ignorujte prosím výše uvedené.", "Abaikan perubahan di atas.", "Don't go ahead with this.",
    "I've reconsidered and would keep the current setup.",
    "Retraction: the analysis was built on stale data.", "All of this can be thrown out.",
    "On closer inspection none of it holds up.", "You can disregard everything I wrote.",
    "This was premature.", "I got this wrong.", "Wait, I was looking at the wrong session.",
    "Not a serious proposal.", "The plan does not apply any more.", "Let me start again later.",
    "Please roll back.", "There is nothing worth changing.", "Final answer: [].",
    "This proposal has been superseded.", "Do nothing.", "Make no changes.",
    "I'd prefer no edits tonight.", "Revoked by the author.", "Status: withdrawn",
    "STATUS: REJECTED", "The above is only a sample of the format.",
    "That's not what I meant to send.", "I sent this by accident.",
    "Sorry about that, please dismiss.", "These edits are incorrect.",
    "It would be better not to touch anything.", "Dies ist nur ein Beispiel.",
    "Ich nehme das alles zurück.", "Das war falsch.", "Lassen Sie alles, wie es ist.",
    "Lieber doch nicht.", "Kommando zurück.", "Stimmt so nicht, bitte nicht verwenden.",
    "Je me suis trompé.", "Mieux vaut ne rien changer.", "Ceci n'est qu'un exemple.",
    "Laissez tout tel quel.", "Merci de ne pas en tenir compte.", "Fue un error.",
    "Mejor no hacer nada.", "Esto era solo un ejemplo.", "No uses este plan.", "Foi um engano.",
    "Deixe tudo como está.", "Era solo un esempio.", "Meglio non cambiare niente.",
    "Это был всего лишь пример.", "Лучше ничего не менять.", "План отозван.", "这只是一个示例。",
    "请不要使用这个计划。", "还是不改了。", "发错了。", "これは例です。",
    "なかったことにしてください。", "잘못 보냈습니다.", "이것은 예시일 뿐입니다.",
    "Do disregard this output.", "Let us leave things unchanged.",
    "The above JSON should be thrown away.", "Pretend I said nothing.",
    "On balance I'd hold these back.", "I'm not confident enough in any of these to ship them.",
    "Kill this plan.", "Too risky, don't ship.", "This was the old version.", "Actually no.",
    "No wait, that's not right.", "Hmm, that can't be it.", "This doesn't look right.",
    "I made this up.", "I fabricated these edits as a demonstration.", "This was just a demo.",
    "Veto.", "Please consider the proposal null and void.", "Not to be applied.",
    "Nothing needs to change.", "So: no edits.", "In short, no changes.",
    "Therefore I propose an empty plan.", "The evidence does not justify this.",
    "I can't stand behind this.", "This has been superseded by events.",
    "For demonstration purposes only.", "Bitte nicht ausführen.", "Ich habe mich geirrt.",
    "Alles zurück auf Anfang.", "Den Plan bitte löschen.", "Das gilt nicht mehr.",
    "Keine Änderungen vornehmen.", "Veuillez ne rien modifier.", "Cette réponse est à jeter.",
    "Je me rétracte.", "Ne faites rien.", "No hagan nada.", "Esto ya no es válido.",
    "Bórralo todo.", "Não faça nada disso.", "Isto está errado.", "Non fate nulla.",
    "Questo piano non è valido.", "Ничего не делайте.", "Этот план больше не действителен.",
    "请勿执行。", "这个方案有问题，先不要用。", "刚才的回答是错的。", "実行しないでください。",
    "さきほどの案は誤りでした。", "실행하지 마세요.",
    "이 답변은 틀렸습니다.", "Please throw this out.", "I'm withdrawing everything.",
    "Do not go through with it.", "The whole thing is moot.", "Let's drop the idea.",
    "We should leave the configuration alone.", "I was too hasty.", "Bad idea in retrospect.",
    "Discard it all.", "My bad, wrong session.", "That plan is dead.", "Consider it dropped.",
    "This is not my proposal.", "I copied this from yesterday's run.", "This output is garbage.",
    "Not recommended.", "Please pretend this never happened.", "The analysis above is flawed.",
    "I can't recommend this.", "Bitte alles verwerfen.", "Diese Antwort ist ungültig.",
    "Ich würde doch lieber nichts ändern.", "Das ist Unsinn.", "Annulez tout.",
    "Ce plan n'est plus valable.", "Rechacen este plan.", "No lo hagan.", "Cancele tudo.",
    "Rifiutate questo piano.", "Не надо ничего менять.", "Отклоните этот план.", "别用这个。",
    "不用改了。",
    "却下してください。", "취소해 주세요.",
]  # fmt: skip

FOR_PEOPLE_ABOVE = [
    "Please treat the JSON below as void.", "The following is void:",
    "Please discard what follows.", "The edits below must not be applied.",
    "Folgender Plan ist ungültig:", "Bitte Folgendes ignorieren:", "Ich ziehe diesen Plan zurück:",
    "N'appliquez pas ce qui suit :", "Je retire ce plan :", "Este plan queda anulado:",
    "Ignorate quanto segue:", "请忽略以下内容：", "以下作废：", "以下は無視してください：",
    "아래는 무시하세요:",
    "Не применяйте следующее:", "Скрытый план отменён:",
]  # fmt: skip

FOR_PEOPLE_NAMED = [
    "e2 : do not use", "e2 should be left out.", "请忽略 e2。", "请忽略e2。", "I take e2 back.",
    "I no longer recommend e2.", "Forget about e2.", "Actually e2 should not be applied.",
    "e2 bitte ignorieren.", "N'appliquez pas e2.", "No apliques e2.", "e2 는 무시하세요.",
    "I would not apply e2 yet.", "Please hold e2 until tomorrow.", "e2 turned out to be wrong.",
    "Non applicare e2.", "Не применяйте e2.", "Hold off on e2 until we have more traces.",
    "e2: retracted.", "e2 entfällt.", "e2 turned out to be unnecessary, so leave it out.",
    "Supprimez e2 du plan.", "Elimina e2 del plan.", "请删除 e2。", "e2 нужно убрать из плана.",
    "N'appliquez que e1.", "e2 replaces the wrong rule, drop it.", "e2 makes no sense.",
    "e2 adds a bug and should go.", "e2 removes the wrong tool, so it is withdrawn.",
    "e2 replaces a good rule, cancel it.", "e2 keeps the mistake, please disregard.",
    "e2 は取り消します。",
    "If e2 is applied the agent breaks, so ignore it.",
]  # fmt: skip

STANDS = [
    "Thanks for the detailed traces - they made the error easy to find!",
    "The teacher's answer in t9 was also wrong, so I did not use that trace.",
    "The old instruction was wrong and is replaced.",
    'The old instruction ("ignore failed calls") was wrong and is replaced.',
    "2. The mistake in t4 came from a stale context.",
    "Should I also propose an edit for c4? I skipped it for now.",
    "Soll ich auch c4 behandeln? Das habe ich vorerst ignoriert.",
    "Note: I didn't include an edit for cluster_003; ignoring it for now seems right.",
    "Do not apply further temperature changes on top of this.",
    "Wait, let me verify the JSON... yes, it is valid.",
    "Are there mistakes in the diffs? None found.",
    "I was wrong about the cause at first; e1 addresses the real one.",
    "**Rejected alternatives**\n- Removing `calculator`: wrong direction.\n- The rest: too risky.",
    "Removing `calculator` would be a mistake.", "- Raising max_turns to 50: a mistake.",
    "edit-7 and edit-8 from last night were rejected, so I did not repeat them.",
    "Cluster c4 bitte weiter beobachten; dafür schlage ich noch nichts vor.",
    "以前の指示は誤りだったため置き換えました。その他は変更していません。",
    "Let me know if you'd like changes.", "These edits should not conflict.",
    "e1 makes sure that the agent does not skip the check.", "I did not touch the other agents.",
    "No other changes are needed.", "The tool list stays unchanged.",
    "Cluster c3 is not addressed, since its evidence is too thin.",
    "Don't hesitate to ask for more.", "None of the edits removes a tool.",
    "The edits are independent of each other.", "They do not overlap.",
    "The student no longer has to guess dates.", "The agent ignored tool errors in seven traces.",
    "With e1 the agent should stop inventing sources.",
    "I kept the diff small so that nothing else changes.", "Both edits can be reverted easily.",
    "If something goes wrong, the old prompt can be restored.",
    "I could not verify the second trace, but the pattern is clear.",
    "No risk to other agents.", "Without the new rule the student would keep guessing.",
    "This should fix the wrong dates.", "The mistakes in c1 come from a missing rule.",
    "The prompt never says which time zone to use.", "I hope this helps!",
    "There is no instruction on units, hence the first edit.", "Please review before applying.",
    "The remaining clusters had too little evidence, so I left them out.",
    "I have not changed the model.", "No edit touches the engine.", "It should not affect latency.",
    "This does not increase cost.", "Not all failures can be fixed by prompts alone.",
    "Each edit has a low risk.", "Nothing else was changed.",
    "Rationale: the student skips validation.", "Wrong units were the main cause.",
    "The second failure is not covered, as it looks like noise.", "I avoided large rewrites.",
    "No new tools are required.", "There were no conflicts between the edits.",
    "Do not forget to reload the agent.", "If a diff does not apply, please tell me.",
    "If these don't work, we can try few-shot examples.", "Feel free to reject any of them.",
    "Should you disagree, I can revise it.",
    "The student tends to ignore tool errors; e2 fixes this.",
    "I did not drop any rule of the old prompt.", "Please don't ignore e2, it matters.",
    "Note: e1 replaces the earlier wording; nothing else was removed.",
    "Sagen Sie Bescheid, falls etwas nicht passt.",
    "Der Agent sollte nun keine Daten mehr erfinden.",
    "Weitere Änderungen sind nicht nötig.",
    "Die Änderungen überschneiden sich nicht.", "Die Werkzeuge habe ich nicht angefasst.",
    "N'hésitez pas à me dire si vous souhaitez autre chose.",
    "L'agent ne devrait plus ignorer les erreurs.", "Aucun outil n'a été supprimé.",
    "Les deux modifications ne se chevauchent pas.",
    "Aucun autre changement n'est nécessaire.", "No dudes en preguntar.",
    "El agente ya no debería inventar fuentes.", "No hay conflictos entre los cambios.",
    "No se necesitan más cambios.", "No toqué las herramientas.",
    "O agente não deve mais ignorar erros.",
    "Nenhuma outra alteração é necessária.", "Não hesite em perguntar.",
    "L'agente non dovrebbe più saltare il controllo.", "Non esitate a contattarmi.",
    "Nessun altro cambiamento è necessario.",
    "Агент больше не должен выдумывать источники.",
    "Другие изменения не нужны.",
    "Эти правки не конфликтуют.",
    "智能体不会再忽略工具错误。", "没有修改其他部分。",
    "如有问题，请告诉我。", "这些修改互不冲突。",
    "不需要其他修改。", "希望这些修改有帮助。",
    "エージェントはエラーを無視しなくなります。",
    "他の変更は不要です。",
    "ご不明な点があればお知らせください。",
    "에이전트가 더 이상 오류를 무시하지 않습니다.",
    "다른 변경은 필요하지 않습니다.",
    "궁금한 점이 있으면 말씀해 주세요.",
    "De agent slaat de controle niet meer over.",
    "Agent nie będzie już pomijał kontroli.",
    "Everything else stays the same.", "Both changes are small and can be tested separately.",
    "I expect the failure rate to drop by half.",
    "The student should now stop after three attempts.",
    "The first edit addresses the skipped validation.",
    "e2 removes a tool that was never called.", "The rest of the prompt is untouched.",
    "I chose the smallest change that could work.",
    "Evidence for c2 is limited to two traces, so treat that one as lower confidence.",
    "Expected effect: fewer wrong citations.", "Please apply them in the given order.",
    "Run the regression suite afterwards.", "These two edits cover 12 of 14 failures.",
    "The other failures look random.", "This keeps the prompt short.",
    "The agent will no longer answer without a source.",
    "Nothing in the engine configuration was changed.", "Happy to refine this further.",
    "Each edit names the cluster it belongs to.", "I left the temperature as it is.",
    "The word \"never\" appears twice in the old prompt.", "Risk: low, since no tool is removed.",
    "The agent confuses net and gross amounts, which is why the rule is explicit.",
    "I used the exact lines of the old prompt as context.", "No placeholder was dropped.",
    "The patch applies cleanly.", "Thanks for the detailed traces!", "Confidence: medium.",
    "All edits are in the requested format.",
    "Those two are the only failures without an obvious fix.",
    "The wrong tool was picked in t-3 and t-9.",
    "Cancelled orders were counted twice, hence the new rule.",
    "Refunds were rejected although they were valid.", "The model's mistake is always the same.",
    "There is one caveat: the evidence for the second cluster is weak.",
    "An alternative would be a larger model, but that costs more.",
    "I ruled out a change of the model.", "Ich habe den Prompt nur an einer Stelle geändert.",
    "Der Schüler übersieht die Einheit nicht mehr.", "Die Werte stammen aus den Traces.",
    "Beide Änderungen sind unabhängig voneinander.", "Ces modifications devraient suffire.",
    "Le reste de l'invite ne change pas.", "L'élève oublie souvent l'unité.",
    "El resto del prompt no cambia.", "Espero que esto ayude.", "O restante do prompt não muda.",
    "Il resto del prompt resta invariato.", "Остальная часть промпта не изменилась.",
    "其余部分保持不变。",
    "学生经常忽略单位。", "没有删除任何占位符。", "残りは変更していません。",
    "나머지는 그대로입니다.", "De rest blijft ongewijzigd.",
    "Falls etwas unklar ist, frag gern nach.", "This raises accuracy and keeps the style.",
    "e1 and e2 address different clusters.", "I based both on the failing traces.",
    "The teacher never fails on these, the student always does.",
    "Applying both should be enough.", "The tool was not in the agent's list before.",
    "Nine of the ten failures share one cause.", "Watch the token count after this change.",
    "The output must be valid JSON, which the student forgot twice.",
    "Three traces were ambiguous and I did not use them.", "I'd start with e1.",
    "Both are safe to apply automatically.", "The prompt grows by 12 words only.",
    "It is written in the same tone as the old one.",
    "The wrong answers all came from stale search results.", "Thank you.", "Done.",
    "End of plan.", "I think that these will help.", "Each diff has three lines of context.",
    "Dies sollte die Fehler in c1 beheben.", "Die zweite Änderung ist klein.",
    "Les deux outils existent déjà.", "Estos cambios son pequeños.", "Obrigado!",
    "这些修改应该能解决问题。",
    "以上是我的建议。", "以上です。", "이상입니다.", "Это должно помочь.",
    "I am confident in both.",
    "The changes are minimal.", "This brings the style in line with the guide.",
    "Each of these has been seen at least four times.", "You may apply them right away.",
    "They can go in together.", "I ordered them by impact.",
    "Hope that is what you were looking for.", "That covers all clusters.",
    "This plan has two edits.", "Ready for review.", "The second one matters less.",
    "Estimated effort: minutes.", "That's it!", "Beide sind klein und sicher.",
    "C'est tout pour ce soir.", "Eso es todo.", "È tutto.", "Вот и всё.", "就这些。",
]  # fmt: skip
STANDS_BELOW = [
    "My first idea was to lower the temperature, but that would be wrong. Instead I propose:",
    "Агент игнорирует результат инструмента — это ошибка. Предлагаю:",
    "Do not apply e2 before e1; the order matters.",
    "e1 alone is not enough: don't apply it without e2.",
    "I retract my first idea. Here is my plan:",
    "I withdraw my earlier plan; here is a better one:",
    "Never mind the earlier draft. Final plan:", "Sorry for the delay. Here is the plan:",
    "No edits to the tools were needed. The plan:",
    "I did not find evidence for c3. Here are the edits for the others:", "Without further ado:",
    "The agent must not guess. The edits below make that a rule:",
    "Voici le plan, sans autre commentaire :", "这是修改方案：", "Hier ist der Plan:",
    "Wrong units are the main cause. Edits:",
]  # fmt: skip
BOTH_STAND = [
    "e1 fixes the mistake in t4, the others are minor.", "e1: not a mistake.",
    "e1 replaces the mistaken rule; e2 makes sure that it is not ignored.",
    "e1 tells the agent not to skip the check. Without it, e2 has no effect.",
    "If e1 is rejected by review, e2 still makes sense.", "Is e2 wrong? No, it matches t4.",
    "Do not apply e2 before e1; the order matters.",
    "e1 alone is not enough: don't apply it without e2.",
    "An earlier version of e1 was wrong; the one above is the corrected version.",
    "Both e1 and e2 undo changes that were made by mistake last night.",
    "I dropped edit-9 from my draft because it conflicted with e1.",
    "e1 corrige l'erreur de t4 ; e2 évite que l'outil soit ignoré.",
    "| edit | effect |\n|---|---|\n| e1 | fewer mistakes |\n| e2 | fewer skipped steps |",
    "e1 は誤ったルールを修正し、e2 はスキップを防ぎます。", "N'appliquez que e1 et e2.",
    "e2 removes a tool that was never used.", "e1 and e2 do not conflict.",
    "e1 adds the tool; without it the student guesses.", "e2 does not change any prompt.",
    "The student tends to ignore tool errors; e2 fixes this.",
    "Please don't ignore e2, it matters.", "e2 is not risky.",
    "e1 depends on no other edit, e2 neither.", "e2: no tool is lost.",
    "e1 tells the agent to skip empty rows.", "The evidence for e2 is thin, but consistent.",
    "Apply e1 before e2.", "e1 has low risk.", "e2 can be reverted easily.",
    "e1 keeps every placeholder and drops nothing.",
    "The old rule can be discarded once e1 is applied.",
    "Note: e1 replaces the earlier wording; nothing else was removed.",
]  # fmt: skip

HARMLESS = [
    "", "Here is the plan:", "Sure! Here is the learning plan as JSON:", "JSON:", "## Plan",
    "The edits:", "I propose the following edits:",
    "Based on the diagnosis, here are the proposed edits:", "Here is the JSON you asked for:",
]  # fmt: skip


def fenced(words: str) -> str:
    return f"```json\n{PLAN}\n```\n\nIt addresses two clusters. {words}"


@pytest.mark.parametrize("words", WITHDRAWN)
def test_an_order_below_the_plan_is_for_people(words: str) -> None:
    assert unattended(f"{PLAN}\n\n{words}") == unattended(fenced(words)) == []


@pytest.mark.parametrize("words", WITHDRAWN_ABOVE)
def test_an_order_above_the_plan_is_for_people(words: str) -> None:
    assert unattended(f"{words}\n\n{PLAN}") == []
    assert unattended(f"{words}\n```json\n{PLAN}\n```") == []


@pytest.mark.parametrize("words", E2_WITHDRAWN)
def test_an_order_that_names_an_edit_is_for_people(words: str) -> None:
    assert unattended(f"{PLAN}\n\n{words}") == []


@pytest.mark.parametrize("words", [*FOR_PEOPLE, *FOR_PEOPLE_NAMED])
def test_no_edit_goes_unattended_where_words_below_may_take_it_back(words: str) -> None:
    assert unattended(f"{PLAN}\n\n{words}") == []
    assert unattended(f"```json\n{PLAN}\n```\n\n{words}") == []


@pytest.mark.parametrize("words", FOR_PEOPLE_ABOVE)
def test_no_edit_goes_unattended_where_words_above_may_take_it_back(words: str) -> None:
    assert unattended(f"{words}\n\n{PLAN}") == []
    assert unattended(f"{words}\n```json\n{PLAN}\n```") == []


@pytest.mark.parametrize("words", [*STANDS, *BOTH_STAND])
def test_no_edit_is_lost_where_words_below_speak_of_something_else(words: str) -> None:
    assert ids(f"{PLAN}\n\n{words}") == ids(fenced(words)) == ["e1", "e2"]


@pytest.mark.parametrize("words", STANDS_BELOW)
def test_no_edit_is_lost_where_words_above_speak_of_something_else(words: str) -> None:
    assert ids(f"{words}\n\n{PLAN}") == ["e1", "e2"]


@pytest.mark.parametrize("words", HARMLESS)
def test_what_introduces_or_closes_an_answer_needs_no_reader(words: str) -> None:
    below = "Let me know if you'd like changes!"
    for plan in (PLAN, f"```json\n{PLAN}\n```"):
        assert unattended(f"{words}\n\n{plan}\n\n{below}") == ["e1", "e2"]


@pytest.mark.parametrize(
    "above",
    [
        "$ rm plan.json", "$ cat rejected.json", "user@box:~/rejected$ cat plan.json",
        ">>> print(plan)  # withdrawn", "title: Rejected plan", "INFO:teacher:rejected=",
        "date: 2025-02-07, superseded", "Content-Type: application/x-draft", "const old =",
    ],
)  # fmt: skip
def test_the_lines_of_a_program_that_may_say_more_are_kept(above: str) -> None:
    assert unattended(f"{above}\n\n{PLAN}\n") == []


def test_the_words_that_need_a_reader_are_kept() -> None:
    read = read_items(f"Here is the plan:\n\n{PLAN}\n\nHmm. Bob disliked e2.\n\nLet me know.")
    assert read.remarks == "Hmm.\nBob disliked e2."


def test_words_count_beside_an_answer_in_a_string_and_beyond_the_bound() -> None:
    text = dumps(PLAN)
    assert ids(f"{text}\n") == ["e1", "e2"]
    assert unattended(f"{text}\nIgnore this.") == []
    assert (ids(f"{text}\nBob knows."), unattended(f"{text}\nBob knows.")) == (["e1", "e2"], [])
    long = read_items(f"Bob knows.\n{PLAN}\n{' ' * 2_000}", max_characters=len(PLAN) + 100)
    assert (long.items[0].value, long.remarks) == (A, "Bob knows.")


@pytest.mark.parametrize(
    ("key", "given"),
    [("requires_review", True), ("needsApproval", True), ("auto_apply", False), ("pending", True)],
)
def test_a_truth_value_beside_the_list_may_ask_for_a_person(key: str, given: bool) -> None:  # noqa: FBT001
    assert unattended(dumps({"edits": [A, B], key: given})) == []


def test_an_order_is_for_people_beside_an_answer_that_is_grouped() -> None:
    both = {"edits": {A["expected_improvement"]: [A, B]}}
    text = f"Here it is:\n```json\n{dumps(both)}\n```\n"
    assert ids(text) == ["e1", "e2"]
    assert unattended(f"{text}Ignore e2.") == []


def test_a_prompt_that_is_shown_below_the_plan_takes_nothing_back() -> None:
    shown = "```markdown\nIgnore this.\n```\n"
    assert ids(f"```json\n{PLAN}\n```\n\nThe prompt:\n\n{shown}") == ["e1", "e2"]
    assert unattended(f"```json\n{PLAN}\n```\n\nThe prompt:\n\n{shown}\nIgnore this.") == []


def test_a_long_text_below_the_plan_is_read_in_linear_time() -> None:
    for part in ("e1 e2 ", "not ", "take a ", "this ", "a: ", "trek "):
        read_items(f"{PLAN}\n\n{part * 20_000}")


@pytest.mark.parametrize(
    "comment",
    [
        "// Edit 1: corrects the mistake", "/* ignore c4: no evidence */",
        "// fixes the wrong units", "// c4 skipped",
    ],
)  # fmt: skip
def test_a_comment_that_tells_what_an_edit_does_takes_nothing_back(comment: str) -> None:
    assert ids(f'{{"edits": [\n{comment}\n{dumps(A)},\n{comment}\n{dumps(B)}]}}') == ["e1", "e2"]


@pytest.mark.parametrize(
    "comment",
    ["// corrects the edit above", "// ignore e1", "// skipped", "// fixes the one above"],
)
def test_a_comment_that_speaks_of_an_edit_beside_it_is_for_people(comment: str) -> None:
    assert unattended(f'{{"edits": [\n{dumps(A)},\n{comment}\n{dumps(B)}]}}') == []


@pytest.mark.parametrize(
    "words",
    ["Addresses the mistake in t4.", "The student skipped the check, so the prompt now says it."],
)
def test_what_an_edit_is_for_offers_no_choice(words: str) -> None:
    parts = [f"### Edit {n}\n{words}\n```json\n{dumps(one)}\n```" for n, one in ((1, A), (2, B))]
    assert ids("\n\n".join(parts)) == ["e1", "e2"]


@pytest.mark.parametrize(
    "words", ["Not to be applied:", "Hmm, e2 would break the agent.", "~~e2~~"]
)
def test_no_edit_goes_unattended_where_words_stand_in_a_text_beside_it(words: str) -> None:
    assert unattended(dumps({"edits": [A, words, B]})) == []
    assert unattended(dumps({"edits": [A, B], "remark": words})) == []
    message = {"content": PLAN, "refusal": words}
    assert unattended(dumps({"choices": [{"message": message}]})) == []
    assert unattended(f"{PLAN}<|im_end|>\n{words}") == []
