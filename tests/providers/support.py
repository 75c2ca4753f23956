"""What the provider tests share: values, files, clocks and scripted platforms."""

import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from agentops.domain.secrets import Secrets
from agentops.domain.values import Ref, Value
from agentops.providers import registry
from agentops.providers.rest.adapter import RestProvider
from agentops.providers.rest.http import Client
from agentops.providers.rest.limits import Bucket
from agentops.providers.rest.retries import Caller

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = Path(__file__).parent.parent / "cases"
SPECS = registry.specs()
TOKEN = "1|canary-token-7f3a9c"
CALCOM_KEY = "cal_live_canary-2b8e41"
SECRETS = Secrets({"CALCOM_KEY": CALCOM_KEY}, b"k" * 32)

PIPELINE: dict[str, Value] = {
    "name": "Front Desk",
    "type": "outbound",
    "mode": "pipeline",
    "voice": Ref("voices", 1),
    "language": Ref("languages", 1),
    "timezone": "Europe/Berlin",
    "initial_message": "Hello!",
    "system_prompt": "You answer calls.",
    "llm_model": Ref("llm_models", 2),
}
MULTIMODAL: dict[str, Value] = {
    **{name: value for name, value in PIPELINE.items() if name != "llm_model"},
    "mode": "multimodal",
    "voice": Ref("voices", 41),
    "multimodal_model": Ref("multimodal_models", 1),
}
DUALPLEX: dict[str, Value] = MULTIMODAL | {
    "mode": "dualplex",
    "voice": Ref("voices", 1),
    "multimodal_model": Ref("multimodal_models", 4),
}
BY_MODE = {"pipeline": PIPELINE, "multimodal": MULTIMODAL, "dualplex": DUALPLEX}


def platform_of(name: str) -> str:
    """The platform that a fixture is of; what is of the whole family counts as Autocalls."""
    named = (platform for platform in SPECS if name.startswith((f"{platform}.", f"{platform}-")))
    return max(named, key=len) if not name.startswith("autocalls-family") else "autocalls"


def fixture(name: str) -> Any:
    """An answer of a platform."""
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


@dataclass
class FakeClock:
    """A clock that only sleeping moves."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


Step = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


@dataclass
class Script:
    """A platform that answers what the test wrote, one step for each request; the last step repeats."""

    steps: list[Step]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        step = self.steps[min(len(self.requests), len(self.steps) - 1)]
        self.requests.append(request)
        if isinstance(step, Exception):
            raise step
        return step(request) if callable(step) else step

    @property
    def sent(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]


def scripted(
    steps: Iterable[Step], *, platform: str = "autocalls", clock: FakeClock | None = None, **options: Any
) -> tuple[RestProvider, Script]:
    """A provider whose platform answers by a script: for what no sandbox would do."""
    clock, script = clock or FakeClock(), Script(list(steps))
    client = Client("https://platform.example/api", TOKEN, transport=httpx.MockTransport(script), clock=clock)
    bucket = options.pop("bucket", None) or Bucket(rate=0, clock=clock, sleep=clock.sleep)
    caller = Caller(
        platform,
        client,
        bucket,
        redact=(TOKEN,),
        sleep=clock.sleep,
        wall=clock,
        jitter=random.Random(7).random,
        **options,
    )
    return RestProvider(SPECS[platform], caller, SECRETS), script


def answer(status: int, body: object = None, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """A JSON answer."""
    return httpx.Response(status, json={} if body is None else body, headers=headers)


def page(
    items: list[dict[str, Any]], *, number: int = 1, total: int | None = None, last: int | None = None, **more: Any
) -> httpx.Response:
    """One page of a list; what is None is left out of its envelope."""
    numbers = {"current_page": number, "total": total, "last_page": last, **more}
    return answer(200, {"data": items} | {key: value for key, value in numbers.items() if value is not None})


def rows(*ids: int) -> list[dict[str, Any]]:
    """Items of a list, with nothing but what every item has."""
    return [{"id": id_, "name": f"Assistant {id_}", "deleted_at": None} for id_ in ids]
