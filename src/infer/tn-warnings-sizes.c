/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Warnings about sizes: rows that are left out, sizes of 1 and 0, sizes that are stretched, and the
 * batch taken for something else. */
#include <string.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "infer/tn-warnings-private.h"

/* Less than one in this many rows left out is not worth a word: 11 pooled by two are 5 in half of
 * all that was ever drawn, and nobody minds. */
#define WORTH_A_WORD 10
/* More than this share of all weights, in percent, is told of. */
#define LARGE_SHARE 90

/* ---- windows: the layers that slide one, and how ---- */

typedef struct
{
  int n;       /* spatial axes */
  int spatial; /* the first of them */
  gint64 kernel[3], strides[3], dilation[3];
} Window;

static gboolean
window_of (const TnKind *kind, const TnNode *node, const TnShape *input, Window *window)
{
  const char *data_format
      = kind->data_format >= 0 ? tn_node_string (node, (guint)kind->data_format) : "";

  *window = (Window){ .n = (int)kind->layer->schema.params[kind->kernel].length,
                      .dilation = { 1, 1, 1 } };
  window->spatial = strcmp (data_format, "channels_first") == 0 ? 2 : 1;
  if (window->n < 1 || window->n > 3 || input->rank != window->n + 2
      || !tn_node_ints (node, (guint)kind->kernel, window->kernel))
    return FALSE;
  if (!tn_node_ints (node, (guint)kind->strides, window->strides))
    memcpy (window->strides, window->kernel, sizeof window->strides);
  return kind->dilation < 0 || tn_node_ints (node, (guint)kind->dilation, window->dilation);
}

/* ", axis 2: 1 of 7" */
static void
append_axis (GString *out, int axis, gint64 part, gint64 whole)
{
  if (out->len > 0)
    g_string_append (out, _ (", "));
  /* Translators: of the sizes along one axis: "axis 1: 2 of 7". */
  g_string_append_printf (out, _ ("axis %d: %" PRIi64 " of %" PRIi64), axis, part, whole);
}

/* ---- rows that no window looks at ---- */

gboolean
tn_applies_dropped_rows (const TnKind *kind)
{
  return kind->kernel >= 0;
}

/* How much of what arrives at the end of spatial axis @i is zeros that a layer has put there. */
static gint64
zeros_at_end (TnWatch *watch, int i, int n)
{
  const TnKind *kind;
  const TnNode *source = tn_watch_source (watch, 0, &kind);
  gint64 pairs[6];

  if (source == NULL || kind->padding < 0
      || !g_str_has_prefix (kind->layer->schema.type, "ZeroPadding")
      || (int)kind->layer->schema.params[kind->padding].length != n
      || !tn_node_pairs (source, (guint)kind->padding, pairs))
    return 0;
  return pairs[2 * i + 1];
}

/* Rows of @size that no window meets, at the end and between windows. */
static gint64
rows_unseen (const Window *window, int i, gint64 size, gboolean pooling)
{
  gint64 kernel = (window->kernel[i] - 1) * window->dilation[i] + 1, steps;

  if (size < kernel)
    return 0;
  /* A 1×1 window with strides is a way of thinning out, and meant. */
  if (window->strides[i] > kernel && (!pooling || kernel == 1))
    return 0;
  steps = (size - kernel) / window->strides[i];
  return (size - kernel) % window->strides[i] + steps * MAX (window->strides[i] - kernel, 0);
}

void
tn_check_dropped_rows (TnWatch *watch)
{
  const TnNode *node = watch->node;
  const TnSchema *schema = &watch->kind->layer->schema;
  const TnShape *input = tn_watch_input (watch, 0);
  g_autoptr (GString) axes = NULL;
  g_autofree char *kernel = NULL, *strides = NULL;
  g_autoptr (TnValue) kernel_value = NULL, strides_value = NULL;
  int first = 0;
  Window window;
  TnIssue *issue;

  if (g_ascii_strcasecmp (tn_node_string (node, (guint)watch->kind->padding), "valid") != 0
      || !window_of (watch->kind, node, input, &window))
    return;
  for (int i = 0; i < window.n; i++)
    {
      int axis = window.spatial + i;
      gint64 size = input->dims[axis].size, lost;

      if (size < 1 || window.strides[i] < 2)
        continue;
      lost = rows_unseen (&window, i, size, watch->kind->pooling);
      if (lost > 0)
        lost -= zeros_at_end (watch, i, window.n);
      if (lost <= 0 || lost < size / WORTH_A_WORD + (size % WORTH_A_WORD > 0))
        continue;
      if (axes == NULL)
        {
          axes = g_string_new (NULL);
          first = axis;
        }
      append_axis (axes, axis, lost, size);
    }
  if (axes == NULL)
    return;
  kernel_value = tn_value_new_ints (window.kernel, (gsize)window.n);
  strides_value = tn_value_new_ints (window.strides, (gsize)window.n);
  kernel = tn_value_to_text (kernel_value);
  strides = tn_value_to_text (strides_value);
  issue = tn_watch_raise (
      watch, 0,
      /* Translators: layer, sizes left out, parameter, its value, strides. */
      _ ("%s never looks at part of what arrives (%s), because with %s %s, strides %s and padding "
         "“valid” the last window ends before it. If that border matters, set padding to “same”."),
      tn_node_name (node), axes->str, schema->params[watch->kind->kernel].name, kernel, strides);
  issue->axis = first - input->rank;
  issue->param = "padding";
}

/* ---- a window on a size of 1 ---- */

gboolean
tn_applies_size_one (const TnKind *kind)
{
  return kind->kernel >= 0;
}

/* Did the layer that makes @ref, or one above it that only passes the size on, slide a window over
 * a size of 1 already? Then that is where it was told. */
static gboolean
was_one_before (TnWatch *watch, TnRef ref, int axis)
{
  for (guint step = 0; step < TN_WATCH_REACH && ref.node != TN_NODE_NONE; step++)
    {
      const TnNode *node = tn_graph_find (watch->graph, ref.node);
      const TnKind *kind = tn_watch_kind (watch, node);
      TnRef above = tn_watch_above (watch, ref);
      const TnShape *input = tn_watch_shape (watch, above);
      Window window;

      if (axis >= input->rank || input->dims[axis].size != 1)
        return FALSE;
      if (kind->kernel >= 0 && window_of (kind, node, input, &window) && axis >= window.spatial
          && axis < window.spatial + window.n && window.kernel[axis - window.spatial] > 1)
        return TRUE;
      ref = above;
    }
  return FALSE;
}

static gboolean
has_size (const TnShape *shape, gint64 size)
{
  for (int axis = 1; axis < shape->rank; axis++)
    if (shape->dims[axis].size == size)
      return TRUE;
  return FALSE;
}

void
tn_check_size_one (TnWatch *watch)
{
  const TnShape *input = tn_watch_input (watch, 0);
  TnRef ref = tn_node_input (watch->node, watch->call, 0);
  const char *param = watch->kind->layer->schema.params[watch->kind->kernel].name;
  Window window;

  if (!has_size (input, 1) || !window_of (watch->kind, watch->node, input, &window))
    return;
  for (int i = 0; i < window.n; i++)
    {
      int axis = window.spatial + i;
      TnIssue *issue;

      if (input->dims[axis].size != 1 || window.kernel[i] < 2 || was_one_before (watch, ref, axis))
        continue;
      if (watch->kind->pooling)
        issue = tn_watch_raise (
            watch, 0,
            _ ("%s pools a window of %" PRIi64 " along axis %d, but the size is only 1 there: "
               "nothing is pooled. Take it out, or shrink less in the layers before it."),
            tn_node_name (watch->node), window.kernel[i], axis);
      else
        issue = tn_watch_raise (
            watch, 0,
            _ ("%s slides a window of %" PRIi64 " along axis %d, but the size is only 1 there: "
               "all else that the window meets is padding, and those of its weights "
               "learn nothing. Set %s to 1 there, or shrink less in the layers before it."),
            tn_node_name (watch->node), window.kernel[i], axis, param);
      issue->axis = axis - input->rank;
      issue->param = param;
      return;
    }
}

/* ---- nothing left ---- */

gboolean
tn_applies_size_zero (const TnKind *kind)
{
  return kind->layer->schema.n_outputs > 0;
}

void
tn_check_size_zero (TnWatch *watch)
{
  const TnShape *output = tn_watch_output (watch);
  g_autofree char *text = NULL;
  int axis = 1;

  if (!has_size (output, 0))
    return;
  for (guint slot = 0; slot < tn_node_n_inputs (watch->node, watch->call); slot++)
    if (has_size (tn_watch_input (watch, slot), 0))
      return; /* it was so before */
  while (output->dims[axis].size != 0)
    axis++;
  text = tn_shape_to_text (output);
  tn_watch_raise (watch, -1,
                  _ ("%s puts out %s: along axis %d there is nothing, so whatever is behind it "
                     "works on no numbers at all. A size of at least 1 is probably meant."),
                  tn_node_name (watch->node), text, axis);
}

/* ---- merges that stretch ---- */

gboolean
tn_applies_broadcast (const TnKind *kind)
{
  static const char *const types[]
      = { "Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", NULL };

  return g_strv_contains (types, kind->layer->schema.type);
}

/* Is @input repeated along axis @axis of @output? All that follows the batch is aligned on the
 * right. */
static gboolean
is_stretched (const TnShape *input, const TnShape *output, int axis)
{
  int own = axis - (output->rank - input->rank);

  if (output->dims[axis].size == 1)
    return FALSE;
  return own < 1 || (input->dims[own].size == 1 && tn_dim_is_known (output->dims[axis]));
}

static void
tell_broadcast (TnWatch *watch, guint slot, int first)
{
  const TnShape *input = tn_watch_input (watch, slot), *output = tn_watch_output (watch);
  g_autoptr (GString) axes = g_string_new (NULL);
  g_autofree char *got = tn_shape_to_text (input), *all = tn_shape_to_text (output);
  const TnKind *kind;
  TnIssue *issue;

  for (int axis = first; axis < output->rank; axis++)
    if (is_stretched (input, output, axis))
      g_string_append_printf (axes, "%s%d", axes->len > 0 ? _ (", ") : "", axis);
  issue = tn_watch_raise (
      watch, (int)slot,
      /* Translators: layer, shape, layer, shape, one number or several. */
      _ ("%s works element by element, so %s from %s is stretched to %s: the same numbers are "
         "used all along axis %s. If each element was meant to meet its own, both inputs need "
         "the same shape."),
      tn_node_name (watch->node), got, tn_node_name (tn_watch_source (watch, slot, &kind)), all,
      axes->str);
  if (first > output->rank - input->rank)
    issue->axis = first - output->rank;
}

void
tn_check_broadcast (TnWatch *watch)
{
  const TnShape *output = tn_watch_output (watch);
  gboolean gate = tn_kind_is (watch->kind, "Multiply");

  for (guint slot = 0; slot < tn_node_n_inputs (watch->node, watch->call); slot++)
    {
      const TnShape *input = tn_watch_input (watch, slot);

      /* One factor a channel, or one a pixel, is how gates and masks are made. */
      if (input->rank > output->rank || (gate && input->rank == output->rank))
        continue;
      for (int axis = 1; axis < output->rank; axis++)
        if (is_stretched (input, output, axis))
          {
            tell_broadcast (watch, slot, axis);
            return;
          }
    }
}

/* ---- the batch ---- */

gboolean
tn_applies_batch_axis (const TnKind *kind)
{
  return kind->axis >= 0 || tn_kind_is (kind, "InputLayer") || tn_kind_is (kind, "EinsumDense")
         || (kind->layer->family == TN_FAMILY_PREPROCESSING && kind->data_format >= 0);
}

/* Does its parameter `axis` name the batch? */
static gboolean
names_batch (const TnWatch *watch, const TnShape *input)
{
  const TnParam *param = &watch->kind->layer->schema.params[watch->kind->axis];
  gint64 axes[TN_MAX_RANK];
  guint n = 0;

  if (param->kind == TN_PARAM_INT && !tn_node_is_none (watch->node, (guint)watch->kind->axis))
    axes[n++] = tn_node_int (watch->node, (guint)watch->kind->axis);
  else if (param->kind == TN_PARAM_AXES
           && !tn_node_axes (watch->node, (guint)watch->kind->axis, axes, &n))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (tn_shape_axis (input, axes[i]) == 0)
      return TRUE;
  return FALSE;
}

/* Is the letter of the batch, "b" in "btd,dh->bth", not the first of what an equation puts out? */
static gboolean
moves_batch (const TnNode *node)
{
  int param = tn_schema_param (tn_node_schema (node), "equation");
  const char *equation = param >= 0 ? tn_node_string (node, (guint)param) : "";
  const char *arrow = strstr (equation, "->");

  if (arrow == NULL || !g_ascii_isalpha (equation[0]))
    return FALSE;
  arrow += 2;
  arrow += strspn (arrow, " ");
  return *arrow != equation[0];
}

void
tn_check_batch_axis (TnWatch *watch)
{
  const char *name = tn_node_name (watch->node);
  const TnShape *input = tn_watch_input (watch, 0), *output = tn_watch_output (watch);
  g_autofree char *text = NULL;

  if (tn_kind_is (watch->kind, "InputLayer"))
    {
      if (output->rank != 1 || output->dims[0].size < 2)
        return;
      text = tn_shape_to_text (output);
      tn_watch_raise (watch, -1,
                      _ ("%s has the shape %s, whose only axis is the batch: that is %" PRIi64
                         " samples of one number each. For one sample of %" PRIi64
                         " numbers set it to (None, %" PRIi64 ")."),
                      name, text, output->dims[0].size, output->dims[0].size, output->dims[0].size)
          ->param
          = "batch_shape";
    }
  else if (tn_kind_is (watch->kind, "EinsumDense"))
    {
      if (moves_batch (watch->node))
        tn_watch_raise (watch, 0,
                        _ ("The first letter of what arrives at %s stands for the batch, but does "
                           "not come first in what the equation puts out: samples are mixed with "
                           "one another or taken for features."),
                        name)
            ->param
            = "equation";
    }
  else if (watch->kind->axis >= 0)
    {
      if (names_batch (watch, input))
        tn_watch_raise (watch, 0,
                        _ ("%s works along axis 0, which is the batch: each sample's result then "
                           "depends on the others that happen to be in its batch. Axis 1 is the "
                           "first of a sample's own, -1 the last."),
                        name)
            ->param
            = "axis";
    }
  else if (input->rank == 3)
    {
      text = tn_shape_to_text (input);
      tn_watch_raise (watch, 0,
                      _ ("%s takes three axes for one image, so the batch of %s is taken for its "
                         "height. With a channel axis at the end, as in (None, 28, 28, 1), each "
                         "sample is an image."),
                      name, text);
    }
}

/* ---- normalising one number ---- */

gboolean
tn_applies_norm_one (const TnKind *kind)
{
  return kind->axis >= 0
         && (tn_kind_is (kind, "BatchNormalization") || tn_kind_is (kind, "LayerNormalization")
             || tn_kind_is (kind, "GroupNormalization"));
}

/* How many numbers share a mean; -1 when not known. */
static gint64
numbers_together (const TnWatch *watch, const TnShape *input)
{
  gint64 axes[TN_MAX_RANK], groups, together = 1;
  guint n = 0;

  if (!tn_node_axes (watch->node, (guint)watch->kind->axis, axes, &n))
    {
      axes[0] = tn_node_int (watch->node, (guint)watch->kind->axis);
      n = 1;
    }
  if (tn_kind_is (watch->kind, "LayerNormalization"))
    {
      for (guint i = 0; i < n; i++)
        {
          int axis = tn_shape_axis (input, axes[i]);
          gint64 size = axis >= 0 ? input->dims[axis].size : -1;

          if (size < 0 || __builtin_mul_overflow (together, size, &together))
            return -1;
        }
      return together;
    }
  /* Every entry of the named axis on its own (or in groups), over all the others. */
  for (int axis = 0; axis < input->rank; axis++)
    {
      gint64 size = input->dims[axis].size;

      if (axis == tn_shape_axis (input, axes[0]))
        {
          if (!tn_kind_is (watch->kind, "GroupNormalization"))
            continue;
          groups = tn_node_int_of (watch->node, "groups");
          size = groups < 1 ? 1 : size / groups;
        }
      else if (axis == 0 && tn_kind_is (watch->kind, "GroupNormalization"))
        continue; /* each sample alone */
      if (size < 0 || __builtin_mul_overflow (together, size, &together))
        return -1;
    }
  return together;
}

void
tn_check_norm_one (TnWatch *watch)
{
  const TnShape *input = tn_watch_input (watch, 0);
  g_autofree char *got = NULL;

  if (numbers_together (watch, input) != 1)
    return;
  got = tn_shape_to_text (input);
  tn_watch_raise (watch, 0,
                  _ ("%s takes the mean over one number at a time of %s, so every number becomes "
                     "0 and nothing that was learnt before it gets through. It has to have more "
                     "numbers to take together: look at its %s."),
                  tn_node_name (watch->node), got,
                  tn_kind_is (watch->kind, "GroupNormalization") ? "groups" : "axis");
}

/* ---- a Dense that is nearly the whole model ---- */

gboolean
tn_applies_dense_large (const TnKind *kind)
{
  return tn_kind_is (kind, "Dense");
}

void
tn_check_dense_large (TnWatch *watch)
{
  gint64 params = tn_facts_params (watch->facts, watch->index);
  gint64 all = tn_facts_totals (watch->facts).params;
  TnRef ref = tn_node_input (watch->node, watch->call, 0);
  g_autofree char *count = NULL;

  if (params <= TN_WATCH_LARGE || params / LARGE_SHARE < all / 100)
    return;
  for (guint step = 0; step < TN_WATCH_REACH && ref.node != TN_NODE_NONE; step++)
    {
      const TnNode *node = tn_graph_find (watch->graph, ref.node);
      const TnKind *kind = tn_watch_kind (watch, node);

      if (tn_kind_is (kind, "Flatten"))
        {
          count = tn_text_count (params);
          tn_watch_raise (watch, 0,
                          _ ("%s has %s weights, more than nine in ten of the whole model, because "
                             "%s hands every place of the image to each of its units. Pooling "
                             "before %s, or global pooling in its place, needs far fewer."),
                          tn_node_name (watch->node), count, tn_node_name (node),
                          tn_node_name (node))
              ->axis
              = -1;
          return;
        }
      if (!kind->keeps && !kind->dropout)
        return;
      ref = tn_watch_above (watch, ref);
    }
}
