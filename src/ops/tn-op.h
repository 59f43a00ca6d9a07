/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnOp: the descriptor of an executable primitive, and what its kernel is given to run with. */
#pragma once

#include "kernels/tn-parallel.h"
#include "ops/tn-program.h"

G_BEGIN_DECLS

/* One call's sizes: all that may be asked before there is any data. Borrowed pointers; an absent
 * optional input is NULL. @packed: the constant weights will come packed, in TnOpData.packed; it
 * has a say in kernel name, scratch, plan and kernel. @plan: what TnOp.plan made of this call, for
 * the kernel; NULL: it makes that anew. */
typedef struct
{
  const TnOpSettings *settings;
  guint n_inputs;
  const TnShape *inputs[TN_OP_MAX_INPUTS];
  const TnShape *output;
  gboolean packed;
  gconstpointer plan;
} TnOpCall;

/* The same call's memory; NULL where the input is absent. @packed: what TnOp.pack made of the
 * input TnOp.weights, which then is not read itself and may be NULL; NULL if call.packed is not
 * set. */
typedef struct
{
  const float *inputs[TN_OP_MAX_INPUTS];
  float *output;
  const void *packed;
} TnOpData;

typedef enum
{
  TN_OP_ALIAS = 1 << 0,    /* the output is the first input under another shape: nothing is done */
  TN_OP_IN_PLACE = 1 << 1, /* the output may overwrite an input of identical shape */
  TN_OP_ACTIVATES = 1 << 2 /* applies settings.activation to its result (fused by the planner) */
} TnOpFlags;

/**
 * TnOp:
 * @name: "convolution"
 * @min_inputs, @max_inputs: inputs from min_inputs on may be absent
 * @shape: the output's shape; aborts when the call does not fit. @given is the shape that the
 *     caller asked for, or NULL.
 * @kernel_name: how the kernel works, for people: "im2col + bli_sgemm"; static
 * @scratch: NULL: none
 * @weights: the input that @packed, @pack and @packed_layout are about; these are NULL in ops that
 *     pack nothing
 * @packed: bytes of the call's weights in the form that the kernel wants, to be aligned to
 *     TN_ALIGNMENT; 0: not packed. What the three answer does not depend on call.packed.
 * @pack: makes that form of the plain @weights; all its bytes are written
 * @packed_layout: a key: calls of one op with equal keys may share what is made of equal weights
 * @plan_bytes: of what @plan makes; 0: no plan
 * @plan: what the kernel would find out anew in each run, from the sizes alone: a plain value that
 *     owns nothing and points to nothing of the call, at a place for any type. The kernel computes
 *     the same bits with and without.
 * @way: the way in which the call with packed weights is computed, which is settings.way if the
 *     sizes allow that, else the rule's; TN_WAY_RULE where there is no choice.
 *     NULL: there never is.
 * @flops: floating-point operations (2 a multiply-accumulate); NULL: not counted
 * @kernel: the fast one; same bits for any number of workers
 * @reference: the plain loop that the kernel is tested against; sums in double precision
 */
struct _TnOp
{
  const char *name;
  guint min_inputs;
  guint max_inputs;
  TnOpFlags flags;
  TnShape (*shape) (const TnOpCall *call, const TnShape *given);
  const char *(*kernel_name) (const TnOpCall *call);
  TnScratch (*scratch) (const TnOpCall *call);
  guint weights;
  gsize (*packed) (const TnOpCall *call);
  void (*pack) (const TnOpCall *call, const float *weights, gpointer packed);
  guint64 (*packed_layout) (const TnOpCall *call);
  gsize plan_bytes;
  void (*plan) (const TnOpCall *call, gpointer plan);
  TnWay (*way) (const TnOpCall *call);
  double (*flops) (const TnOpCall *call);
  void (*kernel) (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context);
  void (*reference) (const TnOpCall *call, const TnOpData *data);
};

/* All ops, for tests and tables; NULL-terminated. */
const TnOp *const *tn_op_all (void);

/* ---- for the ops' own files ---- */

/* Aborts with the op's name, @problem and the shapes of all inputs: a programmer's error. */
G_NORETURN void tn_op_misuse (const char *op, const TnOpCall *call, const char *problem);
/* Size of an axis, which is known in any call. */
static inline gint64
tn_op_dim (const TnShape *shape, int axis)
{
  return shape->dims[axis].size;
}
/* Elements of axes @from … @to - 1. */
gint64 tn_op_product (const TnShape *shape, int from, int to);
/* An axis seen as (outer, axis, inner) of a row-major tensor. */
typedef struct
{
  gint64 outer;
  gint64 size;
  gint64 inner;
} TnLanes;
TnLanes tn_op_lanes (const TnShape *shape, int axis);

/* f (x) of settings.activation and params: @n elements, @out may be @in. */
void tn_activation_apply (const TnOpSettings *settings, const float *in, float *out, gint64 n);
/* The same for one element, by the formula, in double precision. */
double tn_activation_formula (const TnOpSettings *settings, double x);

/* Elements that an elementwise kernel does in one band. */
#define TN_BAND_ELEMENTS 16384
static inline gint64
tn_op_bands (gint64 n, gint64 per_band)
{
  return n / per_band + (n % per_band != 0);
}

/* @rows rows of @width elements cut into bands of about TN_BAND_ELEMENTS: several short rows, or a
 * piece of a long one. */
typedef struct
{
  gint64 rows, width;
  gint64 rows_per_band, pieces, n_bands;
} TnGrid;
TnGrid tn_grid (gint64 rows, gint64 width);
/* Band @band covers columns @from … @to - 1 of rows @row … @last - 1. */
void tn_grid_band (const TnGrid *grid, gint64 band, gint64 *row, gint64 *last, gint64 *from,
                   gint64 *to);

G_END_DECLS
