/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnValue as text: written as Python writes it, read as people type it. */
#include "base/tn-value.h"

#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"

/* Deeper nesting than any setting has; keeps hostile text from exhausting the stack. */
#define MAX_DEPTH 32

static void
append_quoted (GString *out, const char *string)
{
  g_string_append_c (out, '\'');
  for (const char *c = string; *c != '\0'; c++)
    {
      const char *escape = *c == '\n' ? "\\n" : *c == '\t' ? "\\t" : *c == '\r' ? "\\r" : NULL;

      if (*c == '\'' || *c == '\\')
        g_string_append_c (out, '\\');
      if (escape != NULL)
        g_string_append (out, escape);
      else
        g_string_append_c (out, *c);
    }
  g_string_append_c (out, '\'');
}

static void
append_value (GString *out, const TnValue *value)
{
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
      {
        g_autofree char *text = tn_text_double (tn_value_float (value));

        g_string_append (out, text);
        break;
      }
    case TN_VALUE_STRING:
      append_quoted (out, tn_value_string (value));
      break;
    case TN_VALUE_LIST:
      g_string_append_c (out, '(');
      for (gsize i = 0; i < tn_value_size (value); i++)
        {
          if (i > 0)
            g_string_append (out, ", ");
          append_value (out, tn_value_at (value, i));
        }
      g_string_append (out, tn_value_size (value) == 1 ? ",)" : ")");
      break;
    case TN_VALUE_DICT:
      g_string_append_c (out, '{');
      for (gsize i = 0; i < tn_value_size (value); i++)
        {
          if (i > 0)
            g_string_append (out, ", ");
          append_quoted (out, tn_value_key_at (value, i));
          g_string_append (out, ": ");
          append_value (out, tn_value_at (value, i));
        }
      g_string_append_c (out, '}');
      break;
    }
}

char *
tn_value_to_text (const TnValue *value)
{
  g_autoptr (GString) out = g_string_new (NULL);

  append_value (out, value);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

typedef struct
{
  const char *at;
  guint depth;
  char *message;
} Parser;

static TnValue *parse_value (Parser *parser);

static void
parser_fail (Parser *parser, const char *message)
{
  if (parser->message == NULL)
    parser->message = g_strdup (message);
}

static void
skip_space (Parser *parser)
{
  while (g_ascii_isspace (*parser->at))
    parser->at++;
}

/* What a character behind a backslash stands for. */
static char
unescape (char c)
{
  return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
}

static TnValue *
parse_quoted (Parser *parser)
{
  char quote = *parser->at++;
  g_autoptr (GString) string = g_string_new (NULL);

  while (*parser->at != '\0' && *parser->at != quote)
    {
      if (*parser->at == '\\' && parser->at[1] != '\0')
        {
          parser->at++;
          g_string_append_c (string, unescape (*parser->at));
        }
      else
        g_string_append_c (string, *parser->at);
      parser->at++;
    }
  if (*parser->at != quote)
    {
      parser_fail (parser, _ ("A quotation mark is missing at the end."));
      return NULL;
    }
  parser->at++;
  return tn_value_new_string (string->str);
}

/* A number, or a bare word: None, true, relu. */
static TnValue *
parse_word (Parser *parser)
{
  const char *start = parser->at;
  g_autofree char *word = NULL;
  char *end;

  while (*parser->at != '\0' && strchr (",()[]{}:'\"", *parser->at) == NULL
         && !g_ascii_isspace (*parser->at))
    parser->at++;
  if (parser->at == start)
    {
      parser_fail (parser, _ ("A value is missing."));
      return NULL;
    }
  word = g_strndup (start, parser->at - start);

  if (strcmp (word, "None") == 0 || strcmp (word, "null") == 0 || strcmp (word, "none") == 0)
    return tn_value_new_none ();
  if (strcmp (word, "True") == 0 || strcmp (word, "true") == 0)
    return tn_value_new_bool (TRUE);
  if (strcmp (word, "False") == 0 || strcmp (word, "false") == 0)
    return tn_value_new_bool (FALSE);
  if (g_ascii_isdigit (word[0]) || strchr ("+-.", word[0]) != NULL)
    {
      gint64 integer;
      double number;

      if (g_ascii_string_to_signed (word[0] == '+' ? word + 1 : word, 10, G_MININT64, G_MAXINT64,
                                    &integer, NULL))
        return tn_value_new_int (integer);
      number = g_ascii_strtod (word, &end);
      /* C reads hexadecimal as well, which nobody here means. */
      if (*end == '\0' && end != word && isfinite (number) && strpbrk (word, "xX") == NULL)
        return tn_value_new_float (number);
      g_free (parser->message);
      parser->message = g_strdup_printf (_ ("“%s” is not a number."), word);
      return NULL;
    }
  return tn_value_new_string (word);
}

/* The text ended before @close came. */
static gboolean
missing_end (Parser *parser, char close)
{
  if (*parser->at != '\0' || parser->message != NULL)
    return *parser->at == '\0';
  /* Translators: a bracket */
  parser->message = g_strdup_printf (_ ("“%c” is missing at the end."), close);
  return TRUE;
}

/* Items up to @close; a dict when @dict. Without @close ('\0'): the bare list "3, 3". */
static TnValue *
parse_items (Parser *parser, char close, gboolean dict, TnValue *first)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify)tn_value_unref);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) places = dict ? g_hash_table_new (g_str_hash, g_str_equal) : NULL;
  TnValue *made;

  if (first != NULL)
    g_ptr_array_add (items, first);
  for (;;)
    {
      g_autoptr (TnValue) key = NULL;
      TnValue *item;
      gpointer place;

      skip_space (parser);
      if (*parser->at == close)
        break;
      if (missing_end (parser, close))
        return NULL;
      if (items->len > 0)
        {
          if (*parser->at != ',')
            {
              parser_fail (parser, _ ("A comma is missing between two values."));
              return NULL;
            }
          parser->at++;
          skip_space (parser);
          if (*parser->at == close)
            break;
          if (missing_end (parser, close))
            return NULL;
        }
      if (dict)
        {
          key = parse_value (parser);
          skip_space (parser);
          if (key == NULL || tn_value_kind (key) != TN_VALUE_STRING || *parser->at != ':')
            {
              parser_fail (parser, _ ("A dict needs entries of the form 'name': value."));
              return NULL;
            }
          parser->at++;
        }
      item = parse_value (parser);
      if (item == NULL)
        return NULL;
      /* As in Python, what is said last of a key counts. */
      if (dict && g_hash_table_lookup_extended (places, tn_value_string (key), NULL, &place))
        {
          tn_value_unref (items->pdata[GPOINTER_TO_UINT (place)]);
          items->pdata[GPOINTER_TO_UINT (place)] = item;
          continue;
        }
      if (dict)
        {
          g_ptr_array_add (keys, g_strdup (tn_value_string (key)));
          g_hash_table_insert (places, keys->pdata[keys->len - 1], GUINT_TO_POINTER (items->len));
        }
      g_ptr_array_add (items, item);
    }
  if (close != '\0')
    parser->at++;

  made = dict ? tn_value_new_dict ((const char *const *)keys->pdata, (TnValue *const *)items->pdata,
                                   items->len)
              : tn_value_new_list ((TnValue *const *)items->pdata, items->len);
  g_ptr_array_set_free_func (items, NULL);
  return made;
}

static TnValue *
parse_value (Parser *parser)
{
  TnValue *value = NULL;

  skip_space (parser);
  if (++parser->depth > MAX_DEPTH)
    parser_fail (parser, _ ("The value is nested too deeply."));
  else
    switch (*parser->at)
      {
      case '(':
      case '[':
        {
          char close = *parser->at == '(' ? ')' : ']';

          parser->at++;
          value = parse_items (parser, close, FALSE, NULL);
          break;
        }
      case '{':
        parser->at++;
        value = parse_items (parser, '}', TRUE, NULL);
        break;
      case '\'':
      case '"':
        value = parse_quoted (parser);
        break;
      default:
        value = parse_word (parser);
      }
  parser->depth--;
  return value;
}

TnValue *
tn_value_from_text (const char *text, char **message)
{
  Parser parser = { .at = text };
  TnValue *value = parse_value (&parser);

  skip_space (&parser);
  if (value != NULL && *parser.at == ',')
    {
      /* "3, 3": parse_items() takes the first one over. */
      value = parse_items (&parser, '\0', FALSE, value);
      skip_space (&parser);
    }
  if (value != NULL && *parser.at != '\0')
    {
      g_clear_pointer (&value, tn_value_unref);
      g_free (parser.message);
      parser.message = g_strdup_printf (_ ("“%s” is not expected here."), parser.at);
    }
  if (value == NULL && parser.message == NULL)
    parser_fail (&parser, _ ("This is not a value."));
  if (message != NULL)
    *message = g_steal_pointer (&parser.message);
  g_free (parser.message);
  return value;
}
