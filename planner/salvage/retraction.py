# ruff: noqa: RUF001 (other scripts have letters that look alike)
"""Sentences beside an answer that take it back, in whatever language and words.

Phrases cannot be listed. A sentence takes back where a clause of it revokes, or the whole of
it denies something, and nothing in it says that it speaks of something else: of what the
student does, of other edits, of what the reader may wish. In doubt it takes back.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from planner.salvage.naming import FENCE_LINE, HEADING, sentences_of

NAME: Final = "\x00"
"""Stands for the name of an edit in a sentence."""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_ANSWER: Final = (
    r"(?:this|that|these|those|it|they|all|everything|above|both|none|plan|edits?|json|answer|list"
    r"|changes?|proposal|response|message|output|suggestions?|one|thing)"
)
_GONE: Final = (
    r"(?:ignored|skipped|dropped|discarded|deleted|struck|undone|reverted|rejected|omitted|removed"
    r"|excluded|left out|thrown|dismissed|wrong|incorrect|bad|false|flawed|broken|unsafe|moot"
    r"|premature|hasty|dead|garbage|rubbish|nonsense|void"
    r"|too (?:risky|broad|dangerous|aggressive|hasty))"
)
_REVOKES: Final = _any(
    r"\b(?:withdr[ae]w\w*|retract\w*|revok\w*|rescind\w*|annul\w*|void(?:ed)?|disregard\w*"
    r"|never ?mind|invalid|obsolete|outdated|superseded|mistak\w+|erroneous\w*|typo"
    r"|cancel(?:l?ed|ling)?|scrap(?:ped)?|abort(?:ed)?|apolog\w+|sorry|oops|hold off|by accident"
    r"|(?:bad|wrong) idea|copied (?:this|that|it)|not (?:serious|real|mine)"
    r"|(?:tak|took)\w*(?: \S+){0,3} back|made \w+ up|fabricat\w*|veto\w*|kill|chang\w* my mind"
    r"|empty (?:list|array|plan)|\w+ this wrong"
    r"|(?:on|upon) (?:\w+ )?(?:reflection|review|thought|inspection)|second thoughts?|hindsight"
    r"|regret\w*|mix\w* up|misread|redo|start (?:over|again)|roll\w* back|except|reconsider\w*"
    r"|ignore|skip|drop|discard|forget|delete|strike|scratch|undo|revert|reject|stop|omit|exclude"
    r"|erase|toss|ditch|hold|wait|leave out|throw|decline|dismiss|instead|remove"
    rf"|{_ANSWER}(?: \w+){{0,2}} (?:is|are|was|were|been?|got|turned out)(?: \w+)? {_GONE}"
    rf"|(?:should|must|can|to|may|edits?|plan|proposal|as|consider\w*|i)(?: was| it| this| that"
    rf"| be| been)? {_GONE}"
    r"|pull\w* (?:this|the|my) \w+|leav\w+(?: \w+){1,4} (?:as|alone|unchanged|untouched))\b",
    rf"\A\W*{_GONE}\W*\Z",
    # German, French, Spanish, Portuguese, Italian.
    r"\b(?:ignorier|verwerf|verworf|vergiss|vergess|streich|gestrichen|widerruf|hinfällig"
    r"|ungültig|unsinn|nichtig|irrt|geirrt|lösch|gelöscht|versehen|stornier|falsch|zurück(?:zieh"
    r"|zuzieh|gezog|genomm|nehm)"
    r"|weglass|wegzulass|überholt|außer|ohne)\w*|\bzurück\b|\blass\w*(?: \w+){0,2} (?:alles|es)\b",
    r"\b(?:ignor(?:a|á|e[rz]?|o|ons|ar|are|em|ate)\b|annul|retir|oubli|abandonn|rejet|descart"
    r"|desestim|cancel|anul|olvid|equivoqu|desconsider|esqueç|engan|scart|ritir|dimentic|sbagli"
    r"|revoc|recha[zc]|rifiut|inv[aá]lid|caduc|nul|erreur|fauss|(?<!the )error(?:e|es)?\b|erro\b"
    r"|sauf\b|sans\b"
    r"|tromp|jete[rz]|rétract|b[oó]rra|errad[oa])\w*|\b(?:faux|sin efecto|sem efeito)\b"
    r"|\b(?:laiss|dej|deix|lasci)\w*(?: \w+)? (?:tomber|perdere|tout|todo|tudo|tutto|tel|como|com)",
    # Dutch, Polish, Czech, Swedish, Turkish, Vietnamese, Indonesian.
    r"\b(?:negeer|annuleer|intrek|vergeet|verwerp|ongeldig|zignor|anuluj|wycof|odrzu|zapomn"
    r"|nieważn|pomiń|ignoruj|zruš|zapome|neplat|ignorera\b|bortse|glöm|återkall|ogiltig|iptal"
    r"|vazgeç|görmezden|abaikan|batal|cabut)\w*|\btrek\w* [^.]{0,40}\bin\b|dikkate alma|yok say"
    r"|geri çek|bỏ qua|hủy|rút lại|tarik kembali",
    # Russian, Ukrainian, Arabic, Hindi.
    r"\b(?:игнорир|отмен|отзыв|отозв|забуд|аннулир|недейств|ошиб|неверн|отклон|скасу|ігнор"
    r"|відклик)\w*"
    r"|\bостав\w+ (?:вс|как)",
    "تجاهل|إلغاء|ألغ|اسحب|أسحب|अनदेखा|रद्द|वापस",
    # Chinese, Japanese, Korean.
    "忽略|撤回|撤销|作废|取消|收回|无视|废弃|无效|弄错|搞错|错了|错误|有误|不对|错的|有问题|刚才|放弃|算了|抱歉|保持原样",
    "無視|却下|取り消|破棄|無効|間違|誤り|なかったこと|무시|취소|철회|폐기|무효|잘못|죄송|틀렸",
    # An example, a draft or an empty list, in any of these.
    r"\b(?:just|only|merely) (?:an? )?template\b"
    r"|\b(?:answer|edits|plan|list)\W{1,4}\[\s?\]|\b(?:examples?|samples?|illustrat\w+|placeholder"
    r"|drafts?|sketch|demo\w*|joke|hoax|beispiel\w*"
    r"|entwurf|exemple|brouillon|ejemplo|borrador|exemplo|rascunho|esempio|bozza|voorbeeld"
    r"|przykład|пример|черновик|contoh)\b|示例|例子|草稿|草案|例です|一例|下書き|예시|초안",
)
"""What takes something back: as an order, as a promise, or as done."""

_PAST: Final = _any(
    r"\b(?:this|that|these|those) (?:\w+ )?(?:was|were)\b|\bit was (?:just |only )?(?:an?|the|my)\b"
    r"|\b(?:das|dies|es) war(?:en)?\b|\b(?:c['’]était|esto era|esto fue|isso foi|isto era"
    r"|era solo)\b"
    r"|\bэто был\w*|でした",
)
"""Nobody speaks of what stands as of something past."""

_DENIES: Final = _any(
    r"\b(?:not?|none|never|nothing|nobody|neither|nor|without|cannot|insufficient|unfounded)\b",
    r"n['’]t\b|\b(?:dont|doesnt|wont|cant|isnt|shouldnt)\b",
    r"\b(?:nicht|nichts|nie|niemals|kein\w*|ne|pas|aucune?|rien|jamais|ning[uú]n\w*|nada|nunca"
    r"|não|nenhum\w*|non|nessun\w*|niente|nulla|niet|geen|niets|nie|nic|żad\w+|inte|ingen|inga"
    r"|ikke|jangan|tidak|bukan|không|đừng|не|нет|ни|ничего|нельзя|немає|нічого)\b|\bn['’]",
    r"m[ae]y[ıi]n|\b(?:لا|ليس|لم|لن)\b|नहीं|मत\b",
    "不|没|无|勿|别|非|ない|ません|なし|않|못|말|없|아니|마세요|마십시오",
)

_OF_THE_WORLD: Final = _any(
    r"\b(?:students?|agents?|assistants?|models?|users?|prompts?|tools?"
    r"|cluster\w*|traces?|quer\w+"
    r"|teachers?|t-?\d+|trace[-_]\w+"
    r"|rules?|instructions?|placeholders?|turns?|tokens?|failures?|sources?|dates?|units?|risks?"
    r"|costs?|latency|engine|cases?|customers?|diffs?|temperature|validation|skills?|behaviou?r"
    r"|orders?|calculator|quer\w+|c\d+|rationale|wording|noise|pattern|checks?)\b",
    r"\b(?:schüler|modell|werkzeug|nutzer|benutzer|regel|daten|quelle|kosten|platzhalter"
    r"|modèle|outil|utilisateur|règle|source|coût|étudiant|élève|agente?|modelo|herramient"
    r"|usuari|regla|fuente|alumno|ferrament|regra|fonte|modello|strument|utente|regola|fonti"
    r"|агент|модел|инструмент|ученик|промпт|правил|пользовател|источник)",
    "智能体|模型|学生|提示|工具|用户|代理|规则|エージェント|モデル|ツール|プロンプト|生徒|ユーザ",
    "에이전트|모델|도구|프롬프트|학생|사용자|규칙",
)
"""A sentence that names one of these tells of failures, or of what an edit does."""

_OF_OTHERS: Final = _any(
    r"\b(?:other|others|else|further|additional|(?<!any )more|rest|remaining|remains|conflict\w*"
    r"|overlap|touch\w*(?! (?:any|every)thing)|affects?|interfere|depends?|independent\w*"
    r"|increases?|requires?|contradicts?|duplicates?|hope|for (?:example|instance)|considered"
    r"|(?:can|could|may) be (?:reverted|undone|rolled back)|forget to|hesitate|worry"
    r")\b",
    r"(?:n['’]t|\bnot|\bnever) (?:ignore|skip|drop|forget|discard|reject|omit|exclude|stop|wait"
    r"|hold|risky|(?:(?:an?|just|only) )*(?:examples?|samples?|drafts?|placeholders?))\b",
    r"\b(?:weiter\w+|ander\w+|sonst|überschneid\w*|konflikt\w*|zöger\w*|unabhängig|übrig\w*"
    r"|widersprech\w*|zum beispiel|autres?|hésit\w*|chevauch\w*|conflits?|supplémentaires?|reste"
    r"|par exemple|otr[oa]s?|más|dud\w+|conflictos?|por ejemplo|resto|outr[oa]s?|mais|hesit\w+"
    r"|conflitos?|restante|por exemplo|altr[oaie]|esit\w+|ulteriori|conflitt\w*|rimane\w*"
    r"|per esempio|andere|meer|inne|друг\w+|ещё|больше(?! не)|конфликт\w*|пересека\w*|остальн\w+"
    r"|например)\b",
    "其余|例如|占位符|その他|其他|其它|别的|更多|另外|冲突|重叠|影响|残り|たとえば|他の|ほか|以外|競合",
    "矛盾|重複|影響|나머지|다른|추가|충돌|중복",
)
"""Where this stands it is other edits that are spoken of, or how those here go together."""

_TO_THE_READER: Final = _any(
    r"\b(?:let me know|feel free|questions?|if|unless|should you|in case|whether|would you)\b",
    r"\b(?:falls|wenn|bescheid|si vous|si tu|se tiver|se hai|если)\b",
    "如有|如果|若|请告诉|欢迎|あれば|ご不明|お知らせ|있으면|궁금",
)
"""A sentence that leaves something to the reader, or to what may come."""

_OUTRIGHT: Final = _any(
    r"\A\W*(?:(?:please|so|then|just|kindly|actually|and|oh|wait|no)\W+)*(?:never ?mind"
    r"|(?:cancel|scratch|strike|forget|disregard|ignore|undo|revert|withdraw|skip|drop|discard)"
    r" (?:that|this|it|these|all|everything|the above|(?:the|my) (?:\w+ )?(?:plan|edits?|json"
    r"|answer|changes|list|proposal|message))"
    r"|leave (?:it|them|that|this|these) out\b"
    r"|hold off on (?:all|any|these|this|that|them|everything|the (?:plan|edits))\b"
    r"|leave(?: \w+){1,3} (?:as|alone|unchanged|untouched)\b|wrong \w+\W*\Z"
    r"|(?:do not|don['’]?t|never) (?:apply|use|run|execute|submit|deploy|adopt|merge)\b"
    r"(?! (?:any )?(?:further|other|more|additional|extra)\b))",
    r"\b(?:i|we)(?: \w+)? (?:withdraw|retract|revoke|rescind|take (?:this|it|that|them) back"
    r"|(?:was|were) wrong(?! about (?:the|its|their) (?:\w+ )?(?:cause|reason)s?\b)|made a mistake"
    r"|regret|propose nothing)\b",
    r"\b(?:only|just)(?: apply| use| take)? (?:the )?(?:first|second|third|last|edit \W?\d)\b",
    r"\b(?:this|the) plan (?:is|was) (?:\w+ )?(?:wrong|a mistake|void)\b",
    r"\b(?:i|we)(?:['’]ve| have)? changed (?:my|our) mind",
    r"\bnicht (?:anwenden|übernehmen|verwenden|ausführen)\b|\bn['’]appliqu\w+ pas\b"
    r"|\bno (?:se )?apli(?:car|ques|quen)\b|\bnão apli\w+|\bnon applic\w+"
    r"|не применя\w+|不要应用|请勿应用|適用しない|적용하지",
)
"""An order or a promise about the answer, whatever else the clause speaks of."""

_OF_THE_OLD: Final = _any(
    r"\A\W*(?:\d+\. )?(?:the|an?) (?:old|previous|prior|earlier|former|existing|original)"
    r" (?:\w+ )?(?:rules?|instructions?|wording|prompts?|values?|temperatures?|settings?"
    r"|descriptions?|sentences?|lines?|texts?|exemplars?|models?|configurations?)\b",
    r"\A\W*the (?:last|previous) plan had\b|\A\W*earlier attempts\b",
    r"\A\W*dafür (?:schlage|habe) ich\b",
    r"\A\W*(?:the )?edit\S*(?:(?:,| and) edit\S*)* (?:from|of) (?:last night|yesterday"
    r"|the (?:last|previous) (?:night|run|session))\b",
    r"\A\W*(?:remov|switch|rais|rewrit|chang|lower|add|increas|mov|replac|merg|split)ing"
    r" (?!(?:this|that|these|those|it|all|any|everything|anything|my"
    r"|the (?:plan|edits?|answer))\b)(?!\S*\x00)",
    r"\b(?:wait|hm+)\b.{0,20}\blet me (?:verify|check|double-?check|confirm|make sure)\b",
    r"(?:以前|旧|元|これまで)の?(?:指示|指令|ルール)",
    r"\bwrong about (?:the|its|their) (?:\w+ )?(?:cause|reason)s?\b",
    r"\A\W*without (?:it|them|\x00|[a-z]+[-_]?\d+)(?!\w)(?!.*\bbetter\b)",
    r"\b(?:apply|run|use|deploy) (?:it|them|\x00|[a-z]+[-_]?\d+) (?:without|before|ahead of"
    r"|prior to) (?:\x00|[a-z]+[-_]?\d+)(?!\w)",
)
"""What a whole sentence with such a subject denies is not this answer; an order still counts."""
_ORDER: Final = _any(
    r"\b(?:ignore|disregard|forget|discard|drop|skip|scrap|cancel|withdraw|retract|undo|delete)"
    r" (?:this|that|it|them"
    r"|these|those|all|everything|the above|(?:the|my) (?:plan|edits?|answer))",
    r"\bno (?:edits?|changes?)\b|\bafter all\b",
)
_FEWER: Final = _any(r"\b(?:fewer|less) (?:\w+ )?\w+")
_QUESTION: Final = _any(
    r"\A(?:[^:?]{0,30}:)?\W*(?:(?:is|are|was|were|did|does|do|shall|should|would) "
    r"(?!this|that|these|it\b|they|you|(?:the|my) (?:plan|answer|edits?|json|list)\b)"
    r"|soll(?:en)? (?:ich|wir)\b|voulez-vous\b)[^?？]*[?？]\W*\Z"
)
"""Who asks whether something is wrong answers it, too."""
_ANSWERS_IT: Final = _any(
    r"\A\W*(?:none|nothing|no (?:mistakes|errors))(?: (?:was|were))?(?: found)?\W*\Z",
    r"\A\W*(?:i (?:have )?(?:skipped|ignored|left|dropped)|das habe ich|je l'ai|lo he)\b"
    r"[^.]{0,40}\b(?:for now|vorerst|pour l'instant|por ahora|ignoriert|ausgelassen)\b",
)
_ALTERNATIVES: Final = _any(
    r"\A\W*(?:(?:rejected|discarded|considered|dropped|other|ruled out|unused)\b[^.:]{0,30}"
    r"(?:alternatives?|options?|ideas?|approach(?:es)?|changes)|what i (?:did not|didn['’]t) \w+"
    r"|(?:alternatives?|options?|ideas?) (?:considered|rejected|discarded))\W*\Z"
)
"""A heading under which other edits are told of."""
_LIST_ITEM: Final = re.compile(r"\s*(?:[-*•]|\d+[.)])\s")

_FOLLOWS: Final = _any(
    r"\b(?:below|follow(?:s|ing)|this|these|next|folgend\w*|unten|dies\w*|suiv\w+|suit|ci-dessous|ces?"
    r"|cet(?:te)?|siguient\w*|sigue|abajo|est[aeo]s?|seguint\w*|abaixo|seguent\w*|segue|sotto"
    r"|quest\w+|quanto|ниже|следующ\w+|эт\w+)\b|以下|下面|下列|这|この|次の|아래|다음",
)
_EARLIER: Final = _any(
    r"\b(?:earlier|previous\w*|prior|last|old|first|former|frühere\w*|vorige\w*|alte\w*"
    r"|précédent\w*|ancien\w*|anterior\w*|precedent\w*|прежн\w*|предыдущ\w*)\b|之前|上次|前回|이전",
)
_DATA: Final = re.compile(r"[{}\[\]\"]")
"""What is quoted above an answer speaks of nothing below."""
_LABEL: Final = 3
_CLAUSE_ENDS: Final = re.compile(
    r"[,;()，、：；]|:(?!\W{0,3}\[)|\s[–—-]\s|\s(?:but|aber|pero|но)\s"
)
_MAX_DENIAL: Final = 200
"""A longer sentence that denies something explains."""


def revoking_clauses(sentence: str) -> Iterator[str]:
    """Yield the clauses of a sentence that take back what they speak of, and nothing else."""
    if _TO_THE_READER.search(sentence) or _QUESTION.search(sentence):
        return
    sentence = _FEWER.sub(" ", sentence)
    if _OF_THE_OLD.search(sentence):
        yield from filter(_ORDER.search, _CLAUSE_ENDS.split(sentence))
        return
    told = _OF_THE_WORLD.search(sentence) or _OF_OTHERS.search(sentence)
    may_deny = not told and len(sentence) <= _MAX_DENIAL
    for clause in _CLAUSE_ENDS.split(sentence):
        denies = may_deny and (_DENIES.search(clause) or _PAST.search(clause))
        if denies or _is_revoking(clause) or _OUTRIGHT.search(clause):
            yield clause


def takes_all_back(words: str) -> bool:
    """Tell whether a sentence takes back the answer beside it, and names none of its edits."""
    sentences = sentences_of(_prose(words))
    return any(
        NAME not in sentence
        and not (_QUESTION.search(before) and _ANSWERS_IT.search(sentence))
        and any(True for _ in revoking_clauses(sentence))
        for before, sentence in pairwise(["", *_without_alternatives(sentences)])
    )


def _without_alternatives(sentences: Sequence[str]) -> Iterator[str]:
    """Yield sentences, but for the items of a list below the heading of alternatives."""
    told = False
    for sentence in sentences:
        if _ALTERNATIVES.search(sentence):
            told = True
        elif not (told and _LIST_ITEM.match(sentence)):
            told = False
            yield sentence


def takes_next_back(words: str) -> bool:
    """Tell whether words above an answer take back what follows, in a clause or as a label."""
    sentences = [one for one in sentences_of(words) if not FENCE_LINE.match(one)]
    if sentences and len(sentences[-1].split()) <= _LABEL and _is_revoking(sentences[-1]):
        return True
    return any(
        _FOLLOWS.search(clause) and (_is_revoking(clause) or _OUTRIGHT.search(clause))
        for sentence in sentences
        if not (_EARLIER.search(sentence) or _DATA.search(sentence))
        for clause in _CLAUSE_ENDS.split(sentence)
    )


def _is_revoking(clause: str) -> bool:
    told = _OF_THE_WORLD.search(clause) or _OF_OTHERS.search(clause)
    return not told and _REVOKES.search(clause) is not None


def _prose(words: str) -> str:
    """Return words without blocks of code, where a prompt may be shown, and up to a heading."""
    kept: list[str] = []
    depth = 0
    may_be_prose = False
    for line in words.split("\n"):
        fence = FENCE_LINE.match(line)
        if not fence:
            if not depth and HEADING.match(line):
                break
            kept += [] if depth else [line]
        elif fence[1] or not depth:
            may_be_prose = not depth and not fence[1]
            depth += 1
        else:
            depth -= 1
    # Nobody knows which end of a block a bare fence is that has no other.
    return words if depth and may_be_prose else "\n".join(kept)
