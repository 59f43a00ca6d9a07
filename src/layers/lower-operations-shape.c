/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How operations run that move numbers into another shape, join tensors and take them apart. */
#include <string.h>

#include "base/tn-i18n.h"
#include "layers/tn-operations.h"

/* ---- the same numbers in another shape ---- */

void
tn_operation_reshape_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0);
  gint64 total = tn_shape_elements (tn_lower_shape (lower, x), 0), rest = 1;
  TnShape shape;
  int open = -1;

  tn_node_dims (tn_lower_node (lower), 0, &shape);
  for (int axis = 0; axis < shape.rank; axis++)
    if (!tn_dim_is_known (shape.dims[axis]))
      open = axis;
    else
      rest *= shape.dims[axis].size;
  if (open >= 0 && rest > 0)
    shape.dims[open] = tn_dim (total / rest);
  if (!tn_shape_is_full (&shape, 0) || tn_shape_elements (&shape, 0) != total)
    tn_lower_refuse (lower, _ ("the numbers of elements differ"));
  else
    tn_lower_output (lower, tn_lower_reshape (lower, x, &shape));
}

void
tn_operation_ravel_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0);

  tn_lower_output (lower, tn_lower_join (lower, x, 0, tn_lower_shape (lower, x)->rank));
}

void
tn_operation_transpose_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape shape = *tn_lower_shape (lower, x);
  gint64 axes[TN_MAX_RANK];
  int permutation[TN_MAX_RANK];
  guint n;
  gboolean told = tn_operation_ints (tn_lower_node (lower), 0, axes, TN_MAX_RANK, &n);

  for (int axis = 0; axis < shape.rank; axis++)
    permutation[axis] = told ? tn_shape_axis (&shape, axes[axis]) : shape.rank - 1 - axis;
  tn_lower_output (lower, tn_lower_transpose (lower, x, permutation));
}

void
tn_operation_swapaxes_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape shape = *tn_lower_shape (lower, x);
  int a = tn_shape_axis (&shape, tn_node_int (node, 0));
  int b = tn_shape_axis (&shape, tn_node_int (node, 1));
  int permutation[TN_MAX_RANK];

  for (int axis = 0; axis < shape.rank; axis++)
    permutation[axis] = axis == a ? b : axis == b ? a : axis;
  tn_lower_output (lower, tn_lower_transpose (lower, x, permutation));
}

void
tn_operation_moveaxis_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape shape = *tn_lower_shape (lower, x);
  gint64 from[TN_MAX_RANK], to[TN_MAX_RANK];
  gboolean moved[TN_MAX_RANK] = { FALSE };
  int permutation[TN_MAX_RANK], next = 0;
  guint n, m;

  tn_operation_ints (node, 0, from, TN_MAX_RANK, &n);
  tn_operation_ints (node, 1, to, TN_MAX_RANK, &m);
  for (int axis = 0; axis < shape.rank; axis++)
    permutation[axis] = -1;
  for (guint i = 0; i < n; i++)
    {
      int source = tn_shape_axis (&shape, from[i]);

      moved[source] = TRUE;
      permutation[tn_shape_axis (&shape, to[i])] = source;
    }
  for (int axis = 0; axis < shape.rank; axis++)
    if (permutation[axis] < 0)
      {
        while (moved[next])
          next++;
        permutation[axis] = next++;
      }
  tn_lower_output (lower, tn_lower_transpose (lower, x, permutation));
}

void
tn_operation_expand_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape shape = *tn_lower_shape (lower, x), whole = { .rank = 0 };
  gint64 axes[TN_MAX_RANK];
  gboolean fresh[TN_MAX_RANK] = { FALSE };
  guint n;
  int next = 0;

  tn_operation_ints (tn_lower_node (lower), 0, axes, TN_MAX_RANK, &n);
  whole.rank = shape.rank + (int)n;
  for (guint i = 0; i < n; i++)
    fresh[tn_shape_axis (&whole, axes[i])] = TRUE;
  for (int axis = 0; axis < whole.rank; axis++)
    whole.dims[axis] = fresh[axis] || next >= shape.rank ? tn_dim (1) : shape.dims[next++];
  tn_lower_output (lower, tn_lower_reshape (lower, x, &whole));
}

void
tn_operation_squeeze_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape shape = *tn_lower_shape (lower, x), rest = { .rank = 0 };
  gint64 axes[TN_MAX_RANK];
  gboolean gone[TN_MAX_RANK] = { FALSE };
  guint n;
  gboolean told = tn_operation_ints (tn_lower_node (lower), 0, axes, TN_MAX_RANK, &n);

  for (guint i = 0; told && i < n; i++)
    gone[tn_shape_axis (&shape, axes[i])] = TRUE;
  for (int axis = 0; axis < shape.rank; axis++)
    if (told ? !gone[axis] : shape.dims[axis].size != 1)
      rest.dims[rest.rank++] = shape.dims[axis];
  tn_lower_output (lower, tn_lower_reshape (lower, x, &rest));
}

/* ---- more of the same ---- */

void
tn_operation_broadcast_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape wanted, whole;

  tn_node_dims (tn_lower_node (lower), 0, &wanted);
  whole = wanted;
  for (int axis = 0; axis < wanted.rank; axis++)
    {
      const TnShape *shape = tn_lower_shape (lower, x);
      int mine = axis - (wanted.rank - shape->rank);

      whole.dims[axis] = mine < 0 ? tn_dim (1) : shape->dims[mine];
    }
  x = tn_lower_reshape (lower, x, &whole);
  tn_lower_output (lower, tn_lower_stretch (lower, x, &wanted));
}

/* Places are told as float32, which counts no further. */
#define MOST_PLACES ((gint64)1 << 24)

static gboolean
can_be_told (TnLower *lower, gint64 n)
{
  if (n > MOST_PLACES)
    tn_lower_refuse (lower, _ ("an axis of more than 16777216 entries comes of it"));
  return n <= MOST_PLACES;
}

/* Where what stands before, along and behind an axis of @size comes from: mirrored, with the
 * outermost twice where @edge says so. */
static void
mirror (gint64 size, gint64 before, gint64 after, gboolean edge, GArray *places)
{
  gint64 period = edge ? 2 * size : MAX (2 * (size - 1), 1);

  for (gint64 i = -before; i < size + after; i++)
    {
      gint64 place = (i % period + period) % period;

      if (place >= size)
        place = period - place - (edge ? 1 : 0);
      g_array_append_val (places, place);
    }
}

void
tn_operation_pad_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  const TnValue *mode = tn_operation_argument (node, "mode");
  const char *name = mode != NULL && tn_value_kind (mode) == TN_VALUE_STRING
                         ? tn_value_string (mode)
                         : "constant";
  gboolean edge = g_str_equal (name, "symmetric");
  TnTensorId x = tn_lower_input (lower, 0);
  int rank = tn_lower_shape (lower, x)->rank;

  if (!edge && !g_str_equal (name, "constant") && !g_str_equal (name, "reflect"))
    {
      tn_operation_lower_name (lower);
      return;
    }
  for (int axis = 0; axis < rank; axis++)
    {
      gint64 size = tn_lower_shape (lower, x)->dims[axis].size;
      TnOpSettings settings = { .axis = axis };

      tn_operation_padding (tn_node_get (node, 0), axis, rank, &settings.pad_before[0],
                            &settings.pad_after[0]);
      settings.params[0] = (float)tn_operation_number (node, "constant_values", 0);
      if (settings.pad_before[0] + settings.pad_after[0] == 0)
        continue;
      if (g_str_equal (name, "constant"))
        x = tn_lower_call (lower, &tn_op_pad, &settings, &x, 1);
      else if (size == 0)
        {
          tn_lower_refuse (lower, _ ("there is nothing to mirror"));
          return;
        }
      else
        {
          g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gint64));

          if (!can_be_told (lower, MAX (settings.pad_before[0], settings.pad_after[0]))
              || !can_be_told (lower, size + settings.pad_before[0] + settings.pad_after[0]))
            return;
          mirror (size, settings.pad_before[0], settings.pad_after[0], edge, places);
          x = tn_operation_lower_order (lower, x, axis, (const gint64 *)(gpointer)places->data,
                                        places->len);
        }
    }
  tn_lower_output (lower, x);
}

/* @x @times in a row along @axis. */
static TnTensorId
tile (TnLower *lower, TnTensorId x, int axis, gint64 times)
{
  TnShape shape = *tn_lower_shape (lower, x), apart = { .rank = 3 };

  if (times == 1)
    return x;
  if (times <= 0)
    return tn_lower_cut (lower, x, axis, 0, 0);
  for (int i = 0; i < 3; i++)
    apart.dims[i] = tn_dim (1);
  for (int i = 0; i < shape.rank; i++)
    apart.dims[i < axis ? 0 : 2].size *= shape.dims[i].size;
  x = tn_lower_repeat (lower, tn_lower_reshape (lower, x, &apart), 1, times);
  shape.dims[axis].size *= times;
  return tn_lower_reshape (lower, x, &shape);
}

void
tn_operation_tile_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0);
  gint64 repeats[TN_MAX_RANK];
  guint n;
  int rank;

  tn_operation_ints (tn_lower_node (lower), 0, repeats, TN_MAX_RANK, &n);
  while (tn_lower_shape (lower, x)->rank < (int)n)
    x = tn_lower_expand (lower, x, 0);
  rank = tn_lower_shape (lower, x)->rank;
  for (guint i = 0; i < n; i++)
    x = tile (lower, x, rank - (int)n + (int)i, repeats[i]);
  tn_lower_output (lower, x);
}

void
tn_operation_repeat_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  g_autoptr (TnValue) repeats = tn_node_value (node, 0);
  TnTensorId x = tn_lower_input (lower, 0);
  gboolean list = tn_value_kind (repeats) == TN_VALUE_LIST;
  const TnValue *lone = !list                          ? repeats
                        : tn_value_size (repeats) == 1 ? tn_value_at (repeats, 0)
                                                       : NULL;
  int axis = 0;
  gint64 size;

  if (tn_node_is_none (node, 1))
    x = tn_lower_join (lower, x, 0, tn_lower_shape (lower, x)->rank);
  else
    axis = tn_shape_axis (tn_lower_shape (lower, x), tn_node_int (node, 1));
  size = tn_lower_shape (lower, x)->dims[axis].size;
  if (lone != NULL)
    {
      gint64 times = tn_value_int (lone);

      x = times > 0 ? tn_lower_repeat (lower, x, axis, times) : tn_lower_cut (lower, x, axis, 0, 0);
    }
  else if ((gint64)tn_value_size (repeats) != size)
    {
      tn_lower_refuse (lower, _ ("it has not as many numbers as the axis that it works along"));
      return;
    }
  else
    {
      g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gint64));
      gint64 total = 0;

      for (gint64 i = 0; i < size; i++)
        if (!can_be_told (lower, total += CLAMP (tn_value_int (tn_value_at (repeats, (gsize)i)), 0,
                                                 MOST_PLACES + 1)))
          return;
      for (gint64 i = 0; i < size; i++)
        for (gint64 j = tn_value_int (tn_value_at (repeats, (gsize)i)); j > 0; j--)
          g_array_append_val (places, i);
      x = tn_operation_lower_order (lower, x, axis, (const gint64 *)(gpointer)places->data,
                                    places->len);
    }
  tn_lower_output (lower, x);
}

TnTensorId
tn_operation_lower_order (TnLower *lower, TnTensorId x, int axis, const gint64 *places, gsize n)
{
  TnShape line = { .rank = 1, .dims = { tn_dim ((gint64)n) } };
  g_autofree float *numbers = g_new (float, n + 1);

  for (gsize i = 0; i < n; i++)
    numbers[i] = (float)places[i];
  return tn_operation_lower_places (lower, x, tn_lower_literal (lower, &line, numbers, n), axis);
}

/* ---- joining ---- */

void
tn_operation_concatenate_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0);
  TnOpSettings settings = { .axis = tn_shape_axis (tn_lower_shape (lower, x),
                                                   tn_node_int (tn_lower_node (lower), 0)) };

  for (guint slot = 1; slot < tn_lower_n_inputs (lower); slot++)
    x = tn_lower_call (lower, &tn_op_concatenate, &settings,
                       (TnTensorId[]){ x, tn_lower_input (lower, slot) }, 2);
  tn_lower_output (lower, x);
}

void
tn_operation_stack_lower (TnLower *lower)
{
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape whole = { .rank = tn_lower_shape (lower, x)->rank + 1 };
  TnOpSettings settings
      = { .axis = tn_shape_axis (&whole, tn_node_int (tn_lower_node (lower), 0)) };

  x = tn_lower_expand (lower, x, settings.axis);
  for (guint slot = 1; slot < tn_lower_n_inputs (lower); slot++)
    {
      TnTensorId next = tn_lower_expand (lower, tn_lower_input (lower, slot), settings.axis);

      x = tn_lower_call (lower, &tn_op_concatenate, &settings, (TnTensorId[]){ x, next }, 2);
    }
  tn_lower_output (lower, x);
}

/* ---- taking apart ---- */

void
tn_operation_split_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  g_autoptr (TnValue) value = tn_node_value (node, 0);
  TnTensorId x = tn_lower_input (lower, 0);
  int axis = tn_shape_axis (tn_lower_shape (lower, x), tn_node_int (node, 1));
  gint64 size = tn_lower_shape (lower, x)->dims[axis].size, start = 0, at[TN_MAX_OUTPUTS];
  guint n = 0, n_outputs = tn_node_n_outputs (node);
  gboolean list = tn_value_kind (value) == TN_VALUE_LIST;

  tn_operation_ints (node, 0, at, TN_MAX_OUTPUTS, &n);
  if (!list && size % MAX (at[0], 1) != 0)
    {
      tn_lower_refuse (lower, _ ("the axis does not split into so many equal parts"));
      return;
    }
  for (guint i = 0; i < n_outputs; i++)
    {
      gint64 end = size;

      if (list && i < n)
        end = CLAMP (at[i] < 0 ? at[i] + size : at[i], 0, size);
      else if (!list)
        end = start + size / at[0];
      tn_lower_output (lower, tn_lower_cut (lower, x, axis, start, MAX (end - start, 0)));
      start = end;
    }
}

void
tn_operation_unstack_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId x = tn_lower_input (lower, 0);
  int axis = tn_shape_axis (tn_lower_shape (lower, x), tn_node_int (node, 1));
  guint n = tn_node_n_outputs (node);

  if (tn_lower_shape (lower, x)->dims[axis].size != n)
    {
      tn_lower_refuse (lower, _ ("the axis has another size than it is to be taken apart into"));
      return;
    }
  for (guint i = 0; i < n; i++)
    tn_lower_output (lower,
                     tn_lower_squeeze (lower, tn_lower_cut (lower, x, axis, (gint64)i, 1), axis));
}

/* ---- x[…] ---- */

/* The entries of @axis that @slice takes. */
static TnTensorId
take_slice (TnLower *lower, TnTensorId x, int axis, const TnValue *slice)
{
  gint64 size = tn_lower_shape (lower, x)->dims[axis].size, start, step, n;
  TnOpSettings settings = { .axis = axis };

  n = tn_operation_slice (slice, size, &start, &step);
  if (n == 0)
    return tn_lower_cut (lower, x, axis, 0, 0);
  /* From the first that is taken to the last, whichever of them stands before the other. */
  x = tn_lower_cut (lower, x, axis, step > 0 ? start : start + (n - 1) * step,
                    (n - 1) * ABS (step) + 1);
  settings.stride[0] = ABS (step);
  settings.backwards = step < 0;
  return step == 1 ? x : tn_lower_call (lower, &tn_op_stride, &settings, &x, 1);
}

void
tn_operation_getitem_lower (TnLower *lower)
{
  const TnValue *key = tn_node_get (tn_lower_node (lower), 0);
  g_autoptr (TnValue) none = tn_value_new_none ();
  TnTensorId x = tn_lower_input (lower, 0);
  TnShape whole = *tn_lower_shape (lower, x), shape = { .rank = 0 };
  gboolean open = FALSE, list;
  gsize n;
  int axis = 0, used = 0;

  if (key == NULL)
    key = none;
  list = tn_value_kind (key) == TN_VALUE_LIST;
  n = list ? tn_value_size (key) : 1;
  for (gsize i = 0; i < n; i++)
    {
      const TnValue *item = list ? tn_value_at (key, i) : key;

      used += tn_operation_slice_of (item) != NULL || tn_value_kind (item) == TN_VALUE_INT;
    }
  /* Axes stay until all is cut, so that there are never more of them than at the end. */
  for (gsize i = 0; i < n; i++)
    {
      const TnValue *item = list ? tn_value_at (key, i) : key;
      const TnValue *slice = tn_operation_slice_of (item);

      if (slice != NULL)
        {
          x = take_slice (lower, x, axis, slice);
          shape.dims[shape.rank++] = tn_lower_shape (lower, x)->dims[axis++];
        }
      else if (tn_value_kind (item) == TN_VALUE_INT)
        {
          gint64 size = whole.dims[axis].size, number = tn_value_int (item);

          number += number < 0 ? size : 0;
          if (number < 0 || number >= size)
            {
              tn_lower_refuse (lower, _ ("it takes what is beyond the end of an axis"));
              return;
            }
          x = tn_lower_cut (lower, x, axis++, number, 1);
        }
      else if (tn_value_is_none (item))
        shape.dims[shape.rank++] = tn_dim (1);
      else if (!open)
        {
          for (int rest = whole.rank - used; rest > 0; rest--)
            shape.dims[shape.rank++] = whole.dims[axis++];
          open = TRUE;
        }
    }
  while (axis < whole.rank)
    shape.dims[shape.rank++] = whole.dims[axis++];
  tn_lower_output (lower, tn_lower_reshape (lower, x, &shape));
}
