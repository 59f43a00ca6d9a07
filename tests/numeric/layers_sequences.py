# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of recurrent layers, wrappers, attention, masks and nested models, for layers.py."""
import itertools

import numpy as np

import reference as ref
from casefile import FIRST, Model, Tensor, inner, numbers, single

GATES = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3}


def weights_of(kind, config, features):
    units, gates = config["units"], GATES[kind]
    weights = [numbers(features, gates * units, low=-1, high=1),
               numbers(units, gates * units, low=-1, high=1)]
    if config.get("use_bias", True):
        both = kind == "GRU" and config.get("reset_after", True)
        weights.append(numbers(2, gates * units) if both else numbers(gates * units))
    return weights


# ---- recurrent layers by themselves ----

x = numbers(2, 5, 3)
for kind in ["SimpleRNN", "LSTM", "GRU"]:
    options = [{}, {"return_sequences": True, "go_backwards": True},
               {"return_sequences": True, "return_state": True},
               {"return_state": True, "use_bias": False, "go_backwards": True},
               {"activation": "relu", "unroll": True}, {"activation": "softsign"}]
    if kind != "SimpleRNN":
        options += [{"recurrent_activation": "hard_sigmoid", "return_sequences": True},
                    {"recurrent_activation": "relu", "activation": "sigmoid"},
                    {"recurrent_activation": "linear", "activation": "elu"}]
    if kind == "LSTM":
        options += [{"unit_forget_bias": False}]
    if kind == "GRU":
        options += [{"reset_after": False}, {"reset_after": False, "return_sequences": True,
                                             "activation": "selu", "use_bias": False},
                    {"reset_after": False, "return_state": True, "go_backwards": True,
                     "recurrent_activation": "hard_sigmoid"}]
    for config in options:
        config = dict(config, units=4)
        weights = weights_of(kind, config, 3)
        single(kind, config, x, ref.recurrent(x, weights, config, kind), weights)
    one = x[:, :1]
    config = {"units": 1, "return_sequences": True}
    weights = weights_of(kind, config, 3)
    single(kind, config, one, ref.recurrent(one, weights, config, kind), weights)
    # States that are given, as a keyword and as Keras writes them behind the sequence.
    states = [numbers(2, 4) for _ in range(ref.CELLS[kind][1])]
    config = {"units": 4, "return_sequences": True, "return_state": True}
    weights = weights_of(kind, config, 3)
    model = Model(x, *states)
    given = model.tensors[1:]
    model.add(kind, config, model.tensors[0], weights=weights, kwargs={"initial_state": given})
    model.case(kind, ref.recurrent(x, weights, config, kind, states=states))
    # An encoder's states for a decoder.
    y = numbers(2, 4, 2)
    coding, decoding = weights_of(kind, config, 3), weights_of(kind, config, 2)
    told = {"units": 4, "return_state": True}
    _, *states = ref.recurrent(x, coding, told, kind)
    model = Model(x, y)
    coder = model.add(kind, told, model.tensors[0], weights=coding)
    given = [Tensor(coder.layer, 1 + i) for i in range(len(states))]
    model.add(kind, config, model.tensors[1], weights=decoding, kwargs={"initial_state": given})
    model.case(kind, ref.recurrent(y, decoding, config, kind, states=states))

# ---- cells ----

for cells, config in [
        ([("SimpleRNN", {"units": 3})], {"return_sequences": True}),
        ([("LSTM", {"units": 3, "recurrent_activation": "hard_sigmoid"})], {"return_state": True}),
        ([("GRU", {"units": 3, "reset_after": False})], {"go_backwards": True}),
        ([("LSTM", {"units": 3}), ("GRU", {"units": 2})], {"return_sequences": True}),
        ([("GRU", {"units": 3}), ("SimpleRNN", {"units": 2, "use_bias": False}),
          ("LSTM", {"units": 4})], {"go_backwards": True, "return_sequences": True})]:
    features, weights, parts = 3, [], []
    for kind, cell in cells:
        weights += weights_of(kind, cell, features)
        features = cell["units"]
        parts.append(inner(kind + "Cell", cell))
    held = parts[0] if len(parts) == 1 else inner("StackedRNNCells", {"cells": parts})
    single("RNN", dict(config, cell=held), x, ref.stacked(x, weights, config, cells), weights)

# ---- Bidirectional ----

for kind, config, merge in [
        ("LSTM", {}, "concat"), ("LSTM", {"return_sequences": True}, "sum"),
        ("LSTM", {"return_state": True}, "mul"), ("GRU", {"return_sequences": True}, "ave"),
        ("GRU", {"return_sequences": True, "return_state": True, "reset_after": False}, None),
        ("GRU", {"use_bias": False}, None), ("SimpleRNN", {"return_sequences": True}, "concat"),
        ("SimpleRNN", {"return_state": True, "return_sequences": True}, "concat"),
        ("LSTM", {"go_backwards": True, "return_sequences": True}, "concat")]:
    config = dict(config, units=2)
    weights = weights_of(kind, config, 3) + weights_of(kind, config, 3)
    outer = {"layer": inner(kind, config), "merge_mode": merge}
    if config.get("go_backwards"):
        outer["backward_layer"] = inner(kind, dict(config, go_backwards=False))
    single("Bidirectional", outer, x, ref.bidirectional(x, weights, config, kind, merge), weights)
config, back = {"units": 2, "return_sequences": True}, {"units": 2, "return_sequences": True,
                                                        "activation": "relu"}
weights = weights_of("LSTM", config, 3) + weights_of("LSTM", back, 3)
single("Bidirectional", {"layer": inner("LSTM", config),
                         "backward_layer": inner("LSTM", dict(back, go_backwards=True))}, x,
       ref.bidirectional(x, weights, config, "LSTM", back=back), weights)
config, states = {"units": 2, "return_state": True}, [numbers(2, 2) for _ in range(4)]
weights = weights_of("LSTM", config, 3) + weights_of("LSTM", config, 3)
model = Model(x, *states)
given = model.tensors[1:]
model.add("Bidirectional", {"layer": inner("LSTM", config)}, model.tensors[0], weights=weights,
          kwargs={"initial_state": given})
model.case("Bidirectional", ref.bidirectional(x, weights, config, "LSTM", states=states))

# ---- TimeDistributed ----


def over_steps(function, x):
    return np.stack([function(x[:, t]) for t in range(x.shape[1])], 1)


kernel, bias = numbers(3, 4), numbers(4)
single("TimeDistributed", {"layer": inner("Dense", {"units": 4, "activation": "softmax"})}, x,
       ref.softmax(x @ kernel + bias), [kernel, bias])
film = numbers(2, 3, 5, 4, 2)
for config in [{"strides": 2, "padding": "same"}, {"data_format": FIRST, "activation": "relu"}]:
    config = dict(config, filters=3, kernel_size=2)
    weights = [numbers(2, 2, 5 if "data_format" in config else 2, 3), numbers(3)]
    single("TimeDistributed", {"layer": inner("Conv2D", config)}, film,
           over_steps(lambda v: ref.conv(v, weights, config), film), weights)
single("TimeDistributed", {"layer": inner("MaxPooling2D", {"pool_size": [2, 3]})}, film,
       over_steps(lambda v: ref.pool(v, {"pool_size": [2, 3]}, "max"), film))
single("TimeDistributed", {"layer": inner("Flatten", {})}, film, film.reshape(2, 3, -1))
weights = [numbers(2), numbers(2), numbers(2), numbers(2, low=0.1)]
weights[3] = np.abs(weights[3]) + 0.1
single("TimeDistributed", {"layer": inner("BatchNormalization", {})}, film,
       ref.batch_norm(film, weights, {}), weights)
rows, config = numbers(2, 3, 4, 2), {"units": 2}
weights = weights_of("LSTM", config, 2)
single("TimeDistributed", {"layer": inner("LSTM", config)}, rows,
       over_steps(lambda v: ref.recurrent(v, weights, config, "LSTM")[0], rows), weights)
weights = weights_of("GRU", config, 2) + weights_of("GRU", config, 2)
single("TimeDistributed", {"layer": inner("Bidirectional", {"layer": inner("GRU", config)})}, rows,
       over_steps(lambda v: ref.bidirectional(v, weights, config, "GRU")[0], rows), weights)

# ---- ConvLSTM ----

for n, shape, channels, config in [
        (1, (2, 3, 6, 2), 2, {"return_sequences": True, "padding": "same"}),
        (1, (2, 3, 2, 6), 2, {"data_format": FIRST, "return_state": True}),
        (1, (1, 4, 7, 2), 2, {"dilation_rate": 2, "go_backwards": True}),
        (2, (1, 3, 5, 4, 2), 2, {"strides": 2, "padding": "same", "return_sequences": True}),
        (2, (1, 3, 2, 5, 4), 2, {"data_format": FIRST, "return_sequences": True, "filters": 3,
                                 "recurrent_activation": "hard_sigmoid"}),
        (2, (1, 2, 6, 5, 1), 1, {"dilation_rate": [2, 1], "return_sequences": True,
                                 "return_state": True, "go_backwards": True, "use_bias": False}),
        (2, (2, 2, 4, 4, 2), 2, {"kernel_size": [2, 3], "activation": "relu"}),
        (3, (1, 2, 3, 4, 3, 2), 2, {"kernel_size": 2, "return_sequences": True}),
        (3, (1, 2, 2, 4, 3, 3), 2, {"kernel_size": 2, "padding": "same", "data_format": FIRST,
                                    "return_state": True}),
        (3, (1, 3, 3, 3, 3, 1), 1, {"kernel_size": [1, 2, 3], "strides": [1, 2, 1],
                                    "padding": "same"})]:
    config = dict({"filters": 2, "kernel_size": 3}, **config)
    size, filters = ref.tuple_of(config["kernel_size"], n), config["filters"]
    images = numbers(*shape)
    weights = [numbers(*size, channels, 4 * filters, low=-0.5, high=0.5),
               numbers(*size, filters, 4 * filters, low=-0.5, high=0.5)]
    weights += [numbers(4 * filters)] if config.get("use_bias", True) else []
    single(f"ConvLSTM{n}D", config, images, ref.conv_lstm(images, weights, config), weights)

# ---- attention ----


def dots(scale=1.0):
    return lambda q, k: scale * q @ k.transpose(0, 2, 1)


def sums(before, after):
    return lambda q, k: (after * np.tanh(before * (q[:, :, None] + k[:, None]))).sum(-1)


query, value, key = numbers(2, 3, 4), numbers(2, 5, 4), numbers(2, 5, 4)
scale, weight, scales = numbers(), numbers(), numbers(4)
for name, config, scores, weights in [
        ("Attention", {}, dots(), []), ("Attention", {"use_scale": True}, dots(scale), [scale]),
        ("Attention", {"score_mode": "concat"}, sums(1, weight), [weight]),
        ("Attention", {"use_scale": True, "score_mode": "concat", "dropout": 0.5},
         sums(scale, weight), [scale, weight]),
        ("AdditiveAttention", {}, sums(1, scales), [scales]),
        ("AdditiveAttention", {"use_scale": False}, sums(1, 1), [])]:
    single(name, config, [query, value], ref.attention(query, value, None, scores)[:1], weights,
           listed=True)
    wide = numbers(2, 5, 6)
    single(name, config, [query, wide, key],
           ref.attention(query, wide, key, scores, is_causal=True), weights, listed=True,
           kwargs={"use_causal_mask": True, "return_attention_scores": True})


def projections(config, widths, grouped=False):
    """Weights in Keras's order: query, key, gate, value, output; widths: of query, value, key."""
    if grouped:
        sizes = [(config["num_query_heads"], config["head_dim"])] + 2 * [
            (config["num_key_value_heads"], config["head_dim"])]
    else:
        sizes = [(config["num_heads"], config["key_dim"])] * 2 + [
            (config["num_heads"], config.get("value_dim") or config["key_dim"])]
    shapes = [(widths[0], *sizes[0]), (widths[2], *sizes[1]), (widths[1], *sizes[2])]
    if config.get("use_gate"):
        shapes.insert(2, (widths[0], sizes[0][0], sizes[2][1]))
    weights = []
    for shape in shapes:
        weights += [numbers(*shape, low=-1, high=1)]
        weights += [numbers(*shape[1:])] if config.get("use_bias", True) else []
    out = config.get("output_shape") or [widths[0]]
    out = [out] if isinstance(out, int) else out
    weights += [numbers(sizes[0][0], sizes[2][1], *out)]
    return weights + ([numbers(*out)] if config.get("use_bias", True) else [])


for config in [{}, {"value_dim": 5}, {"use_bias": False, "output_shape": 7},
               {"output_shape": [3, 2]}, {"use_gate": True}, {"dropout": 0.3, "num_heads": 1}]:
    config = dict({"num_heads": 2, "key_dim": 3}, **config)
    weights = projections(config, (4, 6, 6))
    wide = numbers(2, 5, 6)
    single("MultiHeadAttention", config, [query, wide],
           ref.multi_head(query, wide, None, weights, config)[:1], weights)
    weights = projections(config, (4, 6, 4))
    single("MultiHeadAttention", config, [query, wide, key],
           ref.multi_head(query, wide, key, weights, config, ref.causal(3, 5)), weights,
           kwargs={"use_causal_mask": True, "return_attention_scores": True})
for config in [{}, {"num_key_value_heads": 1, "use_bias": False}, {"num_key_value_heads": 4},
               {"use_gate": True}, {"dropout": 0.3}]:
    config = dict({"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}, **config)
    weights = projections(config, (4, 4, 4), True)
    single("GroupQueryAttention", config, [query, value],
           ref.multi_head(query, value, None, weights, config)[:1], weights)
    single("GroupQueryAttention", config, [query, value, key],
           ref.multi_head(query, value, key, weights, config, ref.causal(3, 5)), weights,
           kwargs={"use_causal_mask": True, "return_attention_scores": True})

# Along other axes: each of the rest is a batch of its own.
picture = numbers(2, 3, 4, 5)
config = {"num_heads": 2, "key_dim": 3, "attention_axes": [2]}
weights = projections(config, (5, 5, 5))
flat = picture.reshape(6, 4, 5)
single("MultiHeadAttention", config, [picture, picture],
       ref.multi_head(flat, flat, None, weights, config)[0].reshape(picture.shape), weights)
config = dict(config, attention_axes=[1])
turned = picture.transpose(0, 2, 1, 3).reshape(8, 3, 5)
y = ref.multi_head(turned, turned, None, weights, config)[0]
single("MultiHeadAttention", config, [picture, picture],
       y.reshape(2, 4, 3, 5).transpose(0, 2, 1, 3), weights)
config = {"num_heads": 2, "key_dim": 3}
flat = picture.reshape(2, 12, 5)
single("MultiHeadAttention", config, [picture, picture],
       ref.multi_head(flat, flat, None, weights, config)[0].reshape(picture.shape), weights)

# ---- masks ----

# Steps that are masked: in the middle, at the end, at the beginning, all of them.
mask = np.array([[1, 0, 1, 1, 0], [1, 1, 1, 0, 0], [0, 0, 1, 0, 1], [0, 0, 0, 0, 0]], bool)
x = numbers(4, 5, 3)
x[~mask] = 0
ids = np.where(mask, np.arange(20).reshape(4, 5) % 6 + 1, 0)
table = numbers(7, 3)


def masked(value=0.0, times=1):
    """A model whose `steps` tensors are masked."""
    inputs = [np.where(mask[..., None], x, value)] + [numbers(4, 5, 3) for _ in range(times - 1)]
    model = Model(*inputs)
    model.steps = [model.add("Masking", {"mask_value": value}, model.tensors[0])]
    return model


for kind, config in itertools.product(["SimpleRNN", "LSTM", "GRU"], [
        {}, {"return_sequences": True}, {"return_sequences": True, "return_state": True},
        {"go_backwards": True, "return_state": True},
        {"go_backwards": True, "return_sequences": True, "unroll": True},
        {"return_sequences": True, "zero_output_for_mask": True},
        {"return_state": True, "zero_output_for_mask": True}]):
    config = dict(config, units=2)
    told = {k: v for k, v in config.items() if k != "zero_output_for_mask"}
    weights = weights_of(kind, config, 3)
    if "zero_output_for_mask" not in config:
        model = masked(-1.5)
        model.add(kind, config, model.steps[0], weights=weights)
        model.case(kind + "-masked", ref.recurrent(x, weights, config, kind, mask))
    model = masked()
    model.add("RNN", dict({k: v for k, v in config.items() if k != "units"},
                          cell=inner(kind + "Cell", {"units": 2})), model.steps[0],
              weights=weights)
    model.case("RNN-masked", ref.recurrent(x, weights, config, kind, mask))
for kind, config, merge in itertools.product(
        ["LSTM", "GRU"], [{}, {"return_sequences": True},
                          {"return_sequences": True, "return_state": True}],
        ["concat", "sum", "mul", "ave", None]):
    config = dict(config, units=2)
    weights = weights_of(kind, config, 3) + weights_of(kind, config, 3)
    model = masked()
    model.add("Bidirectional", {"layer": inner(kind, config), "merge_mode": merge},
              model.steps[0], weights=weights)
    model.case("Bidirectional-masked",
               ref.bidirectional(x, weights, config, kind, merge, mask))

# What hands a mask on, and what does not: an LSTM behind it tells.
deep = {"units": 2}
deep_weights = weights_of("LSTM", deep, 3)


def with_lstm(name, model, tensor, y, seen):
    model.add("LSTM", deep, tensor, weights=deep_weights)
    model.case(name, ref.recurrent(y, deep_weights, deep, "LSTM", seen))


kernel, bias, three = numbers(3, 3), numbers(3), numbers(3)
conv = numbers(3, 3, 3)
for name, config, weights, y, passes in [
        ("Dense", {"units": 3}, [kernel, bias], x @ kernel + bias, True),
        ("Dropout", {"rate": 0.5}, [], x, True), ("SpatialDropout1D", {"rate": 0.5}, [], x, True),
        ("GaussianNoise", {"stddev": 0.5}, [], x, True), ("Identity", {}, [], x, True),
        ("Activation", {"activation": "tanh"}, [], np.tanh(x), True),
        ("ReLU", {}, [], np.maximum(x, 0), True), ("ActivityRegularization", {}, [], x, True),
        ("LeakyReLU", {"negative_slope": 0.5}, [], np.maximum(x, 0) + 0.5 * np.minimum(x, 0), True),
        ("LayerNormalization", {}, [three, bias], ref.layer_norm(x, [three, bias], {}), True),
        ("RMSNormalization", {}, [three],
         x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6) * three, False),
        ("GroupNormalization", {"groups": 1}, [three, bias],
         ref.group_norm(x, [three, bias], {"groups": 1}), True),
        ("Normalization", {"mean": 0.5, "variance": 4.0}, [], (x - 0.5) / 2, True),
        ("Permute", {"dims": [1, 2]}, [], x, False), ("MaxPooling1D", {"pool_size": 1}, [], x, False),
        ("UnitNormalization", {}, [], ref.unit_norm(x, -1), True),
        ("Rescaling", {"scale": 2.0, "offset": 1.0}, [], 2 * x + 1, True),
        ("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "same"}, [conv, bias],
         ref.conv(x, [conv, bias], {"padding": "same"}), False),
        ("Reshape", {"target_shape": [5, 3]}, [], x, False),
        ("AveragePooling1D", {"pool_size": 1}, [], x, False),
        ("TimeDistributed", {"layer": inner("Dense", {"units": 3})}, [kernel, bias],
         x @ kernel + bias, True),
        ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": [None, 3]}, [kernel],
         x @ kernel, False),
        ("LSTM", {"units": 3, "return_sequences": True}, weights_of("LSTM", {"units": 3}, 3), None,
         True)]:
    if name == "LSTM":
        y = ref.recurrent(x, weights, config, name, mask)[0]
    model = masked()
    passed = model.add(name, config, model.steps[0], weights=weights)
    with_lstm("mask-through-" + name, model, passed, y, mask if passes else None)
model = masked()
added = model.add("Add", {}, model.steps[0], model.steps[0], module="keras.src.ops.numpy")
with_lstm("mask-through-operation", model, added, x + x, None)
config = {"units": 3, "return_sequences": True}
weights = weights_of("GRU", config, 3) + weights_of("GRU", config, 3)
model = masked()
passed = model.add("Bidirectional", {"layer": inner("GRU", config), "merge_mode": "sum"},
                   model.steps[0], weights=weights)
with_lstm("mask-through-Bidirectional", model, passed,
          ref.bidirectional(x, weights, config, "GRU", "sum", mask)[0], mask)
for keepdims in [False, True]:
    model = masked()
    model.add("GlobalAveragePooling1D", {"keepdims": keepdims}, model.steps[0])
    counts = mask.sum(1).reshape(4, 1)
    with np.errstate(invalid="ignore"):
        y = x.sum(1) / counts
    model.case("mask-into-GlobalAveragePooling1D", [y[:, None] if keepdims else y])
model = masked()
model.add("GlobalMaxPooling1D", {}, model.steps[0])
model.case("mask-into-GlobalMaxPooling1D", [x.max(1)])

# Two masked inputs.
other_mask = np.array([[1, 1, 0, 1, 0], [0, 1, 1, 0, 1], [1, 0, 0, 0, 1], [0, 1, 0, 0, 0]], bool)
other = numbers(4, 5, 3)
other[~other_mask] = 0


def two(both_masked=True):
    model = Model(x, other)
    model.steps = [model.add("Masking", {}, model.tensors[0])]
    model.steps.append(model.add("Masking", {}, model.tensors[1]) if both_masked
                       else model.tensors[1])
    return model


m, o = mask[..., None], other_mask[..., None]
either = mask | other_mask
for name, y in [("Add", x + other), ("Subtract", x - other), ("Average", (x + other) / 2),
                ("Multiply", np.where(m | o, np.where(m, x, 1) * np.where(o, other, 1), 0)),
                ("Maximum", np.where(m & o, np.maximum(x, other), np.where(o, other, x))),
                ("Minimum", np.where(m & o, np.minimum(x, other), np.where(o, other, x)))]:
    model = two()
    merged = model.add(name, {}, model.steps)
    with_lstm("masks-into-" + name, model, merged, y, either)
for name, y in [("Add", x + other), ("Multiply", np.where(m, x, 1) * other),
                ("Maximum", np.where(m, np.maximum(x, other), other)),
                ("Minimum", np.where(m, np.minimum(x, other), other))]:
    model = two(False)
    merged = model.add(name, {}, model.steps)
    with_lstm("one-mask-into-" + name, model, merged, y, None)
wide_weights = weights_of("LSTM", deep, 6)
for both_masked in [True, False]:
    model = two(both_masked)
    merged = model.add("Concatenate", {}, model.steps)
    model.add("LSTM", deep, merged, weights=wide_weights)
    model.case("masks-into-Concatenate", ref.recurrent(
        np.concatenate([x, other], -1), wide_weights, deep, "LSTM",
        either if both_masked else np.ones_like(mask)))
    model = two(both_masked)
    merged = model.add("Concatenate", {"axis": 1}, model.steps)
    with_lstm("masks-into-Concatenate", model, merged, np.concatenate([x, other], 1),
              np.concatenate([mask, other_mask if both_masked else np.ones_like(mask)], 1))

# Embeddings, and states that are given: then Keras hands no mask to the layer itself.
model = Model(ids)
looked = model.add("Embedding", {"input_dim": 7, "output_dim": 3, "mask_zero": True},
                   model.tensors[0], weights=[table])
with_lstm("mask-of-Embedding", model, looked, table[ids], mask)
for kind, states in [("GRU", [numbers(4, 2)]), ("LSTM", [numbers(4, 2), numbers(4, 2)])]:
    config = {"units": 2, "return_sequences": True}
    weights = weights_of(kind, config, 3)
    model = Model(ids, *states)
    looked = model.add("Embedding", {"input_dim": 7, "output_dim": 3, "mask_zero": True},
                       model.tensors[0], weights=[table])
    model.add(kind, config, looked, weights=weights, kwargs={"initial_state": model.tensors[1:]})
    model.case(kind + "-masked", ref.recurrent(table[ids], weights, config, kind, states=states))

# Attention. Where all is masked, every step has the same share.
key_table = numbers(7, 3)
for name, config, scores, weights in [
        ("Attention", {"use_scale": True}, dots(scale), [scale]),
        ("Attention", {"score_mode": "concat"}, sums(1, weight), [weight]),
        ("AdditiveAttention", {}, sums(1, scales[:3]), [scales[:3]])]:
    for is_causal in [False, True]:
        model = two()
        y = model.add(name, config, model.steps, weights=weights,
                      kwargs={"use_causal_mask": is_causal, "return_attention_scores": True})
        model.case(name + "-masked", ref.attention(x, other, None, scores, mask, other_mask,
                                                   is_causal))
    model = two()
    passed = model.add(name, config, model.steps, weights=weights)
    with_lstm("mask-through-" + name, model, passed,
              ref.attention(x, other, None, scores, mask, other_mask)[0], mask)
for name, config, grouped in [
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, False),
        ("GroupQueryAttention", {"num_query_heads": 2, "num_key_value_heads": 1, "head_dim": 3},
         True)]:
    weights = projections(config, (3, 3, 3), grouped)
    for is_causal, third in itertools.product([False, True], [False, True]):
        model = two()
        third = model.steps[0] if third else None
        seen = ref.both(mask[:, :, None], other_mask[:, None], mask[:, None] if third else None,
                        ref.causal(5, 5) if is_causal else None)
        model.add(name, config, *(model.steps + ([third] if third else [])), weights=weights,
                  kwargs={"use_causal_mask": is_causal})
        model.case(name + "-masked", ref.multi_head(x, other, x if third else None, weights,
                                                    config, seen)[:1])
    model = masked()
    passed = model.add(name, config, model.steps[0], model.steps[0], weights=weights)
    y = ref.multi_head(x, x, None, weights, config, mask[:, :, None] & mask[:, None])[0]
    with_lstm("mask-through-" + name, model, passed, y, mask)
    # A mask that is given by hand: 1 where a step may look.
    given = np.array(numbers(4, 5, 5) > -0.5, float)
    given[..., 0] = 1
    model = Model(x, other, given)
    model.add(name, config, model.tensors[0], model.tensors[1], weights=weights,
              kwargs={"attention_mask": model.tensors[2]})
    model.case(name + "-given-mask",
               ref.multi_head(x, other, None, weights, config, given.astype(bool))[:1])

# ---- masks that a call is given ----

given = mask.astype(float)
for kind in ["SimpleRNN", "LSTM", "GRU"]:
    config = {"units": 2, "return_sequences": True, "return_state": True}
    weights = weights_of(kind, config, 3)
    model = Model(x, given)
    model.add(kind, config, model.tensors[0], weights=weights, kwargs={"mask": model.tensors[1]})
    model.case(kind + "-given-mask", ref.recurrent(x, weights, config, kind, mask))
    states = [numbers(4, 2) for _ in range(ref.CELLS[kind][1])]
    model = Model(x, given, *states)
    model.add(kind, config, model.tensors[0], weights=weights,
              kwargs={"mask": model.tensors[1], "initial_state": model.tensors[2:]})
    model.case(kind + "-given-mask", ref.recurrent(x, weights, config, kind, mask, states))
model = Model(x, given)
config = {"units": 2, "return_sequences": True}
weights = weights_of("LSTM", config, 3) + weights_of("LSTM", config, 3)
model.add("Bidirectional", {"layer": inner("LSTM", config)}, model.tensors[0], weights=weights,
          kwargs={"mask": model.tensors[1]})
model.case("Bidirectional-given-mask", ref.bidirectional(x, weights, config, "LSTM", mask=mask))
states = [numbers(4, 2) for _ in range(4)]
for seen in [mask, None]:
    model = Model(ids, given, *states)
    looked = model.add("Embedding", {"input_dim": 7, "output_dim": 3, "mask_zero": True},
                       model.tensors[0], weights=[table])
    told = {"initial_state": model.tensors[2:]}
    if seen is not None:
        told["mask"] = model.tensors[1]
    model.add("Bidirectional", {"layer": inner("LSTM", config)}, looked, weights=weights,
              kwargs=told)
    model.case("Bidirectional-given-states", ref.bidirectional(table[ids], weights, config, "LSTM",
                                                               mask=seen, states=states))
model = Model(x[:3], given[:3])
model.add("GlobalAveragePooling1D", {}, model.tensors[0], kwargs={"mask": model.tensors[1]})
model.case("GlobalAveragePooling1D-given-mask", [x[:3].sum(1) / mask[:3].sum(1, keepdims=True)])
scores, kept = numbers(4, 5), mask.copy()
kept[3, 2] = True
model = Model(scores, kept.astype(float))
model.add("Softmax", {}, model.tensors[0], kwargs={"mask": model.tensors[1]})
model.case("Softmax-given-mask", [ref.softmax(ref.masked_scores(scores, kept))])
model = Model(x, other, given, other_mask.astype(float))
model.add("Attention", {}, model.tensors[:2], kwargs={"mask": model.tensors[2:]})
model.case("Attention-given-mask", ref.attention(x, other, None, dots(), mask, other_mask)[:1])

# What does not go with what it masks or weighs, and what nobody looks at.
for class_name, config, inputs, keyword, why in [
        ("LSTM", {"units": 2}, [x], {"mask": mask[:, :4]}, "mask"),
        ("LSTM", {"units": 2}, [x], {"mask": x[..., None]}, "mask"),
        ("Softmax", {}, [x], {"mask": mask}, "mask"),
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [x, x],
         {"attention_mask": numbers(4, 5, 4)}, "mask"),
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [x, x],
         {"attention_mask": numbers(4, 2, 1, 5, 5)}, "mask"),
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "attention_axes": [2]},
         [numbers(4, 2, 3, 5)] * 2, {"attention_mask": numbers(4, 3, 3)}, "attention_mask"),
        ("CategoryEncoding", {"num_tokens": 8, "output_mode": "count"}, [ids],
         {"count_weights": ids[:, :3]}, "count_weights"),
        ("Dense", {"units": 2}, [x], {"gate": x}, "gate")]:
    model = Model(*inputs, *keyword.values())
    count = len(inputs)
    model.add(class_name, config, *model.tensors[:count],
              kwargs=dict(zip(keyword, model.tensors[count:])))
    model.refused(class_name + "-refused", why)

# ---- models within models, layers that are called twice ----

left, right = numbers(2, 4), numbers(2, 4)
kernel, bias = numbers(4, 3), numbers(3)
model = Model(left, right)
once = model.add("Dense", {"units": 3, "activation": "tanh"}, model.tensors[0],
                 weights=[kernel, bias])
twice = model.again(once.layer, model.tensors[1])
model.add("Subtract", {}, [once, twice])
model.case("shared", [np.tanh(left @ kernel + bias) - np.tanh(right @ kernel + bias)])

held = Model(left)
half = held.add("Dense", {"units": 3, "activation": "relu"}, held.tensors[0],
                weights=[kernel, bias])
end = held.add("Dense", {"units": 3, "use_bias": False}, half, weights=[kernel[:3]])
model = Model(left, right)
once = model.add_model(held, [half, end], model.tensors[0])
twice = model.again(once.layer, model.tensors[1])
model.add("Concatenate", {}, [Tensor(once.layer, 1), Tensor(once.layer, 0, 1)])
model.case("shared-model", [np.concatenate(
    [np.maximum(left @ kernel + bias, 0) @ kernel[:3], np.maximum(right @ kernel + bias, 0)], -1)])

# Masks are made within a model, come from without, and go on behind it.
held = Model(ids)
looked = held.add("Embedding", {"input_dim": 7, "output_dim": 3, "mask_zero": True},
                  held.tensors[0], weights=[table])
model = Model(ids)
looked = model.add_model(held, [looked], model.tensors[0])
with_lstm("mask-out-of-model", model, looked, table[ids], mask)
held = Model(x)
weights = [numbers(3, 3), numbers(3)]
dense = held.add("Dense", {"units": 3}, held.tensors[0], weights=weights)
coded = held.add("LSTM", deep, dense, weights=deep_weights)
model = masked()
model.add_model(held, [coded], model.steps[0])
model.case("mask-into-model", ref.recurrent(x @ weights[0] + weights[1], deep_weights, deep, "LSTM",
                                            mask))
# A layer that is called with a mask once, and once without.
model = two(False)
once = model.add("LSTM", deep, model.steps[0], weights=deep_weights)
twice = model.again(once.layer, model.steps[1])
model.case("mask-once", [(once, ref.recurrent(x, deep_weights, deep, "LSTM", mask)[0]),
                         (twice, ref.recurrent(other, deep_weights, deep, "LSTM")[0])])
