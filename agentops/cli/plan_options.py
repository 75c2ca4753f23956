"""The options that shape a plan, shared by `plan`, `apply` and `destroy`."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from agentops.domain.address import Address
from agentops.domain.plan import OnConflict, PlanOptions

Function = TypeVar("Function", bound=Callable[..., Any])


class AddressType(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.2 on only
    """`assistant.front-desk`."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Address:
        if isinstance(value, Address):
            return value
        try:
            return Address.parse(str(value))
        except ValueError as exc:
            self.fail(str(exc), param, ctx)


ADDRESS = AddressType()

_TARGET = click.option(
    "--target", "targets", type=ADDRESS, metavar="ADDR", multiple=True, help="Only this resource. May be repeated."
)
_EXCLUDE = click.option(
    "--exclude", "excludes", type=ADDRESS, metavar="ADDR", multiple=True, help="All but this one. May be repeated."
)
_DESTROY = click.option("--destroy", is_flag=True, help="Plan to delete what the state manages.")
_ALLOW_DELETES = click.option("--allow-deletes", is_flag=True, help="Let apply delete without asking.")
_ALLOW_LARGE = click.option(
    "--allow-large-change", is_flag=True, help="Pass the guard on large shares of the managed assistants."
)
_ALLOW_DUPLICATES = click.option(
    "--allow-duplicate-names", is_flag=True, help="Create although an unmanaged assistant bears the name."
)
_ON_CONFLICT = click.option(
    "--on-conflict",
    type=click.Choice([choice.value for choice in OnConflict]),
    default=OnConflict.FAIL.value,
    show_default=True,
    help="Where git and the platform both changed: write git's value, keep the live one, or leave the resource alone.",
)


PARALLELISM = 10

parallelism_option = click.option(
    "--parallelism",
    type=click.IntRange(1, 64),
    default=PARALLELISM,
    show_default=True,
    metavar="N",
    help="How many requests at once; the platform's rate limit is kept anyway.",
)


full_option = click.option(
    "--full", is_flag=True, help="In text: every change by itself, long texts whole and line by line."
)

stream_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="One JSON object a line, as `terraform apply -json`. Asks nothing: wants --auto-approve or a saved plan.",
)


def plan_options(function: Function) -> Function:
    """All of them; the command takes `**choices` and makes them `PlanOptions` by `chosen`."""
    for option in (_ON_CONFLICT, _ALLOW_DUPLICATES, _ALLOW_LARGE, _ALLOW_DELETES, _DESTROY, _EXCLUDE, _TARGET):
        function = option(function)
    return function


def destroy_options(function: Function) -> Function:
    """Those that have a meaning when everything goes."""
    for option in (_ALLOW_LARGE, _EXCLUDE, _TARGET):
        function = option(function)
    return function


def is_given(context: click.Context, name: str) -> bool:
    """Whether the parameter stands on the command line."""
    return context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def chosen(choices: dict[str, Any]) -> PlanOptions:
    """The options as a value. Raises click.UsageError for a resource both targeted and excluded."""
    targets, excludes = choices.get("targets", ()), choices.get("excludes", ())
    both = sorted(set(targets) & set(excludes))
    if both:
        raise click.UsageError(f"{both[0]} is both a --target and an --exclude")
    return PlanOptions(
        targets=tuple(targets),
        excludes=tuple(excludes),
        destroy=choices.get("destroy", False),
        allow_deletes=choices.get("allow_deletes", False),
        allow_large_change=choices.get("allow_large_change", False),
        allow_duplicate_names=choices.get("allow_duplicate_names", False),
        on_conflict=OnConflict(choices.get("on_conflict", OnConflict.FAIL.value)),
    )
