"""What the server chooses by itself: providers and filler words by language, models after a mode change."""

from __future__ import annotations

from agentops.sandbox.autocalls.brands import Brand
from agentops.sandbox.calls import Call
from agentops.sandbox.database import Row


def automatic(brand: Brand, call: Call, row: Row) -> Row:
    """The providers of an assistant that names none; null where they are left open."""
    chosen = call.options.fill_providers
    fills = brand.fill_providers if chosen == "brand" else chosen == "always"
    modes = {"synthesizer": ("pipeline", "dualplex"), "transcriber": ("pipeline",)}
    return {
        f"{kind}_provider_id": _provider(call, f"{kind}_provider", row) if fills and row["mode"] in used else None
        for kind, used in modes.items()
    }


def mode_defaults(brand: Brand, call: Call, row: Row) -> Row:
    """The models and providers that an assistant has after its mode was changed to `row`'s."""
    # In the older dialect assistants of both modes name a model of the one list.
    return {
        "llm_model_id": _model(call, "llm_model", "pipeline" if brand.older else row["mode"]),
        "multimodal_model_id": _model(call, "multimodal_model", row["mode"]),
    } | automatic(brand, call, row)


def without(defaults: Row, sent: Row) -> Row:
    """The defaults of the fields that were not sent."""
    return {name: value for name, value in defaults.items() if name not in sent}


def fillers_for(call: Call, row: Row) -> Row:
    """The filler words of the assistant's language; the English ones where it has none."""
    language = call.database.get("language", row["language_id"], call.owner)
    words = _FILLERS.get(language["iso_2"] if language else "en", _FILLERS["en"])
    return dict(zip(("neutral", "negative", "positive", "question"), words, strict=True))


def _provider(call: Call, kind: str, row: Row) -> int | None:
    for provider in call.database.rows(kind, call.owner):
        if serves(provider, row["language_id"]):
            number: int = provider["id"]
            return number
    return None


def serves(provider: Row, language: int) -> bool:
    """Whether a provider speaks a language; `language_ids` None: all of them."""
    return provider["language_ids"] is None or language in provider["language_ids"]


def _model(call: Call, kind: str, mode: str) -> int | None:
    fitting = [model["id"] for model in call.database.rows(kind, call.owner) if mode in model["modes"]]
    return min(fitting, default=None)


_FILLERS: dict[str, tuple[list[str], ...]] = {
    "en": (["Ok.", "I see."], ["Hmm.", "I understand."], ["Great!", "Perfect!"], ["Let me check.", "Good question."]),
    "ro": (["Bine.", "Am notat."], ["Hmm.", "Înțeleg."], ["Super!", "Perfect!"], ["Să verific.", "Bună întrebare."]),
    "fr": (["D'accord.", "Je vois."], ["Hmm.", "Je comprends."], ["Super !", "Parfait !"], ["Je vérifie."]),
    "es": (["Vale.", "Ya veo."], ["Mmm.", "Entiendo."], ["¡Genial!", "¡Perfecto!"], ["Déjeme ver."]),
    "de": (["Okay.", "Verstehe."], ["Hm.", "Ich verstehe."], ["Super!", "Perfekt!"], ["Einen Moment.", "Gute Frage."]),
    "lt": (["Gerai.", "Supratau."], ["Hmm.", "Suprantu."], ["Puiku!"], ["Tuoj patikrinsiu."]),
    "it": (["Va bene.", "Capisco."], ["Mmm.", "Capisco."], ["Ottimo!", "Perfetto!"], ["Un attimo."]),
    "pt": (["Certo.", "Entendo."], ["Hum.", "Compreendo."], ["Ótimo!", "Perfeito!"], ["Deixe-me ver."]),
    "nl": (["Oké.", "Ik begrijp het."], ["Hm.", "Ik snap het."], ["Mooi!", "Prima!"], ["Even kijken."]),
    "pl": (["Dobrze.", "Rozumiem."], ["Hmm.", "Rozumiem."], ["Super!", "Świetnie!"], ["Już sprawdzam."]),
    "tr": (["Tamam.", "Anladım."], ["Hımm.", "Anlıyorum."], ["Harika!"], ["Hemen bakıyorum."]),
    "ar": (["حسنًا.", "فهمت."], ["همم.", "أفهم ذلك."], ["رائع!", "ممتاز!"], ["دعني أتحقق."]),
}
"""Per language: neutral, negative, positive, question."""
