// SPDX-License-Identifier: GPL-3.0-or-later
// Runs an ONNX model whenever it is told to, and says how long that took.
//
//     node onnxruntime.js PACKAGE FOLDER DIMS THREADS
//
// FOLDER holds model.onnx and input (float32) and is removed once they are read.
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');

const ROUND_SECONDS = 0.03;
const [, , pack, folder, dims, threads] = process.argv;

async function main() {
  const ort = require(path.resolve(pack));
  const bytes = fs.readFileSync(path.join(folder, 'input'));
  const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset,
    bytes.byteOffset + bytes.length));
  const session = await ort.InferenceSession.create(path.join(folder, 'model.onnx'), {
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
  });
  fs.rmSync(folder, { recursive: true });
  const feeds = { input: new ort.Tensor('float32', numbers, dims.split(',').map(Number)) };

  const first = await session.run(feeds);
  console.log(`ready\t\t${Array.from(first[session.outputNames[0]].data).join(' ')}`);
  const begin = performance.now();
  await session.run(feeds);
  const once = (performance.now() - begin) / 1e3;
  const repeats = Math.max(1, Math.min(2000, Math.floor(ROUND_SECONDS / once)));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (line === '') continue;
    await session.run(feeds);
    const cpu = process.cpuUsage();
    const wall = performance.now();
    for (let i = 0; i < repeats; i++) await session.run(feeds);
    const used = process.cpuUsage(cpu);
    console.log(`${(used.user + used.system) / 1e6 / repeats} `
      + `${(performance.now() - wall) / 1e3 / repeats}`);
  }
}

main().catch((error) => {
  fs.rmSync(folder, { recursive: true, force: true });
  console.log(`absent\t${String(error.message).split('\n')[0]}`);
});
