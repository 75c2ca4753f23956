"""The files of a new project, as `agentops init` writes them."""

from collections.abc import Mapping

PLATFORMS = {"autocalls": "AUTOCALLS_TOKEN", "famulor": "FAMULOR_TOKEN", "intellixent": "INTELLIXENT_TOKEN"}
"""The platforms to start on, and the environment variable that their token is asked for in."""

_PROJECT = """\
# yaml-language-server: $schema=schemas/agentops/v1/project.schema.json
apiVersion: agentops/v1
kind: Project
metadata:
  name: {name}
spec:
  environments:
    # A sandbox inside agentops: nothing leaves this machine, no token needed.
    sandbox:
      platform: {platform}
      sandbox: true
      manifests: [assistants]
      variables:
        company: Example Ltd

    # The real account: set {token}, then add `--env production` to a command.
    production:
      platform: {platform}
      token: {{env: {token}}}
      manifests: [assistants]
      variables:
        company: Example Ltd
  default_environment: sandbox
"""

_ASSISTANT = """\
# yaml-language-server: $schema=../schemas/autocalls/v1/assistant.schema.json
apiVersion: autocalls/v1
kind: Assistant
metadata:
  name: front-desk # its address is assistant.front-desk
spec:
  name: Front desk
  type: inbound
  mode: pipeline
  timezone: Europe/Berlin
  language: English # `agentops catalog languages` lists what there is
  voice: {name: Sarah, language: English} # `agentops catalog voices`
  llm_model: GPT-4.1-mini # `agentops catalog llm_models`
  initial_message: Hello, this is {{company}}. How can I help?
  system_prompt: {file: prompts/front-desk.md}
  variables:
    company: {var: company} # from the environment in agentops.yaml
  tools:
    - type: end_call
      description: When the caller has no further questions.
"""

_PROMPT = """\
You answer the phone for {{company}}.

- Find out what the caller needs, in one or two questions.
- Say so when you do not know something; never invent an answer.
- Short sentences, one question at a time.
"""

_GITIGNORE = """\
# agentops: state, sandbox databases, saved plans
.agentops/
*.plan
"""


def starter_files(name: str, platform: str) -> Mapping[str, str]:
    """Path below the project folder -> content."""
    return {
        "agentops.yaml": _PROJECT.format(name=name, platform=platform, token=PLATFORMS[platform]),
        "assistants/front-desk.yaml": _ASSISTANT,
        "assistants/prompts/front-desk.md": _PROMPT,
        ".gitignore": _GITIGNORE,
    }
