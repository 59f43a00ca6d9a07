/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Products of matrices: of the last axis with one matrix, which is what Dense computes, and of many
 * pairs.
 *
 * batch_matmul: a (p, m, k), b (q, k, n)  ->  (max (p, q), m, n), where p = q or one of them is 1
 * and meets all of the other's. Settings: activation, params.
 *
 * x (…, k), w (k, n), bias (n)?, residual (…, n)?  ->  (…, n): x · w + bias + residual, and
 * settings.activation applied to that.
 * Settings: activation, params. */
#include "kernels/tn-blis.h"
#include "kernels/tn-panels.h"
#include "ops/tn-weighted.h"

#include <string.h>

/* Tiles of the result: cut by the sizes alone, never by the number of workers, so that the order of
 * each sum is the same with any. Few rows are cut by columns, so that each weight is read once. */
#define TILE_ROWS      256
#define TILE_COLUMNS   1024
#define FEW_ROWS       512
#define NARROW_COLUMNS 128
/* Of many pairs: packed, a piece of the second matrix stays in the second cache; fewer rows are not
 * worth packing it; more bands than PAIR_BANDS are of no use, nor smaller ones. */
#define PACKED_BYTES   (256 * 1024)
#define PACKED_ROWS    3
#define PACKED_COLUMNS 64
#define PAIR_BANDS     16
#define PAIR_STEPS     (500 * 1000)

typedef struct
{
  const TnOpSettings *settings;
  gint64 m, n, k;
  gint64 tile_rows, tile_columns, tiles_across;
  const TnOpData *data;
} Product;

static TnShape
matmul_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *x = call->inputs[0];
  const TnShape *w = call->inputs[1];
  const TnShape *bias = call->inputs[2];

  if (x->rank < 1 || w->rank != 2)
    tn_op_misuse ("matmul", call, "the input must have a last dim, the weights 2 dims");
  if (tn_op_dim (x, x->rank - 1) != tn_op_dim (w, 0))
    tn_op_misuse ("matmul", call, "the input's last dim is not the weights' first");
  if (bias != NULL && (bias->rank != 1 || tn_op_dim (bias, 0) != tn_op_dim (w, 1)))
    tn_op_misuse ("matmul", call, "the bias must have a value for each column");

  TnShape shape = *x;
  shape.dims[shape.rank - 1] = w->dims[1];
  if (call->inputs[3] != NULL && !tn_shape_identical (call->inputs[3], &shape))
    tn_op_misuse ("matmul", call, "the residual must have the output's shape");
  return shape;
}

static Product
product (const TnOpCall *call)
{
  const TnShape *x = call->inputs[0];
  Product p = {
    .settings = call->settings,
    .m = tn_op_product (x, 0, x->rank - 1),
    .n = tn_op_dim (call->inputs[1], 1),
    .k = tn_op_dim (call->inputs[1], 0),
  };
  p.tile_rows = p.m <= FEW_ROWS ? MAX (p.m, 1) : TILE_ROWS;
  p.tile_columns = p.m <= FEW_ROWS ? NARROW_COLUMNS : TILE_COLUMNS;
  p.tiles_across = tn_op_bands (p.n, p.tile_columns);
  return p;
}

static void
multiply_band (gint64 band, guint worker, gpointer data)
{
  const Product *p = data;
  gint64 row = band / p->tiles_across * p->tile_rows;
  gint64 column = band % p->tiles_across * p->tile_columns;
  gint64 rows = MIN (p->tile_rows, p->m - row);
  gint64 columns = MIN (p->tile_columns, p->n - column);
  float *out = p->data->output + row * p->n + column;
  const float *bias = p->data->inputs[2];
  const float *residual = p->data->inputs[3];

  tn_blis_sgemm (rows, columns, p->k, p->data->inputs[0] + row * p->k, p->k,
                 p->data->inputs[1] + column, p->n, out, p->n);
  for (gint64 i = 0; i < rows; i++)
    {
      if (bias != NULL)
        for (gint64 j = 0; j < columns; j++)
          out[i * p->n + j] += bias[column + j];
      if (residual != NULL)
        for (gint64 j = 0; j < columns; j++)
          out[i * p->n + j] += residual[(row + i) * p->n + column + j];
      if (p->settings->activation != TN_ACTIVATION_LINEAR)
        tn_activation_apply (p->settings, out + i * p->n, out + i * p->n, columns);
    }
}

typedef struct
{
  gboolean is_weighted; /* else plain */
  union
  {
    TnWeighted weighted;
    Product plain;
  };
} Plan;

static Plan
plan_of (const TnOpCall *call, gboolean packed)
{
  Product p = product (call);
  TnConvolverSizes sizes = tn_convolver_product (p.m, p.n, p.k);
  Plan plan;

  plan.is_weighted = packed && tn_weighted_plan (&plan.weighted, call->settings, &sizes);
  if (!plan.is_weighted)
    plan.plain = p;
  return plan;
}

static void
matmul_plan (const TnOpCall *call, gpointer plan)
{
  *(Plan *)plan = plan_of (call, call->packed);
}

static gsize
matmul_packed (const TnOpCall *call)
{
  Plan plan = plan_of (call, TRUE);

  return plan.is_weighted ? tn_weighted_packed (&plan.weighted) : 0;
}

static void
matmul_pack (const TnOpCall *call, const float *weights, gpointer packed)
{
  Plan plan = plan_of (call, TRUE);

  if (plan.is_weighted)
    tn_weighted_pack (&plan.weighted, weights, packed);
}

static guint64
matmul_layout (const TnOpCall *call)
{
  Plan plan = plan_of (call, TRUE);

  return plan.is_weighted ? tn_weighted_layout (&plan.weighted) : 0;
}

static TnScratch
matmul_scratch (const TnOpCall *call)
{
  Plan plan = plan_of (call, call->packed);

  return plan.is_weighted ? tn_weighted_scratch (&plan.weighted) : (TnScratch){ 0 };
}

static void
matmul_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  const Plan *plan = call->plan;
  Plan own;

  if (plan == NULL)
    {
      own = plan_of (call, call->packed);
      plan = &own;
    }
  if (plan->is_weighted)
    {
      tn_weighted_run (&plan->weighted, call->settings, data, context);
      return;
    }

  Product p = plan->plain;
  p.settings = call->settings;
  p.data = data;
  tn_kernel_for (context, tn_op_bands (p.m, p.tile_rows) * p.tiles_across, multiply_band, &p);
}

static void
matmul_reference (const TnOpCall *call, const TnOpData *data)
{
  Product p = product (call);
  for (gint64 i = 0; i < p.m; i++)
    for (gint64 j = 0; j < p.n; j++)
      {
        double sum = data->inputs[2] != NULL ? data->inputs[2][j] : 0.0;
        for (gint64 l = 0; l < p.k; l++)
          sum += (double)data->inputs[0][i * p.k + l] * data->inputs[1][l * p.n + j];
        if (data->inputs[3] != NULL)
          sum += data->inputs[3][i * p.n + j];
        data->output[i * p.n + j] = (float)tn_activation_formula (call->settings, sum);
      }
}

static const char *
matmul_kernel_name (const TnOpCall *call)
{
  Plan plan = plan_of (call, call->packed);

  return plan.is_weighted ? tn_weighted_name (&plan.weighted, TRUE) : "bli_sgemm";
}

static TnWay
matmul_way (const TnOpCall *call)
{
  Plan plan = plan_of (call, TRUE);

  return plan.is_weighted ? tn_weighted_way (&plan.weighted) : TN_WAY_RULE;
}

static double
matmul_flops (const TnOpCall *call)
{
  Product p = product (call);
  return 2.0 * p.m * p.n * p.k;
}

/* ---- batch_matmul ---- */

typedef struct
{
  const TnOpSettings *settings;
  gint64 pairs, m, n, k;
  gint64 step_a, step_b; /* from pair to pair */
  gint64 tile_rows, tile_columns, tiles_down, tiles_across;
  gboolean packed; /* each band packs its piece of the second matrix */
  gboolean direct; /* too few rows for that */
  TnPanels panels; /* of a whole piece */
  const TnOpData *data;
  const TnKernelContext *context;
} Pairs;

static TnShape
batch_matmul_shape (const TnOpCall *call, const TnShape *given)
{
  const TnShape *a = call->inputs[0];
  const TnShape *b = call->inputs[1];

  if (a->rank != 3 || b->rank != 3)
    tn_op_misuse ("batch_matmul", call, "both inputs must have 3 dims");
  if (tn_op_dim (a, 2) != tn_op_dim (b, 1))
    tn_op_misuse ("batch_matmul", call, "the first's last dim is not the second's middle one");
  if (tn_op_dim (a, 0) != tn_op_dim (b, 0) && tn_op_dim (a, 0) != 1 && tn_op_dim (b, 0) != 1)
    tn_op_misuse ("batch_matmul", call, "there are not as many of both");
  return (TnShape){ .rank = 3,
                    .dims
                    = { tn_op_dim (a, 0) == 1 ? b->dims[0] : a->dims[0], a->dims[1], b->dims[2] } };
}

static gint64
half_of (gint64 n, gint64 multiple)
{
  return tn_op_bands (n, 2 * multiple) * multiple;
}

/* Columns before rows: rows that are done apart pack the same columns again. */
static void
cut_for_packing (Pairs *p)
{
  gint64 columns = p->n, rows = p->m;

  while (columns > PACKED_COLUMNS
         && ((double)p->k * (double)columns * sizeof (float) > PACKED_BYTES
             || (p->pairs * tn_op_bands (p->n, columns) < PAIR_BANDS
                 && (double)rows * (double)columns * (double)p->k > PAIR_STEPS)))
    columns = half_of (columns, PACKED_COLUMNS);
  while (rows >= 2 * FEW_ROWS
         && p->pairs * tn_op_bands (p->n, columns) * tn_op_bands (p->m, rows) < PAIR_BANDS)
    rows = half_of (rows, 1);
  if (!tn_panels_init (&p->panels, p->k, columns, tn_cpu ()->isa))
    return;
  p->packed = TRUE;
  p->tile_columns = columns;
  p->tile_rows = rows;
}

static Pairs
pairs_of (const TnOpCall *call)
{
  const TnShape *a = call->inputs[0];
  const TnShape *b = call->inputs[1];
  Pairs p = {
    .settings = call->settings,
    .pairs = tn_op_dim (call->output, 0),
    .m = tn_op_dim (a, 1),
    .n = tn_op_dim (b, 2),
    .k = tn_op_dim (a, 2),
  };

  p.step_a = tn_op_dim (a, 0) == 1 ? 0 : p.m * p.k;
  p.step_b = tn_op_dim (b, 0) == 1 ? 0 : p.k * p.n;
  p.tile_rows = p.m <= FEW_ROWS ? MAX (p.m, 1) : TILE_ROWS;
  p.tile_columns = p.m <= FEW_ROWS ? NARROW_COLUMNS : TILE_COLUMNS;
  if (p.settings->kernels != TN_KERNELS_BLIS && p.k > 0 && p.m > 0)
    {
      p.direct = p.m < PACKED_ROWS;
      if (!p.direct)
        cut_for_packing (&p);
    }
  p.tiles_down = tn_op_bands (p.m, p.tile_rows);
  p.tiles_across = tn_op_bands (p.n, p.tile_columns);
  return p;
}

/* Row by row of the second matrix, where it stands. */
static void
multiply_directly (const Pairs *p, const float *x, const float *w, gint64 rows, gint64 columns,
                   float *out)
{
  for (gint64 i = 0; i < rows; i++)
    {
      float *restrict to = out + i * p->n;

      memset (to, 0, columns * sizeof *to);
      for (gint64 l = 0; l < p->k; l++)
        {
          const float factor = x[i * p->k + l];
          const float *restrict from = w + l * p->n;

          for (gint64 j = 0; j < columns; j++)
            to[j] += factor * from[j];
        }
    }
}

static void
pair_band (gint64 band, guint worker, gpointer data)
{
  const Pairs *p = data;
  gint64 pair = band / (p->tiles_down * p->tiles_across);
  gint64 tile = band % (p->tiles_down * p->tiles_across);
  gint64 row = tile / p->tiles_across * p->tile_rows;
  gint64 column = tile % p->tiles_across * p->tile_columns;
  gint64 rows = MIN (p->tile_rows, p->m - row);
  gint64 columns = MIN (p->tile_columns, p->n - column);
  float *out = p->data->output + (pair * p->m + row) * p->n + column;

  const float *x = p->data->inputs[0] + pair * p->step_a + row * p->k;
  const float *w = p->data->inputs[1] + pair * p->step_b + column;

  if (p->packed)
    {
      TnPanels panels = p->panels;
      float *packed = tn_kernel_scratch (p->context, worker);
      TnPanelsRows at = { .x = x, .x_stride = p->k, .out = out, .out_stride = p->n };

      if (columns == p->tile_columns || tn_panels_init (&panels, p->k, columns, tn_cpu ()->isa))
        {
          tn_panels_pack (&panels, w, p->n, 1, packed);
          tn_panels_multiply (&panels, packed, rows, &at, 0, panels.n_panels);
        }
    }
  else if (p->direct)
    multiply_directly (p, x, w, rows, columns, out);
  else
    tn_blis_sgemm (rows, columns, p->k, x, p->k, w, p->n, out, p->n);
  if (p->settings->activation != TN_ACTIVATION_LINEAR)
    for (gint64 i = 0; i < rows; i++)
      tn_activation_apply (p->settings, out + i * p->n, out + i * p->n, columns);
}

static void
batch_matmul_kernel (const TnOpCall *call, const TnOpData *data, const TnKernelContext *context)
{
  Pairs p = pairs_of (call);

  p.data = data;
  p.context = context;
  tn_kernel_for (context, p.pairs * p.tiles_down * p.tiles_across, pair_band, &p);
}

static void
batch_matmul_reference (const TnOpCall *call, const TnOpData *data)
{
  Pairs p = pairs_of (call);

  for (gint64 at = 0; at < p.pairs * p.m * p.n; at++)
    {
      const float *a = data->inputs[0] + at / (p.m * p.n) * p.step_a + at / p.n % p.m * p.k;
      const float *b = data->inputs[1] + at / (p.m * p.n) * p.step_b + at % p.n;
      double sum = 0.0;

      for (gint64 l = 0; l < p.k; l++)
        sum += (double)a[l] * b[l * p.n];
      data->output[at] = (float)tn_activation_formula (call->settings, sum);
    }
}

static double
batch_matmul_flops (const TnOpCall *call)
{
  Pairs p = pairs_of (call);

  return 2.0 * p.pairs * p.m * p.n * p.k;
}

static TnScratch
batch_matmul_scratch (const TnOpCall *call)
{
  Pairs p = pairs_of (call);

  return (TnScratch){ .worker = p.packed ? tn_panels_floats (&p.panels) * sizeof (float) : 0 };
}

static const char *
batch_matmul_kernel_name (const TnOpCall *call)
{
  static const char *const names[TN_N_ISAS] = {
    [TN_ISA_GENERIC] = "product, generic",
    [TN_ISA_AVX2] = "product, avx2",
    [TN_ISA_AVX512] = "product, avx512",
  };
  Pairs p = pairs_of (call);

  return p.packed ? names[tn_cpu ()->isa] : p.direct ? "row by row" : "bli_sgemm";
}

const TnOp tn_op_batch_matmul = {
  .name = "batch_matmul",
  .min_inputs = 2,
  .max_inputs = 2,
  .flags = TN_OP_ACTIVATES,
  .shape = batch_matmul_shape,
  .kernel_name = batch_matmul_kernel_name,
  .scratch = batch_matmul_scratch,
  .flops = batch_matmul_flops,
  .kernel = batch_matmul_kernel,
  .reference = batch_matmul_reference,
};

const TnOp tn_op_matmul = {
  .name = "matmul",
  .min_inputs = 2,
  .max_inputs = 4,
  .flags = TN_OP_ACTIVATES,
  .shape = matmul_shape,
  .kernel_name = matmul_kernel_name,
  .scratch = matmul_scratch,
  .weights = 1,
  .packed = matmul_packed,
  .pack = matmul_pack,
  .packed_layout = matmul_layout,
  .plan_bytes = sizeof (Plan),
  .plan = matmul_plan,
  .way = matmul_way,
  .flops = matmul_flops,
  .kernel = matmul_kernel,
  .reference = matmul_reference,
};
