# SPDX-License-Identifier: GPL-3.0-or-later
"""How operations.py and layers.py write their cases: tensors, models of layers, and the file."""
import gzip
import io
import json
import sys

import numpy as np


def plain(value):
    value = float(value)
    if np.isnan(value):
        return "nan"
    if np.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == int(value) and abs(value) < 1e9 and not np.signbit(value):
        return int(value)
    return float(str(np.float32(value)))


def array(value):
    value = np.asarray(value)
    return {"shape": list(value.shape), "data": [plain(x) for x in value.astype(np.float64).ravel()]}


def write(cases, program):
    text = io.StringIO()
    text.write('{"about": "made with numpy %s by tests/numeric/%s",\n"cases": [\n'
               % (np.__version__, program))
    text.write(",\n".join(json.dumps(c, separators=(",", ":")) for c in cases))
    text.write("\n]}\n")
    sys.stdout.buffer.write(gzip.compress(text.getvalue().encode(), mtime=0))


# ---- models of layers ----

rng = np.random.default_rng(11)
cases = []
FIRST = "channels_first"


def numbers(*shape, low=-2.0, high=2.0):
    """Few digits: they stand in the file."""
    return rng.uniform(low, high, shape).round(3).astype(np.float32).astype(np.float64)


def whole(*shape, low=0, high=5):
    return rng.integers(low, high, shape).astype(np.float64)


class Tensor:
    """Output number `index` of a call of a layer of a Model."""

    def __init__(self, layer, index=0, call=0):
        self.layer, self.index, self.call = layer, index, call


def argument(value):
    if isinstance(value, Tensor):
        return {"class_name": "__keras_tensor__",
                "config": {"shape": None, "dtype": "float32",
                           "keras_history": [value.layer, value.call, value.index]}}
    return [argument(item) for item in value] if isinstance(value, list) else value


class Model:
    """A model that is put together layer by layer; what it computes is told to it."""

    def __init__(self, *inputs):
        self.inputs, self.layers, self.weights = inputs, [], []
        self.tensors = []
        for i, x in enumerate(inputs):
            self.layers.append({
                "module": "keras.layers", "class_name": "InputLayer", "name": f"input_{i}",
                "config": {"name": f"input_{i}", "batch_shape": [None] + list(x.shape[1:])},
                "inbound_nodes": []})
            self.tensors.append(Tensor(f"input_{i}"))

    def add(self, class_name, config, *args, weights=(), kwargs=None, module="keras.layers"):
        """The first output of a new layer that is called with @args."""
        name = f"layer_{len(self.layers)}"
        self.layers.append({"module": module, "class_name": class_name, "name": name,
                            "config": dict(config, name=name), "inbound_nodes": []})
        if len(weights) > 0:
            self.weights.append({"layer": name, "arrays": [array(w) for w in weights]})
        return self.again(name, *args, kwargs=kwargs)

    def add_model(self, model, outputs, *args):
        """The same for a model as a layer, which brings its weights."""
        tensor = self.add("Functional", model.config(outputs), *args,
                          module="keras.src.models.functional")
        self.weights += [dict(w, layer=f"{tensor.layer}/{w['layer']}") for w in model.weights]
        return tensor

    def again(self, name, *args, kwargs=None):
        """Calls a layer once more."""
        calls = next(x for x in self.layers if x["name"] == name)["inbound_nodes"]
        calls.append({"args": [argument(a) for a in args],
                      "kwargs": {k: argument(v) for k, v in (kwargs or {}).items()}})
        return Tensor(name, 0, len(calls) - 1)

    def config(self, tensors):
        return {"name": "case", "layers": self.layers,
                "input_layers": [[t.layer, 0, 0] for t in self.tensors],
                "output_layers": [[t.layer, t.call, t.index] for t in tensors]}

    def refused(self, class_name, why):
        """A run must refuse the model, and name @why."""
        self.case(class_name, [(Tensor(self.layers[-1]["name"]), np.zeros(()))])
        cases[-1]["refused"] = why

    def case(self, class_name, outputs):
        """@outputs: (tensor, array) pairs; or, after the last layer, arrays."""
        if not isinstance(outputs[0], tuple):
            last = self.layers[-1]["name"]
            outputs = [(Tensor(last, i), y) for i, y in enumerate(outputs)]
        number = sum(1 for other in cases if other["class"] == class_name)
        cases.append({
            "id": f"{class_name}-{number}", "class": class_name,
            "model": {"module": "keras.src.models.functional", "class_name": "Functional",
                      "config": self.config([t for t, _ in outputs])},
            "weights": self.weights, "inputs": [array(x) for x in self.inputs],
            "outputs": [array(y) for _, y in outputs]})


def single(class_name, config, inputs, outputs, weights=(), listed=False, kwargs=None):
    """A model of one layer."""
    inputs = inputs if isinstance(inputs, list) else [inputs]
    outputs = outputs if isinstance(outputs, list) else [outputs]
    model = Model(*inputs)
    model.add(class_name, config, *([model.tensors] if listed else model.tensors),
              weights=weights, kwargs=kwargs)
    model.case(class_name, outputs)


def inner(class_name, config):
    return {"module": "keras.layers", "class_name": class_name, "config": config}
