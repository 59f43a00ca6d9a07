/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canvas's actions and keys, its context menu, and adding a layer without the pointer. */
#include <math.h>

#include "app/tn-canvas-edits.h"
#include "app/tn-canvas-private.h"
#include "app/tn-canvas-proxy.h"
#include "base/tn-i18n.h"

#define ZOOM_STEP G_SQRT2
/* Copies stand so far off what they are copies of. */
#define DUPLICATE_OFFSET 40

typedef const TnNodeId *TnNodes;

/* Fills in the selected layers. FALSE when there are none. */
static gboolean
selected_nodes (TnCanvas *self, TnEditArgs *args)
{
  const GArray *selection;

  if (self->document == NULL)
    return FALSE;
  selection = tn_document_selection (self->document);
  args->nodes = (TnNodes)(gpointer)selection->data;
  args->n_nodes = selection->len;
  return selection->len > 0;
}

/* Borrowed arrays of a selection do not outlive the edit that changes it. */
static gboolean
apply_to_selection (TnCanvas *self, const TnEdit *edit, double x, double y, guint64 merge)
{
  TnEditArgs args = { .x = x, .y = y, .merge = merge };
  g_autofree TnNodeId *nodes = NULL;

  if (!selected_nodes (self, &args))
    return FALSE;
  nodes = g_memdup2 (args.nodes, args.n_nodes * sizeof (TnNodeId));
  args.nodes = nodes;
  return tn_canvas_apply (self, edit, &args);
}

/* ---- actions ---- */

static void
disconnect_wire (TnCanvas *self, const TnHit *wire)
{
  TnEditArgs args = { .node = wire->node, .call = wire->call, .slot = wire->slot };

  tn_canvas_apply (self, &tn_edit_disconnect, &args);
}

static void
delete_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  if (self->document == NULL)
    return;
  tn_canvas_tool_cancel (self);
  if (self->wire.kind == TN_HIT_WIRE)
    disconnect_wire (self, &self->wire);
  else if (apply_to_selection (self, &tn_edit_remove, 0, 0, 0) && tn_canvas_has_keyboard (self))
    gtk_widget_grab_focus (widget);
}

static void
disconnect_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  if (self->document == NULL)
    return;
  if (self->wire.kind == TN_HIT_WIRE)
    disconnect_wire (self, &self->wire);
  else
    apply_to_selection (self, &tn_canvas_edit_detach, 0, 0, 0);
}

static void
duplicate_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  apply_to_selection (TN_CANVAS (widget), &tn_edit_duplicate, DUPLICATE_OFFSET, DUPLICATE_OFFSET,
                      0);
}

static void
select_all_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  const TnGraph *graph = tn_canvas_graph (self);
  g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  if (graph == NULL)
    return;
  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      TnNodeId id = tn_node_id (tn_graph_node (graph, i));

      g_array_append_val (nodes, id);
    }
  tn_canvas_select_wire (self, NULL);
  tn_document_select (self->document, (TnNodes)(gpointer)nodes->data, nodes->len);
}

static void
cancel_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  if (tn_canvas_tool_cancel (self) || tn_canvas_trace_end (self) || self->document == NULL)
    return;
  tn_canvas_select_wire (self, NULL);
  tn_document_select (self->document, NULL, 0);
  gtk_widget_grab_focus (widget);
}

static void
zoom_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  double factor = ZOOM_STEP;

  if (g_str_equal (action, "canvas.zoom-out"))
    factor = 1 / ZOOM_STEP;
  else if (g_str_equal (action, "canvas.zoom-original"))
    factor = 1 / self->viewport.zoom;
  tn_canvas_zoom_at (self, factor, self->viewport.width / 2, self->viewport.height / 2);
}

static void
zoom_fit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  tn_canvas_zoom_fit (TN_CANVAS (widget));
}

static void
arrange_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  const TnGraph *graph = tn_canvas_graph (self);
  g_autoptr (TnGraph) arranged = NULL;

  if (graph == NULL || tn_graph_size (graph) == 0)
    return;
  arranged = tn_layout (graph, TRUE);
  tn_canvas_apply (self, &tn_edit_arrange, &(TnEditArgs){ .graph = arranged });
  tn_canvas_zoom_fit (self);
}

static void
edit_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);

  if (self->cursor == TN_NODE_NONE)
    return;
  tn_canvas_sync (self);
  if (tn_scene_covering_group (self->scene, self->cursor, NULL) != NULL)
    gtk_widget_activate_action (widget, "canvas.toggle-group", NULL);
  else
    g_signal_emit_by_name (self, "activate-node", self->cursor);
}

static void
add_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  double x, y;

  if (self->document == NULL)
    return;
  tn_canvas_middle (self, &x, &y);
  if (self->pointer_inside)
    {
      x = self->pointer.x;
      y = self->pointer.y;
    }
  g_signal_emit_by_name (self, "add-requested", x, y);
}

/* ---- walking ---- */

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

static void
nudge_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  double dx, dy;

  if (self->document == NULL)
    return;
  /* One step to undo for as long as nothing else is done in between. */
  if (self->nudge_merge == 0 || self->nudge_generation != tn_document_generation (self->document))
    self->nudge_merge = tn_document_new_merge (self->document);
  g_variant_get (parameter, "(dd)", &dx, &dy);
  apply_to_selection (self, &tn_edit_move, dx, dy, self->nudge_merge);
  self->nudge_generation = tn_document_generation (self->document);
}

/* ---- the context menu ---- */

static void
menu_gone_cb (gpointer user_data)
{
  g_autoptr (GtkWidget) menu = user_data;

  if (gtk_widget_get_parent (menu) != NULL)
    gtk_widget_unparent (menu);
}

static void
menu_closed_cb (GtkPopover *menu, TnCanvas *self)
{
  if (self->menu == GTK_WIDGET (menu))
    self->menu = NULL;
  /* Not at once: the action that was chosen is yet to be run, through the menu. */
  g_idle_add_once (menu_gone_cb, g_object_ref (menu));
}

/* @wire: what may be put in goes there; NULL: behind the layer. */
static void
append_make_shape (GMenu *section, TnRef ref, const TnHit *wire)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (_ ("Make This _Shape…"), NULL);

  g_menu_item_set_action_and_target (item, "win.make-shape", "(uuuuuu)", ref.node,
                                     (guint32)ref.call, (guint32)ref.output,
                                     wire != NULL ? wire->node : TN_NODE_NONE,
                                     wire != NULL ? wire->call : 0, wire != NULL ? wire->slot : 0);
  g_menu_append_item (section, item);
}

static GMenu *
section_of (const TnHit *hit, TnCanvas *self, char **title)
{
  const TnGraph *graph = tn_canvas_graph (self);
  GMenu *section = g_menu_new ();

  *title = NULL;
  if (hit->kind == TN_HIT_WIRE)
    {
      const TnNode *from = tn_graph_find (graph, hit->ref.node);
      const TnNode *to = tn_graph_find (graph, hit->node);

      if (from != NULL && to != NULL)
        *title = g_strdup_printf ("%s → %s", tn_node_name (from), tn_node_name (to));
      g_menu_append (section, _ ("_Disconnect"), "canvas.disconnect");
      append_make_shape (section, hit->ref, hit);
    }
  else if (hit->kind != TN_HIT_NOTHING)
    {
      guint n_selected = tn_document_selection (self->document)->len;
      const TnNode *node = tn_graph_find (graph, hit->node);
      const TnGroup *group = tn_document_selected_group (self->document);

      if (group != NULL)
        *title = g_strdup (tn_name_own (tn_group_name (group)));
      else if (n_selected > 1)
        *title = g_strdup_printf (ngettext ("%u layer", "%u layers", n_selected), n_selected);
      else if (node != NULL)
        *title = g_strdup (tn_node_name (node));
      if (n_selected == 1)
        g_menu_append (section, _ ("_Edit"), "canvas.edit");
      if (n_selected == 1 && node != NULL && tn_node_n_outputs (node) > 0)
        append_make_shape (
            section, hit->kind == TN_HIT_OUTPUT ? hit->ref : (TnRef){ hit->node, 0, 0 }, NULL);
      tn_canvas_append_group_items (self, hit, section);
      g_menu_append (section, _ ("D_uplicate"), "canvas.duplicate");
      g_menu_append (section, _ ("_Disconnect"), "canvas.disconnect");
      g_menu_append (section, _ ("De_lete"), "canvas.delete");
    }
  else
    {
      g_menu_append (section, _ ("_Add Layer…"), "canvas.add");
      g_menu_append (section, _ ("Select _All"), "canvas.select-all");
    }
  return section;
}

void
tn_canvas_show_menu (TnCanvas *self, const TnHit *hit, double widget_x, double widget_y)
{
  g_autoptr (GMenu) model = g_menu_new ();
  g_autoptr (GMenu) section = NULL;
  g_autoptr (GMenu) view = g_menu_new ();
  g_autofree char *title = NULL;
  TnHit about = *hit;

  if (self->document == NULL)
    return;
  if (about.kind == TN_HIT_OUTPUT)
    about.node = about.ref.node;
  /* The menu is about what it was called on. */
  if (about.kind == TN_HIT_WIRE)
    tn_canvas_select_wire (self, &about);
  else if (about.kind == TN_HIT_FRAME || about.kind == TN_HIT_MARK)
    {
      const TnGroup *group = tn_scene_hit_group (self->scene, &about);

      tn_canvas_select_wire (self, NULL);
      if (group != NULL)
        tn_document_select_group (self->document, group);
    }
  else if (about.kind != TN_HIT_NOTHING && !tn_document_is_selected (self->document, about.node))
    {
      tn_canvas_select_wire (self, NULL);
      tn_document_select_one (self->document, about.node, FALSE);
    }

  section = section_of (&about, self, &title);
  g_menu_append_section (model, title, G_MENU_MODEL (section));
  g_menu_append (view, _ ("Zoom to _Fit"), "canvas.zoom-fit");
  g_menu_append (view, _ ("A_rrange"), "canvas.arrange");
  g_menu_append_section (model, NULL, G_MENU_MODEL (view));

  if (self->menu != NULL)
    gtk_popover_popdown (GTK_POPOVER (self->menu));
  self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (model));
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle){ (int)widget_x, (int)widget_y, 1, 1 });
  g_signal_connect (self->menu, "closed", G_CALLBACK (menu_closed_cb), self);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
menu_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  double x = self->viewport.width / 2, y = self->viewport.height / 2;
  TnHit hit = { .kind = TN_HIT_NOTHING };
  TnRect box;

  tn_canvas_sync (self);
  if (self->document == NULL)
    return;
  if (self->wire.kind == TN_HIT_WIRE)
    {
      double x0 = 0, y0 = 0, x1 = 0, y1 = 0;

      hit = self->wire;
      tn_scene_output_port (self->scene, hit.ref, &x0, &y0);
      tn_scene_input_port (self->scene, hit.node, hit.call, hit.slot, &x1, &y1);
      tn_viewport_to_widget (&self->viewport, (x0 + x1) / 2, (y0 + y1) / 2, &x, &y);
    }
  else if (tn_document_is_selected (self->document, self->cursor)
           && tn_scene_node_box (self->scene, self->cursor, &box))
    {
      hit = (TnHit){ .kind = TN_HIT_NODE, .node = self->cursor };
      tn_viewport_to_widget (&self->viewport, box.x + box.width / 2, box.y + box.height, &x, &y);
    }
  tn_canvas_show_menu (self, &hit, CLAMP (x, 0, self->viewport.width),
                       CLAMP (y, 0, self->viewport.height));
}

/* ---- adding without the pointer ---- */

/* The layer whose output nobody uses, if there is but one. */
static TnNodeId
only_sink (const TnGraph *graph)
{
  TnNodeId sink = TN_NODE_NONE;

  for (guint i = 0; i < tn_graph_size (graph); i++)
    {
      const TnNode *node = tn_graph_node (graph, i);
      guint n_uses;

      tn_graph_uses (graph, i, &n_uses);
      if (n_uses > 0 || tn_node_n_outputs (node) == 0)
        continue;
      if (sink != TN_NODE_NONE)
        return TN_NODE_NONE;
      sink = tn_node_id (node);
    }
  return sink;
}

/* What a new layer is to be wired to: of TnNodeId. */
static GArray *
sources_for (TnCanvas *self, const TnLayer *layer)
{
  const TnGraph *graph = tn_canvas_graph (self);
  const GArray *selection = tn_document_selection (self->document);
  GArray *sources = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  if (layer->schema.max_inputs == 0)
    return sources;
  for (guint i = 0; i < selection->len; i++)
    {
      TnNodeId id = g_array_index (selection, TnNodeId, i);

      if (tn_node_n_outputs (tn_graph_find (graph, id)) > 0)
        g_array_append_val (sources, id);
    }
  if (selection->len == 0)
    append_node (sources, only_sink (graph));
  /* Which of them is meant cannot be told. */
  if (sources->len > layer->schema.max_inputs)
    g_array_set_size (sources, 0);
  return sources;
}

/* Beside what is in the way. */
static void
find_room (TnCanvas *self, double *x, double *y)
{
  const double width = self->style->box_width, height = self->style->box_height;

  for (guint i = 0; i < 64; i++)
    {
      TnRect box = { *x - width / 2, *y - height / 2, width, height };
      g_autoptr (GArray) taken = tn_scene_nodes_in (self->scene, box, FALSE);

      if (taken->len == 0)
        return;
      *x += width + 3 * TN_CANVAS_GRID;
    }
}

void
tn_canvas_add (TnCanvas *self, const TnLayer *layer)
{
  g_autoptr (GArray) sources = NULL;
  TnNodeId created = TN_NODE_NONE;
  TnEditArgs args = { .created = &created };
  const TnGraph *graph;

  g_return_if_fail (TN_IS_CANVAS (self));
  g_return_if_fail (layer != NULL);

  if (self->document == NULL)
    return;
  tn_canvas_sync (self);
  graph = tn_canvas_graph (self);
  sources = sources_for (self, layer);
  tn_canvas_middle (self, &args.x, &args.y);
  for (guint i = 0; i < sources->len; i++)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (sources, TnNodeId, i));
      double below = tn_node_y (node) + self->style->box_height + self->style->row_gap;

      /* In the middle below all of them. */
      args.x = (i == 0 ? 0 : args.x) + tn_node_x (node) / sources->len;
      args.y = i == 0 ? below : MAX (args.y, below);
    }
  args.x = round (args.x / TN_CANVAS_GRID) * TN_CANVAS_GRID;
  args.y = round (args.y / TN_CANVAS_GRID) * TN_CANVAS_GRID;
  find_room (self, &args.x, &args.y);
  args.schema = &layer->schema;
  args.nodes = (TnNodes)(gpointer)sources->data;
  args.n_nodes = sources->len;
  if (tn_canvas_apply (self, &tn_canvas_edit_append, &args))
    {
      self->cursor = created;
      tn_canvas_reveal (self, created);
    }
}

/* ---- the class ---- */

static void
bind (GtkWidgetClass *class, guint key, GdkModifierType modifiers, const char *action)
{
  gtk_widget_class_add_binding_action (class, key, modifiers, action, NULL);
}

void
tn_canvas_actions_class_init (GtkWidgetClass *class)
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

  gtk_widget_class_install_action (class, "canvas.delete", NULL, delete_cb);
  gtk_widget_class_install_action (class, "canvas.disconnect", NULL, disconnect_cb);
  gtk_widget_class_install_action (class, "canvas.duplicate", NULL, duplicate_cb);
  gtk_widget_class_install_action (class, "canvas.select-all", NULL, select_all_cb);
  gtk_widget_class_install_action (class, "canvas.cancel", NULL, cancel_cb);
  gtk_widget_class_install_action (class, "canvas.zoom-in", NULL, zoom_cb);
  gtk_widget_class_install_action (class, "canvas.zoom-out", NULL, zoom_cb);
  gtk_widget_class_install_action (class, "canvas.zoom-original", NULL, zoom_cb);
  gtk_widget_class_install_action (class, "canvas.zoom-fit", NULL, zoom_fit_cb);
  gtk_widget_class_install_action (class, "canvas.arrange", NULL, arrange_cb);
  gtk_widget_class_install_action (class, "canvas.edit", NULL, edit_cb);
  gtk_widget_class_install_action (class, "canvas.add", NULL, add_cb);
  gtk_widget_class_install_action (class, "canvas.menu", NULL, menu_cb);
  gtk_widget_class_install_action (class, "canvas.walk", "i", walk_cb);
  gtk_widget_class_install_action (class, "canvas.nudge", "(dd)", nudge_cb);

  tn_canvas_groups_class_init (class);

  bind (class, GDK_KEY_Delete, 0, "canvas.delete");
  bind (class, GDK_KEY_KP_Delete, 0, "canvas.delete");
  bind (class, GDK_KEY_BackSpace, 0, "canvas.delete");
  bind (class, GDK_KEY_d, GDK_CONTROL_MASK, "canvas.duplicate");
  bind (class, GDK_KEY_a, GDK_CONTROL_MASK, "canvas.select-all");
  bind (class, GDK_KEY_Escape, 0, "canvas.cancel");
  bind (class, GDK_KEY_plus, GDK_CONTROL_MASK, "canvas.zoom-in");
  bind (class, GDK_KEY_equal, GDK_CONTROL_MASK, "canvas.zoom-in");
  bind (class, GDK_KEY_KP_Add, GDK_CONTROL_MASK, "canvas.zoom-in");
  bind (class, GDK_KEY_minus, GDK_CONTROL_MASK, "canvas.zoom-out");
  bind (class, GDK_KEY_KP_Subtract, GDK_CONTROL_MASK, "canvas.zoom-out");
  bind (class, GDK_KEY_0, GDK_CONTROL_MASK, "canvas.zoom-original");
  bind (class, GDK_KEY_KP_0, GDK_CONTROL_MASK, "canvas.zoom-original");
  bind (class, GDK_KEY_9, GDK_CONTROL_MASK, "canvas.zoom-fit");
  bind (class, GDK_KEY_KP_9, GDK_CONTROL_MASK, "canvas.zoom-fit");
  bind (class, GDK_KEY_Home, 0, "canvas.zoom-fit");
  bind (class, GDK_KEY_Return, 0, "canvas.edit");
  bind (class, GDK_KEY_KP_Enter, 0, "canvas.edit");
  bind (class, GDK_KEY_a, GDK_SHIFT_MASK, "canvas.add");
  bind (class, GDK_KEY_Menu, 0, "canvas.menu");
  bind (class, GDK_KEY_F10, GDK_SHIFT_MASK, "canvas.menu");
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
