// SPDX-License-Identifier: GPL-3.0-or-later
// How long TensorFlow.js takes to build the model of a file: node bench-tfjs.js FILE ROUNDS, in a
// folder that holds node_modules/@tensorflow/tfjs.
const fs = require('fs');
const path = require('path');
const quiet = console.warn;
console.warn = () => {};
const tf = require(path.join(process.cwd(), 'node_modules/@tensorflow/tfjs'));
console.warn = quiet;

async function main() {
  await tf.setBackend('cpu');
  const text = fs.readFileSync(process.argv[2], 'utf8');
  const times = [];
  for (let round = -1; round < Number(process.argv[3]); round++) {
    const start = process.cpuUsage();
    const model = await tf.loadLayersModel({load: async () => ({modelTopology: JSON.parse(text)})});
    const used = process.cpuUsage(start);
    // The first round warms the program up.
    if (round >= 0) times.push(used.user + used.system);
    model.dispose();
  }
  times.sort((a, b) => a - b);
  console.log(JSON.stringify({build_us: times[times.length >> 1]}));
}

main();
