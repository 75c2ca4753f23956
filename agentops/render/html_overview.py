"""What a page says first: how much changes, what stands in the way of it, and findings and warnings."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agentops.domain.address import Address
from agentops.domain.diagnostics import Diagnostic
from agentops.domain.plan import Action, Cause, Change, Finding
from agentops.render.groups import Group
from agentops.render.html_cards import ACTS, BLOCKED, Act, act_of, identity, key_of, named
from agentops.render.review import Review, Subject
from agentops.render.slips import Slip, slips
from agentops.render.summary import counted, passing, weight
from agentops.render.visible import printable

SEEN: Final = 8  # of a long row of addresses; the rest is folded away
_DIGEST: Final = re.compile(r"([0-9a-f]{12})([0-9a-f]{28}|[0-9a-f]{52})( .*)?")


@dataclass(frozen=True, slots=True)
class Link:
    anchor: str
    address: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One action of the overview; `width` is its share of the largest, in percent."""

    act: Act
    count: int
    width: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding or a warning; `addresses` are whom it is about, as far as the message does not say so."""

    severity: str
    message: str
    code: str
    place: str = ""
    more: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    @property
    def first(self) -> tuple[str, ...]:
        return self.addresses[:SEEN]

    @property
    def rest(self) -> tuple[str, ...]:
        return self.addresses[SEEN:]


@dataclass(frozen=True, slots=True)
class Fact:
    """`rest` is the end of a long digest, to be copied, not to be read; `more` stands behind it."""

    label: str
    text: str
    rest: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One sort of thing that a reviewer must not overlook."""

    key: str
    title: str
    links: tuple[Link, ...]

    @property
    def first(self) -> tuple[Link, ...]:
        return self.links[:SEEN]

    @property
    def rest(self) -> tuple[Link, ...]:
        return self.links[SEEN:]


def fact(label: str, text: str) -> Fact:
    """One about the whole review; of the digest of a commit the first digits tell enough."""
    found = _DIGEST.fullmatch(text)
    return Fact(label, found[1], found[2], printable(found[3] or "")) if found else Fact(label, printable(text))


def bars(review: Review) -> tuple[Bar, ...]:
    """What the headline says, to compare; of one action there is nothing to compare."""
    count = Counter(map(key_of, review.changes))
    most = max(count.values(), default=1)
    acts = (act_of(key, review.subject) for key in ACTS if count[key])
    found = tuple(Bar(act, count[act.key], max(2, round(100 * count[act.key] / most))) for act in acts)
    return found if len(found) > 1 else ()


def obstacles(review: Review, prefix: str) -> Iterator[Obstacle]:
    """Deletes, what is left alone, and conflicts that somebody decided."""
    changes = review.changes
    blocked = [change for change in changes if change.blocked]
    if blocked:
        title = f"{counted(len(blocked), 'resource')} blocked, and left alone"
        links = (_link(change, prefix, _sentence(_conflicts(change), change.blocked)) for change in blocked)
        yield Obstacle(BLOCKED, title, tuple(links))
    gone = [change for change in changes if change.action is Action.DELETE and not change.blocked]
    if gone:
        words = "removed" if review.subject is Subject.DIFF else "will be destroyed"
        links = (_link(change, prefix, _sentence(named(change), identity(change))) for change in gone)
        yield Obstacle("delete", f"{counted(len(gone), 'resource')} {words}", tuple(links))
    decided = [change for change in changes if _conflicts(change) and not change.blocked]
    if decided:
        title = f"{counted(len(decided), 'resource')} changed in git and on the platform"
        yield Obstacle("conflict", title, tuple(_link(change, prefix, _conflicts(change)) for change in decided))


def texts_to_check(groups: Iterable[Group], prefix: str) -> Iterator[Obstacle]:
    """A line for each text, however much there is to say of it: the change has it all."""
    texts: dict[tuple[Address, str], list[Slip]] = {}
    for slip in slips(groups):
        texts.setdefault((slip.group.first.address, slip.name), []).append(slip)
    found = tuple(_to_check(said, prefix) for said in texts.values())
    if found:
        yield Obstacle("slip", f"{counted(len(found), 'text')} to check", found)


def _to_check(said: Sequence[Slip], prefix: str) -> Link:
    first = said[0]
    words = first.note if len(said) == 1 else counted(len(said), "remark")
    return _link(first.group.first, prefix, _sentence(_more(first.group), first.name, words))


def _more(group: Group) -> str:
    return f"and {len(group.changes) - 1} more" if group.is_folded else ""


def _conflicts(change: Change) -> str:
    fields = [field for field in change.fields if field.cause is Cause.CONFLICT]
    return ", ".join(f"{printable(field.name)}{': git wins' if field.write else ''}" for field in fields)


def _sentence(*parts: str) -> str:
    return ": ".join(printable(part) for part in parts if part)


def _link(change: Change, prefix: str, about: str) -> Link:
    return Link(f"{prefix}{change.address}", str(change.address), about)


def finding_remark(finding: Finding) -> Remark:
    unnamed = [str(address) for address in finding.addresses if str(address) not in finding.message]
    hint = f"hint: {finding.hint}" if finding.hint and not finding.overridden else ""
    words = tuple(printable(text) for text in (hint, passing(finding)) if text)
    return Remark(weight(finding).value, printable(finding.message), finding.code, more=words, addresses=tuple(unnamed))


def warning_remark(item: Diagnostic) -> Remark:
    first, *rest = item.message.split("\n")
    hint = f"hint: {item.hint}".split("\n") if item.hint else []
    place = printable(str(item.pos)) if item.pos else ""
    more = tuple(printable(text.strip()) for text in (*rest, *hint))
    return Remark(item.severity.value, printable(first), item.code, place, more)
