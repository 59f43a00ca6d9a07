/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A layer within a layer in the inspector: its class, and below it fields for its own parameters.
 */
#include "app/tn-field-layer.h"

#include "app/tn-accessible.h"
#include "base/tn-i18n.h"

/* Stands for the list itself where an element of it is meant otherwise. */
#define WHOLE_LIST G_MAXUINT
/* How many classes fit a drop-down before it gets a search entry. */
#define MANY_CLASSES 12

struct _TnFieldLayer
{
  AdwExpanderRow parent;

  TnDocument *document;
  TnNodeId node;
  TnFieldPlace place; /* of the layer that has the parameter */
  guint index;
  guint element;
  const TnParam *param; /* static */

  GtkWidget *classes;   /* NULL: a list */
  GtkStringList *items; /* borrowed from the drop-down */
  GtkWidget *remove;    /* takes an element away; NULL: it is none */
  GtkWidget *more;      /* borrowed; NULL: nothing is under it */
  GPtrArray *rows;      /* of TnField and TnFieldLayer, borrowed */
  GPtrArray *more_rows; /* those of them that stand under more */
  char *built;          /* what the rows were made for: a class, or how many there are */
  gboolean showing;
  char *refusal; /* why what was chosen was not applied */
  char *issue;   /* what inference says of the parameter */
};

G_DEFINE_FINAL_TYPE (TnFieldLayer, tn_field_layer, ADW_TYPE_EXPANDER_ROW)

static GtkWidget *new_row (TnDocument *document, TnNodeId node, TnFieldPlace place, guint param,
                           guint element);

static const TnNode *
find_node (TnFieldLayer *self)
{
  return tn_graph_find (tn_document_graph (self->document), self->node);
}

/* The layer that has the parameter; NULL when it is gone, or another one is in its place. New
 * reference. */
static TnNode *
find_owner (TnFieldLayer *self)
{
  g_autoptr (TnNode) owner = tn_field_place_layer (self->place, find_node (self));

  if (owner == NULL || self->index >= tn_node_schema (owner)->n_params
      || &tn_node_schema (owner)->params[self->index] != self->param)
    return NULL;
  return g_steal_pointer (&owner);
}

static const char *
class_of (const TnValue *dict)
{
  const TnValue *name = tn_value_lookup (dict, "class_name");

  return name != NULL && tn_value_kind (name) == TN_VALUE_STRING ? tn_value_string (name) : NULL;
}

static void
update_mark (TnFieldLayer *self)
{
  const char *message = self->refusal != NULL ? self->refusal : self->issue;
  g_autofree char *markup = g_markup_escape_text (message != NULL ? message : "", -1);

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), markup);
  if (message != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
  if (self->classes == NULL)
    return;
  gtk_accessible_update_state (
      GTK_ACCESSIBLE (self->classes), GTK_ACCESSIBLE_STATE_INVALID,
      message != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->classes),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  message != NULL ? message : _ (self->param->help), -1);
}

static void
set_text (TnFieldLayer *self, char **text, const char *message)
{
  if (g_strcmp0 (*text, message) == 0)
    return;
  g_free (*text);
  *text = g_strdup (message);
  update_mark (self);
}

/* Through the one door; @value NULL: the default. */
static void
apply (TnFieldLayer *self, const TnValue *value)
{
  g_autoptr (TnReport) report = tn_report_new ();
  g_autoptr (TnValue) outer
      = tn_field_place_with (self->place, find_node (self), self->index, value);
  TnEditArgs args = { .node = self->node,
                      .param = tn_field_place_outer (self->place, self->index),
                      .value = outer };
  gboolean applied;

  /* Without an element its row is gone as soon as that is done. */
  g_object_ref (self);
  applied = tn_document_apply (self->document, &tn_edit_set, &args, report);
  set_text (self, &self->refusal, applied ? NULL : tn_report_first (report));
  tn_field_layer_sync (self);
  g_object_unref (self);
}

/* The element of the list, or the one layer, becomes @dict; NULL: it goes. */
static void
apply_dict (TnFieldLayer *self, const TnNode *owner, guint element, const TnValue *dict)
{
  g_autoptr (TnValue) held = tn_node_value (owner, self->index);
  g_autoptr (TnValue) next = NULL;

  if (self->param->flags & TN_PARAM_LIST)
    next = tn_field_place_replaced (held, element, dict);
  else if (dict != NULL)
    next = tn_value_ref (dict);
  apply (self, next);
}

/* What a layer that stood nowhere yet takes its parameters from: the way back of a sequence is like
 * the way there. NULL: nothing. */
static TnValue *
find_model (TnFieldLayer *self, const TnNode *owner)
{
  const TnSchema *schema = tn_node_schema (owner);

  for (guint i = 0; i < schema->n_params; i++)
    {
      const TnValue *other = tn_node_get (owner, i);

      if (i != self->index && schema->params[i].kind == TN_PARAM_LAYER && class_of (other) != NULL)
        return tn_layer_reversed (other);
    }
  return NULL;
}

static void
class_changed_cb (TnFieldLayer *self)
{
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->classes));
  g_autoptr (TnNode) owner = NULL;
  g_autoptr (TnValue) held = NULL, model = NULL, dict = NULL;
  const TnValue *before;
  const TnLayer *layer;

  if (self->showing || selected == GTK_INVALID_LIST_POSITION)
    return;
  owner = find_owner (self);
  if (owner == NULL)
    return;
  layer = tn_layer_find (gtk_string_list_get_string (self->items, selected));
  if (layer == NULL)
    {
      apply_dict (self, owner, self->element, NULL);
      return;
    }
  held = tn_node_value (owner, self->index);
  before = tn_field_place_dict (held, self->element);
  if (g_strcmp0 (class_of (before), layer->schema.type) == 0)
    return;
  if (before == NULL)
    before = model = find_model (self, owner);
  dict = tn_field_place_turned (&layer->schema, before);
  apply_dict (self, owner, self->element, dict);
}

/* One more, of the kind of the last. */
static void
add_cb (TnFieldLayer *self)
{
  g_autoptr (TnNode) owner = find_owner (self);
  g_autoptr (TnValue) held = owner != NULL ? tn_node_value (owner, self->index) : NULL;
  g_autoptr (TnValue) dict = NULL;
  const TnValue *last = NULL;
  const TnLayer *layer = NULL;
  guint size;

  if (held == NULL)
    return;
  size = (guint)tn_value_size (held);
  last = size > 0 ? tn_field_place_dict (held, size - 1) : NULL;
  layer = class_of (last) != NULL ? tn_layer_find (class_of (last)) : NULL;
  if (layer == NULL)
    return;
  dict = tn_field_place_turned (&layer->schema, last);
  apply_dict (self, owner, size, dict);
}

static void
remove_cb (TnFieldLayer *self)
{
  g_autoptr (TnNode) owner = find_owner (self);

  if (owner != NULL)
    apply_dict (self, owner, self->element, NULL);
}

/* ---- the rows within ---- */

static void
remove_rows (TnFieldLayer *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      gboolean more = g_ptr_array_find (self->more_rows, self->rows->pdata[i], NULL);

      if (!more)
        adw_expander_row_remove (ADW_EXPANDER_ROW (self), self->rows->pdata[i]);
    }
  /* Takes those under it along. */
  if (self->more != NULL)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self), self->more);
  self->more = NULL;
  g_ptr_array_set_size (self->rows, 0);
  g_ptr_array_set_size (self->more_rows, 0);
}

static void
add_row (TnFieldLayer *self, GtkWidget *row, gboolean more)
{
  g_ptr_array_add (self->rows, row);
  if (!more)
    {
      adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
      return;
    }
  if (self->more == NULL)
    {
      self->more = adw_expander_row_new ();
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->more), _ ("More"));
      gtk_widget_add_css_class (self->more, "tn-field-layer");
      adw_expander_row_add_row (ADW_EXPANDER_ROW (self), self->more);
    }
  g_ptr_array_add (self->more_rows, row);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self->more), row);
}

/* Parameters with (or without) these flags, in the schema's order; an argument of a call is the
 * outer layer's business. */
static void
add_params (TnFieldLayer *self, const TnSchema *schema, TnParamFlags mask, TnParamFlags flags)
{
  TnFieldPlace within = tn_field_place_within (self->place, self->index, self->element);

  for (guint i = 0; i < schema->n_params; i++)
    {
      const TnParam *param = &schema->params[i];
      GtkWidget *row;

      if ((param->flags & mask) != flags || param->flags & TN_PARAM_CALL)
        continue;
      if (param->kind != TN_PARAM_LAYER)
        row = tn_field_new_within (self->document, self->node, within, i);
      else if (within.depth < TN_FIELD_DEPTH)
        row = tn_field_layer_new (self->document, self->node, within, i);
      else
        continue;
      add_row (self, row, (flags & TN_PARAM_ADVANCED) != 0);
    }
}

static void
build_rows (TnFieldLayer *self, const TnNode *owner, const TnValue *held)
{
  TnParamFlags both = TN_PARAM_REQUIRED | TN_PARAM_ADVANCED;
  g_autoptr (TnNode) layer = NULL;

  remove_rows (self);
  if (self->element == WHOLE_LIST)
    {
      guint size
          = held != NULL && tn_value_kind (held) == TN_VALUE_LIST ? (guint)tn_value_size (held) : 0;

      for (guint i = 0; i < size; i++)
        add_row (self, new_row (self->document, self->node, self->place, self->index, i), FALSE);
    }
  else
    {
      layer = tn_layer_inner (owner, self->index, self->element);
      if (layer != NULL)
        {
          add_params (self, tn_node_schema (layer), TN_PARAM_REQUIRED, TN_PARAM_REQUIRED);
          add_params (self, tn_node_schema (layer), both, 0);
          add_params (self, tn_node_schema (layer), both, TN_PARAM_ADVANCED);
        }
    }
  adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (self), self->rows->len > 0);
}

static void
select_class (TnFieldLayer *self, const char *type)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  const char *text = type != NULL ? type : "None";
  guint position = 0;

  while (position < n_items
         && !g_str_equal (gtk_string_list_get_string (self->items, position), text))
    position++;
  self->showing = TRUE;
  /* A file may hold a layer that cannot stand here: it is shown, so that it can be mended. */
  if (position == n_items && type != NULL)
    gtk_string_list_append (self->items, type);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->classes), position < n_items || type != NULL
                                                                 ? position
                                                                 : GTK_INVALID_LIST_POSITION);
  self->showing = FALSE;
}

void
tn_field_layer_sync (TnFieldLayer *self)
{
  g_return_if_fail (TN_IS_FIELD_LAYER (self));

  g_autoptr (TnNode) owner = find_owner (self);
  g_autoptr (TnValue) held = owner != NULL ? tn_node_value (owner, self->index) : NULL;
  const char *type = class_of (tn_field_place_dict (held, self->element));
  gboolean list = held != NULL && tn_value_kind (held) == TN_VALUE_LIST;
  g_autofree char *built = NULL;

  if (owner == NULL)
    return;
  if (self->classes != NULL)
    select_class (self, type);
  if (self->remove != NULL)
    gtk_widget_set_sensitive (self->remove, list && tn_value_size (held) > 1);
  built = self->element != WHOLE_LIST
              ? g_strdup (type != NULL ? type : "")
              : g_strdup_printf ("%" G_GSIZE_FORMAT, list ? tn_value_size (held) : 0);
  if (g_strcmp0 (built, self->built) != 0)
    {
      g_free (self->built);
      self->built = g_steal_pointer (&built);
      set_text (self, &self->refusal, NULL);
      build_rows (self, owner, held);
    }
  else
    for (guint i = 0; i < self->rows->len; i++)
      {
        if (TN_IS_FIELD (self->rows->pdata[i]))
          tn_field_sync (self->rows->pdata[i]);
        else
          tn_field_layer_sync (self->rows->pdata[i]);
      }
}

/* ---- the widget ---- */

static void
tn_field_layer_dispose (GObject *object)
{
  TnFieldLayer *self = TN_FIELD_LAYER (object);

  g_clear_object (&self->document);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->more_rows, g_ptr_array_unref);
  g_clear_pointer (&self->built, g_free);
  g_clear_pointer (&self->refusal, g_free);
  g_clear_pointer (&self->issue, g_free);
  G_OBJECT_CLASS (tn_field_layer_parent_class)->dispose (object);
}

static void
tn_field_layer_class_init (TnFieldLayerClass *class)
{
  G_OBJECT_CLASS (class)->dispose = tn_field_layer_dispose;
}

static void
tn_field_layer_init (TnFieldLayer *self)
{
  self->rows = g_ptr_array_new ();
  self->more_rows = g_ptr_array_new ();
}

/* The classes that may stand there, in the order of the palette. */
static void
build_classes (TnFieldLayer *self, const TnLayer *owner)
{
  self->items = gtk_string_list_new (NULL);
  if (self->param->flags & TN_PARAM_OPTIONAL)
    gtk_string_list_append (self->items, "None");
  for (guint i = 0; owner->holds != NULL && i < tn_layer_count (); i++)
    if (owner->holds (self->index, &tn_layer_at (i)->schema))
      gtk_string_list_append (self->items, tn_layer_at (i)->schema.type);
  self->classes
      = gtk_drop_down_new (G_LIST_MODEL (self->items),
                           gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (self->classes),
                                   g_list_model_get_n_items (G_LIST_MODEL (self->items))
                                       > MANY_CLASSES);
  gtk_widget_set_valign (self->classes, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->classes), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (self->param->label), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _ (self->param->help), -1);
  tn_accessible_name_parts (self->classes, _ (self->param->label));
  g_signal_connect_swapped (self->classes, "notify::selected", G_CALLBACK (class_changed_cb), self);
}

static GtkWidget *
list_button (TnFieldLayer *self, const char *icon, const char *text, GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  g_signal_connect_swapped (button, "clicked", callback, self);
  return button;
}

static GtkWidget *
new_row (TnDocument *document, TnNodeId node, TnFieldPlace place, guint param, guint element)
{
  TnFieldLayer *self = g_object_new (TN_TYPE_FIELD_LAYER, NULL);
  AdwExpanderRow *row = ADW_EXPANDER_ROW (self);
  g_autoptr (TnNode) owner = NULL;
  g_autofree char *tooltip = NULL, *title = NULL;

  self->document = g_object_ref (document);
  self->node = node;
  self->place = place;
  self->index = param;
  self->element = element;
  owner = tn_field_place_layer (place, find_node (self));
  self->param = &tn_node_schema (owner)->params[param];
  tooltip = g_strdup_printf ("%s\n%s", _ (self->param->help), self->param->name);
  if (element != WHOLE_LIST && self->param->flags & TN_PARAM_LIST)
    title = g_strdup_printf ("%u.", element + 1);
  else
    title = g_strdup (_ (self->param->label));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
  gtk_widget_add_css_class (GTK_WIDGET (self), "tn-field-layer");
  if (element == WHOLE_LIST)
    adw_expander_row_add_action (
        row, list_button (self, "list-add-symbolic", _ ("Add One More"), G_CALLBACK (add_cb)));
  else
    {
      if (self->param->flags & TN_PARAM_LIST)
        {
          self->remove
              = list_button (self, "list-remove-symbolic", _ ("Remove"), G_CALLBACK (remove_cb));
          adw_expander_row_add_action (row, self->remove);
        }
      build_classes (self, tn_layer_of (owner));
      adw_expander_row_add_action (row, self->classes);
    }
  tn_field_layer_sync (self);
  adw_expander_row_set_expanded (row, (self->param->flags & TN_PARAM_REQUIRED) != 0
                                          && self->rows->len > 0);
  return GTK_WIDGET (self);
}

GtkWidget *
tn_field_layer_new (TnDocument *document, TnNodeId node, TnFieldPlace place, guint param)
{
  g_return_val_if_fail (TN_IS_DOCUMENT (document), NULL);

  const TnNode *found = tn_graph_find (tn_document_graph (document), node);
  g_autoptr (TnNode) owner = tn_field_place_layer (place, found);

  g_return_val_if_fail (owner != NULL && param < tn_node_schema (owner)->n_params, NULL);
  return new_row (document, node, place, param,
                  tn_node_schema (owner)->params[param].flags & TN_PARAM_LIST ? WHOLE_LIST : 0);
}

const TnParam *
tn_field_layer_param (TnFieldLayer *self)
{
  g_return_val_if_fail (TN_IS_FIELD_LAYER (self), NULL);
  return self->param;
}

/* Is the layer in it wrong by itself? */
static gboolean
is_wrong (TnFieldLayer *self)
{
  g_autoptr (TnNode) owner = find_owner (self);
  g_autoptr (TnNode) layer = owner != NULL && self->element != WHOLE_LIST
                                 ? tn_layer_inner (owner, self->index, self->element)
                                 : NULL;
  g_autoptr (TnReport) report = tn_report_new ();

  return layer != NULL
         && (!tn_node_check (layer, report)
             || (tn_layer_of (layer)->check != NULL
                 && !tn_layer_of (layer)->check (layer, report)));
}

void
tn_field_layer_set_issue (TnFieldLayer *self, const char *param, const char *message)
{
  g_return_if_fail (TN_IS_FIELD_LAYER (self));

  gboolean mine = g_strcmp0 (param, self->param->name) == 0;
  gboolean wrong = !mine && param != NULL && is_wrong (self);

  if (mine || message == NULL)
    set_text (self, &self->issue, message);
  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = self->rows->pdata[i];

      if (TN_IS_FIELD_LAYER (row))
        tn_field_layer_set_issue (TN_FIELD_LAYER (row), param, message);
      else if (message == NULL
               || (wrong && g_strcmp0 (tn_field_param (TN_FIELD (row))->name, param) == 0))
        tn_field_set_issue (TN_FIELD (row), message);
    }
}

GtkWidget *
tn_field_layer_classes (TnFieldLayer *self)
{
  g_return_val_if_fail (TN_IS_FIELD_LAYER (self), NULL);
  return self->classes;
}

GtkWidget *
tn_field_layer_find (TnFieldLayer *self, const char *path)
{
  g_return_val_if_fail (TN_IS_FIELD_LAYER (self) && path != NULL, NULL);

  g_auto (GStrv) parts = g_strsplit (path, ".", 2);

  for (guint i = 0; parts[0] != NULL && i < self->rows->len; i++)
    {
      GtkWidget *row = self->rows->pdata[i];
      g_autofree char *number = g_strdup_printf ("%u", i);
      const char *name = TN_IS_FIELD (row) ? tn_field_param (TN_FIELD (row))->name
                         : self->element == WHOLE_LIST
                             ? number
                             : tn_field_layer_param (TN_FIELD_LAYER (row))->name;

      if (!g_str_equal (name, parts[0]))
        continue;
      if (parts[1] == NULL)
        return row;
      return TN_IS_FIELD_LAYER (row) ? tn_field_layer_find (TN_FIELD_LAYER (row), parts[1]) : NULL;
    }
  return NULL;
}
