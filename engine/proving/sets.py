"""Sets of states as shared decision diagrams: a billion states in as many nodes as their differences need.

A state is a row of small whole numbers (codes), one for each slot. A set is a number; equal sets have equal numbers.
A node tests one slot; slots that are passed over hold code 0, so what was never touched costs nothing. It knows
nothing of stories; the caller watches `size`, names what is still wanted (`collect`), and may say how many nodes there
may be at the most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

EMPTY = 0
ROOT = 1
"""The set with the one state in which every slot holds code 0."""
_MOST_CACHED = 300_000
"""Results remembered at once of each kind: about 40 MB, emptied when full."""
_LEAST_CACHED = 20_000

UNLIMITED = 10**12

Pairs = tuple[tuple[int, int], ...]
Test = Callable[[tuple[int, ...]], bool]


class FullError(Exception):
    """There would be more nodes than there may be. Sets made until then are sound; the one being made is not there."""


class Sets:
    """Makes sets and combines them. All sets of one exploration come from one of these."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.most = UNLIMITED
        """Nodes there may be: the next one raises `FullError`."""
        self._levels = [slots, slots]
        """The slot each node tests; the two ends stand below all slots."""
        self._pairs: list[Pairs] = [(), ()]
        self._known: dict[tuple[int, Pairs], int] = {}
        self._unused: list[int] = []
        """Numbers of nodes that were given up."""
        self._unions: dict[tuple[int, int], int] = {}
        self._minus: dict[tuple[int, int], int] = {}
        self._both: dict[tuple[int, int], int] = {}
        self._counts: dict[int, int] = {EMPTY: 0, ROOT: 1}

    @property
    def size(self) -> int:
        """Nodes kept."""
        return len(self._known)

    def trim(self) -> None:
        """Forget remembered results when there are many; sets stay."""
        for cache in (self._unions, self._minus, self._both):
            if len(cache) > min(_MOST_CACHED, max(_LEAST_CACHED, self.most // 2)):
                cache.clear()

    def collect(self, wanted: Iterable[int]) -> None:
        """Give up every node that no set in `wanted` needs; all other sets are void then, and memos with them."""
        alive = {EMPTY, ROOT}
        waiting = [*wanted]
        while waiting:
            node = waiting.pop()
            if node not in alive:
                alive.add(node)
                waiting += [child for _, child in self._pairs[node]]
        for node in range(2, len(self._pairs)):
            if node not in alive and self._pairs[node]:
                del self._known[self._levels[node], self._pairs[node]]
                self._pairs[node] = ()
                self._unused.append(node)
        for cache in (self._unions, self._minus, self._both):
            cache.clear()
        self._counts = {EMPTY: 0, ROOT: 1}

    def node(self, level: int, children: Mapping[int, int]) -> int:
        """Return the set whose states hold each code at `level` and go on as its child says."""
        pairs = tuple(sorted((code, child) for code, child in children.items() if child))
        if not pairs:
            return EMPTY
        if len(pairs) == 1 and pairs[0][0] == 0:
            return pairs[0][1]
        key = (level, pairs)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= self.most:
                raise FullError
            if self._unused:
                found = self._unused.pop()
                self._levels[found], self._pairs[found] = level, pairs
            else:
                found = len(self._pairs)
                self._levels.append(level)
                self._pairs.append(pairs)
            self._known[key] = found
        return found

    def at(self, node: int, level: int) -> Pairs:
        """Return the codes that states of a set hold in slot `level`, which no slot above may come before."""
        return self._pairs[node] if self._levels[node] == level else ((0, node),)

    def union(self, a: int, b: int) -> int:
        """Return the states of either."""
        if a == b or not b:
            return a
        if not a:
            return b
        key = (a, b) if a < b else (b, a)
        found = self._unions.get(key)
        if found is None:
            level = min(self._levels[a], self._levels[b])
            children = dict(self.at(a, level))
            for code, child in self.at(b, level):
                children[code] = self.union(children.get(code, EMPTY), child)
            found = self._unions[key] = self.node(level, children)
        return found

    def minus(self, a: int, b: int) -> int:
        """Return the states of `a` that are not in `b`."""
        if a == b or not a:
            return EMPTY
        if not b:
            return a
        found = self._minus.get((a, b))
        if found is None:
            level = min(self._levels[a], self._levels[b])
            others = dict(self.at(b, level))
            left = {code: self.minus(child, others.get(code, EMPTY)) for code, child in self.at(a, level)}
            found = self._minus[a, b] = self.node(level, left)
        return found

    def both(self, a: int, b: int) -> int:
        """Return the states that are in both."""
        if a == b:
            return a
        if not a or not b:
            return EMPTY
        key = (a, b) if a < b else (b, a)
        found = self._both.get(key)
        if found is None:
            level = min(self._levels[a], self._levels[b])
            others = dict(self.at(b, level))
            shared = {code: self.both(child, others.get(code, EMPTY)) for code, child in self.at(a, level)}
            found = self._both[key] = self.node(level, shared)
        return found

    def count(self, a: int) -> int:
        """Return how many states a set has."""
        found = self._counts.get(a)
        if found is None:
            found = self._counts[a] = sum(self.count(child) for _, child in self._pairs[a])
        return found

    def one(self, a: int) -> dict[int, int]:
        """Return one state of a set that is not empty: the codes by slot, those that are 0 left out."""
        state: dict[int, int] = {}
        while a != ROOT:
            code, child = self._pairs[a][0]
            if code:
                state[self._levels[a]] = code
            a = child
        return state

    def single(self, state: Mapping[int, int]) -> int:
        """Return the set of one state, given like that of `one`."""
        made = ROOT
        for slot in sorted(state, reverse=True):
            made = self.node(slot, {state[slot]: made})
        return made

    def codes(self, a: int, slot: int) -> set[int]:
        """Return the codes that the states of a set hold in one slot."""
        found: set[int] = set()
        waiting, seen = [a], {EMPTY, a}
        while waiting:
            node = waiting.pop()
            if node == EMPTY:
                continue
            level = self._levels[node]
            if level >= slot:
                found.update(code for code, _ in self.at(node, slot))
                continue
            for _, child in self._pairs[node]:
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)
        return found

    def where(self, a: int, slots: tuple[int, ...], test: Test, memo: dict[tuple[int, tuple[int, ...]], int]) -> int:
        """Return the states whose codes in `slots` (ascending) pass `test`; `memo` is the test's own."""

        def walk(node: int, before: tuple[int, ...]) -> int:
            if node == EMPTY:
                return EMPTY
            key = (node, before)
            found = memo.get(key)
            if found is None:
                wanted = slots[len(before)]
                level = self._levels[node]
                if level < wanted:
                    left = {code: walk(child, before) for code, child in self._pairs[node]}
                    found = self.node(level, left)
                else:
                    left = {code: passed(child, (*before, code)) for code, child in self.at(node, wanted)}
                    found = self.node(wanted, left)
                memo[key] = found
            return found

        def passed(node: int, codes: tuple[int, ...]) -> int:
            if len(codes) < len(slots):
                return walk(node, codes)
            return node if test(codes) else EMPTY

        return walk(a, ()) if slots else (a if test(()) else EMPTY)

    def put(self, a: int, slot: int, table: Callable[[int], Iterable[int]], memo: dict[int, int]) -> int:
        """Return the states with the code in `slot` replaced by each that `table` gives for it."""

        def walk(node: int) -> int:
            if node == EMPTY:
                return EMPTY
            found = memo.get(node)
            if found is None:
                level = self._levels[node]
                if level < slot:
                    found = self.node(level, {code: walk(child) for code, child in self._pairs[node]})
                else:
                    children: dict[int, int] = {}
                    for code, child in self.at(node, slot):
                        for after in table(code):
                            children[after] = self.union(children.get(after, EMPTY), child)
                    found = self.node(slot, children)
                memo[node] = found
            return found

        return walk(a)

    def unput(self, a: int, slot: int, table: Callable[[int], Iterable[int]], codes: int) -> int:
        """Return the states that `put` brings into `a`, `codes` being how many codes the slot has."""
        memo: dict[int, int] = {}

        def walk(node: int) -> int:
            if node == EMPTY:
                return EMPTY
            found = memo.get(node)
            if found is None:
                level = self._levels[node]
                if level < slot:
                    found = self.node(level, {code: walk(child) for code, child in self._pairs[node]})
                else:
                    after = dict(self.at(node, slot))
                    children: dict[int, int] = {}
                    for code in range(codes):
                        for each in table(code):
                            if each in after:
                                children[code] = self.union(children.get(code, EMPTY), after[each])
                    found = self.node(slot, children)
                memo[node] = found
            return found

        return walk(a)

    def forget(self, a: int, slots: frozenset[int], memo: dict[int, int]) -> int:
        """Return the states with code 0 in all of `slots`; `memo` goes with these slots."""
        if a in (EMPTY, ROOT):
            return a
        found = memo.get(a)
        if found is None:
            level = self._levels[a]
            if level in slots:
                found = EMPTY
                for _, child in self._pairs[a]:
                    found = self.union(found, self.forget(child, slots, memo))
            else:
                found = self.node(level, {code: self.forget(child, slots, memo) for code, child in self._pairs[a]})
            memo[a] = found
        return found

    def free(self, a: int, many: Mapping[int, int]) -> int:
        """Return the states of `a` with every code in some slots (slot → how many codes), which hold 0 in it."""
        wanted = sorted(many)
        memo: dict[tuple[int, int], int] = {}

        def walk(node: int, place: int) -> int:
            if node == EMPTY:
                return EMPTY
            while place < len(wanted) and many[wanted[place]] == 1:
                place += 1
            if place == len(wanted):
                return node
            key = (node, place)
            found = memo.get(key)
            if found is None:
                slot, level = wanted[place], self._levels[node]
                if level < slot:
                    found = self.node(level, {code: walk(child, place) for code, child in self._pairs[node]})
                else:
                    below = walk(node if level > slot else dict(self._pairs[node]).get(0, EMPTY), place + 1)
                    found = self.node(slot, dict.fromkeys(range(many[slot]), below))
                memo[key] = found
            return found

        return walk(a, 0)

    def split(self, a: int, slots: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], int]]:
        """Yield the parts of a set that agree in `slots` (in any order), with the codes they hold there."""
        if not a:
            return
        if not slots:
            yield (), a
            return
        for code in sorted(self.codes(a, slots[0])):
            part = self.where(a, slots[:1], lambda codes, wanted=code: codes[0] == wanted, {})  # type: ignore[misc]
            for codes, rest in self.split(part, slots[1:]):
                yield (code, *codes), rest
