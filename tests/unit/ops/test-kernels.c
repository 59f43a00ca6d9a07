/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every op's kernel against its naive reference, over random sizes and settings; same bits at any
 * number of workers and in any order of bands. */
#include "draws-sequences.h"
#include "draws.h"

#define GUARD 64 /* floats around each output that must stay as they are */

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
  { &tn_op_unary, draw_unary, 300, 2e-6 },
  { &tn_op_reduce, draw_reduce, 400, 1e-6 },
  { &tn_op_cumulate, draw_cumulate, 200, 1e-6 },
  { &tn_op_sort, draw_sort, 300, 0 },
  { &tn_op_argsort, draw_sort, 300, 0 },
  { &tn_op_singular_values, draw_singular, 200, 1e-5 },
  { &tn_op_select, draw_select, 300, 0 },
  { &tn_op_batch_matmul, draw_batch_matmul, 300, 2e-5 },
  { &tn_op_gather, draw_gather, 200, 0 },
  { &tn_op_one_hot, draw_one_hot, 200, 0 },
  { &tn_op_bucketize, draw_bucketize, 200, 0 },
  { &tn_op_stride, draw_stride, 300, 0 },
  { &tn_op_literal, draw_literal, 100, 0 },
  { &tn_op_causal_mask, draw_causal_mask, 200, 0 },
  { &tn_op_normalize, draw_normalize, 300, 5e-6 },
  { &tn_op_resample, draw_resample, 500, 5e-6 },
  { &tn_op_convolution_volume, draw_convolution_volume, 300, 2e-5 },
  { &tn_op_convolution_transpose, draw_convolution_transpose, 400, 2e-5 },
  { &tn_op_simple_rnn, draw_recurrent, 300, 2e-5 },
  { &tn_op_lstm, draw_recurrent, 300, 2e-5 },
  { &tn_op_gru, draw_recurrent, 300, 2e-5 },
  { &tn_op_conv_lstm, draw_conv_lstm, 200, 2e-5 },
  { &tn_op_inverted_residual, draw_inverted_residual, 400, 2e-5 },
  { &tn_op_attention, draw_attention, 400, 2e-5 },
};

/* All bands, last first, handed to workers in turn. */
static void
backwards (gpointer pool, double seconds, gint64 n_bands, TnBandFunc func, gpointer data)
{
  guint n_workers = *(guint *)pool;
  for (gint64 band = n_bands - 1; band >= 0; band--)
    func (band, (guint)((n_bands - 1 - band) % n_workers), data);
}

static void
run_kernel (const TnOp *op, const TnOpCall *call, TnOpData data, float *output, guint n_workers,
            gboolean in_turn)
{
  TnOpCall planned = *call;
  g_autofree gpointer plan = op->plan != NULL ? g_malloc (op->plan_bytes) : NULL;
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
  /* With a plan made before, where it is made at all, or not. */
  if (!in_turn && plan != NULL)
    {
      memset (plan, 0xff, op->plan_bytes);
      op->plan (call, plan);
      planned.plan = plan;
    }
  op->kernel (&planned, &data, &context);
}

static float
odd_number (GRand *rand)
{
  static const float odd[] = { INFINITY, -INFINITY, NAN, 0.0f };
  return odd[g_rand_int_range (rand, 0, G_N_ELEMENTS (odd))];
}

/* The kernel's output, in guarded memory filled with what would show, against the reference's; the
 * same bits with several workers. Leaves it in @got. */
static void
check_kernel (const TnOp *op, const TnOpCall *call, const TnOpData *data, GRand *rand,
              const float *expected, float *got, double tolerance, const char *label)
{
  gint64 n = tn_shape_elements (call->output, 0);
  g_autofree float *again = g_new (float, n + 2 * GUARD);

  memset (got, 0xff, (n + 2 * GUARD) * sizeof *got);
  memset (again, 0x7f, (n + 2 * GUARD) * sizeof *again);
  run_kernel (op, call, *data, got + GUARD, 1, TRUE);
  run_kernel (op, call, *data, again + GUARD, (guint)between (rand, 2, 4), FALSE);
  if (n > 0 && memcmp (got + GUARD, again + GUARD, n * sizeof *got) != 0)
    g_error ("%s: other bits with several workers and a plan", label);
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
          g_autofree char *text = tn_shape_to_text (call->output);
          g_error ("%s: element %" G_GINT64_FORMAT " of %s is %.9g, not %.9g (activation %d)",
                   label, i, text, g, e, call->settings->activation);
        }
    }
}

/* The last sample of a sequence by itself has the bits that it has among others. */
static void
check_alone (const TnOp *op, const TnOpCall *call, const TnOpData *data, const float *got,
             const char *label)
{
  const gint64 n = call->inputs[0]->dims[0].size;
  TnShape shapes[TN_OP_MAX_INPUTS], output = *call->output;
  TnOpCall alone = *call;
  TnOpData its = *data;

  if (n < 2)
    return;
  output.dims[0] = tn_dim (1);
  alone.output = &output;
  for (guint i = 0; i < call->n_inputs; i++)
    if (call->inputs[i] != NULL && i != op->weights && call->inputs[i]->rank > 1)
      {
        shapes[i] = *call->inputs[i];
        shapes[i].dims[0] = tn_dim (1);
        alone.inputs[i] = &shapes[i];
        its.inputs[i] += (n - 1) * tn_shape_elements (&shapes[i], 0);
      }
  gint64 size = tn_shape_elements (&output, 0);
  g_autofree float *out = g_new (float, size + 1);
  run_kernel (op, &alone, its, out, 1, TRUE);
  if (size > 0 && memcmp (out, got + (n - 1) * size, size * sizeof *out) != 0)
    g_error ("%s: other bits for a sample by itself", label);
}

/* With packed weights, which are all that is then there of them. */
static void
check_packed (const TnOp *op, const TnOpCall *call, const TnOpData *data, GRand *rand,
              const float *expected, double tolerance, const char *label)
{
  TnOpCall packed_call = *call;
  TnOpData packed_data = *data;
  gsize bytes = op->packed (call);
  g_autofree float *got = g_new (float, tn_shape_elements (call->output, 0) + 2 * GUARD);
  g_autofree char *block = g_malloc (bytes + TN_ALIGNMENT);
  char *packed = (char *)(((guintptr)block + TN_ALIGNMENT - 1) & ~(guintptr)(TN_ALIGNMENT - 1));
  g_autofree char *packed_label = g_strdup_printf ("%s, packed", label);

  memset (packed, 0xff, bytes);
  op->pack (call, data->inputs[op->weights], packed);
  packed_call.packed = TRUE;
  packed_data.packed = packed;
  packed_data.inputs[op->weights] = NULL;
  check_kernel (op, &packed_call, &packed_data, rand, expected, got, tolerance, packed_label);
  if (op == &tn_op_simple_rnn || op == &tn_op_lstm || op == &tn_op_gru)
    check_alone (op, &packed_call, &packed_data, got + GUARD, packed_label);
}

/* In every way that there is for these sizes; names tell which. */
static void
check_ways (const TnOp *op, const TnOpCall *call, const TnOpData *data, GRand *rand,
            const float *expected, double tolerance, const char *label, guint *n_seen)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  TnOpSettings settings = *call->settings;
  TnOpCall other = *call;

  other.settings = &settings;
  other.packed = TRUE;
  settings.way = TN_WAY_RULE;
  TnWay by_rule = op->way (&other);
  g_hash_table_add (names, (gpointer)op->kernel_name (&other));
  for (TnWay way = TN_WAY_RULE + 1; way < TN_N_WAYS; way++)
    {
      settings.way = way;
      settings.approximate = way == TN_WAY_WINOGRAD_4;
      const char *name = op->kernel_name (&other);
      g_autofree char *its_label = g_strdup_printf ("%s, %s", label, name);

      if (way == by_rule || op->way (&other) != way)
        continue;
      if (!g_hash_table_add (names, (gpointer)name))
        g_error ("%s: called like another way", its_label);
      n_seen[way]++;
      check_packed (op, &other, data, rand, expected, settings.approximate ? 1e-3 : tolerance,
                    its_label);
    }
}

static void
check_draw (const Draw *draw, GRand *rand, double tolerance, const char *label, guint *n_seen)
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
          if (draw->positive == (int)i + 1)
            inputs[i][j] = fabsf (inputs[i][j]) + 0.1f;
          if (draw->scale[i] != 0.0f)
            inputs[i][j] *= draw->scale[i];
          if (draw->whole[i] != 0)
            inputs[i][j] = (float)between (rand, -1, draw->whole[i]);
          if (draw->any_odd && g_rand_int_range (rand, 0, 20) == 0)
            inputs[i][j] = odd_number (rand);
        }
    }
  TnTensorId id = tn_program_call (program, op, &draw->settings, ids, draw->n_inputs,
                                   draw->is_given ? &draw->given : NULL, 0);
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
  data.output = expected;
  op->reference (&call, &data);

  check_kernel (op, &call, &data, rand, expected, got, tolerance, label);
  if (op->packed != NULL && op->packed (&call) > 0)
    {
      check_packed (op, &call, &data, rand, expected, tolerance, label);
      if (op->way != NULL)
        check_ways (op, &call, &data, rand, expected, tolerance, label, n_seen);
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
  const TnOp *op = subjects[index].op;
  guint n_seen[TN_N_WAYS] = { 0 };

  for (int i = 0; i < subjects[index].n_draws; i++)
    {
      guint32 seed = 1000 * index + i;
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autofree char *label = g_strdup_printf ("%s, draw %d", subjects[index].op->name, i);
      Draw draw = { .op = subjects[index].op };
      subjects[index].draw (rand, &draw);
      if (draw.settings.n_values > 0)
        draw.settings.values = draw.values;
      check_draw (&draw, rand, subjects[index].tolerance, label, n_seen);
    }
  if (op == &tn_op_convolution || op == &tn_op_matmul || op == &tn_op_convolution_volume)
    g_assert_cmpuint (n_seen[TN_WAY_BLIS_1], >, 20);
  if (op == &tn_op_convolution || op == &tn_op_matmul)
    g_assert_cmpuint (n_seen[TN_WAY_DIRECT_1], >, 20);
  if (op == &tn_op_convolution)
    g_assert_true (n_seen[TN_WAY_WINOGRAD_2] > 0 && n_seen[TN_WAY_WINOGRAD_4] > 0);
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
