"""The least that creating a fleet can cost: as many POSTs of about the same size, by as many threads; nothing else.

    python bench/floor_apply.py BASE_URL COUNT THREADS

The token is in BENCH_TOKEN.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

PROMPT = (Path(__file__).with_name("manifests.py").read_text(encoding="utf-8") * 2)[:4096].strip()

BODY = {
    "name": "Assistant",
    "type": "outbound",
    "mode": "pipeline",
    "timezone": "Europe/Berlin",
    "voice_id": 1,
    "language_id": 1,
    "initial_message": "Hello! How can I help you today?",
    "llm_model_id": 2,
    "tools": [
        {"type": "end_call", "description": "End the call when the customer is satisfied."},
        {"type": "call_transfer", "phone_number": "+493012345678", "description": "Transfer to support."},
        {
            "type": "warm_call_transfer",
            "supervisor_phone": "+1234567891",
            "outbound_phone_id": 7,
            "description": "Transfer the call to a supervisor when the customer asks for a person.",
        },
        {"type": "dtmf_input", "description": "Press digits in phone menus."},
        {"type": "collect_keypad", "timeout": 7, "stop_key": "*"},
        {"type": "call_transfer", "phone_number": "+49301234567", "description": "Transfer to the front desk."},
    ],
    "system_prompt": PROMPT,
}


def create(base_url: str, count: int, threads: int) -> None:
    """Creates `count` assistants. Raises HTTPStatusError when one is refused."""
    with (
        httpx.Client(headers={"Authorization": f"Bearer {os.environ['BENCH_TOKEN']}"}, trust_env=False) as client,
        ThreadPoolExecutor(threads) as pool,
    ):

        def post(number: int) -> None:
            answer = client.post(f"{base_url}/user/assistant", json=BODY | {"name": f"Assistant {number}"})
            answer.raise_for_status()

        list(pool.map(post, range(count)))


if __name__ == "__main__":
    create(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
