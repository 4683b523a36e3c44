"""Which target is in force after each event, for all tickets at once.

The twin of `PolicyBook.in_force`: policies are masks over the tickets alone, and what is in force
in a clock is a code for each row, a place in `ForceTable.forces`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import define, field

from support_model._columns.pattern_masks import Seen, mask, one_name
from support_model._columns.values import NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from support_model._columns.step_columns import StepColumns
    from support_model._columns.values import Flags, Ints
    from support_model.sla import PolicyBook, SlaPolicy, Target

    Key = tuple[str, str]
    ForceCodes = NDArray[np.int16]


@define(eq=False)
class ForceTable:
    """The targets of a book by code.

    Attributes:
        book: the policies.
        forces: each target with its policy.
        labels: for each code the number of what agenda keys call it: equal for equal names.
        same: for each code the number of its policy's name and its target, whatever the edition.
        rules: for each code what an open cycle does when the target replaces another.
    """

    book: PolicyBook
    forces: tuple[tuple[SlaPolicy, Target], ...]
    labels: NDArray[np.int16]
    same: NDArray[np.int16]
    rules: NDArray[Any]

    @classmethod
    def of(cls, book: PolicyBook) -> ForceTable:
        """Return the table of a book; equal targets of a policy share a code."""
        forces = [(policy, target) for policy in book.policies for target in policy.targets]
        labels: dict[tuple[str, str], int] = {}
        same: list[tuple[str, Target]] = []
        of_label, of_same = [], []
        for policy, target in forces:
            name = policy.name, book.target_label(policy, target).label
            of_label.append(labels.setdefault(name, len(labels)))
            if (policy.name, target) not in same:
                same.append((policy.name, target))
            of_same.append(same.index((policy.name, target)))
        made = np.array(of_label, np.int16), np.array(of_same, np.int16)
        rules = np.array([target.on_change for _, target in forces] or ["carry"])
        return cls(book, tuple(forces), *made, rules)

    def code(self, policy: SlaPolicy, target: Target) -> int:
        """Return the code of a target: of several equal ones of a policy the first one's."""
        return next(
            i
            for i, (held, one) in enumerate(self.forces)
            if held is policy and (one is target or one == target)
        )

    def asked(self, steps: StepColumns, keys: Sequence[Key]) -> Asked:
        """Return what can be asked of the tickets of some steps about some clocks."""
        return Asked(self, Seen(steps, alone=True), keys)


@define(eq=False)
class Turns:
    """Instants between the events of tickets at which an edition comes into force.

    Attributes:
        row: the last row before each.
        at: the instant.
        codes: what is in force from then on in each clock.
    """

    row: Ints
    at: Ints
    codes: dict[Key, ForceCodes]


@define(eq=False)
class Asked:
    """A book asked about the tickets after each row."""

    table: ForceTable
    seen: Seen
    keys: Sequence[Key]
    _offered: dict[tuple[str, str], dict[Key, ForceCodes]] = field(factory=dict, init=False)

    def codes(self) -> dict[Key, ForceCodes]:
        """Return what is in force in each clock after each row, at the instant of the row."""
        turns = self.table.book.turns
        if not turns:
            return self.in_epoch(0)
        epochs = np.array(turns, np.int64).searchsorted(self.seen.steps.raw.at, "right")
        found: dict[Key, ForceCodes] = {}
        for epoch in np.unique(epochs).tolist():
            for key, codes in self.in_epoch(epoch).items():
                before = found.get(key)
                found[key] = codes if before is None else np.where(epochs == epoch, codes, before)
        return found

    def turns(self, as_of: int, void: Flags | None) -> Turns:
        """Return the turns up to an instant that come after a creation and at no event.

        In a void ticket, after whose rows `void` is set, none matters.
        """
        steps, book = self.seen.steps, self.table.book
        at, segments = steps.raw.at, steps.segments
        rows, instants = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        codes: dict[Key, list[ForceCodes]] = {key: [] for key in self.keys}
        for epoch, turn in enumerate(book.turns, 1):
            earlier, now = segments.counts(at < turn), segments.counts(at == turn)
            some = (earlier > 0) & (now == 0)
            if void is not None:
                some &= ~void[segments.starts[:-1] + np.maximum(earlier - 1, 0)]
            if turn > as_of or not some.any():
                continue
            rows.append((segments.starts[:-1] + earlier - 1)[some])
            instants.append(np.full(rows[-1].size, turn, np.int64))
            for key, held in self.in_epoch(epoch).items():
                codes[key].append(held[rows[-1]])
        nothing = np.zeros(0, np.int16)
        in_force = {key: np.concatenate([nothing, *parts]) for key, parts in codes.items()}
        return Turns(np.concatenate(rows), np.concatenate(instants), in_force)

    def in_epoch(self, epoch: int) -> dict[Key, ForceCodes]:
        """Return what the editions of an epoch bring into force, whenever the row is."""
        book, seen = self.table.book, self.seen
        if not self.keys:
            return {}
        single = book.select in ("first_match", "most_specific")
        found: dict[Key, ForceCodes] = {}
        for policies in book.epochs[epoch].values():
            free = np.ones(seen.size, np.bool_)
            for policy in policies:
                holds = mask(policy.when, seen)
                if single:
                    holds, free = holds & free, free & ~holds
                every = bool(holds.all())
                for key, codes in self._offers(policy).items():
                    held = codes if every else np.where(holds, codes, NONE).astype(np.int16)
                    self._offer(found, key, held)
        nothing = np.full(seen.size, NONE, np.int16)
        return {key: self._lasting(found.get(key, nothing)) for key in self.keys}

    def _lasting(self, codes: ForceCodes) -> ForceCodes:
        """Return codes without the targets that are in force only with a promised date."""
        endless = [target.within is None for _, target in self.table.forces]
        return np.where(np.array([*endless, False])[codes], NONE, codes) if any(endless) else codes

    def _offer(self, found: dict[Key, ForceCodes], key: Key, codes: ForceCodes) -> None:
        held = found.get(key)
        if held is None:
            found[key] = codes
            return
        takes = held == NONE
        if self.table.book.select == "shortest":
            lengths = np.array([*(target.compared for _, target in self.table.forces), np.inf])
            takes = takes | (lengths[codes] < lengths[held])
        found[key] = np.where(takes & (codes != NONE), codes, held)

    def _offers(self, policy: SlaPolicy) -> dict[Key, ForceCodes]:
        """Return what a policy brings into force in each clock where it holds."""
        name = policy.name, policy.version
        if name not in self._offered:
            slot = self.table.book.slot(policy)
            self._offered[name] = {
                (slot, metric): self._first(policy, targets)
                for metric, targets in policy.by_metric.items()
                if (slot, metric) in self.keys
            }
        return self._offered[name]

    def _first(self, policy: SlaPolicy, targets: tuple[Target, ...]) -> ForceCodes:
        asked = one_name([target.when for target in targets], self.seen)
        codes = np.full(self.seen.size if asked is None else asked.size, NONE, np.int16)
        for target in reversed(targets):
            codes[mask(target.when, asked or self.seen)] = self.table.code(policy, target)
        return codes if asked is None else codes.take(asked.of.codes)
