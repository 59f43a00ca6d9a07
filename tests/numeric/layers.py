#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tests/cases/layers-numeric.json.gz: models of Keras's layers with their weights, and what
numpy says comes out (reference.py). Needs numpy and scipy; the tests need neither.

    tests/numeric/layers.py > tests/cases/layers-numeric.json.gz
"""
import itertools

import numpy as np

import reference as ref
from casefile import FIRST, cases, numbers, single, whole, write

# ---- functions of one number ----

odd = np.array([[-40, -7.5, -3, -1.25, -0.5, -0.25], [0, 0.3, 0.5, 1, 3.5, 30]])
for name in ref.ACTIVATIONS:
    if name is not None:
        single("Activation", {"activation": name}, odd, ref.activate(odd, name))
x = numbers(2, 3, 4, low=-8, high=8)
for config in [{"max_value": 6.0}, {"max_value": 2.5, "negative_slope": 0.5},
               {"threshold": 1.5}, {"threshold": 1.0, "negative_slope": 0.25, "max_value": 4.0},
               {"negative_slope": 0.1}]:
    threshold, slope = config.get("threshold", 0), config.get("negative_slope", 0)
    y = np.minimum(np.where(x > threshold, x, 0), config.get("max_value", np.inf))
    y = np.maximum(y, 0) if "max_value" in config else y
    single("ReLU", config, x, y - slope * np.maximum(threshold - x, 0))
for slope in [0.3, 0.05, 0.0]:
    single("LeakyReLU", {"negative_slope": slope}, x, np.where(x >= 0, x, slope * x))
for alpha in [1.0, 0.5, 2.0]:
    single("ELU", {"alpha": alpha}, x, np.where(x > 0, x, alpha * np.expm1(x)))
for shared, shape in [(None, (3, 4)), ([1], (1, 4)), ([2], (3, 1)), ([1, 2], (1, 1))]:
    alpha = numbers(*shape)
    single("PReLU", {"shared_axes": shared}, x, np.maximum(x, 0) + alpha * np.minimum(x, 0), [alpha])
for axis in [-1, 1, [1, 2], [2], -2]:
    single("Softmax", {"axis": axis}, x,
           ref.softmax(x, tuple(axis) if isinstance(axis, list) else axis))
far = np.array([[1e4, -1e4, 9990], [-np.inf, 0, 1], [-3e4, -3e4, -3e4]])
single("Softmax", {}, far, ref.softmax(far))
single("Softmax", {}, np.full((1, 3), -np.inf), np.full((1, 3), np.nan))

# ---- Dense, EinsumDense, embeddings ----

for shape, units, config in [((3, 5), 4, {"activation": "gelu"}), ((2, 3, 5), 4, {}),
                             ((2, 3, 2, 5), 3, {"use_bias": False, "activation": "softmax"}),
                             ((1, 1), 1, {"activation": "mish"})]:
    x, kernel, bias = numbers(*shape), numbers(shape[-1], units), numbers(units)
    weights = [kernel, bias] if config.get("use_bias", True) else [kernel]
    single("Dense", dict(config, units=units), x,
           ref.activate(ref.with_bias(x @ kernel, weights, config), config.get("activation")),
           weights)
for equation, shape, kernel, output, axes, bias in [
        ("ab,bc->ac", (3, 5), (5, 4), [4], "c", (4,)),
        ("abc,cd->abd", (2, 3, 5), (5, 4), [3, 4], "d", (4,)),
        ("abc,cd->abd", (2, 3, 5), (5, 4), [3, 4], "bd", (3, 4)),
        ("abc,cde->abde", (2, 3, 5), (5, 2, 4), [None, 2, 4], "de", (2, 4)),
        ("abde,dec->abc", (2, 3, 2, 4), (2, 4, 5), [None, 5], "c", (5,)),
        ("abc,bcd->ad", (2, 3, 5), (3, 5, 4), [4], None, None),
        ("...x,xy->...y", (2, 3, 5), (5, 4), [4], "y", (4,)),
        ("abc,bd->adc", (2, 3, 5), (3, 4), [4, 5], "d", (4, 1)),
        ("abc,bd->acd", (2, 3, 5), (3, 4), [5, 4], "c", (5, 1)),
        ("abcd,dbe->abce", (2, 3, 2, 4), (4, 3, 5), [3, 2, 5], "be", (3, 1, 5))]:
    x, weights = numbers(*shape), [numbers(*kernel)]
    y = np.einsum(equation, x, weights[0])
    if bias is not None:
        weights.append(numbers(*bias))
        y = y + weights[1]
    single("EinsumDense", {"equation": equation, "output_shape": output, "bias_axes": axes,
                           "activation": "tanh"}, x, np.tanh(y), weights)
table = numbers(6, 3)
for ids in [np.array([[0, 5, 3], [1, 1, 0]]), np.array([[5], [0]]), whole(2, 2, 3, high=6)]:
    single("Embedding", {"input_dim": 6, "output_dim": 3}, ids, table[ids.astype(int)], [table])

# ---- convolutions ----

def weights_of(config, *shapes):
    bias = [numbers(shapes[-1][-1])] if config.get("use_bias", True) else []
    return [numbers(*s) for s in shapes] + bias


for n, shape, channels, config in [
        (1, (2, 9, 3), 3, {"padding": "causal", "dilation_rate": 3}),
        (1, (2, 9, 3), 3, {"padding": "causal", "strides": 2, "activation": "relu"}),
        (1, (2, 4, 9), 4, {"data_format": FIRST, "groups": 2, "padding": "same", "strides": 2}),
        (1, (1, 8, 2), 2, {"kernel_size": 2, "strides": 5}),
        (1, (1, 8, 2), 2, {"kernel_size": 4, "padding": "same", "dilation_rate": 2}),
        (1, (2, 3, 7), 3, {"data_format": FIRST, "padding": "causal", "dilation_rate": 2}),
        (2, (1, 3, 7, 6), 3, {"data_format": FIRST, "padding": "same", "strides": [2, 3]}),
        (2, (2, 5, 6, 4), 4, {"groups": 4, "padding": "same", "kernel_size": [2, 4]}),
        (2, (1, 7, 9, 2), 2, {"kernel_size": 2, "strides": 4}),
        (2, (1, 9, 9, 2), 2, {"dilation_rate": [3, 2], "activation": "selu"}),
        (2, (1, 8, 5, 3), 3, {"kernel_size": [5, 1], "padding": "same", "use_bias": False}),
        (2, (2, 6, 6, 6), 6, {"data_format": FIRST, "groups": 3, "dilation_rate": 2}),
        (3, (1, 4, 5, 3, 4), 4, {"groups": 2, "kernel_size": 2}),
        (3, (1, 2, 4, 5, 3), 2, {"data_format": FIRST, "padding": "same", "kernel_size": [1, 2, 3]}),
        (3, (1, 5, 5, 5, 1), 1, {"dilation_rate": 2, "padding": "same"}),
        (3, (1, 4, 3, 5, 2), 2, {"strides": [2, 1, 3], "kernel_size": 2, "activation": "elu"})]:
    config = dict({"kernel_size": 3, "filters": 12 if config.get("groups") == 3 else 4}, **config)
    kernel = ref.tuple_of(config["kernel_size"], n)
    x = numbers(*shape)
    weights = weights_of(config, (*kernel, channels // config.get("groups", 1), config["filters"]))
    single(f"Conv{n}D", config, x, ref.conv(x, weights, config), weights)

for n, shape, channels, config in [
        (1, (2, 4, 3), 3, {"strides": 2}), (1, (2, 4, 3), 3, {"strides": 2, "padding": "same"}),
        (1, (2, 3, 4), 3, {"data_format": FIRST, "strides": 3, "output_padding": 2}),
        (1, (1, 4, 2), 2, {"strides": 3, "padding": "same", "output_padding": 1}),
        (1, (1, 4, 2), 2, {"dilation_rate": 2, "padding": "same"}),
        (1, (1, 4, 2), 2, {"kernel_size": 2, "dilation_rate": 3}),
        (1, (1, 1, 2), 2, {"kernel_size": 2, "strides": 5}),
        (2, (1, 2, 3, 4), 2, {"data_format": FIRST, "strides": [1, 2], "padding": "same"}),
        (2, (1, 3, 3, 2), 2, {"kernel_size": [4, 2], "strides": 3, "output_padding": [0, 2],
                              "padding": "same"}),
        (2, (1, 3, 2, 2), 2, {"kernel_size": 5, "strides": 2, "padding": "same",
                              "activation": "relu"}),
        (2, (1, 3, 4, 2), 2, {"kernel_size": [2, 3], "dilation_rate": [1, 2], "use_bias": False}),
        (2, (2, 3, 3, 1), 1, {"kernel_size": 3, "strides": 2, "output_padding": 1}),
        (3, (1, 2, 3, 2, 2), 2, {"kernel_size": 2, "strides": 2}),
        (3, (1, 2, 2, 3, 2), 2, {"data_format": FIRST, "padding": "same", "strides": [1, 2, 1]}),
        (3, (1, 2, 2, 2, 1), 1, {"strides": 2, "output_padding": 1, "padding": "same"}),
        (3, (1, 2, 2, 2, 1), 1, {"kernel_size": 2, "dilation_rate": 2})]:
    config = dict({"kernel_size": 3, "filters": 2}, **config)
    x = numbers(*shape)
    kernel = numbers(*ref.tuple_of(config["kernel_size"], n), 2, channels)
    weights = [kernel] + ([numbers(2)] if config.get("use_bias", True) else [])
    single(f"Conv{n}DTranspose", config, x, ref.conv_transpose(x, weights, config), weights)

for n, shape, channels, config in [
        (1, (2, 8, 3), 3, {"depth_multiplier": 2, "padding": "same"}),
        (1, (2, 3, 8), 3, {"data_format": FIRST, "dilation_rate": 2, "activation": "relu"}),
        (1, (1, 9, 2), 2, {"kernel_size": 2, "strides": 4, "use_bias": False}),
        (2, (1, 5, 6, 3), 3, {"depth_multiplier": 3, "dilation_rate": 2, "padding": "same"}),
        (2, (2, 2, 7, 5), 2, {"data_format": FIRST, "depth_multiplier": 2, "strides": 2}),
        (2, (1, 7, 7, 2), 2, {"kernel_size": 2, "strides": 3, "activation": "relu6"}),
        (2, (1, 6, 5, 9), 9, {"kernel_size": [5, 3], "padding": "same"})]:
    config = dict({"kernel_size": 3}, **config)
    multiplier = config.get("depth_multiplier", 1)
    x, size = numbers(*shape), ref.tuple_of(config["kernel_size"], n)
    weights = [numbers(*size, channels, multiplier)]
    weights += [numbers(channels * multiplier)] if config.get("use_bias", True) else []
    single(f"DepthwiseConv{n}D", config, x, ref.depthwise_conv(x, weights, config), weights)
    config = dict(config, filters=4)
    weights = weights_of(config, (*size, channels, multiplier),
                         (*(1,) * n, channels * multiplier, 4))
    single(f"SeparableConv{n}D", config, x, ref.separable_conv(x, weights, config), weights)

# ---- pooling ----

for kind, word in [("max", "Max"), ("average", "Average")]:
    for n, shape, config in [
            (1, (2, 7, 3), {"pool_size": 3, "strides": 2, "padding": "same"}),
            (1, (2, 3, 7), {"pool_size": 2, "data_format": FIRST}),
            (1, (1, 8, 2), {"pool_size": 2, "strides": 5}),
            (1, (1, 5, 2), {"pool_size": 4, "strides": 1, "padding": "same"}),
            (2, (1, 5, 7, 2), {"pool_size": [3, 2], "strides": [2, 3], "padding": "same"}),
            (2, (2, 2, 6, 5), {"pool_size": 2, "padding": "same", "data_format": FIRST}),
            (2, (1, 7, 7, 3), {"pool_size": [1, 3], "strides": 2}),
            (2, (1, 3, 3, 1), {"pool_size": 5, "strides": 1, "padding": "same"}),
            (3, (1, 4, 5, 3, 2), {"pool_size": 2, "padding": "same"}),
            (3, (1, 2, 4, 3, 5), {"pool_size": [1, 2, 3], "strides": 2, "padding": "same",
                                  "data_format": FIRST}),
            (3, (1, 5, 4, 4, 2), {"pool_size": 2, "strides": [3, 1, 2]})]:
        x = numbers(*shape)
        x = x - 5 if kind == "max" and config.get("padding") == "same" else x
        single(f"{word}Pooling{n}D", config, x, ref.pool(x, config, kind))
    for n, shape in [(1, (2, 5, 3)), (2, (2, 3, 5, 4)), (3, (1, 2, 3, 4, 3))]:
        for data_format, keepdims in itertools.product([None, FIRST], [False, True]):
            config = {"data_format": data_format, "keepdims": keepdims}
            x = numbers(*shape)
            single(f"Global{word}Pooling{n}D", config, x, ref.global_pool(x, config, kind))
    for n, shape, config in [(1, (2, 7, 3), {"output_size": 3}),
                             (1, (2, 3, 4), {"output_size": 6, "data_format": FIRST}),
                             (1, (1, 5, 2), {"output_size": 1}),
                             (2, (1, 7, 5, 2), {"output_size": [3, 4]}),
                             (2, (1, 2, 10, 7), {"output_size": [4, 7], "data_format": FIRST}),
                             (2, (2, 3, 3, 1), {"output_size": 5}),
                             (3, (1, 5, 4, 3, 2), {"output_size": [2, 3, 2]}),
                             (3, (1, 1, 4, 5, 6), {"output_size": 4, "data_format": FIRST})]:
        x = numbers(*shape)
        single(f"Adaptive{word}Pooling{n}D", config, x, ref.adaptive_pool(x, config, kind))

# The rest of them, which add theirs.
import layers_images  # noqa: E402,F401
import layers_sequences  # noqa: E402,F401

write(cases, "layers.py")
