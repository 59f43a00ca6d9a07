#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/cases/operations.json.gz: operations of Keras as models of one layer, with what numpy
says comes out. Needs numpy and scipy; the tests need neither.

    tests/numeric/operations.py > tests/cases/operations.json.gz
"""
import numpy as np
from scipy import special

from casefile import array, write

rng = np.random.default_rng(5)
cases = []


class Tensor:
    """Stands for input number `index` among the arguments of a call."""

    def __init__(self, index):
        self.index = index


def numbers(*shape, low=-3.0, high=3.0):
    return rng.uniform(low, high, shape).astype(np.float32)


def whole(*shape, low=-5, high=6):
    return rng.integers(low, high, shape).astype(np.float32)


def batch_of(inputs):
    return max(len(x) for x in inputs)


def source_of(index, inputs):
    return f"{'input' if len(inputs[index]) == batch_of(inputs) else 'part'}_{index}"


def padded(x, batch):
    """All inputs of a model have as many samples: what has fewer gets some that are cut off."""
    return np.concatenate([x, np.zeros((batch - len(x),) + x.shape[1:], x.dtype)])


def argument(value, inputs):
    if isinstance(value, Tensor):
        return {"class_name": "__keras_tensor__",
                "config": {"shape": [None] + list(inputs[value.index].shape[1:]),
                           "dtype": "float32", "keras_history": [source_of(value.index, inputs),
                                                                 0, 0]}}
    if isinstance(value, list):
        return [argument(item, inputs) for item in value]
    return value


def case(module, class_name, inputs, outputs, config=None, args=None, kwargs=None):
    """One case: @inputs and @outputs are arrays, @args the call's with Tensor in place of inputs."""
    if not isinstance(outputs, (list, tuple)):
        outputs = [outputs]
    if args is None:
        args = [Tensor(i) for i in range(len(inputs))]
    batch = batch_of(inputs)
    layers = [{"module": "keras.layers", "class_name": "InputLayer", "name": f"input_{i}",
               "config": {"name": f"input_{i}", "batch_shape": [batch] + list(x.shape[1:])},
               "inbound_nodes": []} for i, x in enumerate(inputs)]
    for i, x in enumerate(inputs):
        if len(x) < batch:
            start = {"class_name": "__slice__",
                     "config": {"start": None, "stop": len(x), "step": None}}
            tensor = argument(Tensor(0), [padded(x, batch)])
            tensor["config"]["keras_history"][0] = f"input_{i}"
            layers.append({"module": "keras.src.ops.numpy", "class_name": "GetItem",
                           "name": f"part_{i}", "config": {"name": f"part_{i}"},
                           "inbound_nodes": [{"args": [tensor, start], "kwargs": {}}]})
    layers.append({"module": "keras.src.ops." + module, "class_name": class_name,
                   "name": "subject", "config": dict(config or {}, name="subject"),
                   "inbound_nodes": [{"args": argument(list(args), inputs),
                                      "kwargs": kwargs or {}}]})
    model = {"module": "keras.src.models.functional", "class_name": "Functional",
             "config": {"name": "case", "layers": layers,
                        "input_layers": [[f"input_{i}", 0, 0] for i in range(len(inputs))],
                        "output_layers": [["subject", 0, i] for i in range(len(outputs))]}}
    number = sum(1 for other in cases if other["class"] == class_name)
    cases.append({"id": f"{class_name}-{number}", "class": class_name, "model": model,
                  "inputs": [array(padded(x, batch)) for x in inputs], "outputs": [array(y) for y in outputs]})


# ---- functions of one number ----

def sigmoid(x):
    return 1 / (1 + np.exp(-x))


odd = np.array([[np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5]], np.float32)
any_ = numbers(2, 3, 4)
positive = numbers(2, 3, 4, low=0.05, high=4)
small = numbers(2, 3, 4, low=-0.95, high=0.95)
above = numbers(2, 3, 4, low=1.05, high=4)
for name, function, x in [
        ("Absolute", np.abs, any_), ("Abs", np.abs, any_), ("Arccos", np.arccos, small),
        ("Arccosh", np.arccosh, above), ("Arcsin", np.arcsin, small),
        ("Arcsinh", np.arcsinh, any_), ("Arctan", np.arctan, any_),
        ("Arctanh", np.arctanh, small), ("Ceil", np.ceil, any_), ("Conj", np.conj, any_),
        ("Conjugate", np.conjugate, any_), ("Copy", np.copy, any_), ("Cos", np.cos, any_),
        ("Cosh", np.cosh, any_), ("Deg2rad", np.deg2rad, 60 * any_), ("Exp", np.exp, any_),
        ("Exp2", np.exp2, any_), ("Expm1", np.expm1, any_), ("Floor", np.floor, any_),
        ("Imag", np.imag, any_), ("Isfinite", np.isfinite, odd), ("Isinf", np.isinf, odd),
        ("Isnan", np.isnan, odd), ("Log", np.log, positive), ("Log10", np.log10, positive),
        ("Log1p", np.log1p, positive), ("Log2", np.log2, positive),
        ("LogicalNot", np.logical_not, whole(2, 6, low=-1, high=2)),
        ("Negative", np.negative, any_), ("OnesLike", np.ones_like, any_),
        ("Rad2deg", np.rad2deg, any_), ("Real", np.real, any_),
        ("Reciprocal", np.reciprocal, positive), ("Sign", np.sign, whole(2, 6)),
        ("Signbit", np.signbit, odd[:, 1:]), ("Sin", np.sin, any_), ("Sinh", np.sinh, any_),
        ("Sqrt", np.sqrt, positive), ("Square", np.square, any_), ("Tan", np.tan, small),
        ("Tanh", np.tanh, any_), ("Trunc", np.trunc, any_), ("ZerosLike", np.zeros_like, any_)]:
    case("numpy", name, [x], function(x))
case("core", "StopGradient", [any_], any_)
case("math", "Erf", [any_], special.erf(any_))
case("math", "Erfinv", [small], special.erfinv(small))
case("math", "Rsqrt", [positive], 1 / np.sqrt(positive))
for dtype in ["int32", "bool", "float32", "uint8"]:
    x = np.abs(any_) if dtype == "uint8" else whole(2, 5, low=-1, high=2) / np.float32(2)
    case("core", "Cast", [x], x.astype(dtype), {"dtype": dtype})
case("numpy", "Clip", [any_], np.clip(any_, -1, 0.5), {"x_min": -1, "x_max": 0.5})
case("numpy", "Round", [any_], np.round(any_), {})
case("numpy", "Round", [any_], np.round(any_, 1), {"decimals": 1})
case("numpy", "Round", [100 * any_], np.round(100 * any_, -1), {"decimals": -1})
case("numpy", "NanToNum", [odd[:, :1]], np.zeros((1, 1)), {})
case("numpy", "NanToNum", [odd], np.nan_to_num(odd, nan=1, posinf=2, neginf=-3),
     {"nan": 1.0, "posinf": 2.0, "neginf": -3.0})
x = any_
for name, y, config in [
        ("Celu", np.where(x > 0, x, 2 * np.expm1(x / 2)), {"alpha": 2.0}),
        ("Elu", np.where(x > 0, x, 0.7 * np.expm1(x)), {"alpha": 0.7}),
        ("Elu", np.where(x > 0, x, np.expm1(x)), {}),
        ("Gelu", x * special.ndtr(x), {"approximate": False}),
        ("Gelu", 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3))), {}),
        ("HardShrink", np.where(np.abs(x) > 1, x, 0), {"threshold": 1.0}),
        ("HardSigmoid", np.clip(x / 6 + 0.5, 0, 1), {}),
        ("HardSilu", x * np.clip(x / 6 + 0.5, 0, 1), {}),
        ("HardTanh", np.clip(x, -1, 1), {}),
        ("LeakyRelu", np.where(x > 0, x, 0.3 * x), {"negative_slope": 0.3}),
        ("LeakyRelu", np.where(x > 0, x, 0.2 * x), {}),
        ("LogSigmoid", np.log(sigmoid(x)), {}),
        ("Relu", np.maximum(x, 0), {}), ("Relu6", np.clip(4 * x, 0, 6) / 1, None),
        ("Selu", 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)), {}),
        ("Sigmoid", sigmoid(x), {}), ("Silu", x * sigmoid(x), {}),
        ("SoftShrink", np.sign(x) * np.maximum(np.abs(x) - 0.4, 0), {"threshold": 0.4}),
        ("Softplus", np.log1p(np.exp(x)), {}), ("Softsign", x / (1 + np.abs(x)), {}),
        ("SparsePlus", np.where(x <= -1, 0, np.where(x < 1, (x + 1) ** 2 / 4, x)), {}),
        ("SparseSigmoid", np.clip((x + 1) / 2, 0, 1), {}),
        ("Squareplus", (x + np.sqrt(x * x + 2)) / 2, {"b": 2}),
        ("Squareplus", (x + np.sqrt(x * x + 4)) / 2, {}),
        ("TanhShrink", x - np.tanh(x), {}),
        ("Threshold", np.where(x > 0.5, x, -7), {"threshold": 0.5, "default_value": -7.0})]:
    case("nn", name, [4 * x if name == "Relu6" else x], y, config)
for axis in [-1, 1, 0]:
    case("nn", "Softmax", [x], special.softmax(x, axis), {"axis": axis})
    case("nn", "LogSoftmax", [x], special.log_softmax(x, axis), {"axis": axis})
case("nn", "Softmax", [x], special.softmax(x, (1, 2)), {"axis": [1, 2]})


def sparsemax(x):
    """As Keras has it: with the sum of all partial sums in the support, not the last of them."""
    z = -np.sort(-x, -1)
    sums = np.cumsum(z, -1)
    support = z - (sums - 1) / np.arange(1, x.shape[-1] + 1) > 0
    k = np.sum(support, -1, keepdims=True)
    return np.maximum(x - (np.sum(np.where(support, sums, 0), -1, keepdims=True) - 1) / k, 0)


case("nn", "Sparsemax", [x], sparsemax(x), {})
case("nn", "Normalize", [x], x / np.linalg.norm(x, axis=-1, keepdims=True), {})
case("nn", "Normalize", [x], x / np.linalg.norm(x, ord=3, axis=1, keepdims=True),
     {"axis": 1, "order": 3})
case("nn", "Normalize", [np.zeros((2, 3), np.float32)], np.zeros((2, 3)), {"axis": -1})

# ---- of two ----

a, b = numbers(2, 3, 4), numbers(3, 1)
i, j = whole(2, 3, 4), whole(2, 1, 4)
for name, function, p, q in [
        ("Add", np.add, a, b), ("Arctan2", np.arctan2, a, b),
        ("Divide", np.divide, a, np.abs(b) + 1), ("Equal", np.equal, i, j),
        ("FloorDivide", np.floor_divide, i, np.abs(j) + 1), ("Greater", np.greater, i, j),
        ("GreaterEqual", np.greater_equal, i, j), ("Hypot", np.hypot, a, b),
        ("Less", np.less, i, j), ("LessEqual", np.less_equal, i, j),
        ("Logaddexp", np.logaddexp, a, 30 * b), ("LogicalAnd", np.logical_and, i, j),
        ("LogicalOr", np.logical_or, i, j), ("LogicalXor", np.logical_xor, i, j),
        ("Maximum", np.maximum, a, b), ("Minimum", np.minimum, a, b),
        ("Mod", np.mod, i, np.abs(j) + 1), ("Mod", np.mod, i, -np.abs(j) - 1),
        ("Multiply", np.multiply, a, b), ("NotEqual", np.not_equal, i, j),
        ("Power", np.power, np.abs(a), b), ("Subtract", np.subtract, a, b),
        ("TrueDivide", np.true_divide, a, np.abs(b) + 1)]:
    case("numpy", name, [p, q], function(p, q))
for name, function in [("BitwiseAnd", np.bitwise_and), ("BitwiseOr", np.bitwise_or),
                       ("BitwiseXor", np.bitwise_xor)]:
    case("numpy", name, [100 * i, j], function((100 * i).astype(int), j.astype(int)))
case("numpy", "Add", [a], a + 2.5, None, [Tensor(0), 2.5])
case("numpy", "Subtract", [a], 1 - a, None, [1, Tensor(0)])
case("numpy", "Power", [a], a ** 2, None, [Tensor(0), 2])
case("numpy", "Multiply", [a], a * np.array([1, 2, 3, 4]), None, [Tensor(0), [1, 2, 3, 4]])
zero = np.array([[0, 1, 2], [-1, 0, 4]], np.float32)
x = numbers(2, 3)
case("numpy", "DivideNoNan", [x, zero],
     np.divide(x, zero, out=np.zeros_like(x), where=zero != 0))
close = np.array([[1, 1, 2, np.inf, np.nan, np.inf]], np.float32)
other = np.array([[1, 1.000001, 2.1, np.inf, np.nan, 1]], np.float32)
case("numpy", "Isclose", [close, other], np.isclose(close, other))
case("numpy", "Isclose", [other, close], np.isclose(other, close, rtol=0.1), None, None,
     {"rtol": 0.1})
case("numpy", "Isclose", [other, close], np.isclose(other, close, 0.1, 1e-8, True), None,
     [Tensor(0), Tensor(1), 0.1, 1e-8, True])
case("numpy", "Where", [i, a, b], np.where(i, a, b))
case("numpy", "Where", [i, a], np.where(i, a, 0), None, [Tensor(0), Tensor(1), 0])

# ---- along axes ----

x, z = numbers(2, 3, 4), whole(2, 3, 4, low=0, high=2)
ways = [None, 0, 1, -1, [1, 2], [0, 2]]
for name, function, data in [
        ("All", np.all, z), ("Amax", np.amax, x), ("Amin", np.amin, x), ("Any", np.any, z),
        ("Max", np.max, x), ("Mean", np.mean, x), ("Median", np.median, x), ("Min", np.min, x),
        ("Prod", np.prod, x), ("Std", np.std, x), ("Sum", np.sum, x), ("Var", np.var, x)]:
    for axis in ways:
        for keep in [False, True]:
            case("numpy", name, [data],
                 function(data, axis=tuple(axis) if isinstance(axis, list) else axis,
                          keepdims=keep), {"axis": axis, "keepdims": keep})
case("numpy", "Max", [x], np.max(x, axis=1, initial=1), {"axis": 1, "initial": 1})
y = numbers(2, 5)
case("numpy", "Median", [y], np.median(y, 1), {"axis": 1})
for axis in [None, 0, 1, -1]:
    for keep in [False, True]:
        case("numpy", "Argmax", [i], np.argmax(i, axis, keepdims=keep),
             {"axis": axis, "keepdims": keep})
        case("numpy", "Argmin", [i], np.argmin(i, axis, keepdims=keep),
             {"axis": axis, "keepdims": keep})
for axis in [None, 0, [1, 2]]:
    case("numpy", "CountNonzero", [z],
         np.count_nonzero(z, axis=tuple(axis) if isinstance(axis, list) else axis),
         {"axis": axis})
for axis in [None, 1, [1, 2]]:
    case("math", "Logsumexp", [50 * x],
         special.logsumexp((50 * x).astype(np.float64),
                           axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=True),
         {"axis": axis, "keepdims": True})
for order, axis in [(None, None), (None, 1), (1, 1), (2, -1), (0, 1), (3, 1), ("inf", 1),
                    ("-inf", 1), (None, [1, 2]), ("fro", [1, 2]), ("nuc", [1, 2]), (1, [1, 2]),
                    (-1, [1, 2]), (2, [1, 2]), (-2, [1, 2]), ("inf", [1, 2]), ("inf", [2, 1]),
                    ("-inf", [0, 1]), (2, [0, 2])]:
    for keep in [False, True]:
        real = {"inf": np.inf, "-inf": -np.inf}.get(order, order)
        case("linalg", "Norm", [x],
             np.linalg.norm(x, ord=real, axis=tuple(axis) if isinstance(axis, list) else axis,
                            keepdims=keep), {"ord": order, "axis": axis, "keepdims": keep})
for axes in [[0], [1, 2], [-1]]:
    for keep in [False, True]:
        case("nn", "Moments", [x], [np.mean(x, tuple(axes), keepdims=keep),
                                    np.var(x, tuple(axes), keepdims=keep)],
             {"axes": axes, "keepdims": keep})
for axis in [None, 0, 1, -1]:
    case("numpy", "Cumsum", [x], np.cumsum(x, axis), {"axis": axis})
    case("numpy", "Cumprod", [x], np.cumprod(x, axis), {"axis": axis})
    case("numpy", "Sort", [x], np.sort(x, axis), {"axis": axis})
    case("numpy", "Argsort", [i], np.argsort(i, axis, kind="stable"), {"axis": axis})
case("numpy", "Sort", [odd], np.sort(odd), {"axis": -1})
for axis, shape in [(-1, (2, 3, 4)), (0, (2, 3)), (1, (2, 6, 3))]:
    y = numbers(*shape)
    p, q = np.split(y, 2, axis)
    case("nn", "Glu", [y], p * sigmoid(q), {"axis": axis})
ids = np.array([[0, 2, 1], [4, 7, -1]], np.float32)
hot = (ids[..., None] == np.arange(5)).astype(np.float32)
case("nn", "OneHot", [ids], hot, {"num_classes": 5})
case("nn", "OneHot", [ids], np.moveaxis(hot, -1, 1), {"num_classes": 5, "axis": 1})
case("nn", "OneHot", [ids], np.moveaxis(hot, -1, 0), {"num_classes": 5, "axis": 0})
y = whole(2, 3, 7)
for k in [1, 3, 7]:
    places = np.argsort(-y, -1, kind="stable")[..., :k]
    case("math", "TopK", [y], [np.take_along_axis(y, places, -1), places], {"k": k})
places = np.array([[0, 2, -1], [1, 1, 0]], np.float32)
for axis in [0, 1, -1]:
    t = numbers(3, 4, 5)
    case("numpy", "Take", [t, places], np.take(t, places.astype(int), axis), {"axis": axis})
    case("numpy", "Take", [t], np.take(t, 2, axis), {"axis": axis}, [Tensor(0), 2])
    case("numpy", "Take", [t], np.take(t, [0, -2], axis), {"axis": axis}, [Tensor(0), [0, -2]])
case("numpy", "Take", [t], np.take(t, [7, 0, 11]), None, [Tensor(0), [7, 0, 11]])
for axis in [None, 0, 1, -1, [0, 2]]:
    case("numpy", "Flip", [x], np.flip(x, tuple(axis) if isinstance(axis, list) else axis),
         {"axis": axis})
for shift, axis in [(3, None), (1, 0), (-2, 1), (5, -1), ([1, 2], [0, 2]), (1, [1, 2])]:
    case("numpy", "Roll", [x], np.roll(x, tuple(shift) if isinstance(shift, list) else shift,
                                       tuple(axis) if isinstance(axis, list) else axis),
         {"shift": shift, "axis": axis})
for k in [0, 1, -1, 2, 9, -9]:
    case("numpy", "Tril", [x], np.tril(x, k), {"k": k})
    case("numpy", "Triu", [x], np.triu(x, k), {"k": k})

# ---- other shapes ----

case("numpy", "Reshape", [x], x.reshape(4, -1), {"newshape": [4, -1]})
case("numpy", "Reshape", [x], x.reshape(2, 2, 2, 3), {"newshape": [2, 2, 2, 3]})
case("numpy", "Ravel", [x], x.ravel())
case("numpy", "Transpose", [x], x.T)
case("numpy", "Transpose", [x], x.transpose(0, 2, 1), {"axes": [0, 2, 1]})
case("numpy", "Transpose", [x], x.transpose(2, 0, 1), {"axes": [2, 0, 1]})
case("numpy", "Swapaxes", [x], x.swapaxes(1, -1), {"axis1": 1, "axis2": -1})
case("numpy", "Moveaxis", [x], np.moveaxis(x, 1, -1), {"source": 1, "destination": -1})
case("numpy", "Moveaxis", [x], np.moveaxis(x, [0, 1], [-1, 0]),
     {"source": [0, 1], "destination": [-1, 0]})
for axis in [1, -1, [0, 2]]:
    case("numpy", "ExpandDims", [x], np.expand_dims(x, axis), {"axis": axis})
lone = numbers(2, 1, 3, 1)
case("numpy", "Squeeze", [lone], lone.squeeze())
case("numpy", "Squeeze", [lone], lone.squeeze(1), {"axis": 1})
case("numpy", "Squeeze", [lone], lone.squeeze((1, 3)), {"axis": [1, 3]})
case("numpy", "BroadcastTo", [lone], np.broadcast_to(lone, (4, 2, 5, 3, 2)),
     {"shape": [4, 2, 5, 3, 2]})
for width, mode, value in [(1, "constant", None), ([[0, 0], [1, 2], [0, 1]], "constant", 2.5),
                           ([[0, 0], [2, 1], [3, 0]], "reflect", None),
                           ([[1, 0], [2, 3], [0, 2]], "symmetric", None),
                           ([[0, 0], [7, 9], [0, 2]], "reflect", None),
                           ([[0, 0], [7, 9], [0, 2]], "symmetric", None)]:
    more = {} if value is None else {"constant_values": value}
    case("numpy", "Pad", [x], np.pad(x, width, mode, **more), {"pad_width": width, "mode": mode},
         [Tensor(0)] + ([] if value is None else [value]))
for repeats in [2, [1, 3], [2, 1, 3], [2, 1, 1, 2]]:
    case("numpy", "Tile", [x], np.tile(x, repeats), {"repeats": repeats})
for repeats, axis in [(3, 1), (2, None), ([1, 0, 2], 1), (2, 0), ([2], -1)]:
    case("numpy", "Repeat", [x], np.repeat(x, repeats, axis), {"repeats": repeats, "axis": axis})
u, v, w = numbers(2, 3, 4), numbers(2, 3, 4), numbers(2, 1, 4)
case("numpy", "Concatenate", [u, v], np.concatenate([u, v]), None, [[Tensor(0), Tensor(1)]])
case("numpy", "Concatenate", [u, w, v], np.concatenate([u, w, v], 1), {"axis": 1},
     [[Tensor(0), Tensor(1), Tensor(2)]])
for axis in [0, 1, -1]:
    case("numpy", "Stack", [u, v], np.stack([u, v], axis), {"axis": axis},
         [[Tensor(0), Tensor(1)]])
for at, axis in [(2, 2), (3, 1), ([1, 3], -1), ([-1], 1), ([1, 1, 9], 2)]:
    case("numpy", "Split", [u], np.split(u, at, axis), {"indices_or_sections": at, "axis": axis})
case("core", "Unstack", [u], [u[:, k] for k in range(3)], {"num": 3, "axis": 1})
case("core", "Unstack", [u], [u[..., k] for k in range(4)], {"num": 4, "axis": -1})


def key_of(item):
    if isinstance(item, slice):
        return {"class_name": "__slice__",
                "config": {"start": item.start, "stop": item.stop, "step": item.step}}
    return {"class_name": "__ellipsis__", "config": {}} if item is Ellipsis else item


for key in [0, (slice(None), -1), (Ellipsis, slice(1, None, 2)), (slice(None), None, 1),
            (Ellipsis, slice(None, None, -1)), (slice(None), slice(5, 0, -2)), (None,),
            (slice(1, 1), Ellipsis, 0), (0, Ellipsis, None, 2), (slice(-1, None), slice(-2, 2))]:
    text = [key_of(k) for k in key] if isinstance(key, tuple) else key_of(key)
    case("numpy", "GetItem", [u], u[key], None, [Tensor(0), text])

# ---- products ----

for p, q in [((2, 3, 4), (2, 4, 5)), ((2, 3, 4), (4, 5)), ((3, 4), (2, 4, 5)), ((4,), (4,)),
             ((2, 4), (4,)), ((4,), (2, 4, 3)), ((2, 1, 3, 4), (5, 4, 2)), ((1, 3, 4), (6, 4, 1)),
             ((1, 1), (1, 5))]:
    p, q = numbers(*p), numbers(*q)
    case("numpy", "Matmul", [p, q], np.matmul(p, q))
p = numbers(2, 2)
case("numpy", "Matmul", [p], p @ [[1, 2, 3], [4, 5, 6]], None,
     [Tensor(0), [[1, 2, 3], [4, 5, 6]]])
for p, q in [((2, 3), (3, 4)), ((2, 3, 4), (5, 4, 2)), ((2, 4), (4,)), ((4,), (4,))]:
    p, q = numbers(*p), numbers(*q)
    case("numpy", "Dot", [p, q], np.dot(p, q))
case("numpy", "Dot", [u], 3 * u, None, [Tensor(0), 3])
p, q = numbers(3), numbers(2, 2)
case("numpy", "Outer", [p, q], np.outer(p, q))
for axes, p, q in [(2, (2, 3, 4), (3, 4, 5)), (1, (2, 3, 4), (4, 5)), (0, (2, 3), (4,)),
                   ([[1], [0]], (2, 3, 4), (3, 2)), ([[2, 1], [0, 2]], (2, 3, 4), (4, 5, 3)),
                   ([-1, 0], (2, 3), (3, 5))]:
    p, q = numbers(*p), numbers(*q)
    case("numpy", "Tensordot", [p, q], np.tensordot(p, q, axes), {"axes": axes})
for subscripts, *shapes in [
        ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)), ("...i,ij->...j", (2, 3, 4), (4, 5)),
        ("bi,bi", (2, 3), (2, 3)), ("ba", (2, 3)), ("bqhd,bkhd->bhqk", (2, 3, 2, 4), (2, 5, 2, 4)),
        ("bii->bi", (2, 3, 3)), ("bii->b", (2, 3, 3)), ("ij,jk,kl->il", (2, 3), (3, 4), (4, 5)),
        ("bi,bj,bk->bijk", (2, 3), (2, 2), (2, 4)), ("...ij->...ji", (2, 3, 4)),
        ("b...i,i...->b...", (2, 3, 4), (4, 3)), ("ij,ij->ji", (2, 3), (2, 3)),
        ("i,j->ij", (2,), (3,)), ("abc,cd->d", (2, 3, 4), (4, 5)), ("a,ab,abc->c", (2,), (2, 3),
                                                                  (2, 3, 4)),
        ("iij,jkk->ik", (3, 3, 2), (2, 4, 4)), ("bij,bij->b", (2, 3, 4), (2, 1, 4)),
        ("...,...->...", (2, 3), (3,)), ("i->", (4,)), ("bhwc->bchw", (2, 3, 4, 5))]:
    data = [numbers(*shape) for shape in shapes]
    case("numpy", "Einsum", data, np.einsum(subscripts, *data), {"subscripts": subscripts})

write(cases, "operations.py")
