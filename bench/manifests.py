"""A project of any size: manifests that declare every field of a pipeline assistant, a 4 KB prompt and six tools."""

from pathlib import Path

PROMPT_BYTES = 4096
GROUP = 10
"""Assistants of one group transfer to its first."""

_SENTENCES = (
    "Greet the caller by name and ask how you can help today.",
    "Answer questions about orders, invoices, deliveries and returns from the knowledge base only.",
    "When a caller is upset, apologise once, summarise the problem and offer a concrete next step.",
    "Never promise a date that the order system has not confirmed.",
    "Speak in short sentences, one question at a time, and wait for the answer.",
    "Read numbers digit by digit and repeat them for confirmation.",
    "The company is {{company}}, its product is {{product}} and its address for mail is {{support_email}}.",
    "If someone asks for a human, transfer the call and say so first.",
)

_PROJECT = """\
apiVersion: agentops/v1
kind: Project
metadata: {{name: bench}}
spec:
  environments:
    bench:
      platform: autocalls
      base_url: {base_url}
      token: {{env: BENCH_TOKEN}}
      manifests: [assistants]
      variables: {{team: blue}}
"""

_MANIFEST = """\
apiVersion: autocalls/v1
kind: Assistant
metadata:
  name: {name}
  labels: {{client: client-{group}, team: {{var: team}}}}
  protect: false
spec:
  name: Assistant {number}
  type: outbound
  mode: pipeline
  timezone: Europe/Berlin
  voice: {{id: 1}}
  language: English
  secondary_languages: [Romanian, German]
  initial_message: Hello, this is assistant {number}. How can I help you today?
  system_prompt: |
{prompt}
  llm_model: {{id: 2}}
  knowledgebase: {{id: 1}}
  knowledgebase_mode: prompt
  folder: {{id: 1}}
  labels: [{{id: 1}}]
  phone_number: {{id: 7}}
  mid_call_tools: [{{id: 1}}, {{id: 5}}]
  tools:
    - {{type: end_call, description: End the call when the customer is satisfied.}}
    - {{type: call_transfer, phone_number: "+4930{number:08d}", description: Transfer to support.}}
    - type: warm_call_transfer
      supervisor_phone: "+1234567891"
      outbound_phone: {{id: 7}}
      description: Transfer the call to a supervisor when the customer asks for a person.
      hold_message: Please hold while I connect you with a supervisor.
      briefing_initial_message: Hello, I have a caller on the line. May I brief you?
      summary_instructions: Say who is calling, why, and why a human is needed.
    - {{type: dtmf_input, description: Press digits in phone menus.}}
    - {{type: collect_keypad, timeout: 7, stop_key: "*"}}
    - {sixth_tool}
  tts_emotion_enabled: false
  voice_stability: 0.65
  voice_similarity: 0.55
  speech_speed: 1.05
  llm_temperature: 0.2
  synthesizer_provider: {{id: 1}}
  transcriber_provider: {{id: 1}}
  allow_interruptions: true
  fillers: true
  filler_config:
    positive: [Great!, Perfect!]
    negative: [I see.]
    question: [Let me check.]
    neutral: [Ok., Noted.]
  record: true
  enable_noise_cancellation: true
  wait_for_customer: false
  max_duration: 900
  max_silence_duration: 30
  max_initial_silence_duration: 20
  ringing_time: 25
  reengagement_interval: 20
  reengagement_prompt: Are you still there?
  end_call_on_voicemail: false
  voice_mail_message: Please call us back.
  endpoint_type: ai
  endpoint_sensitivity: 1.5
  interrupt_sensitivity: 0.75
  min_interrupt_words: 2
  ambient_sound: office
  ambient_sound_volume: 0.3
  is_webhook_active: true
  webhook_url: https://hooks.example.com/calls/{number}
  send_webhook_only_on_completed: true
  include_recording_in_webhook: false
  post_call_evaluation: true
  post_call_schema:
    - {{name: status, type: bool, description: Was the objective of the call reached}}
    - {{name: summary, type: string, description: Brief summary of the call}}
  variables: {{company: Acme, product: Widget {number}, support_email: support@acme.example}}
  conversation_inactivity_timeout: 45
  conversation_ended_retrigger: true
  conversation_ended_webhook_url: https://hooks.example.com/ended/{number}
"""


def write_project(folder: Path, count: int, base_url: str) -> Path:
    """A project of `count` manifests in `folder`; the same for the same arguments. Returns the manifests' folder."""
    assistants = folder / "assistants"
    assistants.mkdir(parents=True)
    (folder / "agentops.yaml").write_text(_PROJECT.format(base_url=base_url), encoding="utf-8")
    for number in range(count):
        (assistants / f"{_name(number)}.yaml").write_text(_manifest(number), encoding="utf-8")
    return assistants


def _manifest(number: int) -> str:
    first = number - number % GROUP
    sixth = f"{{type: assistant_transfer, assistant: {_name(first)}, description: Back to the first of the group.}}"
    if number == first:
        sixth = '{type: call_transfer, phone_number: "+49301234567", description: Transfer to the front desk.}'
    return _MANIFEST.format(
        name=_name(number), number=number, group=first // GROUP, prompt=_prompt(number), sixth_tool=sixth
    )


def _name(number: int) -> str:
    return f"bench-{number:05d}"


def _prompt(number: int) -> str:
    lines, size = [f"    You are assistant number {number}."], 0
    while size < PROMPT_BYTES:
        lines.append(f"    {_SENTENCES[(number + len(lines)) % len(_SENTENCES)]}")
        size += len(lines[-1]) - 3
    return "\n".join(lines)
