/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as people and as files read them. */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "base/tn-text.h"
#include "base/tn-value.h"

static void
test_count (void)
{
  static const struct
  {
    gint64 count;
    const char *full, *brief;
  } counts[] = {
    { 0, "0", "0" },
    { 7, "7", "7" },
    { 320, "320", "320" },
    { 999, "999", "999" },
    { 1000, "1,000", "1 k" },
    { 18496, "18,496", "18.5 k" },
    { 99949, "99,949", "99.9 k" },
    { 99950, "99,950", "100 k" },
    { 999499, "999,499", "999 k" },
    { 999500, "999,500", "1 M" },
    { 2001536, "2,001,536", "2 M" },
    { 1234567890, "1,234,567,890", "1.23 G" },
    { -1234, "−1,234", "-1.23 k" },
    { G_MAXINT64, "9,223,372,036,854,775,807", "9.22 E" },
    { G_MININT64, "−9,223,372,036,854,775,808", "-9.22 E" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *full = tn_text_count (counts[i].count);
      g_autofree char *brief = tn_text_short_count (counts[i].count);

      g_assert_cmpstr (full, ==, counts[i].full);
      g_assert_cmpstr (brief, ==, counts[i].brief);
    }
}

static void
test_bytes (void)
{
  static const struct
  {
    guint64 bytes;
    const char *text;
  } sizes[] = {
    { 0, "0 B" },
    { 640, "640 B" },
    { 999, "999 B" },
    { 1000, "0.98 KiB" },
    { 1024, "1 KiB" },
    { 1536, "1.5 KiB" },
    { 8006144, "7.64 MiB" },
    { G_GUINT64_CONSTANT (1) << 30, "1 GiB" },
    { G_MAXUINT64, "16 EiB" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *text = tn_text_bytes (sizes[i].bytes);

      g_assert_cmpstr (text, ==, sizes[i].text);
    }
}

static void
test_duration (void)
{
  static const struct
  {
    double seconds;
    const char *text;
  } times[] = {
    { 0, "0 µs" },           { 12e-6, "12 µs" },    { 0.9994e-3, "999 µs" }, { 0.9996e-3, "1 ms" },
    { 3.4e-3, "3.4 ms" },    { 0.9996, "1 s" },     { 1.2, "1.2 s" },        { 59.4, "59.4 s" },
    { 59.96, "60 s" },       { 60, "1 min 0 s" },   { 125, "2 min 5 s" },    { 119.6, "2 min 0 s" },
    { 3599.6, "1 h 0 min" }, { 7260, "2 h 1 min" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *text = tn_text_duration (times[i].seconds);

      g_assert_cmpstr (text, ==, times[i].text);
    }
}

/* As Python's repr() has it. */
static void
test_double (void)
{
  static const struct
  {
    double number;
    const char *text;
  } numbers[] = {
    { 0, "0.0" },
    { -0.0, "-0.0" },
    { 1, "1.0" },
    { 100, "100.0" },
    { 1000, "1000.0" },
    { 1e15, "1000000000000000.0" },
    { 9999999999999998.0, "9999999999999998.0" },
    { 1e16, "1e+16" },
    { 1e22, "1e+22" },
    { 0.1, "0.1" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 1.0 / 3, "0.3333333333333333" },
    { 0.001, "0.001" },
    { 0.0001, "0.0001" },
    { 1e-5, "1e-05" },
    { -1.5e-7, "-1.5e-07" },
    { DBL_MAX, "1.7976931348623157e+308" },
    { DBL_TRUE_MIN, "5e-324" },
    { INFINITY, "inf" },
    { -INFINITY, "-inf" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *text = tn_text_double (numbers[i].number);

      g_assert_cmpstr (text, ==, numbers[i].text);
    }
  for (int round = 0; round < 20000; round++)
    {
      union
      {
        guint64 bits;
        double number;
      } any = { .bits = (guint64)(guint32)g_test_rand_int () << 32 | (guint32)g_test_rand_int () };
      g_autofree char *text = NULL;

      if (!isfinite (any.number))
        continue;
      text = tn_text_double (any.number);
      g_assert_true (g_ascii_strtod (text, NULL) == any.number);
      g_assert_true (strpbrk (text, ".e") != NULL);
    }
}

/* Files and settings look the same where a comma is the decimal point. */
static void
test_locale (void)
{
  static const char *const names[]
      = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "fr_FR.utf8", "de_AT.utf8" };
  const char *set = NULL;
  g_autofree char *text = NULL, *shown = NULL;
  g_autoptr (TnValue) value = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names) && set == NULL; i++)
    set = setlocale (LC_NUMERIC, names[i]);
  if (set == NULL)
    {
      g_test_skip ("no language with a decimal comma is installed");
      return;
    }
  text = tn_text_double (1234.5);
  value = tn_value_from_text ("0.25", NULL);
  shown = tn_text_short_count (18496);
  setlocale (LC_NUMERIC, "C");
  g_assert_cmpstr (text, ==, "1234.5");
  g_assert_nonnull (value);
  g_assert_cmpfloat (tn_value_float (value), ==, 0.25);
  /* What people read follows them. */
  g_assert_cmpstr (shown, ==, "18,5 k");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/count", test_count);
  g_test_add_func ("/text/bytes", test_bytes);
  g_test_add_func ("/text/duration", test_duration);
  g_test_add_func ("/text/double", test_double);
  g_test_add_func ("/text/locale", test_locale);
  return g_test_run ();
}
