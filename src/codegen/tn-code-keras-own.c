/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keras code for what is no layer of Keras's own: operations, and classes that only a file knows.
 */
#include <string.h>

#include "codegen/tn-code-keras-own.h"
#include "graph/tn-call.h"
#include "layers/tn-layer.h"

/* One call. */
typedef struct
{
  const TnNode *node;
  guint call;
  GHashTable *tensors;
} Call;

static void
append_tensor (GString *out, const Call *call, guint slot)
{
  const char *tensor
      = tn_python_tensor (call->tensors, tn_node_input (call->node, call->call, slot));

  g_string_append (out, tensor != NULL ? tensor : "None");
}

/* "[a, b]" from slot @from on. */
static void
append_tensors (GString *out, const Call *call, guint from)
{
  g_string_append_c (out, '[');
  for (guint slot = from; slot < tn_node_n_inputs (call->node, call->call); slot++)
    {
      if (slot > from)
        g_string_append (out, ", ");
      append_tensor (out, call, slot);
    }
  g_string_append_c (out, ']');
}

/* What is in an array among the arguments; NULL where @value is none. */
static const TnValue *
array_value (const TnValue *value)
{
  const TnValue *class_name = tn_value_lookup (value, "class_name");

  if (class_name == NULL || tn_value_kind (class_name) != TN_VALUE_STRING
      || (strcmp (tn_value_string (class_name), "__numpy__") != 0
          && strcmp (tn_value_string (class_name), "__tensor__") != 0))
    return NULL;
  return tn_value_lookup (tn_value_lookup (value, "config"), "value");
}

/* What stands among the arguments: constants, tensors where slots are named, Python's slices. */
static void
append_argument (GString *out, const Call *call, const TnValue *value)
{
  int slot = tn_call_slot (value);
  gboolean dict = tn_value_kind (value) == TN_VALUE_DICT;
  const TnValue *array = array_value (value);

  if (array != NULL)
    {
      append_argument (out, call, array);
      return;
    }
  if (slot >= 0)
    {
      append_tensor (out, call, (guint)slot);
      return;
    }
  if (!dict && tn_value_kind (value) != TN_VALUE_LIST)
    {
      tn_python_append_value (out, value);
      return;
    }
  g_string_append_c (out, dict ? '{' : '[');
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      if (i > 0)
        g_string_append (out, ", ");
      if (dict)
        {
          tn_python_append_string (out, tn_value_key_at (value, i));
          g_string_append (out, ": ");
        }
      append_argument (out, call, tn_value_at (value, i));
    }
  g_string_append_c (out, dict ? '}' : ']');
}

/* ---- operations ---- */

/* "1:", "-1", "...", "None": one item between the brackets of x[…]. */
static void
append_item (GString *out, const TnValue *item)
{
  static const char *const ends[] = { "start", "stop", "step" };
  const TnValue *config = tn_value_lookup (item, "config");

  if (config == NULL)
    tn_python_append_value (out, item);
  else if (tn_value_size (config) == 0)
    g_string_append (out, "...");
  else
    for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
      {
        const TnValue *end = tn_value_lookup (config, ends[i]);
        gboolean some = end != NULL && !tn_value_is_none (end);

        if (i == 1 || (i == 2 && some))
          g_string_append_c (out, ':');
        if (some)
          tn_python_append_value (out, end);
      }
}

static char *
item_text (const Call *call, const TnValue *key)
{
  GString *out = g_string_new (NULL);

  append_tensor (out, call, 0);
  g_string_append_c (out, '[');
  if (key == NULL)
    g_string_append (out, "None");
  else if (tn_value_kind (key) != TN_VALUE_LIST)
    append_item (out, key);
  else
    for (gsize i = 0; i < tn_value_size (key); i++)
      {
        if (i > 0)
          g_string_append (out, ", ");
        append_item (out, tn_value_at (key, i));
      }
  g_string_append_c (out, ']');
  return g_string_free (out, FALSE);
}

static void
take_operand (const Call *call, const char *name, guint *slot, GPtrArray *arguments)
{
  const TnSchema *schema = tn_node_schema (call->node);
  guint n_inputs = tn_node_n_inputs (call->node, call->call);
  g_autofree char *base = g_strndup (name, strcspn (name, "["));
  int param = tn_schema_param (schema, base);
  const TnValue *value = param >= 0 ? tn_node_get (call->node, (guint)param) : NULL;
  g_autoptr (GString) out = g_string_new (NULL);

  if (value != NULL)
    append_argument (out, call, value);
  else if (strchr (name, '[') != NULL)
    {
      append_tensors (out, call, *slot);
      *slot = n_inputs;
    }
  else
    do
      {
        if (*slot >= n_inputs)
          return;
        if (out->len > 0)
          g_string_append (out, ", ");
        append_tensor (out, call, (*slot)++);
      }
    while (name[0] == '*' && *slot < n_inputs);
  g_ptr_array_add (arguments, g_strdup (out->str));
}

static void
take_named (GPtrArray *arguments, const Call *call, const char *name, const TnValue *value)
{
  g_autoptr (GString) out = g_string_new (name);

  g_string_append_c (out, '=');
  append_argument (out, call, value);
  g_ptr_array_add (arguments, g_strdup (out->str));
}

char *
tn_code_keras_operation (const TnNode *node, guint call_number, GHashTable *tensors,
                         GPtrArray *arguments)
{
  const Call call = { node, call_number, tensors };
  const TnSchema *schema = tn_node_schema (node);
  const TnValue *extras = tn_node_extras (node);
  guint slot = 0;

  if (strcmp (schema->type, "GetItem") == 0)
    return item_text (&call, tn_node_get (node, 0));
  for (guint i = 0; schema->arguments[i] != NULL; i++)
    if (strcmp (schema->type, "Einsum") != 0)
      take_operand (&call, schema->arguments[i], &slot, arguments);
  for (guint i = 0; i < schema->n_params; i++)
    if (!(schema->params[i].flags & TN_PARAM_CALL) && tn_node_get (node, i) != NULL)
      {
        g_autoptr (GString) out = g_string_new (NULL);

        /* The subscripts of an einsum stand before what they are about. */
        if (strcmp (schema->type, "Einsum") == 0)
          {
            append_argument (out, &call, tn_node_get (node, i));
            g_ptr_array_add (arguments, g_strdup (out->str));
            take_operand (&call, schema->arguments[0], &slot, arguments);
          }
        else
          take_named (arguments, &call, schema->params[i].name, tn_node_get (node, i));
      }
  for (gsize i = 0; i < tn_value_size (extras); i++)
    if (tn_value_key_at (extras, i)[0] != '\x1f')
      take_named (arguments, &call, tn_value_key_at (extras, i), tn_value_at (extras, i));
  return g_strdup_printf ("keras.ops.%s(", schema->auto_name);
}

/* ---- classes of somebody's own ---- */

void
tn_code_keras_take_own (const TnNode *node, GPtrArray *arguments)
{
  static const char *const keys[] = { "module", "class_name", "registered_name" };
  const TnValue *extras = tn_node_extras (node);
  const TnValue *outer = tn_value_lookup (extras, TN_EXTRAS_OUTER);
  const Call call = { .node = node };
  g_autoptr (GString) out = g_string_new ("{");

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const TnValue *value = outer != NULL ? tn_value_lookup (outer, keys[i]) : NULL;

      g_string_append_printf (out, "%s\"%s\": ", i > 0 ? ", " : "", keys[i]);
      if (value != NULL)
        append_argument (out, &call, value);
      else if (i == 1)
        tn_python_append_string (out, tn_node_type (node));
      else
        g_string_append (out, i == 0 ? "\"keras.layers\"" : "None");
    }
  g_string_append (out, ", \"config\": {\"name\": ");
  tn_python_append_string (out, tn_node_name (node));
  for (gsize i = 0; i < tn_value_size (extras); i++)
    {
      const char *key = tn_value_key_at (extras, i);

      if (key[0] == '\x1f' || strcmp (key, "name") == 0)
        continue;
      g_string_append (out, ", ");
      tn_python_append_string (out, key);
      g_string_append (out, ": ");
      if (strcmp (key, "trainable") == 0 && tn_value_is_none (tn_value_at (extras, i)))
        g_string_append (out, tn_node_is_trainable (node) ? "True" : "False");
      else
        append_argument (out, &call, tn_value_at (extras, i));
    }
  g_string_append (out, "}}");
  g_ptr_array_add (arguments, g_strdup (out->str));
}

void
tn_code_keras_take_said (const TnNode *node, guint call_number, GHashTable *tensors,
                         GPtrArray *arguments)
{
  const Call call = { node, call_number, tensors };
  const TnValue *said = tn_node_call (node, call_number);

  for (gsize i = 0; i < tn_value_size (said); i++)
    if (tn_value_key_at (said, i)[0] != '\x1f' && tn_call_n_named (tn_value_at (said, i)) > 0)
      take_named (arguments, &call, tn_value_key_at (said, i), tn_value_at (said, i));
}

char *
tn_code_keras_said_call (const TnNode *node, guint call_number, GHashTable *tensors)
{
  const Call call = { node, call_number, tensors };
  const TnValue *said = tn_node_call (node, call_number);
  const TnValue *arguments = said != NULL ? tn_value_lookup (said, TN_CALL_ARGUMENTS) : NULL;
  guint n_inputs = tn_node_n_inputs (node, call_number);
  g_autoptr (GString) out = g_string_new ("(");

  if (arguments == NULL && n_inputs > 1)
    append_tensors (out, &call, 0);
  else if (arguments == NULL && n_inputs == 1)
    append_tensor (out, &call, 0);
  for (gsize i = 0; i < tn_value_size (arguments); i++)
    {
      g_string_append (out, i > 0 ? ", " : "");
      append_argument (out, &call, tn_value_at (arguments, i));
    }
  for (gsize i = 0; i < tn_value_size (said); i++)
    if (tn_value_key_at (said, i)[0] != '\x1f')
      {
        g_string_append_printf (out, "%s%s=", out->len > 1 ? ", " : "", tn_value_key_at (said, i));
        append_argument (out, &call, tn_value_at (said, i));
      }
  g_string_append_c (out, ')');
  return g_strdup (out->str);
}
