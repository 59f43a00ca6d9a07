/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tensors: zeros, alignment, sizes that cannot be had; the table of types. */
#include "tensor/tn-tensor.h"

static void
test_new (void)
{
  for (TnDType dtype = TN_DTYPE_FLOAT32; dtype <= TN_DTYPE_BOOL; dtype++)
    {
      TnShape shape = tn_shape_new ((gint64[]){ 3, 5, 7 }, 3);
      g_autoptr (TnTensor) tensor = tn_tensor_new (dtype, &shape);
      g_autoptr (TnTensor) again = tn_tensor_ref (tensor);
      const guint8 *data = tn_tensor_data (tensor);

      g_assert_cmpint (tn_tensor_dtype (tensor), ==, dtype);
      g_assert_true (tn_shape_identical (tn_tensor_shape (tensor), &shape));
      g_assert_cmpuint (tn_tensor_elements (tensor), ==, 105);
      g_assert_cmpuint (tn_tensor_bytes (tensor), ==, 105 * tn_dtype_size (dtype));
      g_assert_cmpuint (GPOINTER_TO_SIZE (data) % 64, ==, 0);
      for (gsize i = 0; i < tn_tensor_bytes (again); i++)
        g_assert_cmpuint (data[i], ==, 0);
    }
}

static void
test_sizes (void)
{
  TnShape scalar = tn_shape_new (NULL, 0);
  TnShape empty = tn_shape_new ((gint64[]){ 4, 0 }, 2);
  TnShape overflow = tn_shape_new ((gint64[]){ G_MAXINT64, 2 }, 2);
  TnShape bytes_overflow = tn_shape_new ((gint64[]){ G_MAXINT64 / 2 }, 1);
  TnShape huge = tn_shape_new ((gint64[]){ G_GINT64_CONSTANT (1) << 56 }, 1);
  g_autoptr (TnTensor) one = tn_tensor_new (TN_DTYPE_FLOAT32, &scalar);
  g_autoptr (TnTensor) none = tn_tensor_new (TN_DTYPE_FLOAT32, &empty);

  g_assert_cmpuint (tn_tensor_elements (one), ==, 1);
  tn_tensor_floats (one)[0] = 2.5f;
  g_assert_cmpfloat (((float *)tn_tensor_data (one))[0], ==, 2.5f);
  g_assert_cmpuint (tn_tensor_bytes (none), ==, 0);
  g_assert_nonnull (tn_tensor_data (none));
  g_assert_null (tn_tensor_new (TN_DTYPE_UINT8, &overflow));
  g_assert_null (tn_tensor_new (TN_DTYPE_FLOAT64, &bytes_overflow));
#if !defined(__SANITIZE_ADDRESS__)
  /* A sanitizer ends the program instead. */
  g_assert_null (tn_tensor_new (TN_DTYPE_UINT8, &huge));
#else
  (void)huge;
#endif
}

static void
test_dtypes (void)
{
  TnDType found;

  for (TnDType dtype = TN_DTYPE_FLOAT32; dtype <= TN_DTYPE_BOOL; dtype++)
    {
      g_assert_true (tn_dtype_from_name (tn_dtype_name (dtype), &found));
      g_assert_cmpint (found, ==, dtype);
    }
  g_assert_cmpstr (tn_dtype_name (TN_DTYPE_INT64), ==, "int64");
  g_assert_cmpuint (tn_dtype_size (TN_DTYPE_INT64), ==, 8);
  g_assert_false (tn_dtype_from_name ("float16", &found));
  g_assert_false (tn_dtype_from_name ("", &found));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/new", test_new);
  g_test_add_func ("/tensor/sizes", test_sizes);
  g_test_add_func ("/tensor/dtypes", test_dtypes);
  return g_test_run ();
}
