/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The solver: which sizes of the inputs work, and what would make a tensor the shape one wants. */
#pragma once

#include "infer/tn-advice.h"

G_BEGIN_DECLS

/* ---- which sizes work ---- */

typedef enum
{
  TN_SIZES_NONE,   /* no size that was tried */
  TN_SIZES_SET,    /* those in sizes, no other */
  TN_SIZES_RANGE,  /* all from least to most */
  TN_SIZES_FROM,   /* from least on those with a residue in residues modulo step */
  TN_SIZES_UNSURE, /* no rule was found; sizes are those of the tried ones that work */
} TnSizesKind;

/* "none", "set", "range", "from", "unsure". */
const char *tn_sizes_kind_name (TnSizesKind kind);

/* A rule for sizes, found by trying. @residues: sorted; step 1 has the one residue 0. @sizes: see
 * the kind; for FROM those below least that work as well. @tried: every size from 1 to it was
 * tried; further ones beyond were probed. */
typedef struct
{
  TnSizesKind kind;
  gint64 least;
  gint64 most;
  gint64 step;
  GArray *residues; /* of gint64 */
  GArray *sizes;    /* of gint64, rising */
  gint64 tried;
} TnSizesRule;

void tn_sizes_rule_clear (TnSizesRule *rule);
/* What the rule says of a size; of UNSURE ones only what was tried. */
gboolean tn_sizes_rule_allows (const TnSizesRule *rule, gint64 size);
/* "multiples of 16", "at least 28", "16·n + 12, at least 188", "28 to 31", "32 and 64". New. */
char *tn_sizes_rule_to_text (const TnSizesRule *rule);
/* The rule that the verdicts on the sizes 1 … @n_verdicts follow, if they are enough to be sure of
 * one: of a tail that repeats with period P, at least 3 periods, 2·@hint sizes and 16 sizes must
 * have been seen. @hint: the period that the strides of the model suggest, at least 1. Pure. */
gboolean tn_sizes_rule_find (const guint8 *verdicts, guint n_verdicts, guint hint,
                             TnSizesRule *rule);

/* One axis of one input. */
typedef struct
{
  TnNodeId input;
  int axis;
} TnSizeAxis;

/**
 * TnSizes:
 * @axes: of #TnSizeAxis: they get the same size
 * @present: the size they have now; TN_DIM_UNKNOWN when open or not the same for all
 * @works: the model as it is has no error (or would have none with this axis as it is)
 * @equal: the axes must be of the same size; else each follows the rule by itself
 * @below, @above: the nearest sizes that work, 0 when there is none
 * @sentence: "Height and width: multiples of 16; nearest to 420: 416 and 432."
 * @fault: with NONE, the message of the error that remains; else NULL
 * @fixes: of #TnFix: the input changed to @below and @above; none while the model works
 */
typedef struct
{
  GArray *axes;
  gint64 present;
  gboolean works;
  gboolean equal;
  TnSizesRule rule;
  gint64 below;
  gint64 above;
  char *sentence;
  char *fault;
  GPtrArray *fixes;
} TnSizes;

void tn_sizes_free (TnSizes *sizes);

/* For every axis but the batch of every InputLayer (of @only, unless that is TN_NODE_NONE) the
 * sizes for which the model has no error. Height and width are told together where the same holds
 * for both. Each rule was verified on sizes beyond those it was read off. Of #TnSizes; NULL only
 * when cancelled. Its effort is bounded whatever the model. */
GPtrArray *tn_solve_sizes (const TnFacts *facts, TnNodeId only, GCancellable *cancellable);

/* ---- make this tensor another shape ---- */

/**
 * TnGoal:
 * @ref: the tensor
 * @to, @call, @slot: the wire along which layers may be inserted; @to TN_NODE_NONE: all of the
 *     tensor's wires
 * @wanted: its shape to be; an unknown dim is one that does not matter
 */
typedef struct
{
  TnRef ref;
  TnNodeId to;
  guint call;
  guint slot;
  TnShape wanted;
} TnGoal;

#define TN_SOLVE_MOST 8

/* Called from tn_solve_shape(), in its thread, whenever another way was found. */
typedef void (*TnSolveFunc) (const GPtrArray *fixes, gpointer data);

/* Ways to make the tensor fit @goal->wanted: one or two small changes of parameters upstream, or
 * layers inserted there. Each was inferred: the shape is as wanted and no issue came. Of #TnFix, at
 * most TN_SOLVE_MOST, best first (fewest edits, smallest change, most usual); empty when there is
 * none or the shape is so already. NULL only when cancelled. @found may be NULL. */
GPtrArray *tn_solve_shape (const TnFacts *facts, const TnGoal *goal, TnSolveFunc found,
                           gpointer data, GCancellable *cancellable);

G_END_DECLS
