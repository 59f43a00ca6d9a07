/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the attention layers run: query and key are compared, the scores weigh the values. */
#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "layers/tn-attention.h"
#include "layers/tn-lowerings.h"

static TnTensorId
input_or_none (const TnLower *lower, guint slot)
{
  return slot < tn_lower_n_inputs (lower) ? tn_lower_input (lower, slot) : TN_TENSOR_ABSENT;
}

static TnTensorId
both (TnLower *lower, TnTensorId a, TnTensorId b)
{
  if (a == TN_TENSOR_ABSENT || b == TN_TENSOR_ABSENT)
    return a == TN_TENSOR_ABSENT ? b : a;
  return tn_lower_binary (lower, TN_BINARY_AND, a, b);
}

/* (t, s) of 1 where place s may be seen from place t; ABSENT: everywhere. @window 0: none. */
static TnTensorId
places_mask (TnLower *lower, TnDim t, TnDim s, gboolean causal, gint64 window)
{
  TnShape shape = { .rank = 2, .dims = { t, s } };

  return causal || window > 0 ? tn_lower_causal_mask (lower, &shape, causal, window)
                              : TN_TENSOR_ABSENT;
}

/* @mask broadcasts to @scores. */
static TnTensorId
masked_softmax (TnLower *lower, TnTensorId scores, TnTensorId mask, int axis)
{
  TnOpSettings settings = { .axis = axis };

  if (mask != TN_TENSOR_ABSENT)
    scores = tn_lower_binary (lower, TN_BINARY_ADD, scores,
                              tn_lower_affine (lower, mask, TN_MASKED, -TN_MASKED));
  return tn_lower_call (lower, &tn_op_softmax, &settings, &scores, 1);
}

static TnTensorId
product (TnLower *lower, TnTensorId a, TnTensorId b)
{
  return tn_lower_call (lower, &tn_op_batch_matmul, NULL, (TnTensorId[]){ a, b }, 2);
}

/* The last two axes change places. */
static TnTensorId
turned (TnLower *lower, TnTensorId x)
{
  int rank = tn_lower_shape (lower, x)->rank, permutation[TN_MAX_RANK];

  for (int axis = 0; axis < rank; axis++)
    permutation[axis] = axis < rank - 2 ? axis : rank - 1 - (axis - (rank - 2));
  return tn_lower_transpose (lower, x, permutation);
}

/* ---- Attention, AdditiveAttention ---- */

/* Query, value and key as (lead, steps, features) with one lead axis. */
typedef struct
{
  TnTensorId query, value, key;
  TnShape lead; /* the axes before the steps */
} Compared;

/* @x with the lead axes of the query; ABSENT, refused, when it has others. */
static TnTensorId
with_lead (TnLower *lower, TnTensorId x, const TnShape *lead)
{
  TnShape whole;

  while (tn_lower_shape (lower, x)->rank < lead->rank + 2)
    x = tn_lower_expand (lower, x, 0);
  whole = *tn_lower_shape (lower, x);
  for (int axis = 0; axis < lead->rank; axis++)
    {
      if (whole.dims[axis].size != lead->dims[axis].size && whole.dims[axis].size != 1)
        {
          tn_lower_refuse (lower, _ ("the batch of its value or key is larger than the query's"));
          return TN_TENSOR_ABSENT;
        }
      whole.dims[axis] = lead->dims[axis];
    }
  return tn_lower_join (lower, tn_lower_stretch (lower, x, &whole), 0, lead->rank);
}

static gboolean
compared (TnLower *lower, Compared *c)
{
  TnTensorId query = tn_lower_input (lower, TN_ATTENTION_QUERY);
  TnTensorId value = tn_lower_input (lower, TN_ATTENTION_VALUE);
  TnTensorId key = input_or_none (lower, TN_ATTENTION_KEY);

  c->lead = *tn_lower_shape (lower, query);
  c->lead.rank -= 2;
  c->query = tn_lower_join (lower, query, 0, c->lead.rank);
  c->value = with_lead (lower, value, &c->lead);
  c->key = key == TN_TENSOR_ABSENT ? c->value : with_lead (lower, key, &c->lead);
  return c->value != TN_TENSOR_ABSENT && c->key != TN_TENSOR_ABSENT;
}

/* Σ tanh (query + key) over the features, each feature times @scale before or after the function.
 */
static TnTensorId
added_scores (TnLower *lower, const Compared *c, TnTensorId before, TnTensorId after)
{
  TnTensorId sum = tn_lower_binary (lower, TN_BINARY_ADD, tn_lower_expand (lower, c->query, 2),
                                    tn_lower_expand (lower, c->key, 1));

  if (before != TN_TENSOR_ABSENT)
    sum = tn_lower_binary (lower, TN_BINARY_MULTIPLY, sum, before);
  sum = tn_lower_activation (lower, sum, "tanh");
  if (after != TN_TENSOR_ABSENT)
    sum = tn_lower_binary (lower, TN_BINARY_MULTIPLY, sum, after);
  return tn_lower_squeeze (lower, tn_lower_reduce (lower, TN_REDUCE_SUM, sum, 3), 3);
}

/* The mask of the scores (lead, t, s): of the value's steps, and of what lies ahead. */
static TnTensorId
scores_mask (TnLower *lower, const Compared *c, TnTensorId scores)
{
  TnTensorId mask = tn_lower_mask (lower, TN_ATTENTION_VALUE);
  const TnShape *shape = tn_lower_shape (lower, scores);
  TnDim t = shape->dims[1], s = shape->dims[2];
  gboolean causal = tn_lowering_flag (tn_lower_node (lower), "use_causal_mask");

  if (mask != TN_TENSOR_ABSENT && c->lead.rank == 1 && tn_lower_shape (lower, mask)->rank == 2)
    mask = tn_lower_expand (lower, mask, 1);
  else
    mask = TN_TENSOR_ABSENT;
  return both (lower, mask, places_mask (lower, t, s, causal, 0));
}

static void
put_out_attended (TnLower *lower, const Compared *c, TnTensorId scores)
{
  TnTensorId weights = masked_softmax (lower, scores, scores_mask (lower, c, scores), 2);
  TnTensorId out = product (lower, weights, c->value);
  TnTensorId query_mask = tn_lower_mask (lower, TN_ATTENTION_QUERY);
  TnShape apart;

  if (query_mask != TN_TENSOR_ABSENT && c->lead.rank == 1
      && tn_lower_shape (lower, query_mask)->rank == 2)
    out = tn_lower_binary (lower, TN_BINARY_MULTIPLY, out, tn_lower_expand (lower, query_mask, 2));
  for (int i = 0; i < 2; i++)
    {
      TnTensorId result = i == 0 ? out : weights;
      const TnShape *shape = tn_lower_shape (lower, result);

      apart = c->lead;
      apart.dims[apart.rank++] = shape->dims[1];
      apart.dims[apart.rank++] = shape->dims[2];
      if (i == 0 || tn_lowering_flag (tn_lower_node (lower), "return_attention_scores"))
        tn_lower_output (lower, tn_lower_reshape (lower, result, &apart));
    }
  tn_lower_output_mask (lower, 0, query_mask);
}

void
tn_attention_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId scale = tn_lower_weight (lower, "scale");
  TnTensorId scores;
  Compared c;

  if (!compared (lower, &c))
    return;
  if (g_str_equal (tn_node_string (node, tn_lowering_param (node, "score_mode")), "concat"))
    scores = tn_lower_binary (lower, TN_BINARY_MULTIPLY,
                              added_scores (lower, &c, scale, TN_TENSOR_ABSENT),
                              tn_lower_weight (lower, "concat_score_weight"));
  else
    {
      scores = product (lower, c.query, turned (lower, c.key));
      if (scale != TN_TENSOR_ABSENT)
        scores = tn_lower_binary (lower, TN_BINARY_MULTIPLY, scores, scale);
    }
  put_out_attended (lower, &c, scores);
}

void
tn_additive_attention_lower (TnLower *lower)
{
  Compared c;

  if (compared (lower, &c))
    put_out_attended (lower, &c,
                      added_scores (lower, &c, TN_TENSOR_ABSENT, tn_lower_weight (lower, "scale")));
}

/* ---- MultiHeadAttention, GroupQueryAttention ---- */

/* @n_from last axes of @x times the kernel @name: all that the kernel has beside takes their place.
 */
static TnTensorId
project (TnLower *lower, TnTensorId x, const char *name, int n_from)
{
  g_autofree char *kernel_name = g_strconcat (name, "/kernel", NULL);
  g_autofree char *bias_name = g_strconcat (name, "/bias", NULL);
  TnTensorId kernel = tn_lower_weight (lower, kernel_name);
  TnTensorId bias = tn_lower_weight (lower, bias_name);
  TnShape shape = *tn_lower_shape (lower, kernel), out = *tn_lower_shape (lower, x);

  kernel = tn_lower_join (lower, kernel, n_from, shape.rank);
  kernel = tn_lower_join (lower, kernel, 0, n_from);
  if (bias != TN_TENSOR_ABSENT)
    bias = tn_lower_join (lower, bias, 0, tn_lower_shape (lower, bias)->rank);
  out.rank -= n_from;
  x = tn_lower_join (lower, x, out.rank, out.rank + n_from);
  x = tn_lower_call (lower, &tn_op_matmul, NULL, (TnTensorId[]){ x, kernel, bias }, 3);
  for (int axis = n_from; axis < shape.rank; axis++)
    out.dims[out.rank++] = shape.dims[axis];
  return tn_lower_reshape (lower, x, &out);
}

/* Axes of what is projected, (batch, …, heads, size): those gone through side by side, then those
 * along which steps look at one another. */
typedef struct
{
  int rank;
  int beside[TN_MAX_RANK], along[TN_MAX_RANK];
  int n_beside, n_along;
} Axes;

/* (beside, along, size), with @turn (beside, size, along). */
static TnTensorId
lay_out (TnLower *lower, TnTensorId x, const Axes *axes, gboolean turn)
{
  int permutation[TN_MAX_RANK], place = 0;

  for (int i = 0; i < axes->n_beside; i++)
    permutation[place++] = axes->beside[i];
  if (turn)
    permutation[place++] = axes->rank - 1;
  for (int i = 0; i < axes->n_along; i++)
    permutation[place++] = axes->along[i];
  if (!turn)
    permutation[place++] = axes->rank - 1;
  x = tn_lower_transpose (lower, x, permutation);
  x = tn_lower_join (lower, x, axes->n_beside + turn, axes->n_beside + turn + axes->n_along);
  return tn_lower_join (lower, x, 0, axes->n_beside);
}

/* Axes gone through side by side stretch to the query's. */
static TnTensorId
beside_query (TnLower *lower, TnTensorId x, const TnShape *query, const Axes *axes)
{
  TnShape whole = *tn_lower_shape (lower, x);

  for (int i = 0; i < axes->n_beside; i++)
    {
      TnDim *dim = &whole.dims[axes->beside[i]];

      if (dim->size != query->dims[axes->beside[i]].size && dim->size != 1)
        {
          tn_lower_refuse (lower, _ ("the batch of its value or key is larger than the query's"));
          return TN_TENSOR_ABSENT;
        }
      *dim = query->dims[axes->beside[i]];
    }
  return tn_lower_stretch (lower, x, &whole);
}

/* The mask that the call is given, of 1 where a step may be seen, with as many axes as @scores,
 * which it broadcasts to; ABSENT: none, or, refused, one that does not. */
static TnTensorId
given_mask (TnLower *lower, const TnShape *scores)
{
  TnTensorId mask = tn_lower_argument (lower, "attention_mask");
  const TnShape *shape;

  if (mask == TN_TENSOR_ABSENT)
    return mask;
  while (tn_lower_shape (lower, mask)->rank >= 2
         && tn_lower_shape (lower, mask)->rank < scores->rank)
    mask = tn_lower_expand (lower, mask, tn_lower_shape (lower, mask)->rank - 2);
  shape = tn_lower_shape (lower, mask);
  for (int axis = 0; axis < scores->rank; axis++)
    if (shape->rank != scores->rank
        || (shape->dims[axis].size != 1 && shape->dims[axis].size != scores->dims[axis].size))
      {
        tn_lower_refuse (lower, _ ("the mask that it is given has not the sizes of what it masks"));
        return TN_TENSOR_ABSENT;
      }
  return tn_lower_binary (lower, TN_BINARY_NOT_EQUAL, mask, tn_lower_number (lower, 0));
}

/* Of 1 where the query's step t may see the key's step s, broadcasting to @scores (batch, heads, t,
 * s); ABSENT: everywhere. */
static TnTensorId
heads_mask (TnLower *lower, const TnShape *scores)
{
  TnDim t = scores->dims[2], s = scores->dims[3];
  const TnNode *node = tn_lower_node (lower);
  int window = tn_schema_param (tn_node_schema (node), "sliding_window");
  gint64 reach = window >= 0 && !tn_node_is_none (node, (guint)window)
                     ? tn_node_int (node, (guint)window)
                     : 0;
  TnTensorId mask = places_mask (lower, t, s, tn_lowering_flag (node, "use_causal_mask"), reach);

  if (mask != TN_TENSOR_ABSENT)
    mask = tn_lower_expand (lower, mask, 0);
  for (guint slot = TN_ATTENTION_QUERY; slot <= TN_ATTENTION_KEY; slot++)
    {
      TnTensorId one = tn_lower_mask (lower, slot);

      if (one == TN_TENSOR_ABSENT || tn_lower_shape (lower, one)->rank != 2)
        continue;
      mask = both (lower, mask, tn_lower_expand (lower, one, slot == TN_ATTENTION_QUERY ? 2 : 1));
    }
  if (mask != TN_TENSOR_ABSENT)
    mask = tn_lower_expand (lower, mask, 1);
  return both (lower, mask, given_mask (lower, scores));
}

/* What is projected, brought together: out is laid out like the query, scores as (beside, t, s). */
static gboolean
attend (TnLower *lower, TnTensorId query, TnTensorId key, TnTensorId value, const Axes *axes,
        TnTensorId *out, TnTensorId *scores)
{
  TnShape asked = *tn_lower_shape (lower, query), keyed, valued, shape;
  TnShape apart = { .rank = 0 };
  double size = (double)asked.dims[asked.rank - 1].size;
  int back[TN_MAX_RANK], place = 0;
  TnTensorId mask = TN_TENSOR_ABSENT;

  key = beside_query (lower, key, &asked, axes);
  value = key != TN_TENSOR_ABSENT ? beside_query (lower, value, &asked, axes) : key;
  if (value == TN_TENSOR_ABSENT)
    return FALSE;
  keyed = *tn_lower_shape (lower, key);
  valued = *tn_lower_shape (lower, value);
  shape = (TnShape){ .rank = 4,
                     .dims = { asked.dims[0], asked.dims[2], asked.dims[1], keyed.dims[1] } };
  if (axes->rank == 4 && axes->n_along == 1 && axes->along[0] == 1)
    mask = heads_mask (lower, &shape);
  else if (tn_lowering_flag (tn_lower_node (lower), "use_causal_mask"))
    {
      tn_lower_refuse (lower, _ ("a causal mask goes with one axis of steps only"));
      return FALSE;
    }
  query = tn_lower_affine (lower, query, 1.0 / sqrt (size), 0);
  *scores = product (lower, lay_out (lower, query, axes, FALSE), lay_out (lower, key, axes, TRUE));
  if (mask != TN_TENSOR_ABSENT)
    {
      TnShape flat = *tn_lower_shape (lower, *scores);

      *scores = tn_lower_reshape (lower, *scores, &shape);
      *scores = masked_softmax (lower, *scores, mask, 3);
      *scores = tn_lower_reshape (lower, *scores, &flat);
    }
  else
    *scores = masked_softmax (lower, *scores, TN_TENSOR_ABSENT, 2);
  *out = product (lower, *scores, lay_out (lower, value, axes, FALSE));
  for (int i = 0; i < axes->n_beside; i++)
    {
      back[axes->beside[i]] = place++;
      apart.dims[apart.rank++] = asked.dims[axes->beside[i]];
    }
  for (int i = 0; i < axes->n_along; i++)
    {
      back[axes->along[i]] = place++;
      apart.dims[apart.rank++] = asked.dims[axes->along[i]];
    }
  back[axes->rank - 1] = place;
  apart.dims[apart.rank++] = valued.dims[axes->rank - 1];
  *out = tn_lower_transpose (lower, tn_lower_reshape (lower, *out, &apart), back);
  apart.rank--;
  for (int i = 0; i < axes->n_along; i++)
    apart.dims[apart.rank++] = keyed.dims[axes->along[i]];
  if (tn_lowering_flag (tn_lower_node (lower), "return_attention_scores"))
    *scores = tn_lower_reshape (lower, *scores, &apart);
  return TRUE;
}

static gboolean
is_along (const Axes *axes, int axis)
{
  for (int i = 0; i < axes->n_along; i++)
    if (axes->along[i] == axis)
      return TRUE;
  return FALSE;
}

/* The axes as the layer's rule finds them: see layer-attention-multi-head.c. */
static Axes
find_axes (TnLower *lower, int rank)
{
  const TnNode *node = tn_lower_node (lower);
  int param = tn_schema_param (tn_node_schema (node), "attention_axes");
  gboolean named = param >= 0 && !tn_node_is_none (node, (guint)param);
  /* For sequences Keras does not look at the axes that are named. */
  gboolean short_way = rank == 3 && tn_node_float (node, tn_lowering_param (node, "dropout")) == 0
                       && !tn_lowering_flag (node, "return_attention_scores");
  Axes axes = { .rank = rank + 1 };
  gint64 given[TN_MAX_RANK];
  guint n = 0;

  if (named && !short_way && tn_node_axes (node, (guint)param, given, &n))
    for (guint i = 0; i < n; i++)
      {
        gint64 axis = given[i] >= 0 ? given[i] : given[i] + rank;

        axes.along[axes.n_along++] = (int)(axis >= 0 ? axis : axis + axes.rank);
      }
  else
    for (int axis = 1; axis < rank - 1; axis++)
      axes.along[axes.n_along++] = axis;
  for (int axis = 0; axis < axes.rank - 1; axis++)
    if (!is_along (&axes, axis))
      axes.beside[axes.n_beside++] = axis;
  return axes;
}

static void
heads_lower (TnLower *lower, gint64 repeats)
{
  const TnNode *node = tn_lower_node (lower);
  TnTensorId asking = tn_lower_input (lower, TN_ATTENTION_QUERY);
  TnTensorId given = tn_lower_input (lower, TN_ATTENTION_VALUE);
  TnTensorId compared_with = input_or_none (lower, TN_ATTENTION_KEY);
  int rank = tn_lower_shape (lower, asking)->rank;
  Axes axes = find_axes (lower, rank);
  TnTensorId query, key, value, out, scores;

  if (rank + 1 > TN_MAX_RANK || axes.rank - 1 + axes.n_along > TN_MAX_RANK)
    {
      tn_lower_refuse (lower, _ ("it would need more axes than Tenon works with"));
      return;
    }
  if (compared_with == TN_TENSOR_ABSENT)
    compared_with = given;
  query = project (lower, asking, "query", 1);
  key = tn_lower_repeat (lower, project (lower, compared_with, "key", 1), rank - 1, repeats);
  value = tn_lower_repeat (lower, project (lower, given, "value", 1), rank - 1, repeats);
  if (!attend (lower, query, key, value, &axes, &out, &scores))
    return;
  if (tn_lowering_flag (node, "use_gate"))
    out = tn_lower_binary (
        lower, TN_BINARY_MULTIPLY, out,
        tn_lower_activation (lower, project (lower, asking, "gate", 1), "sigmoid"));
  tn_lower_output (lower, project (lower, out, "attention_output", 2));
  if (tn_lowering_flag (node, "return_attention_scores"))
    tn_lower_output (lower, scores);
  tn_lower_output_mask (lower, 0, tn_lower_mask (lower, TN_ATTENTION_QUERY));
}

void
tn_multi_head_attention_lower (TnLower *lower)
{
  heads_lower (lower, 1);
}

void
tn_group_query_attention_lower (TnLower *lower)
{
  const TnNode *node = tn_lower_node (lower);

  heads_lower (lower, tn_lowering_int (node, "num_query_heads")
                          / tn_lowering_int (node, "num_key_value_heads"));
}
