"""The project file and the example of a new project, as `agentops init` writes them."""

from collections.abc import Mapping

from agentops.cli.project import PROJECT_FILE
from agentops.providers.registry import platform as platform_called
from agentops.providers.registry import platforms

PLATFORMS = {name: f"{name.upper().replace('-', '_')}_TOKEN" for name in platforms()}
"""The platforms to start on, and the environment variable that their token is asked for in."""

_HEAD = """\
# yaml-language-server: $schema=schemas/agentops/v1/project.schema.json
apiVersion: agentops/v1
kind: Project
metadata:
  name: {name}
spec:
  environments:
"""

_SANDBOX = """\
    # A sandbox inside agentops: nothing leaves this machine, no token needed.
    sandbox:
      platform: {platform}
      sandbox: true
      manifests: [assistants]
{variables}
"""

_PRODUCTION = """\
    # The real account: set {token}{then}.
    production:
      platform: {platform}
{base_url}      token: {{env: {token}}}
      manifests: [assistants]
{variables}"""

_DEFAULT = """\
  default_environment: sandbox
"""

_VARIABLES = """\
      variables:
        company: Example Ltd
"""

_BASE_URL = """\
      base_url: https://app.example.com/api # where your white label answers
"""
"""For a platform without an address of its own."""

_AUTOCALLS = """\
# yaml-language-server: $schema=../schemas/autocalls/v1/assistant.schema.json
apiVersion: autocalls/v1
kind: Assistant
metadata:
  name: front-desk # its address is assistant.front-desk
spec:
  name: Front desk
  type: inbound
  mode: pipeline
  voice: {name: Oliver, language: English} # `agentops catalog voices` lists what there is
  language: English # `agentops catalog languages`
  timezone: Europe/Berlin
  initial_message: Hello, this is {{company}}. How can I help?
  system_prompt: {file: prompts/front-desk.md}
  llm_model: GPT-4.1-mini # `agentops catalog llm_models`
  tools:
    - type: end_call
      description: When the caller has no further questions.
  variables:
    company: {var: company} # from the environment in agentops.yaml
"""

_REVOX = """\
# yaml-language-server: $schema=../schemas/revox/v1/assistant.schema.json
apiVersion: revox/v1
kind: Assistant
metadata:
  name: front-desk # its address is assistant.front-desk
spec:
  name: Front desk
  prompt: {file: prompts/front-desk.md} # {{company}} is filled in per call
  first_sentence: Hello, this is {{company}}. How can I help?
  first_sentence_mode: static
  voice: {name: Sarah, language: en} # `agentops catalog voices`
  llm_model: {type: dedicated-instance, name: gpt-4.1}
  max_call_duration_secs: 600
"""

_PROMPT = """\
You answer the phone for {{company}}.

- Find out what the caller needs, in one or two questions.
- Say so when you do not know something; never invent an answer.
- Short sentences, one question at a time.
"""

_ASSISTANTS: Mapping[str, str] = {"autocalls/v1": _AUTOCALLS, "revox/v1": _REVOX}
"""Vocabulary -> the first manifest."""


def starter_files(name: str, platform: str, base_url: str = "") -> Mapping[str, str]:
    """A project with an example. Path below the project folder -> content."""
    assistant = _ASSISTANTS[platform_called(platform).api_version]
    variables = _VARIABLES if "{var: company}" in assistant else ""
    text = _HEAD + _SANDBOX + _PRODUCTION + _DEFAULT
    return {
        PROJECT_FILE: _filled(text, name, platform, base_url, variables, ", then add `--env production` to a command"),
        "assistants/front-desk.yaml": assistant,
        "assistants/prompts/front-desk.md": _PROMPT,
    }


def account_file(name: str, platform: str, base_url: str = "") -> str:
    """A project file for an account whose assistants are written as manifests."""
    return _filled(_HEAD + _PRODUCTION, name, platform, base_url, "", "")


def _filled(text: str, name: str, platform: str, base_url: str, variables: str, then: str) -> str:
    own = "" if platform_called(platform).base_url else _BASE_URL
    return text.format(
        name=name,
        platform=platform,
        token=PLATFORMS[platform],
        base_url=f"      base_url: {base_url}\n" if base_url else own,
        variables=variables,
        then=then,
    )
