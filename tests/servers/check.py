#!/usr/bin/env python3
"""Compares the verdicts of a run with the expected ones.

    tests/servers/check.py RECORD EXPECTED EXIT [PREFIX]

RECORD is the record of the run, EXPECTED a folder with one table for each destination, EXIT the exit code of the run.
`run.toml` of the folder names the expected exit code. A table of a destination names the outcome of each requirement,
the worst of its scenarios: failed, blocked, omitted, passed, and for a pass its least strength; `reasons` names what
the finding must hold: its code, or words of its values. What is in the record and not in the table, or the other way round, is wrong too. With a PREFIX only requirements that begin so are
compared, of the destinations in the record: the run was of a part, and its exit code is not.
Exit: 0 all agree, 1 some do not.
"""

import json
import sys
import tomllib
from pathlib import Path

WORST = ["broken", "failed", "blocked", "status-only", "differential", "observed", "omitted"]


def word(outcome):
    return outcome["strength"] if outcome["is"] == "passed" else outcome["is"]


def reason(found):
    values = ", ".join(f"{name}: {value}" for name, value in found.get("values", {}).items())
    return f"{found['code']} ({values})"


def verdicts(record, destination):
    """Requirement to the worst outcome of its scenarios, and the findings that belong to it."""
    found = {}
    for scenario in record["scenarios"]:
        if scenario["destination"] != destination:
            continue
        if scenario["outcome"].get("filtered"):
            continue
        said = found.setdefault(scenario["requirement"], {"words": [], "findings": []})
        said["words"].append(word(scenario["outcome"]))
        finding = scenario["outcome"].get("finding")
        if finding:
            said["findings"].append(reason(finding["reason"]))
    return {
        requirement: (min(said["words"], key=WORST.index), said["findings"])
        for requirement, said in found.items()
    }


def differences(record, destination, table, prefix):
    found, expected = (
        {requirement: said for requirement, said in all_said.items() if requirement.startswith(prefix)}
        for all_said in (verdicts(record, destination), table["outcomes"])
    )
    for requirement in sorted({*found, *expected}):
        received, findings = found.get(requirement, ("nothing", []))
        if received != expected.get(requirement, "nothing"):
            wanted = expected.get(requirement, "nothing")
            yield f"{requirement}: expected {wanted}, received {received}", findings
        for words in table.get("reasons", {}).get(requirement, []):
            if not any(words in finding for finding in findings):
                yield f"{requirement}: expected a finding with `{words}`, received others", findings


def main():
    record = json.loads(Path(sys.argv[1]).read_text())["run"]
    folder = Path(sys.argv[2])
    code = int(sys.argv[3])
    prefix = sys.argv[4] if len(sys.argv) > 4 else ""
    wrong = 0
    wanted = tomllib.loads((folder / "run.toml").read_text())["exit"]
    if code != wanted and not prefix:
        print(f"{folder.name}: exit code: expected {wanted}, received {code}")
        wrong += 1
    tables = sorted(path.stem for path in folder.glob("*.toml") if path.stem != "run")
    judged = sorted(destination["name"] for destination in record["destinations"])
    if prefix:
        tables = judged
    if tables != judged:
        print(f"{folder.name}: expected the destinations {tables}, received {judged}")
        wrong += 1
    for name in tables:
        table = tomllib.loads((folder / f"{name}.toml").read_text())
        lines = list(differences(record, name, table, prefix))
        for line, findings in lines:
            print(f"{folder.name}/{name}: {line}")
            for finding in findings:
                print(f"    {finding}")
        wrong += len(lines)
        if not lines:
            count = sum(requirement.startswith(prefix) for requirement in table["outcomes"])
            print(f"{folder.name}/{name}: {count} requirements as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
