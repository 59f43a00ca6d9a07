/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading and changing layers within layers, which are dicts within dicts. */
#include "app/tn-field-place.h"

TnFieldPlace
tn_field_place_within (TnFieldPlace place, guint param, guint element)
{
  g_return_val_if_fail (place.depth < TN_FIELD_DEPTH, place);

  place.steps[place.depth].param = param;
  place.steps[place.depth].element = element;
  place.depth++;
  return place;
}

TnNode *
tn_field_place_layer (TnFieldPlace place, const TnNode *node)
{
  g_autoptr (TnNode) layer = node != NULL ? tn_node_ref (node) : NULL;

  for (guint i = 0; layer != NULL && i < place.depth; i++)
    {
      TnNode *within = place.steps[i].param < tn_node_schema (layer)->n_params
                           ? tn_layer_inner (layer, place.steps[i].param, place.steps[i].element)
                           : NULL;

      tn_node_unref (layer);
      layer = within;
    }
  return g_steal_pointer (&layer);
}

guint
tn_field_place_outer (TnFieldPlace place, guint param)
{
  return place.depth > 0 ? place.steps[0].param : param;
}

const TnValue *
tn_field_place_dict (const TnValue *value, guint element)
{
  if (value != NULL && tn_value_kind (value) == TN_VALUE_LIST)
    value = element < tn_value_size (value) ? tn_value_at (value, element) : NULL;
  return value != NULL && tn_value_kind (value) == TN_VALUE_DICT ? value : NULL;
}

TnValue *
tn_field_place_replaced (const TnValue *list, guint element, const TnValue *dict)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  gsize size = tn_value_size (list);

  for (gsize i = 0; i < size; i++)
    if (i != element)
      g_ptr_array_add (items, tn_value_ref (tn_value_at (list, i)));
    else if (dict != NULL)
      g_ptr_array_add (items, tn_value_ref (dict));
  if (element >= size && dict != NULL)
    g_ptr_array_add (items, tn_value_ref (dict));
  return tn_value_new_list ((TnValue *const *)items->pdata, items->len);
}

static TnValue *
change (const TnFieldPlace *place, guint depth, const TnNode *layer, guint param,
        const TnValue *value)
{
  guint step, element;
  g_autoptr (TnNode) within = NULL;
  g_autoptr (TnValue) held = NULL, next = NULL, config = NULL, plain = NULL, dict = NULL;
  const TnValue *item;
  const TnParam *changed;

  if (depth == place->depth)
    return value != NULL ? tn_value_ref (value) : NULL;
  step = place->steps[depth].param;
  element = place->steps[depth].element;
  held = tn_node_value (layer, step);
  item = tn_field_place_dict (held, element);
  within = tn_layer_inner (layer, step, element);
  if (item == NULL || within == NULL)
    return NULL;
  next = change (place, depth + 1, within, param, value);
  changed = &tn_node_schema (within)
                 ->params[depth + 1 < place->depth ? place->steps[depth + 1].param : param];
  config = tn_value_with (tn_value_lookup (item, "config"), changed->name, next);
  /* Said under its old name, it would count twice. */
  if (changed->old_name != NULL)
    {
      plain = tn_value_with (config, changed->old_name, NULL);
      dict = tn_value_with (item, "config", plain);
    }
  else
    dict = tn_value_with (item, "config", config);
  return tn_value_kind (held) == TN_VALUE_LIST ? tn_field_place_replaced (held, element, dict)
                                               : g_steal_pointer (&dict);
}

TnValue *
tn_field_place_with (TnFieldPlace place, const TnNode *node, guint param, const TnValue *value)
{
  g_return_val_if_fail (node != NULL, NULL);

  return change (&place, 0, node, param, value);
}

/* Does @param take what @old was told under the same name? */
static gboolean
takes (const TnParam *param, const TnNode *old, TnValue **value)
{
  int index = old != NULL ? tn_schema_param (tn_node_schema (old), param->name) : -1;
  g_autofree char *message = NULL;

  *value = NULL;
  if (index < 0 || tn_node_get (old, (guint)index) == NULL
      || !tn_param_check (param, tn_node_get (old, (guint)index), &message))
    return FALSE;
  *value = tn_param_normalize (param, tn_node_get (old, (guint)index));
  return TRUE;
}

/* The layer that a dict tells of, whether or not it may stand anywhere. */
static TnNode *
read_layer (const TnValue *dict)
{
  const TnValue *type = tn_value_lookup (dict, "class_name");
  const TnValue *config = tn_value_lookup (dict, "config");
  const TnLayer *layer = NULL;

  if (type != NULL && tn_value_kind (type) == TN_VALUE_STRING)
    layer = tn_layer_find (tn_value_string (type));
  if (layer == NULL || config == NULL || tn_value_kind (config) != TN_VALUE_DICT)
    return NULL;
  return tn_node_new_inner (&layer->schema, layer->schema.auto_name, config);
}

TnValue *
tn_field_place_turned (const TnSchema *schema, const TnValue *before)
{
  static const char *const common[] = { "trainable", "dtype" };
  g_autoptr (TnNode) old = before != NULL ? read_layer (before) : NULL;
  g_autoptr (TnValue) config = tn_value_new_dict (NULL, NULL, 0);
  const char *const keys[] = { "class_name", "config" };

  for (guint i = 0; i < schema->n_params; i++)
    {
      const TnParam *param = &schema->params[i];
      g_autoptr (TnValue) value = NULL;
      g_autofree char *message = NULL;
      TnValue *next;

      if (!takes (param, old, &value) && param->suggestion != NULL)
        value = tn_value_from_text (param->suggestion, &message);
      if (value == NULL || tn_param_is_default (param, value))
        continue;
      next = tn_value_with (config, param->name, value);
      tn_value_unref (config);
      config = next;
    }
  for (guint i = 0; i < G_N_ELEMENTS (common); i++)
    {
      const TnValue *value
          = before != NULL ? tn_value_lookup (tn_value_lookup (before, "config"), common[i]) : NULL;
      TnValue *next = value != NULL ? tn_value_with (config, common[i], value) : NULL;

      if (next == NULL)
        continue;
      tn_value_unref (config);
      config = next;
    }
  return tn_value_new_dict (
      keys, (TnValue *const[]){ tn_value_new_string (schema->type), tn_value_ref (config) }, 2);
}
