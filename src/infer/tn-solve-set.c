/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters upstream changed so that another shape comes out: which ones had a part in it is told
 * by the recorded rules, the value is solved for. */
#include <math.h>
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"
#include "infer/tn-provenance.h"
#include "infer/tn-solve-shape-private.h"

#define MOST_LAYERS 48 /* looked at for one axis, nearest first */
#define MOST_STEPS  24 /* of one bisection */
#define LARGEST     (1 << 20)
#define MOST_BESIDE 32 /* sizes to either side of one that would do */
#define ALL         (-1)

/* Something in a layer that a number can be given to. */
typedef struct
{
  TnNodeId node;
  guint param;
  int element; /* of a list; ALL of them alike */
  gint64 value;
  gint64 least, most;
} Handle;

/* How far from the usual it is to change it; negative: it is not changed. */
static double
cost_of (const TnParam *param)
{
  static const struct
  {
    const char *name;
    double cost;
  } known[] = {
    { "units", 0 },
    { "filters", 0 },
    { "output_dim", 0 },
    { "n", 0.4 },
    { "target_shape", .6 },
    { "padding", 0.5 },
    { "return_sequences", 0.2 },
    { "strides", 0.8 },
    { "pool_size", 0.8 },
    { "size", 0.8 },
    { "kernel_size", 1 },
    { "cropping", 0.8 },
    { "batch_shape", 1.5 },
    { "depth_multiplier", 1.5 },
    { "dilation_rate", 3 },
    { "height", 1 },
    { "width", 1 },
    { "output_size", 1 },
    { "target_height", 1 },
    { "target_width", 1 },
    { "output_padding", 3 },
    { "max_tokens", 2 },
    { "num_tokens", 1 },
    { "num_bins", 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (known[i].name, param->name) == 0)
      return known[i].cost;
  return -1;
}

/* ---- reading and writing a handle ---- */

static gboolean
numbers_of (const TnNode *node, guint at, gint64 *numbers, guint *n)
{
  const TnParam *param = &tn_node_schema (node)->params[at];
  TnShape dims;

  switch (param->kind)
    {
    case TN_PARAM_INT:
      numbers[0] = tn_node_int (node, at);
      *n = 1;
      return !tn_node_is_none (node, at);
    case TN_PARAM_INTS:
      *n = param->length;
      return param->length <= TN_MAX_RANK && tn_node_ints (node, at, numbers);
    case TN_PARAM_PAIRS:
      *n = 2 * param->length;
      return param->length <= TN_MAX_RANK && tn_node_pairs (node, at, numbers);
    case TN_PARAM_DIMS:
      if (!tn_node_dims (node, at, &dims) || dims.rank < 0)
        return FALSE;
      *n = (guint)dims.rank;
      for (int i = 0; i < dims.rank; i++)
        numbers[i] = dims.dims[i].size;
      return TRUE;
    default:
      return FALSE;
    }
}

/* The whole parameter with the handle at @value. */
static TnValue *
value_with (const TnNode *node, const Handle *handle, gint64 value)
{
  const TnParam *param = &tn_node_schema (node)->params[handle->param];
  gint64 numbers[2 * TN_MAX_RANK];
  guint n;
  TnValue *items[TN_MAX_RANK];

  if (!numbers_of (node, handle->param, numbers, &n))
    return NULL;
  for (guint i = 0; i < n; i++)
    if (handle->element == ALL || handle->element == (int)i)
      numbers[i] = value;
  if (param->kind == TN_PARAM_INT)
    return tn_value_new_int (numbers[0]);
  if (param->kind == TN_PARAM_PAIRS && param->length > 1)
    {
      for (guint i = 0; i < param->length; i++)
        items[i] = tn_value_new_ints (numbers + 2 * i, 2);
      return tn_value_new_list (items, param->length);
    }
  if (param->kind == TN_PARAM_DIMS)
    {
      g_autoptr (TnValue) before = tn_node_value (node, handle->param);

      for (guint i = 0; i < n; i++)
        items[i] = handle->element == (int)i ? tn_value_new_int (value)
                                             : tn_value_ref (tn_value_at (before, i));
      return tn_value_new_list (items, n);
    }
  return tn_value_new_ints (numbers, n);
}

/* The model with the handle at @value; NULL when that is refused or there were trials enough. */
static TnFacts *
infer_with (TnShapeSolver *self, const TnAttempt *from, const Handle *handle, gint64 value)
{
  g_autoptr (TnDraft) draft = tn_draft_new (tn_facts_graph (from->facts));
  g_autoptr (TnValue) whole = value_with (tn_draft_find (draft, handle->node), handle, value);

  if (whole == NULL || !tn_draft_set (draft, handle->node, handle->param, whole, TRUE, NULL))
    return NULL;
  return tn_solver_infer (self, draft);
}

static gboolean
offer (TnShapeSolver *self, const TnAttempt *from, TnNodeId id, guint at, double cost,
       TnFacts *facts)
{
  const TnNode *node = tn_graph_find (tn_facts_graph (facts), id);
  g_autoptr (TnValue) value = tn_node_value (node, at);
  g_autofree char *text = tn_value_to_text (value);

  return tn_solver_offer (self,
                          tn_attempt_next (from, facts,
                                           g_strdup_printf (_ ("Set %s of %s to %s"),
                                                            tn_node_schema (node)->params[at].name,
                                                            tn_node_name (node), text),
                                           cost, id));
}

/* ---- solving for a value ---- */

/* Offers the handle at @value if @axis then is as wanted. Else @size gets what it is, or -1. */
static gboolean
try_value (TnShapeSolver *self, const TnAttempt *from, const Handle *handle, int axis, gint64 value,
           gint64 *size)
{
  gint64 wanted = self->goal->wanted.dims[axis].size;
  const TnParam *param;
  TnFacts *facts;
  TnShape shape;
  double change;

  *size = -1;
  if (value < handle->least || value > handle->most || value == handle->value)
    return FALSE;
  facts = infer_with (self, from, handle, value);
  if (facts == NULL)
    return FALSE;
  shape = tn_facts_shape (facts, from->ref, NULL);
  if (axis < shape.rank)
    *size = shape.dims[axis].size;
  if (*size != wanted)
    {
      tn_facts_unref (facts);
      return FALSE;
    }
  param = &tn_node_schema (tn_graph_find (tn_facts_graph (facts), handle->node))
               ->params[handle->param];
  change = handle->value > 0 ? fabs (log2 ((double)MAX (value, 1) / (double)handle->value)) : 1;
  offer (self, from, handle->node, handle->param, cost_of (param) + 0.25 * change, facts);
  return TRUE;
}

/* What would do if the size were proportional, inversely so, or off by an amount. */
static gboolean
try_inverses (TnShapeSolver *self, const TnAttempt *from, const Handle *handle, int axis,
              gint64 present)
{
  gint64 wanted = self->goal->wanted.dims[axis].size, value = handle->value, size;
  gint64 guesses[] = { wanted, value + wanted - present, value - (wanted - present), -1, -1, -1 };
  guint n = 3;

  if (present > 0 && wanted > 0 && value > 0 && value <= LARGEST && present <= LARGEST)
    {
      guesses[n++] = value * wanted / present;
      guesses[n++] = value * present / wanted;
      guesses[n++] = (value * present + wanted - 1) / wanted;
    }
  for (guint i = 0; i < n; i++)
    if (try_value (self, from, handle, axis, guesses[i], &size))
      return TRUE;
  return FALSE;
}

/* The size rises or falls with the value all along: bisects towards the side that leads nearer. */
static void
bisect (TnShapeSolver *self, const TnAttempt *from, const Handle *handle, int axis, gint64 present)
{
  gint64 wanted = self->goal->wanted.dims[axis].size;
  gint64 near = handle->value, far = handle->value, size = -1, step = 1;
  gint64 up = -1, down = -1;
  int direction;

  if (try_value (self, from, handle, axis, near + 1, &up)
      || try_value (self, from, handle, axis, near - 1, &down))
    return;
  if (up >= 0 && up != present)
    direction = (up > present) == (wanted > present) ? 1 : -1;
  else if (down >= 0 && down != present)
    direction = (down > present) == (wanted > present) ? -1 : 1;
  else if (up >= 0 || down >= 0)
    /* A floor may hide a step of one; small numbers are tried by the inverses. */
    return;
  else
    return;
  for (guint i = 0; i < MOST_STEPS; i++)
    {
      far = CLAMP (near + direction * step, handle->least, handle->most);
      if (far == near)
        return;
      if (try_value (self, from, handle, axis, far, &size))
        return;
      if (size < 0 || (size > wanted) == (wanted > present))
        break;
      near = far;
      step *= 2;
    }
  for (guint i = 0; i < MOST_STEPS && ABS (far - near) > 1; i++)
    {
      gint64 middle = near + (far - near) / 2;

      if (try_value (self, from, handle, axis, middle, &size))
        return;
      if (size < 0 || (size > wanted) == (wanted > present))
        far = middle;
      else
        near = middle;
    }
}

static void
solve_handle (TnShapeSolver *self, const TnAttempt *from, const Handle *handle, int axis,
              gint64 present)
{
  gint64 next = -1, far = -1;

  if (try_value (self, from, handle, axis, handle->value + 1, &next)
      || try_value (self, from, handle, axis, 2 * handle->value + 3, &far))
    return;
  /* Many have no part in it: the kernel where all is padded. */
  if (next == present && far == present)
    return;
  if (!try_inverses (self, from, handle, axis, present) && present >= 0)
    bisect (self, from, handle, axis, present);
}

/* ---- which handles ---- */

static void
solve_numbers (TnShapeSolver *self, const TnAttempt *from, const TnNode *node, guint at, int axis,
               gint64 present)
{
  const TnParam *param = &tn_node_schema (node)->params[at];
  gint64 numbers[2 * TN_MAX_RANK];
  Handle handle = { .node = tn_node_id (node),
                    .param = at,
                    .least = MAX ((gint64)param->minimum, 0),
                    .most = param->maximum > param->minimum ? (gint64)param->maximum : LARGEST };
  gboolean alike = TRUE;
  guint n;

  if (!numbers_of (node, at, numbers, &n) || n == 0)
    return;
  for (guint i = 1; i < n; i++)
    alike = alike && numbers[i] == numbers[0];
  if (param->kind != TN_PARAM_DIMS && alike)
    {
      handle.element = ALL;
      handle.value = numbers[0];
      solve_handle (self, from, &handle, axis, present);
      if (n == 1)
        return;
    }
  if (param->kind == TN_PARAM_DIMS)
    handle.least = 1;
  for (guint i = 0; i < n; i++)
    {
      /* Of a pair the second: zeros are added, and edges cut off, at the end. */
      if ((param->kind == TN_PARAM_PAIRS && i % 2 == 0)
          || (param->kind == TN_PARAM_DIMS && numbers[i] < 1))
        continue;
      handle.element = (int)i;
      handle.value = numbers[i];
      solve_handle (self, from, &handle, axis, present);
    }
}

/* What the edge's second axis is with @size along @axes, offered when that is as wanted; 0: cannot
 * be told. */
static gint64
try_square (TnShapeSolver *self, const TnAttempt *from, const GArray *axes, gint64 size)
{
  const TnShape *wanted = &self->goal->wanted;
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (TnDraft) draft = NULL;
  g_autoptr (TnFacts) facts = NULL;
  TnShape after;

  if (size < 1)
    return 0;
  graph = tn_solve_with_size (tn_facts_graph (from->facts), axes, size);
  draft = tn_draft_new (graph);
  facts = tn_solver_infer (self, draft);
  if (facts == NULL)
    return 0;
  after = tn_facts_shape (facts, from->ref, NULL);
  if (after.rank != wanted->rank)
    return 0;
  if (!tn_attempt_misses (&after, wanted, 1))
    offer (self, from, g_array_index (axes, TnSizeAxis, 0).input, TN_INPUT_SHAPE, 1.5,
           tn_facts_ref (facts));
  return MAX (after.dims[1].size, 0);
}

/* Height and width of an input are changed together where they are the same. */
static void
solve_square (TnShapeSolver *self, const TnAttempt *from, const TnNode *input)
{
  const TnShape *wanted = &self->goal->wanted;
  TnShape shape, now = tn_attempt_shape (from);
  g_autoptr (GArray) axes = g_array_new (FALSE, FALSE, sizeof (TnSizeAxis));
  gint64 size, low = 1, high = LARGEST;
  guint before = self->ways->len;

  if (!tn_node_dims (input, TN_INPUT_SHAPE, &shape) || shape.rank < 4 || now.rank != wanted->rank)
    return;
  size = shape.dims[1].size;
  for (int axis = 1; axis < shape.rank - 1; axis++)
    {
      TnSizeAxis place = { tn_node_id (input), axis };

      if (shape.dims[axis].size != size || size < 1)
        return;
      g_array_append_val (axes, place);
    }
  for (int axis = 1; axis < now.rank - 1; axis++)
    if (!tn_attempt_misses (&now, wanted, axis))
      return;
  /* A larger input makes larger maps. */
  for (guint i = 0; i < MOST_STEPS && low <= high; i++)
    {
      gint64 middle = i == 0 && now.dims[1].size > 0
                          ? CLAMP (size * wanted->dims[1].size / now.dims[1].size, low, high)
                          : low + (high - low) / 2;
      gint64 after = try_square (self, from, axes, middle);

      if (after == wanted->dims[1].size)
        {
          /* Several do; some of them may not suit what comes after. */
          for (gint64 by = 1; by <= MOST_BESIDE && self->ways->len == before; by++)
            if (try_square (self, from, axes, middle - by) != after
                && try_square (self, from, axes, middle + by) != after)
              return;
          return;
        }
      if (after > wanted->dims[1].size)
        high = middle - 1;
      else
        low = middle + 1;
    }
}

/* Parameters that are not numbers: each other choice there is. */
static void
solve_choice (TnShapeSolver *self, const TnAttempt *from, const TnNode *node, guint at)
{
  const TnParam *param = &tn_node_schema (node)->params[at];
  guint n = 2;

  if (param->kind == TN_PARAM_CHOICE)
    n = g_strv_length ((char **)param->choices);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TnDraft) draft = tn_draft_new (tn_facts_graph (from->facts));
      g_autoptr (TnValue) value = param->kind == TN_PARAM_CHOICE
                                      ? tn_value_new_string (param->choices[i])
                                      : tn_value_new_bool (i == 1);
      TnFacts *facts;

      tn_draft_set (draft, tn_node_id (node), at, value, TRUE, NULL);
      if (tn_node_same_meaning (tn_draft_find (draft, tn_node_id (node)), node))
        continue;
      facts = tn_solver_infer (self, draft);
      if (facts != NULL)
        offer (self, from, tn_node_id (node), at, cost_of (param), facts);
    }
}

/* The layer at the edge says its output's shape itself. */
static void
solve_target_shape (TnShapeSolver *self, const TnAttempt *from)
{
  const TnShape *wanted = &self->goal->wanted;
  g_autoptr (TnDraft) draft = tn_draft_new (tn_facts_graph (from->facts));
  const TnNode *node = tn_draft_find (draft, from->ref.node);
  int at = tn_schema_param (tn_node_schema (node), "target_shape");
  g_autoptr (TnValue) value = NULL;
  gint64 sizes[TN_MAX_RANK];
  guint n_open = 0;
  TnFacts *facts;

  if (at < 0 || wanted->rank < 2)
    return;
  for (int axis = 1; axis < wanted->rank; axis++)
    {
      sizes[axis - 1] = wanted->dims[axis].size;
      n_open += !tn_dim_is_known (wanted->dims[axis]);
    }
  value = tn_value_new_ints (sizes, (gsize)wanted->rank - 1);
  if (n_open > 1 || !tn_draft_set (draft, from->ref.node, (guint)at, value, TRUE, NULL))
    return;
  facts = tn_solver_infer (self, draft);
  if (facts != NULL)
    offer (self, from, from->ref.node, (guint)at, 0.6, facts);
}

static gboolean
adds (GHashTable *seen, TnNodeId node, guint param, int axis)
{
  gint64 key = (gint64)node << 24 | (gint64)param << 8 | axis;

  return g_hash_table_add (seen, g_memdup2 (&key, sizeof key));
}

/* All that may change @axis, nearest first. */
static void
solve_axis (TnShapeSolver *self, const TnAttempt *from, int axis, GHashTable *seen)
{
  const TnGraph *graph = tn_facts_graph (from->facts);
  TnShape shape = tn_attempt_shape (from);
  gboolean misses = shape.rank == self->goal->wanted.rank;
  g_autoptr (GArray) layers = tn_provenance_layers (from->facts, from->ref, axis);

  for (guint i = 0; i < layers->len; i++)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (layers, TnNodeId, i));

      if (tn_node_is_source (node) && adds (seen, tn_node_id (node), G_MAXUINT8, 0))
        solve_square (self, from, node);
    }
  for (guint i = 0; i < MIN (layers->len, MOST_LAYERS); i++)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (layers, TnNodeId, i));
      const TnSchema *schema = tn_node_schema (node);

      for (guint at = 0; at < schema->n_params; at++)
        {
          TnParamKind kind = schema->params[at].kind;

          if (cost_of (&schema->params[at]) < 0)
            continue;
          if (kind == TN_PARAM_CHOICE || kind == TN_PARAM_BOOL)
            {
              if (adds (seen, tn_node_id (node), at, 0))
                solve_choice (self, from, node, at);
            }
          else if (misses && adds (seen, tn_node_id (node), at, axis))
            solve_numbers (self, from, node, at, axis, shape.dims[axis].size);
        }
    }
}

void
tn_solver_set (TnShapeSolver *self, const TnAttempt *from)
{
  const TnShape *wanted = &self->goal->wanted;
  TnShape shape = tn_attempt_shape (from);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  solve_target_shape (self, from);
  /* Where the number of axes is wrong, any of them may lead to the layer that made it so. */
  for (int axis = 0; axis < shape.rank; axis++)
    if (shape.rank != wanted->rank || tn_attempt_misses (&shape, wanted, axis))
      solve_axis (self, from, axis, seen);
}
