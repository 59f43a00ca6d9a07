/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes that are expressions: normal form, text both ways, arithmetic against numbers. */
#include "tensor/tn-symbol.h"

static TnDim
dim_of (const char *text)
{
  TnDim dim;

  if (!tn_dim_from_text (text, &dim))
    g_error ("“%s” is no size", text);
  return dim;
}

#define assert_dim(dim, expected)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *its_text = tn_dim_to_text (dim);                                              \
    g_assert_cmpstr (its_text, ==, expected);                                                      \
  }                                                                                                \
  G_STMT_END

static void
test_names (void)
{
  g_assert_true (tn_symbol_is_name ("H"));
  g_assert_true (tn_symbol_is_name ("batch"));
  g_assert_true (tn_symbol_is_name ("_n2"));
  g_assert_false (tn_symbol_is_name (""));
  g_assert_false (tn_symbol_is_name ("2H"));
  g_assert_false (tn_symbol_is_name ("H W"));
  g_assert_false (tn_symbol_is_name ("None"));
  g_assert_false (tn_symbol_is_name ("true"));
  g_assert_cmpstr (tn_symbol_name (tn_symbol_new ("H")), ==, "H");
  g_assert_null (tn_symbol_name (dim_of ("H + 1")));
  g_assert_null (tn_symbol_name (tn_dim (3)));
}

static void
test_text (void)
{
  static const struct
  {
    const char *typed, *written;
  } texts[] = {
    { "None", "None" },
    { "26", "26" },
    { "3 - 1", "2" },
    { "H", "H" },
    { "H - H", "0" },
    { "64*H*W", "H·W·64" },
    { "W·64·H", "H·W·64" },
    { "H + 2 + H", "(H + 1)·2" },
    { "2·H + 3", "H·2 + 3" },
    { "⌊H/2⌋", "⌊H/2⌋" },
    { "⌈H/2⌉", "⌈H/2⌉" },
    { "⌊(H + 1)/2⌋", "⌈H/2⌉" },
    { "⌊(T − 3)/2⌋ + 1", "⌊(T − 3)/2⌋ + 1" },
    { "⌊(T − 2)/2⌋ + 1", "⌊T/2⌋" },
    { "⌊(T − 1)/2⌋", "⌊(T − 3)/2⌋ + 1" },
    { "⌊H/2⌋ + 3", "⌊H/2⌋ + 3" },
    { "⌊⌊H/2⌋/2⌋", "⌊H/4⌋" },
    { "⌊(⌊H/2⌋ + 1)/2⌋", "⌊(H + 2)/4⌋" },
    { "⌈⌈H/2⌉/2⌉", "⌈H/4⌉" },
    { "⌊(2·H + 1)/4⌋", "⌊H/2⌋" },
    { "⌊(6·H + 5)/4⌋", "H + ⌊H/2⌋ + 1" },
    { "⌊5/2⌋", "2" },
    { "⌊(4·H + 4·W)/4⌋", "H + W" },
    { "⌊H/2⌋·2", "⌊H/2⌋·2" },
    { "(H - 2)·(W - 2)·32", "(H − 2)·(W − 2)·32" },
    { "(H - 2)*(H - 2)", "(H − 2)·(H − 2)" },
    { "(2·H - 1)·(W + 3)·5", "(H·2 − 1)·(W + 3)·5" },
    { "(⌊(H − 3)/2⌋ + 1)·(⌊(W − 3)/2⌋ + 1)·32", "(⌊(H − 3)/2⌋ + 1)·(⌊(W − 3)/2⌋ + 1)·32" },
    { "⌈H/2⌉·⌈W/2⌉·16", "⌈H/2⌉·⌈W/2⌉·16" },
    { "H + W", "H + W" },
    { "batch·H·9", "H·batch·9" },
    { "5 - H", "−H + 5" },
  };
  static const char *const refused[]
      = { "",
          "H W",
          "2H",
          "H +",
          "(H",
          "⌊H/0⌋",
          "⌊H⌋",
          "H/2",
          "True",
          "-3",
          "3 - 7",
          "99999999999999999999",
          "H·9223372036854775807·9",
          "«H»",
          "None1 2",
          "((((((((((((((((((((((((((((((((H))))))))))))))))))))))))))))))))" };
  TnDim dim;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      TnDim again;

      dim = dim_of (texts[i].typed);
      assert_dim (dim, texts[i].written);
      again = dim_of (texts[i].written);
      g_assert_true (tn_dim_identical (dim, again));
    }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_test_message ("%s", refused[i]);
      g_assert_false (tn_dim_from_text (refused[i], &dim));
    }
}

static void
test_arithmetic (void)
{
  TnDim h = tn_symbol_new ("H"), w = tn_symbol_new ("W"), none = tn_dim (TN_DIM_UNKNOWN);

  assert_dim (tn_symbol_add (h, tn_dim (2)), "H + 2");
  assert_dim (tn_symbol_subtract (tn_symbol_add (h, w), h), "W");
  assert_dim (tn_symbol_subtract (h, h), "0");
  assert_dim (tn_symbol_subtract (h, tn_symbol_add (h, tn_dim (3))), "0");
  assert_dim (tn_symbol_multiply (h, none), "None");
  assert_dim (tn_symbol_multiply (tn_dim (6), tn_dim (7)), "42");
  assert_dim (tn_symbol_scale (h, 1, -3 + 2, 2), "⌊(H − 3)/2⌋ + 1");
  assert_dim (tn_symbol_scale (h, 2, 1, 1), "H·2 + 1");
  assert_dim (tn_symbol_ceil (h, 3), "⌈H/3⌉");
  assert_dim (tn_symbol_ceil (tn_dim (7), 3), "3");
  assert_dim (tn_symbol_divide (tn_symbol_multiply (tn_symbol_multiply (h, w), tn_dim (64)), h),
              "W·64");
  assert_dim (tn_symbol_divide (dim_of ("H·W·64"), tn_dim (16)), "H·W·4");
  assert_dim (tn_symbol_divide (dim_of ("(H + 1)·(W + 2)"), dim_of ("W + 2")), "H + 1");
  assert_dim (tn_symbol_divide (h, tn_dim (2)), "None");
  assert_dim (tn_symbol_divide (h, w), "None");
  assert_dim (tn_symbol_divide (h, tn_dim (0)), "None");
  g_assert_true (tn_symbol_is_multiple (dim_of ("⌊H/2⌋·6 + 4"), 2));
  g_assert_false (tn_symbol_is_multiple (dim_of ("⌊H/2⌋·6 + 4"), 4));
  /* Beyond bounds nothing is known, and nothing breaks. */
  assert_dim (tn_symbol_scale (h, G_MAXINT64, 0, 1), "H·9223372036854775807");
  assert_dim (tn_symbol_add (tn_symbol_scale (h, G_MAXINT64, 0, 1), h), "None");
  for (guint i = 0; i < 12; i++)
    w = tn_symbol_multiply (w, tn_symbol_add (h, w));
  g_assert_false (tn_dim_is_symbolic (w));
}

static void
test_values (void)
{
  TnDim dim = dim_of ("(⌊(T − 3)/2⌋ + 1)·batch·40");
  g_auto (GStrv) names = tn_symbol_names (dim);
  const char *const known[] = { "T", "batch" };
  gint64 value;

  g_assert_cmpuint (g_strv_length (names), ==, 2);
  g_assert_cmpstr (names[0], ==, "T");
  g_assert_cmpstr (names[1], ==, "batch");
  g_assert_true (tn_symbol_evaluate (dim, known, (gint64[]){ 100, 8 }, 2, &value));
  g_assert_cmpint (value, ==, 49 * 8 * 40);
  g_assert_true (tn_symbol_evaluate (dim, known, (gint64[]){ 1, 1 }, 2, &value));
  g_assert_cmpint (value, ==, 0);
  g_assert_false (tn_symbol_evaluate (dim, known, (gint64[]){ 100 }, 1, &value));
  g_assert_false (tn_symbol_evaluate (tn_dim (TN_DIM_UNKNOWN), known, NULL, 0, &value));
  g_assert_false (tn_symbol_evaluate (dim, known, (gint64[]){ G_MAXINT64, G_MAXINT64 }, 2, &value));
}

/* Random chains of operations: what the expression says for a value is what the same operations
 * make of the value; its text says the same; and the same chain done again is the same id. */
static void
test_random (void)
{
  const char *const names[] = { "H", "W" };

  /* Every expression is a quark; past 2048 of them GLib lets go of its table without freeing it,
   * which the leak sanitizer tells. Each run of the test draws others. */
  for (guint round = 0; round < 300; round++)
    {
      TnDim dim = tn_symbol_new ("H"), other = tn_symbol_new ("W"), again;
      gint64 values[] = { g_test_rand_int_range (1, 300), g_test_rand_int_range (1, 300) };
      gint64 value = values[0], found;
      guint steps = (guint)g_test_rand_int_range (1, 8);
      g_autofree char *text = NULL;

      for (guint step = 0; step < steps && tn_dim_is_symbolic (dim); step++)
        {
          gint64 by = g_test_rand_int_range (1, 7), plus = g_test_rand_int_range (-9, 10);

          switch (g_test_rand_int_range (0, 5))
            {
            case 0:
              dim = tn_symbol_scale (dim, 1, plus, by);
              value = (value + plus) / by - ((value + plus) % by < 0);
              break;
            case 1:
              dim = tn_symbol_ceil (dim, by);
              value = -(-value / by - (-value % by < 0));
              break;
            case 2:
              dim = tn_symbol_scale (dim, by, 0, 1);
              value *= by;
              break;
            case 3:
              dim = tn_symbol_add (dim, other);
              value += values[1];
              break;
            case 4:
              dim = tn_symbol_subtract (tn_symbol_scale (dim, by, 0, 1), dim);
              value = value * by - value;
              break;
            }
        }
      if (!tn_dim_is_symbolic (dim))
        continue;
      g_assert_true (tn_symbol_evaluate (dim, names, values, 2, &found));
      g_assert_cmpint (found, ==, value);
      text = tn_dim_to_text (dim);
      g_test_message ("%s", text);
      again = dim_of (text);
      g_assert_true (tn_dim_identical (dim, again));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/symbol/names", test_names);
  g_test_add_func ("/tensor/symbol/text", test_text);
  g_test_add_func ("/tensor/symbol/arithmetic", test_arithmetic);
  g_test_add_func ("/tensor/symbol/values", test_values);
  g_test_add_func ("/tensor/symbol/random", test_random);
  return g_test_run ();
}
