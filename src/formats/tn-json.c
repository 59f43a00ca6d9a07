/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON text to TnValue by json-glib: the only file that knows that library. */
#include "formats/tn-json.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/tn-error.h"
#include "base/tn-i18n.h"

static void
value_unref (gpointer value)
{
  tn_value_unref (value);
}

TnPairs *
tn_pairs_new (void)
{
  TnPairs *pairs = g_new0 (TnPairs, 1);

  pairs->keys = g_ptr_array_new_with_free_func (g_free);
  pairs->items = g_ptr_array_new_with_free_func (value_unref);
  pairs->known = g_hash_table_new (g_str_hash, g_str_equal);
  return pairs;
}

void
tn_pairs_free (TnPairs *pairs)
{
  g_hash_table_unref (pairs->known);
  g_ptr_array_unref (pairs->keys);
  g_ptr_array_unref (pairs->items);
  g_free (pairs);
}

guint
tn_pairs_size (const TnPairs *pairs)
{
  return pairs->keys->len;
}

void
tn_pairs_take (TnPairs *pairs, const char *key, TnValue *item)
{
  char *copy = g_strdup (key);

  g_assert (g_hash_table_add (pairs->known, copy));
  g_ptr_array_add (pairs->keys, copy);
  g_ptr_array_add (pairs->items, item);
}

gboolean
tn_pairs_has (const TnPairs *pairs, const char *key)
{
  return g_hash_table_contains (pairs->known, key);
}

void
tn_pairs_add_all (TnPairs *pairs, const TnValue *dict)
{
  for (gsize i = 0; dict && i < tn_value_size (dict); i++)
    if (!tn_pairs_has (pairs, tn_value_key_at (dict, i)))
      tn_pairs_take (pairs, tn_value_key_at (dict, i), tn_value_ref (tn_value_at (dict, i)));
}

TnValue *
tn_list_finish (const GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    tn_value_ref (items->pdata[i]);
  return tn_value_new_list ((TnValue *const *)items->pdata, items->len);
}

TnValue *
tn_pairs_finish (const TnPairs *pairs)
{
  for (guint i = 0; i < pairs->items->len; i++)
    tn_value_ref (pairs->items->pdata[i]);
  return tn_value_new_dict ((const char *const *)pairs->keys->pdata,
                            (TnValue *const *)pairs->items->pdata, pairs->items->len);
}

static TnValue *value_from_node (JsonNode *node);

static TnValue *
list_from_array (JsonArray *array)
{
  guint size = json_array_get_length (array);
  g_autofree TnValue **items = g_new (TnValue *, size);

  for (guint i = 0; i < size; i++)
    items[i] = value_from_node (json_array_get_element (array, i));
  return tn_value_new_list (items, size);
}

static TnValue *
dict_from_object (JsonObject *object)
{
  guint size = json_object_get_size (object), n = 0;
  g_autofree TnValue **items = g_new (TnValue *, size);
  g_autofree const char **keys = g_new (const char *, size);
  JsonObjectIter iter;
  JsonNode *member;

  /* Asked for more than there are, json-glib 1.6 crashes. */
  json_object_iter_init_ordered (&iter, object);
  while (n < size && json_object_iter_next_ordered (&iter, &keys[n], &member))
    items[n++] = value_from_node (member);
  return tn_value_new_dict (keys, items, n);
}

/* Recurses no deeper than TN_JSON_MAX_DEPTH. */
static TnValue *
value_from_node (JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      return dict_from_object (json_node_get_object (node));
    case JSON_NODE_ARRAY:
      return list_from_array (json_node_get_array (node));
    case JSON_NODE_VALUE:
      switch (json_node_get_value_type (node))
        {
        case G_TYPE_BOOLEAN:
          return tn_value_new_bool (json_node_get_boolean (node));
        case G_TYPE_INT64:
          return tn_value_new_int (json_node_get_int (node));
        case G_TYPE_DOUBLE:
          return tn_value_new_float (json_node_get_double (node));
        default:
          return tn_value_new_string (json_node_get_string (node));
        }
    case JSON_NODE_NULL:
    default:
      return tn_value_new_none ();
    }
}

static const char *
reason (const GError *error)
{
  if (error->domain == JSON_PARSER_ERROR)
    switch (error->code)
      {
      case JSON_PARSER_ERROR_TRAILING_COMMA:
        return _ ("a comma with nothing after it");
      case JSON_PARSER_ERROR_MISSING_COMMA:
        return _ ("a comma is missing");
      case JSON_PARSER_ERROR_MISSING_COLON:
        return _ ("a colon is missing");
      case JSON_PARSER_ERROR_EMPTY_MEMBER_NAME:
        return _ ("a member without a name");
      default:
        break;
      }
  return _ ("this does not belong here");
}

typedef struct
{
  guint line;
  guint column;
} Position;

/* Once parsing is over the parser no longer knows where it was. */
static void
error_cb (JsonParser *parser, const GError *error, gpointer data)
{
  Position *position = data;

  position->line = json_parser_get_current_line (parser);
  position->column = json_parser_get_current_pos (parser);
}

TnValue *
tn_json_parse (GBytes *bytes, const char *place, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) failure = NULL;
  Position position = { 0 };
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  /* Some programs put a byte order mark before UTF-8. */
  if (length >= 3 && memcmp (text, "\xEF\xBB\xBF", 3) == 0)
    {
      text += 3;
      length -= 3;
    }
  if (!tn_json_check (text ? text : "", length, place, error))
    return NULL;
  g_signal_connect (parser, "error", G_CALLBACK (error_cb), &position);
  if (!json_parser_load_from_data (parser, text, (gssize)length, &failure))
    {
      g_set_error (error, TN_ERROR, TN_ERROR_SYNTAX,
                   _ ("%s is not valid JSON: line %u, column %u: %s."), place, position.line,
                   position.column, reason (failure));
      return NULL;
    }

  root = json_parser_steal_root (parser);
  return value_from_node (root);
}
