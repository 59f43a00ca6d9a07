/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Programs: shapes as they are built, the answer to misuse, fusing; and known results of single
 * ops.
 */
#include "kernels/tn-blis.h"
#include "ops/tn-op.h"

#include <math.h>

static TnTensorId
input (TnProgram *program, const char *text)
{
  TnShape shape;
  g_assert_true (tn_shape_from_text (text, &shape));
  return tn_program_input (program, &shape, "x");
}

static void
assert_shape (TnProgram *program, TnTensorId id, const char *expected)
{
  g_autofree char *text = tn_shape_to_text (tn_program_shape (program, id));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_shapes (void)
{
  g_autoptr (TnProgram) program = tn_program_new ();
  TnTensorId image = input (program, "(2, 28, 28, 1)");
  TnTensorId kernel = input (program, "(3, 3, 1, 32)");
  TnTensorId id = tn_program_call (program, &tn_op_convolution, NULL,
                                   (TnTensorId[]){ image, kernel }, 2, NULL, 0);
  assert_shape (program, id, "(2, 26, 26, 32)");

  TnOpSettings pool = { .kernel = { 2, 2 }, .stride = { 2, 2 } };
  id = tn_program_call (program, &tn_op_max_pool, &pool, &id, 1, NULL, 1);
  assert_shape (program, id, "(2, 13, 13, 32)");

  TnShape flat = tn_shape_new ((gint64[]){ 2, 5408 }, 2);
  id = tn_program_call (program, &tn_op_reshape, NULL, &id, 1, &flat, 2);
  assert_shape (program, id, "(2, 5408)");
  TnTensorId weights = input (program, "(5408, 10)");
  id = tn_program_call (program, &tn_op_matmul, NULL, (TnTensorId[]){ id, weights }, 2, NULL, 3);
  assert_shape (program, id, "(2, 10)");
  g_assert_cmpuint (tn_program_n_calls (program), ==, 4);
  g_assert_cmpuint (tn_program_call_at (program, 3)->owner, ==, 3);
  g_assert_cmpuint (tn_program_tensor (program, id)->call, ==, 3);

  /* A window larger than the image leaves nothing. */
  TnOpSettings large = { .kernel = { 29, 29 } };
  id = tn_program_call (program, &tn_op_max_pool, &large, &image, 1, NULL, 4);
  assert_shape (program, id, "(2, 0, 0, 1)");
}

static void
misuse (const char *path, const char *pattern, void (*wrong) (TnProgram *program))
{
  if (g_test_subprocess ())
    {
      g_autoptr (TnProgram) program = tn_program_new ();
      wrong (program);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr (pattern);
}

static void
wrong_matmul (TnProgram *program)
{
  TnTensorId inputs[] = { input (program, "(2, 4096)"), input (program, "(256, 10)") };
  tn_program_call (program, &tn_op_matmul, NULL, inputs, 2, NULL, 0);
}

static void
test_misuse_matmul (void)
{
  misuse ("matmul", "*matmul*(2, 4096) (256, 10)*", wrong_matmul);
}

static void
wrong_convolution (TnProgram *program)
{
  TnTensorId inputs[] = { input (program, "(1, 5, 5, 3)"), input (program, "(3, 3, 4, 8)") };
  tn_program_call (program, &tn_op_convolution, NULL, inputs, 2, NULL, 0);
}

static void
test_misuse_convolution (void)
{
  misuse ("convolution", "*convolution*(1, 5, 5, 3) (3, 3, 4, 8)*", wrong_convolution);
}

static void
wrong_absent (TnProgram *program)
{
  TnTensorId inputs[] = { input (program, "(1, 5)"), TN_TENSOR_ABSENT };
  tn_program_call (program, &tn_op_binary, NULL, inputs, 2, NULL, 0);
}

static void
test_misuse_absent (void)
{
  misuse ("binary", "*binary*absent*", wrong_absent);
}

static void
test_fuse (void)
{
  g_autoptr (TnProgram) program = tn_program_new ();
  TnTensorId x = input (program, "(2, 8)");
  TnTensorId w = input (program, "(8, 8)");
  TnOpSettings relu = { .activation = TN_ACTIVATION_RELU };

  /* Fused: nobody else uses the product. */
  TnTensorId a = tn_program_call (program, &tn_op_matmul, NULL, (TnTensorId[]){ x, w }, 2, NULL, 0);
  TnTensorId b = tn_program_call (program, &tn_op_activation, &relu, &a, 1, NULL, 0);
  /* Not fused: somebody looks at the product itself. */
  TnTensorId c = tn_program_call (program, &tn_op_matmul, NULL, (TnTensorId[]){ b, w }, 2, NULL, 1);
  TnTensorId d = tn_program_call (program, &tn_op_activation, &relu, &c, 1, NULL, 1);
  /* Not fused: used twice. */
  TnTensorId e = tn_program_call (program, &tn_op_matmul, NULL, (TnTensorId[]){ d, w }, 2, NULL, 2);
  TnTensorId f = tn_program_call (program, &tn_op_activation, &relu, &e, 1, NULL, 2);
  TnTensorId sum
      = tn_program_call (program, &tn_op_binary, NULL, (TnTensorId[]){ e, f }, 2, NULL, 3);
  /* Left out: nobody needs it. */
  TnTensorId lost = tn_program_call (program, &tn_op_activation, &relu, &e, 1, NULL, 4);
  const TnTensorId kept[] = { c, sum };

  g_assert_cmpuint (tn_program_fuse (program, kept, 2), ==, 1);
  g_assert_cmpuint (tn_program_n_calls (program), ==, 7);
  g_assert_cmpint (tn_program_tensor (program, lost)->kind, ==, TN_TENSOR_GONE);
  g_assert_cmpuint (tn_program_tensor (program, sum)->call, ==, 6);
  g_assert_cmpuint (tn_program_root (program, b), ==, a);
  g_assert_true (tn_program_call_at (program, 1)->op == &tn_op_reshape);
  g_assert_cmpint (tn_program_call_at (program, 0)->settings.activation, ==, TN_ACTIVATION_RELU);
  g_assert_true (tn_program_call_at (program, 3)->op == &tn_op_activation);
  g_assert_true (tn_program_call_at (program, 5)->op == &tn_op_activation);
  /* Once only: an op applies one activation. */
  g_assert_cmpuint (tn_program_fuse (program, kept, 2), ==, 0);
}

static TnTensorId
constant (TnProgram *program, const char *text, const char *name)
{
  TnShape shape;
  g_assert_true (tn_shape_from_text (text, &shape));
  return tn_program_constant (program, &shape, name);
}

/* A convolution with its padding before it, and a normalization, a sum and an activation after it,
 * each of a layer of its own. */
static void
test_fuse_layers (void)
{
  g_autoptr (TnProgram) program = tn_program_new ();
  TnTensorId x = input (program, "(2, 8, 8, 4)");
  TnTensorId kernel = constant (program, "(3, 3, 4, 4)", "conv/kernel");
  TnTensorId mean = constant (program, "(4,)", "norm/moving_mean");
  TnTensorId variance = constant (program, "(4,)", "norm/moving_variance");
  TnTensorId gamma = constant (program, "(4,)", "norm/gamma");
  TnOpSettings down = { .axis = 1, .pad_before = { 1 }, .pad_after = { 1 } };
  TnOpSettings across = { .axis = 2, .pad_before = { 1 }, .pad_after = { 1 } };
  TnOpSettings norm = { .axis = 3, .epsilon = 0.5f };
  TnOpSettings relu = { .activation = TN_ACTIVATION_RELU };

  TnTensorId id = tn_program_call (program, &tn_op_pad, &down, &x, 1, NULL, 1);
  id = tn_program_call (program, &tn_op_pad, &across, &id, 1, NULL, 1);
  TnTensorId conv = tn_program_call (program, &tn_op_convolution, NULL,
                                     (TnTensorId[]){ id, kernel }, 2, NULL, 2);
  id = tn_program_call (program, &tn_op_batch_norm, &norm,
                        (TnTensorId[]){ conv, mean, variance, gamma, TN_TENSOR_ABSENT }, 5, NULL,
                        3);
  id = tn_program_call (program, &tn_op_binary, NULL, (TnTensorId[]){ x, id }, 2, NULL, 4);
  id = tn_program_call (program, &tn_op_activation, &relu, &id, 1, NULL, 5);

  g_assert_cmpuint (tn_program_fuse (program, &id, 1), ==, 5);
  g_assert_cmpuint (tn_program_n_calls (program), ==, 4);
  const TnProgramCall *call = tn_program_call_at (program, 0);
  g_assert_true (call->op == &tn_op_convolution);
  g_assert_cmpuint (call->n_inputs, ==, 4);
  g_assert_cmpuint (call->inputs[0], ==, x);
  g_assert_cmpuint (call->inputs[3], ==, x);
  g_assert_cmpint (call->settings.activation, ==, TN_ACTIVATION_RELU);
  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpint (call->settings.pad_before[i], ==, 1);
      g_assert_cmpint (call->settings.pad_after[i], ==, 1);
    }
  g_assert_cmpuint (tn_program_root (program, id), ==, conv);
  for (guint owner = 1; owner <= 5; owner++)
    g_assert_cmpuint (tn_program_absorber (program, owner), ==, 2);

  /* The weights that come of it. */
  const TnProgramTensor *weights = tn_program_tensor (program, call->inputs[1]);
  const TnProgramTensor *bias = tn_program_tensor (program, call->inputs[2]);
  assert_shape (program, call->inputs[1], "(3, 3, 4, 4)");
  assert_shape (program, call->inputs[2], "(4,)");
  g_assert_nonnull (weights->derivation);
  g_assert_nonnull (bias->derivation);
  g_assert_cmpstr (weights->label, !=, bias->label);
  const float known[] = { 1, 2, 3, 4, 5, 6, 7, 8 }, means[] = { 1, 0, -1, 2 },
              variances[] = { 0.5f, 3.5f, 15.5f, 0.5f }, gammas[] = { 1, 4, 8, -1 };
  const float *sources[] = { known, means, variances, gammas, NULL };
  float out[8];
  const float scaled[] = { 1, 4, 6, -4, 5, 12, 14, -8 }, shifts[] = { -1, 0, 2, 2 };
  tn_derivation_fill (weights->derivation, sources, 8, out);
  g_assert_cmpmem (out, sizeof scaled, scaled, sizeof scaled);
  sources[0] = NULL;
  tn_derivation_fill (bias->derivation, sources, 4, out);
  g_assert_cmpmem (out, sizeof shifts, shifts, sizeof shifts);
}

/* Both summands are named anew, after all that computes them: the later one takes the other. */
static void
test_fuse_sum (void)
{
  g_autoptr (TnProgram) program = tn_program_new ();
  TnTensorId x = input (program, "(2, 6, 6, 4)");
  TnTensorId kernel = constant (program, "(1, 1, 4, 4)", "conv/kernel");
  TnTensorId mean = constant (program, "(4,)", "norm/moving_mean");
  TnOpSettings norm = { .axis = 3, .epsilon = 0.5f };
  TnTensorId conv[2], named[2];

  for (int i = 0; i < 2; i++)
    conv[i] = tn_program_call (program, &tn_op_convolution, NULL, (TnTensorId[]){ x, kernel }, 2,
                               NULL, 0);
  for (int i = 0; i < 2; i++)
    named[i] = tn_program_call (program, &tn_op_batch_norm, &norm,
                                (TnTensorId[]){ conv[i], mean, mean }, 3, NULL, 1);
  TnTensorId sum = tn_program_call (program, &tn_op_binary, NULL, named, 2, NULL, 2);

  g_assert_cmpuint (tn_program_fuse (program, &sum, 1), ==, 3);
  g_assert_cmpuint (tn_program_root (program, sum), ==, conv[1]);
  const TnProgramCall *call
      = tn_program_call_at (program, tn_program_tensor (program, conv[1])->call);
  g_assert_cmpuint (call->inputs[3], ==, conv[0]);
}

/* A pool of @x with @pad zeros around its rows and columns, after @activation. */
static TnTensorId
padded_pool (TnProgram *program, TnTensorId x, TnActivation activation, gint64 pad, gint64 after)
{
  TnOpSettings relu = { .activation = activation };
  TnOpSettings down = { .axis = 1, .pad_before = { pad }, .pad_after = { after } };
  TnOpSettings across = { .axis = 2, .pad_before = { pad }, .pad_after = { after } };
  TnOpSettings window = { .kernel = { 3, 3 }, .stride = { 2, 2 } };

  TnTensorId id = tn_program_call (program, &tn_op_activation, &relu, &x, 1, NULL, 0);
  id = tn_program_call (program, &tn_op_pad, &down, &id, 1, NULL, 1);
  id = tn_program_call (program, &tn_op_pad, &across, &id, 1, NULL, 1);
  return tn_program_call (program, &tn_op_max_pool, &window, &id, 1, NULL, 2);
}

static void
test_fuse_pool (void)
{
  g_autoptr (TnProgram) program = tn_program_new ();
  TnTensorId x = input (program, "(2, 6, 5, 4)");
  TnTensorId pool = padded_pool (program, x, TN_ACTIVATION_RELU6, 1, 2);

  g_assert_cmpuint (tn_program_fuse (program, &pool, 1), ==, 2);
  g_assert_cmpuint (tn_program_n_calls (program), ==, 2);
  const TnProgramCall *call = tn_program_call_at (program, 1);
  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpint (call->settings.pad_before[i], ==, 1);
      g_assert_cmpint (call->settings.pad_after[i], ==, 2);
    }
  g_assert_cmpuint (tn_program_absorber (program, 1), ==, 2);
  assert_shape (program, pool, "(2, 4, 3, 4)");

  /* The largest of what is below zero is not 0; a window of nothing but zeros is not empty. */
  TnTensorId others[] = { padded_pool (program, x, TN_ACTIVATION_ELU, 1, 1),
                          padded_pool (program, x, TN_ACTIVATION_RELU, 3, 1),
                          padded_pool (program, x, TN_ACTIVATION_RELU, 1, 3) };
  g_assert_cmpuint (tn_program_fuse (program, others, G_N_ELEMENTS (others)), ==, 0);
}

/* What looks alike and is not the same. */
static void
test_fuse_not (void)
{
  g_autoptr (TnProgram) program = tn_program_new ();
  TnTensorId x = input (program, "(2, 6, 4, 4)");
  TnTensorId kernel = constant (program, "(1, 1, 4, 4)", "conv/kernel");
  TnTensorId mean = constant (program, "(4,)", "norm/moving_mean");
  TnOpSettings ones = { .axis = 1, .pad_before = { 1 }, .params = { 1 } };
  TnOpSettings rows = { .axis = 2 };
  TnTensorId each[] = { TN_TENSOR_ABSENT, TN_TENSOR_ABSENT, TN_TENSOR_ABSENT, TN_TENSOR_ABSENT };

  /* Ones are no padding. */
  TnTensorId id = tn_program_call (program, &tn_op_pad, &ones, &x, 1, NULL, 0);
  each[0] = tn_program_call (program, &tn_op_convolution, NULL, (TnTensorId[]){ id, kernel }, 2,
                             NULL, 1);
  /* As many rows as there are channels. */
  id = tn_program_call (program, &tn_op_convolution, NULL, (TnTensorId[]){ x, kernel }, 2, NULL, 2);
  each[1] = tn_program_call (program, &tn_op_batch_norm, &rows, (TnTensorId[]){ id, mean, mean }, 3,
                             NULL, 3);
  /* Added twice over; and what is added comes later and is more than a product. */
  id = tn_program_call (program, &tn_op_convolution, NULL, (TnTensorId[]){ x, kernel }, 2, NULL, 4);
  each[2] = tn_program_call (program, &tn_op_binary, NULL, (TnTensorId[]){ id, id }, 2, NULL, 5);
  id = tn_program_call (program, &tn_op_convolution, NULL, (TnTensorId[]){ x, kernel }, 2, NULL, 6);
  TnTensorId later = tn_program_call (program, &tn_op_softmax, &rows, &x, 1, NULL, 7);
  each[3] = tn_program_call (program, &tn_op_binary, NULL, (TnTensorId[]){ id, later }, 2, NULL, 8);

  g_assert_cmpuint (tn_program_fuse (program, each, G_N_ELEMENTS (each)), ==, 0);
  g_assert_cmpuint (tn_program_n_calls (program), ==, 9);
}

/* Three convolutions from @x on, of 4 to 8 to 8 to 4 channels. @within: what the first two give. */
static TnTensorId
bottleneck (TnProgram *program, TnTensorId x, gint64 stride, TnTensorId within[2])
{
  TnTensorId many = constant (program, "(1, 1, 4, 8)", "expand/kernel");
  TnTensorId window = constant (program, "(3, 3, 1, 8)", "depth/kernel");
  TnTensorId few = constant (program, "(1, 1, 8, 4)", "project/kernel");
  TnTensorId bias = constant (program, "(8,)", "depth/bias");
  TnOpSettings relu = { .activation = TN_ACTIVATION_RELU };
  TnOpSettings around = { .groups = 8,
                          .stride = { stride, stride },
                          .pad_before = { 1, 0 },
                          .pad_after = { 0, 2 },
                          .activation = TN_ACTIVATION_RELU };

  within[0]
      = tn_program_call (program, &tn_op_convolution, &relu, (TnTensorId[]){ x, many }, 2, NULL, 0);
  within[1] = tn_program_call (program, &tn_op_convolution, &around,
                               (TnTensorId[]){ within[0], window, bias }, 3, NULL, 1);
  return tn_program_call (program, &tn_op_convolution, NULL, (TnTensorId[]){ within[1], few }, 2,
                          NULL, 2);
}

static void
test_chain (void)
{
  g_autoptr (TnProgram) program = tn_program_new ();
  TnTensorId within[2];
  TnTensorId x = input (program, "(2, 6, 5, 4)");
  TnTensorId kept = bottleneck (program, x, 2, within);
  const guint64 bytes = 2 * 6 * 5 * 8 * sizeof (float);

  assert_shape (program, kept, "(2, 3, 3, 4)");
  g_assert_cmpuint (tn_program_chain (program, &kept, 1, bytes + 1), ==, 0);
  g_assert_cmpuint (tn_program_chain (program, &kept, 1, bytes), ==, 1);
  g_assert_cmpuint (tn_program_n_calls (program), ==, 1);
  const TnProgramCall *call = tn_program_call_at (program, 0);
  g_assert_true (call->op == &tn_op_inverted_residual);
  g_assert_cmpuint (call->output, ==, kept);
  g_assert_cmpuint (call->inputs[0], ==, x);
  g_assert_cmpuint (call->n_inputs, ==, 3);
  g_assert_cmpint (call->settings.groups, ==, 8);
  g_assert_cmpint (call->settings.kernel[0], ==, 3);
  g_assert_cmpint (call->settings.stride[1], ==, 2);
  g_assert_cmpint (call->settings.pad_after[1], ==, 2);
  g_assert_cmpint (call->settings.gate, ==, TN_ACTIVATION_RELU);
  g_assert_cmpint (call->settings.activation, ==, TN_ACTIVATION_LINEAR);
  g_assert_cmpuint (tn_program_tensor (program, within[0])->kind, ==, TN_TENSOR_GONE);
  g_assert_cmpuint (tn_program_tensor (program, within[1])->kind, ==, TN_TENSOR_GONE);
  g_assert_cmpuint (tn_program_absorber (program, 0), ==, 2);
  g_assert_cmpuint (tn_program_absorber (program, 1), ==, 2);
  assert_shape (program, call->inputs[1], "(136,)");
  assert_shape (program, call->inputs[2], "(20,)");

  /* The op says itself that this is its output's shape. */
  TnOpCall sizes = { .settings = &call->settings, .n_inputs = 3 };
  for (guint i = 0; i < 3; i++)
    sizes.inputs[i] = tn_program_shape (program, call->inputs[i]);
  TnShape shape = call->op->shape (&sizes, NULL);
  g_assert_true (tn_shape_identical (&shape, tn_program_shape (program, kept)));

  /* Of the biases only the second is there. */
  const float known[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  const float *sources[TN_DERIVATION_SOURCES] = { NULL, known };
  const float expected[20] = { 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8 };
  float out[20];
  tn_derivation_fill (tn_program_tensor (program, call->inputs[2])->derivation, sources, 20, out);
  g_assert_cmpmem (out, sizeof out, expected, sizeof expected);
}

/* What looks alike and is not the same, or is looked at. */
static void
test_chain_not (void)
{
  g_autoptr (TnProgram) program = tn_program_new ();
  TnTensorId within[2];
  TnTensorId x = input (program, "(2, 6, 5, 4)");
  TnTensorId kept[9];
  guint n = 0;

  for (guint i = 0; i < 2; i++)
    {
      kept[n++] = bottleneck (program, x, 1, within);
      kept[n++] = within[i];
    }
  /* Read by another call. */
  kept[n++] = bottleneck (program, x, 1, within);
  kept[n++] = tn_program_call (program, &tn_op_mean_spatial, NULL, &within[1], 1, NULL, 3);
  /* A convolution by 3×3 for the first; weights that come from outside. */
  TnTensorId large = constant (program, "(3, 3, 4, 8)", "large/kernel");
  TnTensorId window = constant (program, "(3, 3, 1, 8)", "depth/kernel");
  TnTensorId few = constant (program, "(1, 1, 8, 4)", "project/kernel");
  TnOpSettings groups = { .groups = 8 };
  TnTensorId id
      = tn_program_call (program, &tn_op_convolution, NULL, (TnTensorId[]){ x, large }, 2, NULL, 4);
  id = tn_program_call (program, &tn_op_convolution, &groups, (TnTensorId[]){ id, window }, 2, NULL,
                        5);
  kept[n++]
      = tn_program_call (program, &tn_op_convolution, NULL, (TnTensorId[]){ id, few }, 2, NULL, 6);
  TnTensorId given = input (program, "(1, 1, 4, 8)");
  id = tn_program_call (program, &tn_op_convolution, NULL, (TnTensorId[]){ x, given }, 2, NULL, 7);
  id = tn_program_call (program, &tn_op_convolution, &groups, (TnTensorId[]){ id, window }, 2, NULL,
                        8);
  kept[n++]
      = tn_program_call (program, &tn_op_convolution, NULL, (TnTensorId[]){ id, few }, 2, NULL, 9);
  g_assert_cmpuint (n, ==, 8);
  /* More weights than there is between them. */
  TnTensorId small = input (program, "(200, 2, 5, 4)");
  kept[n++] = bottleneck (program, small, 1, within);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (kept));
  g_assert_cmpuint (tn_program_chain (program, kept, n, 0), ==, 0);
  g_assert_cmpuint (tn_program_n_calls (program), ==, 19);

  /* As they are, for BLIS's kernels. */
  kept[0] = bottleneck (program, x, 1, within);
  tn_program_choose (program, TN_KERNELS_BLIS, FALSE);
  g_assert_cmpuint (tn_program_chain (program, kept, n, 0), ==, 0);
  tn_program_choose (program, TN_KERNELS_AUTO, FALSE);
  g_assert_cmpuint (tn_program_chain (program, kept, n, 0), ==, 1);
}

/* Heads as MultiHeadAttention has them. @added: to the scores, or absent; @axis: of the softmax. */
static TnTensorId
attend (TnProgram *program, TnTensorId query, TnTensorId key, TnTensorId value, TnTensorId added,
        int axis, TnTensorId *scores)
{
  const TnOpSettings apart = { .permutation = { 0, 2, 1, 3 } };
  const TnOpSettings turned = { .permutation = { 0, 2, 3, 1 } };
  const TnOpSettings softmax = { .axis = added != TN_TENSOR_ABSENT ? axis + 1 : axis };
  TnShape flat[3] = { { .rank = 3 }, { .rank = 3 }, { .rank = 3 } }, four = { .rank = 4 };
  TnTensorId sides[3] = { query, key, value };

  for (int i = 0; i < 3; i++)
    {
      sides[i] = tn_program_call (program, &tn_op_transpose, i == 1 ? &turned : &apart, &sides[i],
                                  1, NULL, 0);
      const TnShape *shape = tn_program_shape (program, sides[i]);
      flat[i].dims[0] = tn_dim (shape->dims[0].size * shape->dims[1].size);
      flat[i].dims[1] = shape->dims[2];
      flat[i].dims[2] = shape->dims[3];
      four = i == 0 ? *shape : four;
      sides[i] = tn_program_call (program, &tn_op_reshape, NULL, &sides[i], 1, &flat[i], 0);
    }
  *scores = tn_program_call (program, &tn_op_batch_matmul, NULL, sides, 2, NULL, 0);
  if (added != TN_TENSOR_ABSENT)
    {
      TnShape shape = four, whole = *tn_program_shape (program, *scores);

      shape.dims[3] = whole.dims[2];
      *scores = tn_program_call (program, &tn_op_reshape, NULL, scores, 1, &shape, 0);
      *scores = tn_program_call (program, &tn_op_binary, NULL, (TnTensorId[]){ *scores, added }, 2,
                                 NULL, 0);
      *scores = tn_program_call (program, &tn_op_softmax, &softmax, scores, 1, NULL, 0);
      *scores = tn_program_call (program, &tn_op_reshape, NULL, scores, 1, &whole, 0);
    }
  else
    *scores = tn_program_call (program, &tn_op_softmax, &softmax, scores, 1, NULL, 0);
  TnTensorId id = tn_program_call (program, &tn_op_batch_matmul, NULL,
                                   (TnTensorId[]){ *scores, sides[2] }, 2, NULL, 0);
  four.dims[3] = tn_program_shape (program, value)->dims[3];
  id = tn_program_call (program, &tn_op_reshape, NULL, &id, 1, &four, 0);
  return tn_program_call (program, &tn_op_transpose, &apart, &id, 1, NULL, 0);
}

static void
test_fuse_attention (void)
{
  g_autoptr (TnProgram) program = tn_program_new ();
  TnTensorId query = input (program, "(2, 5, 3, 4)"), key = input (program, "(2, 6, 3, 4)");
  TnTensorId value = input (program, "(2, 6, 3, 7)"), added = input (program, "(2, 1, 1, 6)");
  TnTensorId scores;
  const TnTensorId kept[] = { attend (program, query, key, value, TN_TENSOR_ABSENT, 2, &scores),
                              attend (program, query, key, value, added, 2, &scores) };

  g_assert_cmpuint (tn_program_fuse_attention (program, kept, 2), ==, 2);
  g_assert_cmpuint (tn_program_n_calls (program), ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const TnProgramCall *call = tn_program_call_at (program, i);

      g_assert_true (call->op == &tn_op_attention);
      g_assert_cmpuint (call->output, ==, kept[i]);
      g_assert_cmpuint (call->n_inputs, ==, 3 + i);
      g_assert_cmpuint (call->inputs[0], ==, query);
      g_assert_cmpuint (call->inputs[1], ==, key);
      g_assert_cmpuint (call->inputs[2], ==, value);
      assert_shape (program, kept[i], "(2, 5, 3, 7)");
    }
  g_assert_cmpuint (tn_program_call_at (program, 1)->inputs[3], ==, added);
}

/* Somebody looks at the scores; and a softmax of something else. */
static void
test_fuse_attention_not (void)
{
  g_autoptr (TnProgram) program = tn_program_new ();
  TnTensorId query = input (program, "(2, 6, 3, 4)"), value = input (program, "(2, 6, 3, 7)");
  TnTensorId scores[3], kept[4];

  kept[0] = attend (program, query, query, value, TN_TENSOR_ABSENT, 2, &scores[0]);
  kept[1] = scores[0];
  kept[2] = attend (program, query, query, value, TN_TENSOR_ABSENT, 1, &scores[1]);
  kept[3] = attend (program, query, query, value, input (program, "(2, 3, 6, 6)"), 1, &scores[2]);
  const guint n_calls = tn_program_n_calls (program);
  g_assert_cmpuint (tn_program_fuse_attention (program, kept, 4), ==, 0);
  g_assert_cmpuint (tn_program_n_calls (program), ==, n_calls);
}

/* Against figures worked out by hand from Keras's definitions. */
static void
test_activations (void)
{
  static const struct
  {
    TnActivation activation;
    float params[3];
    float x, y;
  } known[] = {
    { TN_ACTIVATION_RELU, { 0 }, -2, 0 },
    { TN_ACTIVATION_RELU6, { 0 }, 7, 6 },
    { TN_ACTIVATION_LEAKY_RELU, { 0.2f }, -2, -0.4f },
    { TN_ACTIVATION_ELU, { 1 }, -1, -0.63212056f },
    { TN_ACTIVATION_SELU, { 0 }, -1, -1.1113307f },
    { TN_ACTIVATION_SELU, { 0 }, 1, 1.050701f },
    { TN_ACTIVATION_CELU, { 2 }, -1, -0.78693868f },
    { TN_ACTIVATION_GELU, { 0 }, 1, 0.84134475f },
    { TN_ACTIVATION_GELU, { 0 }, -1, -0.15865525f },
    { TN_ACTIVATION_SILU, { 0 }, 1, 0.73105858f },
    { TN_ACTIVATION_MISH, { 0 }, 1, 0.86509839f },
    { TN_ACTIVATION_HARD_SIGMOID, { 0 }, 1, 0.66666667f },
    { TN_ACTIVATION_HARD_SIGMOID, { 0 }, -3, 0 },
    { TN_ACTIVATION_HARD_SILU, { 0 }, 1, 0.66666667f },
    { TN_ACTIVATION_HARD_TANH, { 0 }, 2, 1 },
    { TN_ACTIVATION_HARD_SHRINK, { 0.5f }, 0.4f, 0 },
    { TN_ACTIVATION_HARD_SHRINK, { 0.5f }, -0.6f, -0.6f },
    { TN_ACTIVATION_SOFT_SHRINK, { 0.5f }, -0.75f, -0.25f },
    { TN_ACTIVATION_TANH_SHRINK, { 0 }, 1, 0.23840584f },
    { TN_ACTIVATION_SOFTPLUS, { 0 }, 0, 0.69314718f },
    { TN_ACTIVATION_SOFTPLUS, { 0 }, 100, 100 },
    { TN_ACTIVATION_SOFTSIGN, { 0 }, -3, -0.75f },
    { TN_ACTIVATION_EXPONENTIAL, { 0 }, 1, 2.7182818f },
    { TN_ACTIVATION_LOG_SIGMOID, { 0 }, -100, -100 },
    { TN_ACTIVATION_SQUAREPLUS, { 4 }, 0, 1 },
    { TN_ACTIVATION_SPARSE_PLUS, { 0 }, 0, 0.25f },
    { TN_ACTIVATION_SPARSE_PLUS, { 0 }, 3, 3 },
    { TN_ACTIVATION_SPARSE_SIGMOID, { 0 }, 0.5f, 0.75f },
    { TN_ACTIVATION_PIECEWISE, { 6, 0, 0 }, 8, 6 },
    { TN_ACTIVATION_PIECEWISE, { INFINITY, 0.1f, 1 }, 0.5f, -0.05f },
    { TN_ACTIVATION_PIECEWISE, { INFINITY, 0, 1 }, 1.5f, 1.5f },
    { TN_ACTIVATION_AFFINE, { 2, -1, 0 }, 3, 5 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      TnOpSettings settings = { .activation = known[i].activation };
      for (int j = 0; j < 3; j++)
        settings.params[j] = known[i].params[j];
      float y;
      tn_activation_apply (&settings, &known[i].x, &y, 1);
      g_assert_cmpfloat_with_epsilon (y, known[i].y, 2e-6);
      g_assert_cmpfloat_with_epsilon (tn_activation_formula (&settings, known[i].x), known[i].y,
                                      2e-6);
    }
  for (int i = 0; i < TN_N_ACTIVATIONS; i++)
    {
      TnOpSettings settings = { .activation = i, .params = { 1, 1, 1 } };
      float x = NAN;
      tn_activation_apply (&settings, &x, &x, 1);
      g_assert_true (isnan (x));
    }
}

static void
test_blis (void)
{
  /* What c held before does not matter, and strides beyond the width leave the gap alone. */
  const float a[] = { 1, 2, 9, 3, 4, 9 };
  const float b[] = { 1, 0, 9, 9, 0, 1, 9, 9 };
  float c[] = { NAN, NAN, 7, NAN, NAN, 7 };
  tn_blis_sgemm (2, 2, 2, a, 3, b, 4, c, 3);
  const float expected[] = { 1, 2, 7, 3, 4, 7 };
  g_assert_cmpmem (c, sizeof c, expected, sizeof expected);

  tn_blis_sgemm (2, 2, 0, a, 3, b, 4, c, 3);
  g_assert_cmpfloat (c[0], ==, 0);
  g_assert_cmpfloat (c[4], ==, 0);
  g_assert_cmpfloat (c[5], ==, 7);
  tn_blis_sgemm (0, 0, 0, NULL, 0, NULL, 0, NULL, 0);

  g_assert_true (g_ascii_isdigit (tn_blis_version ()[0]));
  g_assert_cmpuint (strlen (tn_blis_architecture ()), >, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/program/shapes", test_shapes);
  g_test_add_func ("/program/misuse/matmul", test_misuse_matmul);
  g_test_add_func ("/program/misuse/convolution", test_misuse_convolution);
  g_test_add_func ("/program/misuse/absent", test_misuse_absent);
  g_test_add_func ("/program/fuse", test_fuse);
  g_test_add_func ("/program/fuse-layers", test_fuse_layers);
  g_test_add_func ("/program/fuse-sum", test_fuse_sum);
  g_test_add_func ("/program/fuse-pool", test_fuse_pool);
  g_test_add_func ("/program/fuse-not", test_fuse_not);
  g_test_add_func ("/program/chain", test_chain);
  g_test_add_func ("/program/chain-not", test_chain_not);
  g_test_add_func ("/program/fuse-attention", test_fuse_attention);
  g_test_add_func ("/program/fuse-attention-not", test_fuse_attention_not);
  g_test_add_func ("/ops/activations", test_activations);
  g_test_add_func ("/ops/blis", test_blis);
  return g_test_run ();
}
