"""What the sandbox holds, for whoever runs it: looking at it, and changing it as a dashboard would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from agentops.sandbox.database import Database, Logged, Row

DEFAULT_ACCOUNT = 1

ObjectId: TypeAlias = Any
"""A number; on Revox a text."""


class Store:
    """The sandbox's contents behind the API's back. Nothing is validated here.

    Methods take the account as a keyword; left out it is the default one.
    """

    def __init__(
        self,
        database: Database,
        kinds: Mapping[str, Row],
        now: Callable[[], str],
        identify: Callable[[str, int], ObjectId],
    ) -> None:
        self._database = database
        self._kinds = kinds
        self._now = now
        self._identify = identify

    # Looking

    def assistants(self, *, account: int = DEFAULT_ACCOUNT) -> list[Row]:
        """All assistants, the oldest first, each with every stored field, as it was written."""
        return self._database.rows("assistant", account, by_age=True)

    def assistant(self, number: ObjectId, *, account: int = DEFAULT_ACCOUNT) -> Row:
        """One assistant. Raises KeyError if there is none."""
        return self._existing("assistant", number, account)

    def objects(self, kind: str, *, account: int = DEFAULT_ACCOUNT) -> list[Row]:
        """All objects of a kind that the account sees: "voice", "tool", "phone_number" ..."""
        self._defaults(kind)
        return self._database.rows(kind, account)

    def log(self) -> list[Logged]:
        """Every request answered so far, oldest first."""
        return self._database.log()

    def clear_log(self) -> None:
        """Forgets the requests so far."""
        self._database.clear_log()

    # Changing

    def edit_assistant(self, number: ObjectId, *, account: int = DEFAULT_ACCOUNT, **fields: Any) -> None:
        """Writes fields in stored form, whatever their values. Raises KeyError if there is no such assistant."""
        with self._database.transaction():
            row = self._existing("assistant", number, account) | {"updated_at": self._now()} | fields
            self._database.replace("assistant", row)

    def set_status(self, number: ObjectId, status: str, *, account: int = DEFAULT_ACCOUNT) -> None:
        """Activates or deactivates an assistant."""
        self.edit_assistant(number, account=account, status=status)

    def delete_assistant(self, number: ObjectId, *, account: int = DEFAULT_ACCOUNT) -> None:
        """Deletes an assistant. Raises KeyError if there is none."""
        with self._database.transaction():
            row = self._existing("assistant", number, account) | {"deleted_at": self._now()}
            self._database.replace("assistant", row, deleted=True)

    def copy_assistant(self, number: ObjectId, *, account: int = DEFAULT_ACCOUNT, **fields: Any) -> ObjectId:
        """Adds a copy with other fields, and returns its id. Raises KeyError if there is nothing to copy."""
        with self._database.transaction():
            row = self._existing("assistant", number, account)
            free = {"phone_number_id": None} if "phone_number_id" in row else {}
            row |= {"id": self._next("assistant")} | free | fields
            self._database.insert("assistant", row, account)
            return row["id"]

    def add(self, kind: str, *, account: int = DEFAULT_ACCOUNT, **fields: Any) -> ObjectId:
        """Adds an object of a kind and returns its id (given, or the next). Raises TypeError for unknown fields."""
        defaults = self._defaults(kind)
        unknown = fields.keys() - defaults.keys() - {"id"}
        if unknown:
            raise TypeError(f"a {kind} has no {', '.join(sorted(unknown))}")
        with self._database.transaction():
            number = fields.get("id") or self._next(kind)
            if isinstance(number, int):
                self._database.reserve(kind, number + 1)
            times = {key: self._now() for key in ("created_at", "updated_at") if key in defaults}
            self._database.insert(kind, defaults | times | fields | {"id": number}, account)
        return number

    def remove(self, kind: str, number: ObjectId) -> None:
        """Takes an object out; references to it stay."""
        self._database.remove(kind, number)

    def reserve(self, kind: str, number: int) -> None:
        """Makes `number` the id that the next new object of a kind gets, if it is higher than all so far."""
        self._database.reserve(kind, number)

    def add_account(self, token: str, name: str, email: str, *, balance: float = 0.0) -> int:
        """Adds an empty account that this token opens, and returns its number."""
        with self._database.transaction():
            account = self._database.add_account(None, name, email, balance)
            self._database.add_key(account, "Default", token, self._now())
        return account

    def add_language(self, **fields: Any) -> ObjectId:
        """Adds a language: name, iso_2."""
        return self.add("language", account=0, **fields)

    def add_voice(self, *, account: int = 0, **fields: Any) -> ObjectId:
        """Adds a voice, for everybody or for one account: name, language_id, modes ..."""
        return self.add("voice", account=account, **fields)

    def add_llm_model(self, **fields: Any) -> ObjectId:
        """Adds a model of pipeline mode: name."""
        return self.add("llm_model", account=0, **fields)

    def add_multimodal_model(self, **fields: Any) -> ObjectId:
        """Adds a model of the other modes: name, code, modes."""
        return self.add("multimodal_model", account=0, **fields)

    def add_synthesizer_provider(self, **fields: Any) -> ObjectId:
        """Adds a synthesizer provider: name, code, language_ids (None: all)."""
        return self.add("synthesizer_provider", account=0, **fields)

    def add_transcriber_provider(self, **fields: Any) -> ObjectId:
        """Adds a transcriber provider: name, code, language_ids (None: all)."""
        return self.add("transcriber_provider", account=0, **fields)

    def add_phone_number(self, *, account: int = DEFAULT_ACCOUNT, **fields: Any) -> ObjectId:
        """Adds a phone number: phone_number, country_code, type (normal, sip, caller_id), nickname ..."""
        return self.add("phone_number", account=account, **fields)

    def add_tool(self, *, account: int = DEFAULT_ACCOUNT, **fields: Any) -> ObjectId:
        """Adds a mid-call tool: name, description, endpoint, method ..."""
        return self.add("tool", account=account, **fields)

    def add_knowledgebase(self, *, account: int = DEFAULT_ACCOUNT, **fields: Any) -> ObjectId:
        """Adds a knowledge base: name, description."""
        return self.add("knowledgebase", account=account, **fields)

    def add_document(self, *, account: int = DEFAULT_ACCOUNT, **fields: Any) -> ObjectId:
        """Adds a document to a knowledge base: knowledgebase_id, name, type, status."""
        return self.add("document", account=account, **fields)

    def add_folder(self, *, account: int = DEFAULT_ACCOUNT, **fields: Any) -> ObjectId:
        """Adds a folder: name, color."""
        return self.add("folder", account=account, **fields)

    def add_label(self, *, account: int = DEFAULT_ACCOUNT, **fields: Any) -> ObjectId:
        """Adds a label: name, color."""
        return self.add("label", account=account, **fields)

    def add_user(self, *, account: int = DEFAULT_ACCOUNT, **fields: Any) -> ObjectId:
        """Revox: says who an account's key belongs to: email, first_name, organization_id ..."""
        return self.add("user", account=account, **fields)

    def add_campaign(self, *, account: int = DEFAULT_ACCOUNT, **fields: Any) -> ObjectId:
        """Revox: adds a campaign: name, assistant_id, status (running, paused, completed) ..."""
        return self.add("campaign", account=account, **fields)

    def add_queued_call(self, *, account: int = DEFAULT_ACCOUNT, **fields: Any) -> ObjectId:
        """Revox: adds a call that is still to be placed: assistant_id, prompt_variables."""
        return self.add("queued_call", account=account, **fields)

    def add_question(
        self, assistant: ObjectId, question: str, answer: str = "", *, account: int = DEFAULT_ACCOUNT
    ) -> None:
        """Revox: notes a question heard in a call among an assistant's faq_items, as the platform does by itself."""
        with self._database.transaction():
            row = self._existing("assistant", assistant, account)
            item = {"id": self._next("faq_item"), "question": question, "answer": answer}
            item |= {"needs_human_answer": not answer, "source": "ai"}
            self._database.replace("assistant", row | {"faq_items": [*row["faq_items"], item]})

    def _next(self, kind: str) -> ObjectId:
        return self._identify(kind, self._database.next_id(kind))

    def _existing(self, kind: str, number: ObjectId, account: int) -> Row:
        row = self._database.get(kind, number, account)
        if row is None:
            raise KeyError(f"account {account} has no {kind} {number}")
        return row

    def _defaults(self, kind: str) -> Row:
        try:
            return self._kinds[kind]
        except KeyError:
            raise KeyError(f"no kind {kind!r}; there are {', '.join(self._kinds)}") from None
