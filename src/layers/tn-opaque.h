/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers that come out of a file and of which nothing is known but their class: kept as they are.
 */
#pragma once

#include "layers/tn-layer.h"

G_BEGIN_DECLS

/* For every class that the catalogue does not know. What its file says is in the node's extras: the
 * entries of its config, and under TN_EXTRAS_OUTER the others, class_name among them. */
const TnLayer *tn_layer_opaque (void);
/* Is the kind of layer that, or another one whose shapes its code alone could tell (Lambda)? */
gboolean tn_layer_is_opaque (const TnLayer *layer);

/* The parameters of such kinds: how many tensors it puts out, and of what shapes: a list of sizes,
 * or for several tensors a list of such. */
enum
{
  TN_OPAQUE_OUTPUTS,
  TN_OPAQUE_OUTPUT_SHAPE,
  TN_OPAQUE_N_PARAMS,
};

G_END_DECLS
