"""No credential leaves the machine, and prose stays as it is."""

import base64
import random
import string
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.masking import Masker, holds_mask
from tests.demo_session import DEMO

LETTERS = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
_random = random.Random(7)


def drawn(length: int, alphabet: str = LETTERS) -> str:
    """Draw a made-up secret: none may stand in a file of this repository."""
    return "".join(_random.choice(alphabet) for _ in range(length))


def jwt() -> str:
    parts = ('{"alg":"HS256","typ":"JWT"}', '{"sub":"1234567890","iat":1516239022}', drawn(32))
    return ".".join(base64.urlsafe_b64encode(p.encode()).decode().rstrip("=") for p in parts)


def private_key(kind: str = "RSA ") -> str:
    lines = "\n".join(drawn(64, LETTERS + "+/") for _ in range(8))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n-----END {kind}PRIVATE KEY-----"


CREDENTIALS: dict[str, tuple[str, str]] = {
    "AWS key id": ("I used {} to log in", "AKIA" + drawn(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")),
    "AWS secret": ("aws_secret_access_key = {}", drawn(40, LETTERS + "/+")),
    "OpenAI": ("OPENAI_API_KEY={}", f"sk-proj-{drawn(74)}T3BlbkFJ{drawn(74)}"),
    "OpenAI, old": ("the key {} failed", f"sk-{drawn(20)}T3BlbkFJ{drawn(20)}"),
    "Anthropic": ("called with {} and got 401", f"sk-ant-api03-{drawn(93)}AA"),
    "OpenRouter": ("key {}", f"sk-or-v1-{drawn(64, HEX)}"),
    "Groq": ("groq {}", f"gsk_{drawn(52)}"),
    "xAI": ("XAI_API_KEY={}", f"xai-{drawn(80)}"),
    "Hugging Face": ("huggingface login {}", f"hf_{drawn(34, string.ascii_letters)}"),
    "Google": ("maps key {}", f"AIza{drawn(35)}"),
    "GitHub": ("git clone https://{}@github.com/x/y", f"ghp_{drawn(36)}"),
    "GitHub, fine": ("token: {}", f"github_pat_{drawn(22)}_{drawn(59)}"),
    "GitLab": ('GITLAB_TOKEN="{}"', f"glpat-{drawn(20)}"),
    "Slack": ("bot {}", f"xoxb-{drawn(12, '123456789')}-{drawn(12, '123456789')}-{drawn(24)}"),
    "Stripe": ("stripe {}", f"sk_live_{drawn(24)}"),
    "npm": ("//registry.example.org/:_authToken={}", f"npm_{drawn(36)}"),
    "SendGrid": ("mail {}", f"SG.{drawn(22)}.{drawn(43)}"),
    "Azure storage": ("AccountName=x;AccountKey={};", f"{drawn(86)}=="),
    "JWT": ("cookie session={}", jwt()),
    "PostgreSQL URL": ("postgres://app:{}@db.example.com:5432/app", drawn(12)),
    "MongoDB URL": ("mongodb+srv://admin:{}@cluster0.mongodb.net", drawn(12)),
    "Redis URL": ("redis://:{}@cache:6379/0", drawn(16)),
    "ODBC string": ("Server=db;User Id=sa;Password={};", f"Pa55w0rd!{drawn(4)}"),
    "YAML password": ("  password: {}", f"{drawn(11)}7"),
    "weak password": ('password = "{}"', "hunter2horse"),
    "JSON key": ('{{"api_key": "{}"}}', drawn(32, HEX)),
    "environment": ("SECRET_KEY={}", f"{drawn(31)}4"),
    "bearer": ("Authorization: Bearer {}", f"{drawn(39)}5"),
    "basic": ("Authorization: Basic {}", base64.b64encode(f"ada:{drawn(14)}1".encode()).decode()),
    "sentence": ("The password is {}.", "Tr0ub4dor&3x"),
    "private key": ("{}", private_key()),
    "private key, quoted": ("> {}", private_key().replace("\n", "\n> ")),
    "private key, escaped": ('"{}"', private_key("EC ").replace("\n", "\\n")),
    "private key, cut off": ("{}\n\nThe agent went on.", private_key("")[:400]),
    "after other scripts": ("naïve 😀 日本: token={}", f"{drawn(31)}9"),
}

INNOCENT = """\
trace tr-20261121-0088 and sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b by ada
trace_id: 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7
uuid 123e4567-e89b-12d3-a456-426614174000
Ask for the password: the customer must never send it by mail.
Never repeat a token or an api key in a reply. password: ask the desk
token_count = 1024, max_tokens: 2048
secret: keep the warranty rules short
api_key: your key here
password={password}
token: {token}
Authorization: Bearer <token>
postgres://user:password@localhost/db
https://example.com/path?token=abc
"model": "anthropic/claude-opus-4-5-20251101"
qwen2.5-coder-7b-instruct at temperature 0.7
image sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
run toolu_01A09q90qw90lq917835lq9 and chatcmpl-9aPq3Lm2Xs81TzVw0BcDeFgHiJkLm
etag "33a64df551425fcc55e4d42a148795d9f25f89d4"
def test_the_secret_is_masked(password: str) -> None:
order LA-20418, serial LA2-0934-8821-KX"""


def pieces(secret: str, length: int = 8) -> Iterator[str]:
    return (secret[i : i + length] for i in range(max(1, len(secret) - length + 1)))


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_no_piece_of_a_credential_is_left(kind: str) -> None:
    sentence, secret = CREDENTIALS[kind]
    masked = Masker().mask(sentence.format(secret))
    assert holds_mask(masked)
    assert not [piece for piece in pieces(secret) if piece in masked]


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_what_is_masked_is_not_masked_again(kind: str) -> None:
    masker = Masker()
    masked = masker.mask(CREDENTIALS[kind][0].format(CREDENTIALS[kind][1]))
    assert masker.mask(masked) == masked


@pytest.mark.parametrize("line", INNOCENT.splitlines())
def test_prose_placeholders_and_ids_stay(line: str) -> None:
    assert Masker().mask(line) == line


def test_nothing_in_the_demo_looks_like_a_credential() -> None:
    files = [path for path in DEMO.rglob("*") if path.suffix in {".md", ".toml", ".json"}]
    texts = {path.name: path.read_text("utf-8") for path in files}
    assert {name: Masker().mask(text) for name, text in texts.items()} == texts


def test_text_around_a_credential_stays() -> None:
    _, secret = CREDENTIALS["Anthropic"]
    assert Masker().mask(f"ü before {secret} after ü") == "ü before [masked-secret-1] after ü"


def test_equal_credentials_get_equal_masks_and_count_once() -> None:
    masker = Masker()
    one, other = CREDENTIALS["GitHub"][1], CREDENTIALS["Groq"][1]
    assert masker.mask(f"{one} {other} {one}").split() == [
        "[masked-secret-1]",
        "[masked-secret-2]",
        "[masked-secret-1]",
    ]
    assert masker.mask(other) == "[masked-secret-2]"
    assert masker.count == 2


def test_values_of_json_are_masked_and_names_are_not() -> None:
    secret = CREDENTIALS["GitHub"][1]
    masked = Masker().mask_values({"note": [secret, 3, None], secret: "x"})
    assert masked == {"note": ["[masked-secret-1]", 3, None], secret: "x"}


def test_an_operator_can_switch_masking_off() -> None:
    text = "password = hunter2horse"
    masker = Masker(enabled=False)
    assert (masker.mask(text), masker.count) == (text, 0)


@given(st.text())
def test_any_text_can_be_masked(text: str) -> None:
    Masker().mask(text)


@pytest.mark.parametrize(
    "unit", ["a1", "password=", "://", "-----BEGIN PRIVATE KEY-----", "token_", "\\n", "Bearer "]
)
def test_hostile_text_is_masked_in_linear_time(unit: str) -> None:
    """A quadratic rule would take minutes and run into the time-out."""
    Masker().mask(unit * (300_000 // len(unit)))
