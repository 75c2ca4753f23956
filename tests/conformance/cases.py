"""One case for every field of a platform and of its tools: a manifest that holds it, and two values to give it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agentops.domain.fields import UNSET, Field, FieldTable, Unset
from agentops.domain.platform import Platform
from tests.support.account import Account
from tests.support.generate import MODEL_OF, Setting, Spec
from tests.support.samples import COMPANIONS, PEERS, base, entry, mode_for, samples


class Nothing:
    """In place of a value: the field is not in the manifest."""


NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class Case:
    """A field, and the manifest that stands for it. `tool` is the type of the tool that has the field, or ""."""

    row: Field
    setting: Setting
    tool: FieldTable | None = None

    @property
    def name(self) -> str:
        """The manifest's `metadata.name`."""
        tool = f"{self.tool.name}-" if self.tool else ""
        return f"{tool}{self.row.name}".replace("_", "-")

    @property
    def field(self) -> str:
        """The key of `spec` that changes."""
        return "tools" if self.tool else self.row.name

    @property
    def values(self) -> tuple[Any, Any]:
        return samples(self.row, self.setting)

    @property
    def is_required(self) -> bool:
        """Whether a manifest of this mode must have the field."""
        return self.row.required or (not self.tool and self.row.name == MODEL_OF[self.setting.mode])

    @property
    def is_left_alone(self) -> bool:
        """Whether nothing is documented that taking the field out of a manifest could send."""
        return not self.tool and not self.is_required and self.row.reset_value is UNSET

    @property
    def nothing(self) -> Any | Unset:
        """What clears the field, where a manifest may: null or []; else UNSET."""
        if self.row.nullable:
            return None
        return [] if self.row.empties else UNSET

    def spec(self, value: Any) -> Spec:
        """The manifest's `spec` with the field at `value`, or without it (NOTHING)."""
        if self.row.name == "mode" and not self.tool:
            return base(Setting(self.setting.account, value, self.setting.siblings)) | {"name": self.name}
        spec = base(self.setting) | {"name": self.name}
        if self.tool:
            keys = {} if isinstance(value, Nothing) else {self.row.name: value}
            return spec | {"tools": [entry(self.tool, self.setting, **keys)]}
        spec |= COMPANIONS.get(self.row.name, {})
        return spec if isinstance(value, Nothing) else spec | {self.row.name: value}


def cases(platform: Platform, account: Account) -> tuple[Case, ...]:
    """All cases of a platform's assistants, fields of `spec` first."""
    table = platform.kinds[0].table
    fields = [Case(row, Setting(account, mode_for(row), PEERS)) for row in table if not row.absent]
    setting = Setting(account, "pipeline", PEERS)
    return (*fields, *(Case(row, setting, tool) for tool in tools(table) for row in tool if not row.absent))


def tools(table: FieldTable) -> tuple[FieldTable, ...]:
    """The tables of the built-in tools."""
    item = table["tools"].item
    assert item
    return item.variants


def peers(account: Account) -> Mapping[str, Spec]:
    """The manifests that transfers point at."""
    return {name: base(Setting(account)) | {"name": name} for name in PEERS}
