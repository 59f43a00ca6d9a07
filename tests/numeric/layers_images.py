# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of normalization, reshaping, merging, images and preprocessing, for layers.py."""
import numpy as np

import reference as ref
from casefile import FIRST, Model, inner, numbers, single, whole

# ---- normalization ----

for shape, config in [((2, 3, 4), {}), ((2, 3, 4), {"axis": 1, "epsilon": 0.1}),
                      ((2, 3, 4, 5), {"axis": 1}), ((2, 3, 4, 5), {"axis": 2, "center": False}),
                      ((2, 5), {"scale": False}), ((2, 5), {"scale": False, "center": False}),
                      ((2, 3, 2, 4, 5), {"axis": -2})]:
    x, n = numbers(*shape), shape[config.get("axis", -1)]
    weights = [numbers(n) for key in ("scale", "center") if config.get(key, True)]
    weights += [numbers(n), numbers(n, low=0.1, high=3)]
    single("BatchNormalization", config, x, ref.batch_norm(x, weights, config), weights)
for shape, config in [((2, 3, 4), {}), ((2, 3, 4), {"axis": [1, 2], "epsilon": 0.1}),
                      ((2, 3, 4, 5), {"axis": 1}), ((2, 3, 4, 5), {"axis": [1, 3], "center": False}),
                      ((2, 3, 4, 5), {"axis": [-1, -3], "scale": False}),
                      ((3, 5), {"scale": False, "center": False}), ((2, 3, 1), {})]:
    x, axes = numbers(*shape), config.get("axis", -1)
    axes = [axes] if isinstance(axes, int) else axes
    weights = [numbers(*[shape[a] for a in axes])
               for key in ("scale", "center") if config.get(key, True)]
    # Weights have the axes in the order in which they are told, and Keras then reshapes them to
    # the input's without looking at that.
    straight = [w.reshape([shape[a] for a in sorted(a % len(shape) for a in axes)]) for w in weights]
    told = dict(config, axis=sorted(a % len(shape) for a in axes))
    single("LayerNormalization", config, x, ref.layer_norm(x, straight, told), weights)
for shape, config in [((2, 3, 4), {"groups": 2}), ((2, 3, 4), {"groups": -1}),
                      ((2, 5, 6), {"groups": 1, "epsilon": 0.2}),
                      ((2, 6, 3, 2), {"groups": 3, "axis": 1}),
                      ((2, 4, 5, 8), {"groups": 4, "axis": -1, "center": False}),
                      ((2, 4, 6, 5), {"groups": 2, "axis": 2, "scale": False}),
                     ((2, 4, 6, 5), {"groups": 3, "axis": -2}),
                      ((3, 8), {"groups": 4})]:
    x, n = numbers(*shape), shape[config.get("axis", -1)]
    weights = [numbers(n) for key in ("scale", "center") if config.get(key, True)]
    single("GroupNormalization", config, x, ref.group_norm(x, weights, config), weights)
for shape, axis in [((2, 5), -1), ((2, 3, 4), [1, 2]), ((2, 3, 4), 1), ((2, 3, 4, 5), [1, 3])]:
    x = numbers(*shape)
    single("UnitNormalization", {"axis": axis}, x,
           ref.unit_norm(x, tuple(axis) if isinstance(axis, list) else axis))
single("UnitNormalization", {}, np.zeros((2, 3)), np.zeros((2, 3)))
for shape, axis, epsilon in [((2, 5), -1, 1e-6), ((2, 3, 4), -1, 0.5), ((2, 3, 4), [1, 2], 1e-6)]:
    x = numbers(*shape)
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    scale = numbers(*[shape[a] for a in axes])
    single("RMSNormalization", {"axis": axis, "epsilon": epsilon}, x,
           x / np.sqrt((x * x).mean(axis=axes, keepdims=True) + epsilon) * scale, [scale])

# At inference the weights stay as they are; the vector lies between kernel and bias.
x, kernel, bias = numbers(2, 5, 5, 2), numbers(3, 3, 2, 4), numbers(4)
config = {"filters": 4, "kernel_size": 3, "padding": "same"}
single("SpectralNormalization", {"layer": inner("Conv2D", config)}, x,
       ref.conv(x, [kernel, bias], config), [kernel, numbers(1, 4), bias])
x, kernel, bias = numbers(3, 5), numbers(5, 4), numbers(4)
single("SpectralNormalization", {"layer": inner("Dense", {"units": 4, "activation": "relu"}),
                                 "power_iterations": 3}, x,
       np.maximum(x @ kernel + bias, 0), [kernel, numbers(1, 4), bias])

for shape, axis, size in [((2, 3), -1, (3,)), ((2, 3, 4), 1, (3, 1)), ((2, 3, 4), [1, 2], (3, 4)),
                          ((2, 3, 4), None, ()), ((2, 3, 4, 5), [1, 3], (3, 1, 5))]:
    x, mean, variance = numbers(*shape), numbers(*size), numbers(*size, low=0, high=3)
    lists = [mean.squeeze().tolist(), variance.squeeze().tolist()]
    for invert in [False, True]:
        spread = np.maximum(np.sqrt(variance), 1e-7)
        single("Normalization", {"axis": axis, "mean": lists[0], "variance": lists[1],
                                 "invert": invert}, x,
               x * spread + mean if invert else (x - mean) / spread)
x, mean, variance = numbers(4, 3), numbers(3), numbers(3, low=0.2)
variance = np.abs(variance) + 0.1
single("Normalization", {}, x, (x - mean) / np.sqrt(variance), [mean, variance, np.array(7)])
single("Normalization", {"mean": 1.5, "variance": 4.0}, x, (x - 1.5) / 2)

# ---- what only training changes ----

x = numbers(2, 6, 5, 3, low=0, high=255)
for name, config in [("RandomFlip", {}), ("RandomRotation", {"factor": 0.3}),
                     ("RandomZoom", {"height_factor": 0.3}), ("RandomContrast", {"factor": 0.5}),
                     ("RandomBrightness", {"factor": 0.5}), ("Dropout", {"rate": 0.5}),
                     ("RandomTranslation", {"height_factor": 0.2, "width_factor": 0.1}),
                     ("AlphaDropout", {"rate": 0.5}), ("GaussianDropout", {"rate": 0.5}),
                     ("GaussianNoise", {"stddev": 0.5}), ("SpatialDropout2D", {"rate": 0.5}),
                     ("ActivityRegularization", {"l1": 0.5}), ("Identity", {})]:
    single(name, config, x, x)
x = numbers(2, 6, 5)
single("SpatialDropout1D", {"rate": 0.5}, x, x)
x = numbers(2, 3, 2, 2, 4)
single("SpatialDropout3D", {"rate": 0.5}, x, x)

# ---- reshaping ----

x = numbers(2, 3, 4, 5)
for target, shape in [([-1], (2, 60)), ([4, -1], (2, 4, 15)), ([5, 4, 3], (2, 5, 4, 3)),
                      ([-1, 10, 1], (2, 6, 10, 1))]:
    single("Reshape", {"target_shape": target}, x, x.reshape(shape))
single("Flatten", {}, x, x.reshape(2, -1))
single("Flatten", {"data_format": FIRST}, x, x.transpose(0, 2, 3, 1).reshape(2, -1))
for dims in [[3, 1, 2], [2, 1, 3], [1, 3, 2]]:
    single("Permute", {"dims": dims}, x, x.transpose([0] + dims))
y = numbers(2, 3)
single("RepeatVector", {"n": 4}, y, np.repeat(y[:, None], 4, 1))
row, cube = numbers(2, 7, 3), numbers(2, 5, 4, 6, 2)
for cropping, (before, after) in [(1, (1, 1)), ([0, 2], (0, 2)), ([3, 1], (3, 1))]:
    single("Cropping1D", {"cropping": cropping}, row, row[:, before:7 - after])
single("Cropping2D", {"cropping": [[1, 0], [0, 2]]}, x, x[:, 1:, :2])
single("Cropping2D", {"cropping": [1, 2], "data_format": FIRST}, x, x[:, :, 1:3, 2:3])
single("Cropping3D", {"cropping": [[1, 2], [0, 1], [3, 0]]}, cube, cube[:, 1:3, :3, 3:])
single("Cropping3D", {"cropping": [1, 2, 0], "data_format": FIRST}, cube, cube[:, :, 1:3, 2:4])
for padding, pair in [(2, (2, 2)), ([0, 3], (0, 3))]:
    single("ZeroPadding1D", {"padding": padding}, row, np.pad(row, [(0, 0), pair, (0, 0)]))
single("ZeroPadding1D", {"padding": [1, 2], "data_format": FIRST}, row,
       np.pad(row, [(0, 0), (0, 0), (1, 2)]))
single("ZeroPadding2D", {"padding": [[1, 0], [2, 3]]}, x,
       np.pad(x, [(0, 0), (1, 0), (2, 3), (0, 0)]))
single("ZeroPadding2D", {"padding": [1, 2], "data_format": FIRST}, x,
       np.pad(x, [(0, 0), (0, 0), (1, 1), (2, 2)]))
single("ZeroPadding3D", {"padding": [[0, 1], [2, 0], [1, 1]]}, cube,
       np.pad(cube, [(0, 0), (0, 1), (2, 0), (1, 1), (0, 0)]))
single("ZeroPadding3D", {"padding": 1, "data_format": FIRST}, cube,
       np.pad(cube, [(0, 0), (0, 0), (1, 1), (1, 1), (1, 1)]))
single("UpSampling1D", {"size": 3}, row, np.repeat(row, 3, 1))
single("UpSampling3D", {"size": [2, 1, 3]}, cube, cube.repeat(2, 1).repeat(3, 3))
single("UpSampling3D", {"data_format": FIRST}, cube, cube.repeat(2, 2).repeat(2, 3).repeat(2, 4))

# ---- merging ----

shapes = [[(2, 3, 4), (2, 3, 4)], [(2, 3, 4), (2, 3, 4), (2, 3, 4)], [(2, 3, 4), (2, 1, 4)],
          [(2, 3, 1), (2, 1, 4), (2, 3, 4)], [(2, 4), (2, 3, 4)], [(2, 3, 3, 4), (2, 4)]]
for name, function in [("Add", sum), ("Multiply", lambda x: np.prod(x, axis=0)),
                       ("Average", lambda x: sum(x) / len(x)),
                       ("Maximum", lambda x: np.max(x, axis=0)),
                       ("Minimum", lambda x: np.min(x, axis=0)),
                       ("Subtract", lambda x: x[0] - x[1])]:
    for group in shapes:
        if name != "Subtract" or len(group) == 2:
            data = [numbers(*shape) for shape in group]
            rank = max(len(shape) for shape in group)
            wide = [v.reshape((v.shape[0],) + (1,) * (rank - v.ndim) + v.shape[1:]) for v in data]
            single(name, {}, data, function(np.broadcast_arrays(*wide)), listed=True)
for axis, group in [(-1, [(2, 3, 4), (2, 3, 2), (2, 3, 1)]), (1, [(2, 3, 4), (2, 5, 4)]),
                    (-2, [(2, 3, 4, 2), (2, 3, 1, 2)]), (2, [(2, 3, 4, 2), (2, 3, 1, 2)])]:
    data = [numbers(*shape) for shape in group]
    single("Concatenate", {"axis": axis}, data, np.concatenate(data, axis), listed=True)
for axes, one, other, equation in [
        (1, (2, 4), (2, 4), "bi,bi->b"), ([1, 2], (2, 3, 4), (2, 5, 3), "bim,bni->bmn"),
        (-1, (2, 3, 4), (2, 5, 4), "bmi,bni->bmn"), ([2, 1], (2, 3, 4), (2, 4, 5), "bmi,bin->bmn"),
        ([1, 1], (2, 3, 4), (2, 3), "bim,bi->bm"), (2, (2, 3, 4), (2, 6, 4), "bmi,bni->bmn")]:
    x, y = numbers(*one), numbers(*other)
    pair = [axes, axes] if isinstance(axes, int) else axes
    for normalize in [False, True]:
        a, b = (ref.unit_norm(x, pair[0]), ref.unit_norm(y, pair[1])) if normalize else (x, y)
        z = np.einsum(equation, a, b)
        single("Dot", {"axes": axes, "normalize": normalize}, [x, y],
               z[:, None] if z.ndim == 1 else z, listed=True)

# ---- images ----

x = numbers(2, 5, 7, 2, low=0, high=10)
first = np.moveaxis(x, -1, 1)
for way in ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"]:
    for size in [2, [3, 1]]:
        h, w = ref.tuple_of(size, 2)
        single("UpSampling2D", {"size": size, "interpolation": way}, x,
               ref.resize(x, 5 * h, 7 * w, way))
    single("UpSampling2D", {"size": [1, 2], "interpolation": way, "data_format": FIRST}, first,
           np.moveaxis(ref.resize(x, 5, 14, way), -1, 1))
    for height, width, antialias in [(3, 4, False), (3, 4, True), (8, 5, False), (9, 3, True),
                                     (1, 1, False), (5, 7, False)]:
        single("Resizing", {"height": height, "width": width, "interpolation": way,
                            "antialias": antialias}, x,
               ref.resize(x, height, width, way, antialias))
    single("Resizing", {"height": 4, "width": 4, "interpolation": way, "data_format": FIRST},
           first, np.moveaxis(ref.resize(x, 4, 4, way), -1, 1))
for height, width in [(4, 4), (10, 3), (3, 12), (2, 7)]:
    size = {"height": height, "width": width}
    single("Resizing", dict(size, crop_to_aspect_ratio=True), x,
           ref.smart_resize(x, height, width))
    single("Resizing", dict(size, pad_to_aspect_ratio=True, fill_value=2.5), x,
           ref.padded_resize(x, height, width, 2.5))
    single("Resizing", dict(size, crop_to_aspect_ratio=True, interpolation="bicubic",
                            data_format=FIRST), first,
           np.moveaxis(ref.smart_resize(x, height, width, "bicubic"), -1, 1))
for name in ["CenterCrop", "RandomCrop"]:
    for height, width in [(3, 4), (4, 4), (5, 7), (2, 3), (6, 4), (9, 9), (3, 8)]:
        fits = name == "CenterCrop" and height <= 5 and width <= 7
        top, left = int((5 - height) / 2), int((7 - width) / 2)
        y = x[:, top:top + height, left:left + width] if fits \
            else ref.smart_resize(x, height, width)
        size = {"height": height, "width": width}
        single(name, size, x, y)
        single(name, dict(size, data_format=FIRST), first, np.moveaxis(y, -1, 1))
for scale, offset in [(0.5, -1.0), (2.0, 0.0), ([0.5, 2.0], [1.0, -3.0])]:
    single("Rescaling", {"scale": scale, "offset": offset}, x,
           x * np.array(scale) + np.array(offset))

# ---- categories ----

ids = np.array([[0, 3, 3], [4, 1, 0]])
marks = np.eye(5)[ids]
single("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}, ids, marks)
single("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}, ids[:, :1], marks[:, 0])
single("CategoryEncoding", {"num_tokens": 5}, ids, marks.max(1))
single("CategoryEncoding", {"num_tokens": 5, "output_mode": "count"}, ids, marks.sum(1))
model = Model(ids, numbers(2, 3))
model.add("CategoryEncoding", {"num_tokens": 5, "output_mode": "count"}, model.tensors[0],
          kwargs={"count_weights": model.tensors[1]})
model.case("CategoryEncoding", [(marks * model.inputs[1][..., None]).sum(1)])
edges = [-1.0, 0.0, 2.5]
x = np.array([[-3, -1, -0.5, 0], [2.4, 2.5, 9, -1.001]])
bins = np.digitize(x, edges)
single("Discretization", {"bin_boundaries": edges}, x, bins)
single("Discretization", {"bin_boundaries": edges, "output_mode": "one_hot"}, x, np.eye(4)[bins])
single("Discretization", {"bin_boundaries": edges, "output_mode": "multi_hot"}, x,
       np.eye(4)[bins].max(1))
single("Discretization", {"bin_boundaries": edges, "output_mode": "count"}, x,
       np.eye(4)[bins].sum(1))
ids, table = whole(2, 4, high=6), numbers(6, 3)
single("ReversibleEmbedding", {"input_dim": 6, "output_dim": 3}, ids, table[ids.astype(int)],
       [table])
back = numbers(3, 6)
single("ReversibleEmbedding", {"input_dim": 6, "output_dim": 3, "tie_weights": False}, ids,
       table[ids.astype(int)], [table, back])
x = numbers(2, 4, 3)
single("ReversibleEmbedding", {"input_dim": 6, "output_dim": 3}, x, x @ table.T, [table],
       kwargs={"reverse": True})
single("ReversibleEmbedding", {"input_dim": 6, "output_dim": 3, "logit_soft_cap": 1.5}, x,
       np.tanh(x @ table.T / 1.5) * 1.5, [table], kwargs={"reverse": True})
single("ReversibleEmbedding", {"input_dim": 6, "output_dim": 3, "tie_weights": False}, x,
       x @ back, [table, back], kwargs={"reverse": True})
