/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A layer's config beyond its parameters: what may stand there, and what Keras would refuse. */
#pragma once

#include "graph/tn-graph.h"

G_BEGIN_DECLS

/**
 * TnKept:
 * @key: "quantization_config"
 * @only: the one value that is allowed, as text ("1"); NULL: any
 *
 * An entry of a config that Keras, or a Keras before it, has for a layer and that Tenon keeps in
 * the file without offering it.
 */
typedef struct
{
  const char *key;
  const char *only;
} TnKept;

/* Are all entries of @node's config that are no parameters of its kind such as Keras knows, for
 * every layer or by its TnLayer.kept? Adds an issue "param" for each that is not. */
gboolean tn_config_check (const TnNode *node, TnReport *report);

G_END_DECLS
