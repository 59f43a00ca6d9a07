/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every op's kernel against its naive reference, over random sizes and settings; same bits at any
 * number of workers and in any order of bands. */
#include "ops/tn-op.h"

#include <math.h>
#include <string.h>

#define GUARD 64 /* floats around each output that must stay as they are */

typedef struct
{
  TnOpSettings settings;
  const TnOp *op;
  guint n_inputs;
  TnShape shapes[TN_OP_MAX_INPUTS];
  gboolean absent[TN_OP_MAX_INPUTS];
  TnShape given;    /* for reshape */
  gboolean any_odd; /* inputs may hold infinities and not-a-numbers */
} Draw;

static gint64
between (GRand *rand, int low, int high)
{
  return g_rand_int_range (rand, low, high + 1);
}

/* Mostly small sizes; now and then nothing at all, now and then enough for several bands. */
static gint64
size (GRand *rand, int high)
{
  return g_rand_int_range (rand, 0, 25) == 0 ? 0 : between (rand, 1, high);
}

static TnShape
shape (int rank, gint64 a, gint64 b, gint64 c, gint64 d)
{
  const gint64 sizes[] = { a, b, c, d };
  return tn_shape_new (sizes, rank);
}

static TnShape
any_shape (GRand *rand, int least, int high)
{
  TnShape any = { .rank = (int)between (rand, least, 5) };
  for (int i = 0; i < any.rank; i++)
    any.dims[i] = tn_dim (size (rand, high));
  if (any.rank > 0 && g_rand_int_range (rand, 0, 8) == 0)
    any.dims[between (rand, 0, any.rank - 1)] = tn_dim (between (rand, 500, 20000));
  return any;
}

static void
any_activation (GRand *rand, TnOpSettings *settings)
{
  settings->activation = g_rand_int_range (rand, 0, TN_N_ACTIVATIONS);
  for (guint i = 0; i < G_N_ELEMENTS (settings->params); i++)
    settings->params[i] = (float)g_rand_double_range (rand, 0.05, 0.9);
  if (settings->activation == TN_ACTIVATION_PIECEWISE)
    settings->params[0] = g_rand_boolean (rand) ? INFINITY : 1.5f;
}

static void
any_padding (GRand *rand, TnOpSettings *settings, int axis, gint64 in, gint64 reach)
{
  gint64 stride = settings->stride[axis] = between (rand, 1, 3);
  switch (g_rand_int_range (rand, 0, 3))
    {
    case 0: /* valid */
      break;
    case 1: /* same, as Keras has it: what is odd goes behind */
      {
        gint64 out = (in + stride - 1) / stride;
        gint64 total = MAX ((out - 1) * stride + reach - in, 0);
        settings->pad_before[axis] = total / 2;
        settings->pad_after[axis] = total - total / 2;
        break;
      }
    default: /* any; never more than the window reaches */
      settings->pad_before[axis] = between (rand, 0, (int)reach - 1);
      settings->pad_after[axis] = between (rand, 0, (int)reach - 1);
    }
}

static void
draw_convolution (GRand *rand, Draw *draw)
{
  gboolean large = g_rand_int_range (rand, 0, 30) == 0;
  gint64 groups = g_rand_int_range (rand, 0, 3) == 0 ? between (rand, 1, 4) : 1;
  gint64 c = groups * size (rand, large ? 24 : 5);
  gint64 f = groups * size (rand, large ? 40 : 6);
  gint64 kernel[2];
  gint64 in[2];

  for (int i = 0; i < 2; i++)
    {
      kernel[i] = between (rand, 1, 4);
      in[i] = size (rand, large ? 40 : 11);
      draw->settings.dilation[i] = g_rand_boolean (rand) ? 1 : between (rand, 0, 3);
      gint64 reach = (kernel[i] - 1) * MAX (draw->settings.dilation[i], 1) + 1;
      any_padding (rand, &draw->settings, i, in[i], reach);
    }
  if (g_rand_int_range (rand, 0, 4) == 0)
    for (int i = 0; i < 2; i++)
      {
        kernel[i] = draw->settings.stride[i] = 1;
        draw->settings.pad_before[i] = draw->settings.pad_after[i] = 0;
      }
  draw->settings.groups = groups == 1 && g_rand_boolean (rand) ? 0 : groups;
  if (g_rand_boolean (rand))
    any_activation (rand, &draw->settings);
  draw->n_inputs = 3;
  draw->shapes[0] = shape (4, size (rand, 3), in[0], in[1], c);
  draw->shapes[1] = shape (4, kernel[0], kernel[1], c / groups, f);
  draw->shapes[2] = shape (1, f, 0, 0, 0);
  draw->absent[2] = g_rand_boolean (rand);
}

static void
draw_matmul (GRand *rand, Draw *draw)
{
  gboolean large = g_rand_int_range (rand, 0, 10) == 0;
  gint64 k = size (rand, large ? 300 : 20);
  gint64 n = size (rand, large ? 300 : 20);
  TnShape x = any_shape (rand, 0, 5);
  x.rank = MIN (x.rank, 3);
  for (int i = 0; i < x.rank; i++)
    x.dims[i].size = MIN (x.dims[i].size, large ? 700 : 30);

  draw->n_inputs = g_rand_boolean (rand) ? 2 : 3;
  draw->shapes[0] = tn_shape_append (x, tn_dim (k));
  draw->shapes[1] = shape (2, k, n, 0, 0);
  draw->shapes[2] = shape (1, n, 0, 0, 0);
  draw->absent[2] = g_rand_boolean (rand);
  if (g_rand_boolean (rand))
    any_activation (rand, &draw->settings);
}

static void
draw_pool (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = shape (4, size (rand, 3), size (rand, 12), size (rand, 12), size (rand, 9));
  draw->settings.count_padding = g_rand_int_range (rand, 0, 4) == 0;
  for (int i = 0; i < 2; i++)
    {
      draw->settings.kernel[i] = between (rand, 1, 4);
      any_padding (rand, &draw->settings, i, draw->shapes[0].dims[i + 1].size,
                   draw->settings.kernel[i]);
    }
  draw->any_odd = draw->op == &tn_op_max_pool;
}

static void
draw_adaptive (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = shape (4, size (rand, 3), size (rand, 12), size (rand, 12), size (rand, 9));
  for (int i = 0; i < 2; i++)
    draw->settings.kernel[i] = between (rand, 1, 15);
  draw->any_odd = draw->op == &tn_op_adaptive_max_pool;
}

static void
draw_mean (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = shape (4, size (rand, 4), size (rand, 9), size (rand, 9), size (rand, 150));
}

static void
draw_reshape (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 0, 5);
  draw->given = shape (2, 1, tn_shape_elements (&draw->shapes[0], 0), 0, 0);
}

static void
draw_transpose (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 0, 6);
  for (int i = 0; i < draw->shapes[0].rank; i++)
    {
      int j = (int)between (rand, 0, i);
      draw->settings.permutation[i] = draw->settings.permutation[j];
      draw->settings.permutation[j] = i;
    }
}

static void
draw_activation (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 0, 6);
  any_activation (rand, &draw->settings);
}

static void
draw_lane (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 1, 6);
  draw->settings.axis = (int)between (rand, 0, draw->shapes[0].rank - 1);
  TnDim *dim = &draw->shapes[0].dims[draw->settings.axis];
  dim->size = MIN (dim->size, 700); /* the references are quadratic */
  if (draw->op == &tn_op_glu)
    dim->size *= 2;
}

static void
draw_batch_norm (GRand *rand, Draw *draw)
{
  draw->n_inputs = (guint)between (rand, 3, 5);
  draw->shapes[0] = any_shape (rand, 1, 6);
  draw->settings.axis = (int)between (rand, 0, draw->shapes[0].rank - 1);
  draw->settings.epsilon = 0.001f;
  for (guint i = 1; i < draw->n_inputs; i++)
    draw->shapes[i] = shape (1, draw->shapes[0].dims[draw->settings.axis].size, 0, 0, 0);
  draw->absent[3] = g_rand_boolean (rand);
  draw->absent[4] = g_rand_boolean (rand);
}

static void
draw_binary (GRand *rand, Draw *draw)
{
  draw->n_inputs = 2;
  draw->settings.binary = g_rand_int_range (rand, TN_BINARY_ADD, TN_BINARY_MINIMUM + 1);
  draw->any_odd = draw->settings.binary >= TN_BINARY_MAXIMUM;
  TnShape whole = any_shape (rand, 0, 6);
  for (int i = 0; i < 2; i++)
    {
      TnShape *part = &draw->shapes[i];
      int skip = g_rand_boolean (rand) ? 0 : (int)between (rand, 0, whole.rank);
      part->rank = whole.rank - skip;
      for (int j = 0; j < part->rank; j++)
        part->dims[j] = g_rand_int_range (rand, 0, 4) == 0 ? tn_dim (1) : whole.dims[j + skip];
    }
}

static void
draw_concatenate (GRand *rand, Draw *draw)
{
  draw->n_inputs = 2;
  draw->shapes[0] = draw->shapes[1] = any_shape (rand, 1, 6);
  draw->settings.axis = (int)between (rand, 0, draw->shapes[0].rank - 1);
  draw->shapes[1].dims[draw->settings.axis] = tn_dim (size (rand, 40));
}

static void
draw_pad (GRand *rand, Draw *draw)
{
  draw->n_inputs = 1;
  draw->shapes[0] = any_shape (rand, 1, 6);
  draw->settings.axis = (int)between (rand, 0, draw->shapes[0].rank - 1);
  gint64 there = draw->shapes[0].dims[draw->settings.axis].size;
  draw->settings.pad_before[0] = between (rand, -(int)MIN (there, 3), 5);
  there = MAX (there + MIN (draw->settings.pad_before[0], 0), 0);
  draw->settings.pad_after[0] = between (rand, -(int)MIN (there, 3), 5);
}

static const struct
{
  const TnOp *op;
  void (*draw) (GRand *rand, Draw *draw);
  int n_draws;
  double tolerance;
} subjects[] = {
  { &tn_op_convolution, draw_convolution, 600, 2e-5 },
  { &tn_op_matmul, draw_matmul, 300, 2e-5 },
  { &tn_op_max_pool, draw_pool, 300, 0 },
  { &tn_op_average_pool, draw_pool, 300, 1e-6 },
  { &tn_op_adaptive_max_pool, draw_adaptive, 300, 0 },
  { &tn_op_adaptive_average_pool, draw_adaptive, 300, 1e-6 },
  { &tn_op_mean_spatial, draw_mean, 100, 1e-6 },
  { &tn_op_reshape, draw_reshape, 50, 0 },
  { &tn_op_transpose, draw_transpose, 200, 0 },
  { &tn_op_activation, draw_activation, 600, 2e-6 },
  { &tn_op_softmax, draw_lane, 200, 5e-6 },
  { &tn_op_log_softmax, draw_lane, 200, 5e-6 },
  { &tn_op_sparsemax, draw_lane, 200, 1e-5 },
  { &tn_op_glu, draw_lane, 200, 2e-6 },
  { &tn_op_batch_norm, draw_batch_norm, 200, 5e-6 },
  { &tn_op_binary, draw_binary, 400, 1e-6 },
  { &tn_op_concatenate, draw_concatenate, 200, 0 },
  { &tn_op_pad, draw_pad, 300, 0 },
};

/* All bands, last first, handed to workers in turn. */
static void
backwards (gpointer pool, gint64 n_bands, TnBandFunc func, gpointer data)
{
  guint n_workers = *(guint *)pool;
  for (gint64 band = n_bands - 1; band >= 0; band--)
    func (band, (guint)((n_bands - 1 - band) % n_workers), data);
}

static void
run_kernel (const TnOp *op, const TnOpCall *call, TnOpData data, float *output, guint n_workers,
            gboolean in_turn)
{
  TnScratch scratch = op->scratch != NULL ? op->scratch (call) : (TnScratch){ 0 };
  guint64 bytes = tn_scratch_bytes (scratch, n_workers);
  g_assert_cmpuint (bytes, <, 256 << 20);
  /* Filled with what would show in any result, and exactly as large as was asked for. */
  g_autofree char *block = g_malloc (bytes + TN_ALIGNMENT);
  memset (block, 0xff, bytes + TN_ALIGNMENT);
  char *memory = (char *)(((guintptr)block + TN_ALIGNMENT - 1) & ~(guintptr)(TN_ALIGNMENT - 1));
  TnKernelContext context = { .n_workers = n_workers,
                              .parallel_for = in_turn ? NULL : backwards,
                              .pool = &n_workers,
                              .scratch = scratch,
                              .memory = memory };
  data.output = output;
  op->kernel (call, &data, &context);
}

static float
odd_number (GRand *rand)
{
  static const float odd[] = { INFINITY, -INFINITY, NAN, 0.0f };
  return odd[g_rand_int_range (rand, 0, G_N_ELEMENTS (odd))];
}

static void
check_draw (const Draw *draw, GRand *rand, double tolerance, const char *label)
{
  const TnOp *op = draw->op;
  g_autoptr (TnProgram) program = tn_program_new ();
  TnTensorId ids[TN_OP_MAX_INPUTS];
  float *inputs[TN_OP_MAX_INPUTS] = { NULL };

  for (guint i = 0; i < draw->n_inputs; i++)
    {
      ids[i] = TN_TENSOR_ABSENT;
      if (draw->absent[i])
        continue;
      ids[i] = tn_program_input (program, &draw->shapes[i], "x");
      gint64 n = tn_shape_elements (&draw->shapes[i], 0);
      /* Weights as an initializer makes them, so that sums are of the size of their terms. */
      gboolean weighted = i == 1 && (op == &tn_op_convolution || op == &tn_op_matmul);
      inputs[i] = g_new (float, MAX (n, 1));
      for (gint64 j = 0; j < n; j++)
        {
          inputs[i][j] = (float)g_rand_double_range (rand, -3.0, 3.0);
          if (weighted)
            inputs[i][j]
                /= sqrtf ((float)(n / draw->shapes[i].dims[draw->shapes[i].rank - 1].size));
          if (op == &tn_op_batch_norm && i == 2)
            inputs[i][j] = fabsf (inputs[i][j]) + 0.1f;
          if (draw->any_odd && g_rand_int_range (rand, 0, 20) == 0)
            inputs[i][j] = odd_number (rand);
        }
    }
  TnTensorId id = tn_program_call (program, op, &draw->settings, ids, draw->n_inputs,
                                   op == &tn_op_reshape ? &draw->given : NULL, 0);
  const TnProgramCall *made = tn_program_call_at (program, 0);
  TnOpCall call = { .settings = &made->settings,
                    .n_inputs = draw->n_inputs,
                    .output = tn_program_shape (program, id) };
  TnOpData data = { 0 };
  for (guint i = 0; i < draw->n_inputs; i++)
    if (ids[i] != TN_TENSOR_ABSENT)
      {
        call.inputs[i] = tn_program_shape (program, ids[i]);
        data.inputs[i] = inputs[i];
      }

  gint64 n = tn_shape_elements (call.output, 0);
  g_autofree float *expected = g_new (float, n + 1);
  g_autofree float *got = g_new (float, n + 2 * GUARD);
  g_autofree float *again = g_new (float, n + 2 * GUARD);
  memset (got, 0xff, (n + 2 * GUARD) * sizeof *got);
  memset (again, 0x7f, (n + 2 * GUARD) * sizeof *again);
  data.output = expected;
  op->reference (&call, &data);

  run_kernel (op, &call, data, got + GUARD, 1, TRUE);
  run_kernel (op, &call, data, again + GUARD, (guint)between (rand, 2, 4), FALSE);
  if (n > 0 && memcmp (got + GUARD, again + GUARD, n * sizeof *got) != 0)
    g_error ("%s: other bits with several workers", label);
  for (int i = 0; i < GUARD; i++)
    {
      guint32 bits[4];
      memcpy (&bits[0], got + i, 4);
      memcpy (&bits[1], got + GUARD + n + i, 4);
      memcpy (&bits[2], again + i, 4);
      memcpy (&bits[3], again + GUARD + n + i, 4);
      if (bits[0] != 0xffffffff || bits[1] != 0xffffffff || bits[2] != 0x7f7f7f7f
          || bits[3] != 0x7f7f7f7f)
        g_error ("%s: written outside of the output", label);
    }

  for (gint64 i = 0; i < n; i++)
    {
      double e = expected[i];
      double g = got[GUARD + i];
      gboolean same = isnan (e) ? isnan (g) : isinf (e) ? e == g : TRUE;
      double scale = 1.0 + fabs (e);
      if (!same || (isfinite (e) && !(fabs (e - g) <= tolerance * scale)))
        {
          g_autofree char *text = tn_shape_to_text (call.output);
          g_error ("%s: element %" G_GINT64_FORMAT " of %s is %.9g, not %.9g (activation %d)",
                   label, i, text, g, e, made->settings.activation);
        }
    }

  /* In place, where that is allowed: over any input of the same shape. */
  if (op->flags & TN_OP_IN_PLACE)
    for (guint i = 0; i < draw->n_inputs; i++)
      if (call.inputs[i] != NULL && tn_shape_identical (call.inputs[i], call.output)
          && tn_shape_elements (call.output, 0) > 0)
        {
          TnOpData over = data;
          g_autofree float *copy = g_memdup2 (inputs[i], n * sizeof (float));
          over.inputs[i] = copy;
          run_kernel (op, &call, over, copy, 2, FALSE);
          if (memcmp (copy, got + GUARD, n * sizeof (float)) != 0)
            g_error ("%s: other bits in place of input %u", label, i);
        }

  for (guint i = 0; i < draw->n_inputs; i++)
    g_free (inputs[i]);
}

static void
test_op (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  for (int i = 0; i < subjects[index].n_draws; i++)
    {
      guint32 seed = 1000 * index + i;
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autofree char *label = g_strdup_printf ("%s, draw %d", subjects[index].op->name, i);
      Draw draw = { .op = subjects[index].op };
      subjects[index].draw (rand, &draw);
      check_draw (&draw, rand, subjects[index].tolerance, label);
    }
}

/* No op without a subject above. */
static void
test_all (void)
{
  const TnOp *const *all = tn_op_all ();
  guint n = 0;
  for (; all[n] != NULL; n++)
    {
      gboolean found = FALSE;
      for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
        found |= subjects[i].op == all[n];
      if (!found)
        g_error ("no test draws calls of %s", all[n]->name);
      g_assert_nonnull (all[n]->kernel);
      g_assert_nonnull (all[n]->reference);
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (subjects));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ops/all", test_all);
  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ops/%s", subjects[i].op->name);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_op);
    }
  return g_test_run ();
}
