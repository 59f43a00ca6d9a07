#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts the tests that really ran in one or more build directories.

Usage: summary.py [--fault WHAT]... BUILD_DIRECTORY...

Reads meson's machine-readable logs. The points of a TAP test count one by one; any other test
counts once. A program that crashed, timed out or did not report all it had planned counts as a
failure of its own, and so does each --fault (a build that broke). The last line is
"N passed, N failed, N skipped"; the exit code is 0 only if something passed and nothing failed.
"""

import argparse
import json
import pathlib
import re
import sys

POINT = re.compile(r'(not )?ok\b[^#]*(?:#\s*(skip|todo))?', re.IGNORECASE)
PLAN = re.compile(r'1\.\.(\d+)')
BAD = ('FAIL', 'ERROR', 'TIMEOUT', 'INTERRUPT', 'UNEXPECTEDPASS')


def count_tap(output):
    """(passed, failed, skipped) of the points in a TAP stream, or None if it is none."""
    passed = failed = skipped = 0
    is_tap = False
    for line in output.splitlines():
        if PLAN.match(line):
            is_tap = True
        point = POINT.match(line)
        if not point:
            continue
        is_tap = True
        directive = (point.group(2) or '').lower()
        if directive == 'skip':
            skipped += 1
        elif point.group(1) and directive != 'todo':
            failed += 1
        else:
            passed += 1
    return (passed, failed, skipped) if is_tap else None


def count_test(test):
    """(passed, failed, skipped) of one entry of meson's log."""
    result = test['result']
    bad = result in BAD
    points = count_tap(test.get('stdout') or '')
    if points is None:
        if bad:
            return 0, 1, 0
        return (0, 0, 1) if result == 'SKIP' else (1, 0, 0)
    passed, failed, skipped = points
    if bad and failed == 0:
        failed = 1
    if sum((passed, failed, skipped)) == 0:
        skipped = 1
    return passed, failed, skipped


def read_log(directory):
    """The entries of the last `meson test` in @directory; None if there was none."""
    log = pathlib.Path(directory) / 'meson-logs' / 'testlog.json'
    if not log.is_file():
        return None
    return [json.loads(line) for line in log.read_text(errors='replace').splitlines() if line]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--fault', action='append', default=[])
    parser.add_argument('directories', nargs='+')
    arguments = parser.parse_args()

    total = [0, 0, 0]
    notes = [f'failed: {fault}' for fault in arguments.fault]
    total[1] += len(arguments.fault)
    for directory in arguments.directories:
        tests = read_log(directory)
        if not tests:
            if not any(fault.endswith(directory) for fault in arguments.fault):
                notes.append(f'failed: no test was run in {directory}')
                total[1] += 1
            continue
        here = [0, 0, 0]
        for test in tests:
            counts = count_test(test)
            here = [a + b for a, b in zip(here, counts)]
            if counts[1]:
                notes.append(f'failed: {test["name"]} ({test["result"].lower()}) in {directory}')
            elif test['result'] == 'SKIP':
                notes.append(f'skipped: {test["name"]} in {directory}')
        total = [a + b for a, b in zip(total, here)]
        print('{}: {} passed, {} failed, {} skipped in {} test programs'
              .format(directory, *here, len(tests)))
    for note in notes:
        print(note)
    print('{} passed, {} failed, {} skipped'.format(*total))
    return 0 if total[0] > 0 and total[1] == 0 else 1


if __name__ == '__main__':
    sys.exit(main())
