"""What a simulation has found, for people and for programs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from podium.testing.simulation.director import Script
from podium.testing.simulation.explore import Coverage
from podium.testing.simulation.lab import Park
from podium.testing.simulation.laws import Law


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A law that did not hold, with the shortest run that shows it.

    Attributes:
        law: Which.
        where: The step, the tool, or the name of the author's law.
        says: What was found, and what was expected.
        seed: Brings the run back.
        script: What goes wrong in it.
        story: What happens in it, line by line.
    """

    law: Law
    where: str
    says: str
    seed: str
    script: Script
    story: Sequence[str]


@dataclass(slots=True)
class Parked:
    """A person had to decide in so many runs; `seed` and `script` are of the first of them."""

    park: Park
    seed: str
    script: Script
    runs: int = 1


@dataclass(slots=True, kw_only=True)
class Report:
    """What came of all runs of a simulation.

    Attributes:
        workflow: Its name.
        runs: How many runs were made, those that look for a shorter story among them.
        seconds: How long that took.
        coverage: How far it got.
        ends: How many runs ended how.
        findings: What is wrong; each in the shortest run that shows it.
        counts: In how many runs each finding was met.
        parked: Where a person had to decide.
        story: Of the one run that was asked for; empty where there were many.
        failure: Why a run fails in which nothing goes wrong; "" where it does not. Then little was shown.
        compares: Results could be compared with that of a run without faults.
        is_interrupted: Somebody stopped it.
    """

    workflow: str
    runs: int = 0
    seconds: float = 0.0
    coverage: Coverage = field(default_factory=Coverage)
    ends: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[tuple[Law, str]] = field(default_factory=Counter)
    parked: list[Parked] = field(default_factory=list)
    story: Sequence[str] = ()
    failure: str = ""
    compares: bool = True
    is_interrupted: bool = False

    @property
    def is_ok(self) -> bool:
        """Claims that no law was broken."""
        return not self.findings

    def text(self, command: str = "seed: ") -> str:
        """Return the report for people.

        Args:
            command: What stands before a seed.
        """
        parts = [_finding(finding, self.counts, command) for finding in self.findings]
        if self.story and not parts:
            parts = ["\n".join(self.story)]
        return "\n\n".join([*parts, "\n".join(self._summary(command))])

    def _summary(self, command: str) -> list[str]:
        rate = f" ({self.runs / self.seconds:,.0f} a second)" if self.seconds else ""
        covered = self.coverage
        how_far = (
            f"each fault alone: {covered.singles:,} of {covered.singles_of:,}",
            f"two at a time: {covered.pairs:,} of {covered.pairs_of:,}",
            f"by lot: {covered.by_lot:,}",
        )
        lines = [
            f"{self.workflow}: {self.runs:,} simulated runs in {self.seconds:.1f} s{rate}",
            f"  {' · '.join(how_far)}",
        ]
        if self.story:
            lines = [f"{self.workflow}: one run"]
        lines.append(f"  ended: {' · '.join(f'{count:,} {status}' for status, count in self.ends.most_common())}")
        if self.failure:
            lines.append(f"  fails without any fault, so that little of it was tried: {self.failure}")
        if not self.compares:
            lines.append("  results are not compared: without faults there is none, or another one each time")
        lines += [_parked(parked, command) for parked in self.parked]
        return [*lines, self._verdict()]

    def _verdict(self) -> str:
        so_far = ", as far as it got" if self.is_interrupted else ""
        if self.is_ok:
            return f"ok: every law held{so_far}"
        laws = "1 law was" if len(self.findings) == 1 else f"{len(self.findings)} laws were"
        return f"broken: {laws} broken{so_far}"

    def to_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        covered = self.coverage
        return {
            "workflow": self.workflow,
            "ok": self.is_ok,
            "interrupted": self.is_interrupted,
            "runs": self.runs,
            "seconds": round(self.seconds, 3),
            "singles": [covered.singles, covered.singles_of],
            "pairs": [covered.pairs, covered.pairs_of],
            "by_lot": covered.by_lot,
            "failure": self.failure or None,
            "compared": self.compares,
            "ended": dict(self.ends),
            "findings": [_finding_json(finding, self.counts) for finding in self.findings],
            "parked": [_parked_json(parked) for parked in self.parked],
        }


class BrokenPromiseError(AssertionError):
    """A simulated run broke a law: one of Podium's promises, or one of the author's own.

    Attributes:
        report: All that was found.
    """

    def __init__(self, report: Report) -> None:
        super().__init__(f"\n{report.text()}")
        self.report = report


def _faults(script: Script) -> str:
    return ", ".join(f"{mishap.fault} at {mishap.place}" for mishap in script) or "no fault"


def _finding(finding: Finding, counts: Counter[tuple[Law, str]], command: str) -> str:
    law = finding.law
    title = f"{law.value}: {law.words}" if law is not Law.INVARIANT else f"your own law {finding.where}"
    story = [f"  {line}" for line in finding.story]
    met = counts[law, finding.where]
    end = f"  met in {met:,} run{'' if met == 1 else 's'}; again with: {command}{finding.seed}"
    return "\n".join([f"BROKEN {title}", f"  {finding.says}", *story, end])


def _finding_json(finding: Finding, counts: Counter[tuple[Law, str]]) -> dict[str, Any]:
    return {
        "law": finding.law.value,
        "where": finding.where,
        "says": finding.says,
        "seed": finding.seed,
        "faults": [{"place": mishap.place, "fault": mishap.fault.value} for mishap in finding.script],
        "runs": counts[finding.law, finding.where],
        "story": list(finding.story),
    }


def _parked(parked: Parked, command: str) -> str:
    park = parked.park
    what = f"{park.tool} by {park.path}" if park.tool else park.path
    runs = f"{parked.runs:,} run{'' if parked.runs == 1 else 's'}"
    first = f"{_faults(parked.script)} ({command}{parked.seed})"
    return f"  parks for a person: {what}, {park.reason}, in {runs}; first: {first}"


def _parked_json(parked: Parked) -> dict[str, Any]:
    park = parked.park
    return {
        "step": park.path,
        "tool": park.tool,
        "reason": park.reason,
        "runs": parked.runs,
        "seed": parked.seed,
        "faults": [{"place": mishap.place, "fault": mishap.fault.value} for mishap in parked.script],
    }
