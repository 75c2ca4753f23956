"""What was read as a secret is hidden wherever it stands, in every form in which it may be written."""

import json

import pytest

from agentops.cli import redaction
from agentops.cli.redaction import WatchedEnvironment, redact, remember_secret
from agentops.domain.errors import ProjectError
from agentops.domain.secrets import Secrets
from agentops.domain.values import Secret
from agentops.providers.rest.answers import cleaned

HIDDEN = "(sensitive value)"
KEY = b"k" * 32


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", set())


def test_a_secret_is_hidden_everywhere_in_a_text() -> None:
    remember_secret("hunter2")
    assert redact("hunter2, ahunter2b; Hunter2\nhunter2") == f"{HIDDEN}, a{HIDDEN}b; Hunter2\n{HIDDEN}"


def test_nothing_is_hidden_that_was_not_read() -> None:
    assert redact("hunter2") == "hunter2"


@pytest.mark.parametrize(("secret", "is_hidden"), [("12345", False), ("123456", True), ("", False), (" 12345", True)])
def test_only_what_is_too_short_to_be_one_stays(secret: str, is_hidden: bool) -> None:
    remember_secret(secret)
    assert (redact(f"<{secret}>") == f"<{HIDDEN}>") is is_hidden
    assert redact("") == ""


def test_a_secret_with_space_around_it_is_hidden_without_it_too() -> None:
    remember_secret("  hunter2\n")
    assert redact("Bearer hunter2!") == f"Bearer {HIDDEN}!"


@pytest.mark.parametrize(
    "secret", ['say "hi"!', "back\\slash", "line\nbreak", "tab\there", "größe-ä", "key-😀-key", 'grö"ße', "größe\\ä"]
)
def test_a_secret_is_hidden_as_json_writes_it(secret: str) -> None:
    remember_secret(secret)
    for text in (json.dumps({"a": secret}), json.dumps({"a": secret}, ensure_ascii=False)):
        assert redact(text) == json.dumps({"a": HIDDEN})


def test_of_secrets_that_begin_alike_the_longer_one_is_hidden_whole() -> None:
    for secret in ("sk-live-1", "sk-live-1-and-more", "sk-live-1-and"):
        remember_secret(secret)
    assert redact("sk-live-1-and-more sk-live-1-and sk-live-1") == f"{HIDDEN} {HIDDEN} {HIDDEN}"


def test_of_secrets_that_hold_another_the_whole_is_hidden() -> None:
    for secret in ("zz-inner", "a-zz-inner-b", "zz-inner-b"):
        remember_secret(secret)
    assert redact("a-zz-inner-b zz-inner-b zz-inner") == f"{HIDDEN} {HIDDEN} {HIDDEN}"
    assert cleaned("a-zz-inner-b", ("zz-inner", "a-zz-inner-b")) == HIDDEN


def test_whatever_is_taken_out_of_the_environment_is_a_secret_from_then_on() -> None:
    environment = WatchedEnvironment({"A": "hunter2", "B": "harmless"})
    assert (sorted(environment), len(environment)) == (["A", "B"], 2)
    assert redact("hunter2") == "hunter2"
    assert environment["A"] == "hunter2"
    assert environment.get("C", "none") == "none"
    assert redact("hunter2 harmless") == f"{HIDDEN} harmless"
    assert "hunter2" not in repr(environment)
    assert repr(environment) == "WatchedEnvironment(...)"


def test_a_digest_needs_the_key_and_tells_secrets_apart() -> None:
    keyed = Secrets({"A": "hunter2"}, KEY)
    assert keyed.digest("hunter2") == "f6c2ff60161a7959f8156ad5426e403711bdafadb9e9d101712fc029ea1066a6"
    assert keyed.digest("hunter2") != keyed.digest("hunter3")
    assert keyed.digest("hunter2") != Secrets({}, b"j" * 32).digest("hunter2")
    assert Secrets({"A": "hunter2"}).digest("hunter2") is None


def test_a_secret_of_the_environment_is_its_name_and_digest() -> None:
    keyed = Secrets({"A": "hunter2"}, KEY)
    found = keyed.of_env("A")
    assert (found.env, found.digest, found.text) == ("A", keyed.digest("hunter2"), "")
    assert "hunter2" not in f"{found!r} {keyed!r}"
    assert KEY.hex() not in repr(keyed)
    assert repr(KEY) not in repr(keyed)


def test_a_spelled_out_secret_is_its_text_and_digest() -> None:
    keyed = Secrets({}, KEY)
    found = keyed.of_text("hunter2")
    assert (found.env, found.digest, found.text) == ("", keyed.digest("hunter2"), "hunter2")


def test_a_secret_is_revealed_from_where_it_is() -> None:
    secrets = Secrets({"A": "hunter2"}, KEY)
    assert secrets.reveal(Secret("A")) == "hunter2"
    assert secrets.reveal(Secret("A", text="spelled")) == "spelled"


@pytest.mark.parametrize("environ", [{}, {"A": ""}])
def test_a_variable_that_is_not_set_is_told_by_name(environ: dict[str, str]) -> None:
    for take in (lambda: Secrets(environ, KEY).of_env("A"), lambda: Secrets(environ, KEY).reveal(Secret("A"))):
        with pytest.raises(ProjectError) as caught:
            take()
        assert str(caught.value) == "the environment variable A is not set"
        assert caught.value.hint == "set A to the secret, then run again"


def test_what_a_platform_says_is_one_line_without_secrets() -> None:
    text = "  bad\tkey\r\nhunter2 \x1b[31m\u202e sk-1 and sk-1-more  "
    assert cleaned(text, ("hunter2", "", "sk-1", "sk-1-more")) == f"bad key {HIDDEN} [31m {HIDDEN} and {HIDDEN}"


@pytest.mark.parametrize("length", [499, 500, 501, 1999, 2000, 2001, 100_000])
def test_what_a_platform_says_is_bounded(length: int) -> None:
    said = cleaned("x" * length, ())
    assert said == ("x" * length if length <= 500 else "x" * 497 + "...")


def test_blanks_do_not_make_room_for_more_than_the_bound_looks_at() -> None:
    assert cleaned(" " * 2000 + "x", ()) == ""
    assert cleaned(" " * 1999 + "x", ()) == "x"
