/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnCompiled: a graph bound to one batch size, as a program with its memory laid out. */
#pragma once

#include "exec/tn-arena.h"
#include "exec/tn-run.h"

G_BEGIN_DECLS

/* An input of the model. */
typedef struct
{
  guint index; /* of its node */
  TnTensorId tensor;
  gint64 ids; /* what reads it takes whole numbers below this; 0: any numbers */
} TnFeedPoint;

/* One call of one layer. */
typedef struct
{
  guint index; /* of its node */
  guint n_outputs;
  TnTensorId outputs[TN_MAX_OUTPUTS];
} TnLowered;

typedef struct
{
  TnTensorId tensor;
  guint index;  /* of its node */
  guint weight; /* of the node's weights */
} TnConstant;

typedef struct
{
  TnFacts *facts; /* of the bound graph; node indexes are those of the original */
  TnProgram *program;
  TnArena *arena;
  gint64 batch;
  GArray *inputs;      /* of TnFeedPoint */
  GArray *lowered;     /* of TnLowered, in order of computation, inputs included */
  GArray *constants;   /* of TnConstant */
  GArray *outputs;     /* of TnTensorId, as tn_graph_outputs() has them */
  guint64 scratch;     /* bytes of the largest call's scratch */
  gboolean watch;      /* every layer's output is looked at */
  gboolean plain;      /* no weights are packed */
  gboolean *is_layer;  /* by tensor: a layer gives it out */
  guint n_tensors;     /* of is_layer: fusing makes more, which nobody looks at */
  gint64 n_pieces;     /* of statistics, of the largest output that is looked at */
  const TnNode *mixed; /* the first output that has no entry for each sample, borrowed; or NULL */
  guint n_tuned;       /* calls that the tuning knows of */
  double cost;         /* multiply-accumulates and elements written: the measure of progress */
} TnCompiled;

/* How many samples the options and the data make; checks the given data against the graph's inputs.
 * -1 with TN_ERROR_DATA. */
gint64 tn_compile_samples (const TnFacts *facts, const TnRunOptions *options, GError **error);
/* Checks the given weights against the layers; TN_ERROR_DATA. */
gboolean tn_compile_check_weights (const TnCompiled *compiled, const TnRunOptions *options,
                                   GError **error);
/* For batches of @batch samples and @n_workers threads. Where the number of samples decides what is
 * done, that of most batches does, @usual: so weights are packed but once for all. */
TnCompiled *tn_compile (const TnFacts *facts, const TnRunOptions *options, gint64 batch,
                        gint64 usual, guint n_workers, GCancellable *cancellable, GError **error);
/* A part of that, once the layers are lowered. */
void tn_compile_lay_out (TnCompiled *compiled, const TnRunOptions *options, gint64 usual,
                         guint n_workers);
void tn_compiled_free (TnCompiled *compiled);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnCompiled, tn_compiled_free)

/* Is the layer one that data enters by? */
gboolean tn_compile_is_input (const TnNode *node);
/* Measure of progress of one call. */
double tn_compiled_call_cost (const TnCompiled *compiled, guint call);
/* Is it looked at what stands in @tensor? */
gboolean tn_compiled_watches (const TnCompiled *compiled, TnTensorId tensor);
/* Bytes that a call reads and writes. */
guint64 tn_compiled_call_bytes (const TnCompiled *compiled, guint call);
/* The sizes of a call, borrowed from the program. */
TnOpCall tn_compiled_sizes (const TnCompiled *compiled, const TnProgramCall *call);

G_END_DECLS
