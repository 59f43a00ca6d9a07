/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TnManyFields: what several selected layers have in common, set for all of them in one step. */
#include "app/tn-many-fields.h"

#include "app/tn-accessible.h"
#include "base/tn-i18n.h"

/* A selection of more kinds than that has hardly anything in common that people would set. */
#define MOST_LAYERS 2000

struct _TnManyFields
{
  AdwPreferencesGroup parent;

  GPtrArray *fields; /* of TnField, borrowed */
  TnDocument *document;
  GArray *nodes;   /* of TnNodeId: whose fields they are */
  GArray *schemas; /* of TnSchema pointers: those of the nodes */
};

G_DEFINE_FINAL_TYPE (TnManyFields, tn_many_fields, ADW_TYPE_PREFERENCES_GROUP)

static gboolean
same_choices (const char *const *a, const char *const *b)
{
  if (a == b || a == NULL || b == NULL)
    return a == b;
  return g_strv_equal (a, b);
}

/* Would the same editor do for both, and the same value mean the same? */
static gboolean
alike (const TnParam *a, const TnParam *b)
{
  return a == b
         || (g_str_equal (a->name, b->name) && a->kind == b->kind && a->length == b->length
             && a->flags == b->flags && same_choices (a->choices, b->choices));
}

static gboolean
is_shared (const TnManyFields *self, const TnParam *param)
{
  if (param->kind == TN_PARAM_LAYER || param->flags & TN_PARAM_ADVANCED)
    return FALSE;
  for (guint i = 0; i < self->schemas->len; i++)
    {
      const TnSchema *schema = g_array_index (self->schemas, const TnSchema *, i);
      int index = tn_schema_param (schema, param->name);

      if (index < 0 || !alike (param, &schema->params[index]))
        return FALSE;
    }
  return TRUE;
}

static void
add_field (TnManyFields *self, GtkWidget *field)
{
  g_ptr_array_add (self->fields, field);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), field);
}

static void
build (TnManyFields *self, const GArray *selection)
{
  const TnGraph *graph = tn_document_graph (self->document);
  const TnNodeId *nodes = (const TnNodeId *)(gpointer)selection->data;
  const TnSchema *first;
  gboolean keras = TRUE;

  for (guint i = 0; i < selection->len; i++)
    {
      const TnSchema *schema = tn_node_schema (tn_graph_find (graph, nodes[i]));

      g_array_append_val (self->schemas, schema);
      keras = keras && schema->keras;
    }
  g_array_append_vals (self->nodes, nodes, selection->len);
  first = g_array_index (self->schemas, const TnSchema *, 0);
  for (guint i = 0; i < first->n_params; i++)
    if (is_shared (self, &first->params[i]))
      add_field (self,
                 tn_field_new_many (self->document, nodes, selection->len, TN_FIELD_PARAM, i));
  if (keras)
    add_field (self,
               tn_field_new_many (self->document, nodes, selection->len, TN_FIELD_TRAINABLE, 0));
}

static void
clear (TnManyFields *self)
{
  for (guint i = 0; i < self->fields->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->fields->pdata[i]);
  g_ptr_array_set_size (self->fields, 0);
  g_array_set_size (self->nodes, 0);
  g_array_set_size (self->schemas, 0);
}

/* The same layers, of the same kinds? */
static gboolean
is_about (const TnManyFields *self, TnDocument *document, const GArray *selection)
{
  const TnGraph *graph = tn_document_graph (document);

  if (self->document != document || self->nodes->len != selection->len)
    return FALSE;
  for (guint i = 0; i < selection->len; i++)
    {
      TnNodeId id = g_array_index (selection, TnNodeId, i);

      if (g_array_index (self->nodes, TnNodeId, i) != id
          || g_array_index (self->schemas, const TnSchema *, i)
                 != tn_node_schema (tn_graph_find (graph, id)))
        return FALSE;
    }
  return TRUE;
}

void
tn_many_fields_show (TnManyFields *self, TnDocument *document)
{
  const GArray *selection = document != NULL ? tn_document_selection (document) : NULL;
  const gboolean any = selection != NULL && selection->len > 1 && selection->len <= MOST_LAYERS
                       && tn_document_selected_group (document) == NULL;

  g_return_if_fail (TN_IS_MANY_FIELDS (self));

  if (!any)
    clear (self);
  else if (is_about (self, document, selection))
    for (guint i = 0; i < self->fields->len; i++)
      tn_field_sync (self->fields->pdata[i]);
  else
    {
      clear (self);
      g_set_object (&self->document, document);
      build (self, selection);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), self->fields->len > 0);
}

TnField *
tn_many_fields_find (TnManyFields *self, const char *name)
{
  g_return_val_if_fail (TN_IS_MANY_FIELDS (self), NULL);

  for (guint i = 0; i < self->fields->len; i++)
    if (g_str_equal (tn_field_param (self->fields->pdata[i])->name, name))
      return self->fields->pdata[i];
  return NULL;
}

static void
tn_many_fields_finalize (GObject *object)
{
  TnManyFields *self = TN_MANY_FIELDS (object);

  g_ptr_array_unref (self->fields);
  g_array_unref (self->nodes);
  g_array_unref (self->schemas);
  g_clear_object (&self->document);
  G_OBJECT_CLASS (tn_many_fields_parent_class)->finalize (object);
}

static void
tn_many_fields_class_init (TnManyFieldsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = tn_many_fields_finalize;
}

static void
tn_many_fields_init (TnManyFields *self)
{
  tn_accessible_name_parts (GTK_WIDGET (self), _ ("Settings"));
  self->fields = g_ptr_array_new ();
  self->nodes = g_array_new (FALSE, FALSE, sizeof (TnNodeId));
  self->schemas = g_array_new (FALSE, FALSE, sizeof (TnSchema *));
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _ ("In common"));
}

GtkWidget *
tn_many_fields_new (void)
{
  return g_object_new (TN_TYPE_MANY_FIELDS, NULL);
}
