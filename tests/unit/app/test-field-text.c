/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the inspector's entries make of what people type, and how they show it. */
#include "app/tn-field-text.h"

static const TnParam ints = { .name = "kernel_size",
                              .label = "Kernel size",
                              .kind = TN_PARAM_INTS,
                              .flags = TN_PARAM_REQUIRED,
                              .minimum = 1,
                              .length = 2 };
static const TnParam dims
    = { .name = "shape", .label = "Shape", .kind = TN_PARAM_DIMS, .flags = TN_PARAM_REQUIRED };
static const TnParam rate = { .name = "rate",
                              .label = "Rate",
                              .kind = TN_PARAM_FLOAT,
                              .fallback = { TN_VALUE_FLOAT, .number = 0.5 },
                              .minimum = 0,
                              .maximum = 1 };
static const TnParam text = { .name = "name", .label = "Name", .kind = TN_PARAM_STRING };

/* Typed text → what Python would print, NULL for a refusal, "" for the default. */
static void
check (const TnParam *param, const char *typed, const char *expected)
{
  g_autoptr (TnValue) value = NULL;
  g_autofree char *message = NULL;
  gboolean good = tn_field_parse (param, typed, &value, &message);

  g_test_message ("%s: %s", param->name, typed);
  if (expected == NULL)
    {
      g_assert_false (good);
      g_assert_null (value);
      g_assert_nonnull (message);
      return;
    }
  g_assert_null (message);
  g_assert_true (good);
  g_autofree char *printed = value != NULL ? tn_value_to_text (value) : g_strdup ("");
  g_assert_cmpstr (printed, ==, expected);
}

static void
test_parse (void)
{
  check (&ints, "3, 3", "(3, 3)");
  check (&ints, "3", "(3, 3)");
  check (&ints, "3x5", "(3, 5)");
  check (&ints, "3 × 5", "(3, 5)");
  check (&ints, "(3, 5)", "(3, 5)");
  check (&ints, "0", NULL);
  check (&ints, "3, 3, 3", NULL);
  check (&ints, "three", NULL);
  check (&ints, "", NULL);
  check (&ints, "  ", NULL);

  check (&dims, "784", "(784,)");
  check (&dims, "28x28x1", "(28, 28, 1)");
  check (&dims, "(28, 28, 1)", "(28, 28, 1)");
  check (&dims, "None, 4", "(None, 4)");

  check (&rate, "0.25", "0.25");
  check (&rate, "0,25", "0.25");
  check (&rate, "", "");
  check (&rate, "2", NULL);
  check (&rate, "0,2,5", NULL);

  check (&text, "None", "'None'");
  check (&text, " conv 1 ", "'conv 1'");
}

static void
test_show (void)
{
  g_autoptr (TnValue) kernel = tn_value_new_ints ((gint64[]){ 3, 5 }, 2);
  g_autoptr (TnValue) shape = tn_value_new_ints ((gint64[]){ 784 }, 1);
  g_autoptr (TnValue) word = tn_value_new_string ("relu");
  g_autofree char *shown_kernel = tn_field_text (&ints, kernel);
  g_autofree char *shown_shape = tn_field_text (&dims, shape);
  g_autofree char *shown_word = tn_field_text (&text, word);
  g_autofree char *shown_nothing = tn_field_text (&rate, NULL);
  g_autofree char *fallback = tn_field_default_text (&rate);
  g_autofree char *none = tn_field_default_text (&ints);

  g_assert_cmpstr (shown_kernel, ==, "3, 5");
  g_assert_cmpstr (shown_shape, ==, "(784,)");
  g_assert_cmpstr (shown_word, ==, "relu");
  g_assert_cmpstr (shown_nothing, ==, "");
  g_assert_cmpstr (fallback, ==, "0.5");
  g_assert_cmpstr (none, ==, "");
}

/* Whatever an entry shows is read back as the same. */
static void
test_round_trip (void)
{
  static const char *const shapes[] = { "(28, 28, 1)", "(784,)", "(None, 3)", "()" };

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (TnValue) value = tn_value_from_text (shapes[i], NULL);
      g_autofree char *shown = tn_field_text (&dims, value);
      g_autoptr (TnValue) read = NULL;
      g_autofree char *message = NULL;
      g_assert_true (tn_field_parse (&dims, shown, &read, &message));
      g_assert_true (tn_value_equal (value, read));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/field-text/parse", test_parse);
  g_test_add_func ("/app/field-text/show", test_show);
  g_test_add_func ("/app/field-text/round-trip", test_round_trip);
  return g_test_run ();
}
