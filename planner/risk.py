"""The tier of each edit: from the table, raised by what the payload does.

The teacher's own tier is read by nobody. A rule of the payload may raise a tier
and never lowers one; an operator's policy may set the table's tiers and the
floors of the payload rules in either direction, but no policy makes an edit
`auto` whose flags say that a person must look at it.

```toml
[tiers]                         # per operation, in place of the table's tier
set_agent_class = "auto"

[floors]                        # per rule of the payload: at least this tier
acting_tool = "manual"
tool_description = "auto"       # "auto" switches the rule off

[names]                         # further names for two of the rules
acting_tools = ["deploy_site"]
harmless_tools = ["city_guide"] # or exempt from the first
prompt_params = ["persona"]
```
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final

from pydantic import Field

from planner.errors import PolicyInvalid
from planner.models import Edit, FlagCode, Frozen, ProposedEdit, digest_of
from planner.names import is_prompt_like, may_act
from planner.operations import OPERATIONS, SAFE_NAME, Op, Tier


class PayloadRule(StrEnum):
    """What in a payload raises a tier."""

    PROMPT_LIKE_PARAM = "prompt_like_param"
    """`set_agent_param` on a slot that holds text for the model."""
    ACTING_TOOL = "acting_tool"
    """`add_tool_to_agent` with a tool that may act on the world."""
    TOOL_DESCRIPTION = "tool_description"
    """`edit_tool_description`: every agent with the tool reads it as instructions."""


class TierPolicy(Frozen):
    """The operator's tiers; the defaults are the table's."""

    tiers: dict[Op, Tier] = Field(
        default_factory=dict, description="`[tiers]`: per operation, in place of the table's tier."
    )
    floors: dict[PayloadRule, Tier] = Field(
        default_factory=dict,
        description="`[floors]`: at least this tier where the payload's rule (`prompt_like_param`, "
        "`acting_tool`, `tool_description`) holds; `review` where nothing is said, and `auto` "
        "switches a rule off.",
    )
    acting_tools: tuple[str, ...] = Field(
        default=(), description="`[names]`: further tools that act on the world."
    )
    harmless_tools: tuple[str, ...] = Field(
        default=(), description="`[names]`: tools that do not, whatever their names say."
    )
    prompt_params: tuple[str, ...] = Field(
        default=(), description="`[names]`: further parameters that hold text for the model."
    )

    def tier_of(self, op: Op) -> Tier:
        """Return the operation's tier before its payload is looked at."""
        return self.tiers.get(op, OPERATIONS[op].tier)

    def floor_of(self, rule: PayloadRule) -> Tier:
        """Return the least strict tier where a rule of the payload holds."""
        return self.floors.get(rule, Tier.REVIEW)


DEFAULT_POLICY = TierPolicy()
"""The table, and every payload rule at `review`."""

BARS_AUTO: Final = frozenset(
    {
        FlagCode.UNKNOWN_AGENT,
        FlagCode.UNKNOWN_TOOL,
        FlagCode.UNKNOWN_MODEL,
        FlagCode.UNKNOWN_QUERY_CLASS,
        FlagCode.UNKNOWN_PARAMETER,
        FlagCode.PARAMETER_VALUE,
        FlagCode.PARAMETER_PREFIX,
        FlagCode.NO_TOOLS_LEFT,
        FlagCode.PROMPT_UNKNOWN,
        FlagCode.PLACEHOLDER_BROKEN,
        FlagCode.PLACEHOLDER_UNKNOWN,
        FlagCode.PLACEHOLDER_DROPPED,
        FlagCode.OLD_PROMPT_NO_TEMPLATE,
        FlagCode.BECAME_REPLACEMENT,
        FlagCode.SHORTENED,
        FlagCode.FORM_BROKEN,
        FlagCode.UNUSUAL_TEXT,
        FlagCode.INVISIBLE_CHARACTERS,
        FlagCode.WORDS_BESIDE,
        FlagCode.CONTESTED,
        FlagCode.MENDED,
    }
)
"""Flags that keep an edit from `auto`, whatever the policy says."""


def assign_tiers(
    edits: Sequence[ProposedEdit], policy: TierPolicy = DEFAULT_POLICY
) -> tuple[Edit, ...]:
    """Give every edit its tier, the rule that decided it, and its digest.

    Pure and deterministic: neither the order of the edits nor anything that the
    teacher wrote beside operation, target and payload matters.
    """
    table = {op: _by_table(op, policy) for op in Op}
    return tuple([_with_tier(edit, policy, table) for edit in edits])


def _with_tier(edit: ProposedEdit, policy: TierPolicy, table: Mapping[Op, "_Decision"]) -> Edit:
    tier, rule, reason = _decide(edit, policy, table)
    return Edit.made_of(
        {
            **edit.__dict__,
            "risk_tier": tier,
            "tier_rule": rule,
            "tier_reason": reason,
            "digest": edit_digest(edit),
        }
    )


def edit_digest(edit: ProposedEdit) -> str:
    """Return the SHA-256 of what an edit does, the same on every night."""
    return digest_of(
        {
            "op": edit.op,
            "target": edit.target,
            "payload": edit.payload,
            "prompt_sha256": edit.prompt_sha256,
        }
    )


_Decision = tuple[Tier, str, str]


def _decide(edit: ProposedEdit, policy: TierPolicy, table: Mapping[Op, _Decision]) -> _Decision:
    """Return the table's decision, or the first of the raises that is strictest."""
    decision = table[edit.op]
    for raised in _raises(edit, policy):
        if raised[0].strictness > decision[0].strictness:
            decision = raised
    return decision


def _by_table(op: Op, policy: TierPolicy) -> _Decision:
    tier = policy.tier_of(op)
    if op in policy.tiers:
        return tier, "operator_policy", f"The operator's policy sets `{op}` to {tier}."
    return tier, "table", f"`{op}` is {tier} by the table of operations."


def _raises(edit: ProposedEdit, policy: TierPolicy) -> Iterator[_Decision]:
    if edit.op is Op.REPLACE_SYSTEM_PROMPT:
        tier = policy.tier_of(Op.PATCH_SYSTEM_PROMPT)
        yield tier, "not_below_patching", "Replacing a prompt is never less strict than patching."
    rule = _payload_rule(edit, policy)
    if rule is not None:
        yield policy.floor_of(rule), rule.value, _REASONS[rule]
    if rule is PayloadRule.PROMPT_LIKE_PARAM and policy.floor_of(rule) is not Tier.AUTO:
        yield from _raises_of_replacing(policy)
    for flag in edit.flags:
        if flag.code in BARS_AUTO:
            yield Tier.REVIEW, f"flag_{flag.code}", f"A person must look at it: {flag.message}"


def _raises_of_replacing(policy: TierPolicy) -> Iterator[_Decision]:
    reason = "Setting a prompt by a parameter is never less strict than replacing it."
    for op in (Op.REPLACE_SYSTEM_PROMPT, Op.PATCH_SYSTEM_PROMPT):
        yield policy.tier_of(op), "not_below_replacing", reason


_REASONS: Final[Mapping[PayloadRule, str]] = {
    PayloadRule.PROMPT_LIKE_PARAM: "The parameter holds text for the model, as a prompt does.",
    PayloadRule.ACTING_TOOL: "The tool acts on the world, or its name does not say that it only "
    "reads or computes.",
    PayloadRule.TOOL_DESCRIPTION: "A tool's description is prompt text: every agent that has the "
    "tool reads it.",
}


def _payload_rule(edit: ProposedEdit, policy: TierPolicy) -> PayloadRule | None:
    match edit.op:
        case Op.SET_AGENT_PARAM if _is_prompt_like(str(edit.payload["param"]), policy):
            return PayloadRule.PROMPT_LIKE_PARAM
        case Op.ADD_TOOL_TO_AGENT if _is_acting(str(edit.payload["tool_name"]), policy):
            return PayloadRule.ACTING_TOOL
        case Op.EDIT_TOOL_DESCRIPTION:
            return PayloadRule.TOOL_DESCRIPTION
    return None


def _is_prompt_like(param: str, policy: TierPolicy) -> bool:
    return is_prompt_like(param) or _is_named(param, policy.prompt_params)


def _is_acting(tool: str, policy: TierPolicy) -> bool:
    if _is_named(tool, policy.acting_tools):
        return True
    return may_act(tool) and not _is_named(tool, policy.harmless_tools)


def _is_named(name: str, listed: Sequence[str]) -> bool:
    """Tell whether an operator's list has a name: `Stove` and `stove` are one tool."""
    return name.lower() in map(str.lower, listed)


# --- the operator's file ------------------------------------------------------------

MAX_POLICY_BYTES: Final = 1_000_000
_SECTIONS: Final = ("tiers", "floors", "names")
_NAME_LISTS: Final = ("acting_tools", "harmless_tools", "prompt_params")
_NAMES_FOR: Final = {
    "acting_tools": PayloadRule.ACTING_TOOL,
    "prompt_params": PayloadRule.PROMPT_LIKE_PARAM,
}


def read_policy(toml: bytes, *, where: str) -> TierPolicy:
    """Read an operator's policy, loudly: every fault of the file is told at once.

    Args:
        toml: The file's bytes; see the module's docstring for its form.
        where: Path or URL, for the error's sentence.

    Raises:
        PolicyInvalid: Names every misspelt section, operation, rule, tier and list.
    """
    table = _parse_toml(toml, where)
    faults = [*_faults(table)]
    if faults:
        raise PolicyInvalid(f"The policy {where} cannot be used: {'; '.join(faults[:20])}.")
    names = table.get("names", {})
    return TierPolicy(
        tiers={Op(key): Tier(tier) for key, tier in sorted(table.get("tiers", {}).items())},
        floors={
            PayloadRule(key): Tier(tier) for key, tier in sorted(table.get("floors", {}).items())
        },
        **{key: tuple(sorted(set(names.get(key, ())))) for key in _NAME_LISTS},
    )


def _parse_toml(toml: bytes, where: str) -> dict[str, Any]:
    if len(toml) > MAX_POLICY_BYTES:
        raise PolicyInvalid(f"The policy {where} has more than {MAX_POLICY_BYTES:,} bytes.")
    try:
        return tomllib.loads(toml.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError:
        fault = "it is not UTF-8"
    except tomllib.TOMLDecodeError as error:
        fault = str(error)
    except RecursionError:
        fault = "it is nested too deeply"
    raise PolicyInvalid(f"The policy {where} is not valid TOML: {fault}.")


def _faults(table: Mapping[str, Any]) -> Iterator[str]:
    for section, content in table.items():
        if section not in _SECTIONS:
            yield f"unknown section `{section}`{_meant(section, _SECTIONS)}"
        elif not isinstance(content, dict):
            yield f"`{section}` must be a table, [{section}]"
        elif section == "names":
            yield from _name_faults(content)
        else:
            keys: type[Op] | type[PayloadRule] = Op if section == "tiers" else PayloadRule
            yield from _tier_faults(section, content, [key.value for key in keys])
    yield from _idle(table)


def _tier_faults(section: str, content: Mapping[str, Any], known: Sequence[str]) -> Iterator[str]:
    tiers = [tier.value for tier in Tier]
    for key, tier in content.items():
        if key not in known:
            yield f"[{section}] has an unknown key `{key}`{_meant(key, known)}"
        if tier not in tiers:
            yield f"[{section}] {key} = {tier!r}: a tier is one of {', '.join(tiers)}"


def _idle(table: Mapping[str, Any]) -> Iterator[str]:
    """Tell what another part of the policy, or a rule of ours, would silently undo."""
    parts = [table.get(section, {}) for section in _SECTIONS]
    if all(isinstance(part, dict) for part in parts):
        tiers, floors, names = parts
        yield from _raised_again(tiers, floors)
        yield from _on_both_lists(names)
        yield from _names_of_rules_that_are_off(floors, names)


def _raised_again(tiers: Mapping[str, Any], floors: Mapping[str, Any]) -> Iterator[str]:
    replacing, patching = Op.REPLACE_SYSTEM_PROMPT, Op.PATCH_SYSTEM_PROMPT
    tier = tiers.get(replacing)
    if _is_below(tier, tiers.get(patching, OPERATIONS[patching].tier)):
        yield (
            f"[tiers] {replacing} = {tier!r} has no effect alone: replacing a prompt is never less "
            f"strict than patching it; set {patching} = {tier!r} too"
        )
    describing, rule = Op.EDIT_TOOL_DESCRIPTION, PayloadRule.TOOL_DESCRIPTION
    tier = tiers.get(describing)
    if _is_below(tier, floors.get(rule, Tier.REVIEW)):
        yield (
            f"[tiers] {describing} = {tier!r} has no effect alone: a description is prompt text; "
            f"set [floors] {rule} = {tier!r} too"
        )


def _is_below(tier: Any, floor: Any) -> bool:
    """Tell whether a tier is less strict; what is no tier is told as another fault."""
    known = list(Tier)
    return tier in known and floor in known and Tier(tier).strictness < Tier(floor).strictness


def _on_both_lists(names: Mapping[str, Any]) -> Iterator[str]:
    acting, harmless = names.get("acting_tools", []), names.get("harmless_tools", [])
    if _are_names(acting) and _are_names(harmless):
        for name in sorted({*map(str.lower, acting)} & {*map(str.lower, harmless)}):
            yield f"[names] acting_tools and harmless_tools both name `{name}`"


def _names_of_rules_that_are_off(
    floors: Mapping[str, Any], names: Mapping[str, Any]
) -> Iterator[str]:
    """Tell lists that ask for a stricter look than a rule that is switched off can take."""
    for key, rule in _NAMES_FOR.items():
        if names.get(key) and floors.get(rule) == Tier.AUTO:
            yield (
                f"[names] {key} has no effect while [floors] {rule} = 'auto' switches its rule "
                "off: leave out one of the two"
            )


def _name_faults(content: Mapping[str, Any]) -> Iterator[str]:
    for key, names in content.items():
        if key not in _NAME_LISTS:
            yield f"[names] has an unknown key `{key}`{_meant(key, _NAME_LISTS)}"
        elif not _are_names(names):
            yield f"[names] {key} must be a list of names"
        else:
            yield from (
                f"[names] {key}: {name!r} can be no name in a payload"
                for name in names
                if not SAFE_NAME.fullmatch(name)
            )


def _are_names(names: Any) -> bool:
    return isinstance(names, list) and all(isinstance(one, str) and one for one in names)


def _meant(given: str, known: Sequence[str]) -> str:
    close = get_close_matches(given, known, n=1)
    return f" (did you mean `{close[0]}`?)" if close else f"; known are {', '.join(known)}"
