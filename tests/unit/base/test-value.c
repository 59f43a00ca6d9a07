/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values: comparison, dicts, and text both ways, hostile text included. */
#include <math.h>
#include <string.h>

#include "base/tn-value.h"

static TnValue *
parse (const char *text)
{
  g_autofree char *message = NULL;
  TnValue *value = tn_value_from_text (text, &message);

  if (value == NULL)
    g_error ("“%s”: %s", text, message);
  g_assert_null (message);
  return value;
}

/* ---- comparison ---- */

static void
test_equal (void)
{
  static const struct
  {
    const char *a, *b;
    gboolean equal;
  } pairs[] = {
    { "1", "1.0", TRUE },
    { "1", "1.5", FALSE },
    { "9007199254740993", "9007199254740992", FALSE },
    { "None", "None", TRUE },
    { "None", "0", FALSE },
    { "True", "True", TRUE },
    /* Not as in Python: a switch is no number. */
    { "True", "1", FALSE },
    { "relu", "'relu'", TRUE },
    { "relu", "'elu'", FALSE },
    { "1", "'1'", FALSE },
    { "(3, 3)", "[3, 3]", TRUE },
    { "(3, 3)", "(3, 3.0)", TRUE },
    { "(3, 3)", "(3,)", FALSE },
    { "()", "{}", FALSE },
    { "{'a': 1, 'b': (2,)}", "{'b': (2,), 'a': 1}", TRUE },
    { "{'a': 1, 'b': 2}", "{'a': 1, 'c': 2}", FALSE },
    { "{'a': 1}", "{'a': 1, 'b': 2}", FALSE },
    { "{'a': None}", "{'b': None}", FALSE },
  };
  g_autoptr (TnValue) one = tn_value_new_int (1);
  g_autoptr (TnValue) nan_a = tn_value_new_float (NAN), nan_b = tn_value_new_float (NAN);

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (TnValue) a = parse (pairs[i].a), b = parse (pairs[i].b);

      g_test_message ("%s, %s", pairs[i].a, pairs[i].b);
      g_assert_cmpint (tn_value_equal (a, b), ==, pairs[i].equal);
      g_assert_cmpint (tn_value_equal (b, a), ==, pairs[i].equal);
      g_assert_true (tn_value_equal (a, a));
    }
  g_assert_true (tn_value_equal (NULL, NULL));
  g_assert_false (tn_value_equal (one, NULL));
  g_assert_false (tn_value_equal (NULL, one));
  /* "Did it change?" must not be answered with yes for ever. */
  g_assert_true (tn_value_equal (nan_a, nan_b));
}

static void
test_dict (void)
{
  g_autoptr (TnValue) one = tn_value_new_int (1), two = tn_value_new_int (2);
  g_autoptr (TnValue) a = tn_value_with (NULL, "a", one);
  g_autoptr (TnValue) ab = tn_value_with (a, "b", two);
  g_autoptr (TnValue) changed = tn_value_with (ab, "a", two);
  g_autoptr (TnValue) without = tn_value_with (changed, "a", NULL);
  g_autoptr (TnValue) unchanged = tn_value_with (without, "none such", NULL);
  g_autoptr (TnValue) empty = tn_value_with (NULL, "a", NULL);
  g_autofree char *text = tn_value_to_text (changed);

  g_assert_cmpstr (text, ==, "{'a': 2, 'b': 2}");
  g_assert_cmpuint (tn_value_size (empty), ==, 0);
  g_assert_true (tn_value_lookup (ab, "a") == one);
  g_assert_true (tn_value_lookup (ab, "b") == two);
  g_assert_null (tn_value_lookup (ab, "c"));
  g_assert_null (tn_value_lookup (one, "a"));
  g_assert_null (tn_value_lookup (NULL, "a"));
  g_assert_cmpuint (tn_value_size (without), ==, 1);
  g_assert_cmpstr (tn_value_key_at (without, 0), ==, "b");
  g_assert_true (tn_value_equal (without, unchanged));
  /* What they were made from is as it was. */
  g_assert_cmpint (tn_value_int (tn_value_lookup (ab, "a")), ==, 1);
  g_assert_cmpuint (tn_value_size (a), ==, 1);
}

static void
test_access (void)
{
  g_autoptr (TnValue) list = tn_value_new_ints ((gint64[]){ 7, -8 }, 2);
  g_autoptr (TnValue) five = tn_value_new_int (5);
  g_autoptr (TnValue) yes = tn_value_new_bool (17);

  g_assert_cmpuint (tn_value_size (list), ==, 2);
  g_assert_cmpint (tn_value_int (tn_value_at (list, 1)), ==, -8);
  g_assert_cmpfloat (tn_value_float (five), ==, 5);
  g_assert_cmpuint (tn_value_size (five), ==, 0);
  g_assert_true (tn_value_is_number (five));
  g_assert_false (tn_value_is_number (yes));
  g_assert_cmpint (tn_value_bool (yes), ==, TRUE);
}

/* ---- text ---- */

static void
test_from_text (void)
{
  static const struct
  {
    const char *typed, *written;
  } texts[] = {
    { "None", "None" },
    { "null", "None" },
    { "true", "True" },
    { " False ", "False" },
    { "3", "3" },
    { "+3", "3" },
    { "-0", "0" },
    { "-9223372036854775808", "-9223372036854775808" },
    { "9223372036854775807", "9223372036854775807" },
    { "9223372036854775808", "9.223372036854776e+18" },
    { "0.5", "0.5" },
    { ".5", "0.5" },
    { "1e3", "1000.0" },
    { "1e-05", "1e-05" },
    { "relu", "'relu'" },
    { "hard_sigmoid", "'hard_sigmoid'" },
    { "\"a 'b'\"", "'a \\'b\\''" },
    { "''", "''" },
    { "'\\n\\\\n\\t'", "'\\n\\\\n\\t'" },
    { "3, 3", "(3, 3)" },
    { "3,", "(3,)" },
    { "(3, 3)", "(3, 3)" },
    { "[3,3,]", "(3, 3)" },
    { "()", "()" },
    { "(None, 28, 28, 1)", "(None, 28, 28, 1)" },
    { "[null, [1, []]]", "(None, (1, ()))" },
    { "{}", "{}" },
    { "{\"class_name\": \"Zeros\", \"config\": {}}", "{'class_name': 'Zeros', 'config': {}}" },
    { "{seed: None}", "{'seed': None}" },
    { "{'a': 1, 'b': 2, 'a': 3}", "{'a': 3, 'b': 2}" },
    { "größe", "'größe'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (TnValue) value = parse (texts[i].typed);
      g_autofree char *written = tn_value_to_text (value);
      g_autoptr (TnValue) again = parse (written);

      g_assert_cmpstr (written, ==, texts[i].written);
      g_assert_true (tn_value_equal (value, again));
      g_assert_cmpint (tn_value_kind (value), ==, tn_value_kind (again));
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *typed, *message;
  } texts[] = {
    { "", "A value is missing." },
    { "   ", "A value is missing." },
    { "(3,, 3)", "A value is missing." },
    { ")", "A value is missing." },
    { "'relu", "A quotation mark is missing at the end." },
    { "\"relu'", "A quotation mark is missing at the end." },
    { "'relu\\", "A quotation mark is missing at the end." },
    { "'relu\\'", "A quotation mark is missing at the end." },
    { "(3, 3", "“)” is missing at the end." },
    { "(", "“)” is missing at the end." },
    { "[3,", "“]” is missing at the end." },
    { "{'a': 1", "“}” is missing at the end." },
    { "(3 3)", "A comma is missing between two values." },
    { "(3]", "A comma is missing between two values." },
    { "{1: 2}", "A dict needs entries of the form 'name': value." },
    { "{'a'}", "A dict needs entries of the form 'name': value." },
    { "{'a': }", "A value is missing." },
    { "3 3", "“3” is not expected here." },
    { "(3))", "“)” is not expected here." },
    { "3x", "“3x” is not a number." },
    { "--3", "“--3” is not a number." },
    { "1e999", "“1e999” is not a number." },
    { "-inf", "“-inf” is not a number." },
    { "0x10", "“0x10” is not a number." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *message = NULL;

      g_test_message ("%s", texts[i].typed);
      g_assert_null (tn_value_from_text (texts[i].typed, &message));
      g_assert_cmpstr (message, ==, texts[i].message);
      /* The message need not be asked for. */
      g_assert_null (tn_value_from_text (texts[i].typed, NULL));
    }
}

static char *
repeat (const char *text, guint times)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < times; i++)
    g_string_append (out, text);
  return g_string_free (out, FALSE);
}

static void
test_deep (void)
{
  static const char *const openings[] = { "(", "[", "{'a': ", "[{a:(" };

  for (guint i = 0; i < G_N_ELEMENTS (openings); i++)
    {
      g_autofree char *deep = repeat (openings[i], 100000);
      g_autofree char *message = NULL;

      g_assert_null (tn_value_from_text (deep, &message));
      g_assert_cmpstr (message, ==, "The value is nested too deeply.");
    }
  {
    g_autofree char *open = repeat ("(", 30), *close = repeat (",)", 30);
    g_autofree char *text = g_strconcat (open, "1", close, NULL);
    g_autoptr (TnValue) value = parse (text);
    g_autofree char *written = tn_value_to_text (value);

    g_assert_cmpstr (written, ==, text);
  }
}

/* Random bytes, and random cuts and changes of sound text: an answer or a sentence, no more. */
static void
test_hostile (void)
{
  static const char sound[] = "{'a': (3, 'b\\'', [None, -0.5e3, {c: \"d\"}]), 'e': True}";
  static const char alphabet[] = "()[]{}'\":,.-+e \\n0139aN\xc3\xa4\xff\x01";

  for (int round = 0; round < 20000; round++)
    {
      char text[sizeof sound];
      gsize length = (gsize)g_test_rand_int_range (0, sizeof sound);
      g_autoptr (TnValue) value = NULL;
      g_autofree char *message = NULL;

      memcpy (text, sound, sizeof sound);
      text[length] = '\0';
      for (int change = g_test_rand_int_range (0, round % 2 ? 3 : 60); change > 0 && length > 0;
           change--)
        text[g_test_rand_int_range (0, (gint32)length)]
            = alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)];
      value = tn_value_from_text (text, &message);
      g_assert_cmpint (value != NULL, ==, message == NULL);
      if (value != NULL)
        {
          g_autofree char *written = tn_value_to_text (value);
          g_autoptr (TnValue) again = parse (written);

          if (!tn_value_equal (value, again))
            g_error ("“%s” is written “%s”, which reads as something else", text, written);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/value/equal", test_equal);
  g_test_add_func ("/value/dict", test_dict);
  g_test_add_func ("/value/access", test_access);
  g_test_add_func ("/value/from-text", test_from_text);
  g_test_add_func ("/value/refused", test_refused);
  g_test_add_func ("/value/deep", test_deep);
  g_test_add_func ("/value/hostile", test_hostile);
  return g_test_run ();
}
