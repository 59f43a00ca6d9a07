/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How large volumes are: bounded, so that 1 × 1 × 4096 and 224 × 224 × 3 stand side by side. */
#include <math.h>

#include "base/tn-i18n.h"
#include "base/tn-text.h"
#include "scene/tn-volumes.h"

#define MOST_TALL    170.0
#define LEAST_TALL   10.0
#define MOST_ALONG   54.0
#define BAR_ALONG    9.0
#define SHEET_ALONG  7.0
#define DISC_SIZE    22.0
#define CARD_TALL    64.0
#define COPY_ALONG   2.6
#define MOST_COPIES  16u
#define MOST_HEADS   8u
#define THIN         4.0 /* what only works on the tensor before it */
#define UNKNOWN_SIZE 32  /* drawn in place of what is not known */

static double
size_or (TnDim dim, double fallback)
{
  return tn_dim_is_known (dim) ? MAX ((double)dim.size, 1) : fallback;
}

/* Channels, features, units. */
static double
feature_length (double n)
{
  return CLAMP (16 * log2 (n + 1), 14, MOST_TALL);
}

static double
channel_length (double n)
{
  return CLAMP (4 + 1.05 * sqrt (n), 5, MOST_ALONG);
}

/* Halving is seen as such, and the smallest can still be seen beside the largest. */
static double
spatial_length (double n, double largest)
{
  double most = CLAMP (26 * log2 (largest + 1), 60, MOST_TALL);

  return CLAMP (most * sqrt (n / largest), LEAST_TALL, most);
}

static const char *
dim_text (TnVolumes *self, TnDim dim)
{
  TnShape shape = { .rank = 1, .dims = { dim } };
  g_autofree char *text = tn_shape_to_text (&shape);
  gsize length = strlen (text);

  if (!tn_dim_is_known (dim) && dim.symbol == 0)
    return "?";
  /* "(T,)" */
  text[length >= 3 ? length - 2 : 0] = '\0';
  return g_string_chunk_insert (self->strings, length >= 3 ? text + 1 : "?");
}

gint64
tn_volume_spatial (const TnNode *node, const TnShape *shape)
{
  gint64 largest = 1;

  if (shape->rank >= 4)
    for (int i = 1; i < shape->rank; i++)
      /* Whichever of the ends the channels are at: they are counted only where nothing is said. */
      if (i > 1 && i < shape->rank - 1 && tn_dim_is_known (shape->dims[i]))
        largest = MAX (largest, shape->dims[i].size);
  return largest;
}

static void
measure_slab (TnVolumes *self, TnVolume *volume, gint64 largest, guint few)
{
  const TnShape *shape = &volume->shape;
  int channels = volume->channels_first ? shape->rank - 3 : shape->rank - 1;
  int height = volume->channels_first ? shape->rank - 2 : shape->rank - 3;
  double n = size_or (shape->dims[channels], UNKNOWN_SIZE);

  volume->kind = TN_VOLUME_SLAB;
  volume->tall = spatial_length (size_or (shape->dims[height], largest / 2.0), largest);
  volume->deep = spatial_length (size_or (shape->dims[height + 1], largest / 2.0), largest);
  volume->along = channel_length (n);
  volume->size = dim_text (self, shape->dims[channels]);
  volume->height = dim_text (self, shape->dims[height]);
  volume->depth = dim_text (self, shape->dims[height + 1]);
  if (shape->rank == 5 && !volume->channels_first)
    {
      g_autofree char *both
          = g_strdup_printf ("%s×%s", dim_text (self, shape->dims[1]), volume->height);
      volume->height = g_string_chunk_insert (self->strings, both);
    }
  if (tn_dim_is_known (shape->dims[channels]) && n > 1 && n <= few)
    {
      volume->copies = (guint)n;
      volume->along = (volume->copies - 1) * MAX (COPY_ALONG * 1.25, 26 / n) + COPY_ALONG;
    }
}

static void
measure_sheet (TnVolumes *self, TnVolume *volume)
{
  const TnShape *shape = &volume->shape;
  double steps = size_or (shape->dims[1], UNKNOWN_SIZE);
  int heads
      = volume->group == NULL ? tn_schema_param (tn_node_schema (volume->node), "num_heads") : -1;

  volume->kind = TN_VOLUME_SHEET;
  volume->tall = feature_length (size_or (shape->dims[2], UNKNOWN_SIZE));
  volume->deep = CLAMP (14 * log2 (steps + 1), 20, 120);
  volume->along = SHEET_ALONG;
  volume->cells = (guint)CLAMP (steps, 1, 10);
  volume->size = dim_text (self, shape->dims[2]);
  volume->depth = dim_text (self, shape->dims[1]);
  if (heads >= 0)
    {
      volume->copies = (guint)CLAMP (tn_node_int (volume->node, (guint)heads), 1, MOST_HEADS);
      volume->along = volume->copies * 5.0;
    }
}

static void
measure_bar (TnVolumes *self, TnVolume *volume)
{
  const TnShape *shape = &volume->shape;
  TnDim dim = shape->rank >= 2 ? shape->dims[1] : tn_dim (1);

  volume->kind = TN_VOLUME_BAR;
  volume->tall = feature_length (size_or (dim, UNKNOWN_SIZE));
  volume->along = volume->deep = BAR_ALONG;
  volume->cells = tn_dim_is_known (dim) && dim.size >= 2 && dim.size <= 16 ? (guint)dim.size : 1;
  volume->size = dim_text (self, dim);
}

/* ---- what it says of its layer ---- */

/* The sign of what joins tensors of one shape; NULL for all else. */
static const char *
disc_sign (const TnNode *node)
{
  static const struct
  {
    const char *type, *sign;
  } signs[] = {
    { "Add", "+" },       { "Subtract", "−" },  { "Multiply", "×" }, { "Average", "avg" },
    { "Maximum", "max" }, { "Minimum", "min" }, { "Dot", "·" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (g_str_equal (tn_node_schema (node)->type, signs[i].type))
      return signs[i].sign;
  return NULL;
}

/* "3×3", "3×3/2" with strides. */
static char *
window_text (const TnNode *node)
{
  static const char *const windows[] = { "kernel_size", "pool_size", "size" };
  const TnSchema *schema = tn_node_schema (node);
  GString *text = NULL;
  gint64 sizes[8], strides[8];

  for (guint i = 0; i < G_N_ELEMENTS (windows) && text == NULL; i++)
    {
      int param = tn_schema_param (schema, windows[i]);
      guint length = param >= 0 ? schema->params[param].length : 0;

      if (param < 0 || schema->params[param].kind != TN_PARAM_INTS || length == 0 || length > 8
          || !tn_node_ints (node, (guint)param, sizes))
        continue;
      text = g_string_new (NULL);
      for (guint j = 0; j < length; j++)
        g_string_append_printf (text, "%s%" PRIi64, j > 0 ? "×" : "", sizes[j]);
      param = tn_schema_param (schema, "strides");
      if (i == 0 && param >= 0 && schema->params[param].kind == TN_PARAM_INTS
          && schema->params[param].length <= 8 && tn_node_ints (node, (guint)param, strides)
          && strides[0] > 1)
        g_string_append_printf (text, "/%" PRIi64, strides[0]);
    }
  return text != NULL ? g_string_free (text, FALSE) : NULL;
}

static char *
kernel_text (const TnNode *node)
{
  const TnSchema *schema = tn_node_schema (node);
  int heads = tn_schema_param (schema, "num_heads");
  gint64 n = heads >= 0 ? tn_node_int (node, (guint)heads) : 0;

  if (heads >= 0)
    return g_strdup_printf (ngettext ("%d head", "%d heads", (gulong)CLAMP (n, 0, 1000000)),
                            (int)CLAMP (n, 0, 1000000));
  return window_text (node);
}

static void
describe (TnVolumes *self, TnVolume *volume, const TnFacts *facts)
{
  g_autofree char *kernel = volume->group == NULL ? kernel_text (volume->node) : NULL;
  const char *name = tn_name_own (volume->group != NULL ? tn_group_name (volume->group)
                                                        : tn_node_name (volume->node));
  gboolean named = (self->parts & TN_PART_NAMES) != 0 || volume->group != NULL;
  int then = facts != NULL && volume->group == NULL
                 ? tn_graph_index (tn_facts_graph (facts), tn_node_id (volume->node))
                 : -1;
  gint64 weights = then >= 0 ? tn_facts_params (facts, (guint)then) : 0;
  g_autofree char *text = NULL;

  if (kernel != NULL && (self->parts & TN_PART_KERNELS) != 0)
    volume->kernel = g_string_chunk_insert (self->strings, kernel);
  if ((self->parts & TN_PART_PARAMETERS) != 0 && weights > 0)
    {
      g_autofree char *count = tn_text_count (weights);

      text = named ? g_strdup_printf ("%s · %s", name, count) : g_steal_pointer (&count);
    }
  else if (named)
    text = g_strdup (name);
  if (text != NULL)
    volume->name = g_string_chunk_insert (self->strings, text);
}

/* Where the inputs of a concatenation along its channels end, as shares of the whole. */
static void
find_shares (TnVolume *volume, const TnFacts *facts, TnRef ref)
{
  const TnGraph *then = facts != NULL ? tn_facts_graph (facts) : NULL;
  int index = then != NULL ? tn_graph_index (then, ref.node) : -1;
  int axis = volume->channels_first ? 1 : volume->shape.rank - 1;
  double total = 0, sum = 0;

  if (index < 0 || !g_str_equal (tn_node_schema (volume->node)->type, "Concatenate")
      || !tn_dim_is_known (volume->shape.dims[axis]))
    return;
  total = (double)volume->shape.dims[axis].size;
  for (guint slot = 0; slot < tn_node_n_inputs (tn_graph_node (then, (guint)index), ref.call)
                       && volume->n_shares < G_N_ELEMENTS (volume->shares);
       slot++)
    {
      TnShape shape = tn_facts_input (facts, (guint)index, ref.call, slot);

      if (shape.rank != volume->shape.rank || !tn_dim_is_known (shape.dims[axis]))
        break;
      sum += (double)shape.dims[axis].size;
      if (sum < total)
        volume->shares[volume->n_shares++] = sum / total;
    }
}

void
tn_volume_measure (TnVolumes *self, TnVolume *volume, const TnFacts *facts, TnRef ref,
                   gint64 largest, guint few)
{
  const char *sign = volume->group == NULL ? disc_sign (volume->node) : NULL;
  int rank = volume->shape.rank;
  int activation;

  volume->copies = volume->cells = 1;
  describe (self, volume, facts);
  if (sign != NULL)
    {
      volume->kind = TN_VOLUME_DISC;
      g_strlcpy (volume->sign, sign, sizeof volume->sign);
      volume->along = volume->tall = DISC_SIZE;
      volume->kernel = NULL;
      return;
    }
  if (rank < 1)
    {
      volume->kind = TN_VOLUME_CARD;
      volume->tall = CARD_TALL;
      volume->along = volume->deep = CARD_TALL / 3;
      volume->size = "?";
    }
  else if (rank >= 4)
    measure_slab (self, volume, MAX (largest, 1), few);
  else if (rank == 3)
    measure_sheet (self, volume);
  else
    measure_bar (self, volume);
  if (volume->group != NULL)
    {
      volume->kind = TN_VOLUME_CARD;
      volume->along = MAX (volume->along, 36);
      volume->cells = volume->copies = 1;
    }
  else
    {
      find_shares (volume, facts, ref);
      activation = tn_schema_param (tn_node_schema (volume->node), "activation");
      volume->band = activation >= 0 && volume->copies == 1 && volume->kind != TN_VOLUME_SHEET
                     && volume->family != TN_FAMILY_ACTIVATIONS
                     && volume->family != TN_FAMILY_RECURRENT
                     && !tn_node_is_none (volume->node, (guint)activation)
                     && !g_str_equal (tn_node_string (volume->node, (guint)activation), "linear");
    }
  if ((volume->family == TN_FAMILY_POOLING || volume->family == TN_FAMILY_NORMALIZATION
       || volume->family == TN_FAMILY_REGULARIZATION || volume->family == TN_FAMILY_ACTIVATIONS)
      && volume->group == NULL)
    {
      if (volume->copies == 1 || volume->family != TN_FAMILY_POOLING)
        {
          volume->along = MIN (volume->along, THIN);
          volume->copies = 1;
        }
    }
  if ((self->parts & TN_PART_SHAPES) == 0)
    volume->size = volume->height = volume->depth = NULL;
}
