/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shapes: text and values both ways, axes, size, comparison. */
#include "tensor/tn-shape.h"

static TnShape
shape_of (const char *text)
{
  TnShape shape;

  if (!tn_shape_from_text (text, &shape))
    g_error ("“%s” is no shape", text);
  return shape;
}

static void
test_text (void)
{
  static const struct
  {
    const char *typed, *written;
  } texts[] = {
    { "(None, 26, 26, 32)", "(None, 26, 26, 32)" },
    { "(None,)", "(None,)" },
    { "()", "()" },
    { "28, 28, 1", "(28, 28, 1)" },
    { "28", "(28,)" },
    { "[null, 4]", "(None, 4)" },
    { "(0, 9223372036854775807)", "(0, 9223372036854775807)" },
    { "(1, 2, 3, 4, 5, 6, 7, 8)", "(1, 2, 3, 4, 5, 6, 7, 8)" },
    { "(batch, T, 40)", "(batch, T, 40)" },
    { "[None, 'H', W, 3]", "(None, H, W, 3)" },
    { "T, 40", "(T, 40)" },
  };
  static const char *const refused[] = {
    "",           "?",       "relu",    "(3, -1)", "-3", "(3, 2.0)",
    "(3, 'a b')", "((3,),)", "(True,)", "None",    "{}", "(1, 2, 3, 4, 5, 6, 7, 8, 9)",
    "(3",
  };
  TnShape none = tn_shape_none (), shape;
  g_autofree char *unknown = tn_shape_to_text (&none);

  g_assert_cmpstr (unknown, ==, "?");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *written = NULL;
      g_autoptr (TnValue) value = NULL;
      TnShape again;

      shape = shape_of (texts[i].typed);
      written = tn_shape_to_text (&shape);
      g_assert_cmpstr (written, ==, texts[i].written);
      again = shape_of (written);
      g_assert_true (tn_shape_identical (&shape, &again));
      value = tn_shape_to_value (&shape);
      g_assert_true (tn_shape_from_value (value, &again));
      g_assert_true (tn_shape_compatible (&shape, &again));
      g_assert_true (tn_shape_is_symbolic (&shape) || tn_shape_identical (&shape, &again));
    }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_test_message ("%s", refused[i]);
      g_assert_false (tn_shape_from_text (refused[i], &shape));
    }
  g_assert_false (tn_shape_from_value (NULL, &shape));
  g_assert_cmpint (shape.rank, ==, -1);
}

static void
test_none (void)
{
  TnShape none = tn_shape_none (), some = shape_of ("(None, 4)");
  g_autoptr (TnValue) value = tn_shape_to_value (&none);

  g_assert_true (tn_value_is_none (value));
  g_assert_false (tn_shape_is_some (&none));
  g_assert_false (tn_shape_is_full (&none, 0));
  g_assert_cmpint (tn_shape_elements (&none, 0), ==, TN_DIM_UNKNOWN);
  g_assert_true (tn_shape_compatible (&none, &some));
  g_assert_true (tn_shape_identical (&none, &none));
  g_assert_false (tn_shape_identical (&none, &some));
  g_assert_cmpint (tn_shape_append (none, tn_dim (3)).rank, ==, -1);
  g_assert_cmpint (tn_shape_axis (&none, 0), ==, -1);
  g_assert_cmpint (tn_shape_axis (&none, -1), ==, -1);
}

static void
test_axis (void)
{
  TnShape shape = shape_of ("(None, 28, 28, 1)"), scalar = shape_of ("()");

  g_assert_cmpint (tn_shape_axis (&shape, 0), ==, 0);
  g_assert_cmpint (tn_shape_axis (&shape, 3), ==, 3);
  g_assert_cmpint (tn_shape_axis (&shape, 4), ==, -1);
  g_assert_cmpint (tn_shape_axis (&shape, -1), ==, 3);
  g_assert_cmpint (tn_shape_axis (&shape, -4), ==, 0);
  g_assert_cmpint (tn_shape_axis (&shape, -5), ==, -1);
  g_assert_cmpint (tn_shape_axis (&shape, G_MAXINT64), ==, -1);
  g_assert_cmpint (tn_shape_axis (&shape, G_MININT64), ==, -1);
  g_assert_cmpint (tn_shape_axis (&scalar, 0), ==, -1);
}

static void
test_elements (void)
{
  static const struct
  {
    const char *shape;
    int from;
    gint64 elements;
  } sizes[] = {
    { "()", 0, 1 },
    { "(3, 4)", 0, 12 },
    { "(None, 4, 5)", 0, TN_DIM_UNKNOWN },
    { "(None, 4, 5)", 1, 20 },
    { "(7, 0)", 0, 0 },
    { "(None,)", 1, 1 },
    { "(4294967296, 2147483647)", 0, G_GINT64_CONSTANT (9223372032559808512) },
    { "(4294967296, 2147483648)", 0, TN_DIM_UNKNOWN },
    { "(9223372036854775807, 9223372036854775807)", 0, TN_DIM_UNKNOWN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      TnShape shape = shape_of (sizes[i].shape);

      g_assert_cmpint (tn_shape_elements (&shape, sizes[i].from), ==, sizes[i].elements);
    }
}

static void
test_compare (void)
{
  static const struct
  {
    const char *a, *b;
    gboolean identical, compatible;
  } pairs[] = {
    { "(None, 4)", "(None, 4)", TRUE, TRUE },
    { "(None, 4)", "(8, 4)", FALSE, TRUE },
    { "(8, 4)", "(8, 5)", FALSE, FALSE },
    { "(None, 4)", "(None, 4, 1)", FALSE, FALSE },
    { "()", "()", TRUE, TRUE },
    { "(None, 5)", "(None, 4)", FALSE, FALSE },
    { "(None, None)", "(3, 4)", FALSE, TRUE },
    { "(H, 4)", "(H, 4)", TRUE, TRUE },
    { "(H, 4)", "(None, 4)", FALSE, TRUE },
    { "(H, 4)", "(7, 4)", FALSE, TRUE },
    { "(H·2, 4)", "(7, 4)", FALSE, FALSE },
    { "(H + 1, 4)", "(H, 4)", FALSE, FALSE },
  };
  TnShape named = shape_of ("(None, 4)"), other = named;

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      TnShape a = shape_of (pairs[i].a), b = shape_of (pairs[i].b);

      g_assert_cmpint (tn_shape_identical (&a, &b), ==, pairs[i].identical);
      g_assert_cmpint (tn_shape_identical (&b, &a), ==, pairs[i].identical);
      g_assert_cmpint (tn_shape_compatible (&a, &b), ==, pairs[i].compatible);
      g_assert_cmpint (tn_shape_compatible (&b, &a), ==, pairs[i].compatible);
    }
  /* Two unknown sizes of different names are not known to be one. */
  named = shape_of ("(N, 4)");
  g_assert_false (tn_shape_identical (&named, &other));
  g_assert_true (tn_shape_compatible (&named, &other));
  other = shape_of ("(M, 4)");
  g_assert_false (tn_shape_identical (&named, &other));
  g_assert_true (tn_shape_compatible (&named, &other));
  /* Where a dim was recorded is no part of it. */
  other = named;
  named.dims[1].trace = 9;
  g_assert_true (tn_shape_identical (&named, &other));
}

static void
test_append (void)
{
  TnShape shape = shape_of ("()");

  for (int rank = 1; rank <= TN_MAX_RANK; rank++)
    {
      shape = tn_shape_append (shape, tn_dim (rank));
      g_assert_cmpint (shape.rank, ==, rank);
      g_assert_cmpint (shape.dims[rank - 1].size, ==, rank);
    }
  g_assert_true (tn_shape_is_full (&shape, 0));
  shape = tn_shape_append (shape, tn_dim (1));
  g_assert_cmpint (shape.rank, ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shape/text", test_text);
  g_test_add_func ("/shape/none", test_none);
  g_test_add_func ("/shape/axis", test_axis);
  g_test_add_func ("/shape/elements", test_elements);
  g_test_add_func ("/shape/compare", test_compare);
  g_test_add_func ("/shape/append", test_append);
  return g_test_run ();
}
