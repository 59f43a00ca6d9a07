#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden tests of the command line: a case is a text of commands and what they answer.

    $ tenon check broken.json
    what stands on standard output
    2> what stands on standard error
    [exit 2]

Commands are run by sh in a folder of their own with copies of the bundled examples and of files/;
`tenon` is the program under test. A line "# mask KEY …" at the top of a case names JSON keys whose
numbers differ from run to run. golden.py --write writes what is answered now into the case, for a
look at the difference in git.
"""
import math
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "resources" / "examples"


def read_case(path):
    """The heading, and a list of [command, expected answer]."""
    heading, steps = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("$ "):
            steps.append([line[2:], []])
        elif steps:
            steps[-1][1].append(line)
        else:
            heading.append(line)
    for step in steps:
        while step[1] and not step[1][-1]:
            step[1].pop()
    return heading, steps


def npy(shape, numbers):
    """A float32 array as NumPy writes it."""
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple(shape)!r}, }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return (b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode()
            + struct.pack(f"<{len(numbers)}f", *numbers))


def write_arrays(work):
    """Data and weights for files/branches.json."""
    weights = {"left/kernel": ((8, 3), 1), "left/bias": ((3,), 0), "right/kernel": ((8, 5), 1),
               "right/bias": ((5,), 0.5), "a b/kernel": ((8, 2), 1), "a b/bias": ((2,), 0),
               "a_b/kernel": ((8, 4), 0.25), "a_b/bias": ((4,), -1)}
    odd = {**weights, "left/kernel": ((8, 4), 1), "nobody/kernel": ((2, 2), 1)}
    del odd["right/bias"]
    (work / "eight.npy").write_bytes(npy((3, 8), [i / 8 for i in range(24)]))
    for name, shape in (("maps", (2, 28, 28, 1)), ("grey", (2, 28, 28)), ("one", (28, 28, 1)),
                        ("first", (2, 1, 28, 28)), ("rows", (2, 784)), ("more", (3, 784)),
                        ("classes", (2,)), ("labels", (2, 256)), ("small", (2, 14, 14, 1))):
        (work / f"{name}.npy").write_bytes(npy(shape, [0] * math.prod(shape)))
    for name, arrays in (("fits.npz", weights), ("odd.npz", odd)):
        with zipfile.ZipFile(work / name, "w") as archive:
            for key, (shape, number) in arrays.items():
                archive.writestr(key + ".npy", npy(shape, [number] * math.prod(shape)))


def prepare(folder, program):
    """A folder to run in: files, and a `tenon` on the path."""
    work, bin_folder = folder / "work", folder / "bin"
    work.mkdir()
    bin_folder.mkdir()
    for source in (EXAMPLES, HERE / "files"):
        for file in sorted(source.iterdir()):
            shutil.copy(file, work)
    write_arrays(work)
    (work / "picture.tenon").write_bytes(b"\x89PNG\r\n\x1a\n")
    (bin_folder / "tenon").symlink_to(program)
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith(("LC_", "LANG"))
                   and key not in ("NO_COLOR", "DISPLAY", "XDG_CACHE_HOME")}
    environment.update({"PATH": f"{bin_folder}:{environment['PATH']}", "LC_ALL": "C.UTF-8",
                        "TERM": "xterm", "HOME": str(folder)})
    return work, environment


def run(command, work, environment, masked):
    """The answer as lines, as it stands in a case."""
    done = subprocess.run(["sh", "-c", command], cwd=work, env=environment, timeout=100,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    output = done.stdout.decode("utf-8", "backslashreplace")
    for key in masked:
        output = re.sub(rf'("{key}": )(-?[0-9][-+.0-9eE]*|null|"[^"]*")', r"\1…", output)
    lines = output.splitlines()
    lines += ["2> " + line for line in done.stderr.decode("utf-8", "backslashreplace").splitlines()]
    return [line.rstrip() for line in lines] + [f"[exit {done.returncode}]"]


def report(number, command, expected, got):
    """One TAP line, with the difference when there is one."""
    same = expected == got
    print(f"{'ok' if same else 'not ok'} {number} {command.replace('#', ' ')}")
    if not same:
        for mark, lines in (("-", expected), ("+", got)):
            other = got if mark == "-" else expected
            for index, line in enumerate(lines):
                if index >= len(other) or other[index] != line:
                    print(f"# {index + 1}{mark} {line}")
    return same


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--write"]
    program, path = pathlib.Path(arguments[0]).resolve(), pathlib.Path(arguments[1])
    heading, steps = read_case(path)
    masked = [key for line in heading if line.startswith("# mask ") for key in line.split()[2:]]
    good = True
    print(f"1..{len(steps)}")
    with tempfile.TemporaryDirectory() as folder:
        work, environment = prepare(pathlib.Path(folder), program)
        answers = []
        for number, (command, expected) in enumerate(steps, 1):
            got = run(command, work, environment, masked)
            answers.append(got)
            good &= report(number, command, expected, got)
    if "--write" in sys.argv:
        text = "".join(line + "\n" for line in heading)
        text += "\n".join("$ " + step[0] + "\n" + "".join(line + "\n" for line in answer)
                          for step, answer in zip(steps, answers))
        path.write_text(text, encoding="utf-8")
        return 0
    return 0 if good and steps else 1


if __name__ == "__main__":
    sys.exit(main())
