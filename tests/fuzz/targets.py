"""All fuzzing targets by name, and the inputs that they begin with."""

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.fuzz import files, wire

Target = Callable[[bytes], None]

TARGETS: Mapping[str, Target] = {
    "yaml": files.yaml,
    "project": files.project,
    "manifest": files.manifest,
    "plan-file": files.plan_file,
    "state": files.state,
    "remote-document": files.remote_document,
    "packed": files.packed,
    "address": files.address,
    "platform-answer": wire.platform_answer,
    "plan-of-answer": wire.plan_of_answer,
    "json-body": wire.json_body,
    "waiting": wire.waiting,
    "base-url": wire.base_url,
    "secrecy": wire.secrecy,
}
CORPUS = Path(__file__).parent / "corpus"
_MADE = 60


def kept(name: str) -> list[Path]:
    """What was found in earlier runs: inputs that reach something new, and those that broke something once."""
    return sorted(path for path in (CORPUS / name).glob("*") if path.is_file())


def seeds(name: str) -> Iterator[bytes]:
    """Inputs to begin with: what is kept, files of the tests where there are any, and some bytes by chance."""
    yield from (path.read_bytes() for path in kept(name))
    if name == "yaml":
        yield from files.yaml_seeds()
    chance = random.Random(name)
    yield from (chance.randbytes(chance.randrange(200)) for _ in range(_MADE))
