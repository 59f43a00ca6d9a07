/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnFindBar: the bar over the canvas that finds layers. */
#include "app/tn-find-bar.h"

#include "app/tn-canvas-view.h"
#include "base/tn-i18n.h"
#include "scene/tn-find.h"

struct _TnFindBar
{
  GtkWidget parent_instance;

  /* of the template */
  GtkRevealer *revealer;
  GtkEditable *entry;
  GtkLabel *count;
  GtkWidget *previous;
  GtkWidget *next;

  /* owned */
  GSignalGroup *document_signals;
  GSignalGroup *engine_signals;
  GArray *found;    /* of TnNodeId */
  GArray *selected; /* of TnNodeId: what was selected when it was opened */

  /* borrowed */
  TnCanvas *canvas;
  TnDocument *document;
  TnEngine *engine;

  /* state */
  TnViewport view; /* of the canvas when it was opened */
  int current;     /* number in found, or -1 */
};

G_DEFINE_FINAL_TYPE (TnFindBar, tn_find_bar, GTK_TYPE_WIDGET)

static gboolean
is_open (TnFindBar *self)
{
  return gtk_revealer_get_reveal_child (self->revealer);
}

static void
show_count (TnFindBar *self)
{
  const char *query = gtk_editable_get_text (self->entry);
  g_autofree char *text = NULL;
  gboolean any = self->found->len > 0;

  if (*query == '\0')
    text = g_strdup ("");
  else if (!any)
    text = g_strdup (_ ("Not found"));
  else if (self->current < 0)
    text = g_strdup_printf (ngettext ("%u found", "%u found", self->found->len), self->found->len);
  else
    /* Translators: of layers that were found: "3 of 12". */
    text = g_strdup_printf (_ ("%d of %u"), self->current + 1, self->found->len);
  gtk_label_set_label (self->count, text);
  gtk_widget_set_sensitive (self->previous, any);
  gtk_widget_set_sensitive (self->next, any);
  if (*query != '\0' && !any)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}

static TnNodeId
current_node (TnFindBar *self)
{
  return self->current >= 0 && self->current < (int)self->found->len
             ? g_array_index (self->found, TnNodeId, self->current)
             : TN_NODE_NONE;
}

/* What is found, anew. The one that people are at stays the present one if it is still found. */
static void
search (TnFindBar *self)
{
  TnNodeId at = current_node (self);

  if (!is_open (self) || self->document == NULL)
    return;
  g_clear_pointer (&self->found, g_array_unref);
  self->found = tn_find_layers (tn_document_graph (self->document),
                                self->engine != NULL ? tn_engine_facts (self->engine) : NULL,
                                gtk_editable_get_text (self->entry));
  self->current = -1;
  for (guint i = 0; i < self->found->len; i++)
    if (g_array_index (self->found, TnNodeId, i) == at)
      self->current = (int)i;
  tn_canvas_set_found (self->canvas, self->found);
  if (self->current >= 0)
    tn_canvas_go_to_found (self->canvas, at);
  show_count (self);
}

static void
go_to (TnFindBar *self, int number)
{
  TnNodeId node;

  self->current = number;
  node = current_node (self);
  /* What a closed group hides comes to light. */
  tn_document_uncover (self->document, node);
  tn_document_select_one (self->document, node, FALSE);
  tn_canvas_go_to_found (self->canvas, node);
  show_count (self);
}

void
tn_find_bar_step (TnFindBar *self, gboolean forward)
{
  int n_found;

  g_return_if_fail (TN_IS_FIND_BAR (self));

  if (!is_open (self))
    tn_find_bar_open (self);
  n_found = (int)self->found->len;
  if (n_found == 0)
    gtk_widget_error_bell (GTK_WIDGET (self));
  else if (self->current < 0)
    go_to (self, forward ? 0 : n_found - 1);
  else
    go_to (self, (self->current + (forward ? 1 : n_found - 1)) % n_found);
}

void
tn_find_bar_open (TnFindBar *self)
{
  g_return_if_fail (TN_IS_FIND_BAR (self));

  if (self->document == NULL || self->canvas == NULL)
    return;
  if (!is_open (self))
    {
      self->view = tn_canvas_view (self->canvas);
      g_clear_pointer (&self->selected, g_array_unref);
      self->selected = g_array_copy ((GArray *)tn_document_selection (self->document));
      gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
      gtk_revealer_set_reveal_child (self->revealer, TRUE);
      search (self);
    }
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (self->entry, 0, -1);
}

void
tn_find_bar_close (TnFindBar *self, gboolean back)
{
  g_return_if_fail (TN_IS_FIND_BAR (self));

  if (!is_open (self))
    return;
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  tn_canvas_set_found (self->canvas, NULL);
  if (back)
    {
      const TnGraph *graph = tn_document_graph (self->document);

      for (guint i = self->selected->len; i-- > 0;)
        if (tn_graph_index (graph, g_array_index (self->selected, TnNodeId, i)) < 0)
          g_array_remove_index (self->selected, i);
      tn_document_select (self->document, (const TnNodeId *)(gpointer)self->selected->data,
                          self->selected->len);
      tn_canvas_set_view (self->canvas, &self->view);
    }
  self->current = -1;
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

const char *
tn_find_bar_count (TnFindBar *self)
{
  g_return_val_if_fail (TN_IS_FIND_BAR (self), NULL);
  return gtk_label_get_label (self->count);
}

/* ---- the widget ---- */

static void
changed_cb (TnFindBar *self)
{
  self->current = -1;
  search (self);
  /* While people type, what comes first is brought into view and nothing is selected. */
  if (self->found->len > 0)
    tn_canvas_go_to_found (self->canvas, g_array_index (self->found, TnNodeId, 0));
}

/* The field takes Return for itself. */
static void
activate_cb (TnFindBar *self)
{
  tn_find_bar_step (self, TRUE);
}

static void
document_changed_cb (TnFindBar *self, guint change)
{
  if (change & TN_CHANGE_GRAPH)
    search (self);
}

static void
hidden_cb (TnFindBar *self)
{
  if (!gtk_revealer_get_child_revealed (self->revealer) && !is_open (self))
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
step_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tn_find_bar_step (TN_FIND_BAR (widget), !g_str_equal (name, "find.previous"));
}

static void
close_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tn_find_bar_close (TN_FIND_BAR (widget), g_str_equal (name, "find.back"));
}

void
tn_find_bar_set_canvas (TnFindBar *self, TnCanvas *canvas)
{
  g_return_if_fail (TN_IS_FIND_BAR (self) && TN_IS_CANVAS (canvas));
  self->canvas = canvas;
}

void
tn_find_bar_set_document (TnFindBar *self, TnDocument *document, TnEngine *engine)
{
  g_return_if_fail (TN_IS_FIND_BAR (self));

  tn_find_bar_close (self, FALSE);
  self->document = document;
  self->engine = engine;
  g_signal_group_set_target (self->document_signals, document);
  g_signal_group_set_target (self->engine_signals, engine);
}

static void
tn_find_bar_dispose (GObject *object)
{
  TnFindBar *self = TN_FIND_BAR (object);

  g_clear_object (&self->document_signals);
  g_clear_object (&self->engine_signals);
  gtk_widget_dispose_template (GTK_WIDGET (self), TN_TYPE_FIND_BAR);
  G_OBJECT_CLASS (tn_find_bar_parent_class)->dispose (object);
}

static void
tn_find_bar_finalize (GObject *object)
{
  TnFindBar *self = TN_FIND_BAR (object);

  g_clear_pointer (&self->found, g_array_unref);
  g_clear_pointer (&self->selected, g_array_unref);
  G_OBJECT_CLASS (tn_find_bar_parent_class)->finalize (object);
}

static void
tn_find_bar_class_init (TnFindBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *class = GTK_WIDGET_CLASS (klass);
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
    const char *action;
  } keys[] = {
    { GDK_KEY_Escape, 0, "find.back" },
    { GDK_KEY_Return, GDK_SHIFT_MASK, "find.previous" },
    { GDK_KEY_KP_Enter, GDK_SHIFT_MASK, "find.previous" },
    { GDK_KEY_g, GDK_CONTROL_MASK, "find.next" },
    { GDK_KEY_g, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "find.previous" },
    { GDK_KEY_Down, 0, "find.next" },
    { GDK_KEY_Up, 0, "find.previous" },
  };

  object_class->dispose = tn_find_bar_dispose;
  object_class->finalize = tn_find_bar_finalize;
  gtk_widget_class_install_action (class, "find.next", NULL, step_action);
  gtk_widget_class_install_action (class, "find.previous", NULL, step_action);
  gtk_widget_class_install_action (class, "find.back", NULL, close_action);
  gtk_widget_class_install_action (class, "find.close", NULL, close_action);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (class, keys[i].key, keys[i].modifiers, keys[i].action,
                                         NULL);
  gtk_widget_class_set_layout_manager_type (class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (class, "/org/tenonapp/Tenon/ui/tn-find-bar.ui");
  gtk_widget_class_bind_template_child (class, TnFindBar, revealer);
  gtk_widget_class_bind_template_child (class, TnFindBar, entry);
  gtk_widget_class_bind_template_child (class, TnFindBar, count);
  gtk_widget_class_bind_template_child (class, TnFindBar, previous);
  gtk_widget_class_bind_template_child (class, TnFindBar, next);
  gtk_widget_class_bind_template_callback (class, changed_cb);
  gtk_widget_class_bind_template_callback (class, activate_cb);
  gtk_widget_class_bind_template_callback (class, hidden_cb);
  gtk_widget_class_set_accessible_role (class, GTK_ACCESSIBLE_ROLE_SEARCH);
}

static void
tn_find_bar_init (TnFindBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->found = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  self->current = -1;
  self->document_signals = g_signal_group_new (TN_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->document_signals, "changed",
                                  G_CALLBACK (document_changed_cb), self);
  self->engine_signals = g_signal_group_new (TN_TYPE_ENGINE);
  g_signal_group_connect_swapped (self->engine_signals, "facts", G_CALLBACK (search), self);
}

GtkWidget *
tn_find_bar_new (void)
{
  return g_object_new (TN_TYPE_FIND_BAR, NULL);
}
