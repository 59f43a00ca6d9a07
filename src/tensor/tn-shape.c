/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shapes: comparison, size, text. */
#include "tensor/tn-shape.h"

#include <string.h>

#include "tensor/tn-agreement.h"

gboolean
tn_dim_may_agree (TnDim a, TnDim b)
{
  g_auto (TnAgreement) agreement = tn_agreement_judge (a, b);

  return agreement.kind != TN_AGREES_NEVER;
}

TnShape
tn_shape_none (void)
{
  return (TnShape){ .rank = -1 };
}

TnShape
tn_shape_new (const gint64 *sizes, int rank)
{
  TnShape shape = { .rank = rank };

  g_return_val_if_fail (rank >= 0 && rank <= TN_MAX_RANK, tn_shape_none ());
  for (int i = 0; i < rank; i++)
    shape.dims[i] = tn_dim (sizes[i]);
  return shape;
}

TnShape
tn_shape_append (TnShape shape, TnDim dim)
{
  if (shape.rank < 0 || shape.rank == TN_MAX_RANK)
    return tn_shape_none ();
  shape.dims[shape.rank++] = dim;
  return shape;
}

gboolean
tn_shape_is_full (const TnShape *shape, int from)
{
  if (shape->rank < 0)
    return FALSE;
  for (int i = from; i < shape->rank; i++)
    if (!tn_dim_is_known (shape->dims[i]))
      return FALSE;
  return TRUE;
}

gboolean
tn_shape_identical (const TnShape *a, const TnShape *b)
{
  if (a->rank != b->rank)
    return FALSE;
  for (int i = 0; i < a->rank; i++)
    if (!tn_dim_identical (a->dims[i], b->dims[i]))
      return FALSE;
  return TRUE;
}

gboolean
tn_shape_compatible (const TnShape *a, const TnShape *b)
{
  if (a->rank < 0 || b->rank < 0)
    return TRUE;
  if (a->rank != b->rank)
    return FALSE;
  for (int i = 0; i < a->rank; i++)
    if (!tn_dim_compatible (a->dims[i], b->dims[i]))
      return FALSE;
  return TRUE;
}

gint64
tn_shape_elements (const TnShape *shape, int from)
{
  gint64 elements = 1;

  if (shape->rank < 0)
    return TN_DIM_UNKNOWN;
  for (int i = from; i < shape->rank; i++)
    if (!tn_dim_is_known (shape->dims[i])
        || __builtin_mul_overflow (elements, shape->dims[i].size, &elements))
      return TN_DIM_UNKNOWN;
  return elements;
}

int
tn_shape_axis (const TnShape *shape, gint64 axis)
{
  if (axis < 0)
    axis += shape->rank;
  return axis >= 0 && axis < shape->rank ? (int)axis : -1;
}

char *
tn_shape_to_text (const TnShape *shape)
{
  GString *text;

  if (shape->rank < 0)
    return g_strdup ("?");
  text = g_string_new ("(");
  for (int i = 0; i < shape->rank; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      if (tn_dim_is_known (shape->dims[i]))
        g_string_append_printf (text, "%" G_GINT64_FORMAT, shape->dims[i].size);
      else if (shape->dims[i].symbol == 0)
        g_string_append (text, "None");
      else
        {
          g_autofree char *dim = tn_dim_to_text (shape->dims[i]);

          g_string_append (text, dim);
        }
    }
  g_string_append (text, shape->rank == 1 ? ",)" : ")");
  return g_string_free (text, FALSE);
}

/* "(None, ⌊H/2⌋, 3)": dims with commas between them, which expressions do not have. */
static gboolean
from_symbols (const char *text, TnShape *shape)
{
  g_autofree char *inside = g_strstrip (g_strdup (text));
  g_auto (GStrv) parts = NULL;
  gsize length = strlen (inside);
  guint n;

  *shape = tn_shape_none ();
  if (strchr (inside, ',') == NULL && inside[0] != '[')
    return FALSE;
  if (length >= 2
      && ((inside[0] == '(' && inside[length - 1] == ')')
          || (inside[0] == '[' && inside[length - 1] == ']')))
    {
      inside[length - 1] = '\0';
      inside[0] = ' ';
    }
  parts = g_strsplit (inside, ",", -1);
  n = g_strv_length (parts);
  if (n > 0 && *g_strstrip (parts[n - 1]) == '\0')
    n--;
  if (n > TN_MAX_RANK)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!tn_dim_from_text (parts[i], &shape->dims[i]))
      return FALSE;
  shape->rank = (gint32)n;
  return TRUE;
}

gboolean
tn_shape_from_text (const char *text, TnShape *shape)
{
  g_autoptr (TnValue) value = tn_value_from_text (text, NULL);

  if (value == NULL)
    return from_symbols (text, shape);
  if (tn_value_kind (value) == TN_VALUE_INT)
    {
      TnValue *item = tn_value_ref (value);
      g_autoptr (TnValue) list = tn_value_new_list (&item, 1);

      return tn_shape_from_value (list, shape);
    }
  return tn_shape_from_value (value, shape)
         || (tn_value_kind (value) == TN_VALUE_LIST && from_symbols (text, shape));
}

gboolean
tn_shape_is_symbolic (const TnShape *shape)
{
  for (int i = 0; i < shape->rank; i++)
    if (shape->dims[i].size < 0 && shape->dims[i].symbol != 0)
      return TRUE;
  return FALSE;
}

TnValue *
tn_shape_to_value (const TnShape *shape)
{
  TnValue *items[TN_MAX_RANK];

  if (shape->rank < 0)
    return tn_value_new_none ();
  for (int i = 0; i < shape->rank; i++)
    items[i] = tn_dim_is_known (shape->dims[i]) ? tn_value_new_int (shape->dims[i].size)
                                                : tn_value_new_none ();
  return tn_value_new_list (items, shape->rank);
}

gboolean
tn_shape_from_value (const TnValue *value, TnShape *shape)
{
  *shape = tn_shape_none ();
  if (value == NULL || tn_value_kind (value) != TN_VALUE_LIST
      || tn_value_size (value) > TN_MAX_RANK)
    return FALSE;
  for (gsize i = 0; i < tn_value_size (value); i++)
    {
      const TnValue *item = tn_value_at (value, i);

      if (tn_value_is_none (item))
        shape->dims[i] = tn_dim (TN_DIM_UNKNOWN);
      else if (tn_value_kind (item) == TN_VALUE_INT && tn_value_int (item) >= 0)
        shape->dims[i] = tn_dim (tn_value_int (item));
      else if (tn_value_kind (item) == TN_VALUE_STRING
               && tn_symbol_is_name (tn_value_string (item)))
        shape->dims[i] = tn_symbol_new (tn_value_string (item));
      else
        return FALSE;
    }
  shape->rank = (gint32)tn_value_size (value);
  return TRUE;
}
