"""What a sandbox of this API begins with; the ids of the documents' own examples are among it."""

from __future__ import annotations

from typing import Any

from agentops.sandbox.autocalls.brands import Brand
from agentops.sandbox.autocalls.voices import LANGUAGES, PROVIDERS, voices
from agentops.sandbox.store import Store

_TIME = "2026-02-03T08:15:00.000000Z"
_TIMES: dict[str, Any] = {"created_at": _TIME, "updated_at": _TIME}

_LLM_MODELS = ((1, "GPT-4o-mini"), (2, "GPT-4.1-mini"), (3, "GPT-4.1"), (5, "GPT-4o"), (9, "Example LLM 9B"))
_MULTIMODAL_MODELS: tuple[tuple[int, str, str, list[str]], ...] = (
    (1, "GPT-4o", "gpt-4o-realtime", ["multimodal"]),
    (4, "GPT Realtime", "gpt-realtime", ["multimodal", "dualplex"]),
    (6, "GPT Realtime mini", "gpt-realtime-mini", ["dualplex"]),
)
_TRANSCRIBERS = (("Deepgram", "deepgram"), ("Azure", "azure"), ("Gladia", "gladia"))

_NUMBERS: tuple[dict[str, Any], ...] = (
    {"id": 1, "phone_number": "+12025550101", "sms_capable": True, "nickname": "Reception"},
    {"id": 2, "phone_number": "+12025550102"},
    {"id": 3, "phone_number": "+12025550103", "nickname": "Sales"},
    {"id": 4, "phone_number": "+493055501004", "country_code": "DE", "nickname": "Berlin"},
    {"id": 5, "phone_number": "+442079460105", "country_code": "GB"},
    {"id": 6, "phone_number": "1000", "type": "sip", "country_code": "DE", "nickname": "Branch office"},
    {"id": 7, "phone_number": "+12025550107", "sms_capable": True, "nickname": "Main line"},
    {"id": 8, "phone_number": "2000", "type": "sip"},
    {"id": 9, "phone_number": "+442079460109", "type": "caller_id", "country_code": "GB"},
    {"id": 10, "phone_number": "+12025550110", "type": "caller_id", "nickname": "Head office"},
    {"id": 11, "phone_number": "+12025550111"},
    {"id": 12, "phone_number": "+40215550112", "country_code": "RO"},
)

_TOOLS: tuple[tuple[int, str, str, str], ...] = (
    (1, "lookup_order", "GET", "Look up the state of an order when the caller gives an order number."),
    (2, "check_stock", "GET", "Check whether an article is in stock."),
    (3, "create_ticket", "POST", "Open a ticket when the caller reports a problem."),
    (4, "send_brochure", "POST", "Send the brochure to the address that the caller names."),
    (5, "book_slot", "POST", "Book a free slot once the caller has confirmed day and time."),
    (12, "cancel_booking", "DELETE", "Cancel a booking when the caller asks for it."),
)

_KNOWLEDGEBASES: tuple[tuple[int, str, str | None, tuple[str, ...]], ...] = (
    (1, "Product FAQ", "Questions and answers on all products", ("Handbook", "Frequent questions")),
    (2, "Opening Hours", "Opening hours of all branches", ("Branches",)),
    (3, "Price List", None, ("Prices 2026",)),
    (4, "Empty Base", None, ()),
)

_FOLDERS = (
    *("Sales", "Support", "Internal", "Clinics", "Hotels", "Restaurants", "Workshops", "Law Firms", "Schools"),
    *("Real Estate", "Insurance", "Travel", "Logistics", "Public Sector", "Fitness", "Archive", "Trials", "Demo"),
)
_LABELS = (
    *("Inbound", "Outbound", "VIP", "Pilot", "English", "German", "Night", "Weekend", "Billing", "Bookings"),
    *("Renewals", "Surveys", "Reminders", "Leads", "Escalation", "Review", "Paused"),
)
_COLORS = ("blue", None, "green", "red", "amber", "purple")


def fill(store: Store, brand: Brand) -> None:
    """Fills the catalogs and the default account."""
    _catalogs(store, brand)
    for number in _NUMBERS:
        store.add_phone_number(**_phone_number(number))
    for tool, name, method, description in _TOOLS:
        store.add_tool(**_tool(tool, name, method, description))
    for base, title, about, documents in _KNOWLEDGEBASES if brand.knowledgebases else ():
        store.add_knowledgebase(id=base, name=title, description=about, **_TIMES)
        for document in documents:
            store.add_document(knowledgebase_id=base, name=document, type="pdf", **_TIMES)
    if brand.groups:
        for index, name in enumerate(_FOLDERS):
            store.add_folder(name=name, color=_COLORS[index % len(_COLORS)])
        for index, name in enumerate(_LABELS):
            store.add_label(name=name, color=_COLORS[index % len(_COLORS)])


def _catalogs(store: Store, brand: Brand) -> None:
    languages = sorted(LANGUAGES, key=_older_place) if brand.older else LANGUAGES
    for name, code in languages:
        store.add_language(name=name, iso_2=code)
    for model, name in _LLM_MODELS:
        store.add_llm_model(id=model, name=name)
    for voice in voices(languages):
        if not brand.older or voice["modes"] != ["dualplex"]:
            store.add_voice(**voice)
    if not brand.older:
        _speech_catalogs(store)


def _older_place(language: tuple[str, str]) -> int:
    """Where the older pages have a language: ids are not the same in both dialects."""
    first = ("en", "es", "fr", "de", "it")
    return first.index(language[1]) if language[1] in first else len(first)


def _speech_catalogs(store: Store) -> None:
    for model, name, code, modes in _MULTIMODAL_MODELS:
        store.add_multimodal_model(id=model, name=name, code=code, modes=modes)
    for name, code in PROVIDERS:
        # Cartesia does not speak Lithuanian, Turkish and Arabic.
        spoken = [1, 2, 3, 4, 5, 7, 8, 9, 10] if code == "cartesia" else None
        store.add_synthesizer_provider(name=name, code=code, language_ids=spoken)
    for name, code in _TRANSCRIBERS:
        spoken = list(range(1, 12)) if code == "deepgram" else None
        store.add_transcriber_provider(name=name, code=code, language_ids=spoken)


def _phone_number(number: dict[str, Any]) -> dict[str, Any]:
    normal = number.get("type", "normal") == "normal"
    bought = {"has_active_subscription": normal, "region": "us1" if normal else None}
    trunk = {"sip_username": "branch", "sip_address": "sip.example.net"} if number.get("type") == "sip" else {}
    return _TIMES | bought | trunk | number


def _tool(number: int, name: str, method: str, description: str) -> dict[str, Any]:
    parameter = {"name": "reference", "type": "string", "description": "What the caller refers to"}
    return {
        "id": number,
        "name": name,
        "description": description,
        "endpoint": f"https://api.example.com/{name.replace('_', '/')}",
        "method": method,
        "headers": [{"name": "Authorization", "value": "Bearer example"}],
        "schema": [parameter],
        **_TIMES,
    }
