/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters: defaults, canonical form, and the check with its sentence. */
#include "graph/tn-schema.h"

#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "graph/tn-fold.h"
#include "tensor/tn-symbol.h"

gboolean
tn_schema_joins (const TnSchema *schema)
{
  return schema->call_form == TN_CALL_LIST && schema->min_inputs == 1 && schema->max_inputs > 1
         && schema->input_names == NULL && schema->arguments == NULL && !schema->opaque
         && !tn_schema_is_model (schema);
}

int
tn_schema_param (const TnSchema *schema, const char *name)
{
  for (guint i = 0; i < schema->n_params; i++)
    if (strcmp (schema->params[i].name, name) == 0)
      return (int)i;
  return -1;
}

const char *
tn_schema_input_name (const TnSchema *schema, guint slot)
{
  if (schema->input_names == NULL)
    return NULL;
  for (guint i = 0; schema->input_names[i] != NULL; i++)
    if (i == slot || schema->input_names[i + 1] == NULL)
      return schema->input_names[i];
  return NULL;
}

static TnValue *
new_pair (gint64 before, gint64 after)
{
  return tn_value_new_ints ((gint64[]){ before, after }, 2);
}

/* One number along both ends of all axes. */
static TnValue *
spread_pairs (const TnParam *param, gint64 amount)
{
  g_autofree TnValue **pairs = NULL;

  if (param->length == 1)
    return new_pair (amount, amount);
  pairs = g_new (TnValue *, param->length);
  for (guint i = 0; i < param->length; i++)
    pairs[i] = new_pair (amount, amount);
  return tn_value_new_list (pairs, param->length);
}

/* (1, 2) along two axes is ((1, 1), (2, 2)). What cannot be meant stays as it is. */
static TnValue *
normalize_pairs (const TnParam *param, const TnValue *value)
{
  g_autoptr (GPtrArray) pairs = NULL;

  if (tn_value_kind (value) == TN_VALUE_INT && tn_value_int (value) >= 0)
    return spread_pairs (param, tn_value_int (value));
  if (tn_value_kind (value) != TN_VALUE_LIST || param->length == 1)
    return tn_value_ref (value);
  pairs = g_ptr_array_new ();
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      const TnValue *item = tn_value_at (value, i);

      g_ptr_array_add (pairs, tn_value_kind (item) == TN_VALUE_INT
                                  ? new_pair (tn_value_int (item), tn_value_int (item))
                                  : tn_value_ref (item));
    }
  return tn_value_new_list ((TnValue *const *)pairs->pdata, pairs->len);
}

TnValue *
tn_param_default (const TnParam *param)
{
  const TnDefault *fallback = &param->fallback;

  if (param->flags & TN_PARAM_REQUIRED)
    return NULL;
  switch (fallback->kind)
    {
    case TN_VALUE_BOOL:
      return tn_value_new_bool (fallback->integer != 0);
    case TN_VALUE_INT:
      if (param->kind == TN_PARAM_INTS)
        {
          g_autofree gint64 *integers = g_new (gint64, param->length);

          for (guint i = 0; i < param->length; i++)
            integers[i] = fallback->integer;
          return tn_value_new_ints (integers, param->length);
        }
      if (param->kind == TN_PARAM_PAIRS)
        return spread_pairs (param, fallback->integer);
      return tn_value_new_int (fallback->integer);
    case TN_VALUE_FLOAT:
      return tn_value_new_float (fallback->number);
    case TN_VALUE_STRING:
      return tn_value_new_string (fallback->string);
    case TN_VALUE_LIST:
      return tn_value_from_text (fallback->string, NULL);
    default:
      return tn_value_new_none ();
    }
}

/* Keras takes "glorot_uniform", "GlorotUniform" and "glorotuniform" for the same object. */
static gboolean
object_names_equal (const char *a, const char *b)
{
  for (;;)
    {
      while (*a == '_')
        a++;
      while (*b == '_')
        b++;
      if (g_ascii_tolower (*a) != g_ascii_tolower (*b))
        return FALSE;
      if (*a == '\0')
        return TRUE;
      a++;
      b++;
    }
}

/* Other names that Keras has for objects of its own. */
static const struct
{
  const char *alias, *name;
} object_aliases[] = {
  { "uniform", "random_uniform" },
  { "normal", "random_normal" },
  { "one", "ones" },
  { "zero", "zeros" },
  { "identity_initializer", "identity" },
  { "orthogonal_initializer", "orthogonal" },
};

static const char *
resolve_alias (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (object_aliases); i++)
    if (object_names_equal (object_aliases[i].alias, name))
      return object_aliases[i].name;
  return name;
}

/* The class a Keras object value names; NULL when it names none. */
static const char *
object_class (const TnValue *value)
{
  const TnValue *name = value;

  if (tn_value_kind (value) == TN_VALUE_DICT)
    name = tn_value_lookup (value, "class_name");
  return name != NULL && tn_value_kind (name) == TN_VALUE_STRING ? tn_value_string (name) : NULL;
}

/* {class_name: GlorotUniform, config: {seed: None}} says no more than "glorot_uniform". */
static gboolean
object_is_plain (const TnValue *value)
{
  const TnValue *config;

  if (tn_value_kind (value) != TN_VALUE_DICT)
    return TRUE;
  config = tn_value_lookup (value, "config");
  for (gsize i = 0; config != NULL && i < tn_value_size (config); i++)
    if (!tn_value_is_none (tn_value_at (config, i)))
      return FALSE;
  return TRUE;
}

TnValue *
tn_param_normalize (const TnParam *param, const TnValue *value)
{
  if ((param->flags & TN_PARAM_LEGACY_NONE) && tn_value_is_none (value))
    return tn_param_default (param);
  if (param->kind == TN_PARAM_INTS && tn_value_kind (value) == TN_VALUE_INT)
    {
      g_autofree gint64 *integers = g_new (gint64, param->length);

      for (guint i = 0; i < param->length; i++)
        integers[i] = tn_value_int (value);
      return tn_value_new_ints (integers, param->length);
    }
  if (param->kind == TN_PARAM_PAIRS)
    return normalize_pairs (param, value);
  /* Only a Reshape does without: Keras takes no lone number there. */
  if (param->kind == TN_PARAM_DIMS && !(param->flags & TN_PARAM_MINUS_ONE)
      && tn_value_kind (value) == TN_VALUE_INT)
    {
      gint64 size = tn_value_int (value);

      return tn_value_new_ints (&size, 1);
    }
  if (param->kind == TN_PARAM_CHOICE && (param->flags & TN_PARAM_FOLD_CASE)
      && tn_value_kind (value) == TN_VALUE_STRING)
    for (guint i = 0; param->choices[i] != NULL; i++)
      if (g_ascii_strcasecmp (param->choices[i], tn_value_string (value)) == 0
          && strcmp (param->choices[i], tn_value_string (value)) != 0)
        return tn_value_new_string (param->choices[i]);
  /* No initializer at all is the usual one. */
  if (param->kind == TN_PARAM_OBJECT && param->choices != NULL && tn_value_is_none (value)
      && !(param->flags & TN_PARAM_OPTIONAL))
    return tn_value_new_string (param->choices[0]);
  if (param->kind == TN_PARAM_OBJECT && param->choices != NULL && object_is_plain (value)
      && object_class (value) != NULL)
    for (guint i = 0; param->choices[i] != NULL; i++)
      if (object_names_equal (param->choices[i], resolve_alias (object_class (value))))
        {
          if (tn_value_kind (value) == TN_VALUE_STRING
              && strcmp (param->choices[i], tn_value_string (value)) == 0)
            break;
          return tn_value_new_string (param->choices[i]);
        }
  return tn_value_ref (value);
}

gboolean
tn_param_is_default (const TnParam *param, const TnValue *value)
{
  g_autoptr (TnValue) normal = tn_param_normalize (param, value);
  g_autoptr (TnValue) fallback = tn_param_default (param);

  if (normal == NULL || fallback == NULL)
    return FALSE;
  /* True is no 1 and 1.0 no 1 where the kind matters, but both spell the same setting here. */
  return tn_value_equal (normal, fallback);
}

gboolean
tn_param_holds_layer (const TnParam *param, const TnValue *value)
{
  if (param->kind == TN_PARAM_LAYER)
    return !tn_value_is_none (value);
  return (param->flags & TN_PARAM_OR_LAYER) != 0 && tn_value_kind (value) == TN_VALUE_DICT;
}

static char *
describe_range (const TnParam *param, gboolean whole)
{
  g_autofree char *low
      = whole ? tn_text_count ((gint64)param->minimum) : g_strdup_printf ("%g", param->minimum);
  g_autofree char *high
      = whole ? tn_text_count ((gint64)param->maximum) : g_strdup_printf ("%g", param->maximum);
  gboolean bounded_above = param->maximum > param->minimum;

  if (param->flags & TN_PARAM_UNBOUNDED)
    return g_strdup (whole ? _ ("a whole number") : _ ("a number"));
  if (bounded_above)
    return g_strdup_printf (
        whole ? _ ("a whole number from %s to %s") : _ ("a number from %s to %s"), low, high);
  if (param->flags & TN_PARAM_EXCLUSIVE)
    return g_strdup_printf (_ ("a number greater than %s"), low);
  return g_strdup_printf (
      whole ? _ ("a whole number of at least %s") : _ ("a number of at least %s"), low);
}

static char *
describe_allowed (const TnParam *param)
{
  switch (param->kind)
    {
    case TN_PARAM_BOOL:
      return g_strdup (_ ("True or False"));
    case TN_PARAM_INT:
      return describe_range (param, TRUE);
    case TN_PARAM_FLOAT:
      return describe_range (param, FALSE);
    case TN_PARAM_STRING:
      return g_strdup (_ ("text"));
    case TN_PARAM_CHOICE:
      {
        g_autofree char *choices = g_strjoinv (", ", (char **)param->choices);

        return g_strdup_printf (_ ("one of %s"), choices);
      }
    case TN_PARAM_INTS:
      {
        g_autofree char *each = describe_range (param, TRUE);

        return g_strdup_printf (
            ngettext ("%s, or a list of %u such", "%s, or a list of %u such", param->length), each,
            param->length);
      }
    case TN_PARAM_DIMS:
      if (param->flags & TN_PARAM_LIST)
        return g_strdup (_ ("a list of sizes such as (None, 28, 28, 1), or a list of such lists"));
      if (param->flags & TN_PARAM_MINUS_ONE)
        return g_strdup (
            _ ("a list of sizes such as (28, 28, 1), with at most one -1 for what is left"));
      if (param->flags & TN_PARAM_SYMBOLS)
        return g_strdup (_ ("a list of sizes such as (None, 28, 28, 1), with None or a name such "
                            "as H where a size is open"));
      return g_strdup (_ ("a list of sizes such as (28, 28, 1), with None where a size is open"));
    case TN_PARAM_AXES:
      if (param->length > 0)
        return g_strdup_printf (ngettext ("an axis such as -1, or a list of %u axis",
                                          "an axis such as -1, or a list of %u axes",
                                          param->length),
                                param->length);
      return g_strdup (_ ("an axis such as -1, or a list of axes"));
    case TN_PARAM_PAIRS:
      {
        g_autofree char *each = describe_range (param, TRUE);

        if (param->length == 1)
          return g_strdup_printf (_ ("%s, or two such as in (1, 2)"), each);
        return g_strdup_printf (_ ("%s, or a list of %u such, or of %u pairs as in (1, 2)"), each,
                                param->length, param->length);
      }
    case TN_PARAM_NUMBERS:
      {
        g_autofree char *each = describe_range (param, FALSE);

        if (param->length == 0)
          return g_strdup_printf (_ ("%s, or a list of such"), each);
        return g_strdup_printf (
            ngettext ("%s, or a list of %u such", "%s, or a list of %u such", param->length), each,
            param->length);
      }
    case TN_PARAM_LAYER:
      return g_strdup (param->flags & TN_PARAM_LIST
                           ? _ ("a list of layers, each with class_name and config")
                           : _ ("a layer, as a dict with class_name and config"));
    case TN_PARAM_KEY:
      return g_strdup (_ ("a whole number, None, a slice or an ellipsis, or a list of such"));
    case TN_PARAM_OBJECT:
      if (param->flags & TN_PARAM_FREE_DICT)
        return g_strdup (_ ("a dict"));
      return g_strdup (_ ("the name of a Keras object, or a dict with class_name and config"));
    }
  g_assert_not_reached ();
}

static gboolean
number_in_range (const TnParam *param, double number)
{
  if (!isfinite (number))
    return FALSE;
  if (param->flags & TN_PARAM_UNBOUNDED)
    return TRUE;
  if (number < param->minimum || ((param->flags & TN_PARAM_EXCLUSIVE) && number == param->minimum))
    return FALSE;
  return param->maximum <= param->minimum || number <= param->maximum;
}

static gboolean
int_fits (const TnParam *param, const TnValue *value)
{
  return tn_value_kind (value) == TN_VALUE_INT
         && number_in_range (param, (double)tn_value_int (value));
}

static gboolean
dims_fit (const TnParam *param, const TnValue *value)
{
  guint open = 0;

  if (tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) > TN_MAX_RANK)
    return FALSE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      const TnValue *item = tn_value_at (value, i);

      if (tn_value_is_none (item)
          || ((param->flags & TN_PARAM_SYMBOLS) && tn_value_kind (item) == TN_VALUE_STRING
              && tn_symbol_is_name (tn_value_string (item))))
        continue;
      if (tn_value_kind (item) != TN_VALUE_INT || tn_value_int (item) < -1)
        return FALSE;
      if (tn_value_int (item) == -1)
        open++;
    }
  return open == 0 || ((param->flags & TN_PARAM_MINUS_ONE) && open == 1);
}

/* A list of shapes. */
static gboolean
every_dims_fit (const TnParam *param, const TnValue *value)
{
  if (tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) == 0)
    return FALSE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    if (!dims_fit (param, tn_value_at (value, i)))
      return FALSE;
  return TRUE;
}

static gboolean
axes_fit (const TnParam *param, const TnValue *value)
{
  if (tn_value_kind (value) == TN_VALUE_INT)
    return TRUE;
  if (tn_value_kind (value) != TN_VALUE_LIST)
    return FALSE;
  if (tn_value_size (value) == 0 && !(param->flags & TN_PARAM_EMPTY))
    return FALSE;
  if (param->length > 0 && tn_value_size (value) != param->length)
    return FALSE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    if (tn_value_kind (tn_value_at (value, i)) != TN_VALUE_INT)
      return FALSE;
  return TRUE;
}

static gboolean
is_pair (const TnParam *param, const TnValue *value)
{
  return tn_value_kind (value) == TN_VALUE_LIST && tn_value_size (value) == 2
         && int_fits (param, tn_value_at (value, 0)) && int_fits (param, tn_value_at (value, 1));
}

static gboolean
pairs_fit (const TnParam *param, const TnValue *value)
{
  if (tn_value_kind (value) == TN_VALUE_INT)
    return (param->flags & TN_PARAM_NEGATIVE) != 0 && tn_value_int (value) >= -G_MAXINT32;
  if (param->length == 1)
    return is_pair (param, value);
  if (tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) != param->length)
    return FALSE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    if (!is_pair (param, tn_value_at (value, i)))
      return FALSE;
  return TRUE;
}

static gboolean
numbers_fit (const TnParam *param, const TnValue *value, guint length)
{
  if (tn_value_is_number (value))
    return number_in_range (param, tn_value_float (value));
  if (tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) == 0
      || (length > 0 && tn_value_size (value) != length))
    return FALSE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      const TnValue *item = tn_value_at (value, i);

      if ((length > 0 && !tn_value_is_number (item)) || !numbers_fit (param, item, length))
        return FALSE;
    }
  return TRUE;
}

/* An array as Keras puts one among the arguments of a call: {class_name: __numpy__, config}. */
static gboolean
is_array (const TnValue *value)
{
  const TnValue *config = tn_value_lookup (value, "config");

  return tn_value_lookup (value, "class_name") != NULL && config != NULL
         && tn_value_lookup (config, "value") != NULL;
}

/* A layer as a dict: of what class it is, and whether that may stand here, the catalogue knows. */
static gboolean
is_layer (const TnValue *value)
{
  const TnValue *class_name = tn_value_lookup (value, "class_name");
  const TnValue *config = tn_value_lookup (value, "config");

  return class_name != NULL && tn_value_kind (class_name) == TN_VALUE_STRING && config != NULL
         && tn_value_kind (config) == TN_VALUE_DICT;
}

static gboolean
layers_fit (const TnParam *param, const TnValue *value)
{
  if (!(param->flags & TN_PARAM_LIST))
    return is_layer (value);
  if (tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) == 0)
    return FALSE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    if (!is_layer (tn_value_at (value, i)))
      return FALSE;
  return TRUE;
}

/* One item of a key, or with @within not a list of them. */
static gboolean
key_fits (const TnValue *value, gboolean within)
{
  const TnValue *class_name = tn_value_lookup (value, "class_name");
  const TnValue *config = tn_value_lookup (value, "config");

  if (tn_value_kind (value) == TN_VALUE_LIST && !within)
    {
      for (gsize i = 0; i < tn_value_size (value); i++)
        if (!key_fits (tn_value_at (value, i), TRUE))
          return FALSE;
      return TRUE;
    }
  if (tn_value_kind (value) != TN_VALUE_DICT)
    return tn_value_is_none (value) || tn_value_kind (value) == TN_VALUE_INT;
  if (class_name == NULL || tn_value_kind (class_name) != TN_VALUE_STRING || config == NULL
      || tn_value_kind (config) != TN_VALUE_DICT)
    return FALSE;
  if (strcmp (tn_value_string (class_name), "__slice__") != 0)
    return strcmp (tn_value_string (class_name), "__ellipsis__") == 0;
  for (gsize i = 0; i < tn_value_size (config); i++)
    if (!tn_value_is_none (tn_value_at (config, i))
        && tn_value_kind (tn_value_at (config, i)) != TN_VALUE_INT)
      return FALSE;
  return TRUE;
}

/* @value in canonical form. */
static gboolean
value_fits (const TnParam *param, const TnValue *value)
{
  if (tn_value_is_none (value))
    return (param->flags & TN_PARAM_OPTIONAL) != 0;

  switch (param->kind)
    {
    case TN_PARAM_BOOL:
      return tn_value_kind (value) == TN_VALUE_BOOL;
    case TN_PARAM_INT:
      return int_fits (param, value);
    case TN_PARAM_FLOAT:
      return tn_value_is_number (value) && number_in_range (param, tn_value_float (value));
    case TN_PARAM_STRING:
      return tn_value_kind (value) == TN_VALUE_STRING;
    case TN_PARAM_CHOICE:
      if (tn_param_holds_layer (param, value))
        return is_layer (value);
      return tn_value_kind (value) == TN_VALUE_STRING
             && g_strv_contains (param->choices, tn_value_string (value));
    case TN_PARAM_INTS:
      if (tn_value_kind (value) != TN_VALUE_LIST || tn_value_size (value) != param->length)
        return FALSE;
      for (gsize i = 0; i < tn_value_size (value); i++)
        if (!int_fits (param, tn_value_at (value, i)))
          return FALSE;
      return TRUE;
    case TN_PARAM_DIMS:
      return dims_fit (param, value)
             || ((param->flags & TN_PARAM_LIST) && every_dims_fit (param, value));
    case TN_PARAM_AXES:
      return axes_fit (param, value);
    case TN_PARAM_PAIRS:
      return pairs_fit (param, value);
    case TN_PARAM_NUMBERS:
      if ((param->flags & TN_PARAM_FREE_DICT) && is_array (value))
        return numbers_fit (param, tn_value_lookup (tn_value_lookup (value, "config"), "value"),
                            param->length);
      return numbers_fit (param, value, param->length);
    case TN_PARAM_LAYER:
      return layers_fit (param, value);
    case TN_PARAM_KEY:
      return key_fits (value, FALSE);
    case TN_PARAM_OBJECT:
      if (param->flags & TN_PARAM_FREE_DICT)
        return tn_value_kind (value) == TN_VALUE_DICT;
      if (object_class (value) == NULL)
        return FALSE;
      /* A dict may name a class of the user's own; a bare name must be Keras's. */
      if (tn_value_kind (value) == TN_VALUE_DICT || param->choices == NULL)
        return TRUE;
      return g_strv_contains (param->choices, tn_value_string (value));
    }
  g_assert_not_reached ();
}

char *
tn_param_to_text (const TnParam *param, const TnValue *value)
{
  TnShape shape;

  if (param->kind == TN_PARAM_DIMS && (param->flags & TN_PARAM_SYMBOLS)
      && tn_shape_from_value (value, &shape))
    return tn_shape_to_text (&shape);
  return tn_value_to_text (value);
}

gboolean
tn_param_check (const TnParam *param, const TnValue *value, char **message)
{
  g_autoptr (TnValue) normal = tn_param_normalize (param, value);
  g_autofree char *allowed = NULL;
  g_autofree char *given = NULL;

  if (normal != NULL && value_fits (param, normal))
    return TRUE;
  if (message == NULL)
    return FALSE;

  allowed = describe_allowed (param);
  given = tn_param_to_text (param, value);
  if (param->flags & TN_PARAM_OPTIONAL)
    *message = g_strdup_printf (_ ("%s must be %s, or None, not %s."), param->name, allowed, given);
  else
    *message = g_strdup_printf (_ ("%s must be %s, not %s."), param->name, allowed, given);
  return FALSE;
}
