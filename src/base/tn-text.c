/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as text. */
#include "base/tn-text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/tn-i18n.h"

char *
tn_text_count (gint64 count)
{
  char digits[24];
  /* Translators: the separator between groups of three digits: 2,001,536. */
  const char *separator = C_ ("thousands separator", ",");
  GString *out = g_string_new (count < 0 ? "−" : NULL);
  gsize length;

  g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT,
              count < 0 ? (guint64)0 - (guint64)count : (guint64)count);
  length = strlen (digits);
  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append (out, separator);
      g_string_append_c (out, digits[i]);
    }
  return g_string_free (out, FALSE);
}

/* Three significant digits, without zeros at the end: 18.5, 2, 128. */
static char *
three_digits (double number)
{
  double size = fabs (number);
  char *text = g_strdup_printf (size >= 99.95 ? "%.0f" : size >= 9.995 ? "%.1f" : "%.2f", number);
  char *point = strpbrk (text, ".,");

  if (point != NULL)
    {
      char *end = text + strlen (text);

      while (end > point + 1 && end[-1] == '0')
        *--end = '\0';
      if (end == point + 1)
        *point = '\0';
    }
  return text;
}

char *
tn_text_short_count (gint64 count)
{
  static const char *const units[] = { "", " k", " M", " G", " T", " P", " E" };
  double number = (double)count;
  guint unit = 0;
  g_autofree char *digits = NULL;

  while (fabs (number) >= 999.5 && unit + 1 < G_N_ELEMENTS (units))
    {
      number /= 1000;
      unit++;
    }
  digits = three_digits (number);
  return g_strconcat (digits, units[unit], NULL);
}

char *
tn_text_bytes (guint64 bytes)
{
  static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
  double number = (double)bytes;
  guint unit = 0;
  g_autofree char *digits = NULL;

  while (number >= 999.5 && unit + 1 < G_N_ELEMENTS (units))
    {
      number /= 1024;
      unit++;
    }
  digits = three_digits (number);
  return g_strdup_printf ("%s %s", digits, units[unit]);
}

char *
tn_text_duration (double seconds)
{
  g_autofree char *digits = NULL;

  if (seconds >= 60)
    {
      gint64 whole = (gint64)llround (seconds);

      if (whole >= 3600)
        return g_strdup_printf (_ ("%d h %d min"), (int)(whole / 3600), (int)(whole / 60 % 60));
      return g_strdup_printf (_ ("%d min %d s"), (int)(whole / 60), (int)(whole % 60));
    }
  if (seconds >= 0.9995)
    {
      digits = three_digits (seconds);
      return g_strdup_printf (_ ("%s s"), digits);
    }
  if (seconds >= 0.9995e-3)
    {
      digits = three_digits (seconds * 1e3);
      return g_strdup_printf (_ ("%s ms"), digits);
    }
  digits = three_digits (seconds * 1e6);
  return g_strdup_printf (_ ("%s µs"), digits);
}

char *
tn_text_double (double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  /* The shortest of the precisions that reads back as the same number. */
  for (int precision = 1; precision <= 17; precision++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", precision);
      g_ascii_formatd (text, sizeof text, format, number);
      /* 1000.0 and not 1e+03, as Python has it. */
      if (g_ascii_strtod (text, NULL) == number
          && (strchr (text, 'e') == NULL || fabs (number) < 1e-4 || fabs (number) >= 1e16))
        break;
    }
  if (isfinite (number) && strpbrk (text, ".e") == NULL)
    return g_strconcat (text, ".0", NULL);
  return g_strdup (text);
}

guint
tn_text_columns (const char *text)
{
  guint columns = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar character = g_utf8_get_char (text);

      if (!g_unichar_iszerowidth (character))
        columns += g_unichar_iswide (character) ? 2 : 1;
    }
  return columns;
}
