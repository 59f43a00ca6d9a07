/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row of the inspector: a label, an editor that fits the kind of parameter, and its message. */
#include "app/tn-field.h"

#include "app/tn-accessible.h"
#include "app/tn-field-text.h"
#include "base/tn-i18n.h"

/* How many choices fit a drop-down before it gets a search entry. */
#define MANY_CHOICES 12

typedef enum
{
  FORM_ENTRY,
  FORM_SWITCH,
  FORM_DROP_DOWN,
} Form;

struct _TnField
{
  AdwActionRow parent;

  TnDocument *document;
  TnFieldSubject subject;
  TnNodeId node;
  GArray *many;         /* of TnNodeId: all that it is about, node first; NULL: node alone */
  TnFieldPlace place;   /* within the node */
  guint index;          /* of the parameter */
  const TnParam *param; /* static */

  Form form;
  GtkWidget *editor;
  GtkStringList *items; /* borrowed from the drop-down */

  TnValue *seen; /* what the document said last; NULL: the default */
  gboolean has_seen;
  gboolean mixed; /* the layers differ */
  guint64 merge;  /* of the present stay of the focus; 0: none yet */
  gboolean applying;
  gboolean showing;
  char *refusal; /* why what stands in the editor was not applied */
  char *issue;   /* what inference says of the parameter */
};

G_DEFINE_FINAL_TYPE (TnField, tn_field, ADW_TYPE_ACTION_ROW)

/* Names and the trainable switch, in the same words as parameters. */
static const TnParam name_param = {
  .name = "name",
  .label = N_ ("Name"),
  .help = N_ ("What the layer is called, here and in Keras. No two layers share a name."),
  .kind = TN_PARAM_STRING,
  .flags = TN_PARAM_REQUIRED,
};
static const TnParam model_name_param = {
  .name = "name",
  .label = N_ ("Name"),
  .help = N_ ("What the model is called in Keras and in exported code."),
  .kind = TN_PARAM_STRING,
  .flags = TN_PARAM_REQUIRED,
};
static const TnParam trainable_param = {
  .name = "trainable",
  .label = N_ ("Trainable"),
  .help = N_ ("Whether training would change the weights of this layer."),
  .kind = TN_PARAM_BOOL,
  .fallback = { .kind = TN_VALUE_BOOL, .integer = TRUE },
};

static const TnNode *
find_node (TnField *self)
{
  return tn_graph_find (tn_document_graph (self->document), self->node);
}

/* The layer that has the parameter: the node or one within it; NULL when it is gone, or another one
 * is in its place. New reference. */
static TnNode *
find_layer (TnField *self)
{
  g_autoptr (TnNode) layer = tn_field_place_layer (self->place, find_node (self));

  if (layer == NULL || self->index >= tn_node_schema (layer)->n_params
      || &tn_node_schema (layer)->params[self->index] != self->param)
    return NULL;
  return g_steal_pointer (&layer);
}

/* A new reference, NULL for the default. FALSE when the layer is gone. */
static gboolean
read_subject (TnField *self, TnValue **value)
{
  const TnNode *node = find_node (self);

  *value = NULL;
  if (self->subject == TN_FIELD_MODEL_NAME)
    {
      *value = tn_value_new_string (tn_graph_name (tn_document_graph (self->document)));
      return TRUE;
    }
  if (node == NULL)
    return FALSE;
  if (self->subject == TN_FIELD_NAME)
    *value = tn_value_new_string (tn_name_own (tn_node_name (node)));
  else if (self->subject == TN_FIELD_TRAINABLE)
    *value = tn_value_new_bool (tn_node_is_trainable (node));
  else
    {
      g_autoptr (TnNode) layer = find_layer (self);
      const TnValue *set = layer != NULL ? tn_node_get (layer, self->index) : NULL;

      if (layer == NULL)
        return FALSE;
      *value = set != NULL ? tn_value_ref (set) : NULL;
    }
  return TRUE;
}

/* Do the layers that it is about say different things? */
static gboolean
is_mixed (TnField *self, const TnValue *value)
{
  const TnGraph *graph = tn_document_graph (self->document);

  for (guint i = 1; self->many != NULL && i < self->many->len; i++)
    {
      const TnNode *node = tn_graph_find (graph, g_array_index (self->many, TnNodeId, i));
      int param = node != NULL && self->subject == TN_FIELD_PARAM
                      ? tn_schema_param (tn_node_schema (node), self->param->name)
                      : -1;

      if (node == NULL)
        continue;
      if (self->subject == TN_FIELD_TRAINABLE
              ? tn_node_is_trainable (node) != tn_value_bool (value)
              : param >= 0 && !tn_value_equal (value, tn_node_get (node, (guint)param)))
        return TRUE;
    }
  return FALSE;
}

/* The marks follow from refusal and issue; the first is the fresher one. */
static void
update_mark (TnField *self)
{
  const char *message = self->refusal != NULL ? self->refusal : self->issue;

  if (message != NULL)
    {
      g_autofree char *markup = g_markup_escape_text (message, -1);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self), markup);
      gtk_widget_add_css_class (GTK_WIDGET (self), "error");
      gtk_widget_add_css_class (self->editor, "error");
      gtk_accessible_update_state (GTK_ACCESSIBLE (self->editor), GTK_ACCESSIBLE_STATE_INVALID,
                                   GTK_ACCESSIBLE_INVALID_TRUE, -1);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->editor),
                                      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, message, -1);
    }
  else
    {
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self), self->mixed ? _ ("mixed") : "");
      gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
      gtk_widget_remove_css_class (self->editor, "error");
      gtk_accessible_update_state (GTK_ACCESSIBLE (self->editor), GTK_ACCESSIBLE_STATE_INVALID,
                                   GTK_ACCESSIBLE_INVALID_FALSE, -1);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->editor),
                                      GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _ (self->param->help),
                                      -1);
    }
}

static void
set_refusal (TnField *self, const char *message)
{
  if (g_strcmp0 (self->refusal, message) == 0)
    return;
  g_free (self->refusal);
  self->refusal = g_strdup (message);
  update_mark (self);
}

/* The clear button of an entry stands only where something else than the default does. */
static void
update_reset (TnField *self)
{
  if (self->form != FORM_ENTRY || self->param->flags & TN_PARAM_REQUIRED)
    return;

  gboolean empty = gtk_entry_get_text_length (GTK_ENTRY (self->editor)) == 0;
  g_autofree char *fallback = tn_field_default_text (self->param);
  g_autofree char *tooltip = fallback[0] != '\0'
                                 ? g_strdup_printf (_ ("Back to the default, %s"), fallback)
                                 : g_strdup (_ ("Clear"));
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (self->editor), GTK_ENTRY_ICON_SECONDARY,
                                     empty ? NULL : "edit-clear-symbolic");
  if (!empty)
    gtk_entry_set_icon_tooltip_text (GTK_ENTRY (self->editor), GTK_ENTRY_ICON_SECONDARY, tooltip);
}

/* Through the one door; @value NULL: the default. */
static void
apply (TnField *self, const TnValue *value)
{
  const TnEdit *edit = &tn_edit_set;
  g_autoptr (TnReport) report = tn_report_new ();
  TnEditArgs args = { .node = self->node, .param = self->index, .value = value };
  g_autoptr (TnValue) outer = NULL;

  /* The layer was deleted while the cursor was still in its field. */
  if (self->subject != TN_FIELD_MODEL_NAME && find_node (self) == NULL)
    return;

  if (self->place.depth > 0)
    {
      g_autoptr (TnNode) layer = find_layer (self);

      if (layer == NULL)
        return;
      outer = tn_field_place_with (self->place, find_node (self), self->index, value);
      args.param = tn_field_place_outer (self->place, self->index);
      args.value = outer;
    }
  if (self->form == FORM_ENTRY)
    {
      if (self->merge == 0)
        self->merge = tn_document_new_merge (self->document);
      args.merge = self->merge;
    }
  if (self->subject == TN_FIELD_NAME || self->subject == TN_FIELD_MODEL_NAME)
    {
      edit = self->subject == TN_FIELD_NAME ? &tn_edit_rename : &tn_edit_rename_model;
      args.text = tn_value_string (value);
    }
  else if (self->many != NULL)
    {
      edit = &tn_edit_set_many;
      args.nodes = (const TnNodeId *)(gpointer)self->many->data;
      args.n_nodes = self->many->len;
      args.text = self->param->name;
    }
  else if (self->subject == TN_FIELD_TRAINABLE)
    edit = &tn_edit_trainable;

  self->applying = TRUE;
  gboolean applied = tn_document_apply (self->document, edit, &args, report);
  self->applying = FALSE;
  set_refusal (self, applied ? NULL : tn_report_first (report));
  tn_field_sync (self);
}

/* ---- the three forms ---- */

static void
entry_changed_cb (TnField *self)
{
  g_autoptr (TnValue) value = NULL;
  g_autofree char *message = NULL;

  update_reset (self);
  if (self->showing)
    return;
  if (tn_field_parse (self->param, gtk_editable_get_text (GTK_EDITABLE (self->editor)), &value,
                      &message))
    apply (self, value);
  else
    set_refusal (self, message);
}

static void
switch_changed_cb (TnField *self)
{
  if (self->showing)
    return;
  g_autoptr (TnValue) value = tn_value_new_bool (gtk_switch_get_active (GTK_SWITCH (self->editor)));
  apply (self, value);
}

static void
drop_down_changed_cb (TnField *self)
{
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->editor));
  g_autoptr (TnValue) value = NULL;
  g_autofree char *message = NULL;

  if (self->showing || selected == GTK_INVALID_LIST_POSITION)
    return;
  if (tn_field_parse (self->param, gtk_string_list_get_string (self->items, selected), &value,
                      &message))
    apply (self, value);
  else
    set_refusal (self, message);
}

/* One up or down from what stands there, as far as the schema allows. */
static void
step (TnField *self, gint64 by)
{
  g_autoptr (TnValue) now = NULL;
  g_autofree char *message = NULL;

  if (!tn_field_parse (self->param, gtk_editable_get_text (GTK_EDITABLE (self->editor)), &now,
                       &message))
    now = self->seen != NULL ? tn_value_ref (self->seen) : NULL;
  if (now == NULL)
    now = tn_param_default (self->param);
  gint64 number = now != NULL && tn_value_kind (now) == TN_VALUE_INT ? tn_value_int (now) : 0;
  if ((by > 0 && number > G_MAXINT64 - by) || (by < 0 && number < G_MININT64 - by))
    return;

  g_autoptr (TnValue) next = tn_value_new_int (number + by);
  g_autofree char *refused = NULL;
  if (!tn_param_check (self->param, next, &refused))
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  g_autofree char *text = tn_field_text (self->param, next);
  if (!gtk_widget_has_focus (self->editor))
    gtk_entry_grab_focus_without_selecting (GTK_ENTRY (self->editor));
  gtk_editable_set_text (GTK_EDITABLE (self->editor), text);
  gtk_editable_set_position (GTK_EDITABLE (self->editor), -1);
}

static void
increase_cb (TnField *self)
{
  step (self, 1);
}

static void
decrease_cb (TnField *self)
{
  step (self, -1);
}

static gboolean
entry_key_cb (TnField *self, guint key, guint code, GdkModifierType state)
{
  if (key == GDK_KEY_Escape && self->refusal != NULL)
    {
      self->has_seen = FALSE; /* shows again what holds */
      tn_field_sync (self);
      return GDK_EVENT_STOP;
    }
  if (self->param->kind != TN_PARAM_INT)
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Up || key == GDK_KEY_Down)
    step (self, key == GDK_KEY_Up ? 1 : -1);
  else if (key == GDK_KEY_Page_Up || key == GDK_KEY_Page_Down)
    step (self, key == GDK_KEY_Page_Up ? 10 : -10);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

static void
entry_icon_cb (TnField *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->editor), "");
  gtk_entry_grab_focus_without_selecting (GTK_ENTRY (self->editor));
}

static void
focus_left_cb (TnField *self)
{
  self->merge = 0;
}

static void
choose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TnField *self = TN_FIELD (widget);

  gtk_editable_set_text (GTK_EDITABLE (self->editor), g_variant_get_string (parameter, NULL));
  gtk_entry_grab_focus_without_selecting (GTK_ENTRY (self->editor));
}

static GtkWidget *
step_button (TnField *self, const char *icon, const char *format, GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);
  g_autofree char *text = g_strdup_printf (format, _ (self->param->label));

  /* The arrow keys in the entry do the same. */
  gtk_widget_set_focusable (button, FALSE);
  gtk_widget_set_focus_on_click (button, FALSE);
  gtk_widget_set_tooltip_text (button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  g_signal_connect_swapped (button, "clicked", callback, self);
  return button;
}

static GtkWidget *
choice_button (TnField *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  for (guint i = 0; self->param->choices[i] != NULL; i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (self->param->choices[i], NULL);
      g_menu_item_set_action_and_target (item, "field.choose", "s", self->param->choices[i]);
      g_menu_append_item (menu, item);
    }
  GtkWidget *button = gtk_menu_button_new ();
  g_autofree char *text = g_strdup_printf (_ ("Choose: %s"), _ (self->param->label));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_set_tooltip_text (button, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  return button;
}

static GtkWidget *
build_entry (TnField *self)
{
  const TnParam *param = self->param;
  g_autofree char *fallback = tn_field_default_text (param);
  gboolean wide = param->kind == TN_PARAM_STRING || param->kind == TN_PARAM_OBJECT
                  || param->kind == TN_PARAM_DIMS || param->kind == TN_PARAM_PAIRS
                  || param->kind == TN_PARAM_NUMBERS || param->kind == TN_PARAM_KEY;
  gboolean name = self->subject == TN_FIELD_NAME || self->subject == TN_FIELD_MODEL_NAME;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  self->form = FORM_ENTRY;
  self->editor = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->editor), fallback);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->editor), name ? 12 : wide ? 14 : 7);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->editor), name ? 24 : wide ? 18 : 10);
  if (param->kind != TN_PARAM_STRING && param->kind != TN_PARAM_OBJECT)
    gtk_widget_add_css_class (self->editor, "numeric");
  gtk_widget_add_css_class (box, "linked");
  gtk_box_append (GTK_BOX (box), self->editor);
  if (param->kind == TN_PARAM_INT)
    {
      gtk_box_append (GTK_BOX (box), step_button (self, "value-decrease-symbolic",
                                                  _ ("Decrease %s"), G_CALLBACK (decrease_cb)));
      gtk_box_append (GTK_BOX (box), step_button (self, "value-increase-symbolic",
                                                  _ ("Increase %s"), G_CALLBACK (increase_cb)));
    }
  else if (param->choices != NULL)
    gtk_box_append (GTK_BOX (box), choice_button (self));

  GtkEventController *keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (entry_key_cb), self);
  gtk_widget_add_controller (self->editor, keys);
  g_signal_connect_swapped (self->editor, "changed", G_CALLBACK (entry_changed_cb), self);
  g_signal_connect_swapped (self->editor, "icon-release", G_CALLBACK (entry_icon_cb), self);
  return box;
}

static GtkWidget *
build_drop_down (TnField *self)
{
  static const char *const truths[] = { "True", "False", NULL };
  const TnParam *param = self->param;
  const char *const *choices = param->kind == TN_PARAM_BOOL ? truths : param->choices;

  self->form = FORM_DROP_DOWN;
  self->items = gtk_string_list_new (NULL);
  if (param->flags & TN_PARAM_OPTIONAL)
    gtk_string_list_append (self->items, "None");
  gtk_string_list_splice (self->items, g_list_model_get_n_items (G_LIST_MODEL (self->items)), 0,
                          choices);
  self->editor
      = gtk_drop_down_new (G_LIST_MODEL (self->items),
                           gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (self->editor),
                                   g_list_model_get_n_items (G_LIST_MODEL (self->items))
                                       > MANY_CHOICES);
  g_signal_connect_swapped (self->editor, "notify::selected", G_CALLBACK (drop_down_changed_cb),
                            self);
  return self->editor;
}

static GtkWidget *
build_switch (TnField *self)
{
  self->form = FORM_SWITCH;
  self->editor = gtk_switch_new ();
  g_signal_connect_swapped (self->editor, "notify::active", G_CALLBACK (switch_changed_cb), self);
  return self->editor;
}

static void
select_item (TnField *self, const char *text)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  guint position = 0;

  while (position < n_items
         && g_ascii_strcasecmp (gtk_string_list_get_string (self->items, position), text) != 0)
    position++;
  /* A file may hold a word that Keras does not know: it is shown, so that it can be mended. */
  if (position == n_items && text[0] != '\0')
    gtk_string_list_append (self->items, text);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->editor),
                              text[0] != '\0' ? position : GTK_INVALID_LIST_POSITION);
}

/* @value NULL: the default. */
static void
show_value (TnField *self, const TnValue *value)
{
  g_autoptr (TnValue) shown = value != NULL ? tn_value_ref (value) : tn_param_default (self->param);

  self->showing = TRUE;
  if (self->form == FORM_SWITCH)
    gtk_switch_set_active (GTK_SWITCH (self->editor), shown != NULL
                                                          && tn_value_kind (shown) == TN_VALUE_BOOL
                                                          && tn_value_bool (shown));
  else if (self->form == FORM_DROP_DOWN && self->mixed)
    gtk_drop_down_set_selected (GTK_DROP_DOWN (self->editor), GTK_INVALID_LIST_POSITION);
  else if (self->form == FORM_DROP_DOWN)
    {
      g_autofree char *text = tn_field_text (self->param, shown);
      select_item (self, text);
    }
  else
    {
      g_autofree char *text = self->mixed ? g_strdup ("") : tn_field_text (self->param, value);
      g_autofree char *fallback = tn_field_default_text (self->param);
      int cursor = gtk_editable_get_position (GTK_EDITABLE (self->editor));
      gtk_entry_set_placeholder_text (GTK_ENTRY (self->editor),
                                      self->mixed ? _ ("mixed") : fallback);
      gtk_editable_set_text (GTK_EDITABLE (self->editor), text);
      gtk_editable_set_position (GTK_EDITABLE (self->editor),
                                 MIN (cursor, (int)g_utf8_strlen (text, -1)));
    }
  self->showing = FALSE;
}

/* ---- the row ---- */

static void
tn_field_dispose (GObject *object)
{
  TnField *self = TN_FIELD (object);

  g_clear_pointer (&self->many, g_array_unref);
  g_clear_object (&self->document);
  g_clear_pointer (&self->seen, tn_value_unref);
  g_clear_pointer (&self->refusal, g_free);
  g_clear_pointer (&self->issue, g_free);
  G_OBJECT_CLASS (tn_field_parent_class)->dispose (object);
}

static void
tn_field_class_init (TnFieldClass *class)
{
  G_OBJECT_CLASS (class)->dispose = tn_field_dispose;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (class), "field.choose", "s", choose_action);
}

static void
tn_field_init (TnField *self)
{
}

static void
build (TnField *self)
{
  const TnParam *param = self->param;
  g_autofree char *fallback = tn_field_default_text (param);
  g_autoptr (GString) tooltip = g_string_new (_ (param->help));
  GtkWidget *suffix;

  if (param->kind == TN_PARAM_BOOL && !(param->flags & TN_PARAM_OPTIONAL))
    suffix = build_switch (self);
  else if (param->kind == TN_PARAM_BOOL || param->kind == TN_PARAM_CHOICE)
    suffix = build_drop_down (self);
  else
    suffix = build_entry (self);
  gtk_widget_set_valign (suffix, GTK_ALIGN_CENTER);

  if (self->subject == TN_FIELD_PARAM)
    {
      g_string_append_printf (tooltip, "\n%s", param->name);
      if (fallback[0] != '\0')
        g_string_append_printf (tooltip, " · %s %s", _ ("default:"), fallback);
    }
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ (param->label));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip->str);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), suffix);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), self->editor);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), self->form != FORM_ENTRY);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "tn-field");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->editor), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (param->label), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _ (param->help), -1);
  /* The row would have it called by its title as well: the same once more. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->editor),
                                 GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  if (self->form == FORM_DROP_DOWN)
    tn_accessible_name_parts (self->editor, _ (param->label));

  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_left_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

static GtkWidget *
field_new (TnDocument *document, TnFieldSubject subject, TnNodeId node, TnFieldPlace place,
           guint param)
{

  TnField *self = g_object_new (TN_TYPE_FIELD, NULL);
  self->document = g_object_ref (document);
  self->subject = subject;
  self->node = node;
  self->place = place;
  self->index = param;
  if (subject == TN_FIELD_NAME)
    self->param = &name_param;
  else if (subject == TN_FIELD_MODEL_NAME)
    self->param = &model_name_param;
  else if (subject == TN_FIELD_TRAINABLE)
    self->param = &trainable_param;
  else
    {
      g_autoptr (TnNode) layer = tn_field_place_layer (place, find_node (self));

      self->param = &tn_node_schema (layer)->params[param];
    }
  build (self);
  tn_field_sync (self);
  return GTK_WIDGET (self);
}

GtkWidget *
tn_field_new_many (TnDocument *document, const TnNodeId *nodes, guint n_nodes,
                   TnFieldSubject subject, guint param)
{
  TnField *self;

  g_return_val_if_fail (TN_IS_DOCUMENT (document) && n_nodes > 0, NULL);

  self = TN_FIELD (tn_field_new (document, subject, nodes[0], param));
  self->many = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  g_array_append_vals (self->many, nodes, n_nodes);
  tn_field_sync (self);
  return GTK_WIDGET (self);
}

GtkWidget *
tn_field_new (TnDocument *document, TnFieldSubject subject, TnNodeId node, guint param)
{
  g_return_val_if_fail (TN_IS_DOCUMENT (document), NULL);

  return field_new (document, subject, node, (TnFieldPlace){ 0 }, param);
}

GtkWidget *
tn_field_new_within (TnDocument *document, TnNodeId node, TnFieldPlace place, guint param)
{
  g_return_val_if_fail (TN_IS_DOCUMENT (document), NULL);

  return field_new (document, TN_FIELD_PARAM, node, place, param);
}

void
tn_field_sync (TnField *self)
{
  g_return_if_fail (TN_IS_FIELD (self));

  g_autoptr (TnValue) value = NULL;
  g_autoptr (TnValue) typed = NULL;
  g_autofree char *message = NULL;
  gboolean mixed;

  if (self->applying || !read_subject (self, &value))
    return;
  mixed = is_mixed (self, value);
  if (self->has_seen && tn_value_equal (value, self->seen) && mixed == self->mixed)
    return;

  self->mixed = mixed;
  g_clear_pointer (&self->seen, tn_value_unref);
  self->seen = value != NULL ? tn_value_ref (value) : NULL;
  /* What was typed may be another spelling of the same. */
  if (self->has_seen && !mixed && self->form == FORM_ENTRY
      && tn_field_parse (self->param, gtk_editable_get_text (GTK_EDITABLE (self->editor)), &typed,
                         &message)
      && (tn_value_equal (typed, value)
          || (value == NULL && typed != NULL && tn_param_is_default (self->param, typed))))
    {
      set_refusal (self, NULL);
      update_mark (self);
      return;
    }
  self->has_seen = TRUE;
  self->merge = 0;
  set_refusal (self, NULL);
  update_mark (self);
  show_value (self, value);
}

const TnParam *
tn_field_param (TnField *self)
{
  g_return_val_if_fail (TN_IS_FIELD (self), NULL);
  return self->param;
}

void
tn_field_set_issue (TnField *self, const char *message)
{
  g_return_if_fail (TN_IS_FIELD (self));

  if (g_strcmp0 (self->issue, message) == 0)
    return;
  g_free (self->issue);
  self->issue = g_strdup (message);
  update_mark (self);
}

void
tn_field_focus (TnField *self)
{
  g_return_if_fail (TN_IS_FIELD (self));
  gtk_widget_grab_focus (self->editor);
}
