/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running a model: options, plan, progress, results. Pure C, callable from any one thread. */
#pragma once

#include <gio/gio.h>

#include "exec/tn-tuning.h"
#include "infer/tn-facts.h"
#include "tensor/tn-tensor.h"

G_BEGIN_DECLS

typedef enum
{
  TN_DATA_NORMAL,
  TN_DATA_UNIFORM,
  TN_DATA_ZEROS,
  TN_DATA_ONES,
  TN_DATA_CONSTANT, /* one number everywhere */
  TN_DATA_ONE_HOT,  /* along the last axis a 1, else 0 */
  TN_DATA_TOKENS,   /* whole numbers from 0 on */
  TN_DATA_STROKES,  /* images from 0 to 1: lines of a pen, */
  TN_DATA_STRIPES,  /* waves in one direction, */
  TN_DATA_BLOBS,    /* soft spots */
  TN_DATA_SINE,     /* waves along the first axis of a sample, from -1 to 1, each feature its own */
  TN_N_DATA,
} TnDataKind;

/**
 * TnDataSpec:
 * @value: of a constant; how many tokens there are; else, and where it was not told, not a number
 */
typedef struct
{
  TnDataKind kind;
  double value;
} TnDataSpec;

/* "normal", …; for the command line and files. */
const char *tn_data_kind_name (TnDataKind kind);
gboolean tn_data_kind_from_name (const char *name, TnDataKind *kind);
/* What may stand behind a kind's colon: "VALUE", "COUNT"; NULL: nothing. Static. */
const char *tn_data_kind_argument (TnDataKind kind);
/* "normal", "constant:0.5", "tokens:1000". FALSE when it is nothing of the sort. */
gboolean tn_data_spec_from_text (const char *text, TnDataSpec *spec);
/* New string. */
char *tn_data_spec_to_text (const TnDataSpec *spec);

typedef enum
{
  TN_RUN_KERNELS_AUTO,      /* whatever is fastest for the sizes on this machine */
  TN_RUN_KERNELS_BLIS,      /* plain BLIS, to compare with */
  TN_RUN_KERNELS_REFERENCE, /* plain loops in double precision, slow: to check with */
  TN_N_RUN_KERNELS,
} TnRunKernels;

/* "auto", …; for the command line and files. */
const char *tn_run_kernels_name (TnRunKernels kernels);
gboolean tn_run_kernels_from_name (const char *name, TnRunKernels *kernels);

/**
 * TnRunOptions:
 * @samples: how many; 0: from @inputs, else 1
 * @batch: samples per step, at least 1
 * @seed: of fresh weights and synthetic data
 * @threads: 0: as many as there are processors
 * @data: what inputs are filled with that no data is given for
 * @data_of: layer name → #TnDataSpec, or NULL: inputs that are filled with something else
 * @memory_limit: bytes that the run may use; 0: three quarters of what is available
 * @inputs: layer name → #TnTensor, or NULL; may name some of the inputs only
 * @weights: "LAYER/WEIGHT" → #TnTensor, or NULL; what it lacks is initialised as Keras does
 * @keep_outputs: keep all samples of the outputs (needs their memory)
 * @watch: statistics of what every layer gives; else only of the model's outputs, and layers are
 *     fused with those before them, which is faster. The numbers then agree to rounding.
 * @histogram: count the numbers of whatever has statistics, too; takes about as long again
 * @kernels: what computes
 * @approximate: allows ways that are faster and less exact (to about 1e-4)
 * @tuning: what is the fastest here, as far as that was measured, or NULL; only for automatic
 *     kernels. Results agree to rounding with those without.
 * @background: one processor is left to others where @threads does not say how many
 */
typedef struct
{
  gint64 samples;
  gint64 batch;
  guint64 seed;
  guint threads;
  TnDataSpec data;
  GHashTable *data_of;
  guint64 memory_limit;
  GHashTable *inputs;
  GHashTable *weights;
  gboolean keep_outputs;
  gboolean watch;
  gboolean histogram;
  TnRunKernels kernels;
  gboolean approximate;
  gboolean background;
  TnTuning *tuning;
} TnRunOptions;

/* 1 sample, batch 32, seed 0, all processors, normal data, watched. */
TnRunOptions tn_run_options_default (void);
/* The same with references of its own on the tables; and gives these up, which are NULL then. */
TnRunOptions tn_run_options_copy (const TnRunOptions *options);
void tn_run_options_clear (TnRunOptions *options);

/* A model compiled for one batch size: program, memory layout, weights. One run at a time. */
typedef struct _TnPlan TnPlan;

/* Refusals, before anything big is allocated: TN_ERROR_MODEL (the facts have errors; an input's
 * size is unknown and not given), TN_ERROR_DATA, TN_ERROR_MEMORY (says how much it would need and
 * the largest batch that would fit), TN_ERROR_UNSUPPORTED, TN_ERROR_CANCELLED. */
TnPlan *tn_plan_new (const TnFacts *facts, const TnRunOptions *options, GCancellable *cancellable,
                     GError **error);
void tn_plan_free (TnPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnPlan, tn_plan_free)
/* Bytes that a run will hold at its peak: weights, arena, scratch, inputs and outputs kept. */
guint64 tn_plan_predicted_bytes (const TnPlan *plan);
gint64 tn_plan_samples (const TnPlan *plan);
/* About how long a run will take, from what this processor has been measured to multiply. */
double tn_plan_expected_seconds (const TnPlan *plan);
/* That, or why tn_plan_new() would refuse; no weights, memory or threads are made. */
gboolean tn_plan_foresee (const TnFacts *facts, const TnRunOptions *options, double *seconds,
                          GCancellable *cancellable, GError **error);
/* The offsets, sizes and lifetimes of the arena as text, a line a tensor: for golden tests and the
 * curious. */
char *tn_plan_dump (const TnPlan *plan);

/* Bins of a histogram at most; what is not all the same number fills more than half of them. */
#define TN_HISTOGRAM_BINS 64

/**
 * TnHistogram:
 * @low, @high: where the first of the bins begins and the last one ends, which are all as wide;
 *     where there is only one number, it
 *
 * How many finite numbers lie where; the same at any number of threads and for any batch, as far as
 * the numbers are.
 */
typedef struct
{
  double low, high;
  guint n_bins;
  guint64 counts[TN_HISTOGRAM_BINS];
} TnHistogram;

/* What a layer did in all its calls. @min … @std are of the finite numbers of its outputs, and not
 * a number when there is none; @zeros is a share of all. A layer that another one's kernel does as
 * well took no time of its own. */
typedef struct
{
  TnNodeId node;
  char *name;
  double seconds;
  double share;     /* of the time of all layers, 0 … 1 */
  double gflops;    /* per second, 0 where nothing is multiplied */
  double peak;      /* share of what the machine can multiply with so many threads, 0 … 1 */
  guint64 bytes;    /* that its calls read and wrote, weights included */
  char *kernel;     /* "im2col + bli_sgemm", "alias", "fused into conv2d"; not translated */
  gboolean watched; /* the statistics are there */
  double min, max, mean, std;
  guint64 n_nan, n_inf;
  double zeros;           /* share of exact zeros, 0 … 1 */
  TnHistogram *histogram; /* NULL: not counted */
} TnLayerRun;

typedef struct
{
  char *layer;
  TnShape shape;    /* samples first, unless something was made of all of them together */
  TnTensor *tensor; /* NULL unless keep_outputs */
} TnRunOutput;

/* Counted, immutable. */
typedef struct
{
  gatomicrefcount ref_count;
  gint64 samples;
  gint64 batch;
  guint64 seed;
  guint threads;
  double seconds;
  double plan_seconds;
  double expected_seconds; /* what the plan said */
  double peak_gflops;      /* that the machine can multiply with so many threads */
  TnRunKernels kernels;
  gboolean watch;
  gboolean histogram;
  gboolean approximate;
  gboolean tuned;               /* the tuning knew of some of the sizes */
  guint64 peak_bytes;           /* measured: what the run really allocated */
  guint64 predicted_peak_bytes; /* what the plan said */
  const char *blis_version;
  const char *blis_arch;
  GArray *layers;  /* of #TnLayerRun, in order of computation */
  GArray *outputs; /* of #TnRunOutput */
  TnReport
      *report; /* not-a-number, infinity: code "non-finite" on the first layer that made them */
} TnRunResult;

TnRunResult *tn_run_result_ref (TnRunResult *result);
void tn_run_result_unref (TnRunResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TnRunResult, tn_run_result_unref)
/* NULL when the layer was not run. */
const TnLayerRun *tn_run_result_layer (const TnRunResult *result, TnNodeId node);

typedef struct
{
  double fraction;     /* 0 … 1, by multiply-accumulates */
  gint64 samples_done; /* finished */
  double seconds;      /* so far */
  double seconds_left; /* an estimate, at first the plan's; negative while there is none */
  TnNodeId node;       /* being computed */
} TnRunProgress;

/* Called from the running thread, between steps. */
typedef void (*TnRunProgressFunc) (const TnRunProgress *progress, gpointer data);

/* Errors: TN_ERROR_CANCELLED, TN_ERROR_MEMORY. The same options and weights give the same bits with
 * any number of threads. With another batch size synthetic inputs and fresh weights are the same
 * bits, but products may be summed in another order: results then agree to rounding (about 1e-6 of
 * their size). BLIS keeps some MiB a thread for itself that no count here sees. */
TnRunResult *tn_plan_run (TnPlan *plan, TnRunProgressFunc progress, gpointer data,
                          GCancellable *cancellable, GError **error);

G_END_DECLS
