/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON in and out: what is kept, what is refused and where, how it is laid out. */
#include "formats/tn-json.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "base/tn-error.h"
#include "test-files.h"

static void
test_values (void)
{
  static const char text[]
      = "\xEF\xBB\xBF{\"a\": [1, -2, 9223372036854775807, -9223372036854775808], \"b\": 0.1,"
        " \"c\": true, \"d\": null, \"e\": \"\\u00e9\\ud83d\\ude00\\n\\\"\", \"f\": {}, \"g\": "
        "125e-1}";
  g_autoptr (GBytes) bytes = test_bytes (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (TnValue) value = tn_json_parse (bytes, "test", &error);
  g_autofree char *compact = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (tn_value_size (value), ==, 7);
  g_assert_cmpint (tn_value_int (tn_value_at (tn_value_lookup (value, "a"), 2)), ==, G_MAXINT64);
  g_assert_cmpint (tn_value_int (tn_value_at (tn_value_lookup (value, "a"), 3)), ==, G_MININT64);
  g_assert_cmpint (tn_value_kind (tn_value_lookup (value, "g")), ==, TN_VALUE_FLOAT);
  g_assert_cmpstr (tn_value_string (tn_value_lookup (value, "e")), ==, "é😀\n\"");
  compact = tn_format_json (value, FALSE);
  g_assert_cmpstr (compact, ==,
                   "{\"a\":[1,-2,9223372036854775807,-9223372036854775808],\"b\":0.1,\"c\":true,"
                   "\"d\":null,\"e\":\"é😀\\n\\\"\",\"f\":{},\"g\":12.5}");
}

static void
test_layout (void)
{
  static const char text[] = "{\n"
                             "  \"short\": [[[\"img\", 0, 0, {}]]],\n"
                             "  \"none\": [],\n"
                             "  \"inside\": {\n"
                             "    \"x\": 0.5\n"
                             "  },\n"
                             "  \"long\": [\n"
                             "    \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\n"
                             "    \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\",\n"
                             "    [\"c\", 1]\n"
                             "  ]\n"
                             "}";
  g_autoptr (GBytes) bytes = test_bytes (text);
  g_autoptr (TnValue) value = tn_json_parse (bytes, "test", NULL);
  g_autofree char *again = tn_format_json (value, TRUE);

  g_assert_cmpstr (again, ==, text);
}

/* No locale's comma, no NaN, no broken UTF-8 may get into a file. */
static void
test_numbers_and_names (void)
{
  TnValue *items[] = { tn_value_new_float (NAN),     tn_value_new_float (-INFINITY),
                       tn_value_new_float (1.0),     tn_value_new_float (0.1),
                       tn_value_new_float (1e300),   tn_value_new_float (5e-324),
                       tn_value_new_string ("\xff"), tn_value_new_string ("\x01\x7f") };
  g_autoptr (TnValue) list = tn_value_new_list (items, G_N_ELEMENTS (items));
  g_autoptr (TnValue) back = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  setlocale (LC_NUMERIC, "de_DE.UTF-8");
  text = tn_format_json (list, FALSE);
  bytes = test_bytes (text);
  back = tn_json_parse (bytes, "test", NULL);
  setlocale (LC_NUMERIC, "C");
  g_assert_nonnull (back);
  g_assert_true (g_str_has_prefix (text, "[null,null,1.0,0.1,"));
  g_assert_true (tn_value_is_none (tn_value_at (back, 0)));
  g_assert_cmpfloat (tn_value_float (tn_value_at (back, 4)), ==, 1e300);
  g_assert_cmpfloat (tn_value_float (tn_value_at (back, 5)), ==, 5e-324);
  g_assert_cmpstr (tn_value_string (tn_value_at (back, 6)), ==, "\xEF\xBF\xBD");
  g_assert_cmpstr (tn_value_string (tn_value_at (back, 7)), ==, "\x01\x7f");
}

static const struct
{
  const char *text;
  const char *message; /* part of it */
} refused[] = {
  { "", "line 1, column 1: the file is empty" },
  { "  \n ", "the file is empty" },
  { "{", "ends too early" },
  { "{\"a\": 1", "line 1, column 8: the file ends too early" },
  { "[1, 2]]", "line 1, column 7: more text after the end" },
  { "]", "never opened" },
  { "{} {}", "line 1, column 4: more text" },
  { "[1,]", "line 1" },
  { "[1 2]", "comma" },
  { "{\"a\" 1}", "line 1" },
  { "{\"a\": 1,\n \"b\": tru}", "line 2, column 7: something that is no word of JSON" },
  { "{1: 2}", "line 1" },
  { "[NaN]", "NaN" },
  { "[Infinity]", "infinity" },
  { "[-Infinity]", "infinity" },
  { "[1e999]", "too large" },
  { "[9223372036854775808]", "whole number too large" },
  { "[01]", "leading zero" },
  { "[0x10]", "no word of JSON" },
  { "[1.]", "after its point" },
  { "[1e]", "exponent" },
  { "[-]", "minus" },
  { "[.5]", "no word of JSON" },
  { "['a']", "no word of JSON" },
  { "/* c */ {}", "no word of JSON" },
  { "{} // c", "more text" },
  { "var x = {}", "no word of JSON" },
  { "[\"a]", "has no end" },
  { "[\"a\\", "ends within a string" },
  { "[\"a\\q\"]", "escape" },
  { "[\"a\\u12\"]", "hexadecimal" },
  { "[\"\\u0000\"]", "NUL" },
  { "[\"\\ud800\"]", "surrogate" },
  { "[\"\\udc00\"]", "surrogate" },
  { "[\"a\nb\"]", "control character" },
  { "[\"\xff\"]", "line 1, column 3: this is not UTF-8" },
  { "{\n\"\xc3\": 1}", "line 2, column 2: this is not UTF-8" },
  { "\xff\xfe{", "not UTF-8" },
  { "\x89PNG", "not UTF-8" },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes (refused[i].text);
      g_autoptr (GError) error = NULL;
      g_autoptr (TnValue) value = tn_json_parse (bytes, "broken.json", &error);

      g_assert_null (value);
      g_assert_error (error, TN_ERROR, TN_ERROR_SYNTAX);
      if (!strstr (error->message, refused[i].message)
          || !g_str_has_prefix (error->message, "broken.json is not valid JSON: line "))
        g_error ("%s: %s", refused[i].text, error->message);
    }
}

/* A NUL byte, and nesting that would overflow a recursive parser's stack. */
static void
test_bombs (void)
{
  g_autoptr (GBytes) nul = g_bytes_new_static ("{\"a\":\0 1}", 10);
  g_autofree char *brackets = g_strnfill (50 * 1000 * 1000, '[');
  g_autoptr (GBytes) deep = g_bytes_new_static (brackets, strlen (brackets));
  g_autoptr (GString) many = g_string_new ("[");
  g_autoptr (GBytes) wide = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (tn_json_parse (nul, "test", &error));
  g_assert_nonnull (strstr (error->message, "column 6: a NUL byte"));
  g_clear_error (&error);
  g_assert_null (tn_json_parse (deep, "test", &error));
  g_assert_nonnull (strstr (error->message, "column 129: nested too deeply"));
  g_clear_error (&error);

  for (guint i = 0; i < 4 * 1000 * 1000; i++)
    g_string_append (many, "{},");
  wide = g_bytes_new_static (many->str, many->len);
  g_assert_null (tn_json_parse (wide, "test", &error));
  g_assert_nonnull (strstr (error->message, "more values than can be opened"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/json/values", test_values);
  g_test_add_func ("/formats/json/layout", test_layout);
  g_test_add_func ("/formats/json/numbers-and-names", test_numbers_and_names);
  g_test_add_func ("/formats/json/refused", test_refused);
  g_test_add_func ("/formats/json/bombs", test_bombs);
  return g_test_run ();
}
