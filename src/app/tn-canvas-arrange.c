/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arranging layers: all or the selected ones, downward or to the right, moving there before one's
 * eyes. */
#include <adwaita.h>

#include "app/tn-canvas-private.h"
#include "graph/tn-draft.h"

#define DURATION 220 /* milliseconds */
/* With more layers than that a step of the movement takes longer than a frame. */
#define MOST_MOVING 400

typedef struct
{
  double x, y;
} Place;

/* What is under way. */
typedef struct
{
  AdwAnimation *animation;
  GHashTable *places; /* TnNodeId → Place it comes from */
  double share;       /* of the way */
} Movement;

static void
movement_free (Movement *movement)
{
  g_clear_object (&movement->animation);
  g_hash_table_unref (movement->places);
  g_free (movement);
}

TnGraph *
tn_canvas_arrange_graph (TnCanvas *self, const TnGraph *graph)
{
  const Movement *movement = self->arrange;
  g_autoptr (TnDraft) draft = NULL;

  if (movement == NULL || movement->share >= 1)
    return tn_graph_ref (graph);
  draft = tn_draft_new (graph);
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      const Place *from
          = g_hash_table_lookup (movement->places, GUINT_TO_POINTER (tn_node_id (node)));

      if (from != NULL)
        tn_draft_move (draft, tn_node_id (node),
                       from->x + (tn_node_x (node) - from->x) * movement->share,
                       from->y + (tn_node_y (node) - from->y) * movement->share);
    }
  return tn_draft_finish (draft);
}

void
tn_canvas_arrange_end (TnCanvas *self)
{
  Movement *movement = g_steal_pointer (&self->arrange);

  if (movement == NULL)
    return;
  if (movement->animation != NULL)
    {
      g_signal_handlers_disconnect_by_data (movement->animation, self);
      adw_animation_reset (movement->animation);
    }
  movement_free (movement);
  tn_canvas_outdate (self);
}

static void
step_cb (double share, gpointer user_data)
{
  TnCanvas *self = user_data;
  Movement *movement = self->arrange;

  if (movement == NULL)
    return;
  movement->share = share;
  tn_canvas_outdate (self);
}

static void
done_cb (AdwAnimation *animation, TnCanvas *self)
{
  tn_canvas_arrange_end (self);
}

/* Where layers stand that are about to move; NULL where they are to be there at once. */
static Movement *
movement_new (const TnGraph *before)
{
  Movement *movement;

  if (tn_graph_size (before) > MOST_MOVING)
    return NULL;
  movement = g_new0 (Movement, 1);
  movement->places = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  for (guint i = 0; i < tn_graph_size (before); i++)
    {
      const TnNode *node = tn_graph_node (before, i);
      Place place = { tn_node_x (node), tn_node_y (node) };

      if (tn_node_is_placed (node))
        g_hash_table_insert (movement->places, GUINT_TO_POINTER (tn_node_id (node)),
                             g_memdup2 (&place, sizeof place));
    }
  return movement;
}

static void
move (TnCanvas *self, Movement *movement)
{
  if (movement == NULL || !adw_get_enable_animations (GTK_WIDGET (self))
      || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      if (movement != NULL)
        movement_free (movement);
      return;
    }
  movement->animation = adw_timed_animation_new (
      GTK_WIDGET (self), 0, 1, DURATION, adw_callback_animation_target_new (step_cb, self, NULL));
  g_signal_connect (movement->animation, "done", G_CALLBACK (done_cb), self);
  self->arrange = movement;
  tn_canvas_outdate (self);
  adw_animation_play (movement->animation);
}

static void
arrange (TnCanvas *self, const TnArrangement *arrangement)
{
  g_autoptr (TnGraph) before = NULL;
  g_autoptr (TnGraph) arranged = NULL;

  if (tn_graph_size (tn_canvas_graph (self)) == 0
      && arrangement->direction == tn_graph_direction (tn_canvas_graph (self)))
    return;
  tn_canvas_tool_cancel (self);
  tn_canvas_arrange_end (self);
  before = tn_graph_ref (tn_canvas_graph (self));
  arranged = tn_layout_arrange (before, arrangement);
  if (!tn_canvas_apply (self, &tn_edit_arrange, &(TnEditArgs){ .graph = arranged }))
    return;
  /* Fitted to where they go. */
  if (arrangement->n_nodes == 0)
    tn_canvas_zoom_fit (self);
  if (tn_document_graph (self->document) != before)
    move (self, movement_new (before));
}

static void
arrange_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  TnArrangement arrangement = { 0 };
  g_autofree TnNodeId *nodes = NULL;

  if (self->document == NULL)
    return;
  arrangement.direction = tn_graph_direction (tn_canvas_graph (self));
  arrangement.facts = self->engine != NULL ? tn_engine_facts (self->engine) : NULL;
  if (g_str_equal (action, "canvas.arrange-selection"))
    {
      const GArray *selection = tn_document_selection (self->document);

      if (selection->len < 2)
        {
          gtk_widget_error_bell (widget);
          return;
        }
      nodes = g_memdup2 (selection->data, selection->len * sizeof (TnNodeId));
      arrangement.nodes = nodes;
      arrangement.n_nodes = selection->len;
    }
  arrange (self, &arrangement);
}

static void
direction_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  TnArrangement arrangement = { 0 };

  if (self->document == NULL
      || !tn_direction_from_name (g_variant_get_string (parameter, NULL), &arrangement.direction)
      || arrangement.direction == tn_graph_direction (tn_canvas_graph (self)))
    return;
  arrangement.facts = self->engine != NULL ? tn_engine_facts (self->engine) : NULL;
  arrange (self, &arrangement);
}

void
tn_canvas_arrange_class_init (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "canvas.arrange", NULL, arrange_cb);
  gtk_widget_class_install_action (class, "canvas.arrange-selection", NULL, arrange_cb);
  gtk_widget_class_install_action (class, "canvas.direction", "s", direction_cb);
}
