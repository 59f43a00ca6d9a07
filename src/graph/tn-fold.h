/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups as files and generated code have them: each a layer of its own, with a model within. */
#pragma once

#include "graph/tn-draft.h"

G_BEGIN_DECLS

/* Makes the kind of layer that stands for a group: @type is Keras's class of the model within. NULL
 * for another class. A node of it takes as many tensors as the model has inputs; how many it gives
 * is said by tn_draft_set_model_outputs(). */
const TnSchema *tn_model_schema (const char *type);
gboolean tn_schema_is_model (const TnSchema *schema);
void tn_draft_set_model_outputs (TnDraft *draft, TnNodeId id, guint n_outputs);

/* The graph with each outermost group that can be called put together into one layer of its name.
 * A Sequential that is no chain of layers any more becomes a Functional.
 * @models gets (TnNodeId as pointer → TnGraph) the models within, which have groups of their own
 * where they are nested. What enters such a model becomes a layer of schema @input, which takes
 * nothing; where it has no parameters set, an empty slot. New reference. */
TnGraph *tn_graph_fold (const TnGraph *graph, const TnSchema *input, GHashTable *models);

/* The way back: each layer that stands for a model is exchanged for the layers of its graph in
 * @models, under names that start with its own. @boundary is what takes the place of a model's
 * inputs. NULL, with one sentence in @message, when that would be more than @most_calls calls of
 * one layer or @most_nodes layers, or when a model is called with more or fewer tensors than it
 * takes. New reference. */
TnGraph *tn_graph_unfold (const TnGraph *folded, GHashTable *models, const TnSchema *boundary,
                          guint most_calls, guint most_nodes, char **message);

G_END_DECLS
