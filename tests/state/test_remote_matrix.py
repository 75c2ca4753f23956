"""Every request that changes the document meets with every fault, alone and in pairs, with and without a rival.

Whatever happens: nothing that was acknowledged gets lost, of two holders one can write, and an error tells the truth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product

import pytest

from agentops.domain.address import Address
from agentops.domain.errors import ConflictError, StateError
from agentops.domain.state import State, StateChange
from agentops.state.document_codec import StateDocument, open_page
from agentops.state.documents import Documents
from agentops.state.locations import open_documents
from tests.state.places import LEASE, NAME, Process
from tests.state.samples import BINDING, entry, lock
from tests.support.components import Remote
from tests.support.faulty_documents import Fault, FaultyDocuments
from tests.support.memory_documents import MemoryStore

MINE, RIVAL, LAST = lock("mine"), lock("rival"), lock("last")
EARLIER, MARK, RIVALS, LASTLY = (Address("assistant", name) for name in ("earlier", "mark", "rivals", "lastly"))
PUSHED = State("pushed", 9, BINDING, b"k" * 32, {EARLIER: entry(1), MARK: entry(9)})


class World:
    """One store; our process, whose requests meet with faults; a rival, whose requests do not."""

    def __init__(self, store: Documents, name: str = NAME) -> None:
        self.store = store
        self.name = name
        self.documents = FaultyDocuments(store)
        self.mine = Process(self.documents, name)
        self.rival = Process(store, name)
        self.rival_came = False
        self.acknowledged: set[Address] = set()

    def document(self) -> StateDocument:
        found = self.store.get(self.name)
        return open_page(found.body, "here").document() if found else StateDocument()

    def holder(self) -> str:
        lease = self.document().lease
        return lease.lock.id if lease else ""

    def entries(self) -> set[Address]:
        return {Address.parse(text) for text in self.document().entries}

    def rival_takes_over(self) -> None:
        """Waits our lease out on its own clock, as it would while we are frozen, and writes."""
        self.rival_came = True
        self.rival.take_over(RIVAL)
        self.write(self.rival, "rival", RIVALS)

    def write(self, process: Process, holder: str, address: Address) -> None:
        state = process.backend.read() or process.backend.create(BINDING)
        process.backend.commit(state.serial, lock(holder), StateChange({address: entry(1)}))
        self.acknowledged.add(address)


@dataclass(frozen=True)
class Operation:
    """What is done under faults: how things are before, and how to see afterwards that it was done."""

    name: str
    prepare: Callable[[World], None]
    act: Callable[[World], object]
    is_done: Callable[[World], bool]
    acknowledges: frozenset[Address] = field(default_factory=frozenset)


def nothing(world: World) -> None:
    """A store without a document, which is known to be fit."""
    world.mine.backend.acquire(MINE)
    world.mine.backend.release(MINE)


def locked(world: World) -> None:
    world.mine.backend.acquire(MINE)


def made(world: World) -> None:
    locked(world)
    world.mine.backend.create(BINDING)


def written(world: World) -> None:
    made(world)
    world.write(world.mine, "mine", EARLIER)


def renew(world: World) -> None:
    world.mine.time.now += 20
    world.mine.heart.beat()


def commit(serial: int) -> Callable[[World], object]:
    return lambda world: world.mine.backend.commit(serial, MINE, StateChange({MARK: entry()}))


def is_marked(world: World) -> bool:
    return MARK in world.entries()


MARKED = frozenset({MARK})
OPERATIONS = [
    Operation(
        "acquire", nothing, lambda world: world.mine.backend.acquire(MINE), lambda world: world.holder() == "mine"
    ),
    Operation("renew", written, renew, lambda world: world.holder() == "mine"),
    Operation("commit", written, commit(1), is_marked, MARKED),
    Operation("version", made, commit(0), is_marked, MARKED),
    Operation(
        "create",
        locked,
        lambda world: world.mine.backend.create(BINDING),
        lambda world: world.document().head is not None and not world.rival_came,
    ),
    Operation("replace", written, lambda world: world.mine.backend.replace(1, MINE, PUSHED), is_marked, MARKED),
    Operation("place", locked, lambda world: world.mine.backend.replace(None, MINE, PUSHED), is_marked, MARKED),
    Operation(
        "release",
        written,
        lambda world: world.mine.backend.release(MINE),
        lambda world: world.holder() != "mine",
    ),
]
SINGLE = list(Fault)
FAULTS: list[tuple[Fault, ...]] = [(fault,) for fault in SINGLE] + list(product(SINGLE, SINGLE))
RIVAL_COMES = ["never", "before the first put", "before the first read-back"]
LATE_LANDS = ["before a read-back", "before another put", "in the end"]


IN_REAL_STORES = [operation for operation in OPERATIONS if operation.name in ("acquire", "version", "release")]


def cases(
    operations: Sequence[Operation], all_faults: Sequence[tuple[Fault, ...]], rivals: Sequence[str]
) -> list[object]:
    """Late writes land at three moments, where there are any."""
    found: list[object] = []
    for operation, faults, rival in product(operations, all_faults, rivals):
        for lands in LATE_LANDS if Fault.LATE in faults else LATE_LANDS[-1:]:
            text = f"{operation.name}-{'+'.join(fault.name for fault in faults)}-rival {rival}-late {lands}"
            found.append(pytest.param(operation, faults, rival, lands, id=text))
    return found


def arrange(world: World, faults: tuple[Fault, ...], rival: str, lands: str) -> None:
    """From now on our requests meet with `faults`."""
    documents = world.documents
    documents.faults = list(faults)
    documents.requests.clear()

    def on_put(_: str) -> None:
        is_first = not any(method == "put" for method, _ in documents.requests[:-1])
        if rival == RIVAL_COMES[1] and is_first:
            world.rival_takes_over()
        if lands == LATE_LANDS[1]:
            documents.land()

    def on_get(_: str) -> None:
        if lands == LATE_LANDS[0]:
            documents.land()
        if (
            rival == RIVAL_COMES[2]
            and not world.rival_came
            and any(method == "put" for method, _ in documents.requests)
        ):
            world.rival_takes_over()

    documents.on_put, documents.on_get = on_put, on_get


def outcome(world: World, operation: Operation) -> Exception | None:
    try:
        operation.act(world)
    except StateError as exc:
        return exc
    finally:
        world.documents.faults.clear()
        world.documents.on_put = world.documents.on_get = None
    world.acknowledged |= operation.acknowledges
    return None


def check_one_holder(world: World) -> None:
    """Whoever is in the document can write; the other one can not, and knows it then."""
    before = world.entries()
    if world.rival_came:
        state = world.mine.backend.read()
        with pytest.raises(StateError):
            world.mine.backend.commit(state.serial if state else 0, MINE, StateChange({MARK: entry(5)}))
        world.mine.time.now += LEASE  # so long the rival waited
        with pytest.raises(ConflictError):
            world.mine.backend.assure(MINE)
        assert world.entries() == before
        world.rival.backend.assure(RIVAL)


@pytest.mark.parametrize("operation, faults, rival, lands", cases(OPERATIONS, FAULTS, RIVAL_COMES))
def test_nothing_is_lost_and_nobody_is_lied_to(
    operation: Operation, faults: tuple[Fault, ...], rival: str, lands: str
) -> None:
    run(World(MemoryStore()), operation, faults, rival, lands)


@pytest.mark.parametrize(
    "operation, faults, rival, lands", cases(IN_REAL_STORES, FAULTS[: len(SINGLE)], RIVAL_COMES[::2])
)
def test_nothing_is_lost_in_a_real_store_either(
    operation: Operation, faults: tuple[Fault, ...], rival: str, lands: str, remote_location: Remote
) -> None:
    store, name = open_documents(remote_location.location, project="acme", environment="production")
    try:
        run(World(store, name), operation, faults, rival, lands)
    finally:
        store.close()


def run(world: World, operation: Operation, faults: tuple[Fault, ...], rival: str, lands: str) -> None:
    operation.prepare(world)
    arrange(world, faults, rival, lands)

    error = outcome(world, operation)

    if rival == RIVAL_COMES[0] and Fault.FORBIDDEN not in faults:
        assert error is None, "nothing but faults that pass"
    if error is None and not world.rival_came and operation.name not in ("release", "renew"):
        assert operation.is_done(world)
    done_at_the_end = operation.is_done(world)
    landed = world.documents.land()
    if error is None and operation.name not in ("release", "renew"):
        assert not landed, "something of ours came in after what was acknowledged"
    if error is not None and "nothing was written" in str(error):
        assert not operation.is_done(world), str(error)
        assert not done_at_the_end, str(error)
    check_one_holder(world)
    if operation.name == "renew" and not world.rival_came:
        world.write(world.mine, "mine", MARK)  # one beat more or less does no harm
    assert world.acknowledged <= world.entries()

    world.documents.is_down = True  # whatever is left of us stays silent
    last = Process(world.store, world.name)
    last.take_over(LAST)
    world.write(last, "last", LASTLY)
    assert world.acknowledged <= world.entries()
    assert world.documents.land() == 0
