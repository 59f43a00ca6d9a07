/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keyboard's way over the canvas: arrows along the wires, Tab in the order of computation. */
#include <math.h>

#include "app/tn-canvas-private.h"

typedef enum
{
  WALK_UP,
  WALK_DOWN,
  WALK_LEFT,
  WALK_RIGHT,
} TnWalk;

static void
append_node (GArray *nodes, TnNodeId id)
{
  for (guint i = 0; i < nodes->len; i++)
    if (g_array_index (nodes, TnNodeId, i) == id)
      return;
  if (id != TN_NODE_NONE)
    g_array_append_val (nodes, id);
}

/* The layers that @id gets something from (or, @down, gives something to). */
static void
append_neighbours (const TnGraph *graph, TnNodeId id, gboolean down, GArray *nodes)
{
  int index = tn_graph_index (graph, id);
  const TnGraphUse *uses;
  const TnNode *node;
  guint n_uses;

  if (index < 0)
    return;
  if (down)
    {
      uses = tn_graph_uses (graph, (guint)index, &n_uses);
      for (guint i = 0; i < n_uses; i++)
        append_node (nodes, tn_node_id (tn_graph_node (graph, uses[i].index)));
      return;
    }
  node = tn_graph_node (graph, (guint)index);
  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      append_node (nodes, tn_node_input (node, call, slot).node);
}

/* Those that share what @id is fed by, or what it feeds. */
static void
append_siblings (const TnGraph *graph, TnNodeId id, GArray *nodes)
{
  for (int down = 0; down < 2; down++)
    {
      g_autoptr (GArray) near = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

      append_neighbours (graph, id, down, near);
      for (guint i = 0; i < near->len; i++)
        append_neighbours (graph, g_array_index (near, TnNodeId, i), !down, nodes);
    }
}

static void
append_all (const TnGraph *graph, GArray *nodes)
{
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      TnNodeId id = tn_node_id (tn_graph_node (graph, i));

      g_array_append_val (nodes, id);
    }
}

/* How bad a step from @from to @to in direction @walk is; negative: not that way at all. With
 * @anywhere it need not lie that way: a wire leads there. */
static double
walk_cost (TnRect from, TnRect to, TnWalk walk, gboolean anywhere)
{
  double dx = to.x + to.width / 2 - from.x - from.width / 2;
  double dy = to.y + to.height / 2 - from.y - from.height / 2;
  double along = walk == WALK_UP ? -dy : walk == WALK_DOWN ? dy : walk == WALK_LEFT ? -dx : dx;
  double aside = walk == WALK_UP || walk == WALK_DOWN ? fabs (dx) : fabs (dy);

  if (anywhere)
    return fabs (dx) + fabs (dy);
  return along <= 0 ? -1 : along + 3 * aside;
}

static TnNodeId
best_step (TnCanvas *self, TnNodeId from, const GArray *nodes, TnWalk walk, gboolean anywhere)
{
  TnNodeId best = TN_NODE_NONE;
  double best_cost = G_MAXDOUBLE;

  for (guint i = 0; i < nodes->len; i++)
    {
      TnNodeId id = tn_canvas_shown_node (self, g_array_index (nodes, TnNodeId, i));
      TnRect start, end;
      double cost = id == from || !tn_scene_node_box (self->scene, from, &start)
                            || !tn_scene_node_box (self->scene, id, &end)
                        ? -1
                        : walk_cost (start, end, walk, anywhere);

      if (cost >= 0 && cost < best_cost)
        {
          best = id;
          best_cost = cost;
        }
    }
  return best;
}

/* Along the wires where there are some, else to what lies that way. */
static TnNodeId
walk_from (TnCanvas *self, TnNodeId from, TnWalk walk)
{
  const TnGraph *graph = tn_scene_graph (self->scene);
  const TnGroup *group = tn_scene_covering_group (self->scene, from, NULL);
  g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  const gboolean upright = walk == WALK_UP || walk == WALK_DOWN;
  TnNodeId best;

  for (guint i = 0; upright && group != NULL && i < tn_graph_size (graph); i++)
    if (tn_group_holds (group, tn_node_name (tn_graph_node (graph, i))))
      append_neighbours (graph, tn_node_id (tn_graph_node (graph, i)), walk == WALK_DOWN, nodes);
  if (upright)
    append_neighbours (graph, from, walk == WALK_DOWN, nodes);
  else
    append_siblings (graph, from, nodes);
  best = best_step (self, from, nodes, walk, upright);
  if (best != TN_NODE_NONE)
    return best;
  g_array_set_size (nodes, 0);
  append_all (graph, nodes);
  return best_step (self, from, nodes, walk, FALSE);
}

static TnNodeId
first_of_all (const TnGraph *graph, gboolean last)
{
  guint n_steps = tn_graph_n_steps (graph);

  if (n_steps == 0)
    return TN_NODE_NONE;
  return tn_node_id (tn_graph_node (graph, tn_graph_step (graph, last ? n_steps - 1 : 0).index));
}

static void
walk_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  const TnGraph *graph = tn_canvas_graph (self);
  TnNodeId next;

  if (graph == NULL)
    return;
  if (tn_graph_index (graph, self->cursor) < 0)
    next = first_of_all (graph, FALSE);
  else
    {
      tn_canvas_sync (self);
      next = walk_from (self, tn_canvas_shown_node (self, self->cursor),
                        (TnWalk)g_variant_get_int32 (parameter));
    }
  if (next != TN_NODE_NONE)
    tn_canvas_go_to (self, next);
  else
    gtk_widget_error_bell (widget);
}

gboolean
tn_canvas_step (TnCanvas *self, gboolean forward)
{
  const TnGraph *graph = tn_canvas_graph (self);
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  int next = forward ? 0 : -1;

  if (graph == NULL || tn_graph_size (graph) == 0)
    return FALSE;
  tn_canvas_sync (self);
  for (guint i = 0; i < tn_graph_n_steps (graph); i++)
    {
      TnGraphStep step = tn_graph_step (graph, i);
      TnNodeId id = tn_node_id (tn_graph_node (graph, step.index));

      /* A layer that is called several times stands where it is first computed. */
      if (step.call == 0 && tn_canvas_shown_node (self, id) == id)
        g_array_append_val (order, id);
    }
  if (self->cursor == TN_NODE_NONE)
    next = forward ? 0 : (int)order->len - 1;
  for (guint i = 0; i < order->len; i++)
    if (g_array_index (order, TnNodeId, i) == tn_canvas_shown_node (self, self->cursor))
      next = (int)i + (forward ? 1 : -1);
  if (next < 0 || next >= (int)order->len)
    return FALSE;
  tn_canvas_go_to (self, g_array_index (order, TnNodeId, next));
  return TRUE;
}

/* ---- the class ---- */

void
tn_canvas_walk_class_init (GtkWidgetClass *class)
{
  static const struct
  {
    guint key, keypad_key;
    double dx, dy;
  } arrows[] = {
    [WALK_UP] = { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1 },
    [WALK_DOWN] = { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1 },
    [WALK_LEFT] = { GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0 },
    [WALK_RIGHT] = { GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0 },
  };

  gtk_widget_class_install_action (class, "canvas.walk", "i", walk_cb);
  for (guint i = 0; i < G_N_ELEMENTS (arrows); i++)
    for (guint keypad = 0; keypad < 2; keypad++)
      {
        guint key = keypad ? arrows[i].keypad_key : arrows[i].key;

        gtk_widget_class_add_binding_action (class, key, 0, "canvas.walk", "i", (gint32)i);
        gtk_widget_class_add_binding_action (class, key, GDK_SHIFT_MASK, "canvas.nudge", "(dd)",
                                             arrows[i].dx * TN_CANVAS_GRID,
                                             arrows[i].dy * TN_CANVAS_GRID);
        gtk_widget_class_add_binding_action (class, key, GDK_ALT_MASK, "canvas.nudge", "(dd)",
                                             arrows[i].dx, arrows[i].dy);
      }
}
