/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers put into an edge so that another shape comes out, derived from the two shapes. */
#include <string.h>

#include "base/tn-i18n.h"
#include "infer/tn-advice-private.h"
#include "infer/tn-solve-shape-private.h"

/* An inserted layer is a larger change than a number, and these are not equally usual. */
#define COST_FLATTEN 1.0
#define COST_DENSE   0.6
#define COST_POOL    1.4
#define COST_OTHER   2.0

/* All that used @ref uses @by instead, but for @by itself. */
static void
take_over_uses (TnDraft *draft, const TnGraph *graph, TnRef ref, TnRef by)
{
  int index = tn_graph_index (graph, ref.node);
  guint n_uses, n_outputs;
  const TnGraphUse *uses = tn_graph_uses (graph, (guint)index, &n_uses);
  const TnRef *outputs = tn_graph_outputs (graph, &n_outputs);
  g_autofree TnRef *changed = NULL;

  for (guint i = 0; i < n_uses; i++)
    if (tn_ref_equal (uses[i].ref, ref))
      tn_draft_connect (draft, by, tn_node_id (tn_graph_node (graph, uses[i].index)), uses[i].call,
                        uses[i].slot, NULL);
  if (!tn_graph_outputs_declared (graph))
    return;
  changed = g_memdup2 (outputs, n_outputs * sizeof *outputs);
  for (guint i = 0; i < n_outputs; i++)
    if (tn_ref_equal (changed[i], ref))
      changed[i] = by;
  tn_draft_set_outputs (draft, changed, n_outputs);
}

/* The new layer at the edge; TN_NODE_NONE when it is refused. */
static TnNodeId
add_layer (const TnShapeSolver *self, const TnAttempt *from, TnDraft *draft, const TnLayer *layer)
{
  const TnGoal *goal = self->goal;
  const TnGraph *graph = tn_facts_graph (from->facts);
  const TnNode *source = tn_graph_find (graph, from->ref.node);
  TnNodeId id;

  if (goal->to != TN_NODE_NONE)
    return tn_draft_insert (draft, &layer->schema, goal->to, goal->call, goal->slot, NULL);
  id = tn_draft_add (draft, &layer->schema, NULL, TRUE, NULL);
  if (id == TN_NODE_NONE)
    return id;
  take_over_uses (draft, graph, from->ref, (TnRef){ id, 0, 0 });
  if (!tn_draft_connect (draft, from->ref, id, 0, 0, NULL))
    return TN_NODE_NONE;
  if (tn_node_is_placed (source))
    tn_draft_move (draft, id, tn_node_x (source), tn_node_y (source) + 96);
  return id;
}

/* @what: "Dense(256)". @settings: name, text, …, NULL. */
static void
insert (TnShapeSolver *self, const TnAttempt *from, const char *type, const char *what, double cost,
        const char *const *settings)
{
  const TnLayer *layer = tn_layer_find (type);
  g_autoptr (TnDraft) draft = tn_draft_new (tn_facts_graph (from->facts));
  const TnNode *source = tn_graph_find (tn_facts_graph (from->facts), from->ref.node);
  TnFacts *facts;
  TnAttempt *next;
  TnNodeId id = layer != NULL ? add_layer (self, from, draft, layer) : TN_NODE_NONE;

  if (id == TN_NODE_NONE)
    return;
  for (guint i = 0; settings != NULL && settings[i] != NULL; i += 2)
    if (!tn_draft_set_text (draft, id, settings[i], settings[i + 1], NULL))
      return;
  facts = tn_solver_infer (self, draft);
  if (facts == NULL)
    return;
  next = tn_attempt_next (from, facts,
                          g_strdup_printf (_ ("Insert %s after %s"), what, tn_node_name (source)),
                          cost, id);
  next->ref = (TnRef){ id, 0, 0 };
  tn_solver_offer (self, next);
}

static void
insert_value (TnShapeSolver *self, const TnAttempt *from, const char *type, double cost,
              const char *param, TnValue *value)
{
  g_autoptr (TnValue) owned = value;
  g_autofree char *text = tn_value_to_text (owned);
  g_autofree char *what = g_strdup_printf ("%s(%s)", type, text);

  insert (self, from, type, what, cost, (const char *const[]){ param, text, NULL });
}

/* The wanted axes as a Reshape takes them: one may be left open. */
static void
insert_reshape (TnShapeSolver *self, const TnAttempt *from, const TnShape *wanted)
{
  gint64 sizes[TN_MAX_RANK];
  guint n_open = 0;

  if (wanted->rank < 2)
    return;
  for (int axis = 1; axis < wanted->rank; axis++)
    {
      sizes[axis - 1] = wanted->dims[axis].size;
      n_open += !tn_dim_is_known (wanted->dims[axis]);
    }
  if (n_open <= 1)
    insert_value (self, from, "Reshape", COST_OTHER, "target_shape",
                  tn_value_new_ints (sizes, (gsize)(wanted->rank - 1)));
}

/* A width for the last axis: 1×1 convolution on maps, Dense on rows. */
static void
insert_width (TnShapeSolver *self, const TnAttempt *from, int rank, gint64 width)
{
  g_autofree char *type = tn_class_for_rank ("Conv", rank);
  g_autofree char *text = g_strdup_printf ("%" PRIi64, width);
  g_autofree char *what = NULL;

  if (width < 1)
    return;
  insert_value (self, from, "Dense", rank == 2 ? COST_DENSE : COST_OTHER, "units",
                tn_value_new_int (width));
  if (type == NULL)
    return;
  what = g_strdup_printf ("%s(%s, 1)", type, text);
  insert (self, from, type, what, COST_DENSE,
          (const char *const[]){ "filters", text, "kernel_size", "1", NULL });
}

/* A number for each spatial axis, by which the size shrinks or grows; FALSE when there is none. */
static gboolean
ratios (const TnShape *shape, const TnShape *wanted, gboolean up, gint64 *out)
{
  gboolean some = FALSE;

  for (int axis = 1; axis < shape->rank - 1; axis++)
    {
      gint64 has = shape->dims[axis].size, wants = wanted->dims[axis].size;

      out[axis - 1] = 1;
      if (!tn_attempt_misses (shape, wanted, axis))
        continue;
      if (has < 1 || wants < 1 || (up ? wants % has != 0 : wants > has))
        return FALSE;
      out[axis - 1] = up ? wants / has : has / wants;
      some = some || out[axis - 1] > 1;
    }
  return some;
}

static void
insert_scaling (TnShapeSolver *self, const TnAttempt *from, const TnShape *shape,
                const TnShape *wanted)
{
  gint64 by[TN_MAX_RANK];
  g_autofree char *pool = tn_class_for_rank ("MaxPooling", shape->rank);
  g_autofree char *average = tn_class_for_rank ("AveragePooling", shape->rank);
  g_autofree char *up = tn_class_for_rank ("UpSampling", shape->rank);
  gsize n = (gsize)shape->rank - 2;

  if (pool == NULL)
    return;
  if (ratios (shape, wanted, FALSE, by))
    {
      insert_value (self, from, pool, COST_POOL, "pool_size", tn_value_new_ints (by, n));
      insert_value (self, from, average, COST_POOL + 0.1, "pool_size", tn_value_new_ints (by, n));
    }
  if (ratios (shape, wanted, TRUE, by))
    insert_value (self, from, up, COST_POOL, "size",
                  n == 1 ? tn_value_new_int (by[0]) : tn_value_new_ints (by, n));
}

/* Zeros around, or edges cut off, as evenly as can be. */
static void
insert_border (TnShapeSolver *self, const TnAttempt *from, const TnShape *shape,
               const TnShape *wanted, gboolean crop)
{
  g_autofree char *type = tn_class_for_rank (crop ? "Cropping" : "ZeroPadding", shape->rank);
  TnValue *pairs[TN_MAX_RANK];
  gsize n = 0;
  gboolean fits = type != NULL, some = FALSE;

  for (int axis = 1; axis < shape->rank - 1 && fits; axis++)
    {
      gint64 by = 0;

      if (tn_attempt_misses (shape, wanted, axis))
        by = tn_dim_is_known (shape->dims[axis])
                 ? (wanted->dims[axis].size - shape->dims[axis].size) * (crop ? -1 : 1)
                 : -1;
      fits = by >= 0;
      some = some || by > 0;
      pairs[n++] = tn_value_new_ints ((const gint64[]){ by / 2, by - by / 2 }, 2);
    }
  if (fits && some)
    insert_value (self, from, type, COST_OTHER, crop ? "cropping" : "padding",
                  n == 1 ? pairs[0] : tn_value_new_list (pairs, n));
  else
    for (gsize i = 0; i < n; i++)
      tn_value_unref (pairs[i]);
}

void
tn_solver_insert (TnShapeSolver *self, const TnAttempt *from)
{
  const TnShape *wanted = &self->goal->wanted;
  TnShape shape = tn_attempt_shape (from);
  g_autofree char *global = tn_class_for_rank ("GlobalAveragePooling", shape.rank);
  gboolean spatial = FALSE;

  if (!tn_shape_is_some (&shape))
    return;
  if (shape.rank != wanted->rank)
    {
      if (wanted->rank == 2 && shape.rank > 2)
        {
          insert (self, from, "Flatten", "Flatten", COST_FLATTEN, NULL);
          if (global != NULL)
            insert (self, from, global, global, COST_FLATTEN, NULL);
        }
      insert_reshape (self, from, wanted);
      return;
    }
  for (int axis = 1; axis < shape.rank - 1; axis++)
    spatial = spatial || tn_attempt_misses (&shape, wanted, axis);
  if (spatial)
    {
      insert_scaling (self, from, &shape, wanted);
      insert_border (self, from, &shape, wanted, FALSE);
      insert_border (self, from, &shape, wanted, TRUE);
      insert_reshape (self, from, wanted);
    }
  if (shape.rank >= 2 && tn_attempt_misses (&shape, wanted, shape.rank - 1))
    insert_width (self, from, shape.rank, wanted->dims[shape.rank - 1].size);
}
