/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameter values as the entries of the inspector spell them, and back. */
#include "app/tn-field-text.h"

#include <string.h>

#include "base/tn-i18n.h"

char *
tn_field_text (const TnParam *param, const TnValue *value)
{
  g_return_val_if_fail (param != NULL, NULL);

  if (value == NULL)
    return g_strdup ("");
  if (tn_value_kind (value) == TN_VALUE_STRING)
    return g_strdup (tn_value_string (value));
  if (param->kind == TN_PARAM_STRING && tn_value_is_none (value))
    return g_strdup ("");

  g_autofree char *text = tn_param_to_text (param, value);
  gsize length = strlen (text);
  /* Sizes read better bare: "3, 3". A shape keeps its brackets, so that (784,) is told from 784. */
  if (param->kind == TN_PARAM_INTS && tn_value_kind (value) == TN_VALUE_LIST && length > 2
      && tn_value_size (value) > 1)
    return g_strndup (text + 1, length - 2);
  return g_steal_pointer (&text);
}

char *
tn_field_default_text (const TnParam *param)
{
  g_return_val_if_fail (param != NULL, NULL);

  g_autoptr (TnValue) value = tn_param_default (param);
  if (value != NULL && tn_value_is_none (value))
    return g_strdup ("None");
  return tn_field_text (param, value);
}

/* In "3 x 3", but not in "(x, 3)", where it is a name. */
static gboolean
is_between_numbers (const char *text, const char *at)
{
  const char *before = at, *behind = at + 1;

  while (before > text && before[-1] == ' ')
    before--;
  while (*behind == ' ')
    behind++;
  return before > text && g_ascii_isdigit (before[-1]) && g_ascii_isdigit (*behind);
}

/* "3x3" and "3×3" are as good as "3, 3"; a number may have a decimal comma. */
static char *
tidy (const TnParam *param, const char *text)
{
  g_autofree char *tidied = g_strstrip (g_strdup (text));

  if (param->kind == TN_PARAM_FLOAT)
    {
      char *comma = strchr (tidied, ',');
      if (comma != NULL && strchr (tidied, '.') == NULL && strchr (comma + 1, ',') == NULL)
        *comma = '.';
    }
  else if (param->kind == TN_PARAM_INTS || param->kind == TN_PARAM_DIMS
           || param->kind == TN_PARAM_PAIRS)
    {
      g_auto (GStrv) parts = g_strsplit (tidied, "×", -1);
      g_free (tidied);
      tidied = g_strjoinv (",", parts);
      for (char *c = tidied; *c != '\0'; c++)
        if ((*c == 'x' || *c == 'X' || *c == '*') && is_between_numbers (tidied, c))
          *c = ',';
    }
  return g_steal_pointer (&tidied);
}

gboolean
tn_field_parse (const TnParam *param, const char *text, TnValue **value, char **message)
{
  g_return_val_if_fail (param != NULL && text != NULL && value != NULL && message != NULL, FALSE);

  *value = NULL;
  *message = NULL;
  g_autofree char *tidied = tidy (param, text);
  if (tidied[0] == '\0')
    {
      if (!(param->flags & TN_PARAM_REQUIRED))
        return TRUE;
      *message = g_strdup_printf (_ ("%s is needed."), _ (param->label));
      return FALSE;
    }

  g_autoptr (TnValue) read = NULL;
  if (param->kind == TN_PARAM_STRING)
    read = tn_value_new_string (tidied);
  else
    {
      read = tn_value_from_text (tidied, message);
      if (read == NULL)
        return FALSE;
      /* One axis is a shape as well. */
      if (param->kind == TN_PARAM_DIMS
          && (tn_value_kind (read) == TN_VALUE_INT
              || (tn_value_is_none (read) && !(param->flags & TN_PARAM_OPTIONAL))))
        {
          TnValue *item = g_steal_pointer (&read);
          read = tn_value_new_list (&item, 1);
        }
    }
  if (!tn_param_check (param, read, message))
    return FALSE;
  *value = tn_param_normalize (param, read);
  return TRUE;
}
