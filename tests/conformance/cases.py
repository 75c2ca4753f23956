"""One case for every field of a platform and of its tools: a manifest that holds it, and two values to give it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agentops.domain.fields import UNSET, Field, FieldTable, Unset
from agentops.domain.platform import Platform
from tests.support.account import Account
from tests.support.generate import Setting, Spec, needs
from tests.support.samples import COMPANIONS, PEERS, base, entry, mode_for, samples


class Nothing:
    """In place of a value: the field is not in the manifest."""


NOTHING = Nothing()


@dataclass(frozen=True, slots=True)
class Case:
    """A field, and the manifest that stands for it. `tool` is the type of tool or model that has the field, if any.

    `holder` is the field of `spec` that holds such types.
    """

    row: Field
    setting: Setting
    tool: FieldTable | None = None
    holder: Field | None = None

    @property
    def name(self) -> str:
        """The manifest's `metadata.name`."""
        tool = f"{self.tool.name}-" if self.tool else ""
        return f"{tool}{self.row.name}".replace("_", "-")

    @property
    def field(self) -> str:
        """The key of `spec` that changes."""
        return self.holder.name if self.holder else self.row.name

    @property
    def values(self) -> tuple[Any, Any]:
        return samples(self.row, self.setting)

    @property
    def is_required(self) -> bool:
        """Whether a manifest of this mode must have the field."""
        if self.tool:
            return self.row.required
        return self.row.name in needs(self.setting.account.table, self.setting.mode)

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
        if self.tool and self.holder:
            keys = {} if isinstance(value, Nothing) else {self.row.name: value}
            found = entry(self.tool, self.setting, **keys)
            return spec | {self.holder.name: [found] if self.holder.item else found}
        spec |= COMPANIONS.get(self.row.name, {})
        return spec if isinstance(value, Nothing) else spec | {self.row.name: value}


def cases(platform: Platform, account: Account) -> tuple[Case, ...]:
    """All cases of a platform's assistants, fields of `spec` first."""
    table = platform.kinds[0].table
    fields = [Case(row, Setting(account, mode_for(row, table), PEERS)) for row in table if not row.absent]
    setting = Setting(account, siblings=PEERS)
    inner = [
        Case(row, setting, variant, holder) for variant, holder in variants(table) for row in variant if not row.absent
    ]
    return (*fields, *inner)


def variants(table: FieldTable) -> tuple[tuple[FieldTable, Field], ...]:
    """The tables of the types that fields have (built-in tools, language models), and the fields that hold them."""
    holders = [row for row in table if not row.absent]
    return tuple((variant, row) for row in holders for variant in (row.item or row).variants if not variant.absent)


def peers(account: Account) -> Mapping[str, Spec]:
    """The manifests that transfers point at."""
    return {name: base(Setting(account)) | {"name": name} for name in PEERS}
