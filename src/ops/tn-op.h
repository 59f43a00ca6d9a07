/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnOp: the descriptor of an executable primitive, and what its kernel is given to run with. */
#pragma once

#include "ops/tn-program.h"

G_BEGIN_DECLS

/* Bytes to which every tensor and piece of scratch is aligned. */
#define TN_ALIGNMENT 64

/* Work number @band of a kernel, done by worker @worker (0 … n_workers - 1; no two at a time). */
typedef void (*TnBandFunc) (gint64 band, guint worker, gpointer data);

/* Hands out the bands 0 … n_bands - 1 in any order to any number of workers and returns when all
 * are done. It may leave bands out only when the run is being given up. */
typedef void (*TnParallelFor) (gpointer pool, gint64 n_bands, TnBandFunc func, gpointer data);

/**
 * TnScratch:
 * @shared: bytes that all workers of a call see
 * @worker: bytes that each worker has to itself
 */
typedef struct
{
  gsize shared;
  gsize worker;
} TnScratch;

/**
 * TnKernelContext:
 * @parallel_for: NULL: all bands in turn, as worker 0
 * @memory: aligned; @scratch.shared bytes, then @scratch.worker bytes for each worker (both
 *     rounded up to TN_ALIGNMENT); may be NULL when both are 0
 *
 * Ops have no threads and no memory of their own: they are lent both here. What a kernel computes
 * never depends on the number of workers, because the bands are cut by the call's sizes alone.
 */
typedef struct
{
  guint n_workers;
  TnParallelFor parallel_for;
  gpointer pool;
  TnScratch scratch;
  char *memory;
} TnKernelContext;

/* One call's sizes: all that may be asked before there is any data. Borrowed pointers; an absent
 * optional input is NULL. */
typedef struct
{
  const TnOpSettings *settings;
  guint n_inputs;
  const TnShape *inputs[TN_OP_MAX_INPUTS];
  const TnShape *output;
} TnOpCall;

/* The same call's memory; NULL where the input is absent. */
typedef struct
{
  const float *inputs[TN_OP_MAX_INPUTS];
  float *output;
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
  double (*flops) (const TnOpCall *call);
  void (*kernel) (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context);
  void (*reference) (const TnOpCall *call, const TnOpData *data);
};

/* All ops, for tests and tables; NULL-terminated. */
const TnOp *const *tn_op_all (void);

/* Runs @func for all bands as @context has it. */
void tn_kernel_for (const TnKernelContext *context, gint64 n_bands, TnBandFunc func, gpointer data);
/* The shared piece of scratch, and the piece of worker @worker. */
gpointer tn_kernel_shared (const TnKernelContext *context);
gpointer tn_kernel_scratch (const TnKernelContext *context, guint worker);
/* Bytes of @memory that @scratch needs with @n_workers; G_MAXUINT64 when that overflows. */
guint64 tn_scratch_bytes (TnScratch scratch, guint n_workers);

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
