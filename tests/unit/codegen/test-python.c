/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spelling of Python: identifiers out of any names, literals, lines that are broken. */
#include <math.h>

#include "codegen/tn-code-private.h"

static void
test_names (void)
{
  static const struct
  {
    const char *wish;
    const char *name;
  } cases[] = {
    { "conv2d", "conv2d" },
    { "conv2d", "conv2d_2" },
    { "conv2d_2", "conv2d_2_2" },
    { "class", "class_2" },
    { "None", "None_2" },
    { "keras", "keras_2" },
    { "2nd", "layer_2nd" },
    { "", "layer" },
    { "größe: a->b", "gr_e_a_b" },
    { "__init__", "init" },
    { "右", "layer_2" },
    { "a b", "a_b" },
    { "a-b", "a_b_2" },
    { "x);import os#", "x_import_os" },
  };
  static const char *const reserved[] = { "keras", NULL };
  g_autoptr (TnPythonNames) names = tn_python_names_new (reserved);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = tn_python_name (names, cases[i].wish);

      g_assert_cmpstr (name, ==, cases[i].name);
    }
}

static void
test_strings (void)
{
  static const struct
  {
    const char *string;
    const char *literal;
  } cases[] = {
    { "relu", "\"relu\"" },
    { "", "\"\"" },
    { "a \"b\" \\", "\"a \\\"b\\\" \\\\\"" },
    { "it's", "\"it's\"" },
    { "two\nlines\tand\r", "\"two\\nlines\\tand\\x0d\"" },
    { "größe 右 🦊", "\"größe 右 🦊\"" },
    { "a\xe2\x80\xae"
      "b",
      "\"a\\u202eb\"" },
    { "\xc2\xa0\x7f", "\"\\xa0\\x7f\"" },
    { "\xf3\xa0\x81\x81", "\"\\U000e0041\"" },
    { "a\xff", "\"a\xef\xbf\xbd\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) out = g_string_new (NULL);

      tn_python_append_string (out, cases[i].string);
      g_assert_cmpstr (out->str, ==, cases[i].literal);
    }
}

static void
assert_value (TnValue *value, const char *literal)
{
  g_autoptr (TnValue) owned = value;
  g_autoptr (GString) out = g_string_new (NULL);

  tn_python_append_value (out, owned);
  g_assert_cmpstr (out->str, ==, literal);
}

static void
test_values (void)
{
  assert_value (tn_value_new_none (), "None");
  assert_value (tn_value_new_bool (FALSE), "False");
  assert_value (tn_value_new_int (G_MININT64), "-9223372036854775808");
  assert_value (tn_value_new_float (0.001), "0.001");
  assert_value (tn_value_new_float (2), "2.0");
  assert_value (tn_value_new_float (INFINITY), "float(\"inf\")");
  assert_value (tn_value_new_float (-INFINITY), "float(\"-inf\")");
  assert_value (tn_value_new_float (NAN), "float(\"nan\")");
  assert_value (tn_value_from_text ("(3,)", NULL), "(3,)");
  assert_value (tn_value_from_text ("((1, 2), None, 'a')", NULL), "((1, 2), None, \"a\")");
  assert_value (tn_value_from_text ("{'a': [1, 2], 'b': {}}", NULL), "{\"a\": (1, 2), \"b\": {}}");
}

static GPtrArray *
repeat (const char *text, guint n)
{
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, (gpointer)text);
  return items;
}

static void
assert_call (const char *argument, guint n, const char *expected)
{
  g_autoptr (GPtrArray) arguments = repeat (argument, n);
  g_autoptr (GString) out = g_string_new (NULL);

  tn_python_append_call (out, 4, "call = f(", arguments, ")", "why");
  g_assert_cmpstr (out->str, ==, expected);
}

static void
test_calls (void)
{
  assert_call ("x", 0, "    call = f()  # why\n");
  assert_call ("x", 3, "    call = f(x, x, x)  # why\n");
  assert_call ("a_long_argument=12", 4,
               "    call = f(\n"
               "        a_long_argument=12, a_long_argument=12, a_long_argument=12, "
               "a_long_argument=12\n"
               "    )  # why\n");
  assert_call ("a_very_long_argument_with_a=\"value\"", 3,
               "    call = f(\n"
               "        a_very_long_argument_with_a=\"value\",\n"
               "        a_very_long_argument_with_a=\"value\",\n"
               "        a_very_long_argument_with_a=\"value\",\n"
               "    )  # why\n");
}

static void
test_lists (void)
{
  g_autoptr (GPtrArray) one = repeat ("a", 1), two = repeat ("a", 2);
  g_autofree char *one_text = tn_python_list (one);
  g_autofree char *two_text = tn_python_list (two);

  g_assert_cmpstr (one_text, ==, "a");
  g_assert_cmpstr (two_text, ==, "[a, a]");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/codegen/python/names", test_names);
  g_test_add_func ("/codegen/python/strings", test_strings);
  g_test_add_func ("/codegen/python/values", test_values);
  g_test_add_func ("/codegen/python/calls", test_calls);
  g_test_add_func ("/codegen/python/lists", test_lists);
  return g_test_run ();
}
