/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing layers by command: all, none, the others, what feeds them, what follows, what is
 * connected, what is of the same kind; and putting the chosen ones in line. */
#include "app/tn-canvas-private.h"
#include "base/tn-i18n.h"

/* ---- choosing ---- */

static gboolean *
chosen_now (TnCanvas *self, const TnGraph *graph)
{
  const GArray *selection = tn_document_selection (self->document);
  gboolean *chosen = g_new0 (gboolean, tn_graph_size (graph) + 1);

  for (guint i = 0; i < selection->len; i++)
    {
      int index = tn_graph_index (graph, g_array_index (selection, TnNodeId, i));

      if (index >= 0)
        chosen[index] = TRUE;
    }
  return chosen;
}

static void
choose (TnCanvas *self, const TnGraph *graph, const gboolean *chosen)
{
  g_autoptr (GArray) nodes = g_array_new (FALSE, FALSE, sizeof (TnNodeId));

  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (chosen[i])
      {
        TnNodeId id = tn_node_id (tn_graph_node (graph, i));

        g_array_append_val (nodes, id);
      }
  tn_canvas_select_wire (self, NULL);
  tn_document_select (self->document, (const TnNodeId *)(gpointer)nodes->data, nodes->len);
}

/* Adds what the layer at @index gets something from, to those that are still to be followed. */
static void
follow_up (const TnGraph *graph, guint index, gboolean *chosen, GArray *open)
{
  const TnNode *node = tn_graph_node (graph, index);

  for (guint call = 0; call < tn_node_n_calls (node); call++)
    for (guint slot = 0; slot < tn_node_n_inputs (node, call); slot++)
      {
        int source = tn_graph_index (graph, tn_node_input (node, call, slot).node);

        if (source < 0 || chosen[source])
          continue;
        chosen[source] = TRUE;
        g_array_append_val (open, source);
      }
}

static void
follow_down (const TnGraph *graph, guint index, gboolean *chosen, GArray *open)
{
  guint n_uses;
  const TnGraphUse *uses = tn_graph_uses (graph, index, &n_uses);

  for (guint i = 0; i < n_uses; i++)
    if (!chosen[uses[i].index])
      {
        chosen[uses[i].index] = TRUE;
        g_array_append_val (open, uses[i].index);
      }
}

static void
follow (const TnGraph *graph, gboolean *chosen, gboolean up, gboolean down)
{
  g_autoptr (GArray) open = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (chosen[i])
      g_array_append_val (open, i);
  while (open->len > 0)
    {
      guint index = g_array_index (open, guint, open->len - 1);

      g_array_set_size (open, open->len - 1);
      if (up)
        follow_up (graph, index, chosen, open);
      if (down)
        follow_down (graph, index, chosen, open);
    }
}

static void
choose_same_type (const TnGraph *graph, gboolean *chosen)
{
  g_autoptr (GHashTable) types = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < tn_graph_size (graph); i++)
    if (chosen[i])
      g_hash_table_add (types, (gpointer)tn_node_type (tn_graph_node (graph, i)));
  for (guint i = 0; i < tn_graph_size (graph); i++)
    chosen[i] = g_hash_table_contains (types, tn_node_type (tn_graph_node (graph, i)));
}

static void
select_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  TnCanvas *self = TN_CANVAS (widget);
  const TnGraph *graph = tn_canvas_graph (self);
  const char *which = action + strlen ("canvas.select-");
  g_autofree gboolean *chosen = NULL;
  gboolean whole;

  if (graph == NULL)
    return;
  whole = g_str_equal (which, "all") || g_str_equal (which, "inverse");
  if (!whole && !g_str_equal (which, "none") && tn_document_selection (self->document)->len == 0)
    {
      gtk_widget_error_bell (widget);
      return;
    }
  chosen = chosen_now (self, graph);
  if (g_str_equal (which, "upstream"))
    follow (graph, chosen, TRUE, FALSE);
  else if (g_str_equal (which, "downstream"))
    follow (graph, chosen, FALSE, TRUE);
  else if (g_str_equal (which, "connected"))
    follow (graph, chosen, TRUE, TRUE);
  else if (g_str_equal (which, "same-type"))
    choose_same_type (graph, chosen);
  else
    for (guint i = 0; i < tn_graph_size (graph); i++)
      chosen[i] = g_str_equal (which, "all") || (whole && !chosen[i]);
  choose (self, graph, chosen);
}

/* ---- putting in line ---- */

static const struct
{
  const char *action;
  const TnEdit *edit;
  TnAlignment alignment;
  guint key; /* with Shift and Alt */
} placings[] = {
  { "canvas.align-left", &tn_edit_align, TN_ALIGN_LEFT, GDK_KEY_Left },
  { "canvas.align-center", &tn_edit_align, TN_ALIGN_CENTER, GDK_KEY_c },
  { "canvas.align-right", &tn_edit_align, TN_ALIGN_RIGHT, GDK_KEY_Right },
  { "canvas.align-top", &tn_edit_align, TN_ALIGN_TOP, GDK_KEY_Up },
  { "canvas.align-middle", &tn_edit_align, TN_ALIGN_MIDDLE, GDK_KEY_m },
  { "canvas.align-bottom", &tn_edit_align, TN_ALIGN_BOTTOM, GDK_KEY_Down },
  { "canvas.distribute-across", &tn_edit_distribute, TN_ALIGN_CENTER, GDK_KEY_h },
  { "canvas.distribute-along", &tn_edit_distribute, TN_ALIGN_MIDDLE, GDK_KEY_v },
};

static void
place_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  for (guint i = 0; i < G_N_ELEMENTS (placings); i++)
    if (g_str_equal (placings[i].action, action))
      tn_canvas_apply_to_selection (TN_CANVAS (widget), placings[i].edit,
                                    &(TnEditArgs){ .alignment = placings[i].alignment });
}

/* ---- menus ---- */

static void
append_items (GMenu *menu, const char *const (*items)[2], guint n_items)
{
  for (guint i = 0; i < n_items; i++)
    g_menu_append (menu, _ (items[i][0]), items[i][1]);
}

void
tn_canvas_append_choose_items (TnCanvas *self, GMenu *section)
{
  static const char *const selects[][2] = {
    { N_ ("What _Feeds It"), "canvas.select-upstream" },
    { N_ ("What F_ollows"), "canvas.select-downstream" },
    { N_ ("All That Is _Connected"), "canvas.select-connected" },
    { N_ ("The Same _Type"), "canvas.select-same-type" },
    { N_ ("All _Others"), "canvas.select-inverse" },
  };
  static const char *const aligns[][2] = {
    { N_ ("_Left"), "canvas.align-left" },     { N_ ("_Center"), "canvas.align-center" },
    { N_ ("_Right"), "canvas.align-right" },   { N_ ("_Top"), "canvas.align-top" },
    { N_ ("_Middle"), "canvas.align-middle" }, { N_ ("_Bottom"), "canvas.align-bottom" },
  };
  static const char *const distributes[][2] = {
    { N_ ("_Horizontally"), "canvas.distribute-across" },
    { N_ ("_Vertically"), "canvas.distribute-along" },
  };
  const guint n_selected = tn_document_selection (self->document)->len;
  g_autoptr (GMenu) select = g_menu_new ();

  append_items (select, selects, G_N_ELEMENTS (selects));
  g_menu_append_submenu (section, _ ("_Select"), G_MENU_MODEL (select));
  if (n_selected > 1)
    {
      g_autoptr (GMenu) align = g_menu_new ();

      append_items (align, aligns, G_N_ELEMENTS (aligns));
      g_menu_append_submenu (section, _ ("Al_ign"), G_MENU_MODEL (align));
    }
  if (n_selected > 2)
    {
      g_autoptr (GMenu) distribute = g_menu_new ();

      append_items (distribute, distributes, G_N_ELEMENTS (distributes));
      g_menu_append_submenu (section, _ ("Dist_ribute"), G_MENU_MODEL (distribute));
    }
}

/* ---- the class ---- */

void
tn_canvas_choose_class_init (GtkWidgetClass *class)
{
  static const struct
  {
    const char *action;
    guint key;
    GdkModifierType modifiers;
  } selects[] = {
    { "canvas.select-all", GDK_KEY_a, GDK_CONTROL_MASK },
    { "canvas.select-none", GDK_KEY_a, GDK_CONTROL_MASK | GDK_SHIFT_MASK },
    { "canvas.select-inverse", GDK_KEY_i, GDK_CONTROL_MASK | GDK_SHIFT_MASK },
    { "canvas.select-upstream", GDK_KEY_Up, GDK_CONTROL_MASK },
    { "canvas.select-downstream", GDK_KEY_Down, GDK_CONTROL_MASK },
    { "canvas.select-connected", GDK_KEY_l, GDK_CONTROL_MASK | GDK_SHIFT_MASK },
    { "canvas.select-same-type", GDK_KEY_t, GDK_CONTROL_MASK | GDK_SHIFT_MASK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (selects); i++)
    {
      gtk_widget_class_install_action (class, selects[i].action, NULL, select_cb);
      gtk_widget_class_add_binding_action (class, selects[i].key, selects[i].modifiers,
                                           selects[i].action, NULL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (placings); i++)
    {
      gtk_widget_class_install_action (class, placings[i].action, NULL, place_cb);
      gtk_widget_class_add_binding_action (class, placings[i].key, GDK_SHIFT_MASK | GDK_ALT_MASK,
                                           placings[i].action, NULL);
    }
}
