/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inspector: fields from the schema, facts from inference, problems with their repairs on top.
 */
#include "app/tn-inspector.h"

#include "app/tn-accessible.h"
#include "app/tn-facts-grid.h"
#include "app/tn-group-view.h"
#include "app/tn-issue-view.h"
#include "app/tn-many-fields.h"
#include "app/tn-mode-row.h"
#include "app/tn-origin-view.h"
#include "app/tn-palette.h"
#include "app/tn-solve-view.h"
#include "app/tn-window-private.h"
#include "base/tn-i18n.h"
#include "graph/tn-active.h"
#include "infer/tn-provenance.h"

struct _TnInspector
{
  GtkWidget parent;

  GtkWidget *scroller;
  GtkStack *stack;
  AdwPreferencesGroup *model_group;
  GtkGrid *model_facts;
  AdwPreferencesGroup *many_group;
  GtkGrid *many_facts;
  TnModeRow *many_mode;
  TnModeRow *node_mode;
  AdwBin *group_bin;
  GtkWidget *group_button;
  AdwBin *tile;
  GtkLabel *label;
  GtkLabel *type;
  GtkLabel *summary;
  GtkBox *issues;
  GtkWidget *pin;
  GtkLabel *pin_label;
  GtkButton *unpin;
  AdwPreferencesGroup *silenced;
  AdwPreferencesGroup *node_group;
  GtkWidget *more;
  AdwPreferencesGroup *more_group;
  GtkGrid *node_facts;
  AdwBin *origin_bin;
  GtkWidget *sizes_group;
  GtkWidget *sizes_button;
  AdwBin *sizes_bin;

  TnGroupView *group;   /* borrowed */
  TnManyFields *common; /* borrowed */
  TnOriginView *origin; /* borrowed */
  TnSolveView *sizes;   /* borrowed */
  TnRef traced;
  int traced_axis;

  TnDocument *document;
  TnEngine *engine;
  GSignalGroup *document_signals;
  GSignalGroup *engine_signals;

  TnField *model_name;      /* borrowed */
  GPtrArray *fields;        /* of TnField or TnFieldLayer, borrowed: those of the layer */
  GPtrArray *silenced_rows; /* of GtkWidget, borrowed */
  GPtrArray *more_fields;   /* the same, borrowed: those under "More", also in fields */
  TnNodeId node;            /* whose fields they are; TN_NODE_NONE: there are none */
  const TnSchema *schema;
};

G_DEFINE_FINAL_TYPE (TnInspector, tn_inspector, GTK_TYPE_WIDGET)

/* ---- fields ---- */

static const TnParam *
param_of (gpointer field)
{
  return TN_IS_FIELD (field) ? tn_field_param (field) : tn_field_layer_param (field);
}

static void
remove_fields (TnInspector *self)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      GtkWidget *field = self->fields->pdata[i];
      gboolean more = g_ptr_array_find (self->more_fields, field, NULL);
      adw_preferences_group_remove (more ? self->more_group : self->node_group, field);
    }
  g_ptr_array_set_size (self->fields, 0);
  g_ptr_array_set_size (self->more_fields, 0);
  self->node = TN_NODE_NONE;
  self->schema = NULL;
}

static void
add_field (TnInspector *self, GtkWidget *field, gboolean more)
{
  g_ptr_array_add (self->fields, field);
  if (more)
    g_ptr_array_add (self->more_fields, field);
  adw_preferences_group_add (more ? self->more_group : self->node_group, field);
}

/* Parameters with (or without) these flags, in the schema's order. */
static void
add_params (TnInspector *self, TnParamFlags mask, TnParamFlags flags)
{
  for (guint i = 0; i < self->schema->n_params; i++)
    if ((self->schema->params[i].flags & mask) == flags)
      add_field (self,
                 self->schema->params[i].kind == TN_PARAM_LAYER
                     ? tn_field_layer_new (self->document, self->node, (TnFieldPlace){ 0 }, i)
                     : tn_field_new (self->document, TN_FIELD_PARAM, self->node, i),
                 (flags & TN_PARAM_ADVANCED) != 0);
}

static void
build_node (TnInspector *self, const TnNode *node)
{
  const TnLayer *layer = tn_layer_of (node);
  TnParamFlags both = TN_PARAM_REQUIRED | TN_PARAM_ADVANCED;

  remove_fields (self);
  tn_solve_view_clear (self->sizes);
  gtk_widget_set_visible (self->sizes_group, g_str_equal (tn_node_type (node), "InputLayer"));
  self->node = tn_node_id (node);
  self->schema = tn_node_schema (node);
  adw_bin_set_child (self->tile, tn_layer_tile_new (layer));
  gtk_label_set_label (self->label, _ (layer->label));
  gtk_label_set_label (self->type, tn_node_is_mark (node) ? "" : self->schema->type);
  gtk_label_set_label (self->summary, _ (layer->summary));

  if (!tn_node_is_mark (node))
    add_field (self, tn_field_new (self->document, TN_FIELD_NAME, self->node, 0), FALSE);
  add_params (self, TN_PARAM_REQUIRED, TN_PARAM_REQUIRED);
  add_params (self, both, 0);
  if (self->schema->keras && !self->schema->knot)
    add_field (self, tn_field_new (self->document, TN_FIELD_TRAINABLE, self->node, 0), TRUE);
  add_params (self, both, TN_PARAM_ADVANCED);
  gtk_widget_set_visible (self->more, self->more_fields->len > 0);
}

/* ---- what is known ---- */

static void
show_issues (TnInspector *self, const TnFacts *facts)
{
  const TnAdvice *advice = tn_engine_advice (self->engine);
  GtkWidget *view = gtk_widget_get_first_child (GTK_WIDGET (self->issues));
  gboolean any = FALSE;

  for (guint i = 0; facts != NULL && i < tn_facts_n_issues (facts); i++)
    {
      if (tn_facts_issue (facts, i)->node != self->node)
        continue;
      if (view == NULL)
        {
          view = tn_issue_view_new ();
          gtk_widget_add_css_class (view, "card");
          gtk_widget_add_css_class (view, "tn-card");
          gtk_box_append (self->issues, view);
        }
      tn_issue_view_show (TN_ISSUE_VIEW (view), facts, advice, i, FALSE);
      view = gtk_widget_get_next_sibling (view);
      any = TRUE;
    }
  while (view != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (view);
      gtk_box_remove (self->issues, view);
      view = next;
    }
  gtk_widget_set_visible (GTK_WIDGET (self->issues), any);
}

/* A warning that is ignored at this layer, and a button to be told it again. */
static GtkWidget *
silenced_row (const TnIssue *issue)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_with_label (_ ("Show Again"));
  g_autofree char *title = g_markup_escape_text (issue->message, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 3);
  gtk_widget_set_tooltip_text (row, issue->message);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "(us)", issue->node, issue->code);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.show-warning");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

static void
show_silenced (TnInspector *self, const TnFacts *facts)
{
  guint n = facts != NULL ? tn_facts_totals (facts).n_silenced : 0;

  for (guint i = 0; i < self->silenced_rows->len; i++)
    adw_preferences_group_remove (self->silenced, self->silenced_rows->pdata[i]);
  g_ptr_array_set_size (self->silenced_rows, 0);
  for (guint i = 0; i < n; i++)
    {
      const TnIssue *issue = tn_facts_silenced (facts, i);
      GtkWidget *row;

      if (issue->node != self->node)
        continue;
      row = silenced_row (issue);
      adw_preferences_group_add (self->silenced, row);
      g_ptr_array_add (self->silenced_rows, row);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->silenced), self->silenced_rows->len > 0);
}

/* The layers within the selected one, of which an issue may name a parameter. */
static void
mark_layer (TnInspector *self, const TnFacts *facts, TnFieldLayer *layer)
{
  tn_field_layer_set_issue (layer, NULL, NULL);
  for (guint i = 0; facts != NULL && i < tn_facts_n_issues (facts); i++)
    {
      const TnIssue *issue = tn_facts_issue (facts, i);

      if (issue->node == self->node && issue->param != NULL
          && g_strcmp0 (issue->code, "param") == 0)
        tn_field_layer_set_issue (layer, issue->param, issue->message);
    }
}

/* The field at fault says so itself. */
static void
mark_fields (TnInspector *self, const TnFacts *facts)
{
  for (guint i = 0; i < self->fields->len; i++)
    {
      const char *name = param_of (self->fields->pdata[i])->name;
      const char *message = NULL;

      if (TN_IS_FIELD_LAYER (self->fields->pdata[i]))
        {
          mark_layer (self, facts, self->fields->pdata[i]);
          continue;
        }
      for (guint j = 0; message == NULL && facts != NULL && j < tn_facts_n_issues (facts); j++)
        {
          const TnIssue *issue = tn_facts_issue (facts, j);
          if (issue->node == self->node && g_strcmp0 (issue->param, name) == 0
              && g_strcmp0 (issue->code, "param") == 0)
            message = issue->message;
        }
      tn_field_set_issue (self->fields->pdata[i], message);
    }
}

static void
show_pin (TnInspector *self)
{
  const TnNode *node = tn_graph_find (tn_document_graph (self->document), self->node);
  TnShape pin;
  gboolean pinned = node != NULL && tn_node_pin (node, &pin);

  gtk_widget_set_visible (self->pin, pinned);
  if (!pinned)
    return;
  g_autofree char *shape = tn_shape_to_text (&pin);
  g_autofree char *text
      = g_strdup_printf (_ ("The weights of this layer were made for an input of %s."), shape);
  gtk_label_set_label (self->pin_label, text);
}

static void
unpin_cb (TnInspector *self)
{
  TnEditArgs args = { .node = self->node };

  tn_document_apply (self->document, &tn_edit_pin, &args, NULL);
}

/* The parameters that had a part in the number that is traced stand out. */
static void
mark_traced (TnInspector *self, const TnFacts *facts)
{
  g_autoptr (GArray) links = tn_provenance_new ();

  if (facts != NULL && self->traced_axis >= 0)
    tn_provenance_trace (facts, self->traced, self->traced_axis, links);
  for (guint i = 0; i < self->fields->len; i++)
    {
      const char *name = param_of (self->fields->pdata[i])->name;
      gboolean traced = FALSE;

      for (guint j = 0; j < links->len; j++)
        traced = traced
                 || (g_array_index (links, TnProvenance, j).node == self->node
                     && g_strcmp0 (g_array_index (links, TnProvenance, j).param, name) == 0);
      if (traced)
        gtk_widget_add_css_class (self->fields->pdata[i], "tn-traced");
      else
        gtk_widget_remove_css_class (self->fields->pdata[i], "tn-traced");
    }
}

static void
sizes_cb (TnInspector *self)
{
  const TnFacts *facts = self->engine != NULL ? tn_engine_facts (self->engine) : NULL;

  if (facts != NULL && tn_graph_find (tn_facts_graph (facts), self->node) != NULL)
    tn_solve_view_sizes (self->sizes, facts, self->node);
}

static void
apply_cb (TnInspector *self, TnFix *fix, TnGraph *base)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (TN_IS_WINDOW (root))
    tn_window_apply_fix (TN_WINDOW (root), fix, base);
}

static void
show_facts (TnInspector *self)
{
  if (self->document == NULL || self->engine == NULL)
    return;

  const TnFacts *facts = tn_engine_facts (self->engine);
  const char *page = gtk_stack_get_visible_child_name (self->stack);

  if (g_str_equal (page, "node"))
    {
      show_issues (self, facts);
      show_silenced (self, facts);
      mark_fields (self, facts);
      tn_facts_grid_show_node (self->node_facts, facts, self->node);
      tn_origin_view_show (self->origin, facts, self->node, self->traced, self->traced_axis);
      mark_traced (self, facts);
    }
  else if (g_str_equal (page, "many"))
    {
      tn_facts_grid_show_nodes (self->many_facts, facts, tn_document_selection (self->document));
      tn_group_view_show (self->group, self->document, facts);
    }
  else
    tn_facts_grid_show_model (self->model_facts, facts);
}

/* ---- following the document ---- */

static void
show_page (TnInspector *self)
{
  const TnGraph *graph = tn_document_graph (self->document);
  const GArray *selection = tn_document_selection (self->document);
  const char *page = "model";

  if (selection->len == 1)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (selection, TnNodeId, 0));
      g_return_if_fail (node != NULL);
      if (self->node != tn_node_id (node) || self->schema != tn_node_schema (node))
        build_node (self, node);
      tn_mode_row_show (self->node_mode, self->document);
      page = "node";
    }
  else
    {
      remove_fields (self);
      if (selection->len > 1)
        {
          g_autofree char *title = g_strdup_printf (
              ngettext ("%u layer selected", "%u layers selected", selection->len), selection->len);
          const TnGroup *group = tn_document_selected_group (self->document);

          adw_preferences_group_set_title (self->many_group, group != NULL ? "" : title);
          gtk_widget_set_visible (self->group_button, group == NULL);
          tn_group_view_show (self->group, self->document, tn_engine_facts (self->engine));
          tn_mode_row_show (self->many_mode, self->document);
          page = "many";
        }
    }
  tn_many_fields_show (self->common, self->document);
  gtk_stack_set_visible_child_name (self->stack, page);
}

static void
changed_cb (TnInspector *self, guint change)
{
  show_page (self);
  if (change & TN_CHANGE_GRAPH)
    {
      /* What was found is about another model. */
      tn_solve_view_clear (self->sizes);
      for (guint i = 0; i < self->fields->len; i++)
        {
          if (TN_IS_FIELD (self->fields->pdata[i]))
            tn_field_sync (self->fields->pdata[i]);
          else
            tn_field_layer_sync (self->fields->pdata[i]);
        }
      tn_field_sync (self->model_name);
      show_pin (self);
    }
  if (change & TN_CHANGE_SELECTION)
    {
      show_pin (self);
      show_facts (self);
    }
}

/* ---- the widget ---- */

static void
tn_inspector_dispose (GObject *object)
{
  TnInspector *self = TN_INSPECTOR (object);

  g_clear_object (&self->document_signals);
  g_clear_object (&self->engine_signals);
  gtk_widget_dispose_template (GTK_WIDGET (self), TN_TYPE_INSPECTOR);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_pointer (&self->more_fields, g_ptr_array_unref);
  g_clear_pointer (&self->silenced_rows, g_ptr_array_unref);
  g_clear_object (&self->document);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (tn_inspector_parent_class)->dispose (object);
}

static void
tn_inspector_class_init (TnInspectorClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = tn_inspector_dispose;
  g_type_ensure (TN_TYPE_MODE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/tenonapp/Tenon/ui/tn-inspector.ui");
  gtk_widget_class_bind_template_child (widget_class, TnInspector, scroller);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, stack);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, model_group);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, model_facts);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, many_group);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, many_facts);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, many_mode);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, node_mode);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, group_bin);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, group_button);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, tile);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, label);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, type);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, summary);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, issues);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, pin);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, pin_label);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, unpin);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, silenced);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, node_group);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, more);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, more_group);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, node_facts);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, origin_bin);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, sizes_group);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, sizes_button);
  gtk_widget_class_bind_template_child (widget_class, TnInspector, sizes_bin);
  gtk_widget_class_bind_template_callback (widget_class, unpin_cb);
}

static void
tn_inspector_init (TnInspector *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->group = TN_GROUP_VIEW (tn_group_view_new ());
  adw_bin_set_child (self->group_bin, GTK_WIDGET (self->group));
  self->common = TN_MANY_FIELDS (tn_many_fields_new ());
  gtk_box_insert_child_after (GTK_BOX (gtk_widget_get_parent (GTK_WIDGET (self->many_group))),
                              GTK_WIDGET (self->common), GTK_WIDGET (self->many_group));
  self->origin = TN_ORIGIN_VIEW (tn_origin_view_new ());
  adw_bin_set_child (self->origin_bin, GTK_WIDGET (self->origin));
  self->sizes = TN_SOLVE_VIEW (tn_solve_view_new ());
  adw_bin_set_child (self->sizes_bin, GTK_WIDGET (self->sizes));
  self->traced_axis = -1;
  tn_accessible_name_parts (GTK_WIDGET (self->node_group), _ ("Settings"));
  tn_accessible_name_parts (GTK_WIDGET (self->more_group), _ ("More"));
  tn_accessible_name_parts (
      gtk_widget_get_ancestor (GTK_WIDGET (self->node_mode), ADW_TYPE_PREFERENCES_GROUP),
      _ ("State"));
  tn_accessible_name_parts (
      gtk_widget_get_ancestor (GTK_WIDGET (self->many_mode), ADW_TYPE_PREFERENCES_GROUP),
      _ ("State"));
  g_signal_connect_object (self->sizes_button, "clicked", G_CALLBACK (sizes_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->sizes, "apply", G_CALLBACK (apply_cb), self, G_CONNECT_SWAPPED);
  self->fields = g_ptr_array_new ();
  self->more_fields = g_ptr_array_new ();
  self->silenced_rows = g_ptr_array_new ();
  self->document_signals = g_signal_group_new (TN_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->document_signals, "changed", G_CALLBACK (changed_cb), self);
  self->engine_signals = g_signal_group_new (TN_TYPE_ENGINE);
  g_signal_group_connect_swapped (self->engine_signals, "facts", G_CALLBACK (show_facts), self);
  g_signal_group_connect_swapped (self->engine_signals, "advice", G_CALLBACK (show_facts), self);
}

void
tn_inspector_set_document (TnInspector *self, TnDocument *document, TnEngine *engine)
{
  g_return_if_fail (TN_IS_INSPECTOR (self));

  remove_fields (self);
  tn_many_fields_show (self->common, NULL);
  if (self->model_name != NULL)
    adw_preferences_group_remove (self->model_group, GTK_WIDGET (self->model_name));
  self->model_name = NULL;
  g_set_object (&self->document, document);
  g_set_object (&self->engine, engine);
  g_signal_group_set_target (self->document_signals, document);
  g_signal_group_set_target (self->engine_signals, engine);
  if (document == NULL)
    return;
  self->model_name = TN_FIELD (tn_field_new (document, TN_FIELD_MODEL_NAME, TN_NODE_NONE, 0));
  adw_preferences_group_add (self->model_group, GTK_WIDGET (self->model_name));
  show_page (self);
  show_pin (self);
  show_facts (self);
}

void
tn_inspector_set_traced (TnInspector *self, TnRef traced, int axis)
{
  g_return_if_fail (TN_IS_INSPECTOR (self));

  self->traced = traced;
  self->traced_axis = axis;
  show_facts (self);
}

void
tn_inspector_focus (TnInspector *self)
{
  g_return_if_fail (TN_IS_INSPECTOR (self));

  /* The first is the name, which people rarely come for. */
  GtkWidget *field
      = self->fields->len > 0 ? self->fields->pdata[self->fields->len > 1 ? 1 : 0] : NULL;

  if (TN_IS_FIELD (field))
    tn_field_focus (TN_FIELD (field));
  else if (field != NULL)
    gtk_widget_child_focus (field, GTK_DIR_TAB_FORWARD);
}

/* TnField or TnFieldLayer, at any depth. */
static GtkWidget *
find_field (TnInspector *self, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, ".", 2);

  for (guint i = 0; i < self->fields->len; i++)
    {
      GtkWidget *field = self->fields->pdata[i];

      if (!g_str_equal (param_of (field)->name, parts[0]))
        continue;
      if (parts[1] == NULL)
        return field;
      return TN_IS_FIELD_LAYER (field) ? tn_field_layer_find (TN_FIELD_LAYER (field), parts[1])
                                       : NULL;
    }
  return NULL;
}

TnField *
tn_inspector_field (TnInspector *self, const char *name)
{
  g_return_val_if_fail (TN_IS_INSPECTOR (self) && name != NULL, NULL);

  GtkWidget *field = find_field (self, name);

  if (field == NULL)
    return tn_many_fields_find (self->common, name);
  return TN_IS_FIELD (field) ? TN_FIELD (field) : NULL;
}

TnFieldLayer *
tn_inspector_layer (TnInspector *self, const char *name)
{
  g_return_val_if_fail (TN_IS_INSPECTOR (self) && name != NULL, NULL);

  GtkWidget *field = find_field (self, name);

  return TN_IS_FIELD_LAYER (field) ? TN_FIELD_LAYER (field) : NULL;
}
