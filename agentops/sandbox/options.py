"""The behaviours that no document settles, each a named option with the sandbox's choice as default."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Options:
    """How the sandbox behaves where the platforms' documents are silent, or show two variants."""

    # Requests
    trim: bool = False
    """Texts are stored without outer whitespace and with LF line ends."""
    ignore_unknown_keys: bool = False
    """Keys that no document lists are dropped instead of refused."""
    coerce_types: bool = False
    """Numeric texts, whole floats and 0/1 for booleans are accepted as PHP would."""
    null_resets: bool = False
    """A null that no document allows puts the field's default back instead of being refused."""
    ignore_wrong_mode: bool = False
    """A field of another engine mode is dropped instead of refused."""
    strict_mode_change: bool = True
    """A mode change is refused while a stored field that was not sent does not fit the new mode."""
    relaxed_interruptions: bool = False
    """allow_interruptions may be false in every mode, as the portal allows since July 2026."""
    webhook_url_with_flag: bool = False
    """is_webhook_active: true needs webhook_url in the same request; a stored one does not count."""
    conversation_on_update: bool = True
    """PUT takes the three conversation_* fields (Famulor's update page does not list them)."""
    per_page_over: Literal["clamp", "refuse"] = "clamp"
    """What a per_page above 100 does."""
    tool_limit: int | None = None
    """How many mid-call tools the account's plan allows."""

    # Answers
    list_envelope: Literal["brand", "full", "short"] = "brand"
    """The paginator of the assistants list: as the brand's page shows it, or one of the two forms."""
    decimals: Literal["brand", "two", "one"] = "brand"
    """Decimal texts with two places ("0.70"), or with one where the value allows it ("0.7")."""
    catalog_envelope: bool = False
    """Catalogs and mid-call tools come as {"data": [...]}, as field tables say, instead of bare lists."""
    fill_tool_defaults: bool = False
    """Built-in tools come back with the defaults of the fields that were left out."""
    show_hidden: frozenset[str] = field(default_factory=frozenset)
    """Stored fields that no list page mentions and that are shown all the same; see HIDDEN_FIELDS."""
    calcom_key: Literal["hidden", "shown", "masked"] = "hidden"
    """What a read makes of calcom_api_key."""
    fill_providers: Literal["brand", "never", "always"] = "brand"
    """Whether providers left out of a create are chosen by language and read back as ids."""
    example_subset: bool = False
    """List items have only the 17 keys that Intellixent's printed example has."""
    empty_map_as_list: bool = False
    """Empty `variables` are read back as []."""
    show_deleted: bool = False
    """Deleted assistants stay in lists, with `deleted_at` set."""
    delete_keeps_number: bool = False
    """A deleted inbound assistant still occupies its phone number."""
    list_order: Literal["id", "newest"] = "id"
    """The order of GET /user/assistants/get: by id, or the newest first."""
    schema_boolean: bool = False
    """Types `bool` of post_call_schema are read as `boolean`, as in one of Famulor's examples."""
    idle_knowledgebase_mode: str | None = None
    """What knowledgebase_mode reads as without a knowledge base (seen: hybrid, semantic)."""
    ambient_off_as_null: bool = False
    """ambient_sound `off` is read as null."""
    status_after_create: Literal["brand", "inactive", "active"] = "brand"
    """The status of a new assistant: as the brand's page shows it, or one of the two."""
    tools_read: Literal["data", "names", "empty"] = "data"
    """Built-in tools come back as {"type", "data"}, as bare type names, or not at all (older deployments)."""

    # Answers of Revox
    default_voice: bool = False
    """An assistant without a voice reads as one with the default voice."""
    fill_voice: bool = False
    """A voice comes back with the defaults of the settings that were left out."""
    fill_retry_config: bool = False
    """A retry configuration that was left out comes back with its defaults spelled out."""
    empty_list_as_null: bool = False
    """Empty lists are read back as null."""
    plain_times: bool = False
    """Times of calling windows are read back as HH:mm."""
    plain_addresses: bool = False
    """A list of e-mail addresses is read back without white space."""
    mask_secrets: bool = False
    """API keys and header values are masked in reads."""
    faq_items: Literal["always", "single", "never"] = "always"
    """Where assistants are read with faq_items: everywhere, only in GET /assistants/{id}, or nowhere."""

    # Routes
    bare_assistants: bool = False
    """GET /user/assistants answers with a bare list of all assistants."""
    single_read: bool = False
    """GET /user/assistant/{id} answers with {"data": assistant}."""
    enable_webhook: bool = False
    """POST /user/assistants/enable-webhook exists."""

    # Transport
    rate_limit: int | None = None
    """How many requests an account may make in one window; None: no limit."""
    rate_window: int = 60
    """The length of that window in seconds."""
    guide_errors: bool = False
    """401, 403 and 429 have the bodies of Famulor's guide."""
    rate_headers: bool = True
    """Whether answers carry X-RateLimit-* and a 429 its Retry-After header."""
    html_without_accept: bool = False
    """Errors are HTML pages for requests that do not accept application/json."""
