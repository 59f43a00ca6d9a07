/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walk: a model's calls one after the other, some of them computed by somebody else. */
#pragma once

#include "models/subject.h"
#include "ops/tn-op.h"

G_BEGIN_DECLS

typedef struct _Walk Walk;
typedef struct _WalkStep WalkStep;

/**
 * WalkStep:
 * @inputs: of each the tensor whose memory it is, or TN_TENSOR_ABSENT
 * @run: of whoever took it over; NULL: Tenon's kernel
 * @skipped: another step does it as well
 */
struct _WalkStep
{
  const TnOp *op;
  TnOpCall sizes;
  TnOpData data;
  TnScratch scratch;
  double alone; /* seconds with a single thread, roughly */
  guint n_inputs;
  TnTensorId inputs[TN_OP_MAX_INPUTS];
  TnTensorId output;
  void (*run) (WalkStep *step);
  gboolean skipped;
  Walk *walk;
  gpointer own;
};

struct _Walk
{
  TnPlan *plan;
  WalkStep *steps;
  guint n_steps;
  guint threads;
};

/* The program of a run of plain BLIS: fused, with weights that are not packed. All memory is that
 * of the plan. */
Walk *walk_new (const Subject *subject, gint64 batch, guint threads);
/* How often a tensor is read from step @from on; once more if it is an output of the model. */
guint walk_readers (const Walk *walk, TnTensorId root, guint from);
void walk_run (gpointer walk);
const float *walk_output (gpointer walk, gsize *n);
/* The ops that nobody took over, by name; "" for none. Aliases do not count. */
char *walk_others (gpointer walk);

extern const Way way_openblas; /* patches gathered into a matrix, and OpenBLAS */
extern const Way way_onednn;
extern const Way way_onnxruntime;

G_END_DECLS
