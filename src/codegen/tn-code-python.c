/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spelling of Python: identifiers, literals, and calls that keep to the width of a page. */
#include <math.h>
#include <string.h>

#include "base/tn-text.h"
#include "codegen/tn-code-private.h"

/* Where the usual formatter of Python breaks lines. */
#define LINE_WIDTH 88

/* ---- identifiers ---- */

static const char *const keywords[] = {
  "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
  "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
  "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
  "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield",    NULL,
};

struct _TnPythonNames
{
  GHashTable *taken;
};

TnPythonNames *
tn_python_names_new (const char *const *reserved)
{
  TnPythonNames *names = g_new0 (TnPythonNames, 1);

  names->taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; keywords[i] != NULL; i++)
    g_hash_table_add (names->taken, g_strdup (keywords[i]));
  for (guint i = 0; reserved != NULL && reserved[i] != NULL; i++)
    g_hash_table_add (names->taken, g_strdup (reserved[i]));
  return names;
}

void
tn_python_names_free (TnPythonNames *names)
{
  if (names == NULL)
    return;
  g_hash_table_unref (names->taken);
  g_free (names);
}

char *
tn_python_name (TnPythonNames *names, const char *wish)
{
  g_autoptr (GString) plain = g_string_new (NULL);
  char *name;

  /* ASCII only: Python takes other letters as well, but holds some that differ for the same. A name
   * that begins with two underscores would mean something else within a class. */
  for (const char *c = wish; *c != '\0'; c = g_utf8_next_char (c))
    if (g_ascii_isalnum (*c))
      g_string_append_c (plain, *c);
    else if (plain->len > 0 && plain->str[plain->len - 1] != '_')
      g_string_append_c (plain, '_');
  while (plain->len > 0 && plain->str[plain->len - 1] == '_')
    g_string_truncate (plain, plain->len - 1);
  if (plain->len == 0 || g_ascii_isdigit (plain->str[0]))
    g_string_prepend (plain, plain->len == 0 ? "layer" : "layer_");

  name = g_strdup (plain->str);
  for (guint i = 2; g_hash_table_contains (names->taken, name); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s_%u", plain->str, i);
    }
  g_hash_table_add (names->taken, g_strdup (name));
  return name;
}

GHashTable *
tn_python_tensors_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
}

static gint64
tensor_key (TnRef ref)
{
  return (gint64)((guint64)ref.node << 32 | (guint64)ref.call << 16 | ref.output);
}

void
tn_python_tensors_set (GHashTable *tensors, TnRef ref, const char *identifier)
{
  gint64 *key = g_new (gint64, 1);

  *key = tensor_key (ref);
  g_hash_table_replace (tensors, key, g_strdup (identifier));
}

const char *
tn_python_tensor (GHashTable *tensors, TnRef ref)
{
  gint64 key = tensor_key (ref);

  return g_hash_table_lookup (tensors, &key);
}

/* ---- literals ---- */

void
tn_python_append_string (GString *out, const char *string)
{
  g_autofree char *valid = g_utf8_make_valid (string, -1);

  g_string_append_c (out, '"');
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (character == '"' || character == '\\')
        g_string_append_printf (out, "\\%c", (char)character);
      else if (character == '\n')
        g_string_append (out, "\\n");
      else if (character == '\t')
        g_string_append (out, "\\t");
      else if (character == ' ' || g_unichar_isgraph (character))
        g_string_append_unichar (out, character);
      /* What cannot be seen, or turns the direction of what stands after it. */
      else if (character < 0x100)
        g_string_append_printf (out, "\\x%02x", character);
      else if (character < 0x10000)
        g_string_append_printf (out, "\\u%04x", character);
      else
        g_string_append_printf (out, "\\U%08x", character);
    }
  g_string_append_c (out, '"');
}

static void
append_float (GString *out, double number)
{
  g_autofree char *text = NULL;

  if (isfinite (number))
    text = tn_text_double (number);
  else
    text = g_strdup_printf ("float(\"%s\")", isnan (number) ? "nan" : number > 0 ? "inf" : "-inf");
  g_string_append (out, text);
}

void
tn_python_append_value (GString *out, const TnValue *value)
{
  gsize size = tn_value_size (value);

  switch (tn_value_kind (value))
    {
    case TN_VALUE_NONE:
      g_string_append (out, "None");
      break;
    case TN_VALUE_BOOL:
      g_string_append (out, tn_value_bool (value) ? "True" : "False");
      break;
    case TN_VALUE_INT:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, tn_value_int (value));
      break;
    case TN_VALUE_FLOAT:
      append_float (out, tn_value_float (value));
      break;
    case TN_VALUE_STRING:
      tn_python_append_string (out, tn_value_string (value));
      break;
    case TN_VALUE_LIST:
      g_string_append_c (out, '(');
      for (gsize i = 0; i < size; i++)
        {
          if (i > 0)
            g_string_append (out, ", ");
          tn_python_append_value (out, tn_value_at (value, i));
        }
      g_string_append (out, size == 1 ? ",)" : ")");
      break;
    case TN_VALUE_DICT:
      g_string_append_c (out, '{');
      for (gsize i = 0; i < size; i++)
        {
          if (i > 0)
            g_string_append (out, ", ");
          tn_python_append_string (out, tn_value_key_at (value, i));
          g_string_append (out, ": ");
          tn_python_append_value (out, tn_value_at (value, i));
        }
      g_string_append_c (out, '}');
      break;
    }
}

/* ---- calls ---- */

static char *
join (GPtrArray *items)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < items->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", (const char *)items->pdata[i]);
  return g_string_free (text, FALSE);
}

char *
tn_python_list (GPtrArray *items)
{
  g_autofree char *joined = join (items);

  return items->len == 1 ? g_steal_pointer (&joined) : g_strdup_printf ("[%s]", joined);
}

void
tn_python_append_call (GString *out, guint indent, const char *before, GPtrArray *arguments,
                       const char *after, const char *comment)
{
  g_autofree char *joined = join (arguments);
  int space = (int)indent;

  g_string_append_printf (out, "%*s%s", space, "", before);
  if (arguments->len == 0
      || indent + tn_text_columns (before) + tn_text_columns (joined) + tn_text_columns (after)
             <= LINE_WIDTH)
    g_string_append (out, joined);
  else if (indent + 4 + tn_text_columns (joined) <= LINE_WIDTH)
    g_string_append_printf (out, "\n%*s%s\n%*s", space + 4, "", joined, space, "");
  else
    {
      for (guint i = 0; i < arguments->len; i++)
        g_string_append_printf (out, "\n%*s%s,", space + 4, "", (const char *)arguments->pdata[i]);
      g_string_append_printf (out, "\n%*s", space, "");
    }
  g_string_append (out, after);
  if (comment != NULL && *comment != '\0')
    g_string_append_printf (out, "  # %s", comment);
  g_string_append_c (out, '\n');
}
