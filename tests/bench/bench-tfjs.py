#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and inferring a model against TensorFlow.js building the same file, in turns.

    bench-tfjs.py BENCH-OPEN SCRIPT

The folder with node_modules/@tensorflow/tfjs stands in TENON_TFJS; without it nothing is measured,
and that is what the JSON says. Times are processor time, medians over the turns.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

TURNS = 3
MODELS = [(name, layers) for name in ("chain", "ladder", "unet") for layers in (10, 100, 1000)]


def answer(command, **more):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True,
                                     timeout=300, **more).stdout)


def main():
    bench, script = sys.argv[1:3]
    folder = os.environ.get("TENON_TFJS", "")
    node = shutil.which("node")
    if not node or not (pathlib.Path(folder) / "node_modules/@tensorflow/tfjs").is_dir():
        print(json.dumps({"benchmark": "tfjs", "skipped": "TENON_TFJS names no folder with "
                                                          "node_modules/@tensorflow/tfjs"}))
        return
    rows = []
    with tempfile.TemporaryDirectory() as work:
        for name, layers in MODELS:
            path = f"{work}/{name}-{layers}.json"
            subprocess.run([bench, "--write", name, str(layers), path], check=True)
            own, other = [], []
            for _ in range(TURNS):
                own.append(answer([bench, path, "21" if layers < 1000 else "5"]))
                other.append(answer([node, script, path, "5" if layers < 1000 else "1"],
                                    cwd=folder))
            read = statistics.median(turn["read_us"] for turn in own)
            infer = statistics.median(turn["infer_us"] for turn in own)
            build = statistics.median(turn["build_us"] for turn in other)
            rows.append({"model": name, "layers": own[0]["layers"], "read_us": round(read, 1),
                         "infer_us": round(infer, 1), "tfjs_build_us": round(build, 1),
                         "tfjs_of_read_and_infer": round(build / (read + infer), 1),
                         "tfjs_of_infer": round(build / infer, 1)})
    print(json.dumps({"benchmark": "tfjs", "clock": "cpu", "turns": TURNS, "models": rows},
                     indent=2))


main()
