/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnStage: a compiled program ready to be run, with all that would be the same in every run. */
#pragma once

#include "exec/tn-compile.h"

G_BEGIN_DECLS

/* A layer's output that is looked at; the same ones in the same order for any batch size. */
typedef struct
{
  guint line;  /* of the layer */
  int same_as; /* an earlier watch on the same memory, or -1 */
  int next;    /* the next watch after the same call, or -1 */
  TnTensorId tensor;
} TnWatch;

/* One call with everything looked up. */
typedef struct
{
  const TnOp *op;
  TnOpCall sizes;
  TnOpData data;
  TnScratch scratch;
  gpointer plan;
  guint owner;
  double cost;
  double flops;
  guint64 bytes;
  double alone;    /* seconds with a single thread, roughly */
  int watch;       /* the first that looks at what it made, or -1 */
  double expected; /* seconds, as it took the last time; 0: not known yet */
} TnRunStep;

/* What a result says of a layer, as far as that is known before. */
typedef struct
{
  guint index;  /* of the node */
  char *name;   /* counted, as GRefString */
  char *kernel; /* likewise */
  gboolean watched;
} TnRunLine;

typedef struct
{
  const TnCompiled *compiled;
  TnRunStep *steps;
  guint n_steps;
  GArray *watches; /* of TnWatch */
  int fed_watch;   /* the first that looks at what is fed, or -1 */
  GArray *lines;   /* of TnRunLine, in order of computation */
} TnStage;

/* Memory, constants and @compiled of the plan are there. */
void tn_stage_init (TnStage *stage, const TnPlan *plan, const TnCompiled *compiled);
void tn_stage_clear (TnStage *stage);

G_END_DECLS
