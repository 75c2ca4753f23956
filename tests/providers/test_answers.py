"""What a user is told when the platform says no."""

import json

import httpx
import pytest

from agentops.domain.errors import ProviderError, RejectedError, UnavailableError, UnclearError
from agentops.domain.values import Secret
from tests.providers.support import CALCOM_KEY, FIXTURES, PIPELINE, TOKEN, answer, fixture, scripted

ERRORS = sorted(path.stem for path in FIXTURES.glob("autocalls-family.error.*.json"))
SAID = {
    "401.famulor-guide": "The provided API key is invalid or expired",
    "401.unauthenticated": "Unauthenticated.",
    "403.famulor-guide": "Your API key does not have permission for this resource",
    "404.assistant": "Assistant not found",
    "404.assistant-delete.famulor": "Assistant not found or does not belong to the authenticated user",
    "404.knowledgebase": "Knowledgebase not found.",
    "404.tool": "Tool not found",
    "422.assistant-create": "Validation failed",
    "422.assistant-update": "Validation failed",
    "422.knowledgebase": "The name field is required.",
    "422.tool-plan-limit": "You have reached your plan limit of 5 mid call tools. "
    "Please upgrade your plan to create more tools.",
    "422.webhook-toggle": "The given data was invalid.",
    "429.famulor-guide": "Too many requests. Please try again later.",
    "429.laravel": "Too Many Attempts.",
    "500.assistant-create": "Assistant creation failed",
    "500.knowledgebase-create": "Failed to create knowledgebase. Please try again.",
}
KINDS = {"4": RejectedError, "429": UnavailableError, "5": UnclearError}
FIELD_ERRORS = {
    "422.assistant-create": {
        ("name",): ["The name field is required."],
        ("voice",): ["The selected voice is not compatible with the chosen engine type."],
    },
    "422.assistant-update": {
        ("speech_speed",): ["The speech speed must be between 0.7 and 1.2."],
        ("allow_interruptions",): ["Interruptions cannot be disabled in multimodal or dualplex mode."],
    },
    "422.knowledgebase": {("name",): ["The name field is required."]},
    "422.webhook-toggle": {(): ["assistant_id: The assistant id field is required."]},
}


def failure(*steps: httpx.Response, **values: object) -> ProviderError:
    """The error of a create that is answered by `steps`."""
    provider, _ = scripted(steps)
    with pytest.raises(ProviderError) as caught:
        provider.create("Assistant", PIPELINE | values)
    return caught.value


@pytest.mark.parametrize("name", SAID)
def test_every_documented_error_is_told_in_the_platforms_words(name: str) -> None:
    status = int(name[:3])
    error = failure(answer(status, fixture(f"autocalls-family.error.{name}")))
    assert type(error) is KINDS.get(name[:3], KINDS.get(name[0]))
    assert str(error).startswith(f"autocalls: POST /user/assistant: {status}: {SAID[name]}")
    assert error.status == status
    assert error.field_errors == FIELD_ERRORS.get(name, {})


def test_every_error_fixture_of_the_dialect_is_tested() -> None:
    names = {name.removeprefix("autocalls-family.error.") for name in ERRORS}
    assert names - {"422.assistant-create.legacy"} == SAID.keys()


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (
            401,
            "check the token: it comes from `token:` of the environment in agentops.yaml, and must be of this platform",
        ),
        (403, "the token is valid but may not do this: use one with the right permissions"),
        (404, "check `base_url` of the environment"),
        (405, "check `base_url` of the environment: this address speaks another API"),
        (422, ""),
    ],
)
def test_an_error_says_what_to_do(status: int, hint: str) -> None:
    assert failure(answer(status)).hint == hint


@pytest.mark.parametrize("platform", ["autocalls", "revox"])  # the one has PUT, the other PATCH
def test_an_update_of_what_is_gone_says_so(platform: str) -> None:
    provider, _ = scripted([answer(404, {"message": "Assistant not found"})], platform=platform)
    with pytest.raises(RejectedError, match="404: Assistant not found") as caught:
        provider.update("Assistant", 7, {"name": "B"})
    assert caught.value.hint == "the object is gone from the platform: run `agentops plan` again"


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 399])
def test_a_redirect_is_not_followed_and_points_to_the_base_url(status: int) -> None:
    provider, script = scripted([httpx.Response(status, headers={"location": "https://elsewhere.example/"})])
    with pytest.raises(RejectedError, match=f"{status}: the platform answers from another address") as caught:
        provider.account()
    hint = "check `base_url` of the environment: it must be the final address, with https and the right host"
    assert (caught.value.hint, caught.value.status) == (hint, status)
    assert len(script.requests) == 1
    assert "elsewhere" not in str(caught.value)


def test_an_error_without_words_is_told_by_its_status() -> None:
    refused = failure(httpx.Response(403, content=b'{"message": 5}'))
    assert str(refused) == "autocalls: POST /user/assistant: 403: Forbidden"
    assert isinstance(refused, RejectedError)


@pytest.mark.parametrize(
    "status, words", [(403, "Forbidden"), (499, "an unknown status"), (307, "the platform answers")]
)
@pytest.mark.parametrize("body", [b"<html>Forbidden</html>", b"", b"{", b"[]", b'"x"', b"\xff"])
def test_a_no_that_is_not_the_platforms_json_leaves_a_write_unclear(body: bytes, status: int, words: str) -> None:
    error = failure(httpx.Response(status, content=body))
    assert isinstance(error, UnclearError)
    assert str(error).startswith(f"autocalls: POST /user/assistant: {status}: {words}")
    assert str(error).endswith("it may have been done all the same")


@pytest.mark.parametrize(
    ("errors", "found"),
    [
        ({"voice_id": "Wrong."}, {("voice",): ["Wrong."]}),
        ({"voice_id": ["One.", "Two."]}, {("voice",): ["One.", "Two."]}),
        ({"tools.0.phone_number": [{"rule": "e164"}]}, {("tools", 0, "phone_number"): ["{'rule': 'e164'}"]}),
        (["Wrong."], {}),
        ("Wrong.", {}),
        (None, {}),
    ],
)
def test_field_errors_of_any_shape_are_read(errors: object, found: dict[tuple[str | int, ...], list[str]]) -> None:
    assert failure(answer(422, {"message": "No.", "errors": errors})).field_errors == found


@pytest.mark.parametrize(
    ("issues", "found"),
    [
        ([{"path": ["voice_id"], "message": "Wrong."}], {("voice",): ["Wrong."]}),
        ([{"path": ["tools", 0, "x"], "message": "One."}], {("tools", 0): ["One."]}),
        ([{"path": ["unheard_of"], "message": "Two."}], {(): ["unheard_of: Two."]}),
        ([{"path": [], "message": "Three."}], {(): ["Three."]}),
        ([{"path": "voice_id", "message": "Four."}, {"path": ["voice_id"]}, "Five.", None], {}),
        ({"voice_id": "Six."}, {}),
        (None, {}),
    ],
)
def test_issues_with_a_path_are_read_as_well(issues: object, found: dict[tuple[str | int, ...], list[str]]) -> None:
    assert failure(answer(400, {"message": "No.", "issues": issues})).field_errors == found


def test_a_message_cannot_reach_the_terminal_or_fill_it() -> None:
    said = str(failure(answer(422, {"message": "\x1b[31mred\r\n\x9b2Jgone\u202e " + "x" * 10_000})))
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\n" not in said
    assert len(said) < 600


def test_a_message_never_repeats_a_secret() -> None:
    echo = json.dumps({"token": TOKEN, "key": CALCOM_KEY})
    tools = [{"type": "calendar_integration", "calcom_api_key": Secret("CALCOM_KEY"), "calcom_event_slug": "a"}]
    errors = {f"tools.0.{CALCOM_KEY}": [f"{CALCOM_KEY} is wrong"], "x": [TOKEN]}
    error = failure(answer(422, {"message": echo, "errors": errors}), tools=tools)
    assert CALCOM_KEY not in f"{error} {error.field_errors}"
    assert TOKEN not in f"{error} {error.field_errors}"
    assert "(sensitive value)" in str(error)


def test_documented_answers_to_writes_are_understood() -> None:
    said = [fixture(f"autocalls-family.write.assistant-{what}") for what in ("create.201", "update.200", "delete.200")]
    provider, _ = scripted([answer(201, said[0]), answer(200, said[1]), answer(200, said[2])])
    id_ = provider.create("Assistant", PIPELINE)
    assert id_ == 4104
    provider.update("Assistant", id_, {"name": "B"})
    provider.delete("Assistant", id_)
