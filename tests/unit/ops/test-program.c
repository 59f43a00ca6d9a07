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
  tn_program_call (program, &tn_op_binary, NULL, (TnTensorId[]){ e, f }, 2, NULL, 3);

  g_assert_cmpuint (tn_program_fuse (program, &c, 1), ==, 1);
  g_assert_true (tn_program_call_at (program, 1)->op == &tn_op_reshape);
  g_assert_cmpint (tn_program_call_at (program, 0)->settings.activation, ==, TN_ACTIVATION_RELU);
  g_assert_true (tn_program_call_at (program, 3)->op == &tn_op_activation);
  g_assert_true (tn_program_call_at (program, 5)->op == &tn_op_activation);
  /* Once only: an op applies one activation. */
  g_assert_cmpuint (tn_program_fuse (program, &c, 1), ==, 0);
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
  g_test_add_func ("/ops/activations", test_activations);
  g_test_add_func ("/ops/blis", test_blis);
  return g_test_run ();
}
