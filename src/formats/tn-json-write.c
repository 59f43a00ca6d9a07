/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnValue to JSON text: the same value always gives the same bytes, in any locale. */
#include "formats/tn-json.h"

#include <math.h>
#include <string.h>

#include "base/tn-text.h"

/* A list stands on one line where that ends before this column. */
#define LINE_LENGTH 100

static void
write_string (GString *out, const char *string)
{
  g_autofree char *valid = NULL;

  /* File names, for one, need not be UTF-8. */
  if (!g_utf8_validate (string, -1, NULL))
    string = valid = g_utf8_make_valid (string, -1);

  g_string_append_c (out, '"');
  for (const char *at = string; *at; at++)
    switch (*at)
      {
      case '"':
      case '\\':
        g_string_append_c (out, '\\');
        g_string_append_c (out, *at);
        break;
      case '\n':
        g_string_append (out, "\\n");
        break;
      case '\t':
        g_string_append (out, "\\t");
        break;
      default:
        if ((guchar)*at < 0x20 || *at == 0x7F)
          g_string_append_printf (out, "\\u%04x", (guint)*at);
        else
          g_string_append_c (out, *at);
        break;
      }
  g_string_append_c (out, '"');
}

static void
write_scalar (GString *out, const TnValue *value)
{
  g_autofree char *text = NULL;

  switch (tn_value_kind (value))
    {
    case TN_VALUE_BOOL:
      g_string_append (out, tn_value_bool (value) ? "true" : "false");
      break;
    case TN_VALUE_INT:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, tn_value_int (value));
      break;
    case TN_VALUE_FLOAT:
      if (isfinite (tn_value_float (value)))
        text = tn_text_double (tn_value_float (value));
      g_string_append (out, text ? text : "null");
      break;
    case TN_VALUE_STRING:
      write_string (out, tn_value_string (value));
      break;
    case TN_VALUE_NONE:
    case TN_VALUE_LIST:
    case TN_VALUE_DICT:
    default:
      g_string_append (out, "null");
      break;
    }
}

/* On one line; @space: with a space after ',' and ':'. FALSE, with @out left half written, once it
 * has grown beyond @limit bytes. */
static gboolean
write_line (GString *out, const TnValue *value, gboolean space, gsize limit)
{
  gboolean dict = tn_value_kind (value) == TN_VALUE_DICT;

  if (!dict && tn_value_kind (value) != TN_VALUE_LIST)
    {
      write_scalar (out, value);
      return out->len <= limit;
    }

  g_string_append_c (out, dict ? '{' : '[');
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      if (i > 0)
        g_string_append (out, space ? ", " : ",");
      if (dict)
        {
          write_string (out, tn_value_key_at (value, i));
          g_string_append (out, space ? ": " : ":");
        }
      if (!write_line (out, tn_value_at (value, i), space, limit))
        return FALSE;
    }
  g_string_append_c (out, dict ? '}' : ']');
  return out->len <= limit;
}

static void
new_line (GString *out, guint level)
{
  g_string_append_c (out, '\n');
  for (guint i = 0; i < level; i++)
    g_string_append (out, "  ");
}

/* Dicts have a line for every entry, so that a change in a file is a change of few lines. @column:
 * where the value starts. */
static void
write_pretty (GString *out, const TnValue *value, guint level, gsize column)
{
  gboolean dict = tn_value_kind (value) == TN_VALUE_DICT;
  gsize start = out->len;

  if ((!dict && tn_value_kind (value) != TN_VALUE_LIST) || tn_value_size (value) == 0)
    {
      write_line (out, value, TRUE, G_MAXSIZE);
      return;
    }
  if (!dict && column < LINE_LENGTH)
    {
      /* One byte is left for a comma. */
      if (write_line (out, value, TRUE, start + LINE_LENGTH - column - 1))
        return;
      g_string_truncate (out, start);
    }

  g_string_append_c (out, dict ? '{' : '[');
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      gsize line;

      if (i > 0)
        g_string_append_c (out, ',');
      new_line (out, level + 1);
      line = out->len - 2 * (level + 1);
      if (dict)
        {
          write_string (out, tn_value_key_at (value, i));
          g_string_append (out, ": ");
        }
      write_pretty (out, tn_value_at (value, i), level + 1, out->len - line);
    }
  new_line (out, level);
  g_string_append_c (out, dict ? '}' : ']');
}

void
tn_json_write (GString *out, const TnValue *value, gboolean pretty)
{
  if (pretty)
    write_pretty (out, value, 0, 0);
  else
    write_line (out, value, FALSE, G_MAXSIZE);
}
